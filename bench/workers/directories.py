"""One call of this project's client on a directory, as a whole process.

python directories.py ENDPOINT sync BUCKET DIRECTORY    find that nothing has changed
python directories.py ENDPOINT remove BUCKET PREFIX     remove everything below a prefix
"""

from __future__ import annotations

import sys
from pathlib import Path

from minio import Minio
from minio.directories import Prefix


def main() -> int:
    endpoint, what, bucket, where = sys.argv[1:]
    with Minio(endpoint, "minioadmin", "minioadmin", secure=False, region="us-east-1") as client:
        if what == "remove":
            client.remove_prefix(bucket, where)
            return 0
        plan = client.plan_sync(Path(where), Prefix(bucket, "files/"))
        return int(any(outcome.status != "skipped" for outcome in client.transfer(plan)))


if __name__ == "__main__":
    sys.exit(main())
