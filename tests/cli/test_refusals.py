"""What is refused before anything happens: operands that a command would not look at, and impossible numbers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.conftest import Put, files_in, names_in, write_files
from cli.program import Program
from minio import Minio


@pytest.mark.parametrize(
    "line",
    [
        "help cp mv", "alias ls one two", "alias test one two", "alias set one http://127.0.0.1:9 two",
        "completion bash zsh", "config path x", "serve a b", "ping a b", "sync a b c", "diff a b c",
        "pipe s3://bucket/a b", "watch s3://bucket b",
        "attr get tags s3://bucket/a value", "attr rm tags s3://bucket/a value", "attr get tags s3://bucket/a --file x",
        "attr set tags s3://bucket/a a=b --file x", "admin user ls s3:// x", "admin user rm s3:// one two",
        "admin user info s3:// one two", "admin policy rm s3:// one two", "admin policy add s3:// one two three",
        "admin key add s3:// one", "admin key rm s3:// one two", "admin server info s3:// one", "--version cp",
        "pipe s3://bucket/a --", "--json", "--bogus", "ls --limit=-1 s3://bucket", "cat -n=-1 s3://bucket/a",
        "cp -r s3://bucket/a -", "cp --exclude x - s3://bucket/a", "cp --older-than 1d s3://bucket/a -",
        "du --depth=-1 s3://bucket", "ls -0 --tree s3://bucket",
        "ls --timeout 0s s3://bucket", "cp --limit-upload 0 a s3://bucket", "pipe --limit-upload 0 s3://bucket/a",
        "ls -1s s3://bucket", "cp --checkpoint x a s3://bucket/a",
    ],
)  # fmt: skip
def test_what_would_be_ignored_is_refused(bare: Program, line: str) -> None:
    done = bare(*line.split(), expect=2)
    assert len(done.errors.splitlines()) == 1
    assert done.errors.startswith("mio: ")


def test_only_what_is_missing_is_named(bare: Program) -> None:
    for line, missing in (("alias", "ACTION"), ("admin user", "ACTION, ALIAS"), ("mv a", "TARGET")):
        assert f"arguments are required: {missing}; try" in bare(*line.split(), expect=2).errors


def test_the_address_of_a_wrong_bucket_is_named(bare: Program) -> None:
    bare.environ["MC_HOST_dead"] = "http://me:my-secret@127.0.0.1:9"
    write_files(bare.directory, "d/a")
    for line in ("sync d dead/xy", "sync s3://dead@right dead/xy", "sync dead/xy d", "cp -r d dead/xy", "ls dead/xy"):
        assert f"mio: {line.split()[0]} s3://dead@xy: " in bare(*line.split(), expect=2).errors


def test_a_url_is_not_an_address(bare: Program) -> None:
    done = bare("ls", "https://me:my-secret@example.com/bucket", expect=2)
    assert "mio alias set" in done.errors
    assert "my-secret" not in done.errors
    assert "s3://https" not in bare("cp", __file__, "https://example.com/bucket", expect=2).errors


def test_the_hint_has_the_server_that_was_used(bare: Program) -> None:
    """An upload fails for the server of its target, whether it is one of several or the only one."""
    write_files(bare.directory, "a", "b")
    bare.environ["MC_HOST_dead"] = "http://me:my-secret@127.0.0.1:9"
    for files in (["a"], ["a", "b"]):
        done = bare("cp", "--retries", 0, *files, "dead/bucket/", expect=5)
        assert done.errors.count("try 'mio ping dead'") == 1


def test_one_alias_too_many_removes_none(bare: Program) -> None:
    keys = {"MINIO_ACCESS_KEY": "mine", "MINIO_SECRET_KEY": "my-secret"}
    for name in ("one", "two"):
        bare("alias", "set", name, "http://127.0.0.1:9", "--from-env", **keys)
    bare("alias", "rm", "one", "absent", expect=3)
    assert [row[0] for row in bare("alias", "ls").rows] == ["one", "two"]
    bare("alias", "rm", "one", "two")
    assert bare("alias", "ls").rows == []


def test_without_the_file_of_the_aliases_none_becomes_a_path(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    folder = Path(mio.environ["HOME"]) / ("mc" if os.name == "nt" else ".mc")
    folder.mkdir()
    (folder / "config.json").write_text("{bad")
    for line in (
        ["sync", f"s3://{bucket}", "here/bucket/backup"],
        ["ls", "here"],
        ["alias", "test", "here"],
        ["cp", f"s3://{bucket}/a", "here/b"],
    ):
        assert "config.json cannot be read" in mio(*line, expect=2).errors
    assert files_in(mio.directory) == []
    write_files(mio.directory, "there/b")
    mio("cp", f"s3://{bucket}/a", "./here")
    mio("cp", f"s3://{bucket}/a", "there/new")
    mio("cp", "here", f"play/{bucket}/b")
    assert mio("ls", "-1", f"s3://{bucket}").lines == ["a", "b"]


def test_help_is_no_error(bare: Program) -> None:
    for line in (["help"], ["--help"], ["help", "cp"], ["cp", "--help"], ["--json", "--version"]):
        assert bare(*line).output
    assert bare("--json", "--version").output == bare("--version").output


def test_names_only(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    """`-0` writes raw names and `-1` one name a line, whatever is listed."""
    put("a", "d/b")
    upload = client._create_multipart_upload(bucket, "u", {})
    for flags, names in (([], ["a", "d/"]), (["-r"], ["a", "d/b"]), (["-I"], ["u"])):
        assert mio("ls", "-1", *flags, f"s3://{bucket}").lines == names
        assert mio("ls", "-0", *flags, f"s3://{bucket}").output == "".join(f"{name}\0" for name in names).encode()
    client._abort_multipart_upload(bucket, "u", upload)
    assert bucket in mio("ls", "-1").lines
    assert f"{bucket}\0".encode() in mio("ls", "-0").output
    assert names_in(client, bucket) == ["a", "d/b"]
