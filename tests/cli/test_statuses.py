"""The exit status for each single cause, and what the one line says."""

from __future__ import annotations

import os

import pytest

from cli.conftest import Put, names_in, write_files
from cli.program import Program
from minio import Minio
from servers.live import LiveServer


def commands(bucket: str) -> list[list[str]]:
    """Commands that send something, each with its own kind of call."""
    place = f"s3://{bucket}"
    return [
        ["ls"], ["ls", place], ["cat", f"{place}/a"], ["cp", "d/x", f"{place}/x"], ["cp", f"{place}/a", "a"],
        ["cp", "-r", "d", place], ["cp", "-r", place, "out"], ["mv", f"{place}/a", f"{place}/b"], ["sync", "d", place],
        ["rm", f"{place}/a"], ["stat", f"{place}/a"], ["pipe", f"{place}/p"], ["rm", "-ry", place],
        ["mb", f"{place}-2"],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["key", "dead", "name"])
def test_a_server_that_refuses_or_is_not_there(
    mio: Program, put: Put, client: Minio, bucket: str, server: LiveServer, kind: str
) -> None:
    """Also if many items fail: all of them fail for this one reason."""
    put("a", "a2")
    write_files(mio.directory, "d/x", "d/y")
    status, environ = {
        "key": (4, {"AWS_SECRET_ACCESS_KEY": "another-secret"}),
        "dead": (5, {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}),
        "name": (5, {"AWS_ENDPOINT_URL": "http://nowhere.invalid:9000"}),
    }[kind]
    for command in commands(bucket):
        done = mio("--retries", "0", *command, expect=status, **environ)
        assert done.output == b""
        assert done.errors.startswith(f"mio: {command[0]}")
        assert not {"another-secret", server.secret_key} & set(done.errors.replace("'", " ").split())
    summary = mio("--json", "--retries", "0", "cp", "-r", "d", f"s3://{bucket}", expect=status, **environ).records[-1]
    assert summary["exit"] == status
    assert names_in(client, bucket) == ["a", "a2"]


def test_several_causes_are_no_single_cause(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    write_files(mio.directory, "x")
    mio(
        "--retries", "0", "cat", f"play/{bucket}/a", "s3://elsewhere/k", expect=1, AWS_ENDPOINT_URL="http://127.0.0.1:9"
    )
    mio("stat", f"s3://{bucket}/none", f"s3://{bucket}/none2", expect=1)


def test_secrets_in_addresses_of_servers_are_not_shown(bare: Program) -> None:
    url = "http://somebody:very-secret@127.0.0.1:9"
    for arguments, environ in (
        (["ls", "--endpoint-url", url, "s3://bucket"], {}), (["ls", "s3://bucket"], {"AWS_ENDPOINT_URL": url}),
        (["ping"], {"AWS_ENDPOINT_URL": url}), (["alias", "set", "home", url], {}),
        (["--debug", "ls", "--no-sign-request", "s3://bucket"], {"S3_ENDPOINT_URL": url}),
        (["ls", "home"], {"MC_HOST_home": "somebody:very-secret@host"}),
    ):  # fmt: skip
        done = bare(*arguments, expect=2, **environ) if "--debug" not in arguments else None
        done = done or bare._run([*bare.command, *arguments[1:]], None, 2, environ)
        assert "very-secret" not in done.text + done.errors, arguments


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_directory_that_cannot_be_written(mio: Program, put: Put, bucket: str) -> None:
    put("a", "b")
    target = mio.directory / "locked"
    target.mkdir(mode=0o500)
    assert str(target / "a") in mio("cp", f"s3://{bucket}/a", target, expect=1).errors
    done = mio("cp", "-r", f"s3://{bucket}", target, expect=1)
    assert str(target / "a") in done.errors
    assert "minio-Case" not in done.errors


def test_suggestions(bare: Program) -> None:
    keys = {"MINIO_ACCESS_KEY": "mine", "MINIO_SECRET_KEY": "my-secret"}
    bare("alias", "set", "work", "http://127.0.0.1:9", "--from-env", **keys)
    for line, meant in (
        ("snyc", "mio sync"), ("ls wrok/bucket", "work/bucket"), ("cp x wrok/bucket/", "work/bucket/"),
        ("ls s3:/bucket/x", "did you mean s3://bucket/x?"), ("ls s3:bucket", "did you mean s3://bucket?"),
        ("cp --recursve x work/b/", "--recursive"), ("attr get tgas s3://bucket", "tags"),
        ("cp --bad-names eror x s3://bucket", "did you mean error?"),
    ):  # fmt: skip
        assert meant in bare(*line.split(), expect=2).errors
    for action in ("ls", "test", "rm"):
        assert f"mio alias {action} work" in bare("alias", action, "wrok", expect=3).errors
