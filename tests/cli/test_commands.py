"""What the commands do beyond the checks, on each server."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.conftest import Put, files_in, names_in, wait_for, write_files
from cli.program import Program
from cli.schema import check
from cli.terminal import run_in_terminal
from minio import Minio
from servers.live import LiveServer

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


def test_ls(mio: Program, put: Put, bucket: str) -> None:
    put("a", "d/b", "d/e/c")
    assert [row[2] for row in mio("ls", f"s3://{bucket}").rows] == ["a", "d/"]
    assert [row[2] for row in mio("ls", f"play/{bucket}/d/").rows] == ["b", "e/"]
    assert [row[2] for row in mio("ls", f"s3://play@{bucket}/d").rows] == ["b", "e/"]
    assert [row[1:] for row in mio("ls", "-r", f"s3://{bucket}").rows] == [["1", "a"], ["3", "d/b"], ["5", "d/e/c"]]
    assert mio("ls", "-1", "-r", f"s3://{bucket}").lines == ["a", "d/b", "d/e/c"]
    assert mio("ls", "-1", "-r", "--limit", "2", f"s3://{bucket}").lines == ["a", "d/b"]
    assert mio("ls", "-1", f"s3://{bucket}/a").lines == ["a"]
    assert mio("ls", "-1", f"s3://{bucket}/d/*").lines == ["b", "e/"]
    assert mio("ls", "-1", f"s3://{bucket}/**c").lines == ["d/e/c"]
    mio("ls", f"s3://{bucket}/x*", expect=3)
    assert bucket in mio("ls").text
    assert bucket in mio("ls", "play").text
    assert mio("ls", "--tree", f"s3://{bucket}").lines == [
        "├── a",
        "└── d/",
        "    ├── b",
        "    └── e/",
        "        └── c",
    ]


def test_json_records_follow_the_schema(mio: Program, put: Put, bucket: str) -> None:
    write_files(mio.directory / "d", "x")
    put("a", "b/c")
    for command in (
        ["ls", f"s3://{bucket}"], ["ls"], ["ls", "-I", f"s3://{bucket}"], ["stat", f"s3://{bucket}", f"s3://{bucket}/a"],
        ["du", f"s3://{bucket}"], ["find", f"s3://{bucket}"], ["cp", "-r", "d", f"s3://{bucket}/d"],
        ["cp", f"s3://{bucket}/a", "a"], ["mv", f"s3://{bucket}/a", f"s3://{bucket}/z"], ["diff", "d", f"s3://{bucket}"],
        ["sync", "--delete", "--dry-run", "--max-delete", "100%", "d", f"s3://{bucket}"],
        ["presign", f"s3://{bucket}/z"], ["presign", "--method", "post", f"s3://{bucket}/z"], ["ping"], ["alias", "ls"],
        ["config", "path"], ["rm", f"s3://{bucket}/z", f"s3://{bucket}/none"], ["ls", "s3://absent-bucket-here"],
        ["cp", "-r", "--progress", f"s3://{bucket}", "out"], ["completion", "bash"],
    ):  # fmt: skip
        done = mio("--json", *command, expect=None)
        assert done.records[-1]["type"] == "summary", done
        assert done.records[-1]["exit"] == done.status
        for record in done.records:
            check(record)


def test_json_always_ends_with_a_summary(mio: Program, put: Put, bucket: str) -> None:
    put("a", "b")
    for command in (["cp"], ["ls", "--bogus"], ["bogus"], ["cp", f"s3://{bucket}/a", "-"], ["ls", "s3:///x"]):
        done = mio("--json", *command, expect=2)
        (summary,) = done.records
        check(summary)
        assert (summary["type"], summary["exit"]) == ("summary", 2)
    summary = mio("--json", "rm", "-r", "--dry-run", f"s3://{bucket}").records[-1]
    assert (summary["deleted"], summary["would"]) == (0, 2)
    (record, _) = mio("--json", "cp", "-r", f"s3://{bucket}/a*", "out").records[:2]
    assert record["target"] in ("out/a", "out/b")
    assert record["key"] == record["source"].rpartition("/")[2]


def test_failed_record_tells_the_error(mio: Program) -> None:
    (summary,) = mio("--json", "ls", "s3://absent-bucket-here", expect=3).records
    assert summary["error"]["code"] == "NoSuchBucket"
    assert summary["error"]["status"] == 404
    assert summary["status"] == "failed"


def test_stat(mio: Program, client: Minio, bucket: str) -> None:
    client.put_object(bucket, "k", b"data", 4, content_type="text/x-test", metadata={"owner": "me"})
    rows = dict(row for row in mio("stat", f"s3://{bucket}/k").rows)
    assert rows["Size"] == "4 bytes"
    assert rows["Content-Type"] == "text/x-test"
    assert rows["Metadata owner"] == "me"
    mio("stat", f"s3://{bucket}/none", expect=3)
    mio("head", f"s3://{bucket}/k", f"s3://{bucket}/k")


def test_du(mio: Program, put: Put, bucket: str) -> None:
    put("a", "d/b", "d/e/c", "dd/x")
    assert mio("du", f"s3://{bucket}").rows == [["13", "4", f"s3://{bucket}"]]
    assert mio("du", "--depth", "1", f"s3://{bucket}").rows[:2] == [
        ["8", "2", f"s3://{bucket}/d/"],
        ["4", "1", f"s3://{bucket}/dd/"],
    ]
    assert mio("du", f"s3://{bucket}/d").rows == [["8", "2", f"s3://{bucket}/d"]]


def test_du_shows_incomplete_uploads_apart(mio: Program, client: Minio, bucket: str) -> None:
    path = mio.directory / "film"
    path.write_bytes(b"x" * (12 << 20))
    running = mio.start("cp", "--limit-upload", "4MiB", "film", f"s3://{bucket}/film")
    end = time.monotonic() + 60
    while not any(upload.size for upload in client.list_incomplete_uploads(bucket, recursive=True)):
        assert time.monotonic() < end
        time.sleep(0.05)
    running.kill()
    running.wait()
    rows = mio("du", f"s3://{bucket}").rows
    assert rows[-1][2].endswith("(incomplete uploads)")
    assert int(rows[-1][0]) > 0
    assert "film" in mio("ls", "-I", f"s3://{bucket}").text
    mio("rm", "-I", "-r", "-y", f"s3://{bucket}")
    assert mio("ls", "-I", f"s3://{bucket}").output == b""


def test_find(mio: Program, put: Put, bucket: str) -> None:
    put("a.jpg", "d/b.jpg", "d/c.txt")

    def found(*flags: str) -> list[str]:
        return [line.removeprefix(f"s3://{bucket}/") for line in mio("find", f"s3://{bucket}", *flags).lines]

    assert found() == ["a.jpg", "d/b.jpg", "d/c.txt"]
    assert found("--name", "*.jpg") == ["a.jpg", "d/b.jpg"]
    assert found("--path", "d/*") == ["d/b.jpg", "d/c.txt"]
    assert found("--larger", "6") == ["d/b.jpg", "d/c.txt"]
    assert found("--smaller", "6") == ["a.jpg"]
    assert found("--regex", "[bc]\\.") == ["d/b.jpg", "d/c.txt"]
    assert found("--older-than", "1h") == []
    assert found("--newer-than", "1h", "--ignore", "*.jpg") == ["d/b.jpg", "d/c.txt"]
    assert mio("find", f"s3://{bucket}/d", "--name", "b*", "-0").output == f"s3://{bucket}/d/b.jpg\0".encode()


def test_cat(mio: Program, put: Put, bucket: str) -> None:
    put(f=b"one\ntwo\nthree\n", empty=b"")
    place = f"s3://{bucket}/f"
    assert mio("cat", place).output == b"one\ntwo\nthree\n"
    assert mio("cat", "--range", "4-6", place).output == b"two"
    assert mio("cat", "--range", "8-", place).output == b"three\n"
    assert mio("cat", "--range=-6", place).output == b"three\n"
    assert mio("cat", "--head", "5", place).output == b"one\nt"
    assert mio("cat", "--head", "500", place).output == b"one\ntwo\nthree\n"
    assert mio("cat", "-n", "2", place).output == b"one\ntwo\n"
    assert mio("cat", f"s3://{bucket}/empty", place, f"s3://{bucket}/empty").output == b"one\ntwo\nthree\n"
    assert mio("cp", place, "-").output == b"one\ntwo\nthree\n"
    mio("cat", f"s3://{bucket}/none", expect=3)
    mio("cat", "--range", "x", place, expect=2)


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


def test_cp_patterns(mio: Program, put: Put, bucket: str) -> None:
    put("a/x.jpg", "a/y.txt", "a/b/z.jpg", "a.jpg/q")
    mio("cp", f"s3://{bucket}/a/*.jpg", "one/")
    assert files_in(mio.directory / "one") == ["x.jpg"]
    mio("cp", f"s3://{bucket}/a/**.jpg", "all/")
    assert files_in(mio.directory / "all") == ["b/z.jpg", "x.jpg"]
    mio("cp", f"s3://{bucket}/*.jpg", "none/", expect=3)
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


def test_mv(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a", "d/b", "d/e/c")
    write_files(mio.directory, "f", "up/g", "up/h/i")
    mio("mv", f"s3://{bucket}/a", f"s3://{bucket}/moved")
    mio("mv", "f", f"s3://{bucket}/")
    mio("mv", f"s3://{bucket}/moved", "here")
    assert names_in(client, bucket) == ["d/b", "d/e/c", "f"]
    mio("mv", "-r", f"s3://{bucket}/d", f"s3://{bucket}/e")
    assert names_in(client, bucket) == ["e/b", "e/e/c", "f"]
    mio("mv", "-r", "up", f"s3://{bucket}/up")
    assert not (mio.directory / "up").exists()
    mio("mv", "-r", f"s3://{bucket}/up", "down")
    assert files_in(mio.directory) == ["down/g", "down/h/i", "here"]
    assert names_in(client, bucket) == ["e/b", "e/e/c", "f"]
    put("down")
    mio("mv", "-n", "here", f"s3://{bucket}/f")
    if (mio.directory / "here").exists():
        assert client.get_object(bucket, "f").read() == b"f"


@posix
def test_mv_keeps_what_links_to_directories_lead_to(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory, "elsewhere/data", "m/own", "m/sub/deep")
    (mio.directory / "m" / "link").symlink_to("../elsewhere")
    (mio.directory / "m" / "file").symlink_to("../elsewhere/data")
    (mio.directory / "m" / "empty").mkdir()
    done = mio("mv", "-r", "m", f"s3://{bucket}/m")
    assert names_in(client, bucket) == ["m/file", "m/link/data", "m/own", "m/sub/deep"]
    assert (mio.directory / "elsewhere" / "data").read_bytes() == b"elsewhere/data"
    assert sorted(path.name for path in (mio.directory / "m").iterdir()) == ["empty", "link"]
    assert "links to directories" in done.errors
    write_files(mio.directory / "h", "a")
    (mio.directory / "h" / "c").symlink_to("a")
    os.link(mio.directory / "h" / "a", mio.directory / "h" / "b")
    mio("mv", "-r", "h", f"s3://{bucket}/h")
    assert names_in(client, bucket, "h") == ["h/a", "h/b", "h/c"]
    assert not (mio.directory / "h").exists()
    write_files(mio.directory / "n", "again")
    mio._run(["sh", "-c", f"cd n && mio mv -r . s3://{bucket}/n"], None, 0, {})
    assert list((mio.directory / "n").iterdir()) == []


@posix
def test_mv_keeps_what_was_changed_meanwhile(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "m", "a", "b")
    (mio.directory / "m" / "big").write_bytes(b"x" * (8 << 20))
    running = mio.start(
        "mv", "-r", "-j", "1", "--limit-upload", "2MiB", "m", f"s3://{bucket}/m", stderr=subprocess.PIPE
    )
    wait_for(lambda: any(True for _ in client.list_incomplete_uploads(bucket, recursive=True)))
    os.utime(mio.directory / "m" / "big", (1e9, 1e9))
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 1, errors
    assert files_in(mio.directory / "m") == ["big"]


def test_mv_patterns(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a.txt", "b.txt", "c", "d/e.txt")
    mio("mv", f"s3://{bucket}/*.txt", f"s3://{bucket}/old/")
    assert names_in(client, bucket) == ["c", "d/e.txt", "old/a.txt", "old/b.txt"]
    mio("mv", f"s3://{bucket}/old/*", f"play/{bucket}/")
    assert names_in(client, bucket) == ["a.txt", "b.txt", "c", "d/e.txt"]
    mio("mv", f"s3://{bucket}/d/**", f"s3://{bucket}/", expect=2)


def test_rm_of_transfers_looks_at_its_flags(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("k", "d/x")
    mio("rm", "--older-than", "7d", f"s3://{bucket}/k")
    mio("rm", "--exclude", "k", f"s3://{bucket}/k")
    mio("rm", "-r", "-y", "--version-id", "x", f"s3://{bucket}/d", expect=2)
    mio("cp", "-r", "--version-id", "x", f"s3://{bucket}/d", "out", expect=2)
    assert names_in(client, bucket) == ["d/x", "k"]


@pytest.mark.requires("keys_prefix_of_each_other")
def test_dry_run_of_rm_shows_what_is_removed(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a", "a/x", "ab")
    assert mio("rm", "-r", "--dry-run", f"s3://{bucket}/a").lines == [f"would remove s3://{bucket}/a/x"]
    assert mio("ls", "-1", f"s3://{bucket}/a").lines == ["a", "a/"]
    mio("rm", "-r", "-y", f"s3://{bucket}/a")
    assert names_in(client, bucket) == ["a", "ab"]
    mio("rm", "-r", "-y", f"s3://{bucket}/a")
    assert names_in(client, bucket) == ["ab"]
    for flags in (["-y"], ["--dry-run"], ["-y", "-v"]):
        mio("rm", "-r", *flags, f"s3://{bucket}/a", expect=3)


def test_endpoint_of_the_flags_is_for_the_default_connection(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    elsewhere = ["--endpoint-url", "http://127.0.0.1:9", "--retries", "0"]
    mio("ls", *elsewhere, f"play/{bucket}", expect=2)
    done = mio("cp", *elsewhere, f"play/{bucket}/a", f"s3://{bucket}/b", expect=5)
    assert "127.0.0.1:9" in done.errors


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


def test_attributes_of_an_object_are_changed_by_copying_it_onto_itself(
    mio: Program, put: Put, client: Minio, bucket: str
) -> None:
    put("k")
    mio("cp", f"s3://{bucket}/k", f"s3://{bucket}/k", "--content-type", "text/x-test")
    assert client.stat_object(bucket, "k").content_type == "text/x-test"
    mio("cp", f"s3://{bucket}/k", f"s3://{bucket}/k", "--tags", "a=b")
    assert dict(client.get_object_tags(bucket, "k") or {}) == {"a": "b"}
    assert client.stat_object(bucket, "k").content_type == "text/x-test"


def test_rm(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a", "b", "d/x", "d/y", "dd", "l/1.jpg", "l/2.txt", "m.jpg/kept")
    mio("rm", "--yes", f"s3://{bucket}/m*", expect=3)
    mio("rm", "-r", "--yes", f"s3://{bucket}/m*")
    mio("rm", f"s3://{bucket}/a", f"s3://{bucket}/b")
    mio("rm", f"s3://{bucket}/a", expect=3)
    mio("rm", "-f", f"s3://{bucket}/a")
    mio("rm", "-r", "--yes", f"s3://{bucket}/d")
    mio("rm", "--yes", f"s3://{bucket}/**.jpg")
    assert names_in(client, bucket) == ["dd", "l/2.txt"]
    mio("rm", "--yes", "--files-from", "-", input=f"s3://{bucket}/dd\0".encode())
    assert names_in(client, bucket) == ["l/2.txt"]
    mio("rm", "-y", f"s3://{bucket}/l/2.txt", f"s3://{bucket}", expect=2)
    assert names_in(client, bucket) == ["l/2.txt"]
    mio("rm", "-r", "-y", f"s3://{bucket}")
    assert names_in(client, bucket) == []
    mio("rm", "-r", "-y", "s3://absent-bucket-here/x", expect=3)


@posix
def test_rm_asks_on_a_terminal(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("d/x")
    done = run_in_terminal(mio, "rm", "-r", f"s3://{bucket}/d", typed=b"n\n")
    assert done.status == 2
    assert names_in(client, bucket) == ["d/x"]
    done = run_in_terminal(mio, "rm", "-r", f"s3://{bucket}/d", typed=b"y\n")
    assert done.status == 0, done
    assert names_in(client, bucket) == []


@pytest.mark.requires("versioning")
def test_versions_and_undo(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    mio("attr", "set", "versioning", f"s3://{bucket}", "enabled")
    put("d/a")
    put("d/a", "d/b")
    mio("rm", f"s3://{bucket}/d/a")
    assert names_in(client, bucket) == ["d/b"]
    assert len(mio("ls", "-r", "--all-versions", f"s3://{bucket}").lines) == 4
    mio("undo", f"s3://{bucket}/d/a")
    assert names_in(client, bucket) == ["d/a", "d/b"]
    mio("undo", f"s3://{bucket}/d/a", expect=3)
    mio("rm", "-r", "-y", f"s3://{bucket}/d")
    mio("undo", "-r", f"s3://{bucket}/d")
    assert names_in(client, bucket) == ["d/a", "d/b"]
    mio("rm", "-r", "-y", "--all-versions", f"s3://{bucket}/d")
    assert mio("ls", "-r", "--all-versions", f"s3://{bucket}").output == b""


def test_mb_and_rb(mio: Program, client: Minio, bucket_name: str) -> None:
    mio("mb", f"s3://{bucket_name}")
    mio("mb", "-p", f"s3://{bucket_name}")
    mio("mb", "s3://Bad_Name_", expect=2)
    mio("mb", f"s3://{bucket_name}/key", expect=2)
    client.put_object(bucket_name, "data", b"", 0)
    client.put_object(bucket_name, "database", b"", 0)
    mio("rb", "--force", "--yes", f"s3://{bucket_name}/data", expect=2)
    mio("rb", f"s3://{bucket_name}", expect=1)
    mio("rb", "--force", f"s3://{bucket_name}", expect=2)
    assert names_in(client, bucket_name) == ["data", "database"]
    mio("rb", "--force", "--yes", f"s3://{bucket_name}")
    mio("rb", f"s3://{bucket_name}", expect=3)


def test_diff(mio: Program, put: Put, bucket: str) -> None:
    write_files(mio.directory / "d", "same", "mine", "other")
    put("same", "theirs")
    put(other=b"something else")
    assert sorted(tuple(row) for row in mio("diff", "d", f"s3://{bucket}", expect=1).rows) == [
        ("<", "mine"),
        (">", "theirs"),
        ("≠", "other"),
    ]
    mio("diff", f"s3://{bucket}", f"play/{bucket}", expect=2)
    mio("sync", "--delete", "d", f"s3://{bucket}")
    assert mio("diff", "d", f"s3://{bucket}").output == b""


def test_ping(mio: Program, bare: Program, server: LiveServer, bucket: str) -> None:
    done = mio("ping", f"s3://{bucket}")
    rows = dict(line.split("\t") for line in done.lines)
    assert rows["endpoint"] == f"{server.url} (from AWS_ENDPOINT_URL)"
    assert rows["keys"] == "AWS_ACCESS_KEY_ID"
    assert rows["clock"] == "right"
    assert rows["latency"].endswith(" ms")
    assert dict(line.split("\t") for line in mio("ping", "play").lines)["keys"] == "MC_HOST_play"
    done = mio("ping", AWS_SECRET_ACCESS_KEY="wrong-secret", expect=4)
    assert "wrong-secret" not in done.text + done.errors
    mio("ping", "--retries", "0", AWS_ENDPOINT_URL="http://127.0.0.1:9", expect=5)


def test_no_credentials(bare: Program) -> None:
    done = bare("ls", "s3://bucket", expect=4)
    assert "mio alias set" in done.errors
    assert len(done.errors.splitlines()) == 1
    bare("ls", "--profile", "absent", "s3://bucket", expect=2)


def test_usage_errors(bare: Program) -> None:
    assert "mio sync" in bare("snyc", expect=2).errors
    assert "--recursive" in bare("cp", "--recursiv", "a", "s3://b", expect=2).errors
    assert bare(expect=2).text.startswith("usage: mio")
    bare("--help")
    bare("help", "cp")
    bare("cp", "a", expect=2)
    bare("cp", "--part-size", "many", "a", "s3://b/", expect=2)


def test_settings(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    config = Path(mio.environ["HOME"]) / ".config" / "mio" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('color = "always"\ndefault_alias = "play"\n')
    put("d/b")
    assert "\x1b[31m" in mio("ls", f"s3://{bucket}/none", expect=3).errors
    assert "\x1b" not in mio("ls", "--no-color", f"s3://{bucket}/none", expect=3).errors
    kept = {name: value for name, value in mio.environ.items() if not name.startswith("AWS_")}
    mio.environ = {**kept, "AWS_EC2_METADATA_DISABLED": "true"}
    assert mio("ls", "-1", f"s3://{bucket}/a").lines == ["a"]
    for text in ("jobs = [", "delete = true", "yes = true", "default_alais = 'play'", 'color = "blue"'):
        config.write_text(text)
        mio("ls", "-1", f"s3://{bucket}", expect=2)


@posix
def test_sigterm(mio: Program, bucket: str) -> None:
    (mio.directory / "film").write_bytes(b"x" * (20 << 20))
    running = mio.start("cp", "--limit-upload", "2MiB", "film", f"s3://{bucket}/", stderr=subprocess.PIPE)
    time.sleep(1.5)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 143


def test_debug_shows_requests_without_secrets(mio: Program, server: LiveServer, bucket: str) -> None:
    done = mio("--debug", "ls", f"s3://{bucket}")
    assert "GET " in done.errors
    assert "AWS4-HMAC-SHA256" in done.errors or "Authorization" in done.errors
    assert not re.search(r"Signature=[0-9a-f]{20}", done.errors)


def test_completion_of_names(mio: Program, put: Put, bucket: str) -> None:
    put("photos/a", "photos/b", "x")
    assert mio("__complete", "--", "pl").lines == ["play/"]
    assert mio("__complete", "--", f"play/{bucket[:-2]}").lines == [f"play/{bucket}/"]
    assert mio("__complete", "--", f"s3://{bucket}/p").lines == [f"s3://{bucket}/photos/"]
    assert mio("__complete", "--", f"s3://{bucket}/photos/").lines == [f"s3://{bucket}/photos/{n}" for n in "ab"]
    assert mio("__complete", "--", "s3://x/", AWS_ENDPOINT_URL="http://127.0.0.1:9").lines == []


@posix
def test_serve(bare: Program) -> None:
    """The server has an alias while it runs."""
    running = bare.start("serve", "data", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert running.stdout is not None
        assert b"endpoint" in running.stdout.readline()
        wait_for(lambda: bare("alias", "ls", "here", expect=None).status == 0)
        bare("mb", "here/bucket")
        assert "bucket" in bare("ls", "here").text
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 0
    bare("alias", "ls", "here", expect=3)


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


@posix
def test_bash_completion(mio: Program, put: Put, bucket: str) -> None:
    put("photos/a")
    (mio.directory / "mio.bash").write_bytes(mio("completion", "bash").output)
    script = """source ./mio.bash
        complete_line() { COMP_LINE="$1"; COMP_POINT=${#1}; read -ra COMP_WORDS <<<"$1"
          COMP_CWORD=$((${#COMP_WORDS[@]}-1)); compopt() { :; }; COMPREPLY=(); _mio; printf '%s\\n' "${COMPREPLY[@]}"; }
        complete_line "mio sy"; complete_line "mio cp --rec"; complete_line "mio ls play/BUCKET/ph"
    """.replace("BUCKET", bucket)
    done = mio._run(["bash", "-c", script], None, 0, {})
    assert done.lines == ["sync", "--recursive", f"play/{bucket}/photos/"]


def test_times_are_utc_when_piped(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    (row,) = mio("ls", f"s3://{bucket}", TZ="Asia/Tokyo").rows
    moment = datetime.fromisoformat(row[0])
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 300
