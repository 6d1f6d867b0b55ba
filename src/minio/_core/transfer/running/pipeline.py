"""Many jobs on one event loop: actions in, outcomes out as they come.

One task reads the plan a little ahead. Workers take actions from it and carry them out, as many at a time as the
`Throttle` lets them. Names that are to be last wait until everything before them has ended. So do deletes, which are
carried out in batches; names of directories come after all others, the deepest first.

The laws:

* Each action of the plan has one outcome, unless the plan itself fails: then what was begun is completed, and the error
  of the plan is raised.
* Nothing that is to be last begins before everything else has ended.
* No delete is carried out if anything before it failed. Its outcome is then "cancelled".
* An action that a busy server refused ("slow down"), its retries included, is tried again after all others, up to
  twice, if others get through.
* Once an action has failed because a server cannot be reached, its retries included, or because it does not accept the
  keys, nothing more begins. The outcomes of all other actions are "cancelled", with the reason.
* An error of the observer, which is one of the caller's `progress`, ends the run at once, and is raised.
* Memory is bounded: actions ahead, actions under way, and outcomes that the caller has not taken yet.
* Closing the iterator cancels what is under way, and waits until it has cleaned up.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from ....directories import Action, Outcome
from ...exceptions import DeadlineExceeded, InvalidPathError, TransportError
from ...http.aio.cancel import settle, without_deadline
from ..directory.throttle import Throttle

_AHEAD = 1000
"""The number of actions that are read ahead."""
_BACKLOG = 1000
"""The number of outcomes that may wait for the caller before no further action begins."""
_SECOND_TRIES = 2
"""The number of times that an action goes back to the end of the queue because the server is busy."""
_BAD_KEYS = frozenset({"ExpiredToken", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSecurity", "InvalidToken"})
"""Codes of S3 which say that the keys are not accepted, whatever is asked for."""
_BAD_SIGNATURES = 20
"""The number of refused signatures after which the secret key is wrong if nothing has succeeded. A server may also
refuse the signature of a request with an unusual name."""
_NO_WAY = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, getattr(errno, "EHOSTDOWN", -1)}
"""Errors of the system which say that nothing listens at an address, or that no way leads there."""


class Carrier(Protocol):
    """What carries out the actions of a run. Errors that concern one action alone are in its outcome."""

    batch: int
    """The number of deletes that are carried out together."""

    async def carry_out(self, action: Action) -> Outcome:
        """Carry out an action."""

    async def delete(self, actions: Sequence[Action]) -> list[Outcome]:
        """Carry out deletes, in order."""


class Observer(Protocol):
    """What looks at the actions of a run in the order of the plan, and learns what becomes of them."""

    def planned(self, action: Action) -> Action | Outcome:
        """Return the action to carry out, or the outcome if there is nothing to do."""

    def ended(self, action: Action, outcome: Outcome) -> None:
        """Learn what became of an action."""

    def complete(self) -> None:
        """Learn that all actions are known."""


class _Deletes:
    """The deletes of a plan that are not handed out yet."""

    def __init__(self) -> None:
        self.begun = False
        self.failures = 0
        self.batch: list[Action] = []
        self.folders: list[Action] = []


class Pipeline:
    """A run. Iterate over `outcomes()` once.

    Args:
        plan: The actions, in batches.
        carrier: What carries them out.
        observer: What learns about them.
        throttle: How many jobs may be under way.
        is_last: Whether a name is to be carried out after all others. The plan has these names at its end.
    """

    def __init__(
        self,
        plan: AsyncIterable[Sequence[Action]],
        carrier: Carrier,
        observer: Observer,
        throttle: Throttle,
        is_last: Callable[[str], bool] | None = None,
    ) -> None:
        self._is_last = is_last
        self._plan = plan
        self._carrier = carrier
        self._observer = observer
        self._throttle = throttle
        self._jobs: deque[tuple[Action, ...]] = deque()
        self._outcomes: list[Outcome] = []
        self._idle: list[asyncio.Future[None]] = []
        self._active = 0
        self._succeeded = 0
        self._failed = 0
        self._refused: dict[tuple[Action, ...], tuple[int, int]] = {}
        self._read = False
        self._error: BaseException | None = None
        self._broken = False
        self._closed = False
        """True once nothing may begin any more. A hook of the caller may raise an error in place of a cancellation."""
        self._fatal: BaseException | None = None
        """The error after which nothing more begins."""

    async def outcomes(self) -> AsyncGenerator[list[Outcome], None]:
        """Carry out the plan. Outcomes come in the order in which actions end, as many at a time as there are."""
        self._loop = asyncio.get_running_loop()
        self._change, self._room = asyncio.Event(), asyncio.Event()
        context = without_deadline()
        tasks = [self._loop.create_task(self._read_plan(), context=context)]
        tasks += [self._loop.create_task(self._work(), context=context) for _ in range(self._throttle.most)]
        try:
            while True:
                if self._outcomes:
                    ready, self._outcomes = self._outcomes, []
                    if len(ready) >= _BACKLOG:
                        self._wake(self._throttle.most)
                    self._room.set()
                    yield ready
                    continue
                if self._broken or (self._read and not self._jobs and not self._active):
                    break
                self._change.clear()
                await self._change.wait()
        finally:
            self._closed = True
            for task in tasks:
                task.cancel()
            await settle(tasks)
        if self._error is not None:
            raise self._error

    # Reading the plan

    async def _read_plan(self) -> None:
        try:
            plan = aiter(self._plan)
            try:
                await self._feed(plan)
            finally:
                if isinstance(plan, AsyncGenerator):
                    await plan.aclose()
            with self._ends_run():
                self._observer.complete()
        except Exception as error:  # noqa: BLE001 - raised by outcomes()
            self._error = self._error or error
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - raised by outcomes(), at once
            self._error, self._broken = self._error or error, True
        self._read = True
        self._change.set()
        self._wake(self._throttle.most)

    async def _feed(self, plan: AsyncIterator[Sequence[Action]]) -> None:
        deletes = _Deletes()
        async for actions in plan:
            for action in actions:
                if action.kind == "delete":
                    await self._add_delete(action, deletes)
                    continue
                if self._is_last is not None and self._is_last(action.name):
                    await self._until(self._is_at_rest)
                    self._is_last = None  # from here on, all are last
                await self._add(action)
        if deletes.batch:
            await self._add_job(tuple(deletes.batch))
        await self._remove_folders(deletes.folders)

    async def _add_delete(self, action: Action, deletes: _Deletes) -> None:
        if not deletes.begun:
            deletes.begun = True
            await self._until(self._is_at_rest)
            deletes.failures = self._failed
        if deletes.failures:
            await self._until(self._has_room)
            self._end(action, withheld(action, deletes.failures))
            return
        planned = self._planned(action)
        if isinstance(planned, Outcome):
            await self._until(self._has_room)
            self._end(action, planned)
            return
        (deletes.folders if action.name.endswith("/") else deletes.batch).append(action)
        if len(deletes.batch) >= self._carrier.batch:
            await self._add_job(tuple(deletes.batch))
            deletes.batch = []

    async def _remove_folders(self, folders: list[Action]) -> None:
        """Remove directories after everything in them, from the deepest to the highest."""
        if not folders:
            return
        await self._until(self._is_at_rest)
        folders.sort(key=lambda action: action.name, reverse=True)
        for start in range(0, len(folders), self._carrier.batch):
            await self._add_job(tuple(folders[start : start + self._carrier.batch]))
            await self._until(self._is_at_rest)

    def _planned(self, action: Action) -> Action | Outcome:
        with self._ends_run():
            return self._observer.planned(action)

    @contextmanager
    def _ends_run(self) -> Iterator[None]:
        """Let an error end the run at once."""
        try:
            yield
        except BaseException:
            self._broken = True
            raise

    async def _add(self, action: Action) -> None:
        planned = self._planned(action)
        if isinstance(planned, Outcome) or not has_work(action):
            await self._until(self._has_room)
            self._end(action, planned if isinstance(planned, Outcome) else left_alone(action))
        else:
            await self._add_job((planned,))

    async def _add_job(self, job: tuple[Action, ...]) -> None:
        await self._until(lambda: len(self._jobs) < _AHEAD)
        self._jobs.append(job)
        self._wake()

    def _has_room(self) -> bool:
        return len(self._outcomes) < _BACKLOG

    def _is_at_rest(self) -> bool:
        return not self._jobs and not self._active

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self._room.clear()
            await self._room.wait()

    # Carrying out

    async def _work(self) -> None:
        while (job := await self._take()) is not None:
            try:
                await self._run(job)
            except asyncio.CancelledError:
                raise
            except BaseException as error:
                self._error, self._broken = self._error or error, True
                if isinstance(error, (KeyboardInterrupt, SystemExit)):
                    self._closed = True
                    raise  # these end the loop
            finally:
                self._active -= 1
                self._change.set()
                self._room.set()

    async def _take(self) -> tuple[Action, ...] | None:
        """Wait for the next job. Return None at the end of the run."""
        while not self._closed:
            if self._jobs and self._active < self._throttle.limit and self._has_room():
                self._active += 1
                self._room.set()
                return self._jobs.popleft()
            if self._read and not self._jobs:
                return None
            waiting = self._loop.create_future()
            self._idle.append(waiting)
            await waiting
        return None

    async def _run(self, job: tuple[Action, ...]) -> None:
        if self._fatal is not None:
            for action in job:
                self._end(action, not_tried(action, self._fatal))
            return
        number, succeeded = self._throttle.begin(), self._succeeded
        if job[0].kind == "delete":
            found = await self._carrier.delete(job)
        else:
            found = [await self._carrier.carry_out(job[0])]
            if is_slow_down(found[0].error) and self._goes_again(job, succeeded):
                self._throttle.slow_down(number)
                return
        ok = True
        for action, outcome in zip(job, found, strict=True):
            self._end(action, outcome)
            if outcome.status == "failed":
                ok = False
                if is_slow_down(outcome.error):
                    self._throttle.slow_down(number)
        if ok:
            self._succeeded += 1
            limit = self._throttle.limit
            self._throttle.succeed()
            if self._throttle.limit > limit:
                self._wake()

    def _goes_again(self, job: tuple[Action, ...], succeeded: int) -> bool:
        """Put a job that was refused back to the end of the queue, if others get through.

        Args:
            job: The job.
            succeeded: The number of jobs that had succeeded when it began.
        """
        refusals, since = self._refused.get(job, (0, succeeded))
        if refusals == _SECOND_TRIES or self._succeeded == (since if refusals else 0):
            return False
        self._refused[job] = refusals + 1, since
        self._jobs.append(job)
        return True

    def _end(self, action: Action, outcome: Outcome) -> None:
        if outcome.status == "failed":
            self._failed += 1
            if self._fatal is None and (is_unreachable(outcome.error) or self._has_bad_keys(outcome.error)):
                self._fatal = outcome.error
        with self._ends_run():
            self._observer.ended(action, outcome)
        self._outcomes.append(outcome)
        self._change.set()

    def _has_bad_keys(self, error: BaseException | None) -> bool:
        """Return whether an error says that all other actions will fail because of the keys."""
        code = getattr(error, "code", None)
        if code == "SignatureDoesNotMatch":
            return not self._succeeded and self._failed >= _BAD_SIGNATURES
        return code in _BAD_KEYS

    def _wake(self, count: int = 1) -> None:
        while self._idle and count:
            waiting = self._idle.pop()
            if not waiting.done():
                waiting.set_result(None)
                count -= 1


def has_work(action: Action) -> bool:
    """Return whether there is something to carry out. A name that is skipped may get the time of its source."""
    return action.mtime is not None if action.kind == "skip" else action.kind not in ("warn", "fail")


def left_alone(action: Action) -> Outcome:
    """Return the outcome of an action that is not carried out: it was skipped, warns, or cannot be carried out."""
    if action.kind == "fail":
        error: Any = InvalidPathError(f"{action.name!r}: {action.reason}" if action.name else action.reason)
        return Outcome("fail", action.source, action.target, action.size, "failed", action.reason, error)
    status: Any = "skipped" if action.kind == "skip" else "warning"
    return Outcome(action.kind, action.source, action.target, action.size, status, action.reason, etag=action.etag)


def withheld(action: Action, failed: int) -> Outcome:
    """Return the outcome of a delete after a failure."""
    reason = f"nothing is deleted, because {failed} of the actions before failed"
    return Outcome("delete", action.source, action.target, action.size, "cancelled", reason)


def not_tried(action: Action, error: BaseException) -> Outcome:
    """Return the outcome of an action that did not begin because of an error that all others would have, too."""
    cause = "the server cannot be reached" if is_unreachable(error) else "the server does not accept the keys"
    reason = f"not tried, because {cause}: {error}"
    return Outcome(action.kind, action.source, action.target, action.size, "cancelled", reason)


def is_slow_down(error: BaseException | None) -> bool:
    """Return whether an error means that the server asks for fewer requests."""
    return getattr(error, "status", None) in (429, 503) or getattr(error, "code", None) == "SlowDown"


def is_unreachable(error: BaseException | None) -> bool:
    """Return whether no connection to a server can be opened: nothing listens there, or no way leads there."""
    if not isinstance(error, TransportError) or isinstance(error, DeadlineExceeded):
        return False
    reason = error.reason
    for cause in (reason, getattr(reason, "__cause__", None)):  # urllib3 has errors of its own around the system's
        if isinstance(cause, socket.gaierror) or (isinstance(cause, OSError) and cause.errno in _NO_WAY):
            return True
    return error.unsent and isinstance(reason, TimeoutError)
