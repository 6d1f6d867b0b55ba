"""Habits of programs that were written for other releases: values that are not of the documented type but work."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import pickle
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from fakes.clients import KINDS, content, done, play
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio import AsyncMinio, Minio, S3Error
from minio._core.bucket_datatypes import IncompleteUpload
from minio._core.transfer.plan import MIN_PART_SIZE
from minio.commonconfig import CopySource
from minio.credentials import Credentials
from minio.datatypes import Bucket, Object, ObjectWriteResult, Part, PostPolicy
from minio.deleteobjects import DeletedObject, DeleteError
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, NoSuchKey, PreconditionFailed
from minio.lifecycleconfig import Expiration
from minio.retry import Retry, to_retry
from minio.select import SelectRequest

EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)
BOTH = pytest.mark.parametrize("client", [Minio, AsyncMinio])
OK = {"ETag": '"e"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"}


class Index:
    """A number with `__index__` and nothing else. The integers of numpy have it."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


def accepting() -> ScriptedServer:
    """A server that accepts every upload, and has an object of ten bytes."""

    def reply(request: Recorded) -> bytes:
        if request.method != "GET":
            return answer(headers=OK)
        if "range" not in request.headers:
            return answer(b"0123456789", headers=OK)
        first, last = request.headers["range"].removeprefix("bytes=").split("-")
        body = b"0123456789"[int(first) : int(last or 9) + 1]
        shown = {**OK, "Content-Range": f"bytes {first}-{last or 9}/10"}
        return answer(body, "206 Partial Content", shown)

    return ScriptedServer(forever(reply))


# --- Truth values


@BOTH
@pytest.mark.parametrize("value", [False, 0, None, "", [], 0.0])
def test_secure_is_false(client: Any, value: Any) -> None:
    assert client("host", secure=value)._session.endpoint.secure is False
    assert client("host", cert_check=value)._settings.cert_check is False


@BOTH
@pytest.mark.parametrize("value", [True, 1, 2, object()])
def test_secure_is_true(client: Any, value: Any) -> None:
    assert client("host", secure=value)._session.endpoint.secure is True
    assert client("host", cert_check=value)._settings.cert_check is True


@BOTH
@pytest.mark.parametrize("value", [0, 1])
def test_secure_as_a_number_in_the_documented_place(client: Any, value: int) -> None:
    session = client("host", "key", "secret", value, "eu-west-1")._session
    assert (session.endpoint.secure, session.region) == (bool(value), "eu-west-1")


@BOTH
@pytest.mark.parametrize("text", ["false", "False", "true", "0", "1", "no", "yes", "off", "on"])
def test_texts_are_no_truth_values(client: Any, text: str) -> None:
    for name in ("secure", "cert_check"):
        with pytest.raises(InvalidArgumentTypeError, match=f"{name} must be True or False, not the text '{text}'"):
            client("host", **{name: text})
    with pytest.raises(InvalidArgumentTypeError, match=f"secure must be True or False, not the text '{text}'"):
        client("host", "key", "secret", True, text)  # the place of the region in the documented order


# --- Numbers


@EACH_CLIENT
def test_numbers_of_bytes_have_an_index(kind: str) -> None:
    async def story(client: Any) -> None:
        number: Any = Index
        await done(client.put_object("bucket", "key", io.BytesIO(b"abcde"), number(3), part_size=number(MIN_PART_SIZE)))
        await done(
            client.put_object(
                "bucket", "key", b"abc", number(3), num_parallel_uploads=number(2), write_offset=number(7)
            )
        )
        await done(client.append_object("bucket", "key", b"abc", number(3), number(MIN_PART_SIZE)))
        assert await content(client.get_object("bucket", "key", number(2), number(3))) == b"234"
        assert await content(client.get_partial_object("bucket", "key", number(2), number(3))) == b"234"

    with accepting() as server:
        play(kind, server, story)
        sent = [request for request in server.requests if request.method == "PUT"]
    assert [request.body for request in sent] == [b"abc"] * 3
    assert sent[1].headers["x-amz-write-offset-bytes"] == "7"


@pytest.mark.parametrize("wrong", [1.0, "1", True, None, object()])
def test_what_is_no_number_of_bytes(wrong: Any) -> None:
    with pytest.raises(InvalidArgumentTypeError, match="length must be a whole number of bytes"):
        Minio("host").put_object("bucket", "key", b"", wrong)
    with pytest.raises(InvalidArgumentTypeError, match="part_size must be a whole number of bytes"):
        Minio("host").put_object("bucket", "key", b"", 0, part_size=wrong)


