"""More faults: complete and well-framed responses that do not match the request."""

from __future__ import annotations

import re
from collections.abc import Callable

from .calls import LARGE, SMALL
from .faults import FATAL, HARMLESS, LIE, PAGE, fault, has_body, reply, status
from .proxy import Answer, Exchange, Play, Request

# --- ranges


def is_part(request: Request, answer: Answer) -> bool:
    return answer.status == 206 and "range" in request.headers


def is_pinned_part(request: Request, answer: Answer) -> bool:
    """The client has seen the object before and requests a part of that version."""
    return is_part(request, answer) and "if-match" in request.headers


def content_range(first: int = 0, last: int = 0, total: int = 0) -> Play:
    """The response unchanged, except for a Content-Range that is off by these amounts."""

    def change(found: re.Match[str]) -> str:
        numbers = (int(text) + off for text, off in zip(found.groups(), (first, last, total), strict=True))
        return "bytes {}-{}/{}".format(*numbers)

    return changed("content-range", lambda value: re.sub(r"bytes (\d+)-(\d+)/(\d+)", change, value))


def changed(name: str, change: Callable[[str], str]) -> Play:
    """The response with another value of a header. '' removes the header."""

    async def play(exchange: Exchange) -> None:
        answer = await exchange.ask()
        pairs = [(each, change(value) if each.lower() == name else value) for each, value in answer.headers]
        await exchange.send(answer.head([(each, value) for each, value in pairs if value]) + answer.body)

    return play


@fault("range", HARMLESS, is_part, name="range-ignored")
async def _(exchange: Exchange) -> None:
    """Send the whole object with status 200."""
    answer = await exchange.ask()
    whole = LARGE if exchange.request.target.endswith("/large") else SMALL
    length = ("Content-Length", str(len(whole)))
    headers = [*answer.without("content-length", "content-range"), length]
    await exchange.send(Answer(200, "OK", headers).head() + whole)


status("range", FATAL, "range-moved", content_range(1, 1), is_part)
status("range", FATAL, "range-longer", content_range(0, 1, 1), is_part)
status("range", FATAL, "range-unnamed", changed("content-range", lambda value: ""), is_part)
status("range", FATAL, "range-malformed", changed("content-range", lambda value: "bytes all"), is_part)
status("range", FATAL, "range-of-another-size", content_range(0, 0, 1), is_pinned_part)
status("range", FATAL, "range-of-another-version", changed("etag", lambda value: '"another"'), is_pinned_part)
status("range", FATAL, "range-of-no-version", changed("etag", lambda value: ""), is_pinned_part)


# --- successful responses that are invalid


def writes_object(request: Request, answer: Answer) -> bool:
    """PutObject or UploadPart: the ETag is in the head."""
    named = any(name.lower() == "etag" and value for name, value in answer.headers)
    return request.method == "PUT" and named and not answer.body


def reads_document(request: Request, answer: Answer) -> bool:
    """Notifications may be empty. Streams hold an object's content or mark their own end."""
    return has_body(request, answer) and not any(
        word in request.kind for word in ("notification", "events", "select", "lambdaArn")
    )


def is_head(request: Request, answer: Answer) -> bool:
    return request.kind.startswith("HEAD object") and answer.status == 200


def is_head_of_a_download(request: Request, answer: Answer) -> bool:
    return is_head(request, answer) and "x-amz-checksum-mode" in request.headers


status("none", FATAL, "page-for-all", reply("200 OK", PAGE, Content_Type="text/html"))
status("none", FATAL, "201-for-all", reply("201 Created"))
status("none", FATAL, "202-for-all", reply("202 Accepted"))
status("none", FATAL, "no-document", reply("200 OK"), reads_document)
status("none", FATAL, "no-etag-of-a-write", changed("etag", lambda value: ""), writes_object)

# The result of `stat_object` then differs from the usual one.
status("unsized", LIE, "head-without-length", changed("content-length", lambda value: ""), is_head)
status(
    "unsized", HARMLESS, "download-without-length", changed("content-length", lambda value: ""), is_head_of_a_download
)
