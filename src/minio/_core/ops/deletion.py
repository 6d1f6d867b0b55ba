"""DeleteObjects: up to 1,000 objects or versions at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...deleteobjects import DeleteError, DeleteObject
from ...error import InvalidXMLError
from ..wire import xml
from ..wire.errors import read_error
from ..wire.message import Request, Response

BATCH = 1000


@dataclass(frozen=True, slots=True)
class DeleteObjects:
    """Remove a batch quietly: the answer tells of errors only."""

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
        root = xml.parse(response.body)
        if xml.local(root) == "Error":
            raise read_error(response, "POST", self.bucket)
        if xml.local(root) != "DeleteResult":
            # To take another document for an empty list of errors would be to say that all is removed.
            raise InvalidXMLError(f"expected <DeleteResult>, got <{xml.local(root)}>")
        versioned = {(item.name, item.version_id) for item in self.objects if item.version_id}
        errors = [DeleteError.fromxml(element) for element in xml.children(root, "Error")]
        return [
            error
            for error in errors
            # What is gone already is what was wanted, if just that version was named.
            if error.code != "NoSuchVersion" or (error.name, error.version_id) not in versioned
        ]
