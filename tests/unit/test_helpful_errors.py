"""Errors use the user's terms: public names, the real cause, and what to do."""

from __future__ import annotations

import asyncio
import inspect
import io
import math
import pickle
import pydoc
import subprocess
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fakes.scripted_server import ScriptedServer, answer, forever, head
from minio import AsyncMinio, Minio, Policy, PostPolicy
from minio._core.arguments import check_expires
from minio.commonconfig import GOVERNANCE
from minio.credentials import Credentials
from minio.credentials._base import from_fields
from minio.error import (
    EntityTooLarge,
    InvalidArgumentError,
    InvalidResponseError,
    InvalidSizeError,
    ResponseError,
    S3Error,
)
from minio.retention import Retention
from minio.signer import presign_v4

KINDS = [Minio, AsyncMinio]


def call(kind: Any, endpoint: str, method: str, *args: Any, **kwargs: Any) -> Any:
    """Make a call of either client to its end."""

    async def story() -> Any:
        client = kind(endpoint, "key", "secret", secure=False, region="us-east-1", retries=0)
        try:
            result = getattr(client, method)(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result
        finally:
            closed = client.close()
            if inspect.isawaitable(closed):
                await closed

    return asyncio.run(story())


# --- names


@pytest.mark.parametrize("kind", KINDS)
def test_methods_are_named_after_the_client(kind: Any) -> None:
    name = kind.__name__
    with pytest.raises(TypeError, match=rf"^{name}\.__init__\(\) missing"):
        kind()
    for method, function in inspect.getmembers(kind, inspect.isfunction):
        assert function.__qualname__ == f"{name}.{method}"
        assert pickle.loads(pickle.dumps(function)) is function
    for client in (kind("host"), kind("host").with_options(deadline=5)):
        with pytest.raises(TypeError, match=rf"^{name}\.stat_object\(\) missing"):
            result = client.stat_object()
            asyncio.run(result)  # the arguments are looked at when the call is awaited
    assert "stat_object(self, bucket_name" in pydoc.render_doc(kind, renderer=pydoc.plaintext)
    assert f"method stat_object in module {kind.__module__}" in pydoc.render_doc(kind("h").stat_object)


def test_coroutine_is_named_after_the_client() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        AsyncMinio("host").stat_object("bucket", "key")
    assert any("'AsyncMinio.stat_object' was never awaited" in str(each.message) for each in caught)


# --- files that hide modules of the standard library

HIDDEN = [
    "logging",
    "queue",
    "ssl",
    "email",
    "json",
    "select",
    "random",
    "platform",
    "hashlib",
    "socket",
    "dataclasses",
]


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize("wanted", ["minio:Minio", "minio:AsyncMinio", "minio.credentials:IamAwsProvider"])
def test_file_that_hides_a_module(tmp_path: Path, name: str, wanted: str) -> None:
    module, _, thing = wanted.partition(":")
    (tmp_path / f"{name}.py").write_text("mine = 1\n")
    (tmp_path / "script.py").write_text(f"from {module} import {thing}\nprint('loaded')\n")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        assert done.stdout == "loaded\n"  # this module is not needed
        return
    last = done.stderr.strip().splitlines()[-1]
    assert "cannot import name 'Minio'" not in last
    assert last.startswith(("ImportError", "AttributeError", "ModuleNotFoundError"))
    if "cannot be loaded" in last:
        assert f"{name}.py hides a module of the standard library" in last
        assert "direct cause of the following exception" in done.stderr
    else:
        assert name in last


def test_hidden_module_that_is_needed(tmp_path: Path) -> None:
    """Ensures that the test above exercises what it is about."""
    (tmp_path / "logging.py").write_text("mine = 1\n")
    (tmp_path / "script.py").write_text("from minio import Minio\n")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "ImportError: minio.Minio cannot be loaded: AttributeError" in done.stderr
    assert "logging.py hides a module of the standard library of the same name: rename that file" in done.stderr


# --- streams at their end


def written() -> io.BytesIO:
    data = io.BytesIO()
    data.write(b"hello")
    return data


class Once:
    """A stream positioned at its end."""

    def read(self, size: int) -> bytes:
        return b""


async def nothing() -> Any:
    for piece in ():
        yield piece


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [written, Once, lambda: iter(())], ids=["BytesIO", "stream", "iterator"])
def test_stream_at_its_end(kind: Any, make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidSizeError, match=r"ended after 0 bytes, but length says 5.*seek\(0\)"):
        call(kind, "127.0.0.1:1", "put_object", "bucket", "key", make(), 5)


