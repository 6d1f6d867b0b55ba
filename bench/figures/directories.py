"""P14 and P15: a sync that finds nothing to do, and the removal of a prefix. Whole processes are measured."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ..crew import HERE, PEERS, Record, Sample, WorkerFailed, rotated
from ..result import FILES, KEYS, MEBIBYTES, MICROSECONDS, Series, Work, cpu_microseconds, series_of
from ..site import OURS, Site
from ..workers._worker import Tree
from .files import MIO, S5CMD

MANY = 100_000
_PREFIX = "files/"
_OLD = 1_700_000_000
_TASKS = 32
_TIMEOUT = 900


@dataclass(frozen=True)
class Run(Sample):
    """A finished process, with its peak of RSS in bytes."""

    peak: int = 0


def p14(site: Site) -> list[Work]:
    """Measure a sync of a directory with a prefix that has all of it."""
    records = _unchanged(site, Tree(MANY // 10 if site.quick else MANY, folders=100, size=64))
    speed = Work("P14", "sync, unchanged", FILES, series_of(records, lambda sample: sample.speed))
    cpu = Work("P14", "sync, unchanged, CPU", MICROSECONDS, series_of(records, cpu_microseconds))
    peaks = Work("P14", "sync, unchanged, peak of RSS", MEBIBYTES, _peaks(records))
    return [
        speed.compare(OURS, {S5CMD: 1.0}).compare(MIO, {S5CMD: 0.9}),
        cpu.compare(OURS, {}, [S5CMD]),
        peaks.compare(OURS, {S5CMD: 0.5}),
    ]


def p15(site: Site) -> list[Work]:
    """Measure the removal of everything below a prefix."""
    records = _removals(site, MANY // 10 if site.quick else MANY)
    speed = Work("P15", "remove a prefix", KEYS, series_of(records, lambda sample: sample.speed))
    cpu = Work("P15", "remove a prefix, CPU", MICROSECONDS, series_of(records, cpu_microseconds))
    return [speed.compare(OURS, {S5CMD: 1.0}), cpu.compare(OURS, {}, [S5CMD])]


def _peaks(records: dict[str, Record]) -> dict[str, Series]:
    return series_of(records, lambda run: run.peak / (1 << 20) if isinstance(run, Run) else 0.0)


def _unchanged(site: Site, tree: Tree) -> dict[str, Record]:
    source = site.root / "unchanged"
    tree.make(str(source))
    for name in tree.names():  # clearly older than the objects, whose times have whole seconds
        os.utime(source / name, (_OLD, _OLD))
    try:
        with site.throwaway_bucket("unchanged") as bucket:
            asyncio.run(_store(site, bucket, tree))
            before = _listing(site, bucket)
            commands = {
                OURS: _ours(site, "sync", bucket, str(source)),
                S5CMD: _s5cmd(site, "sync", f"{source}/", f"s3://{bucket}/{_PREFIX}"),
                MIO: [*_mio(site), "sync", str(source), f"s3://{bucket}/{_PREFIX}"],
            }
            records = {label: Record() for label in commands}
            for turn in range(site.rounds + 1):  # the first one fills the caches of files and names
                for label, command in rotated([*commands.items()], turn):
                    _measure(records[label], command, tree.files, counts=bool(turn))
            if _listing(site, bucket) != before:
                raise WorkerFailed("a sync has changed an object")
            return records
    finally:
        shutil.rmtree(source)


def _removals(site: Site, count: int) -> dict[str, Record]:
    tree, records = Tree(count, folders=100, size=64), {label: Record() for label in (OURS, S5CMD)}
    with site.throwaway_bucket("removals") as bucket:
        commands = {
            OURS: _ours(site, "remove", bucket, _PREFIX),
            S5CMD: _s5cmd(site, "rm", f"s3://{bucket}/{_PREFIX}*"),
        }
        for turn in range(site.rounds):
            for label, command in rotated([*commands.items()], turn):
                asyncio.run(_store(site, bucket, tree))
                _measure(records[label], command, count)
                if not records[label].failure and _listing(site, bucket):
                    records[label].failure = "objects are left"
    return records


def _measure(record: Record, command: Sequence[str], amount: int, *, counts: bool = True) -> None:
    """Run a command, and add its figures or the reason why it failed to a record."""
    if record.failure:
        return
    try:
        run = run_process(command, amount)
    except WorkerFailed as failure:
        record.failure = str(failure)
        return
    if counts:
        record.samples.append(run)


def run_process(command: Sequence[str], amount: int) -> Run:
    """Run a process to its end, and return its wall time, CPU time and peak of RSS.

    Raises:
        WorkerFailed: It failed, or took too long.
    """
    hidden = ("PYTHON", "AWS_", "XDG_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    keys = {"AWS_ACCESS_KEY_ID": "minioadmin", "AWS_SECRET_ACCESS_KEY": "minioadmin", "AWS_REGION": "us-east-1"}
    stopwatch = [sys.executable, "-I", "-S", str(HERE / "stopwatch.py"), str(_TIMEOUT), *command]
    os.sync()
    done = subprocess.run(stopwatch, env=environment | keys, capture_output=True, text=True, check=False)
    if done.returncode or (found := json.loads(done.stdout))["status"]:
        lines = done.stderr.strip().splitlines()
        raise WorkerFailed(f"failed: {lines[-1] if lines else 'no output'}"[:160])
    return Run(found["wall"], found["cpu"], amount, found["peak"])


def _ours(site: Site, *words: str) -> list[str]:
    return [sys.executable, str(HERE / "workers" / "directories.py"), site.real.endpoint, *words]


def _s5cmd(site: Site, *words: str) -> list[str]:
    program = str(PEERS.with_name("s5cmd"))
    return [program, "--endpoint-url", f"http://{site.real.endpoint}", "--log", "error", *words]


def _mio(site: Site) -> list[str]:
    return [sys.executable, "-m", "minio", "--endpoint-url", f"http://{site.real.endpoint}", "--quiet"]


async def _store(site: Site, bucket: str, tree: Tree) -> None:
    """Store all files of a tree as objects, newer than the files."""

    async def lane() -> None:
        for name in names:
            body = tree.body(name)
            await client.put_object(bucket, _PREFIX + name, body, len(body))

    names = iter(tree.names())
    async with site.real.async_client() as client:
        await asyncio.gather(*(lane() for _ in range(_TASKS)))


def _listing(site: Site, bucket: str) -> list[tuple[str, str, object]]:
    found = site.real.client().list_objects(bucket, prefix=_PREFIX, recursive=True)
    return [(str(item.object_name), item.etag or "", item.last_modified) for item in found]
