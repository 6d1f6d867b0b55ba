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
from .upload import Sent

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch

_TOLD = ("x-amz-server-side-encryption", "x-amz-object-lock-mode", "x-amz-object-lock-legal-hold")
_OFTEN_LOST = frozenset({"cache-control", "content-disposition", "content-encoding", "content-language", "expires"})


class _Ranges(Protocol):
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


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in headers.items()}


def _equal(body: Body, part: Listed) -> bool:
    if _MD5(part.etag):
        return digests(body, ["MD5"])["MD5"].hex() == part.etag
    for algorithm, value in part.checksums:
        if algorithm in ("SHA256", "CRC32C", "CRC32"):
            return base64.b64encode(digests(body, [algorithm])[algorithm]).decode() == value
    return False
