"""The machines of directory runs, by their laws: throttle, times, names that collide, checkpoint, progress, types."""

from __future__ import annotations

import json
import os
import random
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio._core.transfer.directory.checkpoint import Checkpoint
from minio._core.transfer.directory.clashes import Collisions, fold, renamed
from minio._core.transfer.directory.content_types import content_type
from minio._core.transfer.directory.report import Report
from minio._core.transfer.directory.throttle import Throttle
from minio._core.transfer.directory.times import Attributes, from_headers, to_metadata, to_nanoseconds
from minio.directories import TransferProgress
from minio.error import InvalidArgumentError

names = st.lists(st.text(st.sampled_from("aAbBéÉß."), min_size=1, max_size=3), min_size=1, max_size=3).map("/".join)


@given(st.integers(1, 64), st.integers(1, 64), st.lists(st.booleans(), max_size=300))
def test_the_limit_stays_within_its_bounds_and_only_slow_down_lowers_it(
    start: int, most: int, good: list[bool]
) -> None:
    throttle = Throttle(start, most)
    for ok in good:
        before, job = throttle.limit, throttle.begin()
        if ok:
            throttle.succeed()
            assert before <= throttle.limit <= before + 1
        else:
            throttle.slow_down(job)
            assert throttle.limit == max(1, before // 2)
        assert 1 <= throttle.limit <= most


def test_jobs_of_one_moment_halve_the_limit_once() -> None:
    throttle = Throttle.of_jobs(None)
    assert (throttle.limit, throttle.most) == (32, 64)
    jobs = [throttle.begin() for _ in range(32)]
    for job in jobs:
        throttle.slow_down(job)
    assert throttle.limit == 16
    throttle.slow_down(throttle.begin())
    assert throttle.limit == 8
    for _ in range(8):
        throttle.succeed()
    assert throttle.limit == 9


@given(st.integers(-(10**18), 10**19), st.integers(0, 0o7777))
def test_times_and_modes_are_read_back_as_they_were_written_without_setuid(mtime: int, mode: int) -> None:
    headers = {f"x-amz-meta-{name}": value for name, value in to_metadata(mtime, mode).items()}
    assert from_headers(headers) == (mtime, mode & 0o777)


@given(st.dictionaries(st.sampled_from(["mtime", "mode", "mc-attrs", "s3cmd-attrs"]), st.text(max_size=30)))
def test_metadata_without_meaning_raises_nothing(values: dict[str, str]) -> None:
    found = from_headers({f"x-amz-meta-{name}": value for name, value in values.items()})
    assert found.mode is None or not found.mode & ~0o777


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"mtime": "1354040105.5"}, (1354040105500000000, None)),
        ({"mtime": "1354040105", "mode": "104755"}, (1354040105000000000, 0o755)),
        ({"mode": "33188"}, (None, 0o644)),
        ({"mode": "40755"}, (None, None)),
        (
            {"mc-attrs": "atime:1#2/gid:0/mode:33261/mtime:1618496400#7/uid:0"},
            (1618496400000000007, 0o755),
        ),
        (
            {"s3cmd-attrs": "atime:1/ctime:1/gid:0/gname:root/md5:d4/mode:35309/mtime:1354040105/uid:0"},
            (1354040105000000000, 0o755),
        ),
        ({"mtime": "nan", "mc-attrs": "mtime:x/mode:-1"}, (None, None)),
        ({"mtime": "1" * 13}, (None, None)),
    ],
)
def test_times_and_modes_of_other_programs(headers: dict[str, str], expected: tuple[int, int]) -> None:
    assert from_headers({f"x-amz-meta-{name}": value for name, value in headers.items()}) == Attributes(*expected)


def test_a_time_in_seconds_keeps_its_microseconds() -> None:
    assert to_nanoseconds(1764396833.123456) == 1764396833123456000
    assert to_nanoseconds(float("inf")) == 0


@given(st.lists(names, unique=True))
def test_a_name_is_refused_exactly_if_it_equals_an_earlier_one_on_a_system_without_case(given_names: list[str]) -> None:
    collisions = Collisions()
    kept: list[tuple[str, ...]] = []
    for name in sorted(given_names, key=str.encode):
        parts = tuple(name.split("/"))
        clash = any(
            [fold(part) for part in parts[: depth + 1]] == [fold(part) for part in other[: depth + 1]]
            and parts[:depth] == other[:depth]
            and parts[depth] != other[depth]
            for other in kept
            for depth in range(min(len(parts), len(other)))
        )
        found = collisions.earlier(name)
        assert (found is not None) == clash
        if found is None:
            kept.append(parts)
        else:
            assert fold(found) == fold("/".join(parts[: found.count("/") + 1]))


@given(st.lists(names, unique=True))
def test_renamed_paths_differ(given_names: list[str]) -> None:
    paths = [renamed(name, name.count("/")) for name in given_names]
    assert len(set(paths)) == len(given_names)
    assert all(path.count("/") == name.count("/") for path, name in zip(paths, given_names, strict=True))


