"""The pytest plugin, run by pytest as its users run it: in a project of their own, in a process of its own."""

from __future__ import annotations

import json
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from fakes.scripted_server import ScriptedServer, answer, forever
from minio.local import LocalServer, MissingServerError
from minio.local.engine import find_program
from minio.local.server import ENGINES
from minio.pytest import MinioServer, _checked, _running

pytest_plugins = ["pytester"]

FOUR_LINES = """
def test_upload(minio_client, minio_bucket):
    minio_client.put_object(minio_bucket, "hello", b"hello", 5)
    assert minio_client.stat_object(minio_bucket, "hello").size == 5
"""


@pytest.fixture(autouse=True)
def _user(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's environment, without what the runner of this test has set."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "MINIO_", "PYTEST_")) or name == "COV_CORE_SOURCE":
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_PROFILE", "somebody-elses")


def run(pytester: pytest.Pytester, *options: str, passed: int = 0, failed: int = 0, errors: int = 0) -> str:
    if not any("asyncio" in option for option in options):
        options = ("-p", "no:asyncio", *options)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *options, timeout=240)
    result.assert_outcomes(passed=passed, failed=failed, errors=errors)
    return result.stdout.str()


def test_four_lines_in_an_empty_project(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FOUR_LINES)
    run(pytester, passed=1)


def test_a_project_without_fixtures_pays_nothing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # plugins of other packages load a lot
    pytester.makepyfile(
        """
        import os
        import sys

        def test_nothing_is_loaded():
            loaded = {name for name in sys.modules if name.startswith("minio.")}
            assert loaded <= {"minio.pytest", "minio._version", "minio._lazy"}, loaded
            assert not {"urllib3", "lxml", "httptools", "asyncio"} & set(sys.modules)
            assert "MINIO_ENDPOINT" not in os.environ
        """
    )
    run(pytester, "-p", "minio.pytest", passed=1)


def test_everything_that_fixtures_promise(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import asyncio
        import os

        from minio import Minio
        from minio.commonconfig import ENABLED
        from minio.versioningconfig import VersioningConfig

        buckets = []

        def test_a_bucket_of_versions_and_uploads(minio_client, minio_bucket):
            buckets.append(minio_bucket)
            minio_client.set_bucket_versioning(minio_bucket, VersioningConfig(ENABLED))
            for content in (b"one", b"two"):
                minio_client.put_object(minio_bucket, "a/key", content, 3)
            minio_client.remove_object(minio_bucket, "a/key")
            minio_client._create_multipart_upload(minio_bucket, "unfinished", {})

        def test_it_is_gone_and_another_one_is_empty(minio_client, minio_bucket):
            assert not minio_client.bucket_exists(buckets.pop())
            assert list(minio_client.list_objects(minio_bucket)) == []
            minio_client.remove_bucket(minio_bucket)

        def test_code_under_test_finds_the_server(minio_server, minio_bucket):
            assert "AWS_PROFILE" not in os.environ
            with Minio.from_env() as client:
                assert client.bucket_exists(minio_bucket)
            for name in ("MINIO_ENDPOINT", "MINIO_SECURE", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", "MINIO_REGION"):
                del os.environ[name]
            with Minio.from_env() as client:
                assert client.bucket_exists(minio_bucket)

        def test_without_a_plugin_for_asyncio(async_minio_client, minio_bucket):
            async def story():
                await async_minio_client.put_object(minio_bucket, "key", b"abc", 3)
                async with await async_minio_client.get_object(minio_bucket, "key") as response:
                    return await response.read()

            assert asyncio.run(story()) == b"abc"

        def test_secrets_are_not_shown(minio_server):
            assert minio_server.secret_key not in repr(minio_server).replace(minio_server.access_key, "", 1)
        """
    )
    pytester.makeconftest(
        """
        import os

        def pytest_unconfigure():
            assert os.environ["AWS_PROFILE"] == "somebody-elses"
            assert "AWS_ENDPOINT_URL" not in os.environ
        """
    )
    run(pytester, passed=5)


def test_with_pytest_asyncio(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        async def test_upload(async_minio_client, minio_bucket):
            assert await async_minio_client.bucket_exists(minio_bucket)
        """
    )
    run(pytester, "-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function", passed=1)


def test_workers_share_one_server(pytester: pytest.Pytester) -> None:
    """Each worker runs one test, and only the last one of them ends the server."""
    pytester.makepyfile(
        """
        import os
        import pathlib
        import time

        import pytest

        @pytest.mark.parametrize("number", range(3))
        def test_upload(minio_server, minio_client, minio_bucket, number):
            here = pathlib.Path(os.environ["SEEN"])
            (here / os.environ["PYTEST_XDIST_WORKER"]).write_text(minio_server.url)
            until = time.monotonic() + 120
            while len(list(here.iterdir())) < 3:
                assert time.monotonic() < until
                time.sleep(0.02)
            minio_client.put_object(minio_bucket, "key", b"abc", 3)
        """
    )
    seen = pytester.mkdir("seen")
    os.environ["SEEN"] = str(seen)
    try:
        run(pytester, "-n", "3", passed=3)
    finally:
        del os.environ["SEEN"]
    assert sorted(file.name for file in seen.iterdir()) == ["gw0", "gw1", "gw2"]
    [url] = {file.read_text() for file in seen.iterdir()}
    assert not _answers(url)


def _answers(url: str) -> bool:
    """Whether a server is still there. It may take a moment to end."""
    import socket
    import time

    host, _, port = url.removeprefix("http://").partition(":")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
        except ConnectionRefusedError:
            return False
        time.sleep(0.05)
    return True


def test_the_next_user_starts_another_server(tmp_path: Path) -> None:
    from minio.local._shared import shared_server

    with shared_server(tmp_path, "seaweedfs") as first, shared_server(tmp_path, "seaweedfs") as second:
        assert first == second
        assert not first["endpoint"].startswith("0.0.0.0")
        holder = json.loads((tmp_path / "minio-seaweedfs.json").read_text())["port"]
    assert not _answers(f"http://127.0.0.1:{holder}")  # until then, the next user would share it
    with shared_server(tmp_path, "seaweedfs") as third:
        assert third["token"] != first["token"]
        server = MinioServer(f"http://{third['endpoint']}", third["access_key"], third["secret_key"])
        with server.client() as client:
            assert client.list_buckets() == []


def test_a_running_server(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FOUR_LINES)
    with LocalServer() as server:
        keys = f"{server.access_key}:{server.secret_key}"
        run(pytester, f"--minio-server=http://{keys}@{server.endpoint}", passed=1)
        with server.client() as client:
            assert client.list_buckets() == []


def test_wrong_keys_are_explained(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FOUR_LINES)
    with LocalServer() as server:
        output = run(pytester, f"--minio-server=http://other:{server.secret_key}@{server.endpoint}", errors=1)
        assert f"--minio-server: {server.url} cannot be used" in output


def test_another_engine(pytester: pytest.Pytester) -> None:
    try:
        find_program(ENGINES["juicefs"]())
    except MissingServerError as error:
        pytest.skip(str(error))
    pytester.makepyfile(FOUR_LINES)
    run(pytester, "--minio-server=juicefs", passed=1)


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("minio", "must be seaweedfs, juicefs or an address"),
        ("http://127.0.0.1:1", "needs keys"),
        ("ftp://a:b@host", "must be like"),
        ("http://a:b@host/path", "without a path"),
        ("http://a:b@host?query", "without a path"),
        ("http://a:b@host:99999", "bad port"),
        ("http://a:b%20@host", "access_key must not|secret_key must not"),
        ("http://a:b@127.0.0.1:1", "http://127.0.0.1:1 cannot be used"),
    ],
)
def test_a_wrong_option_is_explained(pytester: pytest.Pytester, option: str, text: str) -> None:
    pytester.makepyfile(FOUR_LINES)
    assert re.search(text, run(pytester, f"--minio-server={option}", errors=1))


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_missing_server_is_explained(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    """Neither this process nor the one that holds the server of the workers finds the program."""
    pytester.makepyfile(sitecustomize="import shutil; shutil.which = lambda *args, **options: None")
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))
    pytester.makepyfile(FOUR_LINES)
    assert "pip install" in run(pytester, "-n", workers, errors=1)


