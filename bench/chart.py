"""Draw the charts of docs/benchmarks.md from bench/results/latest.json, one for each group of figures.

    bench/.venv-peers/bin/python bench/chart.py bench/results/latest.json docs/img < groups.json

Run it in the peers' environment, which has matplotlib. Standard input says which figures belong together:
`{"groups": [{"name": ..., "title": ..., "figures": [...]}], "titles": {figure: title}}`.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

_OURS, _PEER, _TEXT, _FAINT = "#c72c48", "#b4bec9", "#1f2933", "#6b7785"
_COLUMNS = 2
_BAR, _PANEL, _FIGURE = 0.23, 0.42, 0.38
"""Heights in inches: of a bar, of what is around the bars of a panel, and of the title of a figure."""

Work = dict[str, Any]


def main() -> None:
    results, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    plan = json.load(sys.stdin)
    plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 9, "text.color": _TEXT})
    for group in plan["groups"]:
        works = [work for work in results["works"] if work["figure"] in group["figures"] and worth_a_panel(work)]
        if works:
            draw(folder / f"{group['name']}.png", works, plan["titles"])


def worth_a_panel(work: Work) -> bool:
    """Return whether there are clients to compare."""
    return len(bars_of(work)) > 1


def bars_of(work: Work) -> list[tuple[str, float, float, float]]:
    """Return the label, median, minimum and maximum of each client, best first."""
    bars = [
        (label, series["median"], min(series["rounds"]), max(series["rounds"]))
        for label, series in work["series"].items()
        if series["rounds"] and "failure" not in series
    ]
    return sorted(bars, key=lambda bar: bar[1], reverse=not work["less_is_better"])


def draw(path: Path, works: list[Work], titles: dict[str, str]) -> None:
    figures = [(name, list(some)) for name, some in groupby(works, key=lambda work: work["figure"])]
    heights = [height_of(some) for _, some in figures]
    picture = plt.figure(figsize=(10, sum(heights)), layout="constrained")
    bands = picture.subfigures(len(figures), 1, height_ratios=heights, squeeze=False)[:, 0]
    for band, (name, some) in zip(bands, figures, strict=True):
        band.suptitle(f"{name}  {titles[name]}", x=0.01, ha="left", fontsize=10.5, fontweight="bold")
        draw_figure(band, some)
    picture.savefig(path, dpi=120, metadata={"Software": None})
    plt.close(picture)


def rows_of(works: list[Work]) -> list[list[Work]]:
    """Put two panels side by side: a rate and its CPU, or one direction and the other."""
    return [works[at : at + _COLUMNS] for at in range(0, len(works), _COLUMNS)]


def height_of(works: list[Work]) -> float:
    return _FIGURE + sum(_PANEL + _BAR * max(len(bars_of(work)) for work in row) for row in rows_of(works))


def draw_figure(band: Any, works: list[Work]) -> None:
    rows = rows_of(works)
    heights = [_PANEL + _BAR * max(len(bars_of(work)) for work in row) for row in rows]
    axes = band.subplots(len(rows), _COLUMNS, height_ratios=heights, squeeze=False)
    for line, row in zip(axes, rows, strict=True):
        for axis in line[len(row) :]:
            axis.set_axis_off()
        for axis, work in zip(line, row, strict=False):
            draw_panel(axis, work)


def draw_panel(axis: Any, work: Work) -> None:
    bars = bars_of(work)
    labels, medians, least, most = zip(*bars, strict=True)
    places = range(len(bars))
    axis.barh(places, medians, color=[_OURS if is_ours(label) else _PEER for label in labels], height=0.7)
    axis.hlines(places, least, most, color=_TEXT, linewidth=0.8)
    limit = max(most)
    for place, label, median, top in zip(places, labels, medians, most, strict=True):
        axis.text(max(median, top) + limit * 0.015, place, number(median), va="center", fontweight=weight(label))
    axis.set_yticks(places, labels)
    for tick, label in zip(axis.get_yticklabels(), labels, strict=True):
        tick.set_fontweight(weight(label))
    better = "less" if work["less_is_better"] else "more"
    axis.set_title(f"{work['work']}: {work['unit']}, {better} is better", loc="left", fontsize=9, color=_FAINT, pad=3)
    axis.set_xlim(0, limit * 1.16)
    axis.invert_yaxis()
    axis.xaxis.set_visible(False)
    axis.tick_params(axis="y", length=0)
    for side in ("top", "right", "bottom"):
        axis.spines[side].set_visible(False)
    axis.spines["left"].set_color(_PEER)


def is_ours(label: str) -> bool:
    return label.startswith("ours") or label == "mio"


def weight(label: str) -> str:
    return "bold" if is_ours(label) else "normal"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"


if __name__ == "__main__":
    main()
