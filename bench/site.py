"""Where the figures are measured: directories, servers, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from minio.local import LocalServer

from .nullserver import NullServer, find_nginx

OURS = "ours"
BUCKET = "bucket"


class NotMeasured(Exception):
    """What a figure needs is not here."""


@dataclass
class Site:
    """What all figures share. Servers start when the first figure needs them."""

    root: Path
    rounds: int
    seconds: float
    """How long a round of small calls takes."""
    quick: bool = False
    size: int = 1024 * 1024 * 1024
    """Bytes of the object of P6."""
    stack: ExitStack = field(default_factory=ExitStack)
    _null: NullServer | None = None
    _real: LocalServer | None = None

    @property
    def null(self) -> NullServer:
        if self._null is None:
            program = find_nginx()
            if program is None:
                raise NotMeasured("nginx is not installed: apt-get install nginx-light")
            folder = self.root / "null"
            folder.mkdir()
            self._null = self.stack.enter_context(NullServer(program, folder))
        return self._null

    @property
    def real(self) -> LocalServer:
        if self._real is None:
            self._real = self.stack.enter_context(LocalServer(self.root / "seaweedfs"))
            self._real.client().make_bucket(BUCKET)
        return self._real

    @contextmanager
    def throwaway_bucket(self, name: str) -> Iterator[str]:
        """A bucket that is removed at the end with all that is in it, and the disk space with it."""
        client = self.real.client()
        client.make_bucket(name)
        try:
            yield name
        finally:
            for item in client.list_objects(name, recursive=True):
                client.remove_object(name, item.object_name)
            client.remove_bucket(name)
