"""Calls on many objects of the blocking client: where they run, and what they leave behind."""

from __future__ import annotations

import asyncio
import gc
import os
import pickle
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from fakes.clients import KINDS, done, each, play
from fakes.scripted_server import Peer, Recorded, ScriptedServer, answer, forever, head
from minio import Minio
from minio.error import DeadlineExceeded, ServerError, TransportError

NAMES = [f"name-{number}" for number in range(40)]
EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)


def body_of(request: Recorded) -> bytes:
    return request.target.rpartition("/")[2].encode() * 50


def reply(request: Recorded) -> bytes:
    return answer(body_of(request), headers={"ETag": '"e"'})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(forever(reply)) as server:
        yield server


@pytest.fixture
def client(server: ScriptedServer) -> Iterator[Minio]:
    with Minio(str(server.origin), "key", "secret-key", secure=False, region="us-east-1", proxy="") as client:
        yield client


def check(outcomes: Any, names: list[str] = NAMES) -> None:
    assert {outcome.source: outcome.value for outcome in outcomes} == {name: name.encode() * 50 for name in names}


def test_no_thread_is_needed(client: Minio) -> None:
    before = set(threading.enumerate())
    found = client.get_objects("bucket", NAMES)
    check(found)
    assert {thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("minio")} == set()


def test_connections_are_kept_for_the_next_call(client: Minio, server: ScriptedServer) -> None:
    check(client.get_objects("bucket", NAMES, jobs=4))
    opened = server.connections
    assert opened <= 4
    check(client.get_objects("bucket", NAMES, jobs=4))
    assert server.connections == opened


def test_within_a_running_loop(client: Minio) -> None:
    async def run() -> None:
        check(client.get_objects("bucket", NAMES))
        next(client.get_objects("bucket", NAMES))

    asyncio.run(run())


def test_threads_iterate_at_the_same_time(client: Minio) -> None:
    barrier, found = threading.Barrier(4), []

    def run() -> None:
        stream = client.get_objects("bucket", NAMES)
        first = next(stream)
        barrier.wait(60)  # all of them are under way
        found.append([first, *stream])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    for outcomes in found:
        check(outcomes)


def test_one_stream_on_several_threads(client: Minio) -> None:
    stream = client.get_objects("bucket", NAMES)
    found = [next(stream)]
    thread = threading.Thread(target=lambda: found.extend(stream))
    thread.start()
    thread.join(60)
    check(found)


def test_copies_have_connections_of_their_own(client: Minio) -> None:
    check(client.get_objects("bucket", NAMES))
    with pickle.loads(pickle.dumps(client)) as copy:
        check(copy.get_objects("bucket", NAMES))
    check(client.with_options(retries=1).get_objects("bucket", NAMES))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child(client: Minio) -> None:
    check(client.get_objects("bucket", NAMES))
    stream = client.get_objects("bucket", NAMES)
    first = next(stream)
    child = os.fork()
    if not child:
        try:
            signal.alarm(100)
            check(client.get_objects("bucket", NAMES))
            try:
                list(stream)
            except Exception as error:
                os._exit(0 if "forked" in str(error) else 1)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    check([first, *stream])
    check(client.get_objects("bucket", NAMES))


def stalls(arrived: threading.Event) -> Any:
    def script(peer: Peer) -> None:
        while True:
            request = peer.read_head()
            if request.target.endswith("stalls"):
                arrived.set()
                peer.server.over.wait()
                return
            peer.send(reply(request))

    return script


def test_ctrl_c() -> None:
    arrived = threading.Event()

    def interrupt() -> None:
        arrived.wait(60)
        os.kill(os.getpid(), signal.SIGINT)

    before = set(threading.enumerate())
    with ScriptedServer(stalls(arrived)) as server:
        client = Minio(str(server.origin), "key", "secret-key", secure=False, region="us-east-1", proxy="")
        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            list(client.get_objects("bucket", [*NAMES, "stalls"]))
        thread.join(60)
        check(client.get_objects("bucket", NAMES))
        client.close()
    assert not {each.name for each in set(threading.enumerate()) - before if each.name.startswith("minio")}


def test_ctrl_c_while_the_items_are_read(client: Minio) -> None:
    reading = threading.Event()

    def names() -> Iterator[str]:
        yield "one"
        reading.set()
        for _ in range(600):  # a signal in the moment before a wait does not end that wait
            threading.Event().wait(0.1)

    def interrupt() -> None:
        reading.wait(60)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        list(client.get_objects("bucket", names()))
    thread.join(60)
    check(client.get_objects("bucket", NAMES))


@EACH_CLIENT
def test_deadline_of_a_step(kind: str) -> None:
    async def story(client: Any) -> None:
        with pytest.raises(DeadlineExceeded):
            await each(client.with_options(deadline=0.2).get_objects("bucket", ["stalls"]))
        check(await each(client.get_objects("bucket", NAMES)))

    with ScriptedServer(stalls(threading.Event())) as server:
        play(kind, server, story)


