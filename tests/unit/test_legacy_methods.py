"""Programs that replace `_url_open` or `_execute`: every request goes through what they put there."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import AsyncMock, MagicMock, patch

import pytest
import urllib3

from fakes.clients import KINDS, OPTIONS, content, done, each, play
from fakes.scripted_server import ScriptedServer, answer, forever, serve
from minio import AsyncMinio, Minio
from minio._core.wire.checksums import Payload
from minio.error import AccessDenied, InvalidArgumentError, InvalidArgumentTypeError, NoSuchKey, S3Error, ServerError
from minio.helpers import BaseURL, sha256_hash

OK = {"ETag": '"e"', "Connection": "keep-alive", "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"}
OBJECT = answer(b"abcd", headers=OK)
BROKEN = answer(b"", "503 Slow Down", {"Connection": "keep-alive"})
NO_KEY = answer(b"<Error><Code>NoSuchKey</Code><Message>m</Message></Error>", "404 Not Found", OK)


class Bearer(Minio):
    """As OAuthMinio of pymilvus: a header on every request."""

    def _url_open(self, method: str, region: str, *args: Any, **kwargs: Any) -> Any:
        kwargs["headers"] = {**(kwargs.get("headers") or {}), "Authorization": "Bearer secret-token"}
        return super()._url_open(method, region, *args, **kwargs)


class AsyncBearer(AsyncMinio):
    async def _url_open(self, method: str, region: str, *args: Any, **kwargs: Any) -> Any:
        kwargs["headers"] = {**(kwargs.get("headers") or {}), "Authorization": "Bearer secret-token"}
        return await super()._url_open(method, region, *args, **kwargs)


def anonymous(server: ScriptedServer, cls: type[Minio] = Minio) -> Minio:
    return cls(str(server.origin), **OPTIONS)


def signed(server: ScriptedServer, cls: type[Minio] = Minio, **options: Any) -> Minio:
    return cls(str(server.origin), "key", "secret", **{**OPTIONS, **options})


def test_header_of_override_is_on_the_wire() -> None:
    with ScriptedServer(forever(OBJECT)) as server, anonymous(server, Bearer) as client:
        client.put_object("bucket", "object", b"abcd", 4)
        assert client.get_object("bucket", "object").read() == b"abcd"
        client.remove_object("bucket", "object")
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer secret-token"] * 3


def test_header_of_asynchronous_override_is_on_the_wire() -> None:
    async def story(server: ScriptedServer) -> None:
        async with AsyncBearer(str(server.origin), **OPTIONS) as client:
            await client.put_object("bucket", "object", b"abcd", 4)
            assert await content(client.get_object("bucket", "object")) == b"abcd"

    with ScriptedServer(forever(OBJECT)) as server:
        asyncio.run(story(server))
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer secret-token"] * 2


def test_signature_of_keys_wins_as_in_72() -> None:
    with ScriptedServer(forever(OBJECT)) as server, signed(server, Bearer) as client:
        client.stat_object("bucket", "object")
    assert server.requests[0].headers["authorization"].startswith("AWS4-HMAC-SHA256")


def test_secret_of_override_is_not_in_the_error() -> None:
    echo = b"<Error><Code>AccessDenied</Code><Message>Bearer secret-token is wrong</Message></Error>"
    with (
        ScriptedServer(forever(answer(echo, "403 Forbidden", OK))) as server,
        anonymous(server, Bearer) as client,
        pytest.raises(AccessDenied) as caught,
    ):
        client.get_object("bucket", "object")
    assert "secret-token" not in str(caught.value) + repr(caught.value)


def test_calls_are_retried_through_the_override() -> None:
    class Counting(Minio):
        count = 0

        def _url_open(self, *args: Any, **kwargs: Any) -> Any:
            type(self).count += 1
            return super()._url_open(*args, **kwargs)

    with ScriptedServer(serve(BROKEN, OBJECT, NO_KEY, NO_KEY)) as server, signed(server, Counting, retries=2) as client:
        assert client.get_object("bucket", "object").read() == b"abcd"
        assert Counting.count == 2
        with pytest.raises(NoSuchKey, match="m") as caught:
            client.get_object("bucket", "object")
        assert caught.value.operation == "GetObject"
        assert Counting.count == 3
        with pytest.raises(NoSuchKey):
            client._url_open("GET", "us-east-1", "bucket", "object")


def test_overridden_execute_sees_each_request_once() -> None:
    class Executing(Minio):
        seen: list[Any] = []  # noqa: RUF012

        def _execute(self, method: str, *args: Any, **kwargs: Any) -> Any:
            self.seen.append(method)
            return super()._execute(method, *args, **kwargs)

    with ScriptedServer(forever(OBJECT)) as server, signed(server, Executing) as client:
        client.stat_object("bucket", "object")
        assert client._execute("GET", "bucket", "object").data == b"abcd"
        assert Executing.seen == ["HEAD", "GET"]
    assert [request.method for request in server.requests] == ["HEAD", "GET"]


def test_both_are_overridden() -> None:
    order: list[str] = []

    class Both(Minio):
        def _execute(self, *args: Any, **kwargs: Any) -> Any:
            order.append("execute")
            return super()._execute(*args, **kwargs)

        def _url_open(self, *args: Any, **kwargs: Any) -> Any:
            order.append("url_open")
            return super()._url_open(*args, **kwargs)

    with ScriptedServer(forever(OBJECT)) as server, signed(server, Both) as client:
        client.stat_object("bucket", "object")
        client._execute("GET", "bucket", "object")
    assert order == ["execute", "url_open"] * 2


def test_body_that_the_override_changes_is_signed_as_sent() -> None:
    class Upper(Minio):
        def _url_open(self, *args: Any, **kwargs: Any) -> Any:
            kwargs["body"] = kwargs["body"].upper()
            return super()._url_open(*args, **kwargs)

    with ScriptedServer(forever(OBJECT)) as server, signed(server, Upper) as client:
        client.put_object("bucket", "object", b"abcd", 4)
    request = server.requests[0]
    assert request.body == b"ABCD"
    assert request.headers["x-amz-content-sha256"] == sha256_hash(b"ABCD")
    assert request.headers["x-amz-checksum-crc32c"] == Payload(b"ABCD", "CRC32C").checksum("CRC32C")


@pytest.mark.parametrize("kind", KINDS)
def test_stub_on_an_instance(kind: str) -> None:
    async def story(client: Any) -> None:
        client._url_open = MagicMock(return_value=MagicMock(status=200, headers={"etag": '"q"'}, data=b"stub"))
        assert (await done(client.put_object("bucket", "object", b"x", 1))).etag == "q"
        assert await content(client.get_object("bucket", "object")) == b"stub"
        assert client._url_open.call_args.args == ("GET", "us-east-1")
        assert client._url_open.call_args.kwargs["bucket_name"] == "bucket"
        del client._url_open
        assert await content(client.get_object("bucket", "object")) == b"abcd"

    with ScriptedServer(forever(OBJECT)) as server:
        play(kind, server, story)
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["_url_open", "_execute"])
def test_patch_of_the_class(kind: str, name: str) -> None:
    async def story(client: Any) -> None:
        with patch.object(Minio if kind == "sync" else AsyncMinio, name) as method:
            method.return_value = MagicMock(status=200, headers={}, data=b"")
            assert await done(client.bucket_exists("bucket")) is True
            method.side_effect = S3Error(None, "NoSuchKey", "my own", "r", "i", "h")
            with pytest.raises(S3Error, match="my own"):
                await done(client.stat_object("bucket", "object"))
            method.side_effect = RuntimeError("called")
            with pytest.raises(RuntimeError, match="called"):
                await each(client.list_objects("bucket"))
        assert await content(client.get_object("bucket", "object")) == b"abcd"

    with ScriptedServer(forever(OBJECT)) as server:
        play(kind, server, story)
    assert len(server.requests) == 1


def test_asynchronous_stub_whose_content_is_awaited() -> None:
    async def story(client: Any) -> None:
        response = MagicMock(status=200, headers={}, spec=["status", "headers", "read"])
        response.read = AsyncMock(return_value=b"awaited")
        client._url_open = AsyncMock(return_value=response)
        assert await content(client.get_object("bucket", "object")) == b"awaited"

    with ScriptedServer(forever(OBJECT)) as server:
        play("async", server, story)


ANSWERS: list[tuple[Any, bytes]] = [
    (MagicMock(status=200, headers={}, data=b"abc"), b"abc"),
    (MagicMock(status=206, headers={"Content-Range": "bytes 0-2/3"}, data="abc"), b"abc"),
    (MagicMock(status=200, headers={}, spec=["status", "headers", "read"], **{"read.return_value": b"abc"}), b"abc"),
    (MagicMock(status=200, spec=["status", "stream"], **{"stream.return_value": [b"a", b"bc"]}), b"abc"),
    (urllib3.HTTPResponse(b"abc", status=200, preload_content=False), b"abc"),
    (object(), b""),
    (None, b""),
]


@pytest.mark.parametrize(("found", "expected"), ANSWERS, ids=lambda value: type(value).__name__)
def test_what_a_stub_may_return(found: Any, expected: bytes) -> None:
    client = Minio("127.0.0.1:9", "key", "secret", **OPTIONS)
    client._url_open = lambda *args, **kwargs: found  # type: ignore[method-assign]
    assert client.get_object("bucket", "object").read() == expected
    assert client.bucket_exists("bucket")
    client.close()


def test_error_status_of_a_stub_is_an_error_at_once() -> None:
    client = Minio("127.0.0.1:9", "key", "secret", secure=False, region="us-east-1", retries=10)
    client._url_open = MagicMock(return_value=MagicMock(status=503, headers={}, data=b""))  # type: ignore[method-assign]
    with pytest.raises(ServerError):
        client.list_buckets()
    assert client._url_open.call_count == 1
    client.close()


def test_region_is_looked_up_through_the_override() -> None:
    location = answer(b"<LocationConstraint>eu-north-1</LocationConstraint>", headers=OK)
    seen: list[Any] = []

    class Seen(Minio):
        def _url_open(self, method: str, region: str, **kwargs: Any) -> Any:
            seen.append((method, region, kwargs["query_params"]))
            return super()._url_open(method, region, **kwargs)

    with ScriptedServer(serve(location, OBJECT)) as server, signed(server, Seen, region=None) as client:
        client.stat_object("bucket", "object")
        assert client._get_region("bucket") == "eu-north-1"
    assert seen == [("GET", "us-east-1", {"location": ""}), ("HEAD", "eu-north-1", {})]


def test_attributes_are_what_the_client_uses() -> None:
    with ScriptedServer(forever(OBJECT)) as server, signed(server, region=None) as client:
        client._region_map["bucket"] = "eu-west-1"
        client._user_agent = "mine/1"
        client.stat_object("bucket", "object")
        assert "/eu-west-1/s3/" in server.requests[-1].headers["authorization"]
        assert server.requests[-1].headers["user-agent"] == "mine/1"
        client._region_map = {"bucket": "eu-west-2"}
        client._provider = None
        client.stat_object("bucket", "object")
        assert "authorization" not in server.requests[-1].headers
        client._base_url.virtual_style_flag = True
        assert client._base_url.virtual_style_flag
        assert client._endpoint_url == f"http://{server.origin}"
        client._base_url = BaseURL(f"http://{server.origin}", "me-south-1")
        assert client._get_region() == "me-south-1"
        client.stat_object("bucket", "object")
        assert server.requests[-1].target == "/bucket/object"
        for name, value in {"_provider": 1, "_user_agent": b"", "_base_url": "http://h"}.items():
            with pytest.raises(InvalidArgumentTypeError, match=name):
                setattr(client, name, value)
        with pytest.raises(InvalidArgumentTypeError, match="_http"):
            client._http = "pool"  # type: ignore[assignment]


def test_asynchronous_client_has_no_http() -> None:
    client = AsyncMinio("127.0.0.1:9", "key", "secret", **OPTIONS)
    with pytest.raises(AttributeError, match="does not send its requests with urllib3"):
        client._http.clear()
    with pytest.raises(AttributeError, match="does not send its requests with urllib3"):
        client._http = urllib3.PoolManager()
    assert not hasattr(client, "_http")


@pytest.mark.parametrize("status", ["202 Accepted", "200 OK"])
def test_any_success_of_a_request_of_the_callers(status: str) -> None:
    with ScriptedServer(forever(answer(b"<html>", status, OK))) as server, signed(server) as client:
        response = client._execute("POST", "bucket", "object", body=b"x", query_params={"restore": "", "t": ["1", "2"]})
        assert (response.status, response.data) == (int(status[:3]), b"<html>")
    assert server.requests[0].target == "/bucket/object?restore=&t=1&t=2"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("G ET",), "method"),
        (("GET", None, "object"), "bucket_name"),
        (("GET", "B"), "bucket_name"),
        (("PUT", "bucket", "object", 5), "body"),
        (("GET", "bucket", None, None, {"a b": "c"}), "headers"),
    ],
)
def test_bad_arguments(arguments: tuple[Any, ...], name: str) -> None:
    client = Minio("127.0.0.1:9", "key", "secret", **OPTIONS)
    with pytest.raises(InvalidArgumentError, match=name):
        client._execute(*arguments)
    client.close()


@pytest.mark.parametrize("before", [False, True])
def test_patched_urlopen_made_before_or_after(before: bool) -> None:
    made = Minio("127.0.0.1:9", "key", "secret", **OPTIONS) if before else None
    with patch("urllib3.PoolManager.urlopen") as urlopen:
        urlopen.return_value = MagicMock(status=200, headers={}, data=b"")
        client = made or Minio("127.0.0.1:9", "key", "secret", **OPTIONS)
        assert client.bucket_exists("bucket")
        client.put_object("bucket", "object", b"x", 1)
        urlopen.side_effect = urllib3.exceptions.MaxRetryError(MagicMock(), "/", None)
        with pytest.raises(Exception, match="Max retries"):
            client.bucket_exists("bucket")
        assert urlopen.call_count == 3
    client.close()


DELETIONS = {
    "remove_object": ("my-bucket", "my-object"),
    "remove_bucket": ("my-bucket",),
    "delete_object_tags": ("my-bucket", "my-object"),
    **{
        f"delete_bucket_{name}": ("my-bucket",)
        for name in ("cors", "encryption", "lifecycle", "notification", "policy", "replication", "tags")
    },
    "delete_object_lock_config": ("my-bucket",),
}


@pytest.mark.parametrize("call", DELETIONS)
def test_deletions_under_a_patched_urlopen_that_answers_everything_with_204(call: str) -> None:
    client = Minio("localhost:9000", "key", "secret", region="us-east-1")
    with patch("urllib3.PoolManager.urlopen") as urlopen:
        urlopen.return_value = MagicMock(status=204, headers={}, data=b"")
        assert getattr(client, call)(*DELETIONS[call]) is None
