"""The client itself: keys, errors, tracing, clocks, pickling."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from live.helpers import Requests
from minio import AsyncMinio
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


async def test_wrong_secret(make_client: Callable[..., AsyncMinio], bucket: str) -> None:
    client = make_client(secret_key="certainly-not-it")
    with pytest.raises(SignatureDoesNotMatch) as caught:
        await client.list_buckets()
    assert "certainly-not-it" not in str(caught.value) + repr(caught.value)
    with pytest.raises(SignatureDoesNotMatch):
        await client.put_object(bucket, "object", b"x", 1)


async def test_wrong_key(make_client: Callable[..., AsyncMinio], bucket: str) -> None:
    client = make_client(access_key="nobody-here")
    with pytest.raises(InvalidAccessKeyId):
        await client.list_buckets()
    with pytest.raises(InvalidAccessKeyId):
        await client.put_object(bucket, "object", b"x", 1)


async def test_without_keys(make_client: Callable[..., AsyncMinio], bucket: str) -> None:
    client = make_client(access_key=None, secret_key=None)
    trace = Requests()
    client.trace_on(trace)
    for call in (
        lambda: client.get_object(bucket, "object"),
        lambda: client.put_object(bucket, "object", b"x", 1),
        lambda: client.bucket_exists(bucket),
    ):
        with pytest.raises(AccessDenied):
            await call()
    assert "authorization" not in trace.getvalue().lower()
    assert trace.count("location") == 0


async def test_credentials_provider(make_client: Callable[..., AsyncMinio], bucket: str, server: LiveServer) -> None:
    client = make_client(credentials=StaticProvider(server.access_key, server.secret_key))
    assert await client.bucket_exists(bucket)


async def test_wrong_clock_is_corrected(client: AsyncMinio, bucket: str) -> None:
    for skew in (3600.0, -3600.0):
        client._session.skew = skew
        await client.put_object(bucket, "object", b"x", 1)
        assert abs(client._session.skew) < 60


async def test_pickle(client: AsyncMinio, bucket: str) -> None:
    async with pickle.loads(pickle.dumps(client)) as copy:
        await copy.put_object(bucket, "object", b"x", 1)
    assert (await client.stat_object(bucket, "object")).size == 1


async def test_closed_client(make_client: Callable[..., AsyncMinio], bucket: str) -> None:
    client = make_client()
    assert await client.bucket_exists(bucket)
    await client.close()
    with pytest.raises(ClosedError):
        await client.bucket_exists(bucket)
    await client.close()


async def test_app_info_is_sent(make_client: Callable[..., AsyncMinio], bucket: str) -> None:
    client, trace = make_client(), Requests()
    client.trace_on(trace)
    client.set_app_info("my-app", "1.0.2")
    assert await client.bucket_exists(bucket)
    (line,) = {line for line in trace.getvalue().splitlines() if line.startswith("User-Agent: ")}
    assert line.endswith(" my-app/1.0.2")
    for name, version in (("", "1"), ("app", ""), ("app\r\n", "1")):
        with pytest.raises(InvalidArgumentError):
            client.set_app_info(name, version)


async def test_trace_contains_no_secret(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    trace = Requests()
    client.trace_on(trace)
    await client.put_object(bucket, "object", b"x", 1)
    with pytest.raises(InvalidArgumentError):
        client.trace_on(None)  # type: ignore[arg-type]
    shown = trace.getvalue()
    assert f"PUT /{bucket}/object" in shown
    assert "HTTP/1.1 200" in shown
    assert "Signature=*REDACTED*" in shown
    assert server.secret_key not in shown
    assert server.access_key not in shown
    client.trace_off()
    assert await client.bucket_exists(bucket)
    assert trace.getvalue() == shown


async def test_repr_shows_endpoint_and_no_secret(client: AsyncMinio, server: LiveServer) -> None:
    assert server.endpoint in repr(client)
    assert server.secret_key not in repr(client) + repr(vars(client))


async def test_region_unknown_to_the_server(make_client: Callable[..., AsyncMinio], bucket: str) -> None:
    client = make_client(region="us-east-1")
    assert await client.bucket_exists(bucket)


async def test_unreachable_server() -> None:
    client = AsyncMinio("127.0.0.1:9", "access", "secret", secure=False, retries=1)
    with pytest.raises(TransportError) as caught:
        await client.list_buckets()
    await client.close()
    assert caught.value.host == "127.0.0.1:9"
    assert caught.value.__cause__ is not None


async def test_sixteen_calls_at_once_on_one_client(client: AsyncMinio, bucket: str) -> None:
    async def work(number: int) -> int:
        for turn in range(10):
            body = f"{number} {turn}".encode()
            await client.put_object(bucket, f"object-{number}", body, len(body))
            async with await client.get_object(bucket, f"object-{number}") as response:
                assert await response.read() == body
        return number

    assert await together(*[lambda number=number: work(number) for number in range(16)]) == list(range(16))
