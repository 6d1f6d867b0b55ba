# Generated from tests/live/aio/test_objects.py by tools/generate_sync.py. Do not edit.
"""Reading objects: complete, in ranges, in pieces, and their metadata."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from live.helpers import Requests, enable_versioning, noise
from minio import Minio
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
def letters(client: Minio, bucket: str) -> str:
    client.put_object(bucket, "letters", LETTERS, 26)
    return bucket


def test_read_at_once(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", CONTENT, len(CONTENT))
    response = client.get_object(bucket, "object")
    assert response.status == 200
    assert response.headers["content-length"] == str(len(CONTENT))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.read() == CONTENT
    assert response.read() == b""
    assert response.tell() == len(CONTENT)
    response.close()
    response.release_conn()


def test_read_in_pieces(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", CONTENT, len(CONTENT))
    with client.get_object(bucket, "object") as response:
        pieces = list(response.stream(65_536))
    assert [len(piece) for piece in pieces] == [65_536] * 4 + [37_856]
    assert b"".join(pieces) == CONTENT
    with client.get_object(bucket, "object") as response:
        assert response.read(1000) == CONTENT[:1000]
        assert response.length_remaining == len(CONTENT) - 1000
        assert response.read(0) == b""
        assert response.read() == CONTENT[1000:]


def test_iteration(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", CONTENT, len(CONTENT))
    with client.get_object(bucket, "object") as response:
        assert b"".join(list(response)) == CONTENT


def test_json(client: Minio, bucket: str) -> None:
    body = json.dumps({"ü": [1, 2]}).encode()
    client.put_object(bucket, "object", body, len(body))
    with client.get_object(bucket, "object") as response:
        assert response.json() == {"ü": [1, 2]}


def test_empty_object(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "empty", b"", 0)
    with client.get_object(bucket, "empty") as response:
        assert response.read() == b""
    with client.get_object(bucket, "empty") as response:
        assert list(response.stream()) == []


def test_many_half_read_responses_do_not_block_the_client(make_client: Callable[..., Minio], bucket: str) -> None:
    client = make_client(read_timeout=10)
    client.put_object(bucket, "object", CONTENT, len(CONTENT))
    held = [client.get_object(bucket, "object") for _ in range(30)]
    for response in held:
        assert response.read(10) == CONTENT[:10]
    assert (client.stat_object(bucket, "object")).size == len(CONTENT)
    for response in held:
        response.close()
    assert (client.stat_object(bucket, "object")).size == len(CONTENT)


@pytest.mark.parametrize("before", [0, 1000])
@pytest.mark.parametrize("size", [26, 300_000])
def test_released_response_can_still_be_read(client: Minio, bucket: str, size: int, before: int) -> None:
    client.put_object(bucket, "object", CONTENT, size)
    for way in ("read", "stream", "lines"):
        response = client.get_object(bucket, "object")
        parts = [response.read(before)]
        response.release_conn()
        if way == "read":
            parts.append(response.read())
        elif way == "stream":
            parts += list(response.stream(10_000))
        else:
            parts += list(response)
        response.release_conn()
        assert b"".join(parts) == CONTENT[:size]


def test_close_and_release_drop_unread_data(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", CONTENT, len(CONTENT))
    response = client.get_object(bucket, "object")
    response.read(10)
    response.close()
    response.release_conn()
    assert response.read() == b""


def test_closed_response_cannot_be_read(client: Minio, letters: str) -> None:
    response = client.get_object(letters, "letters")
    response.close()
    assert response.closed
    assert response.read() == b""


@pytest.mark.parametrize(
    ("offset", "length", "wanted"),
    [(0, 0, LETTERS), (2, 4, b"cdef"), (20, 0, b"uvwxyz"), (0, 3, b"abc"), (25, 1, b"z"), (24, 100, b"yz")],
)
def test_ranges(client: Minio, letters: str, offset: int, length: int, wanted: bytes) -> None:
    for response in (
        client.get_object(letters, "letters", offset, length),
        client.get_object(letters, "letters", offset=offset, length=length),
        client.get_partial_object(letters, "letters", offset, length),
    ):
        assert response.read() == wanted
        assert response.status == (206 if offset or length else 200)
        response.release_conn()


def test_range_beyond_the_end(client: Minio, letters: str) -> None:
    with pytest.raises(InvalidRange) as caught:
        client.get_object(letters, "letters", 26)
    assert caught.value.status == 416


@pytest.mark.parametrize(("offset", "length"), [(-1, 0), (0, -1)])
def test_negative_ranges_are_refused(client: Minio, offset: int, length: int) -> None:
    with pytest.raises(InvalidArgumentError):
        client.get_object("bucket", "object", offset, length)
    with pytest.raises(InvalidArgumentError):
        client.get_partial_object("bucket", "object", offset, length)


def test_request_headers_in_both_places(client: Minio, letters: str) -> None:
    wish = {"Range": "bytes=1-2"}
    for response in (
        client.get_object(letters, "letters", wish),
        client.get_object(letters, "letters", request_headers=wish),
        client.get_object(letters, "letters", 0, 0, wish),
        client.get_partial_object(letters, "letters", request_headers=wish),
    ):
        assert response.read() == b"bc"
        response.close()
    assert wish == {"Range": "bytes=1-2"}
    with client.get_object(letters, "letters", None) as response:
        assert response.read() == LETTERS


def test_conditions_in_request_headers(client: Minio, letters: str) -> None:
    etag = (client.stat_object(letters, "letters")).etag
    with client.get_object(letters, "letters", {"If-Match": f'"{etag}"'}) as response:
        assert response.read() == LETTERS
    with pytest.raises(S3Error) as caught:
        client.get_object(letters, "letters", {"If-Match": '"0"'})
    assert caught.value.code == "PreconditionFailed"


def test_response_header_overrides(client: Minio, letters: str) -> None:
    wish = {"response-content-type": "text/x-letters"}
    with client.get_object(letters, "letters", extra_query_params=wish) as response:
        assert response.headers["content-type"] == "text/x-letters"


def test_missing_objects(client: Minio, bucket: str) -> None:
    for call in (client.get_object, client.get_partial_object, client.stat_object):
        with pytest.raises(NoSuchKey) as caught:
            call(bucket, "no such key/ü")
        assert (caught.value.bucket_name, caught.value.object_name) == (bucket, "no such key/ü")
        assert caught.value.code == "NoSuchKey"
    for call in (client.get_object, client.get_partial_object):
        with pytest.raises(NoSuchBucket):
            call(f"{bucket}-not", "object")


@pytest.mark.parametrize("name", ["", "  ", "a/../b", ".", "k" * 1025])
def test_bad_names_are_refused(client: Minio, name: str) -> None:
    for call in (client.get_object, client.stat_object, client.remove_object):
        with pytest.raises(InvalidArgumentError):
            call("bucket", name)


def test_names_of_the_wrong_type_are_refused(client: Minio) -> None:
    with pytest.raises(InvalidArgumentTypeError):
        client.get_object("bucket", 1)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentTypeError):
        client.stat_object(None, "object")  # type: ignore[arg-type]


def test_stat(client: Minio, bucket: str) -> None:
    written = client.put_object(bucket, "folder/object", b"hello", 5, "text/plain")
    found = client.stat_object(bucket, "folder/object")
    assert (found.bucket_name, found.object_name, found.size) == (bucket, "folder/object", 5)
    assert (found.etag, found.content_type) == (str(written), "text/plain")
    assert written == "5d41402abc4b2a76b9719d911017c592"
    assert found.last_modified is not None
    assert found.last_modified.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - found.last_modified) < timedelta(minutes=5)
    assert found.metadata is not None
    assert found.metadata["CONTENT-length"] == "5"


def test_metadata_round_trip(client: Minio, bucket: str) -> None:
    given = {"colour": "blue", "X-Amz-Meta-Size": "large", "two-words": "a b, c", "Cache-Control": "max-age=5"}
    before = dict(given)
    client.put_object(bucket, "object", b"x", 1, "text/plain", given)
    assert given == before
    found = (client.stat_object(bucket, "object")).metadata
    assert found is not None
    assert found["x-amz-meta-colour"] == "blue"
    assert found["X-AMZ-META-SIZE"] == "large"
    assert found["x-amz-meta-two-words"] == "a b, c"
    assert found["cache-control"] == "max-age=5"
    with client.get_object(bucket, "object") as response:
        assert response.getheader("x-amz-meta-colour") == "blue"


def test_headers_that_are_not_metadata(client: Minio, bucket: str) -> None:
    given = {"content-disposition": 'attachment; filename="a.txt"', "content-type": "a/b"}
    client.put_object(bucket, "object", b"x", 1, "text/css", given)
    found = (client.stat_object(bucket, "object")).metadata
    assert found is not None
    assert found["content-disposition"] == 'attachment; filename="a.txt"'
    assert found["content-type"] == "text/css"


@pytest.mark.requires("response_headers_kept")
def test_language_and_expires_are_kept(client: Minio, bucket: str) -> None:
    given = {"Content-Language": "de", "Expires": "Wed, 21 Oct 2065 07:28:00 GMT"}
    client.put_object(bucket, "object", b"x", 1, metadata=given)
    found = (client.stat_object(bucket, "object")).metadata
    assert found is not None
    assert (found["content-language"], found["expires"]) == ("de", "Wed, 21 Oct 2065 07:28:00 GMT")


@pytest.mark.parametrize(
    "metadata", [{"name": "ümlaut"}, {"name": "line\nfeed"}, {"na me": "x"}, {"": "x"}, {"name": {}}, ["name"]]
)
def test_metadata_invalid_as_a_header_is_refused(client: Minio, metadata: dict[str, str]) -> None:
    trace = Requests()
    client.trace_on(trace)
    with pytest.raises(InvalidArgumentError):
        client.put_object("bucket", "object", b"x", 1, metadata=metadata)
    assert trace.count() == 0


@pytest.mark.requires("content_encoding_kept")
def test_compressed_content_is_returned_as_stored(client: Minio, bucket: str) -> None:
    zipped = gzip.compress(b"text " * 1000)
    client.put_object(bucket, "object", zipped, len(zipped), metadata={"Content-Encoding": "gzip"})
    with client.get_object(bucket, "object") as response:
        assert response.headers["content-encoding"] == "gzip"
        assert response.read() == zipped
    with client.get_object(bucket, "object") as response:
        assert b"".join(list(response.stream(10))) == zipped
    assert (client.stat_object(bucket, "object")).size == len(zipped)


@pytest.mark.requires("versioning")
def test_versions(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    first = client.put_object(bucket, "object", b"first", 5)
    second = client.put_object(bucket, "object", b"the second", 10)
    assert first.version_id
    assert first.version_id != second.version_id
    with client.get_object(bucket, "object", version_id=first.version_id) as response:
        assert response.read() == b"first"
    with client.get_object(bucket, "object") as response:
        assert response.read() == b"the second"
    with client.get_partial_object(bucket, "object", 1, 2, version_id=first.version_id) as response:
        assert response.read() == b"ir"
    found = client.stat_object(bucket, "object", version_id=first.version_id)
    assert (found.size, found.version_id) == (5, first.version_id)
    client.remove_object(bucket, "object", first.version_id)
    with pytest.raises(S3Error) as caught:
        client.get_object(bucket, "object", version_id=first.version_id)
    assert caught.value.status == 404
    client.remove_object(bucket, "object")
    with pytest.raises(NoSuchKey):
        client.stat_object(bucket, "object")


def test_many_at_once(client: Minio, bucket: str) -> None:
    def one(number: int) -> bytes:
        body = bytes([number]) * 10_000
        client.put_object(bucket, f"object-{number}", body, len(body))
        with client.get_object(bucket, f"object-{number}") as response:
            return response.read()

    found = together(*[lambda number=number: one(number) for number in range(24)])
    assert found == [bytes([number]) * 10_000 for number in range(24)]


@pytest.mark.requires("get_object_attributes")
def test_attributes(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "letters", LETTERS, 26)
    found = client.get_object_attributes(bucket, "letters")
    stated = client.stat_object(bucket, "letters")
    assert (found.bucket_name, found.object_name, found.object_size) == (bucket, "letters", 26)
    assert (found.etag, found.last_modified, found.version_id) == (stated.etag, stated.last_modified, None)
    assert found.storage_class == "STANDARD"
    assert found.object_parts is None
    found = client.get_object_attributes(bucket, "letters", object_attributes=["ObjectSize"])
    assert (found.object_size, found.etag, found.storage_class) == (26, None, None)


@pytest.mark.requires("get_object_attributes")
def test_attributes_of_an_object_in_parts(client: Minio, bucket: str) -> None:
    mib = 1024 * 1024
    client.put_object(bucket, "large", bytes(11 * mib), 11 * mib, part_size=5 * mib)
    found = client.get_object_attributes(bucket, "large", object_attributes=["ObjectParts"], max_parts=2)
    assert found.object_parts is not None
    assert [(part.part_number, part.size) for part in found.object_parts.parts] == [(1, 5 * mib), (2, 5 * mib)]
    assert (found.object_parts.total_parts_count, found.object_parts.is_truncated) == (3, True)
    marker = found.object_parts.next_part_number_marker
    found = client.get_object_attributes(bucket, "large", part_number_marker=marker)
    assert found.object_parts is not None
    assert [(part.part_number, part.size) for part in found.object_parts.parts] == [(3, mib)]
    assert not found.object_parts.is_truncated


@pytest.mark.requires("get_object_attributes", "versioning")
def test_attributes_of_a_version(client: Minio, server: LiveServer, bucket: str) -> None:
    enable_versioning(server, bucket)
    first = client.put_object(bucket, "object", b"1", 1)
    client.put_object(bucket, "object", b"22", 2)
    found = client.get_object_attributes(bucket, "object", version_id=first.version_id)
    assert (found.object_size, found.version_id) == (1, first.version_id)


def test_attributes_of_what_is_missing(client: Minio, bucket: str, bucket_name: str) -> None:
    with pytest.raises(NoSuchKey):
        client.get_object_attributes(bucket, "none")
    with pytest.raises(InvalidArgumentError, match="object_attributes must be ETag or"):
        client.get_object_attributes(bucket, "none", object_attributes=["Size"])
    with pytest.raises(InvalidArgumentError, match="max_parts"):
        client.get_object_attributes(bucket, "none", max_parts=0)


@pytest.mark.requires("get_object_attributes_refused")
def test_attributes_on_a_server_without_them(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "letters", LETTERS, 26)
    with pytest.raises(ResponseError) as caught:
        client.get_object_attributes(bucket, "letters")
    assert "GetObjectAttributes" in str(caught.value)
    assert LETTERS.decode() not in str(caught.value)


def test_object_exists(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "here", b"content", 7)
    assert client.object_exists(bucket, "here") is True
    assert client.object_exists(bucket, "there") is False
    assert client.object_exists(f"{bucket}-missing", "here") is False


@pytest.mark.requires("versioning")
def test_a_delete_marker_is_no_object(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    written = client.put_object(bucket, "key", b"content", 7)
    client.remove_object(bucket, "key")
    versions = list(client.list_objects(bucket, include_version=True))
    [marker] = [item.version_id for item in versions if item.is_delete_marker]
    assert not client.object_exists(bucket, "key")
    assert not client.object_exists(bucket, "key", marker)
    assert client.object_exists(bucket, "key", written.version_id)
