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


def all_commands() -> str:
    """Return the list of commands."""
    lines = [_HEAD]
    for group in dict.fromkeys(command.group for command in COMMANDS.values() if command.group):
        lines.append(f"{group}:")
        lines += [f"  {each.name:<12}{each.summary}" for each in COMMANDS.values() if each.group == group]
        lines.append("")
    return "\n".join([*lines, _FOOT])


def of_command(command: Command, module: ModuleType) -> str:
    """Return the help of a command."""
    from .parsing import build

    return build(command, module).format_help().rstrip("\n")
