"""The small machines of a plan: order, spilling to disk, the merge join, comparing, the guards of deletes, options."""

from __future__ import annotations

import hashlib
import json
import pickle
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio._core.transfer.directory import compare, deletes
from minio._core.transfer.directory.ages import Age, Ages
from minio._core.transfer.directory.compare import Decision, Question
from minio._core.transfer.directory.hashing import FileHash, run as run_hashes
from minio._core.transfer.directory.merge import Pair, Side, join
from minio._core.transfer.directory.options import SyncOptions
from minio._core.transfer.directory.order import Entry, ascends
from minio._core.transfer.directory.spill import BLOCK, Sorter, Spool
from minio._core.transfer.plan import MIB, make_plan
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, UnsafeDeleteError

names = st.text("a/!-é😀\ud7ff\ue000", min_size=1, max_size=4)
sets_of_names = st.sets(names, max_size=12)


def entry(name: str, size: int = 0, time: int = 0, etag: str = "", kind: str = "") -> Entry:
    return (name, size, time, etag, kind, "")


# --- order


@given(some=st.lists(names, max_size=8))
def test_str_compare_like_their_bytes(some: list[str]) -> None:
    assert sorted(some) == sorted(some, key=str.encode)


@given(some=st.lists(names, max_size=5), after=st.none() | names)
def test_ascending_means_that_each_is_greater(some: list[str], after: str | None) -> None:
    everything = ([] if after is None else [after]) + some
    assert ascends([entry(name) for name in some], after) == all(
        a.encode() < b.encode() for a, b in pairwise(everything)
    )


# --- spill


@given(count=st.integers(0, 4 * BLOCK), room=st.integers(1, 3 * BLOCK))
def test_a_spool_keeps_its_items_in_order(count: int, room: int) -> None:
    spool = Spool(room)
    items = [(f"{number}\ud800", number, None, 0.5) for number in range(count)]
    spool.extend(items)
    assert len(spool) == count
    assert list(spool) == items
    assert list(reversed(spool)) == items[::-1]
    assert list(spool) == items
    assert len(spool._items) <= max(room, BLOCK)
    spool.close()


@given(some=st.lists(st.tuples(names, st.integers()), max_size=60), room=st.integers(1, 30), run=st.integers(1, 30))
def test_a_sorter_returns_each_name_once_in_order(some: list[tuple[str, int]], room: int, run: int) -> None:
    sorter = Sorter(room, run)
    for item in some:
        sorter.extend([item])
    firsts: dict[str, tuple[str, int]] = {}
    for item in some:
        firsts.setdefault(item[0], item)
    assert list(sorter) == [firsts[name] for name in sorted(firsts)]
    sorter.close()


def test_files_of_spills_have_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool, sorter = Spool(1), Sorter(1, 1)
    for holder in (spool, sorter):
        holder.extend([(str(number),) for number in range(1000)])
        assert holder._file._end > 0
    assert list(tmp_path.iterdir()) == []
    spool.close()
    sorter.close()


# --- merge join


def fed(side: Side, batches: list[list[Entry]]) -> None:
    if side.empty and not side.ended:
        side.feed(batches.pop(0) if batches else None)


def joined(source: list[list[Entry]], target: list[list[Entry]], **options: bool) -> Iterator[list[Pair]]:
    left, right = Side(), Side()
    while not (left.ended and left.empty and right.ended and right.empty):
        fed(left, source)
        fed(right, target)
        yield join(left, right, **options)


def cut(items: set[str], seed: int) -> list[list[Entry]]:
    chosen = random.Random(seed)
    batches: list[list[Entry]] = [[]]
    for name in sorted(items):
        batches[-1].append(entry(name))
        if chosen.random() < 0.4:
            batches.append([])
    return [batch for batch in batches if batch]


@given(source=sets_of_names, target=sets_of_names, seed=st.integers(0, 9))
def test_a_merge_join_is_set_difference(source: set[str], target: set[str], seed: int) -> None:
    pairs = [pair for some in joined(cut(source, seed), cut(target, seed + 1), directories=False) for pair in some]
    assert {one[0] for one, two in pairs if one and not two} == source - target
    assert {two[0] for one, two in pairs if two and not one} == target - source
    assert {one[0] for one, two in pairs if one and two and one[0] == two[0]} == source & target
    order = [(one or two or entry(""))[0] for one, two in pairs]
    assert order == sorted(source | target)


