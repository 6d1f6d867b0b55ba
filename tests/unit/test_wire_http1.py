"""HTTP/1.1 heads and chunked bodies, split at any position."""

from __future__ import annotations

import contextlib
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from fakes.scripted_server import chunked, head
from minio._core.wire import http1
from minio._core.wire.http1 import MAX_HEAD, ProtocolError, read_head, request_head

HEAD = head("200 Fine", {"ETag": '"x"', "X-A": "1", "x-a": "2", "Content-Length": "5"})


def test_head_at_every_split() -> None:
    for end in range(len(HEAD)):
        assert read_head(HEAD[:end], "GET") is None
    for tail in (b"", b"hello", b"hello and more"):
        found = read_head(HEAD + tail, "GET")
        assert found is not None
        assert (found.status, found.reason, found.size, found.length) == (200, "Fine", len(HEAD), 5)
        assert found.headers["etag"] == '"x"'
        assert found.headers["x-a"] == "1, 2"
        assert found.keep_alive
        assert found.decoder is None
    assert read_head(bytearray(HEAD), "GET") is not None


@pytest.mark.parametrize(
    ("method", "status", "headers", "length", "keep"),
    [
        ("HEAD", "200 OK", {"Content-Length": "99"}, 0, True),
        ("HEAD", "200 OK", {"Transfer-Encoding": "chunked"}, 0, True),
        ("HEAD", "200 OK", {"Content-Length": "9", "Connection": "close"}, 0, False),
        ("GET", "204 No Content", {}, 0, True),
        ("GET", "204 No Content", {"Content-Length": "7"}, 0, True),
        ("GET", "304 Not Modified", {"Content-Length": "7"}, 0, True),
        ("GET", "100 Continue", {}, 0, True),
        ("GET", "103 Early Hints", {"Link": "x"}, 0, True),
        ("GET", "200 OK", {"Content-Length": "0"}, 0, True),
        ("GET", "200 OK", {"Content-Length": "0", "Connection": "Close"}, 0, False),
        ("GET", "200 OK", {"Content-Length": "3", "Connection": "close"}, 3, False),
        ("GET", "200 OK", {}, None, False),
        ("GET", "500 Oops", {"Content-Length": "4"}, 4, True),
    ],
)
def test_framing(method: str, status: str, headers: dict[str, str], length: int | None, keep: bool) -> None:
    found = read_head(head(status, headers), method)
    assert found is not None
    assert (found.length, found.keep_alive, found.decoder) == (length, keep, None)


def test_http_1_0_is_not_kept() -> None:
    found = read_head(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "GET")
    assert found is not None
    assert not found.keep_alive


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * MAX_HEAD,
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * MAX_HEAD + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5,\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: a\r\nContent-Length: 05\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n X: folded into the status line\r\n\r\n",
    ],
)
def test_non_http_responses(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_head(data, "GET")


@pytest.mark.parametrize(
    "lengths",
    [b"Content-Length: 5\r\nContent-Length: 5\r\n", b"Content-Length: 5, 5\r\n", b"content-length:5,5 ,\t5\r\n"],
)
@pytest.mark.parametrize("place", [b"%b", b"X-A: 1\r\n%b", b"%bX-Content-Length: 7\r\n"])
def test_equal_lengths_are_accepted(place: bytes, lengths: bytes) -> None:
    data = b"HTTP/1.1 200 OK\r\n" + place.replace(b"%b", lengths) + b"\r\n"
    found = read_head(data + b"hello", "GET")
    assert found is not None
    assert (found.length, found.size, found.headers["content-length"]) == (5, len(data), "5")


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (b"X-A: one\r\n two", "one two"),
        (b"X-A: one\r\n\ttwo\r\n   three", "one two three"),
        (b"X-A:\r\n one", "one"),
        (b"X-A: one \t\r\n two", "one two"),
    ],
)
def test_folded_headers_are_one_line(lines: bytes, value: str) -> None:
    data = b"HTTP/1.1 200 OK\r\n" + lines + b"\r\nContent-Length: 5\r\n\r\n"
    found = read_head(data + b"hello", "GET")
    assert found is not None
    assert (found.headers["x-a"], found.length, found.size) == (value, 5, len(data))
    for end in range(len(data)):
        assert read_head(data[:end], "GET") is None


@pytest.mark.parametrize("connection", ["Upgrade", "upgrade", "keep-alive, Upgrade"])
def test_offered_upgrade_is_not_a_switch(connection: str) -> None:
    """Apache offers HTTP/2 this way, in complete responses (RFC 9110, 7.8)."""
    offer = {"Connection": connection, "Upgrade": "h2,h2c", "Content-Length": "5"}
    found = read_head(head("200 OK", offer) + b"hello", "GET")
    assert found is not None
    assert (found.status, found.length, found.keep_alive) == (200, 5, True)


