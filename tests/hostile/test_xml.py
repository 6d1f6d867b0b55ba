"""XML designed to exhaust memory, read files, or never end."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fakes.scripted_server import Peer, answer, chunked, forever, head
from minio.error import InvalidResponseError, InvalidXMLError, MinioException, ServerError, TransportError

Attack = Callable[..., Any]

MIB = 1024 * 1024


def laughs(times: int = 20) -> str:
    entities = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(times))
    return f'<!DOCTYPE x [<!ENTITY e0 "lollollol">{entities}]>'


QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"x" * 100_000}">]>'

BOMBS = {
    "billion laughs": f"{laughs()}<Error><Code>&e20;</Code></Error>",
    "billion laughs in an attribute": f'{laughs()}<Error a="&e20;"/>',
    "billion laughs in a default": f'{laughs()[:-2]}<!ATTLIST Error a CDATA "&e20;">]><Error/>',
    "quadratic": f"{QUADRATIC}<Error><Code>{'&a;' * 100_000}</Code></Error>",
    "quadratic in an attribute": f'{QUADRATIC}<Error a="{"&a;" * 100_000}"/>',
    "parameter entities": f"<!DOCTYPE x [<!ENTITY % a \"<!ENTITY y 'z'>\">{'%a;' * 10_000}]><Error/>",
    "itself": '<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]><Error>&a;</Error>',
    "a file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Error><Code>&a;</Code></Error>',
    "a file of parameters": '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd">%a;]><Error><Code>b</Code></Error>',
    "a DTD from a file": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><Error><Code>b</Code></Error>',
    "deep": "<a>" * 100_000 + "</a>" * 100_000,
    "deep and open": "<Error>" * 100_000,
    "wide": f"<Error>{'<a/>' * 2_500_000}</Error>",
    "one long text": f"<Error><Code>{'x' * 12_000_000}</Code></Error>",
}


@contextmanager
def bounded(seconds: float, mebibytes: float) -> Iterator[None]:
    """Fail if the block takes more time of a processor, or allocates more Python memory at once, than allowed."""
    tracemalloc.start()
    begin = time.thread_time()
    try:
        yield
        assert time.thread_time() - begin < seconds
        assert tracemalloc.get_traced_memory()[1] < mebibytes * MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_bombs(attack: Attack, bomb: str, status: str) -> None:
    client, _ = attack(forever(answer(BOMBS[bomb].encode(), status)))
    with bounded(5, 120), pytest.raises(InvalidResponseError) as caught:
        client("list_buckets")
    assert "root:" not in str(caught.value)
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7"])
def test_bomb_in_another_encoding(attack: Attack, encoding: str) -> None:
    bomb = f"<?xml version='1.0' encoding='{encoding}'?>{BOMBS['a file']}"
    client, _ = attack(forever(answer(bomb.encode(encoding))))
    with pytest.raises(InvalidResponseError):
        client("list_buckets")


def test_external_entities_are_not_fetched(attack: Attack) -> None:
    secret = forever(answer(b"<!ENTITY b 'fetched'>"))
    _, spy = attack(secret)
    outer = f"http://{spy.origin}/evil.dtd"
    for bomb in (
        f'<!DOCTYPE x SYSTEM "{outer}"><Error/>',
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "{outer}">]><Error>&a;</Error>',
        f'<!DOCTYPE x [<!ENTITY % a SYSTEM "{outer}">%a;]><Error/>',
        f'<?xml-stylesheet href="{outer}"?><Error/>',
        f'<Error xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{outer}"/></Error>',
        f'<Error xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a {outer}"/>',
    ):
        client, _ = attack(forever(answer(bomb.encode(), "400 Bad Request")))
        with pytest.raises(MinioException):
            client("list_buckets")
    assert spy.requests == []


def test_hundred_levels_are_read(attack: Attack) -> None:
    deep = "<Error><Code>NoSuchKey</Code>" + "<a>" * 100 + "</a>" * 100 + "</Error>"
    client, _ = attack(forever(answer(deep.encode(), "404 Not Found")))
    with pytest.raises(MinioException) as caught:
        client("list_buckets")
    assert getattr(caught.value, "code", None) == "NoSuchKey"


def pour(first: bytes, block: bytes, most: int) -> tuple[Callable[[Peer], None], list[int]]:
    """A server that sends blocks until the client disconnects, and the amount it has sent."""
    poured = [0]

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(first)
        while poured[0] < most:
            peer.send(block)
            poured[0] += len(block)

    return script, poured


GIB = 1024 * MIB


@pytest.mark.parametrize(
    "framing", [{"Content-Length": str(GIB)}, {"Transfer-Encoding": "chunked"}, {}], ids=["counted", "chunked", "open"]
)
@pytest.mark.parametrize("status", ["403 Forbidden", "500 Oops"])
def test_error_of_one_gibibyte_is_not_read_completely(attack: Attack, framing: dict[str, str], status: str) -> None:
    block = b"x" * MIB
    wire = b"%x\r\n%b\r\n" % (MIB, block) if "Transfer-Encoding" in framing else block
    script, poured = pour(head(status, framing), wire, GIB)
    client, _ = attack(script)
    with bounded(10, 24), pytest.raises((InvalidResponseError, ServerError)):
        client("list_buckets")
    # The system's own buffers accept some data that nobody reads.
    assert poured[0] < 64 * MIB


@pytest.mark.parametrize("framing", [{"Transfer-Encoding": "chunked"}, {}], ids=["chunked", "open"])
def test_endless_success(attack: Attack, framing: dict[str, str]) -> None:
    block = b"<Bucket><Name>x</Name></Bucket>" * 32768
    wire = b"%x\r\n%b\r\n" % (len(block), block) if framing else block
    start = b"<ListAllMyBucketsResult><Buckets>"
    script, poured = pour(
        head("200 OK", framing) + (b"%x\r\n%b\r\n" % (len(start), start) if framing else start), wire, GIB
    )
    client, _ = attack(script)
    with bounded(20, 300), pytest.raises(TransportError, match=r"exceeds|more than"):
        client("list_buckets")
    assert poured[0] < 160 * MIB


def test_success_that_announces_a_tebibyte(attack: Attack) -> None:
    client, _ = attack(forever(head("200 OK", {"Content-Length": str(1024 * GIB)}) + b"<ListAllMyBucketsResult>"))
    with bounded(5, 24), pytest.raises(TransportError, match=r"exceeds|more than"):
        client("list_buckets")


ENDLESS = {
    "interim answers": (b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 100),
    "a status line": (b"HTTP/1.1 200 ", b"x" * 65536),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 10_000),
    "one header": (b"HTTP/1.1 200 OK\r\nx: ", b"y" * 65536),
    "a chunk's extension": (head("200 OK", {"Transfer-Encoding": "chunked"}) + b"1;", b"x" * 65536),
    "trailers": (head("200 OK", {"Transfer-Encoding": "chunked"}) + b"0\r\n", b"x: y\r\n" * 10_000),
    "one trailer": (head("200 OK", {"Transfer-Encoding": "chunked"}) + b"0\r\nx: ", b"y" * 65536),
    "a chunk's size": (head("200 OK", {"Transfer-Encoding": "chunked"}), b"0" * 65536),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_endless(attack: Attack, what: str) -> None:
    script, _ = pour(*ENDLESS[what], most=256 * MIB)
    client, _ = attack(script)
    with bounded(10, 16), pytest.raises(TransportError):
        client("list_buckets")


def test_trailers_are_not_headers(attack: Attack) -> None:
    body = chunked(b"content", trailer=b"x-amz-meta-evil: yes\r\n")
    client, _ = attack(forever(head("200 OK", {"Transfer-Encoding": "chunked", "ETag": '"e"'}) + body))
    response = client("get_object", "bucket", "key")
    if client.kind == "sync":
        assert response.read() == b"content"
        assert "x-amz-meta-evil" not in response.headers
    else:
        assert "x-amz-meta-evil" not in response.headers
        client._runner.run(response.close())


def test_deep_documents_do_not_recurse(attack: Attack) -> None:
    client, _ = attack(forever(answer(b"[" * 1_000_000)))
    with pytest.raises(MinioException):
        client("get_bucket_policy", "bucket", "prefix")
    with pytest.raises(InvalidXMLError):
        client("get_bucket_tags", "bucket")
