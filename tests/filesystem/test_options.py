"""Storage options, and what the environment and the files of other tools say. Nothing is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fsspec
import pytest

from minio.credentials import StaticProvider
from minio.error import InvalidArgumentError, InvalidArgumentTypeError
from minio.fs import MinioFileSystem
from minio.fs._options import Connection


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty environment and home directory."""
    import os

    for name in list(os.environ):
        if name.startswith(("MINIO_", "AWS_", "MC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


def _keys(connection: Connection) -> tuple[str, str, str | None] | None:
    provider = connection.open()._session.provider
    if provider is None:
        return None
    found = provider.retrieve()
    return found.access_key, found.secret_key, found.session_token


def _address(connection: Connection) -> str:
    endpoint = connection.open()._session.endpoint
    return f"{endpoint.scheme}://{endpoint}"


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ({}, "https://s3.amazonaws.com"),
        ({"endpoint": "host:9000"}, "https://host:9000"),
        ({"endpoint": "host:9000", "secure": False}, "http://host:9000"),
        ({"endpoint": "http://host:9000/"}, "http://host:9000"),
        ({"endpoint": "https://host", "secure": True}, "https://host"),
        ({"client_kwargs": {"endpoint_url": "http://host:1"}}, "http://host:1"),
    ],
)
def test_the_endpoint(options: dict[str, Any], address: str) -> None:
    assert _address(Connection(**options)) == address


@pytest.mark.parametrize("variable", ["MINIO_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])
def test_the_endpoint_of_the_environment(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "http://host:9000")
    assert _address(Connection()) == "http://host:9000"
    assert _address(Connection("https://other")) == "https://other"


@pytest.mark.parametrize(
    "options",
    [
        {"endpoint": "http://host", "secure": True},
        {"endpoint": "ftp://host"},
        {"endpoint": "http://host/path"},
        {"endpoint": "http://user@host"},
        {"config_kwargs": {"signature_version": "s3"}},
        {"config_kwargs": {"unknown": 1}},
        {"alias": "unknown"},
        {"key": "only"},
        {"client_kwargs": {"checksum": "unknown"}},
    ],
)
def test_wrong_options(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        Connection(**options).open()


def test_unknown_names_are_refused() -> None:
    with pytest.raises(InvalidArgumentTypeError, match="endpoint_ur1"):
        MinioFileSystem(endpoint_ur1="http://host")
    with pytest.raises(InvalidArgumentTypeError, match="endpoint"):
        Connection(5).open()  # type: ignore[arg-type]


def test_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _keys(Connection(anon=True)) is None
    assert _keys(Connection(key="k", secret="s", token="t")) == ("k", "s", "t")
    names = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "aws_session_token": "t"}
    assert _keys(Connection(client_kwargs=names)) == ("k", "s", "t")
    with pytest.raises(InvalidArgumentError, match="no credentials"):
        _keys(Connection("http://host"))

    (tmp_path / ".mc").mkdir()
    alias = {"url": "http://mc:9000", "accessKey": "mc", "secretKey": "mc-secret"}
    (tmp_path / ".mc" / "config.json").write_text(json.dumps({"aliases": {"s3": alias, "other": alias}}))
    assert _keys(Connection()) == ("mc", "mc-secret", None)
    assert _address(Connection(alias="other")) == "http://mc:9000"
    (tmp_path / ".aws").mkdir()
    sections = [f"[{name}]\naws_access_key_id={name}\naws_secret_access_key=secret\n" for name in ("default", "work")]
    (tmp_path / ".aws" / "credentials").write_text("".join(sections))
    assert _keys(Connection()) == ("default", "secret", None)
    assert _keys(Connection(profile="work")) == ("work", "secret", None)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "aws")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "env")
    assert _keys(Connection()) == ("aws", "env", None)
    monkeypatch.setenv("MINIO_ACCESS_KEY", "minio")
    monkeypatch.setenv("MINIO_SECRET_KEY", "env")
    monkeypatch.setenv("MINIO_ENDPOINT", "http://host:9000")
    assert _keys(Connection()) == ("minio", "env", None)
    assert _keys(Connection(profile="work")) == ("work", "secret", None)
    assert _keys(Connection(alias="other")) == ("mc", "mc-secret", None)
    assert _keys(Connection(alias="other", profile="work")) == ("work", "secret", None)
    assert _keys(Connection(alias="other", key="k", secret="s")) == ("k", "s", None)
    assert _keys(Connection(key="", secret=None, client_kwargs={"aws_access_key_id": None})) == ("minio", "env", None)
    assert _keys(Connection(key="k", secret="s", profile="work", credentials=StaticProvider("own", "one")))[0] == "own"
    assert _keys(Connection(anon=True, key="k", secret="s", profile="work", alias="other")) is None


