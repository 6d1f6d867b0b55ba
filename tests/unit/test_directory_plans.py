"""Whole plans, against a store that lists in any order: what they transfer and remove, and what they never do."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fakes.object_store import StoreClient, fill, in_byte_order, in_directory_order, write
from minio._core.datatypes import Object
from minio._core.ops.listing import Listing
from minio._core.transfer.plan import MIB
from minio.directories import Action, Prefix
from minio.error import (
    InvalidArgumentError,
    MissingFileError,
    UnsafeDeleteError,
)


def in_chance_order(keys: Iterable[str]) -> list[str]:
    """Sort keys in no order, but always in the same."""
    return sorted(keys, key=lambda key: hashlib.md5(key.encode()).digest())


ORDERS = [in_byte_order, in_directory_order, in_chance_order]
names = st.lists(st.sampled_from(["a", "a!", "a-b", "b", "é", "a.b"]), min_size=1, max_size=3).map("/".join)
contents = st.sampled_from([b"", b"1", b"2", b"22"])
sides = st.dictionaries(names, contents, max_size=9)
orders = st.sampled_from(ORDERS)
pages = st.integers(1, 4)
few = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
TARGET = Prefix("target", "t")
SOURCE = Prefix("source", "s")


def without_conflicts(side: dict[str, bytes]) -> dict[str, bytes]:
    """Leave out names that are both a file and a directory."""
    folders = {name[:at] for name in side for at, char in enumerate(name) if char == "/"}
    return {name: data for name, data in side.items() if name not in folders}


def read(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def stored(client: StoreClient, place: Prefix) -> dict[str, bytes]:
    cut = len(place.prefix) + 1
    return {key[cut:]: found.data for key, found in client.buckets[place.bucket].items()}


def kinds(actions: Iterable[Action]) -> dict[str, str]:
    found = {action.name: action.kind for action in actions}
    assert len(found) == len(found)
    return found


def changes(actions: Iterable[Action]) -> list[tuple[str, str]]:
    return [(action.kind, action.name) for action in actions if action.kind != "skip"]


@pytest.fixture
def root() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, "root")


# --- laws of plans


@given(source=sides, target=sides, order=orders, page=pages, mode=st.sampled_from(["auto", "checksum", "mtime", None]))
@few
def test_an_upload_makes_the_target_like_the_source(
    source: dict[str, bytes], target: dict[str, bytes], order: Any, page: int, mode: Any
) -> None:
    source = without_conflicts(source) | {"some": b"x"}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        write(root, source)
        client = StoreClient(order=order, page=page)
        fill(client, TARGET, target)
        plan = client.plan_sync(root, TARGET, compare=mode, delete=True, max_delete="100%")
        actions = list(plan)
        check_actions(actions, source, target, mode)
        client.carry_out(actions, root, TARGET)
        assert stored(client, TARGET) == source
        assert mode is None or mode == "mtime" or changes(plan) == []


@given(source=sides, target=sides, order=orders, page=pages, mode=st.sampled_from(["auto", "checksum", "mtime", None]))
@few
def test_a_download_makes_the_target_like_the_source(
    source: dict[str, bytes], target: dict[str, bytes], order: Any, page: int, mode: Any
) -> None:
    source, target = without_conflicts(source) | {"some": b"x"}, without_conflicts(target)
    if without_conflicts(source | target) != source | target:
        return  # a file of the target where a directory has to be: it fails when it is carried out
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        write(root, target)
        client = StoreClient(order=order, page=page)
        fill(client, SOURCE, source)
        plan = client.plan_sync(SOURCE, root, compare=mode, delete=True, max_delete="100%")
        actions = list(plan)
        check_actions([action for action in actions if action.name[-1] != "/"], source, target, mode)
        client.carry_out(actions, SOURCE, root)
        assert read(root) == source
        assert mode is None or changes(plan) == []


@given(
    source=sides, target=sides, order=orders, other=orders, page=pages, mode=st.sampled_from(["auto", "checksum", None])
)
@few
def test_a_copy_makes_the_target_like_the_source(
    source: dict[str, bytes], target: dict[str, bytes], order: Any, other: Any, page: int, mode: Any
) -> None:
    source = source | {"some": b"x", "marker/": b""}
    client, second = StoreClient(order=order, page=page), StoreClient("store:2", other, page + 1)
    fill(client, TARGET, target)
    fill(second, SOURCE, source)
    place = Prefix(SOURCE.bucket, SOURCE.prefix, second)
    plan = client.plan_sync(place, TARGET, compare=mode, delete=True, max_delete="100%")
    actions = list(plan)
    check_actions(actions, source, target, mode)
    client.buckets |= second.buckets
    client.carry_out(actions, SOURCE, TARGET)
    assert stored(client, TARGET) == source
    assert mode is None or changes(plan) == []


def check_actions(actions: list[Action], source: dict[str, bytes], target: dict[str, bytes], mode: Any) -> None:
    """Check each action, and the order of all."""
    assert max(Counter(action.name for action in actions).values(), default=1) == 1
    found = kinds(actions)
    assert {name for name, kind in found.items() if kind == "delete"} == target.keys() - source.keys()
    assert found.keys() == source.keys() | target.keys()
    for action in actions:
        if action.name not in target:
            assert (action.reason, action.replaces) == ("new", None)
        elif action.kind not in ("delete", "skip"):
            assert action.replaces not in (None, "")
    wrong = {name for name, kind in found.items() if kind == "skip" and target[name] != source[name]}
    assert not wrong or mode == "mtime"
    first_delete = next((at for at, action in enumerate(actions) if action.kind == "delete"), len(actions))
    assert all(action.kind == "delete" for action in actions[first_delete:])


@given(source=sides, target=sides, page=pages)
@few
def test_the_order_of_a_listing_changes_no_action(
    source: dict[str, bytes], target: dict[str, bytes], page: int
) -> None:
    found = []
    for order in ORDERS:
        client = StoreClient(order=order, page=page)
        fill(client, SOURCE, source)
        fill(client, TARGET, target)
        plan = client.plan_sync(SOURCE, TARGET, delete=True, allow_empty_source=True, max_delete="100%")
        found.append(sorted(plan, key=lambda action: action.name))
    assert found[0] == found[1] == found[2]


@given(source=sides, page=pages, order=st.sampled_from(ORDERS))
@few
def test_actions_of_an_upload_ascend_whatever_the_target_does(source: dict[str, bytes], page: int, order: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        write(root, without_conflicts(source))
        client = StoreClient(order=order, page=page)
        fill(client, TARGET, dict.fromkeys(list(source)[::2], b"other") | {"b!": b"", "b/x": b"", "0": b""})
        listed = [action.name for action in client.plan_sync(root, TARGET)]
        assert listed == in_byte_order(listed)


@given(
    source=sides,
    excluded=st.lists(st.sampled_from(["a", "b/", "!a/b", "a*", "/é"]), max_size=3),
    everything=st.booleans(),
)
@few
def test_excluded_names_stay_unless_they_are_to_be_removed(
    source: dict[str, bytes], excluded: list[str], everything: bool
) -> None:
    client = StoreClient()
    fill(client, SOURCE, {"zz": b"kept"} | source)
    fill(client, TARGET, source)
    options: dict[str, Any] = {"exclude": ["nothing", *excluded], "delete": True, "max_delete": "100%"}
    plan = client.plan_sync(SOURCE, TARGET, delete_excluded=everything, **options)
    selects = plan.options.rules.selects
    removed = {action.name for action in plan if action.kind == "delete"}
    assert removed == ({name for name in source if not selects(name)} if everything else set())


@given(
    source=sides, target=sides, order=orders, page=pages, older=st.none() | st.integers(0, 20), newer=st.integers(0, 20)
)
@few
def test_names_of_other_ages_stay_on_both_sides(
    source: dict[str, bytes], target: dict[str, bytes], order: Any, page: int, older: int | None, newer: int
) -> None:
    client = StoreClient(order=order, page=page)
    begin = datetime.fromtimestamp(client.clock, UTC)
    fill(client, SOURCE, source)
    fill(client, TARGET, target)
    plan = client.plan_sync(
        SOURCE,
        TARGET,
        older_than=None if older is None else begin + timedelta(seconds=older),
        newer_than=begin + timedelta(seconds=newer),
        delete=True,
        max_delete="100%",
        allow_empty_source=True,
    )

    def selected(place: Prefix) -> set[str]:
        ages = {
            key[2:]: (found.moment - begin).total_seconds()
            for key, found in client.buckets.get(place.bucket, {}).items()
        }
        return {name for name, age in ages.items() if newer < age and (older is None or age < older)}

    found = kinds(plan)
    assert {name for name, kind in found.items() if kind != "delete"} == selected(SOURCE)
    assert {name for name, kind in found.items() if kind == "delete"} == selected(TARGET) - source.keys()


def test_names_of_another_age_are_names_of_the_source(root: Path) -> None:
    """They are no reason to take the source for empty, and no conflict with what is transferred."""
    client = StoreClient()
    fill(client, SOURCE, {"a": b"1", "a/b": b"2"})
    write(root, {"c": b"", "d": b""})
    os.utime(root / "c", (0, 0))
    last = datetime.fromtimestamp(client.clock - 1, UTC)
    options: dict[str, Any] = {"delete": True, "max_delete": 1}
    assert changes(client.plan_sync(SOURCE, root, newer_than=last, **options)) == [("download", "a/b"), ("delete", "d")]
    assert changes(client.plan_sync(SOURCE, root, older_than=timedelta(days=365 * 40), **options)) == [("delete", "c")]


# --- deletes


def test_nothing_is_removed_if_the_listing_fails(root: Path) -> None:
    write(root, {str(number): b"" for number in range(5)})
    client = StoreClient(page=1)
    fill(client, SOURCE, {"1": b"x", "2": b"x", "3": b"x"})
    client.fail_page = 2
    seen = []
    with pytest.raises(ConnectionError):
        seen.extend(client.plan_sync(SOURCE, root, delete=True))
    assert {action.kind for action in seen} == {"download"}


@pytest.mark.parametrize("side", ["source", "target"])
def test_nothing_is_removed_if_a_directory_cannot_be_read(
    root: Path, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    write(root, {"a/b": b"", "c": b""})
    client = StoreClient()
    fill(client, TARGET, {"a/b": b"", "d": b"", "a/x": b""})
    original = os.scandir

    def scandir(path: str) -> Any:
        if path.rstrip("/").endswith("/a"):
            raise PermissionError(13, "Permission denied", path)
        return original(path)

    monkeypatch.setattr(os, "scandir", scandir)
    source, target = (root, TARGET) if side == "source" else (TARGET, root)
    found = kinds(client.plan_sync(source, target, delete=True))
    assert "delete" not in found.values()
    assert found["a/"] == "fail"


def test_a_server_that_takes_the_prefix_for_another_one_is_noticed(root: Path) -> None:
    class Folding(StoreClient):
        def _page_lists(self, listing: Listing) -> Iterator[list[Object]]:  # type: ignore[override]
            return super()._page_lists(Listing(bucket=listing.bucket, prefix=listing.prefix.lstrip("/")))

    client = Folding()
    fill(client, Prefix("bkt", "p"), {"one": b"1", "ne": b"2"})
    write(root, {"one": b"1"})
    for source, target in ((root, Prefix("bkt", "/p")), (Prefix("bkt", "/p"), root)):
        with pytest.raises(InvalidArgumentError, match="prefix '/p/' means another one"):
            list(client.plan_sync(source, target, delete=True))


def test_an_absent_or_empty_source_removes_nothing(root: Path) -> None:
    client = StoreClient()
    fill(client, TARGET, {"a": b""})
    with pytest.raises(MissingFileError, match="does not exist"):
        list(client.plan_sync(root, TARGET, delete=True))
    root.mkdir()
    with pytest.raises(UnsafeDeleteError, match="allow_empty_source"):
        list(client.plan_sync(root, TARGET, delete=True))
    assert changes(client.plan_sync(root, TARGET, delete=True, allow_empty_source=True)) == [("delete", "a")]
    write(root, {"x": b""})
    with pytest.raises(UnsafeDeleteError):
        list(client.plan_sync(root, TARGET, delete=True, exclude=["x"]))
    with pytest.raises(UnsafeDeleteError, match="source/none"):
        list(client.plan_sync(Prefix("source", "none"), root, delete=True))
    assert changes(client.plan_sync(root, Prefix("source", "none"), delete=True)) == [("upload", "x")]


def test_too_many_deletes_fail_and_none_happens(root: Path) -> None:
    write(root, {str(number): b"" for number in range(5)})
    client = StoreClient()
    fill(client, TARGET, {str(number): b"" for number in range(12)})
    last = list(client.plan_sync(root, TARGET, delete=True))[-1]
    assert (last.kind, last.name) == ("fail", "")
    assert "7 of 12 names would be removed, more than max_delete allows (6)" in last.reason
    for most in (7, "60%"):
        found = changes(client.plan_sync(root, TARGET, delete=True, max_delete=most))
        assert Counter(kind for kind, _ in found)["delete"] == 7


def test_deletes_of_directories_follow_what_is_in_them(root: Path) -> None:
    client = StoreClient()
    fill(client, SOURCE, {"keep/a": b"", "marked/": b""})
    write(root, {"keep/a": b"", "old/x": b"", "old/deep/y": b"", "keep/deep/z": b"", "marked/z": b""})
    (root / "empty").mkdir()
    deletes = [
        name for kind, name in changes(client.plan_sync(SOURCE, root, delete=True, compare="size")) if kind == "delete"
    ]
    assert deletes == ["old/x", "old/deep/y", "old/deep/", "old/", "marked/z", "keep/deep/z", "keep/deep/"]
    found = changes(client.plan_sync(SOURCE, root, delete=True, compare="size", empty_dirs=True))
    assert ("delete", "empty/") in found


def test_unsafe_targets_are_refused_at_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(root))
    client, same = StoreClient(), StoreClient()
    for target in (Path("/"), root, Path(f"{root}/x/..")):
        with pytest.raises(UnsafeDeleteError, match="refused"):
            client.plan_sync(SOURCE, target, delete=True)
        client.plan_sync(SOURCE, target)
    for source in (Prefix("bkt", "a"), Prefix("bkt", "a/", same)):
        with pytest.raises(InvalidArgumentError, match="same prefix"):
            client.plan_sync(source, Prefix("bkt", "a/"))
        with pytest.raises(UnsafeDeleteError, match="overlap"):
            client.plan_sync(source, Prefix("bkt", "a/b"), delete=True)
        client.plan_sync(source, Prefix("bkt", "ab"), delete=True)
        client.plan_sync(source, Prefix("other", "a"), delete=True)
        client.plan_sync(source, Prefix("bkt", "a", StoreClient("other:1")), delete=True)
    inner = Prefix("bkt", "a/b", StoreClient("other-name-of-the-server:1"))
    with pytest.raises(UnsafeDeleteError, match="both endpoints may lead to one bucket"):
        client.plan_sync(inner, Prefix("bkt", "a"), delete=True)
    client.plan_sync(inner, Prefix("bkt", "a"))


def test_two_names_of_one_server_are_one_server() -> None:
    ours, theirs = StoreClient("127.0.0.1:1"), StoreClient("localhost:1")
    theirs.buckets = ours.buckets
    outer, inner = Prefix("bkt", "a"), Prefix("bkt", "a/backup", theirs)
    fill(ours, outer, {"x": b"", "backup/y": b""})
    with pytest.raises(UnsafeDeleteError, match="overlap"):
        list(ours.plan_sync(outer, inner, delete=True))
    with pytest.raises(InvalidArgumentError, match="same prefix"):
        list(ours.plan_sync(outer, Prefix("bkt", "a/", theirs)))
    assert changes(ours.plan_sync(outer, inner)) == [("copy", "x")]
    other_port = Prefix("bkt", "a/backup", StoreClient("localhost:2"))
    assert changes(ours.plan_sync(outer, other_port)) == [("copy", "backup/y"), ("copy", "x")]


def test_buckets_of_aws_are_the_same_in_all_its_endpoints() -> None:
    ours, theirs = StoreClient("s3.amazonaws.com"), StoreClient("s3.eu-west-1.amazonaws.com")
    with pytest.raises(UnsafeDeleteError, match="overlap"):
        list(ours.plan_sync(Prefix("bkt", "a"), Prefix("bkt", "a/b", theirs), delete=True))


def test_a_copy_into_itself_leaves_out_what_it_writes() -> None:
    client = StoreClient()
    fill(client, Prefix("bkt", "a"), {"x": b"", "backup/y": b""})
    assert changes(client.plan_sync(Prefix("bkt", "a"), Prefix("bkt", "a/backup"))) == [("copy", "x")]


# --- corners


@pytest.mark.parametrize("prefix", ["a", "a/"])
def test_a_slash_at_the_end_of_a_prefix_changes_nothing(root: Path, prefix: str) -> None:
    client = StoreClient()
    for key in ("a/x", "ab/y", "a", "a/", "b"):
        client.store("bkt", key, b"")
    actions = list(client.plan_sync(Prefix("bkt", prefix), root))
    assert [(action.source, action.target) for action in actions] == [("a/x", f"{root}/x")]
    write(root, {"x": b""})
    assert [action.target for action in client.plan_sync(root, Prefix("new", prefix))] == ["a/x"]
    assert {action.source for action in client.plan_sync(Prefix("bkt"), root)} == {"a", "a/", "a/x", "ab/y", "b"}


def test_impossible_names(root: Path) -> None:
    client = StoreClient()
    for name in ("a/../../x", "a//b", "good", "n\0l", "x" * 256, "/root"):
        client.store("source", f"s/{name}", b"")
    found = kinds(client.plan_sync(SOURCE, root))
    assert found.pop("good") == "download"
    assert set(found.values()) == {"fail"}
    assert set(kinds(client.plan_sync(SOURCE, root, bad_names="skip")).values()) == {"download", "skip"}
    plan = client.plan_sync(SOURCE, root, bad_names="escape", exclude=["/xxx*"])
    for action in plan:
        assert action.kind == "download"
        assert os.path.normpath(action.target or "").startswith(f"{root}/")
    client.carry_out(plan, SOURCE, root)
    assert changes(plan) == []
    back = {action.name: action.kind for action in client.plan_sync(root, TARGET, bad_names="escape")}
    assert back.pop("a/../../x") == "fail"  # clients refuse such keys
    assert back == {"a//b": "upload", "good": "upload", "n\0l": "upload", "/root": "upload"}


def test_a_file_and_a_directory_of_one_name(root: Path) -> None:
    client = StoreClient()
    fill(client, SOURCE, {"a": b"", "a!": b"", "a/": b"", "a/b": b"", "a/c/d": b"", "ab": b""})
    actions = list(client.plan_sync(SOURCE, root))
    assert kinds(actions) == {
        "a": "download",
        "a!": "download",
        "a/": "fail",
        "a/b": "fail",
        "a/c/d": "fail",
        "ab": "download",
    }
    assert actions[2].reason == "it conflicts with the file 'a'"


def test_directories_as_objects(root: Path) -> None:
    client = StoreClient()
    fill(client, SOURCE, {"d/": b"", "e/": b"full", "f/x": b""})
    assert kinds(client.plan_sync(SOURCE, root)) == {"d/": "make_directory", "e/": "fail", "f/x": "download"}
    write(root, {"full/x": b""})
    (root / "empty").mkdir()
    (root / "d").mkdir()
    assert kinds(client.plan_sync(SOURCE, root, exclude=["e/", "f/"])) == {}
    fill(client, TARGET, {"full/": b"", "gone/": b"", "gone/x": b"", "d/": b""})
    assert changes(client.plan_sync(root, TARGET, empty_dirs=True, delete=True)) == [
        ("make_directory", "empty/"),
        ("upload", "full/x"),
        ("delete", "gone/"),
        ("delete", "gone/x"),
    ]
    assert changes(client.plan_sync(root, TARGET)) == [("upload", "full/x")]


def test_last_names_follow_all_others(root: Path) -> None:
    write(root, {"index.html": b"", "a/index.html": b"", "a.css": b"", "z.js": b""})
    client = StoreClient()
    fill(client, TARGET, {"old": b""})
    plan = client.plan_sync(root, TARGET, last=["index.html"], delete=True)
    assert [action.name for action in plan] == ["a.css", "z.js", "a/index.html", "index.html", "old"]


def test_a_download_by_time_reads_no_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = StoreClient()
    fill(client, SOURCE, {"a": b"1", "b/c": b"2"})
    client.carry_out(client.plan_sync(SOURCE, root), SOURCE, root)
    opened: list[str] = []
    monkeypatch.setattr("builtins.open", lambda path, *_, **__: opened.append(path))
    assert changes(client.plan_sync(SOURCE, root)) == []
    assert opened == []


def test_equal_content_repairs_the_time(root: Path) -> None:
    client = StoreClient()
    fill(client, SOURCE, {"a": b"1", "b": b"2"})
    write(root, {"a": b"1", "b": b"3"})
    plan = client.plan_sync(SOURCE, root)
    actions = list(plan)
    assert [(action.kind, action.reason) for action in actions] == [
        ("skip", "same content"),
        ("download", "content differs"),
    ]
    assert actions[0].mtime == 1_700_000_001
    assert actions[0] in [action for batch, _ in plan._batches(skips=False) for action in batch]
    client.carry_out(actions, SOURCE, root)
    assert [action.reason for action in plan] == ["unchanged", "unchanged"]
    assert plan._client is client
    assert client.plan_sync(SOURCE, root, preserve=True, compare="checksum").options.preserve
    assert all(action.mtime is None for action in client.plan_sync(SOURCE, root, preserve=True, compare="checksum"))


@pytest.mark.parametrize("part", [5 * MIB, 8 * MIB])
def test_uploads_in_parts_are_compared(root: Path, part: int) -> None:
    data = random.Random(part).randbytes(11 * MIB)
    digests = [hashlib.md5(data[at : at + part]).digest() for at in range(0, len(data), part)]
    etag = f"{hashlib.md5(b''.join(digests)).hexdigest()}-{len(digests)}"
    write(root, {"a": data})
    client = StoreClient()
    client.store("target", "t/a", data, etag)
    assert [action.reason for action in client.plan_sync(root, TARGET)] == ["same content"]
    client.store("target", "t/a", bytes(len(data)), etag.replace(etag[:4], "0000"))
    assert [action.kind for action in client.plan_sync(root, TARGET)] == ["upload"]
    assert client.heads == 0


@pytest.mark.parametrize("kind", ["FULL_OBJECT", "COMPOSITE", ""])
def test_objects_without_md5_are_compared_by_checksums(root: Path, kind: str) -> None:
    write(root, {"a": b"123456789"})
    client = StoreClient()
    headers = {"x_amz_checksum_crc32c": "4waSgw==", "x_amz_checksum_type": kind} if kind else {}
    client.store("target", "t/a", b"123456789", "opaque", **headers)
    client.store("source", "s/a", b"123456789", "other", **headers)
    reason = "same content" if kind == "FULL_OBJECT" else "the content cannot be compared"
    assert [action.reason for action in client.plan_sync(root, TARGET)] == [reason]
    assert client.heads == 1
    assert [action.reason for action in client.plan_sync(SOURCE, root)] == [reason]
    assert [action.reason for action in client.plan_sync(SOURCE, TARGET, compare="checksum")] == [reason]
    changed = headers | {"x_amz_checksum_crc32c": "AAAAAA=="}
    client.store("target", "t/a", b"987654321", "opaque", **changed)
    assert [action.kind for action in client.plan_sync(root, TARGET)] == ["upload"]


def test_nothing_of_the_target_is_listed_without_need(root: Path) -> None:
    write(root, {"a": b""})
    client = StoreClient()
    fill(client, TARGET, {"a": b""})
    actions = list(client.plan_sync(root, TARGET, compare=None))
    assert [(action.kind, action.replaces) for action in actions] == [("upload", "")]
    assert client.pages == 0
    (listed,) = client.plan_sync(root, TARGET, compare=None, delete=True)
    assert listed.replaces == client.buckets["target"]["t/a"].etag


def test_actions_can_be_pickled_and_plans_iterated_again(root: Path) -> None:
    write(root, {"a": b""})
    plan = StoreClient().plan_sync(root, TARGET)
    actions = list(plan)
    assert pickle.loads(pickle.dumps(actions)) == actions == list(plan)
