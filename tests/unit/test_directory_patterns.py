"""Patterns: the examples of gitignore's manual, each law, and other implementations of the same language."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pathspec
import pytest
from hypothesis import given, settings, strategies as st

from minio._core.transfer.directory.patterns import Rules, WholeName
from minio.error import InvalidArgumentError

segments = st.text("abA.-[ *", min_size=1, max_size=4)
paths = st.lists(st.text("abAc.-[]! é", min_size=1, max_size=4), min_size=1, max_size=4).map("/".join)
pieces = st.sampled_from(
    ["a", "b", "A", ".", "-", "*", "?", "**", "/", "[ab]", "[!a]", "[a-c]", "[]a]", r"\*", "é", " "]
)
patterns = st.lists(pieces, min_size=1, max_size=7).map("".join)
lines = st.lists(st.tuples(st.booleans(), patterns).map(lambda item: "!" * item[0] + item[1]), max_size=5)


def excluded(pattern: str, name: str) -> bool:
    return not Rules.of((), [pattern]).selects(name)


@pytest.mark.parametrize(
    ("pattern", "hit", "miss"),
    [
        ("*.tmp", "a.tmp b/c.tmp x.tmp/y .tmp", "a.tmp2 tmp a.tmp2/x"),
        ("/*.tmp", "a.tmp", "b/c.tmp"),
        ("build/", "build/ build/x a/build/x", "build builds/x a/build"),
        ("doc/*.txt", "doc/a.txt", "doc/a/b.txt a/doc/b.txt"),
        ("doc/frotz/", "doc/frotz/ doc/frotz/x", "a/doc/frotz/ doc/frotz"),
        ("**/foo", "foo a/foo a/b/foo foo/x", "afoo foob"),
        ("**/foo/bar", "foo/bar a/foo/bar/x", "foo/x/bar"),
        ("abc/**", "abc/x abc/x/y", "abc abc/ a/abc/x"),
        ("a/**/b", "a/b a/x/b a/x/y/b a/x/b/c", "ab a/xb x/a/b"),
        ("a**b", "ab axb aab x/ab", "a/b"),
        ("keep/**", "keep/me keep/a/b", "keep keeper/x"),
        ("a?c", "abc x/a.c", "a/c ac abbc"),
        ("[a-c]x", "ax bx cx", "dx -x a/x"),
        ("[!a-c]x", "dx -x", "ax a/x"),
        ("[^a-c]x", "dx -x", "ax"),
        ("[]-]x", "]x -x", "ax"),
        ("[a-]x", "ax -x", "bx"),
        ("[[:digit:][:upper:]]x", "1x Ax", "ax"),
        ("[z-a]", "", "z a -"),
        ("[!z-a]", "z a", "zz"),
        (r"[\]]", "]", "\\"),
        (r"\!important", "!important", "important"),
        (r"\#x", "#x", "x"),
        (r"a\*", "a*", "ab"),
        (r"a\ ", "a ", "a"),
        ("a  ", "a", "a  "),
        ("*", "a a/b .x", ""),
        ("**", "a a/b", ""),
        ("/**", "a a/b", ""),
        ("/a", "a a/b", "b/a"),
        ("a/", "a/ x/a/b", "a"),
        ("a.c", "a.c", "abc"),
        ("(x|y)+{2}^$", "(x|y)+{2}^$", "xx"),
        ("ümläut", "ümläut x/ümläut", "umlaut"),
    ],
)
def test_a_pattern_matches(pattern: str, hit: str, miss: str) -> None:
    separator = " " if r"\ " not in pattern and "  " not in pattern else None
    hits = hit.split() if separator else [hit]
    misses = miss.split() if separator else [miss]
    assert [name for name in hits if not excluded(pattern, name)] == []
    assert [name for name in misses if excluded(pattern, name)] == []


def test_the_last_match_wins() -> None:
    rules = Rules.of((), ["*.log", "!keep.log", "old/keep.log"])
    assert [rules.selects(name) for name in ("a.log", "keep.log", "x/keep.log", "old/keep.log", "b")] == [
        False,
        True,
        True,
        False,
        True,
    ]


def test_a_first_rule_that_includes_excludes_the_rest() -> None:
    for rules in (Rules.of(["*.txt"]), Rules.of((), ["!*.txt"])):
        assert rules.selects("a/b.txt")
        assert not rules.selects("a/b.bin")
    rules = Rules.of(["photos/", "*.txt"], ["secret.txt", "!photos/secret.txt"])
    names = ("photos/a.jpg", "a.txt", "secret.txt", "photos/secret.txt", "other.jpg")
    assert [rules.selects(name) for name in names] == [True, True, False, True, False]


@pytest.mark.parametrize("pattern", ["", "  ", "# comment", "/", "//", "!", "\n"])
def test_lines_that_mean_nothing(pattern: str) -> None:
    assert Rules.of((), [pattern]) == Rules()


@pytest.mark.parametrize("pattern", ["a[b", "a\\", "[[:nothing:]]", "a//b", "[", "[!]", "[a\\"])
def test_patterns_that_cannot_match_are_refused_by_name(pattern: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^exclude: the pattern"):
        Rules.of((), [pattern])
    with pytest.raises(InvalidArgumentError, match=r"^include: the pattern"):
        Rules.of([pattern])


@given(lines=lines, name=paths)
def test_rules_mean_what_they_mean_one_by_one(lines: list[str], name: str) -> None:
    """Joining neighbours changes nothing, nor does the order of evaluation."""
    try:
        rules = Rules.of((), lines)
        each = [(line.startswith("!"), Rules.of((), [line.removeprefix("!")])) for line in lines]
    except InvalidArgumentError:
        return
    first = [includes for includes, rule in each if rule.rules]
    wanted = not (first and first[0])
    for includes, rule in each:
        if rule.matches_any(name):
            wanted = includes
    assert rules.selects(name) == wanted


@given(lines=lines, name=paths)
@settings(max_examples=150)
def test_pathspec_agrees(lines: list[str], name: str) -> None:
    if any(bad in "\n".join(lines) for bad in ("//", "***", "[]a]", "****", " ")):
        return  # what these mean differs between implementations
    lines = [line for line in lines if line.strip("!/")]  # to pathspec, a slash alone is all
    name = name.replace("./", "x/")  # pathspec resolves names first
    if not lines or lines[0].startswith("!"):
        return  # a first rule that includes is our own addition
    try:
        rules = Rules.of((), lines)
    except InvalidArgumentError:
        return
    assert rules.selects(name) == (not pathspec.PathSpec.from_lines("gitignore", lines).match_file(name))


@given(lines=lines, names=st.lists(paths, max_size=12))
def test_what_is_pruned_selects_nothing(lines: list[str], names: list[str]) -> None:
    try:
        rules = Rules.of((), lines)
    except InvalidArgumentError:
        return
    for name in names:
        parts = name.split("/")
        for depth in range(1, len(parts)):
            if rules.prunes("/".join(parts[:depth]) + "/"):
                assert not rules.selects(name)


def test_git_agrees(tmp_path: Path) -> None:
    """Each pattern alone, for files, as git itself decides."""
    names = ["a", "b/a", "a/b", "a/b/c", "x.tmp", "d/x.tmp", "ab", "a-b", "A", "a b", "doc/a.txt", "doc/d/a.txt"]
    tried = [
        "a",
        "/a",
        "a/",
        "a/*",
        "a/**",
        "**/a",
        "a/**/c",
        "*.tmp",
        "d/*",
        "?",
        "[a-c]",
        "[!a]",
        "a*b",
        "**/b",
        "a\\*",
    ]
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for name in ["doc/d", "d", "b"]:
        (tmp_path / name).mkdir(parents=True)
    for pattern in tried:
        (tmp_path / ".git/info/exclude").write_text(pattern + "\n")
        done = subprocess.run(
            ["git", "-C", str(tmp_path), "check-ignore", "-z", "--no-index", "--stdin"],
            input="\0".join(names),
            capture_output=True,
            text=True,
            check=False,
        )
        assert [name for name in names if excluded(pattern, name)] == done.stdout.split("\0")[:-1], pattern


@pytest.mark.parametrize(
    ("pattern", "hit", "miss"),
    [
        ("/**/*.tmp", "a.tmp x/a.tmp x.tmp/a.tmp", "x.tmp/a"),
        ("/**/?", "a b/a a/b/c", "a/bb"),
        ("/a/**", "a/b a/b/c", "a"),
        ("/**", "a a/b", ""),
    ],
)
def test_whole_name_matches_nothing_in_a_directory_of_this_name(pattern: str, hit: str, miss: str) -> None:
    rules = Rules.of([WholeName(pattern)])
    assert [name for name in hit.split() if not rules.selects(name)] == []
    assert [name for name in miss.split() if rules.selects(name)] == []


@pytest.mark.parametrize("pattern", ["*a*a*a*a*a*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/a/**/b", "?*?*?*?*?*?*?*b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    begin = time.process_time()
    assert not excluded(pattern, "a" * 1000)
    assert not excluded(pattern, "a/" * 40 + "c")
    assert time.process_time() - begin < 5
