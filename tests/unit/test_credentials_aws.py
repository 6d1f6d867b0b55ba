"""The provider for EC2 instances, containers and pods, against fakes of their services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from credential_fakes import (
    SECRET,
    TEMPORARY,
    Answer,
    Asked,
    Fake,
    clean_environment,
    json_answer,
    serve,
    sts_answer,
)

from minio.credentials import (
    IamAwsProvider,
)
from minio.error import (
    InvalidArgumentError,
    InvalidResponseError,
    S3Error,
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean_environment(monkeypatch, tmp_path)


@pytest.fixture
def fake() -> Iterator[Fake]:
    with serve(Fake()) as fake:
        yield fake


ROLES = "/latest/meta-data/iam/security-credentials/"


def imds(asked: Asked) -> Answer:
    """A fake EC2 metadata service that requires version 2."""
    if (asked.method, asked.path) == ("PUT", "/latest/api/token"):
        return (200, "imds-token") if asked.headers["X-aws-ec2-metadata-token-ttl-seconds"] == "21600" else (400, "")
    if asked.headers["X-aws-ec2-metadata-token"] != "imds-token":
        return 401, ""
    answers = {ROLES: "my role\n", f"{ROLES}my%20role": json_answer(Code="Success")}
    return (200, answers[asked.path]) if asked.method == "GET" and asked.path in answers else (404, "")


def test_ec2_version_2(fake: Fake) -> None:
    fake.answer = imds
    provider = IamAwsProvider(custom_endpoint=fake.url)
    assert provider.retrieve() == provider.retrieve() == TEMPORARY
    assert [asked.method for asked in fake.asked] == ["PUT", "GET", "GET"]


def test_ec2_endpoint_from_the_environment(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.answer = imds
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"{fake.url}/")
    assert IamAwsProvider().retrieve() == TEMPORARY
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(InvalidArgumentError, match="AWS_EC2_METADATA_DISABLED"):
        IamAwsProvider().retrieve()


def test_ec2_version_1_without_a_token(fake: Fake) -> None:
    answers = {ROLES: "role", f"{ROLES}role": json_answer()}
    fake.answer = lambda asked: (200, answers[asked.path]) if asked.path in answers else (404, "")
    assert IamAwsProvider(custom_endpoint=fake.url).retrieve() == TEMPORARY
    assert all("X-aws-ec2-metadata-token" not in asked.headers for asked in fake.asked)


def test_ec2_without_a_role(fake: Fake) -> None:
    fake.answer = lambda asked: imds(asked) if asked.method == "PUT" else (404, "")
    with pytest.raises(InvalidArgumentError, match="no role"):
        IamAwsProvider(custom_endpoint=fake.url).retrieve()


def test_ec2_disabled(fake: Fake) -> None:
    fake.answer = lambda asked: (403, "")
    with pytest.raises(InvalidResponseError):
        IamAwsProvider(custom_endpoint=fake.url).retrieve()
    assert len(fake.asked) == 1


def test_fetch(fake: Fake) -> None:
    fake.answer = lambda asked: (200, json_answer()) if asked.headers["X-Mine"] == "1" else (400, "")
    provider = IamAwsProvider()
    assert provider.fetch(f"{fake.url}/x", {"X-Mine": "1"}) == TEMPORARY
    with pytest.raises(InvalidResponseError):
        provider.fetch(f"{fake.url}/x")


@pytest.mark.parametrize("status", [200, 400])
def test_json_error(fake: Fake, status: int) -> None:
    fake.answer = lambda asked: (status, '{"Code": "AssumeRoleUnauthorizedAccess", "Message": "no trust"}')
    with pytest.raises(S3Error, match="no trust") as caught:
        IamAwsProvider().fetch(fake.url)
    assert caught.value.code == "AssumeRoleUnauthorizedAccess"


@pytest.mark.parametrize("text", [json_answer()[:-1], json_answer(AccessKeyId=""), json_answer(Expiration="?"), "[]"])
def test_invalid_json_is_not_quoted(fake: Fake, text: str) -> None:
    fake.answer = lambda asked: (200, text)
    with pytest.raises(InvalidResponseError) as caught:
        IamAwsProvider().fetch(fake.url)
    assert SECRET not in str(caught.value)


def container(asked: Asked) -> Answer:
    """A fake container agent."""
    return (200, json_answer()) if asked.headers["Authorization"] == "container-token" else (401, "")


def test_container_full_uri(fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake.answer = container
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{fake.url}/v1/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token")
    assert IamAwsProvider().retrieve() == TEMPORARY
    file = tmp_path / "token"
    file.write_text("container-token\n")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "stale")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(file))
    assert IamAwsProvider().retrieve() == TEMPORARY
    assert IamAwsProvider(auth_token="container-token").retrieve() == TEMPORARY
    monkeypatch.delenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    assert IamAwsProvider(full_uri=f"{fake.url}/v1/credentials", token_file=str(file)).retrieve() == TEMPORARY
    assert {asked.path for asked in fake.asked} == {"/v1/credentials"}


def test_container_relative_uri(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.answer = lambda asked: (200, json_answer()) if asked.path == "/v2/credentials/7" else (404, "")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/7")
    assert IamAwsProvider(custom_endpoint=fake.url).retrieve() == TEMPORARY
    assert IamAwsProvider(custom_endpoint=f"{fake.url}/v2/credentials/7").retrieve() == TEMPORARY
    assert IamAwsProvider()._container_url() == "http://169.254.170.2/v2/credentials/7"
    # A "path" cannot change the host.
    assert IamAwsProvider(relative_uri="@evil/x")._container_url() == "http://169.254.170.2/@evil/x"


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.com/x",
        "http://127.0.0.1:1/x",
        "http://[::1]/x",
        "http://localhost/x",
        "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials",
    ],
)
def test_container_uris_that_are_local_or_https(uri: str) -> None:
    assert IamAwsProvider(full_uri=uri)._container_url() == uri


@pytest.mark.parametrize(
    "uri", ["http://192.0.2.1/x", "http://10.0.0.1/x", "http://[2001:db8::1]/x", "http://0.0.0.0/"]
)
def test_container_uris_that_would_leak_the_token(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)
    with pytest.raises(InvalidArgumentError, match="this machine or link"):
        IamAwsProvider().retrieve()


def test_container_token_of_two_lines(fake: Fake, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("one\nX-Two: two")
    with pytest.raises(InvalidArgumentError, match="one line"):
        IamAwsProvider(full_uri=fake.url, token_file=str(file)).retrieve()
    assert fake.asked == []


def test_web_identity_token_file(fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake.answer = lambda asked: (200, sts_answer("AssumeRoleWithWebIdentity"))
    file = tmp_path / "token"
    file.write_text("pod-token\n")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(file))
    with pytest.raises(ValueError, match="AWS_ROLE_ARN"):
        IamAwsProvider(custom_endpoint=fake.url).retrieve()
    monkeypatch.setenv("AWS_ROLE_ARN", "arn")
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "pod")
    assert IamAwsProvider(custom_endpoint=fake.url).retrieve() == TEMPORARY
    assert fake.asked[0].form == {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "WebIdentityToken": "pod-token",
        "RoleArn": "arn",
        "RoleSessionName": "pod",
    }
    monkeypatch.delenv("AWS_WEB_IDENTITY_TOKEN_FILE")
    explicit = IamAwsProvider(custom_endpoint=fake.url, token_file=str(file), role_arn="other", role_session_name="me")
    assert explicit.retrieve() == TEMPORARY
    assert fake.asked[1].form["RoleArn"] == "other"


def test_invalid_token_files(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    for file, reason in ((tmp_path / "gone", "cannot be read"), (empty, "is empty")):
        with pytest.raises(InvalidArgumentError, match=reason):
            IamAwsProvider(token_file=str(file), role_arn="arn").retrieve()


@pytest.mark.parametrize(
    ("region", "url"),
    [
        (None, "https://sts.amazonaws.com"),
        ("eu-west-1", "https://sts.eu-west-1.amazonaws.com"),
        ("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_sts_of_a_region(region: str | None, url: str) -> None:
    from minio.credentials._sts import aws_sts_url

    assert aws_sts_url(region) == url
