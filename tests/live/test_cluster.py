"""A SeaweedFS cluster: a master, two volume servers, a filer and S3, each a process. A volume server is killed.

Nothing here depends on how fast the machine is: what is awaited are states of the cluster, and the volume server is
killed when the upload has reported half of its files.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from minio import Minio
from minio.directories import Outcome, Prefix
from minio.local.engine import find_program
from minio.local.ports import claim_block
from minio.local.probe import answers, responds
from minio.local.process import GuardedProcess, Plan
from minio.local.seaweedfs import SeaweedFS

BUCKET = "cluster-bucket"
FILES = 200
KEY, SECRET = "cluster-key", "cluster-secret"
PATIENCE = 120.0
"""Seconds that a service may take to start. Only a broken one takes as long."""


class Cluster:
    """The processes. A context manager."""

    def __init__(self, root: Path) -> None:
        self._root, self._weed = root, find_program(SeaweedFS())
        self._stack = ExitStack()
        self.running: dict[str, GuardedProcess] = {}
        self.commands: dict[str, list[str]] = {}

    def __enter__(self) -> Cluster:
        with ExitStack() as stack:
            block = stack.enter_context(claim_block())
            stack.callback(self._stop)
            self._start(iter(block.ports))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self, free: Iterator[int]) -> None:
        def ports() -> tuple[int, list[str]]:
            port, grpc = next(free), next(free)
            local = ["-ip.bind=127.0.0.1", f"-port={port}", f"-port.grpc={grpc}"]
            return port, local

        self.master, options = ports()
        grpc = f"127.0.0.1:{self.master}.{self.master + 1}"
        self.start("master", *options, "-ip=127.0.0.1", "-mdir=.", "-telemetry=false", "-volumeSizeLimitMB=64")
        await_state(lambda: responds(self.master, "/cluster/status"))
        for name in ("volume1", "volume2"):
            _, options = ports()
            directory = [f"-dir={self._folder(name)}", "-max=100", "-preStopSeconds=0"]
            self.start(name, *options, "-ip=127.0.0.1", f"-mserver={grpc}", *directory)
        self.await_both()
        filer, options = ports()
        self.start("filer", *options, "-ip=127.0.0.1", f"-master={grpc}", "-localSocket=filer.sock")
        await_state(lambda: responds(filer, "/"))
        s3, options = ports()
        identity = {"name": "admin", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
        (self._root / "s3.json").write_text(json.dumps({"identities": [identity]}))
        extra = ["-config=../s3.json", "-localSocket=s3.sock", "-port.iceberg=0", "-port.lance=0"]
        self.start("s3", *options, f"-filer=127.0.0.1:{filer}.{filer + 1}", *extra)
        self.endpoint = f"127.0.0.1:{s3}"
        await_state(lambda: answers(self.endpoint, KEY, SECRET))

    def _folder(self, name: str) -> Path:
        folder = self._root / name
        folder.mkdir(exist_ok=True)
        return folder

    def start(self, name: str, *options: str) -> None:
        """Start a process, or start it again with its data."""
        if options:
            self.commands[name] = [self._weed, "-logtostderr=true", name.rstrip("12"), *options]
        folder = self._folder(name)
        environment = {**os.environ, "GOMEMLIMIT": "512MiB"}
        self.running[name] = GuardedProcess(Plan(self.commands[name], folder, folder / "log", environment))

    def kill(self, name: str) -> None:
        """Kill a process as the kernel does when memory runs out."""
        process = self.running.pop(name)
        os.killpg(process._guard.pid, signal.SIGKILL)
        process.wait(10)
        process.stop()

    def await_both(self) -> None:
        """Wait until the master knows both volume servers. Two copies need both."""
        await_state(lambda: responds(self.master, "/dir/assign?replication=001"))

    def _stop(self) -> None:
        for process in reversed(self.running.values()):
            process.stop()


def await_state(reached: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < limit, "the cluster does not get ready"
        time.sleep(0.05)


def contents(number: int) -> bytes:
    return b"%d," % number * 500


def stored(client: Minio) -> dict[str, bytes]:
    names = [item.object_name for item in client.list_objects_parallel(BUCKET, workers=4)]
    return {str(each.source): each.value for each in client.get_objects(BUCKET, names) if each.ok}


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="processes are killed by a signal")
def test_an_upload_while_a_volume_server_is_killed(tmp_path: Path) -> None:
    source, root = tmp_path / "source", tmp_path / "cluster"
    source.mkdir()
    root.mkdir()
    expected = {f"{number:03}": contents(number) for number in range(FILES)}
    for name, data in expected.items():
        (source / name).write_bytes(data)
    with Cluster(root) as cluster, Minio(cluster.endpoint, KEY, SECRET, secure=False, retries=0) as client:
        client.make_bucket(BUCKET)
        outcomes: list[Outcome] = []
        for outcome in client.transfer(client.plan_sync(source, Prefix(BUCKET)), jobs=4):
            outcomes.append(outcome)
            if len(outcomes) == FILES // 2:
                cluster.kill("volume2")
        done = {str(each.target) for each in outcomes if each.status == "done"}
        failed = {str(each.target) for each in outcomes if each.status == "failed"}
        assert done | failed == set(expected)
        assert not done & failed
        assert len(done) >= FILES // 2 - 4
        cluster.start("volume2")  # there is one copy of each object, and some are on this server
        cluster.await_both()
        found = stored(client)
        assert done <= set(found)
        assert found.items() <= expected.items()
        again = client.upload_directory(BUCKET, "", source, compare="size")
        assert (again.failed, again.done + again.skipped) == (0, FILES)
        assert again.done <= len(failed)
        assert stored(client) == expected
