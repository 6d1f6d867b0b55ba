"""The machines of the transfers, driven through any order of outcomes, crashes and resumes."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import secrets
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.partfiles import reopened
from minio._core.transfer import pieces as pieces_module
from minio._core.transfer.download import CHUNK, Download, Span, chunk_size
from minio._core.transfer.partfile import PartFile, part_name
from minio._core.transfer.pieces import cut
from minio._core.transfer.plan import (
    MAX_OBJECT_SIZE,
    MAX_PART_SIZE,
    MAX_PARTS,
    MIB,
    MIN_PART_SIZE,
    Plan,
    make_plan,
)
from minio._core.transfer.resume import adopt, fits, proof, same_metadata
from minio._core.transfer.source import FileSource, MemorySource, open_file
from minio._core.transfer.spans import SpanWriter
from minio._core.transfer.upload import Sent, Upload
from minio._core.transfer.verify import Follower, Verifier
from minio._core.transfer.window import Window
from minio._core.transfer.writeback import start_writeback
from minio.datatypes import Part as Listed
from minio.error import InvalidArgumentError, InvalidSizeError


class Server:
    """What an S3 server keeps of one upload. Its parts outlive the client."""

    def __init__(self) -> None:
        self.parts: dict[int, bytes] = {}
        self.sent = 0

    def put(self, number: int, data: bytes) -> str:
        self.parts[number] = data
        self.sent += len(data)
        return hashlib.md5(data).hexdigest()

    def listed(self, lossy: bool = False) -> dict[int, Listed]:
        return {
            number: Listed(number, hashlib.md5(data).hexdigest() if not lossy else f"opaque-{number}", None, len(data))
            for number, data in self.parts.items()
        }

    def complete(self, named: list[tuple[int, str, str | None]]) -> bytes:
        assert [number for number, *_ in named] == sorted({number for number, *_ in named})
        for number, etag, _ in named:
            assert hashlib.md5(self.parts[number]).hexdigest() == etag, "the server would refuse: InvalidPart"
        return b"".join(self.parts[number] for number, *_ in named)


class Source:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def proof_part(self, offset: int, size: int) -> bytes:
        return self.data[offset : offset + size]


def drive(upload: Upload, data: bytes, server: Server, choose: random.Random, crash_after: int | None) -> bool:
    """Carry out an upload with outcomes in any order. False: the client died on the way, or a part failed."""
    running: list[Any] = []
    workers = choose.randint(1, 5)
    steps = 0
    while True:
        while len(running) < workers and (part := upload.take()) is not None:
            body = data[part.offset : part.offset + part.size]
            if len(body) < part.size:
                upload.ends_with(part.number)
                if not body and part.number > 1:
                    upload.drop(part.number)
                    break
            running.append((part, body))
        if not running:
            return upload.complete
        part, body = running.pop(choose.randrange(len(running)))
        if crash_after is not None and steps >= crash_after:
            if choose.random() < 0.5:
                server.put(part.number, body)  # it had arrived, but nobody heard of that
            if choose.random() < 0.5:
                return False
            upload.failed(part.number, OSError("lost"))
            assert upload.take() is None
        else:
            upload.done(part.number, Sent(server.put(part.number, body), len(body)))
        steps += 1


bodies = st.binary(max_size=60)
sizes = st.integers(1, 9)
crews = st.integers(1, 5)
seeds = st.randoms(use_true_random=False)


@given(data=bodies, size=sizes, choose=seeds, known=st.booleans())
def test_what_is_completed_is_the_source(data: bytes, size: int, choose: random.Random, known: bool) -> None:
    server = Server()
    upload = Upload(Plan(len(data) if known else None, size))
    assert drive(upload, data, server, choose, None)
    assert server.complete(upload.completed()) == data
    assert server.sent == len(data) == upload.uploaded


@given(
    data=bodies,
    size=sizes,
    crashes=st.lists(st.integers(0, 8), max_size=4),
    choose=seeds,
    foreign=st.dictionaries(st.integers(1, 12), st.binary(max_size=9), max_size=6),
    lossy=st.booleans(),
)
def test_crashes_and_resumes(
    data: bytes, size: int, crashes: list[int], choose: random.Random, foreign: dict[int, bytes], lossy: bool
) -> None:
    """Whatever lies on the server, and however often the client dies: what is completed is the source."""
    server = Server()
    server.parts.update(foreign)
    plan = Plan(len(data), size)
    for crash in [*crashes, None]:
        held = {
            number: sent
            for number, part in server.listed(lossy).items()
            if (sent := proof(Source(data), plan, part, None)) is not None
        }
        before = server.sent
        upload = Upload(plan, "id", dict(held))
        ended_well = drive(upload, data, server, choose, crash)
        assert upload.complete is ended_well
        if ended_well:
            assert server.complete(upload.completed()) == data
            assert server.sent - before == len(data) - sum(item.size for item in held.values())
            return
    raise AssertionError("the last try has no crash")


@given(data=bodies, size=sizes, number=st.integers(1, 12), content=st.binary(max_size=9), crc=st.booleans())
def test_a_proof_proves(data: bytes, size: int, number: int, content: bytes, crc: bool) -> None:
    """A part is taken for ours exactly when its bytes are those that we would send under its number."""
    plan = Plan(len(data), size)
    if crc:
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        listed = Listed(number, "opaque-2", None, len(content), checksums=(("SHA256", checksum),))
    else:
        listed = Listed(number, hashlib.md5(content).hexdigest(), None, len(content))
    ours = number <= (plan.count or 0) and data[(number - 1) * size : number * size] == content
    sent = proof(Source(data), plan, listed, "SHA256")
    assert (sent is not None) is ours
    if sent is not None:
        assert sent == Sent(listed.etag, len(content), base64.b64encode(hashlib.sha256(content).digest()).decode())


def test_a_part_without_a_digest_is_not_believed() -> None:
    plan = Plan(4, 4)
    for etag in ("", "opaque", hashlib.md5(b"abcd").hexdigest() + "-1"):
        assert proof(Source(b"abcd"), plan, Listed(1, etag, None, 4), None) is None


def test_metadata_that_an_earlier_upload_has_decided() -> None:
    found = {"Content-Type": "text/plain", "x-amz-meta-A": "1", "etag": '"e"', "x-amz-server-side-encryption": "AES256"}
    wanted = {"Content-Type": "text/plain", "X-Amz-Meta-a": "1"}
    assert same_metadata(wanted, found)  # the bucket encrypts by itself
    assert same_metadata({**wanted, "x-amz-server-side-encryption": "AES256"}, found)
    assert same_metadata({**wanted, "Cache-Control": "no-store"}, found)  # the server did not keep it
    assert same_metadata({**wanted, "x-amz-server-side-encryption-customer-key": "k"}, found)
    assert not same_metadata({**wanted, "Cache-Control": "no-store"}, {**found, "Cache-Control": "public"})
    assert not same_metadata(wanted, {**found, "Cache-Control": "public"})
    assert not same_metadata({**wanted, "Content-Type": "image/png"}, found)
    assert not same_metadata({**wanted, "x-amz-meta-b": "1"}, found)
    assert not same_metadata({"Content-Type": "text/plain"}, found)
    assert not same_metadata({**wanted, "x-amz-server-side-encryption": "aws:kms"}, found)
    assert not same_metadata({**wanted, "x-amz-object-lock-mode": "COMPLIANCE"}, found)
    assert not same_metadata(wanted, {**found, "x-amz-tagging-count": "1"})


@given(length=st.integers(1, 300 * MIB), size=st.integers(1, 60), listed=st.data())
def test_adopted_parts_fit(length: int, size: int, listed: st.DataObject) -> None:
    plan = make_plan(length)
    theirs = Plan(length, size * MIB)
    numbers = listed.draw(st.sets(st.integers(1, theirs.count or 1), min_size=1, max_size=5))
    parts = {number: Listed(number, "e", None, theirs.part(number).size) for number in numbers}
    adopted = adopt(plan, parts, fixed=False)
    if size * MIB >= MIN_PART_SIZE and any(theirs.part(number).size == size * MIB for number in numbers):
        assert adopted == theirs
        assert all(fits(theirs, part) for part in parts.values())
    if adopted is not None:
        assert MIN_PART_SIZE <= adopted.part_size <= MAX_PART_SIZE
        assert (adopted.count or 0) <= MAX_PARTS
        assert any(fits(adopted, part) for part in parts.values())
    fixed = adopt(plan, parts, fixed=True)
    assert fixed is None or fixed == plan


def test_nothing_to_adopt() -> None:
    assert adopt(Plan(10 * MIB, 5 * MIB), {}, fixed=False) is None
    assert adopt(Plan(None, 5 * MIB), {1: Listed(1, "e", None, 5 * MIB)}, fixed=False) is None
    assert adopt(Plan(10 * MIB, 5 * MIB), {3: Listed(3, "e", None, 5 * MIB)}, fixed=False) is None


@given(st.integers(0, MAX_OBJECT_SIZE), st.one_of(st.just(0), st.integers(MIN_PART_SIZE, MAX_PART_SIZE)))
def test_a_plan_covers_the_body(length: int, part_size: int) -> None:
    try:
        plan = make_plan(length, part_size)
    except InvalidSizeError:
        assert part_size * MAX_PARTS < length
        return
    count = plan.count or 0
    assert 1 <= count <= MAX_PARTS
    some = sorted({1, 2, count // 2, count - 1, count} & set(range(1, count + 1)))
    for number in some:
        part = plan.part(number)
        assert part.size <= MAX_PART_SIZE
        assert part.size >= (MIN_PART_SIZE if number < count else 0)
        assert number == count or plan.part(number + 1).offset == part.offset + part.size
    assert plan.part(1).offset == 0
    assert plan.part(count).offset + plan.part(count).size == length


def test_a_plan_for_an_unknown_length_reaches_5_tib() -> None:
    plan = make_plan(-1)
    parts = list(plan.parts())
    assert len(parts) == MAX_PARTS
    assert all(one.offset + one.size == two.offset for one, two in pairwise(parts))
    assert parts[-1].offset + parts[-1].size >= MAX_OBJECT_SIZE
    assert max(part.size for part in parts) <= MAX_PART_SIZE


# --- download


def ended(download: Download, before: int, after: int) -> range:
    """The chunks that are whole once the bytes between are written, those before them being there."""
    last = download.count if after >= download.size else after // download.chunk
    return range(before // download.chunk, last)


def fetch(download: Download, data: bytes, disk: bytearray, choose: random.Random, crash_after: int | None) -> bool:
    """Fetch with several streams that come on in any order, block by block; or die after so many blocks."""
    streams: list[list[int]] = []
    workers = download.workers
    blocks = 0
    while True:
        while len(streams) < workers and (span := download.take()) is not None:
            streams.append([span.offset, span.offset + span.length])
        if not streams:
            return download.complete
        stream = choose.choice(streams)
        at, end = stream
        step = min(choose.randint(1, 7), end - at)
        if crash_after is not None and blocks >= crash_after:
            disk[at : at + step // 2] = data[at : at + step // 2]  # written, but not recorded
            return False
        disk[at : at + step] = data[at : at + step]
        for index in ended(download, at, at + step):
            assert index not in download.done
            download.finished(index)
        stream[0] = at + step
        if stream[0] == end:
            streams.remove(stream)
        blocks += 1


@given(data=bodies, chunk=sizes, crashes=st.lists(st.integers(0, 20), max_size=4), workers=crews, choose=seeds)
def test_what_is_fetched_is_the_object(
    data: bytes, chunk: int, crashes: list[int], workers: int, choose: random.Random
) -> None:
    disk = bytearray(len(data))
    done: set[int] = set()
    for crash in [*crashes, None]:
        download = Download(len(data), chunk, set(done), workers)
        complete = fetch(download, data, disk, choose, crash)
        done = download.done
        for index in done:
            assert disk[index * chunk : (index + 1) * chunk] == data[index * chunk : (index + 1) * chunk]
        if complete:
            break
    assert bytes(disk) == data
    assert download.fetched == len(data)


@given(size=st.integers(0, 60), chunk=sizes, done=st.sets(st.integers(0, 59)), workers=crews)
def test_no_byte_is_fetched_twice(size: int, chunk: int, done: set[int], workers: int) -> None:
    download = Download(size, chunk, workers=workers)
    download.done = {index for index in done if index < download.count}
    had = {at for index in download.done for at in range(index * chunk, min(size, (index + 1) * chunk))}
    seen: list[int] = []
    while (span := download.take()) is not None:
        assert span.length > 0
        assert span.offset == span.first * chunk
        chunks = ceil(span.length / chunk)
        if workers > 1:  # nobody waits at the end for one who took it all
            left = ceil((size - span.offset) / chunk)
            assert chunks <= max(1, min(4, left // (2 * workers)))
        seen += range(span.offset, span.offset + span.length)
    assert sorted([*seen, *had]) == list(range(size))


@given(size=st.integers(1, 60), chunk=sizes, taken=st.integers(0, 5))
def test_nothing_is_handed_out_after_a_failure(size: int, chunk: int, taken: int) -> None:
    download = Download(size, chunk)
    for _ in range(taken):
        download.take()
    first = OSError("first")
    download.failed(first)
    download.failed(OSError("second"))
    assert download.take() is None
    assert download.failure is first


@given(st.integers(0, MAX_OBJECT_SIZE))
def test_chunks_are_few(size: int) -> None:
    chunk = chunk_size(size)
    assert chunk % CHUNK == 0
    assert Download(size, chunk).count <= 10_000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(data=st.binary(min_size=1, max_size=60), chunk=sizes, kept=st.sets(st.integers(0, 59)), choose=seeds)
def test_a_part_file_remembers(tmp_path: Path, data: bytes, chunk: int, kept: set[int], choose: random.Random) -> None:
    """What was marked is there after a crash, of the same version only; and what is published is the object."""
    target = tmp_path / "target"
    part = reopened(PartFile(str(target), "etag", len(data), chunk))
    kept = {index for index in kept if index < part.count} - part.done
    for index in kept:
        part.write(data[index * chunk : (index + 1) * chunk], index * chunk)
        part.mark(index)
    part.close()

    other = reopened(PartFile(str(target), "another etag", len(data), chunk))
    assert other.done == set()
    assert other.path != part.path
    other.discard()

    part = reopened(PartFile(str(target), "etag", len(data), chunk))
    assert part.done == kept
    download = Download(len(data), chunk, set(part.done))
    while (span := download.take()) is not None:
        part.write(data[span.offset : span.offset + span.length], span.offset)
    assert b"".join(part.blocks()) == data
    part.publish()
    assert target.read_bytes() == data
    assert list(tmp_path.iterdir()) == [target]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(data=st.binary(min_size=1, max_size=60), chunk=sizes, first=st.integers(0, 59), choose=seeds)
def test_what_a_span_s_writer_marks_is_there(
    tmp_path: Path, data: bytes, chunk: int, first: int, choose: random.Random
) -> None:
    """Whatever the blocks are cut like, each chunk is marked when its last byte is written, and found by the next."""
    target = str(tmp_path / secrets.token_hex() / "target")
    part = reopened(PartFile(target, "etag", len(data), chunk))
    start = at = min(first, part.count - 1) * chunk
    writer = SpanWriter(part, Span(at // chunk, at, len(data) - at))
    stop = choose.randint(at, len(data))
    while at < stop:
        step = choose.randint(1, stop - at)
        assert writer.write(data[at : at + step]) == list(ended(Download(len(data), chunk), at, at + step))
        at += step
    expected = set(ended(Download(len(data), chunk), start, stop)) if stop > start else set()
    assert part.done == expected
    part.close()
    again = reopened(PartFile(target, "etag", len(data), chunk))
    assert again.done == expected
    assert all(b"".join(again.chunk_blocks(index)) == data[index * chunk :][:chunk] for index in expected)
    again.discard()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(data=st.binary(min_size=1, max_size=60), chunk=sizes, spoil=st.booleans(), choose=seeds)
def test_a_follower_digests_all_in_order(
    tmp_path: Path, data: bytes, chunk: int, spoil: bool, choose: random.Random
) -> None:
    """In whatever order the chunks come, what is digested behind them is the object from its first byte on."""
    part = PartFile(str(tmp_path / "target"), "etag", len(data), chunk)
    etag = hashlib.md5(data[:-1] + bytes([data[-1] ^ spoil])).hexdigest()
    verifier = Verifier({}, etag, len(data))
    follower = Follower(verifier, part)
    for index in choose.sample(range(part.count), part.count):
        part.write(data[index * chunk : (index + 1) * chunk], index * chunk)
        part.mark(index)
        follower.catch_up()
    while follower.step():
        pass
    assert ("MD5" in str(verifier.fault())) is bool(spoil)
    part.discard()


def test_a_follower_with_nothing_to_compare_reads_nothing(tmp_path: Path) -> None:
    part = PartFile(str(tmp_path / "target"), "etag", 3, 3)
    part.mark(0)
    assert not Follower(Verifier({}, "no digest", 3), part).step()
    part.discard()


def test_beginning_to_write_back_promises_nothing(tmp_path: Path) -> None:
    with open(tmp_path / "file", "wb") as file:
        file.write(b"x" * 8192)
        file.flush()
        start_writeback(file.fileno(), 0, 8192)
        descriptor = file.fileno()
    start_writeback(descriptor, 0, 8192)  # of what is no file, even


def test_a_chunk_that_was_changed_behind_our_back_is_fetched_again(tmp_path: Path) -> None:
    target = str(tmp_path / "target")
    part = PartFile(target, "etag", 100, 10)
    for index in range(4):
        part.write(bytes([index]) * 10, index * 10)
        part.mark(index)
    part.close()
    with open(part.path, "r+b") as file:
        file.seek(25)
        file.write(b"!")
    part = reopened(PartFile(target, "etag", 100, 10))
    assert part.done == {0, 1, 3}
    part.discard()


@pytest.mark.parametrize("damage", [b"", b"x", b"y" * 200])
def test_a_part_file_that_is_something_else_is_not_believed(tmp_path: Path, damage: bytes) -> None:
    target = str(tmp_path / "target")
    Path(part_name(target, "etag")).write_bytes(damage)
    part = PartFile(target, "etag", 100, 10)
    assert part.done == set()
    part.discard()
    assert list(tmp_path.iterdir()) == []


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=300), st.text())
def test_the_part_file_has_a_name_that_file_systems_take(name: str, etag: str) -> None:
    made = part_name(f"folder/{name}", etag)
    assert made.startswith("folder/")
    assert len(made.removeprefix("folder/").encode()) <= 255
    assert made.endswith(".part.minio")


# --- pieces of a copy


@st.composite
def some_spans(draw: st.DrawFn) -> list[tuple[int, int]]:
    lengths = draw(st.lists(st.integers(MIN_PART_SIZE, 40 * MIB), max_size=4))
    lengths.append(draw(st.integers(0, 40 * MIB)))
    return [(draw(st.integers(0, 100)), length) for length in lengths]


@given(spans=some_spans(), part_size=st.integers(MIN_PART_SIZE, 20 * MIB))
def test_pieces_are_the_sources(spans: list[tuple[int, int]], part_size: int) -> None:
    pieces = cut(spans, part_size)
    assert [piece.number for piece in pieces] == list(range(1, len(pieces) + 1))
    for index, (offset, length) in enumerate(spans):
        own = [piece for piece in pieces if piece.source == index]
        assert own[0].offset == offset
        assert sum(piece.length for piece in own) == length
        assert all(one.offset + one.length == two.offset for one, two in pairwise(own))
    assert [piece.source for piece in pieces] == sorted(piece.source for piece in pieces)
    assert all(MIN_PART_SIZE <= piece.length <= MAX_PART_SIZE for piece in pieces[:-1])


@given(
    length=st.integers(1, MAX_OBJECT_SIZE), part_size=st.one_of(st.just(0), st.integers(MIN_PART_SIZE, MAX_PART_SIZE))
)
@settings(max_examples=30, deadline=None)
def test_pieces_of_one_large_source(length: int, part_size: int) -> None:
    pieces = cut([(7, length)], part_size)
    assert sum(piece.length for piece in pieces) == length
    assert len(pieces) <= MAX_PARTS
    assert all(MIN_PART_SIZE <= piece.length <= MAX_PART_SIZE for piece in pieces[:-1])
    assert 0 < pieces[-1].length <= MAX_PART_SIZE


def test_sources_that_cannot_be_put_together() -> None:
    with pytest.raises(InvalidArgumentError, match=r"sources\[0\]"):
        cut([(0, MIN_PART_SIZE - 1), (0, 1)])
    with pytest.raises(InvalidSizeError, match="5 TiB"):
        cut([(0, MAX_OBJECT_SIZE), (0, 1)])
    with pytest.raises(InvalidSizeError, match="parts"):
        cut([(0, MIN_PART_SIZE)] * (MAX_PARTS + 1), pieces_module.MAX_PART_SIZE)


# --- the reader's window


@given(size=st.integers(0, 400), moves=st.lists(st.tuples(st.integers(0, 420), st.integers(0, 90)), max_size=25))
def test_a_window_shows_the_object(size: int, moves: list[tuple[int, int]]) -> None:
    data = random.Random(size).randbytes(size)
    window = Window(smallest=8, largest=64)
    fetched: list[int] = []
    for position, wanted in moves:
        at, left = position, min(wanted, max(0, size - position))
        while left:
            view = window.at(at, left)
            if not view:
                length = window.wanted(at, left, size)
                assert 0 < length <= max(left, window.largest)
                fetched.append(length)
                window.fill(at, data[at : at + length])
                view = window.at(at, left)
            assert bytes(view) == data[at : at + len(view)]
            at += len(view)
            left -= len(view)


def test_a_window_grows_for_one_who_reads_on() -> None:
    window = Window(smallest=8, largest=64)
    position, lengths = 0, []
    for _ in range(6):
        length = window.wanted(position, 1, 10_000)
        window.fill(position, bytes(length))
        lengths.append(length)
        position += length
    assert lengths == [8, 16, 32, 64, 64, 64]
    assert window.wanted(5_000, 1, 10_000) == 8
    assert window.wanted(5_000, 100, 10_000) == 100
    assert window.wanted(9_999, 100, 10_000) == 1


# --- sources


@given(data=st.binary(max_size=80), offset=st.integers(0, 90), size=st.integers(0, 90))
def test_memory_gives_any_range(data: bytes, offset: int, size: int) -> None:
    source = MemorySource(memoryview(data))
    assert bytes(source.part(offset, size)) == data[offset : offset + size]


def test_a_file_gives_any_range_any_number_of_times(tmp_path: Path) -> None:
    data = random.Random(1).randbytes(3 * MIB + 17)
    path = tmp_path / "file"
    path.write_bytes(data)
    source = open_file(path)
    for offset, size in [(0, len(data)), (5, 10), (MIB, 2 * MIB), (len(data) - 1, 50), (len(data), 5)]:
        for _ in range(2):
            assert read(source, offset, size) == data[offset : offset + size]
    source.check_unchanged()
    source.close()


def read(source: FileSource, offset: int, size: int) -> bytes:
    body = source.part(offset, size)
    return bytes(body) if isinstance(body, (bytes, memoryview)) else b"".join(map(bytes, body.chunks()))


@pytest.mark.parametrize("change", ["cut", "grown", "touched", "rewritten", "replaced"])
def test_a_file_that_changes_is_noticed(tmp_path: Path, change: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(1000))
    os.utime(path, ns=(5, 5))
    source = open_file(path)
    if change == "cut":
        os.truncate(path, 10)
    elif change == "grown":
        with path.open("ab") as file:
            file.write(b"x")
    elif change == "touched":
        os.utime(path, ns=(1, 1))
    elif change == "replaced":
        (tmp_path / "other").write_bytes(bytes(1000))
        os.replace(tmp_path / "other", path)
    else:
        path.write_bytes(b"x" * 1000)
    with pytest.raises(InvalidSizeError, match="changed while"):
        source.check_unchanged()
    source.close()
