"""``python -m minio.local``: run a local server in the foreground until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from minio.error import MinioException

from .server import ENGINES, LocalServer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    # Set explicitly, because shells start background jobs with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return _serve(options)
    except KeyboardInterrupt:
        return 0
    except MinioException as error:
        print(f"minio.local: {error}", file=sys.stderr)
        return 1


def _serve(options: argparse.Namespace) -> int:
    server = LocalServer(
        options.directory, options.engine, options.access_key, options.secret_key, options.tls, port=options.port
    )
    with server:
        print(_greeting(server), flush=True)
        code = server.wait()
        print(f"minio.local: the server ended with exit code {code}; see {server.log}", file=sys.stderr)
    return 1


def _greeting(server: LocalServer) -> str:
    trust = f', ca_certs="{server.ca_file}"' if server.ca_file else ""
    call = f'Minio("{server.endpoint}", "{server.access_key}", "{server.secret_key}", secure={server.tls}{trust})'
    return (
        f"endpoint    {server.url}\n"
        f"access key  {server.access_key}\n"
        f"secret key  {server.secret_key}\n"
        f"log         {server.log}\n"
        f"\n"
        f"    from minio import Minio; client = {call}\n"
        f"\n"
        f"Ctrl-C stops it."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m minio.local", description="Run an S3 server on 127.0.0.1.")
    parser.add_argument("directory", nargs="?", help="where the data is kept (default: a temporary directory)")
    parser.add_argument("--engine", choices=list(ENGINES), default="seaweedfs", help="default: %(default)s")
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument("--access-key", default="minioadmin", help="default: %(default)s")
    parser.add_argument("--secret-key", default="minioadmin", help="default: %(default)s")
    parser.add_argument("--tls", action="store_true", help="https, with a fresh certificate")
    return parser


if __name__ == "__main__":
    sys.exit(main())
