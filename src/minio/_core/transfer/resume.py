"""Going on with an upload that was left unfinished: which of its parts may be used again. No sockets.

A part is used again only if it fits the cut of the body, and its content is proven to be ours: its ETag is the MD5 of
our bytes, or else the checksum that the server tells of it is ours. Everything else is sent anew.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Protocol

from ...datatypes import Part as Listed
from ..wire.checksums import Payload, digests
from ..wire.message import Body, body_length
from .plan import MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE, Plan
from .upload import Sent, Upload

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch
_COMPOSED = re.compile(r"[0-9a-f]{32}-\d+").fullmatch

_TOLD = ("x-amz-server-side-encryption", "x-amz-object-lock-mode", "x-amz-object-lock-legal-hold")
_UNTOLD = ("x-amz-tagging", "x-amz-acl", "x-amz-grant-", "x-amz-object-lock-retain-until-date")
_OFTEN_LOST = frozenset({"cache-control", "content-disposition", "content-encoding", "content-language", "expires"})


class _Ranges(Protocol):
    repeatable: bool

    def proof_part(self, offset: int, size: int) -> Body: ...


def adopt(plan: Plan, parts: Mapping[int, Listed], fixed: bool) -> Plan | None:
    """The cut that an earlier upload's parts follow; None when none of them can be used.

    Args:
        plan: Our own cut, of a body of known length.
        parts: The parts that the server holds, by number.
        fixed: The caller has said how large parts shall be.
    """
    if plan.length is None or not parts:
        return None
    size = max(part.size or 0 for part in parts.values())
    if fixed or not MIN_PART_SIZE <= size <= MAX_PART_SIZE or size * MAX_PARTS < plan.length:
        size = plan.part_size
    adopted = Plan(plan.length, size)
    return adopted if any(fits(adopted, part) for part in parts.values()) else None


def fits(plan: Plan, part: Listed) -> bool:
    """Whether a part has a number and the size that the cut gives to that number."""
    return 1 <= part.part_number <= (plan.count or 0) and part.size == plan.part(part.part_number).size


def proof(source: _Ranges, plan: Plan, part: Listed, checksum: str | None) -> Sent | None:
    """The part as sent, if its content is proven to be ours."""
    if not fits(plan, part):
        return None
    where = plan.part(part.part_number)
    body = source.proof_part(where.offset, where.size)
    if body_length(body) != where.size or not _equal(body, part):
        return None
    if not checksum:
        return Sent(part.etag, where.size)
    payload = Payload(body, checksum)
    return Sent(part.etag, where.size, payload.checksum(checksum), payload.md5)


def can_be_told(wanted: Mapping[str, str]) -> bool:
    """Whether HeadObject will tell of all of these that an unfinished upload has decided otherwise.

    It does not of tags and access rights; and a date of retention that is not ours could not be taken back.
    """
    return not any(name.lower().startswith(_UNTOLD) for name in wanted)


def same_metadata(wanted: Mapping[str, str], found: Mapping[str, str]) -> bool:
    """Whether an object whose upload was begun by an earlier call has the metadata that this one wants.

    Args:
        wanted: The headers that this call would have begun with.
        found: The headers that HeadObject has shown.
    """
    ours, theirs = _lower(wanted), _lower(found)
    names = {name for name in {*ours, *theirs} if name == "content-type" or name.startswith("x-amz-meta-")}
    names |= {name for name in ours if name.startswith(_TOLD) and not name.endswith("-customer-key")}
    names |= {name for name in theirs if name in _OFTEN_LOST}  # some servers keep none of these
    return all(ours.get(name) == theirs.get(name) for name in names) and "x-amz-tagging-count" not in theirs


def is_ours(source: _Ranges, upload: Upload, etag: str) -> bool:
    """Whether an object is the one that was sent, as far as its ETag tells.

    Two calls may have gone on with the same upload. To the slower one some servers tell of what the faster one has
    completed, as if all was well.
    """
    if upload.etag in (None, etag) or not _COMPOSED(etag):
        return True
    return not _tells_md5s(source, upload)


def _tells_md5s(source: _Ranges, upload: Upload) -> bool:
    """Whether the ETags of parts are MD5s on this server: those of encrypted objects only look like it."""
    known = [sent.md5 == sent.etag for sent in upload.sent.values() if sent.md5 is not None]
    if known or not source.repeatable:
        return bool(known) and all(known)
    number, sent = min(upload.sent.items(), key=lambda item: item[0])
    part = upload.plan.part(number)
    return digests(source.proof_part(part.offset, part.size), ["MD5"])["MD5"].hex() == sent.etag


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in headers.items()}


def _equal(body: Body, part: Listed) -> bool:
    if _MD5(part.etag):
        return digests(body, ["MD5"])["MD5"].hex() == part.etag
    for algorithm, value in part.checksums:
        if algorithm in ("SHA256", "CRC32C", "CRC32"):
            return base64.b64encode(digests(body, [algorithm])[algorithm]).decode() == value
    return False