def test_values_keep_plain_numbers() -> None:
    number: Any = Index
    source = CopySource("bucket", "key", offset=number(2), length=number(3))
    assert source == CopySource("bucket", "key", offset=2, length=3)
    assert (type(source.offset), type(source.length)) == (int, int)
    assert type(Expiration(days=number(3)).days) is int
    assert Retry(tries=number(2)) == to_retry(number(1)) == Retry(tries=2)
    policy = PostPolicy("bucket", datetime(2030, 1, 1, tzinfo=UTC))
    policy.add_content_length_range_condition(number(1), number(9))
    assert policy._range == (1, 9)
    assert Minio("host", max_connections=number(3))._settings.max_connections == 3


@EACH_CLIENT
@pytest.mark.parametrize(
    ("arguments", "expected", "sent"),
    [
        ({"offset": None, "length": None}, b"0123456789", None),
        ({"offset": 3, "length": None}, b"3456789", "bytes=3-"),
        ({"offset": None, "length": 2}, b"01", "bytes=0-1"),
    ],
)
def test_range_of_none(kind: str, arguments: Any, expected: bytes, sent: str | None) -> None:
    async def story(client: Any) -> None:
        assert await content(client.get_object("bucket", "key", **arguments)) == expected

    with accepting() as server:
        play(kind, server, story)
    assert server.requests[0].headers.get("range") == sent


# --- Metadata


@EACH_CLIENT
def test_metadata_of_other_types(kind: str) -> None:
    given = {10: "x", 1.5: 2, True: False, "none": None, "list": [1, None, True], "pair": (1.5, "b"), "plain": "y"}

    async def upload(client: Any) -> None:
        await done(client.put_object("bucket", "key", b"", 0, metadata=given))
        file = await done(client.open_object("bucket", "key", "wb", metadata=given))
        await done(file.close())

    with accepting() as server:
        play(kind, server, upload)
    for request in server.requests:
        shown = {name: value for name, value in request.headers.items() if name.startswith("x-amz-meta-")}
        assert shown == {
            "x-amz-meta-10": "x", "x-amz-meta-1.5": "2", "x-amz-meta-true": "False", "x-amz-meta-none": "None",
            "x-amz-meta-list": "1,None,True", "x-amz-meta-pair": "1.5,b", "x-amz-meta-plain": "y",
        }  # fmt: skip
    assert 10 in given


# --- The attributes of results


RESULTS = [
    Object("bucket", "key", size=3, last_modified=datetime(2026, 11, 23, tzinfo=UTC)),
    Bucket("bucket", datetime(2026, 11, 23, tzinfo=UTC)),
    ObjectWriteResult("bucket", "key", "version", "etag", {}),  # type: ignore[arg-type]
    IncompleteUpload("bucket", "key", "id"),
    Part(1, "etag"),
    DeleteError("code", "message", "name", None),
    DeletedObject("name"),
    Credentials("access", "secret"),
]
EACH_RESULT = pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)


@EACH_RESULT
def test_results_have_a_dict(result: Any) -> None:
    names = [field.name for field in dataclasses.fields(result)]
    assert vars(result) == result.__dict__ == {name: getattr(result, name) for name in names}
    assert dataclasses.asdict(result) == vars(result)
    assert json.loads(json.dumps(result.__dict__, default=str)).keys() == set(names)


@EACH_RESULT
def test_results_can_be_copied_into_a_subclass(result: Any) -> None:
    kind: Any = type(result)

    class Own(kind):  # type: ignore[misc]
        def __new__(cls, *args: Any) -> Any:
            return str.__new__(cls) if issubclass(kind, str) else object.__new__(cls)

        def __init__(self, other: Any) -> None:
            self.__dict__.update(other.__dict__, colour="blue")

    made = Own(result)
    assert {name: getattr(made, name) for name in vars(result)} == vars(result)
    assert made.colour == "blue"


@EACH_RESULT
def test_results_survive_copying(result: Any) -> None:
    for again in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result)):
        assert type(again) is type(result)
        assert again == result
        assert vars(again) == vars(result)


def test_an_object_takes_further_attributes() -> None:
    found: Any = Object("bucket", "key")
    found.url = "https://example.com"
    assert vars(found)["url"] == "https://example.com"


def test_the_result_of_a_write_is_a_text_and_a_pair() -> None:
    result = RESULTS[2]
    etag, version_id = result
    assert (etag, version_id) == (result.etag, result.version_id)
    assert result == "etag"
    assert json.dumps(result) == '"etag"'
    assert f"{result}" == "etag"


# --- Errors


@pytest.mark.parametrize("response", [MagicMock(), "text", object(), None, SimpleNamespace(status="2", headers="x")])
def test_errors_made_by_tests_of_programs(response: Any) -> None:
    given = {"resource": "/b/k", "request_id": "r", "host_id": "h", "bucket_name": "b", "object_name": "k"}
    error = S3Error(response=response, code="NoSuchKey", message="gone", **given)
    assert (error.code, error.message, error.response) == ("NoSuchKey", "gone", response)
    assert (error.status, error.region) == (0, None)
    assert "code: NoSuchKey, message: gone" in str(error)
    assert error._xml is None
    assert type(error.copy("AccessDenied", "no")).__name__ == "AccessDenied"
    assert error == S3Error("other", "NoSuchKey", "gone", "/b/k", "r", "h", "b", "k")  # type: ignore[arg-type]


