"""SelectObjectContent: a query over one object's content."""

from __future__ import annotations

from dataclasses import dataclass

from ..wire.message import Request, Response


@dataclass(frozen=True, slots=True)
class SelectObjectContent:
    """Ask for the records that a query finds. The answer is an event stream, to be read as it comes."""

    bucket: str
    key: str
    body: bytes

    def request(self) -> Request:
        return Request(
            method="POST",
            bucket=self.bucket,
            key=self.key,
            query={"select": "", "select-type": "2"},
            headers={"Content-Type": "application/xml"},
            body=self.body,
            md5=True,
            stream=True,
        )

    def parse(self, response: Response, /) -> Response:
        return response


@dataclass(frozen=True, slots=True)
class PromptObject:
    """Ask a question about an object's content. MinIO's extension; the answer is to be read as it comes."""

    bucket: str
    key: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def request(self) -> Request:
        return Request(
            method="POST",
            bucket=self.bucket,
            key=self.key,
            query=self.query,
            headers=self.headers,
            body=self.body,
            stream=True,
        )

    def parse(self, response: Response, /) -> Response:
        return response
