"""List objects page by page: ListObjectsV2, ListObjects (version 1), ListObjectVersions.

Names are requested in URL encoding, because XML cannot represent every character of a name. They are decoded only if
the response says that they are encoded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..datatypes import Object, read_object
from ..exceptions import InvalidXMLError
from ..wire import xml
from ..wire.message import Request, Response
from ..wire.redact import redact
from ..wire.url import unquote
from ..wire.xml_fields import read_bool
from .fast_listing import ContentsBlock, scan

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


PAGE = 1000
_EMPTY_PAGES = 10_000
"""The maximum number of consecutive empty pages. Servers that filter may send some before the next name."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The request for one page of a listing. `next` and `after` return the request for the following page."""

    bucket: str
    prefix: str = ""
    delimiter: str = ""
    start_after: str = ""
    api: str = "v2"
    """The S3 operation: v2, v1 or versions."""
    encode: bool = True
    fetch_owner: bool = False
    user_meta: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    page_size: int = PAGE
    token: tuple[str, str] = ("", "")
    """The start of the page: continuation token (v2), marker (v1), key and version markers (versions)."""

    @property
    def s3_name(self) -> str:
        return {"v1": "ListObjects", "v2": "ListObjectsV2", "versions": "ListObjectVersions"}[self.api]

    def request(self) -> Request:
        query = {"delimiter": self.delimiter, "max-keys": str(self.page_size), "prefix": self.prefix}
        if self.encode:
            query["encoding-type"] = "url"
        if self.user_meta:
            query["metadata"] = "true"
        place = {"v2": self._v2, "v1": self._v1, "versions": self._versions}[self.api]()
        # The caller's parameters may say where the first page begins, but not where the next ones do.
        query |= place | self.extra | (place if any(self.token) or self.start_after else {})
        return Request(method="GET", bucket=self.bucket, query=query, headers=self.headers)

    def _v2(self) -> dict[str, str]:
        query = {"list-type": "2"}
        if self.token[0]:
            query["continuation-token"] = self.token[0]
        elif self.start_after:
            query["start-after"] = self.start_after
        if self.fetch_owner:
            query["fetch-owner"] = "true"
        return query

    def _v1(self) -> dict[str, str]:
        marker = self.token[0] or self.start_after
        return {"marker": marker} if marker else {}

    def _versions(self) -> dict[str, str]:
        query = {"versions": ""}
        if self.token[0] or self.start_after:
            query["key-marker"] = self.token[0] or self.start_after
        if self.token[1]:
            query["version-id-marker"] = self.token[1]
        return query

    def parse(self, response: Response, /) -> Page:
        root, block = _read(response.body)
        if not xml.local(root).startswith("List"):
            raise InvalidXMLError(f"expected a listing, got <{xml.local(root)}>")
        values = {xml.local(item): item.text or "" for item in root if not len(item)}
        decode = unquote if values.get("EncodingType", "").lower() == "url" else str
        api = self._spoken(root, values)
        if api == "v1" and self.api == "v2" and self.start_after:
            # The server has ignored start-after, so the page is requested again with version 1.
            return Page([], (self.start_after, ""), api)
        objects = read_objects(root, self.bucket, decode, block)
        if not is_truncated(values):
            return Page(objects, None)
        token = _token(api, values, decode)
        if token is not None:
            return Page(objects, token, api)
        return Page(objects, last_entry(root, decode, block, self.delimiter), api, guessed=True)

    def _spoken(self, root: Element, values: dict[str, str]) -> str:
        """Return the S3 operation that the page belongs to. A server without the requested one responds with v1."""
        if self.api == "versions":
            return "versions" if xml.local(root) == "ListVersionsResult" else "v1"
        if values.get("NextContinuationToken"):
            return "v2"
        return self.api if _V2.intersection(values) else "v1"

    def after(self, token: tuple[str, str]) -> Listing:
        """Return the request for the page at a token, with the same S3 operation."""
        return replace(self, token=token)

    def next(self, page: Page) -> Listing:
        """Return the request for the page after this one, which must not be the last."""
        token = page.token or ("", "")
        if page.api == "v2" and page.guessed:
            return replace(self, api="v2", start_after=token[0], token=("", ""))
        return replace(self, api=page.api or self.api, token=token)


_V2 = frozenset({"KeyCount", "StartAfter", "ContinuationToken"})
"""Elements that occur only in pages of version 2."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a listing, and the start of the next one. `token` is None for the last page."""

    objects: list[Object]
    token: tuple[str, str] | None
    api: str = ""
    """The S3 operation that returns the next page."""
    guessed: bool = False
    """The server sent no token for the next page, so the last entry of this page is used."""

    def without(self, before: set[tuple[str, str | None]]) -> list[Object]:
        """Return the objects that were not on the previous page, identified by name and version id.

        Raises:
            InvalidXMLError: The page is not empty, and all its objects were on the previous page.
        """
        fresh = [item for item in self.objects if (item.object_name, item.version_id) not in before]
        if self.objects and not fresh:
            raise InvalidXMLError(f"the server repeats a page of bucket {self.objects[0].bucket_name!r}")
        return fresh


