"""The laws of the options that every call takes: what they may add, and what they must not change."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.clients import KINDS, done, each, play
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head
from minio import Minio
from minio._core import ops
from minio._core.engine.call_options import FRAMING, SELECTORS, check_options, checked_headers
from minio._core.ops import subresources
from minio._core.ops.copying import CopyObject
from minio._core.ops.multipart import AbortMultipartUpload, CompleteMultipartUpload, CreateMultipartUpload, UploadPart
from minio._core.ops.objects import GetObject, HeadObject, PutObject
from minio._core.transfer.journal import purpose_of
from minio._core.transfer.plan import Plan
from minio.error import InvalidArgumentError, PreconditionFailed

MIB = 1024 * 1024
EACH_KIND = pytest.mark.parametrize("kind", KINDS)


def operations() -> Iterator[type]:
    for found in pkgutil.iter_modules(ops.__path__, "minio._core.ops."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if (
                inspect.isclass(value)
                and value.__module__ == module.__name__
                and dataclasses.is_dataclass(value)
                and hasattr(value, "request")
            ):
                yield value


FILLED: dict[str, Any] = {
    "bucket": "bucket", "key": "key", "number": 1, "upload_id": "id", "headers": {}, "parts": [(1, "e", None)],
    "version_id": "v", "query": {}, "body": b"", "objects": [], "attributes": ["ETag"], "events": ("x",), "prefix": "p",
    "suffix": "s", "start_after": "s", "token": "t", "region": "eu-west-1", "most": 1, "marker": ("k", "u"),
    "fetch_owner": True, "user_meta": True, "delimiter": "/", "resource": subresources.CORS, "fields": {},
    "entries": [], "content": b"",
}  # fmt: skip


def queries(operation: type) -> set[str]:
    """All query parameters that an operation sends."""
    names = {field.name for field in dataclasses.fields(operation)}
    given = {name: value for name, value in FILLED.items() if name in names}
    sent: set[str] = set()
    if operation.__name__ == "Listing":
        for api in ("v1", "v2", "versions"):
            for token in ("", "t"):
                sent |= set(operation(**{**given, "api": api, "token": (token, token)}).request().query)
        return sent
    if operation.__name__ == "ListParts":
        given["marker"] = 3
    if operation.__name__.endswith("Subresource"):
        for row in vars(subresources).values():
            if isinstance(row, subresources.Subresource):
                sent |= set(operation(**{**given, "resource": row}).request().query)
        return sent
    return set(operation(**given).request().query)


@pytest.mark.parametrize("operation", list(operations()), ids=lambda operation: operation.__name__)
def test_what_operations_send_cannot_be_added(operation: type) -> None:
    if operation.__name__ in ("PromptObject", "AdminOperation", "RawRequest"):  # their queries are made by the calls
        return
    assert queries(operation) <= SELECTORS


@pytest.mark.parametrize("name", sorted(SELECTORS | {"X-Amz-Signature", "x-amz-credential", "X-Amz-Expires"}))
def test_query_parameters_of_operations_are_refused(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"extra_query_params: {name!r}"):
        check_options({"extra_query_params": {name: "x"}})


OF_THE_CLIENT = sorted(
    FRAMING
    | {"range", "content-md5", "x-amz-copy-source", "x-amz-copy-source-range", "x-amz-checksum-crc32c"}
    | {"x-amz-copy-source-if-match", "x-amz-write-offset-bytes", "x-amz-sdk-checksum-algorithm", "Proxy-Authorization"}
)


@pytest.mark.parametrize("name", OF_THE_CLIENT)
def test_headers_of_the_client_are_refused(name: str) -> None:
    for spelling in (name, name.upper(), name.title()):
        with pytest.raises(InvalidArgumentError, match=f"extra_headers: {spelling!r} must not be given"):
            check_options({"extra_headers": {spelling: "x"}})


def test_calls_with_headers_of_their_own_refuse_only_those_that_frame_the_request() -> None:
    assert checked_headers("extra_headers", {"Range": "bytes=0-1"}, only_framing=True) == {"Range": "bytes=0-1"}
    with pytest.raises(InvalidArgumentError, match="'authorization'"):
        checked_headers("extra_headers", {"authorization": "x"}, only_framing=True)


def test_the_hint_names_the_argument() -> None:
    with pytest.raises(InvalidArgumentError, match="use offset and length"):
        check_options({"extra_headers": {"Range": "bytes=0-1"}})


def test_nothing_to_apply() -> None:
    assert check_options({}) is None
    assert check_options({"region": None, "extra_headers": {}, "extra_query_params": None}) is None


def test_conditions_go_only_to_requests_for_the_object() -> None:
    options = check_options({"extra_headers": {"If-None-Match": "*", "X-Extra": "1"}})
    assert options is not None
    for operation in (PutObject("b", "k", b""), GetObject("b", "k"), HeadObject("b", "k"), CopyObject("b", "k", {})):
        assert options.apply(operation.request()).headers["If-None-Match"] == "*"
    complete = CompleteMultipartUpload("b", "k", "u", [])
    assert options.apply(complete.request()).headers["If-None-Match"] == "*"
    for other in (
        CreateMultipartUpload("b", "k"),
        UploadPart("b", "k", "u", 1, b""),
        AbortMultipartUpload("b", "k", "u"),
        HeadObject("b", "k", conditional=False),
    ):
        assert "If-None-Match" not in options.apply(other.request()).headers
        assert options.apply(other.request()).headers["X-Extra"] == "1"


def test_the_version_that_is_read_stays() -> None:
    options = check_options({"extra_headers": {"if-match": "mine", "content-type": "text/plain"}})
    assert options is not None
    assert options.apply(GetObject("b", "k", headers={"If-Match": "pinned"}).request()).headers["If-Match"] == "pinned"
    document = options.apply(CompleteMultipartUpload("b", "k", "u", []).request())
    assert document.headers["Content-Type"] == "application/xml"
    written = options.apply(PutObject("b", "k", b"", {"Content-Type": "a/b"}).request())
    assert written.headers["Content-Type"] == "text/plain"


def test_an_upload_is_resumed_only_with_the_same_options() -> None:
    def purpose(**options: Any) -> Any:
        checked = check_options(options)
        headers = {} if checked is None else checked.identity
        return purpose_of(("here",), headers, None, Plan(9, 5), ("file",))

    assert purpose() == purpose(region="eu-west-1")
    assert purpose(extra_headers={"X-Extra": "1"}) == purpose(extra_headers={"x-extra": "1"})
    different = [
        purpose(), purpose(extra_headers={"x-extra": "1"}), purpose(extra_headers={"x-extra": "2"}),
        purpose(extra_query_params={"x-extra": "1"}),
    ]  # fmt: skip
    assert len(set(different)) == len(different)


def test_options_are_no_state_of_the_client() -> None:
    with Minio("host:9000", "key", "secret") as client:
        other = client._derive(options=check_options({"region": "eu-west-1"}))
        assert client._session.options is None
        assert type(other) is Minio
        assert other._session.regions is client._session.regions
        assert other._session.known_region(GetObject("b", "k").request(), False) is None


ERROR = b"<Error><Code>%b</Code><Message>no</Message></Error>"


@EACH_KIND
def test_a_region_is_for_one_call(kind: str) -> None:
    def reply(request: Recorded) -> bytes:
        if "location" in request.target:
            return answer(b"<LocationConstraint>eu-central-1</LocationConstraint>")
        return head(headers={"ETag": '"e"', "Content-Length": "3"})

    async def story(client: Any) -> None:
        await done(client.stat_object("bucket", "key", region="eu-west-1"))
        await done(client.stat_object("bucket", "key"))

    with ScriptedServer(forever(reply)) as server:
        play(kind, server, story, region=None)
    signed = [request.headers["authorization"].split("/")[2] for request in server.requests]
    assert signed == ["eu-west-1", "us-east-1", "eu-central-1"]


@EACH_KIND
def test_options_are_checked_when_the_call_is_made(kind: str) -> None:
    async def story(client: Any) -> None:
        for more in ({"region": "eu west"}, {"region": 7}, {"extra_headers": {"a b": "c"}}, {"extra_query_params": 7}):
            for name in ("list_objects", "bucket_exists"):
                with pytest.raises(InvalidArgumentError, match=next(iter(more))):
                    await done(getattr(client, name)("bucket", **more))

    with ScriptedServer(forever(answer())) as server:
        play(kind, server, story)
    assert server.requests == []


@EACH_KIND
def test_pages_of_buckets(kind: str) -> None:
    pages = [
        b"<ListAllMyBucketsResult><Buckets><Bucket><Name>my-one</Name></Bucket><Bucket><Name>other</Name></Bucket>"
        b"</Buckets><ContinuationToken>a/b=</ContinuationToken></ListAllMyBucketsResult>",
        b"<ListAllMyBucketsResult><Buckets><Bucket><Name>my-two</Name></Bucket></Buckets></ListAllMyBucketsResult>",
    ]

    def reply(request: Recorded) -> bytes:
        return answer(pages["continuation-token" in request.target])

    with ScriptedServer(forever(reply)) as server:
        found = play(
            kind,
            server,
            lambda client: done(client.list_buckets(bucket_region="eu-west-1", max_buckets=2, prefix="my-")),
        )
    assert [bucket.name for bucket in found] == ["my-one", "my-two"]
    assert [request.target for request in server.requests] == [
        "/?bucket-region=eu-west-1&max-buckets=2&prefix=my-",
        "/?bucket-region=eu-west-1&continuation-token=a%2Fb%3D&max-buckets=2&prefix=my-",
    ]


@EACH_KIND
def test_a_repeated_page_of_buckets_is_an_error(kind: str) -> None:
    page = b"<ListAllMyBucketsResult><Buckets/><ContinuationToken>a</ContinuationToken></ListAllMyBucketsResult>"
    with ScriptedServer(forever(answer(page))) as server, pytest.raises(Exception, match="repeats"):
        play(kind, server, lambda client: done(client.list_buckets()))


@EACH_KIND
def test_removals_and_listings_keep_the_options_on_each_page(kind: str) -> None:
    token = b"<NextContinuationToken>t</NextContinuationToken>"
    entry = b"<IsTruncated>%b</IsTruncated>%b<Contents><Key>%b</Key></Contents>"
    page = b"<ListBucketResult><KeyCount>1</KeyCount>" + entry + b"</ListBucketResult>"

    def reply(request: Recorded) -> bytes:
        last = "continuation-token" in request.target
        return answer(page % ((b"false", b"", b"b") if last else (b"true", token, b"a")))

    with ScriptedServer(forever(reply)) as server:
        found = play(kind, server, lambda client: each(client.list_objects("bucket", region="eu-west-1")))
    assert [item.object_name for item in found] == ["a", "b"]
    assert all("/eu-west-1/" in request.headers["authorization"] for request in server.requests)
    assert len(server.requests) == 2


@EACH_KIND
def test_an_interrupted_upload_with_other_headers_is_not_resumed(kind: str, tmp_path: Path) -> None:
    parts: list[str] = []

    def reply(request: Recorded) -> bytes:
        if "uploads=" in request.target:
            parts.append("create")
            return answer(b"<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>")
        if request.method == "PUT":
            parts.append("part")
            if "partNumber=2" in request.target:
                return answer(ERROR % b"AccessDenied", "403 Forbidden")
            return answer(headers={"ETag": '"e"'})
        if request.method == "GET":
            parts.append("list")
            return answer(b"<ListPartsResult/>")
        return answer(status="204 No Content")

    source = tmp_path / "file"
    source.write_bytes(bytes(6 * MIB))
    journals = tmp_path / "journals"

    async def story(client: Any) -> None:
        for value in ("1", "1", "2"):
            with pytest.raises(Exception, match="AccessDenied"):
                await done(
                    client.fput_object(
                        "bucket",
                        "key",
                        source,
                        resume=journals,
                        num_parallel_uploads=1,
                        extra_headers={"X-Extra": value},
                    )
                )
            parts.append("end")

    with ScriptedServer(forever(reply)) as server:
        play(kind, server, story)
    first, second, third = " ".join(parts).split(" end")[:3]
    assert "list" not in first
    assert "list" in second
    assert "list" not in third


@EACH_KIND
def test_precondition_failed_without_a_lost_response_is_itself(kind: str) -> None:
    with ScriptedServer(forever(answer(ERROR % b"PreconditionFailed", "412 Precondition Failed"))) as server:

        async def story(client: Any) -> None:
            with pytest.raises(PreconditionFailed):
                await done(client.put_object("bucket", "key", b"abc", 3, if_none_match="*"))

        play(kind, server, story, retries=3)
    assert len(server.requests) == 1
    assert server.requests[0].headers["if-none-match"] == "*"
