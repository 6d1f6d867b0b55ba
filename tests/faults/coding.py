"""More faults: responses with a content coding, truncated listings without a token, errors with other root elements."""

from __future__ import annotations

import gzip
import re
import zlib

from .faults import FATAL, HARMLESS, PASSING, SLOW, has_body, reply, status
from .framing import DENIED, body_with, lie, succeeding
from .proxy import Answer, Exchange, Play, Request

# --- content codings


def document(request: Request, answer: Answer) -> bool:
    """An S3 document, as opposed to an object's content or an event stream."""
    return has_body(request, answer) and answer.body.lstrip()[:1] in (b"<", b"{") and "events=" not in request.target


def result(request: Request, answer: Answer) -> bool:
    """The document of a successful response. If an error body cannot be decoded, its status remains."""
    return document(request, answer) and answer.status < 300


def buckets_result(request: Request, answer: Answer) -> bool:
    """Refusing a bomb takes a fifth of a second, so only some calls get one."""
    return result(request, answer) and request.kind.startswith(("GET bucket", "GET service"))


def not_asking_for_the_region(request: Request, answer: Answer) -> bool:
    """Credentials without s3:GetBucketLocation may still use the bucket."""
    return "location" not in request.target


def coded(coding: str, change: object) -> Play:
    async def play(exchange: Exchange) -> None:
        answer = await exchange.ask()
        body: bytes = change(answer.body)  # type: ignore[operator]
        added = [("Content-Length", str(len(body))), ("Content-Encoding", coding)]
        await exchange.send(answer.head([*answer.without("content-length", "content-encoding"), *added]) + body)

    return play


def deflate_raw(body: bytes) -> bytes:
    made = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return made.compress(body) + made.flush()


def members(body: bytes) -> bytes:
    return gzip.compress(body[:9]) + gzip.compress(body[9:])


def _grow(wbits: int) -> bytes:
    made = zlib.compressobj(9, wbits=wbits)
    return b"".join([*(made.compress(bytes(1 << 20)) for _ in range(80)), made.flush()])


GZIP_BOMB, DEFLATE_BOMB = _grow(31), _grow(15)
status("coding", HARMLESS, "gzip", coded("gzip", gzip.compress), document)
status("coding", HARMLESS, "deflate", coded("deflate", zlib.compress), document)
status("coding", HARMLESS, "deflate-raw", coded("deflate", deflate_raw), document)
status(
    "coding", HARMLESS, "gzip-twice", coded("x-gzip, gzip", lambda body: gzip.compress(gzip.compress(body))), document
)
status(
    "coding", HARMLESS, "gzip-members", coded("gzip", lambda b: gzip.compress(b[:9]) + gzip.compress(b[9:])), document
)
status("coding", HARMLESS, "coding-only-said", coded("gzip", bytes), document)
status("coding", HARMLESS, "coding-unknown", coded("utf-8", bytes), document)
status("coding", FATAL, "gzip-cut", coded("gzip", lambda body: gzip.compress(body)[:-6]), result)
status("coding", FATAL, "gzip-bomb", coded("gzip", lambda body: GZIP_BOMB), buckets_result)
status("coding", FATAL, "deflate-bomb", coded("deflate", lambda body: DEFLATE_BOMB), buckets_result)
status("coding", FATAL, "gzip-bomb-twice", coded("gzip, gzip", lambda body: gzip.compress(GZIP_BOMB)), buckets_result)
status("coding", PASSING, "503-gzip", reply("503 x", gzip.compress(SLOW), Content_Encoding="gzip", Retry_After="0"))
status("coding", PASSING, "503-gzip-bomb", reply("503 x", GZIP_BOMB, Content_Encoding="gzip", Retry_After="0"))
status(
    "coding",
    FATAL,
    "403-gzip",
    reply("403 x", gzip.compress(DENIED), Content_Encoding="gzip"),
    not_asking_for_the_region,
)
status("coding", FATAL, "403-deflate-bomb", reply("403 x", DEFLATE_BOMB, Content_Encoding="deflate"))

# --- truncated listings that do not say where to continue

_ENTRIES = re.compile(rb"<(Contents|CommonPrefixes|Version|DeleteMarker|Upload|Part)>")
_TOKENS = rb"<(Next\w+)>[^<]*</\1>|<(Next\w+)/>"


def lists(request: Request, answer: Answer) -> bool:
    """A non-empty page of a listing."""
    return has_body(request, answer) and b"IsTruncated" in answer.body and _ENTRIES.search(answer.body) is not None


def cut_off(body: bytes) -> bytes:
    return re.sub(rb"<IsTruncated>\w*<", b"<IsTruncated>true<", re.sub(_TOKENS, b"", body))


status("listing", HARMLESS, "truncated-without-token", body_with(cut_off), lists)

# --- errors in the format of STS and similar services

WRAPPED = b'<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">%s<RequestId>1</RequestId></ErrorResponse>'
REFUSED, BUSY = b"<Code>AccessDenied</Code><Message>no</Message>", b"<Code>SlowDown</Code><Message>slow</Message>"
FORMS = {"wrapped": b"<Error><Type>Sender</Type>%s</Error>", "flat": b"%s"}
for _name, _form in FORMS.items():
    _refusal = reply("403 Forbidden", WRAPPED % (_form % REFUSED))
    status("root", FATAL, f"403-error-{_name}", _refusal, not_asking_for_the_region)
    status("root", PASSING, f"503-error-{_name}", reply("503 Slow Down", WRAPPED % (_form % BUSY), Retry_After="0"))
    lie(f"200-error-{_name}", succeeding(WRAPPED % (_form % BUSY), Content_Type="application/xml"), document)
