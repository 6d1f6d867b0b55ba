"""The merge join of two sides, both in the order of `order.py`.

The laws:

* Every entry of both sides is in exactly one pair: with its equal on the other side, or alone. With `directories`,
  a directory of the target that a name of the source is in has no pair: nothing is to be done about it.
* Pairs ascend by name.
* Nothing is paired before it is known what the other side has: a side that is empty but not at its end stops the join.
"""

from __future__ import annotations

from typing import TypeAlias

from .order import FAILURE, Entry

Pair: TypeAlias = tuple[Entry | None, Entry | None]


class Side:
    """The entries of one side that are read but not joined yet."""

    __slots__ = ("at", "ended", "entries")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.at = 0
        self.ended = False

    @property
    def empty(self) -> bool:
        """Whether there are no entries to join."""
        return self.at >= len(self.entries)

    def feed(self, entries: list[Entry] | None) -> None:
        """Add entries to a side that is empty. None marks the end."""
        self.entries, self.at = entries or [], 0
        self.ended = entries is None

    def rest(self) -> list[Entry]:
        """Remove and return the entries that are not joined."""
        found = self.entries[self.at :]
        self.entries, self.at = [], 0
        return found


def join(source: Side, target: Side, hold_new: bool = False, directories: bool = True) -> list[Pair]:
    """Pair entries until one side is empty and not at its end.

    Args:
        source: The source.
        target: The target.
        hold_new: Stop before the first entry of the source that the target lacks.
        directories: Names that end with a slash are directories.
    """
    pairs: list[Pair] = []
    add = pairs.append
    left, right = source.entries, target.entries
    i, j, m, n = source.at, target.at, len(left), len(right)
    held = False
    while i < m and j < n:
        one, two = left[i], right[j]
        if one[0] == two[0]:
            add((one, two))
            i += 1
            j += 1
        elif one[0] > two[0]:
            if not (directories and two[0][-1] == "/" and one[0].startswith(two[0]) and two[4] != FAILURE):
                add((None, two))
            j += 1
        elif hold_new:
            held = True
            break
        else:
            add((one, None))
            i += 1
    source.at, target.at = i, j
    if not held:
        _drain(source, target, hold_new, pairs)
    return pairs


def _drain(source: Side, target: Side, hold_new: bool, pairs: list[Pair]) -> None:
    """Pair what one side has after the end of the other."""
    if source.empty and source.ended:
        pairs += [(None, entry) for entry in target.rest()]
    if target.empty and target.ended and not hold_new:
        pairs += [(entry, None) for entry in source.rest()]