def test_content_types_depend_on_the_ending_alone() -> None:
    assert content_type("a/b.HTML") == "text/html"
    assert content_type("x.tar.gz") == "application/gzip"
    assert content_type("x.html/README") == content_type(".html") == content_type("") == "application/octet-stream"


def play(path: Path, plan: list[str], rng: random.Random, kills: int, counts: dict[str, int]) -> None:
    """Carry out a plan with several names under way, and be killed after some of them."""
    checkpoint = Checkpoint(path, "run")
    ended = 0
    try:
        left = iter(plan)
        under_way: list[tuple[Any, str]] = []
        while True:
            for name in left:
                key = checkpoint.begin(name, 0.0)
                if key is not None:
                    under_way.append((key, name))
                    if len(under_way) == 5:
                        break
            if not under_way or ended == kills:
                return
            key, name = under_way.pop(rng.randrange(len(under_way)))
            ok = rng.random() > 0.2
            counts[name] = counts.get(name, 0) + ok
            checkpoint.ended(key, name, ok)
            ended += 1
    finally:
        checkpoint.close()


@given(st.lists(names, unique=True, min_size=1, max_size=40), st.integers(), st.integers(1, 9))
def test_a_run_that_is_killed_does_everything_once(
    tmp_path_factory: pytest.TempPathFactory, plan: list[str], seed: int, kills: int
) -> None:
    rng = random.Random(seed)
    path = tmp_path_factory.mktemp("c") / "checkpoint"
    ordered = sorted(plan, key=str.encode)
    last = [name for name in ordered if name.startswith("b")]
    ordered = [name for name in ordered if not name.startswith("b")] + last
    counts: dict[str, int] = {}
    rounds = 0
    while {name for name, count in counts.items() if count} != set(ordered):
        play(path, ordered, rng, kills, counts)
        rounds += 1
        assert rounds < 2000
    assert set(counts.values()) == {1}


def test_a_line_that_is_cut_off_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    first = Checkpoint(path, "run")
    first.ended(first.begin("a", 0.0), "a", True)  # type: ignore[arg-type]
    first.close()
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"upto": "zzz", "pha')
    again = Checkpoint(path, "run")
    assert again.begin("a", 0.0) is None
    key = again.begin("b", 0.0)
    assert key is not None
    again.ended(key, "b", True)
    again.close()
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert lines[-1] == {"upto": "b", "phase": 0}


def test_a_file_that_changed_after_the_run_began_is_done_again(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    first = Checkpoint(path, "run")
    first.ended(first.begin("a", 0.0), "a", True)  # type: ignore[arg-type]
    began = json.loads(path.read_bytes().splitlines()[0])["began"]
    first.close()
    again = Checkpoint(path, "run")
    assert again.begin("a", began + 1) is not None
    again.close()


def test_another_run_and_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    first = Checkpoint(path, "run")
    with pytest.raises(InvalidArgumentError, match="in use"):
        Checkpoint(path, "run")
    first.close()
    with pytest.raises(InvalidArgumentError, match="another source, target or options"):
        Checkpoint(path, "other")
    path.write_bytes(b"no checkpoint\n")
    with pytest.raises(InvalidArgumentError, match="not a checkpoint"):
        Checkpoint(path, "run")
    assert path.read_bytes() == b"no checkpoint\n"
    if hasattr(os, "symlink"):
        link = tmp_path / "link"
        link.symlink_to(path)
        with pytest.raises(OSError):
            Checkpoint(link, "run")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        self.now += 0.04
        return self.now


class Meter:
    """A progress object of the 7.2 API."""

    def __init__(self) -> None:
        self.total = self.done = 0

    def set_meta(self, object_name: str, total_length: int) -> None:
        self.total = total_length

    def update(self, length: int) -> None:
        self.done += length


class Events(list[TransferProgress]):
    """A progress object that receives everything."""

    def on_progress(self, progress: TransferProgress) -> None:
        self.append(progress)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["done", "failed", "again"])), max_size=30))
def test_the_last_call_says_that_everything_is_done(jobs: list[tuple[int, str]]) -> None:
    calls: list[tuple[int, int]] = []
    meter, events = Meter(), Events()
    for progress in (lambda done, total: calls.append((done, total)), meter, events):
        report = Report(progress, "name", Clock())
        for size, _ in jobs:
            report.plan(size)
        report.complete()
        for size, end in jobs:
            report.add(size)
            if end != "done":
                report.add(-size)
            if end == "again":
                report.add(size)
            report.end(size, None if end == "failed" else size)
        report.finish()
    total = sum(size for size, end in jobs if end != "failed")
    count = sum(end != "failed" for _, end in jobs)
    assert calls[-1] == (meter.done, meter.total) == (total, total)
    assert events[-1] == TransferProgress(total, total, count, count, True)
    assert len(events) <= len(jobs) * 4 + 2


def test_modes_of_files_only() -> None:
    assert to_metadata(0, stat.S_IFREG | 0o4755) == {"mtime": "0.000000000", "mode": "100755"}
