"""The journal of one upload: a record of what this client sent, so that a later call can resume it.

S3 does not report the properties that an incomplete upload was created with: retention, legal hold, storage class,
ACL, encryption, tags. An upload is therefore resumed only if a file of this user records that it was created for the
same purpose.

The laws:

* `read` returns what `begin` and `add` wrote, or a subset of it, never anything else. Every line carries a digest of
  itself and of the first line. Torn, damaged or foreign lines are ignored. A file without its first line is ignored.
* A journal is found only for its own purpose: the same target, user, request properties, plan and source. The file
  name consists of digests of these, and the first line repeats them.
* Only one call at a time uses a journal; it holds a lock. A second call for the same purpose works without a journal.
* A file is written only if it was created here or if its first line proves that it is this journal. It is a regular
  file of this user that no other user can write (`safe_open`).
* A journal never fails an upload. If it cannot be read or written, the upload proceeds without it.

The file is only appended to and never synced: parts that are missing after a system crash are sent again.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import stat
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError
from . import portable
from .plan import Plan
from .safe_open import open_existing, open_new, open_own, still_there

_DAY = 24 * 3600
AGE = 14 * _DAY
"""Seconds after the last write before a journal is removed."""
_LARGEST = 16 * 1024 * 1024
"""The maximum number of bytes read from a journal. 10,000 parts need a tenth of it."""
_ENDING = ".upload"
_FILE_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}\.upload").fullmatch
_HEAD = re.compile(r"upload ([0-9a-f]{64}) ([0-9a-f]{64}) ([^ ]+)").fullmatch
_PART = re.compile(r"part ([1-9][0-9]{0,4}) ([0-9]{1,13}) ([0-9a-f]{64}) ([^ ]*)").fullmatch


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an upload is for, as two SHA-256 digests in hex."""

    place: str
    """Digest of the server, the bucket, the object and the user."""
    request: str
    """Digest of all request properties, the plan and the identity of the source."""

    @property
    def file_name(self) -> str:
        """The file name of the journal."""
        return f"{self.place[:32]}-{self.request[:32]}{_ENDING}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A part that the server has confirmed."""

    etag: str
    size: int
    sha256: str
    """The SHA-256 of the bytes sent, in hex."""


@dataclass(slots=True)
class Record:
    """The content of a journal."""

    purpose: Purpose
    upload_id: str
    parts: dict[int, Recorded] = field(default_factory=dict)


def purpose_of(
    place: Iterable[str], headers: Mapping[str, str], checksum: str | None, plan: Plan, source: Iterable[object]
) -> Purpose:
    """Return the purpose of an upload. The result does not reveal its inputs.

    Args:
        place: The origin of the server, the bucket, the object and the access key.
        headers: All headers of CreateMultipartUpload.
        checksum: The algorithm of the parts' checksums.
        plan: How the body is divided.
        source: The values that identify the source.
    """
    properties = sorted((name.lower(), value) for name, value in headers.items())
    request = [properties, checksum, plan.length, plan.part_size, list(source)]
    return Purpose(_digest(list(place)), _digest(request))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


# --- lines


def head_line(purpose: Purpose, upload_id: str) -> bytes:
    """Return the first line of a journal."""
    text = f"upload {purpose.place} {purpose.request} {quote(upload_id, safe='', errors='surrogatepass')}"
    return _sealed(text, "")


def part_line(purpose: Purpose, upload_id: str, number: int, part: Recorded) -> bytes:
    """Return the line for a part."""
    text = f"part {number} {part.size} {part.sha256} {quote(part.etag, safe='', errors='surrogatepass')}"
    return _sealed(text, f"{purpose.place} {purpose.request} {upload_id}")


def _sealed(text: str, context: str) -> bytes:
    # The line break comes first, so a line is complete even if the previous one is torn.
    return f"\n{text} {_seal(text, context)}".encode()


def _seal(text: str, context: str) -> str:
    return _digest([context, text])[:16]


