"""Listings whose pages never end, and object names designed to do harm."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import urllib3

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio import Minio
from minio.error import InvalidResponseError, InvalidXMLError, MinioException, ResponseError, TransportError
from minio.retry import Retry

Attack = Callable[..., Any]


def pages(make: Callable[[Recorded, int], str]) -> Callable[[Any], None]:
    """A server that builds a page from each request and its number."""
    numbers = itertools.count()
    return forever(lambda request: answer(make(request, next(numbers)).encode()))


def listing(token: str, key: str = "k", root: str = "ListBucketResult") -> str:
    return f"<{root}><IsTruncated>true</IsTruncated>{token}<Contents><Key>{key}</Key><Size>1</Size></Contents></{root}>"


CALLS: dict[str, tuple[dict[str, Any], Callable[[str], str]]] = {
    "v2": ({}, lambda t: listing(f"<NextContinuationToken>{t}</NextContinuationToken>")),
    "v1": ({"use_api_v1": True}, lambda t: listing(f"<NextMarker>{t}</NextMarker>")),
    "v1 by the last name": ({"use_api_v1": True, "recursive": True}, lambda t: listing("", t)),
    "versions": (
        {"include_version": True},
        lambda t: listing(f"<NextKeyMarker>{t}</NextKeyMarker>", root="ListVersionsResult"),
    ),
    "version ids": (
        {"include_version": True},
        lambda t: listing(
            f"<NextKeyMarker>k</NextKeyMarker><NextVersionIdMarker>{t}</NextVersionIdMarker>", root="ListVersionsResult"
        ),
    ),
}


@pytest.mark.parametrize("length", [1, 2, 7], ids=["the same", "two", "seven"])
@pytest.mark.parametrize("call", CALLS)
def test_repeated_pages(attack: Attack, call: str, length: int) -> None:
    options, page = CALLS[call]
    client, server = attack(pages(lambda request, number: page(f"token-{number % length}")))
    with pytest.raises(InvalidXMLError, match="repeats a page of bucket 'bucket'"):
        client("list_objects", "bucket", **options)
    assert len(server.requests) <= length + 1


@pytest.mark.parametrize("length", [1, 2, 7])
def test_repeated_pages_of_uploads(attack: Attack, length: int) -> None:
    def page(request: Recorded, number: int) -> str:
        return (
            "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>"
            f"<NextUploadIdMarker>{number % length}</NextUploadIdMarker>"
            "<Upload><Key>k</Key><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>"
        )

    client, server = attack(pages(page))
    with pytest.raises(InvalidXMLError, match="repeats a page"):
        client("remove_incomplete_upload", "bucket", "key")
    assert len(server.requests) <= length + 1


@pytest.mark.parametrize("markers", [(1,), (0,), (2, 1), (-1,), (2, 2)], ids=str)
def test_repeated_pages_of_parts(attack: Attack, markers: tuple[int, ...]) -> None:
    numbers = itertools.cycle(markers)

    def page(request: Recorded, number: int) -> str:
        if "uploads=" in request.target:
            return (
                "<ListMultipartUploadsResult><Upload><Key>k</Key><UploadId>u</UploadId></Upload>"
                "</ListMultipartUploadsResult>"
            )
        return (
            "<ListPartsResult><IsTruncated>true</IsTruncated>"
            f"<NextPartNumberMarker>{next(numbers)}</NextPartNumberMarker>"
            "<Part><PartNumber>1</PartNumber><ETag>e</ETag><Size>1</Size></Part></ListPartsResult>"
        )

    client, server = attack(pages(page))
    with pytest.raises((InvalidXMLError, InvalidResponseError), match=r"repeats a page|not an S3 answer"):
        client("list_incomplete_uploads", "bucket")
    assert len(server.requests) <= 4


def test_endless_empty_pages(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minio._core.ops.listing._EMPTY_PAGES", 50)

    def page(request: Recorded, number: int) -> str:
        token = f"<NextContinuationToken>{number}</NextContinuationToken>"
        return f"<ListBucketResult><IsTruncated>true</IsTruncated>{token}</ListBucketResult>"

    client, server = attack(pages(page))
    with pytest.raises(InvalidXMLError, match="50 empty pages of bucket 'bucket' in a row"):
        client("list_objects", "bucket")
    assert len(server.requests) == 51


NAMES = [
    "..", ".", "../up", "a/../../b", "/etc/passwd", "//host/share", "\\\\host\\share", "..\\up", "C:\\x", "c:x", "nul",
    "COM1.txt", "a/con/b", "a//b", "dir/", " ", "a ", "a.", "-rf", "~", "$(x)", "a\tb", "a\nb", "\u202egpj.exe",
    "\x85\x9b31m", "x" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("encoded", [False, True], ids=["plain", "encoded"])
def test_names_are_returned_unchanged(attack: Attack, encoded: bool) -> None:
    """A listing returns names unchanged. Code that uses a name as a path must check it."""
    names = [*NAMES, "a\0b", "\x1b[2J"] if encoded else NAMES
    items = "".join(f"<Contents><Key>{quote(x) if encoded else x}</Key></Contents>" for x in names)
    kind = "<EncodingType>url</EncodingType>" if encoded else ""
    client, _ = attack(forever(answer(f"<ListBucketResult>{kind}{items}</ListBucketResult>".encode())))
    found = [item.object_name for item in client("list_objects", "bucket", recursive=True)]
    assert found == names
    assert all(repr(item).isprintable() for item in client("list_objects", "bucket", recursive=True))


TAGS = ["=x", "&amp;".join(f"k{number}=v" for number in range(100)), f"{'k' * 500}=v", "%00=%01"]


@pytest.mark.parametrize("tags", TAGS, ids=range(4))
def test_invalid_tags(attack: Attack, tags: str) -> None:
    body = f"<ListBucketResult><Contents><Key>k</Key><UserTags>{tags}</UserTags></Contents></ListBucketResult>"
    client, _ = attack(forever(answer(body.encode())))
    with pytest.raises(InvalidResponseError):
        client("list_objects", "bucket")


NUMBERS = ["-", "-5", "1e9", "0x10", "9" * 5000, "NaN", "1 2", "\u0661\u0662x"]
MOMENTS = ["yesterday", "2024-13-01T00:00:00Z", "9" * 5000]


@pytest.mark.parametrize(
    "item",
    [f"<Size>{value}</Size>" for value in NUMBERS] + [f"<LastModified>{value}</LastModified>" for value in MOMENTS],
    ids=range(11),
)
def test_invalid_values(attack: Attack, item: str) -> None:
    body = f"<ListBucketResult><Contents><Key>k</Key>{item}</Contents></ListBucketResult>"
    client, _ = attack(forever(answer(body.encode())))
    with pytest.raises(InvalidResponseError) as caught:
        client("list_objects", "bucket")
    assert len(str(caught.value)) < 1000
    with pytest.raises(MinioException):
        client("list_buckets")


@pytest.mark.parametrize(
    ("moment", "year"), [("0001-01-01T00:00:00+23:59", 1), ("9999-12-31T23:59:59-23:59", 9999)], ids=["first", "last"]
)
def test_times_outside_the_range_of_datetime(attack: Attack, moment: str, year: int) -> None:
    item = f"<Contents><Key>k</Key><LastModified>{moment}</LastModified></Contents>"
    client, _ = attack(forever(answer(f"<ListBucketResult>{item}</ListBucketResult>".encode())))
    (found,) = client("list_objects", "bucket")
    assert found.last_modified.year == year


LENGTHS = ["-1", "1" + "0" * 30, "9" * 5000, "abc", "1, 2", "1;2", "+1", "0x1", "1_0", "\u00b2", "1e3"]


@pytest.mark.parametrize("length", LENGTHS, ids=range(11))
@pytest.mark.parametrize("call", ["stat_object", "get_object", "list_objects"])
def test_invalid_lengths(attack: Attack, length: str, call: str) -> None:
    reply = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode("latin-1")
    client, _ = attack(lambda peer: (peer.read_request(), peer.send(reply)))
    with pytest.raises((TransportError, InvalidResponseError)) as caught:
        client(call, "bucket", *(["key"] if call != "list_objects" else []))
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("length", ["-1", "1" + "0" * 30, "9" * 5000, "abc", "1, x"], ids=range(5))
def test_invalid_lengths_with_http_client(length: str) -> None:
    """urllib3 passes on values that it does not understand."""
    reply = f"HTTP/1.1 200 OK\r\nETag: e\r\nContent-Length: {length}\r\n\r\nabc".encode()
    pool = urllib3.PoolManager(retries=False, timeout=3)
    with ScriptedServer(lambda peer: (peer.read_request(), peer.send(reply))) as server:
        client = Minio(str(server.origin), "KEY", "SECRETKEY", secure=False, region="r", http_client=pool)
        with pytest.raises((TransportError, InvalidResponseError)):
            client.get_object("bucket", "key")
        with pytest.raises((TransportError, InvalidResponseError)):
            client.stat_object("bucket", "key")
    pool.clear()


def test_meaningless_headers(attack: Attack) -> None:
    reply = (
        b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nLast-Modified: 99999999999999999999 \xff\r\nETag: "a"b"\xe9\r\n'
        b"x-amz-meta-name: caf\xc3\xa9 \xff\r\nx-amz-version-id: \x80\r\nDate: Mon, 99999999999999999999 Jan 2020\r\n"
        b"Expires: -1\r\nx-amz-tagging-count: many\r\nx-amz-bucket-region: evil.example/#\r\n\r\n"
    )
    client, _ = attack(forever(reply))
    found = client("stat_object", "bucket", "key")
    assert found.last_modified is None
    assert found.etag == "ab\u00e9"
    assert found.size == 0
    assert found.metadata["x-amz-meta-name"] == "caf\u00c3\u00a9 \u00ff"


DATES = ["yesterday", "Mon, 99999999999999999999 Jan 2020 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 +2359", "9" * 5000]


@pytest.mark.parametrize("date", DATES, ids=range(4))
def test_invalid_dates(attack: Attack, date: str) -> None:
    """The Date and Retry-After headers are only read from error responses."""
    skewed = b"<Error><Code>RequestTimeTooSkewed</Code></Error>"
    for reply in (
        answer(skewed, "403 Forbidden", {"Date": date}),
        answer(b"", "503 Busy", {"Retry-After": date, "Date": date}),
    ):
        client, _ = attack(forever(reply), retries=Retry(tries=2, longest=0.01))
        with pytest.raises(ResponseError):
            client("list_buckets")
        with pytest.raises(ResponseError):
            client("stat_object", "bucket", "key")
        assert client.client._session.skew == 0


@pytest.mark.parametrize("value", ["a\r\nx-amz-meta-evil: 1", "a\nx: y", "a\0b", "a\rb"])
def test_headers_with_line_breaks(attack: Attack, value: str) -> None:
    reply = f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: {value}\r\n\r\n".encode()
    client, _ = attack(lambda peer: (peer.read_request(), peer.send(reply)))
    try:
        found = client("stat_object", "bucket", "key")
    except TransportError:
        return
    assert "\n" not in found.etag
    assert "\0" not in found.etag
