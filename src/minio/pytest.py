"""A pytest plugin: fixtures with a real S3 server, clients and buckets. `pip install "minio[local]"` installs it.

    def test_upload(minio_client, minio_bucket):
        minio_client.put_object(minio_bucket, "hello", b"hello", 5)
        assert minio_client.stat_object(minio_bucket, "hello").size == 5

The server starts when a test first needs it, once for all workers of pytest-xdist. `--minio-server=juicefs` starts
another one, and `--minio-server=http://access:secret@host:9000` uses one that is running. Nothing but this file is
loaded as long as no fixture is used.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from minio import AsyncMinio, Minio

__all__ = ["MinioServer"]

_REGION = "us-east-1"
_ENGINES = ("seaweedfs", "juicefs")
_FOREIGN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "MINIO_SESSION_TOKEN")
"""Variables that would send code under test to another account."""
_PATIENCE = 10.0
"""The seconds that a server that is running already has for its first answer."""
_ROUNDS = 100
"""How many times a bucket is listed to empty it. Some servers list one page of versions only."""


@dataclass(frozen=True)
class MinioServer:
    """The server of the fixture `minio_server`."""

    url: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str = _REGION

    @property
    def endpoint(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    @property
    def secure(self) -> bool:
        """Whether the server has https."""
        return self.url.startswith("https://")

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which code under test finds the server."""
        return {
            "MINIO_ENDPOINT": self.endpoint,
            "MINIO_SECURE": str(self.secure).lower(),
            "MINIO_ACCESS_KEY": self.access_key,
            "MINIO_SECRET_KEY": self.secret_key,
            "MINIO_REGION": self.region,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    def client(self, **options: Any) -> Minio:
        """Create a `Minio` client. The options are arguments of its constructor."""
        from minio import Minio

        return Minio(**{**self._options, **options})

    def async_client(self, **options: Any) -> AsyncMinio:
        """Create an `AsyncMinio` client. The options are arguments of its constructor."""
        from minio import AsyncMinio

        return AsyncMinio(**{**self._options, **options})

    @property
    def _options(self) -> dict[str, Any]:
        keys = {"access_key": self.access_key, "secret_key": self.secret_key}
        return {"endpoint": self.url, "region": self.region, **keys}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--minio-server`."""
    parser.getgroup("minio").addoption(
        "--minio-server",
        default="seaweedfs",
        metavar="SERVER",
        help="the server of the minio fixtures: seaweedfs, juicefs, or http://access:secret@host:port",
    )


@pytest.fixture(scope="session")
def minio_server(request: pytest.FixtureRequest) -> Iterator[MinioServer]:
    """A real S3 server. From now to the end of the session, MINIO_* and AWS_* variables lead to it."""
    with ExitStack() as stack:
        wanted = request.config.getoption("--minio-server")
        found = _checked(_running(wanted)) if "://" in wanted else _local(request, wanted, stack)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in _FOREIGN:
            patch.delenv(name, raising=False)
        for name, value in found.environment.items():
            patch.setenv(name, value)
        yield found


@pytest.fixture
def minio_client(minio_server: MinioServer) -> Iterator[Minio]:
    """A blocking client for the server."""
    with minio_server.client() as client:
        yield client


@pytest.fixture
def async_minio_client(minio_server: MinioServer) -> AsyncMinio:
    """An asynchronous client for the server. Its connections are closed with the event loop that they belong to."""
    return minio_server.async_client()


@pytest.fixture
def minio_bucket(minio_server: MinioServer) -> Iterator[str]:
    """The name of a new bucket. It is removed after the test with everything in it."""
    name = f"test-{os.urandom(8).hex()}"
    with minio_server.client() as client:
        client.make_bucket(name)
        yield name
        _remove(client, name)


def _running(address: str) -> MinioServer:
    """Return a server that is running already. Without keys in the address, those of the environment are used."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    rest = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not host or rest:
        raise pytest.UsageError("--minio-server must be like http://access:secret@host:port, without a path")
    region = os.environ.get("MINIO_REGION") or _REGION
    keys = unquote(parts.username or ""), unquote(parts.password or "")
    if not all(keys):
        keys = os.environ.get("MINIO_ACCESS_KEY", ""), os.environ.get("MINIO_SECRET_KEY", "")
    if not all(keys):
        raise pytest.UsageError("--minio-server needs keys: in the address, or MINIO_ACCESS_KEY and MINIO_SECRET_KEY")
    return MinioServer(f"{parts.scheme}://{host}", *keys, region)


def _checked(server: MinioServer) -> MinioServer:
    """Return a server that answers, and accepts its keys. Otherwise each test would try for a long time to reach it."""
    from minio.error import InvalidAccessKeyId, MinioException, S3Error, SignatureDoesNotMatch

    try:
        with server.client(retries=1, deadline=_PATIENCE) as client:
            client.list_buckets()
    except MinioException as error:
        if isinstance(error, S3Error) and not isinstance(error, (InvalidAccessKeyId, SignatureDoesNotMatch)):
            return server  # these keys may not list the buckets, but perhaps everything that the tests do
        raise pytest.UsageError(f"--minio-server: {server.url} cannot be used: {error}") from error
    return server


def _local(request: pytest.FixtureRequest, engine: str, stack: ExitStack) -> MinioServer:
    """Start a server, or join that of the other workers."""
    if engine not in _ENGINES:
        raise pytest.UsageError(f"--minio-server must be {', '.join(_ENGINES)} or an address, not {engine!r}")
    folder = _common_folder(request)
    if folder is not None:
        from minio.local._shared import shared_server

        found = stack.enter_context(shared_server(folder, engine))
        return MinioServer(f"http://{found['endpoint']}", found["access_key"], found["secret_key"])
    from minio.local import LocalServer

    server = stack.enter_context(LocalServer(engine=engine))
    return MinioServer(server.url, server.access_key, server.secret_key)


def _common_folder(request: pytest.FixtureRequest) -> Path | None:
    """Return the folder that all workers of pytest-xdist have in common. None without workers."""
    if os.name == "nt" or not hasattr(request.config, "workerinput"):
        return None
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    return factory.getbasetemp().parent


def _remove(client: Minio, bucket: str) -> None:
    """Remove a bucket with all uploads and all versions. One that the test has removed itself is gone already."""
    from minio.deleteobjects import DeleteObject
    from minio.error import NoSuchBucket

    with suppress(NoSuchBucket):
        for upload in client.list_incomplete_uploads(bucket, recursive=True):
            client.remove_incomplete_upload(bucket, str(upload.object_name))
        for _ in range(_ROUNDS):
            versions = client.list_objects(bucket, recursive=True, include_version=True)
            found = [DeleteObject(str(item.object_name), item.version_id) for item in versions]
            if not found or list(client.remove_objects(bucket, found, bypass_governance_mode=True)):
                break
        client.remove_bucket(bucket)
