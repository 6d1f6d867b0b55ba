"""GetObjectAttributes: what is sent, what is read, and what is refused."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from fakes.clients import KINDS, done, play
from fakes.scripted_server import ScriptedServer, answer, forever
from minio.error import InvalidArgumentError, InvalidResponseError, ResponseError
from minio.objectattributes import Checksum, ObjectAttributes, ObjectPart, ObjectParts

EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)
NS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
HEADERS = {"Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT", "x-amz-version-id": "one"}
WHOLE = (
    "<{0}><ETag>{1}</ETag><Checksum><ChecksumCRC32C>AAAA</ChecksumCRC32C><ChecksumType>COMPOSITE</ChecksumType></Checksum>"
    "<ObjectParts><PartsCount>3</PartsCount><PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>2"
    "</NextPartNumberMarker><MaxParts>2</MaxParts><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber>"
    "<Size>5242880</Size><ChecksumCRC32C>BBBB</ChecksumCRC32C></Part><Part><Size>7</Size><PartNumber>2</PartNumber>"
    "</Part></ObjectParts><StorageClass>STANDARD</StorageClass><ObjectSize>9000000</ObjectSize><Unknown/></{2}>"
)


def ask(kind: str, server: ScriptedServer, **arguments: Any) -> Any:
    return play(kind, server, lambda client: done(client.get_object_attributes("bucket", "key", **arguments)))


def got(kind: str, body: str, **headers: str) -> Any:
    with ScriptedServer(forever(answer(body.encode(), headers={**HEADERS, **headers}))) as server:
        return ask(kind, server)


@EACH_CLIENT
@pytest.mark.parametrize("etag", ['"abc-3"', "abc-3", "&quot;abc-3&quot;"])
@pytest.mark.parametrize(
    "root", ["GetObjectAttributesResponse", "GetObjectAttributesOutput", "getObjectAttributesResponse"]
)
@pytest.mark.parametrize("namespace", ["", NS])
def test_everything(kind: str, root: str, namespace: str, etag: str) -> None:
    found = got(kind, WHOLE.format(root + namespace, etag, root))
    parts = (ObjectPart(1, 5242880, checksum_crc32c="BBBB"), ObjectPart(2, 7))
    assert found == ObjectAttributes(
        "bucket",
        "key",
        "abc-3",
        Checksum(checksum_crc32c="AAAA", checksum_type="COMPOSITE"),
        ObjectParts(parts, 3, True, 2, 0, 2),
        "STANDARD",
        9000000,
        "one",
        datetime(2026, 1, 5, 10, tzinfo=UTC),
    )
    assert pickle.loads(pickle.dumps(found)) == found
    assert repr(found).startswith("ObjectAttributes(bucket_name='bucket', object_name='key', etag='abc-3', checksum=")
    assert "None" not in repr(found)


@EACH_CLIENT
def test_nothing(kind: str) -> None:
    found = got(kind, "<GetObjectAttributesResponse><Checksum/><ObjectParts/><ETag/></GetObjectAttributesResponse>")
    assert found == ObjectAttributes("bucket", "key", version_id="one", last_modified=found.last_modified)
    total = "<ObjectParts><TotalPartsCount>4</TotalPartsCount></ObjectParts>"
    found = got(kind, f"<GetObjectAttributesResponse>{total}</GetObjectAttributesResponse>")
    assert found.object_parts == ObjectParts(total_parts_count=4)


@EACH_CLIENT
def test_what_is_sent(kind: str) -> None:
    reply = answer(b"<GetObjectAttributesResponse/>", headers=HEADERS)
    with ScriptedServer(forever(reply)) as server:
        ask(kind, server)
        ask(kind, server, version_id="one", object_attributes=("ETag",), max_parts=5, part_number_marker=0)
        everything, some = server.requests
    assert everything.target == "/bucket/key?attributes="
    assert everything.headers["x-amz-object-attributes"] == "ETag,Checksum,ObjectParts,StorageClass,ObjectSize"
    assert "x-amz-max-parts" not in everything.headers
    assert some.target == "/bucket/key?attributes=&versionId=one"
    assert some.headers["x-amz-object-attributes"] == "ETag"
    assert (some.headers["x-amz-max-parts"], some.headers["x-amz-part-number-marker"]) == ("5", "0")


@EACH_CLIENT
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"object_attributes": []}, "object_attributes must not be empty"),
        ({"object_attributes": "ETag"}, "object_attributes must be a list"),
        ({"object_attributes": ["etag"]}, "object_attributes must be ETag or"),
        ({"object_attributes": ["ETag\r\nX: y"]}, "object_attributes"),
        ({"object_attributes": [7]}, "object_attributes"),
        ({"max_parts": 0}, "max_parts"),
        ({"max_parts": "5"}, "max_parts"),
        ({"part_number_marker": -1}, "part_number_marker"),
        ({"version_id": 7}, "version_id"),
        ({"ssec": "key"}, "ssec"),
    ],
)
def test_wrong_arguments(kind: str, arguments: dict[str, Any], named: str) -> None:
    with ScriptedServer(forever(answer())) as server:
        with pytest.raises(InvalidArgumentError, match=named):
            ask(kind, server, **arguments)
        assert not server.requests


@EACH_CLIENT
@pytest.mark.parametrize("content", [b"SECRET content", b"<a>SECRET</a>", b"<html>SECRET</html>", b"", b"\0" * 100_000])
@pytest.mark.parametrize("kind_of_content", ["application/octet-stream", "application/xml", "text/html"])
def test_a_server_that_sends_the_object(kind: str, content: bytes, kind_of_content: str) -> None:
    """The error names the operation, and does not show the content of the object."""
    reply = answer(content, headers={**HEADERS, "ETag": '"e"', "Content-Type": kind_of_content})
    with ScriptedServer(forever(reply)) as server, pytest.raises(InvalidResponseError) as caught:
        ask(kind, server)
    text = str(caught.value)
    assert "it may not support GetObjectAttributes" in text
    assert "SECRET" not in text
    assert "SECRET" not in str(vars(caught.value))


@EACH_CLIENT
@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("500 Internal Server Error", ""),
        ("501 Not Implemented", "<Error><Code>NotImplemented</Code><Message>no</Message></Error>"),
        ("405 Method Not Allowed", ""),
    ],
)
def test_a_server_that_refuses(kind: str, status: str, body: str) -> None:
    with ScriptedServer(forever(answer(body.encode(), status))) as server, pytest.raises(ResponseError) as caught:
        ask(kind, server)
    assert "GetObjectAttributes" in str(caught.value)
    assert caught.value.status == int(status[:3])


@EACH_CLIENT
@pytest.mark.parametrize(
    ("inner", "named"),
    [
        ("<ObjectSize>many</ObjectSize>", "<ObjectSize> is not a whole number"),
        ("<ObjectSize>-1</ObjectSize>", "<ObjectSize> is not a size"),
        ("<ObjectSize>" + "9" * 5000 + "</ObjectSize>", "<ObjectSize> is not a whole number"),
        ("<ObjectParts><Part><Size>1</Size></Part></ObjectParts>", "<Part> has no <PartNumber>"),
        ("<ObjectParts><Part><PartNumber>1</PartNumber></Part></ObjectParts>", "<Part> has no <Size>"),
        ("<ObjectParts><IsTruncated>perhaps</IsTruncated></ObjectParts>", "<IsTruncated> is not true or false"),
        ("<ObjectParts><PartsCount>-3</PartsCount></ObjectParts>", "<PartsCount> is not a size"),
        ("<ETag><b/></ETag>", "<ETag> has elements"),
    ],
)
def test_bad_documents(kind: str, inner: str, named: str) -> None:
    with pytest.raises(InvalidResponseError) as caught:
        got(kind, f"<GetObjectAttributesResponse>{inner}</GetObjectAttributesResponse>")
    assert named in str(caught.value)


@EACH_CLIENT
def test_another_version(kind: str) -> None:
    reply = answer(b"<GetObjectAttributesResponse/>", headers=HEADERS)
    with ScriptedServer(forever(reply)) as server, pytest.raises(InvalidResponseError, match="version"):
        ask(kind, server, version_id="two")
