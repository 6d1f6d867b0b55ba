"""The flags that several commands share, each in one place. Names of other programs are accepted as well.

`add_common` is for all commands; a command adds the other groups that it understands.
"""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable
from typing import Any

from . import formats
from .errors import UsageProblem

VALUE_FLAGS = frozenset({"--color", "--endpoint-url", "--profile", "--region", "--ca-bundle", "--retries", "--timeout"})
"""The common flags that take a value, so that they can be in front of the command."""


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the flags of output and connection."""
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="one JSON object a line, the last one a summary")
    _add(
        group, "-q", "--quiet", also=("--only-show-errors",), action="store_true", help="only errors on standard error"
    )
    group.add_argument("-v", "--verbose", action="count", default=0, help="a line for each item")
    _add(group, "-y", "--yes", also=("--assume-yes",), action="store_true", help="do not ask")
    group.add_argument(
        "--color", metavar="WHEN", choices=["auto", "always", "never"], default="auto", help="auto, always or never"
    )
    _hidden(group, "--no-color", dest="color", action="store_const", const="never")
    group.add_argument("--debug", action="store_true", help="show requests, without secrets, and tracebacks")
    group = parser.add_argument_group("connection")
    _add(group, "--endpoint-url", also=("--endpoint",), metavar="URL", help="the server of s3://")
    group.add_argument("--profile", metavar="NAME", help="a profile of the AWS configuration")
    group.add_argument("--region", metavar="NAME", help="the region of the buckets")
    _add(group, "--no-sign-request", also=("--anonymous",), action="store_true", help="send no keys")
    _add(group, "--no-verify-ssl", also=("--insecure",), action="store_true", help="do not check certificates")
    group.add_argument("--ca-bundle", metavar="FILE", help="certificates of authorities to trust")
    _add(
        group,
        "--retries",
        also=("--retry-count",),
        metavar="N",
        type=whole,
        help="tries after the first one (default: 4)",
    )
    group.add_argument("--timeout", metavar="TIME", type=time_limit, help="without progress (default: 60s)")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add the flags that select names."""
    group = parser.add_argument_group("selection (the last pattern that matches decides)")
    options: dict[str, Any] = {"action": _Filter, "dest": "filters", "default": []}
    group.add_argument("--exclude", metavar="P", help="leave these names alone", **options)
    group.add_argument("--include", metavar="P", help="only these names, or these again", **options)
    group.add_argument("--exclude-from", metavar="FILE", help="patterns to exclude, as in a .gitignore", **options)


