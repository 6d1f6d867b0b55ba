"""The faults: what is done to an exchange, and the outcome that it must have.

Outcomes of a fault:

* HARMLESS: the call succeeds as if nothing had happened, however often the fault occurs.
* PASSING: the call retries. It succeeds if the fault passes, and raises a documented error if it stays.
* FATAL: retrying is pointless. The call raises a documented error if the fault stays, and may if it passes.
* LIE: the response is wrong and cannot always be recognised as such. The call raises documented errors only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .proxy import Answer, Exchange, Play, Request


class Outcome(Enum):
    HARMLESS = "harmless"
    PASSING = "passing"
    FATAL = "fatal"
    LIE = "lie"


HARMLESS, PASSING, FATAL, LIE = Outcome

Applies = Callable[[Request, Answer], bool]


@dataclass(frozen=True)
class Fault:
    """One fault. `family` names the class of faults it belongs to. A slow fault ends by a timeout of the client."""

    name: str
    family: str
    outcome: Outcome
    play: Play
    applies: Applies
    slow: bool = False


FAULTS: dict[str, Fault] = {}


def always(request: Request, answer: Answer) -> bool:
    return True


def has_body(request: Request, answer: Answer) -> bool:
    return bool(answer.body) and not answer.bare


def has_text(request: Request, answer: Answer) -> bool:
    """A body long enough to be cut in the middle."""
    return has_body(request, answer) and len(answer.body) > 16


def framed(request: Request, answer: Answer) -> bool:
    return not answer.bare


def uploads(request: Request, answer: Answer) -> bool:
    return request.length > 0


def uploads_much(request: Request, answer: Answer) -> bool:
    return request.length > 1 << 20


def expects(request: Request, answer: Answer) -> bool:
    return request.expects


def fault(
    family: str, outcome: Outcome, applies: Applies = always, slow: bool = False, name: str | None = None
) -> Callable[[Play], Play]:
    def note(play: Play) -> Play:
        called = name or getattr(play, "__name__", "").replace("_", "-")
        assert called not in FAULTS, called
        FAULTS[called] = Fault(called, family, outcome, play, applies, slow)
        return play

    return note


# --- no connection; the proxy itself implements these two


@fault("connect", PASSING)
async def reset_at_once(exchange: Exchange) -> None:
    exchange.reset()


@fault("connect", FATAL)
async def refused(exchange: Exchange) -> None:
    exchange.reset()


# --- resets


@fault("reset", PASSING)
async def reset_in_request(exchange: Exchange) -> None:
    exchange.reset()


@fault("reset", PASSING, uploads)
async def reset_in_request_body(exchange: Exchange) -> None:
    await exchange.read_body(exchange.request.length // 2)
    exchange.reset()


@fault("reset", PASSING)
async def reset_before_asking(exchange: Exchange) -> None:
    await exchange.read_body()
    exchange.reset()


@fault("reset", PASSING)
async def reset_after_asking(exchange: Exchange) -> None:
    await exchange.ask()
    exchange.reset()


@fault("reset", PASSING)
async def reset_in_head(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).render()[:20])
    await asyncio.sleep(0.003)  # a reset may overtake bytes that were sent before it
    exchange.reset()


@fault("reset", PASSING, has_body)
async def reset_behind_head(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).head())
    await asyncio.sleep(0.003)
    exchange.reset()


@fault("reset", PASSING, has_text)
async def reset_in_body(exchange: Exchange) -> None:
    answer = await exchange.ask()
    await exchange.send(answer.head() + answer.body[: len(answer.body) // 2])
    await asyncio.sleep(0.003)
    exchange.reset()


# --- orderly shutdown, too early


@fault("truncate", PASSING)
async def end_without_answer(exchange: Exchange) -> None:
    await exchange.ask()
    exchange.end()


@fault("truncate", PASSING)
async def end_in_status(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).render()[:7])
    exchange.end()


@fault("truncate", PASSING)
async def end_in_head(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).head()[:-3])
    exchange.end()


@fault("truncate", PASSING, has_text)
async def end_in_body(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).render()[:-5])
    exchange.end()


@fault("truncate", PASSING, has_body)
async def end_behind_head(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).head())
    exchange.end()


# --- silence


@fault("stall", PASSING, slow=True)
async def stall_before_answer(exchange: Exchange) -> None:
    await exchange.ask()
    await exchange.stall()


@fault("stall", PASSING, slow=True)
async def stall_in_head(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).head()[:-4])
    await exchange.stall()


@fault("stall", PASSING, has_text, slow=True)
async def stall_in_body(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).render()[:-5])
    await exchange.stall()


@fault("stall", PASSING, uploads_much, slow=True)
async def stall_in_request_body(exchange: Exchange) -> None:
    await exchange.read_body(1000)
    await exchange.swallow_nothing()


@fault("stall", PASSING, framed, slow=True)
async def length_too_long_and_open(exchange: Exchange) -> None:
    answer = await exchange.ask()
    length = ("Content-Length", str(len(answer.body) + 3))
    await exchange.send(answer.head([*answer.without("content-length"), length]) + answer.body)
    await exchange.stall()


# --- slow responses, sent in small pieces


@fault("drip", HARMLESS)
async def drip(exchange: Exchange) -> None:
    whole = (await exchange.ask()).render()
    await exchange.send(*(whole[at : at + 1] for at in range(min(len(whole), 700))), whole[700:])


@fault("drip", HARMLESS)
async def in_sevens(exchange: Exchange) -> None:
    whole = (await exchange.ask()).render()
    await exchange.send(*(whole[at : at + 7] for at in range(0, min(len(whole), 3500), 7)), whole[3500:])


# --- damage


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@fault("corrupt", PASSING)
async def corrupt_version(exchange: Exchange) -> None:
    await exchange.send(flip((await exchange.ask()).render(), 1))


@fault("corrupt", LIE)
async def corrupt_status(exchange: Exchange) -> None:
    await exchange.send(flip((await exchange.ask()).render(), 9))


@fault("corrupt", LIE, has_text)
async def corrupt_body(exchange: Exchange) -> None:
    answer = await exchange.ask()
    await exchange.send(answer.head() + flip(answer.body, len(answer.body) // 2))


@fault("corrupt", LIE, has_text)
async def corrupt_body_throughout(exchange: Exchange) -> None:
    answer = await exchange.ask()
    body = bytearray(answer.body)
    for place in range(11, len(body), 97):
        body[place] ^= 0x11
    await exchange.send(answer.head() + bytes(body))


@fault("corrupt", LIE)
async def corrupt_headers(exchange: Exchange) -> None:
    """Every header has a valid form and a meaningless value, except those that frame the body."""
    answer = await exchange.ask()
    kept = [(name, value) for name, value in answer.headers if name.lower() in ("content-length", "connection")]
    await exchange.send(answer.head(kept + [(n, "\xe9?!") for n, _ in answer.without("content-length")]) + answer.body)


@fault("corrupt", LIE)
async def no_headers(exchange: Exchange) -> None:
    """Only the header that frames the body."""
    answer = await exchange.ask()
    kept = [(name, value) for name, value in answer.headers if name.lower() == "content-length"]
    await exchange.send(answer.head(kept) + answer.body)


# --- more data than requested


def modest(request: Request, answer: Answer) -> bool:
    """Small enough for the buffers of a connection that nobody reads from."""
    return len(answer.body) < 50_000


def small(request: Request, answer: Answer) -> bool:
    return modest(request, answer) and not answer.bare


@fault("unasked", HARMLESS, modest)
async def answer_twice(exchange: Exchange) -> None:
    whole = (await exchange.ask()).render()
    await exchange.send(whole + whole)


@fault("unasked", LIE, small)
async def answer_twice_later(exchange: Exchange) -> None:
    """The second response cannot be told from the response to a request sent in the meantime."""
    whole = (await exchange.ask()).render()
    await exchange.send(whole)
    await asyncio.sleep(0.002)
    await exchange.send(whole)


@fault("unasked", HARMLESS)
async def junk_behind(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).render() + b"\0\xff junk\r\n\r\n")


@fault("unasked", HARMLESS)
async def time_out_behind(exchange: Exchange) -> None:
    """What servers send before they close an idle connection."""
    gone = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    await exchange.send((await exchange.ask()).render(), gone)
    exchange.end()


@fault("unasked", HARMLESS)
async def interim_answers(exchange: Exchange) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    await exchange.send(hints + b"HTTP/1.1 102 Processing\r\n\r\n" + (await exchange.ask()).render())


# --- connections that are not kept alive


@fault("close", HARMLESS)
async def close_behind(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).render())
    exchange.end()


@fault("close", HARMLESS)
async def reset_behind(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).render())
    await asyncio.sleep(0.01)
    exchange.reset()


@fault("close", HARMLESS)
async def close_said(exchange: Exchange) -> None:
    answer = await exchange.ask()
    await exchange.send(answer.head([*answer.without("connection"), ("Connection", "close")]) + answer.body)
    exchange.end()


@fault("close", HARMLESS)
async def old_version(exchange: Exchange) -> None:
    await exchange.send((await exchange.ask()).render().replace(b"HTTP/1.1", b"HTTP/1.0", 1))
    exchange.end()


@fault("close", HARMLESS, framed)
async def body_until_the_end(exchange: Exchange) -> None:
    answer = await exchange.ask()
    await exchange.send(answer.head(answer.without("content-length")) + answer.body)
    exchange.end()


@fault("close", HARMLESS)
async def kept_one_is_dead(exchange: Exchange) -> None:
    """The connection closes when its second request arrives, as if it had been idle for too long."""
    if exchange.number > 1:
        exchange.end()
    await exchange.pass_on()


# --- errors of servers and of proxies in front of them

SLOW = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
PAGE = b"<!DOCTYPE html>\n<html><head><title>502</title><body><h1>Bad Gateway<br>nginx</h1></body></html>\n"


def reply(status: str, body: bytes = b"", **headers: str) -> Play:
    code, _, reason = status.partition(" ")
    pairs = [("Content-Length", str(len(body))), *((name.replace("_", "-"), value) for name, value in headers.items())]

    async def play(exchange: Exchange) -> None:
        await exchange.read_body()
        bare = exchange.request.method == "HEAD"
        await exchange.send(Answer(int(code), reason, pairs).head() + (b"" if bare else body))

    return play


def status(family: str, outcome: Outcome, name: str, play: Play, applies: Applies = always) -> None:
    fault(family, outcome, applies, name=name)(play)


status("busy", PASSING, "503-slow-down", reply("503 Slow Down", SLOW, Retry_After="0", Content_Type="application/xml"))
status("busy", PASSING, "503-retry-after-60", reply("503 Slow Down", SLOW, Retry_After="60"))
status("busy", PASSING, "503-retry-after-nonsense", reply("503 Slow Down", SLOW, Retry_After="soon, \xb2"))
status("busy", PASSING, "503-retry-after-date", reply("503 x", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"))
status("busy", PASSING, "503-empty", reply("503 Service Unavailable"))
status("busy", PASSING, "502-page", reply("502 Bad Gateway", PAGE, Content_Type="text/html"))
status("busy", PASSING, "504-page-as-xml", reply("504 Gateway Timeout", PAGE, Content_Type="application/xml"))
status("busy", PASSING, "500-empty", reply("500 "))
status("busy", PASSING, "429", reply("429 Too Many Requests", Retry_After="0"))
status("refusal", FATAL, "403-page", reply("403 Forbidden", PAGE, Content_Type="text/html"))
status("refusal", FATAL, "400-empty", reply("400 Bad Request"))
status("refusal", FATAL, "405-empty", reply("405 Method Not Allowed"))
status("refusal", LIE, "404-page", reply("404 Not Found", PAGE, Content_Type="text/html"))
status("refusal", LIE, "409-empty", reply("409 Conflict"))
status("refusal", FATAL, "418", reply("418 I'm a teapot", b"short and stout"))
status("refusal", FATAL, "501", reply("501 Not Implemented", b"<Error><Code>NotImplemented</Code></Error>"))
status("refusal", FATAL, "599", reply("599 What"))
status("refusal", FATAL, "status-999", reply("999 Beyond"))

# --- redirects


@fault("redirect", FATAL)
async def redirect_to_itself(exchange: Exchange) -> None:
    where = f"http://{exchange.request.headers['host']}{exchange.request.target}"
    await reply("307 Temporary Redirect", Location=where)(exchange)


@fault("redirect", FATAL)
async def redirect_relative(exchange: Exchange) -> None:
    await reply("308 Permanent Redirect", Location=exchange.request.target)(exchange)


status("redirect", FATAL, "307-elsewhere", reply("307 x", Location="http://nobody.invalid/x"))
status("redirect", FATAL, "301-nowhere", reply("301 Moved Permanently"))
status("redirect", FATAL, "307-malformed", reply("307 x", Location="http://[::1:x/\xff"))
status("redirect", FATAL, "302-page", reply("302 Found", PAGE, Location="/login", Content_Type="text/html"))
status("redirect", FATAL, "304", reply("304 Not Modified"))
status("redirect", FATAL, "301-region", reply("301 x", x_amz_bucket_region="nowhere-1"))
