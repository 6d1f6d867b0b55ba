"""What a command is given: addresses, clients, output, progress, and the answers of the person."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from . import addresses, aliases, connections, progress
from .addresses import Address, Local, Remote
from .errors import UsageProblem
from .output import Output

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from minio.directories import Prefix
    from minio.sync import Minio

    from .lean import LeanClient


C = TypeVar("C", "Minio", "LeanClient")


class Context:
    """One run of a command.

    Args:
        arguments: The parsed arguments.
        output: Where results go.
        settings: The defaults of the configuration file.
        rest: What follows `--`, for commands that take it.
    """

    def __init__(
        self, arguments: argparse.Namespace, output: Output, settings: Mapping[str, Any], rest: list[str] | None = None
    ) -> None:
        self.arguments, self.output, self.settings, self.rest = arguments, output, settings, rest or []
        self.place: object = None
        """The address that an error is about, if the error ends the command."""
        self._readers: dict[str | None, LeanClient] = {}
        self._folders: list[TemporaryDirectory[str]] = []
        self._clients: dict[tuple[str | None, tuple[tuple[str, Any], ...]], Minio] = {}

    # Addresses

    @cached_property
    def alias_names(self) -> set[str]:
        """The names of the aliases."""
        return aliases.names()

    def address(self, text: str) -> Address:
        """Return the address that an argument means. It becomes `place`."""
        found = addresses.parse(text, _Names(self), lambda path: os.path.lexists(path))
        if isinstance(found, Local):
            found = Local(os.path.expanduser(found.path))
        self.place = found
        return found

    def remote(self, text: str, bucket: bool = True) -> Remote:
        """Return the remote address that an argument means.

        Args:
            text: The argument.
            bucket: Whether it must have a bucket.

        Raises:
            UsageProblem: It means something else.
        """
        found = self.address(text)
        if not isinstance(found, Remote):
            self.place = None
            raise UsageProblem(f"{text} is not the address of an object or a bucket", self.hint_for(text))
        return addresses.check_nonempty_bucket(found) if bucket else found

    def hint_for(self, text: str) -> str:
        """Return what someone may have meant who wrote a path in place of an address."""
        first, slash, rest = text.partition("/")
        if not addresses.is_path(text):
            from difflib import get_close_matches

            close = get_close_matches(first, sorted(self.alias_names), 1, 0.6)
            if close and close[0] != first:
                return f"{close[0]}{slash}{rest}, or s3://{text}"
        return f"s3://{text}" if not addresses.is_path(text) else "s3://BUCKET/KEY, or ALIAS/BUCKET/KEY"

    # Connections

    @property
    def wishes(self) -> connections.Wishes:
        """What the flags say about connections."""
        given = self.arguments
        return connections.Wishes(given.endpoint_url, given.profile, given.region, given.no_sign_request)

    def connection(self, remote: Remote) -> connections.Connection:
        """Return how to reach the server of an address."""
        return connections.resolve(remote.alias, self.wishes, self.settings.get("default_alias"))

    def client(self, remote: Remote, **options: Any) -> Minio:
        """Return the client for an address, one for each server.

        Args:
            remote: The address.
            options: Further arguments of the client.
        """
        key = remote.alias, tuple(sorted(options.items()))
        if key not in self._clients:
            self._clients[key] = self._watched(self.connection(remote).client(**{**self._client_options(), **options}))
        return self._clients[key]

    def reader(self, remote: Remote, **options: Any) -> LeanClient:
        """Return a client for an address that only lists and reads. It is imported faster than `client`."""
        if remote.alias not in self._readers:
            self._readers[remote.alias] = self._watched(
                self.connection(remote).reader(**{**self._client_options(), **options})
            )
        return self._readers[remote.alias]

    def _watched(self, client: C) -> C:
        if self.arguments.debug:
            client.trace_on(sys.stderr)
        return client

    def prefix(self, remote: Remote, **options: Any) -> Prefix:
        """Return an address as a side of a directory call."""
        from minio.directories import Prefix

        return Prefix(remote.bucket, remote.key, self.client(remote, **options))

    def _client_options(self) -> dict[str, Any]:
        given = self.arguments
        options: dict[str, Any] = {"ca_certs": given.ca_bundle or os.environ.get("AWS_CA_BUNDLE") or None}
        if given.no_verify_ssl:
            options["cert_check"] = False
        if given.retries is not None:
            options["retries"] = given.retries
        if given.timeout is not None:
            options.update(connect_timeout=given.timeout, read_timeout=given.timeout)
        return options

    def folder(self) -> str:
        """Return a new directory for temporary files, which is removed at the end."""
        from tempfile import TemporaryDirectory

        made = TemporaryDirectory(prefix="mio-", ignore_cleanup_errors=True)
        self._folders.append(made)
        return made.name

    def close(self) -> None:
        """Close all connections, and remove temporary files."""
        for folder in self._folders:
            folder.cleanup()
        for client in (*self._clients.values(), *self._readers.values()):
            client.close()

    # People

    def progress(self) -> progress.Progress:
        """Return what shows the progress of a transfer; use it in a `with` statement."""
        return progress.make(self.output, getattr(self.arguments, "progress", None))

    def confirm(self, question: str, answer: str = "") -> None:
        """Ask before something is removed.

        Args:
            question: The question, without a question mark.
            answer: What has to be typed; "y" or "yes" if it is empty.

        Raises:
            UsageProblem: The answer is no, or there is no terminal to ask on, and --yes is not given.
        """
        if self.arguments.yes:
            return
        if not (sys.stdin is not None and sys.stdin.isatty()):
            raise UsageProblem("this removes things, and there is no terminal to ask on", "--yes")
        self.output.flush()
        prompt = f"{question}? Type {answer} to confirm: " if answer else f"{question}? [y/N] "
        sys.stderr.write(prompt)
        sys.stderr.flush()
        given = sys.stdin.readline().strip()
        if given != answer if answer else given.lower() not in ("y", "yes"):
            raise UsageProblem("not confirmed; nothing was removed")


class _Names:
    """The names of the aliases, which are read only if one of them is looked up."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def __contains__(self, name: object) -> bool:
        return name in self._context.alias_names
