"""More faults: responses with wrong framing, and responses that make false statements."""

from __future__ import annotations

from .faults import (
    FATAL,
    HARMLESS,
    LIE,
    PAGE,
    PASSING,
    Applies,
    always,
    expects,
    fault,
    framed,
    has_body,
    has_text,
    reply,
    status,
)
from .proxy import Answer, Exchange, Play, Request

# --- lengths


def lengths(*values: str) -> Play:
    """A response with these lengths. `{}` is replaced by the correct one."""

    async def play(exchange: Exchange) -> None:
        answer = await exchange.ask()
        true = len(answer.body)
        pairs = [("Content-Length", value.format(true, true + 3, true - 3)) for value in values]
        await exchange.send(answer.head([*answer.without("content-length"), *pairs]) + answer.body)
        exchange.end()

    return play


status("length", PASSING, "length-too-long", lengths("{1}"), framed)
status("length", LIE, "length-too-short", lengths("{2}"), has_text)
status("length", PASSING, "length-negative", lengths("-7"), framed)
status("length", PASSING, "length-negative-of-nothing", lengths("-7"))
status("length", PASSING, "two-lengths", lengths("{0}", "{1}"), framed)
status("length", PASSING, "length-huge", lengths("9" * 30))
status("length", PASSING, "length-words", lengths("all of it"))
status("length", PASSING, "length-list", lengths("{0}, {1}"), framed)
status("length", PASSING, "length-empty", lengths(""), framed)
status("length", PASSING, "length-terabyte", lengths(str(1 << 40)), framed)

# --- chunks


