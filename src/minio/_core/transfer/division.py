"""How a listing is divided among workers that run at the same time. No I/O.

A `Division` is a chain of `Segment`s in the order of the listing. Each is listed by one worker, page by page. A worker
without work divides a segment of another worker: that one keeps the names up to a point, the new segment has the rest.

The laws:

* The segments cover every name of the listing exactly once: each begins where the one before it ends.
* A point lies ahead of what has been listed of a segment, or is not used.
* Points are guessed at most as many times in a row as there are workers; then a page has to confirm them.
* While nothing was listed yet, nothing is divided; then the number of segments under way grows with the pages.
* Where guesses are bad, so that pages hold many names of other segments, less is divided.
* At most a third of the names that are listed are of no use, besides two pages a worker.
* An ordered division takes the first segments first: what has to wait for its turn stays small.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ..exceptions import InvalidXMLError
from .key_space import Density, KeySpace, is_between

_NEAR = 4
_FAR = 64
"""How many pages a divided segment keeps at most: if the order matters, and if not."""
_WORTH = 2
"""How many pages a segment must still have, to be divided."""
_SAMPLES = 16
_SMOOTH = 16
"""The number of pages over which the useful part of a page is smoothed."""


@dataclass(eq=False, slots=True)
class Segment:
    """The names behind `after`, up to `until`. None means to the end."""

    after: str
    until: str | None = None
    place: str = ""
    """The last name that was listed, or `after`."""
    density: Density | None = None
    """How close names are: here, or in the segment that this one comes from."""
    pages: deque[list[Any]] = field(default_factory=deque)
    """What was listed and not delivered yet."""
    ended: bool = False
    own: bool = False
    """Whether the density was measured here."""
    divided: bool = False
    """Whether a worker is about to divide it."""
    whole: str | None = None
    """The place at which it could not be divided."""
    guesses: int = 0
    """How many points in a row were guessed up to here, with no name listed behind any of them."""
    misses: int = 0
    """How often a guess was bad here: there was nothing behind the point."""
    left: int | None = None
    """About how many names it still has, as long as nothing has changed."""

    def take(self, objects: Sequence[Any]) -> list[Any]:
        """Return those of a page's objects that belong here. The last page ends the segment."""
        until = self.until
        names = [item.object_name for item in objects]
        if not names:
            return []
        self.place = max(self.place, max(names))
        if until is None or max(names[0], names[-1]) <= until:
            return list(objects) if min(names) > self.after else [i for i in objects if i.object_name > self.after]
        self.ended = names[-1] > until
        return [item for item in objects if self.after < item.object_name <= until]


class Division:
    """A listing that is divided.

    Args:
        prefix: The prefix.
        workers: How many segments may be under way.
        ordered: Whether what is first in the listing is needed first.
    """

    def __init__(self, prefix: str, workers: int, ordered: bool) -> None:
        self.space = KeySpace(prefix)
        self.segments: list[Segment] = [Segment("")]
        self._workers = workers
        self._ordered = ordered
        self._pages = 0
        self._page = 1
        self._divisible = True
        self._divided = False
        self._useful = 1.0
        self._listed = self._kept = 0

    @property
    def limit(self) -> int:
        """How many segments may be under way now."""
        return min(self._workers, max(2 * self._pages, 1))

    def listed(self, segment: Segment, objects: Sequence[Any]) -> list[Any]:
        """Learn from a page of a segment, and return those of its objects that belong there.

        Raises:
            InvalidXMLError: The listing is in no order, but was divided already.
        """
        names = [item.object_name for item in objects]
        if not in_order(names):
            if self._divided:
                raise InvalidXMLError("the server lists names in no order, so that workers cannot divide them")
            self._divisible = False
        if names:
            self._pages += 1
            self._page = max(self._page, len(names))
            self.space.learn(names[:: max(len(names) // _SAMPLES, 1)])
            self.space.learn(names[-1:])
            first = segment.density.first if segment.own and segment.density else names[0]
            count = segment.density.count if segment.own and segment.density else 0
            segment.density, segment.own = Density(first, names[-1], count + len(names)), True
            segment.left = None
        fresh = not segment.pages and segment.place == segment.after
        found = segment.take(objects)
        self._judge(segment, fresh, len(found) == len(names))
        if names:
            self._listed += len(names)
            self._kept += len(found)
            self._useful += (len(found) / len(names) - self._useful) / _SMOOTH
        return found

    def _judge(self, segment: Segment, fresh: bool, whole: bool) -> None:
        """Trust the estimates less if there was little behind a point, and more if there was a whole page."""
        if whole:
            segment.misses = max(segment.misses - 1, 0)
            return
        index = self.segments.index(segment)
        if fresh and index:
            before = self.segments[index - 1]
            before.misses += 1
            before.left = None

    def candidates(self) -> Iterator[tuple[Segment, str]]:
        """Yield segments that are worth dividing, each with the point, the best one first."""
        lost = self._listed - self._kept
        if not self._divisible or lost > self._kept // 2 + 2 * self._workers * self._page:
            return
        found: list[tuple[int, Segment]] = []
        waste = 1 / max(self._useful, 0.02)
        worth = _WORTH * waste * waste
        near = int(_NEAR * waste)
        for segment in self.segments:
            if segment.ended or segment.divided or segment.density is None or segment.whole == segment.place:
                continue
            if not segment.own and segment.guesses >= self._workers:
                continue
            if segment.left is None:
                segment.left = self.space.estimate(segment.density, segment.place, segment.until)
            pages = segment.left // self._page >> 2 * segment.misses
            if pages >= worth:
                found.append((pages, segment))
        if self._ordered:
            large = [each for each in found if each[0] > near]
            found = large or sorted(found, key=lambda each: -each[0])
        else:
            found.sort(key=lambda each: -each[0])
        for pages, segment in found:
            assert segment.density is not None
            keeps = min(pages // 2, near if self._ordered else _FAR) * self._page
            point = self.space.ahead(segment.density, segment.place, segment.until, keeps)
            if point is None:
                segment.whole = segment.place
            else:
                yield segment, point

    def divide(self, segment: Segment, point: str) -> Segment | None:
        """Divide a segment at a point and return the second part. None if that is not possible any more."""
        if segment.ended or not is_between(point, segment.place, segment.until):
            segment.whole = segment.place
            return None
        made = Segment(point, segment.until, point, segment.density, guesses=1 if segment.own else segment.guesses + 1)
        made.misses = segment.misses
        segment.until, segment.left = point, None
        self._divided = True
        self.segments.insert(self.segments.index(segment) + 1, made)
        return made


def in_order(names: Sequence[str]) -> bool:
    """Return whether names ascend: by their bytes, or as paths, segment by segment."""
    if all(one < two for one, two in pairwise(names)):
        return True
    paths = [name.split("/") for name in names]
    return all(one < two for one, two in pairwise(paths))
