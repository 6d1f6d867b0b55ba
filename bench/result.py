"""What was measured, and what it means: series of rounds, ratios between them, and targets."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .crew import Record, Sample


@dataclass(frozen=True)
class Unit:
    """How the values of a work are written, and which of two is better."""

    name: str
    digits: int
    less_is_better: bool = False


MICROSECONDS = Unit("us", 0, less_is_better=True)
MILLISECONDS = Unit("ms", 1, less_is_better=True)
CPU_PER_MIB = Unit("ms/MiB", 2, less_is_better=True)
MEBIBYTES = Unit("MiB", 1, less_is_better=True)
CALLS = Unit("calls/s", 0)
KEYS = Unit("keys/s", 0)
SPEED = Unit("MB/s", 0)


def cpu_microseconds(sample: Sample) -> float:
    return sample.cpu_each * 1e6


def megabytes(sample: Sample) -> float:
    return sample.speed / 1e6


def cpu_per_mib(sample: Sample) -> float:
    return sample.cpu_each * 1e3 * 1024 * 1024


@dataclass
class Series:
    """The rounds of one of those compared."""

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
    """One kind of work, done by several."""

    figure: str
    name: str
    unit: Unit
    series: dict[str, Series]
    rows: list[Row] = field(default_factory=list)

    def compare(self, ours: str, targets: Mapping[str, float], others: Sequence[str] = ()) -> Work:
        """Add a row for each peer: first those with a target, the factor to reach; then others, for interest."""
        self.rows += [Row(self, ours, peer, factor) for peer, factor in targets.items()]
        self.rows += [Row(self, ours, peer) for peer in others if peer not in targets]
        return self

    def demand(self, ours: str, limit: float) -> Work:
        """Add a row that has no peer but a limit, in the unit of the work."""
        self.rows.append(Row(self, ours, None, limit))
        return self


@dataclass
class Row:
    """Ours beside a peer (or a limit): one line of the table."""

    work: Work
    ours: str
    peer: str | None
    target: float | None = None

    @property
    def ratio(self) -> float | None:
        """The median over the rounds of ours divided by the peer's, both of the same round."""
        mine = self.work.series[self.ours]
        if not mine.good or self.peer is None:
            return None
        other = self.work.series[self.peer]
        if not other.good:
            return None
        return statistics.median(ours / theirs for ours, theirs in zip(mine.values, other.values, strict=False))

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is no target, or nothing to compare."""
        value = self.ratio if self.peer is not None else self._own()
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


def not_measured(figure: str, name: str, unit: Unit, labels: Sequence[str], reason: str) -> Work:
    """A work that could not be done at all."""
    return Work(figure, name, unit, {label: Series([], reason) for label in labels})


def as_json(work: Work) -> dict[str, Any]:
    return {
        "figure": work.figure,
        "work": work.name,
        "unit": work.unit.name,
        "less_is_better": work.unit.less_is_better,
        "series": {
            label: {"rounds": series.values, "median": series.median if series.values else None}
            | ({"failure": series.failure} if series.failure else {})
            for label, series in work.series.items()
        },
        "rows": [
            {"ours": row.ours, "peer": row.peer, "ratio": row.ratio, "target": row.target, "met": row.met}
            for row in work.rows
        ],
    }
