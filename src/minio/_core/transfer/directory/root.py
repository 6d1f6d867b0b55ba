"""The local directory of a download, written through handles of directories.

The laws:

* No name leads out of the root. Directories below it are opened one by one, relative to the handle of the one above,
  and never through a link, even one that is planted while the run is under way. The last segment is replaced by a
  rename, so a link of that name is replaced, not followed.
* A file appears when it is complete. It is written beside its target under an unpredictable name, and renamed.
* An error leaves no temporary file. Those that a killed process left are removed when their target is written again.
* Nothing waits for the disk to sync.

Systems without such handles (Windows) look at each directory before they use its path.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from ...exceptions import InvalidPathError
from ..access import Access
from ..partfile import beside
from ..portable import write_all
from ..safe_open import random_text
from .clashes import fold

_FLAG_NAMES = ("O_CLOEXEC", "O_NOFOLLOW", "O_BINARY", "O_NOINHERIT")
_FLAGS = sum(getattr(os, name, 0) for name in _FLAG_NAMES)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _FLAGS
HANDLES = {os.open, os.mkdir, os.rename, os.unlink, os.rmdir, os.stat} <= os.supports_dir_fd
"""Whether the system opens files relative to the handle of a directory."""
_PROC = "/proc/self/fd"
_MOST = 64
"""The number of directories that are kept open."""
_BLOCKING = {errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EEXIST, errno.ENOTEMPTY}
_RESERVED = "" if os.name != "nt" else '\\:*?"<>|'


Listed = dict[tuple[str, ...], dict[str, list[str]]]
"""The names in directories, by the segments of the directory and by `fold` of the name."""


class Conflict(InvalidPathError):
    """Something else has the name: a directory where a file goes, a file where a directory goes, or a link."""


class Handle:
    """An open directory. It is closed when nothing refers to it any more."""

    __slots__ = ("descriptor", "leftovers", "path")

    def __init__(self, path: str, descriptor: int | None) -> None:
        self.path = path
        self.descriptor = descriptor
        self.leftovers: set[str] | None = None

    def close(self) -> None:
        """Close the directory. Can be called more than once."""
        descriptor, self.descriptor = self.descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()

    def at(self, name: str) -> str:
        """Return the name to use with `dir_fd`: the name alone, or the path where there are no handles."""
        return name if self.descriptor is not None else os.path.join(self.path, name)

    def direct(self, name: str) -> str:
        """Return a path of a name in this directory for calls that take no handle."""
        if self.descriptor is not None and os.path.exists(f"{_PROC}/{self.descriptor}"):
            return f"{_PROC}/{self.descriptor}/{name}"
        return os.path.join(self.path, name)


class Look(NamedTuple):
    """What is at a name: the type and permissions, and the time in nanoseconds."""

    mode: int
    mtime: int
    size: int


class Root:
    """The directory of a download.

    Args:
        path: The directory. Links in this path are followed.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.path.abspath(os.fspath(path))
        self._root = Handle(self.path, None)
        self.is_open = False
        self._handles: OrderedDict[tuple[str, ...], Handle] = OrderedDict()
        self._lock = threading.Lock()

    def open(self) -> None:
        """Open the directory. It is created if it does not exist. Until then, only paths can be made of names.

        Raises:
            OSError: The directory cannot be created or opened.
        """
        os.makedirs(self.path, exist_ok=True)
        if HANDLES:
            self._root.descriptor = os.open(self.path, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
        self.is_open = True

    def close(self) -> None:
        """Close the directories. Nothing may be written any more. An error that is kept must not keep them open."""
        for handle in (self._root, *self._handles.values()):
            handle.close()
        self._handles.clear()

    def write(
        self,
        name: str,
        data: bytes,
        mtime: int | None = None,
        mode: int | None = None,
        replace: bool = True,
        keep: bool = True,
    ) -> None:
        """Write a small file.

        Args:
            name: The name relative to the root, with `/` between its segments.
            data: The content.
            mtime: The time of the file in nanoseconds.
            mode: The permissions. The default is those of a file that is replaced, or those that `open()` sets.
            replace: Replace a file of that name. Otherwise FileExistsError is raised.
            keep: Look whether there is a file whose permissions the new one keeps.

        Raises:
            Conflict: A file, a directory or a link is in the way.
            InvalidPathError: The name leads out of the root.
            OSError: The file cannot be written.
        """
        with self._errors(name):
            folder, last = self._parent(name, create=True)
            try:
                self._write(folder, last, data, mtime, mode, replace, keep)
            except FileNotFoundError:  # the directory was removed meanwhile
                self._forget(name)
                folder, last = self._parent(name, create=True)
                self._write(folder, last, data, mtime, mode, replace, keep)

    def _write(
        self, folder: Handle, last: str, data: bytes, mtime: int | None, mode: int | None, replace: bool, keep: bool
    ) -> None:
        self._remove_leftovers(folder, last)
        access = self._access(folder, last) if keep and mode is None else None
        temporary = beside(last, random_text())
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS
        descriptor = os.open(folder.at(temporary), flags, 0o666 if access is None else 0o600, dir_fd=folder.descriptor)
        try:
            try:
                write_all(descriptor, data)
                _set(descriptor, mtime, mode, access)
            finally:
                os.close(descriptor)
            if mtime is not None and os.utime not in os.supports_fd:
                os.utime(folder.at(temporary), ns=(mtime, mtime))
            self._publish(folder, temporary, last, replace)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(folder.at(temporary), dir_fd=folder.descriptor)
            raise

    def _publish(self, folder: Handle, temporary: str, last: str, replace: bool) -> None:
        handle = folder.descriptor
        if not replace:
            try:
                os.link(folder.at(temporary), folder.at(last), src_dir_fd=handle, dst_dir_fd=handle)
            except FileExistsError:
                raise
            except (OSError, NotImplementedError):  # the file system has no hard links
                if _look(folder, last) is not None:
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), last) from None
            else:
                os.unlink(folder.at(temporary), dir_fd=handle)
                return
        os.replace(folder.at(temporary), folder.at(last), src_dir_fd=handle, dst_dir_fd=handle)

    @contextlib.contextmanager
    def place(self, name: str) -> Iterator[str]:
        """Return the path to which a large file is downloaded. It stays valid within the context.

        On Linux the path leads through the handle of the directory. Elsewhere it is the path that was just checked.
        """
        with self._errors(name):
            folder, last = self._parent(name, create=True)
            found = _look(folder, last)
            if found is not None and stat.S_ISDIR(found.mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), last)
        path = folder.direct(last)
        try:
            yield path
        except OSError as error:
            _show(error, path, self.path_of(name))
            raise

    def set_attributes(self, name: str, mtime: int | None, mode: int | None) -> None:
        """Set the time and the permissions of a file that was just written. A link is not followed."""
        with self._errors(name):
            folder, last = self._parent(name)
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _FLAGS
            if os.utime not in os.supports_fd:
                if mtime is not None:
                    os.utime(folder.at(last), ns=(mtime, mtime))
                return
            descriptor = os.open(folder.at(last), flags, dir_fd=folder.descriptor)
            try:
                _set(descriptor, mtime, mode, None)
            finally:
                os.close(descriptor)

    def look(self, name: str) -> Look | None:
        """Return what is at a name, without following a link. Return None if there is nothing."""
        with self._errors(name):
            try:
                folder, last = self._parent(name)
            except FileNotFoundError:
                return None
            return _look(folder, last)

    def make_directory(self, name: str) -> None:
        """Create a directory and those above it. It may exist."""
        with self._errors(name):
            self._folder(self._segments(name), create=True)

    def remove(self, name: str) -> bool:
        """Remove a file or a link, or an empty directory if the name ends with `/`. Return whether it is gone.

        A directory that is not empty stays.
        """
        with self._errors(name):
            try:
                folder, last = self._parent(name)
                if not name.endswith("/"):
                    os.unlink(folder.at(last), dir_fd=folder.descriptor)
                    return True
                self._forget(name)
                os.rmdir(folder.at(last), dir_fd=folder.descriptor)
            except FileNotFoundError:
                return True
            except OSError as error:
                if name.endswith("/") and error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    return False
                raise
        return True

    def ignores_case(self) -> bool:
        """Return whether the file system does not tell upper from lower case. Creates a file and removes it.

        Where that is not possible, nothing can be written: what tries to fails by itself, and names its file.
        """
        probe = f".{random_text()}.minio-Case"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS
        try:
            os.close(os.open(self._root.at(probe), flags, 0o600, dir_fd=self._root.descriptor))
        except OSError as error:
            if error.errno in _UNWRITABLE:
                return False
            raise
        try:
            return _look(self._root, probe.swapcase()) is not None
        finally:
            os.unlink(self._root.at(probe), dir_fd=self._root.descriptor)

    def twin(self, name: str, seen: Listed) -> str | None:
        """Return the path of a file whose name a file system without case takes for this one, or None.

        That is another name in the directory, or the same name in another spelling. The same holds for the directories
        on the path. `seen` keeps what the directories contain for the next calls.
        """
        segments = self._segments(name)
        for depth, segment in enumerate(segments):
            above = segments[:depth]
            if (found := seen.get(above)) is None:
                with self._errors(name):
                    found = seen[above] = _names_by_fold(self._folder(above))
            for other in found.get(fold(segment), ()):
                if other != segment:
                    return "/".join((*above, other))
        return None

    def relative(self, path: str) -> str:
        """Return the name below the root of a path that begins with it.

        Raises:
            InvalidPathError: The path does not.
        """
        path = os.path.join(self.path, path)
        start = self.path.rstrip(os.sep) + os.sep
        if not path.startswith(start):
            raise InvalidPathError(f"{path!r} is not below the directory {self.path!r}")
        name = path[len(start) :]
        return name.replace(os.sep, "/") if os.sep != "/" else name

    def path_of(self, name: str) -> str:
        """Return the path of a name."""
        return os.path.join(self.path, *name.split("/"))

    def _segments(self, name: str) -> tuple[str, ...]:
        segments = tuple(name.removesuffix("/").split("/"))
        for segment in segments:
            if segment in ("", ".", "..") or "\0" in segment or any(letter in segment for letter in _RESERVED):
                raise InvalidPathError(f"{name!r} cannot be the name of a file in a directory")
        return segments

    def _parent(self, name: str, create: bool = False) -> tuple[Handle, str]:
        *folders, last = self._segments(name)
        return self._folder(tuple(folders), create), last

    def _folder(self, segments: tuple[str, ...], create: bool = False) -> Handle:
        """Return the handle of a directory. It is opened segment by segment, unless it is kept open."""
        if not segments:
            return self._root
        with self._lock:
            found = self._handles.get(segments)
            if found is not None:
                self._handles.move_to_end(segments)
                return found
        made = _open(self._folder(segments[:-1], create), segments[-1], create)
        with self._lock:
            self._handles[segments] = made
            if len(self._handles) > _MOST:
                self._handles.popitem(last=False)
        return made

    def _forget(self, name: str) -> None:
        """Close the directories on the path of a name: one of them was removed, or is about to be."""
        segments = self._segments(name)
        with self._lock:
            for key in [
                key for key in self._handles if key == segments[: len(key)] or key[: len(segments)] == segments
            ]:
                del self._handles[key]

    def _access(self, folder: Handle, last: str) -> Access | None:
        """Return the permissions of the file that is replaced, if it is a regular file of this user."""
        if not hasattr(os, "geteuid"):  # Windows reports no owners
            return None
        try:
            found = os.stat(folder.at(last), dir_fd=folder.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            return None
        return Access(found.st_mode & 0o777, found.st_gid)

    def _remove_leftovers(self, folder: Handle, last: str) -> None:
        """Remove the temporary files of a target that a killed process left."""
        if folder.leftovers is None:
            folder.leftovers = _leftovers(folder)
        if last in folder.leftovers:
            from ..partfile import remove_leftovers

            remove_leftovers(folder.direct(last))
            folder.leftovers.discard(last)

    @contextlib.contextmanager
    def _errors(self, name: str) -> Iterator[None]:
        """Raise the system's errors with the name. What is in the way is a conflict."""
        try:
            yield
        except InvalidPathError:
            raise
        except OSError as error:
            if error.errno in _BLOCKING and not isinstance(error, FileExistsError):
                raise Conflict(f"{name!r} cannot be written: {self._in_the_way(name)}") from error
            if isinstance(error.filename, str) and not os.path.isabs(error.filename):
                error.filename = self.path_of(
                    name
                )  # calls with handles have only the last segment, or a temporary name
                del error.filename2
            raise

    def _in_the_way(self, name: str) -> str:
        at = self.path
        segments = self._segments(name)
        for number, segment in enumerate(segments, 1):
            at = os.path.join(at, segment)
            with contextlib.suppress(OSError):
                mode = os.lstat(at).st_mode
                above = "/".join(segments[:number])
                if stat.S_ISLNK(mode):
                    return f"{above!r} is a symbolic link"
                if not stat.S_ISDIR(mode) and (number < len(segments) or name.endswith("/")):
                    return f"{above!r} is a file"
                if stat.S_ISDIR(mode) and number == len(segments):
                    return f"{above!r} is a directory"
        return "something else has the name"


_UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


def _show(error: OSError, path: str, shown: str) -> None:
    """Let an error name the path of a file instead of the one that leads through the handle of its directory."""
    if isinstance(error, InvalidPathError):
        error.message = str(error.message).replace(path, shown)
    elif isinstance(error.strerror, str):
        error.strerror = error.strerror.replace(path, shown)
    if error.filename == path:
        error.filename = shown


def _open(above: Handle, segment: str, create: bool) -> Handle:
    path, last = os.path.join(above.path, segment), above.at(segment)
    fresh = False
    for _ in range(2):
        try:
            if above.descriptor is None:
                _check_folder(path)
                made = Handle(path, None)
            else:
                made = Handle(path, os.open(last, _FOLDER, dir_fd=above.descriptor))
            break
        except FileNotFoundError:
            if not create:
                raise
        with contextlib.suppress(FileExistsError):
            os.mkdir(last, dir_fd=above.descriptor)
            fresh = True
    else:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    if fresh:
        made.leftovers = set()
    return made


def _check_folder(path: str) -> None:
    found = os.lstat(path)
    is_junction = getattr(found, "st_reparse_tag", 0) != 0
    if not stat.S_ISDIR(found.st_mode) or is_junction:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)


def _look(folder: Handle, last: str) -> Look | None:
    try:
        found = os.stat(folder.at(last), dir_fd=folder.descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return Look(found.st_mode, found.st_mtime_ns, found.st_size)


def _leftovers(folder: Handle) -> set[str]:
    from ..leftovers import target_of

    try:
        return {target for target in map(target_of, _names_in(folder)) if target is not None}
    except OSError:
        return set()


def _names_by_fold(folder: Handle) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in _names_in(folder):
        found.setdefault(fold(name), []).append(name)
    return found


def _names_in(folder: Handle) -> list[str]:
    where = folder.descriptor if folder.descriptor is not None and os.scandir in os.supports_fd else folder.path
    with os.scandir(where) as entries:
        return [entry.name for entry in entries]


def _set(descriptor: int, mtime: int | None, mode: int | None, access: Access | None) -> None:
    if access is not None:
        access.apply(descriptor)
    if mode is not None and hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode & 0o777)
    if mtime is not None and os.utime in os.supports_fd:
        os.utime(descriptor, ns=(mtime, mtime))
