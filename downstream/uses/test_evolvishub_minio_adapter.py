"""evolvishub-minio-adapter: a client, one that runs calls in threads, and a health check.

Its `upload_data` with bytes, `get_presigned_url` and `set_bucket_policy` with a dict do not work with any release of
`minio`: they call it with arguments, or a method, that it does not have.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from minio_adapter.async_client import AsyncMinioClient
from minio_adapter.client import MinioClient
from minio_adapter.config import MinioConfig
from minio_adapter.health import HealthChecker

from conftest import Server


@pytest.fixture
def config(server: Server, bucket_name: str) -> MinioConfig:
    return MinioConfig(server.endpoint, server.access_key, server.secret_key, False, None, bucket_name)


def test_files(config: MinioConfig, server: Server, bucket_name: str, tmp_path: Path) -> None:
    client = MinioClient(config)
    (tmp_path / "up.txt").write_bytes(b"evolvis")
    assert client.upload_file(str(tmp_path / "up.txt"), content_type="text/plain", metadata={"a": "b"}) == "up.txt"
    headers = server.raw.request("HEAD", f"/{bucket_name}/up.txt").headers
    assert (headers["content-type"], headers["x-amz-meta-a"]) == ("text/plain", "b")
    client.download_file("up.txt", str(tmp_path / "down.txt"))
    assert (tmp_path / "down.txt").read_bytes() == b"evolvis"


def test_objects(config: MinioConfig, server: Server, bucket: str) -> None:
    client = MinioClient(config)
    server.put(bucket, "dir/a", b"12345")
    assert client.get_object("dir/a") == b"12345"
    (found,) = client.list_objects("dir/")
    assert (found["object_name"], found["size"]) == ("dir/a", 5)
    assert found["etag"] == "827ccb0eea8a706c4c34a16891f84e7b"
    client.remove_object("dir/a")
    assert server.status(bucket, "dir/a") == 404
    with pytest.raises(Exception, match="NoSuchKey"):
        client.get_object("dir/a")


def test_policy(config: MinioConfig, bucket: str) -> None:
    client = MinioClient(config)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
    }
    client.set_bucket_policy(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert "s3:GetObject" in client.get_bucket_policy()


def test_calls_in_threads(config: MinioConfig, server: Server, bucket_name: str, tmp_path: Path) -> None:
    async def use() -> bytes:
        client = AsyncMinioClient(config)
        (tmp_path / "up.txt").write_bytes(b"threads")
        await client.upload_file(str(tmp_path / "up.txt"), "a")
        await client.download_file("a", str(tmp_path / "down.txt"))
        assert [found["object_name"] for found in await client.list_objects()] == ["a"]
        content: bytes = await client.get_object("a")
        await client.remove_object("a")
        return content

    assert asyncio.run(use()) == (tmp_path / "down.txt").read_bytes() == b"threads"
    assert server.status(bucket_name, "a") == 404


def test_health(config: MinioConfig, bucket: str) -> None:
    status = HealthChecker(config).check_health()
    assert (status.healthy, status.details["bucket_exists"]) == (True, True)
    config.secret_key = "not the secret"
    assert not HealthChecker(config).check_health().healthy
