"""The checks of what data and trust depend on, 1 to 15: listings, names, and sources that are not there.

The other ones are in `test_checks_of_transfers.py`. The budget of time of check 1 is in `test_startup.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from cli.conftest import Put, files_in, names_in, problems, write_files
from cli.listing import BUCKET, gone_after, lister, page, settings_for
from cli.program import Program
from cli.schema import check
from cli.terminal import run_in_terminal
from fakes.cable import Cable
from fakes.scripted_server import answer
from minio import Minio
from servers.live import LiveServer

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")
EVIL = "x/../../e"


def test_check_01_version_imports_little(bare: Program) -> None:
    done = bare("--version")
    assert re.fullmatch(r"mio \d+\.\d+\.\d+\S*\n", done.text)
    assert done.errors == ""
    command = [sys.executable, "-X", "importtime", "-m", "minio", "--version"]
    ended = subprocess.run(command, env=bare.environ, capture_output=True, text=True, check=True)
    loaded = [line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()]
    assert "minio.cli.main" in loaded
    unwanted = ("rich", "minio.sync", "minio.aio", "argparse", "asyncio", "ssl", "urllib3", "lxml")
    assert [name for name in loaded if name.startswith(unwanted)] == []


def test_check_02_absent_key_and_empty_prefix(mio: Program, put: Put, bucket: str) -> None:
    put("none.txt.gz", "nonesuch/x")
    done = mio("ls", f"s3://{bucket}/none.txt", expect=3)
    assert done.output == b""
    (line,) = done.errors.splitlines()
    assert f"s3://{bucket}/none.txt" in line
    done = mio("ls", f"s3://{bucket}/none/")
    assert (done.output, done.errors) == (b"", "")


def test_check_03_absent_bucket(mio: Program) -> None:
    done = mio("ls", "s3://no-such-bucket-here", expect=3)
    assert done.output == b""
    (line,) = done.errors.splitlines()
    assert "no-such-bucket-here" in line


@posix
def test_check_04_closed_pipe_is_silent(mio: Program, put: Put, bucket: str) -> None:
    """The names are longer than what a pipe holds, so that the program writes into a closed one."""
    put.many(*(f"{number:03}-{'n' * 200}" for number in range(600)))
    for flags, reader in (("-r", "head -1"), ("-r0", "head -c 1"), ("-r --json", "head -1")):
        done = mio.shell(f"(mio ls {flags} s3://{bucket}; echo $? >status) | {reader}")
        assert len(done.text.splitlines()) == 1
        assert done.errors == ""
        assert (mio.directory / "status").read_text().strip() == "141"


@pytest.mark.requires("keys_control")
def test_check_05_null_separates_names(mio: Program, put: Put, bucket: str) -> None:
    names = ["a\nb", "c"]
    put(*names)
    done = mio("ls", "-r0", f"s3://{bucket}")
    assert done.output.decode().split("\0") == [*names, ""]
    assert len(mio("ls", "-r", f"s3://{bucket}").lines) == 2


@posix
def test_check_06_json_under_a_terminal(mio: Program, put: Put, bucket: str) -> None:
    put("a", "b/c")
    done = run_in_terminal(mio, "--json", "ls", "-r", f"s3://{bucket}")
    assert done.status == 0
    assert done.output.endswith(b"\n")
    for line in done.lines:
        check(json.loads(line))
    assert [record["type"] for record in done.records] == ["object", "object", "summary"]


def test_check_07_copying_twice_gives_the_same_keys(mio: Program, client: Minio, bucket: str) -> None:
    """A slash at the end of a source or target changes nothing, nor does a target that exists."""
    write_files(mio.directory / "d", "x", "y/z")
    for source, target in (("d", "p"), ("d", "p"), ("d/", "p"), ("./d//", "p/")):
        mio("cp", "-r", source, f"s3://{bucket}/{target}")
        assert names_in(client, bucket) == ["p/x", "p/y/z"]
    for source, target in (("p", "back"), ("p", "back"), ("p/", "back/")):
        mio("cp", "-r", f"s3://{bucket}/{source}", target)
        assert files_in(mio.directory / "back") == ["x", "y/z"]


def test_check_08_a_prefix_is_a_directory(mio: Program, put: Put, bucket: str) -> None:
    put("a/x", "ab/y", "a.txt")
    for source in ("a", "a/"):
        mio("cp", "-r", f"s3://{bucket}/{source}", "out")
        assert files_in(mio.directory / "out") == ["x"]


@pytest.mark.requires("keys_dot_segments")
def test_check_09_keys_never_lead_out_of_the_target(mio: Program, server: LiveServer, put: Put, bucket: str) -> None:
    put("good")
    assert server.raw.request("PUT", f"/{bucket}/{EVIL}", body=b"evil").status == 200
    before = files_in(mio.directory.parent)
    done = mio("cp", "-r", f"s3://{bucket}", "out", expect=1)
    assert files_in(mio.directory.parent) == sorted([*before, "work/out/good"])
    (problem,) = problems(done.errors)
    assert EVIL in problem


@pytest.mark.parametrize("key", [EVIL, "../e", "/e", "a/../../../e", ".."])
def test_check_09_whatever_a_server_lists(key: str, bare: Program) -> None:
    """Servers here fold such keys, or refuse them. This one lists them."""
    before = files_in(bare.directory.parent)
    with lister(lambda number: [key, "zzz"], 1) as server:
        done = bare("cp", "-r", f"s3://{BUCKET}", "out", expect=1, **settings_for(server))
    (problem,) = problems(done.errors)
    assert key in problem
    assert files_in(bare.directory.parent) == sorted([*before, "work/out/zzz"])


@posix
def test_check_10_links_below_the_target_are_not_followed(mio: Program, put: Put, bucket: str) -> None:
    put("l/e", "good")
    elsewhere = write_files(mio.directory / "elsewhere", "e")
    (mio.directory / "out").mkdir()
    (mio.directory / "out" / "l").symlink_to(elsewhere)
    done = mio("cp", "-r", f"s3://{bucket}", "out", expect=1)
    (problem,) = problems(done.errors)
    assert "l/e" in problem
    assert files_in(elsewhere) == ["e"]
    assert (elsewhere / "e").read_bytes() == b"e"
    assert (mio.directory / "out" / "l").is_symlink()
    assert (mio.directory / "out" / "good").exists()
    mio("sync", "--delete", "--max-delete", "100%", f"s3://{bucket}", "out", expect=1)
    assert files_in(elsewhere) == ["e"]


@pytest.mark.requires("keys_prefix_of_each_other")
def test_check_11_file_and_directory_of_one_name(mio: Program, put: Put, bucket: str) -> None:
    put("x", "x/y")
    done = mio("--json", "cp", "-r", f"s3://{bucket}", "out", expect=1)
    (problem,) = problems(done.errors)
    assert f"s3://{bucket}/x" in problem
    assert (done.records[-1]["done"], done.records[-1]["failed"]) == (1, 1)
    assert files_in(mio.directory / "out") in (["x"], ["x/y"])


@pytest.mark.requires("keys_double_slash")
def test_check_12_double_slashes_are_never_merged(mio: Program, put: Put, bucket: str) -> None:
    put("a/b", "a//b")
    done = mio("--json", "cp", "-r", f"s3://{bucket}", "out", expect=1)
    check_12(mio, problems(done.errors), done.records[-1])
    assert (mio.directory / "out" / "a" / "b").read_bytes() == b"a/b"


def test_check_12_whatever_a_server_lists(bare: Program) -> None:
    with lister(lambda number: ["a//b", "a/b"], 1) as server:
        done = bare("--json", "cp", "-r", f"s3://{BUCKET}", "out", expect=1, **settings_for(server))
    check_12(bare, problems(done.errors), done.records[-1])


def check_12(mio: Program, errors: list[str], summary: dict[str, object]) -> None:
    (problem,) = errors
    assert "a//b" in problem
    assert (summary["done"], summary["failed"]) == (1, 1)
    assert files_in(mio.directory / "out") == ["a/b"]


def test_check_13_moving_onto_itself_is_refused(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("k", "d/k")
    here, alias, explicit = f"s3://{bucket}/k", f"play/{bucket}/k", f"s3://play@{bucket}/k"
    into = f"s3://play@{bucket}/"
    for source, target in (
        (here, here),
        (here, alias),
        (alias, here),
        (explicit, here),
        (alias, explicit),
        (here, into),
    ):
        done = mio("mv", source, target, expect=2)
        assert len(done.errors.splitlines()) == 1
    mio("mv", "-r", f"s3://{bucket}/d", f"play/{bucket}/d/", expect=2)
    mio("mv", "-r", f"s3://{bucket}/d", f"play/{bucket}/d/e", expect=2)
    mio("mv", f"s3://{bucket}/*", f"play/{bucket}/", expect=2)
    assert names_in(client, bucket) == ["d/k", "k"]
    assert client.get_object(bucket, "k").read() == b"k"


def test_check_14_empty_source_deletes_nothing(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "full", "a", "b/c")
    mio("sync", "--delete", f"s3://{bucket}/none/", "full", expect=2)
    everything = ("sync", "--delete", "--max-delete", "100%")
    for source, status in ((f"s3://{bucket}/none/", 2), (f"s3://{bucket}", 2), ("s3://absent-bucket-here", 3)):
        done = mio(*everything, source, "full", expect=status)
        assert source.rstrip("/") in done.errors
    assert files_in(mio.directory / "full") == ["a", "b/c"]
    put("a", "b/c")
    (mio.directory / "empty").mkdir()
    mio(*everything, "absent", f"s3://{bucket}/", expect=2)
    mio(*everything, "empty", f"s3://{bucket}/", expect=2)
    assert names_in(client, bucket) == ["a", "b/c"]


def test_check_15_server_that_stops_during_the_listing(mio: Program, server: LiveServer, put: Put, bucket: str) -> None:
    """The first page of a real listing arrives, and the connection is cut before the second one."""
    write_files(mio.directory / "full", "a", "b", "c")
    put.many(*(f"n{number:04}" for number in range(1100)))
    with Cable(server.endpoint) as cable:
        cable.on(b"continuation-token=", cable.cut)
        done = mio(
            "sync", "--delete", "--max-delete", "100%", "--retries", "0", f"s3://{bucket}", "full",
            expect=None, AWS_ENDPOINT_URL=f"http://{cable.endpoint}",
        )  # fmt: skip
    assert done.status == 5, done
    assert {"a", "b", "c"} <= set(files_in(mio.directory / "full"))


FIRST_PAGE = page(["a"], following=1)


@pytest.mark.parametrize(
    "sent",
    [answer(FIRST_PAGE, headers={"Connection": "close"}), answer(FIRST_PAGE)[:-40], answer(FIRST_PAGE)[:30], b""],
    ids=["after-a-page", "in-a-page", "in-its-head", "before-it"],
)
def test_check_15_whenever_the_server_stops(sent: bytes, bare: Program) -> None:
    write_files(bare.directory / "full", "a", "b", "c")
    with gone_after(sent) as server:
        arguments = ("sync", "--delete", "--max-delete", "100%", "--retries", "0", f"s3://{BUCKET}/", "full")
        done = bare(*arguments, expect=5, **settings_for(server))
    assert files_in(bare.directory / "full") == ["a", "b", "c"]
    assert done.errors.startswith("mio: sync")
