"""Tags of buckets and objects (GetBucketTagging, PutObjectTagging and similar operations)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, quote

from ._core.arguments import check_optional, check_xml_text
from ._core.exceptions import InvalidArgumentError
from ._core.wire.xml_fields import (
    UnexpectedXMLError,
    add_text,
    check_children,
    find,
    find_all,
    find_text,
    need_text,
    own,
    sub_element,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_KEY, _MAX_VALUE, _MAX_OBJECT_TAGS, _MAX_BUCKET_TAGS = 128, 256, 10, 50


def _check_tag(key: object, value: object) -> None:
    check_xml_text("tag key", key, longest=_MAX_KEY)
    check_xml_text(f"value of tag {key!r}", value, blank=True, longest=_MAX_VALUE)


@dataclass(frozen=True)
class Tag:
    """One tag.

    Args:
        key: 1 to 128 characters.
        value: 0 to 256 characters.
    """

    key: str
    value: str

    def __post_init__(self) -> None:
        _check_tag(self.key, self.value)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the tag from a ``Tag`` element, or from an element that contains one."""
        element = check_children(own(element, "Tag"), "Key", "Value")
        return cls(need_text(element, "Key"), find_text(element, "Value") or "")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Tag`` element."""
        element = sub_element(element, "Tag")
        add_text(element, "Key", self.key)
        add_text(element, "Value", self.value)
        return element


class Tags(dict[str, str]):
    """The tags of a bucket (at most 50) or of an object (at most 10), as a dict that validates its content.

    Args:
        for_object: Apply the limit for objects.

        tags = Tags.new_object_tags()
        tags["project"] = "one"
    """

    def __init__(self, for_object: bool = False) -> None:
        super().__init__()
        self._for_object = for_object

    @classmethod
    def new_bucket_tags(cls) -> Self:
        """Create an empty set of tags for a bucket."""
        return cls()

    @classmethod
    def new_object_tags(cls) -> Self:
        """Create an empty set of tags for an object."""
        return cls(True)

    @classmethod
    def of(cls, items: Iterable[tuple[str, str]], for_object: bool = False) -> Self:
        """Create a set of tags from pairs of key and value."""
        tags = cls(for_object)
        for key, value in items:
            tags[key] = value
        return tags

    def __setitem__(self, key: str, value: str) -> None:
        _check_tag(key, value)
        most = _MAX_OBJECT_TAGS if self._for_object else _MAX_BUCKET_TAGS
        if key not in self and len(self) >= most:
            raise InvalidArgumentError(f"{'an object' if self._for_object else 'a bucket'} has at most {most} tags")
        super().__setitem__(key, value)

    def update(self, *args: Any, **kwargs: str) -> None:
        """Set several tags. Each tag is validated."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def setdefault(self, key: str, default: str = "") -> str:
        """Return the value of a tag. If the tag is missing, set it first."""
        if key not in self:
            self[key] = default
        return self[key]

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]
        self.update(other)
        return self

    def copy(self) -> Self:
        """Return a copy with the same tags and the same limit."""
        return type(self).of(self.items(), self._for_object)

    __copy__ = copy

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).of, (list(self.items()), self._for_object)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r}, for_object={self._for_object})"

    def to_header(self) -> str:
        """Return the value of the ``x-amz-tagging`` header: percent-encoded ``key=value`` pairs, joined by ``&``."""
        return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in self.items())

    @classmethod
    def from_header(cls, value: str) -> Self:
        """Parse the tags of an object from the value of an ``x-amz-tagging`` header."""
        return cls.of(parse_qsl(value, keep_blank_values=True), True)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the tags from a ``TagSet``, or from any element that contains ``Tag`` elements.

        Raises:
            UnexpectedXMLError: A key occurs twice, or ``TagSet`` has an unknown element.
        """
        found = find(element, "TagSet")
        holder = element if found is None else check_children(found, many=("Tag",))
        tags = cls()
        for item in find_all(holder, "Tag"):
            tag = Tag.fromxml(item)
            if tag.key in tags:
                raise UnexpectedXMLError(f"the tag {tag.key!r} occurs more than once")
            tags[tag.key] = tag.value
        return tags

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write a ``Tag`` for each tag to the given element, or to a new ``TagSet``."""
        element = sub_element(None, "TagSet") if element is None else element
        for key, value in self.items():
            Tag(key, value).toxml(element)
        return element


@dataclass(frozen=True)
class Tagging:
    """The ``Tagging`` document.

    Args:
        tags: The tags. None means no tags.
    """

    tags: Tags | None

    def __post_init__(self) -> None:
        check_optional("tags", self.tags, Tags)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Tagging`` element. An empty set of tags is read as None."""
        tag_set = own(element, "TagSet")
        if tag_set is not element:
            check_children(element, "TagSet")
        return cls(Tags.fromxml(check_children(tag_set, many=("Tag",))) or None)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``Tagging`` element."""
        element = sub_element(element, "Tagging")
        tag_set = sub_element(element, "TagSet")
        if self.tags is not None:
            self.tags.toxml(tag_set)
        return element
