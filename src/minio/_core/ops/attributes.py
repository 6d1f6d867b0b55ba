"""Operations that describe one object: its attributes and its access control list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..exceptions import InvalidXMLError
from ..wire import xml
from ..wire.message import Request, Response
from .objects import moment, version

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from ...accesscontrol import AccessControlPolicy
    from ...objectattributes import ObjectAttributes


@dataclass(frozen=True, slots=True)
class GetObjectAttributes:
    """Get the attributes of an object. Servers without this operation send the object itself."""

    bucket: str
    key: str
    attributes: Sequence[str]
    version_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        return Request(
            method="GET",
            bucket=self.bucket,
            key=self.key,
            query={"attributes": "", **version(self.version_id)},
            headers={**self.headers, "x-amz-object-attributes": ",".join(self.attributes)},
            reads_object=True,
            version=self.version_id or "",
        )

    def parse(self, response: Response, /) -> ObjectAttributes:
        from ...objectattributes import ObjectAttributes

        head = response.headers
        return replace(
            ObjectAttributes.fromxml(_attributes_root(response)),
            bucket_name=self.bucket,
            object_name=self.key,
            version_id=head.get("x-amz-version-id"),
            last_modified=moment(head.get("last-modified")),
        )


def _attributes_root(response: Response) -> Element:
    try:
        root = xml.parse(response.body)
        # AWS sends the first name, other servers the second one. One server starts it with a lower-case letter.
        if xml.local(root).lower() in ("getobjectattributesresponse", "getobjectattributesoutput"):
            return root
    except InvalidXMLError:
        pass
    response.body = b""  # the content of an object must not become the text of an error
    raise InvalidXMLError("the server sent something else than attributes: it may not support GetObjectAttributes")


@dataclass(frozen=True, slots=True)
class GetObjectAcl:
    """Get the access control list of an object. Servers without this operation send the object itself."""

    bucket: str
    key: str
    version_id: str | None = None

    def request(self) -> Request:
        query = {"acl": "", **version(self.version_id)}
        return Request(method="GET", bucket=self.bucket, key=self.key, query=query)

    def parse(self, response: Response, /) -> AccessControlPolicy:
        from ...accesscontrol import AccessControlPolicy

        try:
            return AccessControlPolicy.fromxml(xml.parse(response.body, "AccessControlPolicy"))
        except InvalidXMLError:
            response.body = b""  # the content of an object must not become the text of an error
            raise
