"""The samples of a run, taken every second, and their evaluation."""

from __future__ import annotations

import json
import os
import platform
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MIB = 1024 * 1024
GRACE = 15.0
"""Seconds around an outage or a server error in which calls may still fail without a response."""
REFUSALS = {"ServerError", "InternalError", "ServiceUnavailable", "SlowDown"}
"""Errors of the server itself. A call must raise them after five tries."""
GROWTH = 24 * MIB
"""Bytes by which the median memory may grow from the third quarter of a run to the last."""
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Record:
    """The samples of one run."""

    begin: float = field(default_factory=time.time)
    seconds: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    rss: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    outages: list[tuple[float, float]] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)
    facts: dict[str, Any] = field(default_factory=dict)
    failed: list[dict[str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    _calls: Counter[str] = field(default_factory=Counter)
    _blocks: int = 0

    def hear(self, fact: dict[str, Any]) -> None:
        """Process a report of the child."""
        if "calls" in fact:
            self._blocks = fact["blocks"]
            self._calls.update(fact["calls"])
            self.totals.update(fact["calls"])
        elif "error" in fact:
            self.failed.append(fact)
        elif "violation" in fact:
            self.violation(fact["violation"])
        else:
            self.facts.update(fact)

    def violation(self, text: str) -> None:
        self.violations.append(text)
        print(f"WRONG: {text}", flush=True)

    def sample(self, pid: int, lost: int) -> None:
        """Sample the child process from outside."""
        try:
            resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
            threads, files = (len(os.listdir(f"/proc/{pid}/{kind}")) for kind in ("task", "fd"))
        except (OSError, IndexError):
            return  # it has just exited
        calls, self._calls = self._calls, Counter()
        errors = calls.pop("error", 0)
        for series, value in (
            (self.seconds, round(time.time() - self.begin, 2)), (self.calls, calls.total()), (self.errors, errors),
            (self.lost, lost - sum(self.lost)), (self.rss, resident), (self.threads, threads), (self.files, files),
            (self.blocks, self._blocks),
        ):  # fmt: skip
            series.append(value)  # type: ignore[arg-type]

    def judge(self, minutes: float) -> None:
        """Add violations that concern the run as a whole."""
        refusals = [fact["time"] - self.begin for fact in self.failed if fact["type"] in REFUSALS]
        bad = [(begin, end + GRACE) for begin, end in self.outages] + [(t - GRACE, t + GRACE) for t in refusals]
        for fact in self.failed:
            moment = fact["time"] - self.begin
            if fact["type"] not in REFUSALS | {"TransportError"}:
                self.violation(f"{fact['error']} is undocumented or unexpected: {fact['text']}")
            elif not any(begin <= moment <= end for begin, end in bad):
                self.violation(f"{fact['error']} failed although the server responded: {fact['text']}")
        if minutes >= 5 and self.growth > GROWTH:
            self.violation(f"memory grew: {self.growth / MIB:.1f} MiB from the third quarter to the last")

    @property
    def growth(self) -> float:
        third, last = _quarter(self.rss, 2), _quarter(self.rss, 3)
        return _median(last) - _median(third)

    @property
    def slope(self) -> float:
        """Bytes per minute, by least squares over the second half."""
        half = len(self.rss) // 2
        times, values = self.seconds[half:], self.rss[half:]
        if len(times) < 3:
            return 0.0
        middle, mean = sum(times) / len(times), sum(values) / len(values)
        over = sum((t - middle) * (v - mean) for t, v in zip(times, values, strict=True))
        return 60 * over / sum((t - middle) ** 2 for t in times)

    def summary(self) -> dict[str, Any]:
        calls = Counter(self.totals)
        errors = calls.pop("error", 0)
        return {
            "calls": calls.total(),
            "calls a second": round(calls.total() / max(1.0, self.seconds[-1]), 1),
            "errors": errors,
            "errors by type": dict(Counter(fact["type"] for fact in self.failed)),
            "calls that the server refused (5xx)": sum(fact["type"] in REFUSALS for fact in self.failed),
            "outages, seconds": [round(end - begin, 1) for begin, end in self.outages],
            **self.facts,
            "RSS MiB, third quarter and last (medians)": [
                round(_median(_quarter(self.rss, n)) / MIB, 1) for n in (2, 3)
            ],
            "RSS MiB, peak": round(max(self.rss) / MIB, 1),
            "RSS slope of the second half, MiB a minute": round(self.slope / MIB, 3),
            "blocks of Python's memory, third quarter and last (medians)": [
                int(_median(_quarter(self.blocks, n))) for n in (2, 3)
            ],
            "threads, most of each half": _halves(self.threads),
            "open files, most of each half": _halves(self.files),
            "violations": len(self.violations),
        }

    def write(self, path: Path, options: dict[str, Any]) -> None:
        """Write the figures as JSON."""
        made = {
            "date": time.strftime("%Y-%m-%d", time.gmtime(self.begin)), "python": platform.python_version(),
            "options": options, "summary": self.summary(), "by call": dict(self.totals),
            "violations": self.violations, "failed": self.failed[:200], "outages": self.outages,
            "seconds": self.seconds, "calls": self.calls, "errors": self.errors, "lost": self.lost,
            "rss": self.rss, "threads": self.threads, "files": self.files,
            "blocks": self.blocks,
        }  # fmt: skip
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(made, indent=1))


def _quarter(values: list[int], number: int) -> list[int]:
    size = max(1, len(values) // 4)
    return values[number * size : (number + 1) * size] or values[-1:]


def _median(values: list[int]) -> float:
    return float(sorted(values)[len(values) // 2]) if values else 0.0


def _halves(values: list[int]) -> list[int]:
    half = len(values) // 2
    return [max(values[:half], default=0), max(values[half:], default=0)]
