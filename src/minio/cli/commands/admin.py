"""`mio admin`: users, groups, policies and keys of a MinIO server."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..context import Context
from ..errors import UsageProblem

if TYPE_CHECKING:
    from minio import MinioAdmin

DESCRIPTION = """\
  user    ls, add NAME, rm NAME, info NAME, enable NAME, disable NAME
  group   ls, add NAME MEMBER..., rm NAME [MEMBER...], info NAME, enable NAME,
          disable NAME
  policy  ls, add NAME FILE, rm NAME, info NAME, attach NAME..., detach NAME...
          (these two with --user or --group)
  key     ls USER, add [--user USER], rm KEY, info KEY
  server  info

Secret keys are asked for, or are a line of standard input; never arguments.
Needs `pip install "minio[admin]"`. Answers of the server are JSON."""

EXAMPLES = (
    ("mio admin policy ls play || true", "The policies"),
    ("echo secret-key | mio admin user add play somebody || true", "Add a user; the secret key from stdin"),
    ("mio admin policy attach play readwrite --user somebody || true", "Give a policy to a user"),
    ("mio admin key add play --user somebody || true", "Make an access key"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("what", choices=list(_ACTIONS), metavar="WHAT", help="user, group, policy, key or server")
    parser.add_argument("action", metavar="ACTION", help="see above")
    parser.add_argument("place", metavar="ALIAS", help="the server: an alias, or s3://")
    parser.add_argument("names", nargs="*", metavar="NAME", help="names, see above")
    parser.add_argument("--user", metavar="NAME", help="the user")
    parser.add_argument("--group", metavar="NAME", help="the group")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    from minio.error import MinioAdminException

    actions = _ACTIONS[arguments.what]
    action = {"list": "ls", "remove": "rm"}.get(arguments.action, arguments.action)
    if action not in actions:
        raise UsageProblem(
            f"{arguments.action!r} is not an action for {arguments.what}",
            f"mio admin {arguments.what} {next(iter(actions))}",
        )
    _check_number(arguments, action)
    admin = _client(context, arguments)
    with_closing = actions[action]
    try:
        answer = with_closing(admin, arguments)
    except MinioAdminException as error:
        raise _problem(error) from error
    finally:
        admin.close()
    _show(context, answer)
    return 0


def _check_number(given: argparse.Namespace, action: str) -> None:
    """Refuse names that the action would not look at.

    Raises:
        UsageProblem: There are some.
    """
    most = _MOST_NAMES.get(f"{given.what} {action}", 0 if action == "ls" else 1)
    if most is not None and len(given.names) > most:
        raise UsageProblem(f"there is one name too many: {given.names[most]}", "mio admin --help")


def _problem(error: Any) -> Exception:
    """Return the error of the admin API as one sentence."""
    from ..errors import Failed, NoCredentials, NotFound

    code, body = str(error._code), str(error._body)
    if code in ("401", "403"):
        return NoCredentials(f"{error.code}: {error.message}")
    try:
        told = json.loads(body)
        text = f"{told['Code']}: {told['Message']}"
    except (ValueError, KeyError, TypeError):
        return Failed(f"this server has no admin API (HTTP status {code})")
    return NotFound(text) if code == "404" else Failed(text)


def _client(context: Context, arguments: argparse.Namespace) -> MinioAdmin:
    from minio import MinioAdmin
    from minio.credentials import StaticProvider

    remote = context.remote(arguments.place, bucket=False)
    client = context.client(remote)
    connection = context.connection(remote)
    options = connection.options
    provider = options.get("credentials") or StaticProvider(
        options["access_key"], options["secret_key"], options.get("session_token")
    )
    endpoint = client._session.endpoint
    return MinioAdmin(
        endpoint=str(endpoint),
        secure=endpoint.secure,
        credentials=provider,
        cert_check=not arguments.no_verify_ssl,
        ca_certs=arguments.ca_bundle,
    )


def _show(context: Context, answer: str) -> None:
    """Show the answer of the server: JSON as lines for people, else as it is."""
    from minio._core.printable import printable_lines

    text = answer.strip()
    try:
        found = json.loads(text) if text else None
    except ValueError:
        found = text
    context.output.result("answer", value=found)
    if found is not None:
        context.output.line(printable_lines(text if isinstance(found, str) else json.dumps(found, indent=2)))


def _name(arguments: argparse.Namespace, what: str = "name") -> str:
    if not arguments.names:
        raise UsageProblem(f"the {what} is missing", "mio admin --help")
    return str(arguments.names[0])


def _secret() -> str:
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass("secret key: ", sys.stderr)
    found = sys.stdin.readline().strip() or os.environ.get("MIO_NEW_SECRET_KEY", "")
    if not found:
        raise UsageProblem("the secret key is missing", "write it to standard input")
    return found


def _add_policy(admin: MinioAdmin, given: argparse.Namespace) -> str:
    if len(given.names) != 2:
        raise UsageProblem("the name or the file is missing", "mio admin policy add ALIAS NAME FILE")
    if given.names[1] == "-":
        return admin.policy_add(given.names[0], policy=json.loads(sys.stdin.read()))
    return admin.policy_add(given.names[0], given.names[1])


def _to_whom(given: argparse.Namespace) -> dict[str, Any]:
    if bool(given.user) == bool(given.group):
        raise UsageProblem("one of --user and --group must be given")
    return {"user": given.user, "group": given.group}


Action = Callable[["MinioAdmin", argparse.Namespace], str]

_ACTIONS: dict[str, dict[str, Action]] = {
    "user": {
        "ls": lambda admin, given: admin.user_list(),
        "add": lambda admin, given: admin.user_add(_name(given), _secret()),
        "rm": lambda admin, given: admin.user_remove(_name(given)),
        "info": lambda admin, given: admin.user_info(_name(given)),
        "enable": lambda admin, given: admin.user_enable(_name(given)),
        "disable": lambda admin, given: admin.user_disable(_name(given)),
    },
    "group": {
        "ls": lambda admin, given: admin.group_list(),
        "add": lambda admin, given: admin.group_add(_name(given), given.names[1:]),
        "rm": lambda admin, given: admin.group_remove(_name(given), given.names[1:] or None),
        "info": lambda admin, given: admin.group_info(_name(given)),
        "enable": lambda admin, given: admin.group_enable(_name(given)),
        "disable": lambda admin, given: admin.group_disable(_name(given)),
    },
    "policy": {
        "ls": lambda admin, given: admin.policy_list(),
        "add": _add_policy,
        "rm": lambda admin, given: admin.policy_remove(_name(given)),
        "info": lambda admin, given: admin.policy_info(_name(given)),
        "attach": lambda admin, given: admin.policy_set(given.names or _name(given), **_to_whom(given)),
        "detach": lambda admin, given: admin.policy_unset(given.names or _name(given), **_to_whom(given)),
    },
    "key": {
        "ls": lambda admin, given: admin.list_service_account(given.user or _name(given, "user")),
        "add": lambda admin, given: admin.add_service_account(target_user=given.user),
        "rm": lambda admin, given: admin.delete_service_account(_name(given, "key")),
        "info": lambda admin, given: admin.get_service_account(_name(given, "key")),
    },
    "server": {"info": lambda admin, given: admin.info()},
}

_MOST_NAMES: dict[str, int | None] = {
    "group add": None,
    "group rm": None,
    "policy add": 2,
    "policy attach": None,
    "policy detach": None,
    "key ls": 1,
    "key add": 0,
    "server info": 0,
}
"""How many names an action takes, None for any number. Those that are left out take one, and `ls` none."""
