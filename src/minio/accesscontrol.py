"""The result of GetObjectAcl: the owner of an object and the granted permissions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ._core.display import shows
from ._core.wire import xml
from ._core.wire.xml_fields import find_all, need_text, own, require, seek_filled, text_or_none

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["AccessControlPolicy", "Grant"]

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


@shows("permission", "grantee_type", "grantee_id?", "grantee_name?", "grantee_uri?", "grantee_email?")
@dataclass(frozen=True, slots=True)
class Grant:
    """A permission and its grantee.

    `permission` is FULL_CONTROL, READ, WRITE, READ_ACP or WRITE_ACP. `grantee_type` is CanonicalUser, Group or
    AmazonCustomerByEmail. It decides which of the other fields the server sends.
    """

    permission: str
    grantee_type: str | None = None
    grantee_id: str | None = None
    grantee_name: str | None = None
    grantee_uri: str | None = None
    grantee_email: str | None = None

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``Grant`` element."""
        grant = own(element, "Grant")
        grantee = require(grant, "Grantee")
        return cls(
            need_text(grant, "Permission").strip(),
            grantee.get(_TYPE) or text_or_none(grantee, "Type"),
            text_or_none(grantee, "ID"),
            text_or_none(grantee, "DisplayName"),
            text_or_none(grantee, "URI"),
            text_or_none(grantee, "EmailAddress"),
        )


@shows()
@dataclass(frozen=True, slots=True)
class AccessControlPolicy:
    """The owner of an object and its access control list, as `get_object_acl` returns them."""

    owner_id: str | None = None
    owner_name: str | None = None
    access_control_list: tuple[Grant, ...] = ()

    @property
    def access_control_policy(self) -> Self:
        """The policy itself. Code for the response of another release reads it from there."""
        return self

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``AccessControlPolicy`` element."""
        xml.check_root(element, "AccessControlPolicy")
        owner, grants = seek_filled(element, "Owner"), seek_filled(element, "AccessControlList")
        return cls(
            None if owner is None else text_or_none(owner, "ID"),
            None if owner is None else text_or_none(owner, "DisplayName"),
            () if grants is None else tuple(Grant.fromxml(item) for item in find_all(grants, "Grant")),
        )
