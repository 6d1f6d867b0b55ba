"""`ls`, `stat`, `du`, `find`, `cat` and `diff`, and the records of `--json`."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime

import pytest

from cli.conftest import Put, write_files
from cli.program import Program
from cli.schema import check
from minio import Minio


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
    assert mio("tree", f"s3://{bucket}/none", expect=3).errors == mio("ls", f"s3://{bucket}/none", expect=3).errors
    assert mio("tree", f"s3://{bucket}/none/").output == b""


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
    client.put_object(bucket, "one", b"1", 1)
    assert dict(mio("stat", f"s3://{bucket}/one").rows[:2])["Size"] == "1 byte"
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


@pytest.mark.skipif(sys.platform != "linux", reason="the file system refuses such names")
def test_diff_tells_what_it_cannot_compare(mio: Program, put: Put, bucket: str) -> None:
    """A link to a name that is too long cannot be read, also by root; a name that is not UTF-8 cannot be a key."""
    folder = write_files(mio.directory / "d", "same", "file")
    put("same", "file")
    here, there = ("d", f"s3://{bucket}"), (f"s3://{bucket}", "d")
    (folder / "link").symlink_to("x" * 300)
    assert "too long" in _failed(mio, *here)
    (folder / "link").unlink()
    (folder / os.fsdecode(b"\xff")).touch()
    for sides in (here, there):
        assert "not valid UTF-8" in _failed(mio, *sides)
        mio("diff", "--exclude", "[!a-z]*", *sides)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all directories")
def test_diff_tells_which_directories_it_cannot_read(mio: Program, put: Put, bucket: str) -> None:
    folder = write_files(mio.directory / "d", "locked/x", "same")
    put("same")
    (folder / "locked").chmod(0)
    for sides in (("d", f"s3://{bucket}"), (f"s3://{bucket}", "d")):
        assert "Permission denied" in _failed(mio, *sides)
    (folder / "locked").chmod(0o700)


@pytest.mark.requires("keys_double_slash")
def test_diff_tells_which_keys_cannot_be_files(mio: Program, put: Put, bucket: str) -> None:
    (mio.directory / "d").mkdir()
    put("a//b")
    _failed(mio, f"s3://{bucket}", "d")


def _failed(mio: Program, *sides: str) -> str:
    """Return what `diff` says of the one name that it cannot compare."""
    done = mio("diff", *sides, expect=1)
    assert done.output == b""
    difference, summary = mio("--json", "diff", *sides, expect=1).records
    check(difference)
    assert (difference["type"], difference["status"]) == ("difference", "failed")
    assert summary["failed"] == 1
    return done.errors


def test_times_are_utc_when_piped(mio: Program, put: Put, bucket: str) -> None:
    put("a")
    (row,) = mio("ls", f"s3://{bucket}", TZ="Asia/Tokyo").rows
    moment = datetime.fromisoformat(row[0])
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 300
