"""The sources of multipart copies: a single version, under the caller's conditions, of any length."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from fakes.clients import KINDS, done, play
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head, partial
from minio import CopyConditions
from minio._core.ops.conditions import CONDITIONS, in_both_spellings, is_met
from minio.commonconfig import ComposeSource, CopySource
from minio.datatypes import Object
from minio.error import InvalidArgumentError, NoSuchKey, PreconditionFailed
from minio.time import to_http_header

MIB = 1024 * 1024
EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)
MOMENT = datetime(2026, 1, 5, 10, 0, 0, tzinfo=UTC)
FACTS = {"Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"}
CREATED = answer(b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
COMPLETED = answer(b"<CompleteMultipartUploadResult><ETag>e-2</ETag></CompleteMultipartUploadResult>")
COPIED = answer(b"<CopyPartResult><ETag>e</ETag></CopyPartResult>")
COPIED_WHOLE = answer(b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>")
DATA = bytes(11 * MIB)


class Store:
    """A server that ignores copy conditions. Its objects get the ETags of a list, one after another."""

    def __init__(self, *etags: str, sized: bool = True, ranges: bool = True) -> None:
        self.etags = list(etags)
        self.sized = sized
        self.ranges = ranges

    def __call__(self, request: Recorded) -> bytes:
        if request.method == "HEAD":
            etag = self.etags.pop(0) if len(self.etags) > 1 else self.etags[0]
            length = {"Content-Length": str(len(DATA))} if self.sized else {}
            return head(headers={**FACTS, **length, "ETag": etag})
        if request.method == "GET":
            facts = {**FACTS, "ETag": self.etags[0]}
            if self.ranges:
                return partial(DATA, request, facts)
            return head(headers={**facts, "Transfer-Encoding": "chunked"}) + b"3\r\nabc\r\n0\r\n\r\n"
        if request.method == "POST":
            return COMPLETED if "uploadId" in request.target else CREATED
        if request.method == "DELETE":
            return head("204 No Content")
        return COPIED if "partNumber" in request.target else COPIED_WHOLE


def parts(server: ScriptedServer) -> list[dict[str, str]]:
    """The headers of the UploadPartCopy requests."""
    return [request.headers for request in server.requests if "partNumber" in request.target]


def steps(server: ScriptedServer) -> set[str]:
    return {request.method for request in server.requests if "uploadId" in request.target}


def in_parts(client: Any) -> Any:
    source = CopySource("bucket", "source")
    return done(client.copy_object("bucket", "key", source, part_size=5 * MIB,
                                   metadata_directive="REPLACE", tagging_directive="REPLACE"))  # fmt: skip


@EACH_CLIENT
def test_source_replaced_during_the_copy(kind: str) -> None:
    with (
        ScriptedServer(forever(Store('"old"', '"new"'))) as server,
        pytest.raises(PreconditionFailed, match="replaced"),
    ):
        play(kind, server, in_parts)
    assert steps(server) == {"PUT", "DELETE"}  # nothing is completed, and the upload is aborted


@EACH_CLIENT
@pytest.mark.parametrize("etag", ['"same"', 'W/"same"'])
def test_unchanged_source(kind: str, etag: str) -> None:
    with ScriptedServer(forever(Store(etag))) as server:
        play(kind, server, in_parts)
    assert steps(server) == {"PUT", "POST"}
    ranges = [headers["x-amz-copy-source-range"] for headers in parts(server)]
    assert sorted(ranges) == sorted([f"bytes=0-{5 * MIB - 1}", f"bytes={5 * MIB}-{len(DATA) - 1}"])
    for headers in parts(server):
        weak = etag.startswith("W/")
        assert headers.get("x-amz-copy-source-if-match") == (None if weak else "same")
        assert headers.get("x-amz-copy-if-match") == (None if weak else "same")


@EACH_CLIENT
def test_condition_is_sent_in_both_spellings_and_signed(kind: str) -> None:
    conditions = CopyConditions()
    conditions.set_match_etag("abc")
    conditions.set_unmodified_since(MOMENT)
    with ScriptedServer(forever(COPIED_WHOLE)) as server:
        play(kind, server, lambda client: done(client.copy_object("bucket", "key", "/bucket/source", conditions)))
    (request,) = server.requests
    for spelling in ("x-amz-copy-source-if", "x-amz-copy-if"):
        for name, value in (("match", "abc"), ("unmodified-since", to_http_header(MOMENT))):
            assert request.headers[f"{spelling}-{name}"] == value
            assert f"{spelling}-{name}" in request.headers["authorization"]


@EACH_CLIENT
def test_condition_that_a_server_ignores_for_parts(kind: str) -> None:
    def compose(client: Any) -> Any:
        sources = [ComposeSource("bucket", "one"), ComposeSource("bucket", "two", match_etag="other")]
        return done(client.compose_object("bucket", "key", sources))

    with ScriptedServer(forever(Store('"same"'))) as server, pytest.raises(PreconditionFailed, match="bucket/two"):
        play(kind, server, compose)
    assert steps(server) == set()


# --- HeadObject does not return the length of the source


def composed(*sources: ComposeSource) -> Any:
    return lambda client: done(client.compose_object("bucket", "key", list(sources)))


WHOLE = ComposeSource("bucket", "source")


@EACH_CLIENT
def test_source_whose_length_comes_from_a_range(kind: str) -> None:
    with ScriptedServer(forever(Store('"same"', sized=False))) as server:
        play(kind, server, in_parts)
    assert len(parts(server)) == 2


@EACH_CLIENT
def test_source_of_unknown_length_is_copied_whole(kind: str) -> None:
    store = Store('"same"', sized=False, ranges=False)
    part = ComposeSource("bucket", "source", offset=5, length=9)
    with ScriptedServer(forever(store)) as server:
        play(kind, server, composed(WHOLE, part))
    first, second = (headers.get("x-amz-copy-source-range") for headers in parts(server))
    assert {first, second} == {None, "bytes=5-13"}
    with ScriptedServer(forever(store)) as server:
        play(kind, server, composed(WHOLE))
    assert parts(server) == []


@EACH_CLIENT
def test_rest_of_a_source_of_unknown_length(kind: str) -> None:
    store = Store('"same"', sized=False, ranges=False)
    with ScriptedServer(forever(store)) as server, pytest.raises(InvalidArgumentError, match=r"sources\[1\].*length"):
        play(kind, server, composed(WHOLE, ComposeSource("bucket", "source", offset=5)))


# --- each distinct source is checked once, several at the same time


def heads(server: ScriptedServer) -> list[str]:
    return sorted(request.target for request in server.requests if request.method == "HEAD")


@EACH_CLIENT
def test_each_distinct_source_is_checked_once(kind: str) -> None:
    """Once before the parts are copied, and once before the upload is completed."""
    one, other = ComposeSource("bucket", "one", offset=0, length=5 * MIB), ComposeSource("bucket", "other")
    old = ComposeSource("bucket", "one", version_id="v")
    store = Store('"same"')

    def script(request: Recorded) -> bytes:
        found = store(request)
        return found.replace(b"\r\n", b"\r\nx-amz-version-id: v\r\n", 1) if "versionId" in request.target else found

    with ScriptedServer(forever(script)) as server:
        play(kind, server, composed(one, other, one, old, other, one, old))
    assert heads(server) == [
        "/bucket/one", "/bucket/one", "/bucket/one?versionId=v", "/bucket/other", "/bucket/other"
    ]  # fmt: skip


@EACH_CLIENT
def test_multipart_copy_reads_the_properties_once(kind: str) -> None:
    source = CopySource("bucket", "source")
    with ScriptedServer(forever(Store('"same"'))) as server:
        play(kind, server, lambda client: done(client.copy_object("bucket", "key", source, part_size=5 * MIB,
                                                                  tagging_directive="REPLACE")))  # fmt: skip
    assert heads(server) == ["/bucket/source"] * 2


@EACH_CLIENT
def test_sources_are_checked_in_parallel(kind: str) -> None:
    together = threading.Barrier(4)
    store = Store('"same"')

    def script(request: Recorded) -> bytes:
        if request.method == "HEAD":
            together.wait(60)
        return store(request)

    with ScriptedServer(forever(script)) as server:
        play(kind, server, composed(*(ComposeSource("bucket", f"source-{number}") for number in range(8))))


@EACH_CLIENT
@pytest.mark.parametrize("first", [0, 2, 5])
def test_error_names_the_first_missing_source(kind: str, first: int) -> None:
    """Even though its response arrives last. No further sources are checked then."""
    store = Store('"same"')

    def script(request: Recorded) -> bytes:
        number = int(request.target.rpartition("-")[2])
        if number < first:
            return store(request)
        if number == first:
            time.sleep(0.15)
        return head("404 Not Found", {"Content-Length": "0"})

    sources = [ComposeSource("bucket", f"source-{number}") for number in range(30)]
    with ScriptedServer(forever(script)) as server, pytest.raises(NoSuchKey) as caught:
        play(kind, server, composed(*sources))
    assert caught.value.object_name == f"source-{first}"
    assert len(server.requests) <= first + 8


# --- the rules for conditions

FOUND = Object("bucket", "key", last_modified=MOMENT, etag="abc")
BEFORE, AFTER = (to_http_header(MOMENT + timedelta(seconds=off)) for off in (-1, 1))
_etags = st.sampled_from([None, "abc", '"abc"', 'W/"abc"', "other", '"other", "abc"', "*"])
_dates = st.sampled_from([None, BEFORE, to_http_header(MOMENT), AFTER, "no date"])


def test_single_conditions() -> None:
    for name, met, unmet in (
        ("match", "abc", "other"),
        ("none-match", "other", "abc"),
        ("modified-since", BEFORE, AFTER),
        ("unmodified-since", AFTER, BEFORE),
    ):
        assert is_met({f"X-Amz-Copy-Source-If-{name}": met}, FOUND)
        assert not is_met({f"x-amz-copy-source-if-{name}": unmet}, FOUND)


@given(match=_etags, none_match=_etags, modified=_dates, unmodified=_dates)
def test_etag_takes_precedence_over_a_date(
    match: str | None, none_match: str | None, modified: str | None, unmodified: str | None
) -> None:
    names = ("match", "none-match", "modified-since", "unmodified-since")
    values = (match, none_match, modified, unmodified)
    headers = {
        f"x-amz-copy-source-if-{name}": value for name, value in zip(names, values, strict=True) if value is not None
    }
    first = match != "other" if match is not None else unmodified != BEFORE
    second = none_match == "other" if none_match is not None else modified not in (to_http_header(MOMENT), AFTER)
    assert is_met(headers, FOUND) is (first and second)


def test_other_headers_are_sent_once() -> None:
    headers = {"x-amz-copy-source": "/b/k", "X-Amz-Copy-Source-If-Match": "abc", "Content-Type": "a/b"}
    assert in_both_spellings(headers) == {**headers, "x-amz-copy-if-match": "abc"}
    assert len(CONDITIONS) == 4
