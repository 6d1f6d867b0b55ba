"""Body digests: the SHA-256 that is signed, and the checksum headers that servers verify.

Large buffers are hashed without holding the GIL, so other threads can send in the meantime.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from binascii import b2a_base64
from collections.abc import Callable, Iterable
from functools import cache
from typing import Protocol

from ..exceptions import InvalidArgumentError
from .body import Body

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()

ALGORITHMS = ("CRC32C", "CRC32", "SHA256", "MD5", "SHA1", "CRC64NVME")


_COPY = 1 << 18


class _Digest(Protocol):
    def update(self, data: bytes | memoryview, /) -> object: ...
    def digest(self) -> bytes: ...


class Crc32c:
    """CRC-32C with the interface of `hashlib`."""

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes | memoryview) -> None:
        import google_crc32c

        if isinstance(data, bytes):
            self._value = google_crc32c.extend(self._value, data)
            return
        for start in range(0, len(data), _COPY):  # the extension accepts only bytes
            self._value = google_crc32c.extend(self._value, bytes(data[start : start + _COPY]))

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class Crc32:
    """CRC-32, as used in zip files, with the interface of `hashlib`."""

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes | memoryview) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class Crc64Nvme:
    """CRC-64/NVME with the interface of `hashlib`. Requires awscrt; see `can_digest`."""

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes | memoryview) -> None:
        from awscrt.checksums import crc64nvme

        self._value = crc64nvme(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(8, "big")


def can_digest(algorithm: str) -> bool:
    """Return whether the installed packages support this algorithm."""
    if algorithm != "CRC64NVME":
        return True
    try:
        from awscrt.checksums import crc64nvme
    except ImportError:
        return False
    return callable(crc64nvme)


def new_digest(algorithm: str) -> _Digest:
    """Return a new digest for the algorithm."""
    if algorithm == "CRC32C":
        return Crc32c()
    if algorithm == "CRC32":
        return Crc32()
    if algorithm == "CRC64NVME":
        return Crc64Nvme()
    if algorithm == "MD5":
        return hashlib.md5(usedforsecurity=False)
    if algorithm == "SHA1":
        return hashlib.sha1(usedforsecurity=False)
    return hashlib.sha256()


def check_checksum(checksum: str | None) -> str | None:
    """Check the argument `checksum`, which is case-insensitive, and return it in upper case."""
    if checksum is None:
        return None
    name = checksum.upper() if isinstance(checksum, str) else checksum
    if name not in ALGORITHMS:
        raise InvalidArgumentError(f"checksum must be one of {', '.join(ALGORITHMS)} or None, not {checksum!r}")
    if not can_digest(name):
        raise InvalidArgumentError("checksum CRC64NVME needs another package: pip install minio[crc64nvme]")
    return name


def chunks(body: Body) -> Iterable[bytes | memoryview]:
    """Return the chunks of a body. A body in memory is a single chunk."""
    return (body,) if isinstance(body, (bytes, memoryview)) else body.chunks()


def digests(body: Body, algorithms: Iterable[str]) -> dict[str, bytes]:
    """Compute several digests of a body in one pass."""
    found = {name: new_digest(name) for name in algorithms}
    for chunk in chunks(body):
        for digest in found.values():
            digest.update(chunk)
    return {name: digest.digest() for name, digest in found.items()}


@cache
def _crc32c() -> Callable[[bytes], int]:
    from google_crc32c import value

    found: Callable[[bytes], int] = value
    return found


class Payload:
    """The digests of a body: its SHA-256 in hex for the signature, and its checksum headers.

    Computed once per call, even if the body is sent several times.

    Args:
        body: The body.
        checksum: The algorithm of the checksum header, or None.
        md5: Also send Content-MD5, because the operation requires it.
    """

    __slots__ = ("headers", "sha256")

    def __init__(self, body: Body, checksum: str | None = None, md5: bool = False) -> None:
        self.headers: dict[str, str] = {}
        if not checksum and not md5 and isinstance(body, bytes):
            self.sha256 = hashlib.sha256(body).hexdigest() if body else EMPTY_SHA256
            return
        if checksum == "CRC32C" and not md5 and isinstance(body, bytes):
            self.sha256 = hashlib.sha256(body).hexdigest()
            digest = _crc32c()(body).to_bytes(4, "big")
            self.headers["x-amz-checksum-crc32c"] = b2a_base64(digest, newline=False).decode()
            return
        wanted = {"SHA256", *([checksum] if checksum else []), *(["MD5"] if md5 else [])}
        found = digests(body, sorted(wanted))
        self.sha256 = found["SHA256"].hex()
        if "MD5" in found:
            self.headers["Content-MD5"] = base64.b64encode(found["MD5"]).decode()
        if checksum and checksum != "MD5":
            self.headers[f"x-amz-checksum-{checksum.lower()}"] = base64.b64encode(found[checksum]).decode()

    @property
    def md5(self) -> str | None:
        """The MD5 in hex, or None without a Content-MD5 header."""
        value = self.headers.get("Content-MD5")
        return None if value is None else base64.b64decode(value).hex()

    def checksum(self, algorithm: str | None) -> str | None:
        """Return the digest of the algorithm in base64, or None without a checksum header for it."""
        return self.headers.get(f"x-amz-checksum-{algorithm.lower()}") if algorithm else None


NO_BODY = Payload(b"")
"""The digests of a request without a body."""
