"""Calls that only 4.x to 6.x have. Those that real servers answer are in tests/live/aio/test_habits.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from credential_fakes import TEMPORARY, Fake, serve, sts_answer

from fakes.clients import KINDS, done, play
from fakes.scripted_server import ScriptedServer, answer, forever
from minio import Minio
from minio._core.earlier_keywords import EARLIER_KEYWORDS
from minio.error import AccessDenied, InvalidArgumentError, InvalidArgumentTypeError
from minio.sseconfig import Rule, SSEConfig

EACH_CLIENT = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def fake() -> Iterator[Fake]:
    with serve(Fake()) as server:
        yield server


def server_at(fake: Fake) -> Any:
    class Place:
        origin = fake.url.removeprefix("http://")

    return Place


@EACH_CLIENT
def test_get_assume_role_creds(fake: Fake, kind: str) -> None:
    fake.answer = lambda asked: (200, sts_answer())

    async def story(client: Any) -> Any:
        return await done(client.get_assume_role_creds("arn:aws:iam::1:role/r", "me", '{"Version": "1"}', 7200))

    found, expiration = play(kind, server_at(fake), story, session_token="a-token")
    assert (found, expiration) == (TEMPORARY, TEMPORARY.expiration)
    (asked,) = fake.asked
    assert asked.form == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "DurationSeconds": "7200",
        "Policy": '{"Version": "1"}',
        "RoleArn": "arn:aws:iam::1:role/r",
        "RoleSessionName": "me",
    }
    assert "/sts/aws4_request" in asked.headers["Authorization"]
    assert asked.headers["X-Amz-Security-Token"] == "a-token"


@EACH_CLIENT
def test_get_assume_role_creds_that_are_refused(fake: Fake, kind: str) -> None:
    error = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
    fake.answer = lambda asked: (403, error)

    async def story(client: Any) -> Any:
        await done(client.get_assume_role_creds())

    with pytest.raises(AccessDenied, match="no"):
        play(kind, server_at(fake), story)


def test_get_assume_role_creds_needs_credentials() -> None:
    with pytest.raises(InvalidArgumentError, match="needs a client with credentials"):
        Minio("host").get_assume_role_creds()


def test_get_assume_role_creds_uses_the_certificates_of_the_client(tmp_path: Any) -> None:
    client = Minio("host", "key", "secret", cert_check=False)
    pool = client._pool()
    assert pool is not None
    assert pool.connection_pool_kw["ssl_context"].verify_mode == 0
    assert Minio("host", "key", "secret", secure=False)._pool() is None


@EACH_CLIENT
@pytest.mark.parametrize(
    ("default", "rule"),
    [
        ({"SSEAlgorithm": "AES256"}, Rule.new_sse_s3_rule()),
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "id"}, Rule.new_sse_kms_rule("id")),
    ],
)
def test_put_bucket_encryption(kind: str, default: dict[str, str], rule: Rule) -> None:
    one = {"ApplyServerSideEncryptionByDefault": default}

    async def story(client: Any) -> None:
        await done(client.put_bucket_encryption("bucket", {"ServerSideEncryptionConfiguration": {"Rule": [one]}}))
        await done(client.put_bucket_encryption("bucket", {"ServerSideEncryptionConfiguration": {"Rule": one}}))
        await done(client.put_bucket_encryption("bucket", SSEConfig(rule)))

    with ScriptedServer(forever(lambda request: answer())) as server:
        play(kind, server, story)
    first, second, third = (request.body for request in server.requests)
    assert first == second == third
    assert server.requests[0].target == "/bucket?encryption="


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"Rule": []},
        {"Rule": [1]},
        {"Rule": [{}, {}]},
        {"Rule": [{"ApplyServerSideEncryptionByDefault": {}}]},
        {"ServerSideEncryptionConfiguration": 7},
    ],
)
def test_wrong_encryption(wrong: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="enc_config must be"):
        Minio("host").put_bucket_encryption("bucket", wrong)
    with pytest.raises(InvalidArgumentTypeError):
        Minio("host").put_bucket_encryption("bucket", "AES256")  # type: ignore[arg-type]


def test_use_s3_accelerate() -> None:
    client = Minio("s3.amazonaws.com")
    for value in (True, False):
        client.use_s3_accelerate(value)
        assert client._session.endpoint.accelerate is value
    elsewhere = Minio("host")
    elsewhere.use_s3_accelerate(True)
    assert elsewhere._session.endpoint.accelerate is False
    with pytest.raises(InvalidArgumentTypeError, match="value must be bool"):
        client.use_s3_accelerate("yes")  # type: ignore[arg-type]


def test_the_table_of_earlier_keywords_names_parameters() -> None:
    import inspect

    for method, names in EARLIER_KEYWORDS.items():
        parameters = inspect.signature(getattr(Minio, method)).parameters
        for earlier, name in names.items():
            assert name in parameters
            assert earlier not in parameters
