"""The measurements and their evaluation: series of rounds, ratios between them, and targets."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .crew import Record, Sample


@dataclass(frozen=True)
class Unit:
    """How to format the values of a workload, and whether lower or higher is better."""

    name: str
    digits: int
    less_is_better: bool = False


MICROSECONDS = Unit("us", 0, less_is_better=True)
MILLISECONDS = Unit("ms", 1, less_is_better=True)
CPU_PER_MIB = Unit("ms/MiB", 2, less_is_better=True)
MEBIBYTES = Unit("MiB", 1, less_is_better=True)
CALLS = Unit("calls/s", 0)
FILES = Unit("files/s", 0)
KEYS = Unit("keys/s", 0)
SPEED = Unit("MB/s", 0)
_UNITS = {unit.name: unit for unit in (MICROSECONDS, MILLISECONDS, CPU_PER_MIB, MEBIBYTES, CALLS, FILES, KEYS, SPEED)}

NOTHING = "nothing"
"""The name of a workload that stands for a figure that could not be measured."""


def cpu_microseconds(sample: Sample) -> float:
    return sample.cpu_each * 1e6


def megabytes(sample: Sample) -> float:
    return sample.speed / 1e6


def cpu_per_mib(sample: Sample) -> float:
    return sample.cpu_each * 1e3 * 1024 * 1024


@dataclass
class Series:
    """The rounds of one client."""

    values: list[float]
    failure: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def good(self) -> bool:
        return bool(self.values) and not self.failure


@dataclass
class Work:
    """One workload, run by several clients.

    If it was run several times, each time with new processes, the values of a series are those of all `runs` in order.
    """

    figure: str
    name: str
    unit: Unit
    series: dict[str, Series]
    rows: list[Row] = field(default_factory=list)
    runs: int = 1

    def compare(self, ours: str, targets: Mapping[str, float], others: Sequence[str] = ()) -> Work:
        """Add a row for each peer: first those with a target ratio, then others for information."""
        self.rows += [Row(self, ours, peer, factor) for peer, factor in targets.items()]
        self.rows += [Row(self, ours, peer) for peer in others if peer not in targets]
        return self

    def demand(self, ours: str, limit: float) -> Work:
        """Add a row with a limit instead of a peer, in the unit of the workload."""
        self.rows.append(Row(self, ours, None, limit))
        return self


@dataclass
class Row:
    """One line of the table: our client compared with a peer or a limit."""

    work: Work
    ours: str
    peer: str | None
    target: float | None = None
    earlier: float | None = None
    """What the run before this one found, if it is compared with this one."""

    @property
    def value(self) -> float | None:
        """What the target applies to: the ratio to the peer or, if there is none, our own median."""
        return self.ratio if self.peer is not None else self._own()

    @property
    def ratio(self) -> float | None:
        """The median of the ratios of all rounds: our value divided by the peer's value of the same round.

        Of several runs it is the median of their medians.
        """
        mine = self.work.series[self.ours]
        if not mine.good or self.peer is None:
            return None
        other = self.work.series[self.peer]
        if not other.good:
            return None
        ratios = [ours / theirs for ours, theirs in zip(mine.values, other.values, strict=False)]
        each = max(1, len(ratios) // self.work.runs)
        return statistics.median(statistics.median(ratios[at : at + each]) for at in range(0, len(ratios), each))

    @property
    def met(self) -> bool | None:
        """Whether the target is met. None if there is no target or nothing to compare."""
        return self.meets(self.value)

    @property
    def met_earlier(self) -> bool | None:
        """Whether the run before this one met the target."""
        return self.meets(self.earlier)

    def meets(self, value: float | None) -> bool | None:
        if self.target is None or value is None:
            return None
        return value <= self.target if self.work.unit.less_is_better else value >= self.target

    def _own(self) -> float | None:
        mine = self.work.series[self.ours]
        return mine.median if mine.good else None


def series_of(records: Mapping[str, Record], value: Callable[[Sample], float]) -> dict[str, Series]:
    return {
        label: Series([value(sample) for sample in record.samples], record.failure) for label, record in records.items()
    }


def not_measured(figure: str, label: str, reason: str) -> Work:
    """Return what stands for all workloads of a figure that could not be measured."""
    return Work(figure, NOTHING, MILLISECONDS, {label: Series([], reason)}).compare(label, {}, [label])


def lost_figures(works: Sequence[Work]) -> list[str]:
    """Return the figures whose measurement failed as a whole: their targets are unknown."""
    return [work.figure for work in works if work.name == NOTHING]


def recall(works: Sequence[Work], saved: Sequence[Mapping[str, Any]]) -> None:
    """Set what an earlier run found for each row. `saved` is the list that `as_json` made of its works."""
    found = {
        (work["figure"], work["work"], row["ours"], row["peer"]): row["value"] for work in saved for row in work["rows"]
    }
    for work in works:
        for row in work.rows:
            row.earlier = found.get((work.figure, work.name, row.ours, row.peer))


def as_json(work: Work) -> dict[str, Any]:
    return {
        "figure": work.figure,
        "work": work.name,
        "unit": work.unit.name,
        "less_is_better": work.unit.less_is_better,
        "runs": work.runs,
        "series": {
            label: {"rounds": series.values, "median": series.median if series.values else None}
            | ({"failure": series.failure} if series.failure else {})
            for label, series in work.series.items()
        },
        "rows": [
            {
                "ours": row.ours,
                "peer": row.peer,
                "value": row.value,
                "target": row.target,
                "met": row.met,
                "earlier": row.earlier,
            }
            for row in work.rows
        ],
    }


def from_json(saved: Mapping[str, Any]) -> Work:
    """Return the work that `as_json` saved."""
    series = {label: Series(found["rounds"], found.get("failure", "")) for label, found in saved["series"].items()}
    work = Work(saved["figure"], saved["work"], _UNITS[saved["unit"]], series, runs=saved["runs"])
    work.rows = [Row(work, row["ours"], row["peer"], row["target"], row["earlier"]) for row in saved["rows"]]
    return work
