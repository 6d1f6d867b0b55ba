"""The state machines of transfers, driven through any order of outcomes, crashes and resumes."""

from __future__ import annotations

import base64
import hashlib
import os
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fakes.partfiles import reopened
from minio._core.transfer import copy_plan as copy_plan_module
from minio._core.transfer.copy_plan import copy_plan
from minio._core.transfer.file_source import FileSource
from minio._core.transfer.journal import Recorded
from minio._core.transfer.partfile import PartFile, part_name
from minio._core.transfer.plan import (
    MAX_OBJECT_SIZE,
    MAX_PART_SIZE,
    MAX_PARTS,
    MIB,
    MIN_PART_SIZE,
    Plan,
    earlier_plans,
    make_plan,
)
from minio._core.transfer.resume import verify_part
from minio._core.transfer.source import MemorySource, open_file
from minio._core.transfer.upload import Sent, Upload
from minio._core.transfer.window import Window
from minio.datatypes import Part as Listed
from minio.error import InvalidArgumentError, InvalidSizeError


class Server:
    """An S3 server's state of one upload. Its parts survive crashes of the client."""

    def __init__(self, opaque: bool = False) -> None:
        self.opaque = opaque
        """Its ETags are not MD5s."""
        self.parts: dict[int, bytes] = {}
        self.sent = 0

    def etag(self, data: bytes) -> str:
        return f"opaque-{hashlib.sha1(data).hexdigest()}" if self.opaque else hashlib.md5(data).hexdigest()

    def put(self, number: int, data: bytes) -> str:
        self.parts[number] = data
        self.sent += len(data)
        return self.etag(data)

    def listed(self) -> dict[int, Listed]:
        return {number: Listed(number, self.etag(data), None, len(data)) for number, data in self.parts.items()}

    def complete(self, named: list[tuple[int, str, str | None]]) -> bytes:
        assert [number for number, *_ in named] == sorted({number for number, *_ in named})
        for number, etag, _ in named:
            assert self.etag(self.parts[number]) == etag, "the server would refuse: InvalidPart"
        return b"".join(self.parts[number] for number, *_ in named)


class Source:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def proof_part(self, offset: int, size: int) -> bytes:
        return self.data[offset : offset + size]


def drive(upload: Upload, data: bytes, server: Server, choose: random.Random, crash_after: int | None) -> bool:
    """Run an upload with outcomes in any order. Returns False if the client crashed or a part failed."""
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
                server.put(part.number, body)  # the part was stored, but its response was lost
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
def test_completed_object_equals_the_source(data: bytes, size: int, choose: random.Random, known: bool) -> None:
    server = Server()
    upload = Upload(Plan(len(data) if known else None, size))
    assert drive(upload, data, server, choose, None)
    assert server.complete(upload.completed()) == data
    assert server.sent == len(data) == upload.uploaded


def record_of(server: Server, number: int, content: bytes) -> Recorded:
    """The journal's record of a part with this content."""
    return Recorded(server.etag(content), len(content), hashlib.sha256(content).hexdigest())


@given(
    data=bodies,
    size=sizes,
    crashes=st.lists(st.integers(0, 8), max_size=4),
    choose=seeds,
    foreign=st.dictionaries(st.integers(1, 12), st.binary(max_size=9), max_size=6),
    stale=st.dictionaries(st.integers(1, 12), st.binary(max_size=9), max_size=6),
    opaque=st.booleans(),
)
def test_crashes_and_resumes(
    data: bytes,
    size: int,
    crashes: list[int],
    choose: random.Random,
    foreign: dict[int, bytes],
    stale: dict[int, bytes],
    opaque: bool,
) -> None:
    """Whatever the server and the journal contain, however often the client crashes: the source is completed."""
    server = Server(opaque)
    server.parts.update(foreign)
    journal = {number: record_of(server, number, content) for number, content in stale.items()}
    plan = Plan(len(data), size)
    for crash in [*crashes, None]:
        held = {
            number: sent
            for number, part in server.listed().items()
            if (sent := verify_part(Source(data), plan, part, journal.get(number), None)) is not None
        }
        before = server.sent
        upload = Upload(plan, "id", dict(held))
        ended_well = drive(upload, data, server, choose, crash)
        assert upload.complete is ended_well
        journal |= {n: record_of(server, n, server.parts[n]) for n in upload.sent if choose.random() < 0.8}
        if ended_well:
            assert server.complete(upload.completed()) == data
            assert server.sent - before == len(data) - sum(item.size for item in held.values())
            return
    raise AssertionError("the last try has no crash")


