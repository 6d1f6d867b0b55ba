"""`mio cp --files-from`: names that another program has written.

Names end with NUL and are below the source. JSON lines are objects with `source` and `target`, addresses both.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from . import single, transfers
from .addresses import Local
from .context import Context
from .errors import UsageProblem
from .transfers import Place, Sides

if TYPE_CHECKING:
    from typing import BinaryIO

    from minio._transfers import Stored

_JOBS = 16
_CHUNK = 1 << 16


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Copy what the file names."""
    if arguments.files_from == "-":
        _copy_all(context, arguments, sys.stdin.buffer)
    else:
        with open(arguments.files_from, "rb") as file:
            _copy_all(context, arguments, file)
    transfers.sum_up(context, "copied")
    return 0


def _copy_all(context: Context, arguments: argparse.Namespace, file: BinaryIO) -> None:
    places = _pairs(context, arguments, file)
    jobs = arguments.jobs or _JOBS
    under_way: dict[Future[Stored | None], tuple[Place, Place]] = {}
    with ThreadPoolExecutor(jobs) as workers:
        try:
            for source, target in places:
                if len(under_way) >= 2 * jobs:
                    _report(context, under_way, next(iter(under_way)))
                if arguments.dry_run:
                    context.output.item(Sides(source, target).direction, "would", source, target)
                    continue
                under_way[workers.submit(single.copy, context, source, target)] = source, target
            for future in list(under_way):
                _report(context, under_way, future)
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise


def _report(
    context: Context,
    under_way: dict[Future[Stored | None], tuple[Place, Place]],
    future: Future[Stored | None],
) -> None:
    from minio.error import MinioException

    source, target = under_way.pop(future)
    kind = Sides(source, target).direction
    try:
        stored = future.result()
    except (MinioException, OSError) as error:
        context.output.fail(error, kind, source, target)
        return
    if stored is None:
        context.output.item(kind, "skipped", source, target, reason="it exists")
    else:
        context.output.item(kind, "done", source, target, size=stored.size, etag=stored.etag)


def _pairs(context: Context, arguments: argparse.Namespace, file: BinaryIO) -> Iterator[tuple[Place, Place]]:
    """Return the sources and targets. The first byte says which form the file has."""
    first = file.read(1)
    if first == b"{":
        for line in _records(first, file, b"\n"):
            try:
                yield _of_json(context, line)
            except UsageProblem as error:
                context.output.fail(error)
        return
    if len(arguments.sources) != 1:
        raise UsageProblem("names need a source that they are below", "mio cp --files-from FILE SOURCE TARGET")
    source = transfers.place(context, arguments.sources[0])
    target = transfers.place(context, arguments.target)
    transfers.check_one_remote(context, source, target, (arguments.sources[0], arguments.target))
    for record in _records(first, file, b"\0"):
        name = os.fsdecode(record)
        try:
            yield _joined(source, name), _joined(target, name)
        except UsageProblem as error:
            context.output.fail(error)


def _records(first: bytes, file: BinaryIO, end: bytes) -> Iterator[bytes]:
    rest = first
    while chunk := file.read(_CHUNK):
        *whole, rest = (rest + chunk).split(end)
        yield from filter(None, whole)
    if rest.strip():
        yield rest


def _of_json(context: Context, line: bytes) -> tuple[Place, Place]:
    try:
        record = json.loads(line)
        texts = record["source"], record["target"]
    except (ValueError, KeyError, TypeError):
        raise UsageProblem(f"--files-from: {line[:60]!r} is no object with source and target") from None
    source, target = (transfers.place(context, text) for text in texts)
    transfers.check_one_remote(context, source, target, texts)
    return source, target


def _joined(place: Place, name: str) -> Place:
    """Return a name below a place. A name never leads out of a directory."""
    if not isinstance(place, Local):
        key = place.key if not place.key or place.key.endswith("/") else f"{place.key}/"
        return place.at(key + name)
    from minio._transfers import file_name

    try:
        return Local(os.path.join(place.path, file_name(name)))
    except ValueError as error:
        raise UsageProblem(f"{name!r}: {error}") from error
