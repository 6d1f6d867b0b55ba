"""A model of the names of objects, which tells where to divide a range of them. No I/O.

Names are read as numbers: each position of a name has an alphabet, those characters that names have there. So the
middle between two names, or the place a thousand names ahead, is arithmetic.

The laws:

* The model only guesses. A bad guess costs time, and never loses or repeats a name.
* `KeySpace.ahead` returns a text between the two ends of the range, or None.
* A point never ends within a surrogate pair or with one: it can be sent to every server.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

LAST = "\U0010ffff"
"""Greater than every character that names have. A point ends with it, so it is neither a name nor a directory."""

_DEPTH = 256
"""The number of characters of a name that the model learns."""
_FINE = 64
"""How many steps the last digit of a point divides a range into, at least."""
_LOOK = 8
"""How many positions count behind the first one in which two names differ."""
_CLASSES = ("0123456789", "abcdef", "ABCDEF", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class Density:
    """How close names are: `count` names from `first` to `last`."""

    first: str
    last: str
    count: int
    fine: int = 0
    """How many characters of a name say how far it is. 0 for as many as are useful."""


class KeySpace:
    """What is known of the names below a prefix.

    Args:
        prefix: The prefix.
    """

    def __init__(self, prefix: str) -> None:
        self._start = len(prefix)
        self._seen: list[set[str]] = []
        self._alphabets: list[str | None] = []

    def learn(self, names: Iterable[str]) -> None:
        """Learn from some names which characters occur where."""
        for name in names:
            for index, character in enumerate(name[self._start : self._start + _DEPTH]):
                if index == len(self._seen):
                    self._seen.append(set())
                    self._alphabets.append(None)
                if character not in self._seen[index]:
                    self._seen[index].add(character)
                    self._alphabets[index] = None

    def highest(self, position: int) -> str:
        """Return the greatest character that names have at a position, or are likely to have there."""
        return self._alphabet(position)[-1:]

    def estimate(self, density: Density, after: str, until: str | None) -> int:
        """Return about how many names there are in a range, if they are as close everywhere as in the sample."""
        begin, depth = self._frame(density, after, until)
        known = self._known(density, begin, depth)
        left = self._top(until, begin, depth) - self._number(after, begin, depth)
        return density.count * max(left, 0) // known if known > 0 else 0

    def ahead(self, density: Density, after: str, until: str | None, count: int) -> str | None:
        """Return a text that is about `count` names behind `after`. None if there is none in the range."""
        begin, depth = self._frame(density, after, until)
        known = self._known(density, begin, depth)
        low, high = self._number(after, begin, depth), self._top(until, begin, depth)
        target = low + max(count * known // density.count, 1)
        if known <= 0 or not low < target < high:
            return None
        exact = min(target - low, high - target) // _FINE
        point = after[: min(begin, len(after))] + self._text(target, begin, depth, max(exact, 1))
        return point if is_between(point, after, until) else None

    def _frame(self, density: Density, after: str, until: str | None) -> tuple[int, int]:
        """Return the first position that counts, and how many positions do."""
        ends = [density.first, after] if until is None else [density.first, after, until]
        begin = self._start if until is None else max(len(common(ends)), self._start)
        differ = len(common([density.first, density.last]))
        depth = max(differ - begin, 0) + _LOOK
        return begin, min(depth, density.fine - begin) if density.fine > begin else depth

    def _known(self, density: Density, begin: int, depth: int) -> int:
        known = self._number(density.last, begin, depth) - self._number(density.first, begin, depth)
        return max(known, 1) if density.fine > begin else known

    def _alphabet(self, position: int) -> str:
        index = position - self._start
        if index >= len(self._seen):
            return ""
        found = self._alphabets[index]
        if found is None:
            found = self._alphabets[index] = _completed(self._seen[index])
        return found

    def _number(self, name: str, begin: int, depth: int) -> int:
        value = 0
        for position in range(begin, begin + depth):
            alphabet = self._alphabet(position)
            digit = 0
            if position < len(name):
                digit = min(bisect_left(alphabet, name[position]), max(len(alphabet) - 1, 0))
            value = value * max(len(alphabet), 1) + digit
        return value

    def _top(self, until: str | None, begin: int, depth: int) -> int:
        if until is not None:
            return self._number(until, begin, depth)
        value = 1
        for position in range(begin, begin + depth):
            value *= max(len(self._alphabet(position)), 1)
        return value

    def _text(self, value: int, begin: int, depth: int, exact: int) -> str:
        """Return the text of a number, without digits that make less difference than `exact`."""
        digits: list[str] = []
        weight = 1
        for position in range(begin + depth - 1, begin - 1, -1):
            alphabet = self._alphabet(position)
            value, digit = divmod(value, max(len(alphabet), 1))
            if alphabet and (digits or weight * len(alphabet) > exact):
                digits.append(alphabet[digit])
            weight *= max(len(alphabet), 1)
        return "".join(reversed(digits)) + LAST


def is_between(point: str, after: str, until: str | None) -> bool:
    """Return whether a point divides a range, and can be sent."""
    return (
        after < point and (until is None or point < until) and not any("\ud800" <= each <= "\udfff" for each in point)
    )


def common(names: list[str]) -> str:
    """Return what all names begin with."""
    low, high = min(names), max(names)
    same = next(
        (i for i, pair in enumerate(zip(low, high, strict=False)) if pair[0] != pair[1]), min(len(low), len(high))
    )
    return low[:same]


def _completed(seen: set[str]) -> str:
    """Return an alphabet with the characters that are likely beside those seen."""
    found = set(seen)
    for lowest, (few, many) in (("a", (_CLASSES[1], _CLASSES[3])), ("A", (_CLASSES[2], _CLASSES[4]))):
        letters = {each for each in seen if lowest <= each <= many[-1]}
        if letters:
            found.update(few if letters <= set(few) else many)
    if seen & set(_CLASSES[0]):
        found.update(_CLASSES[0])
    return "".join(sorted(found))
