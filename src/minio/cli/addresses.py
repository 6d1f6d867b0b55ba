"""The addresses of a command line: objects, local files, and standard input and output.

The laws:

* `s3://BUCKET/KEY` is on the default connection, `ALIAS/BUCKET/KEY` and `s3://ALIAS@BUCKET/KEY` on an alias, `-` is a
  stream, and everything else is local.
* The text of a `Remote` is an address of the same object, whatever the aliases and the files are.
* Keys are taken as they are: no percent decoding, no change of `//`, `.` or `..`.
* An alias that is also the name of a local file or directory is refused, never guessed.

Nothing here reads files or the environment; what exists is passed in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from typing import TypeAlias

from .errors import UsageProblem

_SCHEME = "s3://"


@dataclass(frozen=True, slots=True)
class Remote:
    """An object, a prefix, a bucket (no key) or a server (no bucket).

    Args:
        alias: The alias, or None for the default connection.
        bucket: The bucket, or "".
        key: The key, a prefix, or a pattern.
    """

    alias: str | None
    bucket: str = ""
    key: str = ""

    def __str__(self) -> str:
        server = "" if self.alias is None else f"{self.alias}@"
        return f"{_SCHEME}{server}{self.bucket}" + (f"/{self.key}" if self.key else "")

    def at(self, key: str) -> Remote:
        """Return the address of another key in the same bucket."""
        return replace(self, key=key)

    @property
    def is_into(self) -> bool:
        """Whether a single source goes below this address, and keeps its name."""
        return not self.key or self.key.endswith("/")


@dataclass(frozen=True, slots=True)
class Local:
    """A file or a directory."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Stream:
    """Standard input or standard output."""

    def __str__(self) -> str:
        return "-"


Address: TypeAlias = Remote | Local | Stream


def parse(text: str, aliases: Container[str] = (), exists: Callable[[str], bool] = lambda path: False) -> Address:
    """Return the address that an argument means.

    Args:
        text: The argument.
        aliases: The names of the aliases.
        exists: Whether a local path exists.

    Raises:
        UsageProblem: It is not an address, or could mean two.
    """
    if text == "-":
        return Stream()
    if text[: len(_SCHEME)].lower() == _SCHEME:
        return _parse_url(text)
    if not text:
        raise UsageProblem("an address must not be empty", "write s3://BUCKET/KEY, or a path")
    if not is_path(text):
        alias, _, rest = text.partition("/")
        if len(alias) > 1 and alias in aliases:
            _check_ambiguity(alias, text, exists)
            return _place(alias, rest, text)
    return Local(text)


def is_path(text: str) -> bool:
    """Return whether an argument is written as a path: from a root, a drive, `.`, `..` or `~`."""
    if text.startswith(("/", "\\", "./", "../", ".\\", "..\\", "~")) or text in (".", ".."):
        return True
    return _has_drive(text)


def _has_drive(text: str) -> bool:
    """Return whether a text begins with a drive of Windows, such as `C:` or `C:\\x`."""
    return text[1:2] == ":" and text[0].isascii() and text[0].isalpha() and text[2:3] in ("", "\\", "/")


def _parse_url(text: str) -> Remote:
    rest = text[len(_SCHEME) :]
    host, slash, key = rest.partition("/")
    alias, at, bucket = host.rpartition("@")
    if at and not alias:
        raise UsageProblem(f"{text}: there is no alias in front of @")
    return _place(alias or None, bucket + slash + key, text)


def _place(alias: str | None, rest: str, text: str) -> Remote:
    bucket, slash, key = rest.partition("/")
    if not bucket and slash and key:
        raise UsageProblem(f"{text}: the bucket is empty", "is a variable not set?")
    if not bucket and slash and text.startswith(_SCHEME):
        raise UsageProblem(f"{text}: the bucket is empty", "is a variable not set?")
    return Remote(alias, bucket, key)


def _check_ambiguity(alias: str, text: str, exists: Callable[[str], bool]) -> None:
    if exists(alias):
        rest = text[len(alias) + 1 :]
        raise UsageProblem(
            f"{text}: {alias} is an alias and also exists here", f"write s3://{alias}@{rest} or ./{text}"
        )


def check_nonempty_bucket(remote: Remote) -> Remote:
    """Return an address that has a bucket.

    Raises:
        UsageProblem: It has none.
    """
    if not remote.bucket:
        raise UsageProblem(f"{remote}: the bucket is empty", "write s3://BUCKET/KEY, or ALIAS/BUCKET/KEY")
    return remote


def base_name(address: Remote | Local, windows: bool = os.name == "nt") -> str:
    """Return the last segment of a key or path, which is the name of what goes into another place.

    Args:
        address: The address.
        windows: Whether a backslash in any path separates segments. In one from a drive or a server it always does.
    """
    if isinstance(address, Remote):
        return address.key.rstrip("/").rpartition("/")[2]
    if windows or _has_drive(address.path) or address.path.startswith("\\\\"):
        import ntpath

        return ntpath.basename(address.path)
    return address.path.rpartition("/")[2]


def folder(prefix: str) -> str:
    """Return a prefix with a slash at its end, unless it is empty."""
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
