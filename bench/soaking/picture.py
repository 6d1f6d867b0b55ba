"""Draw the chart of a run of bench/soak.py.

    bench/.venv-peers/bin/python bench/soaking/picture.py bench/results/soak.json docs/img/soak.png

Run it in the peers' environment of `make bench`, which has matplotlib.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

_OURS, _TEXT, _FAINT, _SHADE = "#c72c48", "#1f2933", "#9aa5b1", "#e4e7eb"
_STEP = 5
"""Samples per point in the curves of calls."""


def main() -> None:
    run = json.loads(Path(sys.argv[1]).read_text())
    plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 9, "text.color": _TEXT})
    figure, (calls, faults, memory) = plt.subplots(3, 1, figsize=(8, 6), sharex=True, height_ratios=(2, 1.4, 2))
    minutes = [second / 60 for second in run["seconds"]]
    spans = [after - before for before, after in zip([0, *run["seconds"]], run["seconds"], strict=False)]
    calls.plot(*rate(minutes, run["calls"], spans), color=_OURS, linewidth=1.2)
    label(calls, "calls a second")
    faults.bar(minutes, run["lost"], width=1 / 60, color=_FAINT, label="connections lost by the proxy")
    faults.bar(minutes, run["errors"], width=1 / 60, color=_OURS, label="calls that failed")
    faults.legend(frameon=False, fontsize=8, loc="upper right")
    label(faults, "in each second")
    memory.plot(minutes, [value / 2**20 for value in run["rss"]], color=_OURS, linewidth=1.2)
    memory.set_ylim(bottom=0)
    label(memory, "memory (RSS), MiB")
    memory.set_xlabel("minutes; the server is dead where it is grey")
    for axes in (calls, faults, memory):
        for begin, end in run["outages"]:
            axes.axvspan(begin / 60, end / 60, color=_SHADE, zorder=0)
    figure.tight_layout()
    figure.savefig(sys.argv[2], dpi=110)


def rate(minutes: list[float], counts: list[int], spans: list[float]) -> tuple[list[float], list[float]]:
    starts = range(0, len(counts) - _STEP + 1, _STEP)
    return (
        [minutes[start] for start in starts],
        [sum(counts[start : start + _STEP]) / sum(spans[start : start + _STEP]) for start in starts],
    )


def label(axes: Any, text: str) -> None:
    axes.set_ylim(bottom=0)
    axes.set_title(text, loc="left", fontsize=9, color=_TEXT)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


if __name__ == "__main__":
    main()
