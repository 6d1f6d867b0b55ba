# Generated from src/minio/aio/_object_reader.py by tools/generate_sync.py. Do not edit.
"""Objects as readable files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .._core.display import shows
from ..error import InvalidArgumentError, InvalidArgumentTypeError, InvalidRange, PreconditionFailed, TransportError
from ._backend import FileBase, run_blocking
from ._objects import ObjectCalls

if TYPE_CHECKING:
    from tempfile import SpooledTemporaryFile

    from .._core.datatypes import Object
    from .._core.http.sync.content import ObjectContent


_BLOCK = 1024 * 1024
_IN_MEMORY = 8 * 1024 * 1024
"""The largest object in bytes that is kept in memory if the server ignores ranges. Larger ones go to a file."""


@shows("name", "mode", "position=_position", "size", "closed", live=True)
class ObjectReader(FileBase):
    """An object as a readable file. `size`, `etag` and `metadata` belong to the version that is read."""

    def __init__(self, client: ObjectCalls, found: Object, version_id: str | None) -> None:
        from .._core.transfer.window import Window

        super().__init__()
        self._client = client
        self._found = found
        self._version_id = version_id
        self._position = 0
        self._window = Window()
        self._whole: SpooledTemporaryFile[bytes] | None = None
        self.name = found.object_name
        self.mode = "rb"

    @property
    def size(self) -> int:
        """The object's size in bytes."""
        return self._found.size or 0

    @property
    def etag(self) -> str | None:
        """The object's ETag."""
        return self._found.etag

    @property
    def metadata(self) -> Mapping[str, str] | None:
        """The object's headers."""
        return self._found.metadata

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position and return it. This sends no request."""
        self._check_open()
        _check_whole("offset", offset)
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}.get(whence)
        if base is None:
            raise InvalidArgumentError(f"whence must be 0, 1 or 2, not {whence!r}")
        if base + offset < 0:
            raise InvalidArgumentError(f"offset {offset} leads before the beginning of the object")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """Read and return `size` bytes, fewer only at the end. If `size` is None or negative, read to the end."""
        self._check_open()
        if size is not None:
            _check_whole("size", size)
        left = max(0, self.size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        parts, start = [], self._position
        try:
            while wanted:
                part = bytes(self._some(wanted))
                parts.append(part)
                wanted -= len(part)
        except BaseException:
            self._position = start  # so that the next read() returns the bytes that this one lost
            raise
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readall(self) -> bytes:
        """Read and return all remaining bytes."""
        return self.read()

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer until it is full or the object ends. Return the number of bytes."""
        self._check_open()
        view = memoryview(buffer).cast("B")
        done, start = 0, self._position
        try:
            while done < len(view) and self._position < self.size:
                part = self._some(len(view) - done)
                view[done : done + len(part)] = part
                done += len(part)
        except BaseException:
            self._position = start
            raise
        return done

    def _some(self, size: int) -> memoryview:
        part = self._window.at(self._position, size)
        if not part:
            length = self._window.wanted(self._position, size, self.size)
            self._window.fill(self._position, self._fetch(self._position, length))
            part = self._window.at(self._position, size)
        self._position += len(part)
        return part

    def _fetch(self, position: int, length: int) -> bytes:
        if self._whole is None:
            with self._get(f"bytes={position}-{position + length - 1}") as response:
                if response.status == 206:
                    return response.read()
                self._keep(response)
        return run_blocking(self._at, position, length)

    def _get(self, asked: str = "") -> ObjectContent:
        from .._core.ops.objects import GetObject
        from .._core.ops.partial import pinned

        found = self._found
        headers = pinned({"Range": asked} if asked else {}, found.etag)
        operation = GetObject(
            found.bucket_name, found.object_name, self._version_id, headers, expected=found, cut=False
        )
        try:
            return self._client._get(operation)
        except PreconditionFailed as error:
            raise TransportError("the object was replaced while it was being read", cause=error) from error

    def _learn_size(self) -> None:
        """Determine the size if HeadObject does not report it: from a first range, or by downloading the object."""
        from .._core.wire.byte_range import given_range

        length = self._window.smallest
        try:
            response = self._get(f"bytes=0-{length - 1}")
        except InvalidRange:
            response = self._get()  # the object is empty, or cannot be read in ranges
        with response:
            total = given_range(response._head["content-range"])[2] if response.status == 206 else None
            if total is not None:
                self._found = replace(self._found, size=total)
                self._window.fill(0, response.read())
            elif response.status == 200:
                self._keep(response)
        if self._found.size is None:
            with self._get() as response:
                self._keep(response)

    def _keep(self, response: ObjectContent) -> None:
        """Download the whole object because the server ignores ranges. A large one goes to a temporary file."""
        from tempfile import SpooledTemporaryFile

        from .._core.transfer.verify import verifier_of

        verifier = verifier_of(self._found, response._head, response.status)
        whole = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the reader
        try:
            with closing(response._blocks()) as blocks:
                for block in blocks:
                    run_blocking(whole.write, block)
                    run_blocking(verifier.update, block)
        except BaseException:
            whole.close()
            raise
        if (mismatch := verifier.mismatch()) is not None:
            whole.close()
            raise mismatch
        self._whole, self._found = whole, replace(self._found, size=response.tell())

    def _at(self, position: int, length: int) -> bytes:
        whole: Any = self._whole
        whole.seek(position)
        return bytes(whole.read(length))

    def close(self) -> None:
        """Close the file. Can be called more than once."""
        if not self.closed:
            self._mark_closed()
            if (whole := getattr(self, "_whole", None)) is not None:
                whole.close()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on a closed file")


def _check_whole(name: str, value: int) -> None:
    if not hasattr(value, "__index__"):
        raise InvalidArgumentTypeError(f"{name} must be a whole number, not {type(value).__name__}")
