"""Transfers on worker threads: several concurrent blocking calls that end together."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import TypeVar, cast

from ...http.sync.cancel import Alarm, CancelScope, run_outside
from ...wire.body import Body, body_length
from ...wire.checksums import Payload
from ...wire.interrupts import Latch, interrupts_later, take
from ...wire.tracked_body import track
from ..pace import Pace
from ..plan import Part
from ..source import Source
from ..upload import Sent, Upload

J = TypeVar("J")
R = TypeVar("R")

_LONG = 3600.0
_PATIENCE = 1.5
"""Seconds to wait for threads to end. A thread that blocks in the caller's stream is abandoned; it sends no more."""

SendPart = Callable[[Part, Body, Payload, CancelScope], str]


class Crew:
    """How many workers there are to be, if that is decided while they work."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.wanted = 1
        self.wake: Callable[[], object] = _no_one

    def want(self, number: int) -> None:
        """Have this many workers started in total. Those that are superfluous end by themselves."""
        if number > self.wanted:
            self.wanted = number
            self.wake()


def _no_one() -> None:
    """Do nothing: no thread waits."""


def run_workers(
    work: Callable[[], None],
    workers: int,
    scope: CancelScope,
    stop: Callable[[BaseException], None] | None = None,
    crew: Crew | None = None,
) -> None:
    """Run `work` on `workers` threads and wait for all of them. An exception during the wait ends them.

    Args:
        work: What each thread runs. It must not raise: it stores its error for the caller and cancels the scope.
        workers: The number of threads. A single worker runs on the calling thread.
        scope: The scope of the workers' calls.
        stop: Called with the exception that ended the wait.
        crew: Starts more threads later.
    """
    if workers <= 1 and (crew is None or crew.most <= 1):
        work()
        return
    started: list[tuple[threading.Thread, Latch]] = []

    events: queue.SimpleQueue[None] = queue.SimpleQueue()
    wake = partial(events.put, None)
    alarm = Alarm(wake)
    if crew is not None:
        crew.wake = wake

    def run_worker(ended: Latch) -> None:
        try:
            work()
        finally:
            ended.set()
            wake()

    def start(until: int) -> None:
        while len(started) < until:
            ended = Latch()
            name = f"minio-transfer-{len(started)}"
            # Hooks find the context of the call, such as a tracer's current span.
            work_here = partial(copy_context().run, run_outside, partial(run_worker, ended))
            thread = threading.Thread(target=work_here, name=name, daemon=True)
            with interrupts_later():
                thread.start()
                started.append((thread, ended))

    try:
        start(workers)
        # Not join(): when Ctrl-C interrupts it, it marks the thread as ended (up to Python 3.12).
        while not all(ended.is_set() for _, ended in started):
            with suppress(queue.Empty):
                take(events, alarm.remaining_outside(_LONG))
            start(0 if crew is None else crew.wanted)
    except BaseException as error:
        with interrupts_later():
            scope.cancel()
            if stop is not None:
                stop(error)
            until = time.monotonic() + _PATIENCE
            for thread, ended in started:
                if ended.wait(max(0.0, until - time.monotonic())):
                    thread.join()
        raise
    for thread, _ in started:
        thread.join()


def run_jobs(jobs: Iterable[J], work: Callable[[J, CancelScope], R], workers: int) -> list[R]:
    """Run all jobs concurrently, and return their results in order. The first error ends them all."""
    todo = list(jobs)
    results: list[R | None] = [None] * len(todo)
    waiting = iter(range(len(todo)))
    failures: list[BaseException] = []
    scope = CancelScope()

    def run() -> None:
        try:
            while not scope.cancelled and (index := next(waiting, None)) is not None:
                results[index] = work(todo[index], scope)
        except BaseException as error:  # noqa: BLE001 - raised below
            failures.append(error)
            scope.cancel()

    run_workers(run, min(workers, len(todo)), scope)
    if failures:
        raise failures[0]
    return cast("list[R]", results)


def run_upload(
    upload: Upload,
    source: Source,
    send: SendPart,
    checksum: str | None,
    pace: Pace,
    on_part: Callable[[int], None],
    first: Body | None = None,
) -> None:
    """Send all parts of an upload.

    Args:
        upload: The state of the upload. It is complete unless this function raises.
        source: The source of the bytes.
        send: Sends one part and returns its ETag.
        checksum: The algorithm of the parts' checksums.
        pace: The number of requests and of bodies that are sent concurrently.
        on_part: Called with the size of each part that the server has stored.
        first: The first part, if it was already read.

    Raises:
        BaseException: The error of the first part that failed.
    """
    work = _UploadWork(upload, source, send, checksum, pace, on_part, first)
    workers = min(pace.most_requests, upload.plan.count or pace.most_requests)
    run_workers(work.run, workers, work.scope, lambda error: work.fail(0, error))
    if upload.failure is not None:
        raise upload.failure


class _UploadWork:
    """The state that the workers of an upload share. See `run_upload`."""

    def __init__(
        self,
        upload: Upload,
        source: Source,
        send: SendPart,
        checksum: str | None,
        pace: Pace,
        on_part: Callable[[int], None],
        first: Body | None,
    ) -> None:
        self.scope = CancelScope()
        self._upload = upload
        self._source = source
        self._send = send
        self._checksum = checksum
        self._pace = pace
        self._on_part = on_part
        self._first = first
        self._ended = False
        self._reading, self._state = threading.Lock(), threading.Condition(threading.Lock())

    def run(self) -> None:
        """Send parts until none are left."""
        try:
            while self._begin() and (job := self._fetch()) is not None:
                self._send_part(*job)
        except BaseException as error:  # noqa: BLE001 - stored in the state, raised by run_upload
            self.fail(0, error)
        else:
            self._end()

    def fail(self, number: int, error: BaseException) -> None:
        """Fail the upload with the error of a part."""
        with self._state:
            self._upload.failed(number, error)
        self._end()
        self._source.stop()  # a thread in the caller's read() must not read the rest of its part
        self.scope.cancel()

    def _begin(self) -> bool:
        """Wait until another request may begin. Return False if no part is left."""
        with self._state:
            self._state.wait_for(lambda: self._ended or self._pace.may_begin())
            if not self._ended:
                self._pace.begin()
            return not self._ended

    def _end(self) -> None:
        """Release the workers that wait: no request begins any more."""
        with self._state:
            self._ended = True
            self._state.notify_all()

    def _fetch(self) -> tuple[Part, Body] | None:
        upload = self._upload
        with self._reading:
            with self._state:
                part = upload.take()
            if part is None:
                return None
            try:
                body = self._read(part)
            except BaseException as error:
                self.fail(part.number, error)
                raise
            if body_length(body) < part.size:
                with self._state:
                    upload.ends_with(part.number)
                    if not body_length(body) and part.number > 1:
                        upload.drop(part.number)
                        return None
            return part, body

    def _read(self, part: Part) -> Body:
        if self._first is not None and part.number == 1:
            return self._first
        return self._source.part(part.offset, part.size)

    def _send_part(self, part: Part, body: Body) -> None:
        try:
            payload = Payload(body, self._checksum)
            self._await_turn(part.number)
            etag = self._send(part, track(body, partial(self._sent, part.number)), payload, self.scope)
        except BaseException as error:
            self.fail(part.number, error)
            raise
        size = body_length(body)
        self._source.release(body)
        with self._state:
            self._upload.done(part.number, Sent(etag, size, payload.checksum(self._checksum), payload.md5))
            self._pace.end(part.number)
            self._pace.stored(size, time.monotonic())
            self._state.notify_all()
        self._on_part(size)

    def _await_turn(self, number: int) -> None:
        """Wait until the body of a part may be sent. After a failure, the call itself raises Cancelled."""
        with self._state:
            self._state.wait_for(lambda: self._upload.failure is not None or self._pace.may_send())
            self._pace.send(number)

    def _sent(self, number: int) -> None:
        """The body of a part was sent: its place is free although there is no response yet."""
        with self._state:
            self._pace.sent(number)
            self._state.notify_all()
