"""What the records of `--json` have for each transfer."""

from __future__ import annotations

from pathlib import Path

from cli.conftest import Put, write_files
from cli.program import Program
from cli.schema import check


def test_every_transfer_has_its_key_and_its_seconds(mio: Program, put: Put, bucket: str) -> None:
    put("k", "d/k")
    write_files(mio.directory, "f", "tree/f")
    lines = (
        ["cp", "f", f"s3://{bucket}/f"], ["cp", "-r", "tree", f"s3://{bucket}/t"], ["cp", f"s3://{bucket}/k", "k"],
        ["cp", "-r", f"s3://{bucket}/d", "out"], ["cp", f"s3://{bucket}/k", f"s3://{bucket}/k2"],
        ["cp", "-r", f"s3://{bucket}/d", f"s3://{bucket}/d2"], ["mv", f"s3://{bucket}/k2", f"s3://{bucket}/k3"],
        ["mv", "f", f"play/{bucket}/f2"], ["sync", f"s3://{bucket}/t", "down"], ["pipe", f"s3://{bucket}/p"],
    )  # fmt: skip
    for line in lines:
        record, summary = mio("--json", *line).records
        check(record)
        assert record["status"] == "done"
        assert 0 <= record["seconds"] <= summary["seconds"]
        address = record["target"] if record["target"].startswith("s3://") else record["source"]
        assert record["key"] == address.partition("@" if "@" in address else "://")[2].partition("/")[2]


def test_every_record_that_is_done_is_counted(mio: Program, put: Put, bucket: str) -> None:
    put("a", "b")
    for command, counter in (
        ("ping", "done"), ("alias test play", "done"), (f"attr set tags s3://{bucket}/a x=y", "done"),
        (f"attr rm tags s3://{bucket}/a", "done"), (f"mb s3://{bucket}-2", "done"), (f"rb s3://{bucket}-2", "deleted"),
        (f"rm s3://{bucket}/a s3://{bucket}/b", "deleted"),
    ):  # fmt: skip
        *records, summary = mio("--json", *command.split()).records
        assert summary[counter] == sum(record["status"] == "done" for record in records) > 0, command
        assert summary["done"] + summary["deleted"] == summary[counter]


def test_a_dry_run_counts_nothing_as_done(mio: Program, put: Put, bucket: str) -> None:
    put("k", "d/k")
    write_files(mio.directory, "f", "tree/f")
    lines = (
        ["cp", "f", f"s3://{bucket}/f"], ["cp", "-r", "tree", f"s3://{bucket}/t"], ["cp", f"s3://{bucket}/k", "k"],
        ["mv", "f", f"s3://{bucket}/f"], ["mv", "-r", "tree", f"s3://{bucket}/t"], ["rm", f"s3://{bucket}/k"],
        ["rm", "-r", f"s3://{bucket}/d"], ["sync", "tree", f"s3://{bucket}/t"],
        ["sync", "--delete", "--max-delete", "1", "tree", f"s3://{bucket}/d"],
    )  # fmt: skip
    for line in lines:
        *records, summary = mio("--json", *line, "--dry-run").records
        assert [record["status"] for record in records] == ["would"] * summary["would"], line
        assert [summary[name] for name in ("done", "deleted", "skipped", "failed", "bytes")] == [0] * 5
        assert all(record["key"] for record in records)
    assert not Path(mio.directory, "k").exists()


def test_a_refused_removal_is_a_removal(mio: Program, put: Put, bucket: str) -> None:
    put("d/k")
    write_files(mio.directory, "tree/f")
    line = ("--json", "sync", "--delete", "--max-delete", "0", "tree", f"s3://{bucket}/d")
    for arguments in ((*line, "--dry-run"), line):
        *records, _ = mio(*arguments, expect=None).records
        failed = [record for record in records if record["status"] == "failed"]
        assert [record["type"] for record in failed] == ["remove"]
        assert "--max-delete" in failed[0]["reason"]
