"""The commands: their names, what they do in one line, and their other names. Importing it imports none of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Args:
        name: The name.
        summary: What it does, for the list of commands.
        group: The heading in that list; "" hides it.
        aliases: Other names, those of other programs.
        takes_rest: Whether `--` ends its arguments, and what follows is a command of its own.
        module: The name of the module in `commands`, if it is not the name.
    """

    name: str
    summary: str
    group: str
    aliases: tuple[str, ...] = ()
    takes_rest: bool = False
    module: str = ""


_OBJECTS, _BUCKETS, _SERVERS, _TOOLS = "Objects", "Buckets", "Servers", "Tools"

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("ls", "List buckets, or the objects in a bucket", _OBJECTS, ("list", "tree")),
        Command("cp", "Copy files and objects, also between servers", _OBJECTS, ("copy", "get", "put")),
        Command("mv", "Move files and objects", _OBJECTS, ("move",)),
        Command("sync", "Make a target like its source", _OBJECTS, ("mirror",)),
        Command("rm", "Remove objects", _OBJECTS, ("del", "remove")),
        Command("cat", "Write objects to standard output", _OBJECTS),
        Command("pipe", "Store standard input, or the output of a program", _OBJECTS, (), True),
        Command("stat", "Show what is known about objects and buckets", _OBJECTS, ("head", "info")),
        Command("du", "Add up the sizes of objects", _OBJECTS, ("size",)),
        Command("find", "Find objects by name, size and age", _OBJECTS),
        Command("diff", "Show in what two places differ", _OBJECTS, ("compare",)),
        Command("presign", "Make a URL that works without keys", _OBJECTS, ("share", "sign")),
        Command("undo", "Remove the newest delete markers", _OBJECTS),
        Command("mb", "Make buckets", _BUCKETS, ("make-bucket",)),
        Command("rb", "Remove buckets", _BUCKETS, ("remove-bucket",)),
        Command("attr", "Show and change settings of buckets and objects", _BUCKETS),
        Command("watch", "Show what happens in a bucket", _BUCKETS),
        Command("alias", "Manage the names of servers", _SERVERS),
        Command("ping", "Check endpoint, keys, clock and latency", _SERVERS, ("ready",)),
        Command("serve", "Run a server on this machine", _SERVERS),
        Command("admin", "Manage users, groups, policies and keys", _SERVERS),
        Command("config", "Show the files of the configuration", _TOOLS, ("configure",)),
        Command("completion", "Print the completions for a shell", _TOOLS),
        Command("help", "Show the help of a command", _TOOLS),
        Command("__complete", "", "", (), True, "complete"),
    )
}

ALIASES: dict[str, str] = {alias: command.name for command in COMMANDS.values() for alias in command.aliases}

IMPLIED: dict[str, tuple[str, ...]] = {"tree": ("--tree",)}
"""The flags that another name of a command stands for."""


def find(name: str) -> Command | None:
    """Return a command by its name or another name, or None."""
    return COMMANDS.get(ALIASES.get(name, name))


def suggestions(name: str) -> list[str]:
    """Return the commands whose names are like a mistyped one."""
    from difflib import get_close_matches

    known = [each.name for each in COMMANDS.values() if each.group] + list(ALIASES)
    found = get_close_matches(name.lower(), known, 3, 0.6)
    return list(dict.fromkeys(ALIASES.get(each, each) for each in found))
