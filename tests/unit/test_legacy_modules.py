"""The modules and names of earlier releases: they are there, and they work."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

import minio
from minio import fold_case_dict, helpers, parsers, signer, thread_pool, xml_marshal
from minio.credentials import StaticProvider
from minio.definitions import UploadPart
from minio.error import InvalidArgumentError, InvalidBucketError, InvalidEndpointError
from minio.helpers import BaseURL, ThreadPool
from minio.select import SelectRequest, options
from minio.select.helpers import byte_int, calculate_crc, validate_crc
from minio.time import from_http_header
from minio.xml import marshal

AT = datetime(2015, 6, 20, 1, 2, 3)


@pytest.mark.parametrize(
    "expression",
    [
        "minio.error.S3Error",
        "minio.commonconfig.CopySource",
        "minio.deleteobjects.DeleteObject",
        "minio.credentials.providers.StaticProvider",
        "minio.helpers._BUCKET_NAME_REGEX",
        "minio.select.options.CSVInput",
        "minio.api.ObjectWriteResult",
        "minio.local",
    ],
)
def test_submodule_is_an_attribute(expression: str) -> None:
    """In a process of its own, because other tests import the modules."""
    program = f"import minio; print({expression})"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with pytest.raises(AttributeError, match="no_such_module"):
        minio.no_such_module  # noqa: B018


def test_dunder_names() -> None:
    for name in ("author", "title", "license", "copyright", "version"):
        assert isinstance(getattr(minio, f"__{name}__"), str)
    assert helpers.__title__ == minio.__title__
    assert helpers.__version__ == minio.__version__
    assert minio.__version__ in helpers._DEFAULT_USER_AGENT


@pytest.mark.parametrize(
    ("endpoint", "arguments", "expected"),
    [
        ("http://h:9000", {}, "http://h:9000/"),
        ("http://h:80", {"bucket_name": "bkt"}, "http://h/bkt"),
        ("https://h:443/", {"bucket_name": "b.kt", "object_name": "a b/ü+?~"}, "https://h/b.kt/a%20b/%C3%BC%2B%3F~"),
        ("http://[::1]:9000", {"bucket_name": "bkt"}, "http://[::1]:9000/bkt"),
        (
            "http://h:9000",
            {"bucket_name": "bkt", "object_name": "k", "query_params": {"a": "b c", "versions": "", "l": ["1", "2"]}},
            "http://h:9000/bkt/k?a=b%20c&l=1&l=2&versions=",
        ),
        ("https://s3.amazonaws.com", {"bucket_name": "bkt"}, "https://s3.eu-west-1.amazonaws.com/bkt"),
        (
            "https://s3.amazonaws.com",
            {"bucket_name": "bkt", "object_name": "k"},
            "https://bkt.s3.eu-west-1.amazonaws.com/k",
        ),
    ],
)
def test_base_url_builds(endpoint: str, arguments: dict[str, Any], expected: str) -> None:
    assert BaseURL(endpoint, None).build(method="PUT", region="eu-west-1", **arguments).geturl() == expected


def test_base_url_of_the_default_region() -> None:
    """It is the address that the requests of the client have."""
    found = BaseURL("https://s3.amazonaws.com", None).build(method="GET", region="us-east-1", bucket_name="bkt")
    assert found.geturl() == "https://bkt.s3.amazonaws.com/"


def test_base_url_attributes() -> None:
    url = BaseURL("https://s3.amazonaws.com", None)
    assert (url.host, url.is_https, url.region, url.is_aws_host) == ("s3.amazonaws.com", True, "", True)
    assert (url.aws_s3_prefix, url.virtual_style_flag) == ("s3.", True)
    url.accelerate_host_flag = url.dualstack_host_flag = True
    url.virtual_style_flag = False
    assert (url.aws_s3_prefix, url.dualstack_host_flag, url.virtual_style_flag) == ("s3-accelerate.", True, False)
    url.accelerate_host_flag = False
    url.aws_s3_prefix = "s3-fips."
    assert url.host == "s3-fips.amazonaws.com"
    plain = BaseURL("http://h:9000", "me")
    assert (plain.host, plain.is_https, plain.region, plain.aws_s3_prefix) == ("h:9000", False, "me", None)
    assert plain._url.port == 9000
    assert plain == BaseURL("http://h:9000", "me")
    plain._url = urlsplit("https://other")
    assert (plain.host, plain.is_https) == ("other", True)


@pytest.mark.parametrize("endpoint", ["h:9", "ftp://h", "https://h/p", "https://h?x=1", ""])
def test_base_url_that_is_none(endpoint: str) -> None:
    with pytest.raises(InvalidEndpointError, match="endpoint"):
        BaseURL(endpoint, None)


def test_thread_pool() -> None:
    pool = ThreadPool(3)
    for number in range(20):
        pool.add_task(pow, number, exp=2) if number else pool.add_task(pow, 0, 2)
    pool.start_parallel()
    assert sorted(pool.result().queue) == [number**2 for number in range(20)]
    pool = thread_pool.ThreadPool(2)
    pool.add_task(lambda: 1 / 0)
    pool.start_parallel()
    with pytest.raises(ZeroDivisionError):
        pool.result()
    pool = thread_pool.ThreadPool(2)
    pool.parallel_run(abs, [-1, -2])
    assert sorted(pool.result().queue) == [1, 2]


def test_fold_case_dict() -> None:
    found = fold_case_dict.FoldCaseDict({"Aa": 1})
    found["bB"] = 2
    found.update({"CC": 3})
    assert (found["aA"], found.get("BB"), found.get("x")) == (1, 2, None)
    assert "cc" in found
    assert not found.has_key("no")
    assert isinstance(found, dict)
    assert found.copy() == {"aa": 1, "bb": 2, "cc": 3} == dict(found.iteritems())
    del found["AA"]
    assert (found.pop("Bb"), found.pop("x", 0), list(found.iterkeys()), list(found.itervalues())) == (2, 0, ["cc"], [3])


# What 3.0.4 returns.
TARGETS = [
    (("http://h:9000",), "http://h:9000/"),
    (("http://h:9000", "bkt"), "http://h:9000/bkt/"),
    (
        ("http://h:9000", "bkt", "a b/c+d", "eu-west-1", {"a": "b c", "x": None, "l": ["2", "1"]}),
        "http://h:9000/bkt/a%20b/c%2Bd?a=b%20c&l=2&l=1&x",
    ),
    (("https://s3.amazonaws.com", "bkt"), "https://bkt.s3.amazonaws.com/"),
    (("https://s3.amazonaws.com", "b.kt"), "https://s3.amazonaws.com/b.kt/"),
    (("https://s3.amazonaws.com", "bkt", "k", "eu-west-1"), "https://bkt.s3-eu-west-1.amazonaws.com/k"),
    (("https://s3.eu-west-1.amazonaws.com", "bkt"), "https://s3.eu-west-1.amazonaws.com/bkt/"),
]


@pytest.mark.parametrize(("arguments", "expected"), TARGETS)
def test_target_url(arguments: tuple[Any, ...], expected: str) -> None:
    assert helpers.get_target_url(*arguments) == expected


def test_helpers_of_3x() -> None:
    assert helpers.get_md5_base64digest(b"abc") == "kAFQmDzST7DWlj99KOF/cg=="
    assert helpers.get_sha256_hexdigest(b"abc") == helpers.sha256_hash(b"abc")
    assert helpers.encode_object_name("a b/ü~") == "a%20b/%C3%BC~"
    assert helpers.get_s3_region_from_endpoint("https://s3.eu-west-1.amazonaws.com") == "eu-west-1"
    assert helpers.get_s3_region_from_endpoint("http://h:9000") is None
    assert helpers.get_s3_endpoint("eu-west-1") == "s3-eu-west-1.amazonaws.com"
    assert helpers.optimal_part_info(-1) == (9987, 550502400, 241172480)
    assert helpers.optimal_part_info(100 * 1024**2) == (20, 5242880, 5242880)
    assert helpers.read_full(io.BytesIO(b"abcdef"), 4) == b"abcd"
    assert helpers.is_valid_bucket_name("bkt")
    assert helpers.is_valid_endpoint("h")
    assert helpers.is_non_empty_string("a")
    assert helpers.is_valid_bucket_notification_config(
        {"QueueConfigurations": [{"Id": "1", "Arn": "arn", "Events": ["s3:ObjectCreated:*"]}]}
    )
    headers = {"a": "b", "Content-Type": "c", "X-Amz-Meta-z": "1", "x-amz-storage-class": "S"}
    assert list(helpers.amzprefix_user_metadata(headers)) == ["X-Amz-Meta-a", *list(headers)[1:]]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: helpers.is_valid_bucket_name("b"), InvalidBucketError),
        (lambda: helpers.is_valid_endpoint("http://h"), InvalidEndpointError),
        (lambda: helpers.is_non_empty_string(" "), ValueError),
        (lambda: helpers.optimal_part_info(6 * 1024**4), InvalidArgumentError),
        (lambda: helpers.is_valid_bucket_notification_config({"X": []}), InvalidArgumentError),
        (lambda: options.CSVInput(colour="red"), InvalidArgumentError),
        (lambda: from_http_header("Wet, 30 Oct 2024 09:35:00 GMT"), ValueError),
        (lambda: from_http_header("Mon, 30 Oct 2024 09:35:00 GMT"), ValueError),
    ],
)
def test_what_is_refused(call: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_dump_shows_no_secrets() -> None:
    class Response:
        status = 200
        headers = {"A": "b"}  # noqa: RUF012

    out = io.StringIO()
    authorization = "AWS4-HMAC-SHA256 Credential=AK/20150620/us-east-1/s3/aws4_request, Signature=abcdef0123"
    helpers.dump_http("GET", "http://h/b?x=1", {"Authorization": authorization}, Response(), out)
    assert "GET /b?x=1 HTTP/1.1" in out.getvalue()
    assert "abcdef0123" not in out.getvalue()


# What 3.0.4 makes of these at AT.
SIGNED = [
    (("GET", "http://h:9000/b/o?x=1", "us-east-1", {"X": "y"}, "AK", "SK", "sha"), "aa0143a2690d00546b0c9569986fa19b"),
    (("GET", "http://h:9000/b/o", "us-east-1", None, "AK", "SK"), "b7b4f68c4c7bd4bed5127c8d54860167"),
    (("GET", "https://h/b/o", "us-east-1", {}, "AK", "SK"), "ed08532cb06ee1b80581bc5095fd1415"),
]


@pytest.mark.parametrize(("arguments", "signature"), SIGNED)
def test_sign_v4(arguments: tuple[Any, ...], signature: str) -> None:
    found = signer.sign_v4(*arguments, request_datetime=AT)
    assert f"Signature={signature}" in found["Authorization"]
    method, url, region, headers, access_key, secret_key, *sha256 = arguments
    # As in 6.x, where the keys are one argument.
    keys = StaticProvider(access_key, secret_key)
    assert signer.sign_v4(method, url, region, headers, keys, *(sha256 or [None]), AT) == found
    assert signer.sign_v4(method, url, region, headers) == (headers or {})


def test_functions_of_the_signer() -> None:
    assert signer.generate_scope_string(AT, "us-east-1") == "20150620/us-east-1/s3/aws4_request"
    assert signer.generate_credential_string("AK", AT, "us-east-1") == "AK/20150620/us-east-1/s3/aws4_request"
    assert signer.generate_signing_key(AT, "us-east-1", "SK").hex().startswith("6ea184a789240be6e71f77f5a77363")
    assert signer.get_signed_headers({"b": "1", "A": "2"}) == ["a", "b"]
    assert signer.post_presign_signature(AT, "us-east-1", "SK", "abc").startswith("f3f99a6f67a8183688c92f3a401f511d")
    assert signer.generate_string_to_sign(AT, "us-east-1", "creq").endswith("a751cb8dfd68119b9af3660351c87bfe1")
    assert signer.generate_authorization_header("AK", AT, "us-east-1", ["host", "x"], "sig") == (
        "AWS4-HMAC-SHA256 Credential=AK/20150620/us-east-1/s3/aws4_request, SignedHeaders=host;x, Signature=sig"
    )
    with pytest.raises(InvalidArgumentError, match="missing"):
        signer.generate_canonical_request("GET", urlsplit("http://h/"), {"Host": "h"}, ["missing"], "sha")


def test_select_options() -> None:
    made = options.SelectObjectOptions(
        "select * from s3object",
        options.InputSerialization(compression_type="NONE", csv=options.CSVInput(FileHeaderInfo="USE")),
        options.OutputSerialization(json=options.JSONOutput(record_delimiter=";")),
        options.RequestProgress(enabled=True),
    )
    assert isinstance(made, SelectRequest)
    text = marshal(made).decode()
    assert xml_marshal.xml_marshal_select(made).decode() == text
    for part in ("<FileHeaderInfo>USE<", "<JSON><RecordDelimiter>;<", "<Enabled>true<", "<CompressionType>NONE<"):
        assert part in text
    with pytest.raises(InvalidArgumentError, match="exactly one"):
        options.SelectObjectOptions("q", options.InputSerialization(), options.OutputSerialization(), None)
    assert validate_crc(b"abc", calculate_crc(b"abc").to_bytes(4, "big"))
    assert byte_int(b"\0\0\1\0") == 256


def test_marshalled_bodies() -> None:
    parts = [UploadPart("b", "o", "u", number, f"e{number}", None, 5) for number in (1, 2)]
    body = xml_marshal.xml_marshal_complete_multipart_upload(parts).decode()
    assert '<Part><PartNumber>1</PartNumber><ETag>"e1"</ETag></Part>' in body
    assert "<LocationConstraint>eu<" in xml_marshal.xml_marshal_bucket_constraint("eu").decode()
    assert "<Key>b&amp;c</Key>" in xml_marshal.xml_marshal_delete_objects(["a", "b&c"]).decode()
    notification = {"QueueConfigurations": [{"Id": "1", "Arn": "arn", "Events": ["s3:ObjectCreated:*"]}]}
    text = xml_marshal.xml_marshal_bucket_notifications(notification)
    assert b"<Queue>arn</Queue><Event>s3:ObjectCreated:*</Event>" in text
    assert parsers.parse_get_bucket_notification(text) == notification
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}
    encryption = xml_marshal.xml_to_dict(xml_marshal.xml_marshal_bucket_encryption([rule, rule]))
    assert encryption == {"ServerSideEncryptionConfiguration": {"Rule": [rule, rule]}}


def test_parsers() -> None:
    page = (
        "<ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated><NextMarker>m</NextMarker>"
        '<NextContinuationToken>tok</NextContinuationToken><Contents><Key>k</Key><ETag>"e"</ETag><Size>5</Size>'
        "<LastModified>2015-05-05T02:21:15.716Z</LastModified></Contents><CommonPrefixes><Prefix>p/</Prefix>"
        "</CommonPrefixes></ListBucketResult>"
    )
    objects, truncated, marker = parsers.parse_list_objects(page, "b")
    assert ([item.object_name for item in objects], truncated, marker) == (["k", "p/"], True, "m")
    assert parsers.parse_list_objects_v2(page, "b")[2] == "tok"
    buckets = "<ListAllMyBucketsResult><Buckets><Bucket><Name>x</Name><CreationDate>2015-06-22T23:07:43.240Z"
    buckets += "</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>"
    assert [item.name for item in parsers.parse_list_buckets(buckets)] == ["x"]
    copied = '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>'
    assert parsers.parse_copy_object("b", "o", copied).etag == "e"
    upload = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
    assert parsers.parse_new_multipart_upload(upload) == "u"
    assert parsers.parse_location_constraint("<LocationConstraint>eu</LocationConstraint>") == "eu"
    assert parsers.parse_location_constraint("<LocationConstraint/>") is None
    uploads = (
        "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>nk</NextKeyMarker>"
        "<NextUploadIdMarker>nu</NextUploadIdMarker><Upload><Key>k</Key><UploadId>u</UploadId></Upload>"
        "</ListMultipartUploadsResult>"
    )
    found, *rest = parsers.parse_list_multipart_uploads(uploads, "b")
    assert ([(item.object_name, item.upload_id) for item in found], rest) == ([("k", "u")], [True, "nk", "nu"])
    parts = '<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><ETag>"e"</ETag>'
    parts += "<Size>5</Size></Part></ListPartsResult>"
    assert parsers.parse_list_parts(parts, "b", "o", "u")[0] == [UploadPart("b", "o", "u", 1, "e", None, 5)]
    deleted = "<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code><Message>m</Message></Error></DeleteResult>"
    assert [error.name for error in parsers.parse_multi_object_delete_response(deleted)] == ["k"]
    completed = '<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><ETag>"e"</ETag>'
    completed += "</CompleteMultipartUploadResult>"
    assert parsers.parse_multipart_upload_result(completed).object_name == "k"
