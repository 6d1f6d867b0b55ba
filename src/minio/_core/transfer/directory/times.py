"""Modification times and modes in the metadata of objects: written as rclone does, read as rclone, mc and s3cmd do.

The laws:

* What is written is read back: to the nanosecond, and the mode to the bit.
* A mode never contains setuid, setgid or the sticky bit, whatever the metadata says. Owners are never read.
* Metadata that means nothing is ignored. It raises nothing.
"""

from __future__ import annotations

import math
import re
import stat
from collections.abc import Mapping
from typing import NamedTuple

_SECOND = 1_000_000_000
_PERMISSIONS = 0o777
_FAR = 1 << 40
"""The largest number of seconds that counts as a time, about 36,000 years."""
_DECIMAL = re.compile(r"(-?\d{1,13})(?:\.(\d{1,20}))?").fullmatch
_PAIR = re.compile(r"(-?\d{1,13})(?:#(\d{1,9}))?").fullmatch
_PREFIX = "x-amz-meta-"


class Attributes(NamedTuple):
    """What the metadata of an object says about the file: the time in nanoseconds, and the permission bits."""

    mtime: int | None = None
    mode: int | None = None


def to_metadata(mtime_ns: int, mode: int) -> dict[str, str]:
    """Return the user metadata for a file: `mtime` and `mode`."""
    seconds, rest = divmod(mtime_ns, _SECOND)
    if seconds < 0 and rest:
        seconds, rest = seconds + 1, _SECOND - rest
        text = f"-{-seconds}.{rest:09d}"
    else:
        text = f"{seconds}.{rest:09d}"
    return {"mtime": text, "mode": f"{stat.S_IFREG | (mode & _PERMISSIONS):o}"}


def from_headers(headers: Mapping[str, str]) -> Attributes:
    """Return what the headers of an object say. Names are lower case, or compared without case."""
    attributes = [_from_pairs(headers.get(f"{_PREFIX}{name}")) for name in ("mc-attrs", "s3cmd-attrs")]
    plain = Attributes(_time(headers.get(f"{_PREFIX}mtime")), _mode(headers.get(f"{_PREFIX}mode")))
    found = [plain, *attributes]
    return Attributes(
        next((one.mtime for one in found if one.mtime is not None), None),
        next((one.mode for one in found if one.mode is not None), None),
    )


def to_nanoseconds(seconds: float) -> int:
    """Convert a time in seconds. A float holds microseconds, so the rest is zero."""
    return round(seconds * 1_000_000) * 1000 if math.isfinite(seconds) else 0


def _time(text: str | None) -> int | None:
    """Read rclone's form: seconds with a fraction."""
    match = _DECIMAL(text.strip()) if text else None
    if match is None:
        return None
    return _join(match[1], (match[2] or "")[:9].ljust(9, "0"))


def _join(whole: str, nanoseconds: str) -> int | None:
    seconds, rest = int(whole), int(nanoseconds)
    if abs(seconds) > _FAR:
        return None
    return seconds * _SECOND + (-rest if whole.startswith("-") else rest)


def _mode(text: str | None) -> int | None:
    """Read rclone's form, octal with the type of the file, or the decimal form of others."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    candidates = [int(text, 8)] if not set(text) & {"8", "9"} else []
    candidates.append(int(text))
    return next((one & _PERMISSIONS for one in candidates if stat.S_IFMT(one) == stat.S_IFREG and one < 1 << 16), None)


def _from_pairs(text: str | None) -> Attributes:
    """Read the form of mc and s3cmd: `mode:33188/mtime:1354040105#123456789/...`."""
    if not text:
        return Attributes()
    pairs = dict(pair.partition(":")[::2] for pair in text.split("/"))
    match = _PAIR(pairs.get("mtime", ""))
    mtime = None if match is None else _join(match[1], (match[2] or "0").rjust(9, "0"))
    return Attributes(mtime, _mode_of_pairs(pairs.get("mode", "")))


def _mode_of_pairs(text: str) -> int | None:
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    mode = int(text)
    return mode & _PERMISSIONS if stat.S_IFMT(mode) in (stat.S_IFREG, 0) and mode < 1 << 16 else None
