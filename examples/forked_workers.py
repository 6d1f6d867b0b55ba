"""One client, made before the workers are forked, as with Celery, gunicorn and Airflow if a module makes it on import.

    MINIO_ENDPOINT=http://127.0.0.1:9000 MINIO_ACCESS_KEY=... MINIO_SECRET_KEY=... \
        python forked_workers.py files

With Celery, `count_words` has the decorator `@app.task`, and nothing else changes: the client drops the connections
that it inherits and opens its own.
"""

from __future__ import annotations

import io
import multiprocessing
import sys

from minio import Minio

client = Minio.from_env()


def count_words(bucket: str, name: str) -> tuple[str, int]:
    """Read an object, and store the number of its words next to it."""
    with client.get_object(bucket, name) as response:
        words = len(response.read().split())
    result = b"%d" % words
    client.put_object(bucket, f"{name}.words", io.BytesIO(result), len(result))
    return name, words


def main(bucket: str, workers: int = 4) -> dict[str, int]:
    """Count the words of all texts of a bucket."""
    # The client has open connections now, as in a program that did something before it forked.
    names = [item.object_name for item in client.list_objects(bucket) if item.object_name.endswith(".txt")]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        return dict(pool.starmap(count_words, [(bucket, name) for name in names]))


if __name__ == "__main__":
    for name, words in main(sys.argv[1]).items():
        print(f"{words:8} {name}")
