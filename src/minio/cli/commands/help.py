"""`mio help`: the help of a command. The program shows it itself; this module describes it."""

from __future__ import annotations

import argparse

from ..context import Context

EXAMPLES = (("mio help cp", "The help of a command"), ("mio --help", "The list of commands"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("command", nargs="?", metavar="COMMAND", help="a command")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Show the list of commands."""
    from ..helping import all_commands

    context.output.line(all_commands())
    return 0
