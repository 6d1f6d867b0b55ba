"""Objects stored with a Content-Encoding: read as stored by default, and decoded on request."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from live.helpers import MIB, noise
from minio import Minio
from minio.error import InvalidArgumentError, TransportError

pytestmark = pytest.mark.requires("content_encoding_kept")

CONTENT = noise(2 * MIB) + b"a line\n" * 300_000
CODERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}
READERS: dict[str, Callable[[Any], bytes]] = {
    "at once": lambda response: response.read(decode_content=True),
    "by amounts": lambda response: b"".join(iter(lambda: response.read(100_001, True), b"")),
    "as it comes": lambda response: b"".join(iter(lambda: response.read1(decode_content=True), b"")),
    "as a stream": lambda response: b"".join(response.stream(70_000, decode_content=True)),
    "by chunks": lambda response: b"".join(response.read_chunked(decode_content=True)),
}


def store(client: Minio, bucket: str, coding: str, content: bytes) -> None:
    client.put_object(bucket, "object", io.BytesIO(content), len(content), metadata={"Content-Encoding": coding})


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("coding", CODERS)
def test_object_is_decoded_on_request(client: Minio, bucket: str, coding: str, reader: str) -> None:
    stored = CODERS[coding](CONTENT)
    store(client, bucket, coding, stored)
    with client.get_object(bucket, "object") as response:
        assert response.read() == stored
    with client.get_object(bucket, "object") as response:
        assert READERS[reader](response) == CONTENT
        assert response.tell() == len(stored)


def test_amounts_are_exact(client: Minio, bucket: str) -> None:
    store(client, bucket, "gzip", gzip.compress(CONTENT))
    with client.get_object(bucket, "object") as response:
        assert response.read(0, decode_content=True) == b""
        assert response.read(5, decode_content=True) == CONTENT[:5]
        with pytest.raises(InvalidArgumentError, match="decode_content"):
            response.read(5)
        assert response.read(3 * MIB, decode_content=True) == CONTENT[5 : 3 * MIB + 5]
    assert response.read(5, decode_content=True) == b""
    assert response.read1(5, decode_content=True) == b""


@pytest.mark.parametrize("coding", ["", "br"])
def test_unknown_codings_are_read_as_stored(client: Minio, bucket: str, coding: str) -> None:
    client.put_object(bucket, "object", b"plain", 5, metadata={"Content-Encoding": coding} if coding else None)
    with client.get_object(bucket, "object") as response:
        assert response.read(decode_content=True) == b"plain"


def test_middle_of_a_coded_object_cannot_be_decoded(client: Minio, bucket: str) -> None:
    store(client, bucket, "gzip", gzip.compress(CONTENT))
    with client.get_object(bucket, "object", offset=1000) as response, pytest.raises(TransportError, match="cannot"):
        response.read(decode_content=True)
    with client.get_object(bucket, "object", offset=1000, length=10) as response:
        assert response.read() == gzip.compress(CONTENT)[1000:1010]
