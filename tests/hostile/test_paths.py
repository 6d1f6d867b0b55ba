"""An object's name never decides where on the disk a file goes, outside the directory that was asked for."""

from __future__ import annotations

import ntpath
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakes.scripted_server import answer, forever
from minio._core.transfer.paths import local_path
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, InvalidPathError

EVERYWHERE = [
    "", "/", "/etc/passwd", "//server/share/x", "..", "../x", "a/..",
    "a/../x", "a/../../x", ".", "./x", "a/./x", "a//b", "a/", "a\0b",
    "\0", "a/\0/b", "a\nb", "a\x1bb", "a\x7fb", "a\x9bb", "x" * 256, "é" * 128, "a/" * 3000 + "b",
    "\udcff",
]  # fmt: skip
ON_WINDOWS = [
    "C:\\x", "c:x", "C:", "1:x", "\\x", "\\\\server\\share", "..\\x",
    "a\\..\\..\\x", "a\\b", "nul", "NUL", "Con.txt", "aux.tar.gz",
    "com1", "LPT9.x", "com²", "a/prn/b", "nul ", "nul .txt", "conin$",
    "CONOUT$", "nul:", "x:y", "file:stream", "a.", "a ", "a./b", "a /b",
    "...", "a*", "a?", "a<", 'a"', "a|b",
]  # fmt: skip
GOOD = [
    "a",
    "a/b/c",
    ".hidden",
    "..x",
    "x..",
    "...",
    "a..b/c",
    "-rf",
    "~",
    "$HOME",
    "*",
    "a b",
    "猫/犬",
    "x" * 255,
    "é" * 127,
]
GOOD_ON_WINDOWS = [
    "a",
    "a/b/c",
    ".hidden",
    "a.b",
    "a b",
    "猫",
    "nul1",
    "comma",
    "com10",
    "console",
    "conx.txt",
    "lpt",
    "com",
]


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("key", EVERYWHERE, ids=lambda key: ascii(key)[:30])
def test_refused(tmp_path: Path, key: str, windows: bool) -> None:
    with pytest.raises(InvalidPathError) as caught:
        local_path(tmp_path, key, windows=windows)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("key", ON_WINDOWS)
def test_refused_on_windows(tmp_path: Path, key: str) -> None:
    with pytest.raises(InvalidPathError):
        local_path(tmp_path, key, windows=True)


@pytest.mark.parametrize("key", GOOD)
def test_taken(tmp_path: Path, key: str) -> None:
    path = local_path(tmp_path, key, windows=False)
    assert path == str(tmp_path.joinpath(*key.split("/")))


@pytest.mark.parametrize("key", GOOD_ON_WINDOWS)
def test_taken_on_windows(tmp_path: Path, key: str) -> None:
    assert local_path(tmp_path, key, windows=True) == str(tmp_path.joinpath(*key.split("/")))


def test_the_directory_may_be_anything_that_is_a_path(tmp_path: Path) -> None:
    assert local_path("photos", "2026/cat.jpg") == "photos/2026/cat.jpg"
    assert local_path(os.fsencode(tmp_path), "x") == str(tmp_path / "x")
    assert local_path(".", "x") == "./x"
    assert local_path("/", "etc/x") == "/etc/x"
    assert local_path(tmp_path / "not" / "there", "x") == str(tmp_path / "not" / "there" / "x")
    for wrong in ("", "a\0b"):
        with pytest.raises(InvalidPathError, match="directory"):
            local_path(wrong, "x")
    with pytest.raises(InvalidArgumentTypeError, match="directory"):
        local_path(None, "x")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentTypeError, match="key"):
        local_path("x", b"x")  # type: ignore[arg-type]


@pytest.mark.parametrize("target", ["outside", "/etc", "..", "../outside", "loop"])
def test_links_out_of_the_directory(tmp_path: Path, target: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside").mkdir()
    (inside / "link").symlink_to(tmp_path / target if target == "outside" else target)
    for key in ("link", "link/x", "link/a/b"):
        if target == "loop" and key == "link":
            continue
        if target != "loop":
            with pytest.raises(InvalidPathError, match="symbolic link"):
                local_path(inside, key)


def test_links_that_stay_inside(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    (inside / "real").mkdir(parents=True)
    (inside / "link").symlink_to("real")
    (tmp_path / "way").symlink_to(inside)
    assert local_path(inside, "link/x") == str(inside / "link" / "x")
    assert local_path(tmp_path / "way", "real/x") == str(tmp_path / "way" / "real" / "x")


@pytest.mark.parametrize("key", [key for key in [*EVERYWHERE, *ON_WINDOWS, *GOOD] if key.strip()], ids=ascii)
def test_a_download_goes_where_the_caller_says(attack: Callable[..., Any], tmp_path: Path, key: str) -> None:
    """Neither the object's name nor what the server tells of it has a say."""
    names = {
        "ETag": '"../../etag"',
        "x-amz-version-id": "../../version",
        "Content-Disposition": "filename=x",
    }
    client, _ = attack(forever(answer(b"content", headers=names)))
    folder = tmp_path / "one" / "two"
    try:
        client("fget_object", "bucket", key, folder / "target")
    except InvalidArgumentError:
        assert list(tmp_path.rglob("*")) == []
    else:
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / "target"]


nasty = st.lists(
    st.sampled_from(
        ["..", ".", "", "a", "nul", "C:", "\\", "..\\", "a.", " ", "\0", "é", "con.x", ":", "\u2215", "com¹"]
    )
    | st.text(max_size=5),
    max_size=6,
)


@given(nasty.map("/".join) | nasty.map("".join))
@example("a/b")
def test_a_path_is_inside_or_refused(key: str) -> None:
    for windows in (False, True):
        try:
            path = local_path("/base/dir", key, windows=windows)
        except InvalidPathError:
            continue
        assert path == f"/base/dir/{key}"
        assert os.path.normpath(path) == path
        assert os.path.commonpath(["/base/dir", path]) == "/base/dir"
        assert os.path.basename(path) not in ("", ".", "..")


@given(nasty.map("/".join) | nasty.map("".join))
def test_windows_sees_the_same_file(key: str) -> None:
    """What is taken by Windows' rules means one file there, below the directory, and no device or stream."""
    try:
        local_path("base", key, windows=True)
    except InvalidPathError:
        return
    path = ntpath.join("D:\\base", *key.split("/"))
    assert ntpath.normpath(path) == path
    assert ntpath.commonpath(["D:\\base", path]) == "D:\\base"
    assert ntpath.splitdrive(path)[1].count(":") == 0
    assert not any(part[-1] in ". " for part in key.split("/"))


@given(nasty.map("/".join))
def test_two_names_are_two_files(key: str) -> None:
    other = key.replace("a", "b")
    try:
        one, two = local_path("base", key), local_path("base", other)
    except InvalidPathError:
        return
    assert (one == two) == (key == other)
