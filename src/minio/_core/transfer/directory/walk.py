"""Walks a local directory in the order in which names are compared.

The laws:

* Entries ascend by name. A directory comes before what it contains. A source lists only those that are empty.
* Links to files are read as files. Links to directories are followed, except to a directory that they are in, by device
  and inode. In a target no link is followed, and none equals a file.
* What cannot be transferred (broken links, loops, special files) or vanishes meanwhile gives a warning, what cannot be
  read a failure. Excluded names give neither, and are not looked at. A target gives failures only.
* Temporary files of downloads are never listed.
* At most `room` names are in memory; the others of a large directory are sorted on disk.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from errno import ELOOP
from itertools import islice
from typing import TypeAlias

from ..partfile import ENDING
from .names import BadName, Names
from .order import BAD_NAME, DIRECTORY, EMPTY_DIRECTORY, FAILURE, FILE, LINK, WARNING, Entry
from .patterns import Rules
from .spill import ROOM, RUN, Sorter

BATCH = 1000
"""The number of entries in a batch."""
_LEAST_ROOM = 1000
"""The number of names of a directory that are in memory even if the directories above it take all the room."""
_TEMPORARY = f".{ENDING}"

_Child: TypeAlias = tuple[str, str, int]
"""A name in a directory: the name to compare, which ends with a slash for a directory; the name on the disk; one of the
kinds below."""
_PLAIN, _IS_LINK, _IS_OTHER, _IS_BAD = range(4)


@dataclass(slots=True)
class _Level:
    """A directory that is being read: its name and its path with a slash, its identity, and the children left."""

    name: str
    path: str
    identity: tuple[int, int]
    sorter: Sorter
    children: Iterator[_Child]
    held: int


@dataclass
class Walk:
    """A walk through a directory, which can be made once.

    Args:
        root: The directory. Links in its path are followed.
        rules: What to select.
        names: How paths become keys.
        is_source: Whether this is the source: links are followed, and what cannot be transferred gives warnings.
        follow: Follow links in a source.
        fold: Compare names in Unicode's composed form, for file systems that do not tell the forms apart.
        room: The number of names up to which all are in memory.
    """

    root: str
    rules: Rules = field(default_factory=Rules)
    names: Names = field(default_factory=Names)
    is_source: bool = True
    follow: bool = True
    fold: bool = False
    room: int = ROOM

    def __post_init__(self) -> None:
        self._levels: list[_Level] = []
        self._out: list[Entry] = []
        self._held = 0
        self._base = os.path.join(self.root, "")
        self._selects = self.rules.selector

    def batches(self) -> Iterator[list[Entry]]:
        """Return the entries in batches.

        Raises:
            OSError: The root cannot be read.
        """
        try:
            self._enter("", "", True)
            while self._levels:
                self._advance(self._levels[-1])
                if len(self._out) >= BATCH:
                    yield self._out
                    self._out = []
            if self._out:
                yield self._out
        finally:
            self.close()

    def close(self) -> None:
        """Remove the temporary files."""
        while self._levels:
            self._levels.pop().sorter.close()

    def _advance(self, level: _Level) -> None:
        """Handle children of a directory, up to the next directory or the end of a batch."""
        out, prefix, folder = self._out, level.name, level.path
        base = self._base + folder
        same = prefix == folder
        for compared, actual, kind in level.children:
            if kind == _PLAIN and compared[-1] != "/":
                try:
                    found = os.stat(base + actual)
                except OSError as error:
                    self._unreadable(prefix + compared, error)
                    continue
                name = prefix + compared
                path = "" if same and compared == actual else folder + actual
                out.append((name, found.st_size, found.st_mtime_ns, "", FILE, path))
            else:
                self._other(level, compared, actual, kind)
                if self._levels[-1] is not level:
                    return
            if len(out) >= BATCH:
                return
        self._held -= level.held
        self._levels.pop().sorter.close()

    def _other(self, level: _Level, compared: str, actual: str, kind: int) -> None:
        """Handle a child that is not a regular file."""
        name, path = level.name + compared, level.path + actual
        if kind == _IS_BAD:
            self._note(name, BAD_NAME, self._reason(actual))
        elif kind == _IS_OTHER:
            self._note(name, WARNING, "it is neither a file nor a directory")
        elif kind == _PLAIN:
            self._enter(name, f"{path}/")
        elif not self.is_source:
            self._out.append((name, -1, 0, "", LINK, "" if name == path else path))
        elif not self.follow:
            self._note(name, WARNING, "links are not followed")
        elif compared[-1] == "/":
            self._enter(name, f"{path}/")
        else:
            self._follow(name, path)

    def _follow(self, name: str, path: str) -> None:
        """Handle a link that leads to no directory."""
        try:
            found = os.stat(self._base + path)
        except FileNotFoundError:
            self._note(name, WARNING, "a broken link")
        except OSError as error:
            if error.errno == ELOOP:
                self._note(name, WARNING, "a link that leads to itself")
            else:
                self._unreadable(name, error)
        else:
            if stat.S_ISREG(found.st_mode):
                self._out.append((name, found.st_size, found.st_mtime_ns, "", FILE, "" if name == path else path))
            else:
                self._note(name, WARNING, "a link to what is neither a file nor a directory")

    def _enter(self, name: str, path: str, is_root: bool = False) -> None:
        """Read the names in a directory."""
        try:
            found = os.stat(self._base + path)
            identity = (found.st_dev, found.st_ino)
            if any(level.identity == identity for level in self._levels):
                if self.rules.selects(name):
                    self._note(name, WARNING, "a link to a directory that it is in")
                return
            level = self._scan(name, path, identity)
        except OSError as error:
            if is_root:
                raise
            self._unreadable(name, error)
            return
        kind = DIRECTORY if level.held else EMPTY_DIRECTORY
        if not is_root and (kind == EMPTY_DIRECTORY or not self.is_source):
            self._out.append((name, 0, found.st_mtime_ns, "", kind, "" if name == path else path))
        self._levels.append(level)

    def _scan(self, name: str, path: str, identity: tuple[int, int]) -> _Level:
        """Return the children of a directory, sorted."""
        room = max(self.room - self._held, min(_LEAST_ROOM, self.room))
        sorter = Sorter(room, min(room, RUN))
        count = 0
        try:
            with os.scandir(self._base + path) as entries:
                while children := list(islice(self._children(name, entries), BATCH)):
                    sorter.extend(children)
                    count += len(children)
        except BaseException:
            sorter.close()
            raise
        held = min(count, room)
        self._held += held
        return _Level(name, path, identity, sorter, iter(sorter), held)

    def _children(self, folder: str, entries: Iterator[os.DirEntry[str]]) -> Iterator[_Child]:
        usual = not self.names.escape
        selects = self._selects
        for entry in entries:
            name = entry.name
            # Most entries are files with usual names. Each test costs as much as the rest of the loop.
            if usual and name.isascii() and entry.is_file(follow_symlinks=False):
                if not name.endswith(_TEMPORARY) and (selects is None or selects(folder + name)):
                    yield name, name, _PLAIN
                continue
            child = self._child(folder, entry)
            if child is not None:
                yield child

    def _child(self, folder: str, entry: os.DirEntry[str]) -> _Child | None:
        """Return the child for an entry of a directory, or None if it is not listed."""
        name = compared = entry.name
        if name.endswith(_TEMPORARY):
            return None
        kind = _PLAIN
        if self.fold:
            compared = unicodedata.normalize("NFC", name)
        if self._reason(compared, entry):
            if not self.is_source:
                return None  # no key has it, so it stays
            kind = _IS_BAD
        elif self.names.escape:
            compared = self.names.key_of(compared)
        if self._selects is not None and not self._is_selected(folder + compared, entry):
            return None
        return self._kind(folder, compared, entry) if kind == _PLAIN else (compared, name, kind)

    def _reason(self, name: str, entry: os.DirEntry[str] | None = None) -> str:
        """Return why no key has the name, or ''."""
        try:
            key = self.names.key_of(name)
        except BadName as error:
            return str(error)
        if key or (entry is not None and entry.is_dir(follow_symlinks=False)):
            return ""
        return f"the name {name!r} is not the escaped form of any key"

    def _kind(self, folder: str, compared: str, entry: os.DirEntry[str]) -> _Child | None:
        name = entry.name
        if entry.is_symlink() or _is_junction(entry):
            if self.is_source and self.follow and _leads_to_directory(entry):
                return None if self.rules.prunes(f"{folder}{compared}/") else (f"{compared}/", name, _IS_LINK)
            return (compared, name, _IS_LINK) if self.rules.selects(folder + compared) else None
        if entry.is_dir(follow_symlinks=False):
            return f"{compared}/", name, _PLAIN
        if entry.is_file(follow_symlinks=False):
            return compared, name, _PLAIN
        return (compared, name, _IS_OTHER) if self.is_source else None

    def _is_selected(self, name: str, entry: os.DirEntry[str]) -> bool:
        """Return whether an entry may be selected. What a link leads to is not looked at if its name is excluded."""
        if entry.is_dir(follow_symlinks=False):
            return not self.rules.prunes(f"{name}/")
        return self.rules.selects(name) or (entry.is_symlink() and not self.rules.prunes(f"{name}/"))

    def _unreadable(self, name: str, error: OSError) -> None:
        if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            self._note(name, FAILURE, f"it cannot be read: {error.strerror}", always=True)
        else:
            self._note(name, WARNING, "it vanished")

    def _note(self, name: str, kind: str, reason: str, always: bool = False) -> None:
        if self.is_source or always:
            self._out.append((name, -1, 0, reason, kind, ""))


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a junction of Windows, which is a link to a directory."""
    test = getattr(entry, "is_junction", None)  # Python 3.12
    return test is not None and bool(test())


def _leads_to_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a loop of links, or a directory that cannot be read
