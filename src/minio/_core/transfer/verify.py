"""Verification of received bytes: by the stored checksum, else by an ETag that is an MD5, else by size."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ..datatypes import Object
from ..exceptions import TransportError
from ..wire.checksums import can_digest, new_digest

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch
# Strongest first. A checksum of part checksums contains a dash and does not cover the whole object.
_STORED = tuple((name, f"x-amz-checksum-{name.lower()}") for name in ("SHA256", "CRC64NVME", "CRC32C", "CRC32"))


class Verifier:
    """Hashes data as it arrives and compares the result at the end."""

    def __init__(self, headers: Mapping[str, str], etag: str, size: int | None) -> None:
        self.size = size
        self._seen = 0
        self.algorithm, self.expected = _expectation(headers, etag)
        self._digest = new_digest(self.algorithm) if self.algorithm else None

    @property
    def strong(self) -> bool:
        """Whether more than the size can be verified."""
        return self._digest is not None

    def update(self, data: bytes) -> None:
        """Add the next bytes."""
        self._seen += len(data)
        if self._digest is not None:
            self._digest.update(data)

    def update_all(self, blocks: Iterable[bytes]) -> None:
        """Add several blocks."""
        for block in blocks:
            self.update(block)

    def mismatch(self, host: str = "") -> TransportError | None:
        """Return an error if the received bytes are not the object's bytes, else None."""
        if self.size is not None and self._seen != self.size:
            return TransportError(f"{self._seen} bytes came, but the object has {self.size}", host)
        if self._digest is not None and self._digest.digest() != self.expected:
            return wrong_content(self.algorithm, host)
        return None


def wrong_content(algorithm: str, host: str) -> TransportError:
    """Return the error for bytes that do not have the object's checksum."""
    return TransportError(f"the bytes that came do not have the object's {algorithm}", host)


def verifier_of(found: Object | None, got: Mapping[str, str], status: int) -> Verifier:
    """Return a verifier for a whole object whose size HeadObject did not report. A range cannot be verified.

    HeadObject does not report the size if a server or a proxy compresses or decompresses the object on the way. The
    stored digests cover the stored bytes, so they cannot verify a response with a different encoding.

    Args:
        found: The result of HeadObject.
        got: The headers of the GetObject response.
        status: The status of the GetObject response.
    """
    if found is None or found.size is not None or status != 200:
        return Verifier({}, "", None)
    head: Mapping[str, str] = found.metadata or {}
    encoding = got.get("content-encoding", "")
    stored = got.get("x-goog-stored-content-encoding", head.get("content-encoding", "")).replace("identity", "")
    changed = encoding != stored or got.get("warning", "").startswith("214")
    return Verifier({}, "", None) if changed else Verifier(head, found.etag or "", None)


def proves(data: bytes, headers: Mapping[str, str], etag: str, size: int) -> bool | None:
    """Return whether these are the bytes of an object with these headers, or None if nothing proves it.

    False also means that a checksum of several parts has to be verified, for which their sizes have to be known.
    """
    verifier = Verifier(headers, etag, size)
    verifier.update(data)
    if verifier.mismatch() is not None:
        return False
    whole = None if verifier.strong else composite(headers)
    if whole is not None:
        return whole.count == 1 and whole.matches([data], [len(data)])
    return verifier.strong or None


class ChunkedFile(Protocol):
    """A file that is fetched chunk by chunk."""

    done: set[int]

    def chunk_blocks(self, index: int) -> Iterator[bytes]:
        """Iterate over the bytes of a chunk."""


class IncrementalVerifier:
    """Hashes a file while it is being fetched, so that little work is left at the end. Thread-safe.

    The worker whose chunk comes next hashes it while it writes it. Other chunks are read from the file. A CRC-32C needs
    none of this, because it follows from the marks of the chunks.
    """

    def __init__(self, verifier: Verifier, file: ChunkedFile) -> None:
        self.verifier = verifier
        self.reads = verifier.strong and verifier.algorithm != "CRC32C"
        """Whether the bytes have to be hashed."""
        self._file = file
        self._next = 0
        self._lock = threading.Lock()

    def join(self, index: int) -> Callable[[bytes], None] | None:
        """Return a function that hashes the bytes of a chunk as they come, or None if it is not the chunk's turn.

        After the last byte, `leave` must be called. If the chunk cannot be completed, this object is of no more use.
        """
        if not self.reads or not self._lock.acquire(blocking=False):
            return None
        if self._next == index:
            return self.verifier.update
        self._lock.release()
        return None

    def leave(self) -> None:
        """Record that the chunk that `join` was called for is complete."""
        self._next += 1
        self._lock.release()

    def step(self) -> bool:
        """Hash the next chunk. Return False if it is not stored yet, or if another thread is hashing."""
        if not self.reads or not self._lock.acquire(blocking=False):
            return False
        try:
            there = self._next in self._file.done
            if there:
                self.verifier.update_all(self._file.chunk_blocks(self._next))
                self._next += 1
            return there
        finally:
            self._lock.release()

    def advance(self) -> None:
        """Hash up to two chunks, to catch up with chunks that were stored out of order."""
        _ = self.step() and self.step()


@dataclass(frozen=True, slots=True)
class Composite:
    """A stored checksum of `count` part checksums. Verifying it requires the part sizes."""

    algorithm: str
    digest: bytes
    count: int

    def combines(self, digests: Iterable[bytes]) -> bool:
        """Return whether parts with these checksums have this one together."""
        whole = new_digest(self.algorithm)
        for digest in digests:
            whole.update(digest)
        return whole.digest() == self.digest

    def matches(self, blocks: Iterable[bytes], sizes: Iterable[int]) -> bool:
        """Return whether these bytes, divided into parts of these sizes, have this checksum."""
        digests = []
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
            digests.append(part.digest())
        return self.combines(digests)


def composite(headers: Mapping[str, str]) -> Composite | None:
    """Return the stored checksum of an object that was uploaded in parts, or None."""
    for algorithm, name in _STORED:
        digest, dash, count = headers.get(name, "").partition("-")
        if dash and count.isdecimal() and int(count) and can_digest(algorithm):
            return Composite(algorithm, _decoded(digest), int(count))
    return None


def whole_checksum(headers: Mapping[str, str]) -> tuple[str, bytes] | None:
    """Return the stored checksum of a whole object and its algorithm, or None if it has none."""
    algorithm, digest = _expectation(headers, "")
    return (algorithm, digest) if algorithm else None


def _decoded(digest: str) -> bytes:
    """Decode a base64 digest. Invalid base64 becomes b"", which matches nothing."""
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
