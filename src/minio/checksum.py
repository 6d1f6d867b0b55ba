"""Checksums of content, under the module path of release 8.

`put_object` and `fput_object` take an `Algorithm` as `checksum`. The other names are for programs that compute digests.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from enum import StrEnum

from ._core.arguments import check_type
from ._core.display import shows
from ._core.exceptions import InvalidArgumentError
from ._core.wire.checksums import check_checksum, new_digest
from .helpers import md5sum_hash, sha256_hash

__all__ = [
    "CRC32",
    "CRC32C",
    "CRC64NVME",
    "MD5",
    "SHA1",
    "SHA256",
    "Algorithm",
    "Hasher",
    "Type",
    "base64_string",
    "base64_string_to_sum",
    "hex_string",
    "hex_string_to_sum",
    "md5sum_hash",
    "new_hashers",
    "reset_hashers",
    "sha256_hash",
    "update_hashers",
]


class Algorithm(StrEnum):
    """An algorithm for the checksum of an object. CRC64NVME needs `pip install minio[crc64nvme]`."""

    CRC32 = "CRC32"
    CRC32C = "CRC32C"
    CRC64NVME = "CRC64NVME"
    SHA1 = "SHA1"
    SHA256 = "SHA256"
    MD5 = "MD5"


class Type(StrEnum):
    """What the checksum of an object uploaded in parts covers."""

    COMPOSITE = "COMPOSITE"
    FULL_OBJECT = "FULL_OBJECT"


@shows("algorithm")
class Hasher:
    """A running digest.

    Args:
        algorithm: The algorithm.

    Raises:
        InvalidArgumentError: The algorithm is unknown, or needs a package that is not installed.
    """

    def __init__(self, algorithm: str) -> None:
        self.algorithm = Algorithm(check_checksum(algorithm) or "")
        self.reset()

    def update(self, data: bytes) -> None:
        """Add bytes."""
        self._digest.update(data)

    def digest(self) -> bytes:
        """Return the digest of all bytes so far."""
        return self._digest.digest()

    def reset(self) -> None:
        """Reset the digest."""
        self._digest = new_digest(self.algorithm)


def CRC32() -> Hasher:
    """Return a running CRC-32."""
    return Hasher("CRC32")


def CRC32C() -> Hasher:
    """Return a running CRC-32C."""
    return Hasher("CRC32C")


def CRC64NVME() -> Hasher:
    """Return a running CRC-64/NVME."""
    return Hasher("CRC64NVME")


def MD5() -> Hasher:
    """Return a running MD5."""
    return Hasher("MD5")


def SHA1() -> Hasher:
    """Return a running SHA-1."""
    return Hasher("SHA1")


def SHA256() -> Hasher:
    """Return a running SHA-256."""
    return Hasher("SHA256")


def new_hashers(algorithms: Iterable[Algorithm] | None) -> dict[Algorithm, Hasher]:
    """Return a running digest for each algorithm."""
    return {Algorithm(name): Hasher(name) for name in algorithms or ()}


def update_hashers(hashers: Mapping[Algorithm, Hasher] | None, data: bytes, length: int) -> None:
    """Add the first `length` bytes of data to each digest."""
    for hasher in (hashers or {}).values():
        hasher.update(data[:length])


def reset_hashers(hashers: Mapping[Algorithm, Hasher] | None) -> None:
    """Reset each digest."""
    for hasher in (hashers or {}).values():
        hasher.reset()


def base64_string(data: bytes) -> str:
    """Return bytes in base64, as in the headers of checksums."""
    return base64.b64encode(data).decode()


def base64_string_to_sum(value: str) -> bytes:
    """Decode base64.

    Raises:
        InvalidArgumentError: The value is not base64.
    """
    check_type("value", value, str)
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as error:
        raise InvalidArgumentError(f"value {value!r} is not base64: {error}") from error


def hex_string(data: bytes) -> str:
    """Return bytes in hex."""
    return data.hex()


def hex_string_to_sum(value: str) -> bytes:
    """Decode hex.

    Raises:
        InvalidArgumentError: The value is not hex.
    """
    check_type("value", value, str)
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise InvalidArgumentError(f"value {value!r} is not hex: {error}") from error
