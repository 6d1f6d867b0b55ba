# Generated from src/minio/aio/_files.py by tools/generate_sync.py. Do not edit.
"""Objects as files: to read at any position, and to write from front to back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from ..error import InvalidArgumentError, InvalidArgumentTypeError, PreconditionFailed, TransportError
from ..helpers import DictType, check_names
from ._objects import ObjectCalls
from ._seam import Background, Channel, FileBase
from ._upload import UploadCalls

if TYPE_CHECKING:
    from ..datatypes import Object, ObjectWriteResult


_BLOCK = 1024 * 1024
_PATIENCE = 6.0
_HURRY = 1.5
"""Seconds that a writer waits for its upload to be removed: usually, and when it was interrupted."""


class FileCalls(UploadCalls, ObjectCalls):
    """Objects as files."""

    @overload
    def open_object(
        self,
        bucket_name: str,
        object_name: str,
        mode: Literal["r", "rb"] = "rb",
        *,
        version_id: str | None = None,
    ) -> ObjectReader: ...
    @overload
    def open_object(
        self,
        bucket_name: str,
        object_name: str,
        mode: Literal["w", "wb"],
        *,
        content_type: str = "application/octet-stream",
        metadata: DictType | None = None,
        part_size: int = 0,
    ) -> ObjectWriter: ...
    def open_object(
        self,
        bucket_name: str,
        object_name: str,
        mode: str = "rb",
        *,
        version_id: str | None = None,
        content_type: str = "application/octet-stream",
        metadata: DictType | None = None,
        part_size: int = 0,
    ) -> ObjectReader | ObjectWriter:
        """Open an object as a binary file.

        To read ("rb"): any position can be sought; what is read is all of one version of the object. To write
        ("wb"): bytes are sent while they are written; the object appears when the file is closed, and not at all when
        the `with` block is left by an exception.

        S3 operations: HeadObject and GetObject; or those of `put_object`.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            mode: "rb" or "wb".
            version_id: The version to read.
            content_type: The content type of what is written.
            metadata: The metadata of what is written.
            part_size: Bytes of a part of what is written, 5 MiB to 5 GiB; 0 for as small as S3 allows.

        Returns:
            The file.

        Raises:
            InvalidArgumentError: The mode is another one.
            NoSuchKey: There is no such object to read.
            ResponseError: The server refuses.

        Example:
            >>> with client.open_object("my-bucket", "my-file", "wb") as file:
            ...     file.write(b"some bytes")
            >>> with client.open_object("my-bucket", "my-file") as file:
            ...     file.seek(5)
            ...     rest = file.read()
        """
        from .._core.ops.objects import HeadObject

        check_names(bucket_name, object_name)
        if mode in ("r", "rb"):
            found = self._call(HeadObject(bucket_name, object_name, version_id))
            return ObjectReader(self, found, version_id)
        if mode in ("w", "wb"):
            options = {"content_type": content_type, "metadata": metadata, "part_size": part_size}
            return ObjectWriter(self, bucket_name, object_name, options)
        raise InvalidArgumentError(f"mode must be 'rb' or 'wb', not {mode!r}")


class ObjectReader(FileBase):
    """An object as a file to read. `size`, `etag` and `metadata` are those of the version that is read."""

    def __init__(self, client: FileCalls, found: Object, version_id: str | None) -> None:
        from .._core.transfer.window import Window

        super().__init__()
        self._client = client
        self._found = found
        self._version_id = version_id
        self._position = 0
        self._window = Window()
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
        """Always True."""
        return True

    def seekable(self) -> bool:
        """Always True."""
        return True

    def tell(self) -> int:
        """The position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position; nothing is fetched yet."""
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
        """Read `size` bytes, fewer only at the end; all that is left when it is None or negative."""
        self._check_open()
        if size is not None:
            _check_whole("size", size)
        left = max(0, self.size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        parts = []
        while wanted:
            part = bytes(self._some(wanted))
            parts.append(part)
            wanted -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readall(self) -> bytes:
        """Read all that is left."""
        return self.read()

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer until it is full or the object ends; returns how many bytes."""
        self._check_open()
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._position < self.size:
            part = self._some(len(view) - done)
            view[done : done + len(part)] = part
            done += len(part)
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
        from .._core.ops.objects import GetObject

        headers = {"Range": f"bytes={position}-{position + length - 1}"}
        if self.etag:
            headers["If-Match"] = f'"{self.etag}"'
        found = self._found
        operation = GetObject(found.bucket_name, found.object_name, self._version_id, headers)
        try:
            response = self._client._get(operation)
        except PreconditionFailed as error:
            raise TransportError("the object was replaced while it was being read", cause=error) from error
        with response:
            if response.status != 206 and position:
                raise TransportError("the server ignores ranges: the object cannot be read from a position")
            data = response.read(length)
        if len(data) != length:
            raise TransportError(f"{len(data)} bytes came where {length} were asked for")
        return data

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on a closed file")


