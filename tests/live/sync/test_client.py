# Generated from tests/live/aio/test_client.py by tools/generate_sync.py. Do not edit.
"""The client itself: keys, errors, tracing, clocks, pickling."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from live.helpers import Requests
from minio import Minio
from minio.credentials import StaticProvider
from minio.error import (
    AccessDenied,
    ClosedError,
    InvalidAccessKeyId,
    InvalidArgumentError,
    SignatureDoesNotMatch,
    TransportError,
)
from servers.live import LiveServer

from ._backend import together


def test_wrong_secret(make_client: Callable[..., Minio], bucket: str) -> None:
    client = make_client(secret_key="certainly-not-it")
    with pytest.raises(SignatureDoesNotMatch) as caught:
        client.list_buckets()
    assert "certainly-not-it" not in str(caught.value) + repr(caught.value)
    with pytest.raises(SignatureDoesNotMatch):
        client.put_object(bucket, "object", b"x", 1)


def test_wrong_key(make_client: Callable[..., Minio], bucket: str) -> None:
    client = make_client(access_key="nobody-here")
    with pytest.raises(InvalidAccessKeyId):
        client.list_buckets()
    with pytest.raises(InvalidAccessKeyId):
        client.put_object(bucket, "object", b"x", 1)


def test_without_keys(make_client: Callable[..., Minio], bucket: str) -> None:
    client = make_client(access_key=None, secret_key=None)
    trace = Requests()
    client.trace_on(trace)
    for call in (
        lambda: client.get_object(bucket, "object"),
        lambda: client.put_object(bucket, "object", b"x", 1),
        lambda: client.bucket_exists(bucket),
    ):
        with pytest.raises(AccessDenied):
            call()
    assert "authorization" not in trace.getvalue().lower()
    assert trace.count("location") == 0


def test_credentials_provider(make_client: Callable[..., Minio], bucket: str, server: LiveServer) -> None:
    client = make_client(credentials=StaticProvider(server.access_key, server.secret_key))
    assert client.bucket_exists(bucket)


def test_wrong_clock_is_corrected(client: Minio, bucket: str) -> None:
    for skew in (3600.0, -3600.0):
        client._session.skew = skew
        client.put_object(bucket, "object", b"x", 1)
        assert abs(client._session.skew) < 60


def test_pickle(client: Minio, bucket: str) -> None:
    with pickle.loads(pickle.dumps(client)) as copy:
        copy.put_object(bucket, "object", b"x", 1)
    assert (client.stat_object(bucket, "object")).size == 1


def test_closed_client(make_client: Callable[..., Minio], bucket: str) -> None:
    client = make_client()
    assert client.bucket_exists(bucket)
    client.close()
    with pytest.raises(ClosedError):
        client.bucket_exists(bucket)
    client.close()


def test_app_info_is_sent(make_client: Callable[..., Minio], bucket: str) -> None:
    client, trace = make_client(), Requests()
    client.trace_on(trace)
    client.set_app_info("my-app", "1.0.2")
    assert client.bucket_exists(bucket)
    (line,) = {line for line in trace.getvalue().splitlines() if line.startswith("User-Agent: ")}
    assert line.endswith(" my-app/1.0.2")
    for name, version in (("", "1"), ("app", ""), ("app\r\n", "1")):
        with pytest.raises(InvalidArgumentError):
            client.set_app_info(name, version)


def test_trace_contains_no_secret(client: Minio, bucket: str, server: LiveServer) -> None:
    trace = Requests()
    client.trace_on(trace)
    client.put_object(bucket, "object", b"x", 1)
    with pytest.raises(InvalidArgumentError):
        client.trace_on(None)  # type: ignore[arg-type]
    shown = trace.getvalue()
    assert f"PUT /{bucket}/object" in shown
    assert "HTTP/1.1 200" in shown
    assert "Signature=*REDACTED*" in shown
    assert server.secret_key not in shown
    assert server.access_key not in shown
    client.trace_off()
    assert client.bucket_exists(bucket)
    assert trace.getvalue() == shown


def test_repr_shows_endpoint_and_no_secret(client: Minio, server: LiveServer) -> None:
    assert server.endpoint in repr(client)
    assert server.secret_key not in repr(client) + repr(vars(client))


def test_region_unknown_to_the_server(make_client: Callable[..., Minio], bucket: str) -> None:
    client = make_client(region="us-east-1")
    assert client.bucket_exists(bucket)


def test_unreachable_server() -> None:
    client = Minio("127.0.0.1:9", "access", "secret", secure=False, retries=1)
    with pytest.raises(TransportError) as caught:
        client.list_buckets()
    client.close()
    assert caught.value.host == "127.0.0.1:9"
    assert caught.value.__cause__ is not None


def test_sixteen_calls_at_once_on_one_client(client: Minio, bucket: str) -> None:
    def work(number: int) -> int:
        for turn in range(10):
            body = f"{number} {turn}".encode()
            client.put_object(bucket, f"object-{number}", body, len(body))
            with client.get_object(bucket, f"object-{number}") as response:
                assert response.read() == body
        return number

    assert together(*[lambda number=number: work(number) for number in range(16)]) == list(range(16))
