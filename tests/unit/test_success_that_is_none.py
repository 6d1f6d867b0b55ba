"""Responses with a 2xx status that S3 would never send: no call treats them as a success."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakes.clients import KINDS, content, done, play
from fakes.every_call import CALLS, MIB, Call
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head
from minio.commonconfig import CopySource
from minio.error import InvalidResponseError, NotModified, PreconditionFailed, ResponseError, S3Error

PAGE = b"<!DOCTYPE html>\n<html><head><title>Console</title></head><body>Log in<br></body></html>"
EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)
EACH_CALL = pytest.mark.parametrize("name", CALLS)


def only(reply: bytes) -> ScriptedServer:
    """A server that sends the same response to every request. To HEAD it sends no body."""
    bare = reply.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return ScriptedServer(forever(lambda request: bare if request.method == "HEAD" else reply))


@EACH_CLIENT
@EACH_CALL
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_page(kind: str, name: str, framing: str) -> None:
    named = {"Content-Type": "text/html; charset=utf-8"}
    page = answer(PAGE, headers=named)
    if framing == "chunks":
        page = head(headers={**named, "Transfer-Encoding": "chunked"}) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE)
    with only(page) as server, pytest.raises(InvalidResponseError) as caught:
        play(kind, server, lambda client: done(CALLS[name](client)))
    assert caught.value.status == 200
    assert isinstance(caught.value, ResponseError)
    assert "console" in str(caught.value)


@EACH_CLIENT
@EACH_CALL
@pytest.mark.parametrize("status", ["201 Created", "202 Accepted", "203 Non-Authoritative", "226 IM Used", "299 What"])
def test_other_status(kind: str, name: str, status: str) -> None:
    """202 does not mean that the work is done, and no S3 server sends these statuses."""
    reply = answer(status=status, headers={"ETag": '"e"', "Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"})
    with only(reply) as server, pytest.raises(InvalidResponseError, match=status[:3]):
        play(kind, server, lambda client: done(CALLS[name](client)))


# If the body of a success is empty in S3, nothing distinguishes it from another empty response.
EMPTY_IS_RIGHT = {
    "bucket_exists", "head_bucket", "make_bucket", "make_bucket, tags", "remove_bucket", "remove_object",
    "set_bucket_policy", "set_bucket_notification",
    "get_bucket_notification", "set_bucket_tags", "set_object_tags", "set_bucket_lifecycle", "set_bucket_versioning",
    "enable_bucket_versioning", "disable_bucket_versioning", "put_bucket_encryption",
    "enable_object_legal_hold", "listen_bucket_notification", "select_object_content", "prompt_object",
    "disable_object_legal_hold", "set_object_retention", "set_object_lock_config", "delete_object_lock_config",
    "set_bucket_encryption", "set_bucket_replication", "set_bucket_cors", "delete_bucket_notification",
    "remove_all_bucket_notification",
}  # fmt: skip


@EACH_CLIENT
@pytest.mark.parametrize("name", [name for name in CALLS if name not in EMPTY_IS_RIGHT])
@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "206 Partial Content"])
def test_empty_response(kind: str, name: str, status: str) -> None:
    reply = head(status) if status.startswith("204") else answer(status=status)
    with only(reply) as server, pytest.raises(InvalidResponseError):
        play(kind, server, lambda client: done(CALLS[name](client)))


SETTINGS: dict[str, Callable[[Any], Any]] = {
    **{name: CALLS[name] for name in CALLS if re.match(r"get_bucket_|get_object_(tags|lock)|is_object_legal", name)},
    "get_bucket_encryption": lambda client: client.get_bucket_encryption("bucket"),
    "get_bucket_replication": lambda client: client.get_bucket_replication("bucket"),
    "get_object_retention": lambda client: client.get_object_retention("bucket", "key"),
}


@EACH_CLIENT
@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
def test_a_setting_without_a_document(kind: str, name: str, status: str) -> None:
    """Only of notifications does that say that nothing is set; an empty answer may be anybody's."""
    with only(head(status, {} if status.startswith("204") else {"Content-Length": "0"})) as server:
        if name == "get_bucket_notification":
            assert play(kind, server, lambda client: done(CALLS[name](client))) == {}
            return
        with pytest.raises(InvalidResponseError) as caught:
            play(kind, server, lambda client: done(SETTINGS[name](client)))
        assert caught.value.status == int(status[:3])


READ_OBJECTS = {"get_object", "get_object, range", "stat_object", "fget_object", "open_object", "append_object",
                "object_exists", "bucket_exists", "head_bucket", "listen_bucket_notification", "prompt_object",
                "select_object_content", "copy_object, part", "compose_object", "get_objects", "stat_objects",
                "get_object_attributes", "get_partial_object"}  # fmt: skip


