"""From error responses to exceptions."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from typing import Any

import pytest

import minio.error
from minio._core.ops.copying import CopyObject
from minio._core.ops.deletion import DeleteObjects
from minio._core.ops.errors import to_exception
from minio._core.ops.multipart import CompleteMultipartUpload
from minio._core.ops.success import check_success
from minio._core.wire.message import Headers, Response
from minio._core.wire.xml import is_error, parse
from minio.directories import Outcome, Summary
from minio.error import (
    AccessDenied,
    InvalidResponseError,
    InvalidXMLError,
    KnownResponseError,
    MinioException,
    NoSuchKey,
    PartialFailure,
    ResponseError,
    S3Error,
    ServerError,
    SlowDown,
    TransportError,
    known_errors,
)

AWS = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoSuchKey</Code><Message>The resource you requested does not exist</Message>
<Resource>/b/k</Resource><RequestId>R1</RequestId><HostId>H1</HostId></Error>"""
MINIO = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.'
    b"</Message><Key>k</Key><BucketName>b</BucketName><Resource>/b/k</Resource><Region>r-1</Region>"
    b"<RequestId>R1</RequestId><HostId>H1</HostId></Error>"
)
SEAWEED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Code>NoSuchKey'
    b"</Code><Message>The specified key does not exist.</Message><Resource>/b/k</Resource><RequestId>R1</RequestId>"
    b"<Key>k</Key><BucketName>b</BucketName></Error>"
)
CEPH = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><Message></Message><BucketName>b</BucketName>'
    b"<RequestId>R1</RequestId><HostId>H1</HostId></Error>"
)
WRAPPED = b'<ErrorResponse xmlns="https://iam/"><Error><Code>NoSuchKey</Code></Error></ErrorResponse>'


def reply(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(status, Headers([(name.replace("_", "-"), value) for name, value in headers.items()]), body)


def fail(response: Response, bucket: str | None = "b", key: str | None = "k", method: str = "GET") -> Any:
    return to_exception(response, method, bucket, key, "host:1")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "PermanentRedirect"), (307, "Redirect"), (400, "BadRequest"), (403, "AccessDenied"), (404, "NoSuchKey"),
        (405, "MethodNotAllowed"), (409, "Conflict"), (412, "PreconditionFailed"), (416, "InvalidRange"),
        (429, "SlowDown"), (501, "MethodNotAllowed"), (418, "UnknownException"), (302, "UnknownException"),
    ],
)  # fmt: skip
def test_empty_body_is_mapped_by_its_status(status: int, code: str) -> None:
    error = fail(reply(status, x_amz_request_id="R", x_amz_id_2="H", x_amz_bucket_region="eu"), method="HEAD")
    assert isinstance(error, S3Error)
    assert (error.code, error.status, error.method) == (code, status, "HEAD")
    assert (error.request_id, error.host_id, error.region) == ("R", "H", "eu")
    assert (error.bucket_name, error.object_name) == ("b", "k")
    assert type(error) is known_errors.get(code, S3Error)
    assert error.message


def test_404_of_a_bucket() -> None:
    assert fail(reply(404), key=None).code == "NoSuchBucket"
    assert fail(reply(404), key="").code == "NoSuchBucket"
    assert isinstance(fail(reply(404), key=""), minio.error.NoSuchBucket)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_empty_5xx_is_a_server_error(status: int) -> None:
    error = fail(reply(status))
    assert isinstance(error, ServerError)
    assert error.status_code == error.status == status
    assert "host:1" in str(error)
    assert str(status) in str(error)


@pytest.mark.parametrize(
    "body", [AWS, MINIO, SEAWEED, CEPH, WRAPPED], ids=["aws", "minio", "seaweed", "ceph", "wrapped"]
)
def test_dialects(body: bytes) -> None:
    error = fail(reply(404, body))
    assert type(error) is NoSuchKey
    assert (error.code, error.bucket_name, error.object_name) == ("NoSuchKey", "b", "k")
    if b"R1" in body:
        assert error.request_id == "R1"
    assert error.host_id == ("H1" if b"H1" in body else None)


