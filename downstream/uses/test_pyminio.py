"""pyminio: paths, directories and files on top of the client."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyminio import Pyminio
from pyminio.exceptions import DirectoryNotEmptyError
from pyminio.structures import File, Folder

import minio
from conftest import Server
from minio.datatypes import Bucket


class OneBucket(Pyminio):
    """It sees no bucket but its own, since other uses run at the same time."""

    only = ""

    def _get_buckets(self) -> list[Bucket]:
        return [bucket for bucket in super()._get_buckets() if bucket.name == self.only]


@pytest.fixture
def disk(server: Server, bucket_name: str) -> OneBucket:
    made = OneBucket.from_credentials(endpoint=server.endpoint, secure=False, **server.keys)
    made.only = bucket_name
    made.mkdirs(f"/{bucket_name}/")
    return made


@pytest.fixture
def root(bucket_name: str) -> str:
    return f"/{bucket_name}"


def test_an_own_client(server: Server, root: str, disk: OneBucket) -> None:
    other = Pyminio(minio.Minio(server.endpoint, secure=False, **server.keys))
    assert other.exists(f"{root}/")
    assert f"{root[1:]}/" in other.listdir("/")


def test_mkdirs_makes_bucket_and_directories(disk: OneBucket, root: str) -> None:
    disk.mkdirs(f"{root}/a/b/")
    assert disk.exists(f"{root}/a/b/")
    assert disk.isdir(f"{root}/a/b/")
    assert disk.listdir(f"{root}/") == ("a/",)
    assert disk.listdir("/") == (f"{root[1:]}/",)
    disk.mkdirs(f"{root}/a/b/")


def test_data_is_put_and_got(disk: OneBucket, root: str, server: Server) -> None:
    disk.put_data(f"{root}/a/f.txt", b"data", metadata={"Colour": "red"})
    assert server.body(root[1:], "a/f.txt") == b"data"
    found = disk.get(f"{root}/a/f.txt")
    assert isinstance(found, File)
    assert (found.name, found.full_path, found.data) == ("f.txt", f"{root}/a/f.txt", b"data")
    assert found.metadata["size"] == 4
    assert found.metadata["is_dir"] is False
    assert found.metadata["last_modified"].tzinfo is not None
    assert {name.removeprefix("x-amz-meta-"): value for name, value in found.metadata.items()}["colour"] == "red"


def test_a_file_is_put(disk: OneBucket, root: str, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "local.txt"
    path.write_bytes(b"file")
    disk.put_file(str(path), f"{root}/dir/")
    disk.put_file(str(path), f"{root}/other.txt")
    assert server.body(root[1:], "dir/local.txt") == b"file"
    assert server.body(root[1:], "other.txt") == b"file"


def test_a_folder_is_got(disk: OneBucket, root: str) -> None:
    disk.mkdirs(f"{root}/a/b/")
    found = disk.get(f"{root}/a/b/")
    assert isinstance(found, Folder)
    assert (found.name, found.metadata["is_dir"]) == ("b/", True)


def test_what_is_missing(disk: OneBucket, root: str) -> None:
    assert not disk.exists(f"{root}/missing")
    assert not disk.exists(f"{root}/missing/")
    assert not disk.exists("/no-such-bucket-of-pyminio/")
    with pytest.raises(ValueError, match="No such file or directory"):
        disk.get(f"{root}/missing")
    with pytest.raises(ValueError, match="No such file or directory"):
        disk.get(f"{root}/missing/")


def test_listdir(disk: OneBucket, root: str) -> None:
    for name in ("a.txt", "b.txt", "dir/c.txt"):
        disk.put_data(f"{root}/{name}", b"1")
    assert set(disk.listdir(f"{root}/")) == {"a.txt", "b.txt", "dir/"}
    assert set(disk.listdir(f"{root}/", files_only=True)) == {"a.txt", "b.txt"}
    assert set(disk.listdir(f"{root}/", dirs_only=True)) == {"dir/"}
    assert disk.listdir(f"{root}/dir/") == ("c.txt",)


def test_the_last_object(disk: OneBucket, root: str) -> None:
    assert disk.get_last_object(f"{root}/") is None
    disk.put_data(f"{root}/only", b"last")
    assert disk.get_last_object(f"{root}/").data == b"last"


def test_copy(disk: OneBucket, root: str, server: Server) -> None:
    disk.put_data(f"{root}/a.txt", b"copied")
    disk.cp(f"{root}/a.txt", f"{root}/b.txt")
    disk.cp(f"{root}/a.txt", f"{root}/dir/")
    assert server.body(root[1:], "b.txt") == server.body(root[1:], "dir/a.txt") == b"copied"
    with pytest.raises(ValueError, match="recursively"):
        disk.cp(f"{root}/dir/", f"{root}/other/")


def test_copy_of_a_directory(disk: OneBucket, root: str, server: Server) -> None:
    for name in ("dir/a.txt", "dir/sub/b.txt"):
        disk.put_data(f"{root}/{name}", name.encode())
    disk.cp(f"{root}/dir/", f"{root}/copy/", recursive=True)
    assert server.body(root[1:], "copy/a.txt") == b"dir/a.txt"
    assert server.body(root[1:], "copy/sub/b.txt") == b"dir/sub/b.txt"


def test_move(disk: OneBucket, root: str, server: Server) -> None:
    disk.put_data(f"{root}/a.txt", b"moved")
    disk.mv(f"{root}/a.txt", f"{root}/b.txt")
    assert server.body(root[1:], "b.txt") == b"moved"
    assert server.status(root[1:], "a.txt") == 404


def test_remove(disk: OneBucket, root: str, server: Server) -> None:
    disk.put_data(f"{root}/a.txt", b"1")
    disk.rm(f"{root}/a.txt")
    assert server.status(root[1:], "a.txt") == 404


def test_a_directory_is_removed_only_recursively(disk: OneBucket, root: str) -> None:
    disk.put_data(f"{root}/dir/a.txt", b"1")
    with pytest.raises(DirectoryNotEmptyError):
        disk.rmdir(f"{root}/dir/")
    disk.rmdir(f"{root}/dir/", recursive=True)
    assert not disk.exists(f"{root}/dir/")


def test_a_bucket_is_removed(disk: OneBucket, root: str, server: Server) -> None:
    disk.put_data(f"{root}/dir/a.txt", b"1")
    with pytest.raises(DirectoryNotEmptyError):
        disk.rmdir("/")
    disk.truncate()
    assert server.raw.request("HEAD", root).status == 404


def test_a_bucket_that_is_not_empty(disk: OneBucket, root: str, server: Server) -> None:
    server.put(root[1:], "a")
    with pytest.raises(DirectoryNotEmptyError):
        disk._remove_bucket(root[1:])
