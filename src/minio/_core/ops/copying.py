"""The copy of one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..exceptions import InvalidXMLError
from ..wire import xml
from ..wire.etag import bare_etag
from ..wire.message import Request, Response
from ..wire.xml_fields import read_moment
from .conditions import in_both_spellings
from .objects import CONFLICT, Written

_KEPT = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires")


def copyable_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of an object that a copy of it should have as well."""
    return {
        name: value
        for name, value in headers.items()
        if name.lower() in _KEPT or name.lower().startswith("x-amz-meta-")
    }


@dataclass(frozen=True, slots=True)
class CopyObject:
    """Copy an object on the server. `headers` name the source and the conditions."""

    bucket: str
    key: str
    headers: dict[str, str]

    def request(self) -> Request:
        headers = in_both_spellings(self.headers)
        return Request(
            method="PUT",
            bucket=self.bucket,
            key=self.key,
            headers=headers,
            conditional=True,
            retry_codes=CONFLICT,
        )

    def parse(self, response: Response, /) -> Written:
        etag, modified = copy_result(response)
        return Written(etag, response.headers.get("x-amz-version-id"), response.headers, modified)


def copy_result(response: Response) -> tuple[str, datetime | None]:
    """Return the ETag and the modification time in the response to a copy."""
    root = xml.parse(response.body)
    etag = bare_etag(xml.text(root, "ETag") or "")
    if not etag:
        raise InvalidXMLError(f"<{xml.local(root)}> has no <ETag>")
    return etag, read_moment("LastModified", xml.text(root, "LastModified"))
