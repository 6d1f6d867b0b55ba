"""The CORS rules of a bucket (GetBucketCors, PutBucketCors)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.arguments import (
    check_choice,
    check_number_of,
    check_optional_xml_text,
    check_xml_text,
    checked_list,
)
from ._core.wire.xml_fields import (
    add_text,
    check_children,
    element_text,
    find_all,
    find_int,
    own,
    sub_element,
    text_or_none,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["CORSConfig", "Rule"]

_METHODS = ("GET", "PUT", "HEAD", "POST", "DELETE")
_MOST_RULES = 100
# The elements of a rule that can be repeated.
_MANY = {
    "allowed_headers": "AllowedHeader",
    "allowed_methods": "AllowedMethod",
    "allowed_origins": "AllowedOrigin",
    "expose_headers": "ExposeHeader",
}


@dataclass(frozen=True)
class Rule:
    """A rule that allows web pages of some origins to send requests from a browser.

    Args:
        allowed_origins: The origins, such as ``https://example.com``. Each may contain one ``*``.
        allowed_methods: Any of GET, PUT, HEAD, POST and DELETE.
        allowed_headers: The request headers that a preflight request may name. Each may contain one ``*``.
        expose_headers: The response headers that a page may read.
        max_age_seconds: The number of seconds that a browser may cache the response to a preflight request.
        rule_id: The name of the rule, 1 to 255 characters.

    Raises:
        InvalidArgumentError: An argument is invalid, or there is no origin or no method.
    """

    allowed_origins: Sequence[str]
    allowed_methods: Sequence[str]
    allowed_headers: Sequence[str] = ()
    expose_headers: Sequence[str] = ()
    max_age_seconds: int | None = None
    rule_id: str | None = None

    def __post_init__(self) -> None:
        for name in _MANY:
            values = checked_list(name, getattr(self, name), str, empty=name.endswith("headers"))
            for value in values:
                check_xml_text(f"each of {name}", value)
            object.__setattr__(self, name, tuple(values))
        for method in self.allowed_methods:
            check_choice("each of allowed_methods", method, _METHODS)
        check_number_of(self, "max_age_seconds")
        check_optional_xml_text("rule_id", self.rule_id, longest=255)

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``CORSRule`` element.

        Raises:
            UnexpectedXMLError: The rule has an unknown element.
        """
        rule = check_children(own(element, "CORSRule"), "ID", "MaxAgeSeconds", many=tuple(_MANY.values()))
        texts = {
            argument: tuple(element_text(item).strip() for item in find_all(rule, name))
            for argument, name in _MANY.items()
        }
        return cls(**texts, max_age_seconds=find_int(rule, "MaxAgeSeconds"), rule_id=text_or_none(rule, "ID"))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``CORSRule`` element."""
        element = sub_element(element, "CORSRule")
        for argument, name in _MANY.items():
            for text in getattr(self, argument):
                add_text(element, name, text)
        add_text(element, "ID", self.rule_id)
        add_text(element, "MaxAgeSeconds", self.max_age_seconds)
        return element


@dataclass(frozen=True)
class CORSConfig:
    """The CORS rules of a bucket. The first rule that matches a request applies.

    Args:
        rules: 1 to 100 rules.

    Raises:
        InvalidArgumentError: There are no rules or too many, or an item is not a Rule.

        client.set_bucket_cors("bucket", CORSConfig([Rule(["https://example.com"], ["GET"])]))
    """

    rules: list[Rule]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", checked_list("rules", self.rules, Rule, most=_MOST_RULES))

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``CORSConfiguration`` element.

        Raises:
            UnexpectedXMLError: The configuration has an unknown element.
        """
        check_children(element, many=("CORSRule",))
        return cls([Rule.fromxml(item) for item in find_all(element, "CORSRule")])

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``CORSConfiguration`` element."""
        element = sub_element(element, "CORSConfiguration")
        for rule in self.rules:
            rule.toxml(element)
        return element