@given(data=bodies, size=sizes, number=st.integers(1, 12), content=st.binary(max_size=9))
def test_recorded_parts_are_kept(data: bytes, size: int, number: int, content: bytes) -> None:
    """On a server whose ETags are not digests, a part is kept exactly if it is recorded and our bytes are unchanged."""
    server, plan = Server(opaque=True), Plan(len(data), size)
    server.put(number, content)
    listed, recorded = server.listed()[number], record_of(server, number, content)
    ours = number <= (plan.count or 0) and data[(number - 1) * size : number * size] == content
    assert (verify_part(Source(data), plan, listed, recorded, None) is not None) is ours
    assert verify_part(Source(data), plan, listed, None, None) is None
    for wrong in (replace(recorded, etag="other"), replace(recorded, sha256="0" * 64), replace(recorded, size=999)):
        assert verify_part(Source(data), plan, listed, wrong, None) is None


@given(data=bodies, size=sizes, number=st.integers(1, 12), content=st.binary(max_size=9), crc=st.booleans())
def test_verified_parts_are_correct(data: bytes, size: int, number: int, content: bytes, crc: bool) -> None:
    """A part is accepted exactly if its bytes are those that we would send under its number."""
    plan = Plan(len(data), size)
    if crc:
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        listed = Listed(number, "opaque-2", None, len(content), checksums=(("SHA256", checksum),))
    else:
        listed = Listed(number, hashlib.md5(content).hexdigest(), None, len(content))
    ours = number <= (plan.count or 0) and data[(number - 1) * size : number * size] == content
    sent = verify_part(Source(data), plan, listed, None, "SHA256")
    assert (sent is not None) is ours
    if sent is not None:
        assert sent == Sent(listed.etag, len(content), base64.b64encode(hashlib.sha256(content).digest()).decode())


def test_part_without_a_digest_is_not_accepted() -> None:
    plan = Plan(4, 4)
    for etag in ("", "opaque", hashlib.md5(b"abcd").hexdigest() + "-1"):
        assert verify_part(Source(b"abcd"), plan, Listed(1, etag, None, 4), None, None) is None


@given(
    st.integers(0, MAX_OBJECT_SIZE),
    st.one_of(st.just(0), st.integers(MIN_PART_SIZE, MAX_PART_SIZE)),
    st.booleans(),
)
def test_plan_covers_the_body(length: int, part_size: int, in_memory: bool) -> None:
    try:
        plan = make_plan(length, part_size, in_memory)
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


@pytest.mark.parametrize(
    ("length", "in_memory", "size"),
    [
        (256 * MIB, False, 5 * MIB),
        (256 * MIB + 1, False, 8 * MIB),
        (80_000 * MIB + 1, False, 16 * MIB),
        (MAX_OBJECT_SIZE, False, 528 * MIB),
        (256 * MIB + 1, True, 5 * MIB),
        (50_000 * MIB + 1, True, 10 * MIB),
    ],
)
def test_default_sizes_of_parts(length: int, in_memory: bool, size: int) -> None:
    assert make_plan(length, 0, in_memory).part_size == size
    assert make_plan(length, 7 * 1024 * MIB // 2, in_memory).part_size == 7 * 1024 * MIB // 2


@given(st.integers(-1, MAX_OBJECT_SIZE), st.booleans())
def test_plans_of_earlier_versions_differ(length: int, in_memory: bool) -> None:
    plan = make_plan(length, 0, in_memory)
    earlier = earlier_plans(plan)
    assert plan not in earlier
    assert earlier == ([] if length <= 256 * MIB or in_memory else [make_plan(length)])


def test_plan_for_an_unknown_length_reaches_5_tib() -> None:
    plan = make_plan(-1)
    parts = list(plan.parts())
    assert len(parts) == MAX_PARTS
    assert all(one.offset + one.size == two.offset for one, two in pairwise(parts))
    assert parts[-1].offset + parts[-1].size >= MAX_OBJECT_SIZE
    assert max(part.size for part in parts) <= MAX_PART_SIZE


def test_modified_chunk_is_downloaded_again(tmp_path: Path) -> None:
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
def test_foreign_part_file_is_not_used(tmp_path: Path, damage: bytes) -> None:
    target = str(tmp_path / "target")
    Path(part_name(target, "etag")).write_bytes(damage)
    part = PartFile(target, "etag", 100, 10)
    assert part.done == set()
    part.discard()
    assert list(tmp_path.iterdir()) == []


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=300), st.text())
def test_part_file_name_is_valid(name: str, etag: str) -> None:
    made = part_name(f"folder/{name}", etag)
    assert made.startswith("folder/")
    assert len(made.removeprefix("folder/").encode()) <= 255
    assert made.endswith(".part.minio")