@EACH_CLIENT
@pytest.mark.parametrize("name", [name for name in CALLS if name not in READ_OBJECTS])
def test_error_in_a_success(kind: str, name: str) -> None:
    body = b"<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    reply = answer(body, headers={"Content-Type": "application/xml", "ETag": '"e"'})
    with only(reply) as server, pytest.raises(S3Error) as caught:
        play(kind, server, lambda client: done(CALLS[name](client)))
    assert caught.value.code == "AccessDenied"


SENT_FIRST = [
    b"",
    b" " * 5000,
    b"<?xml version='1.0'?>\n" + b" \n" * 1000,
    b"\xef\xbb\xbf<?xml version='1.0'?>",
    b"<!-- a --> ",
]


@EACH_CLIENT
@pytest.mark.parametrize("sent_first", SENT_FIRST, ids=range(5))
@pytest.mark.parametrize("prefix", [b"", b"s3:"])
def test_an_error_after_blanks(kind: str, sent_first: bytes, prefix: bytes) -> None:
    """A server that takes long sends blanks, so that the connection is kept, and then what happened."""
    tag = prefix + b"Error"
    body = sent_first + b"<%b xmlns:s3='urn:s3'><Code>AccessDenied</Code><Message>no</Message></%b>" % (tag, tag)
    for name in ("set_bucket_tags", "copy_object", "remove_objects", "put_object"):
        with only(answer(body, headers={"ETag": '"e"'})) as server, pytest.raises(S3Error, match="AccessDenied"):
            play(kind, server, lambda client, name=name: done(CALLS[name](client)))


@EACH_CLIENT
@pytest.mark.parametrize("sent_first", SENT_FIRST, ids=range(5))
@pytest.mark.parametrize("page", [PAGE, b"<html xmlns='http://www.w3.org/1999/xhtml'><p>Console</p></html>"])
def test_a_page_without_a_type(kind: str, sent_first: bytes, page: bytes) -> None:
    for name in ("set_bucket_tags", "put_object", "get_bucket_policy"):
        reply = answer(sent_first + page, headers={"ETag": '"e"', "Content-Type": "application/xml"})
        with only(reply) as server, pytest.raises(InvalidResponseError, match="page for a browser"):
            play(kind, server, lambda client, name=name: done(CALLS[name](client)))


# --- single laws


CREATED = b"<InitiateMultipartUploadResult>%b</InitiateMultipartUploadResult>"
COMPLETED = b"<CompleteMultipartUploadResult><ETag>%b</ETag></CompleteMultipartUploadResult>"


def upload(**changes: bytes) -> Callable[[Recorded], bytes]:
    """A server for multipart uploads. Each step can be changed."""

    def reply(request: Recorded) -> bytes:
        if request.method == "POST" and "uploadId" in request.target:
            step, usual = "complete", answer(COMPLETED % b"e-2")
        elif request.method == "POST":
            step, usual = "create", answer(CREATED % b"<UploadId>u</UploadId>")
        elif request.method == "PUT" and "x-amz-copy-source" in request.headers:
            step, usual = "copy", answer(b"<CopyPartResult><ETag>e</ETag></CopyPartResult>")
        elif request.method == "PUT":
            step, usual = "part", answer(headers={"ETag": '"e"'})
        elif request.method == "HEAD":
            step, usual = "head", head(headers={"ETag": '"looked-up"', "Content-Length": str(6 * MIB)})
        else:
            step, usual = "rest", answer(status="404 Not Found")
        return changes.get(step, usual)

    return reply


def put_parts(client: Any) -> Any:
    return done(client.put_object("bucket", "key", bytes(6 * MIB), 6 * MIB, resume=False, num_parallel_uploads=1))


def copy_parts(client: Any) -> Any:
    return done(client.copy_object("bucket", "key", CopySource("bucket", "source"), part_size=5 * MIB,
                                   metadata_directive="REPLACE", tagging_directive="REPLACE"))  # fmt: skip


@EACH_CLIENT
@pytest.mark.parametrize(
    ("call", "changes"),
    [
        (put_parts, {"create": answer(CREATED % b"")}),
        (put_parts, {"create": answer(CREATED % b"<UploadId/>")}),
        (put_parts, {"create": answer()}),
        (put_parts, {"part": answer()}),
        (put_parts, {"part": answer(headers={"ETag": ""})}),
        (put_parts, {"complete": answer()}),
        (put_parts, {"complete": answer(b"<Other><ETag>e</ETag></Other>")}),
        (put_parts, {"complete": head("204 No Content")}),
        (copy_parts, {"copy": answer()}),
        (copy_parts, {"copy": answer(b"<CopyPartResult/>")}),
    ],
    ids=range(10),
)
def test_step_of_an_upload(kind: str, call: Call, changes: dict[str, bytes]) -> None:
    with ScriptedServer(forever(upload(**changes))) as server, pytest.raises(InvalidResponseError):
        play(kind, server, call)


