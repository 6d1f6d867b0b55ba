"""Regions and clock offsets from a response are kept only once a request has succeeded with them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from typing import Any

import pytest

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head
from minio import AsyncMinio, Minio
from minio._core.engine.drive import drive
from minio._core.engine.flow import call
from minio._core.engine.session import Session
from minio._core.ops.objects import GetObject, HeadObject, PutObject
from minio._core.wire.endpoint import parse_endpoint, parse_region
from minio._core.wire.message import Headers, Outgoing, Response
from minio.credentials import StaticProvider
from minio.error import MinioException, ResponseError, TransportError
from minio.retry import to_retry

DAY = 86400.0
KEYS = StaticProvider("ACCESSKEY", "SECRETKEY")
OK = Response(200, Headers([("Content-Length", "0"), ("ETag", '"e"')]))
LOST = TransportError("broke", "h", ConnectionResetError())


def session(**options: Any) -> Session:
    given = {"provider": KEYS, "region": "us-east-1", "retry": to_retry(0), **options}
    return Session(parse_endpoint("s3.example:9000", False), **given)


def refusal(code: str, status: int, more: str = "", **headers: str) -> Response:
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response(status, Headers(pairs), f"<Error><Code>{code}</Code>{more}</Error>".encode())


def date(offset: float) -> str:
    return formatdate(time.time() + offset, usegmt=True)


def play(shared: Session, operation: Any, *answers: Response | TransportError) -> list[Outgoing]:
    """Run a call whose requests get these responses, and return the requests. Its error is dropped."""
    sent: list[Outgoing] = []
    left = list(answers)

    def send(outgoing: Outgoing) -> Response:
        sent.append(outgoing)
        found = left.pop(0)
        if isinstance(found, TransportError):
            raise found
        return found

    with contextlib.suppress(MinioException):
        drive(call(operation, shared), send, lambda seconds: None)
    assert left == []
    return sent


def regions(sent: list[Outgoing]) -> list[str]:
    return [one.headers["Authorization"].split("/")[2] for one in sent]


# The responses to the second try, and whether they show that the server accepted the signature.
PROOFS: dict[str, tuple[Response | TransportError, bool]] = {
    "success": (OK, True),
    "no such key": (refusal("NoSuchKey", 404), True),
    "condition": (refusal("PreconditionFailed", 412), True),
    "denied": (refusal("AccessDenied", 403), False),
    "signature": (refusal("SignatureDoesNotMatch", 403), False),
    "malformed": (refusal("AuthorizationHeaderMalformed", 400), False),
    "no such bucket": (refusal("NoSuchBucket", 404), False),
    "page": (Response(404, Headers([("Content-Type", "text/html")]), b"<html>no</html>"), False),
    "lost": (LOST, False),
}


@pytest.mark.parametrize("second", PROOFS)
@pytest.mark.parametrize("told", ["skewed", "denied head"])
def test_clock_offset(told: str, second: str) -> None:
    shared = session()
    late = date(-DAY)
    if told == "skewed":
        operation, first = GetObject("b", "k"), refusal("RequestTimeTooSkewed", 403, date=late)
    else:
        operation, first = HeadObject("b", "k"), Response(403, Headers([("Date", late)]))
    reply, accepted = PROOFS[second]
    sent = play(shared, operation, first, reply)
    offset = datetime.strptime(sent[1].headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    assert -DAY - 5 < offset - time.time() < -DAY + 5  # the second try already uses it
    assert (abs(shared.skew + DAY) < 5) if accepted else (shared.skew == 0)


@pytest.mark.parametrize("second", PROOFS)
@pytest.mark.parametrize("status", [301, 307, 400])
def test_region_in_a_response(status: int, second: str) -> None:
    shared = session()
    reply, accepted = PROOFS[second]
    told = refusal("PermanentRedirect", status, x_amz_bucket_region="eu-nowhere-9")
    assert regions(play(shared, GetObject("b", "k"), told, reply)) == ["us-east-1", "eu-nowhere-9"]
    assert shared.regions == ({"b": "eu-nowhere-9"} if accepted else {})


@pytest.mark.parametrize("second", PROOFS)
def test_region_lookup(second: str) -> None:
    shared = session(region=None)
    reply, accepted = PROOFS[second]
    location = Response(200, Headers(), b"<LocationConstraint>eu-nowhere-9</LocationConstraint>")
    assert regions(play(shared, GetObject("b", "k"), location, reply)) == ["us-east-1", "eu-nowhere-9"]
    assert shared.regions == ({"b": "eu-nowhere-9"} if accepted else {})
    assert shared.doubtful == set()


def test_working_region_is_kept() -> None:
    shared = session(region=None, regions={"b": "eu-west-3"})
    play(shared, GetObject("b", "k"), refusal("AccessDenied", 403))
    play(shared, GetObject("b", "k"), LOST)
    assert shared.regions == {"b": "eu-west-3"}


def test_wrong_region_does_not_hide_the_right_one() -> None:
    shared = session(region=None, regions={"b": "eu-west-3"})
    told = refusal("AuthorizationHeaderMalformed", 400, "<Region>eu-nowhere-9</Region>")
    play(shared, PutObject("b", "k", b"x"), told, refusal("SignatureDoesNotMatch", 403))
    assert shared.regions == {"b": "eu-west-3"}


@pytest.mark.parametrize("region", ["us.east.1", "-a", "a-", "a b", "a/b", "a" * 64, "", "é", "a\nb", ".", "a..b"])
def test_invalid_region_is_not_tried(region: str) -> None:
    assert parse_region(region) is None
    shared = session()
    sent = play(shared, GetObject("b", "k"), refusal("Malformed", 400, x_amz_bucket_region=region))
    assert len(sent) == 1
    shared = session(region=None)
    location = f"<LocationConstraint>{region}</LocationConstraint>".encode()
    if region:
        assert len(play(shared, GetObject("b", "k"), Response(200, Headers(), location))) == 1
    assert shared.regions == {}


@pytest.mark.parametrize("region", ["us-east-1", "RegionOne", "default", "my_zone", "eu-central-003", "1", "EU"])
def test_names_of_regions(region: str) -> None:
    assert parse_region(region) == region


# Whole clients


def both(server: ScriptedServer, story: Callable[[Any], Any], kind: str) -> Any:
    """Run a story with a client of this kind."""
    options: dict[str, Any] = {"secure": False, "proxy": "", "retries": 0}

    async def asynchronously() -> Any:
        async with AsyncMinio(str(server.origin), "key", "secret", **options) as client:
            return await story(client)

    if kind == "async":
        return asyncio.run(asynchronously())
    with Minio(str(server.origin), "key", "secret", **options) as client:
        return _finish(story(client))


def _finish(story: Any) -> Any:
    async def no_wait() -> Any:
        return await story

    return asyncio.run(no_wait())


async def _value(result: Any) -> Any:
    return await result if hasattr(result, "__await__") else result


async def stat_then_sign(client: Any) -> str:
    with pytest.raises(ResponseError):
        await _value(client.stat_object("bucket", "key"))
    return str(await _value(client.presigned_get_object("bucket", "key", expires=timedelta(hours=1))))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_cached_error_does_not_set_the_clock(kind: str) -> None:
    old = head("403 Forbidden", {"Date": date(-DAY), "Content-Length": "0"})
    location = answer(b"<LocationConstraint>eu-west-3</LocationConstraint>")
    with ScriptedServer(forever(lambda request: location if "location" in request.target else old)) as server:
        url = both(server, stat_then_sign, kind)
    signed = re.search(r"X-Amz-Date=(\w+)", url)
    assert signed is not None
    moment = datetime.strptime(signed[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=5)


@pytest.mark.parametrize("wrong", ["us.east.1", "eu-nowhere-9"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_wrong_region_is_looked_up_again(kind: str, wrong: str) -> None:
    told = [wrong, "eu-west-3", "eu-west-3"]

    def reply(request: Recorded) -> bytes:
        if "location" in request.target:
            return answer(f"<LocationConstraint>{told.pop(0)}</LocationConstraint>".encode())
        if wrong in request.headers["authorization"]:
            return head("403 Forbidden", {"Content-Length": "0"})
        return head("404 Not Found", {"Content-Length": "0"})

    async def story(client: Any) -> None:
        for _ in range(3):
            with pytest.raises(ResponseError):
                await _value(client.stat_object("bucket", "key"))

    with ScriptedServer(forever(reply)) as server:
        both(server, story, kind)
        last = server.requests[-1].headers["authorization"]
    assert "/eu-west-3/" in last
    assert told == ["eu-west-3"]  # the second response worked and was kept
