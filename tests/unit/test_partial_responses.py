"""Responses that contain other bytes than requested: they are refused, or cut to the requested range."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from fakes.clients import KINDS, content, done, play
from fakes.scripted_server import Peer, Recorded, ScriptedServer, answer, chunked, forever, head, partial
from minio import Retry
from minio._core.ops.partial import check_partial
from minio._core.transfer.layout import CHUNK
from minio._core.transfer.partfile import PartFile
from minio._core.wire.byte_range import ByteRange, asked_range, given_range
from minio._core.wire.message import Headers, Response
from minio.error import (
    InvalidRange,
    InvalidResponseError,
    InvalidXMLError,
    MinioException,
    PreconditionFailed,
    TransportError,
)

DATA = bytes(range(256)) * 40
ETAG = f'"{hashlib.md5(DATA).hexdigest()}"'
FACTS = {"ETag": ETAG, "Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"}
EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)

Get = Callable[[Recorded], bytes]


def storage(get: Get, data: bytes = DATA, facts: dict[str, str] = FACTS, sized: bool = True) -> ScriptedServer:
    """A server with one object. `get` responds to GetObject."""

    def reply(request: Recorded) -> bytes:
        if request.method == "HEAD":
            return head(headers={**facts, "Content-Length": str(len(data))} if sized else facts)
        return get(request)

    return ScriptedServer(forever(reply))


def bounds(request: Recorded) -> tuple[int, int]:
    first, _, last = request.headers["range"].removeprefix("bytes=").partition("-")
    return int(first), min(int(last or len(DATA)), len(DATA) - 1)


def false_part(first: int = 0, last: int = 0, total: int = 0, **headers: str) -> Get:
    """A range that is shifted but has the right length."""

    def get(request: Recorded) -> bytes:
        begin, end = bounds(request)
        begin, end = begin + first, end + last
        where = {"Content-Range": f"bytes {begin}-{end}/{len(DATA) + total}"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return answer(DATA[begin : end + 1], "206 Partial Content", {**FACTS, **where, **named})

    return get


def without(name: str) -> Get:
    def get(request: Recorded) -> bytes:
        facts = partial(DATA, request, FACTS)
        kept, mark, body = facts.partition(b"\r\n\r\n")
        lines = [line for line in kept.split(b"\r\n") if not line.lower().startswith(name.encode())]
        return b"\r\n".join(lines) + mark + body

    return get


def in_chunks(change: Callable[[bytes], bytes]) -> Get:
    def get(request: Recorded) -> bytes:
        begin, end = bounds(request)
        where = {"Content-Range": f"bytes {begin}-{end}/{len(DATA)}", "Transfer-Encoding": "chunked"}
        return head("206 Partial Content", {**FACTS, **where}) + chunked(change(DATA[begin : end + 1]))

    return get


FALSE: dict[str, Get] = {
    "begins later": false_part(first=1),
    "begins earlier": false_part(first=-1),
    "ends earlier": false_part(last=-1),
    "ends later": false_part(last=1),
    "moved": false_part(first=-2, last=-2),
    "end behind the total": false_part(total=-len(DATA)),
    "no Content-Range": without("content-range"),
    "malformed": false_part(Content_Range="bytes all of them"),
    "of lines": false_part(Content_Range="lines 0-9/10"),
    "of several parts": false_part(Content_Type="multipart/byteranges; boundary=x", Content_Range=""),
    "fewer bytes in chunks": in_chunks(lambda data: data[:-1]),
    "more bytes in chunks": in_chunks(lambda data: data + b"x"),
}
# Only detectable by a client that has seen the object before.
CHANGED: dict[str, Get] = {
    "another total": false_part(total=1),
    "another ETag": false_part(ETag='"another"'),
    "no ETag": without("etag"),
}

Story = Callable[[Any, Path], Coroutine[Any, Any, bytes]]


async def get_range(client: Any, folder: Path) -> bytes:
    return await content(client.get_object("bucket", "key", 100, 50))


async def get_to_the_end(client: Any, folder: Path) -> bytes:
    return await content(client.get_object("bucket", "key", len(DATA) - 50))


async def get_named_range(client: Any, folder: Path) -> bytes:
    return await content(client.get_object("bucket", "key", request_headers={"range": "bytes=100-149"}))


async def read_file(client: Any, folder: Path) -> bytes:
    reader = await done(client.open_object("bucket", "key"))
    await done(reader.seek(100))
    return await content(reader)


async def fetch_range(client: Any, folder: Path) -> bytes:
    target = folder / "file"
    await done(client.fget_object("bucket", "key", target, {"Range": "bytes=100-149"}))
    return target.read_bytes()


ANY: dict[str, tuple[Story, bytes]] = {
    "get_object": (get_range, DATA[100:150]),
    "get_object with Range": (get_named_range, DATA[100:150]),
    "get_object to the end": (get_to_the_end, DATA[-50:]),
    "open_object": (read_file, DATA[100:]),
    "fget_object with Range": (fetch_range, DATA[100:150]),
}
AFTER_HEAD = {name: ANY[name] for name in ("open_object", "fget_object with Range")}
OPEN_ENDED = ("get_object to the end", "open_object")
CASES = [
    *((name, what, ANY[name], get) for name in ANY for what, get in FALSE.items()),
    *((name, what, AFTER_HEAD[name], get) for name in AFTER_HEAD for what, get in CHANGED.items()),
]
REFUSED = (InvalidResponseError, TransportError, PreconditionFailed)


@EACH_CLIENT
@pytest.mark.parametrize(("story", "get"), [row[2:] for row in CASES], ids=[f"{row[0]}: {row[1]}" for row in CASES])
def test_wrong_range_is_refused(kind: str, story: tuple[Story, bytes], get: Get, tmp_path: Path) -> None:
    with storage(get) as server, pytest.raises(REFUSED):
        play(kind, server, lambda client: story[0](client, tmp_path))
    assert list(tmp_path.iterdir()) == []


@EACH_CLIENT
@pytest.mark.parametrize("name", ANY)
def test_correct_range_is_accepted(kind: str, name: str, tmp_path: Path) -> None:
    story, expected = ANY[name]
    for get in (lambda request: partial(DATA, request, FACTS), in_chunks(bytes)):
        with storage(get) as server:
            assert play(kind, server, lambda client: story(client, tmp_path)) == expected


@EACH_CLIENT
@pytest.mark.parametrize("name", ANY)
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_server_that_ignores_range(kind: str, name: str, framing: str, tmp_path: Path) -> None:
    """It sends the whole object, and every call cuts that to the requested range."""
    whole = {
        "length": answer(DATA, headers=FACTS),
        "chunks": head(headers={**FACTS, "Transfer-Encoding": "chunked"}) + chunked(DATA),
    }
    story, expected = ANY[name]
    with storage(lambda request: whole[framing]) as server:
        assert play(kind, server, lambda client: story(client, tmp_path)) == expected


@EACH_CLIENT
def test_server_that_ignores_range_and_returns_another_version(kind: str, tmp_path: Path) -> None:
    other = answer(DATA[::-1], headers={**FACTS, "ETag": '"another"'})
    for story, _ in AFTER_HEAD.values():
        with storage(lambda request: other) as server, pytest.raises(REFUSED):
            play(kind, server, lambda client, story=story: story(client, tmp_path))


@EACH_CLIENT
def test_offset_beyond_the_end_if_range_is_ignored(kind: str) -> None:
    with storage(lambda request: answer(DATA, headers=FACTS)) as server, pytest.raises(InvalidRange, match="outside"):
        play(kind, server, lambda client: content(client.get_object("bucket", "key", len(DATA), 5)))


@EACH_CLIENT
def test_last_bytes(kind: str) -> None:
    async def story(client: Any) -> bytes:
        return await content(client.get_object("bucket", "key", request_headers={"Range": "bytes=-7"}))

    def last(request: Recorded) -> bytes:
        where = {"Content-Range": f"bytes {len(DATA) - 7}-{len(DATA) - 1}/{len(DATA)}"}
        return answer(DATA[-7:], "206 Partial Content", {**FACTS, **where})

    for get in (last, lambda request: answer(DATA, headers=FACTS)):
        with storage(get) as server:
            assert play(kind, server, story) == DATA[-7:]


@EACH_CLIENT
def test_partial_response_to_a_request_without_range(kind: str) -> None:
    where = {"Content-Range": f"bytes 0-9/{len(DATA)}"}
    part = answer(DATA[:10], "206 Partial Content", {**FACTS, **where})
    with storage(lambda request: part) as server, pytest.raises(InvalidResponseError, match="another range"):
        play(kind, server, lambda client: content(client.get_object("bucket", "key")))


@EACH_CLIENT
def test_part_number_response_without_content_range(kind: str) -> None:
    """Some servers omit it there, and the size of a part is not known in advance."""

    async def story(client: Any) -> bytes:
        return await content(client.get_object("bucket", "key", extra_query_params={"partNumber": "1"}))

    with storage(lambda request: answer(DATA[:10], "206 Partial Content", FACTS)) as server:
        assert play(kind, server, story) == DATA[:10]


# --- reads that continue after the connection was lost


def broken_off(*, etag: str = ETAG, count: int = 400) -> Callable[[Peer], None]:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(DATA, headers={**FACTS, "ETag": etag}).partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + DATA[:count])

    return script


async def read_all(client: Any) -> bytes:
    return await content(client.get_object("bucket", "key"))


QUICK = Retry(tries=3, base=0.001)


@EACH_CLIENT
@pytest.mark.parametrize("get", [*FALSE.values(), *CHANGED.values()], ids=[*FALSE, *CHANGED])
def test_resumed_read_refuses_other_bytes(kind: str, get: Get) -> None:
    with ScriptedServer(broken_off(), forever(get)) as server, pytest.raises(REFUSED):
        play(kind, server, read_all, retries=QUICK)


@EACH_CLIENT
def test_resumed_read_refuses_another_version(kind: str) -> None:
    other = answer(DATA[::-1], headers={"ETag": '"another"'})
    for get in (lambda request: other, false_part(ETag='"another"')):
        with (
            ScriptedServer(broken_off(), forever(get)) as server,
            pytest.raises(TransportError, match="replaced"),
        ):
            play(kind, server, read_all, retries=QUICK)


@EACH_CLIENT
def test_read_resumes_if_range_is_ignored(kind: str) -> None:
    with ScriptedServer(broken_off(), forever(answer(DATA, headers=FACTS))) as server:
        assert play(kind, server, read_all, retries=QUICK) == DATA
        assert [request.headers.get("range") for request in server.requests] == [None, "bytes=400-"]


@EACH_CLIENT
def test_read_with_a_weak_etag_resumes(kind: str) -> None:
    """No server can compare a weak ETag with If-Match, so the ETag of the response is compared."""
    weak = {**FACTS, "ETag": f"W/{ETAG}"}
    with ScriptedServer(broken_off(etag=f"W/{ETAG}"), forever(lambda request: partial(DATA, request, weak))) as server:
        assert play(kind, server, read_all, retries=QUICK) == DATA
        assert all("if-match" not in request.headers for request in server.requests)
    with (
        ScriptedServer(broken_off(etag=f"W/{ETAG}"), forever(false_part(ETag='W/"another"'))) as server,
        pytest.raises(TransportError, match="replaced"),
    ):
        play(kind, server, read_all, retries=QUICK)


# --- weak ETags


@EACH_CLIENT
def test_weak_etag(kind: str, tmp_path: Path) -> None:
    weak = {**FACTS, "ETag": 'W/"abc"'}

    async def story(client: Any) -> None:
        assert (await done(client.stat_object("bucket", "key"))).etag == "W/abc"
        for read, expected in ANY.values():
            assert await read(client, tmp_path) == expected
        await done(client.fget_object("bucket", "key", tmp_path / "whole"))
        assert (tmp_path / "whole").read_bytes() == DATA

    def get(request: Recorded) -> bytes:
        if "if-match" in request.headers:
            return answer(b"<Error><Code>PreconditionFailed</Code></Error>", "412 Precondition Failed")
        return partial(DATA, request, weak)

    with storage(get, facts=weak) as server:
        play(kind, server, story)


@EACH_CLIENT
def test_proxy_that_makes_etags_weak(kind: str, tmp_path: Path) -> None:
    with storage(lambda request: partial(DATA, request, {**FACTS, "ETag": f"W/{ETAG}"})) as server:
        assert play(kind, server, lambda client: read_file(client, tmp_path)) == DATA[100:]
        assert server.requests[-1].headers["if-match"] == ETAG


# --- ranges of a large download


def begin_download(target: Path, size: int) -> None:
    """The leftovers of a killed download: the first chunk is there, the rest is zeros."""
    part = PartFile(str(target), f"large None {MOMENT}", size, CHUNK)
    part.mark(0)
    part.close()


MOMENT = "2026-01-05 10:00:00+00:00"
LARGE = bytes(CHUNK) + bytes(range(256)) * 4


@EACH_CLIENT
@pytest.mark.parametrize("what", ["right", "another ETag", "another total", "moved", "whole"])
def test_range_of_a_download(kind: str, what: str, tmp_path: Path) -> None:
    facts = {**FACTS, "ETag": '"large"'}

    def get(request: Recorded) -> bytes:
        if what == "whole":
            return answer(LARGE, headers=facts)
        right = partial(LARGE, request, facts)
        total = f"/{len(LARGE)}".encode()
        changes = {
            "another ETag": (b'"large"', b'"other"'),
            "another total": (total, b"/%d" % (len(LARGE) + 1)),
            "moved": (b"bytes %d-%d" % (CHUNK, len(LARGE) - 1), b"bytes %d-%d" % (CHUNK - 1, len(LARGE) - 2)),
        }
        return right.replace(*changes[what], 1) if what in changes else right

    target = tmp_path / "file"
    begin_download(target, len(LARGE))
    with storage(get, LARGE, facts) as server:

        async def story(client: Any) -> None:
            await done(client.fget_object("bucket", "key", target))

        if what in ("right", "whole"):
            play(kind, server, story)
            assert target.read_bytes() == LARGE
        else:
            with pytest.raises(REFUSED):
                play(kind, server, story)
            assert not target.exists()
        asked = [request.headers.get("range") for request in server.requests if request.method == "GET"]
        assert asked == [f"bytes={CHUNK}-{len(LARGE) - 1}", *([None] if what == "whole" else [])]


# --- reading a file object


@dataclass
class Counting:
    """A server that ignores Range and counts the requests."""

    data: bytes
    gets: list[str | None] = field(default_factory=list)

    def __call__(self, request: Recorded) -> bytes:
        self.gets.append(request.headers.get("range"))
        return answer(self.data, headers=FACTS)


@EACH_CLIENT
@pytest.mark.parametrize("size", [len(DATA), 9 * 1024 * 1024])
def test_file_is_downloaded_once_if_range_is_ignored(kind: str, size: int) -> None:
    data = (DATA * (size // len(DATA) + 1))[:size]
    get = Counting(data)

    async def story(client: Any) -> None:
        reader = await done(client.open_object("bucket", "key"))
        assert reader.size == size
        for position in (size - 10, 0, size // 2, 5):
            await done(reader.seek(position))
            assert await done(reader.read(10)) == data[position : position + 10]
        await done(reader.seek(0))
        assert await done(reader.read()) == data
        await done(reader.close())

    with storage(get, data) as server:
        play(kind, server, story)
    assert len(get.gets) == 1


@EACH_CLIENT
@pytest.mark.parametrize("change", [-1, 1])
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_size_that_differs_from_head(kind: str, change: int, framing: str, tmp_path: Path) -> None:
    data = DATA[:-1] if change < 0 else DATA + b"x"
    whole = {
        "length": answer(data, headers=FACTS),
        "chunks": head(headers={**FACTS, "Transfer-Encoding": "chunked"}) + chunked(data),
    }

    async def fetch(client: Any) -> None:
        await done(client.fget_object("bucket", "key", tmp_path / "file"))

    async def read(client: Any) -> None:
        await content(client.open_object("bucket", "key"))

    for story in (fetch, read):
        with storage(lambda request: whole[framing]) as server, pytest.raises(TransportError):
            play(kind, server, story)
    assert list(tmp_path.iterdir()) == []


@EACH_CLIENT
@pytest.mark.parametrize("name", AFTER_HEAD)
def test_transient_wrong_length(kind: str, name: str, tmp_path: Path) -> None:
    """The request is repeated, like any request whose connection failed."""
    wrong = [false_part(total=1)]

    def get(request: Recorded) -> bytes:
        return wrong.pop()(request) if wrong else partial(DATA, request, FACTS)

    story, expected = AFTER_HEAD[name]
    with storage(get) as server:
        assert play(kind, server, lambda client: story(client, tmp_path), retries=QUICK) == expected
    assert not wrong


# --- HeadObject does not return the length of the object


def whole_in_chunks(data: bytes, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return head(headers={**FACTS, "Transfer-Encoding": "chunked", **named}) + (chunked(data) if data else chunked())


async def all_ways(client: Any, folder: Path) -> list[bytes]:
    found = await done(client.fget_object("bucket", "key", folder / "file"))
    assert found.size is None
    reader = await done(client.open_object("bucket", "key"))
    size, opened = reader.size, await content(reader)
    assert size == len(opened)
    got = await content(client.get_object("bucket", "key"))
    return [(folder / "file").read_bytes(), opened, got]


@EACH_CLIENT
@pytest.mark.parametrize("size", [0, 1, len(DATA), 300_000, 9 * 1024 * 1024])
@pytest.mark.parametrize("ranges", [False, True])
def test_object_of_unknown_length(kind: str, size: int, ranges: bool, tmp_path: Path) -> None:
    data = (DATA * (size // len(DATA) + 1))[:size]
    facts = {**FACTS, "ETag": f'"{hashlib.md5(data).hexdigest()}"'}

    def get(request: Recorded) -> bytes:
        if not ranges or "range" not in request.headers:
            return head(headers={**facts, "Transfer-Encoding": "chunked"}) + (chunked(data) if data else chunked())
        if not data:
            return answer(b"<Error><Code>InvalidRange</Code></Error>", "416 Range Not Satisfiable")
        return partial(data, request, facts)

    async def story(client: Any) -> None:
        assert (await done(client.stat_object("bucket", "key"))).size is None
        assert await all_ways(client, tmp_path) == [data] * 3

    with storage(get, facts=facts, sized=False) as server:
        play(kind, server, story)


@EACH_CLIENT
def test_corrupt_object_of_unknown_length(kind: str, tmp_path: Path) -> None:
    damaged = whole_in_chunks(b"X" + DATA[1:])

    async def fetch(client: Any) -> None:
        await done(client.fget_object("bucket", "key", tmp_path / "file"))

    async def read(client: Any) -> None:
        await done(client.open_object("bucket", "key"))

    for story in (fetch, read):
        with storage(lambda request: damaged, sized=False) as server, pytest.raises(TransportError, match="MD5"):
            play(kind, server, story)
    assert list(tmp_path.iterdir()) == []


@EACH_CLIENT
@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Encoding": "gzip"},
        {"Warning": "214 UploadServer gunzipped"},
        {"x_goog_stored_content_encoding": "gzip"},
    ],
    ids=str,
)
def test_proxy_that_compresses_or_decompresses(kind: str, headers: dict[str, str], tmp_path: Path) -> None:
    """The digest is of the stored bytes. The received bytes are saved as they are."""
    with storage(lambda request: whole_in_chunks(b"other bytes", **headers), sized=False) as server:
        assert play(kind, server, lambda client: all_ways(client, tmp_path)) == [b"other bytes"] * 3


@EACH_CLIENT
def test_nothing_is_appended_to_an_object_of_unknown_length(kind: str) -> None:
    with storage(lambda request: answer(headers=FACTS), sized=False) as server:
        with pytest.raises(TransportError, match="how long 'key' is"):
            play(kind, server, lambda client: done(client.append_object("bucket", "key", b"more", 4)))
        assert {request.method for request in server.requests} == {"HEAD"}


# --- Content-Range


MALFORMED = [
    *("", "bytes", "bytes */10", "bytes 9-0/10", "bytes 0-10/10", "bytes 0-9", "0-9/10", "bytes -1-9/10"),
    *("bytes 0-9/10, bytes 0-9/10", "bytes 0x1-9/10", "bytes \u0661-9/10", "bytes 0-9/" + "9" * 30),
]


def test_content_ranges() -> None:
    assert given_range("bytes 0-9/10") == (0, 9, 10)
    assert given_range(" Bytes 5-5/* ") == (5, 5, None)
    for text in MALFORMED:
        with pytest.raises(InvalidXMLError, match="Content-Range"):
            given_range(text)


def test_requested_ranges() -> None:
    assert asked_range({}) == ByteRange()
    assert asked_range({"RANGE": "bytes=5-"}) == ByteRange(5)
    assert asked_range({"range": "bytes=0-0"}) == ByteRange(0, 0)
    assert asked_range({"Range": "bytes=-5"}) == ByteRange(None, 5)
    assert str(ByteRange(5)) == "bytes=5-"
    for text in ("bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=5-1", "nonsense"):
        assert asked_range({"Range": text}) is None


@given(st.text())
def test_arbitrary_content_range(text: str) -> None:
    try:
        first, last, total = given_range(text)
    except InvalidXMLError:
        return
    assert 0 <= first <= last
    assert total is None or last < total


_numbers = st.integers(0, 30)


@given(first=_numbers, length=_numbers, size=st.integers(1, 30), given=st.tuples(_numbers, _numbers, _numbers))
def test_only_the_requested_range_is_accepted(first: int, length: int, size: int, given: tuple[int, int, int]) -> None:
    """A model of a server: only the range that S3 would return for the request is accepted."""
    asked = ByteRange(first, first + length - 1 if length else None)
    data = bytes(range(size))
    right = data[first : first + length] if length else data[first:]
    begin, end, total = given
    response = Response(206, Headers([("Content-Range", f"bytes {begin}-{end}/{total}")]))
    try:
        kept = check_partial(response, asked, size=size)
    except MinioException:
        assert not right or (begin, end, total) != (first, first + len(right) - 1, size)
    else:
        assert data[begin : end + 1] == right
        assert (kept.start, kept.length, kept.total) == (first, len(right), size)


@given(first=_numbers, length=_numbers, size=_numbers)
def test_whole_object_is_cut_to_the_range(first: int, length: int, size: int) -> None:
    asked = ByteRange(first, first + length - 1 if length else None)
    data = bytes(range(size))
    right = data[first : first + length] if length else data[first:]
    try:
        kept = check_partial(Response(200, Headers([("Content-Length", str(size))])), asked)
    except InvalidRange:
        assert first >= size
    else:
        assert data[kept.skip :][: kept.length] == right
