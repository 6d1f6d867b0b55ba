"""Heads that are laid out in advance equal those that are formatted and signed one by one."""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, strategies as st

from minio._core.engine.session import Session
from minio._core.http.request import render_head
from minio._core.wire.checksums import Payload
from minio._core.wire.endpoint import parse_endpoint
from minio._core.wire.message import LaidOut, Outgoing, Request
from minio.credentials import Credentials

NOW = 1_796_000_000.0
KEYS = Credentials("access%s", "secret%d", None)


def make_session(endpoint: str = "play.example.com:9000", **options: Any) -> Session:
    return Session(parse_endpoint(endpoint, secure=False), **options)


def prepared(session: Session, request: Request, at: float = NOW, keys: Credentials = KEYS) -> Outgoing:
    payload = Payload(request.body, request.checksum, request.md5)
    with patch("time.time", return_value=at):
        return session.prepare(request, "eu-west-1", keys, payload)


def one_by_one(session: Session, request: Request, at: float = NOW, keys: Credentials = KEYS) -> Outgoing:
    """Return the request as a session makes it that has never seen one of its kind."""
    made = prepared(replace(session), request, at, keys)
    assert not isinstance(made, LaidOut)
    return made


def same(one: Outgoing, other: Outgoing) -> None:
    assert render_head(one, None, False) == render_head(other, None, False)
    assert list(one.headers.items()) == list(other.headers.items())
    for name in ("method", "origin", "target", "body", "stream", "expect", "repeatable"):
        assert getattr(one, name) == getattr(other, name), name


plain_requests = st.builds(
    Request,
    method=st.sampled_from(["GET", "HEAD", "DELETE"]),
    bucket=st.sampled_from(["bucket", "other.bucket"]),
    key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    headers=st.one_of(
        st.just({}),
        st.dictionaries(st.sampled_from(["Range", "Content-Type", "x-amz-checksum-mode", "a"]), st.sampled_from("bc")),
    ),
    query=st.one_of(st.just({}), st.just({}), st.just({"versionId": "v"})),
    stream=st.booleans(),
    repeatable=st.booleans(),
    path_style=st.booleans(),
)
KINDS = ["a/b", "a/b; c=d", "100%s/%%", "a  b", "a\tb"]
bodies = st.builds(
    Request,
    method=st.just("PUT"),
    bucket=st.just("bucket"),
    key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    headers=st.one_of(
        st.just({}),
        st.builds(lambda kind: {"Content-Type": kind}, st.sampled_from(KINDS)),
        st.just({"Content-Type": "a/b", "X-Amz-Meta-Colour": "green"}),
    ),
    body=st.one_of(st.binary(max_size=50), st.binary(max_size=50).map(memoryview)),
    checksum=st.sampled_from([None, "CRC32C", "CRC32", "MD5"]),
    md5=st.booleans(),
    expect=st.booleans(),
)
keys = st.sampled_from([KEYS, Credentials("key", "secret", "token%s"), Credentials("key", "secret", "token 2")])


@given(st.lists(st.tuples(plain_requests | bodies, st.integers(0, 2), keys), min_size=4, max_size=12))
def test_every_request_is_the_same_as_one_by_one(requests: list[tuple[Request, int, Credentials]]) -> None:
    session = make_session("s3.amazonaws.com")
    for request, later, key in requests * 2:
        same(prepared(session, request, NOW + later, key), one_by_one(session, request, NOW + later, key))


@pytest.mark.parametrize("request_", [
    Request(method="GET", bucket="bucket", key="a key%s", stream=True),
    Request(method="HEAD", bucket="bucket", key="ключ"),
    Request(method="GET", bucket="bucket", key="k", headers={"x-amz-checksum-mode": "ENABLED"}),
    Request(method="PUT", bucket="bucket", key="k", body=b"x", headers={"Content-Type": "a/b"}, checksum="CRC32C"),
    Request(method="PUT", bucket="bucket", key="k", body=b""),
    Request(method="DELETE", bucket="bucket", key="k"),
])  # fmt: skip
def test_the_third_request_of_a_kind_is_laid_out(request_: Request) -> None:
    session = make_session()
    assert [isinstance(prepared(session, request_), LaidOut) for _ in range(3)] == [False, True, True]
    same(prepared(session, request_), one_by_one(session, request_))
    same(prepared(session, request_, NOW + 1), one_by_one(session, request_, NOW + 1))
    same(prepared(session, request_, NOW + 86400), one_by_one(session, request_, NOW + 86400))


GET = Request(method="GET", bucket="bucket", key="k")


def test_what_the_session_becomes_counts_at_once() -> None:
    session = make_session()
    for change in (
        {"skew": 100.0},
        {"user_agent": "other"},
        {"endpoint": parse_endpoint("127.0.0.1:1")},
        {"endpoint": parse_endpoint("127.0.0.1:1").with_flags(virtual=True)},
    ):
        for _ in range(3):
            prepared(session, GET)
        for name, value in change.items():
            setattr(session, name, value)
        for _ in range(3):
            same(prepared(session, GET), one_by_one(session, GET))


def test_new_credentials_count_at_once() -> None:
    session, others = make_session(), Credentials("key", "secret", "token")
    for keys_ in (KEYS, others, KEYS):
        for _ in range(3):
            same(prepared(session, GET, keys=keys_), one_by_one(session, GET, keys=keys_))


def test_corrections_are_signed_one_by_one() -> None:
    session = make_session()
    for _ in range(3):
        prepared(session, GET)
    payload = Payload(b"")
    for corrections in (((session.endpoint.bucket_address("b", "r", True)), None), (None, 5.0)):
        assert not isinstance(session.prepare(GET, "eu-west-1", KEYS, payload, *corrections), LaidOut)


def test_layouts_are_bounded_and_not_pickled() -> None:
    session = make_session()
    for number in range(600):
        prepared(session, replace(GET, bucket=f"bucket-{number}"))
    assert len(session._layouts._entries) <= 256
    assert not pickle.loads(pickle.dumps(session))._layouts._entries
    assert not re.search("secret%d|layout", repr(session))
