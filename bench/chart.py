"""Draw the pictures of docs/benchmarks.md from bench/results/latest.json.

    bench/.venv-peers/bin/python bench/chart.py bench/results/latest.json docs/img

It runs where matplotlib is, among the peers. For each picture it prints the file's name, a tab, and the title.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

_OURS, _PEER, _TEXT, _FAINT = "#c72c48", "#9aa5b1", "#1f2933", "#6b7785"

PICTURES: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "calls.png",
        "Small calls: CPU of the client in microseconds, less is better",
        (
            ("P1", "GET 4 KiB, CPU a call", "GET, one after another"),
            ("P1", "PUT 4 KiB, CPU a call", "PUT, one after another"),
            ("P1", "HEAD 4 KiB, CPU a call", "HEAD, one after another"),
        ),
    ),
    (
        "concurrency.png",
        "32 at once: calls a second, more is better",
        (
            ("P2", "GET 4 KiB x 32 threads", "GET, threads, null server"),
            ("P3", "GET 4 KiB x 32 tasks", "GET, tasks, null server"),
            ("P4", "PUT 4 KiB x 32, SeaweedFS", "PUT, SeaweedFS"),
            ("P4", "GET 4 KiB x 32, SeaweedFS", "GET, SeaweedFS"),
        ),
    ),
    (
        "files.png",
        "Large objects and files: MB a second, more is better",
        (
            ("P5", "GET 256 MiB to a file", "down, null server"),
            ("P6", "1024 MiB up, SeaweedFS", "1 GiB up, SeaweedFS"),
            ("P6", "1024 MiB down, SeaweedFS", "1 GiB down, SeaweedFS"),
            ("P6", "1024 MiB down to the disk, SeaweedFS", "1 GiB down to the disk"),
            ("P7", "256 MiB up, 20 ms, 25 MB/s a connection", "up, 20 ms, 25 MB/s a connection"),
            ("P7", "256 MiB down, 20 ms, 25 MB/s a connection", "down, 20 ms, 25 MB/s a connection"),
        ),
    ),
    (
        "rest.png",
        "Listings and start-up",
        (
            ("P8", "list 100,000 keys", "list 100,000 keys: keys a second, more is better"),
            ("P10", "import and make a client", "import and make a client: ms, less is better"),
        ),
    ),
)


def main() -> None:
    results, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    found = {(work["figure"], work["work"]): work for work in results["works"]}
    plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 9, "text.color": _TEXT})
    for name, title, wanted in PICTURES:
        panels = [(found[figure, work], caption) for figure, work, caption in wanted if (figure, work) in found]
        if panels := [panel for panel in panels if bars_of(panel[0])]:
            draw(folder / name, title, panels)
            print(f"{name}\t{title}")


def bars_of(work: dict[str, Any]) -> list[tuple[str, float, float, float]]:
    """Label, median, least and most of each who did it, the best first."""
    bars = [
        (label, series["median"], min(series["rounds"]), max(series["rounds"]))
        for label, series in work["series"].items()
        if series["rounds"] and "failure" not in series
    ]
    return sorted(bars, key=lambda bar: bar[1], reverse=not work["less_is_better"])


def draw(path: Path, title: str, panels: list[tuple[dict[str, Any], str]]) -> None:
    heights = [len(bars_of(work)) + 1.0 for work, _ in panels]
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(8, 0.27 * sum(heights) + 0.8), height_ratios=heights, layout="constrained"
    )
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    for axis, (work, caption) in zip([axes] if len(panels) == 1 else axes, panels, strict=True):
        draw_panel(axis, work, caption)
    figure.savefig(path, dpi=130, metadata={"Software": None})
    plt.close(figure)


def draw_panel(axis: Any, work: dict[str, Any], caption: str) -> None:
    bars = bars_of(work)
    labels, medians, least, most = zip(*bars, strict=True)
    places = range(len(bars))
    colours = [_OURS if label.startswith("ours") else _PEER for label in labels]
    axis.barh(places, medians, color=colours, height=0.72)
    axis.hlines(places, least, most, color=_TEXT, linewidth=0.9)
    limit = max(most)
    for place, label, median, top in zip(places, labels, medians, most, strict=True):
        weight = "bold" if label.startswith("ours") else "normal"
        axis.text(max(median, top) + limit * 0.012, place, number(median), va="center", fontweight=weight)
    axis.set_yticks(places, labels)
    for tick, label in zip(axis.get_yticklabels(), labels, strict=True):
        tick.set_fontweight("bold" if label.startswith("ours") else "normal")
    axis.set_title(caption, loc="left", fontsize=9, color=_FAINT, pad=3)
    axis.set_xlim(0, limit * 1.12)
    axis.invert_yaxis()
    axis.xaxis.set_visible(False)
    axis.tick_params(axis="y", length=0)
    for side in ("top", "right", "bottom"):
        axis.spines[side].set_visible(False)
    axis.spines["left"].set_color(_PEER)


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"


if __name__ == "__main__":
    main()
