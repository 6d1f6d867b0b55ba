"""The interface of an engine, and the search for its program."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from .errors import MissingServerError


@dataclass(frozen=True)
class Site:
    """One server: its directory, its ports and its keys."""

    program: str
    root: Path
    port: int
    ports: tuple[int, ...]
    access_key: str
    secret_key: str = field(repr=False)
    cert_file: Path | None = None
    key_file: Path | None = None


class Engine(Protocol):
    """A program that implements S3: how to set it up, start it and clean up after it.

    Commands run in ``site.root``.
    """

    name: str
    program: str
    install: str
    tls: bool
    key_variables: frozenset[str]
    """The environment variables that would replace the keys of the server."""

    def prepare(self, site: Site) -> list[list[str]]:
        """Write the configuration and return the commands to run before the server."""
        ...

    def command(self, site: Site) -> list[str]:
        """Return the server's command line."""
        ...

    def environment(self, site: Site) -> Mapping[str, str]:
        """Return the environment variables that the server needs in addition to those of this process."""
        ...

    def settled(self, site: Site) -> bool:
        """Return whether the services behind S3 are ready too. Called once S3 responds."""
        ...

    def leftovers(self, site: Site) -> list[str]:
        """Return the files outside ``site.root`` that the server leaves behind."""
        ...


# Both servers read keys and settings from such variables, but the caller's are meant for other servers.
_FOREIGN = ("AWS_", "MINIO_", "WEED_", "S3_")


def environment(engine: Engine, site: Site, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the complete environment of a server process."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**inherited, **engine.environment(site), **extra}


def find_program(engine: Engine) -> str:
    """Find an engine's program next to the interpreter, where pip installs it, or else on the PATH.

    Raises:
        MissingServerError: The program is not installed.
    """
    beside = os.path.dirname(sys.executable)
    found = shutil.which(engine.program, path=beside) or shutil.which(engine.program)
    if found is None:
        raise MissingServerError(
            f"the program {engine.program!r} of the engine {engine.name!r} is not installed: {engine.install}"
        )
    return os.path.abspath(found)
