"""SelectObjectContent and PromptObject: query the content of an object."""

from __future__ import annotations

from dataclasses import dataclass

from ..wire.message import Request, Response


@dataclass(frozen=True, slots=True)
class SelectObjectContent:
    """Run a query over an object's content. The response is an event stream."""

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
    """Ask a question about an object's content. This is a MinIO extension, and the response is streamed."""

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
