"""Malicious XML, and the XML of each server: listings, uploads, parts, locations."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from minio._core.ops.buckets import GetBucketLocation, ListBuckets
from minio._core.ops.copying import CopyObject
from minio._core.ops.deletion import DeleteObjects
from minio._core.ops.listing import Listing
from minio._core.ops.multipart import CompleteMultipartUpload, CreateMultipartUpload, ListMultipartUploads, ListParts
from minio._core.ops.success import check_success
from minio._core.wire import xml
from minio._core.wire.message import Headers, Response
from minio.deleteobjects import DeleteObject
from minio.error import InternalError, InvalidXMLError, S3Error

NS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def ok(body: str) -> Response:
    return Response(200, Headers(), body.encode())


# Attacks

LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))


@pytest.mark.parametrize(
    "body",
    [
        f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l11;</a>',
        f'<!DOCTYPE a [<!ENTITY q "{"x" * 50000}">]><a>{"&q;" * 5000}</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p">%p;]><a/>',
        "<a>" * 100_000,
        "<a>" * 10_000 + "</a>" * 10_000,
        "<a>&unknown;</a>",
        "",
        "   ",
        "<a",
        "<a/><b/>",
        "<a>\x01</a>",
    ],
    ids=[
        "laughs",
        "quadratic",
        "file",
        "dtd",
        "parameter",
        "open",
        "deep",
        "entity",
        "empty",
        "blank",
        "cut",
        "two",
        "nul",
    ],
)
def test_attacks_are_refused_at_once(body: str) -> None:
    start = time.thread_time()
    with pytest.raises(InvalidXMLError):
        xml.parse(body)
    assert time.thread_time() - start < 1


def test_dtd_in_another_encoding_is_refused_too() -> None:
    with pytest.raises(InvalidXMLError, match="DTD"):
        xml.parse('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"))


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(InvalidXMLError):
        assert xml.local(xml.parse(body))


def test_root_is_checked_by_its_local_name() -> None:
    assert xml.text(xml.parse(f"<R{NS}><A>1</A></R>", "R"), "A") == "1"
    with pytest.raises(InvalidXMLError, match="expected <Q>, got <R>"):
        xml.parse("<R/>", "Q")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_text_survives(value: str) -> None:
    root = xml.new("R")
    xml.add(root, "A", value)
    assert xml.text(xml.parse(xml.render(root)), "A") == value


# Listings

AWS_V2 = f"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult{NS}><Name>b</Name><Prefix>p%2F</Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys>
<Delimiter>%2F</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextContinuationToken>1ueGcxLPRx1Tr%2F/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>
<Contents><Key>p/a+b%2541%0A</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified>
<ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><ChecksumAlgorithm>CRC32C</ChecksumAlgorithm><Size>434234</Size>
<StorageClass>STANDARD</StorageClass><Owner><ID>o1</ID><DisplayName>me</DisplayName></Owner></Contents>
<CommonPrefixes><Prefix>p/x%C3%BC/</Prefix></CommonPrefixes></ListBucketResult>"""


def test_v2_of_aws_encoded() -> None:
    page = Listing("b", "p/", "/").parse(ok(AWS_V2))
    item, prefix = page.objects
    assert (item.object_name, item.size, item.storage_class) == ("p/a b%41\n", 434234, "STANDARD")
    assert item.etag == "fba9dede5f27731c9771645a39863328"
    assert item.last_modified == datetime(2009, 10, 12, 17, 50, 30, tzinfo=UTC)
    assert (item.owner_id, item.owner_name, item.is_dir, item.bucket_name) == ("o1", "me", False, "b")
    assert (prefix.object_name, prefix.is_dir, prefix.size, prefix.etag) == ("p/xü/", True, 0, "")
    assert prefix.last_modified is None
    assert page.token == ("1ueGcxLPRx1Tr%2F/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=", "")


