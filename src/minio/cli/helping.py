"""The help: the list of commands, and the help of one command."""

from __future__ import annotations

from types import ModuleType

from .registry import COMMANDS, Command

_HEAD = """\
usage: mio COMMAND [ARGUMENTS]

Work with MinIO and other S3 servers.

  mio ls                          the buckets of the default connection
  mio cp photo.jpg s3://bucket/   upload a file
  mio help sync                   the help of a command

Addresses: s3://BUCKET/KEY, ALIAS/BUCKET/KEY (see `mio alias`), or a path.
"""

_FOOT = """\
Flags of all commands: --json -q -v -y --color --debug --profile --endpoint-url
--region --no-sign-request --no-verify-ssl; the help of a command has them all.
"""


def show_all() -> None:
    """Print the list of commands."""
    print(_HEAD)
    for group in dict.fromkeys(command.group for command in COMMANDS.values() if command.group):
        print(f"{group}:")
        for command in COMMANDS.values():
            if command.group == group:
                print(f"  {command.name:<12}{command.summary}")
        print()
    print(_FOOT)


def show_command(command: Command, module: ModuleType) -> None:
    """Print the help of a command."""
    from .parsing import build

    build(command, module).print_help()
