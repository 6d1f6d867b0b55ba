# Generated from tests/live/aio/test_bulk.py by tools/generate_sync.py. Do not edit.
"""Calls on many objects: each item has one outcome, whatever becomes of the others."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from live.helpers import MIB, Puller, enable_versioning, is_there, noise
from minio import Minio
from minio.commonconfig import CopySource
from minio.directories import Outcome
from minio.error import (
    ClosedError,
    InvalidArgumentError,
    InvalidArgumentTypeError,
    InvalidBucketError,
    MissingFileError,
    NoSuchBucket,
    NoSuchKey,
    PreconditionFailed,
    TransportError,
)
from servers.live import LiveServer

from ._backend import together

NAMES = [f"dir/{number:03}" for number in range(150)]


def content_of(name: str) -> bytes:
    return name.encode() * 20


def collect(outcomes: Any) -> list[Outcome]:
    return list(outcomes)


@pytest.fixture
def filled(client: Minio, bucket: str) -> str:
    """A bucket with all of NAMES."""
    stored = collect(client.put_objects(bucket, ((name, content_of(name)) for name in NAMES)))
    assert [outcome.error for outcome in stored if not outcome.ok] == []
    assert {outcome.target for outcome in stored} == set(NAMES)
    return bucket


def test_every_object_is_returned_once(client: Minio, filled: str) -> None:
    found = collect(client.get_objects(filled, iter(NAMES)))
    assert {outcome.source: outcome.value for outcome in found} == {name: content_of(name) for name in NAMES}
    assert len(found) == len(NAMES)
    first = client.stat_object(filled, NAMES[0])
    outcome = next(outcome for outcome in found if outcome.source == NAMES[0])
    assert (outcome.action, outcome.status, outcome.ok, outcome.error) == ("get", "done", True, None)
    assert (outcome.size, outcome.etag, outcome.version_id) == (first.size, first.etag, first.version_id)


def test_metadata_of_every_object(client: Minio, filled: str) -> None:
    found = collect(client.stat_objects(filled, NAMES, ordered=True))
    one = client.stat_object(filled, NAMES[7])
    assert [outcome.source for outcome in found] == NAMES
    assert (found[7].value.etag, found[7].value.last_modified, found[7].size) == (one.etag, one.last_modified, one.size)


@pytest.mark.parametrize("jobs", [1, 3, 64])
def test_outcomes_are_in_order_if_asked(client: Minio, filled: str, jobs: int) -> None:
    names = [*NAMES[:40], "none", "", *NAMES[:10]]
    found = collect(client.get_objects(filled, names, ordered=True, jobs=jobs))
    assert [outcome.source for outcome in found] == names
    assert [outcome.value for outcome in found if outcome.ok] == [content_of(name) for name in names if name in NAMES]


def test_failures_are_outcomes(client: Minio, filled: str) -> None:
    names = ["none-1", NAMES[0], "", "a/../b", "none-2", NAMES[1]]
    for call in (client.get_objects, client.stat_objects):
        found = collect(call(filled, names, ordered=True))
        assert [outcome.status for outcome in found] == ["failed", "done", "failed", "failed", "failed", "done"]
        errors = [type(outcome.error) for outcome in found if not outcome.ok]
        assert errors == [NoSuchKey, InvalidArgumentError, InvalidArgumentError, NoSuchKey]
    lost = collect(client.get_objects(f"{filled}-none", ["a", "b"]))
    assert {type(outcome.error) for outcome in lost} <= {NoSuchBucket, NoSuchKey}  # some servers do not look
    assert [outcome.ok for outcome in lost] == [False, False]


def test_a_listing_names_the_objects(client: Minio, filled: str) -> None:
    found = collect(client.get_objects(filled, client.list_objects(filled, recursive=True), ordered=True))
    assert [outcome.value for outcome in found] == [content_of(name) for name in NAMES]


def test_items_of_a_generator(client: Minio, filled: str) -> None:
    def names() -> Iterator[str]:
        yield from NAMES

    found = collect(client.get_objects(filled, names(), ordered=True, jobs=4))
    assert [outcome.source for outcome in found] == NAMES


@pytest.mark.requires("versioning")
def test_versions(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    old = client.put_object(bucket, "object", b"old", 3)
    new = client.put_object(bucket, "object", b"newer", 5)
    pairs = [("object", old.version_id), ("object", None), ("object", new.version_id)]
    found = collect(client.get_objects(bucket, pairs, ordered=True))
    assert [outcome.value for outcome in found] == [b"old", b"newer", b"newer"]
    assert [outcome.version_id for outcome in found] == [old.version_id, new.version_id, new.version_id]
    found = collect(client.stat_objects(bucket, pairs, ordered=True))
    assert [outcome.size for outcome in found] == [3, 5, 5]


def test_every_kind_of_data(client: Minio, bucket: str, tmp_path: Path) -> None:
    large, small = noise(6 * MIB), tmp_path / "small"
    small.write_bytes(b"small file")
    (tmp_path / "large").write_bytes(large)
    (tmp_path / "empty").write_bytes(b"")
    items = [
        ("bytes", b"bytes"),
        ("nothing", b""),
        ("array", bytearray(b"array")),
        ("view", memoryview(b"xviewx")[1:5]),
        ("more", large[: MIB + 1]),
        ("parts", large),
        ("small", small),
        ("large", tmp_path / "large"),
        ("empty", tmp_path / "empty"),
        ("stream", io.BytesIO(b"stream")),
        ("missing", tmp_path / "missing"),
        ("directory", tmp_path),
    ]
    stored = collect(client.put_objects(bucket, items, ordered=True, content_type="text/x-bulk"))
    assert [outcome.target for outcome in stored] == [name for name, _ in items]
    assert [outcome.status for outcome in stored] == ["done"] * 10 + ["failed"] * 2
    assert isinstance(stored[10].error, MissingFileError)
    assert [outcome.size for outcome in stored[:10]] == [5, 0, 5, 4, MIB + 1, len(large), 10, len(large), 0, 6]
    assert [outcome.source for outcome in stored[5:9]] == [
        None,
        str(small),
        *map(str, (tmp_path / "large", tmp_path / "empty")),
    ]
    expected = [b"bytes", b"", b"array", b"view", large[: MIB + 1], large, b"small file", large, b"", b"stream"]
    found = collect(client.get_objects(bucket, [name for name, _ in items[:10]], ordered=True))
    assert [outcome.value == content for outcome, content in zip(found, expected, strict=True)] == [True] * 10
    assert [outcome.etag for outcome in found] == [outcome.etag for outcome in stored[:10]]
    assert (client.stat_object(bucket, "small")).content_type == "text/x-bulk"


@pytest.mark.requires("if_none_match_put")
def test_store_only_what_does_not_exist(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "old", b"old", 3)
    items = [("old", b"other"), ("new", b"new")]
    stored = collect(client.put_objects(bucket, items, ordered=True, if_none_match="*"))
    assert [outcome.status for outcome in stored] == ["failed", "done"]
    assert isinstance(stored[0].error, PreconditionFailed)
    found = collect(client.get_objects(bucket, ["old", "new"], ordered=True))
    assert [outcome.value for outcome in found] == [b"old", b"new"]


def test_copies(client: Minio, filled: str) -> None:
    listed = list(client.list_objects(filled, prefix="dir/00", recursive=True))
    items: list[Any] = [(f"copy/{item.object_name}", item) for item in listed]
    items += [("copy/text", f"/{filled}/{NAMES[0]}"), ("copy/source", CopySource(filled, NAMES[1]))]
    items += [("copy/none", f"/{filled}/none")]
    done = collect(client.copy_objects(filled, items, ordered=True))
    assert [outcome.target for outcome in done] == [name for name, _ in items]
    assert [outcome.status for outcome in done] == ["done"] * (len(items) - 1) + ["failed"]
    assert isinstance(done[-1].error, NoSuchKey)
    copied = collect(client.get_objects(filled, [name for name, _ in items[:-1]], ordered=True))
    wanted = [*(item.object_name for item in listed), NAMES[0], NAMES[1]]
    assert [outcome.value for outcome in copied] == [content_of(name) for name in wanted]


def test_nothing_happens_before_the_result_is_iterated(client: Minio, bucket: str, server: LiveServer) -> None:
    items = Puller([("object", b"content")])
    stored = [client.put_objects(bucket, items)]
    assert items.pulled == 0
    with pytest.warns(RuntimeWarning, match="stored nothing"):
        stored.clear()
    assert not is_there(server, bucket, "object")
    client.get_objects(bucket, ["object"]).close()  # reading nothing is no reason for a warning


def test_items_are_read_no_further_than_necessary(client: Minio, filled: str) -> None:
    names = Puller(NAMES)
    found = client.get_objects(filled, names, jobs=2)
    assert (next(found)).ok
    assert names.pulled < len(NAMES)
    found.close()
    before = names.pulled
    assert collect(found) == []
    found.close()
    assert names.pulled == before
    assert (client.stat_object(filled, NAMES[0])).size  # the connections are usable


def test_no_more_than_the_bytes_allowed_are_held(client: Minio, bucket: str) -> None:
    large = noise(2 * MIB)
    collect(client.put_objects(bucket, [(f"large/{number}", large) for number in range(6)]))
    names = Puller([f"large/{number}" for number in range(6)])
    found = client.get_objects(bucket, names, jobs=8, max_buffered=1)
    assert (next(found)).value == large
    assert names.pulled == 1
    rest = collect(found)
    assert [outcome.value == large for outcome in rest] == [True] * 5
    for ordered in (False, True):  # several at a time, but never more than three
        found = client.get_objects(
            bucket, [f"large/{number}" for number in range(6)], jobs=8, ordered=ordered, max_buffered=7 * MIB
        )
        assert [outcome.value == large for outcome in found] == [True] * 6


def test_errors_of_the_iterable_come_after_the_outcomes(client: Minio, filled: str) -> None:
    class Broken(Exception):
        pass

    def names() -> Any:
        yield from NAMES[:5]
        raise Broken

    found, seen = client.get_objects(filled, names()), []
    with pytest.raises(Broken):
        while True:
            seen.append((next(found)).source)
    assert sorted(seen) == NAMES[:5]


def test_wrong_arguments(client: Minio, bucket: str) -> None:
    for call in (client.get_objects, client.stat_objects, client.put_objects, client.copy_objects):
        for items in ("names", b"names", 3, None):
            with pytest.raises(InvalidArgumentTypeError):
                call(bucket, items)
        with pytest.raises(InvalidBucketError):
            call("No Bucket", [])
        with pytest.raises(InvalidArgumentError, match="jobs"):
            call(bucket, [], jobs=0)
        for item in (3, None, b"name", ("a", "b", "c")):
            with pytest.raises(InvalidArgumentTypeError):
                collect(call(bucket, [item]))
    with pytest.raises(InvalidArgumentTypeError, match=r"pathlib\.Path"):
        collect(client.put_objects(bucket, [("name", "text")]))
    with pytest.raises(InvalidArgumentTypeError):
        collect(client.copy_objects(bucket, [("name", 3)]))
    with pytest.raises(InvalidArgumentError):
        client.get_objects(bucket, [], max_buffered=0)


def test_closed_client(make_client: Callable[..., Minio], filled: str) -> None:
    client = make_client()
    found = client.get_objects(filled, NAMES * 100)
    assert (next(found)).ok
    client.close()
    with pytest.raises(ClosedError):
        collect(found)
    with pytest.raises(ClosedError):
        collect(client.get_objects(filled, NAMES))


def test_unreachable_server() -> None:
    with Minio("127.0.0.1:9", "user", "password", secure=False, region="us-east-1", retries=0) as client:
        found = collect(client.get_objects("bucket", ["one", "two"]))
    assert [type(outcome.error) for outcome in found] == [TransportError] * 2


def test_several_calls_at_once(client: Minio, filled: str) -> None:
    def run() -> int:
        return sum([len(outcome.value) for outcome in client.get_objects(filled, NAMES * 3, jobs=5)])

    assert together(*[run] * 4) == [3 * sum(len(content_of(name)) for name in NAMES)] * 4


def test_calls_while_the_outcomes_are_read(client: Minio, filled: str) -> None:
    seen = 0
    with client.get_objects(filled, NAMES[:30]) as found:
        for outcome in found:
            again = collect(client.get_objects(filled, [outcome.source or ""]))
            assert again[0].value == outcome.value
            assert (client.stat_object(filled, outcome.source or "")).size == outcome.size
            seen += 1
    assert seen == 30


def test_options_of_the_call(client: Minio, filled: str) -> None:
    headers = {"x-amz-checksum-mode": "ENABLED"}
    found = collect(client.get_objects(filled, NAMES[:3], ordered=True, extra_headers=headers))
    assert [outcome.value for outcome in found] == [content_of(name) for name in NAMES[:3]]
