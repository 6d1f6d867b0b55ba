"""AWS Signature Version 4: headers, presigned URLs, POST policies. Pure: the time is an argument.

A signature is an HMAC. Its key is derived from the secret key, day, region and service. Its message contains the date,
the scope and the hash of the canonical request. Values that do not change between calls are cached: the key of the day
with its precomputed HMAC state, and the order of each set of header names.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from time import gmtime, strftime
from typing import Any

from .url import Query, canonical_query, quote

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

# Proxies may change these, or the transport sets them.
_UNSIGNED = frozenset({"authorization", "user-agent", "accept-encoding", "expect", "connection", "content-length"})


@lru_cache(maxsize=16)
def amz_date(epoch: int) -> str:
    """Format seconds since the epoch for x-amz-date: 20130524T000000Z."""
    at = gmtime(epoch)
    return f"{at.tm_year:04}{strftime('%m%dT%H%M%SZ', at)}"  # %Y does not pad years before 1000


def scope(day: str, region: str, service: str = "s3") -> str:
    """Return the credential scope of a signature: 20130524/us-east-1/s3/aws4_request."""
    return f"{day}/{region}/{service}/aws4_request"


@lru_cache(maxsize=64)
def signing_key(secret_key: str, day: str, region: str, service: str = "s3") -> bytes:
    """Derive the key that signs all requests of a day in a region."""
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


class _Signer:
    """HMAC-SHA256 with the key of a day. Its two hash states are computed once and copied for each text."""

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


class DatedSigner:
    """Signs the canonical requests of one second. The beginning of the string to sign is formatted in advance."""

    __slots__ = ("_inner", "_outer", "scope")

    def __init__(self, signer: _Signer, date: str) -> None:
        self.scope = signer.scope
        self._inner = signer._inner.copy()
        self._inner.update(f"{ALGORITHM}\n{date}\n{signer.scope}\n".encode())
        self._outer = signer._outer

    def signature(self, canonical: str) -> str:
        """Return the signature of a request in hex."""
        digest, inner, outer = _empty.copy(), self._inner.copy(), self._outer.copy()
        digest.update(canonical.encode())
        inner.update(digest.hexdigest().encode())
        outer.update(inner.digest())
        return outer.hexdigest()


def dated_signer(secret_key: str, date: str, region: str, service: str = "s3") -> DatedSigner:
    """Return the signer of all requests of one second in a region."""
    return DatedSigner(_signer(secret_key, date[:8], region, service), date)


_empty = hashlib.sha256()


def _sha256_hex(data: bytes) -> str:
    digest = _empty.copy()  # cheaper than creating a new one
    digest.update(data)
    return digest.hexdigest()


@lru_cache(maxsize=256)
def _signed_names(names: tuple[str, ...]) -> tuple[itemgetter[Any], tuple[str, ...], str, str]:
    """Return, for a set of header names: a getter of the values to sign, the names in order, a format string for the
    canonical headers, and the list of signed header names."""
    ordered = sorted((name.lower(), name) for name in names if name.lower() not in _UNSIGNED)
    picked = tuple(name for _, name in ordered)
    text = "".join(f"{lower.replace('%', '%%')}:%s\n" for lower, _ in ordered)
    return itemgetter(*picked), picked, text, ";".join(lower for lower, _ in ordered)


def _fold(value: str) -> str:
    """Normalize a value as AWS, MinIO and SeaweedFS do: each run of white space becomes one space."""
    return " ".join(value.split())


def _fold_to_first(value: str) -> str:
    """Normalize a value as Ceph does: keep the first character of each run of white space."""
    return re.sub(r"(\s)\s+", r"\1", value.strip())


def folds_differ(headers: Mapping[str, str]) -> bool:
    """Return whether servers normalize these headers differently: a run of white space begins with a tab."""
    values = (value for name, value in headers.items() if name.lower() not in _UNSIGNED)
    return any("\t" in value and _fold(value) != _fold_to_first(value) for value in values)


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], payload_hash: str, fold_to_first: bool = False
) -> tuple[str, str]:
    """Return the canonical request and the list of signed header names.

    Args:
        method: The HTTP method.
        path: The path, percent-encoded.
        query: The query in canonical form.
        headers: All headers, including Host. Headers that may change in transit are not signed.
        payload_hash: The SHA-256 of the body in hex, or a placeholder such as UNSIGNED-PAYLOAD.
        fold_to_first: Normalize white space as Ceph does.
    """
    pick, picked, text, names = _signed_names(tuple(headers))
    lines = text % pick(headers)
    if " " in lines or "\t" in lines:
        fold = _fold_to_first if fold_to_first else _fold
        lines = text % tuple([fold(headers[name]) for name in picked])
    return f"{method}\n{path}\n{query}\n{lines}\n{names}\n{payload_hash}", names


def string_to_sign(canonical: str, date: str, credential_scope: str) -> str:
    """Return the string to sign."""
    return f"{ALGORITHM}\n{date}\n{credential_scope}\n{_sha256_hex(canonical.encode())}"


def sign(secret_key: str, text: str, day: str, region: str, service: str = "s3") -> str:
    """Return the signature of a text in hex."""
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
    fold_to_first: bool = False,
) -> str:
    """Return the Authorization header of a request. `headers` are its other headers, including x-amz-date."""
    signer = _signer(secret_key, date[:8], region, service)
    canonical, names = canonical_request(method, path, query, headers, payload_hash, fold_to_first)
    signature = signer.hexdigest(string_to_sign(canonical, date, signer.scope).encode())
    return authorization_start(access_key, signer.scope, names) + signature


def authorization_start(access_key: str, credential_scope: str, names: str) -> str:
    """Return the Authorization header up to the signature."""
    return f"{ALGORITHM} Credential={access_key}/{credential_scope}, SignedHeaders={names}, Signature="


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
    """Return the query of a presigned URL that is valid for `expires` seconds. Only Host is signed."""
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