def read(data: bytes) -> Record | None:
    """Parse a journal. Return None if its first line is missing, damaged or duplicated."""
    lines = [line.rpartition(" ") for line in data.decode("ascii", "replace").split("\n")]
    heads = [found for text, _, seal in lines if (found := _HEAD(text)) and seal == _seal(text, "")]
    if len(heads) != 1:
        return None
    place, request, upload_id = heads[0].groups()
    record = Record(Purpose(place, request), unquote(upload_id, errors="surrogatepass"))
    context = f"{place} {request} {record.upload_id}"
    for text, _, seal in lines:
        found = _PART(text)
        if found and seal == _seal(text, context):
            number, size, sha256, etag = found.groups()
            record.parts[int(number)] = Recorded(unquote(etag, errors="surrogatepass"), int(size), sha256)
    return record


# --- the file


class Journal:
    """The journal of an upload in progress. `close` removes the file unless it names an upload.

    Args:
        folder: The directory of the journals. None disables the journal.
        purpose: What the upload is for.
    """

    def __init__(self, folder: str | None, purpose: Purpose | None = None) -> None:
        self._folder = folder
        self._purpose = purpose
        self._descriptor = -1
        self._path = ""
        self._using = threading.Lock()
        self.upload_id: str | None = None
        """The upload that can be resumed; None if there is none, or if the journal cannot be written."""
        self.parts: dict[int, Recorded] = {}

    def exists(self) -> bool:
        """Return whether an earlier call left this journal. `open` decides whether it is of use."""
        if self._folder is None or self._purpose is None:
            return False
        try:
            return os.path.lexists(os.path.join(self._folder, self._purpose.file_name))
        except (OSError, ValueError):
            return False

    def open(self) -> None:
        """Read what an earlier call recorded, and lock the journal until `close`. Blocking."""
        if self._folder is None or self._purpose is None:
            return
        with contextlib.suppress(OSError, ValueError):
            os.makedirs(self._folder, 0o700, exist_ok=True)
            if _is_private(self._folder):
                remove_old(self._folder)
                self._open(os.path.join(self._folder, self._purpose.file_name), self._purpose)

    def _open(self, path: str, purpose: Purpose) -> None:
        descriptor = _locked(path, open_own(path))
        try:
            data, trusted = _content(descriptor)
            record = read(data)
            if record is None or record.purpose != purpose or not trusted:
                record = None
                if data or not trusted:
                    os.unlink(path)
                    descriptor, unused = _locked(path, open_new(path)), descriptor
                    os.close(unused)
        except BaseException:
            os.close(descriptor)
            raise
        self._path, self._descriptor = path, descriptor
        if record is not None:
            self.upload_id, self.parts = record.upload_id, record.parts

    def begin(self, upload_id: str) -> None:
        """Record the upload before its first part is sent. `upload_id` stays None if that fails."""
        with self._using:
            self._forget()
            if self._purpose is not None and self._write(head_line(self._purpose, upload_id)):
                self.upload_id = upload_id

    def add(self, number: int, part: Recorded) -> None:
        """Record a part that the server has confirmed."""
        with self._using:
            if self._purpose is not None and self.upload_id is not None:
                self._write(part_line(self._purpose, self.upload_id, number, part))

    def forget(self) -> None:
        """Clear the journal: the upload is completed, aborted or gone."""
        with self._using:
            self._forget()

    def _forget(self) -> None:
        self.upload_id, self.parts = None, {}
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, 0)

    def _write(self, line: bytes) -> bool:
        if self._descriptor < 0:
            return False
        try:
            os.lseek(self._descriptor, 0, os.SEEK_END)
            return os.write(self._descriptor, line) == len(line)
        except OSError:
            return False

    def close(self) -> None:
        """Unlock the journal. Can be called more than once."""
        with self._using:
            descriptor, self._descriptor = self._descriptor, -1
            if descriptor >= 0:
                _close(descriptor, self._path, remove=self.upload_id is None)

    def superseded(self) -> list[tuple[str, str]]:
        """Return this user's other unused journals of the same object as (path, upload ID)."""
        found: list[tuple[str, str]] = []
        if self._folder is None or self._purpose is None:
            return found
        with contextlib.suppress(OSError, ValueError):
            for name in os.listdir(self._folder) if _is_private(self._folder) else ():
                if name.startswith(self._purpose.place[:32]) and _FILE_NAME(name) and name != self._purpose.file_name:
                    record = _look(os.path.join(self._folder, name))
                    if record is not None and record.purpose.place == self._purpose.place:
                        found.append((os.path.join(self._folder, name), record.upload_id))
        return found


