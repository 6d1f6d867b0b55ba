"""The signer, compared with AWS's published examples and with a second implementation of the rules."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given, strategies as st

from minio import signer
from minio.credentials import Credentials
from minio.error import InvalidArgumentError, InvalidArgumentTypeError

KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
DATE = datetime(2013, 5, 24, tzinfo=UTC)
AMZ_DATE = "20130524T000000Z"
EMPTY = hashlib.sha256(b"").hexdigest()
HOST = "examplebucket.s3.amazonaws.com"


def s3(method: str, target: str, headers: dict[str, str], sha256: str = EMPTY) -> str:
    signed = signer.sign_v4_s3(
        method=method,
        url=urlsplit(f"https://{HOST}{target}"),
        region="us-east-1",
        headers={"Host": HOST, "x-amz-content-sha256": sha256, "x-amz-date": AMZ_DATE} | headers,
        credentials=KEYS,
        content_sha256=sha256,
        date=DATE,
    )
    return signed["Authorization"]


def test_example_get_object() -> None:
    assert s3("GET", "/test.txt", {"Range": "bytes=0-9"}) == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


def test_example_put_object() -> None:
    headers = {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}
    found = s3("PUT", "/test%24file.text", headers, hashlib.sha256(b"Welcome to Amazon S3.").hexdigest())
    assert found.endswith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")


@pytest.mark.parametrize(
    ("target", "signature"),
    [
        ("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        ("/?prefix=J&max-keys=2", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)
def test_example_queries(target: str, signature: str) -> None:
    assert s3("GET", target, {}).endswith(f"Signature={signature}")


def test_example_presigned() -> None:
    url = signer.presign_v4(
        method="GET",
        url=urlsplit(f"https://{HOST}/test.txt"),
        region="us-east-1",
        credentials=KEYS,
        date=DATE,
        expires=86400,
    )
    query = parse_qs(url.query, strict_parsing=True)
    assert (url.scheme, url.netloc, url.path) == ("https", HOST, "/test.txt")
    assert query == {
        "X-Amz-Algorithm": ["AWS4-HMAC-SHA256"],
        "X-Amz-Credential": ["AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"],
        "X-Amz-Date": [AMZ_DATE],
        "X-Amz-Expires": ["86400"],
        "X-Amz-SignedHeaders": ["host"],
        "X-Amz-Signature": ["aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"],
    }


def key_of(secret: str, *parts: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (*parts, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def signature_of(secret: str, canonical: str, region: str, service: str) -> str:
    scope = f"20130524/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{AMZ_DATE}\n{scope}\n{digest}"
    return hmac.new(key_of(secret, "20130524", region, service), text.encode(), hashlib.sha256).hexdigest()


def test_missing_headers_are_added_and_signed() -> None:
    headers = {"User-Agent": "x"}
    found = signer.sign_v4_s3(
        method="GET",
        url=urlsplit("http://[::1]:9000/b/k"),
        region="eu-west-1",
        headers=headers,
        credentials=Credentials("ak", "sk", "tok"),
        content_sha256="UNSIGNED-PAYLOAD",
        date=DATE,
    )
    assert found is headers
    assert {name: value for name, value in found.items() if name != "Authorization"} == {
        "User-Agent": "x",
        "Host": "[::1]:9000",
        "x-amz-date": AMZ_DATE,
        "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
        "x-amz-security-token": "tok",
    }
    canonical = (
        f"GET\n/b/k\n\nhost:[::1]:9000\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:{AMZ_DATE}\n"
        "x-amz-security-token:tok\n\nhost;x-amz-content-sha256;x-amz-date;x-amz-security-token\nUNSIGNED-PAYLOAD"
    )
    assert found["Authorization"].endswith(f"Signature={signature_of('sk', canonical, 'eu-west-1', 's3')}")


def test_given_headers_are_not_added_twice() -> None:
    headers = {"HOST": "front", "X-Amz-Date": AMZ_DATE, "X-Amz-Security-Token": "t"}
    names = set(headers)
    signer.sign_v4_sts(
        method="POST",
        url=urlsplit("https://sts"),
        region="",
        headers=headers,
        credentials=Credentials("ak", "sk", "t"),
        content_sha256=EMPTY,
        date=DATE,
    )
    assert set(headers) == names | {"Authorization"}


def test_sts_signs_for_its_own_service() -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    found = signer.sign_v4_sts(
        method="POST",
        url=urlsplit("https://sts.amazonaws.com:443"),
        region="us-east-1",
        headers=headers,
        credentials=KEYS,
        content_sha256=EMPTY,
        date=DATE,
    )["Authorization"]
    canonical = (
        "POST\n/\n\ncontent-type:application/x-www-form-urlencoded\nhost:sts.amazonaws.com\n"
        f"x-amz-date:{AMZ_DATE}\n\ncontent-type;host;x-amz-date\n{EMPTY}"
    )
    assert "/20130524/us-east-1/sts/aws4_request," in found
    assert found.endswith(f"Signature={signature_of(KEYS.secret_key, canonical, 'us-east-1', 'sts')}")


def test_header_values_may_be_lists() -> None:
    text = s3("GET", "/", {"x-amz-meta-a": "one,two words"})
    headers = {
        "Host": HOST,
        "x-amz-content-sha256": EMPTY,
        "x-amz-date": AMZ_DATE,
        "x-amz-meta-a": ["one ", "two   words"],
    }
    found = signer.sign_v4_s3(
        method="GET",
        url=urlsplit(f"https://{HOST}/"),
        region="us-east-1",
        headers=headers,
        credentials=KEYS,
        content_sha256=EMPTY,
        date=DATE,
    )
    assert found["Authorization"] == text


def test_session_token_is_in_a_presigned_url() -> None:
    url = signer.presign_v4(
        method="GET",
        url=urlsplit("http://h:9000/b/k?versionId=a%2Bb+c"),
        region="us-east-1",
        credentials=Credentials("ak", "sk", "t/o+k="),
        date=DATE,
        expires=1,
    )
    unsigned, _, signature = url.query.rpartition("&X-Amz-Signature=")
    assert "X-Amz-Security-Token=t%2Fo%2Bk%3D&" in url.query
    assert unsigned.endswith("&versionId=a%2Bb%2Bc")
    canonical = f"GET\n/b/k\n{unsigned}\nhost:h:9000\n\nhost\nUNSIGNED-PAYLOAD"
    assert signature == signature_of("sk", canonical, "us-east-1", "s3")


_own = st.text(min_size=1).filter(lambda name: not name.lower().startswith("x-amz-"))


@given(st.dictionaries(_own, st.text(), max_size=4))
def test_presigned_query_keeps_the_query_of_the_url(params: dict[str, str]) -> None:
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in params.items())
    url = signer.presign_v4(
        method="GET", url=urlsplit(f"http://h/?{query}"), region="r", credentials=KEYS, date=DATE, expires=9
    )
    items = [item.split("=", 1) for item in url.query.split("&")]
    assert items[:-1] == sorted(items[:-1])
    assert set(query.split("&")) - {""} <= set(url.query.split("&"))


def test_post_policy_signature() -> None:
    data = base64.b64encode(b'{"expiration": "2013-05-25T00:00:00.000Z"}').decode()
    key = key_of("sk", "20130524", "us-east-1", "s3")
    expected = hmac.new(key, data.encode(), hashlib.sha256).hexdigest()
    assert signer.post_presign_v4(data, "sk", DATE, "us-east-1") == expected


def test_dates_are_utc() -> None:
    late = datetime(2013, 5, 23, 23, tzinfo=timezone(-timedelta(hours=2)))
    expected = "ak/20130524/us-east-1/s3/aws4_request"
    assert signer.get_credential_string("ak", late, "us-east-1") == expected
    assert signer.get_credential_string("ak", datetime(2013, 5, 24), "us-east-1") == expected


def test_wrong_arguments() -> None:
    with pytest.raises(InvalidArgumentTypeError, match="date must be a datetime"):
        signer.get_credential_string("ak", "20130524", "us-east-1")  # type: ignore[arg-type]
    url = urlsplit("http://h/")
    with pytest.raises(InvalidArgumentError, match="expires"):
        signer.presign_v4(method="GET", url=url, region="r", credentials=KEYS, date=DATE, expires=0)
    with pytest.raises(InvalidArgumentError, match="host"):
        signer.presign_v4(method="GET", url=urlsplit("/b"), region="r", credentials=KEYS, date=DATE, expires=1)


def test_algorithm() -> None:
    assert signer.SIGN_V4_ALGORITHM == "AWS4-HMAC-SHA256"
