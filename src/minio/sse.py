"""Encryption of an object at rest: with a customer key, with a KMS key, or with keys of the server.

    client.put_object("bucket", "name", data, length, sse=SseCustomerKey(os.urandom(32)))

The names of 4.x to 6.x (SSE_C, copy_SSE_C, SSE_KMS, SSE_S3) are available too, with their ``marshal()``.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from ._core.arguments import check_encodable, check_type, check_xml_text
from ._core.exceptions import InvalidArgumentError

_CUSTOMER = "Server-Side-Encryption-Customer"


class Sse(ABC):
    """The base class of server-side encryption for one object."""

    @abstractmethod
    def headers(self) -> dict[str, str]:
        """Return the headers that request this encryption."""

    def tls_required(self) -> bool:
        """Return whether the headers may only be sent over TLS."""
        return True

    def copy_headers(self) -> dict[str, str]:
        """Return the headers for a copy source with this encryption. They are empty except for a customer key."""
        return {}


@dataclass(frozen=True)
class SseCustomerKey(Sse):
    """SSE-C: encryption with a customer key, which the server does not store.

    Args:
        key: A key of 32 bytes. Without it, the object cannot be read again.

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
        """Return the headers for writing and reading the object and its metadata."""
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
    """SSE-KMS: encryption with a key of the server's key management service.

    Args:
        key: The id of the key.
        context: The encryption context, as JSON-serializable data.

    Raises:
        InvalidArgumentError: The id is empty, or the context cannot be written as JSON.
    """

    key: str
    context: Mapping[str, Any] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        check_xml_text("key", self.key)
        if self.context is not None:
            check_type("context", self.context, Mapping)
        self._context()

    def _context(self) -> str:
        try:
            text = json.dumps(dict(self.context or {}), separators=(",", ":"))
            json.dumps(dict(self.context or {}), ensure_ascii=False).encode()  # rejects a lone surrogate
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
    """SSE-S3: encryption with keys that the server creates and stores."""

    def headers(self) -> dict[str, str]:
        """Return the header for writing the object."""
        return {"X-Amz-Server-Side-Encryption": "AES256"}

    def tls_required(self) -> bool:
        """Return False: the headers contain no secret."""
        return False


def _key_bytes(key: bytes | str) -> bytes:
    if not isinstance(key, str):
        return key
    check_encodable("key", key, secret=True)
    return key.encode()


class SSE_C(SseCustomerKey):
    """SseCustomerKey under its name in 4.x to 6.x."""

    def __init__(self, key: bytes | str) -> None:
        super().__init__(_key_bytes(key))

    def type(self) -> str:
        """Return the type of encryption."""
        return "SSE-C"

    def marshal(self) -> dict[str, str]:
        """Return the headers."""
        return self.headers()


class copy_SSE_C(SSE_C):
    """The customer key of a copy source, under its name in 4.x to 6.x. Its headers are those for the source."""

    def marshal(self) -> dict[str, str]:
        """Return the headers for copying from the object."""
        return self.copy_headers()


class SSE_KMS(SseKMS):
    """SseKMS under its name in 4.x to 6.x."""

    def type(self) -> str:
        """Return the type of encryption."""
        return "SSE-KMS"

    def marshal(self) -> dict[str, str]:
        """Return the headers."""
        return self.headers()


class SSE_S3(SseS3):
    """SseS3 under its name in 4.x to 6.x."""

    def type(self) -> str:
        """Return the type of encryption."""
        return "SSE-S3"

    def marshal(self) -> dict[str, str]:
        """Return the headers."""
        return self.headers()
