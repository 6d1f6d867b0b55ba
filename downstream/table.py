"""The table of results, and what is behind its verdicts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .dependents import THEIRS, Dependent
from .running import Outcome

_OTHER = THEIRS.partition("==")[2]
_VARYING = re.compile(r"use-[0-9a-f]{12}|127\.0\.0\.1:\d+|0x[0-9a-f]+")
_SHOWN = 8


@dataclass(frozen=True)
class Row:
    """A package with its outcomes; None if it does not run on this Python."""

    dependent: Dependent
    ours: Outcome | None
    theirs: Outcome | None

    @property
    def lost(self) -> list[str]:
        """The tests that pass with the other `minio` only."""
        if self.ours is None or self.theirs is None:
            return []
        return sorted(self.theirs.passed - self.ours.passed)

    @property
    def is_worse(self) -> bool:
        return self.verdict in ("worse", "not run")

    @property
    def verdict(self) -> str:
        if self.ours is None or self.theirs is None:
            return "left out"
        if self.theirs.trouble or not self.theirs.passed:
            return "not run"
        if self.lost or self.ours.trouble:
            return "worse"
        return "better" if len(self.ours.passed) > len(self.theirs.passed) else "same"


def table(rows: list[Row]) -> str:
    """The rows as text in columns."""
    head = ("package", "version", "this minio", f"minio {_OTHER}", "skipped", "verdict")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    made = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join(["", made[0], "-" * len(made[0]), *made[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    name, version = row.dependent.name, row.dependent.version
    if row.ours is None or row.theirs is None:
        return name, version, "", "", "", f"left out: {row.dependent.unsupported}"
    counts = (f"{len(outcome.passed)} of {_total(outcome)}" for outcome in (row.ours, row.theirs))
    return name, version, *counts, str(len(row.theirs.skipped)), row.verdict


def _total(outcome: Outcome) -> int:
    return len(outcome.passed) + len(outcome.failed)


def details(rows: list[Row]) -> str:
    """What was lost, grouped by its cause, and what kept a package from running."""
    lines: list[str] = []
    for row in rows:
        for which, outcome in (("this minio", row.ours), (f"minio {_OTHER}", row.theirs)):
            if outcome and outcome.trouble:
                lines += ["", f"{row.dependent.name} with {which}:", outcome.trouble]
        if row.lost:
            lines += ["", f"{row.dependent.name}: {len(row.lost)} pass with minio {_OTHER} only", *_causes(row)]
    return "\n".join(lines)


def _causes(row: Row) -> list[str]:
    causes: dict[str, list[str]] = {}
    for name in row.lost:
        reason = row.ours.failed.get(name, "it was not run") if row.ours else ""
        causes.setdefault(_VARYING.sub("*", reason)[:240], []).append(name)
    lines = []
    for cause, names in sorted(causes.items(), key=lambda item: -len(item[1])):
        lines += [f"  {len(names)} x {cause}", *(f"      {name}" for name in names[:_SHOWN])]
        if len(names) > _SHOWN:
            lines.append(f"      and {len(names) - _SHOWN} more")
    return lines
