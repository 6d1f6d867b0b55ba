"""More faults: responses that are rare but valid HTTP, and responses that report a wrong clock or region."""

from __future__ import annotations

import time
from email.utils import formatdate

from .faults import FATAL, HARMLESS, PASSING, framed, reply, status
from .framing import head_with, lengths
from .proxy import Answer, Exchange, Request


async def _upgrade(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")
    exchange.end()


status("upgrade", PASSING, "101-upgrade", _upgrade)
status("upgrade", HARMLESS, "upgrade-offered", head_with(b"Upgrade: h2,h2c", b"Connection: upgrade"))
status("doubled", HARMLESS, "equal-lengths", lengths("{0}", "{0}"), framed)
status("doubled", HARMLESS, "equal-lengths-in-a-list", lengths("{0}, {0}"), framed)
status("doubled", PASSING, "different-lengths-in-a-list", lengths("{0},{1}"), framed)
status("folded", HARMLESS, "folded-header", head_with(b"x-folded: one\r\n two\r\n\tthree"))
status("folded", HARMLESS, "folded-header-of-one-line", head_with(b"x-folded:\r\n  one"))

# --- wrong information, sent once: later calls of the same client must not rely on it

DENIED = b"<Error><Code>%s</Code><Message>no</Message>%s</Error>"
YESTERDAY = formatdate(time.time() - 86400, usegmt=True)
SKEWED = DENIED % (b"RequestTimeTooSkewed", b"")


def not_of_the_region(request: Request, answer: Answer) -> bool:
    """Credentials without s3:GetBucketLocation may still use the bucket."""
    return request.kind != "GET bucket location"


FORBIDDEN = reply("403 Forbidden", DENIED % (b"AccessDenied", b""), Date=YESTERDAY)
status("told", FATAL, "403-of-yesterday", FORBIDDEN, not_of_the_region)
status("told", FATAL, "skewed-of-yesterday", reply("403 Forbidden", SKEWED, Date=YESTERDAY))


def _told(region: bytes) -> bytes:
    return DENIED % (b"AuthorizationHeaderMalformed", b"<Region>%b</Region>" % region)


status("told", FATAL, "region-nowhere", reply("400 Bad Request", _told(b"eu-nowhere-9"), x_amz_bucket_region="eu-no-9"))
status("told", FATAL, "region-no-name", reply("400 Bad Request", _told(b"us.east.1"), x_amz_bucket_region="us.east.1"))
status("told", FATAL, "redirect-to-a-region", reply("301 Moved Permanently", b"", x_amz_bucket_region="eu-nowhere-9"))
