"""`mio attr`: settings of buckets and objects."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .. import flags
from ..aspects import ASPECTS, check_place, value_of
from ..context import Context
from ..errors import UsageProblem

DESCRIPTION = "The settings, and the forms of their values:\n" + "\n".join(
    f"  {name:<13}{aspect.summary}" for name, aspect in ASPECTS.items()
)

EXAMPLES = (
    ("mio attr set tags s3://my-bucket/report.pdf 'state=new&owner=me'", "Set the tags of an object"),
    ("mio attr set versioning s3://my-bucket enabled", "Keep versions of the objects"),
    ("mio attr get tags s3://my-bucket/report.pdf || true", "Show the tags; exit status 3 if there are none"),
    ("mio attr rm tags s3://my-bucket/report.pdf", "Remove the tags"),
    ("mio attr rm policy play/my-bucket", "Remove the policy"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("action", choices=["get", "set", "rm"], metavar="ACTION", help="get, set or rm")
    parser.add_argument("aspect", choices=list(ASPECTS), metavar="SETTING", help="one of the list above")
    parser.add_argument("place", metavar="ADDRESS", help="a bucket, or an object")
    parser.add_argument("value", nargs="?", metavar="VALUE", help="with set: the value; - or nothing for stdin")
    parser.add_argument("--file", metavar="FILE", help="with set: the file that holds the value")
    flags.add_versions(parser, all=False)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    name, aspect = arguments.aspect, ASPECTS[arguments.aspect]
    _check_value(arguments)
    place = context.remote(arguments.place)
    check_place(aspect, name, place)
    client = context.client(place)
    version = arguments.version_id
    if arguments.action == "get":
        value = value_of(aspect, name, client, place, version)
        context.output.line(value.removesuffix("\n"))
        context.output.record("setting", key=name, source=place, value=value)
        return 0
    if arguments.action == "set":
        aspect.set(client, place, _value(arguments), version)
    elif aspect.remove is None:
        raise UsageProblem(f"{name} cannot be removed", f"mio attr set {name}")
    else:
        aspect.remove(client, place, version)
    context.output.result("setting", key=name, target=place)
    return 0


def _check_value(arguments: argparse.Namespace) -> None:
    """Refuse a value that the action would not look at.

    Raises:
        UsageProblem: There is one.
    """
    given = [each for each in (arguments.value, arguments.file) if each is not None]
    if given and arguments.action != "set":
        raise UsageProblem(f"{arguments.action} takes no value: {given[0]}", "mio attr set")
    if len(given) > 1:
        raise UsageProblem("the value and --file exclude each other")


def _value(arguments: argparse.Namespace) -> str:
    if arguments.file is not None:
        return Path(arguments.file).read_text("utf-8")
    if arguments.value not in (None, "-"):
        return str(arguments.value)
    if sys.stdin.isatty():
        raise UsageProblem("the value is missing", "use --file FILE, or - for standard input")
    return sys.stdin.read()
