# Generated from tests/live/aio/test_presign.py by tools/generate_sync.py. Do not edit.
"""Presigned URLs and forms: created here, used by an HTTP client without S3 support."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from live.helpers import content_of, enable_versioning, is_there, post_form, visit
from minio import Minio, PostPolicy
from minio.error import InvalidArgumentError, InvalidArgumentTypeError
from servers.live import LiveServer

from ._backend import outside

KEY = "folder/odd %41 +ü&=?#"


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=10)


@pytest.mark.parametrize("key", ["plain", KEY])
def test_get(client: Minio, bucket: str, server: LiveServer, key: str) -> None:
    client.put_object(bucket, key, b"content", 7)
    url = client.presigned_get_object(bucket, key)
    assert url.startswith(f"{server.url}/{bucket}/")
    answer = outside(visit, url)
    assert (answer.status, answer.body) == (200, b"content")
    assert (outside(visit, url, "DELETE")).status == 403
    assert (outside(visit, url.replace(bucket, f"{bucket}x"))).status in (403, 404)


@pytest.mark.parametrize("key", ["plain", KEY])
def test_put(client: Minio, bucket: str, server: LiveServer, key: str) -> None:
    url = client.presigned_put_object(bucket, key, timedelta(minutes=5))
    headers = {"Content-Type": "text/x-own", "x-amz-meta-colour": "blue"}
    assert (outside(visit, url, "PUT", b"content", {"Content-Type": headers["Content-Type"]})).status == 200
    with client.get_object(bucket, key) as response:
        assert response.read() == b"content"
    assert (client.stat_object(bucket, key)).content_type == "text/x-own"
    assert (outside(visit, url)).status == 403


def test_response_header_overrides(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"content", 7)
    wish = {
        "response-content-type": "text/x-own",
        "response-content-disposition": 'attachment; filename="ä b.txt"'.replace("ä", "a"),
        "response-cache-control": "no-store",
    }
    url = client.presigned_get_object(bucket, "object", timedelta(hours=1), wish)
    answer = outside(visit, url)
    assert answer.status == 200
    for name, value in wish.items():
        assert answer.headers[name.removeprefix("response-")] == value


@pytest.mark.parametrize("expires", [timedelta(seconds=1), timedelta(days=7), 1, 604_800, timedelta(seconds=1.9)])
def test_bounds_of_expires(client: Minio, bucket: str, expires: Any) -> None:
    client.put_object(bucket, "object", b"content", 7)
    # X-Amz-Date has whole seconds, so a URL that is signed now for one second may expire at once. Servers accept a
    # date that is up to 15 minutes ahead.
    soon = datetime.now(UTC) + timedelta(minutes=1)
    url = client.presigned_get_object(bucket, "object", expires=expires, request_date=soon)
    assert (outside(visit, url)).status == 200
    assert "X-Amz-Expires=" in client.presigned_put_object(bucket, "object", expiry=expires)


@pytest.mark.parametrize(
    "expires", [0, -1, 604_801, timedelta(0), timedelta(days=7, seconds=1), timedelta(seconds=0.5)]
)
def test_expires_out_of_bounds(client: Minio, expires: Any) -> None:
    for call in (client.presigned_get_object, client.presigned_put_object):
        with pytest.raises(InvalidArgumentError, match="expires"):
            call("bucket", "object", expires)


def test_expired_url_is_refused(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", b"content", 7)
    before = datetime.now(UTC) - timedelta(hours=1)
    url = client.presigned_get_object(bucket, "object", 60, request_date=before)
    assert (outside(visit, url)).status == 403
    url = client.presigned_get_object(bucket, "object", 7200, request_date=before)
    assert (outside(visit, url)).status == 200


def test_any_method(client: Minio, bucket: str, server: LiveServer) -> None:
    client.put_object(bucket, "object", b"content", 7)
    url = client.get_presigned_url("HEAD", bucket, "object", 60)
    assert (outside(visit, url, "HEAD")).headers["content-length"] == "7"
    url = client.presigned_url("DELETE", bucket, "object", 60)
    assert (outside(visit, url, "DELETE")).status == 204
    assert not is_there(server, bucket, "object")
    with pytest.raises(InvalidArgumentError, match="method"):
        client.get_presigned_url("FETCH", bucket, "object")


@pytest.mark.requires("versioning")
def test_version(client: Minio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    first = client.put_object(bucket, "object", b"first", 5)
    client.put_object(bucket, "object", b"second", 6)
    url = client.presigned_get_object(bucket, "object", version_id=first.version_id)
    assert (outside(visit, url)).body == b"first"


def test_url_without_keys_is_unsigned(make_client: Callable[..., Minio], server: LiveServer) -> None:
    client = make_client(access_key=None, secret_key=None)
    assert client.presigned_get_object("bucket", "a b") == f"{server.url}/bucket/a%20b"


def classic(bucket: str) -> Any:
    policy = PostPolicy()
    policy.set_bucket_name(bucket)
    policy.set_key_startswith("up/")
    policy.set_content_length_range(1, 100)
    policy.set_content_type("text/plain")
    policy.set_expires(soon())
    return policy


def test_classic_form(client: Minio, bucket: str, server: LiveServer) -> None:
    url, fields = client.presigned_post_policy(classic(bucket))
    answer = outside(post_form, url, {**fields, "key": "up/load ü"}, b"from a browser")
    assert answer.status in (200, 201, 204), answer
    assert content_of(server, bucket, "up/load ü") == b"from a browser"
    assert (client.stat_object(bucket, "up/load ü")).content_type == "text/plain"


@pytest.mark.parametrize(
    ("change", "content"),
    [
        ({"key": "elsewhere"}, b"x"),
        ({"Content-Type": "text/html"}, b"x"),
        ({}, b""),
        ({}, b"x" * 101),
        ({"x-amz-signature": "0" * 64}, b"x"),
        ({"policy": ""}, b"x"),
    ],
    ids=["key", "content-type", "too small", "too large", "signature", "policy"],
)
def test_form_that_violates_the_policy_is_refused(
    client: Minio, bucket: str, server: LiveServer, change: dict[str, str], content: bytes
) -> None:
    url, fields = client.presigned_post_policy(classic(bucket))
    wrong = {**fields, "key": "up/load", **change}
    answer = outside(post_form, url, wrong, content)
    assert answer.status in (400, 403), answer
    assert not is_there(server, bucket, wrong["key"])


def test_expired_form_is_refused(client: Minio, bucket: str, server: LiveServer) -> None:
    policy = PostPolicy()
    policy.set_bucket_name(bucket)
    policy.set_key("object")
    policy.set_expires(datetime.now(UTC) - timedelta(minutes=1))
    url, fields = client.presigned_post_policy(policy)
    assert (outside(post_form, url, fields, b"x")).status in (400, 403)
    assert not is_there(server, bucket, "object")


def test_modern_form(client: Minio, bucket: str, server: LiveServer) -> None:
    policy = PostPolicy(bucket, soon())
    policy.add_equals_condition("key", "object")
    policy.add_starts_with_condition("Content-Type", "image/")
    policy.add_content_length_range_condition(1, 1000)
    fields = client.presigned_post_policy(policy)
    assert set(fields) == {"policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"}
    form = {"key": "object", "Content-Type": "image/x-own", **fields}
    answer = outside(post_form, f"{server.url}/{bucket}", form, b"a picture")
    assert answer.status in (200, 201, 204), answer
    assert content_of(server, bucket, "object") == b"a picture"
    answer = outside(post_form, f"{server.url}/{bucket}", {**form, "Content-Type": "text/html"}, b"a page")
    assert answer.status in (400, 403), answer


def test_forms_that_cannot_be_signed(client: Minio, make_client: Callable[..., Minio]) -> None:
    for missing in ("key", "bucket", "expiration"):
        policy = PostPolicy()
        if missing != "key":
            policy.set_key("object")
        if missing != "bucket":
            policy.set_bucket_name("bucket")
        if missing != "expiration":
            policy.set_expires(soon())
        with pytest.raises(InvalidArgumentError, match=missing):
            client.presigned_post_policy(policy)
    with pytest.raises(InvalidArgumentTypeError):
        client.presigned_post_policy("policy")  # type: ignore[arg-type]
    anonymous = make_client(access_key=None, secret_key=None)
    with pytest.raises(InvalidArgumentError, match="anonymous"):
        anonymous.presigned_post_policy(classic("bucket"))


def test_urls_on_another_host(make_client: Callable[..., Minio], bucket: str, server: LiveServer) -> None:
    """The host is a part of the signature: a URL for another name of the server works under that name only."""
    port = server.url.rpartition(":")[2]
    client = make_client(presign_endpoint=f"localhost:{port}")
    client.put_object(bucket, "object", b"content", 7)
    url = client.presigned_get_object(bucket, "object")
    assert url.startswith(f"http://localhost:{port}/{bucket}/")
    answer = outside(visit, url)
    assert (answer.status, answer.body) == (200, b"content")
    assert (outside(visit, url.replace("localhost", "127.0.0.1"))).status == 403