def remove_old(folder: str) -> None:
    """Remove journals not written to for 14 days. Their uploads remain, since only the upload ID is known."""
    oldest = time.time() - AGE
    with os.scandir(folder) as entries:
        old = [entry.path for entry in entries if _FILE_NAME(entry.name) and _changed(entry) < oldest]
    for path in old:
        remove(path)


def remove(path: str) -> None:
    """Remove a journal unless a call is using it."""
    with contextlib.suppress(OSError):
        _close(_locked(path, open_existing(path)), path, remove=True)


def _changed(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return time.time()


def _look(path: str) -> Record | None:
    """Read a journal. Return None if a call is using it."""
    try:
        descriptor = _locked(path, open_existing(path))
    except OSError:
        return None
    try:
        data, trusted = _content(descriptor)
    finally:
        os.close(descriptor)
    record = read(data)
    matches = record is not None and record.purpose.file_name == os.path.basename(path)
    return record if trusted and matches else None


def _content(descriptor: int) -> tuple[bytes, bool]:
    """Return the content of a file, and whether only this user could have written it."""
    found = os.fstat(descriptor)
    if found.st_size > _LARGEST:
        return b"", False
    os.lseek(descriptor, 0, os.SEEK_SET)
    blocks = []
    while block := os.read(descriptor, 1024 * 1024):
        blocks.append(block)
    return b"".join(blocks), os.name == "nt" or not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _locked(path: str, descriptor: int) -> int:
    """Lock a descriptor and return it.

    Raises:
        OSError: Another call holds the lock, the file system does not support locks, or the file was removed in the
            meantime. The descriptor is closed.
    """
    try:
        if not portable.lock(descriptor):
            raise BlockingIOError(errno.EAGAIN, "another call uses the journal", path)
        if not still_there(descriptor, path):
            raise FileNotFoundError(path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _close(descriptor: int, path: str, remove: bool) -> None:
    try:
        if remove and os.name != "nt" and still_there(descriptor, path):
            with contextlib.suppress(OSError):
                os.unlink(path)
    finally:
        os.close(descriptor)
    if remove and os.name == "nt":  # Windows cannot remove an open file
        with contextlib.suppress(OSError):
            os.unlink(path)


def _is_private(folder: str) -> bool:
    """Return whether the directory belongs to this user and is not world-writable. Windows reports no owners."""
    if not hasattr(os, "geteuid"):
        return True
    found = os.stat(folder)
    return found.st_uid == os.geteuid() and not found.st_mode & stat.S_IWOTH


# --- the argument `resume`


def check_resume(resume: object) -> bool | str:
    """Check the argument `resume`: a bool or a directory.

    Raises:
        InvalidArgumentTypeError: It is neither a bool nor a path.
        InvalidArgumentError: It is not a valid directory name.
    """
    if isinstance(resume, bool):
        return resume
    folder = os.fspath(resume) if isinstance(resume, os.PathLike) else resume
    if not isinstance(folder, str):
        raise InvalidArgumentTypeError(
            f"resume must be True, False or the path of a directory, not {type(resume).__name__}"
        )
    try:
        named = bool(folder) and b"\0" not in os.fsencode(folder)
    except UnicodeEncodeError:
        named = False  # a lone surrogate that does not stand for a byte
    if not named:
        raise InvalidArgumentError(f"resume must be True, False or the path of a directory, not {folder!r}")
    return os.path.abspath(folder)


def journal_folder(resume: bool | str) -> str | None:
    """Return the directory of the journals, or None if journals are disabled."""
    if isinstance(resume, str):
        return resume
    state = _state_home() if resume else ""
    return os.path.join(state, "minio", "uploads") if os.path.isabs(state) else None


def _state_home() -> str:
    """Return the directory for application state. Relative paths in the environment are ignored."""
    if os.name == "nt":
        return os.environ.get("LOCALAPPDATA", "")
    given = os.environ.get("XDG_STATE_HOME", "")
    return given if os.path.isabs(given) else os.path.join(os.path.expanduser("~"), ".local", "state")
