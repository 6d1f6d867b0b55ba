"""AWS Signature Version 4: headers, presigned URLs, POST policies. Pure: the time is an argument.

A signature is HMAC(key of secret, day, region and service; text of date, scope and hash of the canonical request).
What does not change from call to call is kept: per day the key, with its part of the HMAC done; per set of header
names their order.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from time import gmtime, strftime
from typing import Any

from .message import Query
from .url import canonical_query, quote

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()

# Proxies may change these on the way, or the transport sets them.
_UNSIGNED = frozenset({"authorization", "user-agent", "accept-encoding", "expect", "connection", "content-length"})


@lru_cache(maxsize=16)
def amz_date(epoch: int) -> str:
    """A time in seconds since 1970 as x-amz-date has it: 20130524T000000Z."""
    return strftime("%Y%m%dT%H%M%SZ", gmtime(epoch))


def scope(day: str, region: str, service: str = "s3") -> str:
    """What a signature is good for: 20130524/us-east-1/s3/aws4_request."""
    return f"{day}/{region}/{service}/aws4_request"


@lru_cache(maxsize=64)
def signing_key(secret_key: str, day: str, region: str, service: str = "s3") -> bytes:
    """The key that signs all requests of a day in a region."""
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


class _Signer:
    """HMAC-SHA256 under the key of a day: its two inner states, made once and copied for each text."""

    __slots__ = ("_inner", "_outer", "scope")

    def __init__(self, key: bytes, credential_scope: str) -> None:
        self.scope = credential_scope
        block = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def hexdigest(self, text: bytes) -> str:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.hexdigest()


@lru_cache(maxsize=64)
def _signer(secret_key: str, day: str, region: str, service: str) -> _Signer:
    return _Signer(signing_key(secret_key, day, region, service), scope(day, region, service))


_empty = hashlib.sha256()


def _sha256_hex(data: bytes) -> str:
    digest = _empty.copy()  # cheaper than a new one
    digest.update(data)
    return digest.hexdigest()


@lru_cache(maxsize=256)
def _signed_names(names: tuple[str, ...]) -> tuple[itemgetter[Any], tuple[str, ...], str, str]:
    """Of the headers of those names: what picks the values to sign, their names, the text with a gap for each, and
    the list of the names."""
    ordered = sorted((name.lower(), name) for name in names if name.lower() not in _UNSIGNED)
    picked = tuple(name for _, name in ordered)
    text = "".join(f"{lower.replace('%', '%%')}:%s\n" for lower, _ in ordered)
    return itemgetter(*picked), picked, text, ";".join(lower for lower, _ in ordered)


def _trim(value: str) -> str:
    return " ".join(value.split()) if "  " in value or value != value.strip() else value


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], payload_hash: str
) -> tuple[str, str]:
    """The text that is hashed and signed, and the list of the header names in it.

    Args:
        method: The HTTP method.
        path: The path, percent-encoded.
        query: The query in canonical form.
        headers: All headers, Host among them; those that may change on the way are left out.
        payload_hash: SHA-256 of the body in hex, or a word that stands for it.
    """
    pick, picked, text, names = _signed_names(tuple(headers))
    lines = text % pick(headers)
    if " " in lines or "\t" in lines:
        lines = text % tuple([_trim(headers[name]) for name in picked])
    return f"{method}\n{path}\n{query}\n{lines}\n{names}\n{payload_hash}", names


def string_to_sign(canonical: str, date: str, credential_scope: str) -> str:
    """The text under the signature."""
    return f"{ALGORITHM}\n{date}\n{credential_scope}\n{_sha256_hex(canonical.encode())}"


def sign(secret_key: str, text: str, day: str, region: str, service: str = "s3") -> str:
    """The signature of a text, in hex."""
    return _signer(secret_key, day, region, service).hexdigest(text.encode())


def authorization(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    payload_hash: str,
    *,
    access_key: str,
    secret_key: str,
    region: str,
    date: str,
    service: str = "s3",
) -> str:
    """The Authorization header of a request whose other headers, x-amz-date among them, are in `headers`."""
    signer = _signer(secret_key, date[:8], region, service)
    canonical, names = canonical_request(method, path, query, headers, payload_hash)
    signature = signer.hexdigest(string_to_sign(canonical, date, signer.scope).encode())
    return f"{ALGORITHM} Credential={access_key}/{signer.scope}, SignedHeaders={names}, Signature={signature}"


def presign(
    method: str,
    path: str,
    query: Query,
    host: str,
    *,
    access_key: str,
    secret_key: str,
    session_token: str | None,
    region: str,
    date: str,
    expires: int,
    service: str = "s3",
) -> str:
    """The query of a URL that carries its own signature, good for `expires` seconds. Only Host is signed."""
    day = date[:8]
    credential_scope = scope(day, region, service)
    params: dict[str, str] = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{access_key}/{credential_scope}",
        "X-Amz-Date": date,
        "X-Amz-Expires": str(expires),
        "X-Amz-SignedHeaders": "host",
    }
    if session_token:
        params["X-Amz-Security-Token"] = session_token
    text = canonical_query({**query, **params})
    canonical, _ = canonical_request(method, path, text, {"host": host}, UNSIGNED_PAYLOAD)
    signature = sign(secret_key, string_to_sign(canonical, date, credential_scope), day, region, service)
    return f"{text}&X-Amz-Signature={quote(signature)}"
