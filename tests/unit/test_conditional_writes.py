"""Conditional writes whose response is lost, or which meet another: the result is right, or says what is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.clients import KINDS, done, play
from fakes.scripted_server import Peer, Recorded, Script, ScriptedServer, answer, forever, head
from minio import Retry
from minio.error import ConditionalRequestConflict, InvalidArgumentError, PreconditionFailed, TransportError

MIB = 1024 * 1024
LARGE = bytes(6 * MIB)
FAST = Retry(tries=3, base=0.001)
EACH_KIND = pytest.mark.parametrize("kind", KINDS)
FAILED = answer(b"<Error><Code>PreconditionFailed</Code></Error>", "412 Precondition Failed")
CONFLICT = answer(b"<Error><Code>ConditionalRequestConflict</Code></Error>", "409 Conflict")
STORED = answer(headers={"ETag": '"e"'})


def lose(peer: Peer) -> None:
    """Read a request, and disconnect: the client cannot know whether it was applied."""
    peer.read_request()


def put(client: Any) -> Any:
    return done(client.put_object("bucket", "key", b"abc", 3, if_none_match="*"))


@EACH_KIND
@pytest.mark.parametrize("reply", [FAILED, CONFLICT], ids=["412", "409"])
def test_lost_and_then_refused(kind: str, reply: bytes) -> None:
    """The first try may have stored the object, so this does not mean that another client was first."""
    with ScriptedServer(lose, forever(reply)) as server, pytest.raises(TransportError) as caught:
        play(kind, server, put, retries=FAST)
    assert "the response to a conditional write was lost" in str(caught.value)
    assert isinstance(caught.value.__cause__, (PreconditionFailed, ConditionalRequestConflict))


@EACH_KIND
def test_lost_and_then_stored(kind: str) -> None:
    with ScriptedServer(lose, forever(STORED)) as server:
        assert play(kind, server, put, retries=FAST).etag == "e"
    assert len(server.requests) == 2


@EACH_KIND
def test_a_conflict_is_retried(kind: str) -> None:
    def both(peer: Peer) -> None:
        for reply in (CONFLICT, STORED):
            peer.read_request()
            peer.send(reply)

    with ScriptedServer(both) as server:
        assert play(kind, server, put, retries=FAST).etag == "e"
    with ScriptedServer(forever(CONFLICT)) as server, pytest.raises(ConditionalRequestConflict):
        play(kind, server, put, retries=FAST)
    assert len(server.requests) == 3


@EACH_KIND
def test_without_a_condition_a_refusal_is_itself(kind: str) -> None:
    with ScriptedServer(lose, forever(FAILED)) as server, pytest.raises(PreconditionFailed):
        play(kind, server, lambda client: done(client.put_object("bucket", "key", b"abc", 3)), retries=FAST)


def uploads(sent: list[str], completes: list[bytes], there: bool = False) -> Script:
    """A server for uploads in parts, with a response to each completion."""

    def reply(request: Recorded) -> bytes:
        sent.append(f"{request.method} {request.target.partition('?')[2].partition('=')[0]}")
        if request.method == "HEAD":
            return head(headers={"ETag": '"old"', "Content-Length": "3"}) if there else head("404 Not Found")
        if "uploads=" in request.target:
            return answer(b"<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>")
        if request.method == "PUT":
            assert "if-none-match" not in request.headers
            return STORED
        if request.method == "POST":
            assert request.headers["if-none-match"] == "*"
            return completes.pop(0)
        return answer(status="204 No Content")

    return forever(reply)


DONE = answer(b"<CompleteMultipartUploadResult><ETag>e-2</ETag></CompleteMultipartUploadResult>")


def upload(client: Any) -> Any:
    return done(client.put_object("bucket", "key", LARGE, len(LARGE), if_none_match="*", num_parallel_uploads=1))


@EACH_KIND
def test_the_condition_is_on_the_completion(kind: str) -> None:
    sent: list[str] = []
    with ScriptedServer(uploads(sent, [DONE])) as server:
        assert play(kind, server, upload).etag == "e-2"
    assert sent == ["HEAD ", "POST uploads", "PUT partNumber", "PUT partNumber", "HEAD ", "POST uploadId"]


@EACH_KIND
def test_nothing_is_uploaded_for_an_object_that_is_there(kind: str) -> None:
    sent: list[str] = []
    with ScriptedServer(uploads(sent, [], there=True)) as server, pytest.raises(PreconditionFailed):
        play(kind, server, upload)
    assert sent == ["HEAD "]


@EACH_KIND
def test_a_refused_completion_aborts_the_upload(kind: str) -> None:
    sent: list[str] = []
    with ScriptedServer(uploads(sent, [FAILED])) as server, pytest.raises(PreconditionFailed):
        play(kind, server, upload)
    assert sent[-2:] == ["POST uploadId", "DELETE uploadId"]


@EACH_KIND
def test_a_conflict_at_the_completion_begins_the_upload_again(kind: str) -> None:
    """S3 demands it: the upload of a completion that met a conflict cannot be completed."""
    sent: list[str] = []
    with ScriptedServer(uploads(sent, [CONFLICT, DONE])) as server:
        assert play(kind, server, upload).etag == "e-2"
    assert sent.count("POST uploads") == 2
    assert sent.count("DELETE uploadId") == 1


@EACH_KIND
@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"if_match": "e", "if_none_match": "*"}, "if_match must not be given with if_none_match"),
        ({"if_match": ""}, "if_match must not be empty"),
        ({"if_none_match": "\N{SNOWMAN}"}, "if_none_match must be printable ASCII"),
        ({"if_match": 7}, "if_match must be str"),
    ],
)
def test_wrong_conditions(kind: str, more: dict[str, Any], text: str) -> None:
    async def story(client: Any) -> None:
        for call in (
            lambda: client.put_object("bucket", "key", b"abc", 3, **more),
            lambda: client.fput_object("bucket", "key", __file__, **more),
            lambda: client.open_object("bucket", "key", "wb", **more),
        ):
            with pytest.raises(InvalidArgumentError, match=text):
                await done(call())

    with ScriptedServer(forever(STORED)) as server:
        play(kind, server, story)
    assert server.requests == []


@EACH_KIND
def test_conditions_of_writes_are_not_for_reading(kind: str) -> None:
    with ScriptedServer(forever(STORED)) as server, pytest.raises(InvalidArgumentError, match="are for writing"):
        play(kind, server, lambda client: done(client.open_object("bucket", "key", if_none_match="*")))
