"""Wildcards in keys: `*`, `?` and `[...]` match within a segment, `**` matches across segments.

A segment `**` that is not the last one also matches no segment: `a/**/b` selects `a/b` and `a/x/y/b`.

The laws:

* A pattern selects keys by the whole key.
* `fixed(pattern)` begins every key that the pattern selects, so that no more than it has to be listed.
* `rules(pattern)` selects the same keys as the pattern does, as rules of gitignore below `root(pattern)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

from .errors import UsageProblem

# re compiles it on first use, which most commands do without.
_TOKEN = r"(?s)(?:(?<=/)|^)\*\*/|\*\*|\*|\?|\[(?:[!^]?\]?[^\]]*)\]|."


def is_pattern(key: str) -> bool:
    """Return whether a key has wildcards."""
    return any(wild in key for wild in "*?[")


def fixed(pattern: str) -> str:
    """Return what is in front of the first wildcard."""
    ends = [end for wild in "*?[" if (end := pattern.find(wild)) >= 0]
    return pattern[: min(ends)] if ends else pattern


def root(pattern: str) -> str:
    """Return the prefix that all matches have, up to its last slash: matches keep what follows it as their names."""
    return fixed(pattern)[: fixed(pattern).rfind("/") + 1]


def is_shallow(pattern: str) -> bool:
    """Return whether all keys that match have as many segments as the root and one more."""
    return "/" not in pattern[len(root(pattern)) :] and "**" not in pattern


def matcher(pattern: str, below: bool = False) -> Callable[[str], bool]:
    """Return what decides whether a key matches.

    Args:
        pattern: The pattern.
        below: Whether keys below a match, taken as a directory, match too.

    Raises:
        UsageProblem: A `[` has no end.
    """
    expression = "".join(_expression(token, pattern) for token in re.findall(_TOKEN, _shortened(pattern)))
    compiled = re.compile(expression + (r"(?:/.*)?" if below else ""), re.DOTALL)
    return lambda key: compiled.fullmatch(key) is not None


def rules(pattern: str, below: bool = False) -> list[str]:
    """Return the patterns of gitignore that include, relative to `root(pattern)`.

    Args:
        pattern: The pattern.
        below: Whether keys below a match, taken as a directory, match too.

    Raises:
        UsageProblem: A `[` has no end.
    """
    from minio._core.transfer.directory.patterns import WholeName

    matcher(pattern)
    rest = _as_rule(_shortened(pattern)[len(root(pattern)) :])
    segments = [_crossings(segment) for segment in rest.split("/")]
    found = ("/" + "/".join(choice) for choice in product(*segments))
    return list(found if below else map(WholeName, found))


def _shortened(pattern: str) -> str:
    """Return a pattern in which no segment `**` follows another one, which means the same."""
    return re.sub(r"(?:(?<=/)|^)(?:\*\*/)+(?=\*\*(?:/|$))", "", pattern)


def _as_rule(pattern: str) -> str:
    """Return a pattern in which what is special in a gitignore file only means itself."""
    text = pattern.replace("\\", "\\\\")
    bare = text.rstrip(" ")
    return bare + "\\ " * (len(text) - len(bare))


def _crossings(segment: str) -> list[str]:
    """Return the alternatives for a segment: gitignore has `**` as a whole segment only."""
    if segment == "**" or "**" not in segment:
        return [segment.replace("***", "**")]
    before, _, after = segment.partition("**")
    rests = _crossings(after.lstrip("*")) if after else [""]
    found: list[str] = []
    for rest in rests:
        found.append(f"{before}*{rest}")
        found.append(f"{before}*/**/*{rest}" if rest else f"{before}*/**")
    return found


def _expression(token: str, pattern: str) -> str:
    if token == "**/":
        return "(?:.*/)?"
    if token == "**":
        return ".*"
    if token == "*":
        return "[^/]*"
    if token == "?":
        return "[^/]"
    if token == "[":
        raise UsageProblem(f"{pattern}: [ has no end", "use --raw for a key that contains it")
    if len(token) > 1:
        inner = token[1:-1]
        negated = inner[:1] in ("!", "^")
        body = (inner[1:] if negated else inner).replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]")
        return f"(?!/)[{'^' if negated else ''}{body}]"
    return re.escape(token)