@pytest.mark.parametrize("data", [b"\x15\x03\x01\x00\x02\x02\x16", b"\x16\x03\x03\x00\x7a"])
def test_tls_where_http_was_expected(data: bytes) -> None:
    with pytest.raises(ProtocolError, match="secure=True"):
        read_head(data, "GET")


@given(st.binary(), st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n"]), st.sampled_from([b"", b"\r\n\r\n"]))
def test_garbage_is_refused_or_read(middle: bytes, start: bytes, end: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        found = read_head(start + middle + end, "GET")
        assert found is None or found.size <= len(start + middle + end)


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=8), st.lists(st.integers(0, 400)), st.booleans())
def test_chunks_at_any_split(parts: list[bytes], cuts: list[int], trailer: bool) -> None:
    found = read_head(head(headers={"Transfer-Encoding": "Chunked"}), "GET")
    assert found is not None
    assert (found.length, found.keep_alive) == (None, True)
    decoder = found.decoder
    assert decoder is not None
    data = chunked(*parts, trailer=b"x-checksum: 1\r\n" if trailer else b"")
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    body = bytearray()
    for start, stop in pairwise(edges):
        assert not decoder.done
        body += b"".join(decoder.feed(data[start:stop]))
    assert bytes(body) == b"".join(parts)
    assert decoder.done
    assert decoder.clean


@pytest.mark.parametrize("more", [b"HTTP/1.1 200 OK\r\n", b"garbage", b"\0"])
def test_bytes_after_the_last_chunk_prevent_reuse(more: bytes) -> None:
    found = read_head(head(headers={"Transfer-Encoding": "chunked"}), "GET")
    assert found is not None
    assert found.decoder is not None
    assert b"".join(found.decoder.feed(chunked(b"abc") + more)) == b"abc"
    assert found.decoder.done
    assert not found.decoder.clean


@pytest.mark.parametrize("data", [b"zz\r\n", b"-1\r\n", b"3\r\nabcd\r\n", b"fffffffffffffffff\r\n"])
def test_malformed_chunks(data: bytes) -> None:
    found = read_head(head(headers={"Transfer-Encoding": "chunked"}), "GET")
    assert found is not None
    assert found.decoder is not None
    with pytest.raises(ProtocolError, match="malformed"):
        found.decoder.feed(data)


def test_request_head() -> None:
    assert (
        request_head("PUT", "/b/k?a=", {"Host": "h", "X": "ü"}) == b"PUT /b/k?a= HTTP/1.1\r\nHost: h\r\nX: \xfc\r\n\r\n"
    )


@pytest.mark.parametrize("bad", ["a\r\nb: c", "a\nb", "a\rb", "a\0b"])
@pytest.mark.parametrize("where", ["name", "value", "target", "method"])
def test_request_cannot_be_split(bad: str, where: str) -> None:
    headers = {bad if where == "name" else "x": bad if where == "value" else "y"}
    with pytest.raises(ValueError, match="line break"):
        request_head(bad if where == "method" else "GET", bad if where == "target" else "/", headers)


@pytest.mark.parametrize("place", ["on_header", "on_message_complete"])
def test_interrupt_in_the_parser_is_propagated(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(http1._Sink, place, interrupt)
    with pytest.raises(KeyboardInterrupt):
        http1.read_head(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "GET")


_names = st.sampled_from(
    ["Content-Length", "content-length", "ETag", "Connection", "Transfer-Encoding", "X-A", "x-a", "Upgrade", "Bad Name"]
)
_values = st.sampled_from(
    ["", "0", "5", "-1", " 7 ", "close", "keep-alive", "Keep-Alive", "chunked", "a  b", "ü", "a\tb", "a\x01"]
)
_lines = st.lists(st.tuples(_names, st.sampled_from([": ", ":", " : ", ":\t"]), _values), max_size=5)


@given(
    st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/2", "http/1.1"]),
    st.sampled_from(["100", "200", "204", "206", "304", "404", "503", "99", "2000"]),
    st.sampled_from([" OK", " ", "", " Not  Found ", " \xfc"]),
    _lines,
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from(["GET", "HEAD", "PUT"]),
)
def test_fast_path_agrees_with_the_parser(
    version: str, status: str, reason: str, lines: list[tuple[str, str, str]], end: str, method: str
) -> None:
    text = f"{version} {status}{reason}\r\n" + "".join("".join(line) + end for line in lines) + "\r\n"
    data = text.encode("latin-1") + b"body"
    quick = http1._read_usual(data, method)
    if quick is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http1, "_read_usual", lambda *_: None)
        slow = read_head(data, method)
    assert slow is not None
    for name in ("status", "reason", "headers", "size", "length", "keep_alive", "decoder"):
        assert getattr(quick, name) == getattr(slow, name), name
    assert list(quick.headers.raw) == list(slow.headers.raw)


def test_usual_heads_use_the_fast_path() -> None:
    head = b'HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 4\r\nConnection: keep-alive\r\nETag: "e"\r\n\r\nbody'
    assert http1._read_usual(head, "GET") is not None
