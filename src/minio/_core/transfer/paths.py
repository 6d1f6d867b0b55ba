"""From an object's name to a file below a directory, for whatever fetches many objects.

Whoever may write to a bucket chooses the names in it. A name that would lead anywhere else than to a file below the
directory is refused, by the rules of the system that the program runs on.
"""

from __future__ import annotations

import os
import re

from ...error import InvalidArgumentTypeError, InvalidPathError

_LONGEST = 255
"""Bytes of a segment that file systems take."""
_LONGEST_PATH = 4096

# Windows keeps these names for devices in every directory and with any ending; the digits may be superscripts.
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:[.:].*)?", re.IGNORECASE
).fullmatch
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]").search
_NOT_ON_WINDOWS = re.compile('[<>:"|?*\\\\]').search


def local_path(directory: str | os.PathLike[str], key: str, *, windows: bool | None = None) -> str:
    """The path of the file that an object is stored in below a directory.

    Nothing is made or opened. A symbolic link below the directory that leads out of it is refused; one that is put
    there later is not seen.

    Args:
        directory: Where the files go. It need not exist.
        key: The object's name. `/` parts the segments.
        windows: Keep to the rules of Windows, too: neither backslashes, drive letters and other reserved characters,
            nor names of devices, nor dots and spaces at the end of a segment. None: when the program runs there.

    Returns:
        The directory and the name, joined; the name's segments stand as they are.

    Raises:
        InvalidPathError: The name would lead out of the directory, or cannot be a file's name.
        InvalidArgumentTypeError: One of the two is no path.

    Example:
        >>> local_path("photos", "2026/cat.jpg")
        'photos/2026/cat.jpg'
    """
    if not isinstance(key, str):
        raise InvalidArgumentTypeError(f"key must be a str, not {type(key).__name__}")
    try:
        base = os.fsdecode(directory)
    except TypeError as error:
        raise InvalidArgumentTypeError(f"directory must be a path, not {type(directory).__name__}") from error
    if not base or "\0" in base:
        raise InvalidPathError(f"directory {base!r} is no path")
    by_windows = os.name == "nt" if windows is None else windows
    segments = key.split("/")
    for segment in segments:
        fault = _fault(segment, by_windows)
        if fault is not None:
            raise InvalidPathError(f"object name {key!r} cannot be a file's name: {fault}")
    path = os.path.join(base, *segments)
    if len(os.fsencode(path)) >= _LONGEST_PATH:
        raise InvalidPathError(f"object name {key!r} makes a path that is too long")
    _check_inside(base, path, key)
    return path


def _fault(segment: str, windows: bool) -> str | None:
    """What is wrong with one segment."""
    if not segment:
        return "it begins or ends with a slash, or has two in a row"
    if segment in (".", ".."):
        return f"it has the segment {segment!r}"
    if _CONTROL(segment):
        return "it holds a control character"
    try:
        size = len(segment.encode("utf-8"))
    except UnicodeEncodeError:
        return "it is no UTF-8"
    if size > _LONGEST:
        return f"a segment has {size} bytes, more than {_LONGEST}"
    return _windows_fault(segment) if windows else None


def _windows_fault(segment: str) -> str | None:
    if segment[1:2] == ":":
        return "it names a drive"
    if _DEVICE(segment):
        return f"{segment!r} is a device"
    if _NOT_ON_WINDOWS(segment):
        return 'it holds one of < > : " | ? * \\, which Windows reserves'
    if segment[-1] in ". ":
        return "Windows drops the dot or space at the end of a segment"
    return None


def _check_inside(base: str, path: str, key: str) -> None:
    """Refuse a path that links lead out of the directory, wherever the directory itself is."""
    root = os.path.realpath(base)
    try:
        inside = os.path.commonpath((root, os.path.realpath(path))) == root
    except ValueError:
        inside = False  # on another drive
    if not inside:
        raise InvalidPathError(f"object name {key!r} leads out of {base!r} by a symbolic link")
