"""The sub-resources of a bucket or object that are one document each: policy, notification, tagging, ...

They differ in the name in the query and in the document, so three operations serve them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from ...error import InvalidArgumentError, InvalidXMLError
from ...xml import FromXmlType
from ..wire import xml
from ..wire.errors import refuse_page
from ..wire.message import Query, Request, Response

if TYPE_CHECKING:
    from ...notificationconfig import NotificationConfig


T = TypeVar("T", bound="FromXmlType")


@dataclass(frozen=True, slots=True)
class GetConfig:
    """Get the document."""

    name: str
    bucket: str
    key: str = ""
    query: Query = field(default_factory=dict)

    def request(self) -> Request:
        return Request(method="GET", bucket=self.bucket, key=self.key, query={self.name: "", **self.query})

    def parse(self, response: Response, /) -> bytes:
        refuse_page(response)
        return response.body


@dataclass(frozen=True, slots=True)
class GetText:
    """Get the document as it is, as text."""

    name: str
    bucket: str

    def request(self) -> Request:
        return GetConfig(self.name, self.bucket).request()

    def parse(self, response: Response, /) -> str:
        refuse_page(response)
        try:
            return response.body.decode()
        except UnicodeDecodeError as error:
            raise InvalidXMLError(f"the answer is no text: {response.body[:100]!r}") from error


@dataclass(frozen=True, slots=True)
class GetSettings(Generic[T]):
    """Get the document, and read it as what it says."""

    cls: type[T]
    name: str
    bucket: str
    key: str = ""
    query: Query = field(default_factory=dict)

    def request(self) -> Request:
        return GetConfig(self.name, self.bucket, self.key, self.query).request()

    def parse(self, response: Response, /) -> T:
        refuse_page(response)
        try:
            return self.cls.fromxml(xml.parse(response.body))
        except InvalidArgumentError as error:
            # What a caller could not have written either.
            raise InvalidXMLError(f"the answer makes no {self.cls.__name__}: {error}") from error


@dataclass(frozen=True, slots=True)
class GetNotification:
    """Get where a bucket's events are sent."""

    bucket: str

    def request(self) -> Request:
        return Request(method="GET", bucket=self.bucket, query={"notification": ""})

    def parse(self, response: Response, /) -> NotificationConfig:
        from ...notificationconfig import NotificationConfig

        if not response.body.strip():
            return NotificationConfig()
        return NotificationConfig.fromxml(xml.parse(response.body, "NotificationConfiguration"))


@dataclass(frozen=True, slots=True)
class PutConfig:
    """Set the document. S3 demands a Content-MD5 with most of them."""

    name: str
    bucket: str
    body: bytes
    key: str = ""
    query: Query = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        return Request(
            method="PUT",
            bucket=self.bucket,
            key=self.key,
            query={self.name: "", **self.query},
            headers=self.headers,
            body=self.body,
            md5=True,
        )

    def parse(self, response: Response, /) -> None:
        return None


@dataclass(frozen=True, slots=True)
class DeleteConfig:
    """Remove the document."""

    name: str
    bucket: str
    key: str = ""
    query: Query = field(default_factory=dict)

    def request(self) -> Request:
        return Request(method="DELETE", bucket=self.bucket, key=self.key, query={self.name: "", **self.query})

    def parse(self, response: Response, /) -> None:
        return None
