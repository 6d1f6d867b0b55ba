# Generated from tests/live/aio/test_upload.py by tools/generate_sync.py. Do not edit.
"""put_object and fput_object: every kind of source and size, and what a failure leaves behind."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from live.helpers import MIB, PlainStream, Requests, content_of, is_there, noise, uploads_of
from minio import Minio
from minio.commonconfig import Tags
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, InvalidSizeError, MissingFileError, NoSuchBucket
from servers.live import LiveServer

SMALL = noise(100_000)
LARGE = noise(12 * MIB + 345)


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


@pytest.mark.parametrize("size", [0, 1, 5 * MIB, 5 * MIB + 1, len(LARGE)])
def test_sizes(client: Minio, bucket: str, server: LiveServer, size: int) -> None:
    content = LARGE[:size]
    trace = Requests()
    client.trace_on(trace)
    written = client.put_object(bucket, "object", io.BytesIO(content), size)
    assert (trace.count("/object?uploads=") == 1) == (size > 5 * MIB)
    assert content_of(server, bucket, "object") == content
    assert (written.bucket_name, written.object_name) == (bucket, "object")
    assert uploads_of(server, bucket) == []
    if size <= 5 * MIB:
        assert written == written.etag == hashlib.md5(content).hexdigest()
        assert written.http_headers["ETAG"].strip('"') == written


@pytest.mark.requires("complete_etag")
def test_result_of_a_multipart_upload(client: Minio, bucket: str) -> None:
    written = client.put_object(bucket, "object", LARGE, len(LARGE))
    assert written == (client.stat_object(bucket, "object")).etag
    assert '"' not in written


@pytest.mark.parametrize("length", [len(LARGE), -1])
@pytest.mark.parametrize(
    "source",
    [bytes, bytearray, memoryview, io.BytesIO, PlainStream, lambda data: [data[:3], b"", data[3:]]],
    ids=["bytes", "bytearray", "memoryview", "BytesIO", "stream", "list"],
)
def test_sources(client: Minio, bucket: str, server: LiveServer, source: Any, length: int) -> None:
    client.put_object(bucket, "object", source(LARGE), length)
    assert content_of(server, bucket, "object") == LARGE


@pytest.mark.parametrize("size", [0, 1, 5 * MIB, 10 * MIB, 12 * MIB + 345])
def test_generator_of_unknown_length(client: Minio, bucket: str, server: LiveServer, size: int) -> None:
    client.put_object(bucket, "object", pieces(LARGE[:size], 700_001), -1)
    assert content_of(server, bucket, "object") == LARGE[:size]
    assert uploads_of(server, bucket) == []


def test_plain_generator(client: Minio, bucket: str, server: LiveServer) -> None:
    client.put_object(bucket, "object", (bytes([number]) for number in range(200)), -1)
    assert content_of(server, bucket, "object") == bytes(range(200))
    client.put_object(bucket, "object", pieces(SMALL, 999), len(SMALL))
    assert content_of(server, bucket, "object") == SMALL


def test_read_that_is_a_coroutine(client: Minio, bucket: str, server: LiveServer) -> None:
    class Stream:
        def __init__(self) -> None:
            self.inner = io.BytesIO(SMALL)

        def read(self, size: int) -> bytes:
            return self.inner.read(min(size, 1000))

    client.put_object(bucket, "object", Stream(), len(SMALL))
    assert content_of(server, bucket, "object") == SMALL
    client.put_object(bucket, "object", Stream(), -1)
    assert content_of(server, bucket, "object") == SMALL


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["single", "parts"])
def test_bytesio_is_read_from_its_position(client: Minio, bucket: str, server: LiveServer, content: bytes) -> None:
    data = io.BytesIO(b"head" + content + b"tail")
    data.seek(4)
    client.put_object(bucket, "object", data, len(content))
    assert content_of(server, bucket, "object") == content
    assert data.read() == b"tail"
    data.write(b"may grow again")


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["single", "parts"])
def test_open_file_is_read_from_its_position(
    client: Minio, bucket: str, server: LiveServer, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"head" + content + b"tail")
    with path.open("rb") as file:
        assert file.read(4) == b"head"
        client.put_object(bucket, "object", file, len(content))
        assert file.read() == b"tail"
        file.seek(4)
        client.put_object(bucket, "rest", file, -1)
        assert file.read() == b""
    assert content_of(server, bucket, "object") == content
    assert content_of(server, bucket, "rest") == content + b"tail"


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["single", "parts"])
@pytest.mark.parametrize("source", [bytes, io.BytesIO, PlainStream], ids=["bytes", "BytesIO", "stream"])
def test_short_stream_leaves_nothing(
    client: Minio, bucket: str, server: LiveServer, source: Any, content: bytes
) -> None:
    with pytest.raises(InvalidSizeError) as caught:
        client.put_object(bucket, "object", source(content), len(content) + 1)
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, ValueError)
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


@pytest.mark.parametrize("length", [len(LARGE), -1])
@pytest.mark.parametrize("fail_after", [0, 6 * MIB, 11 * MIB])
def test_failing_stream_leaves_nothing(
    client: Minio, bucket: str, server: LiveServer, fail_after: int, length: int
) -> None:
    with pytest.raises(RuntimeError, match="the disk is gone"):
        client.put_object(bucket, "object", PlainStream(LARGE, fail_after), length)
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []
    client.put_object(bucket, "object", b"x", 1)


def test_text_stream_is_refused(client: Minio, bucket: str, server: LiveServer) -> None:
    for data in (io.StringIO("text"), "text", {"a": 1}, None, 4):
        with pytest.raises(InvalidArgumentTypeError):
            client.put_object(bucket, "object", data, 4)
    assert not is_there(server, bucket, "object")


@pytest.mark.parametrize(
    "options",
    [
        {"length": -2},
        {"length": 5 * 1024**4 + 1},
        {"part_size": 1},
        {"part_size": 5 * 1024**3 + 1},
        {"num_parallel_uploads": 0},
        {"checksum": "ROT13"},
        {"progress": 1},
        {"sse": "AES256"},
        {"retention": "forever"},
        {"write_offset": -1},
        {"content_type": 5},
        {"length": "1"},
    ],
    ids=str,
)
def test_bad_arguments_are_refused_before_anything_is_sent(client: Minio, options: dict[str, Any]) -> None:
    trace = Requests()
    client.trace_on(trace)
    with pytest.raises(ValueError, match=next(iter(options))):
        client.put_object("bucket", "object", **{"data": io.BytesIO(b"x"), "length": 1, **options})
    assert trace.count() == 0


def test_into_a_missing_bucket(client: Minio, bucket_name: str) -> None:
    with pytest.raises(NoSuchBucket):
        client.put_object(bucket_name, "object", b"x", 1)
    with pytest.raises(NoSuchBucket):
        client.put_object(bucket_name, "object", LARGE, len(LARGE))


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["single", "parts"])
def test_content_type_and_metadata(client: Minio, bucket: str, content: bytes) -> None:
    metadata = {"colour": "blue", "Cache-Control": "no-store"}
    client.put_object(bucket, "object", content, len(content), "text/x-own", metadata)
    found = client.stat_object(bucket, "object")
    assert found.content_type == "text/x-own"
    assert found.metadata is not None
    assert found.metadata["x-amz-meta-colour"] == "blue"
    assert found.metadata["cache-control"] == "no-store"


def test_tags(client: Minio, bucket: str, server: LiveServer) -> None:
    put_tagged(client, bucket, server, SMALL)


@pytest.mark.requires("multipart_tags")
def test_tags_of_a_multipart_upload(client: Minio, bucket: str, server: LiveServer) -> None:
    put_tagged(client, bucket, server, LARGE)


def put_tagged(client: Minio, bucket: str, server: LiveServer, content: bytes) -> None:
    tags = Tags.new_object_tags()
    tags["team"] = "a b+c"
    client.put_object(bucket, "object", content, len(content), tags=tags)
    answer = server.raw.request("GET", f"/{bucket}/object", {"tagging": ""})
    assert (answer.texts("Key"), answer.texts("Value")) == (["team"], ["a b+c"])


def test_object_is_replaced(client: Minio, bucket: str, server: LiveServer) -> None:
    client.put_object(bucket, "object", LARGE, len(LARGE))
    client.put_object(bucket, "object", b"new", 3, "text/new")
    assert content_of(server, bucket, "object") == b"new"
    assert (client.stat_object(bucket, "object")).content_type == "text/new"


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "single", "parts"])
@pytest.mark.parametrize("checksum", ["CRC32C", "CRC32", "SHA256", "MD5", None])
def test_checksums(client: Minio, bucket: str, server: LiveServer, content: bytes, checksum: str | None) -> None:
    trace = Requests()
    client.trace_on(trace)
    client.put_object(bucket, "object", content, len(content), checksum=checksum)
    assert content_of(server, bucket, "object") == content
    sent = trace.getvalue().lower()
    names = {"CRC32C", "CRC32", "SHA256"} - {checksum}
    assert not any(f"x-amz-checksum-{name.lower()}: " in sent.split("http/1.1 200")[0] for name in names)
    if checksum == "MD5":
        assert "content-md5: " in sent
    elif checksum:
        assert f"x-amz-checksum-{checksum.lower()}: " in sent


@pytest.mark.requires("checksum_verified")
def test_checksum_is_stored(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"123456789", 9)
    found = client.stat_object(bucket, "object", extra_headers={"x-amz-checksum-mode": "ENABLED"})
    assert found.metadata is not None
    assert found.metadata["x-amz-checksum-crc32c"] == "4waSgw=="


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["single", "parts"])
def test_progress_as_a_callable(client: Minio, bucket: str, content: bytes) -> None:
    told: list[tuple[int, int]] = []
    client.put_object(bucket, "object", content, len(content), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(content), len(content))
    assert [done for done, _ in told] == sorted({done for done, _ in told})


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["single", "parts"])
def test_progress_as_an_object(client: Minio, bucket: str, content: bytes) -> None:
    class Bar:
        def __init__(self) -> None:
            self.meta: list[tuple[str, int]] = []
            self.done = 0

        def set_meta(self, object_name: str, total_length: int) -> None:
            self.meta.append((object_name, total_length))

        def update(self, length: int) -> None:
            self.done += length

    bar = Bar()
    client.put_object(bucket, "object", content, len(content), progress=bar)
    assert (bar.meta, bar.done) == ([("object", len(content))], len(content))


@pytest.mark.parametrize("workers", [1, 3, 8])
def test_part_size_and_workers(client: Minio, bucket: str, server: LiveServer, workers: int) -> None:
    trace = Requests()
    client.trace_on(trace)
    client.put_object(bucket, "object", PlainStream(LARGE), len(LARGE), part_size=6 * MIB, num_parallel_uploads=workers)
    assert trace.count("partNumber=") == 3
    assert content_of(server, bucket, "object") == LARGE


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "single", "parts"])
def test_file(client: Minio, bucket: str, server: LiveServer, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file ü"
    path.write_bytes(content)
    for given in (path, str(path)):
        written = client.fput_object(bucket, "object", given, "text/plain", {"colour": "blue"})
        assert written.object_name == "object"
        assert content_of(server, bucket, "object") == content
    found = client.stat_object(bucket, "object")
    assert found.content_type == "text/plain"
    assert found.metadata is not None
    assert found.metadata["x-amz-meta-colour"] == "blue"
    assert path.read_bytes() == content


def test_files_that_cannot_be_sent(client: Minio, bucket: str, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError) as missing:
        client.fput_object(bucket, "object", tmp_path / "not there")
    assert isinstance(missing.value, FileNotFoundError)
    with pytest.raises(InvalidArgumentError, match="directory") as folder:
        client.fput_object(bucket, "object", tmp_path)
    assert isinstance(folder.value, OSError)


def test_file_truncated_during_the_upload(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(LARGE)

    def cut(done: int, total: int) -> None:
        path.write_bytes(b"other content")

    with pytest.raises(InvalidSizeError, match="changed"):
        client.fput_object(bucket, "object", path, progress=cut, num_parallel_uploads=1)
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


def test_the_content_type_follows_from_the_name_if_it_is_none(client: Minio, bucket: str, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(b"content")
    client.put_object(bucket, "a/picture.PNG", b"content", 7, None)
    client.put_object(bucket, "unknown.ending", b"content", 7, None)
    client.put_object(bucket, "own.png", b"content", 7, None, {"content-type": "text/x-own"})
    client.fput_object(bucket, "from-file", str(file), None)
    client.fput_object(bucket, "data.json", file, content_type=None)
    with client.open_object(bucket, "table.csv", "w", content_type=None) as writer:
        writer.write("1,2")
    found = {item: (client.stat_object(bucket, item)).content_type for item in KINDS}
    assert found == KINDS


KINDS = {
    "a/picture.PNG": "image/png",
    "unknown.ending": "application/octet-stream",
    "own.png": "text/x-own",
    "from-file": "text/html",
    "data.json": "application/json",
    "table.csv": "text/csv",
}
