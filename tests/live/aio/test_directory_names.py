"""Keys that are no names of files, files that are no files, and links: nothing outside the directory is touched."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any, Literal

import pytest

from live.directories import by_status, everything_in, keys_of, make_tree, make_unreadable_name, put, stored, tree_of
from minio import AsyncMinio
from minio._core.transfer.directory.root import Root
from minio.directories import Prefix
from minio.error import PartialFailure
from servers.live import LiveServer

from ._directories import actions_of, sync

UNUSUAL = [
    "space and\ttab",
    "new\nline",
    "100% +&=?#",
    "*",
    "[a-z]?",
    "'\"<>",
    "café",  # composed
    "cafe\u0301x",  # decomposed
    "CAFÉ",
    "漢字/🎉",
    "~",
    "-rf",
    "C:",
    "x" * 250,
]


async def test_unusual_names_survive(client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    tree = {name: name.encode() for name in UNUSUAL}
    source = make_tree(tmp_path / "source", tree)
    assert (await client.upload_directory(bucket, "p", source)).done == len(tree)
    assert stored(server, bucket, "p/") == tree
    await client.download_directory(bucket, "p", tmp_path / "copy")
    assert tree_of(tmp_path / "copy") == tree


async def test_file_names_that_are_not_text(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    source = make_tree(tmp_path / "source", {"good": b"x"})
    make_unreadable_name(source)
    outcomes = await sync(client, source, Prefix(bucket))
    assert by_status(outcomes) == {"done": 1, "failed": 1}
    assert keys_of(server, bucket) == ["good"]


@pytest.mark.requires("keys_dot_segments")
async def test_keys_that_lead_out_of_the_directory(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    keys = ["p/x/../../e", "p/../../e", "p/./e", "p/..", "p/x/..", f"p/{tmp_path}/e", "p/good"]
    put(server, bucket, dict.fromkeys(keys, b"x"))
    outside = make_tree(tmp_path, {"e": b"mine"})
    summary = await client.download_directory(bucket, "p", outside / "out", raise_errors=False)
    assert (summary.done, summary.failed) == (1, 6)
    assert everything_in(tmp_path) == ["e", "out", "out/good"]
    assert tree_of(tmp_path) == {"e": b"mine", "out/good": b"x"}
    summary = await client.download_directory(bucket, "p", outside / "out", bad_names="skip")
    assert (summary.failed, summary.skipped) == (0, 6)
    odd = ["x/../../e", "./e", f"{tmp_path}/e", "good", "%2E%2E", "100%"]
    put(server, bucket, {f"odd/{key}": b"x" for key in odd})
    await client.download_directory(bucket, "odd", outside / "escaped", bad_names="escape")
    assert len(tree_of(outside / "escaped")) == len(odd)
    assert sorted(os.listdir(tmp_path)) == ["e", "escaped", "out"]
    await client.upload_directory(bucket, "again", outside / "escaped", bad_names="escape", raise_errors=False)
    assert keys_of(server, bucket, "again/") == sorted(
        f"again/{key}" for key in odd if ".." not in key and key[0] != "."
    )


@pytest.mark.requires("keys_double_slash")
async def test_double_slashes_are_never_merged(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    put(server, bucket, {"a/b": b"one", "a//b": b"two"})
    summary = await client.download_directory(bucket, "", tmp_path / "out", raise_errors=False)
    assert (summary.done, summary.failed) == (1, 1)
    assert summary.failures[0].source == "a//b"
    assert tree_of(tmp_path / "out") == {"a/b": b"one"}


@pytest.mark.requires("keys_long_segment")
async def test_names_that_are_too_long(client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    put(server, bucket, {"é" * 200: b"x", "good": b"x"})
    summary = await client.download_directory(bucket, "", tmp_path / "out", raise_errors=False)
    assert (summary.done, summary.failed) == (1, 1)
    assert everything_in(tmp_path / "out") == ["good"]


@pytest.mark.requires("keys_prefix_of_each_other")
async def test_file_and_directory_of_one_name(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    put(server, bucket, {"x": b"file", "x/y": b"inside", "z": b"z"})
    summary = await client.download_directory(bucket, "", tmp_path / "out", raise_errors=False)
    assert (summary.done, summary.failed) == (2, 1)
    assert everything_in(tmp_path / "out") == ["x", "z"]
    assert tree_of(tmp_path / "out") == {"x": b"file", "z": b"z"}


async def test_links_below_the_target_are_not_followed(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    put(server, bucket, {"l/e": b"x", "l/deep/e": b"x", "file": b"new", "dangling": b"new", "real/e": b"x"})
    outside = make_tree(tmp_path / "outside", {"victim": b"mine"})
    out = make_tree(tmp_path / "out", {"real/old": b"x"})
    (out / "l").symlink_to(outside)
    (out / "file").symlink_to(outside / "victim")
    (out / "dangling").symlink_to(outside / "not-there")
    summary = await client.download_directory(bucket, "", out, raise_errors=False)
    assert (summary.done, summary.failed) == (3, 2)
    assert tree_of(outside) == {"victim": b"mine"}
    assert tree_of(out) == {"real/old": b"x", "real/e": b"x", "file": b"new", "dangling": b"new"}
    # A target that is itself a link was chosen by the caller.
    (tmp_path / "alias").symlink_to(out)
    await client.download_directory(bucket, "real", tmp_path / "alias" / "real")
    await client.download_directory(bucket, "real", tmp_path / "alias")
    assert (tmp_path / "alias").is_symlink()
    assert tree_of(out)["e"] == b"x"


async def test_deletes_do_not_follow_links(client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path) -> None:
    put(server, bucket, {"same": b"x"})
    outside = make_tree(tmp_path / "outside", {"victim": b"mine"})
    out = make_tree(tmp_path / "out", {"same": b"x"})
    (out / "l").symlink_to(outside)
    (out / "f").symlink_to(outside / "victim")
    await sync(client, Prefix(bucket), out, delete=True)
    assert tree_of(outside) == {"victim": b"mine"}
    assert (out / "same").read_bytes() == b"x"


async def test_links_and_special_files_of_the_source(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = make_tree(tmp_path / "elsewhere", {"deep/file": b"linked"})
    source = make_tree(tmp_path / "source", {"real/file": b"x"})
    (source / "file-link").symlink_to(elsewhere / "deep" / "file")
    (source / "tree-link").symlink_to(elsewhere)
    (source / "real" / "loop").symlink_to(source)
    (source / "broken").symlink_to("not-there")
    os.mkfifo(source / "fifo")
    monkeypatch.chdir(source)  # the path of a socket has a short limit
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
    summary = await client.upload_directory(bucket, "p", source)
    assert stored(server, bucket, "p/") == {
        "real/file": b"x",
        "file-link": b"linked",
        "tree-link/deep/file": b"linked",
    }
    assert (summary.done, summary.warnings, summary.failed) == (3, 4, 0)
    unwanted = ["fifo", "socket", "broken", "loop"]
    summary = await client.upload_directory(bucket, "q", source, exclude=unwanted)
    assert (summary.done, summary.warnings) == (3, 0)


async def test_names_that_differ_only_by_case(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    tree = {"Name": b"1", "name": b"2", "caf\u00e9": b"3", "cafe\u0301": b"4"}
    put(server, bucket, tree)
    summary = await client.download_directory(bucket, "", tmp_path / "out", raise_errors=False)
    assert summary.failed == 0  # this file system keeps them apart
    assert tree_of(tmp_path / "out") == tree


@pytest.mark.parametrize("policy", ["rename", "skip"])
async def test_names_that_collide_survive_a_second_run(
    client: AsyncMinio,
    bucket: str,
    server: LiveServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    policy: Literal["rename", "skip"],
) -> None:
    # No file system here ignores case.
    monkeypatch.setattr(Root, "ignores_case", lambda self: True)
    put(server, bucket, {"A": b"upper", "a": b"lower", "D/x": b"1", "d/y.txt": b"2", "other": b"3"})
    out = tmp_path / "out"
    options: Any = {"compare": "auto", "delete": True, "max_delete": "100%", "case_conflict": policy}
    first = await client.download_directory(bucket, "", out, **options)
    tree = tree_of(out)
    assert (first.done, len(tree)) == ((5, 5) if policy == "rename" else (3, 3))
    make_tree(out, {"unwanted": b""})
    again = await client.download_directory(bucket, "", out, **options)
    assert (again.deleted, again.failed) == (1, 0)
    assert tree_of(out) == tree


@pytest.mark.parametrize("last", [(), ("A*",), ("a",)])
async def test_renamed_files_do_not_count_as_deletes(
    client: AsyncMinio,
    bucket: str,
    server: LiveServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    last: tuple[str, ...],
) -> None:
    monkeypatch.setattr(Root, "ignores_case", lambda self: True)
    put(server, bucket, {"A": b"1", "a": b"2", "B.txt": b"3", "b.TXT": b"4", "D/x": b"5", "d/x": b"6"})
    options: Any = {"compare": "auto", "delete": True, "case_conflict": "rename", "max_delete": 0, "last": last}
    out = tmp_path / "out"
    await client.download_directory(bucket, "", out, **options)
    tree = tree_of(out)
    assert len(tree) == 6
    again = await client.download_directory(bucket, "", out, **options)
    assert (again.deleted, again.failed) == (0, 0)
    assert tree_of(out) == tree
    make_tree(out, {"unwanted~00000000": b""})  # a file with such a name that no object has
    with pytest.raises(PartialFailure, match="max_delete"):
        await client.download_directory(bucket, "", out, **options)
    assert tree_of(out) == {**tree, "unwanted~00000000": b""}


async def test_a_root_that_cannot_be_a_directory(
    client: AsyncMinio, bucket: str, server: LiveServer, tmp_path: Path
) -> None:
    put(server, bucket, {"a": b"x"})
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(Exception, match="file"):
        await client.download_directory(bucket, "", tmp_path / "file")
    assert tree_of(tmp_path) == {"file": b"mine"}
    wrong: list[Any] = [tmp_path / "file", tmp_path / "none"]
    for source in wrong:
        with pytest.raises(Exception, match=source.name):
            await client.upload_directory(bucket, "p", source)
    assert keys_of(server, bucket) == ["a"]
    assert len(await actions_of(client.plan_sync(Prefix(bucket), tmp_path / "none"))) == 1
    assert not (tmp_path / "none").exists()  # planning makes no directories
