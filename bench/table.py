"""The table of results: one line for each comparison, below the title of its figure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from .figures import FIGURES
from .result import Row, Series, Unit, Work

WIDTH = 120
"""The table for a terminal has lines of at most this many columns."""
HEAD = ("workload", "ours", "peer", "peer value", "ratio", "target", "met")
_RIGHT = frozenset({1, 3, 4, 5})
_AGAIN = "before"
_SIGNS = {True: "<=", False: ">="}


def columns(again: bool) -> tuple[tuple[str, ...], frozenset[int]]:
    """Return the titles of the columns, and which of them are aligned to the right.

    If `again` is True, there is a column for the run before this one.
    """
    return ((*HEAD[:5], _AGAIN, *HEAD[5:]), _RIGHT | {6}) if again else (HEAD, _RIGHT)


def compared(works: Sequence[Work]) -> bool:
    """Return whether the works are compared with an earlier run."""
    return any(row.earlier is not None for work in works for row in work.rows)


def cells(works: Sequence[Work], again: bool) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each line. A value that the line above already shows is left empty."""
    for work in works:
        for index, row in enumerate(work.rows):
            repeated = index > 0 and work.rows[index - 1].ours == row.ours
            way = row.ours.removeprefix("ours").removeprefix(", ")
            name = f"{work.name} ({way})" if way else work.name
            mine = "" if repeated else value_text(work.series[row.ours], work.unit)
            peer, value, ratio, target, met = _peer_cells(row)
            earlier = (_number(row, row.earlier),) if again else ()
            yield "" if repeated else name, mine, peer, value, ratio, *earlier, target, met


def _peer_cells(row: Row) -> tuple[str, str, str, str, str]:
    unit = row.work.unit
    target = target_text(row)
    if row.peer is None:
        return "(limit)", "", "", f"{target} {unit.name}", _met(row)
    return row.peer, value_text(row.work.series[row.peer], unit), _number(row, row.ratio), target, _met(row)


def ratio_text(row: Row) -> str:
    """Format what the target of a row applies to: a ratio or, of a limit, our value."""
    return _number(row, row.value)


def target_text(row: Row) -> str:
    """Format the target of a row."""
    return "" if row.target is None else f"{_SIGNS[row.work.unit.less_is_better]} {row.target:g}"


def _number(row: Row, value: float | None) -> str:
    """Format a ratio or, of a limit, a value in the unit of the workload."""
    if value is None:
        return ""
    if row.peer is None:
        return f"{value:,.{row.work.unit.digits}f}"
    rounded = f"{value:.2f}"
    return rounded if row.meets(float(rounded)) == row.meets(value) else f"{value:.3f}"  # 0.997 is not 1


def _met(row: Row) -> str:
    return "" if row.target is None else {True: "yes", False: "NO", None: "?"}[row.met]


def value_text(series: Series, unit: Unit) -> str:
    if series.failure:
        return "failed"
    return f"{series.median:,.{unit.digits}f} {unit.name}" if series.values else "not measured"


def spread_text(series: Series, unit: Unit) -> str:
    if not series.good:
        return value_text(series, unit)
    return f"{min(series.values):,.{unit.digits}f} .. {max(series.values):,.{unit.digits}f}"


def failures(works: Sequence[Work]) -> list[str]:
    """Return a sentence for each client that failed."""
    found = [
        f"{work.figure}, {work.name}, {label}: {series.failure}"
        for work in works
        for label, series in work.series.items()
        if series.failure
    ]
    return list(dict.fromkeys(found))


def plain(works: Sequence[Work]) -> str:
    """Format the table for a terminal."""
    again = compared(works)
    head, right = columns(again)
    lines = [head, *cells(works, again)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    texts = [_line(head, widths, right), "  ".join("-" * width for width in widths)]
    for figure, some in groupby(works, key=lambda work: work.figure):
        texts += ["", *textwrap.wrap(f"{figure}  {FIGURES[figure].title}", WIDTH)]
        texts += [_line(line, widths, right) for line in cells(list(some), again)]
    notes = [note for text in failures(works) for note in textwrap.wrap(text, WIDTH, subsequent_indent="  ")]
    return "\n".join([*texts, *([""] if notes else []), *notes])


def _line(line: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> str:
    padded = [
        cell.rjust(widths[column]) if column in right else cell.ljust(widths[column])
        for column, cell in enumerate(line)
    ]
    return "  ".join(padded).rstrip()


def markdown(head: Sequence[str], lines: Iterator[tuple[str, ...]], right: frozenset[int]) -> str:
    """Format a table in Markdown."""
    marks = ["---:" if column in right else "---" for column in range(len(head))]
    return "\n".join("| " + " | ".join(line) + " |" for line in [tuple(head), tuple(marks), *lines])


def markdown_table(works: Sequence[Work], again: bool) -> str:
    """Format the lines of some works, with the columns that all works have."""
    head, right = columns(again)
    return markdown(head, (_bold(line) for line in cells(works, again)), right)


def _bold(line: tuple[str, ...]) -> tuple[str, ...]:
    return (*line[:-1], f"**{line[-1]}**" if line[-1] == "NO" else line[-1])
