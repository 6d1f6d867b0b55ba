"""The machine of a download, driven through any order of outcomes, kills and resumes; its chunks, marks and digests."""

from __future__ import annotations

import base64
import hashlib
import random
import secrets
from itertools import pairwise
from pathlib import Path

import google_crc32c
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fakes.partfiles import reopened
from minio._core.transfer.download import Download, Ramp, Span
from minio._core.transfer.layout import CHUNK, Layout, chunk_size
from minio._core.transfer.partfile import PartFile
from minio._core.transfer.plan import MAX_OBJECT_SIZE, MAX_PARTS, MIB
from minio._core.transfer.range_writer import ChunkWriter
from minio._core.transfer.verify import IncrementalVerifier, Verifier, composite, proves
from minio._core.transfer.writeback import start_writeback
from minio._core.wire.crc_combine import combine_crc32c
from minio.error import TransportError

bodies = st.binary(max_size=60)
some_bytes = st.binary(min_size=1, max_size=60)
sizes = st.integers(1, 9)
parts = st.integers(0, 25)
crews = st.integers(1, 4)
seeds = st.randoms(use_true_random=False)
in_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)


# --- chunks


@given(size=st.integers(0, 200), chunk=sizes, part=parts)
def test_chunks_cover_the_object(size: int, chunk: int, part: int) -> None:
    layout = Layout(size, chunk, part)
    starts = [layout.start(index) for index in range(layout.count + 1)]
    assert (starts[0], starts[-1]) == (0, size)
    assert all(0 < two - one <= chunk for one, two in pairwise(starts))
    assert [layout.length(index) for index in range(layout.count)] == [two - one for one, two in pairwise(starts)]
    for index in range(layout.count):
        assert {layout.index(at) for at in range(starts[index], starts[index + 1])} == {index}
    if part:
        assert set(range(0, size, part)) <= set(starts)
    if size:
        assert [index for chunks in layout.parts() for index in chunks] == list(range(layout.count))
        assert [layout.start(chunks[0]) for chunks in layout.parts()] == list(range(0, size, part or size))


