"""Encryption of the admin API's payloads. Needs the extra `admin`: pip install "minio[admin]".

The server and its clients encrypt what contains secrets with a key that is derived from the secret key of the request's
credentials. The format, which madmin's EncryptData writes:

    salt (32 bytes) | cipher id (1 byte) | nonce (8 bytes) | packages

* The cipher id is 0 for Argon2id and AES-256-GCM, 1 for Argon2id and ChaCha20-Poly1305, 2 for PBKDF2-HMAC-SHA-256 and
  AES-256-GCM (servers in FIPS mode).
* Each package is 16 KiB of data and a tag of 16 bytes. Only the last one is shorter. Empty data is one package.
* The nonce of a package is the header's nonce and the package's number as 4 bytes, lowest first, counted from 1.
* The associated data of a package is 0x80 for the last one, otherwise 0, and the tag of an empty package 0.

Laws: no byte is returned before its package is verified. A package that is missing, moved or changed is refused, and so
is data that ends early, since only the true last package verifies as the last one.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from hashlib import pbkdf2_hmac
from typing import TYPE_CHECKING, Any, Protocol, Self

from ._core.display import shows
from ._core.exceptions import DecryptionError, InvalidArgumentError, InvalidArgumentTypeError

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["DecryptReader", "DecryptionError", "decrypt", "encrypt"]

_SALT = 32
_NONCE = 8
_HEADER = _SALT + 1 + _NONCE
_TAG = 16
_PACKAGE = 16 * 1024
_SEALED = _PACKAGE + _TAG
_MOST_PACKAGES = 2**32 - 1

_ARGON2_AES, _ARGON2_CHACHA, _PBKDF2_AES = range(3)
_MISSING = (
    'encrypted admin calls need the packages {}: install the extra "admin" with pip install "minio[admin]" '
    "(it could not be imported: {})"
)


class Readable(Protocol):
    """What encrypted data is read from, such as a urllib3 response or an open file."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, and b"" at the end."""
        ...


def check_installed() -> None:
    """Check that the packages of the extra `admin` can be imported.

    Raises:
        ImportError: A package is missing. The message says how to install it.
    """
    try:
        import argon2.low_level  # noqa: F401
        import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401
    except ImportError as error:
        raise ImportError(_MISSING.format("cryptography and argon2-cffi", error), name=error.name) from error


def _derive_key(cipher_id: int, password: bytes, salt: bytes) -> bytes:
    if cipher_id == _PBKDF2_AES:
        return pbkdf2_hmac("sha256", password, salt, 8192, 32)
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(password, salt, time_cost=1, memory_cost=64 * 1024, parallelism=4, hash_len=32, type=Type.ID)


