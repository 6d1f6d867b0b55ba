"""How the calls on many objects run: what one object needs, for each of the calls. Asynchronous only.

The blocking client runs these methods on an event loop of its own, see `sync/_loops.py`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from .._core.arguments import check_object_name, optional_text
from .._core.datatypes import Object
from .._core.engine.first_try import first_try, plain_result
from .._core.engine.flow import call
from .._core.http.aio.content import AsyncObjectContent
from .._core.http.aio.transport import AsyncTransport
from .._core.http.limits import SMALL_BODY
from .._core.ops.objects import GetObject, HeadObject, PutObject, Written
from .._core.transfer.aio.many import INLINE, Budget, Item, ManyCalls
from .._core.transfer.bulk import BulkOptions
from .._core.transfer.source import open_async_file, open_async_source
from .._core.transfer.upload_target import UploadTarget
from .._core.wire.etag import bare_etag
from .._core.wire.message import Request, Response
from ..commonconfig import CopySource
from ..directories import Outcome
from ..error import InvalidArgumentError, InvalidArgumentTypeError
from ._backend import ShortWork, run
from ._copying import AsyncCopyCalls
from ._legacy import AsyncLegacyCalls
from ._reading import AsyncReading
from ._storing import AsyncStoring

if TYPE_CHECKING:
    from .._core.http.aio.pool import ConnectionPool
    from .._core.wire.http1 import Head
    from .._core.wire.message import Outgoing

T = TypeVar("T")
Items: TypeAlias = Iterable[Any] | AsyncIterable[Any]
_PIECE = 1024 * 1024
_STREAM = 32 * 1024 * 1024
"""The number of bytes that are reserved for an upload from a file object, whose parts are held in memory."""
SMALL_FILE = 1024 * 1024
"""Files up to this many bytes are read at once, on the event loop while the disk is fast."""


class _Named(Item):
    """An object of the caller."""

    __slots__ = ("data", "name", "operation", "origin", "version_id")

    def __init__(self, name: str, version_id: str | None, reserved: int, data: Any = None) -> None:
        self.name, self.version_id, self.data = name, version_id, data
        self.reserved = reserved
        self.operation: Any = None
        self.origin: str | None = None
        """What is copied, or the path of what is stored."""


def _named(raw: Any, reserved: int) -> _Named:
    """Return an item of the caller, which is a name, a (name, version id) pair or an Object of a listing."""
    if type(raw) is str:
        name, version_id = raw, None
    elif isinstance(raw, Object):
        name, version_id = raw.object_name, raw.version_id
    elif isinstance(raw, (tuple, list)) and len(raw) == 2:
        name, version_id = raw[0], optional_text("version_id", raw[1]) or None
    else:
        name, version_id = raw, None
    if not isinstance(name, str):
        raise InvalidArgumentTypeError(
            f"names must hold names, (name, version id) pairs or Object, not {type(raw).__name__}"
        )
    return _Named(name, version_id, reserved)


def _pair(raw: Any, holds: str) -> tuple[str, Any]:
    if not isinstance(raw, (tuple, list)) or len(raw) != 2 or not isinstance(raw[0], str):
        raise InvalidArgumentTypeError(f"items must hold {holds}, not {type(raw).__name__}")
    return raw[0], raw[1]


class _Calls(Generic[T]):
    """The base of the four kinds of calls."""

    kind: str
    method = "GET"
    reserve = 0

    def __init__(self, client: AsyncBulkRuns, bucket: str) -> None:
        self._client: AsyncBulkRuns = object.__new__(type(client))
        self._client.__dict__.update(client.__dict__, _owner=False, _deadline=None)  # it limits the caller's steps
        self._bucket, self._session = bucket, client._session

    def read_item(self, raw: Any) -> _Named | Outcome:
        item = self.convert(raw)
        try:
            check_object_name(item.name)
        except InvalidArgumentError as error:
            return self.failed(item, error)
        return item

    def convert(self, raw: Any) -> _Named:
        raise NotImplementedError

    def operation(self, item: _Named) -> Any:
        raise NotImplementedError

    def first_try(self, item: _Named) -> Outgoing | None:
        item.operation = self.operation(item)
        return first_try(item.operation, self._session)

    def quick_outcome(self, item: _Named, head: Head, body: Callable[[], bytes] | bytes) -> Outcome | None:
        if head.length or head.status >= 300:
            return None
        found = plain_result(item.operation, self.method, Response(head.status, head.headers, b"", head.reason))
        return None if found is None else self.outcome(item, found[0])

    async def run(self, item: _Named, budget: Budget, first: Any) -> Outcome:
        return self.outcome(item, await self._result(item, first))

    async def _result(self, item: _Named, first: Any) -> Any:
        """Return the result of the operation. A flow goes on from the outcome of the first try."""
        client = self._client
        if item.operation is None:
            item.operation = self.operation(item)
        if first is None:
            return await client._call(item.operation)
        return await run(call(item.operation, self._session, first), client._transport)

    def outcome(self, item: _Named, result: Any) -> Outcome:
        raise NotImplementedError

    def failed(self, item: _Named, error: Exception) -> Outcome:
        return Outcome(self.kind, item.name, status="failed", error=error, version_id=item.version_id)


class _Usual:
    """An operation whose request is made once. Only its key differs, because making a request is a tenth of a call."""

    def __init__(self, made: Request) -> None:
        self.made = made

    def request(self) -> Request:
        return self.made

    def parse(self, response: Response, /) -> Response:
        return response


class _Gets(_Calls[bytes]):
    """Reads objects."""

    kind = "get"
    reserve = INLINE

    def __init__(self, client: AsyncBulkRuns, bucket: str, headers: dict[str, str]) -> None:
        super().__init__(client, bucket)
        self._headers = headers
        self._usual = _Usual(GetObject(bucket, "", None, headers).request())

    def convert(self, raw: Any) -> _Named:
        return _Named(raw, None, INLINE) if type(raw) is str else _named(raw, INLINE)

    def first_try(self, item: _Named) -> Outgoing | None:
        if item.version_id:
            return None
        self._usual.made.key = item.name
        return first_try(self._usual, self._session)

    def operation(self, item: _Named) -> GetObject:
        return GetObject(self._bucket, item.name, item.version_id, dict(self._headers) if self._headers else {})

    def quick_outcome(self, item: _Named, head: Head, body: Callable[[], bytes] | bytes) -> Outcome | None:
        etag = head.headers.get("etag")
        if head.status != 200 or not etag or self._headers:
            return None
        data = body if type(body) is bytes else body()  # type: ignore[operator]
        version_id = head.headers.get("x-amz-version-id")
        return Outcome("get", item.name, None, len(data), "done", "", None, bare_etag(etag), version_id, data)

    async def run(self, item: _Named, budget: Budget, first: Any) -> Outcome:
        response = await self._client._open(await self._result(item, first), item.operation, None, AsyncObjectContent)
        async with response:
            size = response.length_remaining
            if size is not None:
                await budget.reserve(item, size)
            parts, have = [], 0
            while part := await response.read1(_PIECE):
                parts.append(part)
                have += len(part)
                await budget.reserve(item, have)
            data = parts[0] if len(parts) == 1 else b"".join(parts)
        etag, version_id = response._head.get("etag"), response._head.get("x-amz-version-id")
        return Outcome("get", item.name, None, have, etag=etag and bare_etag(etag), version_id=version_id, value=data)


class _Stats(_Calls[Object]):
    """Reads the metadata of objects."""

    kind = "stat"
    method = "HEAD"

    def __init__(self, client: AsyncBulkRuns, bucket: str, headers: dict[str, str]) -> None:
        super().__init__(client, bucket)
        self._headers = headers

    def convert(self, raw: Any) -> _Named:
        return _named(raw, 0)

    def operation(self, item: _Named) -> HeadObject:
        return HeadObject(self._bucket, item.name, item.version_id, dict(self._headers) if self._headers else {})

    def outcome(self, item: _Named, result: Object) -> Outcome:
        return Outcome("stat", item.name, None, result.size, "done", "", None, result.etag, result.version_id, result)


class _Puts(_Calls[Written]):
    """Stores objects."""

    kind = "put"
    method = "PUT"
    reserve = SMALL_BODY

    def __init__(self, client: AsyncBulkRuns, target: UploadTarget) -> None:
        super().__init__(client, target.bucket)
        self._target = target
        self._disk = ShortWork()

    def convert(self, raw: Any) -> _Named:
        name, data = _pair(raw, "(name, data) pairs")
        if isinstance(data, (bytearray, memoryview)):
            data = bytes(data)
        elif not isinstance(data, (bytes, os.PathLike)) and not hasattr(data, "read"):
            raise InvalidArgumentTypeError(
                f"items must hold bytes, os.PathLike or files as data, not {type(data).__name__}: "
                "encode a text, and pass a path as pathlib.Path"
            )
        item = _Named(name, None, len(data) if isinstance(data, bytes) else 0, data)
        if isinstance(data, os.PathLike):
            item.origin = os.fsdecode(data)
        return item

    def operation(self, item: _Named) -> PutObject:
        return PutObject(self._bucket, item.name, item.data, dict(self._target.storing_headers), self._target.checksum)

    def first_try(self, item: _Named) -> Outgoing | None:
        if isinstance(item.data, os.PathLike) and not self._disk.is_slow():
            self._disk.timed(_read_small, item)
        data = item.data
        return super().first_try(item) if type(data) is bytes and len(data) <= SMALL_BODY else None

    async def run(self, item: _Named, budget: Budget, first: Any) -> Outcome:
        if first is not None:
            return self.outcome(item, await self._result(item, first))
        if isinstance(item.data, os.PathLike):
            await self._disk.run(_read_small, item)
        data, sizes = item.data, [0]
        if isinstance(data, os.PathLike):
            source = open_async_file(data, None)
        elif isinstance(data, bytes):
            source = open_async_source(data, len(data))
        else:
            await budget.reserve(item, _STREAM)
            source = open_async_source(data, -1)
        target = replace(self._target, key=item.name)
        try:
            written = await self._client._store(target, source, 0, lambda done, total: sizes.append(done))
        finally:
            source.close()
        return self._stored(item, written, sizes[-1])

    def outcome(self, item: _Named, result: Written) -> Outcome:
        return self._stored(item, result, len(item.data))

    def _stored(self, item: _Named, written: Any, size: int) -> Outcome:
        return Outcome("put", item.origin, item.name, size, etag=written.etag, version_id=written.version_id)

    def failed(self, item: _Named, error: Exception) -> Outcome:
        return Outcome("put", item.origin, item.name, status="failed", error=error)


def _read_small(item: _Named) -> None:
    """Replace the path of a small file by the content of the file. All other files, and errors, are for a task."""
    with suppress(OSError):
        descriptor = os.open(item.data, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb", buffering=0) as file:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode) or not 0 < before.st_size <= SMALL_FILE:
                return
            data = file.read(before.st_size + 1)
            after = os.fstat(descriptor)
        if len(data) == before.st_size and (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
            item.data = data


class _Copies(_Calls[Any]):
    """Copies objects on the server."""

    kind = "copy"

    def __init__(self, client: AsyncBulkRuns, bucket: str, options: dict[str, Any]) -> None:
        super().__init__(client, bucket)
        self._options = options

    def convert(self, raw: Any) -> _Named:
        name, source = _pair(raw, "(name, source) pairs")
        if isinstance(source, Object):
            source = CopySource(source.bucket_name, source.object_name, version_id=source.version_id)
        if not isinstance(source, (str, CopySource)):
            raise InvalidArgumentTypeError(
                f'items must hold "/bucket/object", CopySource or Object as sources, not {type(source).__name__}'
            )
        item = _Named(name, None, 0, source)
        item.origin = source if isinstance(source, str) else f"/{source.bucket_name}/{source.object_name}"
        return item

    def first_try(self, item: _Named) -> Outgoing | None:
        return None

    async def run(self, item: _Named, budget: Budget, first: Any) -> Outcome:
        result = await self._client.copy_object(self._bucket, item.name, item.data, **self._options)
        return Outcome("copy", item.origin, item.name, etag=result.etag, version_id=result.version_id)

    def failed(self, item: _Named, error: Exception) -> Outcome:
        return Outcome("copy", item.origin, item.name, status="failed", error=error)


class AsyncBulkRuns(AsyncLegacyCalls, AsyncCopyCalls, AsyncStoring, AsyncReading):
    """Generators of lists of outcomes, one for each call on many objects."""

    def _get_many(
        self, bucket: str, names: Items, headers: dict[str, str], options: BulkOptions
    ) -> AsyncGenerator[list[Outcome], None]:
        return self._run_many(_Gets(self, bucket, headers), names, options)

    def _stat_many(
        self, bucket: str, names: Items, headers: dict[str, str], options: BulkOptions
    ) -> AsyncGenerator[list[Outcome], None]:
        return self._run_many(_Stats(self, bucket, headers), names, options)

    def _put_many(
        self, target: UploadTarget, items: Items, options: BulkOptions
    ) -> AsyncGenerator[list[Outcome], None]:
        return self._run_many(_Puts(self, target), items, options)

    def _copy_many(
        self, bucket: str, items: Items, copying: dict[str, Any], options: BulkOptions
    ) -> AsyncGenerator[list[Outcome], None]:
        return self._run_many(_Copies(self, bucket, copying), items, options)

    async def _lane_pool(self) -> ConnectionPool | None:
        """Return the connections for requests that need no task. None if every request has to go its usual way."""
        transport: Any = self._transport
        if not isinstance(transport, AsyncTransport):
            return None
        pool = await transport.bind()
        replaced = any(self._is_replaced(name) for name in ("_url_open", "_execute", "_get_region"))
        return None if replaced or transport.limited else pool

    async def _run_many(
        self, calls: _Calls[Any], items: Items, options: BulkOptions
    ) -> AsyncGenerator[list[Outcome], None]:
        pool = await self._lane_pool()
        many = ManyCalls(calls, items, pool, options.jobs, options.ordered, options.max_buffered)
        try:
            while (batch := await many.next_batch()) is not None:
                yield batch
                del batch
        finally:
            await many.stop()
