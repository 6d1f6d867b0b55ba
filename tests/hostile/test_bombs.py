"""Small bodies that decode to gigabytes: every path that decodes them raises an error and uses little memory."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
import urllib3

from fakes.scripted_server import ScriptedServer, answer, forever
from minio import Minio
from minio.credentials import IamAwsProvider, LdapIdentityProvider
from minio.error import InvalidResponseError, MinioException, NoSuchKey, ResponseError, TransportError

from .test_xml import MIB

Attack = Callable[..., Any]


@contextmanager
def in_memory(mebibytes: float) -> Iterator[None]:
    """Fail if the block allocates more than this much Python memory at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < mebibytes * MIB
    finally:
        tracemalloc.stop()


@cache
def grow(coding: str, mebibytes: int) -> bytes:
    """Zeros, compressed to a thousandth of their size."""
    made = zlib.compressobj(9, wbits={"gzip": 31, "deflate": 15, "raw": -15}[coding])
    return b"".join([*(made.compress(bytes(MIB)) for _ in range(mebibytes)), made.flush()])


BOMBS = {
    "gzip": ("gzip", lambda: grow("gzip", 700)),
    "deflate": ("deflate", lambda: grow("deflate", 700)),
    "raw deflate": ("deflate", lambda: grow("raw", 700)),
    "twice": ("gzip, gzip", lambda: gzip.compress(grow("gzip", 700))),
    "members": ("gzip", lambda: gzip.compress(b"") * 200_000),
}
"""The coding that is announced, and what makes the body: not when the tests are collected, since it takes seconds."""
CALLS: dict[str, tuple[Any, ...]] = {
    "list_buckets": (),
    "list_objects": ("bucket",),
    "get_bucket_lifecycle": ("bucket",),
    "get_bucket_policy": ("bucket",),
    "stat_object": ("bucket", "key"),
    "delete_bucket_tags": ("bucket",),
}


def coded(name: str, status: str = "200 OK") -> bytes:
    coding, make = BOMBS[name]
    return answer(make(), status, {"Content-Encoding": coding})


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "404 Not Found", "503 Slow Down"])
def test_bombs(attack: Attack, name: str, status: str) -> None:
    client, _ = attack(forever(coded(name, status)))
    with in_memory(160), pytest.raises(ResponseError) as caught:
        client("list_buckets")
    assert caught.value.status == int(status[:3])
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("call", ["list_objects", "get_bucket_lifecycle", "get_bucket_policy"])
def test_bombs_in_documents(attack: Attack, call: str) -> None:
    client, _ = attack(forever(coded("gzip")))
    with in_memory(160), pytest.raises(InvalidResponseError, match="more than the 67108864 bytes"):
        client(call, *CALLS[call])


def test_bomb_in_an_ignored_body(attack: Attack) -> None:
    """A body that is discarded unread is not decoded beyond the limit either."""
    client, _ = attack(forever(coded("gzip", "200 OK")))
    with in_memory(160), pytest.raises(ResponseError):
        client("delete_bucket_tags", "bucket")


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False, timeout=10) as made:
        yield made


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_bombs_with_http_client(pool: urllib3.PoolManager, name: str, status: str) -> None:
    with ScriptedServer(forever(coded(name, status))) as server:
        client = Minio(str(server.origin), "KEY", "SECRETKEY", secure=False, region="r", http_client=pool)
        with in_memory(260), pytest.raises(ResponseError):
            client.list_buckets()


@pytest.mark.parametrize("own", [False, True], ids=["its own pool", "http_client"])
@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_bombs_from_credential_services(pool: urllib3.PoolManager, name: str, status: str, own: bool) -> None:
    given = pool if own else None
    with ScriptedServer(forever(coded(name, status))) as server:
        url = f"http://{server.origin}/x"
        for provider in (
            IamAwsProvider(custom_endpoint=url, full_uri=url, http_client=given),
            LdapIdentityProvider(url, "user", "password", http_client=given),
        ):
            with in_memory(20), pytest.raises(MinioException) as caught:
                provider.retrieve()
            assert isinstance(caught.value, TransportError | ResponseError)


def test_response_that_is_too_long_uncompressed(pool: urllib3.PoolManager) -> None:
    with ScriptedServer(forever(answer(b"x" * 3 * MIB))) as server:
        url = f"http://{server.origin}/x"
        with pytest.raises(TransportError, match="more than the 1048576 bytes"):
            IamAwsProvider(custom_endpoint=url, full_uri=url, http_client=pool).retrieve()


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_long_response_with_http_client(pool: urllib3.PoolManager, status: str) -> None:
    """The client does not read the rest of a long error, and does not silently truncate a success."""
    with ScriptedServer(forever(answer(bytes(65 * MIB), status))) as server:
        client = Minio(str(server.origin), "KEY", "SECRETKEY", secure=False, region="r", http_client=pool)
        with pytest.raises(TransportError if status == "200 OK" else InvalidResponseError):
            client.list_buckets()


def test_bomb_object_is_decoded_lazily(attack: Attack) -> None:
    coding, make = BOMBS["gzip"]
    body = make()
    reply = answer(body, headers={"Content-Encoding": coding, "ETag": '"e"'})
    client, _ = attack(forever(reply))
    assert client.read("bucket", "key") == body
    if client.kind == "sync":
        with in_memory(10), client("get_object", "bucket", "key") as response:
            for _ in range(100):
                assert response.read(50_000, decode_content=True) == bytes(50_000)


# Valid responses are read


LISTING = b"<ListBucketResult><Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>"
MISSING = b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"
CODERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress, "identity": bytes}


@pytest.mark.parametrize("coding", CODERS)
def test_compressed_responses_are_read(attack: Attack, coding: str) -> None:
    client, _ = attack(forever(answer(CODERS[coding](LISTING), headers={"Content-Encoding": coding})))
    assert [item.object_name for item in client("list_objects", "bucket")] == ["k"]
    client, _ = attack(forever(answer(CODERS[coding](MISSING), "404 Not Found", {"Content-Encoding": coding})))
    with pytest.raises(NoSuchKey, match="gone"):
        client.read("bucket", "key")


@pytest.mark.parametrize("coding", CODERS)
def test_compressed_responses_with_http_client(pool: urllib3.PoolManager, coding: str) -> None:
    with ScriptedServer(forever(answer(CODERS[coding](LISTING), headers={"Content-Encoding": coding}))) as server:
        client = Minio(str(server.origin), "KEY", "SECRETKEY", secure=False, region="r", http_client=pool)
        assert [item.object_name for item in client.list_objects("bucket")] == ["k"]


@pytest.mark.parametrize("coding", CODERS)
def test_compressed_credentials(coding: str) -> None:
    found = b'{"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c", "Expiration": "2099-01-01T00:00:00Z"}'
    with ScriptedServer(forever(answer(CODERS[coding](found), headers={"Content-Encoding": coding}))) as server:
        url = f"http://{server.origin}/x"
        assert IamAwsProvider(custom_endpoint=url, full_uri=url).retrieve().access_key == "a"
