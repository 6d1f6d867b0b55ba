# Generated from tests/live/aio/test_directory_transfers.py by tools/generate_sync.py. Do not edit.
"""Running a plan: its outcomes, progress, changes by others, stopping and going on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fakes.cable import Cable
from live.directories import age, by_status, everything_in, keys_of, make_tree, put, stored, tree_of
from live.helpers import MIB, Requests, noise, uploads_of
from minio import Minio
from minio.directories import Prefix
from minio.error import InvalidArgumentError, PreconditionFailed
from servers.live import LiveServer

from ._backend import together
from ._directories import outcomes_of, sync

MANY = {f"{number % 7}/{number:03}": b"x" * number for number in range(60)}


def test_outcomes_tell_what_was_done(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", {"a": b"1234", "same": b"x"})
    put(server, bucket, {"p/same": b"x", "p/gone": b"x"})
    up = {str(o.target or o.source): o for o in sync(client, source, Prefix(bucket, "p"), delete=True)}
    stat = client.stat_object(bucket, "p/a")
    one = up["p/a"]
    assert (one.action, one.status, one.size, one.etag, one.ok) == ("upload", "done", 4, stat.etag, True)
    assert one.source is not None
    assert Path(one.source).name == "a"
    assert one.reason
    assert up["p/same"].status == "skipped"
    assert [(o.action, o.status) for key, o in up.items() if key.endswith("gone")] == [("delete", "done")]
    (down,) = sync(client, Prefix(bucket, "p"), tmp_path / "out", include=["a"])
    assert (down.action, down.status, down.size, down.source, down.etag) == ("download", "done", 4, "p/a", stat.etag)


def test_transfer_is_lazy_and_stops_when_it_is_closed(
    client: Minio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    source = make_tree(tmp_path / "source", MANY)
    plan = client.plan_sync(source, Prefix(bucket))
    outcomes = client.transfer(plan, jobs=2)
    assert keys_of(server, bucket) == []
    seen = []
    for outcome in outcomes:
        seen.append(outcome.status)
        if len(seen) == 3:
            break
    assert set(seen) == {"done"}
    outcomes.close()
    there = len(keys_of(server, bucket))
    assert 3 <= there < len(MANY)
    assert uploads_of(server, bucket) == []
    again = by_status(outcomes_of(client, plan))
    assert again["done"] + again["skipped"] == len(MANY)
    assert again["skipped"] >= there  # the server may have stored what it had received
    assert stored(server, bucket) == MANY
    # The same downwards: no temporary file is left.
    outcomes = client.transfer(client.plan_sync(Prefix(bucket), tmp_path / "out"), jobs=2)
    for outcome in outcomes:
        assert outcome.status == "done"
        break
    outcomes.close()
    assert set(tree_of(tmp_path / "out").items()) <= set(MANY.items())
    assert 0 < len(tree_of(tmp_path / "out")) < len(MANY)


class Meter:
    """A progress bar that only adds."""

    def __init__(self) -> None:
        self.total = 0
        self.done = 0

    def set_meta(self, object_name: str, total_length: int) -> None:
        self.total = total_length

    def update(self, length: int) -> None:
        self.done += length


def test_progress_reaches_its_total(client: Minio, bucket: str, tmp_path: Path) -> None:
    tree = {**MANY, "large": noise(6 * MIB)}
    source, size = make_tree(tmp_path / "source", tree), sum(map(len, tree.values()))
    calls: list[tuple[int, int]] = []
    client.upload_directory(bucket, "p", source, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (size, size)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    meter = Meter()
    client.download_directory(bucket, "p", tmp_path / "out", progress=meter)
    assert (meter.done, meter.total) == (size, size)


def test_file_that_vanishes_is_a_warning(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", {"gone": b"x", "here": b"x"})
    plan = client.plan_sync(source, Prefix(bucket))
    plan.save(tmp_path / "plan")
    (source / "gone").unlink()
    outcomes = outcomes_of(client, client.load_plan(tmp_path / "plan"))
    assert by_status(outcomes) == {"done": 1, "warning": 1}
    assert keys_of(server, bucket) == ["here"]


@pytest.mark.parametrize("always", [False, True], ids=["once", "always"])
def test_file_that_changes_is_read_once_more(bucket: str, server: LiveServer, tmp_path: Path, always: bool) -> None:
    source = make_tree(tmp_path / "source", {"log": noise(11 * MIB), "quiet": b"x"})

    def grow() -> None:
        with (source / "log").open("ab") as file:
            file.write(b"more")
        if always:
            cable.on(b"partNumber=2", grow)

    with Cable(server.endpoint) as cable:
        cable.on(b"partNumber=2", grow)
        with Minio(cable.endpoint, server.access_key, server.secret_key, secure=False) as client:
            outcomes = sync(client, source, Prefix(bucket))
        assert cable.acted or always
    if always:
        assert by_status(outcomes) == {"done": 1, "failed": 1}
    else:
        assert by_status(outcomes) == {"done": 2}
        assert stored(server, bucket) == tree_of(source)
    assert uploads_of(server, bucket) == []


def test_object_that_was_replaced_after_the_plan_is_not_mixed(
    client: Minio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    put(server, bucket, {"a": b"old"})
    plan = client.plan_sync(Prefix(bucket), tmp_path / "out")
    plan.save(tmp_path / "plan")
    put(server, bucket, {"a": b"new bytes"})
    (outcome,) = outcomes_of(client, client.load_plan(tmp_path / "plan"))
    assert outcome.status == "failed"
    assert everything_in(tmp_path / "out") == []


@pytest.mark.requires("if_none_match_put")
def test_object_that_another_wrote_meanwhile_is_not_overwritten(
    client: Minio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    source = make_tree(tmp_path / "source", {"raced": b"mine", "free": b"mine", "large": noise(6 * MIB)})
    plan = client.plan_sync(source, Prefix(bucket))
    plan.save(tmp_path / "plan")
    put(server, bucket, {"raced": b"theirs", "large": b"theirs"})
    outcomes = {o.target: o for o in outcomes_of(client, client.load_plan(tmp_path / "plan"))}
    assert outcomes["free"].status == "done"
    assert {outcomes["raced"].status, outcomes["large"].status} <= {"failed", "skipped"}
    assert outcomes["raced"].reason
    assert stored(server, bucket) == {"raced": b"theirs", "large": b"theirs", "free": b"mine"}
    assert uploads_of(server, bucket) == []


def test_copy_does_not_replace_what_another_wrote_meanwhile(
    client: Minio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    """Servers that ignore the condition of CopyObject are asked just before. Every server keeps what came first."""
    put(server, bucket, {"p/raced": b"mine", "p/free": b"mine"})
    client.plan_sync(Prefix(bucket, "p"), Prefix(bucket, "q")).save(tmp_path / "plan")
    put(server, bucket, {"q/raced": b"theirs"})
    outcomes = {o.target: o for o in outcomes_of(client, client.load_plan(tmp_path / "plan"))}
    assert (outcomes["q/free"].status, outcomes["q/raced"].status) == ("done", "failed")
    assert outcomes["q/raced"].reason == "the target was created after the plan was made"
    assert stored(server, bucket, "q/") == {"raced": b"theirs", "free": b"mine"}


@pytest.mark.requires("copy_condition")
def test_copy_object_only_if_there_is_none(client: Minio, bucket: str, server: LiveServer) -> None:
    put(server, bucket, {"mine": b"mine", "theirs": b"theirs"})
    with pytest.raises(PreconditionFailed):
        client.copy_object(bucket, "theirs", f"/{bucket}/mine", extra_headers={"If-None-Match": "*"})
    assert stored(server, bucket) == {"mine": b"mine", "theirs": b"theirs"}


@pytest.mark.requires("if_none_match_put")
def test_two_runs_that_only_add(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    one, two = (make_tree(tmp_path / name, dict.fromkeys(MANY, name.encode())) for name in ("one", "two"))
    results = together(
        lambda: sync(client, one, Prefix(bucket), compare="exists"),
        lambda: sync(client, two, Prefix(bucket), compare="exists"),
    )
    done = [{o.target for o in outcomes if o.status == "done"} for outcomes in results]
    assert done[0] | done[1] == set(MANY)
    assert not done[0] & done[1]
    content = stored(server, bucket)
    assert all(content[str(key)] == name for keys, name in zip(done, (b"one", b"two"), strict=True) for key in keys)


def test_checkpoint_goes_on(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", MANY)
    for name in MANY:
        age(source / name)  # a file that is as young as the run may have changed since, and would be sent again
    checkpoint = tmp_path / "checkpoint"
    options: dict[str, Any] = {"compare": None}
    outcomes = client.transfer(client.plan_sync(source, Prefix(bucket), **options), jobs=1, checkpoint=checkpoint)
    seen = []
    for outcome in outcomes:
        seen.append(outcome)
        if len(seen) == 20:
            break
    outcomes.close()
    # The file belongs to this run.
    with pytest.raises(InvalidArgumentError, match="checkpoint"):
        outcomes_of(client, client.plan_sync(source, Prefix(bucket, "p"), **options), checkpoint=checkpoint)
    trace = Requests()
    client.trace_on(trace)
    plan = client.plan_sync(source, Prefix(bucket), **options)
    again = outcomes_of(client, plan, jobs=1, checkpoint=checkpoint)
    assert trace.count("PUT ") <= len(MANY) - 20 + 2
    assert all(outcome.ok for outcome in again)
    assert stored(server, bucket) == MANY
    assert not checkpoint.exists()  # the run is complete
