"""Listing objects, a page at a time: ListObjectsV2, ListObjects (version 1), ListObjectVersions.

Names are asked for url-encoded, since XML cannot hold every character that a name may; they are decoded only when the
server says that it did encode them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ...datatypes import Object
from ...error import InvalidArgumentError, InvalidXMLError
from ..wire import xml
from ..wire.fields import read_moment, read_size
from ..wire.message import Request, Response
from ..wire.url import unquote
from .contents import Run, find_run

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from ...tagging import Tags

PAGE = 1000
_EMPTY_PAGES = 10_000
"""Servers that filter show some empty pages before they come to the next name."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list. It yields a page's operation; `after` makes the next page's."""

    bucket: str
    prefix: str = ""
    delimiter: str = ""
    start_after: str = ""
    api: str = "v2"
    """Which of the S3 calls: v2, v1 or versions."""
    encode: bool = True
    fetch_owner: bool = False
    user_meta: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    token: tuple[str, str] = ("", "")
    """Where the page begins: continuation token (v2), marker (v1), key and version marker (versions)."""

    def request(self) -> Request:
        query = {"delimiter": self.delimiter, "max-keys": str(PAGE), "prefix": self.prefix}
        if self.encode:
            query["encoding-type"] = "url"
        if self.user_meta:
            query["metadata"] = "true"
        query.update({"v2": self._v2, "v1": self._v1, "versions": self._versions}[self.api]())
        query.update(self.extra)
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
        root, run = _read(response.body)
        if not xml.local(root).startswith("List"):
            raise InvalidXMLError(f"expected a listing, got <{xml.local(root)}>")
        values = {xml.local(item): item.text or "" for item in root if not len(item)}
        decode = unquote if values.get("EncodingType", "").lower() == "url" else str
        objects = read_objects(root, self.bucket, decode, run)
        token = self._next_token(values, objects, decode) if values.get("IsTruncated", "").lower() == "true" else None
        return Page(objects, token)

    def _next_token(
        self, values: dict[str, str], objects: list[Object], decode: Callable[[str], str]
    ) -> tuple[str, str] | None:
        if self.api == "v2":
            token = (values.get("NextContinuationToken", ""), "")
        elif self.api == "v1":
            # Version 1 names the next marker only with a delimiter: otherwise it is the last name.
            marker = decode(values.get("NextMarker", "")) or max((item.object_name for item in objects), default="")
            token = (marker, "")
        else:
            token = (decode(values.get("NextKeyMarker", "")), values.get("NextVersionIdMarker", ""))
        return token if token != ("", "") else None

    def after(self, token: tuple[str, str]) -> Listing:
        """The next page."""
        return replace(self, token=token)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a listing, and where the next one begins: None at the end."""

    objects: list[Object]
    token: tuple[str, str] | None


class Places:
    """Where the pages of a listing have begun. A server that leads in a circle, or into the void, is found out.

    Args:
        what: What is listed, for the error.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: set[bytes] = set()
        self._empty = 0

    def add(self, token: tuple[str, str], found: bool) -> None:
        """Go on at another place; `found` tells whether the page before it held anything.

        Raises:
            InvalidXMLError: The listing was there before, or has shown nothing for thousands of pages.
        """
        self._empty = 0 if found else self._empty + 1
        if self._empty > _EMPTY_PAGES:
            raise InvalidXMLError(f"the server shows {_EMPTY_PAGES} empty pages of {self._what} in a row")
        # Only a digest is kept: a million objects are a thousand pages, and a token may be long.
        digest = hashlib.sha256(repr(token).encode("utf-8", "surrogatepass")).digest()[:16]
        if digest in self._seen:
            raise InvalidXMLError(f"the server repeats a page of {self._what}: {token[0][:100]!r}")
        self._seen.add(digest)


def _read(body: bytes) -> tuple[Element, Run | None]:
    """A page as XML, without its objects when those could be read by column."""
    run = find_run(body)
    if run is not None:
        # When the rest is no XML then neither is the page; what is wrong, and where, its own reader says.
        with suppress(InvalidXMLError):
            root = xml.parse(run.rest)
            if run.stands_in(root):
                return root, run
    return xml.parse(body), None


def read_objects(root: Element, bucket: str, decode: Callable[[str], str], run: Run | None = None) -> list[Object]:
    """Everything that a page lists: objects, versions, prefixes, delete markers; a run was read already."""
    kinds: dict[str, list[Object]] = {"Contents": [], "Version": [], "CommonPrefixes": [], "DeleteMarker": []}
    for element in root:
        name = xml.local(element)
        if name == "CommonPrefixes":
            prefix = decode(xml.text(element, "Prefix") or "")
            kinds[name].append(Object(bucket, prefix, etag="", size=0))
        elif run is not None and name == "Contents":
            kinds[name] = run.objects(bucket, decode)
        elif name in kinds:
            kinds[name].append(read_object(element, bucket, decode, name == "DeleteMarker"))
    return [item for items in kinds.values() for item in items]


def read_object(element: Element, bucket: str, decode: Callable[[str], str], marker: bool) -> Object:
    """One object, version or delete marker."""
    values = {}
    nested = {}
    for item in element:
        tag = str(item.tag)
        name = tag[tag.find("}") + 1 :]
        values[name] = item.text or ""
        if len(item):
            nested[name] = item
    owner = xml.texts(nested["Owner"]) if "Owner" in nested else {}
    return Object(
        bucket,
        decode(values.get("Key", "")),
        read_moment("LastModified", values.get("LastModified")),
        values.get("ETag", "").replace('"', "") if not marker else None,
        read_size("Size", values.get("Size")),
        dict(_user_metadata(nested["UserMetadata"])) if "UserMetadata" in nested else None,
        values.get("VersionId"),
        values.get("IsLatest"),
        values.get("StorageClass"),
        owner.get("ID"),
        owner.get("DisplayName"),
        None,
        marker,
        _user_tags(values["UserTags"]) if values.get("UserTags") else None,
    )


def _user_metadata(element: Element) -> Iterator[tuple[str, str]]:
    """MinIO's extension: one element a header, named as the header is; or Items with Key and Value."""
    for item in element:
        if len(item):
            yield xml.text(item, "Key") or "", xml.text(item, "Value") or ""
        else:
            yield xml.local(item), item.text or ""


def _user_tags(text: str) -> Tags:
    from ...tagging import Tags

    try:
        return Tags.from_header(text)
    except InvalidArgumentError as error:
        raise InvalidXMLError(f"<UserTags> are no tags: {error}") from error
