"""`mio alias`: the names of servers."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from .. import aliases
from ..addresses import Remote
from ..context import Context
from ..errors import NotFound, UsageProblem
from ..table import Column

DESCRIPTION = """\
Aliases are kept in the configuration of the MinIO client mc, and are shared
with it. Keys are asked for, or read from standard input (two lines), or from
the environment (MINIO_ACCESS_KEY and MINIO_SECRET_KEY, or AWS_...). They are
never arguments, which other users of the machine could see."""

EXAMPLES = (
    ('printf "%s\\n" "$KEY" "$SECRET" | mio alias set work "$URL"', "Store an alias; keys from standard input"),
    ("mio alias ls", "List the aliases"),
    ("mio alias test play", "Try one"),
    ("mio alias set old https://old.example.com --from-env; mio alias rm old", "Remove one again"),
)

_COLUMNS = (Column("alias", "name", 12), Column("url", "text", 36), Column("origin"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "action", choices=["set", "ls", "list", "rm", "remove", "test"], metavar="ACTION", help="set, ls, rm or test"
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the alias")
    parser.add_argument("url", nargs="?", metavar="URL", help="with set: https://HOST[:PORT]")
    parser.add_argument("keys", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--from-env", action="store_true", help="with set: take the keys from the environment")
    parser.add_argument(
        "--path", choices=["auto", "on", "off"], default="auto", help="with set: bucket in the path (auto)"
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    given = [text for text in (arguments.name, arguments.url, *arguments.keys) if text]
    if arguments.action in ("rm", "remove"):
        return _remove(context, given)
    if arguments.action != "set" and len(given) > 1:
        raise UsageProblem(f"there is one alias too many: {given[1]}", f"mio alias {arguments.action} {given[0]}")
    if arguments.keys:
        # They are not shown: they are what mc takes here, the keys.
        raise UsageProblem(
            "there are too many arguments; keys are never arguments, where other users could see them",
            f"use `mio alias set {arguments.name} URL`, which asks for them; your shell's history has them now",
        )
    match arguments.action:
        case "set":
            return _set(context, arguments)
        case "ls" | "list":
            return _list(context, arguments.name)
        case _:
            return _test(context, _needed(arguments.name))


def _needed(name: str | None) -> str:
    if not name:
        raise UsageProblem("the name of an alias is missing", "mio alias ls")
    return name


def _set(context: Context, arguments: argparse.Namespace) -> int:
    from minio._core.wire.endpoint import parse_address

    name = aliases.check_name(_needed(arguments.name))
    if not arguments.url:
        raise UsageProblem("the URL is missing", f"mio alias set {name} https://HOST")
    if "://" not in arguments.url:
        raise UsageProblem(f"{arguments.url} has no scheme", f"https://{arguments.url}")
    parse_address("URL", arguments.url, True, explicit=False)
    access, secret = _keys(context, arguments.from_env)
    fields = {"url": arguments.url.rstrip("/"), "accessKey": access, "secretKey": secret}
    path = aliases.store(name, {**fields, "api": "S3v4", "path": arguments.path})
    context.output.item("alias", "done", None, f"s3://{name}@", reason=str(path))
    context.output.note(f"mio: alias {name} stored in {path}; try 'mio alias test {name}'")
    return 0


def _keys(context: Context, from_env: bool) -> tuple[str, str]:
    """Return the keys: from the environment, two lines of standard input, or a person."""
    if from_env:
        return _of_environment()
    if sys.stdin.isatty():
        from getpass import getpass

        sys.stderr.write("access key: ")
        sys.stderr.flush()
        return _checked(sys.stdin.readline().strip(), getpass("secret key: ", sys.stderr).strip())
    lines = [sys.stdin.readline().strip(), sys.stdin.readline().strip()]
    if not any(lines):
        return _of_environment()
    return _checked(*lines)


def _of_environment() -> tuple[str, str]:
    for access, secret in (("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"), ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")):
        if os.environ.get(access) and os.environ.get(secret):
            return os.environ[access], os.environ[secret]
    raise UsageProblem(
        "there are no keys", "write the access key and the secret key to standard input, a line each, or set "
        "MINIO_ACCESS_KEY and MINIO_SECRET_KEY"
    )  # fmt: skip


def _checked(access: str, secret: str) -> tuple[str, str]:
    if not access or not secret:
        raise UsageProblem("the access key and the secret key must both be given")
    return access, secret


def _list(context: Context, name: str | None) -> int:
    found = [entry for entry in aliases.entries() if name in (None, entry.name)]
    if name and not found:
        raise _absent(context, "ls", name)
    for entry in found:
        url = _url(entry)
        context.output.row(_COLUMNS, (entry.name, url, entry.origin))
        context.output.record("alias", key=entry.name, url=url, origin=entry.origin)
    return 0


def _absent(context: Context, action: str, name: str) -> NotFound:
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(context.alias_names - {name}), 1, 0.6)
    where = f" in {aliases.path_of()}" if action == "rm" else ""
    return NotFound(f"there is no alias {name}{where}", f"mio alias {action} {close[0]}" if close else "mio alias ls")


def _url(entry: aliases.Entry) -> str:
    if not entry.fields:
        scheme, _, rest = os.environ.get(entry.origin, "").partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}"
    return str(entry.fields.get("url", ""))


def _test(context: Context, name: str) -> int:
    remote = Remote(name)
    if name not in context.alias_names:
        raise context.alias_problem or _absent(context, "test", name)
    context.place = remote
    client: Any = context.client(remote)
    buckets = client.list_buckets()
    context.output.result("alias", key=name, buckets=len(buckets))
    context.output.line(f"{name}: works, {len(buckets)} bucket{'' if len(buckets) == 1 else 's'}")
    return 0


def _remove(context: Context, names: list[str]) -> int:
    known = {entry.name for entry in aliases.entries() if entry.fields}
    for name in names or [_needed(None)]:
        if name not in known:
            raise _absent(context, "rm", name)
    for name in names:
        aliases.remove(name)
        context.output.item("alias", "done", f"s3://{name}@", None)
    return 0