SEAWEED_V2 = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult{NS}><Name>b</Name><Prefix></Prefix><MaxKeys>1000'
    "</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>a+b%41</Key><ETag>&#34;e&#34;</ETag><Size>3</Size>"
    "<Owner><ID>admin</ID></Owner><StorageClass>STANDARD</StorageClass><LastModified>2024-01-02T03:04:05Z"
    "</LastModified></Contents></ListBucketResult>"
)


def test_v2_of_seaweedfs_without_fractions_or_encoding() -> None:
    page = Listing("b").parse(ok(SEAWEED_V2))
    assert page.token is None
    (item,) = page.objects
    assert (item.object_name, item.etag, item.size) == ("a+b%41", "e", 3)
    assert item.last_modified == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (item.owner_id, item.owner_name) == ("admin", None)


def test_v2_of_minio_with_metadata_and_tags() -> None:
    body = (
        f"<ListBucketResult{NS}><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>k</Key>"
        "<LastModified>2024-01-02T03:04:05.678Z</LastModified><ETag>&#34;e-2&#34;</ETag><Size>0</Size>"
        "<UserMetadata><X-Amz-Meta-A>1</X-Amz-Meta-A><content-type>t</content-type></UserMetadata>"
        "<UserTags>a=1&amp;b=%20</UserTags></Contents></ListBucketResult>"
    )
    (item,) = Listing("b").parse(ok(body)).objects
    assert item.metadata == {"X-Amz-Meta-A": "1", "content-type": "t"}
    assert item.tags == {"a": "1", "b": " "}
    assert (item.etag, item.size) == ("e-2", 0)
    assert item.last_modified is not None
    assert item.last_modified.microsecond == 678000


CEPH_V1 = (
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Name>b</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><Marker></Marker><EncodingType>url</EncodingType>"
    "<IsTruncated>true</IsTruncated><Contents><Key>a%20b</Key><LastModified>2024-01-02T03:04:05.678Z</LastModified>"
    '<ETag>"e"</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass><Owner><ID>u</ID><DisplayName>U</DisplayName>'
    "</Owner><Type>Normal</Type></Contents>{more}</ListBucketResult>"
)


@pytest.mark.parametrize(
    ("more", "marker"),
    [
        ("", "a b"),
        ("<CommonPrefixes><Prefix>c%20d/</Prefix></CommonPrefixes>", "c d/"),
        ("<CommonPrefixes><Prefix>A/</Prefix></CommonPrefixes>", "a b"),
        ("<NextMarker>z%2F</NextMarker>", "z/"),
    ],
)
def test_v1_marker(more: str, marker: str) -> None:
    listing = Listing("b", api="v1")
    page = listing.parse(ok(CEPH_V1.format(more=more)))
    assert page.objects[0].object_name == "a b"
    assert page.token == (marker, "")
    query = listing.after(page.token).request().query
    assert query["marker"] == marker
    assert "list-type" not in query


VERSIONS = (
    f"<ListVersionsResult{NS}><Name>b</Name><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
    "<NextKeyMarker>k%2B</NextKeyMarker><NextVersionIdMarker>v+1</NextVersionIdMarker>"
    "<DeleteMarker><Key>k%2B</Key><VersionId>d1</VersionId><IsLatest>true</IsLatest>"
    "<LastModified>2024-01-02T03:04:05Z</LastModified></DeleteMarker>"
    '<Version><Key>k%2B</Key><VersionId>v+1</VersionId><IsLatest>false</IsLatest><ETag>"e"</ETag><Size>5</Size>'
    "<LastModified>2024-01-02T03:04:04Z</LastModified></Version></ListVersionsResult>"
)


