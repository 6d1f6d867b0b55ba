"""How a listing is divided among workers that run at the same time. No I/O.

A `Division` is a chain of `Segment`s in the order of the listing. Each is listed by one worker, page by page. A worker
without work divides a segment of another worker: that one keeps the names up to a point, the new segment has the rest.

The laws:

* The segments cover every name of the listing exactly once: each begins where the one before it ends.
* A point lies ahead of what has been listed of a segment, or is not used.
* A point is guessed, then probed: a segment is divided only where there is a name behind the point. A probe that finds
  none, or finds that a gap is before the point, makes the next guess better.
* Points are guessed at most as many times in a row as there are workers; then a page has to confirm them.
* While nothing was listed yet, nothing is divided; then the number of segments under way grows with the pages.
* If a tenth of the names that were listed are of no use (a fifth if the order matters), besides half a page a worker,
  nothing is divided until others were listed. So bad guesses cost little.
* An ordered division takes the first segments first: what has to wait for its turn stays small.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from ..exceptions import InvalidXMLError
from .key_space import LAST, Density, KeySpace, common, is_between

_NEAR = 8
_FAR = 64
"""How many pages a divided segment keeps at most: if the order matters, and if not."""
_LOSS = 10
"""One name in so many may be of no use. Twice as many if the order matters, since more segments are needed then."""
_WORTH = 2
"""How many pages a segment must still have, to be divided."""
_SAMPLES = 16


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
    top: str | None = None
    """No name of the segment is greater, as far as is known. None if nothing is known."""
    before: tuple[str, int] | None = None
    """The first name of the last page, and the number of its names."""
    fine: int = 0
    """How many characters of a name say how far it is. 0 for as many as are useful."""
    empty: int = 0
    """How many probes in a row have found nothing."""
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
            first, count = segment.before or (names[0], 0)
            segment.before = names[0], len(names)
            segment.density = Density(first, names[-1], count + len(names), segment.fine)
            segment.own, segment.left = True, None
        fresh = not segment.pages and segment.place == segment.after
        found = segment.take(objects)
        self._judge(segment, fresh, len(found) == len(names))
        if names:
            self._listed += len(names)
            self._kept += len(found)
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

    def guess(self) -> tuple[Segment, str] | None:
        """Return the segment that is best divided, and a point to probe. None if nothing is worth dividing."""
        lost = self._listed - self._kept
        if (
            not self._divisible
            or lost > self._kept // (_LOSS // 2 if self._ordered else _LOSS) + self._workers * self._page // 2
        ):
            return None
        found = [(self._pages_left(segment), segment) for segment in self.segments if self._can_divide(segment)]
        found = [each for each in found if each[0] >= _WORTH]
        large = [each for each in found if each[0] > _NEAR] if self._ordered else []
        if self._ordered and not large and any(segment.divided for segment in self.segments):
            return None
        for pages, segment in large or sorted(found, key=lambda each: -each[0]):
            point = self._point(segment, pages)
            if point is not None:
                return segment, point
            segment.whole = segment.place
        return None

    def _can_divide(self, segment: Segment) -> bool:
        if segment.ended or segment.divided or segment.density is None or segment.whole == segment.place:
            return False
        return segment.own or segment.guesses < self._workers

    def _pages_left(self, segment: Segment) -> int:
        if segment.left is None:
            assert segment.density is not None
            segment.left = self.space.estimate(segment.density, segment.place, segment.top)
        return segment.left // self._page >> 2 * segment.misses

    def _point(self, segment: Segment, pages: int) -> str | None:
        assert segment.density is not None
        if segment.empty > 1 and segment.empty % 2 and segment.top is not None:
            shared = len(common([segment.place, segment.top]))
            point = segment.place[: (shared + len(segment.place) + 1) // 2] + LAST
            if is_between(point, segment.place, segment.top):
                return point
        keeps = min(pages // 2, _NEAR if self._ordered else _FAR) * self._page
        return self.space.ahead(segment.density, segment.place, segment.top, keeps)

    def probed(self, segment: Segment, point: str, found: str | None) -> bool:
        """Learn the first name behind a point. Return whether it belongs to the segment."""
        segment.left = None
        if found is None or (segment.top is not None and found > segment.top):
            segment.top = point
            segment.empty += 1
            return False
        segment.empty = 0
        return True

    def suspect(self, segment: Segment, point: str, found: str) -> str | None:
        """Return a point to probe if there should be many names between a point and the first name behind it."""
        assert segment.density is not None
        if self.space.estimate(segment.density, point, found) < self._page:
            return None
        near = self.space.ahead(segment.density, segment.place, segment.top, self._page * _WORTH)
        return near if near is not None and near <= point else None

    def gap(self, segment: Segment, found: str) -> None:
        """Record that no name lies between the pages of a segment and a name that seemed far away."""
        segment.fine = len(common([segment.place, found])) + 1
        if segment.density is not None:
            segment.density = replace(segment.density, fine=segment.fine)
        segment.left = None

    def divide(self, segment: Segment, point: str) -> Segment | None:
        """Divide a segment at a point and return the second part. None if that is not possible any more."""
        if segment.ended or not is_between(point, segment.place, segment.until):
            segment.whole = segment.place
            return None
        made = Segment(point, segment.until, point, segment.density, guesses=1 if segment.own else segment.guesses + 1)
        made.misses, made.top, made.fine = segment.misses, segment.top, segment.fine
        segment.until, segment.top, segment.left = point, point, None
        self._divided = True
        self.segments.insert(self.segments.index(segment) + 1, made)
        return made


def in_order(names: Sequence[str]) -> bool:
    """Return whether names ascend: by their bytes, or as paths, segment by segment."""
    if all(one < two for one, two in pairwise(names)):
        return True
    paths = [name.split("/") for name in names]
    return all(one < two for one, two in pairwise(paths))