@given(source=sets_of_names, target=sets_of_names, seed=st.integers(0, 9))
def test_directories_that_a_name_is_in_have_no_pair(source: set[str], target: set[str], seed: int) -> None:
    pairs = [pair for some in joined(cut(source, seed), cut(target, seed + 1)) for pair in some]
    alone = {two[0] for one, two in pairs if two and not one}
    used = {name for name in target if name.endswith("/") and any(other.startswith(name) for other in source)}
    assert alone == target - source - used


@given(source=sets_of_names, target=sets_of_names)
def test_a_join_that_holds_new_names_pairs_none(source: set[str], target: set[str]) -> None:
    left, right = Side(), Side()
    left.feed([entry(name) for name in sorted(source)])
    right.feed([entry(name) for name in sorted(target)])
    pairs = join(left, right, True, False)
    assert all(two is not None for _, two in pairs)
    if not left.empty and not right.empty:
        assert left.entries[left.at][0] < right.entries[right.at][0]


# --- comparing

MD5, OTHER = "0" * 32, "1" * 32
SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("direction", "mode", "source", "target", "wanted"),
    [
        ("upload", None, (1, 5, ""), (1, 5, MD5), compare.ALL),
        ("upload", "exists", (1, 5, ""), (2, 4, MD5), compare.EXISTS),
        ("upload", "auto", (1, 5, ""), (2, 9, MD5), compare.SIZE),
        ("upload", "size", (1, 9, ""), (1, 5, MD5), compare.UNCHANGED),
        ("upload", "auto", (1, 5, ""), (1, 5, MD5), compare.UNCHANGED),
        ("upload", "auto", (1, 6, ""), (1, 5, MD5), Question("upload", MD5, ())),
        (
            "upload",
            "auto",
            (1, 6, ""),
            (1, 5, f"{MD5}-1"),
            Question("upload", f"{MD5}-1", (5 * MIB, 8 * MIB, 16 * MIB)),
        ),
        ("upload", "auto", (1, 6, ""), (1, 5, f"{MD5}-2"), Question("upload", f"{MD5}-2", None)),
        ("upload", "auto", (1, 6, ""), (1, 5, "opaque"), Question("upload", "opaque", None)),
        ("upload", "mtime", (1, 6, ""), (1, 5, MD5), compare.NEWER),
        ("upload", "mtime", (1, 5, ""), (1, 6, MD5), compare.UNCHANGED),
        ("upload", "checksum", (1, 1, ""), (1, 5, MD5), Question("upload", MD5, ())),
        ("upload", "checksum", (1, 1, ""), (2, 5, MD5), compare.SIZE),
        ("download", "auto", (1, 5 * SECOND, MD5), (1, 5 * SECOND, ""), compare.UNCHANGED),
        ("download", "auto", (1, 5 * SECOND + 1, MD5), (1, 5 * SECOND, ""), compare.UNCHANGED),
        ("download", "auto", (1, 5 * SECOND + SECOND // 2, MD5), (1, 5 * SECOND, ""), compare.UNCHANGED),
        ("download", "auto", (1, 5 * SECOND, MD5), (1, 6 * SECOND, ""), Question("download", MD5, ())),
        ("download", "mtime", (1, 5 * SECOND, MD5), (1, 6 * SECOND, ""), compare.TIME),
        ("download", "checksum", (1, 5, MD5), (1, 5, ""), Question("download", MD5, ())),
        ("copy", "auto", (1, 9, MD5), (1, 5, MD5), compare.SAME),
        ("copy", "auto", (1, 1, MD5), (1, 5, OTHER), compare.CONTENT),
        ("copy", "auto", (1, 1, f"{MD5}-2"), (1, 5, OTHER), compare.UNCHANGED),
        ("copy", "auto", (1, 9, f"{MD5}-2"), (1, 5, OTHER), compare.NEWER),
        ("copy", "auto", (1, 9, ""), (1, 9, ""), compare.UNCHANGED),
        ("copy", "checksum", (1, 1, f"{MD5}-2"), (1, 5, OTHER), Question("copy", f"{MD5}-2", None)),
        ("copy", "mtime", (1, 9, MD5), (1, 5, MD5), compare.NEWER),
    ],
)
def test_first_decisions(direction: Any, mode: Any, source: Any, target: Any, wanted: Decision | Question) -> None:
    assert compare.first(direction, mode, entry("a", *source), entry("a", *target)) == wanted


def test_a_link_in_the_target_is_replaced() -> None:
    link = entry("a", -1, 0, "", "link")
    assert compare.first("download", "auto", entry("a", 3, 5, MD5), link) == compare.KIND


@given(st.booleans(), st.sampled_from([(), (5,), None]), st.sampled_from(["upload", "download", "copy"]))
def test_answers_decide(equal: bool, parts: tuple[int, ...] | None, direction: Any) -> None:
    question = Question(direction, MD5, parts)
    decision = compare.answered(question, [OTHER, MD5] if equal else [OTHER])
    assert decision.transfer == (not equal)
    assert decision.set_time == (equal and direction == "download")
    assert compare.answered(question, None) == compare.UNKNOWN
    assert compare.compared(question, equal).transfer == (not equal)
    assert compare.compared(question, None) == compare.UNKNOWN


@given(size=st.integers(1, 40 * MIB), part=st.sampled_from([5 * MIB, 8 * MIB, 16 * MIB]))
def test_sizes_of_parts_are_found(size: int, part: int) -> None:
    count = -(-size // part)
    found = compare.candidates(f"{MD5}-{count}", size)
    assert all(-(-size // each) == count for each in found)
    assert part in found or len(found) == 3
    assert compare.candidates(f"{MD5}-{make_plan(size).count}", size)[0] == make_plan(size).part_size
    assert compare.candidates(MD5, size) == ()


def test_hashes_of_files(tmp_path: Path) -> None:
    data = random.Random(1).randbytes(3 * MIB + 5)
    file = tmp_path / "a"
    file.write_bytes(data)
    parts = [hashlib.md5(data[at : at + MIB]).digest() for at in range(0, len(data), MIB)]
    whole = FileHash(str(file), len(data))
    in_parts = FileHash(str(file), len(data), (2 * MIB, MIB))
    by_sha = FileHash(str(file), len(data), algorithm="SHA256")
    grown, shrunk = FileHash(str(file), len(data) - 1), FileHash(str(file), len(data) + 1)
    missing = FileHash(str(tmp_path / "b"), 1)
    left = [whole, in_parts, missing, by_sha, grown, shrunk]
    while left:
        left = run_hashes(left)
    assert whole.etags == [hashlib.md5(data).hexdigest()]
    assert in_parts.etags is not None
    assert in_parts.etags[1] == f"{hashlib.md5(b''.join(parts)).hexdigest()}-4"
    assert by_sha.digest == hashlib.sha256(data).digest()
    assert grown.etags is shrunk.etags is missing.etags is None


def test_hashing_pauses_between_files_and_within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minio._core.transfer.directory.hashing.STEP", MIB)
    (tmp_path / "a").write_bytes(bytes(3 * MIB))
    file = FileHash(str(tmp_path / "a"), 3 * MIB)
    steps = 0
    left = [file]
    while left:
        left = run_hashes(left)
        steps += 1
    assert steps == 4
    assert file.etags == [hashlib.md5(bytes(3 * MIB)).hexdigest()]


# --- deletes


@pytest.mark.parametrize(
    ("options", "names", "most"),
    [
        ({}, 10, 10),
        ({}, 11, 5),
        ({}, 100, 50),
        ({"max_delete": 3}, 100, 3),
        ({"max_delete": 0}, 5, 0),
        ({"max_delete": "20%"}, 50, 10),
        ({"max_delete": "100%"}, 50, 50),
    ],
)
def test_the_most_that_may_be_removed(options: dict[str, Any], names: int, most: int) -> None:
    checked = SyncOptions.checked(delete=True, **options)
    assert deletes.excess(checked, names, most) == ""
    assert "max_delete" in deletes.excess(checked, names, most + 1)


def test_an_empty_source_removes_nothing() -> None:
    options = SyncOptions.checked(delete=True)
    deletes.check_source(options, 1, 5, "x")
    deletes.check_source(options, 0, 0, "x")
    deletes.check_source(SyncOptions.checked(delete=True, allow_empty_source=True), 0, 5, "x")
    with pytest.raises(UnsafeDeleteError, match=r"bkt/none .*allow_empty_source"):
        deletes.check_source(options, 0, 5, "bkt/none")


@pytest.mark.parametrize(
    ("source", "target", "wanted", "inner"),
    [
        ("a/", "a/", "same", ""),
        ("", "", "same", ""),
        ("a/", "ab/", "apart", ""),
        ("a/", "a/b/", "target in source", "b/"),
        ("", "a/", "target in source", "a/"),
        ("a/b/", "a/", "source in target", ""),
    ],
)
def test_prefixes_that_overlap(source: str, target: str, wanted: str, inner: str) -> None:
    assert deletes.relation(source, target) == wanted
    assert deletes.inner_name(source, target) == inner
    if wanted == "same":
        with pytest.raises(InvalidArgumentError, match="same"):
            deletes.check_overlap(source, target, False)
    elif wanted != "apart":
        deletes.check_overlap(source, target, False)
        with pytest.raises(UnsafeDeleteError, match="overlap"):
            deletes.check_overlap(source, target, True)
    else:
        deletes.check_overlap(source, target, True)


def test_roots_and_the_home_directory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "link").symlink_to(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    deletes.check_root(str(tmp_path))
    deletes.check_root(str(home / "photos"))
    for place in ("/", "//", str(home), str(tmp_path / "link"), f"{home}/x/.."):
        with pytest.raises(UnsafeDeleteError, match="refused"):
            deletes.check_root(place)


# --- options


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"include": "*.txt"}, InvalidArgumentTypeError, "include must be a list"),
        ({"exclude": 5}, InvalidArgumentTypeError, "exclude"),
        ({"last": [b"x"]}, InvalidArgumentTypeError, "last"),
        ({"exclude": ["a[b"]}, InvalidArgumentError, "exclude"),
        ({"include": ["a[b"]}, InvalidArgumentError, "include"),
        ({"last": ["a["]}, InvalidArgumentError, "last"),
        ({"compare": "time"}, InvalidArgumentError, "compare"),
        ({"bad_names": None}, InvalidArgumentError, "bad_names"),
        ({"case_conflict": "x"}, InvalidArgumentError, "case_conflict"),
        ({"delete": "yes"}, InvalidArgumentError, "delete"),
        ({"max_delete": -1}, InvalidArgumentError, "max_delete"),
        ({"max_delete": "101%"}, InvalidArgumentError, "max_delete"),
        ({"max_delete": "5"}, InvalidArgumentError, "max_delete"),
        ({"max_delete": 0.5}, InvalidArgumentError, "max_delete"),
        ({"delete_excluded": True}, InvalidArgumentError, "delete_excluded"),
        ({"older_than": 5}, InvalidArgumentTypeError, "older_than"),
        ({"newer_than": "7d"}, InvalidArgumentTypeError, "newer_than"),
        ({"newer_than": datetime(2024, 5, 1)}, InvalidArgumentError, "newer_than must have a time zone"),
        ({"older_than": timedelta(-1)}, InvalidArgumentError, "older_than"),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        SyncOptions.checked(**options)


def test_options_are_a_value() -> None:
    options = SyncOptions.checked(include=["a"], exclude=iter(["b"]), compare=None, delete=True, max_delete="5%")
    assert options.exclude == ("b",)
    assert pickle.loads(pickle.dumps(options)) == options
    assert SyncOptions.from_json(options.to_json()) == options


@given(
    st.none()
    | st.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))
    | st.timedeltas(min_value=timedelta(0)),
    st.none()
    | st.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1), timezones=st.timezones())
    | st.timedeltas(min_value=timedelta(0)),
)
def test_ages_are_values_of_the_options(older: Age | None, newer: Age | None) -> None:
    options = SyncOptions.checked(older_than=older, newer_than=newer)
    values = json.loads(json.dumps(options.to_json()))
    assert SyncOptions.from_json(values) == options
    assert ("older_than" in values, "newer_than" in values) == (older is not None, newer is not None)
    assert options.ages is None or options.ages.selects(0) in (True, False)


def test_bounds_of_ages_are_excluded() -> None:
    moment = datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC)
    for bound in (moment, timedelta(seconds=10)):
        ages = Ages.of(bound, None, 20), Ages.of(None, bound, 20)
        found = [[each.selects(second * 1_000_000_000) for second in (9, 10, 11)] for each in ages if each is not None]
        assert found == [[True, False, False], [False, False, True]]


def test_how_large_files_are_divided_is_no_part_of_what_is_done() -> None:
    options = SyncOptions.checked(part_size=6 * MIB, concurrency=2)
    assert SyncOptions.from_json(json.loads(json.dumps(options.to_json()))) == options
    assert options.without_parts() == SyncOptions()
    assert not {"part_size", "concurrency"} & SyncOptions().to_json().keys()
    for wrong in ({"part_size": 1}, {"part_size": "6MiB"}, {"concurrency": 0}, {"concurrency": True}):
        with pytest.raises(InvalidArgumentError, match=next(iter(wrong))):
            SyncOptions.checked(**wrong)


def test_the_size_of_parts_of_a_plan_is_tried_first() -> None:
    assert compare.candidates(f"{'0' * 32}-3", 17 * MIB, 6 * MIB)[0] == 6 * MIB
