"""Reads that fail never look like the end: decoded reads of an object, and the part of a body that was asked for.

Decoded and coded reads do not mix; see `_core/http/decoded.py`. b"" is the end, and nothing else is; see `CutBody`.
"""

from __future__ import annotations

import asyncio
import gzip
import inspect
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fakes.clients import KINDS, done, each, play
from fakes.scripted_server import Peer, ScriptedServer, answer, head
from minio import AsyncMinio
from minio._core.http.aio.cut import AsyncCutBody
from minio._core.http.aio.response import AsyncObjectResponse
from minio._core.http.sync.buffered import BufferedBody
from minio._core.http.sync.cut import CutBody
from minio._core.http.sync.response import ObjectResponse
from minio._core.wire.byte_range import Kept
from minio._core.wire.decoding import FedDecoder, find_codings
from minio.error import InvalidArgumentError, TransportError

MIB = 1024 * 1024
CONTENT = bytes(range(256)) * 4096 * 3 + b"the end"
EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)
CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
    "br": bytes,
    "": bytes,
}


def serving(stored: bytes, coding: str = "gzip") -> ScriptedServer:
    headers = {"ETag": '"e"', **({"Content-Encoding": coding} if coding else {})}

    def script(peer: Peer) -> None:
        while True:
            peer.read_request()
            peer.send(answer(stored, headers=headers))

    return ScriptedServer(script)


async def by_read1(response: Any) -> bytes:
    parts = []
    while part := await done(response.read1(70_000, decode_content=True)):
        parts.append(part)
    return b"".join(parts)


async def by_amounts(response: Any) -> bytes:
    parts = [await done(response.read(size, decode_content=True)) for size in (0, 5, MIB + 1)]
    assert [len(part) for part in parts] == [0, 5, MIB + 1]
    return b"".join([*parts, await done(response.read(decode_content=True))])


async def by_stream(response: Any) -> bytes:
    return b"".join(await each(response.stream(70_000, decode_content=True)))


async def at_once(response: Any) -> bytes:
    return bytes(await done(response.read(None, True)))


@EACH_CLIENT
@pytest.mark.parametrize("coding", CODERS)
@pytest.mark.parametrize("reader", [at_once, by_amounts, by_read1, by_stream], ids=lambda reader: reader.__name__)
def test_an_object_is_decoded_when_asked(kind: str, coding: str, reader: Any) -> None:
    stored = CODERS[coding](CONTENT)

    async def story(client: Any) -> None:
        response = await done(client.get_object("bucket", "key"))
        assert await reader(response) == CONTENT
        assert response.tell() == len(stored)
        assert await done(response.read(5, decode_content=True)) == b""
        await done(response.close())
        assert await done(response.read(5, decode_content=True)) == b""
        response = await done(client.get_object("bucket", "key"))
        assert await done(response.read()) == stored

    with serving(stored, coding) as server:
        play(kind, server, story)


def test_both_clients_take_the_same_arguments() -> None:
    for name in ("read1", "stream"):
        one, two = (inspect.signature(getattr(cls, name)).parameters for cls in (ObjectResponse, AsyncObjectResponse))
        assert list(one) == list(two)
    assert list(inspect.signature(AsyncObjectResponse.read).parameters) == ["self", "amt", "decode_content"]


@EACH_CLIENT
@pytest.mark.parametrize("method", ["read", "read1"])
def test_coded_and_decoded_reads_do_not_mix(kind: str, method: str) -> None:
    """It is an error of the caller, who may go on as before."""

    async def story(client: Any) -> None:
        response = await done(client.get_object("bucket", "key"))
        assert await done(response.read(5, decode_content=True)) == CONTENT[:5]
        for amount in (0, 5, None):
            with pytest.raises(InvalidArgumentError, match="decode_content"):
                await done(getattr(response, method)(amount))
        assert await done(response.read(decode_content=True)) == CONTENT[5:]

    with serving(gzip.compress(CONTENT)) as server:
        play(kind, server, story)


async def later_reads_fail(response: Any) -> None:
    for method, amount in (("read", 10), ("read1", 10), ("read", None)):
        with pytest.raises(TransportError):
            await done(getattr(response, method)(amount, decode_content=True))


@EACH_CLIENT
@pytest.mark.parametrize("method", ["read", "read1"])
def test_damage_in_the_middle(kind: str, method: str) -> None:
    """What was decoded before it is lost with the read that met it: the next one must not go on behind it."""
    random = bytes(zlib.crc32(bytes([i % 251, i % 241, i % 239])) & 255 for i in range(300_000))
    stored = bytearray(gzip.compress(random))
    stored[-100_000:-99_900] = b"\xff" * 100

    async def story(client: Any) -> None:
        response = await done(client.get_object("bucket", "key"))
        with pytest.raises(TransportError, match="cannot decode"):
            while await done(getattr(response, method)(250_000, decode_content=True)):
                pass
        await later_reads_fail(response)

    with serving(bytes(stored)) as server:
        play(kind, server, story)


