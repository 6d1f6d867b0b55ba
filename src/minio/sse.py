"""How an object is encrypted at rest: by a key of the caller's, by the server's KMS, or by the server's own keys.

    client.put_object("bucket", "name", data, length, sse=SseCustomerKey(os.urandom(32)))

The names of releases 4 to 6 (SSE_C, copy_SSE_C, SSE_KMS, SSE_S3) are here too, with their ``marshal()``.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from ._core.wire.values import check_text, check_type
from .error import InvalidArgumentError

_CUSTOMER = "Server-Side-Encryption-Customer"


class Sse(ABC):
    """Server-side encryption of one object."""

    @abstractmethod
    def headers(self) -> dict[str, str]:
        """Return the headers that ask for this encryption."""

    def tls_required(self) -> bool:
        """Tell whether the headers may travel over TLS only."""
        return True

    def copy_headers(self) -> dict[str, str]:
        """Return the headers that let a copy read a source encrypted like this: only a key of the caller's has any."""
        return {}


@dataclass(frozen=True)
class SseCustomerKey(Sse):
    """SSE-C: a key of the caller's own, which the server forgets after each request.

    Args:
        key: 32 bytes. Without it the object cannot be read again.

    Raises:
        InvalidArgumentError: The key is not 32 bytes long.
    """

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_type("key", self.key, (bytes, bytearray))
        if len(self.key) != 32:
            raise InvalidArgumentError(f"key must be 32 bytes long, not {len(self.key)}")
        object.__setattr__(self, "key", bytes(self.key))

    def headers(self) -> dict[str, str]:
        """Return the headers for writing, reading and asking about the object."""
        return self._headers("X-Amz-")

    def copy_headers(self) -> dict[str, str]:
        """Return the headers for copying from the object."""
        return self._headers("X-Amz-Copy-Source-")

    def _headers(self, prefix: str) -> dict[str, str]:
        digest = md5(self.key, usedforsecurity=False).digest()
        return {
            f"{prefix}{_CUSTOMER}-Algorithm": "AES256",
            f"{prefix}{_CUSTOMER}-Key": b64encode(self.key).decode(),
            f"{prefix}{_CUSTOMER}-Key-MD5": b64encode(digest).decode(),
        }


@dataclass(frozen=True)
class SseKMS(Sse):
    """SSE-KMS: a key that the server's key management keeps.

    Args:
        key: The key's id.
        context: What is bound to the encryption, as JSON.

    Raises:
        InvalidArgumentError: The id is empty, or the context is not JSON.
    """

    key: str
    context: Mapping[str, Any] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        check_text("key", self.key)
        if self.context is not None:
            check_type("context", self.context, Mapping)
        self._context()

    def _context(self) -> str:
        try:
            text = json.dumps(dict(self.context or {}), separators=(",", ":"))
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError(f"context cannot be written as JSON: {error}") from error
        return b64encode(text.encode()).decode()

    def headers(self) -> dict[str, str]:
        """Return the headers for writing the object."""
        headers = {
            "X-Amz-Server-Side-Encryption": "aws:kms",
            "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": self.key,
        }
        if self.context:
            headers["X-Amz-Server-Side-Encryption-Context"] = self._context()
        return headers


@dataclass(frozen=True)
class SseS3(Sse):
    """SSE-S3: keys that the server makes and keeps."""

    def headers(self) -> dict[str, str]:
        """Return the header for writing the object."""
        return {"X-Amz-Server-Side-Encryption": "AES256"}

    def tls_required(self) -> bool:
        """Tell that no secret travels."""
        return False


def _key_bytes(key: bytes | str) -> bytes:
    return key.encode() if isinstance(key, str) else key


class SSE_C(SseCustomerKey):
    """SseCustomerKey by the name that releases 4 to 6 gave it."""

    def __init__(self, key: bytes | str) -> None:
        super().__init__(_key_bytes(key))

    def type(self) -> str:
        """Name the kind of encryption."""
        return "SSE-C"

    def marshal(self) -> dict[str, str]:
        """Return the headers."""
        return self.headers()


class copy_SSE_C(SSE_C):
    """The key of a copy's source, as releases 4 to 6 named it: its headers are those that read the source."""

    def marshal(self) -> dict[str, str]:
        """Return the headers for copying from the object."""
        return self.copy_headers()


class SSE_KMS(SseKMS):
    """SseKMS by the name that releases 4 to 6 gave it."""

    def type(self) -> str:
        """Name the kind of encryption."""
        return "SSE-KMS"

    def marshal(self) -> dict[str, str]:
        """Return the headers."""
        return self.headers()


class SSE_S3(SseS3):
    """SseS3 by the name that releases 4 to 6 gave it."""

    def type(self) -> str:
        """Name the kind of encryption."""
        return "SSE-S3"

    def marshal(self) -> dict[str, str]:
        """Return the headers."""
        return self.headers()
