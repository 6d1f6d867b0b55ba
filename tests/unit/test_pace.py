"""The limits of an upload's requests: the laws of the machine, over links of any kind."""

from __future__ import annotations

import asyncio
import heapq
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from minio._core.transfer.aio import workers as tasks
from minio._core.transfer.file_source import open_path
from minio._core.transfer.pace import Pace
from minio._core.transfer.plan import Plan
from minio._core.transfer.sync import workers as threads
from minio._core.transfer.upload import Upload
from minio._core.transfer.upload_target import UploadTarget
from minio._core.wire.body import SendfileBody, body_length
from minio._core.wire.tracked_body import track

MIB = 1024 * 1024
SIZE = 5 * MIB


class Link:
    """A link with a rate for each connection and one for all, and a time that the server takes to respond."""

    def __init__(self, each: float, total: float, answer: float) -> None:
        self.each, self.total, self.answer = each, total, answer
        self.most_sending = self.most_under_way = 0

    def upload(self, pace: Pace, parts: int) -> float:
        """Run an upload and return its rate. The bodies under way share the link."""
        now, number, waiting = 0.0, 0, list[tuple[int, int]]()
        sending: dict[int, float] = {}
        answers: list[tuple[float, int]] = []
        while number < parts or waiting or sending or answers:
            while number < parts and pace.may_begin():
                pace.begin()
                number += 1
                waiting.append((number, SIZE))
            while waiting and pace.may_send():
                one, size = waiting.pop(0)
                pace.send(one)
                sending[one] = size
            self.most_sending = max(self.most_sending, len(sending))
            self.most_under_way = max(self.most_under_way, len(waiting) + len(sending) + len(answers))
            rate = min(self.each, self.total / len(sending)) if sending else 1.0
            step = min([left / rate for left in sending.values()] + [due - now for due, _ in answers])
            now += step
            sending = {one: left - rate * step for one, left in sending.items()}
            for one in [one for one, left in sending.items() if left < 1e-3]:
                del sending[one]
                pace.sent(one)
                heapq.heappush(answers, (now + self.answer, one))
            while answers and answers[0][0] <= now + 1e-9:
                _, one = heapq.heappop(answers)
                pace.end(one)
                pace.stored(SIZE, now)
        return parts * SIZE / now


rates = st.floats(1e6, 1e9)
answers = st.floats(0, 0.5)


@given(
    bodies=st.integers(1, 12),
    most=st.integers(0, 12),
    held=st.one_of(st.none(), st.integers(0, 20)),
    each=rates,
    total=rates,
    answer=answers,
    parts=st.integers(1, 120),
)
@settings(deadline=None)
def test_limits_are_kept(
    bodies: int, most: int, held: int | None, each: float, total: float, answer: float, parts: int
) -> None:
    pace, link = Pace(bodies, most, held), Link(each, total, answer)
    link.upload(pace, parts)
    most = max(bodies, most)
    assert bodies <= pace.bodies <= most
    assert link.most_sending <= most
    assert link.most_under_way <= pace.most_requests <= (1 if most == 1 else most + 2)
    assert held is None or pace.most_requests <= max(bodies, held)


@given(each=rates, answer=answers, bodies=st.integers(2, 8))
@settings(deadline=None)
def test_given_number_is_kept(each: float, answer: float, bodies: int) -> None:
    pace, link = Pace(bodies), Link(each, 1e12, answer)
    link.upload(pace, 100)
    assert pace.bodies == bodies
    assert link.most_sending == bodies
    assert link.most_under_way <= bodies + 2


def test_one_body_is_one_request() -> None:
    link = Link(25e6, 1e9, 0.02)
    link.upload(Pace(1), 20)
    assert (link.most_sending, link.most_under_way) == (1, 1)


def test_the_link_stays_full_while_responses_are_awaited() -> None:
    assert Link(25e6, 1e9, 0.06).upload(Pace(4), 200) > 0.98 * 4 * 25e6


@given(each=st.floats(1e6, 5e7), answer=st.floats(0.001, 0.05))
@settings(deadline=None)
def test_connections_grow_while_each_adds_to_the_rate(each: float, answer: float) -> None:
    pace = Pace(4, 8)
    Link(each, 1e12, answer).upload(pace, 200)
    assert pace.bodies == 8


@given(total=st.floats(1e6, 5e8), answer=st.floats(0.001, 0.02))
@settings(deadline=None)
def test_connections_do_not_grow_on_a_link_that_four_fill(total: float, answer: float) -> None:
    pace, link = Pace(4, 8), Link(1e12, total, answer)
    link.upload(pace, 400)
    assert pace.bodies == 4
    assert link.most_sending <= 6  # one trial


def test_a_trial_that_fails_is_the_last() -> None:
    pace = Pace(4, 8)
    Link(1e12, 1e8, 0.01).upload(pace, 400)
    Link(1e6, 1e12, 0.01).upload(pace, 400)
    assert pace.bodies == 4


def test_memory_limits_what_waits_but_not_the_bodies() -> None:
    assert Pace(4, 8, held=8).most_requests == 8
    assert Pace(4, held=0).most_requests == 4
    assert Pace(4, 8).most_requests == 10


