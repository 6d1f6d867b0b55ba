"""Lists that may be larger than memory: beyond a number of items they are kept in a temporary file.

The laws:

* A `Spool` returns its items in the order in which they were added, or in the reverse order.
* A `Sorter` returns its items in the order of their names, each name once: the first item that was added with it.
* At most `room` items, and a block of each sorted run, are in memory.
* Nothing stays on the disk, whatever happens: the file has no name on POSIX, and Windows removes it when it is closed.
"""

from __future__ import annotations

import heapq
import marshal
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import itemgetter
from tempfile import TemporaryFile
from typing import Any

ROOM = 200_000
"""The number of items up to which a list stays in memory."""
RUN = 50_000
"""The number of items that are sorted in memory at a time once a list does not fit."""
BLOCK = 256
"""The number of items that are read and written at a time."""
_VERSION = 2
"""The version of marshal without references between items, which would cost time and save nothing."""

_by_name = itemgetter(0)


class _BlockFile:
    """A temporary file of blocks of items. It is created when the first block is written."""

    def __init__(self) -> None:
        self._file: Any = None
        self._places: list[tuple[int, int]] = []
        self._end = 0

    def __len__(self) -> int:
        return len(self._places)

    def write(self, items: list[Any]) -> None:
        """Add items, in blocks."""
        if self._file is None:
            self._file = TemporaryFile(prefix="minio-", buffering=0)  # noqa: SIM115 - close() closes it
        self._file.seek(self._end)
        for at in range(0, len(items), BLOCK):
            data = marshal.dumps(items[at : at + BLOCK], _VERSION)
            self._places.append((self._end, len(data)))
            self._end += len(data)
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]

    def read(self, index: int) -> list[Any]:
        """Return the items of a block."""
        offset, size = self._places[index]
        self._file.seek(offset)
        data = bytearray()
        while len(data) < size:
            more = self._file.read(size - len(data))
            if not more:
                raise OSError("the temporary file is shorter than what was written to it")
            data += more
        found: list[Any] = marshal.loads(data)
        return found

    def items(self, first: int, last: int) -> Iterator[Any]:
        """Return the items of several blocks."""
        return chain.from_iterable(map(self.read, range(first, last)))

    def close(self) -> None:
        """Remove the file."""
        self._places = []
        if self._file is not None:
            self._file.close()


class Spool:
    """A list of tuples of plain values. It can be read several times, also while items are added.

    Args:
        room: The number of items up to which all stay in memory.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._items: list[Any] = []
        self._file = _BlockFile()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, item: Any) -> None:
        """Add an item."""
        self._items.append(item)
        self._count += 1
        if len(self._items) >= (BLOCK if len(self._file) else self._room):
            self._file.write(self._items)
            self._items = []

    def extend(self, items: Iterable[Any]) -> None:
        """Add several items."""
        for item in items:
            self.append(item)

    def __iter__(self) -> Iterator[Any]:
        return chain(self._file.items(0, len(self._file)), list(self._items))

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(list(self._items))
        for index in reversed(range(len(self._file))):
            yield from reversed(self._file.read(index))

    def close(self) -> None:
        """Remove all items and the file."""
        self._items, self._count = [], 0
        self._file.close()


class Sorter:
    """Sorts tuples by their first field, with a merge sort on disk if they do not fit into memory.

    Args:
        room: The number of items up to which all stay in memory.
        run: The number of items that are sorted in memory at a time otherwise.
    """

    def __init__(self, room: int = ROOM, run: int = RUN) -> None:
        self._room, self._run = room, min(run, room)
        self._items: list[Any] = []
        self._runs: list[tuple[int, int]] = []
        self._file = _BlockFile()

    def extend(self, items: Iterable[Any]) -> None:
        """Add several items. Few at a time: they are in memory before they are counted."""
        self._items.extend(items)
        if len(self._items) >= (self._run if self._runs else self._room):
            self._write_runs()

    def __iter__(self) -> Iterator[Any]:
        """Return the items in order. No more items can be added then."""
        self._items.sort(key=_by_name)
        runs = [self._file.items(first, last) for first, last in self._runs]
        merged = heapq.merge(*runs, self._items, key=_by_name) if runs else iter(self._items)
        return _without_repeats(merged)

    def close(self) -> None:
        """Remove all items and the file."""
        self._items, self._runs = [], []
        self._file.close()

    def _write_runs(self) -> None:
        for at in range(0, len(self._items), self._run):
            first = len(self._file)
            self._file.write(sorted(self._items[at : at + self._run], key=_by_name))
            self._runs.append((first, len(self._file)))
        self._items = []


def _without_repeats(items: Iterable[Any]) -> Iterator[Any]:
    before = None
    for item in items:
        if item[0] != before:
            before = item[0]
            yield item
