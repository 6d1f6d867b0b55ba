"""The table: one line for each pair that is compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .result import Row, Series, Unit, Work

HEAD = ("", "work", "ours", "peer", "the peer's", "ratio", "target", "met")
_RIGHT = {2, 4, 5, 6}


def cells(works: Sequence[Work]) -> Iterator[tuple[str, ...]]:
    """The cells of all lines. What is said in the line above is not said again."""
    for work in works:
        for index, row in enumerate(work.rows):
            again = index > 0 and work.rows[index - 1].ours == row.ours
            way = row.ours.removeprefix("ours").removeprefix(", ")
            name = f"{work.name} ({way})" if way else work.name
            mine = "" if again else value_text(work.series[row.ours], work.unit)
            yield work.figure if not index else "", "" if again else name, mine, *_peer_cells(row)


def _peer_cells(row: Row) -> tuple[str, ...]:
    unit, sign = row.work.unit, "<=" if row.work.unit.less_is_better else ">="
    if row.peer is None:
        return "(limit)", "", "", f"{sign} {row.target:g} {unit.name}", _met(row)
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    target = "" if row.target is None else f"{sign} {row.target:g}"
    return row.peer, value_text(row.work.series[row.peer], unit), ratio, target, _met(row)


def _met(row: Row) -> str:
    if row.target is None:
        return ""
    return {True: "yes", False: "NO", None: "not measured"}[row.met]


def value_text(series: Series, unit: Unit) -> str:
    if series.failure:
        return f"failed: {series.failure}"[:60]
    return f"{series.median:,.{unit.digits}f} {unit.name}" if series.values else "not measured"


def spread_text(series: Series, unit: Unit) -> str:
    if not series.good:
        return value_text(series, unit)
    return f"{min(series.values):,.{unit.digits}f} .. {max(series.values):,.{unit.digits}f}"


def plain(works: Sequence[Work]) -> str:
    """The table for a terminal."""
    lines = [HEAD, *cells(works)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rule = "  ".join("-" * width for width in widths)
    texts = ["  ".join(_pad(cell, widths[column], column) for column, cell in enumerate(line)) for line in lines]
    return "\n".join(text.rstrip() for text in [texts[0], rule, *texts[1:]])


def markdown(head: Sequence[str], lines: Iterator[tuple[str, ...]], right: frozenset[int]) -> str:
    """A table for a page."""
    marks = ["---:" if column in right else "---" for column in range(len(head))]
    return "\n".join("| " + " | ".join(line) + " |" for line in [tuple(head), tuple(marks), *lines])


def markdown_table(works: Sequence[Work]) -> str:
    return markdown(HEAD, (_bold(line) for line in cells(works)), frozenset(_RIGHT))


def _bold(line: tuple[str, ...]) -> tuple[str, ...]:
    return (*line[:-1], f"**{line[-1]}**" if line[-1] == "NO" else line[-1])


def _pad(text: str, width: int, column: int) -> str:
    return text.rjust(width) if column in _RIGHT else text.ljust(width)
