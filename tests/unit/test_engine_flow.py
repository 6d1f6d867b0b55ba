"""A call driven by hand: the test plays the network. No sockets, no waiting."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio._core.engine.drive import adrive, drive
from minio._core.engine.flow import call
from minio._core.engine.session import Session
from minio._core.ops.buckets import CreateBucket, DeleteBucket, GetBucketLocation, HeadBucket, ListBuckets
from minio._core.ops.multipart import AbortMultipartUpload
from minio._core.ops.objects import GetObject, HeadObject, PutObject
from minio._core.wire.endpoint import parse_endpoint
from minio._core.wire.message import Headers, Outgoing, Request, Response
from minio.credentials import Credentials, StaticProvider
from minio.error import (
    AccessDenied,
    InvalidArgumentError,
    NoSuchBucket,
    ResponseError,
    S3Error,
    ServerError,
    TransportError,
)
from minio.retry import Retry, to_retry

LOCATION = b"<LocationConstraint>%b</LocationConstraint>"
KEYS = StaticProvider("ACCESSKEY", "SECRETKEY", "SESSIONTOKEN")


def reply(status: int = 200, body: bytes = b"", **headers: str) -> Response:
    return Response(status, Headers([(name.replace("_", "-"), value) for name, value in headers.items()]), body)


def error(code: str, status: int = 400, more: str = "", **headers: str) -> Response:
    return reply(status, f"<Error><Code>{code}</Code><Message>m</Message>{more}</Error>".encode(), **headers)


def fault(unsent: bool = False) -> TransportError:
    return TransportError("broke", "h", ConnectionResetError(), safe=unsent)


@dataclass
class Network:
    """Returns responses from a list, and records requests and pauses."""

    answers: list[Response | TransportError]
    sent: list[Outgoing] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def send(self, outgoing: Outgoing) -> Response:
        self.sent.append(outgoing)
        answer = self.answers.pop(0)
        if isinstance(answer, TransportError):
            raise answer
        return answer

    def run(self, operation: Any, session: Session) -> Any:
        result = drive(call(operation, session), self.send, self.pauses.append)
        assert self.answers == []
        return result

    def regions(self) -> list[str]:
        return [one.headers["Authorization"].split("/")[2] for one in self.sent]


def session(endpoint: str = "s3.example:9000", *, secure: bool = False, **options: Any) -> Session:
    return Session(parse_endpoint(endpoint, secure), **{"provider": KEYS, "region": "us-east-1", **options})


@dataclass(frozen=True)
class Once:
    """An operation that must not be sent twice."""

    def request(self) -> Request:
        return Request(method="POST", bucket="b", key="k", repeatable=False)

    def parse(self, response: Response, /) -> int:
        return response.status


# Tries


@pytest.mark.parametrize(
    "passing",
    [
        reply(503), reply(500), reply(502), reply(504), error("SlowDown", 503), error("InternalError", 500),
        error("RequestTimeout", 400), error("BadDigest", 400), reply(429), fault(), fault(unsent=True),
        error("TooManyRequests", 429),
    ],
    ids=lambda one: str(getattr(one, "status", one)),
)  # fmt: skip
def test_transient_errors_are_retried(passing: Response | TransportError) -> None:
    network = Network([passing, passing, reply(ETag='"e"')])
    network.run(PutObject("b", "k", b"body"), session())
    assert len(network.sent) == 3
    assert len(network.pauses) == 2
    assert {bytes(one.body) for one in network.sent} == {b"body"}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("final", "kind"),
    [
        (error("AccessDenied", 403), AccessDenied),
        (error("NoSuchBucket", 404), NoSuchBucket),
        (reply(404), S3Error),
        (error("NotImplemented", 501), S3Error),
        (reply(501), S3Error),
        (reply(400, b"<html>"), ResponseError),
        (reply(302, location="http://evil.example/"), S3Error),
    ],
)
def test_final_errors_are_raised_at_once(final: Response, kind: type[Exception]) -> None:
    network = Network([final])
    with pytest.raises(kind):
        network.run(GetObject("b", "k"), session())
    assert len(network.sent) == 1
    assert network.pauses == []


def test_number_of_tries_is_limited() -> None:
    network = Network([reply(503)] * 3)
    with pytest.raises(ServerError):
        network.run(ListBuckets(), session(retry=Retry(tries=3)))
    network = Network([fault() for _ in range(3)])
    with pytest.raises(TransportError) as caught:
        network.run(ListBuckets(), session(retry=Retry(tries=3)))
    assert caught.value.tries == 3
    assert "3 tries" in str(caught.value)
    assert len(network.pauses) == 2


def test_transport_and_response_errors_share_the_tries() -> None:
    network = Network([fault(), reply(503), fault(), reply(503)])
    with pytest.raises(ServerError):
        network.run(ListBuckets(), session(retry=Retry(tries=4)))
    assert len(network.sent) == 4


def test_retries_can_be_disabled() -> None:
    network = Network([fault()])
    with pytest.raises(TransportError, match="1 try"):
        network.run(ListBuckets(), session(retry=to_retry(0)))


def test_non_repeatable_requests_are_not_repeated() -> None:
    for answer in (reply(503), fault()):
        with pytest.raises((ServerError, TransportError)):
            Network([answer]).run(Once(), session())
    network = Network([fault(unsent=True), reply()])
    assert network.run(Once(), session()) == 200


def test_urllib3_client_retries_by_itself() -> None:
    with pytest.raises(TransportError):
        Network([fault()]).run(ListBuckets(), session(retry_transport=False))
    Network([reply(503), reply(body=b"<ListAllMyBucketsResult/>")]).run(ListBuckets(), session(retry_transport=False))


@pytest.mark.parametrize(
    ("operation", "echo"),
    [
        (CreateBucket("b", "us-east-1"), error("BucketAlreadyOwnedByYou", 409)),
        (DeleteBucket("b"), error("NoSuchBucket", 404)),
        (AbortMultipartUpload("b", "k", "u"), error("NoSuchUpload", 404)),
    ],
)
def test_echoes(operation: Any, echo: Response) -> None:
    Network([fault(), echo]).run(operation, session())
    for before in ([], [fault(unsent=True)], [reply(503)]):
        with pytest.raises(S3Error):
            Network([*before, echo]).run(operation, session())


# Pauses


@given(st.integers(1, 60), st.floats(0, 1), st.none() | st.floats(0, 1e6))
def test_bounds_of_a_pause(failed: int, chance: float, after: float | None) -> None:
    retry = Retry()
    pause = retry.pause(failed, chance, after)
    own = min(retry.cap, retry.base * 2.0 ** (failed - 1))
    if after is None:
        assert 0 <= pause <= own
        assert retry.pause(failed, 0) == 0
        assert retry.pause(failed, 1) == own
    else:
        assert min(after, retry.longest) <= pause <= retry.longest


def test_pauses_are_jittered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "chance", lambda self: 1.0)
    network = Network([reply(503)] * 7 + [reply(body=b"<ListAllMyBucketsResult/>")])
    network.run(ListBuckets(), session(retry=Retry(tries=8)))
    assert network.pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0]


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [("7", 7, 7), (" 7 ", 7, 7), ("99999", 60, 60), ("soon", 0, 0.2), ("-5", 0, 0.2), ("²", 0, 0.2), ("", 0, 0.2)],
)
def test_retry_after(value: str, least: float, most: float) -> None:
    network = Network([reply(503, retry_after=value), reply()])
    network.run(HeadBucket("b"), session())
    assert least <= network.pauses[0] <= most


def test_retry_after_as_a_date() -> None:
    moment = datetime.fromtimestamp(time.time() + 30, UTC)
    network = Network([reply(503, retry_after=format_datetime(moment, usegmt=True)), reply()])
    network.run(HeadBucket("b"), session())
    assert 27 < network.pauses[0] < 31
    network = Network([reply(503, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), reply()])
    network.run(HeadBucket("b"), session())
    assert network.pauses[0] <= 0.2


@pytest.mark.parametrize(
    "bad", [{"tries": 0}, {"tries": True}, {"tries": 1.5}, {"base": -1}, {"cap": float("inf")}, {"longest": "1"}]
)
def test_retry_arguments(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match=next(iter(bad))):
        Retry(**bad)
    for value in (-1, True, "3", 2.0):
        with pytest.raises(InvalidArgumentError, match="retries"):
            to_retry(value)  # type: ignore[arg-type]


# Regions


def test_region_is_looked_up_once() -> None:
    shared = session(region=None)
    network = Network([reply(body=LOCATION % b"eu-west-3"), reply(), reply()])
    drive(call(HeadBucket("b"), shared), network.send)
    network.run(HeadBucket("b"), shared)
    assert network.regions() == ["us-east-1", "eu-west-3", "eu-west-3"]
    assert network.sent[0].target == "/b?location="
    assert shared.regions == {"b": "eu-west-3"}


@pytest.mark.parametrize(
    ("options", "region"), [({"region": "r-1"}, "r-1"), ({"region": None, "provider": None}, None)]
)
def test_region_is_not_looked_up(options: dict[str, Any], region: str | None) -> None:
    network = Network([reply()])
    network.run(HeadBucket("b"), session(**options))
    assert ("Authorization" in network.sent[0].headers) is (region is not None)
    if region:
        assert network.regions() == [region]


def test_region_in_the_host() -> None:
    network = Network([reply()])
    network.run(HeadBucket("b"), session("s3.eu-west-1.amazonaws.com", region=None))
    assert network.regions() == ["eu-west-1"]


@pytest.mark.parametrize(
    ("denied", "region"), [({}, "us-east-1"), ({"x_amz_bucket_region": "eu-south-1"}, "eu-south-1")]
)
def test_denied_region_lookup_does_not_stop_the_call(denied: dict[str, str], region: str) -> None:
    shared = session(region=None)
    network = Network([error("AccessDenied", 403, **denied), reply()])
    network.run(HeadBucket("b"), shared)
    assert network.regions()[-1] == region


def test_other_errors_of_the_region_lookup_are_raised() -> None:
    shared = session(region=None)
    for answer in (error("SignatureDoesNotMatch", 403), error("InvalidAccessKeyId", 403), error("NoSuchBucket", 404)):
        with pytest.raises(S3Error):
            Network([answer]).run(HeadBucket("b"), shared)
    assert shared.regions == {}


def test_only_no_such_bucket_forgets_the_region() -> None:
    shared = session(region=None, regions={"b": "r", "c": "r"})
    with pytest.raises(S3Error):
        Network([error("NoSuchKey", 404)]).run(GetObject("b", "k"), shared)
    assert shared.regions == {"b": "r", "c": "r"}
    with pytest.raises(NoSuchBucket):
        Network([error("NoSuchBucket", 404)]).run(GetObject("b", "k"), shared)
    assert shared.regions == {"c": "r"}


@pytest.mark.parametrize("status", [400, 301, 307])
def test_head_reads_the_region_from_its_headers(status: int) -> None:
    shared = session(region=None, regions={"b": "us-east-1"})
    network = Network([reply(status, x_amz_bucket_region="ap-south-1"), reply(content_length="0", etag="e")])
    network.run(HeadObject("b", "k"), shared)
    assert network.regions() == ["us-east-1", "ap-south-1"]
    assert shared.regions == {"b": "ap-south-1"}
    assert network.pauses == []


@pytest.mark.parametrize(("told", "region"), [("EU", "eu-west-1"), ("sa-east-1", "sa-east-1")])
def test_malformed_authorization_contains_the_region(told: str, region: str) -> None:
    refusal = error("AuthorizationHeaderMalformed", 400, f"<Region>{told}</Region>")
    network = Network([refusal, reply()])
    network.run(HeadBucket("b"), session())
    assert network.regions() == ["us-east-1", region]


def test_region_corrections_are_limited() -> None:
    network = Network([reply(400, x_amz_bucket_region="r-2"), reply(400, x_amz_bucket_region="r-3")])
    with pytest.raises(S3Error):
        network.run(HeadBucket("b"), session())


# Redirects


def test_redirect_to_the_same_host_is_followed_and_signed_again() -> None:
    moved = error("TemporaryRedirect", 307, location="http://S3.example:9001/other/b/k")
    network = Network([moved, reply(ETag='"e"')])
    network.run(PutObject("b", "k", b"body"), session("S3.Example:9000"))
    first, second = network.sent
    assert (second.origin.port, second.target) == (9001, "/other/b/k")
    assert second.headers["Host"] == "S3.example:9001"
    assert second.headers["Authorization"] != first.headers["Authorization"]
    assert second.body == b"body"


def test_redirect_within_aws() -> None:
    moved = error("TemporaryRedirect", 307, location="https://b.s3-eu-west-1.amazonaws.com/k")
    network = Network([moved, reply(ETag='"e"')])
    network.run(PutObject("b", "k", b""), session("s3.amazonaws.com", secure=True))
    assert network.sent[1].origin.host == "b.s3-eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    "location",
    [
        "http://evil.example/b/k", "http://s3.example.evil.example/", "//evil.example/", "ftp://s3.example/",
        "/relative",
        "http://s3.example@evil.example/", "http://[bad", "http://s3.example:99999/",
        "", "javascript:x",
        "http://amazonaws.com/",
        "http://x.amazonaws.com/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [301, 307, 308])
def test_credentials_are_not_sent_elsewhere(location: str, status: int) -> None:
    network = Network([reply(status, location=location)])
    with pytest.raises(S3Error):
        network.run(GetObject("b", "k"), session())
    assert len(network.sent) == 1


def test_redirect_out_of_tls_is_refused() -> None:
    network = Network([reply(307, location="http://s3.example/b/k")])
    with pytest.raises(S3Error):
        network.run(GetObject("b", "k"), session("s3.example", secure=True))


def test_redirect_loop_ends() -> None:
    moved = reply(307, location="http://s3.example:9000/b/k")
    with pytest.raises(S3Error):
        Network([moved, moved]).run(GetObject("b", "k"), session())


# Clock and credentials


def test_clock_is_learnt() -> None:
    shared = session()
    network = Network([error("RequestTimeTooSkewed", 403, date="Sat, 24 May 2036 00:00:00 GMT")])
    with pytest.raises(S3Error):  # a difference of years is not clock skew
        network.run(HeadBucket("b"), shared)
    theirs = datetime.fromtimestamp(time.time() + 7200, UTC)
    network = Network([error("RequestTimeTooSkewed", 403, date=format_datetime(theirs, usegmt=True)), reply()])
    network.run(HeadBucket("b"), shared)
    assert 7195 < shared.skew < 7205
    first, second = (datetime.strptime(one.headers["x-amz-date"], "%Y%m%dT%H%M%SZ") for one in network.sent)
    assert 7195 < (second - first).total_seconds() < 7205


@pytest.mark.parametrize("date", ["", "yesterday", "Sat, 99 May 2026 00:00:00 GMT"])
def test_unreadable_date_does_not_correct_the_clock(date: str) -> None:
    with pytest.raises(S3Error):
        Network([error("RequestTimeTooSkewed", 403, date=date)]).run(HeadBucket("b"), session())


class Turning:
    """A provider that returns different keys each time."""

    def __init__(self) -> None:
        self.count = 0

    def retrieve(self) -> Credentials:
        self.count += 1
        return Credentials(f"KEY{self.count}", "secret", None)


def test_each_try_is_signed_with_current_credentials() -> None:
    network = Network([reply(503), reply()])
    network.run(HeadBucket("b"), session(provider=Turning()))
    keys = [one.headers["Authorization"].partition("Credential=")[2].partition("/")[0] for one in network.sent]
    assert len(set(keys)) == 2


def test_tokens_are_sent_and_signed() -> None:
    network = Network([reply()])
    network.run(HeadBucket("b"), session())
    headers = network.sent[0].headers
    assert headers["x-amz-security-token"] == "SESSIONTOKEN"
    assert "x-amz-security-token" in headers["Authorization"]


def test_failing_provider_is_reported() -> None:
    class Broken:
        def retrieve(self) -> Credentials:
            raise ValueError("no keys")

    with pytest.raises(ValueError, match="no keys"):
        Network([]).run(HeadBucket("b"), session(provider=Broken()))


# Drivers


async def test_both_drivers_do_the_same() -> None:
    def answers() -> list[Response | TransportError]:
        return [fault(True), reply(503), reply(body=LOCATION % b"r")]

    network, other = Network(answers()), Network(answers())

    async def send(outgoing: Outgoing) -> Response:
        return other.send(outgoing)

    quick = {"retry": Retry(base=0.0)}
    assert network.run(GetBucketLocation("b"), session(**quick)) == "r"
    assert await adrive(call(GetBucketLocation("b"), session(**quick)), send) == "r"
    assert [one.target for one in network.sent] == [one.target for one in other.sent]


def test_transport_exception_ends_the_flow() -> None:
    def send(outgoing: Outgoing) -> Response:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drive(call(HeadBucket("b"), session()), send)


# Traces

SECRETS = ("SECRETKEY", "SESSIONTOKEN", "ACCESSKEY", "CUSTOMERKEY", "PROXYPASS", "COOKIE")


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG, "minio"):
        yield caplog


def test_traces_contain_no_secret(log: pytest.LogCaptureFixture) -> None:
    stream = io.StringIO()
    canonical = "GET\n/b/k\n\nhost:h\nx-amz-security-token:SESSIONTOKEN\n"
    canonical += "x-amz-server-side-encryption-customer-key:CUSTOMERKEY\n\nhost"
    refusal = error(
        "SignatureDoesNotMatch",
        403,
        f"<AWSAccessKeyId>ACCESSKEY</AWSAccessKeyId><SignatureProvided>feed5167</SignatureProvided>"
        f"<CanonicalRequest>{canonical}</CanonicalRequest><CanonicalRequestBytes>53 45</CanonicalRequestBytes>",
        set_cookie="COOKIE",
        location="http://h/?X-Amz-Signature=feed5167&X-Amz-Security-Token=SESSIONTOKEN&X-Amz-Credential=ACCESSKEY%2F",
    )
    headers = {
        "X-Amz-Server-Side-Encryption-Customer-Key": "CUSTOMERKEY",
        "x-amz-copy-source-server-side-encryption-customer-key": "CUSTOMERKEY",
        "Proxy-Authorization": "PROXYPASS",
        "Cookie": "COOKIE",
    }
    network = Network([fault(), refusal])
    operation = GetObject(
        "b", "k", headers=headers, query={"X-Amz-Signature": "feed5167", "X-Amz-Security-Token": "SESSIONTOKEN"}
    )
    with pytest.raises(S3Error):
        network.run(operation, session(trace=stream))
    text = stream.getvalue() + log.text
    signature = network.sent[0].headers["Authorization"].rpartition("Signature=")[2]
    for secret in (*SECRETS, signature, "feed5167", "53 45"):
        assert secret not in text
    assert "GET /b/k" in stream.getvalue()
    assert "SignatureDoesNotMatch" in stream.getvalue()
    assert "SignedHeaders=" in stream.getvalue()
    assert "broke" in stream.getvalue()
    assert "403" in log.text


def test_traces_contain_no_control_characters() -> None:
    stream = io.StringIO()
    with pytest.raises(ResponseError):
        Network([reply(400, b"<x>\x1b[31m\x07", x_a="\x1b[2J")]).run(HeadBucket("b"), session(trace=stream))
    assert "\x1b" not in stream.getvalue()
    assert "\x07" not in stream.getvalue()


def test_repr_of_a_session_contains_no_secret() -> None:
    for secret in SECRETS:
        assert secret not in repr(session())
