"""Reading objects: complete, in ranges, in pieces, and their metadata."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from live.helpers import Requests, enable_versioning, noise
from minio import AsyncMinio
from minio.error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    InvalidRange,
    NoSuchBucket,
    NoSuchKey,
    ResponseError,
    S3Error,
)
from servers.live import LiveServer

from ._backend import together

CONTENT = noise(300_000)
LETTERS = b"abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
async def letters(client: AsyncMinio, bucket: str) -> str:
    await client.put_object(bucket, "letters", LETTERS, 26)
    return bucket


async def test_read_at_once(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", CONTENT, len(CONTENT))
    response = await client.get_object(bucket, "object")
    assert response.status == 200
    assert response.headers["content-length"] == str(len(CONTENT))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert await response.read() == CONTENT
    assert await response.read() == b""
    assert response.tell() == len(CONTENT)
    await response.close()
    await response.release_conn()


async def test_read_in_pieces(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", CONTENT, len(CONTENT))
    async with await client.get_object(bucket, "object") as response:
        pieces = [piece async for piece in response.stream(65_536)]
    assert [len(piece) for piece in pieces] == [65_536] * 4 + [37_856]
    assert b"".join(pieces) == CONTENT
    async with await client.get_object(bucket, "object") as response:
        assert await response.read(1000) == CONTENT[:1000]
        assert response.length_remaining == len(CONTENT) - 1000
        assert await response.read(0) == b""
        assert await response.read() == CONTENT[1000:]


async def test_iteration(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", CONTENT, len(CONTENT))
    async with await client.get_object(bucket, "object") as response:
        assert b"".join([piece async for piece in response]) == CONTENT


async def test_json(client: AsyncMinio, bucket: str) -> None:
    body = json.dumps({"ü": [1, 2]}).encode()
    await client.put_object(bucket, "object", body, len(body))
    async with await client.get_object(bucket, "object") as response:
        assert await response.json() == {"ü": [1, 2]}


async def test_empty_object(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "empty", b"", 0)
    async with await client.get_object(bucket, "empty") as response:
        assert await response.read() == b""
    async with await client.get_object(bucket, "empty") as response:
        assert [piece async for piece in response.stream()] == []


async def test_many_half_read_responses_do_not_block_the_client(
    make_client: Callable[..., AsyncMinio], bucket: str
) -> None:
    client = make_client(read_timeout=10)
    await client.put_object(bucket, "object", CONTENT, len(CONTENT))
    held = [await client.get_object(bucket, "object") for _ in range(30)]
    for response in held:
        assert await response.read(10) == CONTENT[:10]
    assert (await client.stat_object(bucket, "object")).size == len(CONTENT)
    for response in held:
        await response.close()
    assert (await client.stat_object(bucket, "object")).size == len(CONTENT)


@pytest.mark.parametrize("before", [0, 1000])
@pytest.mark.parametrize("size", [26, 300_000])
async def test_released_response_can_still_be_read(client: AsyncMinio, bucket: str, size: int, before: int) -> None:
    await client.put_object(bucket, "object", CONTENT, size)
    for way in ("read", "stream", "lines"):
        response = await client.get_object(bucket, "object")
        parts = [await response.read(before)]
        await response.release_conn()
        if way == "read":
            parts.append(await response.read())
        elif way == "stream":
            parts += [part async for part in response.stream(10_000)]
        else:
            parts += [part async for part in response]
        await response.release_conn()
        assert b"".join(parts) == CONTENT[:size]


async def test_close_and_release_drop_unread_data(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", CONTENT, len(CONTENT))
    response = await client.get_object(bucket, "object")
    await response.read(10)
    await response.close()
    await response.release_conn()
    assert await response.read() == b""


async def test_closed_response_cannot_be_read(client: AsyncMinio, letters: str) -> None:
    response = await client.get_object(letters, "letters")
    await response.close()
    assert response.closed
    assert await response.read() == b""


@pytest.mark.parametrize(
    ("offset", "length", "wanted"),
    [(0, 0, LETTERS), (2, 4, b"cdef"), (20, 0, b"uvwxyz"), (0, 3, b"abc"), (25, 1, b"z"), (24, 100, b"yz")],
)
async def test_ranges(client: AsyncMinio, letters: str, offset: int, length: int, wanted: bytes) -> None:
    for response in (
        await client.get_object(letters, "letters", offset, length),
        await client.get_object(letters, "letters", offset=offset, length=length),
        await client.get_partial_object(letters, "letters", offset, length),
    ):
        assert await response.read() == wanted
        assert response.status == (206 if offset or length else 200)
        await response.release_conn()


async def test_range_beyond_the_end(client: AsyncMinio, letters: str) -> None:
    with pytest.raises(InvalidRange) as caught:
        await client.get_object(letters, "letters", 26)
    assert caught.value.status == 416


@pytest.mark.parametrize(("offset", "length"), [(-1, 0), (0, -1)])
async def test_negative_ranges_are_refused(client: AsyncMinio, offset: int, length: int) -> None:
    with pytest.raises(InvalidArgumentError):
        await client.get_object("bucket", "object", offset, length)
    with pytest.raises(InvalidArgumentError):
        await client.get_partial_object("bucket", "object", offset, length)


async def test_request_headers_in_both_places(client: AsyncMinio, letters: str) -> None:
    wish = {"Range": "bytes=1-2"}
    for response in (
        await client.get_object(letters, "letters", wish),
        await client.get_object(letters, "letters", request_headers=wish),
        await client.get_object(letters, "letters", 0, 0, wish),
        await client.get_partial_object(letters, "letters", request_headers=wish),
    ):
        assert await response.read() == b"bc"
        await response.close()
    assert wish == {"Range": "bytes=1-2"}
    async with await client.get_object(letters, "letters", None) as response:
        assert await response.read() == LETTERS


async def test_conditions_in_request_headers(client: AsyncMinio, letters: str) -> None:
    etag = (await client.stat_object(letters, "letters")).etag
    async with await client.get_object(letters, "letters", {"If-Match": f'"{etag}"'}) as response:
        assert await response.read() == LETTERS
    with pytest.raises(S3Error) as caught:
        await client.get_object(letters, "letters", {"If-Match": '"0"'})
    assert caught.value.code == "PreconditionFailed"


async def test_response_header_overrides(client: AsyncMinio, letters: str) -> None:
    wish = {"response-content-type": "text/x-letters"}
    async with await client.get_object(letters, "letters", extra_query_params=wish) as response:
        assert response.headers["content-type"] == "text/x-letters"


async def test_missing_objects(client: AsyncMinio, bucket: str) -> None:
    for call in (client.get_object, client.get_partial_object, client.stat_object):
        with pytest.raises(NoSuchKey) as caught:
            await call(bucket, "no such key/ü")
        assert (caught.value.bucket_name, caught.value.object_name) == (bucket, "no such key/ü")
        assert caught.value.code == "NoSuchKey"
    for call in (client.get_object, client.get_partial_object):
        with pytest.raises(NoSuchBucket):
            await call(f"{bucket}-not", "object")


@pytest.mark.parametrize("name", ["", "  ", "a/../b", ".", "k" * 1025])
async def test_bad_names_are_refused(client: AsyncMinio, name: str) -> None:
    for call in (client.get_object, client.stat_object, client.remove_object):
        with pytest.raises(InvalidArgumentError):
            await call("bucket", name)


async def test_names_of_the_wrong_type_are_refused(client: AsyncMinio) -> None:
    with pytest.raises(InvalidArgumentTypeError):
        await client.get_object("bucket", 1)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentTypeError):
        await client.stat_object(None, "object")  # type: ignore[arg-type]


async def test_stat(client: AsyncMinio, bucket: str) -> None:
    written = await client.put_object(bucket, "folder/object", b"hello", 5, "text/plain")
    found = await client.stat_object(bucket, "folder/object")
    assert (found.bucket_name, found.object_name, found.size) == (bucket, "folder/object", 5)
    assert (found.etag, found.content_type) == (str(written), "text/plain")
    assert written == "5d41402abc4b2a76b9719d911017c592"
    assert found.last_modified is not None
    assert found.last_modified.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - found.last_modified) < timedelta(minutes=5)
    assert found.metadata is not None
    assert found.metadata["CONTENT-length"] == "5"


async def test_metadata_round_trip(client: AsyncMinio, bucket: str) -> None:
    given = {"colour": "blue", "X-Amz-Meta-Size": "large", "two-words": "a b, c", "Cache-Control": "max-age=5"}
    before = dict(given)
    await client.put_object(bucket, "object", b"x", 1, "text/plain", given)
    assert given == before
    found = (await client.stat_object(bucket, "object")).metadata
    assert found is not None
    assert found["x-amz-meta-colour"] == "blue"
    assert found["X-AMZ-META-SIZE"] == "large"
    assert found["x-amz-meta-two-words"] == "a b, c"
    assert found["cache-control"] == "max-age=5"
    async with await client.get_object(bucket, "object") as response:
        assert response.getheader("x-amz-meta-colour") == "blue"


async def test_headers_that_are_not_metadata(client: AsyncMinio, bucket: str) -> None:
    given = {"content-disposition": 'attachment; filename="a.txt"', "content-type": "a/b"}
    await client.put_object(bucket, "object", b"x", 1, "text/css", given)
    found = (await client.stat_object(bucket, "object")).metadata
    assert found is not None
    assert found["content-disposition"] == 'attachment; filename="a.txt"'
    assert found["content-type"] == "text/css"


@pytest.mark.requires("response_headers_kept")
async def test_language_and_expires_are_kept(client: AsyncMinio, bucket: str) -> None:
    given = {"Content-Language": "de", "Expires": "Wed, 21 Oct 2065 07:28:00 GMT"}
    await client.put_object(bucket, "object", b"x", 1, metadata=given)
    found = (await client.stat_object(bucket, "object")).metadata
    assert found is not None
    assert (found["content-language"], found["expires"]) == ("de", "Wed, 21 Oct 2065 07:28:00 GMT")


@pytest.mark.parametrize(
    "metadata", [{"name": "ümlaut"}, {"name": "line\nfeed"}, {"na me": "x"}, {"": "x"}, {"name": {}}, ["name"]]
)
async def test_metadata_invalid_as_a_header_is_refused(client: AsyncMinio, metadata: dict[str, str]) -> None:
    trace = Requests()
    client.trace_on(trace)
    with pytest.raises(InvalidArgumentError):
        await client.put_object("bucket", "object", b"x", 1, metadata=metadata)
    assert trace.count() == 0


@pytest.mark.requires("content_encoding_kept")
async def test_compressed_content_is_returned_as_stored(client: AsyncMinio, bucket: str) -> None:
    zipped = gzip.compress(b"text " * 1000)
    await client.put_object(bucket, "object", zipped, len(zipped), metadata={"Content-Encoding": "gzip"})
    async with await client.get_object(bucket, "object") as response:
        assert response.headers["content-encoding"] == "gzip"
        assert await response.read() == zipped
    async with await client.get_object(bucket, "object") as response:
        assert b"".join([piece async for piece in response.stream(10)]) == zipped
    assert (await client.stat_object(bucket, "object")).size == len(zipped)


@pytest.mark.requires("versioning")
async def test_versions(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    first = await client.put_object(bucket, "object", b"first", 5)
    second = await client.put_object(bucket, "object", b"the second", 10)
    assert first.version_id
    assert first.version_id != second.version_id
    async with await client.get_object(bucket, "object", version_id=first.version_id) as response:
        assert await response.read() == b"first"
    async with await client.get_object(bucket, "object") as response:
        assert await response.read() == b"the second"
    async with await client.get_partial_object(bucket, "object", 1, 2, version_id=first.version_id) as response:
        assert await response.read() == b"ir"
    found = await client.stat_object(bucket, "object", version_id=first.version_id)
    assert (found.size, found.version_id) == (5, first.version_id)
    await client.remove_object(bucket, "object", first.version_id)
    with pytest.raises(S3Error) as caught:
        await client.get_object(bucket, "object", version_id=first.version_id)
    assert caught.value.status == 404
    await client.remove_object(bucket, "object")
    with pytest.raises(NoSuchKey):
        await client.stat_object(bucket, "object")


async def test_many_at_once(client: AsyncMinio, bucket: str) -> None:
    async def one(number: int) -> bytes:
        body = bytes([number]) * 10_000
        await client.put_object(bucket, f"object-{number}", body, len(body))
        async with await client.get_object(bucket, f"object-{number}") as response:
            return await response.read()

    found = await together(*[lambda number=number: one(number) for number in range(24)])
    assert found == [bytes([number]) * 10_000 for number in range(24)]


@pytest.mark.requires("get_object_attributes")
async def test_attributes(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "letters", LETTERS, 26)
    found = await client.get_object_attributes(bucket, "letters")
    stated = await client.stat_object(bucket, "letters")
    assert (found.bucket_name, found.object_name, found.object_size) == (bucket, "letters", 26)
    assert (found.etag, found.last_modified, found.version_id) == (stated.etag, stated.last_modified, None)
    assert found.storage_class == "STANDARD"
    assert found.object_parts is None
    found = await client.get_object_attributes(bucket, "letters", object_attributes=["ObjectSize"])
    assert (found.object_size, found.etag, found.storage_class) == (26, None, None)


@pytest.mark.requires("get_object_attributes")
async def test_attributes_of_an_object_in_parts(client: AsyncMinio, bucket: str) -> None:
    mib = 1024 * 1024
    await client.put_object(bucket, "large", bytes(11 * mib), 11 * mib, part_size=5 * mib)
    found = await client.get_object_attributes(bucket, "large", object_attributes=["ObjectParts"], max_parts=2)
    assert found.object_parts is not None
    assert [(part.part_number, part.size) for part in found.object_parts.parts] == [(1, 5 * mib), (2, 5 * mib)]
    assert (found.object_parts.total_parts_count, found.object_parts.is_truncated) == (3, True)
    marker = found.object_parts.next_part_number_marker
    found = await client.get_object_attributes(bucket, "large", part_number_marker=marker)
    assert found.object_parts is not None
    assert [(part.part_number, part.size) for part in found.object_parts.parts] == [(3, mib)]
    assert not found.object_parts.is_truncated


@pytest.mark.requires("get_object_attributes", "versioning")
async def test_attributes_of_a_version(client: AsyncMinio, server: LiveServer, bucket: str) -> None:
    enable_versioning(server, bucket)
    first = await client.put_object(bucket, "object", b"1", 1)
    await client.put_object(bucket, "object", b"22", 2)
    found = await client.get_object_attributes(bucket, "object", version_id=first.version_id)
    assert (found.object_size, found.version_id) == (1, first.version_id)


async def test_attributes_of_what_is_missing(client: AsyncMinio, bucket: str, bucket_name: str) -> None:
    with pytest.raises(NoSuchKey):
        await client.get_object_attributes(bucket, "none")
    with pytest.raises(InvalidArgumentError, match="object_attributes must be ETag or"):
        await client.get_object_attributes(bucket, "none", object_attributes=["Size"])
    with pytest.raises(InvalidArgumentError, match="max_parts"):
        await client.get_object_attributes(bucket, "none", max_parts=0)


@pytest.mark.requires("get_object_attributes_refused")
async def test_attributes_on_a_server_without_them(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "letters", LETTERS, 26)
    with pytest.raises(ResponseError) as caught:
        await client.get_object_attributes(bucket, "letters")
    assert "GetObjectAttributes" in str(caught.value)
    assert LETTERS.decode() not in str(caught.value)


async def test_object_exists(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "here", b"content", 7)
    assert await client.object_exists(bucket, "here") is True
    assert await client.object_exists(bucket, "there") is False
    assert await client.object_exists(f"{bucket}-missing", "here") is False


@pytest.mark.requires("versioning")
async def test_a_delete_marker_is_no_object(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    written = await client.put_object(bucket, "key", b"content", 7)
    await client.remove_object(bucket, "key")
    versions = [item async for item in client.list_objects(bucket, include_version=True)]
    [marker] = [item.version_id for item in versions if item.is_delete_marker]
    assert not await client.object_exists(bucket, "key")
    assert not await client.object_exists(bucket, "key", marker)
    assert await client.object_exists(bucket, "key", written.version_id)
