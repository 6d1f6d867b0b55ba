"""Server-side encryption: the headers, and that keys are never shown."""

from __future__ import annotations

import base64
import hashlib
import json
import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio.error import InvalidArgumentError
from minio.sse import SSE_C, SSE_KMS, SSE_S3, Sse, SseCustomerKey, SseKMS, SseS3, copy_SSE_C

KEY = b"32byteslongsecretkeymustprovided"


@given(st.binary(min_size=32, max_size=32))
def test_customer_key_headers(key: bytes) -> None:
    sse = SseCustomerKey(key)
    text = base64.b64encode(key).decode()
    digest = base64.b64encode(hashlib.md5(key).digest()).decode()
    names = ("Algorithm", "Key", "Key-MD5")
    for prefix, headers in (("X-Amz-", sse.headers()), ("X-Amz-Copy-Source-", sse.copy_headers())):
        start = f"{prefix}Server-Side-Encryption-Customer-"
        assert headers == dict(zip([start + name for name in names], ["AES256", text, digest], strict=True))
    assert pickle.loads(pickle.dumps(sse)) == sse
    assert sse.tls_required()


@pytest.mark.parametrize("cls", [SseCustomerKey, SSE_C, copy_SSE_C])
def test_key_is_not_shown(cls: type[SseCustomerKey]) -> None:
    shown = f"{cls(KEY)!r} {cls(KEY)}"
    assert "32bytes" not in shown
    assert base64.b64encode(KEY).decode() not in shown
    assert cls.__name__ in shown


@pytest.mark.parametrize("key", [b"", b"short", KEY + b"x", None, 32, "x" * 32])
def test_bad_customer_key(key: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="key must be"):
        SseCustomerKey(key)


def test_invalid_key_is_not_shown_either() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        SseCustomerKey(b"secret")
    assert "secret" not in str(caught.value)


def test_keys_are_values() -> None:
    assert SseCustomerKey(KEY) == SseCustomerKey(bytearray(KEY))  # type: ignore[arg-type]
    assert SseCustomerKey(KEY) != SseCustomerKey(bytes(32))
    assert len({SseCustomerKey(KEY), SseCustomerKey(KEY)}) == 1
    with pytest.raises(AttributeError):
        SseCustomerKey(KEY).key = b""  # type: ignore[misc]


def test_kms_headers() -> None:
    headers = SseKMS("key id", {"a": ["b", 1]}).headers()
    context = headers.pop("X-Amz-Server-Side-Encryption-Context")
    assert json.loads(base64.b64decode(context)) == {"a": ["b", 1]}
    assert headers == {
        "X-Amz-Server-Side-Encryption": "aws:kms",
        "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "key id",
    }
    assert SseKMS("key id", {}).headers() == SseKMS("key id").headers() == headers
    assert SseKMS("key id").tls_required()
    assert SseKMS("key id").copy_headers() == {}
    assert pickle.loads(pickle.dumps(SseKMS("a", {"b": "c"}))) == SseKMS("a", {"b": "c"})


@pytest.mark.parametrize(("key", "context"), [("", None), (" ", None), (None, None), ("k", "text"), ("k", {"a": b""})])
def test_bad_kms(key: Any, context: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        SseKMS(key, context)


def test_s3() -> None:
    assert SseS3().headers() == {"X-Amz-Server-Side-Encryption": "AES256"}
    assert SseS3().copy_headers() == {}
    assert not SseS3().tls_required()
    assert SseS3() == SseS3()


def test_names_of_releases_4_to_6() -> None:
    assert SSE_C(KEY).marshal() == SSE_C(KEY.decode()).marshal() == SseCustomerKey(KEY).headers()
    assert copy_SSE_C(KEY).marshal() == SseCustomerKey(KEY).copy_headers()
    assert SSE_KMS("k", {"a": "b"}).marshal() == SseKMS("k", {"a": "b"}).headers()
    assert SSE_S3().marshal() == SseS3().headers()
    assert [SSE_C(KEY).type(), SSE_KMS("k", None).type(), SSE_S3().type()] == ["SSE-C", "SSE-KMS", "SSE-S3"]
    for old, new in ((SSE_C(KEY), SseCustomerKey), (SSE_KMS("k"), SseKMS), (SSE_S3(), SseS3)):
        assert isinstance(old, new)
        assert pickle.loads(pickle.dumps(old)) == old


def test_sse_is_abstract() -> None:
    with pytest.raises(TypeError):
        Sse()  # type: ignore[abstract]
