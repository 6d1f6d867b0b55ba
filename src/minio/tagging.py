"""Tags: one, a set of them, and the document that holds them (GetBucketTagging, PutObjectTagging and their like)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, quote

from ._core.wire.fields import add_text, enter, need_text, own, seek, seek_all, seek_text
from ._core.wire.values import check_optional, check_text
from .error import InvalidArgumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_KEY, _MAX_VALUE, _MAX_OBJECT_TAGS, _MAX_BUCKET_TAGS = 128, 256, 10, 50


def _check_tag(key: object, value: object) -> None:
    check_text("tag key", key, longest=_MAX_KEY)
    check_text(f"value of tag {key!r}", value, blank=True, longest=_MAX_VALUE)


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
        """Read the tag out of ``Tag``, or out of what holds one."""
        element = own(element, "Tag")
        return cls(need_text(element, "Key"), seek_text(element, "Value") or "")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Tag``."""
        element = enter(element, "Tag")
        add_text(element, "Key", self.key)
        add_text(element, "Value", self.value)
        return element


class Tags(dict[str, str]):
    """The tags of a bucket (at most 50) or of an object (at most 10): a dict that checks what is put in.

    Args:
        for_object: Hold it to the limit for objects.

        tags = Tags.new_object_tags()
        tags["project"] = "one"
    """

    def __init__(self, for_object: bool = False) -> None:
        super().__init__()
        self._for_object = for_object

    @classmethod
    def new_bucket_tags(cls) -> Self:
        """Make an empty set of tags for a bucket."""
        return cls()

    @classmethod
    def new_object_tags(cls) -> Self:
        """Make an empty set of tags for an object."""
        return cls(True)

    @classmethod
    def of(cls, items: Iterable[tuple[str, str]], for_object: bool = False) -> Self:
        """Make a set of tags out of pairs of key and value."""
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
        """Set several tags, each of them checked."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def setdefault(self, key: str, default: str = "") -> str:
        """Return the tag's value, setting it first where there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]
        self.update(other)
        return self

    def copy(self) -> Self:
        """Return a set of tags of its own with the same tags and limit."""
        return type(self).of(self.items(), self._for_object)

    __copy__ = copy

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).of, (list(self.items()), self._for_object)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r}, for_object={self._for_object})"

    def to_header(self) -> str:
        """Render the value of the ``x-amz-tagging`` header: ``key=value`` pairs, percent-encoded, joined by ``&``."""
        return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in self.items())

    @classmethod
    def from_header(cls, value: str) -> Self:
        """Read the tags of an object from the value of an ``x-amz-tagging`` header."""
        return cls.of(parse_qsl(value, keep_blank_values=True), True)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the tags out of ``TagSet``, or out of anything that holds ``Tag`` elements."""
        found = seek(element, "TagSet")
        tags = (Tag.fromxml(item) for item in seek_all(element if found is None else found, "Tag"))
        return cls.of(((tag.key, tag.value) for tag in tags), False)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write a ``Tag`` for each tag into the element; without one, into a new ``TagSet``."""
        element = enter(None, "TagSet") if element is None else element
        for key, value in self.items():
            Tag(key, value).toxml(element)
        return element


@dataclass(frozen=True)
class Tagging:
    """The document ``Tagging``.

    Args:
        tags: The tags; None means none.
    """

    tags: Tags | None

    def __post_init__(self) -> None:
        check_optional("tags", self.tags, Tags)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``Tagging``; an empty set of tags gives None."""
        return cls(Tags.fromxml(own(element, "TagSet")) or None)

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``Tagging``."""
        element = enter(element, "Tagging")
        tag_set = enter(element, "TagSet")
        if self.tags is not None:
            self.tags.toxml(tag_set)
        return element
