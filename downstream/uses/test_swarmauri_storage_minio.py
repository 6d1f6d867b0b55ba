"""swarmauri-storage-minio: its adapter for files and directories."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from swarmauri_storage_minio import MinioStorageAdapter

from conftest import Server
from minio.error import S3Error


def adapter_of(server: Server, bucket: str, prefix: str = "") -> MinioStorageAdapter:
    return MinioStorageAdapter(
        server.endpoint, server.access_key, server.secret_key, bucket, secure=False, prefix=prefix
    )


@pytest.fixture
def adapter(server: Server, bucket_name: str) -> MinioStorageAdapter:
    return adapter_of(server, bucket_name, "runs/1")


def test_the_bucket_is_made_once(adapter: MinioStorageAdapter, server: Server, bucket_name: str) -> None:
    assert server.raw.request("HEAD", f"/{bucket_name}").status == 200
    adapter_of(server, bucket_name)
    asyncio.run(adapter.ensure_bucket())


def test_upload_and_download(adapter: MinioStorageAdapter, server: Server, bucket_name: str) -> None:
    uri = adapter.upload("a/b.txt", io.BytesIO(b"swarm"))
    assert uri == f"minio://{server.endpoint}/{bucket_name}/runs/1/a/b.txt"
    assert server.body(bucket_name, "runs/1/a/b.txt") == b"swarm"
    assert adapter.download("a/b.txt").read() == b"swarm"


def test_an_empty_upload_has_an_unknown_length(adapter: MinioStorageAdapter) -> None:
    adapter.upload("empty", io.BytesIO(b""))
    assert adapter.download("empty").read() == b""


def test_a_missing_file(adapter: MinioStorageAdapter) -> None:
    with pytest.raises(FileNotFoundError, match="NoSuchKey"):
        adapter.download("missing")


def test_directories(adapter: MinioStorageAdapter, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_bytes(b"a")
    (source / "sub" / "b.txt").write_bytes(b"b" * 100_000)
    adapter.upload_dir(source, prefix="tree")
    assert sorted(adapter.iter_prefix("tree")) == ["a.txt", "sub/b.txt"]
    adapter.download_dir("tree", tmp_path / "target")
    assert (tmp_path / "target" / "a.txt").read_bytes() == b"a"
    assert (tmp_path / "target" / "sub" / "b.txt").read_bytes() == b"b" * 100_000


def test_remove(adapter: MinioStorageAdapter, server: Server, bucket_name: str) -> None:
    adapter.upload("a", io.BytesIO(b"1"))
    asyncio.run(adapter.remove_object("a"))
    assert server.status(bucket_name, "runs/1/a") == 404
    asyncio.run(adapter.remove_object("a"))


def test_from_uri(server: Server, bucket_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIO_ACCESS_KEY", server.access_key)
    monkeypatch.setenv("MINIO_SECRET_KEY", server.secret_key)
    adapter = MinioStorageAdapter.from_uri(f"minio://{server.endpoint}/{bucket_name}/prefix")
    adapter.upload("a", io.BytesIO(b"uri"))
    assert server.body(bucket_name, "prefix/a") == b"uri"


def test_wrong_keys(server: Server, bucket_name: str) -> None:
    with pytest.raises(S3Error):
        MinioStorageAdapter(server.endpoint, server.access_key, "not the secret", bucket_name, secure=False)