class _Filter(argparse.Action):
    """Collects patterns in the order of their flags, as patterns to exclude: `!` in front of one includes."""

    def __call__(
        self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        found = list(getattr(namespace, self.dest))
        if option_string == "--exclude-from":
            found += _lines(values)
        elif option_string == "--include":
            found.append(values[1:] if values.startswith("!") else f"!{values}")
        else:
            found.append(f"\\{values}" if values.startswith("#") else values)
        setattr(namespace, self.dest, found)


def _lines(file: str) -> list[str]:
    from pathlib import Path

    try:
        return Path(file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"--exclude-from: {file} cannot be read: {getattr(error, 'strerror', 'no text')}") from error


def add_ages(parser: argparse.ArgumentParser) -> None:
    """Add the flags that select by age."""
    group = parser.add_argument_group("age")
    group.add_argument("--older-than", metavar="AGE", type=age, help="only what is older: 7d, 3h, 2024-05-01")
    group.add_argument("--newer-than", metavar="AGE", type=age, help="only what is newer")


def add_recursive(parser: argparse.ArgumentParser, help: str = "with everything below") -> None:
    """Add -r."""
    _add(parser, "-r", "--recursive", also=("-R",), action="store_true", help=help)


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    """Add --dry-run."""
    _add(parser, "--dry-run", also=("--dryrun", "--fake"), action="store_true", help="only show what would be done")


def add_raw(parser: argparse.ArgumentParser) -> None:
    """Add --raw."""
    parser.add_argument("--raw", action="store_true", help="take *, ? and [ in keys as they are")


def add_versions(parser: argparse.ArgumentParser, one: bool = True, all: bool = True) -> None:
    """Add the flags of versions."""
    if one:
        _add(parser, "--version-id", also=("--vid",), metavar="ID", help="this version of the object")
    if all:
        _add(parser, "--all-versions", also=("--versions",), action="store_true", help="all versions, not the newest")


def add_null(parser: argparse.ArgumentParser) -> None:
    """Add -0."""
    parser.add_argument("-0", "--null", action="store_true", help="only names, raw, each followed by NUL")


def add_transfer(parser: argparse.ArgumentParser) -> None:
    """Add the flags of transfers: what is at the target, how fast, how many."""
    group = parser.add_argument_group("transfer")
    _add(
        group,
        "-n",
        "--no-clobber",
        also=("--no-overwrite", "--ignore-existing"),
        action="store_true",
        help="leave what exists alone",
    )
    _add(
        group,
        "-j",
        "--jobs",
        also=("--numworkers", "--max-workers"),
        metavar="N",
        type=positive,
        help="items at a time",
    )
    group.add_argument(
        "-c", "--concurrency", metavar="N", type=positive, help="parts of an upload or download at a time (4)"
    )
    group.add_argument(
        "--part-size", metavar="SIZE", type=size, default=0, help="of a large upload or copy (default: by its size)"
    )
    _add(group, "--limit-upload", also=("--bwlimit",), metavar="RATE", type=rate, help="bytes a second, like 5MiB")
    group.add_argument("--limit-download", metavar="RATE", type=rate, help="bytes a second")
    _add(group, "--preserve", also=("-a",), action="store_true", help="keep times and modes of files")
    group.add_argument(
        "--follow-symlinks", action=argparse.BooleanOptionalAction, default=True, help="follow links (default: yes)"
    )
    group.add_argument("--empty-dirs", action="store_true", help="keep empty directories")
    group.add_argument(
        "--bad-names",
        choices=["error", "skip", "escape"],
        default="error",
        help="names a side cannot have; escape: keys as %%XX",
    )
    group.add_argument(
        "--case-conflict", choices=["error", "skip", "rename"], default="error", help="a and A on one disk"
    )
    group.add_argument("--strict", action="store_true", help="warnings fail: exit status 1")
    group.add_argument("--progress", action=argparse.BooleanOptionalAction, default=None, help="show progress")


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say how names on both sides are compared."""
    group = parser.add_argument_group("comparison")
    group.add_argument("--size-only", action="store_true", help="only sizes")
    group.add_argument("--checksum", action="store_true", help="contents, always")
    group.add_argument("--exact-timestamps", action="store_true", help="sizes and times")


def compare_of(arguments: argparse.Namespace) -> str:
    """Return what the flags of `add_compare` say, as `compare` of the library.

    Raises:
        UsageProblem: They exclude each other.
    """
    given = {"size": arguments.size_only, "checksum": arguments.checksum, "mtime": arguments.exact_timestamps}
    given["exists"] = getattr(arguments, "no_clobber", False)
    chosen = [name for name, is_set in given.items() if is_set]
    if len(chosen) > 1:
        raise UsageProblem("--size-only, --checksum, --exact-timestamps and --no-clobber exclude each other")
    return chosen[0] if chosen else "auto"


def add_delete(parser: argparse.ArgumentParser) -> None:
    """Add the flags about removing what only the target has."""
    group = parser.add_argument_group("removal")
    _add(group, "--delete", also=("--remove",), action="store_true", help="remove what the source does not have")
    group.add_argument(
        "--max-delete", metavar="N", type=number_or_part, help="no more than N, or N%% of the target (50%%)"
    )
    group.add_argument("--allow-empty-source", action="store_true", help="remove all if the source is empty")
    group.add_argument("--delete-excluded", action="store_true", help="also names that are excluded")


def add_attributes(parser: argparse.ArgumentParser) -> None:
    """Add the flags that describe the objects that are written."""
    group = parser.add_argument_group("attributes of the objects")
    group.add_argument("--metadata", metavar="K=V", type=metadata, action="append", default=[], help="user metadata")
    group.add_argument("--attr", action=_Attributes, help=argparse.SUPPRESS)
    group.add_argument("--tags", metavar="K=V", action=_Tags, default=[], help="tags")
    group.add_argument("--content-type", metavar="TYPE", help="default: by the ending of the name")
    group.add_argument("--cache-control", metavar="TEXT", help="such as max-age=3600")
    group.add_argument("--content-disposition", metavar="TEXT", help=argparse.SUPPRESS)
    group.add_argument("--content-encoding", metavar="TEXT", help=argparse.SUPPRESS)
    group.add_argument("--content-language", metavar="TEXT", help=argparse.SUPPRESS)
    group.add_argument("--storage-class", metavar="NAME", help="such as STANDARD_IA")
    group.add_argument("--sse", metavar="KIND", help="AES256, or aws:kms:KEY-ID")


class _Attributes(argparse.Action):
    """Takes what `mc` has as one argument: `Cache-Control=max-age=60;owner=me`, headers and user metadata."""

    _FLAGS = ("cache_control", "content_disposition", "content_encoding", "content_language", "content_type")

    def __call__(
        self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        for text in filter(None, values.split(";")):
            name, value = _read_pair(self, text)
            flag = name.strip().lower().replace("-", "_")
            if flag in self._FLAGS:
                setattr(namespace, flag, value)
            else:
                namespace.metadata = [*namespace.metadata, (name, value)]


class _Tags(argparse.Action):
    """Collects tags. `&` separates several, as in the header of S3: no tag contains it."""

    def __call__(
        self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        found = [_read_pair(self, text) for text in values.split("&") if text]
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), *found])


def _read_pair(action: argparse.Action, text: str) -> tuple[str, str]:
    try:
        return _pair(text)
    except UsageProblem as error:
        raise argparse.ArgumentError(action, str(error)) from error


def add_expire(parser: argparse.ArgumentParser) -> None:
    """Add --expire."""
    _add(
        parser,
        "--expire",
        also=("--expires-in", "--expires"),
        metavar="TIME",
        type=duration,
        default="7d",
        help="how long it works (7d)",
    )


def _add(parser: Any, *names: str, also: tuple[str, ...] = (), **options: Any) -> None:
    """Add a flag, and its other names without a line in the help."""
    action = parser.add_argument(*names, **options)
    same = {name: value for name, value in options.items() if name not in ("help", "default")}
    _hidden(parser, *also, dest=action.dest, **same)


def _hidden(parser: Any, *names: str, **options: Any) -> None:
    if names:
        parser.add_argument(*names, help=argparse.SUPPRESS, default=argparse.SUPPRESS, **options)


def _type(name: str, read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a `type=` of argparse, whose errors keep their words."""

    def convert(text: str) -> Any:
        try:
            return read(text)
        except UsageProblem as error:
            hint = f"; {error.hint}" if error.hint else ""
            raise argparse.ArgumentTypeError(f"{error}{hint}") from error

    convert.__name__ = name
    return convert


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name:
        raise UsageProblem(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def _metadata(text: str) -> tuple[str, str]:
    """Return one name and value. What the AWS tools read as several is refused, for one value would be wrong."""
    first, *more = re.split(r",(?=[A-Za-z][\w-]*=)", text)
    if more:
        several = " ".join(f"--metadata {shlex.quote(each)}" for each in (first, *more))
        raise UsageProblem(f"{text!r} may be several", f"write {several}, or --attr {shlex.quote(text)} if it is one")
    return _pair(text)


def _positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise UsageProblem(f"{text!r} is not a number above 0")
    return int(text)


def _whole(text: str) -> int:
    if not text.isdigit():
        raise UsageProblem(f"{text!r} is not a number from 0 on")
    return int(text)


def _rate(text: str) -> int:
    if not (found := formats.parse_size(text)):
        raise UsageProblem(
            f"with {text!r} nothing would be transferred", "write it like 5MiB, or leave it out for no limit"
        )
    return found


def _time_limit(text: str) -> float:
    if not (found := formats.parse_duration(text)):
        raise UsageProblem(f"{text!r} is not longer than nothing", "write it like 30s")
    return found


def _number_or_part(text: str) -> int | str:
    if text.endswith("%"):
        return text
    if not text.isdigit():
        raise UsageProblem(f"{text!r} is neither a number of at least 0 nor a percentage", "write it like 100 or 20%")
    return int(text)


positive = _type("positive", _positive)
whole = _type("whole", _whole)
number_or_part = _type("number", _number_or_part)
size = _type("size", formats.parse_size)
rate = _type("rate", _rate)
duration = _type("duration", formats.parse_duration)
time_limit = _type("time", _time_limit)
age = _type("age", formats.parse_age)
metadata = _type("metadata", _metadata)
