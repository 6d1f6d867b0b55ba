"""Values that several calls share: tags, the filters of rules, the sources of copies, the files of a snowball."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import IO, TYPE_CHECKING, Self
from urllib.parse import quote

from ._core.wire.fields import add_text, enter, filled_text, need_text, own, seek, seek_int, seek_text
from ._core.wire.values import (
    check_choice,
    check_moment,
    check_optional,
    check_optional_number,
    check_optional_text,
    check_text,
    check_type,
)  # fmt: skip
from .error import InvalidArgumentError
from .sse import SseCustomerKey
from .tagging import Tag, Tags
from .time import to_http_header

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "COMPLIANCE",
    "COPY",
    "DISABLED",
    "ENABLED",
    "GOVERNANCE",
    "REPLACE",
    "AndOperator",
    "BaseRule",
    "ComposeSource",
    "CopySource",
    "Filter",
    "ObjectConditionalReadArgs",
    "SnowballObject",
    "Tag",
    "Tags",
    "check_status",
]

COPY = "COPY"
REPLACE = "REPLACE"
DISABLED = "Disabled"
ENABLED = "Enabled"
GOVERNANCE = "GOVERNANCE"
COMPLIANCE = "COMPLIANCE"

_MAX_RULE_ID = 255
_MAX_OBJECT_SIZE = 5 * 1024**4


def check_status(status: str) -> None:
    """Refuse what is neither ENABLED nor DISABLED.

    Raises:
        InvalidArgumentError: It is something else.
    """
    check_choice("status", status, (ENABLED, DISABLED))


def _check_sizes(above: object, below: object) -> None:
    check_optional_number("object_size_greater_than", above)
    check_optional_number("object_size_less_than", below, 1)


def _add_sizes(element: _Element, part: AndOperator | Filter) -> None:
    add_text(element, "ObjectSizeGreaterThan", part.object_size_greater_than)
    add_text(element, "ObjectSizeLessThan", part.object_size_less_than)


@dataclass(frozen=True)
class AndOperator:
    """Conditions that must all hold; at least one is needed.

    Args:
        prefix: What the object's name begins with.
        tags: Tags that the object has.
        object_size_greater_than: The object has more bytes than this.
        object_size_less_than: The object has fewer bytes than this.
    """

    prefix: str | None = None
    tags: Tags | None = None
    object_size_greater_than: int | None = None
    object_size_less_than: int | None = None

    def __post_init__(self) -> None:
        check_optional_text("prefix", self.prefix, blank=True)
        check_optional("tags", self.tags, Tags)
        _check_sizes(self.object_size_greater_than, self.object_size_less_than)
        if all(getattr(self, each.name) is None for each in fields(self)):
            raise InvalidArgumentError("at least one of prefix, tags and the object's size must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the conditions out of ``And``, or out of the filter that holds it."""
        element = own(element, "And")
        above, below = seek_int(element, "ObjectSizeGreaterThan"), seek_int(element, "ObjectSizeLessThan")
        tags = Tags.fromxml(element) or None
        prefix = seek_text(element, "Prefix")
        if prefix is None and tags is None and above is None and below is None:
            prefix = ""
        return cls(prefix, tags, above, below)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``And``."""
        element = enter(element, "And")
        add_text(element, "Prefix", self.prefix)
        if self.tags is not None:
            self.tags.toxml(element)
        _add_sizes(element, self)
        return element


@dataclass(frozen=True)
class Filter:
    """The objects that a rule is about, by exactly one condition.

    Args:
        and_operator: Several conditions in one.
        prefix: What the object's name begins with; '' means every object.
        tag: A tag that the object has.
        object_size_greater_than: The object has more bytes than this.
        object_size_less_than: The object has fewer bytes than this.
    """

    and_operator: AndOperator | None = None
    prefix: str | None = None
    tag: Tag | None = None
    object_size_greater_than: int | None = None
    object_size_less_than: int | None = None

    def __post_init__(self) -> None:
        check_optional("and_operator", self.and_operator, AndOperator)
        check_optional_text("prefix", self.prefix, blank=True)
        check_optional("tag", self.tag, Tag)
        _check_sizes(self.object_size_greater_than, self.object_size_less_than)
        if sum(getattr(self, each.name) is not None for each in fields(self)) != 1:
            raise InvalidArgumentError("exactly one of and_operator, prefix, tag and the object's size must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the filter out of ``Filter``, or out of the rule that holds it. An empty filter is the prefix ''."""
        element = own(element, "Filter")
        if seek(element, "And") is not None:
            return cls(and_operator=AndOperator.fromxml(element))
        return cls._of(
            seek_text(element, "Prefix"),
            Tag.fromxml(element) if seek(element, "Tag") is not None else None,
            seek_int(element, "ObjectSizeGreaterThan"),
            seek_int(element, "ObjectSizeLessThan"),
        )

    @classmethod
    def _of(cls, prefix: str | None, tag: Tag | None, above: int | None, below: int | None) -> Self:
        # Some servers write an empty Prefix beside the condition, or several conditions without And.
        given = [value for value in (prefix or None, tag, above, below) if value is not None]
        if len(given) > 1:
            tags = None if tag is None else Tags.of([(tag.key, tag.value)])
            return cls(and_operator=AndOperator(prefix or None, tags, above, below))
        prefix = prefix or (None if given else "")
        return cls(prefix=prefix, tag=tag, object_size_greater_than=above, object_size_less_than=below)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Filter``."""
        element = enter(element, "Filter")
        if self.and_operator is not None:
            self.and_operator.toxml(element)
        add_text(element, "Prefix", self.prefix)
        if self.tag is not None:
            self.tag.toxml(element)
        _add_sizes(element, self)
        return element


@dataclass(frozen=True)
class BaseRule:
    """What the rules of lifecycle and replication have in common.

    Args:
        status: ENABLED or DISABLED.
        rule_filter: The objects that it is about; None means all.
        rule_id: Its name, 1 to 255 characters; the server makes one up where there is none.
    """

    status: str
    rule_filter: Filter | None = None
    rule_id: str | None = None

    def __post_init__(self) -> None:
        check_status(self.status)
        check_optional("rule_filter", self.rule_filter, Filter)
        check_optional_text("rule_id", self.rule_id, longest=_MAX_RULE_ID)

    @staticmethod
    def parsexml(element: _Element) -> tuple[str, Filter | None, str | None]:
        """Read status, filter and id out of ``Rule``; an empty filter is None."""
        found = seek(element, "Filter")
        rule_filter = None if found is None or len(found) == 0 else Filter.fromxml(found)
        return need_text(element, "Status").strip(), rule_filter, filled_text(element, "ID")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write id, status and filter into the element; without one, into a new ``Rule``."""
        element = enter(None, "Rule") if element is None else element
        add_text(element, "ID", self.rule_id)
        add_text(element, "Status", self.status)
        if self.rule_filter is not None:
            self.rule_filter.toxml(element)
        return element


