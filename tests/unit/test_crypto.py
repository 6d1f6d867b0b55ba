"""minio.crypto: the format, and that no damaged, moved, missing or foreign byte is ever returned."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from minio import crypto
from minio.crypto import DecryptionError, DecryptReader, decrypt, encrypt
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, MinioException

PACKAGE = 16 * 1024
SEALED = PACKAGE + 16
HEADER = 41
SIZES = [0, 1, PACKAGE - 1, PACKAGE, PACKAGE + 1, 2 * PACKAGE, 3 * PACKAGE + 5]
# `data-` and its number, encrypted by another implementation with the key "pässword": Argon2id with either cipher.
KNOWN = {
    0: (
        "0471475b47812d7ab7e6d42090d50e7f11d378f241a94aa0af2d1b92ce61c0b500cb73b3dbfee4eb00b1b74fd2c60e563c48"
        "860505d0c84b6e1066a0070b5a"
    ),
    1: (
        "6b3a67879a0c4da72e80ca1f71ef1a106733b00ee924ceaffecf115cfcb8c5b301749970ee5dada98ecc3b6e81e03541c7aa"
        "cf5062762368807a1b457cb737"
    ),
}


def content(size: int) -> bytes:
    return bytes(index * 7 % 251 for index in range(size))


@lru_cache
def sealed(cipher_id: int, size: int) -> bytes:
    """Encrypted content, with each of the ciphers."""
    salt, nonce, data = b"s" * 32, b"n" * 8, content(size)
    packages = crypto._Packages(cipher_id, b"password", salt, nonce)
    cuts = range(0, max(size, 1), PACKAGE)
    pieces = [packages.seal(data[cut : cut + PACKAGE], cut + PACKAGE >= size) for cut in cuts]
    return b"".join([salt, bytes([cipher_id]), nonce, *pieces])


class Drip:
    """A response that returns fewer bytes than asked for, and notes that it was closed."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)
        self.ended: list[str] = []

    def read(self, size: int) -> bytes:
        return self._file.read(min(size, 1000))

    def close(self) -> None:
        self.ended.append("close")

    def release_conn(self) -> None:
        self.ended.append("release_conn")


@pytest.mark.parametrize("size", SIZES)
def test_what_is_encrypted_is_decrypted(size: int) -> None:
    data = encrypt(content(size), "pässword")
    packages = max(1, -(-size // PACKAGE))
    assert len(data) == HEADER + size + 16 * packages
    assert data[32] == 0
    assert decrypt(io.BytesIO(data), "pässword") == content(size)


@settings(max_examples=10)
@given(st.binary(max_size=200), st.text(min_size=1, max_size=20))
def test_any_data_and_key(data: bytes, key: str) -> None:
    assert decrypt(encrypt(data, key), key) == data


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("cipher_id", [0, 1, 2])
def test_each_cipher(cipher_id: int, size: int) -> None:
    drip = Drip(sealed(cipher_id, size))
    assert decrypt(drip, "password") == content(size)
    assert drip.ended == ["close", "release_conn"]


@pytest.mark.parametrize("cipher_id", KNOWN)
def test_data_of_another_implementation(cipher_id: int) -> None:
    assert decrypt(bytes.fromhex(KNOWN[cipher_id]), "pässword") == f"data-{cipher_id}".encode()


def test_two_calls_share_neither_salt_nor_nonce() -> None:
    one, two = encrypt(b"data", "key"), encrypt(b"data", "key")
    assert one[:32] != two[:32]
    assert one[33:41] != two[33:41]


@pytest.mark.parametrize("cut", [0, 31, 40, 41, 42, 56, 57, 100, HEADER + SEALED - 1, HEADER + SEALED, -1])
def test_truncated_data_is_refused(cut: int) -> None:
    with pytest.raises(DecryptionError, match="truncated"):
        decrypt(sealed(2, 2 * PACKAGE + 5)[:cut], "password")


@pytest.mark.parametrize("at", [0, 33, 40, HEADER, HEADER + SEALED - 1, HEADER + SEALED, -1])
@pytest.mark.parametrize("cipher_id", [0, 1, 2])
def test_damaged_data_is_refused(cipher_id: int, at: int) -> None:
    data = bytearray(sealed(cipher_id, PACKAGE + 5))
    data[at] ^= 1
    with pytest.raises(DecryptionError, match="damaged"):
        decrypt(bytes(data), "password")


def pieces() -> tuple[bytes, list[bytes]]:
    data = sealed(2, 3 * PACKAGE)
    return data[:HEADER], [data[begin : begin + SEALED] for begin in range(HEADER, len(data), SEALED)]


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 2], [0, 1, 1, 2], [2], [0, 1], [0, 1, 2, 2], [0, 0, 1, 2]])
def test_moved_and_missing_packages_are_refused(order: list[int]) -> None:
    header, packages = pieces()
    with pytest.raises(DecryptionError):
        decrypt(header + b"".join(packages[index] for index in order), "password")


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(DecryptionError):
        decrypt(sealed(2, 10) + b"x", "password")
    with pytest.raises(DecryptionError):
        decrypt(sealed(2, PACKAGE) + b"x", "password")


def test_another_key_is_refused_without_showing_either() -> None:
    with pytest.raises(DecryptionError, match="another key") as caught:
        decrypt(sealed(2, 10), "wrong-password")
    assert "password" not in str(caught.value)
    assert isinstance(caught.value, MinioException)
    assert isinstance(caught.value, ValueError)


def test_another_cipher_is_refused() -> None:
    data = sealed(2, 10)
    with pytest.raises(DecryptionError, match="cipher id is 109"):
        decrypt(data[:32] + b"m" + data[33:], "password")
    with pytest.raises(DecryptionError):
        decrypt(data[:32] + b"\0" + data[33:], "password")


def test_nothing_is_yielded_that_is_not_verified() -> None:
    data = bytearray(sealed(2, 2 * PACKAGE))
    data[-1] ^= 1
    got = []
    with pytest.raises(DecryptionError, match="package 2"):
        got.extend(DecryptReader(bytes(data), b"password").stream(1000))
    assert b"".join(got) == content(16000)


@pytest.mark.parametrize("size", [1, 5, PACKAGE, PACKAGE + 1, 10**6])
def test_the_pieces_of_a_stream(size: int) -> None:
    with DecryptReader(Drip(sealed(2, PACKAGE + 9)), b"password") as reader:
        assert reader.readable()
        assert not reader.writeable()
        found = list(reader.stream(size))
    assert b"".join(found) == content(PACKAGE + 9)
    assert {len(piece) for piece in found[:-1]} <= {size}


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: encrypt("text", "key"), InvalidArgumentTypeError, "payload"),  # type: ignore[arg-type]
        (lambda: encrypt(b"", None), InvalidArgumentTypeError, "password"),  # type: ignore[arg-type]
        (lambda: decrypt(None, "key"), InvalidArgumentTypeError, "response"),  # type: ignore[arg-type]
        (lambda: decrypt(b"", 5), InvalidArgumentTypeError, "secret_key"),  # type: ignore[arg-type]
        (lambda: DecryptReader(sealed(2, 1), b"password").stream(0), InvalidArgumentError, "num_bytes"),
    ],
)
def test_wrong_arguments(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize("module", ["argon2.low_level", "cryptography.hazmat.primitives.ciphers.aead"])
def test_a_missing_package_says_how_to_install_it(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    for call in (lambda: encrypt(b"", "key"), lambda: decrypt(b"x" * 60, "key")):
        with pytest.raises(ImportError, match=r'pip install "minio\[admin\]"'):
            call()
