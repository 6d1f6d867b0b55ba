"""Ranges and directories on the workers of executors: threads, processes and a Dask cluster. Workers die."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from live.conftest import CROWD
from minio import Minio
from minio.directories import Prefix
from minio.error import InvalidArgumentTypeError, PartialFailure
from minio.parallel import KeyRange, key_ranges, map_ranges


class Names:
    """A function that lists a range. The worker that gets a file `kill` for the first time dies."""

    def __init__(self, client: Minio, kill: str = "") -> None:
        self.client = client
        self.kill = kill

    def __call__(self, found: KeyRange) -> list[str]:
        if self.kill and found.after:
            try:
                os.close(os.open(self.kill, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                pass
            else:
                os.kill(os.getpid(), signal.SIGKILL)
        with self.client:
            return [item.object_name for item in found.list_objects(self.client)]


def check(results: list[Any], ranges: list[KeyRange]) -> None:
    assert [str(each.error) for each in results if not each.ok] == []
    assert sorted(each.range.after for each in results) == [each.after for each in ranges]
    assert sorted(name for each in results for name in each.value) == sorted(CROWD)


def test_ranges_on_threads(client: Minio, crowded: str) -> None:
    ranges = key_ranges(client, crowded, parts=8)
    assert len(ranges) > 2
    assert ranges[0].after == ""
    assert ranges[-1].until is None
    with ThreadPoolExecutor(4) as executor:
        results = list(map_ranges(executor, lambda each: [i.object_name for i in each.list_objects(client)], ranges))
    check(results, ranges)


def test_ranges_need_a_blocking_client() -> None:
    with pytest.raises(InvalidArgumentTypeError, match="Minio"):
        key_ranges(None, "bucket")  # type: ignore[arg-type]


def test_ranges_on_processes_of_which_one_dies(client: Minio, crowded: str, tmp_path: Path) -> None:
    ranges = key_ranges(client, crowded, parts=8)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        check(list(map_ranges(executor, Names(client, str(tmp_path / "killed")), ranges, pending=3)), ranges)
    assert (tmp_path / "killed").exists()


@pytest.mark.filterwarnings("ignore")
def test_ranges_on_dask_workers_of_which_one_dies(client: Minio, crowded: str, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    ranges = key_ranges(client, crowded, parts=8)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", local_directory=str(tmp_path)
        ) as cluster,
        distributed.Client(cluster) as dask,
    ):
        work = Names(client, str(tmp_path / "killed"))
        check(list(map_ranges(dask.get_executor(), work, ranges, pending=4)), ranges)
    assert (tmp_path / "killed").exists()


def test_directories_on_processes(client: Minio, bucket: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for number in range(150):
        path = source / f"{number % 3}" / f"{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * number)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        up = client.upload_directory(bucket, "up", source, executor=executor)
        assert (up.done, up.failed, up.bytes) == (150, 0, sum(range(150)))
        copied = client.copy_prefix(bucket, "copy", Prefix(bucket, "up"), executor=executor)
        assert (copied.done, copied.failed) == (150, 0)
        (source / "0" / "0").unlink()
        again = client.upload_directory(bucket, "copy", source, compare="size", delete=True, executor=executor)
        assert (again.done, again.skipped, again.deleted) == (0, 149, 1)
        target = tmp_path / "target"
        down = client.download_directory(bucket, "up", target, executor=executor)
        assert (down.done, down.failed) == (150, 0)
        assert {path.name: path.stat().st_size for path in target.rglob("*") if path.is_file()} == {
            str(number): number for number in range(150)
        }


class DyingExecutor(ProcessPoolExecutor):
    """Its workers die at every item."""

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        return super().submit(_die)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_actions_whose_workers_die_twice_have_failed(client: Minio, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "file").write_bytes(b"x")
    with (
        DyingExecutor(1, mp_context=get_context("spawn")) as executor,
        pytest.raises(PartialFailure) as caught,
    ):
        client.upload_directory(bucket, "", tmp_path / "source", executor=executor)
    (failure,) = caught.value.summary.failures
    assert failure.target == "file"
    assert "worker" in failure.reason