# --- parts of a copy


@st.composite
def some_spans(draw: st.DrawFn) -> list[tuple[int, int]]:
    lengths = draw(st.lists(st.integers(MIN_PART_SIZE, 40 * MIB), max_size=4))
    lengths.append(draw(st.integers(0, 40 * MIB)))
    return [(draw(st.integers(0, 100)), length) for length in lengths]


@given(spans=some_spans(), part_size=st.integers(MIN_PART_SIZE, 20 * MIB))
def test_copy_parts_cover_the_sources(spans: list[tuple[int, int]], part_size: int) -> None:
    parts = copy_plan(spans, part_size)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    for index, (offset, length) in enumerate(spans):
        own = [part for part in parts if part.source == index]
        assert own[0].offset == offset
        assert sum(part.length for part in own) == length
        assert all(one.offset + one.length == two.offset for one, two in pairwise(own))
    assert [part.source for part in parts] == sorted(part.source for part in parts)
    assert all(MIN_PART_SIZE <= part.length <= MAX_PART_SIZE for part in parts[:-1])


@given(
    length=st.integers(1, MAX_OBJECT_SIZE), part_size=st.one_of(st.just(0), st.integers(MIN_PART_SIZE, MAX_PART_SIZE))
)
@settings(max_examples=30, deadline=None)
def test_parts_of_one_large_source(length: int, part_size: int) -> None:
    parts = copy_plan([(7, length)], part_size)
    assert sum(part.length for part in parts) == length
    assert len(parts) <= MAX_PARTS
    assert all(MIN_PART_SIZE <= part.length <= MAX_PART_SIZE for part in parts[:-1])
    assert 0 < parts[-1].length <= MAX_PART_SIZE


def test_sources_that_cannot_be_combined() -> None:
    with pytest.raises(InvalidArgumentError, match=r"sources\[0\]"):
        copy_plan([(0, MIN_PART_SIZE - 1), (0, 1)])
    with pytest.raises(InvalidSizeError, match="5 TiB"):
        copy_plan([(0, MAX_OBJECT_SIZE), (0, 1)])
    with pytest.raises(InvalidSizeError, match="parts"):
        copy_plan([(0, MIN_PART_SIZE)] * (MAX_PARTS + 1), copy_plan_module.MAX_PART_SIZE)


# --- read-ahead window


@given(size=st.integers(0, 400), moves=st.lists(st.tuples(st.integers(0, 420), st.integers(0, 90)), max_size=25))
def test_window_returns_the_object(size: int, moves: list[tuple[int, int]]) -> None:
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


def test_window_grows_for_sequential_reads() -> None:
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
def test_memory_returns_any_range(data: bytes, offset: int, size: int) -> None:
    source = MemorySource(memoryview(data))
    assert bytes(source.part(offset, size)) == data[offset : offset + size]


def test_file_returns_any_range_repeatedly(tmp_path: Path) -> None:
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
def test_changed_file_is_detected(tmp_path: Path, change: str) -> None:
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
