"""Keys become relative paths, and paths become keys.

The laws:

* A key that has a path has exactly one, and `key_of(path_of(key)) == key`.
* Two keys never have the same path.
* No path leaves the root: no segment is empty, `.` or `..`, and none contains a separator or a drive.
* A key that could not be a file is refused with the reason (`error`, `skip`), or written as another path (`escape`).
  Escaping changes the segments that could not be names, and those that look escaped already; no others.
* Each segment is translated on its own, so a name has as many segments as its key.

In escaped segments `%XX` is one character, or one byte that is not UTF-8 by itself. An empty segment is written as `%`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_SEGMENT = 255
"""The most bytes in the name of a file; on Windows, the most UTF-16 units."""
MAX_KEY = 1024

_looks_escaped = re.compile("%(?=[0-9A-F]{2})|^%$").sub
_escapes = re.compile("%([0-9A-F]{2})").sub
_windows_only = re.compile(r'[\x00-\x1f<>:"|?*\\]')
_reserved = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?= *(?:[.:]|$))", re.IGNORECASE).match
_control = re.compile("\x00")
_unusual = re.compile("(?:^|/)(?:/|$|[.]{1,2}(?:/|$))|\x00|[\ud800-\udfff]").search
"""A quick test that finds every key that the rules of POSIX refuse, except for long ones."""


@dataclass(frozen=True, slots=True)
class Names:
    """How keys become paths.

    Args:
        windows: Apply the rules of Windows: forbidden characters, reserved names, dots and spaces at the end.
        escape: Write impossible segments as others, instead of refusing them.
    """

    windows: bool = False
    escape: bool = False

    def path_of(self, key: str) -> str:
        """Return the path of a key relative to the root, with `/` between its segments. A final slash stays.

        Args:
            key: The key relative to the prefix. It is not empty.

        Raises:
            BadName: The key cannot be a path. The message is the reason.
        """
        if not self.windows and not self.escape and len(key) <= MAX_SEGMENT // 4 and not _unusual(key):
            return key
        body = key.removesuffix("/")
        return "/".join(map(self._checked, body.split("/"))) + key[len(body) :]

    def key_of(self, path: str) -> str:
        """Return the key of a path relative to the root.

        Raises:
            BadName: The path cannot be a key, or is not what `path_of` makes of any key.
        """
        if not path.isascii():
            _check_text(path)
        if not self.escape:
            return path
        body = path.removesuffix("/")
        return "/".join(map(self._unescaped, body.split("/"))) + path[len(body) :]

    def _checked(self, segment: str) -> str:
        reason = self._reason(segment)
        if self.escape and (reason or "%" in segment):
            _check_text(segment)
            segment = self._escaped(segment)
        elif reason:
            raise BadName(reason)
        size = len(segment.encode("utf-16-le")) // 2 if self.windows else len(segment.encode())
        if size > MAX_SEGMENT:
            raise BadName(f"a segment has {size} bytes, and the name of a file has at most {MAX_SEGMENT}")
        return segment

    def _reason(self, segment: str) -> str:
        """Return why a segment cannot be the name of a file, or ''."""
        if not segment:
            return "a segment is empty"
        if segment in (".", ".."):
            return f"a segment is {segment!r}"
        if "\0" in segment:
            return "a segment contains a NUL character"
        if not segment.isascii() and any("\ud800" <= char <= "\udfff" for char in segment):
            return "it is not valid UTF-8"
        return self._windows_reason(segment) if self.windows else ""

    def _windows_reason(self, segment: str) -> str:
        found = _windows_only.search(segment)
        if found is not None:
            return f"a segment contains {found[0]!r}, which Windows does not allow"
        if segment[-1] in ". ":
            return f"a segment ends with {segment[-1]!r}, which Windows does not allow"
        if _reserved(segment):
            return f"the name {segment!r} is reserved on Windows"
        return ""

    def _escaped(self, segment: str) -> str:
        if not segment:
            return "%"
        if segment in (".", ".."):
            return "%2E" * len(segment)
        segment = _looks_escaped("%25", segment)
        forbidden = _windows_only if self.windows else _control
        segment = forbidden.sub(lambda found: f"%{ord(found[0]):02X}", segment)
        if not self.windows:
            return segment
        if segment[-1] in ". ":
            segment = f"{segment[:-1]}%{ord(segment[-1]):02X}"
        return f"%{ord(segment[0]):02X}{segment[1:]}" if _reserved(segment) else segment

    def _unescaped(self, segment: str) -> str:
        if "%" not in segment:
            return segment
        plain = "" if segment == "%" else _escapes(lambda found: chr(int(found[1], 16)), segment)
        for windows in (False, True):  # a tree may have been written on another system
            if "/" not in plain and Names(windows, True)._escaped(plain) == segment:
                return plain
        raise BadName(f"the name {segment!r} is not the escaped form of any key")


class BadName(ValueError):
    """A key cannot be a path, or a path cannot be a key."""


def key_problem(key: str) -> str:
    """Return why an object cannot be stored under a key, or ''. Calls refuse such keys before they send anything."""
    if len(key) > MAX_KEY // 4 and len(key.encode("utf-8", "surrogatepass")) > MAX_KEY:
        return f"the key has more than {MAX_KEY} bytes"
    if "." in key and not {".", ".."}.isdisjoint(key.split("/")):
        return "the key has a segment '.' or '..', which clients and servers resolve"
    return "" if key.strip() else "the key is blank"


def _check_text(text: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise BadName("it is not valid UTF-8")