FIELDS = "<Code>SlowDown</Code><Message>slow</Message>"
ROOTS = {
    "wrapped": f"<ErrorResponse><Error>{FIELDS}<RequestId>R</RequestId></Error></ErrorResponse>",
    "as STS writes it": f"<ErrorResponse><Error><Type>Sender</Type>{FIELDS}</Error><RequestId>R</RequestId>"
    "</ErrorResponse>",
    "in a namespace": f'<a:ErrorResponse xmlns:a="urn:a" xmlns="urn:a"><Error>{FIELDS}</Error><RequestID>R</RequestID>'
    "</a:ErrorResponse>",
    "flat": f"<ErrorResponse>{FIELDS}<RequestId>R</RequestId></ErrorResponse>",
    "flat in a namespace": f'<ErrorResponse xmlns="urn:a">{FIELDS}<RequestId>R</RequestId></ErrorResponse>',
    "with an empty id": f"<ErrorResponse><Error>{FIELDS}<RequestId/></Error><RequestId>R</RequestId></ErrorResponse>",
}


@pytest.mark.parametrize("body", ROOTS.values(), ids=ROOTS)
def test_errors_in_other_roots(body: str) -> None:
    error = fail(reply(503, body.encode()))
    assert isinstance(error, SlowDown)
    assert (error.code, error.message, error.request_id) == ("SlowDown", "slow", "R")
    root = parse(body)
    assert is_error(root)


@pytest.mark.parametrize(
    "body", ["<ErrorResponse/>", "<ErrorResponse><Other/></ErrorResponse>", "<Result><Code>a</Code></Result>"]
)
def test_other_roots_without_an_error(body: str) -> None:
    assert isinstance(fail(reply(400, body.encode())), InvalidResponseError)


@pytest.mark.parametrize("body", ROOTS.values(), ids=ROOTS)
@pytest.mark.parametrize(
    "operation",
    [CompleteMultipartUpload("b", "k", "u", []), CopyObject("b", "k", {}), DeleteObjects("b", [])],
    ids=lambda operation: type(operation).__name__,
)
def test_success_that_contains_an_error(operation: Any, body: str) -> None:
    with pytest.raises(SlowDown):
        check_success(operation.request(), reply(200, body.encode()))


def test_names_from_the_xml() -> None:
    error = fail(reply(404, MINIO), bucket=None, key=None)
    assert (error.bucket_name, error.object_name, error.region, error.resource) == ("b", "k", "r-1", "/b/k")


def test_5xx_with_xml_keeps_its_code() -> None:
    assert type(fail(reply(503, b"<Error><Code>SlowDown</Code></Error>"))) is minio.error.SlowDown


def test_code_without_a_class() -> None:
    error = fail(reply(400, b"<Error><Code>XMinioOdd</Code><Message>m</Message></Error>"))
    assert type(error) is S3Error
    assert (error.code, error.message) == ("XMinioOdd", "m")


def test_minio_error_headers_of_a_head_response() -> None:
    error = fail(reply(400, x_minio_error_code="NoSuchVersion", x_minio_error_desc='"gone"'), method="HEAD")
    assert (error.code, error.message) == ("NoSuchVersion", "gone")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html>\n<html><body>nginx</body></html>", "text/html"),
        (b"<html><head><title>403</title></head><body><hr></html>", "text/html"),
        (b'{"error": "no"}', "application/json"),
        (AWS[:-20], "application/xml"),
        (b"<Error><Code>", "application/xml"),
        (b"<Other/>", "application/xml"),
        (b"\xff\xfe\x00", "application/octet-stream"),
        (b"no", None),
    ],
)
def test_non_s3_responses(body: bytes, kind: str | None) -> None:
    headers = {"content_type": kind} if kind else {}
    error = fail(reply(403, body, **headers))
    assert isinstance(error, InvalidResponseError)
    assert isinstance(error, ResponseError)
    assert isinstance(error, InvalidXMLError)
    assert (error.status, error.code, error.bucket_name, error.object_name) == (403, "403", "b", "k")
    text = str(error)
    assert "403" in text
    assert "host:1" in text
    assert str(kind) in text
    assert "\n" not in text


def test_documented_constructor() -> None:
    error = ResponseError(reply(404, MINIO), "GET", "b", "k")
    assert (error.code, error.method, error.bucket_name, error.object_name) == ("NoSuchKey", "GET", "b", "k")
    assert (error.request_id, error.host_id, error.region, error.status) == ("R1", "H1", "r-1", 404)
    assert str(error).startswith("ResponseError: code: NoSuchKey, message: The specified")
    found = error.get_exception()
    assert type(found) is NoSuchKey
    assert found.get_exception() is found
    assert (found.method, found.region, found.request_id) == ("GET", "r-1", "R1")
    assert error._response is not None
    with pytest.raises(InvalidXMLError):
        ResponseError(reply(404, b"<html>"), "GET")


def test_documented_response_error_attribute() -> None:
    error = fail(reply(404, AWS))
    assert error.response_error is error


