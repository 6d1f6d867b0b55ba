"""What the carriers of a run have in common: the client, and how an error becomes an outcome."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Protocol

from ....directories import Action, Outcome
from ....error import ClosedError, DeadlineExceeded, NoSuchBucket, NoSuchKey, PreconditionFailed
from ...engine.session import Session
from ...ops.base import Operation
from ..directory.options import SyncOptions
from ..directory.report import LARGE_FILE, Report

SMALL = 1024 * 1024
"""The size in bytes up to which a file is read and written at once, on the event loop while the disk is fast."""
_LARGE_AT_A_TIME = 8
"""The number of larger files under way. Each has several requests."""
FATAL = (ClosedError, DeadlineExceeded, NoSuchBucket)
"""Errors after which no other action can succeed."""
EXISTS = "the target was created after the plan was made"


class Client(Protocol):
    """The parts of `AsyncMinio` that a run uses."""

    _session: Session
    _durable: bool

    async def _call(self, operation: Operation[Any], scope: None = None) -> Any: ...

    async def _run_short(self, function: Callable[..., Any], *args: Any) -> Any: ...

    async def fput_object(self, *args: Any, **kwargs: Any) -> Any: ...

    async def put_object(self, *args: Any, **kwargs: Any) -> Any: ...

    async def get_object(self, *args: Any, **kwargs: Any) -> Any: ...

    async def copy_object(self, *args: Any, **kwargs: Any) -> Any: ...

    async def _fetch_file(self, *args: Any, **kwargs: Any) -> Any: ...


class BaseCarrier:
    """The base class of carriers.

    Args:
        client: The client of the target, or of the source of a download.
        bucket: The bucket of the target, or of the source of a download.
        options: The options of the plan.
        report: Where bytes are counted.
    """

    batch = 100

    def __init__(self, client: Client, bucket: str, options: SyncOptions, report: Report) -> None:
        self.client = client
        self.bucket = bucket
        self.options = options
        self.report = report
        self.uncertain = 0
        """How many of the next targets an earlier process may have completed."""
        self._large = asyncio.Semaphore(_LARGE_AT_A_TIME)

    async def carry_out(self, action: Action) -> Outcome:
        """Carry out an action. Its error is in the outcome."""
        counted = Counted(self.report, action.name, action.size or 0)
        began = time.perf_counter()
        try:
            if self.uncertain and action.kind != "make_directory":
                self.uncertain -= 1
                found = await self._found(action)
                if found is not None:
                    return found
            outcome = await self._do(action, counted)
        except FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - also one of the caller's hooks: the outcome of this action
            if self.report.error is not None:
                raise self.report.error from None
            counted.undo()
            outcome = failed(action, error)
        finally:
            counted.end()
        counted.settle(outcome)
        return replace(outcome, seconds=time.perf_counter() - began)

    async def _do(self, action: Action, counted: Counted) -> Outcome:
        raise NotImplementedError

    async def _found(self, action: Action) -> Outcome | None:
        """Return the outcome of an action that an earlier process has completed."""
        raise NotImplementedError

    async def delete(self, actions: Sequence[Action]) -> list[Outcome]:
        """Carry out deletes."""
        raise NotImplementedError

    @asynccontextmanager
    async def large(self) -> AsyncIterator[None]:
        """Wait until another large file may be under way."""
        async with self._large:
            yield


class Counted:
    """The bytes of one action that were reported.

    Args:
        report: Where they are reported.
        name: The name of the action.
        size: Its size in bytes. A large file is also reported by itself.
    """

    __slots__ = ("_name", "_report", "_size", "bytes")

    def __init__(self, report: Report, name: str = "", size: int = 0) -> None:
        self._report = report
        self._name = name
        self._size = 0 if report.silent or size < LARGE_FILE else size
        self.bytes = 0

    def __call__(self, done: int, total: int) -> None:
        """Receive the progress of a single transfer."""
        if self._size:
            self._report.file(self._name, done, self._size)
        self._report.add(done - self.bytes)
        self.bytes = done

    def undo(self) -> None:
        """Take back what was counted, because it has to be sent again, or failed."""
        self._report.add(-self.bytes)
        self.bytes = 0

    def end(self) -> None:
        """The action has ended: its file is reported no more."""
        if self._size:
            self._size = 0
            self._report.file_ended(self._name)

    def settle(self, outcome: Outcome) -> None:
        """Count what was transferred in all."""
        if outcome.status == "done":
            self(outcome.size or 0, 0)


def failed(action: Action, error: BaseException, reason: str = "") -> Outcome:
    """Return the outcome of an action that failed."""
    if reason:
        pass
    elif isinstance(error, NoSuchKey):
        reason = "the source was removed after the plan was made"
    elif isinstance(error, PreconditionFailed):
        reason = EXISTS if action.replaces is None else "the object was changed after the plan was made"
    elif isinstance(error, FileExistsError):
        reason = EXISTS
    else:
        reason = str(error)
    return Outcome(action.kind, action.source, action.target, action.size, "failed", reason, error, action.etag)


def done_before(action: Action, found: Any) -> Outcome:
    """Return the outcome of an action that an earlier process has completed.

    Args:
        action: The action.
        found: The object, or None for a file.
    """
    etag = action.etag if found is None else found.etag
    reason = "done by an earlier run"
    return Outcome(action.kind, action.source, action.target, action.size, "skipped", reason, etag=etag)


def done(action: Action, size: int | None, etag: str | None, version_id: str | None = None) -> Outcome:
    """Return the outcome of an action that was carried out."""
    return Outcome(
        action.kind,
        action.source,
        action.target,
        size,
        "done",
        action.reason,
        etag=etag,
        version_id=version_id,
        source_etag=action.etag,
        source_mtime=action.mtime,
    )