def test_versions_and_delete_markers() -> None:
    listing = Listing("b", api="versions")
    page = listing.parse(ok(VERSIONS))
    version, marker = page.objects
    assert (version.object_name, version.version_id, version.is_latest, version.size) == ("k+", "v+1", "false", 5)
    assert (marker.version_id, marker.is_latest, marker.is_delete_marker) == ("d1", "true", True)
    assert not version.is_delete_marker
    assert page.token == ("k+", "v+1")
    query = listing.after(page.token).request().query
    assert (query["versions"], query["key-marker"], query["version-id-marker"]) == ("", "k+", "v+1")


@pytest.mark.parametrize("api", ["v2", "v1", "versions"])
def test_truncated_page_without_entries_and_without_a_token_is_refused(api: str) -> None:
    root = "ListVersionsResult" if api == "versions" else "ListBucketResult"
    with pytest.raises(InvalidXMLError, match="listing is truncated"):
        Listing("b", api=api).parse(ok(f"<{root}><IsTruncated>true</IsTruncated></{root}>"))


def test_queries() -> None:
    query = Listing("b", "p", "/", "s", fetch_owner=True, user_meta=True, extra={"x": "y"}).request().query
    assert query == {
        "delimiter": "/", "max-keys": "1000", "prefix": "p", "encoding-type": "url", "metadata": "true",
        "list-type": "2", "start-after": "s", "fetch-owner": "true", "x": "y",
    }  # fmt: skip
    after = Listing("b", start_after="s", encode=False).after(("t", "")).request().query
    assert after == {"delimiter": "", "max-keys": "1000", "prefix": "", "list-type": "2", "continuation-token": "t"}


# Buckets


@pytest.mark.parametrize(
    ("body", "region"),
    [
        (f"<LocationConstraint{NS}/>", "us-east-1"),
        ("<LocationConstraint></LocationConstraint>", "us-east-1"),
        (f"<LocationConstraint{NS}>eu-west-3</LocationConstraint>", "eu-west-3"),
        ("<LocationConstraint>EU</LocationConstraint>", "eu-west-1"),
        ("<CreateBucketConfiguration><LocationConstraint>r</LocationConstraint></CreateBucketConfiguration>", "r"),
    ],
)
def test_location(body: str, region: str) -> None:
    assert GetBucketLocation("b").parse(ok(body)) == region


@pytest.mark.parametrize("namespace", ["", NS])
@pytest.mark.parametrize("moment", ["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.000Z"])
def test_buckets(namespace: str, moment: str) -> None:
    body = (
        f"<ListAllMyBucketsResult{namespace}><Owner><ID>i</ID></Owner><Buckets><Bucket><Name>n</Name>"
        f"<CreationDate>{moment}</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>"
    )
    (bucket,) = ListBuckets().parse(ok(body)).buckets
    assert (bucket.name, bucket.creation_date) == ("n", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC))


# Multipart uploads


@pytest.mark.parametrize("namespace", ["", NS])
def test_multipart_dialects(namespace: str) -> None:
    begun = f"<InitiateMultipartUploadResult{namespace}><UploadId>u/1</UploadId></InitiateMultipartUploadResult>"
    assert CreateMultipartUpload("b", "k").parse(ok(begun)) == "u/1"
    done = (
        f"<CompleteMultipartUploadResult{namespace}><Location>http://h/b/k</Location><Bucket>b</Bucket><Key>k</Key>"
        "<ETag>&quot;e-2&quot;</ETag></CompleteMultipartUploadResult>"
    )
    response = Response(200, Headers([("x-amz-version-id", "v")]), b"\n\n   " * 0 + done.encode())
    written = CompleteMultipartUpload("b", "k", "u", []).parse(response)
    assert (written.etag, written.version_id, written.location) == ("e-2", "v", "http://h/b/k")


def test_completion_that_fails_with_status_200() -> None:
    body = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InternalError</Code><Message>m</Message></Error>'
    with pytest.raises(InternalError) as caught:
        check_success(CompleteMultipartUpload("b", "k", "u", []).request(), ok(body))
    assert (caught.value.bucket_name, caught.value.object_name) == ("b", "k")
    with pytest.raises(S3Error):
        check_success(CopyObject("b", "k", {}).request(), ok(body))


