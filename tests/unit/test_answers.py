"""The 7.2 classes that parse a response, with responses of real servers."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from urllib3 import HTTPHeaderDict

from minio._core.wire.header_dict import LazyHeaders
from minio._core.wire.message import Headers
from minio.datatypes import (
    CompleteMultipartUploadResult,
    ListMultipartUploadsResult,
    ListPartsResult,
    Object,
    PeerInfo,
    PeerSite,
    SiteReplicationStatusOptions,
    parse_copy_object,
    parse_list_objects,
)
from minio.error import InvalidArgumentError, InvalidXMLError
from minio.xml import findall

MOMENT = datetime(2024, 2, 29, 12, 30, 15, 250000, tzinfo=UTC)
NAMESPACES = ["", ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"']


@dataclass
class Answer:
    """A response that has been read."""

    text: str
    headers: HTTPHeaderDict = field(default_factory=HTTPHeaderDict)

    @property
    def data(self) -> bytes:
        return self.text.encode()


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_complete(namespace: str) -> None:
    answer = Answer(
        f"<CompleteMultipartUploadResult{namespace}><Location>http://h/b/k</Location><Bucket>b</Bucket><Key>k</Key>"
        '<ETag>"abc-2"</ETag></CompleteMultipartUploadResult>',
        HTTPHeaderDict({"X-Amz-Version-Id": "v1"}),
    )
    result = CompleteMultipartUploadResult(answer)
    assert (result.bucket_name, result.object_name, result.location) == ("b", "k", "http://h/b/k")
    assert (result.etag, result.version_id) == ("abc-2", "v1")
    assert result.http_headers is answer.headers


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_list_parts(namespace: str) -> None:
    result = ListPartsResult(
        Answer(
            f"<ListPartsResult{namespace}><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId>"
            "<Initiator><ID>i</ID><DisplayName>in</DisplayName></Initiator><Owner><ID>o</ID></Owner>"
            "<StorageClass>STANDARD</StorageClass><PartNumberMarker>0</PartNumberMarker>"
            "<NextPartNumberMarker>1</NextPartNumberMarker><MaxParts>1</MaxParts><IsTruncated>true</IsTruncated>"
            "<Part><PartNumber>1</PartNumber><LastModified>2024-02-29T12:30:15.250Z</LastModified>"
            '<ETag>"e"</ETag><Size>5242880</Size></Part></ListPartsResult>'
        )
    )
    assert (result.bucket_name, result.object_name, result.storage_class) == ("b", "k", "STANDARD")
    assert (result.initiator_id, result.initiator_name, result.owner_id, result.owner_name) == ("i", "in", "o", None)
    assert (result.part_number_marker, result.next_part_number_marker) == ("0", "1")
    assert (result.max_parts, result.is_truncated) == (1, True)
    (part,) = result.parts
    assert (part.part_number, part.etag, part.last_modified, part.size) == (1, "e", MOMENT, 5242880)


@pytest.mark.parametrize(("encoding", "name"), [("url", "a b/ä"), ("", "a+b%2F%C3%A4")])
def test_list_uploads(encoding: str, name: str) -> None:
    result = ListMultipartUploadsResult(
        Answer(
            f"<ListMultipartUploadsResult><Bucket>b</Bucket><EncodingType>{encoding}</EncodingType><KeyMarker/>"
            "<NextKeyMarker>a+b%2F%C3%A4</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>"
            "<MaxUploads>1</MaxUploads><IsTruncated>true</IsTruncated><Upload><Key>a+b%2F%C3%A4</Key>"
            "<UploadId>u</UploadId><Initiated>2024-02-29T12:30:15.250Z</Initiated></Upload>"
            "</ListMultipartUploadsResult>"
        )
    )
    assert (result.bucket_name, result.key_marker, result.upload_id_marker) == ("b", None, None)
    assert (result.next_key_marker, result.next_upload_id_marker) == (name, "u")
    assert (result.max_uploads, result.is_truncated) == (1, True)
    (upload,) = result.uploads
    assert (upload.object_name, upload.upload_id, upload.initiated_time) == (name, "u", MOMENT)
    assert (upload.owner_id, upload.storage_class) == (None, None)


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("etag", ['"e"', "e"])
def test_copy(namespace: str, etag: str) -> None:
    text = f"<CopyObjectResult{namespace}><LastModified>2024-02-29T12:30:15.25Z</LastModified><ETag>{etag}</ETag>"
    assert parse_copy_object(Answer(f"{text}</CopyObjectResult>")) == ("e", MOMENT)


def page(root: str, *rest: str) -> Answer:
    contents = "<Contents><Key>a</Key><Size>3</Size></Contents><CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>"
    return Answer(f"<{root}><Name>bucket</Name>{contents}{''.join(rest)}</{root}>")


def names(objects: list[Object]) -> list[tuple[str, str, bool]]:
    return [(item.bucket_name, item.object_name, item.is_dir) for item in objects]


@pytest.mark.parametrize(
    ("answer", "token"),
    [
        (page("ListBucketResult", "<IsTruncated>false</IsTruncated>"), (False, None, None)),
        (
            page("ListBucketResult", "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"),
            (True, "t", None),
        ),
        (page("ListBucketResult", "<IsTruncated>true</IsTruncated><NextMarker>m</NextMarker>"), (True, "m", None)),
        (page("ListBucketResult", "<IsTruncated>true</IsTruncated>"), (True, "b/", None)),
        (
            page(
                "ListVersionsResult",
                "<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>",
                "<NextVersionIdMarker>v</NextVersionIdMarker>",
            ),
            (True, "k", "v"),
        ),
    ],
)
def test_list_objects(answer: Answer, token: tuple[bool, str | None, str | None]) -> None:
    objects, *rest = parse_list_objects(answer)
    assert names(objects) == [("bucket", "a", False), ("bucket", "b/", True)]
    assert tuple(rest) == token
    assert names(parse_list_objects(answer, "other")[0])[0] == ("other", "a", False)


def test_transfers_of_a_listing() -> None:
    from lxml import etree

    root = etree.fromstring("<R><Version><Key>a+b</Key><VersionId>v</VersionId><Size>3</Size></Version></R>")
    (element,) = findall(root, "Version")
    assert Object.fromxml(element, "bucket", encoding_type="url").object_name == "a b"
    marker = Object.fromxml(element, "bucket", is_delete_marker=True)
    assert (marker.object_name, marker.version_id, marker.is_delete_marker) == ("a+b", "v", True)


@pytest.mark.parametrize(
    "read", [CompleteMultipartUploadResult, ListPartsResult, ListMultipartUploadsResult, parse_copy_object]
)
def test_other_responses_are_refused(read: type) -> None:
    with pytest.raises(InvalidXMLError, match="expected"):
        read(Answer("<Error><Code>InternalError</Code></Error>"))


def test_site_replication_values() -> None:
    site = PeerSite("one", "https://one:9000", "access", "hidden")
    assert site.to_dict() == {
        "name": "one",
        "endpoints": "https://one:9000",
        "accessKey": "access",
        "secretKey": "hidden",
    }
    assert "hidden" not in repr(site)
    info = PeerInfo("id", "https://one:9000", "100", "true", bucket_bandwidth_updated_at=MOMENT)
    assert info.to_dict() == {
        "endpoint": "https://one:9000",
        "deploymentID": "id",
        "defaultbandwidth": {
            "bandwidthLimitPerBucket": "100",
            "set": "true",
            "updatedAt": "2024-02-29T12:30:15.250Z",
        },
    }
    assert PeerInfo("id", "e", "1", "true", "one", "enable").to_dict()["sync"] == "enable"


def test_site_replication_requests() -> None:
    query = SiteReplicationStatusOptions(buckets=True, entity="bucket", entity_value="b").to_query_params()
    assert query["buckets"] == "true"
    assert query["showDeleted"] == "false"
    assert (query["entity"], query["entityvalue"]) == ("bucket", "b")
    assert "entity" not in SiteReplicationStatusOptions().to_query_params()
    with pytest.raises(InvalidArgumentError, match="entity"):
        SiteReplicationStatusOptions(entity="bucket")


def test_headers_read_by_several_threads() -> None:
    # One thread is filling them when another one arrives: both see all headers.
    class Pairs(list[tuple[str, str]]):
        def __iter__(self) -> Iterator[tuple[str, str]]:
            for index, pair in enumerate(super().__iter__()):
                if index == 1 and not seen:
                    seen.append(0)
                    seen[0] = len(headers)
                yield pair

    seen: list[int] = []
    received = Headers()
    received._raw = Pairs([("A", "1"), ("B", "2"), ("C", "3")])
    headers = LazyHeaders.of(received)
    assert len(headers) == 3
    assert seen == [3]
    assert copy.deepcopy(headers) == copy.copy(headers) == pickle.loads(pickle.dumps(headers)) == headers
    assert not hasattr(headers, "other")
