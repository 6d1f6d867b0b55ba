"""`mio cp --files-from`: everything is checked before the first copy, and the library copies."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest

from cli.conftest import Put, names_in, wait_for, write_files
from cli.program import Program
from minio import Minio

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


def as_lines(*pairs: tuple[str, str]) -> bytes:
    return "\n".join(json.dumps({"source": source, "target": target}) for source, target in pairs).encode()


def test_names_below_the_source(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "d", "a", "b c", "e/f", "other")
    mio("cp", "--files-from", "-", "d", f"s3://{bucket}/p", input=b"a\0b c\0e/f\0")
    assert names_in(client, bucket) == ["p/a", "p/b c", "p/e/f"]
    mio("cp", "--files-from", "-", f"s3://{bucket}/p", "out", input=b"b c\0e/f")
    assert (mio.directory / "out" / "e" / "f").read_bytes() == b"e/f"
    mio("cp", "--files-from", "-", f"s3://{bucket}/p", f"play/{bucket}/q", input=b"a\ne/f\n")
    assert names_in(client, bucket, "q") == ["q/a", "q/e/f"]


@posix
def test_names_as_find_writes_them(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "d", "a\nb", "e/f")
    mio.shell(f"cd d && find . -type f ! -name '*b' | mio cp --files-from - . s3://{bucket}")
    assert names_in(client, bucket) == ["e/f"]
    mio.shell(f"mio find s3://{bucket} -0 | mio cp --files-from - s3://{bucket} out")
    assert (mio.directory / "out" / "e" / "f").read_bytes() == b"e/f"
    mio.shell(f"mio find s3://{bucket} -0 | mio cp --files-from - s3://{bucket}/other out", expect=2)


def test_json_lines_name_both_sides(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("p/a", "p/b")
    write_files(mio.directory, "d/x")
    pairs = [
        (f"s3://{bucket}/p/a", "out/1"), (f"play/{bucket}/p/b", "out/"), ("d/x", f"s3://{bucket}/new/"),
        (f"s3://{bucket}/p/a", f"play/{bucket}/copy"), (f"s3://{bucket}/p/a", "deep/down/2"),
    ]  # fmt: skip
    (mio.directory / "out").mkdir()
    done = mio("cp", "--files-from", "-", "-v", input=as_lines(*pairs))
    assert sorted(line.rpartition(" ")[2] for line in done.lines) == sorted(
        ["out/1", "out/b", f"s3://{bucket}/new/x", f"s3://play@{bucket}/copy", "deep/down/2"]
    )
    assert (mio.directory / "out" / "1").read_bytes() == b"p/a"
    assert (mio.directory / "deep" / "down" / "2").read_bytes() == b"p/a"
    assert names_in(client, bucket) == ["copy", "new/x", "p/a", "p/b"]


def test_a_wrong_line_is_named_before_anything_is_copied(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("a")
    write_files(mio.directory / "d", "a", "b")
    good = ("d/a", f"s3://{bucket}/x")
    place = f"s3://{bucket}/p"
    cases = [
        (["d", place], b"a\0../b\0", "name 2"), (["d", place], b"a\0b\0a\0", "name 3"),
        (["d", place], b"a\0/b", "name 2"),
        ([place, "out"], b"a\0b/../../c\0", "name 2"), ([place, "out"], b"a\0b//c\0", "name 2"),
        ([], as_lines(good) + b"\n{", "line 2"), ([], as_lines(good) + b'\n{"source": 1, "target": "x"}', "line 2"),
        ([], as_lines(good, ("d/b", "other")), "line 2"), ([], as_lines(good, ("d/b", good[1])), "line 2"),
        ([], as_lines(good, (f"s3://{bucket}/a", f"play/{bucket}/a")), "line 2"),
        ([], as_lines(good, (f"s3://{bucket}/", "out")), "line 2"), ([place], as_lines(good), place),
        (["d"], b"a\0", "SOURCE TARGET"), (["-r", "d", place], b"a\0", "-r"),
        (["--exclude", "x", "d", place], b"a", "--exclude"),
    ]  # fmt: skip
    for arguments, lines, told in cases:
        done = mio("cp", "--files-from", "-", *arguments, input=lines, expect=2)
        assert told in done.errors
        assert len(done.errors.splitlines()) == 1
    assert names_in(client, bucket) == ["a"]
    assert not (mio.directory / "out").exists()


def test_what_does_not_exist_fails_alone(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "d", "a", "e/f")
    done = mio("cp", "--files-from", "-", "d", f"s3://{bucket}", input=b"none\0a\0e\0", expect=1)
    assert names_in(client, bucket) == ["a"]
    assert len(done.errors.splitlines()) == 3  # two problems, and the summary
    done = mio("cp", "--files-from", "-", f"s3://{bucket}", "out", input=b"none\0a\0", expect=1)
    assert f"s3://{bucket}/none" in done.errors
    assert (mio.directory / "out" / "a").exists()
    mio("cp", "--files-from", "-", "s3://absent-bucket-here", "out2", input=b"a\0b\0", expect=3)


def test_flags_of_listed_files(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put(**{"p/a": b"here"})
    write_files(mio.directory / "d", "a", "b")
    os.utime(mio.directory / "d" / "b", (1e9, 1e9))
    mio("cp", "--files-from", "-", "--dry-run", "d", f"s3://{bucket}/dry", input=b"a\0b\0")
    mio("cp", "--files-from", "-", "-n", "d", f"s3://{bucket}/p", input=b"a\0b\0")
    assert client.get_object(bucket, "p/a").read() == b"here"
    mio("cp", "--files-from", "-", "--older-than", "7d", "d", f"s3://{bucket}/old", input=b"a\0b\0")
    mio("cp", "--files-from", "-", "--content-type", "text/x", "d", f"s3://{bucket}/typed", input=b"a\0")
    assert names_in(client, bucket) == ["old/b", "p/a", "p/b", "typed/a"]
    assert client.stat_object(bucket, "typed/a").content_type == "text/x"
    lines = as_lines(("d/a", f"s3://{bucket}/x"), (f"s3://{bucket}/p/a", f"s3://{bucket}/y"))
    mio("cp", "--files-from", "-", "--content-type", "text/x", input=lines, expect=2)
    assert names_in(client, bucket) == ["old/b", "p/a", "p/b", "typed/a"]


@posix
def test_listed_files_stop_at_ctrl_c(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "d", "a")
    (mio.directory / "d" / "big").write_bytes(b"x" * (30 << 20))
    (mio.directory / "list").write_bytes(b"big\0a\0")
    running = mio.start(
        "cp", "--files-from", "list", "--limit-upload", "2MiB", "d", f"s3://{bucket}", stderr=subprocess.PIPE
    )
    wait_for(lambda: any(True for _ in client.list_incomplete_uploads(bucket, recursive=True)))
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert errors.count(b"\n") == 1
    assert b"stopped" in errors
