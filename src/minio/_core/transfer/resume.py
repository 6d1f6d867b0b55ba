"""Reuse of the parts of an interrupted upload. No sockets.

The laws:

* A part is kept only if its number and size match the plan, and its content is verified to be ours. Either the server
  lists it with the ETag recorded in the journal, and our bytes have the recorded SHA-256. Or, if the journal does not
  record the part as the server lists it, its ETag is the MD5 of our bytes, or the server's checksum matches them.
* Everything else is sent again.
* The purpose of an upload therefore does not have to identify its content: for bytes in memory it covers only the
  length and samples.
"""

from __future__ import annotations

import base64
import re
from typing import Protocol

from ..bucket_datatypes import Part as Listed
from ..wire.body import Body, body_length
from ..wire.checksums import Payload, digests
from .journal import Recorded
from .plan import Plan
from .upload import Sent, Upload

_MD5 = re.compile(r"[0-9a-f]{32}").fullmatch
_COMPOSED = re.compile(r"[0-9a-f]{32}-\d+").fullmatch


class _Ranges(Protocol):
    repeatable: bool

    def proof_part(self, offset: int, size: int) -> Body: ...


def matches_plan(plan: Plan, part: Listed) -> bool:
    """Return whether a part has a number in the plan and the planned size."""
    return 1 <= part.part_number <= (plan.count or 0) and part.size == plan.part(part.part_number).size


def verify_part(
    source: _Ranges, plan: Plan, part: Listed, recorded: Recorded | None, checksum: str | None
) -> Sent | None:
    """Return the part as sent if its content is verified to be ours, else None.

    Args:
        source: Our bytes.
        plan: How they are divided.
        part: The part as the server lists it.
        recorded: The part as the journal recorded it.
        checksum: The algorithm of the parts' checksums.
    """
    if not matches_plan(plan, part):
        return None
    where = plan.part(part.part_number)
    body = source.proof_part(where.offset, where.size)
    if body_length(body) != where.size:
        return None
    payload = Payload(body, checksum)
    if recorded is not None and (recorded.etag, recorded.size) == (part.etag, part.size):
        ours = recorded.sha256 == payload.sha256
    else:
        ours = _equal(body, part)
    return Sent(part.etag, where.size, payload.checksum(checksum), payload.md5) if ours else None


def etag_matches(source: _Ranges, upload: Upload, etag: str) -> bool:
    """Return whether an object is the one that was sent, as far as its ETag shows.

    If another client has already completed an upload, some servers respond to a request to complete it with the object
    that exists.
    """
    if upload.etag in (None, etag) or not _COMPOSED(etag):
        return True
    learn_etags(source, upload)
    return not upload.tells_md5s


def learn_etags(source: _Ranges, upload: Upload) -> None:
    """Determine whether this server's part ETags are MD5s. The ETags of encrypted parts only look like MD5s.

    This may read a part. Afterwards `etag_matches` is immediate, which matters if a deadline is close after the upload.
    """
    if upload.tells_md5s is None and upload.etag is not None:
        upload.tells_md5s = _tells_md5s(source, upload)


def _tells_md5s(source: _Ranges, upload: Upload) -> bool:
    known = [sent.md5 == sent.etag for sent in upload.sent.values() if sent.md5 is not None]
    if known or not source.repeatable:
        return bool(known) and all(known)
    number, sent = min(upload.sent.items(), key=lambda item: item[0])
    part = upload.plan.part(number)
    return digests(source.proof_part(part.offset, part.size), ["MD5"])["MD5"].hex() == sent.etag


def _equal(body: Body, part: Listed) -> bool:
    if _MD5(part.etag):
        return digests(body, ["MD5"])["MD5"].hex() == part.etag
    for algorithm, value in part.checksums:
        if algorithm in ("SHA256", "CRC32C", "CRC32"):
            return base64.b64encode(digests(body, [algorithm])[algorithm]).decode() == value
    return False
