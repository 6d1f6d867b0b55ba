"""Values that several calls share: tags, rule filters, copy sources and snowball objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import IO, TYPE_CHECKING, Self
from urllib.parse import quote

from ._core.arguments import (  # fmt: skip
    check_choice,
    check_filled,
    check_moment,
    check_number_of,
    check_optional,
    check_optional_xml_text,
    check_type,
)
from ._core.exceptions import InvalidArgumentError
from ._core.wire.dates import to_http_header
from ._core.wire.xml import is_empty, local
from ._core.wire.xml_fields import (
    UnexpectedXMLError,
    add_text,
    check_children,
    find,
    find_int,
    find_text,
    need_text,
    own,
    seek_filled,
    sub_element,
    text_or_none,
)
from .sse import SseCustomerKey
from .tagging import Tag, Tags

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

_SIZES = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")
_MAX_RULE_ID = 255
_MAX_OBJECT_SIZE = 5 * 1024**4


def check_status(status: str) -> None:
    """Check that a status is ENABLED or DISABLED.

    Raises:
        InvalidArgumentError: The status has another value.
    """
    check_choice("status", status, (ENABLED, DISABLED))


def _check_sizes(part: AndOperator | Filter) -> None:
    check_number_of(part, "object_size_greater_than")
    check_number_of(part, "object_size_less_than", 1)


def _add_sizes(element: _Element, part: AndOperator | Filter) -> None:
    add_text(element, "ObjectSizeGreaterThan", part.object_size_greater_than)
    add_text(element, "ObjectSizeLessThan", part.object_size_less_than)


@dataclass(frozen=True)
class AndOperator:
    """Conditions that must all be met. At least one is required.

    Args:
        prefix: A prefix of the object's name.
        tags: Tags that the object must have.
        object_size_greater_than: The object must be larger than this size in bytes.
        object_size_less_than: The object must be smaller than this size in bytes.
    """

    prefix: str | None = None
    tags: Tags | None = None
    object_size_greater_than: int | None = None
    object_size_less_than: int | None = None

    def __post_init__(self) -> None:
        check_optional_xml_text("prefix", self.prefix, blank=True)
        check_optional("tags", self.tags, Tags)
        _check_sizes(self)
        if all(getattr(self, each.name) is None for each in fields(self)):
            raise InvalidArgumentError("at least one of prefix, tags and the object's size must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the conditions from the ``And`` element, or from the filter that contains it.

        Raises:
            UnexpectedXMLError: A condition is unknown or occurs twice.
        """
        element = check_children(own(element, "And"), "Prefix", *_SIZES, many=("Tag",))
        above, below = find_int(element, "ObjectSizeGreaterThan"), find_int(element, "ObjectSizeLessThan")
        tags = Tags.fromxml(element) or None
        prefix = find_text(element, "Prefix")
        if prefix is None and tags is None and above is None and below is None:
            prefix = ""
        return cls(prefix, tags, above, below)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``And`` element."""
        element = sub_element(element, "And")
        add_text(element, "Prefix", self.prefix)
        if self.tags is not None:
            self.tags.toxml(element)
        _add_sizes(element, self)
        return element


@dataclass(frozen=True)
class Filter:
    """The objects to which a rule applies, selected by exactly one condition.

    Args:
        and_operator: A combination of several conditions.
        prefix: A prefix of the object's name. '' matches every object.
        tag: A tag that the object must have.
        object_size_greater_than: The object must be larger than this size in bytes.
        object_size_less_than: The object must be smaller than this size in bytes.
    """

    and_operator: AndOperator | None = None
    prefix: str | None = None
    tag: Tag | None = None
    object_size_greater_than: int | None = None
    object_size_less_than: int | None = None

    def __post_init__(self) -> None:
        check_optional("and_operator", self.and_operator, AndOperator)
        check_optional_xml_text("prefix", self.prefix, blank=True)
        check_optional("tag", self.tag, Tag)
        _check_sizes(self)
        if sum(getattr(self, each.name) is not None for each in fields(self)) != 1:
            raise InvalidArgumentError("exactly one of and_operator, prefix, tag and the object's size must be given")

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the filter from the ``Filter`` element, or from its rule. An empty filter is the prefix ''.

        Raises:
            UnexpectedXMLError: A condition is unknown, occurs twice, or is next to ``And``.
        """
        element = check_children(own(element, "Filter"), "Prefix", "Tag", "And", *_SIZES)
        # Some servers write every kind of condition, and leave unused ones empty.
        filled = [item for item in element if not is_empty(item)]
        if len(filled) == 1 and local(filled[0]) == "And":
            return cls(and_operator=AndOperator.fromxml(filled[0]))
        if seek_filled(element, "And") is not None:
            raise UnexpectedXMLError("<Filter> has conditions beside <And>")
        if len(element) and not filled and find(element, "Prefix") is None:
            raise UnexpectedXMLError("<Filter> has only empty conditions, and no <Prefix> that stands for all objects")
        return cls._of(
            find_text(element, "Prefix"),
            Tag.fromxml(element) if seek_filled(element, "Tag") is not None else None,
            find_int(element, "ObjectSizeGreaterThan"),
            find_int(element, "ObjectSizeLessThan"),
        )

    @classmethod
    def _of(cls, prefix: str | None, tag: Tag | None, above: int | None, below: int | None) -> Self:
        # Some servers write an empty Prefix next to the condition, or several conditions without And.
        given = [value for value in (prefix or None, tag, above, below) if value is not None]
        if len(given) > 1:
            tags = None if tag is None else Tags.of([(tag.key, tag.value)])
            return cls(and_operator=AndOperator(prefix or None, tags, above, below))
        prefix = prefix or (None if given else "")
        return cls(prefix=prefix, tag=tag, object_size_greater_than=above, object_size_less_than=below)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Filter`` element."""
        element = sub_element(element, "Filter")
        if self.and_operator is not None:
            self.and_operator.toxml(element)
        add_text(element, "Prefix", self.prefix)
        if self.tag is not None:
            self.tag.toxml(element)
        _add_sizes(element, self)
        return element


@dataclass(frozen=True)
class BaseRule:
    """The base class of lifecycle and replication rules.

    Args:
        status: ENABLED or DISABLED.
        rule_filter: The objects to which the rule applies. None means all.
        rule_id: The name of the rule, 1 to 255 characters. Without it, the server generates one.
    """

    status: str
    rule_filter: Filter | None = None
    rule_id: str | None = None

    def __post_init__(self) -> None:
        check_status(self.status)
        check_optional("rule_filter", self.rule_filter, Filter)
        check_optional_xml_text("rule_id", self.rule_id, longest=_MAX_RULE_ID)

    @staticmethod
    def parsexml(element: _Element) -> tuple[str, Filter | None, str | None]:
        """Read the status, filter and id from the ``Rule`` element. An empty filter is None.

        Raises:
            UnexpectedXMLError: The filter cannot be read, or contradicts the rule's own ``Prefix``.
        """
        found = seek_filled(element, "Filter")
        rule_filter = None if found is None else Filter.fromxml(found)
        prefix = find_text(element, "Prefix")
        if prefix and rule_filter not in (None, Filter(prefix=prefix)):
            raise UnexpectedXMLError("<Rule> has a <Filter>, and beside it a <Prefix> that says something else")
        return need_text(element, "Status").strip(), rule_filter, text_or_none(element, "ID")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the id, status and filter to the given element, or to a new ``Rule``."""
        element = sub_element(None, "Rule") if element is None else element
        add_text(element, "ID", self.rule_id)
        add_text(element, "Status", self.status)
        if self.rule_filter is not None:
            self.rule_filter.toxml(element)
        return element