@pytest.mark.parametrize("kind", KINDS)
def test_file_at_its_end(kind: Any, tmp_path: Path) -> None:
    with open(tmp_path / "file", "w+b") as file:
        file.write(b"hello")
        with pytest.raises(InvalidSizeError, match=r"seek\(0\)"):
            call(kind, "127.0.0.1:1", "put_object", "bucket", "key", file, 5)


@pytest.mark.parametrize("kind", KINDS)
def test_short_data_does_not_mention_seek(kind: Any) -> None:
    for data in (b"", b"he", io.BytesIO(b"he")):
        with pytest.raises(InvalidSizeError) as caught:
            call(kind, "127.0.0.1:1", "put_object", "bucket", "key", data, 5)
        assert "seek" not in str(caught.value)


# --- pages and redirects

PAGE = b"<html><head><title>x</title></head><body>nginx</body></html>"
HTML = {"Content-Type": "text/html"}


def raised(kind: Any, reply: bytes, *args: Any) -> ResponseError:
    with ScriptedServer(forever(reply)) as server, pytest.raises(ResponseError) as caught:
        call(kind, str(server.origin), *(args or ("get_bucket_tags", "bucket")))
    assert caught.value.operation
    assert caught.value.operation in str(caught.value)
    assert str(server.origin) == caught.value.host
    assert str(caught.value.status) in str(caught.value)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "advice", "console"),
    [
        ("200 OK", "S3 port", True),
        ("403 Forbidden", "S3 port", True),
        ("404 Not Found", "S3 port", True),
        ("413 Request Entity Too Large", "client_max_body_size", False),
        ("502 Bad Gateway", "gateway", False),
        ("504 Gateway Timeout", "gateway", False),
        ("429 Too Many", "", False),
    ],
)
def test_pages(kind: Any, status: str, advice: str, console: bool) -> None:
    error = raised(kind, answer(PAGE, status, HTML))
    assert isinstance(error, InvalidResponseError)
    assert advice in str(error)
    assert ("S3 port" in str(error)) is console
    assert not str(error).endswith((" ", ". "))


@pytest.mark.parametrize("kind", KINDS)
def test_body_too_large_for_a_proxy(kind: Any) -> None:
    error = raised(kind, answer(b"", "413 Request Entity Too Large"), "put_object", "bucket", "key", b"x", 1)
    assert isinstance(error, EntityTooLarge)
    assert "client_max_body_size" in str(error)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", PAGE, b"<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>"])
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_redirects(kind: Any, status: str, body: bytes) -> None:
    there = "https://elsewhere.invalid/bucket"
    error = raised(kind, head(status, {"Location": there, "Content-Length": str(len(body)), **HTML}) + body)
    assert error.location == there
    assert there in str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_operations(kind: Any) -> None:
    reply = answer(b"<Error><Code>SlowDown</Code><Message>slowly</Message></Error>", "503 Slow Down")
    for wanted, *args in (
        ("GetBucketTagging", "get_bucket_tags", "bucket"),
        ("GetObjectTagging", "get_object_tags", "bucket", "key"),
        ("GetBucketLifecycleConfiguration", "get_bucket_lifecycle", "bucket"),
        ("GetBucketPolicy", "get_bucket_policy", "bucket"),
        ("GetBucketPolicy", "get_bucket_policy", "bucket", ""),
        ("GetBucketNotificationConfiguration", "get_bucket_notification", "bucket"),
        ("GetObjectLockConfiguration", "get_object_lock_config", "bucket"),
        ("ListBuckets", "list_buckets"),
        ("HeadBucket", "bucket_exists", "bucket"),
        ("CreateBucket", "make_bucket", "bucket"),
        ("PutObject", "put_object", "bucket", "key", b"x", 1),
        ("DeleteObject", "remove_object", "bucket", "key"),
    ):
        error = raised(kind, reply, *args)
        assert error.operation == wanted
        again = pickle.loads(pickle.dumps(error))
        assert (again.operation, again.host, str(again)) == (error.operation, error.host, str(error))


