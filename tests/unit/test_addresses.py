"""Where a client's address and keys come from: endpoints with a scheme, the environment, and mc's configuration."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fakes.clients import done, play
from fakes.scripted_server import ScriptedServer, head, serve
from minio import AsyncMinio, Minio, PostPolicy
from minio.credentials import StaticProvider
from minio.error import (
    InvalidArgumentError,
    InvalidEndpointError,
)

KEYS = {"MINIO_ACCESS_KEY": "key", "MINIO_SECRET_KEY": "secret"}
EACH_CLIENT = pytest.mark.parametrize("cls", [Minio, AsyncMinio])


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("MINIO_", "AWS_", "MC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


def origin(client: Any) -> str:
    endpoint = client._session.endpoint
    return f"{endpoint.scheme}://{endpoint}"


def keys(client: Any) -> Any:
    found = client._session.provider.retrieve()
    return found.access_key, found.secret_key, found.session_token


@EACH_CLIENT
@pytest.mark.parametrize(
    ("address", "options", "expected"),
    [
        ("http://127.0.0.1:9000", {}, "http://127.0.0.1:9000"),
        ("http://127.0.0.1:9000/", {"secure": False}, "http://127.0.0.1:9000"),
        ("https://host", {}, "https://host"),
        ("HTTPS://host:9000", {"secure": True}, "https://host:9000"),
        ("https://host:443", {"secure": 1}, "https://host"),
        ("http://[::1]:9000", {}, "http://[::1]:9000"),
        ("http://host:443", {}, "http://host:443"),
        ("host", {}, "https://host"),
    ],
)
def test_an_endpoint_may_have_a_scheme(cls: Any, address: str, options: dict[str, Any], expected: str) -> None:
    client = cls(address, **options)
    assert origin(client) == expected
    assert origin(pickle.loads(pickle.dumps(client))) == expected


@pytest.mark.parametrize(
    ("address", "arguments", "message"),
    [
        ("http://host", {"secure": True}, "contradicts secure=True"),
        ("https://host", {"secure": False}, "contradicts secure=False"),
        ("https://host", {"secure": None}, "contradicts secure=False"),
        ("http://host/path", {}, "without path"),
        ("http://host//", {}, "without path"),
        ("https://host?x=1", {}, "without path and query"),
        ("https://host/#x", {}, "without path"),
        ("ftp://host", {}, "http:// or https://"),
        ("https://", {}, "no host"),
        ("https:///", {}, "no host"),
        ("https://host:99999", {}, "bad port"),
        ("https://http://host", {}, "without path"),
    ],
)
def test_a_wrong_address_is_refused(address: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidEndpointError, match=message):
        Minio(address, **arguments)
    with pytest.raises(ValueError, match="presign_endpoint") if not arguments else pytest.raises(InvalidEndpointError):
        Minio("host" if not arguments else address, presign_endpoint=address, **arguments)


def test_a_contradiction_in_the_documented_order_is_refused() -> None:
    with pytest.raises(InvalidEndpointError, match="contradicts secure=True"):
        Minio("http://host", "key", "secret", True)
    assert origin(Minio("http://host", "key", "secret", False)) == "http://host"
    assert Minio("https://host", "key", "secret", True, "eu-west-9")._session.region == "eu-west-9"


def test_keys_in_an_address_are_refused_and_not_shown() -> None:
    with pytest.raises(InvalidEndpointError) as caught:
        Minio("https://key:hunter2@host")
    assert "hunter2" not in str(caught.value)


@EACH_CLIENT
def test_an_environment_of_minio(cls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**KEYS, "MINIO_ENDPOINT": "http://one:9000", "MINIO_REGION": "eu-west-9"}.items():
        monkeypatch.setenv(name, value)
    client = cls.from_env(retries=2)
    assert type(client) is cls
    assert (origin(client), keys(client)) == ("http://one:9000", ("key", "secret", None))
    assert (client._session.region, client._session.retry.tries) == ("eu-west-9", 3)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"MINIO_ENDPOINT": "h:9", "MINIO_SECURE": "false", **KEYS}, ("http://h:9", "key")),
        ({"MINIO_ENDPOINT": "h:9", "MINIO_SECURE": "", **KEYS}, ("https://h:9", "key")),
        ({"MINIO_ENDPOINT": "h", "MINIO_ROOT_USER": "root", "MINIO_ROOT_PASSWORD": "p"}, ("https://h", "root")),
        ({"MINIO_ENDPOINT": "h", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}, ("https://h", "a")),
        ({"AWS_ENDPOINT_URL_S3": "http://s", "AWS_ENDPOINT_URL": "http://x", **KEYS}, ("http://s", "key")),
        ({"MINIO_ENDPOINT": " ", "AWS_ENDPOINT_URL": "http://x/", **KEYS}, ("http://x", "key")),
        ({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}, ("https://s3.amazonaws.com", "a")),
        ({"AWS_ENDPOINT_URL": "http://x", "MINIO_SECURE": "true", **KEYS}, ("http://x", "key")),
    ],
)
def test_the_order_of_variables(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: tuple[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client = Minio.from_env()
    assert (origin(client), keys(client)[0]) == expected


def test_a_session_token_belongs_to_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIO_ENDPOINT", "host")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    assert keys(Minio.from_env()) == ("key", "secret", None)
    assert keys(Minio.from_env(access_key="own", secret_key="other")) == ("own", "other", None)
    assert keys(Minio.from_env(credentials=StaticProvider("a", "b"))) == ("a", "b", None)


def test_a_profile_of_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("[work]\naws_access_key_id = a\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "work")
    client = Minio.from_env()
    assert (origin(client), keys(client)) == ("https://s3.amazonaws.com", ("a", "s", None))


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "MINIO_ACCESS_KEY and MINIO_SECRET_KEY"),
        ({"MINIO_ENDPOINT": "host", "MINIO_ACCESS_KEY": "a"}, "MINIO_SECRET_KEY is not set"),
        ({"MINIO_ENDPOINT": "host", "AWS_SECRET_ACCESS_KEY": "a"}, "AWS_ACCESS_KEY_ID is not set"),
        (KEYS, "MINIO_ENDPOINT, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL"),
        ({**KEYS, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}, "no endpoint found"),
        ({**KEYS, "MINIO_ENDPOINT": "host", "MINIO_SECURE": "maybe"}, "MINIO_SECURE must be true or false"),
        ({**KEYS, "MINIO_ENDPOINT": "http://host", "MINIO_SECURE": "true"}, "contradicts"),
        ({**KEYS, "AWS_ENDPOINT_URL": "http://host/path"}, "without path"),
    ],
)
def test_an_incomplete_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidArgumentError, match=message):
        Minio.from_env()


def write_config(folder: Path, **aliases: Any) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"version": "10", "aliases": aliases}))
    return str(folder / "config.json")


ALIAS = {"url": "http://one:9000", "accessKey": "key", "secretKey": "secret", "api": "S3v4", "path": "auto"}


@EACH_CLIENT
def test_an_alias_of_mc(cls: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_config(tmp_path / ".mc", one=ALIAS, public={"url": "https://two", "accessKey": "", "secretKey": ""})
    client = cls.from_alias("one", region="eu-west-9")
    assert (origin(client), keys(client), client._session.region) == (
        *("http://one:9000", ("key", "secret", None)),
        "eu-west-9",
    )
    assert cls.from_alias("public")._session.provider is None
    elsewhere = write_config(tmp_path / "else", one={**ALIAS, "url": "https://three", "path": "off"})
    assert origin(cls.from_alias("one", elsewhere)) == "https://three"
    assert cls.from_alias("one", elsewhere)._session.endpoint.virtual
    monkeypatch.setenv("MC_CONFIG_DIR", str(tmp_path / "else"))
    assert origin(cls.from_alias("one")) == "https://three"
    assert keys(cls.from_alias("one", access_key="a", secret_key="b")) == ("a", "b", None)


def test_changed_keys_of_an_alias_are_used(tmp_path: Path) -> None:
    file = write_config(tmp_path / ".mc", one=ALIAS)
    client = Minio.from_alias("one")
    assert keys(client)[1] == "secret"
    write_config(tmp_path / ".mc", one={**ALIAS, "secretKey": "a new secret"})
    assert keys(client)[1] == "a new secret"
    assert keys(pickle.loads(pickle.dumps(client)))[1] == "a new secret"
    assert Path(file).exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://key:secret@host:9000", ("https://host:9000", ("key", "secret", None))),
        ("http://key:se@cr/et@host", ("http://host", ("key", "se@cr/et", None))),
        ("http://key:secret:token@host", ("http://host", ("key", "secret", "token"))),
    ],
)
def test_an_alias_in_the_environment(monkeypatch: pytest.MonkeyPatch, text: str, expected: Any) -> None:
    monkeypatch.setenv("MC_HOST_one", text)
    client = Minio.from_alias("one")
    assert (origin(client), keys(client)) == expected
    monkeypatch.setenv("MC_HOST_one", "https://host")
    assert Minio.from_alias("one")._session.provider is None


@pytest.mark.parametrize(
    ("aliases", "environment", "message"),
    [
        ({}, None, "MC_HOST_one is not set"),
        ({"one": {"accessKey": "key"}}, None, "has no url"),
        ({"one": {**ALIAS, "api": "S3v2"}}, None, "version 2"),
        ({"one": {**ALIAS, "url": "https://host/path"}}, None, "without path"),
        ({}, "https://hunter2@host", "must be like"),
        ({}, "host", "must be like"),
    ],
)
def test_a_wrong_alias_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aliases: Any, environment: str | None, message: str
) -> None:
    write_config(tmp_path / ".mc", **aliases)
    if environment is not None:
        monkeypatch.setenv("MC_HOST_one", environment)
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        Minio.from_alias("one")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_presigned_urls_and_forms_have_their_own_endpoint(kind: str) -> None:
    from datetime import UTC, datetime, timedelta

    async def story(client: Any) -> None:
        url = urlsplit(await done(client.presigned_get_object("bucket", "key")))
        assert (url.scheme, url.netloc, url.path) == ("https", "files.example.com", "/bucket/key")
        policy = PostPolicy()
        policy.set_bucket_name("bucket")
        policy.set_key("key")
        policy.set_expires(datetime.now(UTC) + timedelta(hours=1))
        target, _ = await done(client.presigned_post_policy(policy))
        assert target == "https://files.example.com/bucket/"
        derived = pickle.loads(pickle.dumps(client.with_options(retries=1)))
        derived.enable_virtual_style_endpoint()
        assert urlsplit(await done(derived.presigned_url("GET", "bucket", "key"))).netloc == "bucket.files.example.com"

    with ScriptedServer(serve()) as server:
        play(kind, server, story, presign_endpoint="https://files.example.com")
        assert server.requests == []
    assert Minio("http://host", presign_endpoint="other:9000")._session.presign_endpoint.scheme == "http"


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, "application/octet-stream"),
        ({"content_type": ""}, "application/octet-stream"),
        ({"content_type": None}, "image/png"),
        ({"content_type": "text/x-own"}, "text/x-own"),
        ({"content_type": None, "metadata": {"Content-type": "text/x-own"}}, "text/x-own"),
    ],
)
def test_a_content_type_is_guessed_only_if_it_is_none(kind: str, given: dict[str, Any], sent: str) -> None:
    """Some servers guess it themselves, so the request shows it, not the stored object."""

    async def story(client: Any) -> None:
        await done(client.put_object("bucket", "key.png", b"abc", 3, **given))

    with ScriptedServer(serve(head("200 OK", {"ETag": '"1"', "Content-Length": "0"}))) as server:
        play(kind, server, story)
        assert server.requests[0].headers["content-type"] == sent


@EACH_CLIENT
@pytest.mark.parametrize("alias", [5, None, "", " ", "my\ud800text"])
def test_an_alias_must_be_a_name(cls: Any, alias: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="alias"):
        cls.from_alias(alias)
