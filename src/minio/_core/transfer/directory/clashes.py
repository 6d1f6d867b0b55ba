"""Names that a file system without case, or one that normalizes names, takes for the same.

The names come in the order of a plan. Of those that collide, the first one is kept. No I/O.

The laws:

* A name is refused exactly if an earlier name differs from it, but not after Unicode normalization and case folding.
  Each segment is compared in its directory: `A/x` collides with `a/y`, `A/x` does not collide with `B/X`.
* A name that is refused changes nothing: what collides with it alone is not refused.
* `renamed` returns different paths for different names, and always the same for one.
* Memory: the names of the directories on the path of the latest name, if the names are in order.
"""

from __future__ import annotations

import hashlib
import unicodedata


def fold(segment: str) -> str:
    """Return what a segment is compared as on a file system without case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", segment).casefold())


class Collisions:
    """Finds names that differ only in case or in Unicode normalization."""

    def __init__(self) -> None:
        self._seen: list[tuple[str, dict[str, str]]] = [("", {})]

    def earlier(self, name: str) -> str | None:
        """Return the earlier path that this name collides with. Otherwise remember the name, and return None."""
        folder = ""
        levels = []
        for depth, segment in enumerate(name.rstrip("/").split("/")):
            seen, folded = self._level(depth, folder), fold(segment)
            found = seen.get(folded, segment)
            if found != segment:
                return folder + found
            levels.append((seen, folded, segment))
            folder += segment + "/"
        for seen, folded, segment in levels:
            seen[folded] = segment
        return None

    def _level(self, depth: int, folder: str) -> dict[str, str]:
        levels = self._seen
        if depth < len(levels) and levels[depth][0] == folder:
            return levels[depth][1]
        del levels[depth:]
        levels.append((folder, {}))
        return levels[depth][1]


class Renames:
    """The paths of names in a directory where they collide: each has one for itself."""

    def __init__(self) -> None:
        self._collisions = Collisions()
        self.paths: set[str] = set()
        """The paths that are not the names themselves."""

    def earlier(self, name: str) -> str | None:
        """Return the earlier path that a name collides with. Otherwise remember the name, and return None."""
        return self._collisions.earlier(name)

    def add(self, name: str) -> str:
        """Return the path of a name: the name itself, or another path if the name collides with an earlier one."""
        path = name
        while (earlier := self._collisions.earlier(path)) is not None:
            path = renamed(path, earlier.count("/"))
        if path != name:
            self.paths.add(path)
        return path


def renamed(name: str, depth: int) -> str:
    """Return the path for a name whose segment at `depth` collides: with a digest before the ending of that segment."""
    segments = name.split("/")
    segment = segments[depth]
    stem, dot, ending = segment.rpartition(".")
    if not stem:
        stem, dot, ending = segment, "", ""
    above = "/".join(segments[: depth + 1])
    digest = hashlib.sha256(above.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    segments[depth] = f"{stem}~{digest}{dot}{ending}"
    return "/".join(segments)