class _Packages:
    """Seals and opens the packages of one message, in their order."""

    def __init__(self, cipher_id: int, password: bytes, salt: bytes, nonce: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

        key = _derive_key(cipher_id, password, salt)
        self._aead: Any = (ChaCha20Poly1305 if cipher_id == _ARGON2_CHACHA else AESGCM)(key)
        self._nonce = nonce
        self._tag = self._aead.encrypt(nonce + bytes(4), b"", b"")
        self._number = 0

    def _next(self, last: bool) -> tuple[bytes, bytes]:
        """Return the nonce and the associated data of the next package."""
        if self._number == _MOST_PACKAGES:
            raise InvalidArgumentError("the data is too long: a message has 2**32 packages of 16 KiB at most")
        self._number += 1
        return self._nonce + self._number.to_bytes(4, "little"), (b"\x80" if last else b"\0") + self._tag

    def seal(self, data: bytes, last: bool) -> bytes:
        nonce, associated = self._next(last)
        sealed: bytes = self._aead.encrypt(nonce, data, associated)
        return sealed

    def open(self, sealed: bytes, last: bool) -> bytes:
        from cryptography.exceptions import InvalidTag

        nonce, associated = self._next(last)
        try:
            data: bytes = self._aead.decrypt(nonce, sealed, associated)
        except InvalidTag:
            raise DecryptionError(self._reason()) from None
        return data

    def _reason(self) -> str:
        if self._number == 1:
            return "the data was encrypted with another key, or it is damaged or truncated"
        return f"package {self._number} of the encrypted data is damaged, is not in its place, or the data is truncated"


def encrypt(payload: bytes, password: str) -> bytes:
    """Encrypt data as the admin API expects it, with Argon2id and AES-256-GCM.

    Deriving the key takes 64 MiB of memory and some ten milliseconds.

    Args:
        payload: The data, of any length.
        password: The secret key that the request is signed with.

    Returns:
        The encrypted data. Two calls never return the same bytes.

    Raises:
        InvalidArgumentTypeError: An argument has the wrong type.
        ImportError: The extra `admin` is not installed.

    Example:
        >>> import io
        >>> from minio.crypto import decrypt, encrypt
        >>> sealed = encrypt(b'{"status": "enabled"}', "secret key")
        >>> decrypt(io.BytesIO(sealed), "secret key")
        b'{"status": "enabled"}'
    """
    if not isinstance(payload, (bytes, bytearray, memoryview)):
        raise InvalidArgumentTypeError(f"payload must be bytes, not {type(payload).__name__}")
    secret = _to_secret("password", password)
    check_installed()
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    packages = _Packages(_ARGON2_AES, secret, salt, nonce)
    data = bytes(payload)
    sealed = [salt, bytes([_ARGON2_AES]), nonce]
    for begin in range(0, max(len(data), 1), _PACKAGE):
        end = begin + _PACKAGE
        sealed.append(packages.seal(data[begin:end], last=end >= len(data)))
    return b"".join(sealed)


def decrypt(response: Readable | bytes, secret_key: str) -> bytes:
    """Decrypt an encrypted payload of the admin API, and close the response that it came in.

    Args:
        response: The response or file to read, or the encrypted bytes.
        secret_key: The secret key that the request was signed with.

    Returns:
        The data. All of it is verified.

    Raises:
        DecryptionError: The data is truncated, damaged, not encrypted, or encrypted with another key.
        InvalidArgumentTypeError: An argument has the wrong type.
        ImportError: The extra `admin` is not installed.

    Example:
        >>> from minio.crypto import decrypt, encrypt
        >>> decrypt(encrypt(b"data", "secret key"), "secret key")
        b'data'
    """
    with DecryptReader(response, _to_secret("secret_key", secret_key)) as reader:
        return b"".join(reader.stream())


@shows(live=True, state="_state")
class DecryptReader:
    """Reads encrypted data package by package.

    Args:
        response: The response or file to read, or the encrypted bytes.
        secret: The secret key that the request was signed with, as bytes or str.

    Raises:
        DecryptionError: The data has no valid header.
        InvalidArgumentTypeError: An argument has the wrong type.
        ImportError: The extra `admin` is not installed.

    Example:
        >>> import io
        >>> from minio.crypto import DecryptReader, encrypt
        >>> with DecryptReader(io.BytesIO(encrypt(b"data", "secret key")), b"secret key") as reader:
        ...     for piece in reader.stream():
        ...         print(piece)
        b'data'
    """

    _ended = False

    def __init__(self, response: Readable | bytes, secret: bytes | str) -> None:
        self._response: Any = _to_stream(response)
        key = _to_secret("secret", secret)
        check_installed()
        header = self._read(_HEADER)
        if len(header) < _HEADER:
            raise DecryptionError(f"the encrypted data is truncated: its header has {len(header)} of {_HEADER} bytes")
        cipher_id = header[_SALT]
        if cipher_id not in (_ARGON2_AES, _ARGON2_CHACHA, _PBKDF2_AES):
            raise DecryptionError(f"the data is not encrypted as expected: its cipher id is {cipher_id}, not 0, 1 or 2")
        self._ahead = self._read(_SEALED)
        if len(self._ahead) < _TAG:
            raise DecryptionError("the encrypted data is truncated: it ends before its first package")
        self._packages = _Packages(cipher_id, key, header[:_SALT], header[_SALT + 1 :])

    def _state(self) -> str:
        return "ended" if self._ended else "open"

    def _read(self, size: int) -> bytes:
        """Read exactly `size` bytes, or fewer at the end. A single read may return less."""
        pieces = []
        while size and (piece := self._response.read(size)):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _next_package(self) -> bytes:
        """Return the data of the next package. Nothing may follow the last one."""
        sealed = self._ahead
        self._ahead = self._read(_SEALED) if len(sealed) == _SEALED else b""
        last = not self._ahead
        data = self._packages.open(sealed, last)
        self._ended = last
        return data

    def stream(self, num_bytes: int = 32 * 1024) -> Iterator[bytes]:
        """Iterate over the data.

        Args:
            num_bytes: The size of the pieces in bytes. Only the last one is shorter.

        Returns:
            An iterator of bytes. Each piece is verified, but only the end of the iteration shows that none is missing.

        Raises:
            InvalidArgumentError: `num_bytes` is not above 0.
            DecryptionError: The data is truncated, damaged, or encrypted with another key.

        Example:
            >>> from minio.crypto import DecryptReader, encrypt
            >>> list(DecryptReader(encrypt(b"data", "secret key"), b"secret key").stream(3))
            [b'dat', b'a']
        """
        if not isinstance(num_bytes, int) or num_bytes < 1:
            raise InvalidArgumentError(f"num_bytes must be a number above 0, not {num_bytes!r}")
        return self._pieces(num_bytes)

    def _pieces(self, size: int) -> Iterator[bytes]:
        kept = b""
        while not self._ended:
            kept += self._next_package()
            whole = len(kept) - len(kept) % size
            for begin in range(0, whole, size):
                yield kept[begin : begin + size]
            kept = kept[whole:]
        if kept:
            yield kept

    def readable(self) -> bool:
        """Return True.

        Example:
            >>> from minio.crypto import DecryptReader, encrypt
            >>> DecryptReader(encrypt(b"data", "secret key"), b"secret key").readable()
            True
        """
        return True

    def writeable(self) -> bool:
        """Return False.

        Example:
            >>> from minio.crypto import DecryptReader, encrypt
            >>> DecryptReader(encrypt(b"data", "secret key"), b"secret key").writeable()
            False
        """
        return False

    def close(self) -> None:
        """Close the response and release its connection.

        Example:
            >>> from minio.crypto import DecryptReader, encrypt
            >>> DecryptReader(encrypt(b"data", "secret key"), b"secret key").close()
        """
        for name in ("close", "release_conn"):
            end = getattr(self._response, name, None)
            if end is not None:
                end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _to_secret(name: str, value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, bytes):
        return value
    raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")


def _to_stream(response: object) -> object:
    if isinstance(response, (bytes, bytearray, memoryview)):
        return io.BytesIO(response)
    if not hasattr(response, "read"):
        raise InvalidArgumentTypeError(f"response must be bytes or have a method read, not {type(response).__name__}")
    return response
