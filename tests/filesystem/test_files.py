"""What programs do with the file system, on each server."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fsspec.callbacks import Callback

from minio import Minio
from minio.fs import MinioFileSystem
from servers.live import LiveServer

MIB = 1024 * 1024


@pytest.fixture
def big() -> bytes:
    return os.urandom(MIB) * 6


def test_write_and_read(fs: MinioFileSystem, bucket: str, client: Minio, big: bytes) -> None:
    path = f"{bucket}/dir/big.csv"
    with fs.open(path, "wb") as file:
        for start in range(0, len(big), MIB):
            assert file.write(big[start : start + MIB]) == MIB
        assert not fs.exists(path)  # a part is uploaded, and nothing shows
        assert file.tell() == len(big)
    found = client.stat_object(bucket, "dir/big.csv")
    assert (found.size, found.content_type, file.etag) == (len(big), "text/csv", found.etag)
    with fs.open(path) as file:
        assert file.read(10) == big[:10]
        assert file.seek(-10, 2) == len(big) - 10
        assert file.read() == big[-10:]
        assert file.read() == b""
        file.seek(3 * MIB)
        buffer = bytearray(2 * MIB)
        assert file.readinto(buffer) == 2 * MIB
        assert buffer == big[3 * MIB : 5 * MIB]
    with fs.open(path, cache_type="blockcache", block_size=MIB) as file:
        file.seek(MIB - 5)
        assert file.read(10) == big[MIB - 5 : MIB + 5]
    with fs.open(f"{bucket}/text", "w", newline="\n") as text:
        text.write("ä\nb")
    assert fs.cat(f"{bucket}/text") == "ä\nb".encode()
    with fs.open(f"minio://{bucket}/text", "r") as text:
        assert list(text) == ["ä\n", "b"]


def test_large_reads_use_several_connections(fs: MinioFileSystem, bucket: str) -> None:
    content = os.urandom(MIB) * 18
    fs.pipe(f"{bucket}/large", content)
    with fs.open(f"{bucket}/large") as file:
        file.seek(3)
        assert file.read() == content[3:]


def test_nothing_is_stored_after_an_error(fs: MinioFileSystem, bucket: str, client: Minio, big: bytes) -> None:
    with pytest.raises(ZeroDivisionError), fs.open(f"{bucket}/a", "wb") as file:
        file.write(big)
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError) as caught, fs.open(f"{bucket}/b", "w") as text:
        text.write("some text")
        raise ZeroDivisionError
    assert "was not stored" in caught.value.__notes__[0]
    open_files = [fs.open(f"{bucket}/c", "wb")]
    open_files[0].write(big)
    with pytest.warns(ResourceWarning, match=r"c was not stored"):
        open_files.clear()
    kept = fs.open(f"{bucket}/d", "wb")
    with contextlib.suppress(ZeroDivisionError):
        try:
            raise ZeroDivisionError
        finally:
            kept.close()
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        with fs.open(f"{bucket}/e", "wb") as file:  # the error is older than the file
            file.write(b"e")
    assert fs.find(bucket) == [f"{bucket}/e"]
    _wait_until(lambda: not client._list_multipart_uploads(bucket).uploads)


def _wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what happens in the background."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_append(fs: MinioFileSystem, bucket: str, client: Minio, big: bytes) -> None:
    path = f"{bucket}/log"
    with fs.open(path, "ab", content_type="text/plain", metadata={"colour": "blue"}) as file:
        file.write(b"one")
    with fs.open(path, "ab") as file:
        assert file.tell() == 3
        file.write(big)
    assert fs.cat(path) == b"one" + big
    found = client.stat_object(bucket, "log")
    assert (found.content_type, found.metadata["x-amz-meta-colour"]) == ("text/plain", "blue")


@pytest.mark.requires("if_none_match_put")
def test_exclusive_creation_is_decided_by_the_server(fs: MinioFileSystem, bucket: str) -> None:
    path = f"{bucket}/once"
    one, two = fs.open(path, "xb"), fs.open(path, "xb")
    one.write(b"one")
    two.write(b"two")
    one.close()
    with pytest.raises(FileExistsError):
        two.close()
    assert fs.cat(path) == b"one"


def test_an_object_that_is_replaced_while_it_is_read(fs: MinioFileSystem, bucket: str) -> None:
    path = f"{bucket}/replaced"
    fs.pipe(path, b"a" * MIB)
    with fs.open(path) as file:
        assert file.read(10) == b"a" * 10
        fs.pipe(path, b"b" * MIB)
        file.seek(MIB - 10)
        with pytest.raises(OSError, match="replaced") as caught:
            file.read()
    assert caught.value.errno == errno.ESTALE


def test_info_and_ls(fs: MinioFileSystem, bucket: str, client: Minio) -> None:
    fs.pipe({f"{bucket}/dir/a.txt": b"a", f"{bucket}/dir/sub/b": b"bb", f"{bucket}/c": b""})
    found = client.stat_object(bucket, "dir/a.txt")
    info = fs.info(f"{bucket}/dir/a.txt")
    assert info["name"] == f"{bucket}/dir/a.txt"
    assert (info["size"], info["type"], info["etag"]) == (1, "file", found.etag)
    assert info["last_modified"] == info["LastModified"] == found.last_modified == fs.modified(f"{bucket}/dir/a.txt")
    listed = {entry["name"]: entry for entry in fs.ls(f"{bucket}/dir")}
    assert {name: entry["type"] for name, entry in listed.items()} == {
        f"{bucket}/dir/a.txt": "file",
        f"{bucket}/dir/sub": "directory",
    }
    assert (listed[f"{bucket}/dir/a.txt"]["size"], listed[f"{bucket}/dir/a.txt"]["etag"]) == (1, found.etag)
    assert fs.ls(f"{bucket}/dir/a.txt", detail=False) == [f"{bucket}/dir/a.txt"]
    assert bucket in fs.ls("", detail=False)
    assert [fs.isdir(path) for path in ("", bucket, f"{bucket}/dir", f"{bucket}/c")] == [True, True, True, False]
    assert [fs.isfile(path) for path in (bucket, f"{bucket}/dir", f"{bucket}/c")] == [False, False, True]
    assert fs.find(bucket, withdirs=True) == [
        bucket, f"{bucket}/c", f"{bucket}/dir", f"{bucket}/dir/a.txt", f"{bucket}/dir/sub", f"{bucket}/dir/sub/b",
    ]  # fmt: skip
    assert fs.find(bucket, maxdepth=2) == [f"{bucket}/c", f"{bucket}/dir/a.txt"]
    assert fs.find(f"{bucket}/c") == [f"{bucket}/c"]
    assert fs.du(bucket) == 3
    assert fs.du(bucket, total=False)[f"{bucket}/dir/sub/b"] == 2
    assert [directories for _, directories, _ in fs.walk(bucket)] == [["dir"], ["sub"], []]
    before = fs.ukey(f"{bucket}/c")
    fs.pipe(f"{bucket}/c", b"c")
    assert fs.ukey(f"{bucket}/c") != before


def test_listings_are_never_stale_unless_asked_for(
    fs: MinioFileSystem, make_fs: Callable[..., MinioFileSystem], bucket: str, client: Minio
) -> None:
    keeping = make_fs(use_listings_cache=True)
    for each in (fs, keeping):
        assert each.ls(bucket) == []
    client.put_object(bucket, "new", io.BytesIO(b"1"), 1)
    assert fs.ls(bucket, detail=False) == [f"{bucket}/new"]
    assert keeping.ls(bucket) == []
    keeping.invalidate_cache(f"{bucket}/any")
    assert keeping.ls(bucket, detail=False) == [f"{bucket}/new"]
    keeping.pipe(f"{bucket}/own", b"2")
    assert keeping.ls(bucket, detail=False) == [f"{bucket}/new", f"{bucket}/own"]
    assert keeping.ls(bucket, detail=False, refresh=True) == [f"{bucket}/new", f"{bucket}/own"]


def test_patterns_list_only_what_begins_with_their_literal_part(fs: MinioFileSystem, bucket: str) -> None:
    names = ["a/x1/k.txt", "a/x2/k.txt", "a/x2/other", "a/y/k.txt", "b/x1/k.txt", "a/x1.txt"]
    fs.pipe({f"{bucket}/{name}": b"" for name in names})
    requests = _prefixes(fs, lambda: fs.glob(f"{bucket}/a/x*/k.txt"))
    assert requests == ([f"{bucket}/a/x1/k.txt", f"{bucket}/a/x2/k.txt"], ["a/x", "a/x1/k.txt", "a/x2/k.txt"])
    requests = _prefixes(fs, lambda: fs.glob(f"{bucket}/a/x*/**"))
    assert requests[1] == ["a/x"]
    assert requests[0] == [
        f"{bucket}/a/x1", f"{bucket}/a/x1/k.txt",
        f"{bucket}/a/x2", f"{bucket}/a/x2/k.txt", f"{bucket}/a/x2/other",
    ]  # fmt: skip
    assert fs.glob(f"{bucket[:-1]}?/b/*/k.txt") == [f"{bucket}/b/x1/k.txt"]
    assert _prefixes(fs, lambda: fs.find(f"{bucket}/a", prefix="y")) == ([f"{bucket}/a/y/k.txt"], ["a/y"])
    assert fs.glob(f"{bucket}/nothing*") == []


def _prefixes(fs: MinioFileSystem, call: Callable[[], Any]) -> tuple[Any, list[str]]:
    """Return the result of a call, and the prefixes that it lists."""
    trace = io.StringIO()
    fs.client.trace_on(trace)
    try:
        result = call()
    finally:
        fs.client.trace_off()
    lines = [line for line in trace.getvalue().splitlines() if line.startswith("GET ") and "list-type=2" in line]
    asked = [urllib.request.unquote(line.split("prefix=")[1].split("&")[0].split()[0]) for line in lines]
    return result, sorted(asked)


def test_many_at_a_time(fs: MinioFileSystem, bucket: str, tmp_path: Path) -> None:
    contents = {f"{bucket}/many/{number}": b"%d" % number * 10 for number in range(40)}
    fs.pipe(contents)
    assert fs.cat(list(contents)) == contents
    assert fs.cat(f"{bucket}/many", recursive=True) == contents
    assert fs.cat([f"{bucket}/many", f"{bucket}/ma*"], recursive=True) == contents
    assert fs.cat(f"{bucket}/many/1?") == {name: contents[name] for name in contents if name[-2] == "1"}
    name, missing = f"{bucket}/many/7", f"{bucket}/many/none"
    found = fs.cat_ranges([name, name, name, name], [0, 2, 8, 20], [2, 4, 10, 30])
    assert found == [b"77", b"77", b"77", b""]
    merged, requests = [], []
    for gap in (None, 4):
        fs.client.trace_on(trace := io.StringIO())
        merged.append(fs.cat_ranges([name, name, missing], [0, 6, 0], [2, 10, 5], max_gap=gap))
        fs.client.trace_off()
        requests.append(trace.getvalue().count("GET /"))
    assert requests == [3, 2]
    for one, two, three in merged:
        assert (one, two, type(three)) == (b"77", b"7777", FileNotFoundError)
    assert fs.cat([name, missing], on_error="omit") == {name: contents[name]}
    with pytest.raises(FileNotFoundError):
        fs.cat([name, missing])
    assert fs.cat_file(name, -3) == fs.cat_file(name, 1, -6) == b"777"
    assert fs.cat_file(name, 4, 2) == fs.cat_file(name, 100) == b""
    assert (fs.head(name, 2), fs.tail(name, 2)) == (b"77", b"77")

    fs.get(f"{bucket}/many", tmp_path / "down", recursive=True)
    assert {f"{bucket}/many/{path.name}": path.read_bytes() for path in (tmp_path / "down").iterdir()} == contents
    fs.put(f"{tmp_path}/down/", f"{bucket}/up", recursive=True)
    assert len(fs.ls(f"{bucket}/up")) == 40


def test_files_report_their_progress(fs: MinioFileSystem, bucket: str, tmp_path: Path, big: bytes) -> None:
    (tmp_path / "big").write_bytes(big)
    up, down, written = Callback(), Callback(), io.BytesIO()
    fs.put_file(str(tmp_path / "big"), f"{bucket}/big", callback=up)
    fs.get_file(f"{bucket}/big", str(tmp_path / "new" / "copy"), callback=down)
    assert (tmp_path / "new" / "copy").read_bytes() == big
    assert [(each.value, each.size) for each in (up, down)] == [(len(big), len(big))] * 2
    fs.get_file(f"{bucket}/big", written)
    assert written.getvalue() == big
    with pytest.raises(FileNotFoundError):
        fs.get_file(f"{bucket}/none", str(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_remove_and_move(fs: MinioFileSystem, bucket: str, client: Minio) -> None:
    fs.pipe({f"{bucket}/dir/{name}": b"1" for name in ("a", "b", "sub/c")} | {f"{bucket}/directory": b"2"})
    with pytest.raises(FileNotFoundError):
        fs.rm(f"{bucket}/none")
    with pytest.raises(FileNotFoundError):
        fs.rm(f"{bucket}/none", recursive=True)
    with pytest.raises(IsADirectoryError):
        fs.rm(f"{bucket}/dir")
    fs.mv(f"{bucket}/dir", f"{bucket}/moved", recursive=True)
    assert fs.find(bucket) == [f"{bucket}/directory", *(f"{bucket}/moved/{name}" for name in ("a", "b", "sub/c"))]
    fs.rm(f"{bucket}/moved/*")
    assert fs.find(f"{bucket}/moved") == [f"{bucket}/moved/sub/c"]
    fs.rm([f"{bucket}/moved/sub/c", f"{bucket}/none"])
    assert fs.find(bucket) == [f"{bucket}/directory"]


@pytest.mark.requires("copy_onto_itself_renews")
def test_touch(fs: MinioFileSystem, bucket: str, client: Minio) -> None:
    fs.pipe(f"{bucket}/t.txt", b"kept", metadata={"colour": "blue"})
    before = client.stat_object(bucket, "t.txt").last_modified
    _wait_until(lambda: time.time() - before.timestamp() > 1.1)  # its time has whole seconds
    fs.touch(f"{bucket}/t.txt", truncate=False)
    found = client.stat_object(bucket, "t.txt")
    assert found.last_modified > before
    assert (found.size, found.content_type, found.metadata["x-amz-meta-colour"]) == (4, "text/plain", "blue")
    fs.touch(f"{bucket}/t.txt")
    assert fs.size(f"{bucket}/t.txt") == 0


def test_buckets(fs: MinioFileSystem, server: LiveServer, bucket_name: str) -> None:
    fs.mkdir(f"{bucket_name}/any/directory")  # makes the bucket
    assert fs.exists(bucket_name)
    assert fs.ls(bucket_name) == []
    with pytest.raises(FileExistsError):
        fs.mkdir(bucket_name)
    fs.makedirs(bucket_name, exist_ok=True)
    fs.pipe(f"{bucket_name}/a/b", b"1")
    with pytest.raises(OSError, match="not empty") as caught:
        fs.rmdir(bucket_name)
    assert caught.value.errno == errno.ENOTEMPTY
    fs.rm(bucket_name, recursive=True)
    assert not fs.exists(bucket_name)
    with pytest.raises(FileNotFoundError):
        fs.mkdir(f"{bucket_name}/any", create_parents=False)
    with pytest.raises(ValueError, match="No_Bucket"):
        fs.mkdir("No_Bucket")
    assert fs.find(f"{bucket_name}/any") == []
    assert not fs.exists("No_Bucket/key")


def test_transactions(fs: MinioFileSystem, bucket: str, client: Minio, big: bytes) -> None:
    with fs.transaction:
        with fs.open(f"{bucket}/a", "wb") as file:
            file.write(big)
        with fs.open(f"{bucket}/b", "w") as text:
            text.write("b")
        assert fs.find(bucket) == []
    assert fs.cat(bucket, recursive=True) == {f"{bucket}/a": big, f"{bucket}/b": b"b"}
    with pytest.raises(ZeroDivisionError), fs.transaction:
        with fs.open(f"{bucket}/c", "wb") as file:
            file.write(big)
        raise ZeroDivisionError
    assert not fs.exists(f"{bucket}/c")
    assert not client._list_multipart_uploads(bucket).uploads


def test_errors(fs: MinioFileSystem, server: LiveServer, bucket: str, tmp_path: Path) -> None:
    missing = f"{bucket}/none"
    for call in (fs.info, fs.cat_file, fs.open, fs.ls, lambda path: fs.get_file(path, str(tmp_path / "x"))):
        for path in (missing, f"{bucket}-none/key"):
            with pytest.raises(FileNotFoundError):
                call(path)
    with pytest.raises(FileNotFoundError):
        fs.pipe(f"{bucket}-none/key", b"1")
    with pytest.raises(FileNotFoundError), fs.open(f"{bucket}-none/key", "wb") as file:
        file.write(b"1")
    with pytest.raises(ValueError, match="bucket/key"):
        fs.pipe(bucket, b"1")
    stranger = MinioFileSystem(server.url, server.access_key, "wrong-secret", skip_instance_cache=True)
    with pytest.raises(PermissionError) as caught:
        stranger.cat(missing)
    assert (caught.value.filename, type(caught.value.__cause__).__name__) == (missing, "SignatureDoesNotMatch")
    stranger.close()


def test_sign(fs: MinioFileSystem, bucket: str) -> None:
    fs.pipe(f"{bucket}/signed", b"content")
    with urllib.request.urlopen(fs.sign(f"{bucket}/signed", expiration=60)) as response:
        assert response.read() == b"content"


@pytest.mark.requires("versioning")
def test_versions(make_fs: Callable[..., MinioFileSystem], bucket: str, client: Minio) -> None:
    from minio.versioningconfig import ENABLED, VersioningConfig

    client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    fs, path = make_fs(version_aware=True), f"{bucket}/v"
    for content in (b"one", b"two"):
        fs.pipe(path, content)
    new, old = fs.object_version_info(path)
    assert fs.cat(path) == b"two"
    assert fs.cat_file(path, version_id=old["VersionId"]) == b"one"
    assert fs.cat(f"{path}?versionId={old['VersionId']}") == b"one"
    with fs.open(path) as file:
        fs.pipe(path, b"three")
        assert file.read() == b"two"  # the version that was opened
    assert len(fs.find(bucket, versions=True)) == 3
    fs.rm(path)
    assert not fs.exists(path)
    assert fs.info(f"{path}?versionId={new['VersionId']}")["size"] == 3
    fs.rm_file(path, version_id=old["VersionId"])
    assert [entry["IsDeleteMarker"] for entry in fs.object_version_info(path)] == [True, False, False]


async def test_asynchronous_use(server: LiveServer, bucket: str) -> None:
    fs = MinioFileSystem(server.url, server.access_key, server.secret_key, asynchronous=True, skip_instance_cache=True)
    await fs._pipe_file(f"{bucket}/a", b"content")
    assert await fs._cat([f"{bucket}/a"]) == {f"{bucket}/a": b"content"}
    assert [path async for path, _, _ in fs._walk(bucket)] == [bucket]
    async with await fs.open_async(f"{bucket}/a") as file:
        assert await file.read(4) == b"cont"
    async with await fs.open_async(f"{bucket}/b", "wb") as file:
        await file.write(b"b")
    assert await fs._find(bucket) == [f"{bucket}/a", f"{bucket}/b"]
    await fs.client.close()
