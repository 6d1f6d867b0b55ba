"""Divides a listing into ranges that are estimated to have about as many names each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from ...ops.listing import Listing
from ..key_space import LAST, Density, KeySpace
from .listing import Points

_SAMPLE = 100
"""The number of names that are listed to see how close they are."""
_AT_A_TIME = 16
_DEPTH = 64
"""The number of characters of the first name beside which others are looked for."""
_LOOKS = 4
"""How many requests each of these characters may take."""
_ROUNDS = 200


@dataclass(eq=False, slots=True)
class _Range:
    after: str
    until: str | None
    density: Density | None = None
    left: int = 0
    whole: bool = False


async def find_points(client: Any, listing: Listing, parts: int) -> list[str]:
    """Return the points that divide a listing into at most `parts` ranges, in order.

    Args:
        client: The asynchronous client.
        listing: The listing.
        parts: The number of ranges.
    """
    return await _Search(client, listing).run(parts)


class _Search:
    def __init__(self, client: Any, listing: Listing) -> None:
        self._client = client
        self._listing = listing
        self._points = Points(client, listing)
        self._space = KeySpace(listing.prefix)
        self._ranges: list[_Range] = []
        self._first = ""

    async def run(self, parts: int) -> list[str]:
        first = _Range("", None)
        if await self._sample(first):
            self._ranges.append(first)
            if not first.whole and parts > 1:
                await self._explore(self._first)
                self._estimate(first)
        for _ in range(_ROUNDS):
            room = min(parts - len(self._ranges), _AT_A_TIME)
            large = [each for each in self._ranges if not each.whole and each.left > 2 * _SAMPLE]
            large.sort(key=lambda each: -each.left)
            chosen = large[:room] if room > 0 else []
            if not chosen:
                break
            await asyncio.gather(*map(self._halve, chosen))
        self._ranges.sort(key=lambda each: each.after)
        return [each.after for each in self._ranges[1:]]

    async def _explore(self, name: str) -> None:
        """Learn which characters other names have where they differ from the first one.

        The names at the beginning do not show that: those that begin with a random number all begin with 0.
        """
        start = len(self._listing.prefix)
        for at in range(start, min(len(name), start + _DEPTH), _AT_A_TIME):
            await asyncio.gather(*(self._beside(name, i) for i in range(at, min(at + _AT_A_TIME, len(name)))))

    async def _beside(self, name: str, position: int) -> None:
        """Look for names that have a greater character than a name at a position, and the same ones before it."""
        stem, character = name[:position], name[position]
        for _ in range(_LOOKS):
            found = await self._points.first_after(stem + character + LAST)
            if found is None or not found.startswith(stem) or len(found) == position:
                return
            self._space.learn([found])
            character = max(self._space.highest(position), found[position])

    async def _halve(self, found: _Range) -> None:
        """Divide a range in the middle. If there is nothing behind the middle, the range becomes shorter."""
        assert found.density is not None
        point = self._space.ahead(found.density, found.density.last, found.until, max(found.left // 2, 1))
        agreed = None
        if point is not None:
            agreed = await self._points.agreed(point, found.density.last, found.until)
        if agreed is None:
            found.whole = True
            return
        made = _Range(agreed, found.until)
        there = await self._sample(made)
        found.until = agreed
        self._estimate(found)
        if there:
            self._ranges.append(made)

    async def _sample(self, found: _Range) -> bool:
        """List some names of a range. Return whether it has any."""
        listing = replace(self._listing, start_after=found.after, extra={"max-keys": str(_SAMPLE)})
        page = await self._client._call(listing)
        if page.api == "v1" and not page.objects and page.token is not None:
            page = await self._client._call(listing.next(page))
        self._points.learn(page.objects)
        names = [item.object_name for item in page.objects if item.object_name > found.after]
        names = [name for name in names if found.until is None or name <= found.until]
        if not names:
            return False
        self._first = self._first or names[0]
        self._space.learn(names)
        middle = len(names) // 2  # what comes next is rather like the last names than like the first ones
        found.density = Density(names[middle], max(names), len(names) - middle)
        if page.token is None:
            found.whole = True
        self._estimate(found)
        return True

    def _estimate(self, found: _Range) -> None:
        assert found.density is not None
        found.left = self._space.estimate(found.density, found.density.last, found.until)
