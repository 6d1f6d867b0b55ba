# Generated from tests/live/aio/test_download.py by tools/generate_sync.py. Do not edit.
"""fget_object: a file appears complete or not at all, wherever it is written and whatever was there before."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest

from live.helpers import MIB, enable_versioning, noise
from minio import Minio
from minio.error import InvalidPathError, NoSuchKey
from servers.live import LiveServer

from ._backend import together

CONTENT = noise(3 * MIB + 17)


@pytest.fixture
def stored(client: Minio, bucket: str) -> str:
    client.put_object(bucket, "folder/object", CONTENT, len(CONTENT), "text/plain", {"colour": "blue"})
    return bucket


def names_in(folder: Path) -> list[str]:
    return [item.name for item in folder.iterdir()]


def test_into_missing_directories(client: Minio, stored: str, tmp_path: Path) -> None:
    path = tmp_path / "one" / "two ü" / "file"
    found = client.fget_object(stored, "folder/object", path)
    assert path.read_bytes() == CONTENT
    assert (found.object_name, found.size, found.content_type) == ("folder/object", len(CONTENT), "text/plain")
    assert found.metadata is not None
    assert found.metadata["x-amz-meta-colour"] == "blue"
    assert found.etag == (client.stat_object(stored, "folder/object")).etag
    assert names_in(path.parent) == ["file"]


def test_result_is_that_of_stat_object(client: Minio, stored: str, tmp_path: Path) -> None:
    """A download asks no HeadObject: what it returns comes from the headers of GetObject."""
    small = client.put_object(stored, "small", b"content", 7, "text/plain", {"colour": "blue"})
    for name in ("folder/object", "small"):
        found = client.fget_object(stored, name, tmp_path / "file")
        expected = client.stat_object(stored, name)
        for field in dataclasses.fields(expected):
            if field.name != "metadata":
                assert getattr(found, field.name) == getattr(expected, field.name)
        assert comparable(found.metadata) == comparable(expected.metadata)
    assert found.etag == small.etag


def comparable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers without those of the single response."""
    of_the_response = {"date", "connection", "content-length", "x-amz-request-id", "x-amz-id-2", "server"}
    return {
        name.lower(): value
        for name, value in headers.items()
        if name.lower() not in of_the_response and not name.lower().startswith("x-amz-checksum-")
    }


@pytest.mark.parametrize("size", [7, 3 * MIB])
def test_durable_download(client: Minio, bucket: str, tmp_path: Path, size: int) -> None:
    content = noise(size)
    client.put_object(bucket, "object", content, size)
    client.fget_object(bucket, "object", tmp_path / "one", durable=True)
    client.with_options(durable=True).fget_object(bucket, "object", tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes() == content


def test_empty_object(client: Minio, bucket: str, tmp_path: Path) -> None:
    client.put_object(bucket, "empty", b"", 0)
    client.fget_object(bucket, "empty", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b""


def test_multipart_object(client: Minio, bucket: str, tmp_path: Path) -> None:
    content = noise(11 * MIB)
    client.put_object(bucket, "object", content, len(content))
    client.fget_object(bucket, "object", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == content


def test_file_is_replaced_atomically(client: Minio, stored: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    seen: list[bytes] = []
    with path.open("rb") as reader:
        client.fget_object(stored, "folder/object", path, progress=lambda done, total: seen.append(path.read_bytes()))
        assert reader.read() == b"before"
    assert path.read_bytes() == CONTENT
    assert seen[0] == b"before"
    assert set(seen) <= {b"before", CONTENT}


def test_failure_leaves_nothing(client: Minio, stored: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(NoSuchKey):
        client.fget_object(stored, "not/there", path)
    assert names_in(tmp_path) == []

    def fail(done: int, total: int) -> None:
        raise RuntimeError("no more")

    path.write_bytes(b"before")
    with pytest.raises(RuntimeError, match="no more"):
        client.fget_object(stored, "folder/object", path, progress=fail)
    assert names_in(tmp_path) == ["file"]
    assert path.read_bytes() == b"before"


def test_targets_that_cannot_be_written(client: Minio, stored: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"no directory")
    for path in (tmp_path, f"{tmp_path}/", tmp_path / "file" / "below", "", "/proc/nothing/file"):
        with pytest.raises(InvalidPathError) as caught:
            client.fget_object(stored, "folder/object", path)
        assert isinstance(caught.value, OSError)
        assert isinstance(caught.value, ValueError)
    assert names_in(tmp_path) == ["file"]


def test_name_of_the_temporary_file(client: Minio, stored: str, tmp_path: Path) -> None:
    path, meanwhile = tmp_path / "file", tmp_path / "meanwhile"
    seen: list[bool] = []
    client.fget_object(
        stored,
        "folder/object",
        path,
        tmp_file_path=meanwhile,
        progress=lambda done, total: seen.append(meanwhile.exists()),
    )
    assert path.read_bytes() == CONTENT
    assert not meanwhile.exists()
    assert seen[0] is True


def test_two_downloads_into_one_file(client: Minio, stored: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    together(*[lambda: client.fget_object(stored, "folder/object", path) for _ in range(4)])
    assert path.read_bytes() == CONTENT
    assert names_in(tmp_path) == ["file"]


def test_range_into_a_file(client: Minio, stored: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    client.fget_object(stored, "folder/object", path, {"Range": "bytes=10-19"})
    assert path.read_bytes() == CONTENT[10:20]


def test_name_of_maximum_length(client: Minio, stored: str, tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    client.fget_object(stored, "folder/object", path)
    assert path.read_bytes() == CONTENT


def test_progress(client: Minio, stored: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    client.fget_object(
        stored, "folder/object", tmp_path / "file", progress=lambda done, total: told.append((done, total))
    )
    assert told[-1] == (len(CONTENT), len(CONTENT))


@pytest.mark.requires("versioning")
def test_version(client: Minio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    enable_versioning(server, bucket)
    first = client.put_object(bucket, "object", b"first", 5)
    client.put_object(bucket, "object", b"second", 6)
    found = client.fget_object(bucket, "object", tmp_path / "file", version_id=first.version_id)
    assert found.version_id == first.version_id
    assert (tmp_path / "file").read_bytes() == b"first"