@EACH_CLIENT
def test_stopping_half_way_ends_the_rest(kind: str) -> None:
    arrived = threading.Event()

    async def story(client: Any) -> None:
        stream = client.get_objects("bucket", ["stalls", *NAMES], jobs=2)
        first = await anext(stream) if kind == "async" else next(stream)
        assert first.source == NAMES[0]
        await done(stream.aclose() if kind == "async" else stream.close())
        del stream
        gc.collect()
        if kind == "async":
            assert asyncio.all_tasks() == {asyncio.current_task()}

    with ScriptedServer(stalls(arrived)) as server:
        play(kind, server, story)


def odd(request: Recorded) -> bytes:
    """Answer each name in another way."""
    body, tag = body_of(request), {"ETag": '"e"'}
    match int(request.target.rpartition("-")[2]) % 5:
        case 0:
            pieces = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:]))
            return head("200 OK", {**tag, "Transfer-Encoding": "chunked"}) + b"\r\n" * 0 + pieces + b"0\r\n\r\n"
        case 1:
            return answer(body, headers={**tag, "Connection": "close"})
        case 2:
            return answer(b"<Error><Code>NoSuchKey</Code></Error>", "404 Not Found")
        case 3:
            return answer(b"<Error><Code>InternalError</Code></Error>", "500 Internal Server Error")
        case _:
            return answer(body, headers=tag)


@EACH_CLIENT
def test_unusual_responses(kind: str) -> None:
    async def story(client: Any) -> None:
        found = await each(client.get_objects("bucket", NAMES, ordered=True, jobs=3))
        assert [outcome.source for outcome in found] == NAMES
        for number, outcome in enumerate(found):
            if number % 5 in (2, 3):
                assert outcome.error.code == ("NoSuchKey" if number % 5 == 2 else "InternalError")
            else:
                assert outcome.value == NAMES[number].encode() * 50

    with ScriptedServer(forever(odd)) as server:
        play(kind, server, story)


@EACH_CLIENT
def test_responses_in_pieces_and_closed_connections(kind: str) -> None:
    def script(peer: Peer) -> None:
        for _ in range(3):
            data = reply(peer.read_head())
            for start in range(0, len(data), 40):
                peer.send(data[start : start + 40])

    async def story(client: Any) -> None:
        check(await each(client.get_objects("bucket", NAMES, jobs=3)))

    with ScriptedServer(script) as server:  # each connection ends after three responses
        play(kind, server, story)


@EACH_CLIENT
def test_a_server_that_fails_is_asked_again(kind: str) -> None:
    failed: set[str] = set()

    def flaky(request: Recorded) -> bytes:
        if request.target in failed:
            return reply(request)
        failed.add(request.target)
        return answer(b"<Error><Code>SlowDown</Code></Error>", "503 Slow Down")

    async def story(client: Any) -> None:
        check(await each(client.with_options(retries=2).get_objects("bucket", NAMES[:4])), NAMES[:4])
        failed.clear()
        found = await each(client.get_objects("bucket", NAMES[:4]))
        assert {type(outcome.error) for outcome in found} <= {ServerError} | {type(found[0].error)}
        assert [outcome.ok for outcome in found] == [False] * 4

    with ScriptedServer(forever(flaky)) as server:
        play(kind, server, story)


def test_time_out() -> None:
    with ScriptedServer(stalls(threading.Event())) as server:
        options: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": "", "retries": 0}
        with Minio(str(server.origin), "key", "secret-key", read_timeout=0.3, **options) as client:
            found = list(client.get_objects("bucket", [*NAMES[:8], "stalls", *NAMES[8:]], jobs=2))
    assert [type(outcome.error) for outcome in found if not outcome.ok] == [TransportError]
    assert len(found) == len(NAMES) + 1


def test_an_http_client_of_the_caller_sends_everything(server: ScriptedServer) -> None:
    class Counting(urllib3.PoolManager):
        count = 0

        def urlopen(self, *args: Any, **kwargs: Any) -> Any:
            Counting.count += 1
            return super().urlopen(*args, **kwargs)

    with Counting() as pool:
        client = Minio(str(server.origin), "key", "secret-key", secure=False, region="us-east-1", http_client=pool)
        check(client.get_objects("bucket", NAMES))
        assert Counting.count == len(NAMES)
        client.close()


def test_replaced_methods_send_everything(server: ScriptedServer) -> None:
    class Counting(Minio):
        count = 0

        def _url_open(self, *args: Any, **kwargs: Any) -> Any:
            Counting.count += 1
            return super()._url_open(*args, **kwargs)

    with Counting(str(server.origin), "key", "secret-key", secure=False, region="us-east-1", proxy="") as client:
        check(client.get_objects("bucket", NAMES))
    assert Counting.count == len(NAMES)