@dataclass(frozen=True)
class ObjectConditionalReadArgs:
    """An object to read from, and the conditions under which to read it.

    Args:
        bucket_name: The bucket.
        object_name: The object.
        region: The bucket's region, if known.
        version_id: The version; None means the newest.
        ssec: The key that the object was encrypted with.
        offset: The first byte to read.
        length: How many bytes to read, from `offset` on.
        match_etag: Only if its ETag is this.
        not_match_etag: Only if its ETag is not this.
        modified_since: Only if it was modified after this moment.
        unmodified_since: Only if it was not modified after this moment.

    Raises:
        InvalidArgumentError: One of them is wrong.
    """

    bucket_name: str
    object_name: str
    region: str | None = None
    version_id: str | None = None
    ssec: SseCustomerKey | None = None
    offset: int | None = None
    length: int | None = None
    match_etag: str | None = None
    not_match_etag: str | None = None
    modified_since: datetime | None = None
    unmodified_since: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("bucket_name", "object_name"):
            check_text(name, getattr(self, name))
        for name in ("region", "version_id", "match_etag", "not_match_etag"):
            check_optional_text(name, getattr(self, name))
        for name in ("match_etag", "not_match_etag"):
            etag = getattr(self, name) or ""
            if not (etag.isascii() and etag.isprintable()):
                raise InvalidArgumentError(f"{name} must be printable ASCII, as it goes into a header, not {etag!r}")
        check_optional("ssec", self.ssec, SseCustomerKey)
        check_optional_number("offset", self.offset)
        check_optional_number("length", self.length, 1)
        check_moment("modified_since", self.modified_since)
        check_moment("unmodified_since", self.unmodified_since)

    def gen_copy_headers(self) -> dict[str, str]:
        """Return the headers that name the object as the source of a copy, its key and its conditions among them."""
        source = quote(f"/{self.bucket_name}/{self.object_name}")
        if self.version_id:
            source += f"?versionId={quote(self.version_id, safe='')}"
        headers = {"x-amz-copy-source": source}
        if self.ssec is not None:
            headers.update(self.ssec.copy_headers())
        headers.update(self._conditions("x-amz-copy-source-if-"))
        return headers

    def _conditions(self, prefix: str) -> Mapping[str, str]:
        values = {
            "match": _bare(self.match_etag),
            "none-match": _bare(self.not_match_etag),
            "modified-since": _header_date(self.modified_since),
            "unmodified-since": _header_date(self.unmodified_since),
        }
        return {f"{prefix}{name}": value for name, value in values.items() if value is not None}

    @classmethod
    def of(cls, src: ObjectConditionalReadArgs) -> Self:
        """Make one of this class with the same values."""
        check_type("src", src, ObjectConditionalReadArgs)
        return cls(**{each.name: getattr(src, each.name) for each in fields(ObjectConditionalReadArgs)})