def is_truncated(values: dict[str, str]) -> bool:
    """Return whether more pages follow.

    Raises:
        UnexpectedXMLError: The value is neither true nor false.
    """
    return read_bool("IsTruncated", values.get("IsTruncated")) or False


def _token(api: str, values: dict[str, str], decode: Callable[[str], str]) -> tuple[str, str] | None:
    """Return the start of the next page, or None if the page does not contain it."""
    if api == "v2":
        found = values.get("NextContinuationToken", "")
    else:
        found = decode(values.get("NextKeyMarker" if api == "versions" else "NextMarker", ""))
    # Servers reject a version marker without a key marker.
    version = values.get("NextVersionIdMarker", "") if api == "versions" else ""
    return (found, version) if found else None


def last_entry(
    root: Element, decode: Callable[[str], str], block: ContentsBlock | None = None, delimiter: str = ""
) -> tuple[str, str]:
    """Return the marker for the last entry of a page: key and version id.

    Entries are in the order of the server, which may differ from the order of the keys. Common prefixes follow them.
    The marker is the greater of the last entry and the last common prefix. Neither is beyond the end of the page, so
    nothing is skipped.

    Raises:
        InvalidXMLError: The page has no entries.
    """
    last = ("", "")
    for element in reversed(root):
        name = xml.local(element)
        if name in ("Contents", "Version", "DeleteMarker", "Upload"):
            key = block.names[-1] if block is not None and name == "Contents" else xml.text(element, "Key") or ""
            last = (decode(key), xml.text(element, "VersionId") or xml.text(element, "UploadId") or "")
            break
    prefixes = [decode(xml.text(element, "Prefix") or "") for element in xml.children(root, "CommonPrefixes")]
    if prefixes and prefixes[-1] > last[0]:
        # A server that compares the marker with keys then continues after the prefix, not at its first key again.
        last = (prefixes[-1] + (_GREATEST if delimiter and prefixes[-1].endswith(delimiter) else ""), "")
    if last == ("", ""):
        raise InvalidXMLError("the listing is truncated, but its page has no entry and no marker for the next page")
    return last


_GREATEST = "\U0010ffff"


class PageLoopGuard:
    """Detects servers that repeat pages or send empty pages without end, by recording the start of each page.

    Args:
        what: What is listed, for the error message.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: set[bytes] = set()
        self._empty = 0

    def add(self, token: tuple[str, str], found: bool) -> None:
        """Record the start of the next page. `found` is true if the previous page was not empty.

        Raises:
            InvalidXMLError: The page was requested before, or thousands of consecutive pages were empty.
        """
        self._empty = 0 if found else self._empty + 1
        if self._empty > _EMPTY_PAGES:
            raise InvalidXMLError(f"the server shows {_EMPTY_PAGES} empty pages of {self._what} in a row")
        # Only a digest is kept: a million objects take a thousand pages, and tokens may be long.
        digest = hashlib.sha256(repr(token).encode("utf-8", "surrogatepass")).digest()[:16]
        if digest in self._seen:
            raise InvalidXMLError(f"the server repeats a page of {self._what}: {redact(repr(token[0][:100]))}")
        self._seen.add(digest)


def _read(body: bytes) -> tuple[Element, ContentsBlock | None]:
    """Parse a page. If its objects can be read by column, they are returned separately."""
    block = scan(body)
    if block is not None:
        # If the rest is not XML, neither is the page. Parsing the whole page below reports the correct error.
        with suppress(InvalidXMLError):
            root = xml.parse(block.rest)
            if block.covers(root):
                return root, block
    return xml.parse(body), None


def read_objects(
    root: Element, bucket: str, decode: Callable[[str], str], block: ContentsBlock | None = None
) -> list[Object]:
    """Return all entries of a page: objects, versions, prefixes and delete markers.

    `block` contains the objects that were read by column.
    """
    kinds: dict[str, list[Object]] = {"Contents": [], "Version": [], "CommonPrefixes": [], "DeleteMarker": []}
    for element in root:
        name = xml.local(element)
        if name == "CommonPrefixes":
            prefix = decode(xml.text(element, "Prefix") or "")
            kinds[name].append(Object(bucket, prefix, etag="", size=0))
        elif block is not None and name == "Contents":
            kinds[name] = block.objects(bucket, decode)
        elif name in kinds:
            kinds[name].append(read_object(element, bucket, decode, name == "DeleteMarker"))
    return [item for items in kinds.values() for item in items]
