"""Valid endpoints, and the address of a request to a bucket."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from minio._core.wire.endpoint import parse_endpoint
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, InvalidEndpointError


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://x", "https://x:9000", "x//", "x/y", "x:abc", "", "/", ":9000", "x y", "-x", "x-", "x..y", ".x",
        "user@x",
        "x?y", "x#y", "x:", "x:0", "x:65536", "x:-1", "x:٣", "[::1", "::1", "[::1]9000", "[127.0.0.1]", "x\n", "x:80\n",
        "a" * 64 + ".b", ".".join(["a" * 60] * 5), "x:" + "9" * 5000, "bücher.example", "x\0",
    ],
)  # fmt: skip
def test_refused(endpoint: str) -> None:
    with pytest.raises(InvalidEndpointError) as caught:
        parse_endpoint(endpoint)
    assert isinstance(caught.value, ValueError)
    assert "endpoint" in str(caught.value)


@pytest.mark.parametrize("endpoint", [None, 9000, b"x", ["x"]])
def test_refused_type(endpoint: object) -> None:
    with pytest.raises(InvalidArgumentTypeError):
        parse_endpoint(endpoint)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("endpoint", "host", "port"),
    [
        ("x", "x", 443),
        ("x/", "x", 443),
        ("x.", "x.", 443),
        ("host:9000", "host", 9000),
        ("host:9000/", "host", 9000),
        ("a_b.c", "a_b.c", 443),
        ("[::1]:9000", "::1", 9000),
        ("[fe80::1%eth0]", "fe80::1%eth0", 443),
        ("127.0.0.1:80", "127.0.0.1", 80),
        ("play.min.io", "play.min.io", 443),
    ],
)
def test_accepted(endpoint: str, host: str, port: int) -> None:
    found = parse_endpoint(endpoint)
    assert (found.host, found.port, found.aws, found.region) == (host, port, "", "")


@given(st.text() | st.text("abc.-_:/[]0123456789%@?# "))
def test_any_text_is_accepted_or_refused(text: str) -> None:
    try:
        found = parse_endpoint(text)
    except InvalidArgumentError:
        return
    assert parse_endpoint(str(found)) == found


def test_http_has_its_own_default_port() -> None:
    assert parse_endpoint("x", secure=False).port == 80


@pytest.mark.parametrize(
    ("endpoint", "region", "host_of_bucket"),
    [
        ("s3.amazonaws.com", "", "b.s3.eu-west-1.amazonaws.com"),
        ("S3.AmazonAWS.com", "", "b.s3.eu-west-1.amazonaws.com"),
        ("s3.eu-west-1.amazonaws.com", "eu-west-1", "b.s3.eu-west-1.amazonaws.com"),
        ("s3-eu-west-1.amazonaws.com", "eu-west-1", "b.s3-eu-west-1.amazonaws.com"),
        ("s3.cn-north-1.amazonaws.com.cn", "cn-north-1", "b.s3.cn-north-1.amazonaws.com.cn"),
        ("s3.us-gov-west-1.amazonaws.com", "us-gov-west-1", "b.s3.us-gov-west-1.amazonaws.com"),
        ("s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1", "b.s3.dualstack.eu-west-1.amazonaws.com"),
        ("s3-accelerate.amazonaws.com", "", "b.s3-accelerate.amazonaws.com"),
        ("s3-accelerate.dualstack.amazonaws.com", "", "b.s3-accelerate.dualstack.amazonaws.com"),
        ("bucket.vpce-1a2b-c.s3.eu-west-1.vpce.amazonaws.com", "eu-west-1", None),
        ("s3-fips.us-east-2.amazonaws.com", "us-east-2", "b.s3-fips.us-east-2.amazonaws.com"),
    ],
)
def test_aws_hosts(endpoint: str, region: str, host_of_bucket: str | None) -> None:
    found = parse_endpoint(endpoint)
    assert found.region == region
    assert found.aws.startswith("amazonaws.com")
    origin, host, path = found.address("b", "k", region or "eu-west-1", path_style=False)
    assert origin.host == host == (host_of_bucket or f"b.{endpoint}")
    assert path == "/k"


@pytest.mark.parametrize(
    "endpoint", ["amazonaws.com.evil.example", "s3.amazonaws.com.evil.example", "xs3.amazonaws.com"]
)
def test_hosts_that_only_look_like_aws(endpoint: str) -> None:
    assert parse_endpoint(endpoint).aws == ""


def test_aws_without_a_region_in_the_host() -> None:
    found = parse_endpoint("s3.amazonaws.com")
    assert found.address("b", "k", "us-east-1", False)[1] == "b.s3.amazonaws.com"
    assert found.address("b", "", "us-east-1", True)[1:] == ("s3.amazonaws.com", "/b")
    assert found.address("", "", "us-east-1", False)[1:] == ("s3.amazonaws.com", "/")


def test_dualstack_and_accelerate_by_flag() -> None:
    found = parse_endpoint("s3.amazonaws.com").with_flags(dualstack=True)
    assert found.address("b", "k", "us-east-1", False)[1] == "b.s3.dualstack.us-east-1.amazonaws.com"
    fast = found.with_flags(accelerate=True)
    assert fast.address("b", "k", "eu-west-1", False)[1] == "b.s3-accelerate.dualstack.amazonaws.com"
    assert fast.address("", "", "us-east-1", False)[1] == "s3.dualstack.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("secure", "virtual", "bucket", "key", "host", "path"),
    [
        (True, False, "b", "k/ü", "h", "/b/k/%C3%BC"),
        (True, False, "b", "", "h", "/b"),
        (True, False, "", "", "h", "/"),
        (True, True, "b", "k", "b.h", "/k"),
        (True, True, "b", "", "b.h", "/"),
        (True, True, "b.c", "k", "h", "/b.c/k"),
        (False, True, "b.c", "k", "b.c.h", "/k"),
        (True, False, "b", "/k", "h", "/b//k"),
        (True, True, "b", "/k", "b.h", "//k"),
    ],
)
def test_address(secure: bool, virtual: bool, bucket: str, key: str, host: str, path: str) -> None:
    endpoint = parse_endpoint("h", secure).with_flags(virtual=virtual)
    origin, netloc, found = endpoint.address(bucket, key, "us-east-1", path_style=False)
    assert (origin.host, netloc, found) == (host, host, path)


def test_path_style_on_request() -> None:
    endpoint = parse_endpoint("h").with_flags(virtual=True)
    assert endpoint.address("b", "k", "us-east-1", path_style=True)[1:] == ("h", "/b/k")


@pytest.mark.parametrize(
    ("endpoint", "secure", "netloc"),
    [
        ("h:80", False, "h"),
        ("h:443", True, "h"),
        ("h:443", False, "h:443"),
        ("h:80", True, "h:80"),
        ("[::1]:9000", False, "[::1]:9000"),
        ("[::1]:443", True, "[::1]"),
    ],
)
def test_host_header_omits_the_default_port(endpoint: str, secure: bool, netloc: str) -> None:
    found = parse_endpoint(endpoint, secure)
    assert found.address("b", "k", "us-east-1", False)[1] == str(found) == netloc
