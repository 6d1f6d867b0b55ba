"""What a command is given: addresses, clients, output, progress, and the answers of the person."""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from . import addresses, aliases, connections, progress
from .addresses import Address, Local, Remote
from .errors import CommandProblem, UsageProblem
from .output import Output

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from minio.directories import Prefix
    from minio.sync import Minio

    from .lean import LeanClient


_RECENT = 100
"""The number of addresses among which that of an error is looked for."""

C = TypeVar("C", "Minio", "LeanClient")
P = TypeVar("P")


class Context:
    """One run of a command.

    Args:
        arguments: The parsed arguments.
        output: Where results go.
        settings: The defaults of the configuration file.
        rest: What follows `--`, for commands that take it. None if there is no `--`.
    """

    def __init__(
        self, arguments: argparse.Namespace, output: Output, settings: Mapping[str, Any], rest: list[str] | None = None
    ) -> None:
        self.arguments, self.output, self.settings, self.rest = arguments, output, settings, rest
        self.place: object = None
        """The address that an error is about, if the error ends the command."""
        self.alias_problem: UsageProblem | None = None
        """Why the file of the aliases cannot be read, once it was tried."""
        self._uses_default = False
        self._remotes: deque[Remote] = deque(maxlen=_RECENT)
        self._readers: dict[tuple[str | None, tuple[tuple[str, Any], ...]], LeanClient] = {}
        self._folders: list[TemporaryDirectory[str]] = []
        self._clients: dict[tuple[str | None, tuple[tuple[str, Any], ...]], Minio] = {}

    # Addresses

    @cached_property
    def alias_names(self) -> set[str]:
        """The names of the aliases. If their file cannot be read, those of the environment."""
        try:
            return aliases.names()
        except UsageProblem as problem:
            self.alias_problem = problem
            return aliases.of_environment()

    def address(self, text: str) -> Address:
        """Return the address that an argument means. It becomes `place`."""
        found = addresses.parse(text, _Names(self), lambda path: os.path.lexists(path))
        self._uses_default = self._uses_default or (isinstance(found, Remote) and found.alias is None)
        if isinstance(found, Local):
            found = Local(os.path.expanduser(found.path))
        if isinstance(found, Remote):
            self._remotes.append(found)
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
            if "://" in text and text[:3].lower() != "s3:":
                raise UsageProblem("a URL is not an address", "name its server with `mio alias set NAME URL`")
            meant = self.meant(text) or "s3://BUCKET/KEY, or ALIAS/BUCKET/KEY"
            raise UsageProblem(f"{text} is not the address of an object or a bucket", f"did you mean {meant}?")
        return addresses.check_nonempty_bucket(found) if bucket else found

    def meant(self, text: str) -> str:
        """Return the addresses that someone may have meant who wrote a path, or ""."""
        if addresses.is_path(text) or "://" in text:
            return ""
        if text[:3].lower() == "s3:":
            return f"s3://{text[3:].lstrip('/')}"
        from difflib import get_close_matches

        first, slash, rest = text.partition("/")
        if len(first) == 1 and first in self.alias_names:
            return f"s3://{first}@{rest}"
        close = [name for name in get_close_matches(first, sorted(self.alias_names), 1, 0.6) if name != first]
        return " or ".join([*(f"{name}{slash}{rest}" for name in close), f"s3://{text}"])

    def place_of(self, error: BaseException) -> object:
        """Return the address that an error is about: the bucket that it names, else the last address."""
        if isinstance(error, ValueError):
            return self._with_wrong_bucket(error) or self.place
        bucket = getattr(error, "bucket_name", None)
        if isinstance(bucket, str) and not (isinstance(self.place, Remote) and self.place.bucket == bucket):
            found = next((each for each in self._remotes if each.bucket == bucket), Remote(None, bucket))
            return found.at(getattr(error, "object_name", None) or "")
        return self.place

    def _with_wrong_bucket(self, error: ValueError) -> Remote | None:
        """Return the address whose bucket cannot have its name, if that is the error."""
        from minio.error import InvalidBucketError

        if not isinstance(error, InvalidBucketError):
            return None
        return next((each for each in self._remotes if repr(each.bucket) in str(error)), None)

    @property
    def server(self) -> Remote | None:
        """An address on the server that an error is about: a local source fails for the server of its target."""
        if isinstance(self.place, Remote):
            return self.place
        return self._remotes[-1] if self._remotes else None

    def each(self, places: Sequence[P], act: Callable[[P], None]) -> None:
        """Do something with each address. If there are several, a failure of one does not stop the others.

        A refusal ends the command, as long as nothing was changed, unless it is of one source alone.
        """
        from minio.error import MinioException

        from .errors import USAGE, BadSource, status_of

        counts = self.output.counts

        for place in places:
            self.place = place
            before = counts.failed
            try:
                act(place)
                self.output.succeeded = self.output.succeeded or counts.failed == before
            except (MinioException, OSError, CommandProblem) as error:
                refused = status_of(error) == USAGE and not isinstance(error, BadSource)
                unchanged = not (counts.done or counts.deleted or counts.failed)
                if len(places) == 1 or (refused and unchanged):
                    raise
                self.output.fail(error, "", place, server=self.server)

    # Connections

    @property
    def wishes(self) -> connections.Wishes:
        """What the flags say about connections."""
        given = self.arguments
        return connections.Wishes(given.endpoint_url, given.profile, given.region, given.no_sign_request)

    def connection(self, remote: Remote) -> connections.Connection:
        """Return how to reach the server of an address."""
        wishes = self.wishes if remote.alias is None else self._wishes_for_alias(remote.alias)
        return connections.resolve(remote.alias, wishes, self.settings.get("default_alias"))

    def _wishes_for_alias(self, alias: str) -> connections.Wishes:
        """Return what the flags say about an alias. Those of an endpoint are about `s3://` only.

        Raises:
            UsageProblem: They are given, and nothing is on `s3://`.
        """
        given = self.wishes
        if self._uses_default:
            return connections.Wishes(no_sign_request=given.no_sign_request)
        for name, value in (("endpoint_url", given.endpoint_url), ("profile", given.profile)):
            if value and value != self.settings.get(name):
                flag = f"--{name.replace('_', '-')}"
                raise UsageProblem(f"{flag} is for s3://, and {alias} is an alias", f"mio alias set {alias} URL")
        return connections.Wishes(region=given.region, no_sign_request=given.no_sign_request)

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
        key = remote.alias, tuple(sorted(options.items()))
        if key not in self._readers:
            self._readers[key] = self._watched(self.connection(remote).reader(**{**self._client_options(), **options}))
        return self._readers[key]

    def _watched(self, client: C) -> C:
        if self.arguments.debug:
            client.trace_on(sys.stderr)
        else:
            _silence_log()
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
            force = ", and --force does not stand for --yes" if getattr(self.arguments, "force", False) else ""
            raise UsageProblem(f"this removes things, and there is no terminal to ask on{force}", "--yes")
        self.output.flush()
        prompt = f"{question}? Type {answer} to confirm: " if answer else f"{question}? [y/N] "
        sys.stderr.write(prompt)
        sys.stderr.flush()
        try:
            given = sys.stdin.readline().strip()
        except KeyboardInterrupt:
            sys.stderr.write("\n")
            raise
        if given != answer if answer else given.lower() not in ("y", "yes"):
            raise UsageProblem("not confirmed; nothing was removed")


def _silence_log() -> None:
    """Add a handler that discards log records. Without one, Python prints warnings to standard error."""
    import logging  # the client has imported it

    logger = logging.getLogger("minio")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


class _Names:
    """The names of the aliases, which are read only if one of them is looked up.

    If their file cannot be read, a name that may be in it is refused, unless it exists here: it would become a path.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def __contains__(self, name: object) -> bool:
        known = name in self._context.alias_names
        problem = self._context.alias_problem
        if known or problem is None or not aliases.is_name(str(name)) or os.path.lexists(str(name)):
            return known
        raise UsageProblem(str(problem), problem.hint or f"write ./{name} for a path") from problem
