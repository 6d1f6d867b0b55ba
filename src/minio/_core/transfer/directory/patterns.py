"""Patterns that select names: the language of gitignore files, relative to the root of a transfer.

The laws:

* The last rule that matches a name decides. A rule matches a name if its pattern matches the name itself or one of the
  directories above it.
* If no rule matches, the name is selected, unless the first rule includes: that excludes the rest.
* `*`, `?` and classes never match a slash. `**` between slashes matches any number of segments, also none.
* A pattern with a slash that is not its last character matches from the root on; others match at any depth.
* A pattern that ends with a slash matches directories only, and so everything in them.
* A `WholeName` matches names only, and nothing in a directory of a name that matches.
* Matching takes time proportional to the length of the name for each star, never exponential time.
* `prunes(directory)` is true only if no name below the directory is selected.

Names have `/` between their segments; the name of a directory ends with `/`. Blank patterns and those that begin with
`#` mean nothing, so that the lines of a gitignore file can be given as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...exceptions import InvalidArgumentError

_POSIX = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t-\r ",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


class WholeName(str):
    """A pattern that matches a name itself, never what is in a directory of this name."""

    __slots__ = ()


@dataclass(frozen=True)
class Rule:
    """One rule: a regular expression for names, and whether it includes them."""

    expression: str
    includes: bool

    @cached_property
    def matches(self) -> Callable[[str], object]:
        return re.compile(self.expression, re.DOTALL).fullmatch


@dataclass(frozen=True)
class Rules:
    """The rules of a transfer, in the order in which they are applied."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, include: Iterable[str] = (), exclude: Iterable[str] = (), argument: str = "exclude") -> Rules:
        """Return the rules for patterns to include, followed by patterns to exclude. `!` inverts a pattern.

        Raises:
            InvalidArgumentError: A pattern has no end, as in `a[b`. The message begins with `argument`.
        """
        found = [rule for pattern in include if (rule := parse(pattern, True, "include")) is not None]
        found += [rule for pattern in exclude if (rule := parse(pattern, False, argument)) is not None]
        return cls(tuple(_joined(found)))

    @cached_property
    def default(self) -> bool:
        """Whether names that no rule matches are selected."""
        return not self.rules or not self.rules[0].includes

    def selects(self, name: str) -> bool:
        """Return whether a name is to be transferred."""
        for rule in reversed(self.rules):
            if rule.matches(name):
                return rule.includes
        return self.default

    def prunes(self, directory: str) -> bool:
        """Return whether nothing below a directory is selected, so that it need not be read."""
        for rule in reversed(self.rules):
            if rule.includes:
                return False  # it may match a name below the directory
            if rule.matches(directory):
                return True
        return False

    @cached_property
    def selector(self) -> Callable[[str], bool] | None:
        """`selects`, or None if all names are selected."""
        return self.selects if self.rules else None

    def matches_any(self, name: str) -> bool:
        """Return whether the rules, made from patterns to exclude, match a name."""
        return bool(self.rules) and not self.selects(name)


def parse(pattern: str, includes: bool, argument: str = "exclude") -> Rule | None:
    """Return the rule for a pattern, or None if it means nothing.

    Args:
        pattern: The pattern.
        includes: Whether the pattern includes names, if it is not inverted by `!`.
        argument: The name of the argument, for the error.

    Raises:
        InvalidArgumentError: The pattern has no end.
    """
    text = _stripped(pattern)
    if not text or text.startswith("#"):
        return None
    if text.startswith("!"):
        includes, text = not includes, text[1:]
    elif text.startswith(("\\!", "\\#")):
        text = text[1:]
    if not text.strip("/"):
        return None
    try:
        return Rule(_expression(text, isinstance(pattern, WholeName)), includes)
    except ValueError as error:
        raise InvalidArgumentError(f"{argument}: the pattern {pattern!r} {error}") from None