@dataclass(frozen=True)
class ObjectConditionalReadArgs:
    """An object to read, and the conditions for reading it.

    Args:
        bucket_name: The bucket.
        object_name: The object.
        region: The bucket's region, if known.
        version_id: The version. None means the latest.
        ssec: The customer key with which the object is encrypted.
        offset: The first byte to read.
        length: The number of bytes to read from `offset`.
        match_etag: Read only if the object's ETag matches this one.
        not_match_etag: Read only if the object's ETag differs from this one.
        modified_since: Read only if the object was modified after this time.
        unmodified_since: Read only if the object was not modified after this time.

    Raises:
        InvalidArgumentError: An argument is invalid.
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
        # Names are percent-encoded in the header, so control characters are allowed.
        for name in ("bucket_name", "object_name"):
            check_filled(name, getattr(self, name))
        if self.version_id is not None:
            check_filled("version_id", self.version_id)
        for name in ("region", "match_etag", "not_match_etag"):
            check_optional_xml_text(name, getattr(self, name))
        for name in ("match_etag", "not_match_etag"):
            etag = getattr(self, name) or ""
            if not (etag.isascii() and etag.isprintable()):
                raise InvalidArgumentError(f"{name} must be printable ASCII, as it goes into a header, not {etag!r}")
        check_optional("ssec", self.ssec, SseCustomerKey)
        check_number_of(self, "offset")
        check_number_of(self, "length", 1)
        check_moment("modified_since", self.modified_since)
        check_moment("unmodified_since", self.unmodified_since)

    def gen_copy_headers(self) -> dict[str, str]:
        """Return the headers for a copy from this object, including its customer key and conditions."""
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
        """Create an instance of this class with the same values."""
        check_type("src", src, ObjectConditionalReadArgs)
        return cls(**{each.name: getattr(src, each.name) for each in fields(ObjectConditionalReadArgs)})


def _bare(etag: str | None) -> str | None:
    # Every server compares an ETag without quotes correctly. With quotes, Ceph does not.
    return etag[1:-1] if etag is not None and len(etag) > 2 and etag[0] == etag[-1] == '"' else etag


def _header_date(value: datetime | None) -> str | None:
    return None if value is None else to_http_header(value)


@dataclass(frozen=True)
class CopySource(ObjectConditionalReadArgs):
    """The source for `copy_object`.

    client.copy_object("bucket", "copy", CopySource("bucket", "original"))
    """


@dataclass(frozen=True)
class ComposeSource(ObjectConditionalReadArgs):
    """One of the sources for `compose_object`.

    client.compose_object("bucket", "whole", [ComposeSource("bucket", "one"), ComposeSource("bucket", "two")])
    """

    _object_size: int | None = field(default=None, init=False, repr=False, compare=False)
    _headers: dict[str, str] | None = field(default=None, init=False, repr=False, compare=False)

    def build_headers(self, object_size: int, etag: str) -> None:
        """Build the headers from the object's size and ETag. If the source changes, the copy fails.

        Raises:
            InvalidArgumentError: The range extends beyond the end of the object.
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
            InvalidArgumentError: `build_headers` was not called yet.
        """
        self._check_built()
        return self._object_size

    @property
    def headers(self) -> dict[str, str]:
        """A copy of the headers for the source.

        Raises:
            InvalidArgumentError: `build_headers` was not called yet.
        """
        self._check_built()
        return dict(self._headers or {})

    def _check_built(self) -> None:
        if self._headers is None:
            raise InvalidArgumentError("build_headers must be called first")


@dataclass(frozen=True)
class SnowballObject:
    """One of the objects for `upload_snowball_objects`: the name of a file, or a stream.

    Args:
        object_name: The object's name.
        filename: The file to read.
        data: The stream to read.
        length: The number of bytes to read from `data`.
        mod_time: The modification time of the object.

    Raises:
        InvalidArgumentError: Neither or both of `filename` and `data` are given, or `data` is given without `length`.
    """

    object_name: str
    filename: str | None = None
    data: IO[bytes] | None = None
    length: int | None = None
    mod_time: datetime | None = None

    def __post_init__(self) -> None:
        check_filled("object_name", self.object_name)
        check_optional("filename", self.filename, str)
        if self.filename == "":
            raise InvalidArgumentError("filename must not be empty")
        check_number_of(self, "length")
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
