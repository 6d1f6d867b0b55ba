"""Many small objects as one tar file, which some servers take apart on arrival."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Iterable
from typing import IO

from ...commonconfig import SnowballObject
from ...error import InvalidArgumentTypeError, InvalidPathError, InvalidSizeError, MissingFileError


def open_staging(filename: str | None) -> IO[bytes]:
    """The file that the tar is written to: a named one that stays, or one that nobody sees."""
    if filename is None:
        return tempfile.TemporaryFile()
    try:
        return open(filename, "w+b")
    except OSError as error:
        raise InvalidPathError(f"staging_filename {filename!r} cannot be written: {error}") from error


def write_tar(staging: IO[bytes], objects: Iterable[SnowballObject], compression: bool) -> int:
    """Write the tar and go back to its beginning; returns its size in bytes.

    Raises:
        InvalidArgumentTypeError: One of the objects is something else.
        MissingFileError: A file does not exist.
        InvalidPathError: A file cannot be read.
        InvalidSizeError: A stream holds fewer bytes than its length says.
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
        info.mtime = int(item.mod_time.timestamp())
    if item.filename is None:
        info.size = item.length or 0
        data = item.data.read(info.size) if item.data is not None else b""
        if len(data) < info.size:
            raise InvalidSizeError(f"data of {item.object_name!r} ended after {len(data)} of {info.size} bytes")
        tar.addfile(info, io.BytesIO(data))
        return
    try:
        with open(item.filename, "rb") as file:
            found = os.fstat(file.fileno())
            info.size = found.st_size
            info.mtime = info.mtime or int(found.st_mtime)
            tar.addfile(info, file)
    except FileNotFoundError as error:
        raise MissingFileError(f"filename {item.filename!r} does not exist") from error
    except IsADirectoryError as error:
        raise InvalidPathError(f"filename {item.filename!r} is a directory") from error
