"""Credentials are sent only to the host they belong to, and nothing can be injected into a request."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, strategies as st

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head
from minio import Minio
from minio._core.engine.correction import find_correction
from minio._core.engine.session import Session
from minio._core.ops.errors import to_exception
from minio._core.wire.endpoint import parse_endpoint, parse_region
from minio._core.wire.http1 import request_head
from minio._core.wire.message import Headers, Origin, Outgoing, Response
from minio.commonconfig import CopySource
from minio.error import InvalidArgumentError, InvalidResponseError, MinioException, ResponseError, S3Error
from minio.post_policy import PostPolicy
from minio.sse import SseCustomerKey

Attack = Callable[..., Any]

STATUSES = ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(
    "location", ["http://{}/bucket/key", "//{}/bucket/key", "http://127.0.0.1@{}/", "http://{}\\@127.0.0.1/", "{}"]
)
def test_redirect_to_another_host(attack: Attack, status: str, location: str) -> None:
    with ScriptedServer(forever(answer(b"stolen")), host="127.0.0.2") as thief:
        target = location.format(thief.origin)
        client, server = attack(forever(head(status, {"Location": target, "Content-Length": "0"})))
        with pytest.raises(MinioException):
            client("stat_object", "bucket", "key")
        with pytest.raises(MinioException):
            client("put_object", "bucket", "key", io.BytesIO(b"secret content"), 14)
        assert thief.connections == 0
    assert len(server.requests) == 2


def test_redirect_loop(attack: Attack) -> None:
    client, server = attack(
        forever(
            lambda request: head("307 T", {"Location": f"http://{request.headers['host']}/x", "Content-Length": "0"})
        )
    )
    with pytest.raises(ResponseError):
        client("stat_object", "bucket", "key")
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("host", "followed"),
    [
        ("s3.eu-west-1.amazonaws.com", True),
        ("bucket.s3.eu-west-1.amazonaws.com", True),
        ("bucket.s3-eu-west-1.amazonaws.com", True),
        ("s3.dualstack.eu-west-1.amazonaws.com", True),
        ("evil.s3.eu-west-1.amazonaws.com", False),
        ("ec2-192-0-2-1.compute-1.amazonaws.com", False),
        ("evil.execute-api.us-east-1.amazonaws.com", False),
        ("bucket.s3-website-us-east-1.amazonaws.com", False),
        ("s3.amazonaws.com.evil.example", False),
        ("s3.amazonaws.com.cn", False),
        ("evilamazonaws.com", False),
        ("amazonaws.com", False),
    ],
)
def test_redirect_within_aws(host: str, followed: bool) -> None:
    """S3 redirects requests to its other hosts, but anybody can rent a host in the domain."""
    session = Session(parse_endpoint("s3.amazonaws.com"))
    answered = Response(307, Headers([("location", f"https://{host}/key")]))
    error = to_exception(answered, "GET", "bucket", "key", "s3.amazonaws.com")
    sent = Outgoing("GET", Origin("https", "bucket.s3.amazonaws.com", 443), "/key", {}, b"")
    assert (find_correction(error, sent, "us-east-1", session) is not None) == followed


BAD_REGIONS = [
    "evil.example/#", "evil.example#", "evil.example/", "x@evil.example", "evil.example:80", "a b", "..", "a\r\nb: c",
    "%2f", "\u202e", "?x=", "-", "", "x" * 200, "é", "[::1]",
]  # fmt: skip


@pytest.mark.parametrize("region", BAD_REGIONS, ids=ascii)
@pytest.mark.parametrize("by", ["xml", "header", "location"])
def test_invalid_region_in_a_response(attack: Attack, region: str, by: str) -> None:
    """The region that a server reports is used in signatures and, on AWS, in host names."""
    if by == "header" and not region.isascii():
        return
    shown = region.replace("\r\n", "")
    if by == "xml":
        body = f"<Error><Code>AuthorizationHeaderMalformed</Code><Region>{region}</Region></Error>"
        reply = answer(body.encode(), "400 Bad Request")
    elif by == "header":
        reply = head("400 Bad Request", {"x-amz-bucket-region": shown, "Content-Length": "0"})
    else:
        reply = answer(f"<LocationConstraint>{region}</LocationConstraint>".encode())
    client, server = attack(forever(reply), region=None if by == "location" else "us-east-1")
    with pytest.raises(MinioException) as caught:
        client("stat_object", "bucket", "key") if by != "location" or region else client("list_buckets")
    assert len(server.requests) == 1
    if isinstance(caught.value, S3Error):
        assert caught.value.region is None
    assert client.client._session.regions == {}


@given(st.text(max_size=70) | st.text("abc.-/#:@_%", max_size=70))
def test_region_never_leads_to_another_host(region: str) -> None:
    told = parse_region(region)
    if told is None:
        return
    for name in ("s3.amazonaws.com", "s3.dualstack.eu-west-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn"):
        endpoint = parse_endpoint(name)
        try:
            origin, host, path = endpoint.address("bucket", "key", told, path_style=False)
        except InvalidArgumentError:
            continue
        assert origin.host.endswith(("amazonaws.com", "amazonaws.com.cn"))
        assert urlsplit(f"https://{host}{path}").hostname == origin.host.lower() == host.lower()


@pytest.mark.parametrize("region", ["evil.example/#", "a/b", "a#", "x.evil.example", "a:1"])
def test_region_argument_is_checked_too(region: str) -> None:
    with pytest.raises(InvalidArgumentError):
        Minio("s3.amazonaws.com", "ACCESSKEY", "SECRETKEY", region=region).presigned_get_object("bucket", "key")


SPLITS = ["a\r\nx-amz-acl: public-read", "a\nb", "a\rb", "a\0b", "a\r\n\r\nGET / HTTP/1.1", "a\x0bb", "a\x7fb"]


def is_one_request(server: ScriptedServer) -> None:
    for request in server.requests:
        assert "x-amz-acl" not in request.headers
        assert not any(char in request.target for char in "\r\n\0 \x0b\x7f")
        assert not any(char in value for value in request.headers.values() for char in "\r\n\0")


@pytest.mark.parametrize("bad", SPLITS, ids=ascii)
def test_headers_are_refused(attack: Attack, bad: str) -> None:
    client, server = attack(forever(answer(headers={"ETag": '"e"'})))
    for where in (
        "metadata name",
        "metadata",
        "content type",
        "tags",
        "headers",
        "range",
        "etag",
        "other etag",
        "ssec",
        "source",
    ):
        with pytest.raises((MinioException, ValueError)) as caught:
            send_bad(client, where, bad)
        assert isinstance(caught.value, MinioException), where
        assert isinstance(caught.value, InvalidArgumentError), where
    assert server.requests == []


def send_bad(client: Any, where: str, bad: str) -> None:
    data = {"data": io.BytesIO(b"x"), "length": 1}
    if where == "metadata name":
        client("put_object", "bucket", "key", **data, metadata={bad: "x"})
    elif where == "metadata":
        client("put_object", "bucket", "key", **data, metadata={"x": bad})
    elif where == "content type":
        client("put_object", "bucket", "key", **data, content_type=bad)
    elif where == "tags":
        client("list_objects", "bucket", extra_headers={"x": bad})
    elif where == "headers":
        client("get_object", "bucket", "key", 0, 0, {bad: "x"})
    elif where == "range":
        client("get_object", "bucket", "key", 0, 0, {"Range": bad})
    elif where == "etag":
        client("copy_object", "bucket", "key", CopySource("bucket", "source", match_etag=bad))
    elif where == "other etag":
        client("copy_object", "bucket", "key", CopySource("bucket", "source", not_match_etag=bad))
    elif where == "ssec":
        client("stat_object", "bucket", "key", SseCustomerKey(bad.encode()))
    else:
        client("copy_object", "bucket", "key", CopySource(bad, "source"))


@pytest.mark.parametrize(
    "bad", [*SPLITS[:3], "a b", "a?x-amz-acl=public", "a#b", "a%0d%0ab", "a&b=c", "é\u2028"], ids=ascii
)
def test_names_are_encoded(attack: Attack, bad: str) -> None:
    seen: list[Recorded] = []

    def reply(request: Recorded) -> bytes:
        seen.append(request)
        body = b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>" if "x-amz-copy-source" in request.headers else b""
        return answer(body, headers={"ETag": '"e"'})

    client, server = attack(forever(reply))
    client("stat_object", "bucket", bad)
    client("put_object", "bucket", bad, io.BytesIO(b"x"), 1, tags={"name": bad} if bad.isprintable() else None)
    with pytest.raises(InvalidResponseError, match="version"):  # this server does not send a version ID
        client("stat_object", "bucket", "key", version_id=bad)
    client("copy_object", "bucket", "key", CopySource("bucket", bad, version_id=bad))
    client("remove_object", "bucket", bad)
    is_one_request(server)
    assert len(server.requests) == 5
    assert parse_qs(urlsplit(seen[2].target).query) == {"versionId": [bad]}
    for request in seen[:2]:
        assert urlsplit(request.target).query == ""


@pytest.mark.parametrize("bad", SPLITS, ids=ascii)
def test_presigned(attack: Attack, bad: str) -> None:
    client, server = attack(forever(answer()))
    url = client("presigned_get_object", "bucket", bad, version_id=bad)
    assert url.isprintable()
    assert url.isascii()
    assert urlsplit(url).netloc == str(server.origin)
    assert parse_qs(urlsplit(url).query)["versionId"] == [bad]
    with pytest.raises(InvalidArgumentError):
        client("presigned_get_object", "bucket", "key", response_headers={"response-content-disposition": bad})
    url = client("presigned_get_object", "bucket", "key", extra_query_params={bad: bad})
    assert url.isprintable()
    assert parse_qs(urlsplit(url).query)[bad] == [bad]
    assert server.requests == []


@pytest.mark.parametrize("bad", SPLITS, ids=ascii)
def test_forms(attack: Attack, bad: str) -> None:
    """The browser encodes the form fields. The policy is JSON in base64, whatever it contains."""
    client, _ = attack(forever(answer()))
    policy: Any = PostPolicy()
    policy.set_bucket_name("bucket")
    policy.set_key(bad)
    policy.set_expires(datetime.now(UTC) + timedelta(hours=1))
    url, fields = client("presigned_post_policy", policy)
    assert url.isprintable()
    assert all(value.isprintable() for name, value in fields.items() if name != "key")


@given(st.text(min_size=1), st.text(min_size=1), st.dictionaries(st.text(min_size=1), st.text(), max_size=3))
def test_request_head_is_one_request_or_refused(method: str, target: str, headers: dict[str, str]) -> None:
    try:
        data = request_head(method, target, headers)
    except ValueError:
        return
    lines = data.decode("latin-1").split("\r\n")
    assert len(lines) == len(headers) + 3
    assert "\n" not in "".join(lines)
    assert "\r" not in "".join(lines)
    assert lines[0] == f"{method} {target} HTTP/1.1"


def test_token_is_not_shown(attack: Attack) -> None:
    """A page from another server is an error, and the error does not repeat what was sent."""
    client, _ = attack(
        forever(lambda request: answer(str(request.headers).encode(), "403 Forbidden")), session_token="TOKENTOKEN"
    )
    trace = io.StringIO()
    client.client.trace_on(trace)
    with pytest.raises(MinioException) as caught:
        client("list_buckets")
    assert "SECRETKEY" not in trace.getvalue() + str(caught.value) + repr(client.client)
    assert "TOKENTOKEN" not in repr(client.client)
