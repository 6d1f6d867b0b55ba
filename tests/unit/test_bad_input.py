"""Bad input: each value raises the documented error with a message that names the argument, and nothing is sent."""

from __future__ import annotations

import asyncio
import inspect
import io
import itertools
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3

from minio import AsyncMinio, CopyConditions, Minio, Policy, PostPolicy, error
from minio.commonconfig import CopySource
from minio.datatypes import PostPolicy as DatedPolicy
from minio.deleteobjects import DeleteObject
from minio.sse import SseCustomerKey

CLIENTS = [Minio, AsyncMinio]
B, O = "my-bucket", "my-object"  # noqa: E741
MIB = 1024 * 1024
WRONG_TYPES = [None, 7, 1.5, b"my-name", ["my-name"], object()]

Wrong = tuple[type[Exception], ...]
VALUE: Wrong = (error.InvalidArgumentError, ValueError, error.MinioException)
KIND: Wrong = (error.InvalidArgumentTypeError, error.InvalidArgumentError, TypeError, ValueError)
BUCKET: Wrong = (error.InvalidBucketError, error.InvalidArgumentError, ValueError)
ENDPOINT: Wrong = (error.InvalidEndpointError, error.InvalidArgumentError, ValueError)
SIZE: Wrong = (error.InvalidSizeError, error.MinioException, ValueError, OSError)
PATH: Wrong = (error.InvalidPathError, error.InvalidArgumentError, ValueError, OSError)
MISSING: Wrong = (error.MissingFileError, FileNotFoundError, error.InvalidArgumentError, ValueError)


