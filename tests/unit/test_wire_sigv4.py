"""Signature Version 4: AWS's published S3 examples, and laws of the signature."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, strategies as st

from minio._core.wire import sigv4
from minio._core.wire.url import canonical_query

# The keys, bucket and date of the AWS examples.
KEYS = {"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
HOST = "examplebucket.s3.amazonaws.com"
DATE = "20130524T000000Z"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
PUT_BODY = hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()


@pytest.mark.parametrize(
    ("method", "path", "query", "extra", "payload", "names", "signature"),
    [
        (
            "GET", "/test.txt", {}, {"Range": "bytes=0-9"}, EMPTY,
            "host;range;x-amz-content-sha256;x-amz-date",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT", "/test%24file.text", {},
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}, PUT_BODY,
            "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET", "/", {"lifecycle": ""}, {}, EMPTY,
            "host;x-amz-content-sha256;x-amz-date",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET", "/", {"prefix": "J", "max-keys": "2"}, {}, EMPTY,
            "host;x-amz-content-sha256;x-amz-date",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
    ids=["get object", "put object", "get lifecycle", "list objects"],
)  # fmt: skip
def test_published_examples(
    method: str, path: str, query: dict[str, str], extra: dict[str, str], payload: str, names: str, signature: str
) -> None:
    headers = {"Host": HOST, **extra, "x-amz-content-sha256": payload, "x-amz-date": DATE}
    got = sigv4.authorization(
        method, path, canonical_query(query), headers, payload, region="us-east-1", date=DATE, **KEYS
    )
    assert got == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


def test_published_presigned_url() -> None:
    got = sigv4.presign(
        "GET", "/test.txt", {}, HOST, session_token=None, region="us-east-1", date=DATE, expires=86400, **KEYS
    )
    assert got == (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_published_signing_key() -> None:
    key = sigv4.signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20120215", "us-east-1", "iam")
    assert key.hex() == "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d"


def test_published_post_policy_signature() -> None:
    # AWS's form example: the signed text is the base64 policy, with the key of 2015-12-29.
    policy = (
        "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJz"
        "aWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJw"
        "dWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6"
        "b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2Uv"
        "Il0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRp"
        "b24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRl"
        "bnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXot"
        "YWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9"
    )
    found = sigv4.sign(KEYS["secret_key"], policy, "20151229", "us-east-1")
    assert found == "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"


def test_token_is_part_of_the_presigned_query() -> None:
    got = sigv4.presign(
        "GET", "/k", {"versionId": "1"}, HOST, session_token="t/k=", region="r-1", date=DATE, expires=1, **KEYS
    )
    assert "&X-Amz-Security-Token=t%2Fk%3D&" in got
    assert got.rpartition("&")[2].startswith("X-Amz-Signature=")
    assert got.endswith("&versionId=1") is False
    assert "&versionId=1&" in got


def test_amz_date() -> None:
    assert sigv4.amz_date(1369353600) == DATE
    assert sigv4.amz_date(0) == "19700101T000000Z"


def test_hop_by_hop_headers_are_not_signed() -> None:
    sent = {"Host": "h", "User-Agent": "u", "Accept-Encoding": "identity", "Content-Length": "1", "Expect": "x"}
    _, names = sigv4.canonical_request("PUT", "/", "", sent, EMPTY)
    assert names == "host"


def test_spaces_in_values_are_collapsed() -> None:
    text, _ = sigv4.canonical_request("GET", "/", "", {"Host": "h", "x-amz-meta-a": "  b   c "}, EMPTY)
    assert "\nx-amz-meta-a:b c\n" in text


names = st.text("abcdefgh-XYZ", min_size=1, max_size=8).map(lambda name: f"x-amz-{name}")


@given(st.dictionaries(names.map(str.lower), st.text(max_size=10)), st.randoms())
def test_order_of_headers_does_not_matter(headers: dict[str, str], random: object) -> None:
    items = [("Host", "h"), *headers.items()]
    shuffled = items[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first = sigv4.canonical_request("GET", "/", "", dict(items), EMPTY)
    assert first == sigv4.canonical_request("GET", "/", "", dict(shuffled), EMPTY)
    assert first[1].split(";") == sorted(first[1].split(";"))


@given(st.sampled_from(["method", "path", "query", "host", "payload", "region", "secret"]))
def test_everything_is_signed(changed: str) -> None:
    def signature(what: str) -> str:
        mark = "x" if what == changed else ""
        return sigv4.authorization(
            f"GET{mark if what == 'method' else ''}",
            f"/p{mark if what == 'path' else ''}",
            f"q={mark if what == 'query' else ''}",
            {"Host": f"h{mark if what == 'host' else ''}"},
            f"{EMPTY}{mark if what == 'payload' else ''}",
            access_key="a",
            secret_key=f"s{mark if what == 'secret' else ''}",
            region=f"r{mark if what == 'region' else ''}",
            date=DATE,
        ).rpartition("Signature=")[2]

    assert signature(changed) != signature("nothing")
