"""One pattern means the same objects in every command."""

from __future__ import annotations

import pytest

from cli.conftest import Put, files_in, names_in
from cli.program import Program
from minio import Minio

KEYS = ("photos/a.jpg", "photos/b.txt", "photos/x.jpg/c.txt", "photos/x.jpg/d.jpg", "photos/y/e.jpg")


@pytest.mark.parametrize(
    ("pattern", "selected"),
    [
        ("photos/*.jpg", ["photos/a.jpg"]),
        ("photos/**/*.jpg", ["photos/a.jpg", "photos/x.jpg/d.jpg", "photos/y/e.jpg"]),
        ("**.jpg", ["photos/a.jpg", "photos/x.jpg/d.jpg", "photos/y/e.jpg"]),
        ("photos/?/**", ["photos/y/e.jpg"]),
    ],
)
def test_commands_select_the_same_objects(
    mio: Program, put: Put, client: Minio, bucket: str, pattern: str, selected: list[str]
) -> None:
    put(*KEYS)
    place = f"s3://{bucket}/{pattern}"
    root = pattern[: pattern.find("*") if "?" not in pattern else pattern.find("?")].rpartition("/")[0]
    found = mio("--json", "ls", place).records
    assert sorted(record["key"] for record in found if record["type"] == "object") == selected
    mio("cp", place, "out/")
    assert [f"{root}/{name}".lstrip("/") for name in files_in(mio.directory / "out")] == selected
    mio("rm", "--yes", place)
    assert sorted(names_in(client, bucket)) == sorted(set(KEYS) - set(selected))