class Unreached:
    """A listener that never responds and counts connections."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=16)
        self._socket.setblocking(False)
        self.endpoint = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def connections(self) -> int:
        count = 0
        while True:
            try:
                self._socket.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def unreached() -> Iterator[Unreached]:
    made = Unreached()
    yield made
    made.close()


@dataclass
class Case:
    """One call with one bad argument."""

    method: str
    args: tuple[Any, ...]
    classes: Wrong
    named: str
    options: dict[str, Any] = field(default_factory=dict)


def case(method: str, *args: Any, raises: Wrong, named: str, **options: Any) -> Case:
    return Case(method, args, raises, named, options)


async def run(client: Any, method: str, args: Any, options: Any) -> None:
    """Make the call to its end: awaited, and iterated where nothing happens before."""
    result = getattr(client, method)(*args, **options)
    if inspect.isawaitable(result):
        result = await result
    if hasattr(result, "__aiter__"):
        async for _ in result:
            pass
    elif hasattr(result, "__next__"):
        for _ in result:
            pass


def refused(kind: Any, unreached: Unreached, wrong: Case, **constructor: Any) -> Exception:
    keys = {"access_key": "key", "secret_key": "secret", "secure": False, "retries": 0, "read_timeout": 1}
    client = kind(unreached.endpoint, **{**keys, **constructor})
    with pytest.raises(wrong.classes[0]) as caught:
        asyncio.run(run(client, wrong.method, wrong.args, wrong.options))
    for each in wrong.classes:
        assert isinstance(caught.value, each), each
    assert wrong.named in str(caught.value), str(caught.value)
    assert unreached.connections() == 0
    return caught.value


# --- names

# Calls that take a bucket alone, and their other arguments.
ON_BUCKETS: dict[str, tuple[Any, ...]] = {
    "make_bucket": (),
    "bucket_exists": (),
    "remove_bucket": (),
    "list_objects": (),
    "list_objects_v2": (),
    "list_incomplete_uploads": (),
    "get_bucket_policy": (),
    "set_bucket_policy": ("", Policy.READ_ONLY),
    "delete_bucket_policy": (),
    "get_bucket_notification": (),
    "set_bucket_notification": ({"QueueConfigurations": [{"Arn": "arn:x", "Events": ["s3:ObjectCreated:*"]}]},),
    "remove_all_bucket_notification": (),
    "delete_bucket_notification": (),
    "listen_bucket_notification": (),
    "remove_objects": (["one"],),
}
ON_OBJECTS: dict[str, tuple[Any, ...]] = {
    "get_object": (),
    "get_partial_object": (),
    "fget_object": ("file",),
    "stat_object": (),
    "put_object": (b"x", 1),
    "fput_object": (__file__,),
    "copy_object": ("/other-bucket/one",),
    "remove_object": (),
    "remove_incomplete_upload": (),
    "presigned_get_object": (),
    "presigned_put_object": (),
}
ALWAYS_BAD = [
    "",
    "ab",
    "a" * 64,
    "a..b",
    "a.-b",
    "a-.b",
    ".ab",
    "ab-",
    "-ab",
    "192.168.0.1",
    "a b",
    "a/b",
    "näme",
    "abc\n",
]
BAD_FOR_NEW = ["A-upper", "a_b", "a:b", "abc-s3alias", "abc--ol-s3"]
LONG_CALLS = {"get_presigned_url": "GET", "presigned_url": "GET"}


@pytest.mark.parametrize("name", ALWAYS_BAD)
@pytest.mark.parametrize("method", [*ON_BUCKETS, *ON_OBJECTS])
@pytest.mark.parametrize("kind", CLIENTS)
def test_bucket_name(kind: Any, unreached: Unreached, method: str, name: str) -> None:
    rest = ON_BUCKETS[method] if method in ON_BUCKETS else (O, *ON_OBJECTS[method])
    refused(kind, unreached, case(method, name, *rest, raises=BUCKET, named="bucket_name"))


@pytest.mark.parametrize("name", BAD_FOR_NEW)
@pytest.mark.parametrize("kind", CLIENTS)
def test_name_of_a_new_bucket(kind: Any, unreached: Unreached, name: str) -> None:
    refused(kind, unreached, case("make_bucket", name, raises=BUCKET, named="bucket_name"))


@pytest.mark.parametrize("name", BAD_FOR_NEW)
def test_bucket_name_invalid_only_for_new_buckets(unreached: Unreached, name: str) -> None:
    url = Minio(unreached.endpoint, "key", "secret", secure=False, region="r").presigned_get_object(name, O)
    assert f"/{name}/{O}?" in url


@pytest.mark.parametrize("name", ["abc-s3alias", "abc--ol-s3", "xn--abc"])
def test_bucket_name_reserved_by_aws(name: str) -> None:
    client = Minio("s3.amazonaws.com", "key", "secret", region="eu-west-1")
    with pytest.raises(BUCKET, match="bucket_name"):
        client.list_objects(name)


@pytest.mark.parametrize("name", WRONG_TYPES)
@pytest.mark.parametrize("method", [*ON_BUCKETS, *ON_OBJECTS])
@pytest.mark.parametrize("kind", CLIENTS)
def test_bucket_name_of_the_wrong_type(kind: Any, unreached: Unreached, method: str, name: Any) -> None:
    rest = ON_BUCKETS[method] if method in ON_BUCKETS else (O, *ON_OBJECTS[method])
    refused(kind, unreached, case(method, name, *rest, raises=KIND, named="bucket_name"))


@pytest.mark.parametrize("name", ["", " ", "\t\n", ".", "..", "a/./b", "../a", "a/..", "a" * 1025, "ä" * 513, "\ud800"])
@pytest.mark.parametrize("method", ON_OBJECTS)
@pytest.mark.parametrize("kind", CLIENTS)
def test_object_name(kind: Any, unreached: Unreached, method: str, name: str) -> None:
    refused(kind, unreached, case(method, B, name, *ON_OBJECTS[method], raises=VALUE, named="object_name"))


@pytest.mark.parametrize("name", WRONG_TYPES)
@pytest.mark.parametrize("method", ON_OBJECTS)
@pytest.mark.parametrize("kind", CLIENTS)
def test_object_name_of_the_wrong_type(kind: Any, unreached: Unreached, method: str, name: Any) -> None:
    refused(kind, unreached, case(method, B, name, *ON_OBJECTS[method], raises=KIND, named="object_name"))


# --- one argument each

ARN = {"Arn": "arn:x", "Events": ["s3:ObjectCreated:*"]}


def rules(*given: Any) -> dict[str, Any]:
    return {"QueueConfigurations": [{**ARN, "Filter": {"Key": {"FilterRules": list(given)}}}]}


def queue(**changes: Any) -> dict[str, Any]:
    return {"QueueConfigurations": [{key: value for key, value in {**ARN, **changes}.items() if value is not ...}]}


NOTIFICATIONS: list[tuple[Any, Wrong, str]] = [
    (None, KIND, "notification"),
    ([], KIND, "notification"),
    ("text", KIND, "notification"),
    ({}, VALUE, "notification"),
    ({"Other": []}, VALUE, "Other"),
    ({"QueueConfigurations": {}}, KIND, "QueueConfigurations"),
    ({"QueueConfigurations": "x"}, KIND, "QueueConfigurations"),
    ({"TopicConfigurations": ["x"]}, KIND, "TopicConfigurations"),
    (queue(Extra=1), VALUE, "Extra"),
    (queue(Arn=...), VALUE, "Arn"),
    (queue(Arn=""), VALUE, "Arn"),
    (queue(Arn=7), KIND, "Arn"),
    (queue(Events=...), VALUE, "Events"),
    (queue(Events=[]), VALUE, "Events"),
    (queue(Events="s3:ObjectCreated:*"), KIND, "Events"),
    (queue(Events=["ObjectCreated"]), VALUE, "Events"),
    (queue(Events=[7]), KIND, "Events"),
    (queue(Id=7), KIND, "Id"),
    (queue(Filter=[]), KIND, "Filter"),
    (queue(Filter={}), KIND, "Filter"),
    (queue(Filter={"Other": {}}), VALUE, "Filter"),
    (rules(), VALUE, "FilterRules"),
    (rules({"Name": "prefix"}), VALUE, "Value"),
    (rules({"Value": "x"}), VALUE, "Name"),
    (rules({"Name": "middle", "Value": "x"}), VALUE, "Name"),
    (rules({"Name": "prefix", "Value": 7}), KIND, "Value"),
    (rules("x"), KIND, "FilterRules"),
]


@pytest.mark.parametrize("number", range(len(NOTIFICATIONS)))
@pytest.mark.parametrize("kind", CLIENTS)
def test_notification(kind: Any, unreached: Unreached, number: int) -> None:
    given, classes, named = NOTIFICATIONS[number]
    refused(kind, unreached, case("set_bucket_notification", B, given, raises=classes, named=named))


CASES = [
    case("make_bucket", B, 7, raises=KIND, named="location"),
    case("make_bucket", B, "eu\r\nb: c", raises=VALUE, named="location"),
    case("list_objects", B, 7, raises=KIND, named="prefix"),
    case("list_objects", B, "\ud800", raises=VALUE, named="prefix"),
    case("list_objects", B, start_after=7, raises=KIND, named="start_after"),
    case("list_objects", B, extra_headers="x", raises=KIND, named="extra_headers"),
    case("list_objects", B, extra_headers={"a b": "x"}, raises=VALUE, named="extra_headers"),
    case("list_objects", B, extra_query_params=["x"], raises=KIND, named="extra_query_params"),
    case("list_objects_v2", B, b"x", raises=KIND, named="prefix"),
    case("list_incomplete_uploads", B, b"x", raises=KIND, named="prefix"),
    case("get_bucket_policy", B, 7, raises=KIND, named="prefix"),
    case("set_bucket_policy", B, "", "other", raises=VALUE, named="policy"),
    case("set_bucket_policy", B, "", 7, raises=KIND, named="policy"),
    case("set_bucket_policy", B, "", None, raises=KIND, named="policy"),
    case("set_bucket_policy", B, 7, Policy.READ_ONLY, raises=KIND, named="prefix"),
    case("set_bucket_policy", B, prefix="", policy_access="other", raises=VALUE, named="policy"),
    case("set_bucket_policy", B, raises=VALUE, named="policy"),
    case("set_bucket_policy", B, "", raises=VALUE, named="policy"),
    case("set_bucket_policy", B, "  ", raises=VALUE, named="policy"),
    case("set_bucket_policy", B, "{", raises=VALUE, named="policy"),
    case("set_bucket_policy", B, "[]", raises=VALUE, named="policy"),
    case("set_bucket_policy", B, None, raises=KIND, named="policy"),
    case("set_bucket_policy", B, 7, raises=KIND, named="policy"),
    case("set_bucket_policy", B, ["x"], raises=KIND, named="policy"),
    case("set_bucket_policy", B, {"x": object()}, raises=VALUE, named="policy"),
    case("listen_bucket_notification", B, 7, raises=KIND, named="prefix"),
    case("listen_bucket_notification", B, "", 7, raises=KIND, named="suffix"),
    case("listen_bucket_notification", B, "", "", "s3:ObjectCreated:*", raises=KIND, named="events"),
    case("listen_bucket_notification", B, "", "", [7], raises=KIND, named="events"),
    case("listen_bucket_notification", B, "", "", None, raises=KIND, named="events"),
    case("listen_bucket_notification", B, "", "", 7, raises=KIND, named="events"),
    case("get_object", B, O, -1, raises=VALUE, named="offset"),
    case("get_object", B, O, "1", raises=KIND, named="offset"),
    case("get_object", B, O, 0, -1, raises=VALUE, named="length"),
    case("get_object", B, O, 0, 1.5, raises=KIND, named="length"),
    case("get_object", B, O, True, raises=KIND, named="offset"),
    case("get_object", B, O, request_headers="x", raises=KIND, named="request_headers"),
    case("get_object", B, O, {7: "x"}, raises=KIND, named="request_headers"),
    case("get_object", B, O, {"x": None}, raises=VALUE, named="request_headers"),
    case("get_object", B, O, {"x": "a\r\nb: c"}, raises=VALUE, named="request_headers"),
    case("get_object", B, O, {"x": "ä"}, raises=VALUE, named="request_headers"),
    case("get_object", B, O, {"": "x"}, raises=VALUE, named="request_headers"),
    case("get_object", B, O, version_id=7, raises=KIND, named="version_id"),
    case("get_object", B, O, ssec="x", raises=KIND, named="ssec"),
    case("get_object", B, O, ssec=SseCustomerKey(b"0" * 32), raises=VALUE, named="ssec"),
    case("get_object", B, O, extra_query_params="x", raises=KIND, named="extra_query_params"),
    case("get_partial_object", B, O, -1, raises=VALUE, named="offset"),
    case("get_partial_object", B, O, 0, -5, raises=VALUE, named="length"),
    case("stat_object", B, O, "x", raises=KIND, named="ssec"),
    case("stat_object", B, O, version_id=b"x", raises=KIND, named="version_id"),
    case("stat_object", B, O, extra_headers=7, raises=KIND, named="extra_headers"),
    case("remove_object", B, O, 7, raises=KIND, named="version_id"),
    case("put_object", B, O, b"x", -2, raises=VALUE, named="length"),
    case("put_object", B, O, b"x", "1", raises=KIND, named="length"),
    case("put_object", B, O, b"x", None, raises=KIND, named="length"),
    case("put_object", B, O, b"x", True, raises=KIND, named="length"),
    case("put_object", B, O, b"x", 5 * 1024**4 + 1, raises=SIZE, named="length"),
    case("put_object", B, O, b"x", 1, part_size=1, raises=VALUE, named="part_size"),
    case("put_object", B, O, b"x", 1, part_size=5 * MIB - 1, raises=VALUE, named="part_size"),
    case("put_object", B, O, b"x", 1, part_size=5 * 1024 * MIB + 1, raises=VALUE, named="part_size"),
    case("put_object", B, O, b"x", 1, part_size="5", raises=KIND, named="part_size"),
    case("put_object", B, O, io.BytesIO(), 50_001 * MIB, part_size=5 * MIB, raises=SIZE, named="length"),
    case("put_object", B, O, b"x", 1, num_parallel_uploads=0, raises=VALUE, named="num_parallel_uploads"),
    case("put_object", B, O, b"x", 1, num_parallel_uploads="3", raises=VALUE, named="num_parallel_uploads"),
    case("put_object", B, O, b"x", 1, 7, raises=KIND, named="content_type"),
    case("put_object", B, O, b"x", 1, "a\r\nb", raises=VALUE, named="content_type"),
    case("put_object", B, O, b"x", 1, metadata="x", raises=KIND, named="metadata"),
    case("put_object", B, O, b"x", 1, metadata={"a b": "x"}, raises=VALUE, named="metadata"),
    case("put_object", B, O, b"x", 1, metadata={b"a": "x"}, raises=KIND, named="metadata"),
    case("put_object", B, O, b"x", 1, metadata={"a": {}}, raises=VALUE, named="metadata"),
    case("put_object", B, O, b"x", 1, metadata={"a": "ä"}, raises=VALUE, named="metadata"),
    case("put_object", B, O, b"x", 1, metadata={"a": "x\n"}, raises=VALUE, named="metadata"),
    case("put_object", B, O, b"x", 1, sse="x", raises=KIND, named="sse"),
    case("put_object", B, O, b"x", 1, sse=SseCustomerKey(b"0" * 32), raises=VALUE, named="sse"),
    case("put_object", B, O, b"x", 1, progress=7, raises=KIND, named="progress"),
    case("put_object", B, O, b"x", 1, tags="x", raises=KIND, named="tags"),
    case("put_object", B, O, b"x", 1, tags={"a": 7}, raises=KIND, named="tags"),
    case("put_object", B, O, b"x", 1, retention="x", raises=KIND, named="retention"),
    case("put_object", B, O, b"x", 1, legal_hold="no", raises=KIND, named="legal_hold"),
    case("put_object", B, O, b"x", 1, checksum="SHA512", raises=VALUE, named="checksum"),
    case("put_object", B, O, b"x", 1, write_offset=-1, raises=VALUE, named="write_offset"),
    case("put_object", B, O, b"x", 1, write_offset="0", raises=VALUE, named="write_offset"),
    case("put_object", B, O, io.BytesIO(b"x"), -1, write_offset=0, raises=VALUE, named="length"),
    case("put_object", B, O, None, 1, raises=KIND, named="data"),
    case("put_object", B, O, "text", 4, raises=KIND, named="data"),
    case("put_object", B, O, 7, 1, raises=KIND, named="data"),
    case("put_object", B, O, {"a": "b"}, 1, raises=KIND, named="data"),
    case("put_object", B, O, b"x", 2, raises=SIZE, named="data"),
    case("put_object", B, O, io.BytesIO(b"x"), 2, raises=SIZE, named="data"),
    case("put_object", B, O, io.BytesIO(b"x"), 6 * MIB, raises=SIZE, named="data"),
    case("put_object", B, O, [b"x"], 2, raises=SIZE, named="data"),
    case("put_object", B, O, ["x"], 1, raises=KIND, named="data"),
    case("put_object", B, O, io.StringIO("text"), 4, raises=KIND, named="data"),
    case("put_object", B, O, io.StringIO("text"), -1, raises=KIND, named="data"),
    case("fput_object", B, O, None, raises=KIND, named="file_path"),
    case("fput_object", B, O, 0, raises=KIND, named="file_path"),
    case("fput_object", B, O, "", raises=MISSING, named="file_path"),
    case("fput_object", B, O, "a\0b", raises=PATH, named="file_path"),
    case("fput_object", B, O, __file__, metadata=[], raises=KIND, named="metadata"),
    case("fput_object", B, O, __file__, part_size=1, raises=VALUE, named="part_size"),
    case("fget_object", B, O, None, raises=KIND, named="file_path"),
    case("fget_object", B, O, 0, raises=KIND, named="file_path"),
    case("fget_object", B, O, "", raises=PATH, named="file_path"),
    case("fget_object", B, O, "a\0b", raises=PATH, named="file_path"),
    case("fget_object", B, O, "x", tmp_file_path=7, raises=KIND, named="tmp_file_path"),
    case("fget_object", B, O, "x", tmp_file_path="/", raises=PATH, named="tmp_file_path"),
    case("fget_object", B, O, "x", progress=7, raises=KIND, named="progress"),
    case("fget_object", B, O, "x", request_headers=7, raises=KIND, named="request_headers"),
    case("copy_object", B, O, "", raises=VALUE, named="source"),
    case("copy_object", B, O, "/", raises=VALUE, named="source"),
    case("copy_object", B, O, "bucket-only", raises=VALUE, named="source"),
    case("copy_object", B, O, "/bucket-only/", raises=VALUE, named="source"),
    case("copy_object", B, O, "/b/o", raises=VALUE, named="source"),
    case("copy_object", B, O, "/bbb/../o", raises=VALUE, named="source"),
    case("copy_object", B, O, None, raises=KIND, named="source"),
    case("copy_object", B, O, 7, raises=KIND, named="source"),
    case("copy_object", B, O, CopySource("b" * 64, "o"), raises=BUCKET, named="bucket_name"),
    case("copy_object", B, O, "/bbb/o", {"If-Match": "x"}, raises=VALUE, named="copy_conditions"),
    case("copy_object", B, O, "/bbb/o", "x", raises=KIND, named="sse"),
    case("copy_object", B, O, "/bbb/o", copy_conditions=7, raises=KIND, named="copy_conditions"),
    case("copy_object", B, O, "/bbb/o", None, "x", raises=KIND, named="metadata"),
    case("copy_object", B, O, "/bbb/o", metadata_directive="x", raises=VALUE, named="metadata_directive"),
    case("copy_object", B, O, "/bbb/o", tagging_directive=7, raises=VALUE, named="tagging_directive"),
    case("copy_object", B, O, "/bbb/o", tags="x", raises=KIND, named="tags"),
    case("remove_objects", B, "name", raises=KIND, named="delete_object_list"),
    case("remove_objects", B, b"name", raises=KIND, named="delete_object_list"),
    case("remove_objects", B, None, raises=KIND, named="delete_object_list"),
    case("remove_objects", B, 7, raises=KIND, named="delete_object_list"),
    case("remove_objects", B, [""], raises=VALUE, named="object_name"),
    case("remove_objects", B, ["good", " "], raises=VALUE, named="object_name"),
    case("remove_objects", B, [7], raises=KIND, named="delete_object_list"),
    case("remove_objects", B, [("a", "b", "c")], raises=KIND, named="delete_object_list"),
    case("remove_objects", B, [("a", 7)], raises=KIND, named="version_id"),
    case("presigned_get_object", B, O, response_headers=7, raises=KIND, named="response_headers"),
    case("presigned_get_object", B, O, request_date="now", raises=KIND, named="request_date"),
    case("presigned_get_object", B, O, version_id=7, raises=KIND, named="version_id"),
    case("presigned_get_object", B, O, extra_query_params=7, raises=KIND, named="extra_query_params"),
    case("presigned_url", "FETCH", B, O, raises=VALUE, named="method"),
    case("get_presigned_url", "", B, O, raises=VALUE, named="method"),
    case("get_presigned_url", None, B, O, raises=VALUE, named="method"),
    case("get_presigned_url", "GET", "b", O, raises=BUCKET, named="bucket_name"),
    case("get_presigned_url", "GET", B, "", raises=VALUE, named="object_name"),
    case("presigned_post_policy", None, raises=KIND, named="policy"),
    case("presigned_post_policy", {}, raises=KIND, named="policy"),
    case("presigned_post_policy", PostPolicy(), raises=VALUE, named="expiration"),
    case("set_app_info", "", "1", raises=VALUE, named="app_name"),
    case("set_app_info", "x", "", raises=VALUE, named="app_version"),
    case("set_app_info", None, "1", raises=VALUE, named="app_name"),
    case("set_app_info", "x", 1, raises=KIND, named="app_version"),
    case("set_app_info", "x\r\ny", "1", raises=VALUE, named="app_name"),
    case("trace_on", None, raises=VALUE, named="stream"),
    case("trace_on", 0, raises=VALUE, named="stream"),
    case("trace_on", "stderr", raises=VALUE, named="stream"),
]


@pytest.mark.parametrize("wrong", CASES, ids=lambda wrong: f"{wrong.method}-{wrong.named}")
@pytest.mark.parametrize("kind", CLIENTS)
def test_argument(kind: Any, unreached: Unreached, wrong: Case) -> None:
    refused(kind, unreached, wrong)


EXPIRING = [("presigned_get_object", ()), ("presigned_put_object", ()), ("get_presigned_url", ("GET",))]


@pytest.mark.parametrize(
    "expires", [0, 604801, -1, 0.5, timedelta(0), timedelta(seconds=604801), timedelta(milliseconds=999), float("nan")]
)
@pytest.mark.parametrize(("method", "before"), EXPIRING)
@pytest.mark.parametrize("kind", CLIENTS)
def test_expires_out_of_bounds(kind: Any, unreached: Unreached, method: str, before: Any, expires: Any) -> None:
    refused(kind, unreached, case(method, *before, B, O, expires, raises=VALUE, named="expires"))


@pytest.mark.parametrize("expires", ["3600", None, True, datetime(2030, 1, 1, tzinfo=UTC), [1]])
@pytest.mark.parametrize(("method", "before"), EXPIRING)
@pytest.mark.parametrize("kind", CLIENTS)
def test_expires_of_the_wrong_type(kind: Any, unreached: Unreached, method: str, before: Any, expires: Any) -> None:
    refused(kind, unreached, case(method, *before, B, O, expires, raises=KIND, named="expires"))


@pytest.mark.parametrize("expires", [1, 604800, timedelta(seconds=1), timedelta(days=7)])
def test_bounds_of_expires_are_accepted(unreached: Unreached, expires: Any) -> None:
    client = Minio(unreached.endpoint, "key", "secret", secure=False, region="us-east-1")
    seconds = int(expires.total_seconds()) if isinstance(expires, timedelta) else expires
    assert f"X-Amz-Expires={seconds}&" in client.presigned_put_object(B, O, expires)
    assert unreached.connections() == 0


# --- streams and files


class Reads:
    """A stream whose read() returns these values in turn."""

    def __init__(self, *given: Any) -> None:
        self._given = iter(given)

    def read(self, size: int) -> Any:
        return next(self._given, b"")


class AwaitedReads(Reads):
    async def read(self, size: int) -> Any:
        return next(self._given, b"")


STREAMS: list[tuple[tuple[Any, ...], int, Wrong]] = [
    ((b"abc",), 4, SIZE),
    ((), 1, SIZE),
    (("abc",), 3, KIND),
    ((b"a", "b"), 2, KIND),
    ((None,), 1, VALUE),
    ((b"a", None), 2, VALUE),
    ((7,), 1, KIND),
    ((b"abcd",), 3, VALUE),
    ((b"a", b"bcd"), 3, VALUE),
    (("abc",), -1, KIND),
    ((None,), -1, VALUE),
]


@pytest.mark.parametrize("number", range(len(STREAMS)))
@pytest.mark.parametrize(("kind", "stream"), [(Minio, Reads), (AsyncMinio, Reads), (AsyncMinio, AwaitedReads)])
def test_stream(kind: Any, stream: Any, unreached: Unreached, number: int) -> None:
    given, length, classes = STREAMS[number]
    refused(kind, unreached, case("put_object", B, O, stream(*given), length, raises=classes, named="data"))


def test_exception_of_a_stream_is_raised(unreached: Unreached) -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        Minio(unreached.endpoint, "key", "secret", secure=False).put_object(B, O, Broken(), 1)
    assert unreached.connections() == 0


@pytest.mark.parametrize("kind", CLIENTS)
def test_fput_object_path(kind: Any, unreached: Unreached, tmp_path: Path) -> None:
    missing, folder = tmp_path / "missing", tmp_path / "folder"
    folder.mkdir()
    refused(kind, unreached, case("fput_object", B, O, missing, raises=MISSING, named=str(missing)))
    refused(kind, unreached, case("fput_object", B, O, str(missing), raises=MISSING, named="file_path"))
    refused(kind, unreached, case("fput_object", B, O, missing / "below", raises=MISSING, named="file_path"))
    refused(kind, unreached, case("fput_object", B, O, folder, raises=PATH, named="directory"))
    refused(kind, unreached, case("fput_object", B, O, f"{folder}/", raises=PATH, named="file_path"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        refused(kind, unreached, case("fput_object", B, O, tmp_path / "socket", raises=PATH, named="file_path"))
    (tmp_path / "file").write_bytes(b"")
    refused(kind, unreached, case("fput_object", B, O, tmp_path / "file" / "x", raises=PATH, named="file_path"))


@pytest.mark.parametrize("kind", CLIENTS)
def test_fget_object_path(kind: Any, unreached: Unreached, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    refused(kind, unreached, case("fget_object", B, O, folder, raises=PATH, named="directory"))
    refused(kind, unreached, case("fget_object", B, O, f"{tmp_path}/new/", raises=PATH, named="directory"))
    assert sorted(tmp_path.rglob("*")) == [folder]


# --- the constructor

BAD_ENDPOINTS = [
    "",
    "/",
    "//",
    "ftp://x",
    "http://x:9000/path",
    "x//",
    "x/path",
    "x:",
    "x:abc",
    "x:0",
    "x:65536",
    "x:-1",
    "x:9000:1",
    "x y",
    " x",
    "x\n",
    "-x",
    "x-",
    "x..y",
    ".x",
    "user@x",
    "x?y",
    "x#y",
    "[::1",
    "::1",
    "[::1]9000",
    "[x]:9000",
    "a" * 64,
    "x:٣",
]


@pytest.mark.parametrize("endpoint", BAD_ENDPOINTS)
@pytest.mark.parametrize("kind", CLIENTS)
def test_endpoint(kind: Any, endpoint: str) -> None:
    with pytest.raises(ENDPOINT[0], match="endpoint") as caught:
        kind(endpoint, "key", "secret")
    assert all(isinstance(caught.value, each) for each in ENDPOINT)


@pytest.mark.parametrize("endpoint", WRONG_TYPES)
@pytest.mark.parametrize("kind", CLIENTS)
def test_endpoint_of_the_wrong_type(kind: Any, endpoint: Any) -> None:
    with pytest.raises(KIND[0], match="endpoint") as caught:
        kind(endpoint)
    assert all(isinstance(caught.value, each) for each in KIND)


@pytest.mark.parametrize(
    "endpoint",
    ["x", "x/", "x.", "host:9000", "host:9000/", "[::1]:9000", "[::1]", "a_b.c", "127.0.0.1:1", "s3.amazonaws.com"],
)
@pytest.mark.parametrize("kind", CLIENTS)
def test_good_endpoint(kind: Any, endpoint: str) -> None:
    assert endpoint.rstrip("/") in repr(kind(endpoint, "key", "secret"))


CONSTRUCTORS: list[tuple[dict[str, Any], Wrong, str]] = [
    ({"access_key": "key"}, VALUE, "secret_key"),
    ({"access_key": "key", "secret_key": ""}, VALUE, "secret_key"),
    ({"secret_key": "secret"}, VALUE, "access_key"),
    ({"access_key": "", "secret_key": "secret"}, VALUE, "access_key"),
    ({"access_key": 7, "secret_key": "secret"}, KIND, "access_key"),
    ({"access_key": "key", "secret_key": b"secret"}, KIND, "secret_key"),
    ({"access_key": "key", "secret_key": "secret", "session_token": 7}, KIND, "session_token"),
    ({"access_key": "key\n", "secret_key": "secret"}, VALUE, "access_key"),
    ({"access_key": "key", "secret_key": "secret\n"}, VALUE, "secret_key"),
    ({"access_key": "key", "secret_key": "secret", "session_token": "a\r\nb: c"}, VALUE, "session_token"),
    ({"region": "eu\r\nb: c"}, VALUE, "region"),
    ({"region": "eu west"}, VALUE, "region"),
    ({"secure": "yes"}, KIND, "secure"),
    ({"region": 7}, KIND, "region"),
    ({"region": b"eu"}, KIND, "region"),
    ({"credentials": "key"}, KIND, "credentials"),
    ({"cert_check": "no"}, KIND, "cert_check"),
    ({"timeout": "1"}, KIND, "timeout"),
    ({"timeout": 0}, VALUE, "timeout"),
    ({"certificate_bundle": "/no/such/file"}, VALUE, "ca_certs"),
    ({"connect_timeout": 0}, VALUE, "connect_timeout"),
    ({"connect_timeout": -1}, VALUE, "connect_timeout"),
    ({"connect_timeout": None}, KIND, "connect_timeout"),
    ({"read_timeout": "1"}, KIND, "read_timeout"),
    ({"read_timeout": float("nan")}, VALUE, "read_timeout"),
    ({"retries": -1}, VALUE, "retries"),
    ({"retries": "3"}, VALUE, "retries"),
    ({"checksum": "SHA512"}, VALUE, "checksum"),
    ({"checksum": 7}, VALUE, "checksum"),
    ({"ca_certs": 7}, KIND, "ca_certs"),
    ({"client_cert": 7}, KIND, "client_cert"),
    ({"proxy": 7}, KIND, "proxy"),
    ({"proxy": "ftp://x"}, VALUE, "proxy"),
    ({"proxy": "http://x:port"}, VALUE, "proxy"),
]


@pytest.mark.parametrize("number", range(len(CONSTRUCTORS)))
@pytest.mark.parametrize("kind", CLIENTS)
def test_constructor(kind: Any, number: int) -> None:
    options, classes, named = CONSTRUCTORS[number]
    with pytest.raises(classes[0], match=named) as caught:
        kind("host:9000", **options)
    assert all(isinstance(caught.value, each) for each in classes)


@pytest.mark.parametrize("client", ["x", 7, urllib3.HTTPConnectionPool("x"), object()])
def test_http_client(client: Any) -> None:
    with pytest.raises(KIND[0], match="http_client"):
        Minio("host:9000", "key", "secret", http_client=client)


def test_asynchronous_client_refuses_http_client() -> None:
    with pytest.raises(VALUE[0], match="http_client"):
        AsyncMinio("host:9000", "key", "secret", http_client=urllib3.PoolManager())


def told(client: Any) -> tuple[Any, ...]:
    """What a constructor has understood of its arguments."""
    session = client._session
    token = session.provider.retrieve().session_token if session.provider else None
    return token, session.endpoint.secure, session.region, client._http_client


POOL = urllib3.PoolManager()
REGIONS = [None, "eu-west-1"]
POOLS = [None, POOL]
# Each order with as many positional arguments as it allows, and the rest by keyword.
ORDERS = [
    (token, secure, region, pool)
    for token, secure, region, pool in itertools.product([None, "token"], [True, False], REGIONS, POOLS)
]


@pytest.mark.parametrize(("token", "secure", "region", "pool"), ORDERS)
@pytest.mark.parametrize("places", range(5))
def test_argument_order_of_7_2(token: Any, secure: Any, region: Any, pool: Any, places: int) -> None:
    given = {"session_token": token, "secure": secure, "region": region, "http_client": pool}
    positional = list(given.values())[:places]
    named = dict(list(given.items())[places:])
    assert told(Minio("host:9000", "key", "secret", *positional, **named)) == (token, secure, region, pool)


@pytest.mark.parametrize(("secure", "region", "pool"), list(itertools.product([True, False], REGIONS, POOLS)))
@pytest.mark.parametrize("places", range(4))
def test_documented_argument_order(secure: Any, region: Any, pool: Any, places: int) -> None:
    given = {"secure": secure, "region": region, "http_client": pool}
    positional = list(given.values())[:places]
    named = dict(list(given.items())[places:])
    assert told(Minio("host:9000", "key", "secret", *positional, **named)) == (None, secure, region, pool)


@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("region", REGIONS)
def test_both_orders_for_the_asynchronous_client(secure: bool, region: Any) -> None:
    expected = (None, secure, region, None)
    assert told(AsyncMinio("host:9000", "key", "secret", secure, region)) == expected
    assert told(AsyncMinio("host:9000", "key", "secret", secure, region, None)) == expected
    assert told(AsyncMinio("host:9000", "key", "secret", None, secure, region, None)) == expected


@pytest.mark.parametrize(
    "positional",
    [
        ("yes", "eu", None),
        (True, 7),
        (None, "eu-west-1"),
        (True, "eu", "eu"),
        (True, POOL),
        (7,),
        (False, "eu", 7),
        (True, False),
    ],
)
def test_invalid_argument_orders(positional: Any) -> None:
    with pytest.raises(VALUE[0]):
        Minio("host:9000", "key", "secret", *positional)


# --- other arguments of the documented calls


@pytest.mark.parametrize("etag", ["", " "])
def test_conditions(etag: str) -> None:
    for name in ("set_match_etag", "set_match_etag_except"):
        with pytest.raises(VALUE[0], match="etag"):
            getattr(CopyConditions(), name)(etag)
        with pytest.raises(KIND[0], match="etag"):
            getattr(CopyConditions(), name)(7)


@pytest.mark.parametrize("moment", ["now", 7, None])
def test_datetimes(moment: Any) -> None:
    for name in ("set_modified_since", "set_unmodified_since"):
        with pytest.raises(KIND[0], match="mod_time"):
            getattr(CopyConditions(), name)(moment)
    with pytest.raises(KIND[0], match="time"):
        PostPolicy().set_expires(moment)


def test_post_policy() -> None:
    policy = PostPolicy()
    for least, most in ((-1, 1), (2, 1), ("1", 2)):
        with pytest.raises(VALUE[0], match="_length"):
            policy.set_content_length_range(least, most)  # type: ignore[arg-type]
    for method in ("set_key", "set_bucket_name", "set_content_type"):
        with pytest.raises(VALUE[0]):
            getattr(policy, method)("")
    with pytest.raises(KIND[0]):
        PostPolicy("my-bucket")  # type: ignore[call-overload]


LATER = datetime(2999, 1, 1, tzinfo=UTC)


def half_made(*, expires: bool = False, key: bool = False, bucket: str = "") -> PostPolicy[Any]:
    policy: PostPolicy[Any] = PostPolicy()
    if expires:
        policy.set_expires(LATER)
    if key:
        policy.set_key("key")
    if bucket:
        policy.set_bucket_name(bucket)
    return policy


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        (half_made(key=True, bucket=B), "expiration"),
        (half_made(expires=True, bucket=B), "key"),
        (half_made(expires=True, key=True), "bucket"),
        (half_made(expires=True, key=True, bucket="b"), "bucket_name"),
        (DatedPolicy(B, LATER), "key"),
    ],
)
@pytest.mark.parametrize("kind", CLIENTS)
def test_incomplete_post_policy(kind: Any, unreached: Unreached, policy: Any, named: str) -> None:
    refused(kind, unreached, case("presigned_post_policy", policy, raises=VALUE, named=named))


@pytest.mark.parametrize("kind", CLIENTS)
def test_post_policy_of_an_anonymous_client(kind: Any, unreached: Unreached) -> None:
    policy = half_made(expires=True, key=True, bucket=B)
    wrong = case("presigned_post_policy", policy, raises=VALUE, named="policy")
    refused(kind, unreached, wrong, access_key=None, secret_key=None)


@pytest.mark.parametrize("kind", CLIENTS)
def test_location_that_differs_from_the_region(kind: Any, unreached: Unreached) -> None:
    wrong = case("make_bucket", B, "eu-west-1", raises=VALUE, named="location")
    refused(kind, unreached, wrong, region="us-west-2")


@pytest.mark.parametrize("kind", CLIENTS)
def test_aws_does_not_support_listen(kind: Any) -> None:
    with pytest.raises(VALUE[0], match="endpoint"):
        kind("s3.amazonaws.com", "key", "secret").listen_bucket_notification(B)


@pytest.mark.parametrize("name", ["", " "])
def test_delete_object(name: str) -> None:
    with pytest.raises(VALUE[0], match="name"):
        DeleteObject(name)


def test_all_argument_errors_share_a_base_class() -> None:
    for each in (VALUE, KIND, BUCKET, ENDPOINT, PATH, MISSING):
        assert issubclass(each[0], error.ArgumentError)
        assert not issubclass(each[0], error.ResponseError)
