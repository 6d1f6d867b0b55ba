"""The values that release 8 adds: access control lists, bucket configurations, arguments, checksums."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import pytest

from fakes.clients import KINDS, done, play
from fakes.scripted_server import ScriptedServer, answer, forever
from minio import xml
from minio.accesscontrol import AccessControlPolicy, Grant
from minio.args import Directive, SourceObject
from minio.bucketconfig import BucketInfo, CreateBucketConfiguration, LocationInfo
from minio.checksum import (
    SHA1,
    SHA256,
    Algorithm,
    Hasher,
    base64_string,
    base64_string_to_sum,
    hex_string,
    hex_string_to_sum,
    new_hashers,
    reset_hashers,
    update_hashers,
)
from minio.commonconfig import ComposeSource, Tags
from minio.error import InvalidArgumentError, InvalidResponseError, InvalidXMLError

NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
ACL = f"""<AccessControlPolicy {NS}><Owner><ID>me</ID><DisplayName>Me</DisplayName></Owner><AccessControlList>
<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>me</ID>
<DisplayName>Me</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant>
<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">
<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant>
</AccessControlList></AccessControlPolicy>"""


def test_access_control_list_as_s3_writes_it() -> None:
    found = xml.unmarshal(AccessControlPolicy, ACL)
    everybody = "http://acs.amazonaws.com/groups/global/AllUsers"
    assert found == AccessControlPolicy(
        "me",
        "Me",
        (Grant("FULL_CONTROL", "CanonicalUser", "me", "Me"), Grant("READ", "Group", grantee_uri=everybody)),
    )


def test_access_control_list_without_grants() -> None:
    assert xml.unmarshal(AccessControlPolicy, "<AccessControlPolicy/>") == AccessControlPolicy()


@pytest.mark.parametrize(
    "text",
    [
        "<Tagging/>",
        "<AccessControlPolicy><AccessControlList><Grant/></AccessControlList></AccessControlPolicy>",
        "<AccessControlPolicy><AccessControlList><Grant><Grantee/></Grant></AccessControlList></AccessControlPolicy>",
    ],
)
def test_other_documents_are_no_access_control_list(text: str) -> None:
    with pytest.raises(InvalidXMLError):
        xml.unmarshal(AccessControlPolicy, text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"the content of the object", b"", b"<Tagging/>"])
def test_the_content_of_an_object_is_not_shown(kind: str, body: bytes) -> None:
    reply = answer(body, headers={"ETag": '"e"'})
    with ScriptedServer(forever(reply)) as server, pytest.raises(InvalidResponseError) as caught:
        play(kind, server, lambda client: done(client.get_object_acl("bucket", "key")))
    assert "the content" not in str(caught.value.body)


def tags() -> Tags:
    made = Tags.new_bucket_tags()
    made["a"] = "b & c"
    return made


def test_bucket_configuration() -> None:
    location = LocationInfo("usw2-az1", "AvailabilityZone")
    config = CreateBucketConfiguration("eu-west-1", location, BucketInfo("Directory", "SingleAvailabilityZone"), tags())
    document = xml.marshal(config).decode()
    assert document[document.index("<CreateBucket") :] == (
        f"<CreateBucketConfiguration {NS}><LocationConstraint>eu-west-1</LocationConstraint>"
        "<Location><Name>usw2-az1</Name><Type>AvailabilityZone</Type></Location>"
        "<Bucket><DataRedundancy>SingleAvailabilityZone</DataRedundancy><Type>Directory</Type></Bucket>"
        "<Tags><Tag><Key>a</Key><Value>b &amp; c</Value></Tag></Tags></CreateBucketConfiguration>"
    )
    assert CreateBucketConfiguration.Location is LocationInfo
    assert CreateBucketConfiguration.Bucket is BucketInfo


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"location": "zone"}, "location must be LocationInfo"),
        ({"bucket": {"Type": "x"}}, "bucket must be BucketInfo"),
        ({"tags": {"a": "b"}}, "tags must be Tags"),
        ({"location_constraint": ""}, "location_constraint must not be empty"),
    ],
)
def test_wrong_bucket_configuration(changed: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidArgumentError, match=text):
        CreateBucketConfiguration(**changed)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"location_config": {"zone": "x"}}, "location_config must be LocationInfo or a dict with name and type"),
        ({"bucket_config": 7}, "bucket_config must be BucketInfo or a dict"),
        ({"location_config": {"name": ""}}, "name must not be empty"),
        ({"tags": {"a": "b"}}, "tags must be Tags"),
        ({"region": "eu west"}, "region must be printable"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_wrong_arguments_of_make_bucket(kind: str, changed: dict[str, Any], text: str) -> None:
    with ScriptedServer(forever(answer())) as server, pytest.raises(InvalidArgumentError, match=text):
        play(kind, server, lambda client: done(client.make_bucket("bucket", **changed)))
    assert server.requests == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_directory_bucket(kind: str) -> None:
    given = {"location_config": {"Name": "zone", "Type": "LocalZone"}, "bucket_config": BucketInfo("Directory", "x")}
    with ScriptedServer(forever(answer())) as server:
        play(kind, server, lambda client: done(client.make_bucket("bucket", **given)))
    body = server.requests[0].body.decode()
    assert "<Location><Name>zone</Name><Type>LocalZone</Type></Location>" in body
    assert "LocationConstraint" not in body


def test_source_object() -> None:
    source = SourceObject("bucket", "key", version_id="v", match_etag="e", object_size=7)
    assert (
        source.gen_copy_headers() == ComposeSource("bucket", "key", version_id="v", match_etag="e").gen_copy_headers()
    )
    with pytest.raises(InvalidArgumentError, match="object_size"):
        SourceObject("bucket", "key", object_size=-1)
    assert f"{Directive.REPLACE}" == "REPLACE"


def test_hashers() -> None:
    hashers = new_hashers([Algorithm.CRC32, Algorithm.SHA256])
    update_hashers(hashers, b"abcdef", 3)
    assert hashers[Algorithm.CRC32].digest() == zlib.crc32(b"abc").to_bytes(4, "big")
    reset_hashers(hashers)
    assert hashers[Algorithm.SHA256].digest() == SHA256().digest()
    assert len(SHA1().digest()) == 20
    with pytest.raises(InvalidArgumentError, match="checksum must be one of"):
        Hasher("CRC9")


def test_texts_of_digests() -> None:
    assert base64_string_to_sum(base64_string(b"abc")) == b"abc" == hex_string_to_sum(hex_string(b"abc"))
    for function in (base64_string_to_sum, hex_string_to_sum):
        with pytest.raises(InvalidArgumentError, match="value"):
            function("not \N{SNOWMAN}")


@pytest.mark.parametrize("kind", KINDS)
def test_checksum_by_its_enum(kind: str) -> None:
    with ScriptedServer(forever(answer(headers={"ETag": '"e"'}))) as server:
        play(kind, server, lambda client: done(client.put_object("bucket", "key", b"abc", 3, checksum=Algorithm.SHA1)))
    expected = SHA1()
    expected.update(b"abc")
    assert base64.b64decode(server.requests[0].headers["x-amz-checksum-sha1"]) == expected.digest()


BUFFERS = [
    (b"read only", "into must be a writable buffer, but this bytes is read-only"),
    ("text", "into must be a writable buffer such as a bytearray, not str"),
    (memoryview(bytearray(9))[::2], "into must be a contiguous buffer"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("into", "text"), BUFFERS, ids=range(3))
def test_wrong_buffers(kind: str, into: Any, text: str) -> None:
    with ScriptedServer(forever(answer())) as server, pytest.raises(InvalidArgumentError, match=text):
        play(kind, server, lambda client: done(client.get_object("bucket", "key", into=into)))
    assert server.requests == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_buffer_that_is_too_small_for_content_of_unknown_length(kind: str) -> None:
    chunked = b'HTTP/1.1 200 OK\r\nETag: "e"\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n'
    with ScriptedServer(forever(chunked)) as server:
        fits = bytearray(5)
        assert play(kind, server, lambda client: done(client.get_object("bucket", "key", into=fits))) == 5
        assert fits == b"abcde"
        with pytest.raises(InvalidArgumentError, match="into has 4 bytes, but the content has 5 or more"):
            play(kind, server, lambda client: done(client.get_object("bucket", "key", into=bytearray(4))))
