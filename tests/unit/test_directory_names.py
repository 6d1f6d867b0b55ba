"""Keys become paths and come back, whatever they are; and no path leaves the root."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given, strategies as st

from minio._core.transfer.directory.names import BadName, Names, key_problem

CHARS = '..//%%%\\:*?"<>| ~aA2eEcCoOnNuUlLpPtT1$²\x00\x01\x1f\ud800é日😀'
ODD = ["", ".", "..", "...", "%", "%%", "%2E", "%2e", "CON", "con.txt", "nul", "COM1 .x", "a.", "a ", "C:"]
segments = st.one_of(st.sampled_from(ODD), st.text(CHARS, max_size=6))
keys = st.lists(segments, min_size=1, max_size=4).map("/".join).filter(bool)
systems = st.booleans()
FORBIDDEN = set('<>:"|?*\\') | {chr(code) for code in range(32)}
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{name}{digit}" for name in ("COM", "LPT") for digit in "123456789")}


def is_file_name(name: str, windows: bool) -> bool:
    """Judge a segment independently of the module under test."""
    if name in ("", ".", "..") or "\0" in name or len(name.encode("utf-8", "replace")) > 255:
        return False
    stem = name.partition(".")[0].rstrip().upper()
    return not windows or not (set(name) & FORBIDDEN or name[-1] in ". " or stem in RESERVED)


@given(key=keys, windows=systems, escape=systems)
def test_no_path_leaves_the_root(key: str, windows: bool, escape: bool) -> None:
    try:
        path = Names(windows, escape).path_of(key)
    except BadName:
        return
    assert all(is_file_name(segment, windows) for segment in path.removesuffix("/").split("/"))
    assert posixpath.normpath(f"/root/{path}").startswith("/root/")
    assert path.endswith("/") == key.endswith("/")


@given(key=keys, windows=systems, escape=systems)
def test_a_key_comes_back_from_its_path(key: str, windows: bool, escape: bool) -> None:
    names = Names(windows, escape)
    try:
        path = names.path_of(key)
    except BadName:
        return
    assert names.key_of(path) == key
    assert Names(not windows, escape).key_of(path) == key  # on another system as well


@given(key=keys, windows=systems)
def test_escaping_leaves_nothing_out(key: str, windows: bool) -> None:
    """Only text that is not UTF-8 and names that are too long have no escaped path."""
    try:
        Names(windows, True).path_of(key)
    except BadName:
        assert any("\ud800" <= char <= "\udfff" for char in key)


@given(key=keys, windows=systems)
def test_escaping_changes_only_what_it_must(key: str, windows: bool) -> None:
    try:
        plain = Names(windows, False).path_of(key)
    except BadName:
        return
    assert plain == key
    escaped = Names(windows, True).path_of(key)
    assert escaped == key or "%" in key


@given(one=keys, two=keys, windows=systems)
def test_two_keys_never_have_one_path(one: str, two: str, windows: bool) -> None:
    names = Names(windows, True)
    try:
        assert (names.path_of(one) == names.path_of(two)) == (one == two)
    except BadName:
        return


@given(name=segments.filter(lambda name: is_file_name(name, False) and "/" not in name), windows=systems)
def test_a_file_that_has_a_key_is_the_path_of_that_key(name: str, windows: bool) -> None:
    try:
        key = Names(windows, True).key_of(name)
    except BadName:
        return
    assert name in [Names(system, True)._escaped(key) for system in (False, True)] or key == name


@pytest.mark.parametrize(
    ("key", "posix", "windows"),
    [
        ("a/b.txt", "a/b.txt", "a/b.txt"),
        ("a//b", "a/%/b", "a/%/b"),
        ("/a", "%/a", "%/a"),
        ("../x", "%2E%2E/x", "%2E%2E/x"),
        ("a/./b", "a/%2E/b", "a/%2E/b"),
        ("100%", "100%", "100%"),
        ("%41", "%2541", "%2541"),
        ("%4g", "%4g", "%4g"),
        ("a\0b", "a%00b", "a%00b"),
        ("c:\\x", "c:\\x", "c%3A%5Cx"),
        ("nul.txt", "nul.txt", "%6Eul.txt"),
        ("end.", "end.", "end%2E"),
        ("d/", "d/", "d/"),
        ("a//", "a/%/", "a/%/"),
    ],
)
def test_escaped_names(key: str, posix: str, windows: str) -> None:
    assert Names(False, True).path_of(key) == posix
    assert Names(True, True).path_of(key) == windows


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("a//b", "empty"),
        ("/a", "empty"),
        ("a//", "empty"),
        ("../x", r"'\.\.'"),
        ("a/..", r"'\.\.'"),
        ("./a", r"'\.'"),
        ("a/../../b/", r"'\.\.'"),
        ("a\0", "NUL"),
        ("a/" + "x" * 256, "256 bytes"),
        ("é" * 128, "256 bytes"),
        ("\ud800", "UTF-8"),
    ],
)
def test_impossible_names_are_refused_with_the_reason(key: str, reason: str) -> None:
    with pytest.raises(BadName, match=reason):
        Names().path_of(key)


@pytest.mark.parametrize(
    "key", ["CON", "a/nul.txt", "com9", "LPT¹.x", "a:b", "a\\..\\b", "a.", "b ", "c\x1f", "AUX ", "conin$"]
)
def test_names_that_windows_does_not_allow(key: str) -> None:
    assert Names().path_of(key) == key
    with pytest.raises(BadName, match="Windows"):
        Names(windows=True).path_of(key)


@pytest.mark.parametrize("key", ["console", "com10", "nulls.txt", "a.b", "aux-1", "x" * 255, "日" * 255])
def test_names_that_windows_allows(key: str) -> None:
    assert Names(windows=True).path_of(key) == key


@pytest.mark.parametrize(
    ("key", "reason"), [("a/../b", "'..'"), ("./a", "'.'"), ("x" * 1025, "1024"), ("é" * 513, "1024"), (" ", "blank")]
)
def test_keys_that_calls_refuse(key: str, reason: str) -> None:
    assert reason in key_problem(key)


@pytest.mark.parametrize("key", ["a", "a//b", "...", "x" * 1024, "a/.b/..c"])
def test_keys_that_calls_accept(key: str) -> None:
    assert key_problem(key) == ""