def _refused(code: str) -> bytes:
    return answer(f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode(), "403 Forbidden")


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (_refused("AccessDenied"), None),  # these keys may not list the buckets
        (_refused("InvalidAccessKeyId"), "InvalidAccessKeyId"),
        (_refused("SignatureDoesNotMatch"), "SignatureDoesNotMatch"),
        (answer(b"<html>a console", headers={"Content-Type": "text/html"}), "not an S3 answer"),
    ],
)
def test_a_running_server_is_tried(reply: bytes, message: str | None) -> None:
    with ScriptedServer(forever(reply)) as scripted:
        server = MinioServer(f"http://{scripted.origin}", "key", "secret-key")
        if message is None:
            assert _checked(server) is server
        else:
            with pytest.raises(pytest.UsageError, match=rf"--minio-server: {server.url} cannot be used: .*{message}"):
                _checked(server)


def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIO_ACCESS_KEY", "key")
    monkeypatch.setenv("MINIO_SECRET_KEY", "secret")
    assert _running("https://host:9000/") == MinioServer("https://host:9000", "key", "secret")
    assert _running("https://a%40b:c%2Fd@host").secret_key == "c/d"
    assert _running("https://host").environment["MINIO_SECURE"] == "true"


def test_options_of_a_client() -> None:
    server: Any = MinioServer("http://127.0.0.1:1", "key", "secret")
    assert server.client(region="eu-west-9")._session.region == "eu-west-9"
    assert type(server.async_client()).__name__ == "AsyncMinio"


def test_the_examples_of_the_documentation(pytester: pytest.Pytester) -> None:
    root = Path(__file__).resolve().parents[2]
    text = "".join((root / name).read_text("utf-8") for name in ("docs/testing.md", "README.md"))
    blocks = [block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "\ndef test_" in f"\n{block}"]
    with_boto3 = find_spec("boto3") is not None
    blocks = [block if with_boto3 else re.sub(r"def (test_with_boto3)", r"def no_\1", block) for block in blocks]
    pytester.makepyfile(**{f"test_{number}": block for number, block in enumerate(blocks)})
    count = sum(block.count("\ndef test_") + block.startswith("def test_") for block in blocks)
    assert count >= 5
    run(pytester, passed=count)