def test_error_without_context() -> None:
    error = S3Error(None, "NoSuchKey", "gone", None, None, None)
    assert str(error) == "S3 operation failed; code: NoSuchKey, message: gone"
    copied = error.copy("AccessDenied", None)
    assert (copied.operation, copied.host, copied.location) == ("", "", "")


# --- arguments


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "args"),
    [
        ("set_bucket_policy", (None, Policy.READ_WRITE)),
        ("set_bucket_policy", (None, "readonly")),
        ("set_bucket_policy", (None, {"Statement": []})),
        ("get_bucket_policy", (None,)),
    ],
)
def test_missing_prefix_is_not_the_whole_bucket(kind: Any, method: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidArgumentError, match="prefix must be a str, not None"):
        call(kind, "127.0.0.1:1", method, "bucket", *args)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (3.5, 4), (3.0, 3), (1, 1), (timedelta(seconds=1, microseconds=1), 2), (timedelta(days=7), 604800),
        (604799.5, 604800),
    ],
)  # fmt: skip
def test_fraction_of_a_second_is_rounded_up(given: Any, seconds: int) -> None:
    assert check_expires(given) == seconds
    url = Minio("host", "key", "secret", region="r").presigned_get_object("bucket", "key", expires=given)
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == [str(seconds)]


@pytest.mark.parametrize("given", [0, 0.5, -1, 604800.5, math.nan, math.inf, timedelta(days=7, microseconds=1)])
def test_invalid_expires(given: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="expires"):
        check_expires(given)


# --- the ends of the calendar

FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
EAST = FIRST.replace(tzinfo=timezone(timedelta(hours=14)))
WEST = LAST.replace(tzinfo=timezone(timedelta(hours=-12)))
ENDS = [FIRST, LAST, EAST, WEST, datetime.min.replace(tzinfo=UTC).replace(tzinfo=None), LAST.replace(tzinfo=None)]


@pytest.mark.parametrize("moment", ENDS, ids=str)
def test_datetimes_at_the_ends_of_the_calendar(moment: datetime) -> None:
    year = f"{moment.year:04}"
    assert Credentials("key", "secret", None, moment).is_expired() is (moment.year == 1)
    assert Retention(GOVERNANCE, moment).headers()["x-amz-object-lock-retain-until-date"].startswith(year)
    client = Minio("host", "key", "secret", region="r")
    url = client.get_presigned_url("GET", "bucket", "key", request_date=moment)
    assert parse_qs(urlsplit(url).query)["X-Amz-Date"][0].startswith(year)
    signed = presign_v4(
        method="GET", url=urlsplit("http://h/b"), region="r", credentials=Credentials("k", "s"), date=moment, expires=1
    )
    assert f"X-Amz-Date={year}" in signed.query
    policy = PostPolicy()
    policy.set_expires(moment)
    policy.set_bucket_name("bucket")
    policy.set_key("key")
    assert policy.fields("key", "secret", None, "r", moment)["x-amz-date"].startswith(year)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_credentials_that_expire_at_the_ends_of_the_calendar(text: str) -> None:
    """Programs written in Go use the zero time for "never"."""
    found = from_fields({"AccessKeyId": "key", "SecretAccessKey": "secret", "Expiration": text})
    assert not found.is_expired()