def _bare(etag: str | None) -> str | None:
    # Without quotes every server compares it rightly; with them Ceph does not.
    return etag[1:-1] if etag is not None and len(etag) > 2 and etag[0] == etag[-1] == '"' else etag


def _header_date(value: datetime | None) -> str | None:
    return None if value is None else to_http_header(value)


@dataclass(frozen=True)
class CopySource(ObjectConditionalReadArgs):
    """The source of copy_object.

    client.copy_object("bucket", "copy", CopySource("bucket", "original"))
    """


@dataclass(frozen=True)
class ComposeSource(ObjectConditionalReadArgs):
    """One of the sources of compose_object.

    client.compose_object("bucket", "whole", [ComposeSource("bucket", "one"), ComposeSource("bucket", "two")])
    """

    _object_size: int | None = field(default=None, init=False, repr=False, compare=False)
    _headers: dict[str, str] | None = field(default=None, init=False, repr=False, compare=False)

    def build_headers(self, object_size: int, etag: str) -> None:
        """Settle the headers, now that the object's size and ETag are known: a source that changes meanwhile fails.

        Raises:
            InvalidArgumentError: The range that was asked for goes beyond the object.
        """
        self._check_range(object_size)
        headers = self.gen_copy_headers()
        headers.setdefault("x-amz-copy-source-if-match", _bare(etag) or "")
        object.__setattr__(self, "_object_size", object_size)
        object.__setattr__(self, "_headers", headers)

    def _check_range(self, size: int) -> None:
        start = self.offset or 0
        if self.offset is not None and start >= size:
            raise InvalidArgumentError(f"offset {start} of source {self._name} is beyond its size of {size} bytes")
        if self.length is not None and start + self.length > size:
            raise InvalidArgumentError(
                f"offset {start} and length {self.length} of source {self._name} go beyond its size of {size} bytes"
            )

    @property
    def _name(self) -> str:
        version = f"?versionId={self.version_id}" if self.version_id else ""
        return f"{self.bucket_name}/{self.object_name}{version}"

    @property
    def object_size(self) -> int | None:
        """The object's size in bytes.

        Raises:
            InvalidArgumentError: build_headers was not called yet.
        """
        self._check_built()
        return self._object_size

    @property
    def headers(self) -> dict[str, str]:
        """A copy of the headers that name the source.

        Raises:
            InvalidArgumentError: build_headers was not called yet.
        """
        self._check_built()
        return dict(self._headers or {})

    def _check_built(self) -> None:
        if self._headers is None:
            raise InvalidArgumentError("build_headers must be called first")


@dataclass(frozen=True)
class SnowballObject:
    """One of the objects of upload_snowball_objects: a file by its name, or a stream.

    Args:
        object_name: The object's name.
        filename: The file to read it from.
        data: The stream to read it from.
        length: How many bytes of `data`.
        mod_time: When it was modified.

    Raises:
        InvalidArgumentError: Not exactly one of `filename` and `data` is given, or `data` without `length`.
    """

    object_name: str
    filename: str | None = None
    data: IO[bytes] | None = None
    length: int | None = None
    mod_time: datetime | None = None

    def __post_init__(self) -> None:
        check_text("object_name", self.object_name)
        check_optional_text("filename", self.filename)
        check_optional_number("length", self.length)
        check_moment("mod_time", self.mod_time)
        if (self.filename is None) == (self.data is None):
            raise InvalidArgumentError("exactly one of filename and data must be given")
        if self.data is not None:
            self._check_stream()

    def _check_stream(self) -> None:
        if not hasattr(self.data, "read"):
            raise InvalidArgumentError("data must have a read method")
        if self.length is None:
            raise InvalidArgumentError("length must be given with data")
        if self.length > _MAX_OBJECT_SIZE:
            raise InvalidArgumentError(f"length must be at most {_MAX_OBJECT_SIZE} bytes, not {self.length}")