def test_completion_lists_the_parts() -> None:
    request = CompleteMultipartUpload("b", "k", "u", [(1, "e1", "c1"), (2, "e2", None)], "CRC32C").request()
    root = xml.parse(request.body)  # type: ignore[arg-type]
    parts = [xml.texts(part) for part in xml.children(root, "Part")]
    assert parts == [
        {"PartNumber": "1", "ETag": '"e1"', "ChecksumCRC32C": "c1"},
        {"PartNumber": "2", "ETag": '"e2"'},
    ]


@pytest.mark.parametrize("marker", ["<NextPartNumberMarker>2</NextPartNumberMarker>", ""])
def test_parts(marker: str) -> None:
    body = (
        f"<ListPartsResult{NS}><IsTruncated>true</IsTruncated>{marker}"
        "<Part><PartNumber>1</PartNumber><LastModified>2024-01-02T03:04:05.1Z</LastModified><ETag>&#34;a&#34;</ETag>"
        "<Size>5</Size><ChecksumCRC32C>x</ChecksumCRC32C></Part>"
        "<Part><PartNumber>2</PartNumber><ETag>b</ETag><Size>1</Size></Part></ListPartsResult>"
    )
    page = ListParts("b", "k", "u").parse(ok(body))
    assert [(part.part_number, part.etag, part.size) for part in page.parts] == [(1, "a", 5), (2, "b", 1)]
    assert page.marker == 2
    with pytest.raises(InvalidXMLError, match="repeats"):
        ListParts("b", "k", "u", 2).parse(ok(body))


def test_uploads() -> None:
    body = (
        f"<ListMultipartUploadsResult{NS}><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
        "<NextKeyMarker>a%20b</NextKeyMarker><NextUploadIdMarker>u2</NextUploadIdMarker>"
        "<Upload><Key>a%20b</Key><UploadId>u1</UploadId><Initiated>2024-01-02T03:04:05Z</Initiated></Upload>"
        "<CommonPrefixes><Prefix>c%2F</Prefix></CommonPrefixes></ListMultipartUploadsResult>"
    )
    page = ListMultipartUploads("b").parse(ok(body))
    assert [(item.object_name, item.upload_id, item.is_dir) for item in page.uploads] == [
        ("a b", "u1", False),
        ("c/", "", True),
    ]
    assert page.marker == ("a b", "u2")
    again = ListMultipartUploads("b", marker=("a b", "u2"))
    assert again.parse(ok(body)).marker == again.marker  # the code that walks the pages detects that
    assert again.request().query["upload-id-marker"] == "u2"


# Removal and copies


@pytest.mark.parametrize("namespace", ["", NS])
def test_removal(namespace: str) -> None:
    operation = DeleteObjects("b", [DeleteObject("a"), DeleteObject("b", "v"), DeleteObject("c")])
    body = (
        f"<DeleteResult{namespace}><Error><Key>a</Key><Code>AccessDenied</Code><Message>m</Message></Error>"
        "<Error><Key>b</Key><VersionId>v</VersionId><Code>NoSuchVersion</Code></Error>"
        "<Error><Key>c</Key><Code>NoSuchVersion</Code></Error></DeleteResult>"
    )
    assert [(error.name, error.code) for error in operation.parse(ok(body))] == [
        ("a", "AccessDenied"),
        ("c", "NoSuchVersion"),
    ]
    assert operation.request().md5


@pytest.mark.parametrize("namespace", ["", NS])
def test_copy(namespace: str) -> None:
    body = (
        f"<CopyObjectResult{namespace}><ETag>&#34;e&#34;</ETag><LastModified>2024-01-02T03:04:05Z</LastModified>"
        "</CopyObjectResult>"
    )
    written = CopyObject("b", "k", {}).parse(ok(body))
    assert (written.etag, written.last_modified) == ("e", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC))
