"""Run one small call for each of many items, several at a time, and collect the outcomes in lists.

The laws:

* Items are read one at a time, when a call can begin. At most `jobs` are under way.
* Every item that was read has exactly one outcome, in the order of the items if `ordered`. The exceptions: the run was
  cancelled, the client was closed, or a signal interrupted the reading of the items.
* If reading the items fails, the calls under way end first, their outcomes are delivered, and then the error is raised.
* `max_buffered` bounds the bytes of all outcomes, until the caller asks for the list after theirs, and of the responses
  under way. Only if the caller waits and nothing is ready, the oldest call may exceed it, so that one large object does
  not stop the run.
* A call that succeeds at once needs no task (`http/aio/lane.py`). All others have a task, which begins from what the
  lane has received.
* After `stop` there is no task and no request left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, Callable, Coroutine, Iterable, Iterator
from contextvars import copy_context
from typing import Any, Protocol, TypeVar, cast

from ....directories import Outcome
from ...exceptions import ClosedError, InvalidArgumentTypeError, TransportError
from ...http.aio.cancel import settle, without_deadline
from ...http.aio.express import make_express
from ...http.aio.lane import Lane
from ...http.aio.pool import ConnectionPool
from ...wire.http1 import Head
from ...wire.interrupts import READING
from ...wire.message import Outgoing, Response

I = TypeVar("I", bound="Item")  # noqa: E741 - the usual letter
INLINE = 256 * 1024
"""The number of bytes that are reserved for each response of a lane. Longer ones are for tasks."""
_BATCH = 64
"""How many outcomes are collected while others arrive."""
_AHEAD = 32
"""For each job, how many outcomes may wait for the caller."""
_END: Any = object()


class Item:
    """One item, and what its call needs to know about it."""

    __slots__ = ("index", "reserved")

    index: int
    reserved: int
    """The number of bytes that count for it while its call is under way."""


class Calls(Protocol[I]):
    """The calls to make."""

    reserve: int
    """The number of bytes for which there must be room before an item is read."""

    def read_item(self, raw: Any) -> I | Outcome:
        """Return an item of the caller, or the outcome if it cannot be one.

        Raises:
            InvalidArgumentTypeError: It is of a wrong type.
        """

    def first_try(self, item: I) -> Outgoing | None:
        """Return the request of a usual call. None if a task has to make it."""

    def quick_outcome(self, item: I, head: Head, body: Callable[[], bytes] | bytes) -> Outcome | None:
        """Return the outcome of a complete and usual response. None if a task has to judge it.

        If `body` is a function, it is called only if there is an outcome.
        """

    async def run(self, item: I, budget: Budget, first: tuple[Outgoing, Response | TransportError] | None) -> Outcome:
        """Make the call, or go on from the outcome of its first try."""

    def failed(self, item: I, error: Exception) -> Outcome:
        """Return the outcome of a call that raised an error."""


class Budget(Protocol):
    """The bytes that may be in memory."""

    async def reserve(self, item: Item, total: int) -> None:
        """Wait until the outcome of an item may have this many bytes."""


class ManyCalls:
    """The run of many calls.

    Args:
        calls: The calls.
        items: The items of the caller.
        pool: The connections. None if every call needs a task.
        jobs: How many calls are under way.
        ordered: Deliver the outcomes in the order of the items.
        max_buffered: The number of bytes.
    """

    def __init__(
        self,
        calls: Calls[Any],
        items: Iterable[Any] | AsyncIterable[Any],
        pool: ConnectionPool | None,
        jobs: int,
        ordered: bool,
        max_buffered: int,
    ) -> None:
        self._calls, self._pool, self._jobs, self._ordered, self._max = calls, pool, jobs, ordered, max_buffered
        self._loop = asyncio.get_running_loop()
        self._context = without_deadline(copy_context())
        self._express = None if pool is None else make_express(self._loop, self._on_whole, pool.timeout)
        self._lanes: list[Lane[Any]] = []
        self._parked: list[Lane[Any]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._flight: dict[int, Item] = {}
        """The calls under way, oldest first."""
        self._held: dict[int, tuple[Outcome, int]] = {}
        """Outcomes that wait for an earlier one."""
        self._due = 0
        """The index of the next outcome, if they are ordered."""
        self._ready: list[Outcome] = []
        self._ready_bytes = 0
        self._lent = self._lent_bytes = 0
        """The outcomes that the caller has, until it asks for more."""
        self._used = 0
        """The number of bytes of all outcomes and of the responses under way."""
        self._begun = self._released = 0
        """The number of items that were read, and of outcomes that the caller is done with."""
        self._most = jobs * _AHEAD
        self._hungry: list[asyncio.Future[None]] = []
        self._waiter: asyncio.Future[None] | None = None
        self._delivering = False
        self._ended = False
        """True once no more items are read."""
        self._failure: BaseException | None = None
        """Raised after the last outcome."""
        self._fatal: BaseException | None = None
        """Raised at once."""
        self._queue: deque[Any] = deque()
        self._room: asyncio.Future[None] | None = None
        self._feeder: asyncio.Task[None] | None = None
        self._items: Iterator[Any] | None = None
        if isinstance(items, AsyncIterable):
            self._feeder = self._start(self._feed(items))
        else:
            self._items = iter(items)

    # For the caller

    async def next_batch(self) -> list[Outcome] | None:
        """Return the next outcomes. None after the last ones.

        Raises:
            ClosedError: The client was closed.
            Exception: The caller's iterable raised it.
        """
        self._used -= self._lent_bytes
        self._released += self._lent
        self._lent = self._lent_bytes = 0
        if self._lanes:
            self._resume()
        else:
            self._launch()
        if len(self._ready) < _BATCH and not self._is_over():
            await self._wait()
        while not self._ready and not self._is_over():
            await self._wait()
        if self._fatal is not None:
            raise self._fatal
        if self._ready:
            batch, self._ready = self._ready, []
            self._lent, self._lent_bytes, self._ready_bytes = len(batch), self._ready_bytes, 0
            return batch
        if self._failure is not None:
            raise self._failure
        return None

    async def stop(self) -> None:
        """Cancel what is under way."""
        self._ended = True
        self._parked.clear()
        for lane in self._lanes:
            lane.abort()
        if self._express is not None:
            self._express.close()
            self._express = None
        for task in self._tasks:
            task.cancel()
        await settle(list(self._tasks))

    async def _wait(self) -> None:
        self._waiter = self._loop.create_future()
        if self._ready:
            self._deliver_soon()
        self._feed_hungry()
        try:
            await self._waiter
        finally:
            self._waiter = None

    # Beginning calls

    def _launch(self) -> None:
        """Begin a call, and the next one in the next iteration of the loop: reading an item may take long."""
        if len(self._lanes) < self._jobs and not self._ended:
            lane: Lane[Any] = Lane(self._pool, self._express, self._on_response)
            self._lanes.append(lane)
            self._next(lane)
            self._loop.call_soon(self._launch, context=self._context)

    def _resume(self) -> None:
        parked, self._parked = self._parked, []
        for lane in parked:
            self._next(lane)

    def _next(self, lane: Lane[Any]) -> None:
        """Begin the call of the next item, if there is one and there is room for its outcome."""
        while not self._ended:
            ahead = self._begun - self._released
            if ahead and (ahead >= self._most or self._used + self._calls.reserve > self._max):
                break
            raw = self._take()
            if raw is _END:
                break
            try:
                item = self._calls.read_item(raw)
            except InvalidArgumentTypeError as error:
                self._end(error)
                break
            if self._begin(lane, item):
                return
        lane.release()
        if not self._ended:
            self._parked.append(lane)

    def _begin(self, lane: Lane[Any], item: Any) -> bool:
        """Begin the call of an item. Return False if it has an outcome already."""
        index, self._begun = self._begun, self._begun + 1
        if isinstance(item, Outcome):
            self._put(index, item, 0)
            return False
        item.index = index
        self._used += item.reserved
        self._flight[index] = item
        outgoing = None if self._pool is None else self._calls.first_try(item)
        lane.entry = item  # first: an interrupt may end this step as soon as the request is sent
        if outgoing is None or not lane.send(outgoing):
            lane.entry = None
            self._start(self._run(lane, item, None))
        return True

    def _take(self) -> Any:
        """Return the next item, or _END if there is none at the moment."""
        if self._items is None:
            return self._take_fed()
        try:
            READING.on = True
            return next(self._items)
        except StopIteration:
            self._end(None)
        except Exception as error:  # noqa: BLE001 - raised to the caller after the calls under way
            self._end(error)
        except BaseException as error:  # noqa: BLE001 - raised to the caller at once
            self._abort(error)
        finally:
            READING.on = False
        return _END

    def _end(self, error: BaseException | None) -> None:
        """Read no more items. Raise an error after the last outcome."""
        self._ended = True
        self._failure = error
        self._parked.clear()
        self._wake_if_over()

    def _abort(self, error: BaseException) -> None:
        """Raise an error at once."""
        self._ended = True
        self._fatal = self._fatal or error
        self._wake_if_over()

    # Items of an asynchronous iterable

    async def _feed(self, items: AsyncIterable[Any]) -> None:
        try:
            async for raw in items:
                self._queue.append(raw)
                if self._parked:
                    self._next(self._parked.pop())
                while len(self._queue) >= self._jobs:
                    self._room = self._loop.create_future()
                    await self._room
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - raised to the caller after the calls under way
            self._failure = error
        except BaseException as error:
            self._abort(error)
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise  # these end the loop
        self._feeder = None
        if not self._queue and not self._ended:
            self._end(self._failure)

    def _take_fed(self) -> Any:
        if self._queue:
            if self._room is not None and not self._room.done():
                self._room.set_result(None)
            return self._queue.popleft()
        if self._feeder is None:
            self._end(self._failure)
        return _END

    # Ending calls

    def _on_response(self, lane: Lane[Any]) -> None:
        try:
            self._judge(lane)
        except BaseException as error:  # noqa: BLE001 - the loop would only log it
            lane.abort()
            self._abort(error)

    def _on_whole(self, lane: Lane[Any], head: Head, body: bytes) -> bool:
        """End a call whose response has come at once."""
        item = lane.entry
        outcome = self._calls.quick_outcome(item, head, body)
        if outcome is None:
            return False
        lane.finish()
        self._settle(cast(Item, item), outcome)
        self._next(lane)
        return True

    def _judge(self, lane: Lane[Any]) -> None:
        """Go on after something has come: end the call, wait for more, or let a task go on."""
        item, outgoing, parser = cast(Any, lane.entry), cast(Outgoing, lane.outgoing), lane.parser
        if parser.done:
            outcome = self._calls.quick_outcome(item, cast(Head, parser.head), parser.pop_all)
            if outcome is not None:
                lane.finish()
                self._settle(item, outcome)
                self._next(lane)
                return
        elif lane.error is not None:
            failure = lane.fail()
            self._start(self._run(lane, item, None if failure is None else (outgoing, failure)))
            return
        elif parser.remaining is not None and parser.remaining + parser.size <= item.reserved:
            return
        self._start(self._run(lane, item, (outgoing, lane.hand_over())))

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(coroutine, context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, lane: Lane[Any], item: Any, first: tuple[Outgoing, Response | TransportError] | None) -> None:
        """Make a call on a task."""
        try:
            outcome = await self._calls.run(item, self, first)
        except ClosedError as error:
            self._abort(error)
            return
        except Exception as error:  # noqa: BLE001 - it is the outcome
            outcome = self._calls.failed(item, error)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._abort(error)
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise  # these end the loop
            return
        self._settle(item, outcome)
        self._next(lane)

    def _settle(self, item: Item, outcome: Outcome) -> None:
        """Count a call that has ended."""
        size = len(outcome.value) if type(outcome.value) is bytes else 0
        self._used += size - item.reserved
        del self._flight[item.index]
        self._put(item.index, outcome, size)
        if self._hungry:
            self._feed_hungry()

    def _put(self, index: int, outcome: Outcome, size: int) -> None:
        """Make an outcome ready, or hold it until all earlier ones are."""
        if not self._ordered:
            self._ready.append(outcome)
            self._ready_bytes += size
        else:
            self._held[index] = outcome, size
            while (found := self._held.pop(self._due, None)) is not None:
                self._due += 1
                self._ready.append(found[0])
                self._ready_bytes += found[1]
        if not self._delivering and self._waiter is not None and self._ready:
            self._deliver_soon()
        if self._ended:
            self._wake_if_over()

    # Waking the caller

    def _deliver_soon(self) -> None:
        self._delivering = True
        self._loop.call_soon(self._deliver, len(self._ready))

    def _deliver(self, before: int) -> None:
        """Wake the caller, unless more outcomes came in this iteration of the loop: waking it costs as much as many."""
        if before < len(self._ready) < _BATCH:
            self._deliver_soon()
        else:
            self._delivering = False
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _is_over(self) -> bool:
        return self._fatal is not None or (self._ended and not self._flight)

    def _wake_if_over(self) -> None:
        if self._is_over():
            self._wake()

    # The budget

    async def reserve(self, item: Item, total: int) -> None:
        """Wait until the outcome of an item may have this many bytes."""
        more = total - item.reserved
        if more <= 0:
            return
        while self._used + more > self._max and not self._may_exceed(item):
            turn: asyncio.Future[None] = self._loop.create_future()
            self._hungry.append(turn)
            await turn
        self._used += more
        item.reserved = total

    def _may_exceed(self, item: Item) -> bool:
        return self._waiter is not None and not self._ready and next(iter(self._flight.values())) is item

    def _feed_hungry(self) -> None:
        hungry, self._hungry = self._hungry, []
        for turn in hungry:
            if not turn.done():
                turn.set_result(None)
