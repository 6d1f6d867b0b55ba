"""Digests of bodies, compared with published check values."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from minio._core.wire.body import body_length
from minio._core.wire.checksums import Payload, check_checksum, digests, new_digest
from minio.error import InvalidArgumentError


class Pieces:
    """A body that is not in memory and reuses its buffer."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = parts
        self.length = sum(map(len, parts))

    def chunks(self) -> Iterator[memoryview]:
        buffer = bytearray(max(map(len, self.parts), default=0))
        for part in self.parts:
            buffer[: len(part)] = part
            yield memoryview(buffer)[: len(part)]


# The check values from the CRC catalogue and the RFCs.
@pytest.mark.parametrize(
    ("algorithm", "data", "value"),
    [
        ("CRC32C", b"123456789", "e3069283"),
        ("CRC32C", bytes(32), "8a9136aa"),
        ("CRC32C", b"\xff" * 32, "62a8ab43"),
        ("CRC32", b"123456789", "cbf43926"),
        ("MD5", b"abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA256", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("CRC32C", b"", "00000000"),
        ("CRC64NVME", b"123456789", "ae8b14860a799888"),
    ],
)
def test_check_values(algorithm: str, data: bytes, value: str) -> None:
    for body in (data, memoryview(data), Pieces(data[:3], data[3:])):
        assert digests(body, [algorithm])[algorithm].hex() == value


@given(st.lists(st.binary(max_size=100)), st.sampled_from(["CRC32C", "CRC32", "CRC64NVME", "SHA256", "MD5"]))
def test_splitting_does_not_matter(parts: list[bytes], algorithm: str) -> None:
    whole = b"".join(parts)
    digest = new_digest(algorithm)
    for part in parts:
        digest.update(part)
    assert digest.digest() == digests(whole, [algorithm])[algorithm]
    assert digest.digest() == digests(Pieces(*parts), [algorithm])[algorithm]


def test_long_memoryviews() -> None:
    data = bytes(range(256)) * (3 * 4096 + 1)
    assert digests(memoryview(data), ["CRC32C"]) == digests(data, ["CRC32C"])


def test_empty_payload() -> None:
    payload = Payload(b"")
    assert payload.sha256 == hashlib.sha256().hexdigest()
    assert payload.headers == {}
    assert payload.checksum("CRC32C") is None


@pytest.mark.parametrize("body", [b"body", memoryview(b"body"), Pieces(b"bo", b"dy")], ids=["bytes", "view", "content"])
def test_payload_headers(body: bytes) -> None:
    crc = base64.b64encode(zlib.crc32(b"body").to_bytes(4, "big")).decode()
    md5 = base64.b64encode(hashlib.md5(b"body").digest()).decode()
    sha = hashlib.sha256(b"body")
    assert Payload(body).headers == {}
    assert Payload(body, "CRC32", md5=True).headers == {"x-amz-checksum-crc32": crc, "Content-MD5": md5}
    assert Payload(body, "MD5").headers == {"Content-MD5": md5}
    assert Payload(body, "SHA256").headers == {"x-amz-checksum-sha256": base64.b64encode(sha.digest()).decode()}
    for checksum in (None, "CRC32", "SHA256", "MD5", "CRC32C"):
        assert Payload(body, checksum).sha256 == sha.hexdigest()
    assert Payload(body, "CRC32").checksum("CRC32") == crc
    assert Payload(body, "CRC32").checksum("SHA256") is None
    assert body_length(body) == 4


def test_check_checksum() -> None:
    assert check_checksum(None) is None
    assert check_checksum("crc32c") == "CRC32C"
    for bad in ("CRC64", "", 5, b"MD5"):
        with pytest.raises(InvalidArgumentError, match="checksum"):
            check_checksum(bad)  # type: ignore[arg-type]
