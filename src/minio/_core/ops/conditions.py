"""Conditions of requests: of reads, of writes and of copies.

The conditions of a copy have header names of their own, and this client checks whether an object meets them.

S3 uses `x-amz-copy-source-if-*`. Ceph ignores these headers and uses `x-amz-copy-if-*`, but only in CopyObject. In
UploadPartCopy it supports neither. Both spellings are therefore sent, and for multipart copies the conditions are
checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..arguments import check_filled, check_moment
from ..datatypes import Object
from ..exceptions import InvalidArgumentError
from ..wire.dates import to_http_header
from ..wire.etag import bare_etag, same_etag

_PREFIX = "x-amz-copy-source-if-"
_OF_CEPH = "x-amz-copy-if-"
HEADERS = frozenset({"if-match", "if-none-match", "if-modified-since", "if-unmodified-since"})
"""The conditions of a request for the object itself."""
CONDITIONS = frozenset(_PREFIX + name for name in ("match", "none-match", "modified-since", "unmodified-since"))


def read_conditions(
    match_etag: str | None,
    not_match_etag: str | None,
    modified_since: datetime | None,
    unmodified_since: datetime | None,
) -> dict[str, str]:
    """Check the conditions of a read, and return their headers."""
    headers = {}
    for argument, header, etag in (
        ("match_etag", "If-Match", match_etag),
        ("not_match_etag", "If-None-Match", not_match_etag),
    ):
        if etag is not None:
            bare = _checked_etag(argument, etag)
            headers[header] = "*" if etag.strip() == "*" else f'"{bare}"'
    for argument, header, moment in (
        ("modified_since", "If-Modified-Since", modified_since),
        ("unmodified_since", "If-Unmodified-Since", unmodified_since),
    ):
        check_moment(argument, moment)
        if moment is not None:
            headers[header] = to_http_header(moment)
    return headers


def write_conditions(if_match: str | None, if_none_match: str | None) -> dict[str, str]:
    """Check the conditions of a write, and return their headers."""
    if if_match is not None and if_none_match is not None:
        raise InvalidArgumentError("if_match must not be given with if_none_match: S3 takes one condition")
    if if_match is not None:
        # Every server compares an ETag without quotes correctly. With quotes, Ceph does not.
        return {"If-Match": _checked_etag("if_match", if_match)}
    if if_none_match is not None:
        return {"If-None-Match": _checked_etag("if_none_match", if_none_match)}
    return {}


def _checked_etag(name: str, etag: str) -> str:
    """Check an ETag, and return it without quotes."""
    check_filled(name, etag)
    if not (etag.isascii() and etag.isprintable()):
        raise InvalidArgumentError(f"{name} must be printable ASCII, as it goes into a header, not {etag!r}")
    return bare_etag(etag.strip())


def in_both_spellings(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a copy with each condition in both S3's and Ceph's spelling."""
    conditions = {name: value for name, value in headers.items() if name.lower() in CONDITIONS}
    return {**headers, **{_OF_CEPH + name[len(_PREFIX) :].lower(): value for name, value in conditions.items()}}


def is_met(headers: Mapping[str, str], found: Object) -> bool:
    """Return whether an object meets the conditions in the headers of a copy.

    As in S3, ETags take precedence over dates: a true If-Match overrides If-Unmodified-Since, and a false
    If-None-Match fails regardless of If-Modified-Since.
    """
    wanted = {name.lower().removeprefix(_PREFIX): value for name, value in headers.items()}
    if (match := wanted.get("match")) is not None:
        if not _lists(match, found):
            return False
    elif _is_after(found, wanted.get("unmodified-since")) is True:
        return False
    if (none_match := wanted.get("none-match")) is not None:
        return not _lists(none_match, found)
    return _is_after(found, wanted.get("modified-since")) is not False


def may_store(conditions: Mapping[str, str], found: Object | None) -> bool:
    """Return whether an object, or None if there is none, meets the conditions of a write."""
    wanted = {name.lower().removeprefix("if-"): value for name, value in conditions.items()}
    return is_met(wanted, found) if found is not None else "match" not in wanted


def _lists(etags: str, found: Object) -> bool:
    return any(etag.strip() == "*" or same_etag(etag.strip(), found.etag or "") for etag in etags.split(","))


def _is_after(found: Object, date: str | None) -> bool | None:
    """Return whether the object was modified after a date, in whole seconds. None means no date or an invalid one."""
    if date is None or found.last_modified is None:
        return None
    from email.utils import parsedate_to_datetime

    try:
        return int(found.last_modified.timestamp()) > int(parsedate_to_datetime(date).timestamp())
    except ValueError:
        return None