@EACH_CLIENT
def test_completion_with_an_empty_etag(kind: str) -> None:
    """Ceph does so. The client then looks up the ETag."""
    body = COMPLETED % b""
    for call in (put_parts, copy_parts):
        with ScriptedServer(forever(upload(complete=answer(body)))) as server:
            assert play(kind, server, call).etag == "looked-up"


@EACH_CLIENT
def test_weak_etag_of_a_part(kind: str) -> None:
    with ScriptedServer(forever(upload(part=answer(headers={"ETag": 'W/"e"'})))) as server:
        play(kind, server, put_parts)
        (complete,) = [request for request in server.requests if b"<PartNumber>" in request.body]
        assert b'<ETag>"e"</ETag>' in complete.body


@EACH_CLIENT
def test_version_that_differs_from_the_request(kind: str, tmp_path: Path) -> None:
    facts = {"ETag": '"e"', "Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"}
    calls: list[Call] = [
        lambda client: client.stat_object("bucket", "key", version_id="one"),
        lambda client: client.get_object("bucket", "key", version_id="one"),
        lambda client: client.fget_object("bucket", "key", tmp_path / "file", version_id="one"),
        lambda client: client.open_object("bucket", "key", version_id="one"),
        lambda client: client.remove_object("bucket", "key", "one"),
    ]
    for more in ({}, {"x-amz-version-id": "two"}):
        for call in calls:
            reply = answer(b"x", headers={**facts, **more})
            with only(reply) as server, pytest.raises(InvalidResponseError, match="'one'"):
                play(kind, server, lambda client, call=call: done(call(client)))
    with only(answer(b"x", headers={**facts, "x-amz-version-id": "one"})) as server:
        for call in calls:
            play(kind, server, lambda client, call=call: done(call(client)))


@EACH_CLIENT
def test_response_need_not_name_a_removed_version(kind: str) -> None:
    """Servers do not return a version that had already been removed, as by a first try whose response was lost."""
    with only(head("204 No Content")) as server:
        play(kind, server, lambda client: done(client.remove_object("bucket", "key", version_id="one")))
    named = head("204 No Content", {"x-amz-version-id": "two"})
    with only(named) as server, pytest.raises(InvalidResponseError, match="version"):
        play(kind, server, lambda client: done(client.remove_object("bucket", "key", version_id="one")))


@EACH_CLIENT
def test_response_need_not_name_the_null_version(kind: str) -> None:
    with only(answer(b"x", headers={"ETag": '"e"'})) as server:
        found = play(kind, server, lambda client: done(client.stat_object("bucket", "key", version_id="null")))
    assert found.size == 1


@EACH_CLIENT
def test_directory_of_a_gateway_has_no_etag(kind: str) -> None:
    call: Call = lambda client: done(client.put_object("bucket", "folder/", b"", 0))  # noqa: E731
    with only(answer(headers={"x-amz-request-id": "1"})) as server:
        assert play(kind, server, call) == ""
    with only(answer()) as server, pytest.raises(InvalidResponseError):
        play(kind, server, call)


@EACH_CLIENT
def test_object_may_be_an_html_page(kind: str) -> None:
    facts = {"Content-Type": "text/html", "ETag": '"e"'}
    with only(answer(PAGE, headers=facts)) as server:
        assert play(kind, server, lambda client: content(client.get_object("bucket", "key"))) == PAGE


@EACH_CLIENT
def test_empty_response_with_content_type_html(kind: str) -> None:
    """Flask does so, and so do test servers based on it."""
    with only(answer(headers={"Content-Type": "text/html; charset=utf-8", "ETag": '"e"'})) as server:
        for name in ("make_bucket", "bucket_exists", "put_object", "remove_object", "set_bucket_tags"):
            play(kind, server, lambda client, name=name: done(CALLS[name](client)))


@EACH_CLIENT
@pytest.mark.parametrize(
    ("status", "error"), [("304 Not Modified", NotModified), ("412 Precondition Failed", PreconditionFailed)]
)
def test_errors_of_conditions(kind: str, status: str, error: type[S3Error]) -> None:
    reply = head(status) if status.startswith("304") else answer(status=status)
    for name in ("get_object", "stat_object", "fget_object", "open_object"):
        with only(reply) as server, pytest.raises(error) as caught:
            play(kind, server, lambda client, name=name: done(CALLS[name](client)))
        assert (caught.value.code, caught.value.object_name) == (error.__name__, "key")


@EACH_CLIENT
def test_copy_with_status_not_modified(kind: str) -> None:
    """Ceph responds so if If-None-Match is not met."""
    with only(head("304 Not Modified")) as server, pytest.raises(PreconditionFailed):
        play(kind, server, lambda client: done(CALLS["copy_object"](client)))
