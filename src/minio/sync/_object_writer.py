# Generated from src/minio/aio/_object_writer.py by tools/generate_sync.py. Do not edit.
"""Objects as writable files."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any, Self

from .._core.display import shows
from ..error import TransportError
from ._backend import Background, Channel, FileBase
from ._upload import UploadCalls

if TYPE_CHECKING:
    from .._core.datatypes import ObjectWriteResult


_BLOCK = 1024 * 1024
_PATIENCE = 6.0
_HURRY = 1.5
"""Seconds that a writer waits for its upload to be aborted: normally, and after an interrupt."""


@shows("name", "mode", "position=_position", "closed", live=True)
class ObjectWriter(FileBase):
    """An object as a writable file. After a successful close, `result` describes the stored object."""

    def __init__(self, client: UploadCalls, bucket_name: str, object_name: str, options: dict[str, Any]) -> None:
        super().__init__()
        self._position = 0
        self._dropped = False
        self._broken = False
        self._handled = sys.exc_info()[1]
        self.name = object_name
        self.mode = "wb"
        self._target = f"{bucket_name}/{object_name}"
        self._upload = _Upload()
        self._work = Background(self._upload.channel, self._upload.run, client, bucket_name, object_name, options)

    @property
    def result(self) -> ObjectWriteResult | None:
        """The stored object, once the file is closed. None if nothing was stored."""
        return self._upload.result

    def writable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self._position

    def write(self, data: Any) -> int:
        """Write bytes and return how many. They are uploaded in the background.

        Raises:
            ResponseError: The server returned an error for data written earlier.
            TransportError: The connection to the server was lost.
        """
        if self.closed:
            raise ValueError("I/O operation on a closed file")
        view = memoryview(data).cast("B")
        self._check_unbroken()
        self._broken = not self._dropped
        for start in range(0, 0 if self._dropped else len(view), _BLOCK):
            self._upload.check_failure()
            self._upload.channel.put(bytes(view[start : start + _BLOCK]))
        self._broken = False
        self._position += len(view)
        return len(view)

    def _check_unbroken(self) -> None:
        """Raise TransportError if an interrupted `write()` lost data: the object must not be stored without it."""
        if self._broken:
            self._upload.check_failure()
            raise TransportError(f"a write() to {self._target} was broken off before its end: nothing is stored")

    def abort(self) -> None:
        """Close the file without storing the object."""
        if not self.closed:
            self._give_up(_PATIENCE)

    def close(self) -> None:
        """Close the file and store the object. Can be called more than once.

        Nothing is stored while an exception that was raised after the file was opened is being handled. So if a layer
        over this file, such as `io.TextIOWrapper`, closes it because of an exception, no incomplete object is stored.

        Raises:
            ResponseError: The server returns an error for the object.
            TransportError: The connection to the server was lost, or a `write()` was interrupted.
        """
        if self.closed:
            return
        error = self._new_exception()
        if error is not None or self._dropped:
            self._give_up(_PATIENCE if isinstance(error, Exception) else _HURRY)
            if error is not None:
                error.add_note(f"{self._target} was not stored: its file was closed while this exception was handled")
            return
        self._publish()
        self._upload.check_failure()

    def _publish(self) -> None:
        try:
            self._check_unbroken()
            self._mark_closed()
            self._upload.publish()
            self._work.join()
        except BaseException:
            self._give_up(_HURRY)
            raise
        finally:
            self._handled = None

    def _new_exception(self) -> BaseException | None:
        """Return the exception being handled, unless it was already being handled when the file was opened."""
        error, known = sys.exc_info()[1], self._handled
        while known is not None and known is not error:
            known = known.__context__
        return error if known is None else None

    def _give_up(self, seconds: float) -> None:
        """Stop the upload, and wait at most `seconds` for it to be aborted."""
        self._handled = None
        self._upload.wanted = False
        self._mark_closed()
        self._work.stop(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if not error or error[0] is None:
            self.close()
        elif not self.closed:
            self._give_up(_PATIENCE if isinstance(error[1], Exception) else _HURRY)

    def _drop(self) -> None:
        """Give up the upload of a file that was not closed: it may be incomplete."""
        if not self.closed and not self._dropped:
            self._dropped = True
            self._upload.wanted = False
            self._upload.channel.abandon()
            warnings.warn(
                f"{self._target} was not stored: its file was dropped without close()", ResourceWarning, 3, self
            )

    def __del__(self) -> None:
        upload = getattr(self, "_upload", None)
        if upload is not None and not upload.over:
            upload.channel.abandon()  # also when the constructor or close() was interrupted
        if getattr(self, "_work", None) is not None:
            self._drop()


class _GivenUp(Exception):
    """The writer has given up the upload, so nothing may be stored."""


class _Upload:
    """The reading side of a writer: the stream that `put_object` reads."""

    def __init__(self) -> None:
        self.channel = Channel()
        self.wanted = False
        """True once the file was closed. Only then is the object stored; an interrupted `close()` leaves this False."""
        self.failure: BaseException | None = None
        self.result: ObjectWriteResult | None = None
        self.over = False
        self._ended = False
        self._rest = b""

    def run(self, client: UploadCalls, bucket_name: str, object_name: str, options: dict[str, Any]) -> None:
        """Upload the written data. An error is kept for the writer."""
        try:
            self.result = client.put_object(bucket_name, object_name, self, -1, **options)
        except BaseException as error:  # noqa: BLE001 - raised to the writer
            self.failure = error
            self.channel.shut()
        finally:
            self.over = True

    def publish(self) -> None:
        """Mark the data as complete: the object may be stored."""
        self.wanted = True
        self.channel.end()

    def check_failure(self) -> None:
        """Raise the error that ended the upload, if any."""
        error = self.failure
        if isinstance(error, Exception):
            raise error
        if error is not None:  # the upload was cancelled, not the caller
            raise TransportError("the upload of the file was cancelled") from error

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`."""
        if not self._rest and not self._ended:
            self._rest = self.channel.get()
            self._ended = not self._rest
        if self._ended:
            self.check_wanted()
        part, self._rest = self._rest[:size], self._rest[size:]
        return part

    def check_wanted(self) -> None:
        """Raise an error if the writer has given up. Called before the object is stored."""
        if not self.wanted:
            raise _GivenUp
