"""Hashes local files, a limited number of bytes at a time, to compare them with objects.

The laws:

* A file whose size is not the expected one, or that cannot be read, has no hash.
* One pass computes the ETags for all sizes of parts.
* `run` ends after about `STEP` bytes, so that whoever waits for it can stop between the steps.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from ...wire.checksums import new_digest

STEP = 64 * 1024 * 1024
"""The number of bytes that are hashed before `run` returns."""
_BLOCK = 1024 * 1024


@dataclass(slots=True)
class FileHash:
    """The hash of one file.

    Args:
        path: The file.
        size: Its expected size in bytes.
        parts: The sizes of parts to compute ETags for. Empty for the MD5 of the whole file.
        algorithm: Another algorithm to use, instead of ETags.
    """

    path: str
    size: int
    parts: tuple[int, ...] = ()
    algorithm: str = ""
    etags: list[str] | None = None
    digest: bytes | None = None
    _file: Any = None
    _left: int = 0
    _whole: Any = None
    _parts: list[_PartsHash] = field(default_factory=list)

    def run(self, budget: int) -> int:
        """Hash the next bytes, and return how many are left of a budget. The file is done if any are left."""
        if self._file is None:
            self._file = open(self.path, "rb", buffering=0)  # noqa: SIM115 - closed at the end, or by close()
            self._left = self.size
            self._parts = [_PartsHash(part) for part in self.parts]
            self._whole = new_digest(self.algorithm or "MD5") if not self.parts else None
        while budget > 0:
            data = self._file.read(min(_BLOCK, self._left + 1))
            if not data:
                self._finish()
                return budget
            self._left -= len(data)
            if self._left < 0:
                self.close()  # the file has grown
                return budget
            budget -= len(data)
            self._update(data)
        return 0

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _update(self, data: bytes) -> None:
        if self._whole is not None:
            self._whole.update(data)
        for part in self._parts:
            part.update(data)

    def _finish(self) -> None:
        self.close()
        if self._left:
            return
        if self._whole is None:
            self.etags = [part.etag() for part in self._parts]
        else:
            self.digest = self._whole.digest()
            self.etags = [self.digest.hex()] if not self.algorithm else []


class _PartsHash:
    """The ETag of an upload in parts of one size."""

    def __init__(self, size: int) -> None:
        self._size = self._room = size
        self._part = new_digest("MD5")
        self._all = hashlib.md5(usedforsecurity=False)
        self._count = 0

    def update(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            piece = view[: self._room]
            self._part.update(piece)
            self._room -= len(piece)
            view = view[len(piece) :]
            if not self._room:
                self._end_part()

    def etag(self) -> str:
        if self._room < self._size:
            self._end_part()
        return f"{self._all.hexdigest()}-{self._count}"

    def _end_part(self) -> None:
        self._all.update(self._part.digest())
        self._count += 1
        self._room = self._size
        self._part = new_digest("MD5")


def run(files: list[FileHash]) -> list[FileHash]:
    """Hash some of the files, in order, and return those that are left."""
    budget = STEP
    for index, file in enumerate(files):
        try:
            budget = file.run(budget)
        except OSError:
            file.close()  # transferring it will tell why it cannot be read
        if budget <= 0:
            return files[index:]
    return []
