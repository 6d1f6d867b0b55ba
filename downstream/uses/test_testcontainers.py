"""testcontainers[minio]: the client of MinioContainer. There is no Docker here, so no container is started."""

from __future__ import annotations

import io
from typing import Any

import pytest
from testcontainers.community.minio import MinioContainer

import minio
from conftest import Server


class RunningElsewhere(MinioContainer):
    """A container that says it listens where the server of the test does, and never asks Docker."""

    def __init__(self, server: Server, **options: Any) -> None:
        self.server = server
        self.port = 9000
        self.access_key, self.secret_key = server.access_key, server.secret_key

    def get_container_host_ip(self) -> str:
        return self.server.endpoint.rpartition(":")[0]

    def get_exposed_port(self, port: int) -> int:
        assert port == 9000
        return int(self.server.endpoint.rpartition(":")[2])


@pytest.fixture
def container(server: Server) -> RunningElsewhere:
    return RunningElsewhere(server)


def test_the_client_of_the_documented_example(container: RunningElsewhere, bucket_name: str) -> None:
    client = container.get_client()
    assert isinstance(client, minio.Minio)
    client.make_bucket(bucket_name)
    content = b"Hello World"
    written = client.put_object(bucket_name, "testfile.txt", io.BytesIO(content), length=len(content))
    assert (written.bucket_name, written.object_name) == (bucket_name, "testfile.txt")
    assert client.get_object(bucket_name, "testfile.txt").data == content


def test_arguments_are_passed_on(container: RunningElsewhere) -> None:
    client = container.get_client(region="eu-west-1")
    assert "eu-west-1" in client.presigned_get_object("bucket", "key")
    with pytest.raises(TypeError):
        container.get_client(no_such_argument=1)


def test_the_configuration(container: RunningElsewhere, server: Server, bucket: str) -> None:
    config = container.get_config()
    assert config == {"endpoint": server.endpoint, **server.keys}
    assert minio.Minio(**config, secure=False).bucket_exists(bucket)
