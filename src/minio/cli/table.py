"""Rows of results, for a terminal or for a program.

The laws:

* Rows are written as they come. Columns therefore have fixed widths; a longer cell pushes the rest of its row.
* On a terminal: aligned, local time, sizes with units. For a program: separated by tabs, UTC, exact bytes.
* Names are escaped in both; with `-0` a row is its name alone, raw, followed by NUL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from minio._core.printable import printable

from . import formats

Kind = Literal["text", "name", "size", "number", "time"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        title: What it is called.
        kind: How its cells are written. `name` is the cell that `-0` writes.
        width: How many characters it has on a terminal; 0 for the last column.
    """

    title: str
    kind: Kind = "text"
    width: int = 0


TIME = Column("modified", "time", 16)
SIZE = Column("size", "size", 10)
NAME = Column("name", "name")
VERSION = Column("version", "text", 34)


def for_terminal(columns: tuple[Column, ...], cells: tuple[Any, ...]) -> str:
    """Return a row for people."""
    return "  ".join(
        _padded(column, _shown(column, cell)) for column, cell in zip(columns, cells, strict=True)
    ).rstrip()


def for_program(columns: tuple[Column, ...], cells: tuple[Any, ...], units: bool = False) -> str:
    """Return a row for programs, with units of sizes if they are asked for."""
    exact = _exact_or_size if units else _exact
    return "\t".join(exact(column, cell) for column, cell in zip(columns, cells, strict=True))


def raw_name(columns: tuple[Column, ...], cells: tuple[Any, ...]) -> str:
    """Return the name of a row."""
    return next(str(cell) for column, cell in zip(columns, cells, strict=True) if column.kind == "name")


def _shown(column: Column, cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return formats.local_time(cell)
    if column.kind == "size" and isinstance(cell, int):
        return formats.size(cell)
    return f"{cell:,}" if column.kind == "number" else printable(str(cell))


def _exact(column: Column, cell: Any) -> str:
    if cell is None:
        return ""
    return formats.iso(cell) if isinstance(cell, datetime) else printable(str(cell))


def _exact_or_size(column: Column, cell: Any) -> str:
    return formats.size(cell) if column.kind == "size" and isinstance(cell, int) else _exact(column, cell)


def _padded(column: Column, text: str) -> str:
    return text.rjust(column.width) if column.kind in ("size", "number") else text.ljust(column.width)