def response(status: int, body: str = "", **headers: str) -> Any:
    return SimpleNamespace(status=status, data=body.encode(), headers=headers)


STANDARD = "At least one of the preconditions you specified did not hold."


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("At least one of the pre-conditions you specified did not hold", STANDARD),  # AWS, MinIO, SeaweedFS
        (STANDARD, STANDARD),
        ("The ETag is another one", "The ETag is another one"),
    ],
)
def test_messages_that_programs_compare(sent: str, shown: str) -> None:
    body = f"<Error><Code>PreconditionFailed</Code><Message>{sent}</Message></Error>"
    error = S3Error.fromxml(response(412, body), "PUT", "bucket", "key")
    assert isinstance(error, PreconditionFailed)
    assert error.message == shown


def test_messages_of_responses_without_a_body() -> None:
    assert S3Error.fromxml(response(412), "HEAD", "bucket", "key").message == STANDARD
    error = S3Error.fromxml(response(404), "HEAD", "bucket", "key")
    assert (type(error), error.message) == (NoSuchKey, "The specified key does not exist.")
    assert S3Error.fromxml(response(404), "HEAD", "bucket").message == "The specified bucket does not exist."
    found = response(404, **{"x-minio-error-code": "NoSuchKey", "x-minio-error-desc": '"gone since noon"'})
    assert S3Error.fromxml(found, "HEAD", "bucket", "key").message == "gone since noon"


@pytest.mark.parametrize(
    "body",
    [
        "<ErrorResponse><Code>NoSuchKey</Code><Message>gone</Message></ErrorResponse>",
        "<ErrorResponse><Error><Code>NoSuchKey</Code><Message>gone</Message></Error></ErrorResponse>",
    ],
)
def test_error_bodies_with_another_root(body: str) -> None:
    error = S3Error.fromxml(response(404, body), "GET", "bucket", "key")
    assert (type(error), error.message) == (NoSuchKey, "gone")


# --- Arguments of releases 2 and 6


@BOTH
def test_the_constructor_of_release_2(client: Any, tmp_path: Any) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("")
    import urllib3

    made = client("host", timeout=7, certificate_bundle=str(bundle))._settings
    assert (made.connect_timeout, made.read_timeout, made.ca_certs) == (7.0, 7.0, str(bundle))
    made = client("host", timeout=urllib3.Timeout(connect=3, read=4))._settings
    assert (made.connect_timeout, made.read_timeout) == (3, 4)
    made = client("host", timeout=urllib3.Timeout())._settings
    assert (made.connect_timeout, made.read_timeout) == (10.0, 60.0)


@EACH_CLIENT
@pytest.mark.parametrize("method", ["get_object", "stat_object", "fget_object"])
def test_sse_is_ssec(kind: str, method: str, tmp_path: Any) -> None:
    from minio.sse import SSE_C

    places = ("bucket", "key", str(tmp_path / "file")) if method == "fget_object" else ("bucket", "key")

    async def story(client: Any) -> None:
        call = getattr(client, method)
        with pytest.raises(InvalidArgumentError, match="ssec must not be sent without TLS"):
            await done(call(*places, sse=SSE_C(b"k" * 32)))
        with pytest.raises(InvalidArgumentTypeError, match="sse is an earlier name of ssec: give one of them"):
            await done(call(*places, sse=SSE_C(b"k" * 32), ssec=None))
        with pytest.raises(TypeError, match="unexpected keyword argument 'see'"):
            await done(call(*places, see=None))
        found = await done(call(*places, sse=None))
        if method == "get_object":
            await done(found.close())

    with accepting() as server:
        play(kind, server, story)


@EACH_CLIENT
def test_source_sse_is_the_key_of_the_source(kind: str) -> None:
    from minio.sse import copy_SSE_C

    async def story(client: Any) -> None:
        for source in ("/bucket/source", CopySource("bucket", "source")):
            with pytest.raises(InvalidArgumentError, match="TLS"):
                await done(client.copy_object("bucket", "key", source, source_sse=copy_SSE_C(b"k" * 32)))

    with accepting() as server:
        play(kind, server, story)
        assert server.requests == []


@EACH_CLIENT
def test_opts_is_request(kind: str) -> None:
    async def story(client: Any) -> None:
        with pytest.raises(InvalidArgumentTypeError, match=f"request must be a {SelectRequest.__name__}, not int"):
            await done(client.select_object_content("bucket", "key", opts=7))

    with accepting() as server:
        play(kind, server, story)