@EACH_CLIENT
def test_a_lost_connection_that_is_not_replaced(kind: str) -> None:
    stored = gzip.compress(CONTENT, 0)

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"ETag": '"e"', "Content-Encoding": "gzip", "Content-Length": str(len(stored))}))
        peer.send(stored[:MIB])

    def gone(peer: Peer) -> None:
        while True:
            peer.read_request()
            peer.send(answer(b"<Error><Code>PreconditionFailed</Code></Error>", "412 Precondition Failed"))

    async def story(client: Any) -> None:
        response = await done(client.get_object("bucket", "key"))
        assert await done(response.read(5, decode_content=True)) == CONTENT[:5]
        with pytest.raises(Exception, match=r".") as caught:
            await done(response.read(decode_content=True))
        assert not isinstance(caught.value, AssertionError)
        await later_reads_fail(response)

    with ScriptedServer(script, gone) as server:
        play(kind, server, story)


async def test_a_cancelled_decoded_read() -> None:
    stored = gzip.compress(CONTENT, 0)

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head(headers={"ETag": '"e"', "Content-Encoding": "gzip", "Content-Length": str(len(stored))}))
        peer.send(stored[:MIB])
        peer.read_request()  # wait for the end

    with ScriptedServer(script) as server:
        async with AsyncMinio(str(server.origin), "k", "secret-key", secure=False, region="r", proxy="") as client:
            response = await client.get_object("bucket", "key")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(response.read(decode_content=True), 0.5)
            await later_reads_fail(response)
            await response.close()


@settings(deadline=None)
@given(
    data=st.binary(max_size=300), cut=st.integers(1, 40), limit=st.integers(1, 300), coding=st.sampled_from([*CODERS])
)
def test_what_is_fed_in_any_pieces(data: bytes, cut: int, limit: int, coding: str) -> None:
    stored = CODERS[coding](data)
    pieces = [stored[at : at + cut] for at in range(0, len(stored), cut)]
    decoder = FedDecoder(find_codings(coding))
    found = []
    while (part := decoder.read(limit)) != b"":
        if part is None:
            decoder.feed(pieces.pop(0) if pieces else b"")
        else:
            assert len(part) <= limit
            found.append(part)
    assert b"".join(found) == data


# The part of a body that was asked for


class Body(BufferedBody):
    """A body whose end may be a failure."""

    failure: BaseException | None = None
    __slots__ = ()

    def read_some(self, limit: int = -1) -> bytes:
        data = self.read(limit)
        if not data and self.failure is not None:
            raise self.failure
        return data


class AsyncBody(Body):
    __slots__ = ()

    async def read_some(self, limit: int = -1) -> bytes:  # type: ignore[override]
        return super().read_some(limit)


def cut(kind: str, data: bytes, skip: int, length: int | None, exact: bool = False) -> Any:
    kept = Kept(skip, length, exact=exact)
    return CutBody(Body(data), kept) if kind == "sync" else AsyncCutBody(AsyncBody(data), kept)  # type: ignore[arg-type]


def told(kind: str, story: Any) -> None:
    with serving(b"") as server:
        play(kind, server, lambda client: story())


@EACH_CLIENT
@pytest.mark.parametrize("length", [6, None])
@pytest.mark.parametrize("read", [0, 3])
def test_a_part_that_is_closed_before_its_end(kind: str, length: int | None, read: int) -> None:
    async def story() -> None:
        body = cut(kind, b"0123456789", 2, length)
        assert await done(body.read_some(read)) == b"234"[:read]
        body.close()
        for limit in (-1, 1, 0):
            with pytest.raises(TransportError, match="closed before its end"):
                await done(body.read_some(limit))

    told(kind, story)


@EACH_CLIENT
@pytest.mark.parametrize("length", [8, None])
def test_a_part_that_is_closed_at_its_end(kind: str, length: int | None) -> None:
    async def story() -> None:
        body = cut(kind, b"0123456789", 2, length)
        while await done(body.read_some(5)):
            pass
        body.close()
        assert await done(body.read_some(5)) == b""

    told(kind, story)


@EACH_CLIENT
@pytest.mark.parametrize("failure", [None, TransportError("lost"), KeyboardInterrupt(), asyncio.CancelledError()])
def test_a_part_whose_end_is_false(kind: str, failure: BaseException | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last bytes were not handed out, so the next read must not be the end."""
    monkeypatch.setattr(Body, "failure", failure)

    async def story() -> None:
        body = cut(kind, b"01234567" if failure else b"0123456789", 2, 6, exact=True)
        with pytest.raises(TransportError if failure is None else type(failure)):
            await done(body.read_some())
        for _ in range(2):
            with pytest.raises(TransportError, match="closed before its end"):
                await done(body.read_some())

    told(kind, story)
