"""Hooks and OpenTelemetry: what they are called with, in which order, and what they cost when there are none."""

from __future__ import annotations

import asyncio
import logging
import pickle
from typing import Any

import pytest

pytest.importorskip("opentelemetry.sdk")

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from fakes.clients import content, done, each, play
from fakes.scripted_server import ScriptedServer, answer, forever, head, serve
from minio import AsyncMinio, Minio
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, MinioException, NoSuchKey, TransportError
from minio.otel import OpenTelemetry, instrument
from minio.retry import Retry

KINDS = pytest.mark.parametrize("kind", ["sync", "async"])
AGAIN = {"retries": Retry(tries=3, base=0.001, cap=0.002, longest=0.01)}
BUSY = answer(
    b"<Error><Code>SlowDown</Code><Message>busy</Message><RequestId>first</RequestId></Error>",
    "503 Slow Down",
    {"x-amz-request-id": "first", "Connection": "keep-alive"},
)
STORED = answer(headers={"ETag": '"1"', "x-amz-request-id": "second", "x-amz-id-2": "host", "Connection": "keep-alive"})
MISSING = head("404 Not Found", {"x-amz-request-id": "gone", "Content-Length": "0"})


class Told:
    """Records all events, as text and as they are."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.lines: list[str] = []

    @property
    def options(self) -> dict[str, Any]:
        return {"on_request": self.request, "on_response": self.response, "on_retry": self.retry}

    def request(self, event: Any) -> None:
        self.events.append(event)
        self.lines.append(f"request {event.operation} {event.attempt}")

    def response(self, event: Any) -> None:
        self.events.append(event)
        error = type(event.error).__name__ if event.error else "-"
        self.lines.append(f"response {event.status} {error}{' final' if event.final else ''}")

    def retry(self, event: Any) -> None:
        self.events.append(event)
        self.lines.append(f"retry {type(event.error).__name__} after {event.request.attempt}")


def put(client: Any) -> Any:
    return client.put_object("bucket", "a key", b"content", 7)


@KINDS
def test_a_retried_call(kind: str) -> None:
    told = Told()
    with ScriptedServer(serve(BUSY, STORED)) as server:
        play(kind, server, lambda client: done(put(client)), **told.options, **AGAIN)
    assert told.lines == [
        "request PutObject 1",
        "response 503 SlowDown",
        "retry SlowDown after 1",
        "request PutObject 2",
        "response 200 - final",
    ]
    first, refused, retry, second, stored = told.events
    assert (first.bucket_name, first.object_name, first.body_size) == ("bucket", "a key", 7)
    assert (first.method, first.url) == ("PUT", f"http://{server.origin}/bucket/a%20key")
    assert first.call == second.call == stored.request.call
    assert (refused.request_id, stored.request_id, stored.host_id, stored.body_size) == ("first", "second", "host", 0)
    assert (retry.request, retry.error) == (first, refused.error)
    assert 0 <= retry.delay <= 0.01
    assert stored.seconds > 0
    assert "x-amz-request-id" in stored.headers


@KINDS
@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ([STORED], ["request PutObject 1", "response 200 - final"]),
        (
            [BUSY] * 2,
            [
                *("request PutObject 1", "response 503 SlowDown", "retry SlowDown after 1"),
                *("request PutObject 2", "response 503 SlowDown final"),
            ],
        ),
        (
            [b"no HTTP\r\n\r\n"] * 2,
            [
                *("request PutObject 1", "response None TransportError", "retry TransportError after 1"),
                *("request PutObject 2", "response None TransportError final"),
            ],
        ),
    ],
    ids=["success", "refused", "broken"],
)
def test_every_request_has_one_response(kind: str, script: list[bytes], lines: list[str]) -> None:
    told = Told()
    answers = iter(script)

    def reply(peer: Any) -> None:
        peer.read_request()
        peer.send(next(answers))

    options = {**told.options, "retries": Retry(tries=2, base=0.001, cap=0.002, longest=0.01)}
    with ScriptedServer(*[reply] * len(script)) as server:
        if len(script) == 1:
            play(kind, server, lambda client: done(put(client)), **options)
            assert told.events[-1].error is None
        else:
            with pytest.raises(MinioException) as caught:
                play(kind, server, lambda client: done(put(client)), **options)
            assert told.events[-1].error is caught.value
    assert told.lines == lines


@KINDS
def test_the_region_is_another_call(kind: str) -> None:
    told = Told()

    def reply(request: Any) -> bytes:
        if "location" in request.target:
            return answer(b"<LocationConstraint>eu-west-9</LocationConstraint>")
        return STORED

    with ScriptedServer(forever(reply)) as server:
        play(kind, server, lambda client: done(put(client)), region=None, **told.options)
    expected = ["request GetBucketLocation 1", "response 200 - final", "request PutObject 1", "response 200 - final"]
    assert told.lines == expected
    assert told.events[0].call != told.events[2].call


@pytest.mark.parametrize("where", ["request", "pause"])
async def test_a_cancelled_call_ends(where: str) -> None:
    told, loop, at_work = Told(), asyncio.get_running_loop(), asyncio.Event()

    def stall(peer: Any) -> None:
        peer.read_request()
        loop.call_soon_threadsafe(at_work.set)
        peer.stall()

    options = {**told.options, "on_retry": lambda event: at_work.set(), "retries": Retry(base=60, cap=60)}
    with ScriptedServer(stall if where == "request" else forever(BUSY)) as server:
        async with AsyncMinio(f"http://{server.origin}", "k", "s", region="r", proxy="", **options) as client:
            task = asyncio.create_task(put(client))
            await at_work.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    assert told.events[-1].final
    assert isinstance(told.events[-1].error, asyncio.CancelledError)


@KINDS
def test_a_deadline_ends_the_call(kind: str) -> None:
    told = Told()
    with ScriptedServer(forever(BUSY)) as server, pytest.raises(TransportError, match="deadline"):
        options = {"retries": Retry(tries=9, base=60, cap=60, longest=600), "deadline": 0.3}
        play(kind, server, lambda client: done(put(client)), **told.options, **options)
    assert told.events[-1].final
    assert told.events[-1].error is not None


@KINDS
def test_hooks_of_derived_and_pickled_clients(kind: str) -> None:
    told, other = Told(), Told()

    async def story(client: Any) -> None:
        await done(put(client.with_options(on_request=other.request, on_retry=None)))
        await done(put(client.with_options(retries=1)))
        await done(put(client.with_options(on_request=None, on_response=None, on_retry=None)))
        await done(put(pickle.loads(pickle.dumps(client))))

    with ScriptedServer(forever(STORED)) as server:
        play(kind, server, story, **{**told.options, "on_response": lambda event: told.response(event)})
    assert told.lines == ["response 200 - final", "request PutObject 1", "response 200 - final"]
    assert other.lines == ["request PutObject 1"]


@pytest.mark.parametrize("cls", [Minio, AsyncMinio])
@pytest.mark.parametrize("name", ["on_request", "on_response", "on_retry"])
def test_a_wrong_hook_is_refused(cls: Any, name: str) -> None:
    async def hook(event: Any) -> None: ...

    with pytest.raises(InvalidArgumentTypeError, match=name):
        cls("host", **{name: "print"})
    with pytest.raises(InvalidArgumentError, match=f"{name} must not be a coroutine"):
        cls("host").with_options(**{name: hook})


@KINDS
def test_an_exception_of_a_hook_ends_the_call(kind: str) -> None:
    def refuse(event: Any) -> None:
        raise PermissionError(event.operation)

    with ScriptedServer(forever(STORED)) as server, pytest.raises(PermissionError, match="PutObject"):
        play(kind, server, lambda client: done(put(client)), on_request=refuse)
    assert server.requests == []


@KINDS
def test_events_contain_no_secret(kind: str) -> None:
    told = Told()
    refusal = answer(
        b"<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message><AWSAccessKeyId>the-access-key</AWSAccessKeyId>"
        b"</Error>",
        "403 Forbidden",
        {"Set-Cookie": "crumbs", "Location": "http://h/?X-Amz-Signature=feed5167&X-Amz-Security-Token=the-token"},
    )
    options = {"session_token": "the-token", **told.options}
    with ScriptedServer(forever(refusal)) as server, pytest.raises(Exception, match="SignatureDoesNotMatch"):
        play(kind, server, lambda client: done(put(client)), **options)
    shown = repr([vars(event) for event in told.events])
    for secret in ("the-token", "feed5167", "crumbs"):
        assert secret not in shown


class Telemetry:
    """A tracer and a meter in memory."""

    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers, self.meters = TracerProvider(), MeterProvider([self.reader])
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))

    @property
    def spans(self) -> Any:
        return self.exporter.get_finished_spans()

    def points(self, name: str) -> list[tuple[dict[str, Any], Any]]:
        data = self.reader.get_metrics_data()
        metrics = [each for one in data.resource_metrics for scope in one.scope_metrics for each in scope.metrics]
        return [
            (dict(point.attributes), point) for each in metrics if each.name == name for point in each.data.data_points
        ]


@KINDS
def test_spans_and_metrics(kind: str) -> None:
    telemetry = Telemetry()

    async def story(client: Any) -> None:
        instrument(client, telemetry.tracers, telemetry.meters)
        with telemetry.tracers.get_tracer("test").start_as_current_span("outer"):
            await done(put(client))
        with pytest.raises(NoSuchKey):
            await done(client.stat_object("bucket", "missing"))

    with ScriptedServer(serve(BUSY, STORED, MISSING)) as server:
        play(kind, server, story, **AGAIN)
    stored, outer, missing = telemetry.spans
    assert (stored.name, stored.kind, stored.status.status_code) == ("S3.PutObject", SpanKind.CLIENT, StatusCode.UNSET)
    assert stored.parent.span_id == outer.context.span_id
    assert dict(stored.attributes) == {
        "rpc.system": "aws-api",
        "rpc.service": "S3",
        "rpc.method": "PutObject",
        "aws.s3.bucket": "bucket",
        "aws.s3.key": "a key",
        "http.request.method": "PUT",
        "http.request.body.size": 7,
        "http.request.resend_count": 1,
        "http.response.status_code": 200,
        "http.response.body.size": 0,
        "aws.request_id": "second",
        "aws.extended_request_id": "host",
        "url.full": f"http://{server.origin}/bucket/a%20key",
        "server.address": "127.0.0.1",
        "server.port": server.origin.port,
    }
    [event] = stored.events
    assert (event.name, event.attributes["error.type"]) == ("retry", "SlowDown")
    assert (missing.name, missing.status.status_code) == ("S3.HeadObject", StatusCode.ERROR)
    assert (missing.attributes["error.type"], missing.attributes["http.response.status_code"]) == ("NoSuchKey", 404)
    calls = {labels["rpc.method"]: point.count for labels, point in telemetry.points("minio.client.call.duration")}
    assert calls == {"PutObject": 1, "HeadObject": 1}
    assert [point.value for _, point in telemetry.points("minio.client.retries")] == [1]
    requests = telemetry.points("http.client.request.duration")
    assert sorted(labels["http.response.status_code"] for labels, _ in requests) == [200, 404, 503]
    assert sum(point.sum for _, point in telemetry.points("http.client.request.body.size")) == 14
    assert not any("aws.s3.key" in labels for labels, _ in requests)


@KINDS
def test_parts_have_spans_below_that_of_the_caller(kind: str) -> None:
    telemetry = Telemetry()

    def reply(request: Any) -> bytes:
        if request.method == "POST" and "uploads" in request.target:
            return answer(b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
        if request.method == "POST":
            return answer(b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>")
        return STORED

    async def story(client: Any) -> None:
        hooks = OpenTelemetry(telemetry.tracers, telemetry.meters)
        made = client.with_options(on_request=hooks.on_request, on_response=hooks.on_response, on_retry=hooks.on_retry)
        with telemetry.tracers.get_tracer("test").start_as_current_span("outer"):
            size = 11 * 1024 * 1024
            await done(made.put_object("bucket", "key", bytes(size), size, resume=False))

    with ScriptedServer(forever(reply)) as server:
        play(kind, server, story)
    *parts, outer = telemetry.spans
    sent = sorted(span.attributes["aws.s3.part_number"] for span in parts if span.name == "S3.UploadPart")
    assert sent == [1, 2, 3]
    assert {span.attributes["aws.s3.upload_id"] for span in parts if span.name == "S3.UploadPart"} == {"u"}
    assert {span.parent.span_id for span in parts} == {outer.context.span_id}


def test_instrumenting_keeps_the_hooks_that_are_there() -> None:
    told, telemetry = Told(), Telemetry()
    with ScriptedServer(forever(STORED)) as server:
        client = Minio(f"http://{server.origin}", "k", "s", region="r", proxy="", **told.options)
        assert instrument(client, telemetry.tracers, telemetry.meters) is client
        with client:
            put(client)
    assert told.lines == ["request PutObject 1", "response 200 - final"]
    assert [span.name for span in telemetry.spans] == ["S3.PutObject"]
    with pytest.raises(InvalidArgumentTypeError, match="client"):
        instrument("client")


@KINDS
def test_the_log_has_request_ids(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with ScriptedServer(serve(BUSY, STORED)) as server, caplog.at_level(logging.DEBUG, "minio"):
        play(kind, server, lambda client: done(put(client)), **AGAIN)
    assert [record.getMessage() for record in caplog.records if record.name == "minio"] == [
        f"PUT http://{server.origin}/bucket/a%20key",
        "PUT /bucket/a%20key: 503 (request id first)",
        caplog.messages[2],
        f"PUT http://{server.origin}/bucket/a%20key",
        "PUT /bucket/a%20key: 200 (request id second)",
    ]
    assert caplog.messages[2].startswith("PUT bucket/a key is sent again in 0.00 s: ")
    assert "request_id: first" in caplog.messages[2]
    assert caplog.records[2].levelname == "INFO"


@KINDS
def test_streams_and_listings_are_told_too(kind: str) -> None:
    told = Told()
    page = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"

    async def story(client: Any) -> None:
        assert await content(client.get_object("bucket", "key")) == page
        assert await each(client.list_objects("bucket")) == []

    with ScriptedServer(forever(answer(page, headers={"ETag": '"1"', "Connection": "keep-alive"}))) as server:
        play(kind, server, story, **told.options)
    assert told.lines[::2] == ["request GetObject 1", "request ListObjectsV2 1"]
    assert told.events[1].body_size == len(page)
