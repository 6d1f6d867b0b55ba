"""upload_directory, download_directory, copy_prefix and remove_prefix: what goes where, and with what."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from live.directories import OLD, age, everything_in, header_of, keys_of, make_tree, put, stored, tree_of
from live.helpers import MIB, enable_versioning, noise
from minio import AsyncMinio
from minio.directories import Prefix
from minio.error import InvalidArgumentError, PartialFailure
from servers.live import LiveServer

TREE = {"a.txt": b"one", "empty": b"", "sub/b.bin": noise(70_000), "sub/deep/c": b"three", "large": noise(6 * MIB)}


async def test_a_tree_goes_up_and_comes_down(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    source = make_tree(tmp_path / "source", TREE)
    expected = sorted(f"backup/{name}" for name in TREE)
    for prefix in ("backup", "backup/"):  # nothing depends on the slash, or on whether the target exists
        summary = await client.upload_directory(bucket, prefix, source)
        assert keys_of(server, bucket) == expected
        assert (summary.done, summary.bytes, summary.failed) == (len(TREE), sum(map(len, TREE.values())), 0)
        assert summary.ok
    assert stored(server, bucket, "backup/") == TREE
    for target in (tmp_path / "new" / "copy", tmp_path / "new" / "copy"):
        summary = await client.download_directory(bucket, "backup", target)
        assert (summary.done, summary.bytes) == (len(TREE), sum(map(len, TREE.values())))
        assert tree_of(target) == TREE
        assert everything_in(target) == sorted([*TREE, "sub", "sub/deep"])


async def test_relative_paths(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tree(tmp_path / "work" / "source", {"a/b": b"x"})
    monkeypatch.chdir(tmp_path / "work")
    await client.upload_directory(bucket, "p", "source")
    await client.upload_directory(bucket, "q", "../work/./source/")
    assert keys_of(server, bucket) == ["p/a/b", "q/a/b"]
    for target in ("one", "./two/", "../work/three", "source/../four"):
        await client.download_directory(bucket, "p", target)
    plan = client.plan_sync(Prefix(bucket, "p"), Path("five"))
    await plan.save("plan")
    monkeypatch.chdir(tmp_path)
    async for outcome in client.transfer(await client.load_plan("work/plan")):
        assert outcome.ok
    for name in ("one", "two", "three", "four", "five"):
        assert tree_of(tmp_path / "work" / name) == {"a/b": b"x"}


async def test_prefix_with_and_without_a_slash(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    put(server, bucket, {"a/x": b"1", "ab/y": b"2", "a.txt": b"3"})
    for prefix in ("a", "a/"):
        await client.download_directory(bucket, prefix, tmp_path / prefix.replace("/", "-"))
    assert tree_of(tmp_path) == {"a/x": b"1", "a-/x": b"1"}
    await client.download_directory(bucket, "", tmp_path / "all")
    assert tree_of(tmp_path / "all") == {"a/x": b"1", "ab/y": b"2", "a.txt": b"3"}
    await client.copy_prefix(bucket, "copy", Prefix(bucket, "a"))
    assert keys_of(server, bucket) == ["a.txt", "a/x", "ab/y", "copy/x"]
    summary = await client.remove_prefix(bucket, "a")
    assert (summary.deleted, keys_of(server, bucket)) == (1, ["a.txt", "ab/y", "copy/x"])


async def test_copies_from_another_client(
    client: AsyncMinio, bucket: str, server: LiveServer, make_client: Callable[..., AsyncMinio]
) -> None:
    put(server, bucket, {f"from/{name}": content for name, content in TREE.items()})
    put(server, bucket, {"from/page.html": b"<p>"}, {"content-type": "text/html", "x-amz-meta-colour": "blue"})
    other = make_client()
    for prefix, source in (("same", Prefix(bucket, "from")), ("other", Prefix(bucket, "from/", other))):
        summary = await client.copy_prefix(bucket, prefix, source)
        assert (summary.done, summary.ok) == (len(TREE) + 1, True)
        assert stored(server, bucket, f"{prefix}/") == {**TREE, "page.html": b"<p>"}
        assert header_of(server, bucket, f"{prefix}/page.html", "content-type") == "text/html"
        assert header_of(server, bucket, f"{prefix}/page.html", "x-amz-meta-colour") == "blue"


async def test_removal_must_be_asked_for(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    put(server, bucket, {f"tree/{number}": b"x" for number in range(12)} | {"other": b"x"})
    with pytest.raises(InvalidArgumentError, match="prefix"):
        await client.remove_prefix(bucket, "")
    with pytest.raises(Exception, match="max_delete"):
        await client.remove_prefix(bucket, "tree", max_delete=5)
    assert len(keys_of(server, bucket)) == 13
    summary = await client.remove_prefix(bucket, "tree/", max_delete=12)
    assert (summary.deleted, summary.failed) == (12, 0)
    assert keys_of(server, bucket) == ["other"]
    assert (await client.remove_prefix(bucket, "none")).deleted == 0


@pytest.mark.requires("versioning")
async def test_removal_of_all_versions(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    enable_versioning(server, bucket)
    for _ in range(2):
        put(server, bucket, {"tree/a": b"x", "tree/b": b"x", "treetop": b"x"})
    await client.remove_prefix(bucket, "tree")
    assert keys_of(server, bucket) == ["treetop"]
    await client.remove_prefix(bucket, "tree", all_versions=True)
    answer = server.raw.request("GET", f"/{bucket}", {"versions": ""})
    assert {record["Key"] for record in answer.records("Version", "DeleteMarker")} == {"treetop"}


async def test_directory_markers(client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", {"full/file": b"x"})
    (source / "hollow" / "inner").mkdir(parents=True)
    await client.upload_directory(bucket, "plain", source)
    assert keys_of(server, bucket, "plain/") == ["plain/full/file"]
    await client.upload_directory(bucket, "kept", source, empty_dirs=True)
    assert "kept/hollow/inner/" in keys_of(server, bucket, "kept/")
    await client.download_directory(bucket, "kept", tmp_path / "copy")
    assert everything_in(tmp_path / "copy") == ["full", "full/file", "hollow", "hollow/inner"]
    await client.remove_prefix(bucket, "kept")
    assert keys_of(server, bucket) == ["plain/full/file"]


async def test_sync_removes_directory_markers(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    """Markers that the source lacks go, on servers that keep them in a request for several objects, too."""
    markers = ["p/d/", "p/d/e/", "p/d/e/g/", "p/m/", "p/m/x/"]
    put(server, bucket, {**dict.fromkeys(markers, b""), "p/d/e/f": b"x", "p/kept": b"x", "q/kept": b"x"})
    source = make_tree(tmp_path / "source", {"kept": b"x"})
    summary = await client.upload_directory(bucket, "p", source, delete=True, max_delete="100%")
    assert (summary.failed, summary.cancelled) == (0, 0)
    assert keys_of(server, bucket, "p/") == ["p/kept"]
    put(server, bucket, dict.fromkeys(markers, b""))
    await client.copy_prefix(bucket, "p", Prefix(bucket, "q"), delete=True, max_delete="100%")
    assert keys_of(server, bucket, "p/") == ["p/kept"]
    put(server, bucket, {"p/alone/in/file": b"x", "p/left/alone/file": b"x", "p/left/file": b"x"})
    (source / "left").mkdir()
    options: Any = {"delete": True, "max_delete": "100%", "exclude": ["/left/file"]}
    await client.upload_directory(bucket, "p", source, **options)
    assert keys_of(server, bucket, "p/") == ["p/kept", "p/left/file"]


async def test_times_and_modes(client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    source = make_tree(tmp_path / "source", {"script": b"#!", "plain": b"x"})
    (source / "script").chmod(0o4750)
    age(source / "script", OLD + 0.5)
    await client.upload_directory(bucket, "with", source, preserve=True)
    await client.upload_directory(bucket, "without", source)
    assert float(header_of(server, bucket, "with/script", "x-amz-meta-mtime") or 0) == OLD + 0.5
    assert header_of(server, bucket, "without/script", "x-amz-meta-mtime") is None
    kept, copy = tmp_path / "kept", tmp_path / "copy"
    await client.download_directory(bucket, "with", kept, preserve=True)
    assert (kept / "script").stat().st_mtime == OLD + 0.5
    assert stat.S_IMODE((kept / "script").stat().st_mode) == 0o750  # never set-user-id
    await client.download_directory(bucket, "without", copy)
    modified = (await client.stat_object(bucket, "without/script")).last_modified
    assert modified is not None
    assert abs((copy / "script").stat().st_mtime - modified.timestamp()) < 1
    assert not (copy / "script").stat().st_mode & 0o111


async def test_times_that_other_programs_stored(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    stamps = {
        "rclone": {"x-amz-meta-mtime": f"{OLD}.250000000"},
        "s3cmd": {"x-amz-meta-s3cmd-attrs": f"atime:1/ctime:2/md5:0/mode:33188/mtime:{OLD}/uid:0"},
        "mc": {"x-amz-meta-mc-attrs": f"atime:1#0/gid:0/mode:33188/mtime:{OLD}#500000000/uid:0"},
    }
    for name, headers in stamps.items():
        put(server, bucket, {name: b"x"}, headers)
    await client.download_directory(bucket, "", tmp_path / "copy", preserve=True)
    times = {path.name: path.stat().st_mtime for path in (tmp_path / "copy").iterdir()}
    assert times == {"rclone": OLD + 0.25, "s3cmd": OLD, "mc": OLD + 0.5}


async def test_content_types_come_from_one_table(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mimetypes

    monkeypatch.setattr(mimetypes, "guess_type", lambda *_, **__: ("text/this-machine", None))
    names = ("page.html", "STYLE.CSS", "data.json", "picture.jpeg", "strange.q8z", "none")
    await client.upload_directory(bucket, "", make_tree(tmp_path / "source", dict.fromkeys(names, b"x")))
    types = {name: header_of(server, bucket, name, "content-type") for name in names}
    assert types == {
        "page.html": "text/html",
        "STYLE.CSS": "text/css",
        "data.json": "application/json",
        "picture.jpeg": "image/jpeg",
        "strange.q8z": "application/octet-stream",
        "none": "application/octet-stream",
    }


async def test_failures_are_raised_or_returned(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    put(server, bucket, {"good": b"x", "name": b"x"})
    target = make_tree(tmp_path / "target", {"name/inside": b"x"})  # where "name" cannot be written
    with pytest.raises(PartialFailure) as caught:
        await client.download_directory(bucket, "", target)
    summary = await client.download_directory(bucket, "", target, raise_errors=False)
    for found in (caught.value.summary, summary):
        assert (found.done, found.failed, found.ok) == (1, 1, False)
        (failure,) = found.failures
        assert failure.source is not None
        assert failure.source.endswith("name")
        assert failure.reason or failure.error
    assert tree_of(target) == {"good": b"x", "name/inside": b"x"}


async def test_arguments_are_checked_at_once(client: AsyncMinio, bucket: str, tmp_path: Path) -> None:
    here, there = tmp_path, Prefix(bucket)
    wrong: list[tuple[Any, Any, dict[str, Any], str]] = [
        (str(here), there, {}, "source"),
        (here, f"s3://{bucket}", {}, "target"),
        (here, tmp_path / "other", {}, "Prefix"),
        (here, there, {"compare": "time"}, "compare"),
        (here, there, {"bad_names": "drop"}, "bad_names"),
        (here, there, {"case_conflict": "merge"}, "case_conflict"),
        (here, there, {"max_delete": -1}, "max_delete"),
    ]
    for source, target, options, word in wrong:
        with pytest.raises(ValueError if word not in ("source", "target", "Prefix") else Exception, match=word):
            client.plan_sync(source, target, **options)