class ObjectWriter(FileBase):
    """An object as a file to write. After a clean close `result` tells what was stored."""

    def __init__(self, client: UploadCalls, bucket_name: str, object_name: str, options: dict[str, Any]) -> None:
        super().__init__()
        self._position = 0
        self.name = object_name
        self.mode = "wb"
        self._upload = _Upload()
        self._work = Background(self._upload.run, client, bucket_name, object_name, options)

    @property
    def result(self) -> ObjectWriteResult | None:
        """What was stored, once the file is closed."""
        return self._upload.result

    def writable(self) -> bool:
        """Always True."""
        return True

    def tell(self) -> int:
        """How many bytes were written."""
        return self._position

    def write(self, data: Any) -> int:
        """Write bytes. They are sent on the way.

        Raises:
            ResponseError: The server has refused what came before.
            TransportError: The server was lost.
        """
        if self.closed:
            raise ValueError("I/O operation on a closed file")
        view = memoryview(data).cast("B")
        for start in range(0, len(view), _BLOCK):
            if self._upload.failure is not None:
                raise self._upload.failure
            self._upload.channel.put(bytes(view[start : start + _BLOCK]))
        self._position += len(view)
        return len(view)

    def abort(self) -> None:
        """Close the file and store nothing."""
        if not self.closed:
            self._mark_closed()
            self._give_up(_PATIENCE)

    def close(self) -> None:
        """Close the file: the object appears. May be called again.

        Raises:
            ResponseError: The server refuses the object.
            TransportError: The server was lost.
        """
        if self.closed:
            return
        self._finish()
        if self._upload.failure is not None:
            raise self._upload.failure

    def _finish(self) -> None:
        if not self.closed:
            self._mark_closed()
            try:
                self._upload.channel.put(b"")
                self._work.join()
            except BaseException:
                self._give_up(_HURRY)
                raise

    def _give_up(self, seconds: float) -> None:
        """End what is under way, and wait so long for what was sent to be removed."""
        self._upload.given_up = True
        self._upload.channel.put_nowait(b"")
        self._work.stop(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if not error or error[0] is None:
            self.close()
        elif isinstance(error[1], Exception):
            self.abort()
        elif not self.closed:
            self._mark_closed()
            self._give_up(_HURRY)

    def __del__(self) -> None:
        # A file that is dropped without being closed was not finished: nothing is stored.
        if getattr(self, "_work", None) is not None and not self.closed:
            self._upload.given_up = True
            self._mark_closed()
            self._upload.channel.put_nowait(b"")


def _check_whole(name: str, value: int) -> None:
    if not hasattr(value, "__index__"):
        raise InvalidArgumentTypeError(f"{name} must be a whole number, not {type(value).__name__}")


class _GivenUp(Exception):
    """The writer wants nothing stored."""


class _Upload:
    """The other side of a writer: what is written, as the stream that `put_object` reads."""

    def __init__(self) -> None:
        self.channel = Channel()
        self.given_up = False
        self.failure: BaseException | None = None
        self.result: ObjectWriteResult | None = None
        self._ended = False
        self._rest = b""

    def run(self, client: UploadCalls, bucket_name: str, object_name: str, options: dict[str, Any]) -> None:
        """Store what is written; a failure is kept for the writer, who is not held up by it."""
        try:
            self.result = client.put_object(bucket_name, object_name, self, -1, **options)
        except BaseException as error:  # noqa: BLE001 - raised to the writer
            self.failure = error
            while not self._ended:
                self._ended = not self.channel.get()

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if not self._rest and not self._ended:
            self._rest = self.channel.get()
            self._ended = not self._rest
        if self._ended:
            self.check_wanted()
        part, self._rest = self._rest[:size], self._rest[size:]
        return part

    def check_wanted(self) -> None:
        """Asked before the object is published."""
        if self.given_up:
            raise _GivenUp
