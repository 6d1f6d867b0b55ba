"""llama-index-readers-minio: documents from one object, or from all below a prefix. Its other reader uses boto3."""

from __future__ import annotations

from typing import Any

import pytest
from llama_index.readers.minio import MinioReader

from conftest import Server
from minio.error import S3Error


def reader(server: Server, bucket: str, **options: Any) -> MinioReader:
    keys = {"minio_access_key": server.access_key, "minio_secret_key": server.secret_key}
    return MinioReader(bucket=bucket, minio_endpoint=server.endpoint, **{**keys, **options})


def test_one_object(server: Server, bucket: str) -> None:
    server.put(bucket, "dir/a.txt", b"one document")
    (document,) = reader(server, bucket, key="dir/a.txt").load_data()
    assert document.text == "one document"


def test_all_below_a_prefix(server: Server, bucket: str) -> None:
    for key in ("docs/a.txt", "docs/sub/b.txt", "docs/c.md", "other.txt"):
        server.put(bucket, key, key.encode())
    documents = reader(server, bucket, prefix="docs/", required_exts=[".txt"]).load_data()
    assert sorted(document.text for document in documents) == ["docs/a.txt", "docs/sub/b.txt"]


def test_the_whole_bucket(server: Server, bucket: str) -> None:
    for key in ("a.txt", "b.txt"):
        server.put(bucket, key, key.encode())
    documents = reader(server, bucket, minio_cert_check=False).load_data()
    assert sorted(document.text for document in documents) == ["a.txt", "b.txt"]


def test_a_missing_object(server: Server, bucket: str) -> None:
    with pytest.raises(S3Error) as caught:
        reader(server, bucket, key="missing.txt").load_data()
    assert caught.value.code == "NoSuchKey"


def test_wrong_keys(server: Server, bucket: str) -> None:
    with pytest.raises(S3Error):
        reader(server, bucket, minio_secret_key="not the secret").load_data()
