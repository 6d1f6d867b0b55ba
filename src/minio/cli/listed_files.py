"""`mio cp --files-from`: names that another program has written.

Names are below the source, and end with NUL; with a newline, if there is no NUL. JSON lines are objects with `source`
and `target`, addresses both.

The laws:

* Everything is read and checked before the first file is copied. What is wrong is named with its number.
* Each target is written once.
* The transfers are plans of the library, one for each pair of sides.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import single, transfers
from .addresses import Local, Remote, folder
from .context import Context
from .errors import UsageProblem
from .transfers import Place, Sides

if TYPE_CHECKING:
    from minio.directories import Action

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """A source and its target, and the sides of the plan to which they belong."""

    source: Place
    target: Place
    sides: Sides


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Copy what the file names."""
    _check_flags(arguments)
    groups: dict[tuple[Place, Place], list[Pair]] = {}
    for pair in _checked(context, arguments):
        groups.setdefault((pair.sides.source, pair.sides.target), []).append(pair)
    for pairs in groups.values():
        transfers.headers(context, pairs[0].sides)  # refuses them before anything is copied
    for pairs in groups.values():
        _transfer(context, pairs[0].sides, pairs)
    transfers.sum_up(context, "copied")
    return 0


def records(file: str) -> list[bytes]:
    """Return what a file, or `-`, holds: parts that end with NUL, or lines if there is no NUL."""
    if file == "-":
        data = sys.stdin.buffer.read()
    else:
        with open(file, "rb") as opened:
            data = opened.read()
    return data.split(b"\0" if b"\0" in data else b"\n")


def _check_flags(given: argparse.Namespace) -> None:
    flags = {
        "-r": given.recursive,
        "--version-id": given.version_id,
        "--checkpoint": given.checkpoint,
        "--include and --exclude": given.filters,
    }
    for name, value in flags.items():
        if value:
            raise UsageProblem(f"--files-from names each file: {name} cannot be given with it")


def _checked(context: Context, given: argparse.Namespace) -> list[Pair]:
    """Return the sources and targets, all of them checked."""
    found = records(given.files_from)
    is_json = found[0].startswith(b"{")
    places = () if is_json else _places(context, given)
    if is_json and given.target is not None:
        raise UsageProblem(f"the lines name sources and targets, and {given.target} is one more", "leave it out")
    pairs: dict[str, Pair] = {}
    for number, record in enumerate(found, 1):
        if not record.strip():
            continue
        try:
            pair = _of_name(context, os.fsdecode(record), *places) if places else _of_json(context, record)
            if pairs.setdefault(str(pair.target), pair) is not pair:
                raise UsageProblem(f"{pairs[str(pair.target)].source} and {pair.source} both go to {pair.target}")
        except UsageProblem as error:
            context.place = None
            raise UsageProblem(f"--files-from: {'line' if is_json else 'name'} {number}: {error}", error.hint) from None
    return list(pairs.values())


def _places(context: Context, given: argparse.Namespace) -> tuple[Place, Place]:
    """Return the places below which the names are."""
    if given.target is None or len(given.sources) != 1:
        raise UsageProblem("names need a source and a target", "mio cp --files-from FILE SOURCE TARGET")
    texts = given.sources[0], given.target
    source, target = (transfers.place(context, text) for text in texts)
    transfers.check_one_remote(context, source, target, texts)
    return source, target


def _of_name(context: Context, text: str, source: Place, target: Place) -> Pair:
    """Return the pair of a name. It never leads out of a directory."""
    name = _below(context, text, source)
    sides = Sides(_root(source), _root(target))
    return Pair(_joined(sides.source, name), _joined(sides.target, name), sides)


def _below(context: Context, text: str, source: Place) -> str:
    """Return a name relative to the source: other programs write `./name`, and `mio find` addresses."""
    if isinstance(source, Local):
        return text.removeprefix("./")
    if not text.startswith("s3://"):
        return text
    found, root = context.address(text), folder(source.key)
    if not isinstance(found, Remote) or found.at("") != source.at("") or not found.key.startswith(root):
        raise UsageProblem(f"{text} is not below {source}")
    return found.key[len(root) :]


def _root(place: Place) -> Place:
    return place.at(folder(place.key)) if isinstance(place, Remote) else place


def _joined(root: Place, name: str) -> Place:
    from minio._transfers import file_name

    if isinstance(root, Remote):
        if not name:
            raise UsageProblem("the name is empty")
        return root.at(root.key + name)
    try:
        return Local(os.path.join(root.path, file_name(name)))
    except ValueError as error:
        raise UsageProblem(f"{name!r}: {error}") from error


