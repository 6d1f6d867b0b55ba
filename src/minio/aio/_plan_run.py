"""One run through a plan: reads both sides, and yields the actions in batches."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing
from itertools import islice
from typing import TYPE_CHECKING, Any

from .._core.http.resolve import lead_to_one_server
from .._core.ops.listing import Listing
from .._core.ops.objects import HeadObject
from .._core.transfer.directory.actions import Actions
from .._core.transfer.directory.compare import Direction, Question, answered, compared
from .._core.transfer.directory.deletes import check_overlap, inner_name, not_below, relation
from .._core.transfer.directory.hashing import FileHash, run as run_hashes
from .._core.transfer.directory.merge import Pair, Side, join
from .._core.transfer.directory.names import Names
from .._core.transfer.directory.options import SyncOptions
from .._core.transfer.directory.order import FILE, Entry, ascends
from .._core.transfer.directory.patterns import Rules
from .._core.transfer.directory.planner import Asked, Batch, Planner
from .._core.transfer.directory.spill import Sorter, Spool
from .._core.transfer.directory.walk import BATCH, Walk
from .._core.transfer.verify import whole_checksum
from ..directories import Action, Prefix
from ..error import InvalidPathError, MissingFileError
from ._backend import Ahead, run_blocking

if TYPE_CHECKING:
    from .._core.datatypes import Object
    from ._listing import AsyncListingCalls

_ROOM = 100_000
"""The number of entries of a listing that are kept in memory, if it has to be read to its end."""
_CHECKSUMS = {"x-amz-checksum-mode": "ENABLED"}


class AsyncPlanRun:
    """One run through a plan.

    Args:
        client: The client whose plan it is.
        source: A directory, or the objects below a prefix.
        target: The same.
        options: The options.
        skips: Whether names that are unchanged give actions. If not, they are counted.
        inner: The name of the target within the source. It is left out: a copy does not copy what it has just written.
    """

    def __init__(
        self,
        client: AsyncListingCalls,
        source: str | Prefix,
        target: str | Prefix,
        options: SyncOptions,
        skips: bool = True,
        inner: str = "",
    ) -> None:
        self._inner = inner
        self._client, self._source, self._target, self._options = client, source, target, options
        self._names = Names(os.name == "nt", options.bad_names == "escape")
        self._direction = direction_of(source, target)
        self._looked = options.compare is not None or options.delete
        ends = _front(source), _front(target)
        self._planner = Planner(
            Actions(self._direction, options, *ends, self._names, self._looked), skips, options.ages
        )
        self._left = AsyncSideReader(self._open_source())
        self._right = AsyncSideReader(self._open_target())

    async def batches(self) -> AsyncGenerator[tuple[list[Action], int], None]:
        """Yield actions in batches, each with the number of unchanged names that have no action."""
        try:
            await self._check_servers()
            self._left.start()
            self._right.start()
            while pairs := await self._pairs():
                batch = self._planner.plan(pairs)
                if batch.questions:
                    await self._answer(batch)
                yield self._planner.settle(batch), batch.skipped
            async with aclosing(batched(self._planner.lasts())) as lasts:
                async for actions in lasts:
                    yield actions, 0
            async with aclosing(batched(await run_blocking(self._planner.deletes, _shown(self._source)))) as deletes:
                async for actions in deletes:
                    yield actions, 0
        finally:
            self._planner.close()
            await self._left.close()
            await self._right.close()

    async def _check_servers(self) -> None:
        """Find out if the prefixes overlap because both endpoints, which have different names, lead to one server.

        Raises:
            InvalidArgumentError: Source and target are the same prefix.
            UnsafeDeleteError: They overlap, and names would be removed.
        """
        source, target = self._source, self._target
        if isinstance(source, str) or isinstance(target, str) or source.bucket != target.bucket or self._inner:
            return
        ends = folder(source.prefix), folder(target.prefix)
        endpoints = [(place.client or self._client)._session.endpoint for place in (source, target)]
        if relation(*ends) != "apart" and await run_blocking(lead_to_one_server, *endpoints):
            check_overlap(*ends, self._options.delete)
            self._inner = inner_name(*ends)

    async def _pairs(self) -> list[Pair]:
        """Return the next pairs, none at the end of both sides."""
        left, right = self._left, self._right
        holds, directories = self._direction != "download", self._direction != "copy"
        while not (left.ended and right.ended):
            if not await left.fill():
                await self._restart()
                continue
            if not await right.fill():
                await right.sort()
                continue
            pairs = join(left.side, right.side, holds and not right.proven, directories)
            if pairs:
                return pairs
            if not (left.side.empty or right.side.empty):
                await right.prove()  # what seems to be new may come later in the listing
        return []

    async def _restart(self) -> None:
        """Sort both sides: the source was out of order, so what only the target seemed to have may have its equal."""
        earlier = self._planner.restart()
        try:
            await self._left.sort()
            await self._right.sort(earlier)
        finally:
            earlier.close()

    def _open_source(self) -> AsyncIterator[list[Entry]]:
        source, rules = self._source, self._options.rules
        if isinstance(source, Prefix):
            return self._without_inner(self._listed(source, rules))
        walk = Walk(source, rules, self._names, True, self._options.follow_symlinks, _folds())
        return _walked(walk, True)

    def _open_target(self) -> AsyncIterator[list[Entry]]:
        rules = Rules() if self._options.delete_excluded else self._options.rules
        if not self._looked:
            return batched([])
        if isinstance(self._target, Prefix):
            return self._listed(self._target, rules)
        return _walked(Walk(self._target, rules, self._names, False, False, _folds()), False)

    async def _without_inner(self, batches: AsyncGenerator[list[Entry], None]) -> AsyncGenerator[list[Entry], None]:
        """Yield the objects of the source, those of the target left out."""
        async with aclosing(batches):
            async for entries in batches:
                inner = self._inner
                yield [entry for entry in entries if not entry[0].startswith(inner)] if inner else entries

    async def _listed(self, place: Prefix, rules: Rules) -> AsyncGenerator[list[Entry], None]:
        """Yield the objects below a prefix."""
        client: AsyncListingCalls = place.client or self._client
        prefix = folder(place.prefix)
        selects = rules.selector
        async with aclosing(client._page_lists(Listing(bucket=place.bucket, prefix=prefix))) as pages:
            async for objects in pages:
                yield entries_of(objects, prefix, selects)

    async def _answer(self, batch: Batch) -> None:
        """Find out what the questions of a batch ask, and set their actions."""
        files: list[tuple[Asked, FileHash]] = []
        for asked in batch.questions:
            _, question, source, target = asked
            if question.parts is None:
                await self._ask_checksum(batch, asked, question)
            else:
                path = self._path(question, source, target)
                files.append((asked, FileHash(path, source[1], question.parts)))
        await hash_files([file for _, file in files])
        for asked, file in files:
            self._planner.answer(batch, asked, answered(asked[1], file.etags))

    async def _ask_checksum(self, batch: Batch, asked: Asked, question: Question) -> None:
        """Compare by the checksums of whole objects, which HeadObject returns."""
        _, _, source, target = asked
        equal: bool | None = None
        remote = self._target if question.direction == "upload" else self._source
        wanted = await self._checksum(remote, target if question.direction == "upload" else source)
        if wanted is not None and question.direction == "copy":
            other = await self._checksum(self._target, target)
            equal = wanted[1] == other[1] if other is not None and other[0] == wanted[0] else None
        elif wanted is not None:
            file = FileHash(self._path(question, source, target), source[1], algorithm=wanted[0])
            await hash_files([file])
            equal = None if file.digest is None else file.digest == wanted[1]
        self._planner.answer(batch, asked, compared(question, equal))

    async def _checksum(self, place: str | Prefix, entry: Entry) -> tuple[str, bytes] | None:
        """Return the checksum of a whole object and its algorithm, or None if it has none."""
        assert isinstance(place, Prefix)
        client = place.client or self._client
        found: Object = await client._call(HeadObject(place.bucket, folder(place.prefix) + entry[0], None, _CHECKSUMS))
        return whole_checksum(found.metadata or {}) if found.etag == entry[3] else None

    def _path(self, question: Question, source: Entry, target: Entry) -> str:
        """Return the local file of a question."""
        if question.direction == "upload":
            return _front(self._source) + (source[5] or source[0])
        return _front(self._target) + (target[5] or target[0])


class AsyncSideReader:
    """One side of a plan, read in batches, and whether it is in order.

    Args:
        batches: The entries.
    """

    def __init__(self, batches: AsyncIterator[list[Entry]]) -> None:
        self.side = Side()
        self.proven = False
        """Whether everything that is still to come is known to be in order."""
        self._ahead = Ahead(batches)
        self._last: str | None = None
        self._rest: list[Entry] = []
        self._sorter = Sorter(_ROOM)
        self._spool = Spool(_ROOM)

    @property
    def ended(self) -> bool:
        """Whether there are no more entries."""
        return self.side.ended and self.side.empty

    def start(self) -> None:
        """Begin to read, so that both sides are read at the same time."""
        self._ahead.start()

    async def fill(self) -> bool:
        """Read the next entries if there are none. Return False if they are out of order: they have to be sorted."""
        while self.side.empty and not self.side.ended:
            batch = await self._ahead.next()
            if batch is None:
                self.side.feed(None)
                self.proven = True
            elif not self.proven and not ascends(batch, self._last):
                self._rest = batch
                return False
            elif batch:
                self._last = batch[-1][0]
                self.side.feed(batch)
        return True

    async def prove(self) -> None:
        """Read all that is left, and sort it if it is out of order."""
        ordered = True
        while (batch := await self._ahead.next()) is not None:
            if batch:
                ordered = ordered and ascends(batch, self._last)
                self._last = batch[-1][0]
                await run_blocking(self._spool.extend, batch)
        if ordered:
            await self._use(self._spool)
        else:
            await self.sort(self._spool)

    async def sort(self, earlier: Iterable[Entry] = ()) -> None:
        """Sort all that is left, and earlier entries."""
        sorter = Sorter(_ROOM)
        try:
            for entries in (earlier, self.side.rest(), self._rest):
                async with aclosing(batched(entries)) as batches:
                    async for some in batches:
                        await run_blocking(sorter.extend, some)
            while (batch := await self._ahead.next()) is not None:
                await run_blocking(sorter.extend, batch)
        except BaseException:
            sorter.close()
            raise
        self._rest = []
        self._sorter.close()
        self._sorter = sorter
        await self._use(sorter)

    async def close(self) -> None:
        """Stop reading, and remove the temporary files."""
        await self._ahead.close()
        self._sorter.close()
        self._spool.close()

    async def _use(self, entries: Iterable[Entry]) -> None:
        await self._ahead.close()
        self._ahead = Ahead(batched(entries))
        self.side.ended = False
        self.proven = True


def direction_of(source: str | Prefix, target: str | Prefix) -> Direction:
    """Return the direction of a transfer."""
    if isinstance(source, Prefix):
        return "copy" if isinstance(target, Prefix) else "download"
    return "upload"


def folder(prefix: str) -> str:
    """Return a prefix with a slash at its end, unless it is empty."""
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"


def entries_of(objects: list[Object], prefix: str, selects: Callable[[str], bool] | None) -> list[Entry]:
    """Return the entries of listed objects.

    Args:
        objects: The objects.
        prefix: The prefix.
        selects: What decides about names, or None for all.

    Raises:
        InvalidArgumentError: The server has listed something else.
    """
    found: list[Entry] = []
    cut = len(prefix)
    for item in objects:
        if not item.object_name.startswith(prefix):
            raise not_below(prefix, item.object_name)
        name = item.object_name[cut:]
        if name and (selects is None or selects(name)):
            moment = item.last_modified
            time = 0 if moment is None else round(moment.timestamp() * 1_000_000) * 1000
            found.append((name, item.size or 0, time, item.etag or "", FILE, ""))
    return found


async def batched(items: Iterable[Any]) -> AsyncGenerator[list[Any], None]:
    """Yield items that may be on the disk, in batches."""
    iterator = iter(items)
    while batch := await run_blocking(_some, iterator):
        yield batch


async def hash_files(files: list[FileHash]) -> None:
    """Hash local files."""
    left = files
    try:
        while left:
            left = await run_blocking(run_hashes, left)
    finally:
        for file in left:
            file.close()


def _some(items: Iterator[Any]) -> list[Any]:
    return list(islice(items, BATCH))


async def _walked(walk: Walk, required: bool) -> AsyncIterator[list[Entry]]:
    """Yield the entries of a directory."""
    if not await run_blocking(_is_there, walk.root, required):
        return
    batches = walk.batches()
    try:
        while (batch := await run_blocking(next, batches, None)) is not None:
            yield batch
    finally:
        walk.close()


def _is_there(root: str, required: bool) -> bool:
    """Return whether a directory exists.

    Raises:
        MissingFileError: It does not exist, but is required.
        InvalidPathError: It is not a directory.
    """
    if os.path.isdir(root):
        return True
    if os.path.lexists(root):
        raise InvalidPathError(f"{root!r} is not a directory")
    if required:
        raise MissingFileError(f"the directory {root!r} does not exist")
    return False


def _front(place: str | Prefix) -> str:
    """Return what is in front of the names of a side."""
    return folder(place.prefix) if isinstance(place, Prefix) else os.path.join(place, "")


def _shown(place: str | Prefix) -> str:
    return f"{place.bucket}/{place.prefix}" if isinstance(place, Prefix) else repr(place)


def _folds() -> bool:
    """Return whether the file system does not tell the composed and the decomposed form of a name apart."""
    return sys.platform == "darwin"