def chunks(body: bytes, size: int = 0, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    size = size or max(1, len(body) // 3)
    cut = [body[at : at + size] for at in range(0, len(body), size)]
    parts = [b"%x%b\r\n%b\r\n" % (len(each), extension, each) for each in cut]
    return b"".join(parts) + b"0\r\n" + trailer + b"\r\n"


def chunked(frame: object, end: bool = False, coding: str = "chunked") -> Play:
    async def play(exchange: Exchange) -> None:
        answer = await exchange.ask()
        head = answer.head([*answer.without("content-length"), ("Transfer-Encoding", coding)])
        await exchange.send(head + frame(answer.body))  # type: ignore[operator]
        if end:
            exchange.end()

    return play


status("chunks", HARMLESS, "chunked", chunked(chunks), framed)
status(
    "chunks", HARMLESS, "chunked-small", chunked(lambda body: chunks(body[:500], 1)[:-5] + chunks(body[500:])), framed
)
status("chunks", HARMLESS, "chunked-extension", chunked(lambda body: chunks(body, extension=b";a=b")), framed)
status("chunks", HARMLESS, "chunked-trailer", chunked(lambda body: chunks(body, trailer=b"x-a: b\r\n")), framed)
status("chunks", PASSING, "chunk-size-words", chunked(lambda body: b"all\r\n" + body), framed)
status("chunks", PASSING, "chunk-size-huge", chunked(lambda body: b"f" * 20 + b"\r\n" + body), framed)
status("chunks", PASSING, "chunk-size-negative", chunked(lambda body: b"-5\r\n" + body), framed)
status("chunks", PASSING, "chunk-too-short", chunked(lambda body: b"3\r\n" + body + b"\r\n0\r\n\r\n"), has_text)
status("chunks", PASSING, "chunk-too-long", chunked(lambda body: b"ffffff\r\n" + body, True), framed)
status("chunks", PASSING, "chunks-without-end", chunked(lambda body: chunks(body)[:-5], True), framed)
status("chunks", PASSING, "chunks-cut", chunked(lambda body: chunks(body)[:-9], True), has_text)
status("chunks", PASSING, "unknown-coding", chunked(chunks, coding="br"), framed)


@fault("chunks", PASSING, framed)
async def chunked_with_length(exchange: Exchange) -> None:
    """Request smuggling: both framings at once."""
    answer = await exchange.ask()
    await exchange.send(answer.head([*answer.headers, ("Transfer-Encoding", "chunked")]) + chunks(answer.body))
    exchange.end()


# --- heads


def head_with(*lines: bytes) -> Play:
    async def play(exchange: Exchange) -> None:
        head, mark, body = (await exchange.ask()).render().partition(b"\r\n\r\n")
        await exchange.send(b"\r\n".join([head, *lines]) + mark + body)

    return play


status("head", PASSING, "header-1-MiB", head_with(b"x-large: " + b"x" * (1 << 20)))
status("head", PASSING, "headers-30000", head_with(*(b"x-%d: some text" % number for number in range(30_000))))
status("head", HARMLESS, "headers-1000", head_with(*(b"x-%d: some text" % number for number in range(1_000))))
status("head", PASSING, "header-nul", head_with(b"x-nul: a\0b"))
status("head", PASSING, "header-without-colon", head_with(b"just words"))
status("head", PASSING, "header-of-no-name", head_with(b": x"))
status("head", HARMLESS, "header-latin", head_with(b"x-latin: \xe9\xff", b"x-empty:"))


@fault("head", PASSING)
async def endless_head(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nx-a: " + b"x" * 400_000)
    await exchange.stall()


@fault("head", PASSING)
async def another_protocol(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    exchange.end()


@fault("head", PASSING)
async def tls_alert(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"\x15\x03\x01\x00\x02\x02\x16")
    exchange.end()


@fault("head", PASSING)
async def only_interim_answers(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 102 Processing\r\n\r\n" * 50)
    exchange.end()


async def _switch(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")
    exchange.end()


status("head", PASSING, "101", _switch)

# --- responses to a client that waits for 100 Continue


@fault("expect", HARMLESS, expects)
async def expectation_failed(exchange: Exchange) -> None:
    """417, as proxies send it that do not support Expect. Without Expect the request succeeds."""
    if not exchange.request.expects:
        await exchange.pass_on()
        return
    await exchange.send(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    exchange.end()


def unallowed(head: bytes, body: bytes = b"") -> Play:
    async def play(exchange: Exchange) -> None:
        if not exchange.request.expects:
            await exchange.read_body()
        await exchange.send(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        exchange.end()

    return play


DENIED = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
status("expect", FATAL, "403-not-100", unallowed(b"HTTP/1.1 403 Forbidden\r\n", DENIED), expects)
status("expect", FATAL, "413-not-100", unallowed(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\n"), expects)
status("expect", PASSING, "503-not-100", unallowed(b"HTTP/1.1 503 Slow Down\r\nRetry-After: 0\r\n"), expects)
status("expect", LIE, "200-not-100", unallowed(b"HTTP/1.1 200 OK\r\n"), expects)


@fault("expect", PASSING, expects)
async def end_not_100(exchange: Exchange) -> None:
    exchange.end()


@fault("expect", HARMLESS, expects)
async def many_100s(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 3)
    await exchange.pass_on()


@fault("expect", HARMLESS, expects, slow=True)
async def no_100(exchange: Exchange) -> None:
    exchange.request.headers.pop("expect", None)
    await exchange.pass_on()


# --- successful responses that are invalid


def succeeding(body: bytes, **headers: str) -> Play:
    return reply("200 OK", body, **headers)


def reads_answer(request: Request, answer: Answer) -> bool:
    """The response must contain a document to count as a success."""
    return has_body(request, answer)


def lie(name: str, play: Play, applies: Applies = always) -> None:
    status("lie", LIE, name, play, applies)


ERROR = b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>no</Message></Error>'
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;&b;</a>'
lie("200-empty", succeeding(b""))
lie("200-page", succeeding(PAGE, Content_Type="text/html; charset=utf-8"))
lie("200-page-as-xml", succeeding(PAGE, Content_Type="application/xml"), framed)
lie("200-error", succeeding(ERROR % b"InternalError", Content_Type="application/xml"), framed)
lie("200-error-unknown", succeeding(ERROR % b"Strange", Content_Type="application/xml"), framed)
lie("200-json", succeeding(b'{"error": true}', Content_Type="application/json"), framed)
lie("200-other-xml", succeeding(b"<Other><Key>a</Key></Other>", Content_Type="application/xml"), framed)
lie("200-bomb", succeeding(BOMB, Content_Type="application/xml"), framed)
lie("200-binary", succeeding(bytes(range(256)) * 4), framed)
lie("200-deep", succeeding(b"<a>" * 3000 + b"</a>" * 3000), framed)
lie("200-utf-16", succeeding("<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16")), framed)
lie("200-gzip", succeeding(b"\x1f\x8b\x08\0\0\0\0\0", Content_Encoding="gzip"), framed)
lie("204", reply("204 No Content"))
lie("206", reply("206 Partial Content"))
lie("202", reply("202 Accepted"))


def body_with(change: object) -> Play:
    """The server's response with a changed body and the matching length."""

    async def play(exchange: Exchange) -> None:
        answer = await exchange.ask()
        body: bytes = change(answer.body)  # type: ignore[operator]
        length = ("Content-Length", str(len(body)))
        await exchange.send(answer.head([*answer.without("content-length"), length]) + body)

    return play


lie("xml-cut", body_with(lambda body: body[: len(body) // 2]), has_text)
lie("xml-emptied", body_with(lambda body: _texts(body, b"")), has_text)
lie("xml-of-words", body_with(lambda body: _texts(body, b"what?")), has_text)
lie("xml-of-numbers", body_with(lambda body: _texts(body, b"-99999999999999999999")), has_text)


def _texts(body: bytes, text: bytes) -> bytes:
    """Replace the text of each element that has no children."""
    import re

    return re.sub(rb"<(\w+)>[^<]*</\1>", rb"<\1>" + text + rb"</\1>", body[:100_000])
