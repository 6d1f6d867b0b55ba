"""What people type who know `mc`, `aws s3` or `s5cmd`: it works, or the error says what to type instead."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import time
from importlib import import_module

import pytest

from cli.conftest import Put, names_in, write_files
from cli.program import Program
from minio import Minio
from minio.cli import habits
from minio.cli.main import _split
from minio.cli.parsing import build
from minio.cli.registry import COMMANDS, find

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")
TEXTS = [*habits.COMMANDS.values(), *habits.WORDS.values(), *habits.FLAGS.values()]


def flags_of(name: str) -> set[str]:
    command = COMMANDS[name]
    parser: argparse.ArgumentParser = build(command, import_module(f"minio.cli.commands.{command.module or name}"))
    return {flag for action in parser._actions for flag in action.option_strings}


ALL_FLAGS = {flag for name in COMMANDS for flag in flags_of(name)} | {"--version"}


@pytest.mark.parametrize("text", TEXTS)
def test_hints_name_what_exists(text: str) -> None:
    for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", text.partition("pip ")[0]):
        assert flag in ALL_FLAGS, text
    for name in re.findall(r"\bmio ([a-z]+)", text):
        assert find(name) is not None, text


def test_hints_are_for_what_does_not_exist() -> None:
    for name in habits.COMMANDS:
        assert find(name) is None
    for flag in habits.FLAGS:
        command, _, own = flag.rpartition(" ")
        if command:
            assert own not in flags_of(command), flag
    for command, word in habits.WORDS:
        assert word not in repr([action.choices for action in build(COMMANDS[command], import_module(
            f"minio.cli.commands.{command}"))._actions]), word  # fmt: skip


def test_command_of_another_program(bare: Program) -> None:
    for line, hint in (
        ("version enable play/b", "mio attr set versioning"),
        ("tag set play/b/k a=b", "mio attr set tags"),
        ("anonymous set download play/b", "mio attr set policy"),
        ("ilm rule add --expire-days 30 play/b", "mio attr set lifecycle"),
        ("event add play/b arn", "mio attr set notification"),
        ("s3 ls", "mio ls"),
        ("quota set play/b", "only mc has it"),
    ):
        done = bare(*line.split(), expect=2)
        assert hint in done.errors, done
        assert done.output == b""


def test_flag_of_another_program(bare: Program) -> None:
    for line, hint in (
        ("cp --acl public-read f s3://b/", "mio attr set policy"),
        ("cp --checksum f s3://b/", "'mio sync --checksum'"),
        ("cp -u f s3://b/", "`mio sync`"),
        ("rm --stdin", "'--files-from -'"),
        ("head -n 5 s3://b/k", "'mio cat --lines N'"),
        ("find s3://b --exec x", "xargs -0"),
        ("mirror --watch d s3://b", "run the command again"),
        ("--output json ls", "'--json'"),
        ("config host add x", "'mio alias set NAME URL'"),
        ("share list download", "mio presign ADDRESS"),
        ("admin info play", "'mio admin server info ALIAS'"),
    ):
        assert hint in bare(*line.split(), expect=2).errors


def test_no_flag_is_guessed_that_is_only_a_little_alike(bare: Program) -> None:
    for flag in ("--data", "--md5x", "--zip", "--sp", "--website-redirect"):
        assert bare("cp", flag, "a", "b", expect=2).errors.endswith("try 'mio cp --help'\n")
    assert bare("cp", "--recusive", "a", "b", expect=2).errors.endswith("try '--recursive'\n")
    assert bare("cp", "-recursive", "a", "b", expect=2).errors.endswith("try '--recursive'\n")
    assert "no flag -f; leave it out" in bare("cp", "-rf", "a", "b", expect=2).errors
    write_files(bare.directory, "-name")
    assert bare("cp", "-name", "s3://b/", expect=2).errors.endswith("try './-name'\n")


def test_flags_with_values_in_front_of_the_command() -> None:
    assert _split(["--numworkers", "16", "cp", "a"]) == ("cp", ["--numworkers", "16", "a"])
    assert _split(["--json", "--endpoint-url", "x", "ls"]) == ("ls", ["--json", "--endpoint-url", "x"])


def test_habits_that_work(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("d/b", "d/e/c")
    place = f"s3://{bucket}"
    assert mio("tree", f"{place}/d").lines == mio("ls", "--tree", f"{place}/d").lines
    assert mio("du", "-h", place).rows[0][0] == "8 B"
    assert mio("du", "-sh", place).rows == mio("du", "-h", place).rows
    assert mio("find", "-r", place).lines == mio("find", place).lines
    assert mio("ls", "-lh", f"{place}/d/").rows[0][1:] == ["3 B", "b"]
    assert mio("ls", "--recursive", "--human-readable", place).rows[0][1:] == ["3 B", "d/b"]
    assert mio("ls", "-h").text.startswith("usage: mio ls")
    assert mio("help").text == mio("--help").text
    write_files(mio.directory / "w", "x")
    assert mio("--numworkers", "2", "cp", "--recursive", "--only-show-errors", "w", f"{place}/w").errors == ""
    assert names_in(client, bucket, "w") == ["w/x"]


def test_attr_of_mc_has_headers_and_metadata(mio: Program, bucket: str) -> None:
    write_files(mio.directory / "w", "x")
    given = "Cache-Control=max-age=90000,min-fresh=9000;Content-Type=text/x;owner=me"
    for flags, target in (((), "/one"), (("-r",), "")):
        source = "w" if flags else "w/x"
        mio("cp", *flags, "--attr", given, "--metadata", "a=b", source, f"s3://{bucket}{target}")
    for key in ("one", "x"):
        found = mio("--json", "stat", f"s3://{bucket}/{key}").records[0]
        assert found["headers"]["cache-control"] == "max-age=90000,min-fresh=9000"
        assert found["content_type"] == "text/x"
        assert found["metadata"] == {"owner": "me", "a": "b"}


def test_metadata_that_aws_reads_as_several_is_refused(bare: Program) -> None:
    done = bare("cp", "--metadata", "a=b,c=d", "x", "s3://b/k", expect=2)
    assert "--metadata a=b --metadata c=d" in done.errors


def test_tags_are_separated_as_in_s3(mio: Program, bucket: str) -> None:
    write_files(mio.directory, "x")
    mio("cp", "--tags", "a=b&c=d", "--tags", "e=f", "x", f"s3://{bucket}/x")
    assert sorted(mio("attr", "get", "tags", f"s3://{bucket}/x").lines) == ["a=b", "c=d", "e=f"]


def test_force_is_no_error_if_there_is_nothing(mio: Program, bucket: str) -> None:
    for flags in ((), ("-r", "-y")):
        mio("rm", *flags, f"s3://{bucket}/none", expect=3)
        mio("rm", "-f", *flags, f"s3://{bucket}/none")
    mio("rm", "-rfy", "s3://absent-bucket-here/none", expect=3)


def test_one_cause_of_all_failures_is_the_exit_status(mio: Program, put: Put, bucket: str) -> None:
    write_files(mio.directory / "d", "x", "y")
    put("a")
    place = f"s3://{bucket}"
    mio("cat", f"{place}/none", f"{place}/a", expect=1)
    mio("rm", f"{place}/none", f"{place}/a", expect=1)
    wrong = {"AWS_SECRET_ACCESS_KEY": "wrong-secret-key"}
    done = mio("cp", "-r", "d", f"{place}/d", expect=4, **wrong)
    assert done.errors.count("mio ping") == 1
    dead = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    mio("cp", "-r", "--retries", "0", "d", f"{place}/d", expect=5, **dead)
    mio("mb", "s3://B", "s3://C", expect=2)


def test_hints_keep_the_alias(mio: Program, bucket: str) -> None:
    write_files(mio.directory / "d", "x", "y")
    assert f"'s3://play@{bucket}'" in mio("mb", f"play/{bucket}/k", expect=2).errors
    assert f"'s3://play@{bucket}'" in mio("attr", "get", "policy", f"play/{bucket}/k", expect=2).errors
    dead = {"MC_HOST_dead": "http://access:secret-key@127.0.0.1:9"}
    assert "'mio ping dead'" in mio("cp", "-r", "--retries", "0", "d", "dead/bucket", expect=5, **dead).errors
    assert "mio ping dead" not in mio("ping", "--retries", "0", "dead", expect=5, **dead).errors


def test_errors_have_the_words_of_the_command_line(mio: Program, bucket: str) -> None:
    write_files(mio.directory, "x")
    assert "the bucket name 'B' must" in mio("ls", "s3://B", expect=2).errors
    assert "the key 'a/../b' must" in mio("cp", "x", f"s3://{bucket}/a/../b", expect=2).errors
    for value in ("{}", "<LifecycleConfiguration><Foo/></LifecycleConfiguration>"):
        done = mio("attr", "set", "lifecycle", f"s3://{bucket}", value, expect=2)
        assert "this is not a lifecycle configuration" in done.errors
        assert "answer" not in done.errors


@posix
@pytest.mark.parametrize("line", ["mio ls -1 s3://play@BUCKET/with", "mio ls -1 play/BUCKET/with"])
def test_bash_completes_addresses_as_they_are_typed(mio: Program, put: Put, bucket: str, line: str) -> None:
    """In a terminal, where bash itself splits words at `:` and `@`, and quotes what it inserts."""
    import pty

    put("with blank/found")
    (mio.directory / "mio.bash").write_bytes(mio("completion", "bash").output)
    leader, follower = pty.openpty()
    running = subprocess.Popen(
        ["bash", "--norc", "-i"],
        stdin=follower, stdout=follower, stderr=follower, cwd=mio.directory, env={**mio.environ, "TERM": "dumb"},
    )  # fmt: skip
    os.close(follower)
    os.write(leader, b"source ./mio.bash\n")
    os.write(leader, line.replace("BUCKET", bucket).encode() + b"\t > out\nexit\n")
    end = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < end:
        try:
            os.read(leader, 65536)
        except OSError:
            break
    running.wait(60)
    os.close(leader)
    assert (mio.directory / "out").read_text() == "found\n"


@posix
def test_bash_completes_words_and_values(bare: Program) -> None:
    (bare.directory / "mio.bash").write_bytes(bare("completion", "bash").output)
    script = """source ./mio.bash
        complete_line() { COMP_LINE="$1"; COMP_POINT=${#1}; read -ra COMP_WORDS <<<"$1"
          [[ "$1" == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); compopt() { :; }; COMPREPLY=()
          _mio; printf '%s\\n' "${COMPREPLY[@]}"; }
        complete_line "mio attr get ver"; complete_line "mio help sy"; complete_line "mio cp --case-conflict re"
        complete_line "mio --col"; complete_line "mio alias te"
    """
    done = bare._run(["bash", "-c", script], None, 0, {})
    assert done.lines == ["versioning", "sync", "rename", "--color", "test"]


@pytest.mark.requires("versioning")
def test_an_old_version_is_copied_over_the_newest(mio: Program, client: Minio, bucket: str) -> None:
    client.enable_bucket_versioning(bucket)
    old = client.put_object(bucket, "k", b"old", 3).version_id
    client.put_object(bucket, "k", b"new", 3)
    mio("cp", f"s3://{bucket}/k", f"s3://play@{bucket}/k", expect=2)
    mio("cp", "--version-id", old, f"s3://{bucket}/k", f"s3://play@{bucket}/k")
    assert mio("cat", f"s3://{bucket}/k").output == b"old"


def test_too_many_deletes_are_told_without_a_name(mio: Program, put: Put, bucket: str) -> None:
    put(*(f"p/{number}" for number in range(12)))
    write_files(mio.directory / "d", "x")
    done = mio("sync", "--delete", "d", f"s3://{bucket}/p", expect=1)
    assert f"s3://{bucket}/p/: 12 of 12 names would be removed" in done.errors


def test_alias_of_one_letter(bare: Program) -> None:
    one = {"MC_HOST_q": "http://access:secret-key@127.0.0.1:9"}
    assert "did you mean s3://q@bucket/k?" in bare("ls", "q/bucket/k", expect=2, **one).errors


def test_numbers_are_not_negative(bare: Program) -> None:
    for line in ("cat --lines -2 s3://b/k", "ls --limit -2 s3://b", "du --depth -2 s3://b", "ls --retries -2 s3://b"):
        bare(*line.split(), expect=2)
