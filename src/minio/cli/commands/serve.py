"""`mio serve`: a server on this machine."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING

from .. import aliases, flags
from ..context import Context
from ..errors import Failed, UsageProblem

if TYPE_CHECKING:
    from minio.local import LocalServer

DESCRIPTION = """\
For tests, demonstrations and work without a network: the server listens on
127.0.0.1 only, and needs `pip install "minio[local]"`. While it runs, its
address is the alias `here`, or that of --alias; no other alias is replaced."""

EXAMPLES = (
    ("timeout 8 mio serve data || true", "Serve a directory, under the alias `here`"),
    ("timeout 8 mio serve --alias test || true", "A server that keeps nothing"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("directory", nargs="?", metavar="DIR", help="where the data is kept (default: nowhere)")
    parser.add_argument("--alias", metavar="NAME", help="the alias while it runs (here)")
    parser.add_argument("--port", type=flags.whole, default=0, metavar="N", help="default: any free port")
    parser.add_argument("--engine", choices=["seaweedfs", "juicefs"], default="seaweedfs", help="default: seaweedfs")
    parser.add_argument("--tls", action="store_true", help="https, with a new certificate")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command until Ctrl-C."""
    import secrets

    from minio.local import LocalServer

    # Set explicitly, because shells start background jobs with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    name = _alias(arguments.alias)
    keys = "minioadmin", "minioadmin" if arguments.directory is None else secrets.token_urlsafe(18)
    server = LocalServer(arguments.directory, arguments.engine, *keys, arguments.tls, port=arguments.port)
    try:
        with server:
            _greet(context, server, name)
            code = server.wait()
            raise Failed(f"the server ended with exit code {code}; see {server.log}")
    except KeyboardInterrupt:
        return 0
    finally:
        _remove_alias(name)


def _alias(wish: str | None) -> str | None:
    """Return the name of the alias to store, or None if `here` exists already.

    Raises:
        UsageProblem: The alias that the flag names exists.
    """
    name = aliases.check_name(wish or "here")
    known = next((entry for entry in aliases.entries() if entry.name == name), None)
    if known is None or _is_left(known.fields.get("mio")):
        return name
    if wish:
        raise UsageProblem(f"{name} is another alias", f"mio alias rm {name}")
    return None


def _is_left(mark: object) -> bool:
    """Return whether an entry was left by a server that runs no more."""
    if not isinstance(mark, int):
        return False
    try:
        os.kill(mark, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _remove_alias(name: str | None) -> None:
    """Remove the alias, if it is still that of this process."""
    if name and any(entry.name == name and entry.fields.get("mio") == os.getpid() for entry in aliases.entries()):
        aliases.remove(name)


def _greet(context: Context, server: LocalServer, name: str | None) -> None:
    output = context.output
    if name:
        fields = {"url": server.url, "accessKey": server.access_key, "secretKey": server.secret_key}
        aliases.store(name, {**fields, "api": "S3v4", "path": "auto", "mio": os.getpid()})
    host = server.url.replace("://", f"://{server.access_key}:{server.secret_key}@")
    output.line(f"endpoint    {server.url}")
    output.line(f"access key  {server.access_key}")
    output.line(f"secret key  {server.secret_key}")
    output.line(f"log         {server.log}")
    if server.ca_file:
        output.line(f"trust       --ca-bundle {server.ca_file}")
    output.line()
    output.line(f"    mio ls {name}" if name else f"    export MC_HOST_local={host}\n    mio ls local")
    output.line()
    output.line("Ctrl-C stops it.")
    output.result("server", endpoint=server.url, access_key=server.access_key, alias=name)
    sys.stdout.flush()
