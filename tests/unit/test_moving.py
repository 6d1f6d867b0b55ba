"""Moves: the source is removed only if it is what was copied, and only a source that is still there is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakes.clients import KINDS, done, play
from fakes.scripted_server import Peer, ScriptedServer, answer, forever, head
from minio import Minio, Retry
from minio.commonconfig import CopySource
from minio.error import (
    AccessDenied,
    InvalidArgumentError,
    InvalidResponseError,
    PreconditionFailed,
    TransportError,
)

COPIED = b"<CopyObjectResult><ETag>&quot;" + b"a" * 32 + b"&quot;</ETag></CopyObjectResult>"


def object_head(etag: str, size: int = 3, crc32c: str = "") -> bytes:
    headers = {"Last-Modified": "Wed, 01 Jan 2025 00:00:00 GMT", "Content-Length": str(size), "ETag": f'"{etag}"'}
    return head("200 OK", {**headers, **({"x-amz-checksum-crc32c": crc32c} if crc32c else {})})


def moving(source: list[bytes], copy: bytes) -> Callable[[Any], bytes]:
    """The responses for one move: what HeadObject of the source says, one time after the other, and of the copy."""
    answers = iter(source)

    def reply(request: Any) -> bytes:
        if request.method == "HEAD":
            return next(answers) if "/source" in request.target else copy
        if request.method == "PUT":
            return answer(COPIED)
        return head("204 No Content")

    return reply


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("source", "copy", "error"),
    [
        ([object_head("a" * 32)] * 2, object_head("a" * 32), None),
        ([object_head("a" * 32)] * 2, object_head("a" * 32, 2), InvalidResponseError),
        ([object_head("b" * 32)] * 2, object_head("a" * 32), InvalidResponseError),
        ([object_head("b" * 32 + "-2")] * 2, object_head("a" * 32), None),
        (
            [object_head("b" * 32 + "-2", 3, "AAAAAA==")] * 2,
            object_head("a" * 32, 3, "AAAAAQ=="),
            InvalidResponseError,
        ),
        ([object_head("a" * 32)] * 2, object_head("c" * 32), InvalidResponseError),
        ([object_head("a" * 32), object_head("c" * 32)], object_head("a" * 32), PreconditionFailed),
    ],
    ids=["equal", "shorter", "other-etag", "parts", "other-checksum", "overwritten", "replaced"],
)
def test_a_move_removes_only_what_it_has_copied(kind: str, source: list[bytes], copy: bytes, error: Any) -> None:
    async def story(client: Any) -> None:
        await done(client.move_object("bucket", "target", CopySource("bucket", "source")))

    with ScriptedServer(forever(moving(source, copy))) as server:
        if error is None:
            play(kind, server, story)
        else:
            with pytest.raises(error):
                play(kind, server, story)
        sent = [request for request in server.requests if request.method == "DELETE"]
        assert [request.target for request in sent] == ([] if error else ["/bucket/source"])
        assert all(request.headers["if-match"] for request in sent)


SAME, OTHER, GONE = object_head("a" * 32), object_head("d" * 32), head("404 Not Found")
LOST = b""


def removing(removals: list[bytes], looks: list[bytes], found: bytes = SAME) -> Callable[[Peer], None]:
    """A server that copies, then responds to removals and, after the first of them, to HeadObject of the source."""
    reply = moving([found, found], found)
    removals, looks = [*removals], [*looks]
    tried = False

    def script(peer: Peer) -> None:
        nonlocal tried
        while True:
            request = peer.read_request()
            if request.method == "DELETE":
                tried = True
                response = removals.pop(0) if len(removals) > 1 else removals[0]
            elif request.method == "HEAD" and tried:
                response = looks.pop(0) if len(looks) > 1 else looks[0]
            else:
                response = reply(request)
            if not response:
                return  # the connection ends without a response
            peer.send(response)

    return script


def move(kind: str, server: ScriptedServer, version_id: str | None = None) -> None:
    async def story(client: Any) -> None:
        source = CopySource("bucket", "source", version_id=version_id)
        await done(client.move_object("bucket", "target", source))

    play(kind, server, story, retries=Retry(tries=3, base=0.0))


def removals_of(server: ScriptedServer) -> list[str | None]:
    """The conditions of the removals that were sent."""
    return [request.headers.get("if-match") for request in server.requests if request.method == "DELETE"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weak", [False, True], ids=["strong", "weak"])
def test_a_move_never_removes_what_it_has_not_copied(kind: str, weak: bool) -> None:
    """The response to the removal is lost, and another client stores an object under the name of the source."""
    found = SAME.replace(b'"' + b"a" * 32, b'W/"' + b"a" * 32) if weak else SAME
    with ScriptedServer(removing([LOST, head("204 No Content")], [OTHER], found)) as server:
        with pytest.raises(PreconditionFailed, match="replaced while it was moved"):
            move(kind, server)
        assert len(removals_of(server)) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "failure",
    [
        LOST,
        answer(b"", "404 Not Found"),
        answer(b"", "403 Forbidden"),
        answer(b"", "412 Precondition Failed"),
        answer(b"", "500 Internal Server Error"),
        answer(b"", "502 Bad Gateway"),
        answer(b"", "503 Service Unavailable"),
    ],
    ids=["lost", "404", "403", "412", "500", "502", "503"],
)
def test_a_move_whose_source_is_gone_has_succeeded(kind: str, failure: bytes) -> None:
    with ScriptedServer(removing([failure], [GONE])) as server:
        move(kind, server)
        assert len(removals_of(server)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_removal_of_a_version_is_repeated(kind: str) -> None:
    found = SAME.replace(b"\r\n\r\n", b"\r\nx-amz-version-id: v1\r\n\r\n")
    with ScriptedServer(removing([LOST, answer(b"", "404 Not Found")], [GONE], found)) as server:
        move(kind, server, "v1")
        assert removals_of(server) == [None, None]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("failure", [LOST, answer(b"", "503 Service Unavailable")], ids=["lost", "503"])
def test_a_move_removes_its_source_again_if_it_is_still_there(kind: str, failure: bytes) -> None:
    with ScriptedServer(removing([failure, head("204 No Content")], [SAME])) as server:
        move(kind, server)
        assert len(removals_of(server)) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_move_leaves_out_a_condition_that_the_server_does_not_implement(kind: str) -> None:
    missing = answer(b"<Error><Code>NotImplemented</Code></Error>", "501 Not Implemented")
    with ScriptedServer(removing([missing, LOST], [SAME, GONE])) as server:
        move(kind, server)
        conditions = removals_of(server)
        assert conditions[0]
        assert conditions[1:] == [None]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("failure", "look", "error"),
    [(LOST, head("503 Service Unavailable"), TransportError), (answer(b"", "403 Forbidden"), SAME, AccessDenied)],
    ids=["unknown", "denied"],
)
def test_a_move_whose_source_is_not_removed_fails(
    kind: str, failure: bytes, look: bytes, error: type[Exception]
) -> None:
    with ScriptedServer(removing([failure], [look])) as server:
        with pytest.raises(error):
            move(kind, server)
        assert len(removals_of(server)) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("headers", [{}, {"ETag": '"\xe9?"'}])
def test_a_move_of_what_has_no_valid_etag_is_refused(kind: str, headers: dict[str, str]) -> None:
    async def story(client: Any) -> None:
        await done(client.move_object("bucket", "target", CopySource("bucket", "source")))

    with ScriptedServer(forever(head("200 OK", {"Content-Length": "3", **headers}))) as server:
        with pytest.raises(InvalidResponseError, match="ETag of bucket/source"):
            play(kind, server, story)
        assert [request.method for request in server.requests] == ["HEAD"]


@pytest.mark.parametrize(
    "source", ["/bucket/key", CopySource("bucket", "key", version_id="1"), CopySource("bucket", "x", offset=1)]
)
def test_a_move_onto_itself_or_of_a_part_is_refused(source: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="source"):
        Minio("host", "key", "secret").move_object("bucket", "key", source)
