"""A connection that remembers the heads of its server reads each head as one that has seen none."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio._core.wire import head_memory
from minio._core.wire.head_memory import HeadMemory
from minio._core.wire.http1 import MAX_HEAD, ProtocolError, read_final_head

LINES = (
    "Server: nginx",
    "Date: Sat, 28 Nov 2026 00:00:00 GMT",
    "Content-Length: 4096",
    "Connection: keep-alive",
    'ETag: "abc"',
    "x-amz-meta-colour: green",
)


def head_of(lines: tuple[str, ...], status: str = "HTTP/1.1 200 OK", end: str = "\r\n") -> bytes:
    return "".join(f"{line}{end}" for line in (status, *lines, "")).encode("latin-1", "replace")


def outcome(read: Any, data: bytes, method: str) -> object:
    """Return all that a head says, or the error."""
    interim: list[int] = []
    try:
        head, rest = read(data, method, interim)
    except ProtocolError as error:
        return str(error)
    if head is None:
        return rest, interim
    headers = head.headers
    said = (head.status, head.reason, dict(headers), list(headers.raw), list(headers), head.size, head.length)
    return said, head.keep_alive, head.decoder is None, rest, interim


def trained(method: str = "GET", lines: tuple[str, ...] = LINES) -> HeadMemory:
    memory = HeadMemory()
    for _ in range(head_memory._ENOUGH):
        memory.read_final_head(head_of(lines), method, [])
    assert method in memory._shapes
    return memory


def used(memory: HeadMemory, data: bytes, method: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the head is read by the shape alone."""
    general: list[bytes] = []

    def note(data: bytes, method: str, interim: list[int]) -> Any:
        general.append(data)
        return read_final_head(data, method, interim)

    monkeypatch.setattr(head_memory, "read_final_head", note)
    memory.read_final_head(data, method, [])
    return not general


values = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=12),
    st.sampled_from(["", " ", "a ", " a", "  a", "a  b", "\ta", "a\r\n b", "1_0", "+5", "12, 12", "0" * 20, "99",
                     "close", "Keep-Alive", "chunked", "h2c", "\x7f", "a\rb", "a\nb", "\x00"]),
)  # fmt: skip
names = st.sampled_from(
    ["Server", "Date", "Content-Length", "content-length", "Connection", "ETag", "etag", "Transfer-Encoding", "Upgrade",
     "x-amz-meta-colour", "Bad Name", "", "a\x00"]
)  # fmt: skip


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    """A head like that of the server, with some differences."""
    lines = list(LINES)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines)))
        kind = draw(st.sampled_from(["value", "line", "drop", "twice", "space"]))
        if kind == "line":
            lines.insert(at, f"{draw(names)}:{draw(st.sampled_from([' ', '', '  ']))}{draw(values)}")
        elif at < len(lines):
            name, _, value = lines[at].partition(": ")
            lines[at : at + 1] = {
                "value": [f"{name}: {draw(values)}"],
                "drop": [],
                "twice": [lines[at]] * 2,
                "space": [f"{name} : {value}"],
            }[kind]
    status = draw(st.sampled_from(["HTTP/1.1 200 OK"] * 6 + ["HTTP/1.0 200 OK", "HTTP/1.1 200 ", "HTTP/1.1 206 Partial",
                                   "HTTP/1.1 404 Not Found", "HTTP/1.1 204 No", "HTTP/1.1 100 Continue"]))  # fmt: skip
    return head_of(tuple(lines), status, draw(st.sampled_from(["\r\n"] * 6 + ["\n"])))


@given(heads(), st.sampled_from(["GET", "HEAD", "PUT"]), st.binary(max_size=9), st.integers(0, 400))
def test_heads_are_read_as_by_the_general_parser(head: bytes, method: str, body: bytes, cut: int) -> None:
    for data in (head + body, head[:cut], b"HTTP/1.1 100 Continue\r\n\r\n" + head):
        found = outcome(trained(method).read_final_head, data, method)
        assert found == outcome(read_final_head, data, method)


@given(st.lists(st.tuples(heads(), st.sampled_from(["GET", "HEAD"])), min_size=2, max_size=6))
def test_memory_of_any_heads_reads_all_heads_right(several: list[tuple[bytes, str]]) -> None:
    memory = HeadMemory()
    for data, method in several:
        for _ in range(head_memory._ENOUGH + 1):
            assert outcome(memory.read_final_head, data, method) == outcome(read_final_head, data, method)


def test_heads_with_the_same_names_are_read_by_position(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = trained()
    other = head_of((*LINES[:2], "Content-Length: 7", LINES[3], 'ETag: "other"', "x-amz-meta-colour: dark red"))
    assert used(memory, other + b"content", "GET", monkeypatch)
    assert not used(memory, other, "HEAD", monkeypatch)
    assert not used(memory, head_of(LINES[::-1]), "GET", monkeypatch)


@pytest.mark.parametrize("lines", [
    LINES[:2],  # no length
    (*LINES, "ETag: again"),
    (*LINES, "Upgrade: h2c"),
    (*LINES[:3], "Connection: close"),
    (*LINES[:2], "Transfer-Encoding: chunked"),
])  # fmt: skip
def test_only_usual_heads_are_remembered(lines: tuple[str, ...]) -> None:
    memory = HeadMemory()
    for _ in range(50):
        memory.read_final_head(head_of(lines), "GET", [])
    assert not memory._shapes


def test_a_head_that_is_too_large_is_refused() -> None:
    data = head_of((*LINES[:-1], f"x-amz-meta-colour: {'g' * MAX_HEAD}"))
    assert "exceeds" in str(outcome(trained().read_final_head, data, "GET"))


def test_headers_read_by_position_are_headers() -> None:
    head, _ = trained().read_final_head(head_of(LINES), "GET", [])
    assert head is not None
    copy = pickle.loads(pickle.dumps(head.headers))
    assert (dict(copy), copy.raw) == (dict(head.headers), head.headers.raw)
