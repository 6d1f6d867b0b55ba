"""What an engine has to say for itself, and where its program is found."""

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
    """Where one server lives: its directory, its ports and its keys."""

    program: str
    root: Path
    port: int
    ports: tuple[int, ...]
    access_key: str
    secret_key: str = field(repr=False)
    cert_file: Path | None = None
    key_file: Path | None = None


class Engine(Protocol):
    """A program that speaks S3: how it is set up, started and cleaned up after.

    Commands run inside ``site.root``.
    """

    name: str
    program: str
    install: str
    tls: bool

    def prepare(self, site: Site) -> list[list[str]]:
        """Write the configuration and return the commands to run before the server."""
        ...

    def command(self, site: Site) -> list[str]:
        """Return the server's command line."""
        ...

    def environment(self, site: Site) -> Mapping[str, str]:
        """Return the variables that the server needs over those of this process."""
        ...

    def settled(self, site: Site) -> bool:
        """Tell whether what lies behind S3 is there too, once S3 answers."""
        ...

    def leftovers(self, site: Site) -> list[str]:
        """Return the files outside of ``site.root`` that the server forgets to remove."""
        ...


# Both servers read keys and settings from such variables, and those of the caller are meant for other servers.
_FOREIGN = ("AWS_", "MINIO_", "WEED_", "S3_")


def environment(engine: Engine, site: Site, extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a server process."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**inherited, **engine.environment(site), **extra}


def find_program(engine: Engine) -> str:
    """Find an engine's program beside the interpreter, where pip puts it, or else on the PATH.

    Raises:
        MissingServerError: It is in neither place.
    """
    beside = os.path.dirname(sys.executable)
    found = shutil.which(engine.program, path=beside) or shutil.which(engine.program)
    if found is None:
        raise MissingServerError(
            f"the program {engine.program!r} of the engine {engine.name!r} is not installed: {engine.install}"
        )
    return os.path.abspath(found)
