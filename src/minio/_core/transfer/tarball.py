"""Many small objects in one tar file, which some servers extract on arrival.

Files are read under the laws of `file_source`, and the tar file is written under those of `safe_open`.
"""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from typing import IO, cast

from ...commonconfig import SnowballObject
from ..exceptions import InvalidArgumentTypeError, InvalidPathError, InvalidSizeError, reason_of
from ..wire.dates import to_float
from .file_source import FileRange, FileSource, SentRange, open_path
from .safe_open import ForeignFile, open_own
from .target import check_target


def open_staging(filename: str | None) -> IO[bytes]:
    """Open the file that the tar is written to: a named file that is kept, or an unnamed one.

    If the name belongs to somebody else or is a link, an unnamed file is used instead.
    """
    if filename is None:
        return tempfile.TemporaryFile()
    path = check_target(filename, "staging_filename")
    try:
        staging = os.fdopen(open_own(path, 0o666), "w+b")
        staging.truncate()
    except ForeignFile:
        return _without_name(path)
    except (OSError, ValueError) as error:
        raise InvalidPathError(f"staging_filename {filename!r} cannot be written: {reason_of(error)}") from error
    return staging


def _without_name(path: str) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(dir=os.path.dirname(os.path.abspath(path)))
    except OSError as error:
        raise InvalidPathError(f"staging_filename {path!r} cannot be written: {reason_of(error)}") from error


def write_tar(staging: IO[bytes], objects: Iterable[SnowballObject], compression: bool) -> int:
    """Write the tar, seek to its start, and return its size in bytes.

    Raises:
        InvalidArgumentTypeError: An item is not a SnowballObject.
        MissingFileError: A file does not exist.
        InvalidPathError: A file cannot be read.
        InvalidSizeError: A stream has fewer bytes than its length says, or a file has changed.
    """
    with tarfile.open(fileobj=staging, mode="w:gz" if compression else "w", format=tarfile.PAX_FORMAT) as tar:
        for index, item in enumerate(objects):
            if not isinstance(item, SnowballObject):
                raise InvalidArgumentTypeError(
                    f"object_list[{index}] must be a SnowballObject, not {type(item).__name__}"
                )
            _add(tar, item)
    size = staging.tell()
    staging.seek(0)
    return size


def _add(tar: tarfile.TarFile, item: SnowballObject) -> None:
    info = tarfile.TarInfo(item.object_name)
    if item.mod_time is not None:
        info.mtime = int(to_float(item.mod_time))
    if item.filename is not None:
        _add_file(tar, info, item.filename)
        return
    info.size = item.length or 0
    data = item.data.read(info.size) if item.data is not None else b""
    if len(data) < info.size:
        raise InvalidSizeError(f"data of {item.object_name!r} ended after {len(data)} of {info.size} bytes")
    tar.addfile(info, io.BytesIO(data))


def _add_file(tar: tarfile.TarFile, info: tarfile.TarInfo, filename: str) -> None:
    source = open_path(filename)
    try:
        if isinstance(source, FileSource):
            info.mtime = info.mtime or int(os.fstat(source.descriptor).st_mtime)
            info.size = source.length or 0
            reader = _FileReader(source)
            tar.addfile(info, cast("IO[bytes]", reader))
            source.check_unchanged([reader.sent()])
        else:
            data = b"".join(iter(lambda: source.read(1 << 20), b""))
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    finally:
        source.close()


class _FileReader:
    """Reads a file for the tarfile module and hashes it on the way."""

    def __init__(self, source: FileSource) -> None:
        self._size = source.length or 0
        self._chunks = FileRange(source, 0, self._size).chunks()
        self._rest = memoryview(b"")
        self._digest = sha256()

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes, as the tarfile module expects."""
        parts = []
        while size > 0:
            self._rest = self._rest or memoryview(next(self._chunks))
            piece = self._rest[:size]
            self._rest = self._rest[len(piece) :]
            size -= len(piece)
            parts.append(piece)
        data = b"".join(parts)
        self._digest.update(data)
        return data

    def sent(self) -> SentRange:
        """Return the range that was read."""
        return SentRange(0, self._size, "SHA256", self._digest.digest())
