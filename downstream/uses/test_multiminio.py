"""multiminio: a client that passes calls on to the first healthy one of several."""

from __future__ import annotations

import socket
from io import BytesIO
from pathlib import Path

import pytest
import urllib3
from multiminio import MultiMinio

import minio
from conftest import Server
from minio.error import MinioException, S3Error


def alive(server: Server) -> minio.Minio:
    return minio.Minio(server.endpoint, secure=False, **server.keys)


def dead() -> minio.Minio:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    pool = urllib3.PoolManager(retries=urllib3.Retry(0), timeout=2)
    return minio.Minio(f"127.0.0.1:{port}", "access", "secret", secure=False, http_client=pool)


@pytest.fixture
def client(server: Server) -> MultiMinio:
    return MultiMinio([dead(), alive(server)])


def test_it_is_a_client(client: MultiMinio) -> None:
    assert isinstance(client, minio.Minio)
    assert isinstance(client, MultiMinio)


def test_the_first_client_is_used(server: Server, bucket: str) -> None:
    client = MultiMinio([alive(server), dead()])
    client.put_object(bucket, "a", BytesIO(b"first"), 5)
    assert client.get_object(bucket, "a").data == b"first"
    assert client.stat_object(bucket, "a").size == 5


def test_calls_go_to_the_healthy_client(client: MultiMinio, server: Server, bucket: str) -> None:
    assert client.bucket_exists(bucket)
    client.put_object(bucket_name=bucket, object_name="a", data=BytesIO(b"second"), length=6)
    assert server.body(bucket, "a") == b"second"
    assert [found.object_name for found in client.list_objects(bucket)] == ["a"]


def test_files(client: MultiMinio, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "up").write_bytes(b"file")
    client.fput_object(bucket, "f", str(tmp_path / "up"))
    client.fget_object(bucket, "f", str(tmp_path / "down"))
    assert (tmp_path / "down").read_bytes() == b"file"


def test_buckets(client: MultiMinio, bucket_name: str) -> None:
    client.make_bucket(bucket_name)
    assert bucket_name in [found.name for found in client.list_buckets()]
    client.remove_bucket(bucket_name)
    assert not client.bucket_exists(bucket_name)


def test_errors_of_the_server_are_passed_on(client: MultiMinio, bucket: str) -> None:
    with pytest.raises(S3Error) as caught:
        client.get_object(bucket, "missing")
    assert caught.value.code == "NoSuchKey"


def test_other_classes_of_clients_are_called_by_name(server: Server, bucket: str) -> None:
    class Counting(minio.Minio):
        calls = 0

        def bucket_exists(self, *arguments: object, **options: object) -> bool:
            Counting.calls += 1
            return bool(super().bucket_exists(*arguments, **options))

    client = MultiMinio([Counting(server.endpoint, secure=False, **server.keys)])
    assert client.bucket_exists(bucket)
    assert Counting.calls == 1


def test_the_functions_of_the_class_are_called_with_a_client(server: Server, bucket: str) -> None:
    class Fast(MultiMinio):
        MAX_COMPATIBILITY = False

    assert Fast([alive(server)]).bucket_exists(bucket)


def test_the_url_of_a_client(server: Server) -> None:
    assert MultiMinio._get_client_url(alive(server)) == server.url
    tls = minio.Minio("play.example", "access", "secret")
    assert MultiMinio._get_client_url(tls) == "https://play.example"


def test_no_healthy_client(bucket: str) -> None:
    with pytest.raises(MinioException, match="down"):
        MultiMinio([dead()], fallback_timeout=0.5).bucket_exists(bucket)
