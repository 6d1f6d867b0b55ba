"""Request heads laid out in advance: what the requests of one kind have in common, already formatted.

Requests of a client for objects of one bucket, with the same method and headers, differ only in the path, the digests
of the body, the date and the signature. A layout holds the rest as text. The law: it renders exactly what
`Session.prepare` and `request_head` make of the same request. `tests/unit/test_head_layout.py` compares them.
"""

from __future__ import annotations

from typing import NamedTuple

from .checksums import EMPTY_SHA256
from .http1 import request_head
from .message import Origin
from .sigv4 import DatedSigner, amz_date, authorization_start, canonical_request, dated_signer

CRC32C = "x-amz-checksum-crc32c"
_VARYING = "\x01"
"""Stands for a value that differs from request to request. No header contains this character."""


class _Dated(NamedTuple):
    """The texts for one second. They are one value, so that no thread sees the texts of two seconds."""

    epoch: int
    head: str
    canonical: str
    signer: DatedSigner


class HeadLayout:
    """The heads of requests for objects in a bucket, with the same headers.

    Args:
        method: The method.
        origin: The destination.
        base: The path of the bucket.
        headers: The headers that are the same in all requests, including Host.
        keys: The access key, the secret key and the session token.
        region: The region to sign for.
        has_body: The requests have a body, and so a length and digests of their own.
        has_checksum: The requests have a header with the CRC-32C of the body.

    Raises:
        InvalidArgumentError: The headers cannot be sent.
    """

    __slots__ = ("_dated", "_headers", "_keys", "_method", "_region", "_sha256", "base", "origin", "usable")

    def __init__(
        self,
        method: str,
        origin: Origin,
        base: str,
        headers: dict[str, str],
        keys: tuple[str, str, str | None],
        region: str,
        has_body: bool,
        has_checksum: bool,
    ) -> None:
        self.origin, self.base = origin, base
        self._method, self._keys, self._region = method, keys, region
        self._sha256 = _VARYING if has_body else EMPTY_SHA256
        checksum = {CRC32C: _VARYING} if has_checksum else {}
        length = {"Content-Length": _VARYING} if has_body else {}
        self._headers = {**headers, **checksum, **length, "x-amz-content-sha256": self._sha256, "x-amz-date": ""}
        if keys[2]:
            self._headers["x-amz-security-token"] = keys[2]
        self._dated: _Dated | None = None
        head = request_head(method, base, self._headers)
        canonical, _ = canonical_request(method, "", "", self._headers, "")
        # White space in signed values is folded, which servers do differently: such requests are signed one by one.
        self.usable = head.isascii() and " " not in canonical

    def render(self, epoch: int, sent: tuple[object, ...], signed: tuple[str, ...]) -> bytes:
        """Return the head of a request, with its signature.

        Args:
            epoch: The time of the request, in seconds since the epoch.
            sent: The values that differ, in the order in which they are sent: the percent-encoded path; and with a body
                the CRC-32C in base64 (if the requests have it), the length, and the SHA-256 in hex.
            signed: The same, in the order in which they are signed: path; CRC-32C, SHA-256, and SHA-256 again.
        """
        dated = self._dated
        if dated is None or dated.epoch != epoch:
            dated = self._dated = self._date(epoch)
        return (dated.head % (*sent, dated.signer.signature(dated.canonical % signed))).encode()

    def _date(self, epoch: int) -> _Dated:
        date = amz_date(epoch)
        headers = self._headers | {"x-amz-date": date}
        access_key, secret_key, _ = self._keys
        canonical, names = canonical_request(self._method, _VARYING, "", headers, self._sha256)
        signer = dated_signer(secret_key, date, self._region)
        headers["Authorization"] = authorization_start(access_key, signer.scope, names) + _VARYING
        head = request_head(self._method, _VARYING, headers).decode()
        return _Dated(epoch, _format(head), _format(canonical), signer)


def _format(text: str) -> str:
    return text.replace("%", "%%").replace(_VARYING, "%s")
