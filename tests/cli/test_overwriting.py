"""Several sources: none of them may replace another one. Everything is refused before anything is changed."""

from __future__ import annotations

import pytest

from cli.conftest import Put, names_in, write_files
from cli.program import Program
from minio import Minio


@pytest.mark.parametrize("command", ["cp", "mv"])
def test_two_uploads_of_one_name(mio: Program, client: Minio, bucket: str, command: str) -> None:
    root = write_files(mio.directory, "x/k", "y/k", "x/only")
    for sources in (["x/k", "y/k"], ["x/k", "./x/k"], ["-r", "x", "y"], ["-r", "x/k", "y"], ["x/k", root / "x" / "k"]):
        done = mio(command, *sources, f"s3://{bucket}/t/", expect=2)
        assert "both go to" in done.errors
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == ["k", "k", "only"]
    assert names_in(client, bucket) == []
    mio(command, "x/k", "x/only", f"s3://{bucket}/t/")
    assert names_in(client, bucket) == ["t/k", "t/only"]


@pytest.mark.parametrize("command", ["cp", "mv"])
def test_two_objects_of_one_name(mio: Program, put: Put, client: Minio, bucket: str, command: str) -> None:
    put("x/k", "y/k", "x/only")
    here, alias = f"s3://{bucket}", f"s3://play@{bucket}"
    (mio.directory / "there").mkdir()
    cases = (
        ("x/k", "y/k", "out/"), ("x/*", "y/*", "./there"), ("x/k", "y/*", "there"), ("x/k", "y/*", f"play/{bucket}/t/"),
        ("x/**", "x/k", f"{here}/"), ("x/*", "y/k", f"{here}/y/"),
    )  # fmt: skip
    for one, other, target in cases:
        done = mio(command, f"{here}/{one}", f"{alias}/{other}", target, expect=2)
        assert len(done.errors.splitlines()) == 1
    mio(command, "-r", f"{here}/x", f"{alias}/y", "out", expect=2)
    assert names_in(client, bucket) == ["x/k", "x/only", "y/k"]
    assert not (mio.directory / "out").exists()
    assert list((mio.directory / "there").iterdir()) == []


@pytest.mark.parametrize("command", ["cp", "mv"])
def test_a_source_is_not_replaced_before_it_is_read(
    mio: Program, put: Put, client: Minio, bucket: str, command: str
) -> None:
    put("a/s/k", "t/s/k")
    done = mio(command, "-r", f"s3://{bucket}/a", f"play/{bucket}/t/s", f"s3://{bucket}/t", expect=2)
    assert "which is a source too" in done.errors
    assert names_in(client, bucket) == ["a/s/k", "t/s/k"]
    assert client.get_object(bucket, "t/s/k").read() == b"t/s/k"
