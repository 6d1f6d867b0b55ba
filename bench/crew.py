"""Processes that take turns, each with one client, so that changes on the machine affect all of them equally."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

HERE = Path(__file__).parent
PEERS = HERE / ".venv-peers" / "bin" / "python"
WORKERS = HERE / "workers"
_START_SECONDS = 60.0
TURNS = 4
"""Number of turns in a round of small calls. Many short turns spread the load of the machine evenly."""


class WorkerFailed(Exception):
    """A worker crashed, hung or reported a wrong result."""


@dataclass(frozen=True)
class Member:
    """A client to measure: a label for the table, the worker's file and the client's options."""

    label: str
    worker: str
    options: Mapping[str, Any] = field(default_factory=dict)
    way: str = ""
    """A suffix for the name of the work if it is done in another way: `_threads` or `_tasks`."""

    @property
    def python(self) -> str:
        return sys.executable if self.worker in ("ours", "bare", "fsspec_ours", "mio") else str(PEERS)


@dataclass(frozen=True)
class Sample:
    """One round of one member: wall time and process CPU time in seconds, and the amount of work done."""

    wall: float
    cpu: float
    amount: float

    @property
    def speed(self) -> float:
        return self.amount / self.wall

    @property
    def cpu_each(self) -> float:
        return self.cpu / self.amount


@dataclass
class Record:
    """All rounds of one member, or the reason why there are none."""

    samples: list[Sample] = field(default_factory=list)
    failure: str = ""


class Process:
    """A running worker process."""

    def __init__(self, member: Member, options: Mapping[str, Any], core: int | None = None) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - it is open as long as the process runs
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AWS_"))}
        self._process = subprocess.Popen(
            [member.python, str(WORKERS / f"{member.worker}.py"), json.dumps({**options, **member.options})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            process_group=0,
        )
        if core is not None:  # its threads start later and inherit this
            os.sched_setaffinity(self._process.pid, {core})
        self._rest = b""
        try:
            self._answer(_START_SECONDS)
        except BaseException:
            self.stop()
            raise

    def ask(self, command: Mapping[str, Any], seconds: float) -> Sample:
        """Run a workload and return how long it took."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise WorkerFailed(self._last_words()) from error
        answer = self._answer(seconds)
        return Sample(answer["wall"], answer["cpu"], answer["amount"])

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # unwritten data no longer has a reader
                    continue

    def _answer(self, seconds: float) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise WorkerFailed(f"no response in {seconds:.0f} s")
                block = os.read(self._process.stdout.fileno(), 65536)
                if not block:
                    raise WorkerFailed(self._last_words())
                self._rest += block
        line, _, self._rest = self._rest.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise WorkerFailed(answer["error"])
        return answer

    def _last_words(self) -> str:
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:  # it no longer responds
            self._process.kill()
            self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().strip().splitlines()
        return f"ended with {self._process.returncode}: {lines[-1] if lines else 'no output'}"[:160]


class Crew:
    """Members that take turns on one server. A context manager that leaves no process behind.

    Args:
        members: The clients to measure.
        core: The only core that they may run on. None lets the scheduler choose.
        **options: Options for every worker.
    """

    def __init__(self, members: Sequence[Member], *, core: int | None = None, **options: Any) -> None:
        self._members, self._core, self._options = members, core, options
        self.records = {member.label: Record() for member in members}
        self._processes: dict[str, Process] = {}

    def __enter__(self) -> Self:
        try:
            for member in self._members:
                try:
                    self._processes[member.label] = Process(member, self._options, self._core)
                except (WorkerFailed, OSError) as error:
                    self.records[member.label].failure = str(error)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._processes:
            self._processes.popitem()[1].stop()

    def fresh(self) -> None:
        """Start new records, for another workload of the same processes."""
        self.records = {
            member.label: Record(failure="" if member.label in self._processes else self.records[member.label].failure)
            for member in self._members
        }

    def alive(self) -> list[Member]:
        return [member for member in self._members if not self.records[member.label].failure]

    def once(self, member: Member, command: Mapping[str, Any], seconds: float = 120.0) -> Sample | None:
        """Run one workload with one member. On failure, record the reason and stop a member that hangs."""
        try:
            return self._processes[member.label].ask(
                {**command, "work": command["work"] + member.way, "label": member.label}, seconds
            )
        except WorkerFailed as error:
            self.records[member.label].failure = str(error)
            if str(error).startswith(("no response", "ended")):
                self._processes.pop(member.label).stop()
            return None

    def add(self, member: Member, sample: Sample | None) -> None:
        if sample is not None:
            self.records[member.label].samples.append(sample)

    def rounds(self, count: int, command: Mapping[str, Any]) -> dict[str, Record]:
        """Run the same workload with all members in turn, for several rounds after a warm-up round."""
        self.fresh()
        for member in self.alive():
            self.once(member, command)
        for turn in range(count):
            for member in rotated(self.alive(), turn):
                self.add(member, self.once(member, command))
        return self.records

    def timed_rounds(self, count: int, work: str, seconds: float) -> dict[str, Record]:
        """Run many small calls with all members in turn, each member for about the given number of seconds."""
        self.fresh()
        counts: dict[str, int] = {}
        for member in self.alive():
            for trial in (64, 640):  # the first one connects, the second one measures the speed
                sample = self.once(member, {"work": work, "count": trial})
                counts[member.label] = max(64, int(seconds / TURNS * sample.speed)) if sample else 0
        for _ in range(count):
            turns: dict[str, list[Sample]] = {member.label: [] for member in self.alive()}
            for turn in range(TURNS):
                for member in rotated(self.alive(), turn):
                    if sample := self.once(member, {"work": work, "count": counts[member.label]}):
                        turns[member.label].append(sample)
            for member in self.alive():
                self.add(member, together(turns[member.label]))
        return self.records


def rotated(members: Sequence[T], turn: int) -> list[T]:
    """Return the members in the order of one turn. Each turn has another first one, and all follow the same circle."""
    first = turn % len(members) if members else 0
    return [*members[first:], *members[:first]]


def joined(runs: Sequence[Mapping[str, Record]]) -> dict[str, Record]:
    """Put the rounds of several runs one after another. A member that failed in one run has failed."""
    return {
        label: Record(
            [sample for run in runs for sample in run[label].samples],
            next((run[label].failure for run in runs if run[label].failure), ""),
        )
        for label in runs[0]
    }


def together(samples: Iterable[Sample]) -> Sample:
    """Combine several turns into one."""
    walls, cpus, amounts = zip(*((sample.wall, sample.cpu, sample.amount) for sample in samples), strict=True)
    return Sample(sum(walls), sum(cpus), sum(amounts))
