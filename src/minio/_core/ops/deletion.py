"""DeleteObjects: delete up to 1,000 objects or versions per request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...deleteobjects import DeleteError, DeleteObject
from ..wire import xml
from ..wire.message import Request, Response
from ..wire.redact import redact

if TYPE_CHECKING:
    from lxml.etree import _Element

BATCH = 1000
"""The most objects of one request."""
SHARE = 250
JOBS = 8
"""The size and the number of the requests when several are under way. A server may delete the objects of a request one
after the other: small requests end together, where large ones would leave the last of them alone."""


def _read(element: _Element) -> DeleteError:
    error = DeleteError.fromxml(element)
    return replace(error, message=redact(error.message)) if error.message else error


@dataclass(frozen=True, slots=True)
class DeleteObjects:
    """Delete a batch in quiet mode: the response contains only errors."""

    bucket: str
    objects: Sequence[DeleteObject]
    bypass_governance_mode: bool = False

    def request(self) -> Request:
        root = xml.new("Delete")
        xml.add(root, "Quiet", "true")
        for item in self.objects:
            element = xml.add(root, "Object")
            xml.add(element, "Key", item.name)
            if item.version_id:
                xml.add(element, "VersionId", item.version_id)
        headers = {"Content-Type": "application/xml"}
        if self.bypass_governance_mode:
            headers["x-amz-bypass-governance-retention"] = "true"
        return Request(
            method="POST",
            bucket=self.bucket,
            query={"delete": ""},
            headers=headers,
            body=xml.render(root),
            md5=True,
        )

    def parse(self, response: Response, /) -> list[DeleteError]:
        # Another document must not be taken for an empty list of errors.
        root = xml.parse(response.body, "DeleteResult")
        versioned = {(item.name, item.version_id) for item in self.objects if item.version_id}
        errors = [_read(element) for element in xml.children(root, "Error")]
        return [
            error
            for error in errors
            # A version that no longer exists is a success if exactly that version was requested.
            if error.code != "NoSuchVersion" or (error.name, error.version_id) not in versioned
        ]