def test_the_environment_is_read_as_from_env_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIO_ROOT_USER", "root")
    monkeypatch.setenv("MINIO_ROOT_PASSWORD", "secret")
    with pytest.raises(InvalidArgumentError, match="MINIO_ENDPOINT"):  # not to AWS
        Connection().open()
    monkeypatch.setenv("MINIO_ENDPOINT", "host:9000")
    monkeypatch.setenv("MINIO_SECURE", "false")
    assert _address(Connection()) == "http://host:9000"
    assert _address(Connection(secure=True)) == "https://host:9000"
    assert _keys(Connection()) == ("root", "secret", None)
    monkeypatch.delenv("MINIO_ROOT_PASSWORD")
    with pytest.raises(InvalidArgumentError, match="MINIO_ROOT_PASSWORD is not set"):
        Connection().open()


def test_an_alias_is_read_as_from_alias_reads_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MINIO_ENDPOINT", "http://host:9000")
    monkeypatch.setenv("MINIO_REGION", "eu-1")
    monkeypatch.setenv("MC_HOST_one", "http://key:secret:token@one:9000")
    made = Connection(alias="one")
    assert (_address(made), _keys(made)) == ("http://one:9000", ("key", "secret", "token"))
    assert made.open()._session.region is None
    assert _address(Connection("http://other", alias="one")) == "http://other"
    monkeypatch.setenv("MC_CONFIG_DIR", str(tmp_path))
    aliases = {"two": {"url": "https://two", "path": "off"}}
    (tmp_path / "config.json").write_text(json.dumps({"aliases": aliases}))
    opened = Connection(alias="two").open()
    assert (opened._session.provider, opened._session.endpoint.virtual) == (None, True)


def test_the_metadata_service_is_asked_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "IamAwsProvider" not in repr(Connection("http://host").open()._session.provider)
    assert "IamAwsProvider" in repr(Connection().open()._session.provider)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")
    assert "IamAwsProvider" in repr(Connection("http://host").open()._session.provider)


def test_options_of_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    config = {
        "connect_timeout": 3,
        "read_timeout": 4,
        "max_pool_connections": 5,
        "retries": {"max_attempts": 2},
        "s3": {"addressing_style": "virtual"},
        "signature_version": "s3v4",
    }
    made = Connection("http://host", anon=True, client_kwargs={"verify": False}, config_kwargs=config).open()
    settings = made._settings
    assert (settings.connect_timeout, settings.read_timeout, settings.max_connections) == (3, 4, 5)
    assert (settings.cert_check, made._session.retry.tries, made._session.endpoint.virtual) == (False, 3, True)
    assert Connection(region="eu-1").open()._session.region == "eu-1"
    assert Connection(client_kwargs={"region_name": "eu-2"}).open()._session.region == "eu-2"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-3")
    assert Connection().open()._session.region == "eu-3"


def test_names_that_mean_the_same() -> None:
    one = MinioFileSystem("http://host:1", "k", "s")
    for options in (
        {"endpoint_url": "http://host:1", "key": "k", "secret": "s"},
        {"endpoint": "host:1", "use_ssl": False, "username": "k", "password": "s"},
    ):
        other = fsspec.filesystem("minio", **options)
        assert other.fsid == one.fsid == "minio+http://host:1"
        assert other.client._session.provider.retrieve().secret_key == "s"
    assert fsspec.filesystem("minio", endpoint="http://host:1", key="k", secret="s") is MinioFileSystem(
        endpoint="http://host:1", key="k", secret="s"
    )
    assert repr(one) == "MinioFileSystem('http://host:1')"


def test_s3_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.registry import _registry

    monkeypatch.setattr("minio.fs.MinioFileSystem.protocol", "minio")
    before = dict(_registry)
    try:
        assert MinioFileSystem._strip_protocol("s3://b/k") != "b/k"
        MinioFileSystem.register("s3")
        fs, path = fsspec.url_to_fs("s3://bucket/key", endpoint="http://host", anon=True)
        assert (type(fs), path) == (MinioFileSystem, "bucket/key")
        assert fs.unstrip_protocol(path) == "minio://bucket/key"
    finally:
        _registry.clear()
        _registry.update(before)


def test_paths() -> None:
    strip = MinioFileSystem._strip_protocol
    assert strip("minio://b/k/") == strip("/b/k") == strip("b/k") == "b/k"
    assert strip(["minio://b", "b/k"]) == ["b", "b/k"]
    assert strip("b//k") == "b//k"
    assert MinioFileSystem._parent("minio://b/k") == "b"
    assert MinioFileSystem._parent("b") == ""
