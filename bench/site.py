"""The site of the measurements: directories, servers and the number of rounds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from minio.deleteobjects import DeleteObject
from minio.local import LocalServer

from .nullserver import NullServer, find_nginx

OURS = "ours"
BUCKET = "bucket"


class NotMeasured(Exception):
    """Something that a figure needs is not available."""


@dataclass
class Site:
    """Resources that all figures share. Servers start when the first figure needs them."""

    root: Path
    rounds: int
    seconds: float
    """Duration of a round of small calls, in seconds."""
    quick: bool = False
    size: int = 1024 * 1024 * 1024
    """Size of the object of P6 in bytes."""
    stack: ExitStack = field(default_factory=ExitStack)
    _null: NullServer | None = None
    _real: LocalServer | None = None

    @property
    def core(self) -> int:
        """The core of the rows that are pinned. The last one, because interrupts usually go to the first."""
        return max(os.sched_getaffinity(0))

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
        """A bucket that is removed at the end with all its objects, which frees their disk space."""
        client = self.real.client()
        client.make_bucket(name)
        try:
            yield name
        finally:
            names = (DeleteObject(item.object_name) for item in client.list_objects(name, recursive=True))
            for error in client.remove_objects(name, names):
                raise RuntimeError(f"an object of the benchmark stays: {error}")
            client.remove_bucket(name)
