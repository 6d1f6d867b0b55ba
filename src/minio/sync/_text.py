"""Objects as text files, for the blocking client, based on `io.TextIOWrapper`. Not generated."""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from .._core.display import shows

if TYPE_CHECKING:
    from .._core.datatypes import ObjectWriteResult
    from .._core.transfer.text import TextFormat
    from ._object_reader import ObjectReader
    from ._object_writer import ObjectWriter

_BUFFER = 128 * 1024


@shows("name", "mode", "encoding", "closed", live=True)
class TextObjectReader(io.TextIOWrapper):
    """An object as a readable text file. `size`, `etag` and `metadata` belong to the version that is read."""

    def __init__(self, raw: ObjectReader, text: TextFormat) -> None:
        super().__init__(io.BufferedReader(raw, _BUFFER), text.encoding, text.errors, text.newline)
        self._file = raw

    @property
    def mode(self) -> str:
        """The mode, "r"."""
        return "r"

    @property
    def size(self) -> int:
        """The object's size in bytes."""
        return self._file.size

    @property
    def etag(self) -> str | None:
        """The object's ETag."""
        return self._file.etag

    @property
    def metadata(self) -> Mapping[str, str] | None:
        """The object's headers."""
        return self._file.metadata


class _Buffer(io.BufferedWriter):
    """A buffer that claims to be seekable until the text layer is created.

    `TextIOWrapper` writes the byte order mark of UTF-16 and UTF-32 only to a seekable file at its start.
    """

    at_start = True

    def seekable(self) -> bool:
        return self.at_start


@shows("name", "mode", "encoding", "closed", live=True)
class TextObjectWriter(io.TextIOWrapper):
    """An object as a writable text file. After a successful close, `result` describes the stored object."""

    def __init__(self, raw: ObjectWriter, text: TextFormat) -> None:
        buffer = _Buffer(raw, _BUFFER)
        super().__init__(buffer, text.encoding, text.errors, text.newline)
        buffer.at_start = False
        self._file = raw

    @property
    def mode(self) -> str:
        """The mode, "w"."""
        return "w"

    @property
    def result(self) -> ObjectWriteResult | None:
        """The stored object, once the file is closed. None if nothing was stored."""
        return self._file.result

    def abort(self) -> None:
        """Close the file without storing the object."""
        self._file.abort()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.__exit__(kind, error, trace) if kind is not None else self.close()