@given(size=st.integers(0, MAX_OBJECT_SIZE), part=st.integers(5 << 20, 5 << 30))
def test_number_of_chunks_is_limited(size: int, part: int) -> None:
    chunk = chunk_size(size)
    assert chunk % CHUNK == 0
    assert Layout(size, chunk).count <= 10_000
    assert Layout(size, chunk, max(part, -(-size // MAX_PARTS))).count <= 10_000 + MAX_PARTS


# --- spans


class Stream:
    """A worker: its span, and how much of the chunk that it has claimed is written."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.index: int | None = None
        self.at = span.start


def fetch(download: Download, data: bytes, disk: bytearray, choose: random.Random, crash_after: int | None) -> bool:
    """Download with several workers that advance in any order, block by block. May be killed after some blocks."""
    streams: list[Stream] = []
    claimed: set[int] = set()
    blocks, layout = 0, download.layout
    while True:
        while len(streams) < choose.randint(1, 4) and (span := download.take()) is not None:
            streams.append(Stream(span))
        if not streams:
            return download.complete
        stream = choose.choice(streams)
        if stream.index is None:
            stream.index = download.claim(stream.span)
            if stream.index is None:
                streams.remove(stream)
                continue
            assert stream.index not in claimed | download.done
            assert stream.at == layout.start(stream.index)  # it goes on in the same response
            assert stream.span.start <= stream.at < stream.span.stop
            claimed.add(stream.index)
        end = layout.start(stream.index + 1)
        step = min(choose.randint(1, 7), end - stream.at)
        if crash_after is not None and blocks >= crash_after:
            disk[stream.at : stream.at + step // 2] = data[stream.at : stream.at + step // 2]  # written, not recorded
            return False
        disk[stream.at : stream.at + step] = data[stream.at : stream.at + step]
        stream.at += step
        blocks += 1
        if stream.at == end:
            download.finished(stream.index)
            stream.index = None


@given(data=bodies, chunk=sizes, part=parts, crashes=st.lists(st.integers(0, 20), max_size=4), choose=seeds)
def test_download_equals_the_object(
    data: bytes, chunk: int, part: int, crashes: list[int], choose: random.Random
) -> None:
    disk = bytearray(len(data))
    layout = Layout(len(data), chunk, part)
    done: set[int] = set()
    for crash in [*crashes, None]:
        download = Download(layout, done, choose.randint(1, 4), choose.randint(1, 4))
        complete = fetch(download, data, disk, choose, crash)
        done = download.done
        for index in done:
            span = slice(layout.start(index), layout.start(index + 1))
            assert disk[span] == data[span]
        if complete:
            break
    assert bytes(disk) == data
    assert download.fetched == len(data)


def test_first_span_is_the_whole_object() -> None:
    """So the response to the first request, which asks for no range, serves it."""
    download = Download(Layout(100, 10), workers=4)
    span = download.take()
    assert span is not None
    assert (span.start, span.stop) == (0, 100)


@given(size=st.integers(257, 4000), part=st.integers(0, 100), done=st.sets(st.integers(0, 200)))
def test_large_object_comes_in_responses_of_limited_size(size: int, part: int, done: set[int]) -> None:
    layout = Layout(size * MIB + 1, 16 * MIB, part * MIB)
    missing = set(range(layout.count)) - done
    download = Download(layout, done & set(range(layout.count)))
    fetched: list[int] = []
    while (span := download.take()) is not None:
        assert 0 < span.stop - span.start <= 256 * MIB
        while (index := download.claim(span)) is not None:
            fetched.append(index)
    assert fetched == sorted(missing)


def test_further_spans_come_from_the_end_and_get_shorter() -> None:
    download = Download(Layout(300, 10), workers=4)
    first = download.take()
    assert first is not None
    found = [download.take() for _ in range(5)]
    spans = [(span.start, span.stop) for span in found if span is not None]
    assert spans == [(260, 300), (220, 260), (180, 220), (140, 180), (110, 140)]
    assert list(iter(lambda: download.claim(first), None)) == list(range(11))


@given(chunks=st.integers(1, 100), workers=st.integers(1, 8))
def test_first_chunk_of_a_span_stays_with_its_worker(chunks: int, workers: int) -> None:
    """Even if others take all that they can before it claims anything."""
    download = Download(Layout(chunks * 10, 10), workers=workers)
    spans = list(iter(download.take, None))
    assert len(spans) == chunks
    assert sorted(index for span in spans if (index := download.claim(span)) is not None) == list(range(chunks))


@given(size=st.integers(1, 60), chunk=sizes, taken=st.integers(0, 5))
def test_nothing_is_handed_out_after_a_failure(size: int, chunk: int, taken: int) -> None:
    download = Download(Layout(size, chunk), workers=2)
    spans = [download.take() for _ in range(taken)]
    first = OSError("first")
    download.failed(first)
    download.failed(OSError("second"))
    assert download.take() is None
    assert all(download.claim(span) is None for span in spans if span is not None)
    assert download.failure is first


# --- connections


def ramp_up(ramp: Ramp, rate_of: list[float], ready: float = 0.0) -> list[int]:
    """Let time pass in steps of 10 ms. `rate_of` has the rate with one connection, two, ..."""
    count, wanted = 0.0, []
    for tick in range(300):
        count += rate_of[min(ramp.wanted, len(rate_of)) - 1] * 0.01
        wanted.append(ramp.observe(tick * 0.01, int(count), int(count * ready)))
    return wanted


def test_fast_connection_stays_alone() -> None:
    assert set(ramp_up(Ramp(8), [500e6])) == {1}


def test_slow_connections_become_more_while_the_rate_grows() -> None:
    wanted = ramp_up(Ramp(8), [25e6 * count for count in range(1, 9)])
    assert wanted[4] == 1  # it is not known yet
    assert wanted[6] == 4
    assert wanted[-1] == 8
    assert wanted == sorted(wanted)


def test_a_connection_that_is_not_that_slow_is_watched_for_longer() -> None:
    wanted = ramp_up(Ramp(8), [80e6 * count for count in range(1, 9)])
    assert wanted[9] == 1
    assert wanted[11] > 1


def test_connections_that_do_not_help_are_not_kept() -> None:
    assert ramp_up(Ramp(8), [200e6, 150e6])[-1] == 1
    assert ramp_up(Ramp(8), [200e6, 210e6])[-1] == 2
    assert ramp_up(Ramp(8), [30e6, 60e6, 90e6, 120e6, 130e6])[-1] == 8


def test_worker_that_is_slower_than_the_network_gets_no_help() -> None:
    assert set(ramp_up(Ramp(8), [200e6, 400e6], ready=0.9)) == {1}
    assert ramp_up(Ramp(8), [50e6, 100e6, 150e6, 200e6], ready=0.9)[-1] > 1


@given(most=st.integers(1, 9), rates=st.lists(st.floats(0, 1e9), min_size=1, max_size=9))
def test_number_of_connections_is_limited(most: int, rates: list[float]) -> None:
    assert all(1 <= wanted <= most for wanted in ramp_up(Ramp(most), rates))


# --- the file


@in_folder
@given(data=some_bytes, chunk=sizes, part=parts, kept=st.sets(st.integers(0, 59)))
def test_part_file_survives_a_crash(tmp_path: Path, data: bytes, chunk: int, part: int, kept: set[int]) -> None:
    """After a crash, marked chunks are there for the same version only. The published file equals the object."""
    target = tmp_path / "target"
    file = reopened(PartFile(str(target), "etag", len(data), chunk, part=part))
    layout = file.layout
    kept = {index for index in kept if index < file.count}
    for index in kept:
        file.write(data[layout.start(index) : layout.start(index + 1)], layout.start(index))
        file.mark(index)
    file.close()

    other = reopened(PartFile(str(target), "another etag", len(data), chunk, part=part))
    assert other.done == set()
    assert other.path != file.path
    other.discard()

    file = reopened(PartFile(str(target), "etag", len(data), chunk, part=part))
    assert file.done == kept
    for index in set(range(file.count)) - kept:
        file.write(data[layout.start(index) : layout.start(index + 1)], layout.start(index))
        file.mark(index)
    assert b"".join(file.blocks()) == data
    assert file.crc() == crc32c(data)
    assert list(file.crcs_of_parts()) == [crc32c(data[at:][: part or None]) for at in range(0, len(data), part or 99)]
    file.publish()
    assert target.read_bytes() == data
    assert list(tmp_path.iterdir()) == [target]


def crc32c(data: bytes) -> bytes:
    value: int = google_crc32c.value(data)
    return value.to_bytes(4, "big")


@in_folder
@given(data=some_bytes, chunk=sizes, part=parts, stop=st.integers(0, 60), etag=st.booleans(), choose=seeds)
def test_marked_chunks_are_complete(
    tmp_path: Path, data: bytes, chunk: int, part: int, stop: int, etag: bool, choose: random.Random
) -> None:
    """However the data is split, a chunk is marked when its last byte is written, and the next download finds it."""
    target = str(tmp_path / secrets.token_hex() / "target")
    file = reopened(PartFile(target, "etag", len(data), chunk, part=part))
    verifier = Verifier({}, hashlib.md5(data).hexdigest() if etag else "none", len(data))
    follower = IncrementalVerifier(verifier, file)
    expected: set[int] = set()
    at = 0
    for index in range(file.count):
        writer = ChunkWriter(file, index, follower)
        while writer.left and at < stop:
            step = choose.randint(1, min(writer.left, stop - at))
            writer.write(data[at : at + step])
            at += step
        if writer.left:
            with pytest.raises(TransportError, match="before the end"):
                writer.write(b"")
            break
        writer.finish()
        expected.add(index)
    assert file.done == expected
    file.close()
    again = reopened(PartFile(target, "etag", len(data), chunk, part=part))
    assert again.done == expected
    for index in expected:
        whole = data[again.layout.start(index) : again.layout.start(index + 1)]
        assert b"".join(again.chunk_blocks(index)) == whole
    again.discard()


@in_folder
@given(data=some_bytes, chunk=sizes, spoil=st.booleans(), choose=seeds)
def test_incremental_verifier_digests_in_order(
    tmp_path: Path, data: bytes, chunk: int, spoil: bool, choose: random.Random
) -> None:
    """In whatever order the chunks arrive, the digest covers the object from its first byte."""
    part = PartFile(str(tmp_path / "target"), "etag", len(data), chunk)
    etag = hashlib.md5(data[:-1] + bytes([data[-1] ^ spoil])).hexdigest()
    verifier = Verifier({}, etag, len(data))
    follower = IncrementalVerifier(verifier, part)
    for index in choose.sample(range(part.count), part.count):
        writer = ChunkWriter(part, index, follower)
        writer.write(data[index * chunk : (index + 1) * chunk])
        writer.finish()
        follower.advance()
    while follower.step():
        pass
    assert ("MD5" in str(verifier.mismatch())) is bool(spoil)
    part.discard()


def test_incremental_verifier_without_digests_reads_nothing(tmp_path: Path) -> None:
    part = PartFile(str(tmp_path / "target"), "etag", 3, 3)
    part.mark(0)
    headers = {"x-amz-checksum-crc32c": "AAAAAA=="}  # follows from the marks
    for verifier in (Verifier({}, "no digest", 3), Verifier(headers, "no digest", 3)):
        assert not IncrementalVerifier(verifier, part).step()
        assert IncrementalVerifier(verifier, part).join(0) is None
    part.discard()


def test_start_writeback_ignores_errors(tmp_path: Path) -> None:
    with open(tmp_path / "file", "wb") as file:
        file.write(b"x" * 8192)
        file.flush()
        start_writeback(file.fileno(), 0, 8192)
        descriptor = file.fileno()
    start_writeback(descriptor, 0, 8192)  # even for a closed descriptor


# --- checksums


@given(first=bodies, second=bodies)
def test_checksums_of_pieces_are_combined(first: bytes, second: bytes) -> None:
    one, two = google_crc32c.value(first), google_crc32c.value(second)
    assert combine_crc32c(one, two, len(second)) == google_crc32c.value(first + second)


def test_checksums_of_large_pieces_are_combined() -> None:
    zeros, end = bytes(3 << 20), b"end"
    expected = google_crc32c.value(end + zeros)
    assert combine_crc32c(google_crc32c.value(end), google_crc32c.value(zeros), len(zeros)) == expected


def test_small_content_is_verified() -> None:
    data, other = b"content", b"Content"
    of_one_part = base64.b64encode(hashlib.sha256(hashlib.sha256(data).digest()).digest()).decode() + "-1"
    cases = [
        ({}, hashlib.md5(data).hexdigest()),
        ({"x-amz-checksum-crc32c": base64.b64encode(crc32c(data)).decode()}, "etag-2"),
        ({"x-amz-checksum-sha256": of_one_part, "x-amz-checksum-type": "COMPOSITE"}, "etag-1"),
    ]
    for headers, etag in cases:
        assert proves(data, headers, etag, 7) is True
        assert proves(other, headers, etag, 7) is False
        assert proves(data, headers, etag, 8) is False
    assert proves(other, {}, "etag-2", 7) is None  # there is nothing to compare it with


@given(data=some_bytes, part=st.integers(1, 25))
def test_composite_checksum_of_parts(data: bytes, part: int) -> None:
    pieces = [data[at : at + part] for at in range(0, len(data), part)]
    digest = crc32c(b"".join(map(crc32c, pieces)))
    whole = composite({"x-amz-checksum-crc32c": f"{base64.b64encode(digest).decode()}-{len(pieces)}"})
    assert whole is not None
    assert whole.combines(map(crc32c, pieces))
    assert whole.matches([data], map(len, pieces))
    assert not whole.combines([*map(crc32c, pieces), crc32c(b"more")])
