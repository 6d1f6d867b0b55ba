"""`cp` and `pipe`: one object and several, attributes, selections, and what is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from cli.conftest import Put, files_in, names_in, write_files
from cli.program import Program
from minio import Minio
from servers.live import LiveServer

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


def test_pipe(mio: Program, client: Minio, bucket: str) -> None:
    data = bytes(range(256)) * (40 << 10)  # 10 MiB: two parts
    mio("pipe", f"s3://{bucket}/k", "--metadata", "a=b", "--content-type", "text/x-test", input=data)
    assert client.get_object(bucket, "k").read() == data
    found = client.stat_object(bucket, "k")
    assert found.content_type == "text/x-test"
    assert found.metadata["x-amz-meta-a"] == "b"
    mio("pipe", f"s3://{bucket}/empty", input=b"")
    assert client.stat_object(bucket, "empty").size == 0
    mio("cp", "-", f"s3://{bucket}/copied", input=b"copied")
    assert client.get_object(bucket, "copied").read() == b"copied"
    mio("pipe", f"s3://{bucket}/p", "--", "printf", "x y")
    assert client.get_object(bucket, "p").read() == b"x y"
    mio("pipe", f"s3://{bucket}/p", "--", "no-such-program", expect=2)
    mio("pipe", f"s3://{bucket}", expect=2, input=b"")


def test_cp_one(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory, "f", "g.txt")
    mio("cp", "f", f"s3://{bucket}")
    mio("cp", "f", f"s3://{bucket}/x/")
    mio("cp", "f", f"s3://{bucket}/y")
    mio("cp", "f", "g.txt", f"play/{bucket}/both/")
    mio("cp", "f", "g.txt", f"play/{bucket}/one", expect=2)
    assert names_in(client, bucket) == ["both/f", "both/g.txt", "f", "x/f", "y"]
    assert client.stat_object(bucket, "both/g.txt").content_type == "text/plain"
    mio("cp", f"s3://{bucket}/z", f"s3://{bucket}/y", f"s3://{bucket}/new/", expect=1)
    mio("cp", f"s3://{bucket}/y", f"s3://{bucket}", expect=2)
    mio("cp", f"s3://{bucket}/y", f"s3://play@{bucket}/copies/")
    assert client.get_object(bucket, "copies/y").read() == b"f"
    (mio.directory / "into").mkdir()
    mio("cp", f"s3://{bucket}/y", "into")
    mio("cp", f"s3://{bucket}/y", "exact")
    assert (mio.directory / "into" / "y").read_bytes() == b"f"
    assert (mio.directory / "exact").read_bytes() == b"f"
    modified = client.stat_object(bucket, "y").last_modified
    assert abs((mio.directory / "exact").stat().st_mtime - modified.timestamp()) < 0.01
    mio("cp", f"s3://{bucket}/none", "x", expect=3)
    mio("cp", f"s3://{bucket}/none", "made/for/nothing", expect=3)
    assert not (mio.directory / "made").exists()
    mio("cp", "none", f"s3://{bucket}/", expect=3)
    mio("cp", "into", f"s3://{bucket}/", expect=2)
    mio("cp", f"s3://{bucket}/x/", "x", expect=2)


def test_two_local_sides_are_refused(mio: Program) -> None:
    write_files(mio.directory, "f")
    done = mio("cp", "f", "plya/bucket/f", expect=2)
    assert "play/bucket/f" in done.errors
    assert files_in(mio.directory) == ["f"]
    mio("mv", "f", "g", expect=2)
    mio("sync", ".", "elsewhere", expect=2)


def test_no_clobber_on_servers_that_ignore_conditions(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("k")
    write_files(mio.directory, "f")
    mio("cp", "-n", "f", f"s3://{bucket}/k")
    mio("cp", "-n", "-", f"s3://{bucket}/k", input=b"new")
    mio("pipe", "-n", f"s3://{bucket}/k", input=b"new")
    mio("cp", "-n", "f", f"s3://{bucket}/new")
    assert client.get_object(bucket, "k").read() == b"k"
    assert names_in(client, bucket) == ["k", "new"]


def test_targets_below_a_file(mio: Program, put: Put, bucket: str) -> None:
    put("d/a", "k")
    write_files(mio.directory, "f")
    for command in ("cp -r", "cp -r --dry-run", "mv -r", "sync"):
        done = mio(*command.split(), f"s3://{bucket}/d", "f", expect=2)
        assert done.errors.endswith("the target f is not a directory\n")
    assert mio("cp", f"s3://{bucket}/k", "f/k", expect=1).errors.endswith("f: Not a directory\n")
    done = mio("cp", f"s3://{bucket}/k", f"s3://{bucket}/d/a", "new", expect=2)
    assert done.errors.endswith("new is not a directory, and there are several sources; try 'mkdir new'\n")
    assert "mkdir" not in mio("cp", f"s3://{bucket}/k", f"s3://{bucket}/d/a", "f", expect=2).errors
    assert files_in(mio.directory) == ["f"]


def test_cp_attributes(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "d", "f")
    flags = ["--metadata", "owner=me", "--content-type", "text/x-test", "--cache-control", "max-age=5"]
    mio("cp", "d/f", f"s3://{bucket}/one", *flags, "--tags", "a=b", "--tags", "c=d")
    mio("cp", "-r", "d", f"s3://{bucket}/all", *flags)
    for name in ("one", "all/f"):
        found = client.stat_object(bucket, name)
        assert found.content_type == "text/x-test"
        assert found.metadata["x-amz-meta-owner"] == "me"
        assert found.metadata["cache-control"] == "max-age=5"
    assert dict(client.get_object_tags(bucket, "one") or {}) == {"a": "b", "c": "d"}
    mio("cp", f"s3://{bucket}/one", f"s3://{bucket}/two", "--metadata", "state=new")
    found = client.stat_object(bucket, "two")
    assert (found.metadata["x-amz-meta-owner"], found.metadata["x-amz-meta-state"]) == ("me", "new")
    assert found.content_type == "text/x-test"
    mio("cp", "-r", f"s3://{bucket}/all", f"s3://{bucket}/copy", "--metadata", "a=b", expect=2)


def test_cp_preserves_times_and_modes(mio: Program, bucket: str) -> None:
    path = write_files(mio.directory, "f") / "f"
    path.chmod(0o640)
    os.utime(path, (1e9, 1e9))
    mio("cp", "--preserve", "f", f"s3://{bucket}/f")
    mio("cp", "--preserve", f"s3://{bucket}/f", "back")
    state = (mio.directory / "back").stat()
    assert state.st_mtime == 1e9
    if os.name != "nt":
        assert state.st_mode & 0o777 == 0o640


def test_names_of_no_prefix(mio: Program, put: Put, bucket: str) -> None:
    """`none/` may be empty. `none` is a mistyped name, and `one` is an object."""
    put("one", "full/a")
    root = f"s3://{bucket}"
    full = str(write_files(mio.directory / "full", "a"))
    for command in ("sync", "diff"):
        assert f"{root}/none: nothing is below" in mio(command, f"{root}/none", full, expect=3).errors
        assert "is one object" in mio(command, f"{root}/one", full, expect=2).errors
        assert "does not exist" in mio(command, "absent", f"{root}/full", expect=3).errors
    mio("sync", "--delete", f"{root}/none", full, expect=2)
    assert files_in(mio.directory / "full") == ["a"]
    mio("sync", f"{root}/none/", "new")
    mio("sync", f"{root}/full", f"{root}/new")
    for second in (f"{root}/none", "absent"):
        mio("diff", f"{root}/full", second, expect=3)
    mio("diff", full, f"{root}/one", expect=2)
    mio("diff", f"{root}/none*", full, expect=3)
    assert mio("diff", full, f"{root}/none/", expect=1).lines == ["<\ta"]


def test_cp_patterns(mio: Program, put: Put, bucket: str) -> None:
    put("a/x.jpg", "a/y.txt", "a/b/z.jpg", "a.jpg/q")
    mio("cp", f"s3://{bucket}/a/*.jpg", "one/")
    assert files_in(mio.directory / "one") == ["x.jpg"]
    mio("cp", f"s3://{bucket}/a/**.jpg", "all/")
    assert files_in(mio.directory / "all") == ["b/z.jpg", "x.jpg"]
    mio("cp", f"s3://{bucket}/*.jpg", "none/", expect=3)
    for command in ("cp -r", "mv -r", "sync", "sync --delete"):
        assert "nothing matches" in mio(*command.split(), f"s3://{bucket}/z*", "none", expect=3).errors
    mio("sync", "--delete", "--allow-empty-source", f"s3://{bucket}/z*", "none")
    mio("cp", "-r", "--dry-run", f"s3://{bucket}/a.*", "none")
    mio("cp", f"s3://{bucket}/a/*", f"s3://{bucket}/exact", expect=2)
    mio("cp", "-r", "--include", "*.txt", f"s3://{bucket}/a", "texts")
    assert files_in(mio.directory / "texts") == ["y.txt"]


def test_filters_apply_in_their_order(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "d", "a.txt", "b.jpg", "e/c.txt", "#d")
    (mio.directory / "ignore").write_text("# a comment\n*.txt\n!a.txt\n")

    def copied(*flags: str) -> list[str]:
        mio("rm", "-r", "-y", f"s3://{bucket}")
        mio("cp", "-r", *flags, "d", f"s3://{bucket}")
        return names_in(client, bucket)

    assert copied("--exclude", "*", "--include", "*.txt") == ["a.txt", "e/c.txt"]
    assert copied("--include", "*.txt") == ["a.txt", "e/c.txt"]
    assert copied("--include", "*.txt", "--exclude", "e/") == ["a.txt"]
    assert copied("--exclude-from", "ignore") == ["#d", "a.txt", "b.jpg"]
    assert copied("--exclude", "#*", "--exclude", "*.txt") == ["b.jpg"]
    mio("rm", "-r", "-y", "--exclude", "*", "--include", "b*", f"s3://{bucket}")
    assert names_in(client, bucket) == []


def test_habits_of_mc(bare: Program, mio: Program, server: LiveServer, put: Put, bucket: str) -> None:
    put("a")
    done = bare("alias", "set", "xx", server.url, "some-key", "some-secret", expect=2)
    assert "some-secret" not in done.errors
    assert "never arguments" in done.errors
    assert mio("share", "download", f"play/{bucket}/a").text.startswith("http")
    mio("mirror", "--overwrite", "--remove", f"play/{bucket}", "copy")
    assert files_in(mio.directory / "copy") == ["a"]


def test_dry_runs_change_nothing(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("d/a", "only")
    write_files(mio.directory / "d", "x")
    for command in (
        ["cp", "d/x", f"s3://{bucket}/x"], ["cp", "-r", "d", f"s3://{bucket}"], ["mv", "d/x", f"s3://{bucket}/x"],
        ["mv", "-r", f"s3://{bucket}/d", "d"], ["sync", "--delete", "d", f"s3://{bucket}"], ["rm", f"s3://{bucket}/only"],
        ["rm", "-r", f"s3://{bucket}"], ["rm", f"s3://{bucket}/d/*"],
    ):  # fmt: skip
        done = mio(*command, "--dry-run")
        assert done.lines, command
        assert all(line.startswith("would ") for line in done.lines), done
    assert names_in(client, bucket) == ["d/a", "only"]
    assert files_in(mio.directory) == ["d/x"]


def test_dry_runs_read_what_the_copy_reads(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("k")
    write_files(mio.directory, "f")
    for command in ("cp", "mv"):
        mio(command, "--dry-run", "none", f"s3://{bucket}/x", expect=3)
        mio(command, "--dry-run", f"s3://{bucket}/none", "x", expect=3)
    for source, target in (("f", f"s3://{bucket}/k"), (f"s3://{bucket}/k", "f"), ("-", f"s3://{bucket}/k")):
        assert mio("cp", "--dry-run", "-n", source, target, input=b"new").output == b""
    record = mio("cp", "--dry-run", "--json", "f", f"s3://{bucket}/x").records[0]
    assert (record["status"], record["size"]) == ("would", 1)
    assert names_in(client, bucket) == ["k"]


def test_dry_runs_of_streams(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("k")
    assert mio("cp", "--dry-run", "-", f"s3://{bucket}/x", input=b"x").lines == [f"would upload - -> s3://{bucket}/x"]
    assert mio("cp", "--dry-run", f"s3://{bucket}/k", "-").lines == [f"would download s3://{bucket}/k -> -"]
    mio("cp", "--dry-run", f"s3://{bucket}/none", "-", expect=3)
    assert names_in(client, bucket) == ["k"]


def test_filters_apply_to_one_object(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("k.txt")
    write_files(mio.directory / "d", "a.txt", "b.jpg")
    mio("cp", "--exclude", "*.txt", "d/a.txt", "d/b.jpg", f"s3://{bucket}/")
    mio("mv", "--exclude", "*.txt", "d/a.txt", "d/b.jpg", f"s3://{bucket}/moved/")
    mio("mv", "--include", "*.jpg", f"s3://{bucket}/k.txt", f"s3://{bucket}/moved/")
    assert names_in(client, bucket) == ["b.jpg", "k.txt", "moved/b.jpg"]
    assert files_in(mio.directory) == ["d/a.txt"]


@posix
def test_pipes_as_files(mio: Program, client: Minio, bucket: str) -> None:
    """A pipe shows no size: what was read of it counts. Its name is never removed."""
    os.mkfifo(mio.directory / "pipe")
    mio("mv", "pipe", f"s3://{bucket}/k", expect=2)
    mio("mv", "/dev/stdin", f"s3://{bucket}/k", input=b"data", expect=2)
    record, summary = mio("--json", "cp", "/dev/stdin", f"s3://{bucket}/k", input=b"data").records
    assert record["size"] == summary["bytes"] == 4
    assert client.get_object(bucket, "k").read() == b"data"


def test_ages(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "d", "old", "new")
    os.utime(mio.directory / "d" / "old", (1e9, 1e9))
    mio("cp", "-r", "--older-than", "7d", "d", f"s3://{bucket}/a")
    assert names_in(client, bucket) == ["a/old"]
    mio("sync", "--newer-than", "7d", "d", f"s3://{bucket}/b")
    assert names_in(client, bucket, "b") == ["b/new"]
    mio("cp", "--older-than", "2010-01-01", "d/new", "d/old", f"s3://{bucket}/c/")
    assert names_in(client, bucket, "c") == ["c/old"]
    mio("mv", "-r", "--newer-than", "1h", f"s3://{bucket}/c", f"play/{bucket}/d")
    assert names_in(client, bucket, "d") == ["d/old"]


def test_one_failure_does_not_stop_the_others(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    write_files(mio.directory, "a", "c")
    done = mio("cp", "a", "missing", "c", f"s3://{bucket}/", expect=1)
    assert "missing" in done.errors
    assert names_in(client, bucket) == ["a", "c"]
    done = mio("cat", f"s3://{bucket}/none", f"s3://{bucket}/a", expect=1)
    assert done.output == b"a"
    mio("stat", f"s3://{bucket}/none", f"s3://{bucket}/a", expect=1)
    mio("rm", "-y", f"s3://{bucket}/none*", f"s3://{bucket}/a", expect=1)
    assert names_in(client, bucket) == ["c"]
    done = mio("cp", "a", "s3://absent-bucket-here/a", expect=3)
    assert "s3://absent-bucket-here: NoSuchBucket" in done.errors


@posix
def test_a_bad_file_does_not_stop_the_others(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    """Also if it is the first, when nothing is done yet."""
    put("a", "b")
    write_files(mio.directory, "good")
    (mio.directory / "loop").symlink_to("loop")
    done = mio("cp", "loop", "good", f"s3://{bucket}/c/", expect=1)
    assert done.errors.startswith("mio: cp: the file 'loop' cannot be read: Too many levels of symbolic links\n")
    assert names_in(client, bucket, "c/") == ["c/good"]
    (mio.directory / "out" / "a").mkdir(parents=True)
    assert "'out/a' is a directory" in mio("cp", f"s3://{bucket}/a", f"s3://{bucket}/b", "out/", expect=1).errors
    assert files_in(mio.directory / "out") == ["b"]
    mio("cp", "loop", f"s3://{bucket}/", expect=1)
    name = os.fsdecode(b"caf\xe9")
    (mio.directory / name).write_bytes(b"")
    for line in (["cp", name, "good"], ["cp", "good", name], ["mv", name, "good"]):
        errors = mio(*line, f"s3://{bucket}/{line[0]}/", expect=1).errors
        assert r"the name of caf\351 is not UTF-8; name the object in the target" in errors
    assert names_in(client, bucket, "mv/") == ["mv/good"]
    mio("cp", name, f"s3://{bucket}/", expect=2)
    mio("cp", name, f"s3://{bucket}/cafe")


def test_attributes_of_an_object_are_changed_by_copying_it_onto_itself(
    mio: Program, put: Put, client: Minio, bucket: str
) -> None:
    put("k")
    mio("cp", f"s3://{bucket}/k", f"s3://{bucket}/k", "--content-type", "text/x-test")
    assert client.stat_object(bucket, "k").content_type == "text/x-test"
    mio("cp", f"s3://{bucket}/k", f"s3://{bucket}/k", "--tags", "a=b")
    assert dict(client.get_object_tags(bucket, "k") or {}) == {"a": "b"}
    assert client.stat_object(bucket, "k").content_type == "text/x-test"


@posix
def test_interrupted_pipe_that_waits_for_its_input(mio: Program, bucket: str) -> None:
    running = mio.start("pipe", f"s3://{bucket}/p", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdin is not None
    running.stdin.write(b"x" * (12 << 20))
    running.stdin.flush()
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == 130
    running.communicate(timeout=60)


@posix
def test_names_that_begin_with_a_dash(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory, "-dash")
    mio("cp", "./-dash", f"s3://{bucket}/")
    mio("cp", "--", "-dash", f"s3://{bucket}/x")
    assert names_in(client, bucket) == ["-dash", "x"]
