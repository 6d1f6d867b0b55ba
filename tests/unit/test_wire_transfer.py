"""The pure parts of transfers: plan, upload state, verification, part files, sources, progress, event lines."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fakes.partfiles import reopened
from minio._core.ops.events import EventLines
from minio._core.transfer.file_source import FileRange
from minio._core.transfer.pace import Pace
from minio._core.transfer.partfile import PartFile, part_name
from minio._core.transfer.plan import (
    MAX_OBJECT_SIZE,
    MAX_PART_SIZE,
    MAX_PARTS,
    MIB,
    MIN_PART_SIZE,
    Part,
    make_plan,
)
from minio._core.transfer.progress import Progress, check_progress
from minio._core.transfer.source import (
    Source,
    StreamSource,
    open_async_file,
    open_async_source,
    open_file,
    open_source,
)
from minio._core.transfer.sync.workers import run_upload
from minio._core.transfer.target import check_target
from minio._core.transfer.upload import Sent, Upload
from minio._core.transfer.verify import Verifier
from minio._core.wire.checksums import chunks, digests
from minio._core.wire.http1 import ProtocolError
from minio.error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    InvalidPathError,
    InvalidSizeError,
    MissingFileError,
    TransportError,
)

# Plan

lengths = st.one_of(st.integers(0, 100 * MIB), st.integers(0, MAX_OBJECT_SIZE), st.just(MAX_OBJECT_SIZE))
part_sizes = st.one_of(st.just(0), st.integers(MIN_PART_SIZE, MAX_PART_SIZE))


@settings(max_examples=30, deadline=None)
@given(lengths, part_sizes)
def test_parts_cover_the_body_exactly(length: int, part_size: int) -> None:
    try:
        plan = make_plan(length, part_size)
    except InvalidSizeError:
        assert part_size * MAX_PARTS < length
        return
    parts = list(plan.parts())
    assert len(parts) == plan.count <= MAX_PARTS
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    at = 0
    for part in parts:
        assert part.offset == at
        at += part.size
    assert at == length
    assert all(MIN_PART_SIZE <= part.size <= MAX_PART_SIZE for part in parts[:-1])
    assert (parts[-1].size > 0) is (length > 0)
    assert parts[-1].size <= MAX_PART_SIZE


@settings(max_examples=10, deadline=None)
@given(part_sizes)
def test_unknown_length_takes_the_largest_object(part_size: int) -> None:
    plan = make_plan(-1, part_size)
    assert plan.count is None
    at, last = 0, 0
    for part in plan.parts():
        assert part.offset == at
        assert max(MIN_PART_SIZE, last) <= part.size <= MAX_PART_SIZE
        at, last = at + part.size, part.size
    assert at >= MAX_OBJECT_SIZE
    assert plan.part(1).size == (part_size or MIN_PART_SIZE)


@pytest.mark.parametrize(
    ("length", "part_size", "count"),
    [(0, 0, 1), (1, 0, 1), (5 * MIB, 0, 1), (5 * MIB + 1, 0, 2), (20 * MIB, 10 * MIB, 2), (MAX_OBJECT_SIZE, 0, 9987)],
)
def test_counts(length: int, part_size: int, count: int) -> None:
    assert make_plan(length, part_size).count == count


@pytest.mark.parametrize(
    ("length", "part_size", "error"),
    [
        (-2, 0, InvalidArgumentError),
        (MAX_OBJECT_SIZE + 1, 0, InvalidSizeError),
        (1.0, 0, InvalidArgumentTypeError),
        (True, 0, InvalidArgumentTypeError),
        ("1", 0, InvalidArgumentTypeError),
        (1, MIN_PART_SIZE - 1, InvalidArgumentError),
        (1, MAX_PART_SIZE + 1, InvalidArgumentError),
        (1, -1, InvalidArgumentError),
        (1, None, InvalidArgumentTypeError),
        (MIN_PART_SIZE * MAX_PARTS + 1, MIN_PART_SIZE, InvalidSizeError),
    ],
)
def test_plans_refused(length: Any, part_size: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"length|part_size"):
        make_plan(length, part_size)


# The upload state machine


@given(st.integers(0, 2**32), st.integers(1, 12), st.sets(st.integers(1, 12)), st.booleans())
def test_upload_laws(seed: int, count: int, held: set[int], fails: bool) -> None:
    random = Random(seed)
    plan = make_plan(count * MIN_PART_SIZE - 1, MIN_PART_SIZE)
    proofs = {number: Sent(f"held{number}", plan.part(number).size) for number in held if number <= count}
    upload = Upload(plan, sent=dict(proofs))
    taken: list[int] = []
    running: list[Part] = []
    while True:
        if not running or random.random() < 0.5:
            part = upload.take()
            if part is not None:
                taken.append(part.number)
                running.append(part)
            elif not running:
                break
            continue
        part = running.pop(random.randrange(len(running)))
        if fails and random.random() < 0.5:
            upload.failed(part.number, ValueError(f"{part.number}"))
            assert upload.take() is None
        else:
            upload.done(part.number, Sent(f"etag{part.number}", part.size, "c"))
    assert taken == sorted(set(taken))
    assert not set(taken) & set(proofs)
    if upload.failure is not None:
        assert fails
        assert not upload.complete
        return
    assert upload.complete
    assert [number for number, _, _ in upload.completed()] == list(range(1, count + 1))
    assert upload.uploaded == plan.length


def test_first_failure_ends_the_upload() -> None:
    upload = Upload(make_plan(-1))
    assert [upload.take(), upload.take()] == [Part(1, 0, MIN_PART_SIZE), Part(2, MIN_PART_SIZE, MIN_PART_SIZE)]
    first, second = ValueError("1"), ValueError("2")
    upload.failed(2, first)
    upload.failed(1, second)
    assert upload.failure is first
    assert upload.take() is None


@pytest.mark.parametrize("parts", [1, 2, 5])
@pytest.mark.parametrize("dropped", [False, True])
def test_unknown_length_ends_at_the_last_part(parts: int, dropped: bool) -> None:
    upload = Upload(make_plan(-1))
    assert not upload.complete
    for number in range(1, parts + 1):
        assert upload.take() is not None
        if number == parts and not dropped:
            upload.ends_with(number)
        upload.done(number, Sent("e", 1))
    if dropped:
        part = upload.take()
        assert part is not None
        assert not upload.complete
        upload.drop(part.number)
    assert upload.take() is None
    assert upload.complete
    assert len(upload.completed()) == parts


# Verification


def b64(algorithm: str, data: bytes) -> str:
    return base64.b64encode(digests(data, [algorithm])[algorithm]).decode()


MD5 = hashlib.md5(b"data").hexdigest()


@pytest.mark.parametrize(("etag", "strong"), [(MD5, True), (f"{MD5}-2", False)])
def test_next_best_digest_is_compared_without_awscrt(monkeypatch: pytest.MonkeyPatch, etag: str, strong: bool) -> None:
    monkeypatch.setitem(sys.modules, "awscrt.checksums", None)
    verifier = Verifier({"x-amz-checksum-crc64nvme": b64("CRC32", b"other")}, etag, 4)
    assert verifier.strong is strong
    verifier.update(b"data")
    assert verifier.mismatch() is None


@pytest.mark.parametrize(
    ("headers", "etag", "strong"),
    [
        ({"x-amz-checksum-crc32c": b64("CRC32C", b"data")}, "x", True),
        ({"x-amz-checksum-crc32": b64("CRC32", b"data")}, "x", True),
        ({"x-amz-checksum-sha256": b64("SHA256", b"data")}, "x", True),
        ({"x-amz-checksum-crc64nvme": b64("CRC64NVME", b"data")}, "x-2", True),
        ({"x-amz-checksum-sha256": "AAAA-3", "x-amz-checksum-type": "COMPOSITE"}, "x-3", False),
        ({"x-amz-checksum-crc32": "AAAA-3"}, MD5, True),
        ({}, MD5, True),
        ({}, f"{MD5}-2", False),
        ({"x-amz-server-side-encryption": "aws:kms"}, MD5, False),
        ({"x-amz-server-side-encryption-customer-key-MD5": "a"}, MD5, False),
        ({"x-amz-server-side-encryption": "AES256"}, MD5, True),
    ],
)  # fmt: skip
def test_verification(headers: dict[str, str], etag: str, strong: bool) -> None:
    good, bad, short = (Verifier(headers, etag, 4) for _ in range(3))
    good.update_all([b"da", b"", b"ta"])
    assert good.mismatch() is None
    assert good.strong is strong
    bad.update(b"dato")
    assert ("do not have the object's" in str(bad.mismatch("h"))) is strong
    short.update(b"dat")
    assert "3 bytes came, but the object has 4" in str(short.mismatch())


# Part files


def test_part_file_is_published_completely(tmp_path: Path) -> None:
    target = str(tmp_path / "deep" / "er" / "file")
    file = PartFile(target, "etag", 6, 3)
    file.write(memoryview(b"two"), 3)
    file.mark(1)
    file.write(b"one", 0)
    file.mark(0)
    assert not os.path.exists(target)
    assert b"".join(file.blocks()) == b"onetwo"
    file.publish()
    file.close()
    file.discard()
    assert Path(target).read_bytes() == b"onetwo"
    assert os.listdir(tmp_path / "deep" / "er") == ["file"]


def test_part_file_resumes(tmp_path: Path) -> None:
    target = str(tmp_path / "file")
    first = PartFile(target, "e1", 7, 3)
    assert (first.count, first.done) == (3, set())
    first.write(b"def", 3)
    first.mark(1)
    first.close()
    for other in (PartFile(target, "e2", 7, 3), PartFile(str(tmp_path / "other"), "e1", 7, 3)):
        assert other.done == set()
        other.discard()
    again = reopened(PartFile(target, "e1", 7, 3))
    assert (again.done, again.path) == ({1}, part_name(target, "e1"))
    assert b"".join(again.blocks())[3:6] == b"def"
    again.restart()
    assert again.done == set()
    again.discard()
    again.discard()
    assert os.listdir(tmp_path) == []


def test_part_file_is_kept_if_its_verification_is_interrupted(tmp_path: Path) -> None:
    target = str(tmp_path / "target")
    first = PartFile(target, "e1", 6, 3)
    for index in range(2):
        first.write(b"abc", 3 * index)
        first.mark(index)
    first.close()
    broken_off = PartFile(target, "e1", 6, 3)
    assert broken_off.resumable
    assert not broken_off.done
    broken_off.close()
    again = PartFile(target, "e1", 6, 3)
    assert again.verify_next()
    assert len(again.done) == 1
    assert reopened(again).done == {0, 1}
    again.discard()
    anew = PartFile(target, "e1", 6, 3)
    assert not anew.resumable
    anew.discard()


@pytest.mark.parametrize("left", [b"", b"short", b"x" * 500, bytes(6 + 32 + 2)])
def test_foreign_part_file_is_not_used(tmp_path: Path, left: bytes) -> None:
    target = str(tmp_path / "file")
    Path(part_name(target, "e")).write_bytes(left)
    file = PartFile(target, "e", 6, 3)
    assert file.done == set()
    file.discard()


@pytest.mark.parametrize("name", ["file", "ü" * 127, "x" * 255])
def test_two_downloads_do_not_share_a_part_file(tmp_path: Path, name: str) -> None:
    target = str(tmp_path / name)
    one, two = PartFile(target, "e", 3, 3), PartFile(target, "e", 3, 3)
    assert one.path != two.path
    one.write(b"one", 0)
    two.write(b"two", 0)
    one.publish()
    assert Path(target).read_bytes() == b"one"
    two.publish()
    assert Path(target).read_bytes() == b"two"
    assert os.listdir(tmp_path) == [name]


@given(st.text(min_size=1, max_size=300).filter(lambda name: "/" not in name and "\0" not in name), st.text())
def test_part_names_fit_and_stay_in_the_folder(name: str, etag: str) -> None:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return
    found = part_name(os.path.join("/folder", name), etag)
    assert os.path.dirname(found) == "/folder"
    assert len(os.fsencode(os.path.basename(found))) <= 255
    assert found.endswith(".part.minio")


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("", InvalidPathError), (".", InvalidPathError), ("a/", InvalidPathError), ("a\0b", InvalidPathError),
        (5, InvalidArgumentTypeError), (None, InvalidArgumentTypeError),
    ],
)  # fmt: skip
def test_targets_refused(path: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="file_path"):
        check_target(path)


def test_unwritable_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InvalidPathError, match="cannot be written"):
        PartFile(str(tmp_path / "file" / "below"), "e", 1, 1)
    assert check_target(tmp_path / "x") == check_target(os.fsencode(tmp_path / "x")) == str(tmp_path / "x")


# Sources

DATA = bytes(range(256)) * 8192 + b"end"  # 2 MiB and 3 bytes


def content(source: Source, offset: int, size: int) -> bytes:
    return b"".join(bytes(piece) for piece in chunks(source.part(offset, size)))


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, io.BytesIO], ids=lambda make: make.__name__)
def test_memory_returns_any_range_repeatedly(make: Any) -> None:
    source = open_source(make(DATA), len(DATA))
    assert (source.length, source.repeatable) == (len(DATA), True)
    for offset, size in ((0, len(DATA)), (5, 10), (len(DATA) - 2, 100), (0, 0), (5, 10), (len(DATA), 1)):
        assert content(source, offset, size) == DATA[offset : offset + size]
    source.check_unchanged()
    source.close()


def test_bytesio_is_read_from_its_position_and_advanced() -> None:
    data = io.BytesIO(b"0123456789")
    data.seek(2)
    source = open_source(data, 5)
    assert content(source, 0, 99) == b"23456"
    source.close()
    assert data.read() == b"789"
    with pytest.raises(InvalidSizeError):
        open_source(data, 1)
    data.write(b"more")  # it is no longer exported


@pytest.mark.parametrize("buffering", [0, -1])
@pytest.mark.parametrize("mode", ["rb", "r+b"])
def test_files(tmp_path: Path, buffering: int, mode: str) -> None:
    (tmp_path / "f").write_bytes(b"xx" + DATA + b"rest")
    with open(tmp_path / "f", mode, buffering=buffering) as file:
        assert file.read(2) == b"xx"
        source = open_source(file, len(DATA))
        assert source.repeatable
        for offset, size in ((len(DATA) - 9, 9), (0, len(DATA)), (3, 4)):
            assert content(source, offset, size) == DATA[offset : offset + size]
        assert isinstance(source.part(0, len(DATA)), FileRange)
        source.check_unchanged()
        source.close()
        assert file.read() == b"rest"


def test_changing_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(DATA)
    source = open_file(path)
    body = source.part(0, len(DATA))
    os.truncate(path, 100)
    for read in (lambda: list(chunks(body)), source.check_unchanged, lambda: source.part(0, 200)):
        with pytest.raises(InvalidSizeError, match="changed while"):
            read()
    source.close()


def test_files_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        open_file(tmp_path / "none")
    with pytest.raises(InvalidPathError, match="a directory"):
        open_file(tmp_path)
    os.mkfifo(tmp_path / "pipe") if hasattr(os, "mkfifo") else None
    with pytest.raises(InvalidPathError):
        open_file("a\0b")


class Slow(io.RawIOBase):
    """Returns a few bytes at a time, like a socket."""

    def __init__(self, data: bytes, step: int) -> None:
        self.inner, self.step = io.BytesIO(data), step

    def read(self, size: int = -1) -> bytes:
        return self.inner.read(min(size, self.step))


@given(st.binary(max_size=200), st.integers(1, 50), st.integers(1, 50), st.booleans())
def test_streams_in_any_steps(data: bytes, step: int, size: int, known: bool) -> None:
    pieces = (data[start : start + step] for start in range(0, len(data), step))
    for stream in (Slow(data, step), pieces):
        source = open_source(stream, len(data) if known else -1)
        assert not source.repeatable
        found = b""
        while len(found) < len(data):
            part = source.part(len(found), min(size, len(data) - len(found)) if known else size)
            assert isinstance(part, bytes)
            assert len(part) == size or len(found) + len(part) == len(data)
            found += part
        assert found == data


@pytest.mark.parametrize("length", [-1, 5 * MIB])
def test_parts_of_a_stream_share_memory_once_released(length: int) -> None:
    data = Random(5).randbytes(5 * MIB)
    source = open_source(Slow(data, 300_000), length)
    first, second = source.part(0, 2 * MIB), source.part(2 * MIB, 2 * MIB)
    assert (bytes(first), bytes(second)) == (data[: 2 * MIB], data[2 * MIB : 4 * MIB])
    source.release(first)
    third = source.part(4 * MIB, 2 * MIB if length < 0 else MIB)
    assert bytes(third) == data[4 * MIB :]
    assert bytes(second) == data[2 * MIB : 4 * MIB]  # not released


def test_iterators_with_empty_pieces() -> None:
    source = open_source(iter([b"", b"ab", bytearray(b"c"), b"", memoryview(b"d")]), -1)
    assert content(source, 0, 3) == b"abc"
    assert content(source, 3, 3) == b"d"
    assert content(source, 4, 3) == b""


class Bad:
    def __init__(self, result: object) -> None:
        self.result = result

    def read(self, size: int) -> object:
        return self.result


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        (Bad("text"), InvalidArgumentTypeError, "returned str"),
        (Bad(None), InvalidArgumentError, "non-blocking"),
        (Bad(b"x" * 100), InvalidArgumentError, "more than n"),
        (Bad(b""), InvalidSizeError, "ended after 7 bytes, but length says 20"),
        (["text"], InvalidArgumentTypeError, "returned str"),
    ],
)
def test_broken_streams(data: object, error: type[Exception], text: str) -> None:
    source = open_source(data, 20)
    with pytest.raises(error, match=text):
        source.part(7, 10)


@pytest.mark.parametrize("data", ["text", {"a": 1}, 5, None])
def test_invalid_data(data: object) -> None:
    for opened in (open_source, open_async_source):
        opener: Callable[[Any, int], object] = opened
        with pytest.raises(InvalidArgumentTypeError, match="data must be"):
            opener(data, 1)


def test_short_memory() -> None:
    for data in (b"abc", io.BytesIO(b"abc")):
        with pytest.raises(InvalidSizeError, match="3 bytes, but length says 4"):
            open_source(data, 4)


async def test_async_streams() -> None:
    class Stream:
        def __init__(self) -> None:
            self.inner = io.BytesIO(b"0123456789")

        async def read(self, size: int) -> bytes:
            return self.inner.read(min(size, 3))

    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"01", b"", b"23456", b"789"):
            yield piece

    for data in (
        Stream(),
        pieces(),
        Slow(b"0123456789", 3),
        [b"01234", b"56789"],
        io.BytesIO(b"0123456789"),
        b"0123456789",
    ):
        source = open_async_source(data, 10)
        assert await source.part(0, 4) == b"0123"
        assert await source.part(4, 6) == b"456789"
        source.check_unchanged()
        source.close()
    short = open_async_source(Stream(), 11)
    with pytest.raises(InvalidSizeError):
        await short.part(0, 11)
    unknown = open_async_source(pieces(), -1)
    assert await unknown.part(0, 99) == b"0123456789"
    assert await unknown.part(10, 99) == b""


async def test_async_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    source = open_async_file(tmp_path / "f")
    assert (source.length, source.repeatable, await source.part(1, 5)) == (3, True, b"bc")
    source.close()


# Progress


class Meter:
    def __init__(self) -> None:
        self.meta: tuple[str, int] | None = None
        self.steps: list[int] = []

    def set_meta(self, object_name: str, total_length: int) -> None:
        self.meta = (object_name, total_length)

    def update(self, length: int) -> None:
        self.steps.append(length)


def test_progress_is_throttled_and_ends_exactly() -> None:
    told: list[tuple[int, int]] = []
    meter = Meter()
    one, two = Progress(lambda done, total: told.append((done, total)), "o", 100_000), Progress(meter, "o", 100_000)
    start = time.monotonic()
    for progress in (one, two):
        for _ in range(100_000):
            progress.add(1)
        progress.finish()
        progress.finish()
    limit = (time.monotonic() - start) / 0.05 + 3
    assert told[-1] == (100_000, 100_000)
    assert told == sorted(set(told))
    assert len(told) <= limit
    assert (meter.meta, sum(meter.steps)) == (("o", 100_000), 100_000)
    assert len(meter.steps) <= limit


@pytest.mark.parametrize("total", [0, -1])
def test_progress_of_nothing_and_of_unknown_length(total: int) -> None:
    told: list[tuple[int, int]] = []
    progress = Progress(lambda done, all_of_it: told.append((done, all_of_it)), "o", total)
    if total:
        progress.add(7)
    progress.finish()
    assert told[-1] == ((7, 7) if total else (0, 0))


def test_progress_is_reported_by_one_thread_at_a_time() -> None:
    inside = threading.Lock()
    told: list[int] = []

    def tell(done: int, total: int) -> None:
        assert inside.acquire(blocking=False)
        time.sleep(0.001)
        told.append(done)
        inside.release()

    progress = Progress(tell, "o", 8 * 2000)
    threads = [threading.Thread(target=lambda: [progress.add(1) for _ in range(2000)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    progress.finish()
    assert told == sorted(told)
    assert told[-1] == 16_000


def test_progress_refused() -> None:
    check_progress(None)
    check_progress(print)
    check_progress(Meter())
    with pytest.raises(InvalidArgumentTypeError, match="progress"):
        check_progress(5)


# Event lines

events = st.lists(
    st.fixed_dictionaries({"Records": st.lists(st.dictionaries(st.text(), st.text()), min_size=1, max_size=2)}),
    max_size=6,
)


@given(events, st.lists(st.integers(0, 500)), st.sampled_from([b"\n", b"\r\n", b"\n \n\n"]))
def test_events_in_any_split(wanted: list[dict[str, Any]], cuts: list[int], end: bytes) -> None:
    data = b" \n" + b"".join(
        json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass") + end for event in wanted
    )
    lines, found = EventLines(), []
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    for start, stop in pairwise(edges):
        found += lines.feed(data[start:stop])
    assert found == wanted


def test_events_without_records_are_skipped() -> None:
    assert EventLines().feed(b'{"Records": null}\n{"Records": []}\n{}\n') == []


@pytest.mark.parametrize(
    "line", [b"{broken\n", b"[1]\n", b'"text"\n', b"\xff\n", b"[" * 100_000 + b"\n", b"x" * (17 << 20)]
)
def test_invalid_event_lines(line: bytes) -> None:
    with pytest.raises(ProtocolError, match="event"):
        EventLines().feed(line)


# Worker threads and tasks


def test_failed_part_waits_only_for_the_current_piece() -> None:
    """One of two threads is in the caller's read() when the other's part fails. No further piece is read."""
    in_read, failed = threading.Event(), threading.Event()
    pieces = []

    def read(size: int) -> bytes:
        pieces.append(size)
        if len(pieces) == 6:  # the first piece of the second part
            in_read.set()
            assert failed.wait(60)
        return bytes(size)

    def send_part(*_: object) -> str:
        assert in_read.wait(60)
        threading.Timer(0.1, failed.set).start()
        raise TransportError("reset")

    upload = Upload(make_plan(40 * MIB, MIN_PART_SIZE))
    source = StreamSource(read, 40 * MIB)
    with pytest.raises(TransportError, match="reset"):
        run_upload(upload, source, send_part, None, Pace(2), lambda size: None)
    assert len(pieces) == 6


async def test_cancelled_task_waits_only_for_the_current_piece() -> None:
    in_read, go_on = threading.Event(), threading.Event()
    pieces = []

    def read(size: int) -> bytes:
        pieces.append(size)
        in_read.set()
        assert go_on.wait(60)
        return bytes(size)

    source = open_async_source(SimpleNamespace(read=read), 40 * MIB)
    task = asyncio.create_task(source.part(0, MIN_PART_SIZE))
    await asyncio.to_thread(in_read.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert len(pieces) == 1