def test_s3error_by_value() -> None:
    one, two = (S3Error(None, "C", "m", "r", "i", "h", "b", "o") for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)
    assert one != S3Error(None, "C", "m", "r", "i", "h", "b", "other")
    assert one != "C"
    assert str(one) == (
        "S3 operation failed; code: C, message: m, resource: r, request_id: i, host_id: h, bucket_name: b, "
        "object_name: o"
    )
    other = one.copy("AccessDenied", "no")
    assert type(other) is AccessDenied
    assert (other.message, other.host_id, other.object_name) == ("no", "h", "o")


def test_s3error_from_xml() -> None:
    error = S3Error.fromxml(reply(404, AWS))
    assert type(error) is NoSuchKey
    assert error == S3Error.fromxml(reply(404, AWS))


def every_class() -> list[type[MinioException]]:
    found = [cls for _, cls in inspect.getmembers(minio.error, inspect.isclass) if issubclass(cls, MinioException)]
    return sorted(set(found), key=lambda cls: cls.__name__)


def make(cls: type[MinioException]) -> MinioException:
    if issubclass(cls, S3Error):
        return cls(reply(404, AWS), "Code", "told", "/r", "rid", "hid", "bucket", "object")
    made: dict[type, tuple[Any, ...]] = {
        ResponseError: (reply(404, AWS), "GET", "bucket", "object"),
        ServerError: ("told", 503),
        InvalidResponseError: (502, "text/html", "<html>told</html>"),
        minio.error.MinioAdminException: ("503", "told"),
        TransportError: ("told", "host:1", ConnectionResetError(104, "reset"), 3),
        PartialFailure: (
            Summary(failed=1, failures=[Outcome(action="upload", status="failed", error=ServerError("told", 503))]),
        ),
    }
    return cls(*made.get(cls, ("told",)))


@pytest.mark.parametrize("cls", every_class(), ids=lambda cls: cls.__name__)
def test_every_error_pickles(cls: type[MinioException]) -> None:
    error = make(cls)
    assert len(str(error)) > 3
    assert "told" in str(error) or "NoSuchKey" in str(error)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is cls
        assert str(twin) == str(error)
        assert twin.args == error.args
        assert set(vars(twin)) == set(vars(error))


WITH_CAUSES = """
import pickle
from tblib import pickling_support
from minio._core.wire.xml import parse
from minio.directories import Outcome, Summary
from minio.error import PartialFailure, ServerError
pickling_support.install()  # pickles causes, contexts and tracebacks too, as Dask does

def round_trip(raise_it):
    try:
        raise_it()
    except Exception as error:
        twin = pickle.loads(pickle.dumps(error))
        assert type(twin) is type(error) and str(twin) == str(error), (error, twin)
        return twin

def not_xml():
    parse(b"<a")

def one_of_many():
    failed = Outcome("upload", status="failed", error=ServerError("lost", 503))
    try:
        raise PartialFailure(Summary(failed=1, failures=[failed]))
    except PartialFailure as error:
        raise error.summary.failures[0].error

def many():
    error = ServerError("lost", 503)
    error.__context__ = whole = PartialFailure(Summary(failed=1, failures=[Outcome("upload", error=error)]))
    raise whole

round_trip(not_xml)
round_trip(one_of_many)
assert str(round_trip(many).summary.failures[0].error) == "lost"
"""


def test_errors_pickle_with_their_causes() -> None:
    subprocess.run([sys.executable, "-c", WITH_CAUSES], check=True, timeout=60)


def test_known_codes() -> None:
    assert len(known_errors) >= 77
    assert known_errors["NotImplemented"] is minio.error.APINotImplemented
    assert all(issubclass(cls, KnownResponseError) and cls.__doc__ for cls in known_errors.values())


def test_transport_error_pickles_whatever_its_cause() -> None:
    class Odd(Exception):
        def __init__(self) -> None:
            super().__init__("odd")
            self.lock = __import__("threading").Lock()

    twin = pickle.loads(pickle.dumps(TransportError("m", "h", Odd(), 2)))
    assert (str(twin), twin.host, twin.tries) == ("m (host h, 2 tries)", "h", 2)
    assert "odd" in str(twin.cause)


def test_builtin_bases() -> None:
    assert issubclass(minio.error.InvalidArgumentError, ValueError)
    assert issubclass(minio.error.InvalidSizeError, (ValueError, OSError))
    assert minio.error.ArgumentError is minio.error.InvalidArgumentError
    assert minio.error.MinioError is MinioException
