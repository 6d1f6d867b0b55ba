"""Whether the bytes that came are the object's: by stored checksum, else by an ETag that is an MD5, else by size."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ...error import TransportError
from ..wire.checksums import can_digest, new_digest

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch
# Strongest first; a checksum of parts' checksums has a dash and says nothing about the whole.
_STORED = tuple((name, f"x-amz-checksum-{name.lower()}") for name in ("SHA256", "CRC64NVME", "CRC32C", "CRC32"))


class Verifier:
    """Digests the bytes as they come and compares at the end."""

    def __init__(self, headers: Mapping[str, str], etag: str, size: int) -> None:
        self.size = size
        self._seen = 0
        self._algorithm, self._expected = _expectation(headers, etag)
        self._digest = new_digest(self._algorithm) if self._algorithm else None

    @property
    def strong(self) -> bool:
        """More than the size can be checked."""
        return self._digest is not None

    def update(self, data: bytes) -> None:
        """The next bytes."""
        self._seen += len(data)
        if self._digest is not None:
            self._digest.update(data)

    def update_all(self, blocks: Iterable[bytes]) -> None:
        """Bytes that are there already."""
        for block in blocks:
            self.update(block)

    def fault(self, host: str = "") -> TransportError | None:
        """Compare: an error to be raised if these are not the object's bytes."""
        if self._seen != self.size:
            return TransportError(f"{self._seen} bytes came, but the object has {self.size}", host)
        if self._digest is not None and self._digest.digest() != self._expected:
            return TransportError(f"the bytes that came do not have the object's {self._algorithm}", host)
        return None


class ChunkedFile(Protocol):
    """What is being fetched chunk by chunk."""

    done: set[int]

    def chunk_blocks(self, index: int) -> Iterator[bytes]:
        """A chunk's bytes."""


class Follower:
    """Digests a file behind those who fetch it, so that little is left to do at the end. Any thread may call it."""

    def __init__(self, verifier: Verifier, file: ChunkedFile) -> None:
        self.verifier = verifier
        self._file = file
        self._next = 0
        self._lock = threading.Lock()

    def step(self) -> bool:
        """Digest the next chunk; False when it is not there yet, or another thread is at it."""
        if not self.verifier.strong or not self._lock.acquire(blocking=False):
            return False
        try:
            there = self._next in self._file.done
            if there:
                self.verifier.update_all(self._file.chunk_blocks(self._next))
                self._next += 1
            return there
        finally:
            self._lock.release()

    def catch_up(self) -> None:
        """Digest a little more than was fetched since: a chunk may have waited for one before it."""
        _ = self.step() and self.step()


@dataclass(frozen=True, slots=True)
class Composite:
    """A stored checksum of the parts' checksums, of so many parts. It can be checked by one who knows their sizes."""

    algorithm: str
    digest: bytes
    count: int

    def matches(self, blocks: Iterable[bytes], sizes: Iterable[int]) -> bool:
        """Whether these bytes, cut into parts of these sizes, have the checksum."""
        whole = new_digest(self.algorithm)
        data = memoryview(b"")
        source = iter(blocks)
        for size in sizes:
            part = new_digest(self.algorithm)
            while size:
                data = data or memoryview(next(source, b""))
                if not data:
                    return False
                part.update(bytes(data[:size]))
                size, data = size - len(data[:size]), data[size:]
            whole.update(part.digest())
        return whole.digest() == self.digest


def composite(headers: Mapping[str, str]) -> Composite | None:
    """What is stored of an object that was uploaded in parts."""
    for algorithm, name in _STORED:
        digest, dash, count = headers.get(name, "").partition("-")
        if dash and count.isdecimal() and int(count) and can_digest(algorithm):
            return Composite(algorithm, _decoded(digest), int(count))
    return None


def _decoded(digest: str) -> bytes:
    """The bytes of a digest in base64; what is none matches nothing."""
    try:
        return base64.b64decode(digest)
    except ValueError:
        return b""


def _expectation(headers: Mapping[str, str], etag: str) -> tuple[str, bytes]:
    if headers.get("x-amz-checksum-type", "FULL_OBJECT") == "FULL_OBJECT":
        for algorithm, name in _STORED:
            value = headers.get(name, "")
            if value and "-" not in value and can_digest(algorithm):
                return algorithm, _decoded(value)
    encrypted = any(
        name.lower().startswith("x-amz-server-side-encryption") and value != "AES256" for name, value in headers.items()
    )
    if _MD5(etag) and not encrypted:
        return "MD5", bytes.fromhex(etag)
    return "", b""
