"""Transfers on threads: several blocking calls at a time, ended together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from typing import TypeVar, cast

from ..http.scope import Scope
from ..wire.checksums import Payload
from ..wire.message import Body, body_length
from .download import Download, Span
from .partfile import PartFile
from .plan import Part
from .source import Source
from .spans import SpanWriter
from .upload import Sent, Upload

J = TypeVar("J")
R = TypeVar("R")

_LONG = 3600.0
_PATIENCE = 1.5
"""Seconds for threads to end. One that waits for the caller's own stream is left to it: its scope sends no more."""

Fetch = Callable[[Span, Scope], Generator[bytes, None, None]]
SendPart = Callable[[Part, Body, Payload, Scope], str]


def run_crew(
    work: Callable[[], None], workers: int, scope: Scope, stop: Callable[[BaseException], None] | None = None
) -> None:
    """Run `work` on so many threads and wait for all of them. Whatever ends the wait ends them too.

    `work` must not raise: it keeps its failure where the caller finds it, and cancels the scope. `stop` is told what
    has ended the wait.
    """
    if workers <= 1:
        work()
        return
    started: list[tuple[threading.Thread, threading.Event]] = []

    def one(ended: threading.Event) -> None:
        try:
            work()
        finally:
            ended.set()

    try:
        for number in range(workers):
            ended = threading.Event()
            name = f"minio-transfer-{number}"
            thread = threading.Thread(target=one, args=(ended,), name=name, daemon=True)
            thread.start()
            started.append((thread, ended))
        # Not by join(): one that Ctrl-C breaks off takes its thread for ended (so it is up to Python 3.12).
        for _, ended in started:
            while not ended.wait(scope.left_around(_LONG)):
                pass
    except BaseException as error:
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


def run_jobs(jobs: Iterable[J], work: Callable[[J, Scope], R], workers: int) -> list[R]:
    """Do all jobs, several at a time, and return their results in order. The first failure ends them all."""
    todo = list(jobs)
    results: list[R | None] = [None] * len(todo)
    waiting = iter(range(len(todo)))
    failures: list[BaseException] = []
    scope = Scope()

    def run() -> None:
        try:
            while not scope.cancelled and (index := next(waiting, None)) is not None:
                results[index] = work(todo[index], scope)
        except BaseException as error:  # noqa: BLE001 - raised below
            failures.append(error)
            scope.cancel()

    run_crew(run, min(workers, len(todo)), scope)
    if failures:
        raise failures[0]
    return cast("list[R]", results)


def run_upload(
    upload: Upload,
    source: Source,
    send: SendPart,
    checksum: str | None,
    workers: int,
    on_part: Callable[[int], None],
    first: Body | None = None,
) -> None:
    """Send all parts of an upload.

    Args:
        upload: The machine; it ends complete, or this function raises.
        source: Where the bytes come from.
        send: Sends one part and returns its ETag.
        checksum: Algorithm of the parts' checksum.
        workers: How many parts are under way at a time.
        on_part: Told of each part's size when the server holds it.
        first: The first part, when it was read already.

    Raises:
        BaseException: Whatever kept the first failing part from being sent.
    """
    reading, state = threading.Lock(), threading.Lock()
    scope = Scope()

    def fetch() -> tuple[Part, Body] | None:
        with reading:
            with state:
                part = upload.take()
            if part is None:
                return None
            try:
                body = first if first is not None and part.number == 1 else source.part(part.offset, part.size)
            except BaseException as error:
                fail(part.number, error)
                raise
            if body_length(body) < part.size:
                with state:
                    upload.ends_with(part.number)
                    if not body_length(body) and part.number > 1:
                        upload.drop(part.number)
                        return None
            return part, body

    def fail(number: int, error: BaseException) -> None:
        with state:
            upload.failed(number, error)
        source.stop()  # who is waiting in the caller's read() may not ask for the rest of its part
        scope.cancel()

    def work() -> None:
        try:
            while (job := fetch()) is not None:
                send_one(*job)
        except BaseException as error:  # noqa: BLE001 - kept in the machine, raised below
            fail(0, error)

    def send_one(part: Part, body: Body) -> None:
        try:
            payload = Payload(body, checksum)
            etag = send(part, body, payload, scope)
        except BaseException as error:
            fail(part.number, error)
            raise
        size = body_length(body)
        with state:
            upload.done(part.number, Sent(etag, size, payload.checksum(checksum), payload.md5))
        source.release(body)
        on_part(size)

    run_crew(work, min(workers, upload.plan.count or workers), scope, lambda error: fail(0, error))
    if upload.failure is not None:
        raise upload.failure


def run_download(
    download: Download,
    part: PartFile,
    fetch: Fetch,
    workers: int,
    on_bytes: Callable[[int], None],
    on_chunk: Callable[[], None],
) -> None:
    """Fetch all that is missing.

    Args:
        download: The machine; it ends complete, or this function raises.
        part: Where the bytes go.
        fetch: Gets a range, block by block.
        workers: How many ranges are under way at a time.
        on_bytes: Told of bytes as they are written.
        on_chunk: Called whenever a chunk is there; it may take its time.

    Raises:
        BaseException: Whatever kept the first failing range from being fetched.
    """
    lock = threading.Lock()
    scope = Scope()

    def take() -> Span | None:
        with lock:
            return download.take()

    def work() -> None:
        try:
            while (span := take()) is not None:
                writer = SpanWriter(part, span)
                with closing(fetch(span, scope)) as blocks:
                    for block in blocks:
                        if scope.cancelled:
                            raise scope.fault
                        for index in writer.write(block):
                            with lock:
                                download.finished(index)
                            on_chunk()
                        on_bytes(len(block))
        except BaseException as error:  # noqa: BLE001 - kept in the machine, raised below
            with lock:
                download.failed(error)
            scope.cancel()

    run_crew(work, workers, scope)
    if download.failure is not None:
        raise download.failure
