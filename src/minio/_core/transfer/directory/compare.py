"""Whether a name that both sides have is to be transferred.

The laws:

* `first` reads nothing but the two entries. If they do not suffice it returns a `Question`, which says what to hash.
* Different sizes are always different content, except for `exists`.
* What cannot be compared is transferred.
* A skip is never decided from times alone if the source is newer than the target (upload, copy), or if the times
  differ (download), except for `size` and `exists`.
* The decision of an answer depends on the question and on the answer only.

An ETag is an MD5 if the object was stored in one request, without encryption by a key of the customer or of KMS. The
ETag of an upload in parts is the MD5 of the MD5s of the parts and their number, so it can be recomputed for a size of
the parts. Only sizes that clients use are tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import Literal

from ..plan import MIN_PART_SIZE, earlier_plans, make_plan
from ..sizes import MIB
from .order import FAILURE, LINK, Entry

Direction = Literal["upload", "download", "copy"]

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch
_OF_PARTS = re.compile(r"([0-9a-f]{32})-([1-9][0-9]{0,4})").fullmatch
_USUAL_PARTS = tuple(size * MIB for size in (8, 16, 64, 15, 10, 32, 50, 100, 128))
"""The sizes of parts that other clients use, and 5 MiB, which is that of this one."""
_MOST_CANDIDATES = 3
_MILLISECOND = 1_000_000
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a name.

    Args:
        transfer: Whether to transfer it.
        reason: Why.
        set_time: Whether the file's time is to be set to the object's, so that the next run need not read the file.
    """

    transfer: bool
    reason: str
    set_time: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be known to decide: the hash of a local file, or the checksums of objects.

    Args:
        direction: The direction of the transfer.
        etag: The ETag of the object that a local file is compared with.
        parts: The sizes of parts to hash the file with. Empty if its MD5 is needed. None if the ETag does not help.
    """

    direction: Direction
    etag: str
    parts: tuple[int, ...] | None


NEW = Decision(True, "new")
ALL = Decision(True, "all are transferred")
SIZE = Decision(True, "size differs")
KIND = Decision(True, "the target is a link")
UNREADABLE = Decision(True, "the target cannot be read")
NEWER = Decision(True, "the source is newer")
TIME = Decision(True, "time differs")
CONTENT = Decision(True, "content differs")
UNKNOWN = Decision(True, "the content cannot be compared")
UNCHANGED = Decision(False, "unchanged")
EXISTS = Decision(False, "exists")
SAME = Decision(False, "same content")
SAME_SET_TIME = Decision(False, "same content", True)
_UNEQUAL = {LINK: KIND, FAILURE: UNREADABLE}


def first(
    direction: Direction, compare: str | None, source: Entry, target: Entry, part_size: int = 0
) -> Decision | Question:
    """Decide from two entries with the same name, or ask.

    Args:
        direction: The direction of the transfer.
        compare: The option of that name.
        source: The entry of the source.
        target: The entry of the target.
        part_size: The size of the parts of this plan's uploads: earlier ones may have had it too. 0 for none.
    """
    if compare is None:
        return ALL
    if compare == "exists":
        return EXISTS
    if source[1] != target[1]:
        return _UNEQUAL.get(target[4], SIZE)
    if compare == "size":
        return UNCHANGED
    if compare == "checksum":
        return _by_content(direction, source, target, part_size)
    if direction == "download":
        if same_time(target[2], source[2]):
            return UNCHANGED
        return TIME if compare == "mtime" else _by_content(direction, source, target, part_size)
    if direction == "copy" and compare == "auto":
        return _by_etag(source, target)
    if source[2] <= target[2]:
        return UNCHANGED
    return NEWER if compare == "mtime" else _by_content(direction, source, target, part_size)


def same_time(file: int, moment: int) -> bool:
    """Return whether a file has the time of an object. File systems and headers may have whole seconds only.

    Args:
        file: The time of the file in nanoseconds.
        moment: The time of the object in nanoseconds.
    """
    if abs(file - moment) < _MILLISECOND:
        return True
    return file % _SECOND == 0 and file // _SECOND == moment // _SECOND


def answered(question: Question, etags: list[str] | None) -> Decision:
    """Decide from the ETags that the file would have.

    Args:
        question: What was asked.
        etags: The possible ETags of the file, or None if the file cannot be read.
    """
    if etags is None:
        return UNKNOWN
    if question.etag not in etags:
        return CONTENT if question.parts == () else UNKNOWN
    return SAME_SET_TIME if question.direction == "download" else SAME


def compared(question: Question, equal: bool | None) -> Decision:
    """Decide from checksums of whole objects.

    Args:
        question: What was asked.
        equal: Whether they are equal, or None if the two sides have none in common.
    """
    if equal is None:
        return UNKNOWN
    if not equal:
        return CONTENT
    return SAME_SET_TIME if question.direction == "download" else SAME


def _by_content(direction: Direction, source: Entry, target: Entry, part_size: int) -> Decision | Question:
    if direction == "copy":
        found = _equal_etags(source[3], target[3])
        if found is not None:
            return SAME if found else CONTENT
        return Question(direction, source[3], None)
    etag, size = (source[3], source[1]) if direction == "download" else (target[3], target[1])
    if _MD5(etag):
        return Question(direction, etag, ())
    return Question(direction, etag, candidates(etag, size, part_size) or None)


def _by_etag(source: Entry, target: Entry) -> Decision:
    """Compare two objects by their ETags, or by their times if the ETags cannot be compared."""
    found = _equal_etags(source[3], target[3])
    if found is not None:
        return SAME if found else CONTENT
    return UNCHANGED if source[2] <= target[2] else NEWER


def _equal_etags(one: str, two: str) -> bool | None:
    """Return whether two ETags show the same content, or None if they show nothing."""
    if one and one == two:
        return True
    return False if _MD5(one) and _MD5(two) else None


def candidates(etag: str, size: int, part_size: int = 0) -> tuple[int, ...]:
    """Return the sizes of parts with which an object of this size may have got this ETag, the likeliest first.

    Args:
        etag: The ETag of an upload in parts.
        size: The size of the object in bytes.
        part_size: The likeliest size, or 0.
    """
    found = _OF_PARTS(etag)
    if found is None or not size:
        return ()
    count = int(found[2])
    ours = [make_plan(size, in_memory=in_memory) for in_memory in (True, False)]
    ours += [plan for each in ours for plan in earlier_plans(each)]
    least = ceil(ceil(size / count) / MIB) * MIB
    sizes = [*(plan.part_size for plan in ours), MIN_PART_SIZE, *_USUAL_PARTS, least]
    fitting = [part for part in dict.fromkeys((part_size, *sizes)) if part and ceil(size / part) == count]
    return tuple(fitting[:_MOST_CANDIDATES])
