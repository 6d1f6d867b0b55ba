"""The table of sub-resources, and what the calls on them do with the responses of servers."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.clients import KINDS, done, play
from fakes.every_call import CALLS
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head
from minio import xml
from minio._core.ops import subresources
from minio._core.ops.subresources import DeleteSubresource, FindSubresource, GetSubresource, PutSubresource, Subresource
from minio.error import InvalidResponseError, InvalidXMLError, S3Error

ROWS: list[Subresource[Any]] = [row for row in vars(subresources).values() if isinstance(row, Subresource)]
EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)
EACH_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
LISTING = (
    b"<ListBucketResult><Name>bucket</Name><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>"
)
DELETIONS = {
    "delete_bucket_cors": "CORSConfiguration",
    "delete_bucket_encryption": "ServerSideEncryptionConfiguration",
    "delete_bucket_lifecycle": "LifecycleConfiguration",
    "delete_bucket_policy": "",
    "delete_bucket_replication": "ReplicationConfiguration",
    "delete_bucket_tags": "Tagging",
    "delete_object_tags": "Tagging",
}
EACH_DELETION = pytest.mark.parametrize("name", DELETIONS)


def missing(code: str) -> bytes:
    return answer(f"<Error><Code>{code}</Code><Message>none</Message></Error>".encode(), "404 Not Found")


def methods(server: ScriptedServer) -> list[str]:
    return [request.method for request in server.requests]


# The table


def test_rows_are_unique() -> None:
    assert len({row.title for row in ROWS}) == len({(row.name, row.of_object) for row in ROWS}) == len(ROWS) > 10


@EACH_ROW
def test_the_class_of_a_row_reads_its_document(row: Subresource[Any]) -> None:
    if row.cls:
        cls = row.load()
        assert hasattr(cls, "fromxml")
        assert hasattr(cls, "toxml")
        with pytest.raises(InvalidXMLError, match=f"expected <{row.root}>, got <ListBucketResult>"):
            row.read(LISTING)


@EACH_ROW
def test_requests_and_names(row: Subresource[Any]) -> None:
    key = "key" if row.of_object else ""
    operations = [
        (GetSubresource(row, "bucket", key), "GET", f"Get{row.title}"),
        (FindSubresource(row, "bucket", key), "GET", f"Get{row.title}"),
        (PutSubresource(row, b"<a/>", "bucket", key), "PUT", f"Put{row.title}"),
        (DeleteSubresource(row, "bucket", key), "DELETE", row.deletion or f"Delete{row.title}"),
    ]
    for operation, method, name in operations:
        request = operation.request()
        assert (request.method, request.query, request.bucket, request.key) == (method, {row.name: ""}, "bucket", key)
        assert operation.s3_name == name


# Where there is none


@EACH_CLIENT
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("get_bucket_cors", "NoSuchCORSConfiguration"),
        ("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError"),
        ("get_bucket_lifecycle", "NoSuchLifecycleConfiguration"),
        ("get_bucket_replication", "ReplicationConfigurationNotFoundError"),
        ("get_bucket_tags", "NoSuchTagSet"),
        ("get_object_tags", "NoSuchTagSet"),
        ("get_object_retention", "NoSuchObjectLockConfiguration"),
        ("is_object_legal_hold_enabled", "NoSuchObjectLockConfiguration"),
    ],
)
def test_a_setting_that_is_not_there(kind: str, name: str, code: str) -> None:
    with ScriptedServer(forever(missing(code))) as server:
        assert not play(kind, server, lambda client: done(CALLS[name](client)))
    with ScriptedServer(forever(missing("NoSuchKey"))) as server, pytest.raises(S3Error, match="NoSuchKey"):
        play(kind, server, lambda client: done(CALLS[name](client)))


@EACH_CLIENT
@EACH_DELETION
def test_nothing_is_deleted_where_there_is_nothing(kind: str, name: str) -> None:
    codes = {code for row in ROWS if row.root == DELETIONS[name] for code in row.none}
    assert codes
    for code in codes:
        with ScriptedServer(forever(missing(code))) as server:
            play(kind, server, lambda client: done(CALLS[name](client)))
            assert methods(server) == ["GET"]


# Servers that ignore the sub-resource


@EACH_CLIENT
@EACH_DELETION
@pytest.mark.parametrize("found", [LISTING, b"content of an object", b"", b"<html/>"])
def test_a_server_that_ignores_the_sub_resource(kind: str, name: str, found: bytes) -> None:
    """Its DELETE would delete the bucket or the object."""
    with ScriptedServer(forever(answer(found, headers={"ETag": '"e"'}))) as server:
        with pytest.raises(InvalidResponseError):
            play(kind, server, lambda client: done(CALLS[name](client)))
        assert methods(server) == ["GET"]


@EACH_CLIENT
@EACH_DELETION
def test_a_document_with_unknown_elements_is_deleted(kind: str, name: str) -> None:
    root = DELETIONS[name]
    document = f"<{root}><Unknown/></{root}>" if root else '{"Unknown": 1}'

    def reply(request: Recorded) -> bytes:
        return head("204 No Content") if request.method == "DELETE" else answer(document.encode())

    with ScriptedServer(forever(reply)) as server:
        play(kind, server, lambda client: done(CALLS[name](client)))
        assert methods(server) == ["GET", "DELETE"]


# Documents of CORS


@EACH_CLIENT
@pytest.mark.parametrize(
    ("inner", "named"),
    [
        ("<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>", "allowed_origins must not be empty"),
        ("<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>", "allowed_methods must not be empty"),
        ("<CORSRule><AllowCredentials>true</AllowCredentials></CORSRule>", "unsupported element <AllowCredentials>"),
        ("<Rule/>", "unsupported element <Rule>"),
        ("<CORSRule><ID>a</ID><ID>b</ID></CORSRule>", "more than one <ID>"),
        ("<CORSRule><MaxAgeSeconds>soon</MaxAgeSeconds></CORSRule>", "<MaxAgeSeconds> is not a whole number"),
        ("text", "text beside its elements"),
    ],
)
def test_bad_cors_documents(kind: str, inner: str, named: str) -> None:
    body = f"<CORSConfiguration>{inner}</CORSConfiguration>".encode()
    with ScriptedServer(forever(answer(body))) as server, pytest.raises(InvalidResponseError) as caught:
        play(kind, server, lambda client: done(client.get_bucket_cors("bucket")))
    assert named in str(caught.value)
    assert caught.value.operation == "GetBucketCors"


@EACH_CLIENT
def test_cors_is_sent(kind: str) -> None:
    with ScriptedServer(forever(answer())) as server:
        play(kind, server, lambda client: done(CALLS["set_bucket_cors"](client)))
        (request,) = server.requests
    assert (request.method, request.target) == ("PUT", "/bucket?cors=")
    assert "content-md5" in request.headers
    assert xml.unmarshal(subresources.CORS.load(), request.body.decode()).rules[0].allowed_methods == ("GET",)