def _stripped(pattern: str) -> str:
    """Return a pattern without its line end and the spaces at its end, except for one after a backslash."""
    text = pattern.rstrip("\r\n")
    bare = text.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if backslashes % 2 and len(bare) < len(text) else bare


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Return rules in which neighbours that do the same are one: a single expression is faster than many."""
    found: list[Rule] = []
    for rule in rules:
        if found and found[-1].includes == rule.includes:
            found[-1] = Rule(f"{found[-1].expression}|{rule.expression}", rule.includes)
        else:
            found.append(rule)
    return found


def _expression(text: str, whole: bool) -> str:
    """Translate a pattern. If it is `whole`, it matches nothing in the directories that it matches."""
    directory = text.endswith("/")
    anchored = "/" in text[:-1]
    segments = text.strip("/").split("/") if anchored else [text.rstrip("/")]
    if any(not segment for segment in segments):
        raise ValueError("has an empty segment, which matches no name")
    below = "/.*" if directory else "" if whole else "(?:/.*)?"
    if segments[-1] == "**" and anchored:
        segments, below = segments[:-1], "/.+" if len(segments) > 1 else ".+"
    if not anchored:
        segments.insert(0, "**")
    return _path(segments) + below


def _path(segments: list[str]) -> str:
    out: list[str] = []
    for index, segment in enumerate(segments):
        if segment == "**":
            if index + 1 == len(segments):
                out.append("[^/]+")
            elif index == 0 or segments[index - 1] != "**":
                out.append("(?:.*/)?")
        else:
            out.append(_segment(segment) + ("/" if index + 1 < len(segments) else ""))
    return "".join(out)


def _segment(text: str) -> str:
    """Translate one segment. Between two stars the first match suffices, so nothing is tried twice."""
    pieces = [""]
    at = 0
    while at < len(text):
        char = text[at]
        if char == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append("")
            at += 1
        else:
            piece, at = _one(text, at)
            pieces[-1] += piece
    if len(pieces) == 1:
        return pieces[0]
    middle = "".join(f"(?>[^/]*?{piece})" for piece in pieces[1:-1])
    return f"{pieces[0]}{middle}{_end(pieces[0], pieces[-1], len(pieces))}"


def _end(first: str, last: str, count: int) -> str:
    """Translate the last star of a segment and what follows it. A segment of stars only matches no empty name."""
    return f"[^/]*{last}" if first or last or count > 2 else "[^/]+"


def _one(text: str, at: int) -> tuple[str, int]:
    """Translate what matches one character, and return where the next one begins."""
    char = text[at]
    if char == "?":
        return "[^/]", at + 1
    if char == "[":
        return _class(text, at + 1)
    if char == "\\":
        if at + 1 == len(text):
            raise ValueError("ends with a backslash")
        at += 1
    return re.escape(text[at]), at + 1


def _class(text: str, at: int) -> tuple[str, int]:
    """Translate a class such as `[a-z]`, which begins after its bracket."""
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    parts: list[str] = []
    first = True
    while first or text[at : at + 1] != "]":
        if at >= len(text):
            raise ValueError("has a [ without its ]")
        part, at = _range(text, at)
        parts.append(part)
        first = False
    body = "".join(parts)
    if not body:  # every range is reversed: no character matches, or any
        return ("[^/]" if negated else "(?!)"), at + 1
    return (f"[^/{body}]" if negated else f"(?!/)[{body}]"), at + 1


def _range(text: str, at: int) -> tuple[str, int]:
    """Translate a character, a range or a named class within a class."""
    if text.startswith("[:", at):
        end = text.find(":]", at + 2)
        if end >= 0:
            name = text[at + 2 : end]
            if name not in _POSIX:
                raise ValueError(f"names an unknown class [:{name}:]")
            return _POSIX[name], end + 2
    low, at = _literal(text, at)
    if text[at : at + 1] != "-" or text[at + 1 : at + 2] in ("]", ""):
        return _escaped(low), at
    high, at = _literal(text, at + 1)
    return (f"{_escaped(low)}-{_escaped(high)}" if low <= high else ""), at


def _literal(text: str, at: int) -> tuple[str, int]:
    if text[at] == "\\":
        at += 1
        if at >= len(text):
            raise ValueError("has a [ without its ]")
    return text[at], at + 1


def _escaped(char: str) -> str:
    return f"\\{char}" if char in r"\]^-[&~|" else char
