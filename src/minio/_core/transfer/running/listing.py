"""Lists the objects below a prefix with several requests under way.

The laws:

* Every object is delivered once. A point that divides a listing is used only if the server's order and the order of
  bytes agree on it (`Points`).
* Memory is bounded: pages wait for their turn, and no more are requested while too many of them wait.
* The first error ends the listing. Closing the iterator cancels what is under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from ...http.aio.cancel import settle, without_deadline
from ...ops.listing import Listing, Page
from ..division import Division, Segment
from ..key_space import LAST, is_between

_HEAD = 4
"""How many pages of the first segment may wait."""
_WAITING = 64
"""How many pages may wait for their turn."""
_PROBES = 16
"""How many points a worker without work probes, until another page was listed."""
_CHECKS = 3
"""How many requests finding one point may take."""


class Points:
    """Finds out where a listing can be divided.

    With `start_after`, S3 lists the names that are greater. SeaweedFS compares names as paths: after "a-b" it lists no
    `a/b`, and after "a" nothing in `a/`. A name with a slash shows which it is. Until then, and on such servers, a
    point is cut so that both orders agree on what is behind it: all its characters are greater than "/", or it was
    looked up that no name makes a difference.

    Args:
        client: The asynchronous client.
        listing: The listing.
    """

    def __init__(self, client: Any, listing: Listing) -> None:
        self._client = client
        self._listing = listing
        self._witness: str | None = None
        self._honest: bool | None = None
        self._known: dict[tuple[str, bool], bool] = {}
        self._lock = asyncio.Lock()

    def learn(self, objects: list[Any]) -> None:
        """Look for a name that shows the order of the server."""
        if self._witness is None:
            start = len(self._listing.prefix)
            self._witness = next((i.object_name for i in objects if "/" in i.object_name[start:-1]), None)

    async def agreed(self, point: str, after: str, until: str | None) -> str | None:
        """Return the point, or one before it, that can divide a range. None if there is none."""
        async with self._lock:
            if self._honest is None and self._witness is not None:
                self._honest = await self._is_honest(self._witness)
            if not self._honest:
                point = await self._cut(point)
        return point if is_between(point, after, until) else None

    async def first_after(self, point: str) -> str | None:
        """Return the first name behind a point. None if there is none."""
        page = await self._look(start_after=point, extra={"max-keys": "1"})
        if page.api == "v1" and not page.objects and page.token is not None:
            page = await self._client._call(replace(self._listing, extra={"max-keys": "1"}).next(page))
        return next((item.object_name for item in page.objects), None)

    async def _is_honest(self, name: str) -> bool:
        stem = name[: name.index("/", len(self._listing.prefix))]
        for start in (f"{stem}.{LAST}", stem):
            page = await self._look(start_after=start, extra={"max-keys": "1"})
            if not page.objects or not start < page.objects[0].object_name <= name:
                return False
        return True

    async def _cut(self, point: str) -> str:
        checks = 0
        for index in range(len(self._listing.prefix), len(point)):
            if point[index] > "/":
                continue
            key = point[:index], point[index] == "/"
            if key not in self._known:
                checks += 1
                if checks > _CHECKS:
                    return point[:index] + LAST
                self._known[key] = await self._is_clear(*key)
            if not self._known[key]:
                return point[:index] + LAST
        return point

    async def _is_clear(self, stem: str, folder: bool) -> bool:
        """Return whether there are not both a directory and names beside it that only one order puts before it."""
        if not folder:
            page = await self._look(prefix=f"{stem}/", extra={"max-keys": "1"})
            return page.token is None and not page.objects
        page = await self._look(prefix=stem, delimiter="/")
        end = len(stem)
        following = [item.object_name[end : end + 1] for item in page.objects]
        return page.token is None and not any("" < character < "/" for character in following)

    async def _look(self, **changes: Any) -> Page:
        page: Page = await self._client._call(replace(self._listing, **changes))
        return page


class ParallelListing:
    """A listing. Iterate over `pages()` once.

    Args:
        client: The asynchronous client.
        listing: The listing, without a delimiter.
        workers: The maximum number of requests under way.
        ordered: Whether to deliver the objects in the order of the server.
    """

    def __init__(self, client: Any, listing: Listing, workers: int, ordered: bool) -> None:
        self._client = client
        self._listing = listing
        self._workers = workers
        self._ordered = ordered
        self._division = Division(listing.prefix, workers, ordered)
        self._points = Points(client, listing)
        self._bound = max(_WAITING, workers)
        self._waiting = 0
        self._active = 0
        self._error: BaseException | None = None
        self._changed = asyncio.Event()

    async def pages(self) -> AsyncGenerator[list[Any], None]:
        """Yield the objects, page by page."""
        loop, context = asyncio.get_running_loop(), without_deadline()
        tasks = [loop.create_task(self._work(None), context=context) for _ in range(self._workers - 1)]
        self._active += 1
        tasks.append(loop.create_task(self._work(self._division.segments[0]), context=context))
        try:
            while True:
                page = self._take()
                if self._error is not None:
                    raise self._error
                if page is not None:
                    yield page
                elif not self._division.segments:
                    return
                else:
                    await self._change()
        finally:
            for task in tasks:
                task.cancel()
            await settle(tasks)

    def _take(self) -> list[Any] | None:
        segments = self._division.segments
        for segment in list(segments):
            if segment.pages:
                self._waiting -= 1
                self._notify()
                return segment.pages.popleft()
            if segment.ended:
                segments.remove(segment)
                self._notify()
            elif self._ordered:
                return None
        return None

    async def _work(self, segment: Segment | None) -> None:
        try:
            while True:
                if segment is None:
                    segment = await self._next()
                if segment is None:
                    return
                await self._list(segment)
                segment.ended, segment = True, None
                self._active -= 1
                self._notify()
        except Exception as error:  # noqa: BLE001 - raised by pages()
            self._error = self._error or error
            self._notify()

    async def _next(self) -> Segment | None:
        """Return a segment for a worker without work. None if all is listed, or is about to be."""
        while not all(segment.ended for segment in self._division.segments):
            changed = self._changed
            if self._active < self._division.limit and self._waiting < self._bound:
                self._active += 1
                made = await self._divide()
                if made is not None:
                    self._notify()
                    return made
                self._active -= 1
            await changed.wait()
        return None

    async def _divide(self) -> Segment | None:
        for _ in range(_PROBES):
            guess = self._division.guess()
            if guess is None:
                return None
            segment, point = guess
            segment.divided = True
            try:
                made = await self._divide_at(segment, point)
            finally:
                segment.divided = False
            if made is not None:
                return made
        return None

    async def _divide_at(self, segment: Segment, guess: str) -> Segment | None:
        """Divide a segment if a probe finds a name behind the point, and if not all of its names are behind it."""
        point = await self._points.agreed(guess, segment.place, segment.top)
        if point is None:
            segment.whole = segment.place
            return None
        found = await self._points.first_after(point)
        if not self._division.probed(segment, point, found):
            return None
        near = self._division.suspect(segment, point, found or "")
        if near is not None:
            near = await self._points.agreed(near, segment.place, segment.top)
        if near is not None and await self._points.first_after(near) == found:
            self._division.gap(segment, found or "")
            return None
        return self._division.divide(segment, point)

    async def _list(self, segment: Segment) -> None:
        listing = replace(self._listing, start_after=segment.after)
        async with aclosing(self._client._page_lists(listing)) as pages:
            async for objects in pages:
                self._points.learn(objects)
                mine = self._division.listed(segment, objects)
                if mine:
                    segment.pages.append(mine)
                    self._waiting += 1
                self._notify()
                if segment.ended:
                    return
                await self._until(lambda: self._has_room(segment))

    def _has_room(self, segment: Segment) -> bool:
        if self._waiting < self._bound:
            return True
        return self._ordered and self._division.segments[0] is segment and len(segment.pages) < _HEAD

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._change()

    async def _change(self) -> None:
        await self._changed.wait()

    def _notify(self) -> None:
        """Let everything that waits look again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
