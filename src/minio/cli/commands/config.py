"""`mio config`: the files of the configuration."""

from __future__ import annotations

import argparse

from .. import aliases, settings
from ..context import Context
from ..table import Column

DESCRIPTION = """\
Aliases are in the configuration of mc. Defaults of flags are in config.toml:
a line such as `jobs = 16` or `color = "never"` for each, and `default_alias`
for what s3:// means if no environment variable says so."""

EXAMPLES = (("mio config path", "Where the files are"), ("mio config show", "What they say, without keys"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("action", choices=["path", "show"], metavar="ACTION", help="path or show")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.action == "show":
        for name, value in context.settings.items():
            context.output.row((Column("name", "name", 20), Column("value")), (name, value))
            context.output.record("setting", key=name, value=value)
        return 0
    for kind, path in (("aliases", aliases.path_of()), ("settings", settings.path_of())):
        there = "" if path.exists() else "(does not exist)"
        context.output.row(
            (Column("kind", "text", 9), Column("path", "name", 50), Column("")), (kind, str(path), there)
        )
        context.output.record("file", key=kind, path=str(path), exists=path.exists())
    return 0
