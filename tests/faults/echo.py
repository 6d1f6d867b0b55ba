"""More faults: servers and proxies that repeat the request, including its signature, in what the client shows."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import quote

from .faults import FATAL, LIE, PASSING, always, framed, reply, status
from .proxy import Exchange, Play, Request

Wrap = Callable[[str], str]


def echo(answer_status: str, wrap: Wrap, content_type: str, **headers: str) -> Play:
    """Respond with the request head in the body."""

    async def play(exchange: Exchange) -> None:
        body = wrap(exchange.request.head.decode("latin-1")).encode()
        await reply(answer_status, body, Content_Type=content_type, **headers)(exchange)

    return play


def page(head: str) -> str:
    return f"<!DOCTYPE html>\n<html><body><pre>{escape(head)}</pre></body></html>\n"


def one_line(head: str) -> str:
    """An error that quotes the page cuts it at the end of the first line."""
    return f"<html><body>{'x' * 150}{escape(head).replace(chr(13) + chr(10), ' ')}</body></html>\n"


def message(head: str) -> str:
    return (
        f"<Error><Code>InvalidToken</Code><Message>{escape(head)}</Message><Resource>{escape(head)}</Resource></Error>"
    )


def quoted(head: str) -> str:
    return f"<html><body>{quote(head, safe='')}</body></html>\n"


status("echo", FATAL, "echo-page", echo("403 Forbidden", page, "text/html"), framed)
status("echo", FATAL, "echo-page-on-one-line", echo("403 Forbidden", one_line, "text/html"), framed)
status("echo", FATAL, "echo-page-quoted", echo("403 Forbidden", quoted, "text/html"), framed)
status("echo", FATAL, "echo-message", echo("403 Forbidden", message, "application/xml"), framed)
status("echo", LIE, "echo-message-in-success", echo("200 OK", message, "application/xml"), framed)
status("echo", PASSING, "echo-page-of-a-gateway", echo("502 Bad Gateway", page, "text/html"), framed)


def echo_in(answer_status: str, header: str) -> Play:
    """Respond with the request's Authorization in the header that carries the error message of a HEAD response."""

    async def play(exchange: Exchange) -> None:
        sent = exchange.request.headers["authorization"]
        await reply(answer_status, b"", **{header: f"http://elsewhere.invalid/?{sent}"})(exchange)

    return play


def signed(request: Request, answer: object) -> bool:
    return "authorization" in request.headers


status("echo", FATAL, "echo-in-message-header", echo_in("400 Bad Request", "x_minio_error_desc"), signed)
status("echo", FATAL, "echo-in-request-id", echo_in("400 Bad Request", "x_amz_request_id"), signed)
status("echo", FATAL, "echo-in-location", echo_in("307 Temporary Redirect", "Location"), signed)


async def _raw(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(exchange.request.head.partition(b"\r\n")[2])
    exchange.end()


async def _reason(exchange: Exchange) -> None:
    await reply(f"503 {exchange.request.headers.get('authorization', '')}")(exchange)


status("echo", PASSING, "echo-without-a-status-line", _raw, always)
status("echo", PASSING, "echo-in-reason", _reason, signed)


def check_no_secret(error: BaseException, requests: Iterable[Request], secret_key: str) -> None:
    """Check that an error shows neither the signatures of the requests nor the key, in any form that users see."""
    shown = "".join([str(error), repr(error), repr(error.args), repr(getattr(error, "message", ""))])
    shown = (shown + "".join(traceback.format_exception(error))).lower()
    secrets = [request.headers.get("authorization", "").rpartition("Signature=")[2] for request in requests]
    for secret in (*secrets, secret_key):
        # Truncated text may still show the first part of a secret.
        assert not secret or secret[:12].lower() not in shown, "an error shows a secret of its request"
