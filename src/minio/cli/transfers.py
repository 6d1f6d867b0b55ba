"""What `cp`, `mv`, `sync` and `diff` have in common: sides, plans, and outcomes that become output.

All transfers themselves are calls of the library: `plan_sync` and `transfer` for several names, and for one object
those of `single`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from . import attributes, formats, wildcards
from .addresses import Address, Local, Remote, folder
from .context import Context
from .errors import NotFound, UsageProblem
from .selecting import is_literal

if TYPE_CHECKING:
    from minio.directories import Action, Outcome
    from minio.sync import Minio
    from minio.sync._loops import Stream
    from minio.sync._planning import Plan

_LOST = 50
"""The number of items in a row that cannot reach a server, after which a transfer ends."""

Place: TypeAlias = Local | Remote

_TYPES = {
    "upload": "upload",
    "download": "download",
    "copy": "copy",
    "delete": "remove",
    "make_directory": "directory",
}


@dataclass(frozen=True, slots=True)
class Sides:
    """A source and a target of a transfer of several names.

    Args:
        source: The source; its key ends with a slash or is empty.
        target: The target, in the same form.
        include: Patterns of the names that the source's wildcards select.
        shallow: Whether they select only names directly below the source.
    """

    source: Place
    target: Place
    include: list[str] = field(default_factory=list)
    shallow: bool = False

    @property
    def direction(self) -> str:
        """ "upload", "download" or "copy"."""
        if isinstance(self.source, Local):
            return "upload"
        return "download" if isinstance(self.target, Local) else "copy"


def place(context: Context, text: str) -> Place:
    """Return the address of an argument, which must not be a stream.

    Raises:
        UsageProblem: It is one.
    """
    found: Address = context.address(text)
    if isinstance(found, (Local, Remote)):
        if isinstance(found, Remote) and not found.bucket:
            raise UsageProblem(f"{found}: the bucket is empty", "write s3://BUCKET/KEY, or ALIAS/BUCKET/KEY")
        return found
    raise UsageProblem("standard input and output are for one object only", "use `mio pipe` or `mio cat`")


def check_one_remote(context: Context, source: Address, target: Address, texts: tuple[str, str]) -> None:
    """Refuse two local sides: a mistyped alias must not become a directory.

    Raises:
        UsageProblem: Both are local.
    """
    if isinstance(source, Local) and isinstance(target, Local):
        context.place = None
        meant = dict.fromkeys(context.meant(text) for text in reversed(texts) if not os.path.lexists(text))
        places = " or ".join(filter(None, meant)) or "s3://BUCKET/KEY, or ALIAS/BUCKET/KEY"
        raise UsageProblem(f"{source} and {target} are both local", f"did you mean {places}?")


def clients(context: Context, sides: Sides) -> tuple[Minio | None, Minio | None]:
    """Return the clients of the source and of the target, with the limits of the flags; None for a local side."""
    given = context.arguments
    source = target = None
    if isinstance(sides.source, Remote):
        source = context.client(sides.source, **limit(given.limit_download))
    if isinstance(sides.target, Remote):
        target = context.client(sides.target, **limit(given.limit_upload))
    return source, target


def limit(rate: int | None) -> dict[str, Any]:
    """Return the option of a client for a limit of the flags."""
    return {} if rate is None else {"bandwidth_limit": rate}


def whole(context: Context, source: Place, target: Place) -> Sides:
    """Return the sides of a transfer with everything below the source.

    Raises:
        NotFound: A local source does not exist.
        UsageProblem: A local target is a file.
    """
    if isinstance(target, Local) and os.path.lexists(target.path) and not os.path.isdir(target.path):
        raise UsageProblem(f"the target {target} is not a directory")
    if isinstance(source, Local):
        check_exists(context, source)
        return Sides(source, _below(target))
    key = source.key
    if is_literal(context.client(source), source, getattr(context.arguments, "raw", False)):
        return Sides(source.at(folder(key)), _below(target))
    return Sides(source.at(wildcards.root(key)), _below(target), wildcards.rules(key, below=True))


def check_exists(context: Context, side: Place) -> None:
    """Refuse a side that does not exist: a directory, or a prefix without a slash at its end that has no objects.

    Raises:
        NotFound: There is nothing.
        UsageProblem: It is one object.
    """
    if isinstance(side, Local):
        if not os.path.isdir(side.path):
            context.place = side
            raise NotFound(f"the directory {side} does not exist")
        return
    client = context.client(side)
    if side.is_into or next(iter(client.list_objects(side.bucket, folder(side.key), max_keys=1)), None):
        return
    context.place = side
    if client.object_exists(side.bucket, side.key):
        raise UsageProblem(f"{side} is one object, not a prefix", "mio cp")
    raise NotFound(f"{side}: nothing is below this prefix")


def matching(source: Remote, target: Place) -> Sides:
    """Return the sides of a transfer of the objects that match the wildcards of the source."""
    include, shallow = wildcards.rules(source.key), wildcards.is_shallow(source.key)
    return Sides(source.at(wildcards.root(source.key)), _below(target), include, shallow)


def nonempty(context: Context, sides: Sides, source: Remote, below: bool = False) -> Sides:
    """Return the sides, unless the source is a pattern that matches nothing.

    Args:
        context: The context.
        sides: The sides.
        source: The source as it was written.
        below: Whether what is below a directory that matches matches, too.

    Raises:
        NotFound: It does.
    """
    from . import selecting

    found = selecting.listed(context.reader(source), source, recursive=True, below=below)
    next(selecting.existing(found, source))
    return sides


def _below(target: Place) -> Place:
    return target.at(folder(target.key)) if isinstance(target, Remote) else target


def plan(context: Context, sides: Sides, compare: str | None, **options: Any) -> Plan:
    """Return the plan of a transfer. Nothing is read until it is iterated.

    Args:
        context: The context.
        sides: The source and the target.
        compare: As in `plan_sync`.
        options: Further options of `plan_sync`.
    """
    given = context.arguments
    source, target = clients(context, sides)
    client = target or source
    assert client is not None
    return client.plan_sync(
        _side(sides.source, None if source is client else source),
        _side(sides.target, None if target is client else target),
        include=_include(given, sides),
        exclude=given.filters,
        older_than=getattr(given, "older_than", None),
        newer_than=getattr(given, "newer_than", None),
        compare=compare,  # type: ignore[arg-type]
        bad_names=given.bad_names,
        case_conflict=given.case_conflict,
        empty_dirs=given.empty_dirs,
        preserve=given.preserve,
        follow_symlinks=given.follow_symlinks,
        **_parts(given),
        **options,
    )


def listed(context: Context, sides: Sides, actions: Iterable[Action]) -> Plan:
    """Return a plan of actions that are known, instead of those that make the sides equal."""
    from minio._transfers import planned

    given = context.arguments
    source, target = clients(context, sides)
    client = target or source
    assert client is not None
    ends = (
        _side(sides.source, None if source is client else source),
        _side(sides.target, None if target is client else target),
    )
    path = os.path.join(context.folder(), "plan")
    options = {"preserve": given.preserve, "case_conflict": given.case_conflict, **_parts(given)}
    return planned(client, *ends, actions, path, **options)


def _parts(given: argparse.Namespace) -> dict[str, Any]:
    """Return what the flags say about the parts of large files; nothing for a command that transfers nothing."""
    return {name: getattr(given, name) for name in ("part_size", "concurrency") if hasattr(given, name)}


def _side(found: Place, client: Minio | None) -> Any:
    """Return a side of a plan. The client whose call it is is left out: options of the call apply to it alone."""
    from minio.directories import Prefix

    return Path(found.path) if isinstance(found, Local) else Prefix(found.bucket, found.key, client)


def _include(given: argparse.Namespace, sides: Sides) -> list[str]:
    if sides.include and any(pattern.startswith("!") for pattern in given.filters):
        raise UsageProblem("--include and a pattern in the address exclude each other", "use -r with --include")
    return sides.include


def show(context: Context, sides: Sides, actions: Plan) -> int:
    """Show what a plan would do, and return how many objects and files it would change."""
    changes = 0
    for action in actions:
        changes += _would(context, sides, action)
    return changes


def _would(context: Context, sides: Sides, action: Action) -> int:
    output = context.output
    source, target = _address(sides.source, action.source), _address(sides.target, action.target)
    match action.kind:
        case "skip":
            output.item(sides.direction, "skipped", source, target, reason=action.reason, size=action.size)
        case "warn":
            output.warn(action.reason, source)
        case "fail":
            output.fail(action.reason, _type_of(sides, action.kind, source), source, target)
        case "delete":
            output.item("remove", "would", target, reason=action.reason, size=action.size)
            return 1
        case kind:
            output.item(_TYPES[kind], "would", source, target, reason=action.reason, size=action.size, etag=action.etag)
            return 1
    return 0


def carry_out(
    context: Context, sides: Sides, actions: Plan, done: Callable[[Outcome, object], None] | None = None
) -> None:
    """Carry out a plan, and report its outcomes.

    Args:
        context: The context.
        sides: The source and the target.
        actions: The plan.
        done: What is called with each outcome that is done, and with the address of its source.
    """
    from minio.error import TransportError

    given = context.arguments
    extra = headers(context, sides)
    client = next(each for each in clients(context, sides)[::-1] if each is not None)
    goes_on = actions.options.compare is not None or getattr(given, "checkpoint", None)
    again = "the same command goes on from here"
    partly = "large files go on from their parts, and `mio sync` skips what is done"
    context.output.resume = again if goes_on else partly
    with context.progress() as progress:
        shown = progress if progress.shows else None
        outcomes = _outcomes(context, client, actions, extra, shown)
        lost = 0
        with closing(outcomes):
            for outcome in outcomes:
                _report(context, sides, outcome, done)
                lost = lost + 1 if isinstance(outcome.error, TransportError) else 0
                if lost >= _LOST and outcome.error is not None:
                    raise outcome.error  # the server is gone: what is left would only take longer


def _outcomes(
    context: Context, client: Minio, actions: Plan, headers: dict[str, str], progress: Any
) -> Stream[Outcome]:
    given = context.arguments
    jobs, checkpoint = given.jobs, getattr(given, "checkpoint", None)
    if headers or context.output.json or given.verbose:
        return client.transfer(
            actions, jobs=jobs, checkpoint=checkpoint, progress=progress, extra_headers=headers or None
        )
    from minio._transfers import changes

    return changes(client, actions, jobs, checkpoint, progress)


def headers(context: Context, sides: Sides) -> dict[str, str]:
    """Return the headers that describe the objects.

    Raises:
        UsageProblem: The objects of a plan in this direction keep what describes their sources.
    """
    given = context.arguments
    if not hasattr(given, "metadata"):
        return {}
    headers = attributes.as_headers(given)
    if headers and sides.direction != "upload":
        raise UsageProblem(
            "attributes of objects can be given for uploads, and for copies of one object", "copy them one by one"
        )
    return headers


def _report(context: Context, sides: Sides, outcome: Outcome, done: Callable[[Outcome, object], None] | None) -> None:
    source, target = _address(sides.source, outcome.source), _address(sides.target, outcome.target)
    kind = _type_of(sides, outcome.action, source)
    if outcome.action == "skip" and outcome.value:
        context.output.counts.skipped += outcome.value
        return
    if outcome.action == "delete":
        context.output.outcome(outcome, kind, target, None)
        return
    from minio._core.transfer.directory.compare import ALL

    shown = replace(outcome, reason="") if outcome.reason == ALL.reason else outcome
    context.output.outcome(shown, kind, source, target)
    if done is not None and outcome.status == "done":
        done(outcome, source)


def _type_of(sides: Sides, kind: str, source: Place | None) -> str:
    """Return the type of the record of an action. What fails and has no source is the refusal to remove names."""
    if kind == "fail" and source is None:
        return "remove"
    return _TYPES.get(kind, sides.direction)


def _address(side: Place, name: str | None) -> Place | None:
    if name is None:
        return None
    if isinstance(side, Remote):
        return side.at(name)
    root = os.path.abspath(side.path)
    below = name.startswith(os.path.join(root, ""))
    return Local(os.path.join(side.path, os.path.relpath(name, root)) if below else name)


def sum_up(context: Context, verb: str) -> None:
    """Write the one line that ends a transfer, for people.

    Args:
        context: The context.
        verb: What was done, in the past: "copied".
    """
    context.output.finish()
    counts = context.output.counts
    if context.arguments.dry_run or context.output.json:
        return
    parts = [f"{formats.count(counts.done, 'item')} {verb} ({formats.size(counts.bytes)})"]
    parts += [
        f"{formats.count(number, name, plural)}"
        for number, name, plural in (
            (counts.skipped, "left alone", "left alone"),
            (counts.deleted, "removed", "removed"),
            (counts.warnings, "warning", ""),
            (counts.failed, "failed", "failed"),
        )
        if number
    ]
    context.output.note(f"mio: {context.output.command}: {', '.join(parts)} in {formats.elapsed(counts.seconds)}")