@pytest.mark.parametrize(
    ("workers", "part_size", "in_memory", "requests"),
    [
        (None, 5 * MIB, False, 10),
        (None, 5 * MIB, True, 6),
        (4, 5 * MIB, True, 6),
        (4, 64 * MIB, True, 4),
        (4, 64 * MIB, False, 6),
        (1, 5 * MIB, False, 1),
    ],
)
def test_requests_of_an_upload(workers: int | None, part_size: int, in_memory: bool, requests: int) -> None:
    target = UploadTarget("bucket", "object", {}, None, workers)
    assert target.pace(part_size, in_memory).most_requests == requests


# --- how the end of a body is noticed


def told() -> tuple[list[int], Any]:
    times: list[int] = []
    return times, lambda: times.append(1)


def read(pieces: Iterator[bytes | memoryview]) -> bytes:
    return b"".join(bytes(piece) for piece in pieces)


def test_body_in_memory_tells_when_all_of_it_was_requested() -> None:
    data = bytes(range(256)) * 4096
    times, tell = told()
    body: Any = track(memoryview(data), tell)
    pieces = body.chunks()
    first = bytes(next(pieces))
    assert not times
    assert first + read(pieces) == data
    assert times == [1]
    assert read(body.chunks()) == data  # sent again
    assert (body_length(body), isinstance(body, SendfileBody)) == (len(data), False)


def test_short_bytes_are_left_alone() -> None:
    assert track(b"short", lambda: None) == b"short"


def test_file_tells_when_the_last_byte_was_handed_over(tmp_path: Any) -> None:
    data = bytes(range(256)) * 4096 * 3
    path = tmp_path / "file"
    path.write_bytes(data)
    source: Any = open_path(path)
    times, tell = told()
    body: Any = track(source.part(0, len(data)), tell)
    assert isinstance(body, SendfileBody)
    assert read(body.chunks()) == data
    assert times == [1]
    times.clear()
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        got = b""
        while len(got) < len(data):
            assert not times
            body.send_some(near.fileno(), len(got))
            while True:
                try:
                    got += far.recv(1 << 20, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    break
    assert got == data
    assert times == [1]
    source.close()


# --- the runners


class Parts:
    """A source of parts in memory. Only these are tracked."""

    repeatable, length = True, 128

    def part(self, offset: int, size: int) -> memoryview:
        return memoryview(bytes(size))

    def release(self, body: Any) -> None: ...

    def stop(self) -> None: ...


class AsyncParts(Parts):
    async def part(self, offset: int, size: int) -> memoryview:  # type: ignore[override]
        return memoryview(bytes(size))


def test_threads_that_wait_for_responses_take_no_place() -> None:
    """Two bodies at a time: no response comes until four requests wait for one."""
    all_wait = threading.Barrier(4, timeout=60)
    upload = Upload(Plan(128, 16))

    def send(part: Any, body: Any, *_: object) -> str:
        assert len(read(body.chunks())) == 16
        all_wait.wait()
        return "etag"

    source: Any = Parts()
    threads.run_upload(upload, source, send, None, Pace(2), lambda size: None)
    assert upload.complete


def test_threads_send_no_more_bodies_than_their_number() -> None:
    upload, state, sending, most = Upload(Plan(128, 16)), threading.Lock(), set[int](), [0]
    pair = threading.Barrier(2, timeout=20)

    def send(part: Any, body: Any, *_: object) -> str:
        with state:
            sending.add(part.number)
            most[0] = max(most[0], len(sending))
        pair.wait()  # two bodies are always sent together, so a third would be seen
        pieces = body.chunks()
        with state:
            sending.discard(part.number)
        read(pieces)
        return "etag"

    source: Any = Parts()
    threads.run_upload(upload, source, send, None, Pace(2), lambda size: None)
    assert upload.complete
    assert most == [2]


def test_threads_that_wait_for_their_turn_end_with_a_failure() -> None:
    upload = Upload(Plan(1600, 16))

    def send(part: Any, body: Any, payload: object, scope: Any) -> str:
        if scope.cancelled:
            raise scope.error
        raise OSError("lost")

    source: Any = Parts()
    with pytest.raises(OSError, match="lost"):
        threads.run_upload(upload, source, send, None, Pace(2, 8), lambda size: None)


async def test_tasks_that_wait_for_responses_take_no_place() -> None:
    all_wait = asyncio.Barrier(4)
    upload, sending = Upload(Plan(128, 16)), set[int]()

    async def send(part: Any, body: Any, *_: object) -> str:
        sending.add(part.number)
        assert len(sending) <= 2
        await asyncio.sleep(0)
        sending.discard(part.number)
        assert len(read(body.chunks())) == 16
        async with asyncio.timeout(60):
            await all_wait.wait()
        return "etag"

    source: Any = AsyncParts()
    await tasks.run_upload(upload, source, send, None, Pace(2), lambda size: None)
    assert upload.complete


async def test_tasks_that_wait_end_with_a_failure() -> None:
    upload = Upload(Plan(1600, 16))

    async def send(*_: object) -> str:
        await asyncio.sleep(0)
        raise OSError("lost")

    source: Any = AsyncParts()
    async with asyncio.timeout(60):
        with pytest.raises(OSError, match="lost"):
            await tasks.run_upload(upload, source, send, None, Pace(2, 8), lambda size: None)