def _of_json(context: Context, line: bytes) -> Pair:
    try:
        record = json.loads(line)
        texts = record["source"], record["target"]
    except (ValueError, KeyError, TypeError):
        raise UsageProblem(f"{line[:_SHOWN]!r} is not an object with source and target") from None
    if not all(isinstance(text, str) for text in texts):
        raise UsageProblem("source and target must be texts")
    source, target = (transfers.place(context, text) for text in texts)
    transfers.check_one_remote(context, source, target, texts)
    if isinstance(source, Remote) and source.is_into:
        raise UsageProblem(f"{source} is not one object")
    target = single.target_of(source, target, False)
    if single.is_same(context, source, target):
        raise UsageProblem(f"{source} and {target} are the same object")
    above = Local(os.path.dirname(target.path)) if isinstance(target, Local) else target.at("")
    return Pair(source, target, Sides(Local("") if isinstance(source, Local) else source.at(""), above))


def _transfer(context: Context, sides: Sides, pairs: list[Pair]) -> None:
    actions = _actions(context, sides, pairs)
    plan = transfers.listed(context, sides, actions)
    if context.arguments.dry_run:
        transfers.show(context, sides, plan)
    else:
        transfers.carry_out(context, sides, plan)


def _actions(context: Context, sides: Sides, pairs: list[Pair]) -> Iterator[Action]:
    """Return what is to be done, and report what cannot be done."""
    from minio.directories import Action

    from .selecting import has_time

    given, output = context.arguments, context.output
    existing = _existing(context, sides, pairs) if given.no_clobber else ()
    for pair, size, modified, etag in _found(context, sides, pairs):
        reason = "it exists" if pair.target in existing else "" if has_time(modified, given) else "its age"
        if reason:
            output.item(sides.direction, "skipped", pair.source, pair.target, reason=reason)
            continue
        replaces = None if given.no_clobber else ""
        source, target = _path(pair.source), _path(pair.target)
        name = pair.target.key if isinstance(pair.target, Remote) else os.path.basename(target)
        yield Action(sides.direction, name, source, target, size, "", etag, modified / 1e9, replaces)  # type: ignore[arg-type]


def _found(context: Context, sides: Sides, pairs: list[Pair]) -> Iterator[tuple[Pair, int, int, str | None]]:
    """Return the pairs whose source exists, with its size, its time in nanoseconds and its ETag."""
    from minio._core.transfer.directory.ages import to_nanoseconds
    from minio.error import NoSuchBucket, TransportError

    if isinstance(sides.source, Local):
        yield from _found_files(context, sides, pairs)
        return
    of_key: dict[str, list[Pair]] = {}
    for pair in pairs:
        of_key.setdefault(_path(pair.source), []).append(pair)
    client = transfers.clients(context, sides)[0]
    assert client is not None
    for outcome in client.stat_objects(sides.source.bucket, list(of_key), jobs=context.arguments.jobs):
        if isinstance(outcome.error, TransportError | NoSuchBucket):
            raise outcome.error
        for pair in of_key[outcome.source or ""]:
            if outcome.error is not None:
                context.output.fail(outcome.error, sides.direction, pair.source, pair.target)
            else:
                moment = outcome.value.last_modified
                yield pair, outcome.size or 0, 0 if moment is None else to_nanoseconds(moment), outcome.etag


def _found_files(context: Context, sides: Sides, pairs: list[Pair]) -> Iterator[tuple[Pair, int, int, None]]:
    from stat import S_ISREG

    for pair in pairs:
        try:
            state = os.stat(_path(pair.source))
        except OSError as error:
            context.output.fail(error.strerror or str(error), sides.direction, pair.source, pair.target)
            continue
        if S_ISREG(state.st_mode):
            yield pair, state.st_size, state.st_mtime_ns, None
        else:
            context.output.fail("it is not a regular file", sides.direction, pair.source, pair.target)


def _existing(context: Context, sides: Sides, pairs: Iterable[Pair]) -> set[Place]:
    """Return the targets that exist."""
    from minio.error import NoSuchKey

    if isinstance(sides.target, Local):
        return {pair.target for pair in pairs if os.path.lexists(_path(pair.target))}
    client = transfers.clients(context, sides)[1]
    assert client is not None
    found: set[Place] = set()
    keys = [_path(pair.target) for pair in pairs]
    for outcome in client.stat_objects(sides.target.bucket, keys, jobs=context.arguments.jobs):
        if outcome.error is None:
            found.add(sides.target.at(outcome.source or ""))
        elif not isinstance(outcome.error, NoSuchKey):
            raise outcome.error
    return found


def _path(place: Place) -> str:
    """Return the key of a place, or its absolute path."""
    return place.key if isinstance(place, Remote) else os.path.abspath(place.path)
