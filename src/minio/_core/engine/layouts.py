"""The layouts of a client: which requests have a head that was laid out in advance, and for which state of the client.

A kind of request gets its layout when it is seen for the second time, because clients that are made for a single call
would gain nothing. Requests with a query, with more than one header or one of few values, or with other digests have
none: they are formatted and signed one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..wire.checksums import Payload
from ..wire.endpoint import Endpoint, path_of
from ..wire.head_layout import CRC32C, HeadLayout
from ..wire.message import LaidOut, Request

if TYPE_CHECKING:
    from ...credentials import Credentials

_MOST = 256
_BODYLESS = frozenset({"GET", "HEAD", "DELETE"})
_OF_FEW_VALUES = frozenset({"Content-Type", "x-amz-checksum-mode"})
"""Headers that many requests have with the same value."""


def common_headers(host: str, user_agent: str) -> dict[str, str]:
    """Return the headers with which every request begins."""
    return {"Host": host, "User-Agent": user_agent, "Accept-Encoding": "identity"}


@dataclass(slots=True, eq=False)
class _Entry:
    """A kind of request: what its layout is made of, and the layout, once it has one."""

    endpoint: Endpoint
    user_agent: str
    credentials: Credentials
    seen: bool = False
    layout: HeadLayout | None = None


class Layouts:
    """The layouts of a session. Thread-safe, because every step is a single assignment or lookup."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[tuple[str, ...], _Entry] = {}

    def render(
        self,
        request: Request,
        region: str,
        credentials: Credentials,
        payload: Payload,
        endpoint: Endpoint,
        user_agent: str,
        epoch: float,
    ) -> LaidOut | None:
        """Return a signed request. Return None if there is no layout for it."""
        method, headers, digests, body = request.method, request.headers, payload.headers, request.body
        name, value, crc = "", "", ""
        if headers:
            name, value = next(iter(headers.items()))
            if not value or name not in _OF_FEW_VALUES or len(headers) > 1:
                return None
        if digests:
            crc = digests.get(CRC32C, "")
            if not crc or len(digests) > 1:
                return None
        if method not in _BODYLESS and (method != "PUT" or type(body) is not bytes):
            return None
        which = (method, request.bucket, region, name, value, "crc" if crc else "")
        entry = self._entries.get(which)
        if (
            entry is None
            or entry.endpoint is not endpoint
            or entry.user_agent != user_agent
            or (entry.credentials is not credentials and entry.credentials != credentials)
        ):
            self._add(which, _Entry(endpoint, user_agent, credentials))
            return None
        if not entry.seen:
            entry.layout = _lay_out(entry, which)
            entry.seen = True
        layout = entry.layout
        if layout is None:
            return None
        path = path_of(layout.base, request.key)
        if type(body) is bytes and method == "PUT":
            size, sha256 = len(body), payload.sha256
            sent = (path, crc, size, sha256) if crc else (path, size, sha256)
            signed = (path, crc, sha256, sha256) if crc else (path, sha256, sha256)
            head = layout.render(int(epoch), sent, signed)
        elif body or crc:
            return None
        else:
            head = layout.render(int(epoch), (path,), (path,))
        return LaidOut(method, layout.origin, path, head, body, request.stream, request.expect, request.repeatable)

    def _add(self, which: tuple[str, ...], entry: _Entry) -> None:
        if len(self._entries) >= _MOST:
            self._entries.clear()
        self._entries[which] = entry


def _lay_out(entry: _Entry, which: tuple[str, ...]) -> HeadLayout | None:
    method, bucket, region, name, value, crc = which
    credentials = entry.credentials
    origin, host, base = entry.endpoint.bucket_address(bucket, region, path_style=False)
    headers = common_headers(host, entry.user_agent)
    if name:
        headers[name] = value
    keys = (credentials.access_key, credentials.secret_key, credentials.session_token)
    layout = HeadLayout(method, origin, base, headers, keys, region, method == "PUT", bool(crc))
    return layout if layout.usable else None
