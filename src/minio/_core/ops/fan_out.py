"""Store the same content under several names in one request: a POST form to the bucket. This is a MinIO extension."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...fanout import PutObjectFanOutEntry, PutObjectFanOutResult
from ..exceptions import InvalidXMLError
from ..wire.message import Request, Response

LIST = "x-minio-fanout-list"


@dataclass(frozen=True, slots=True)
class PutObjectFanOut:
    """Store the same content under the names of the entries. `fields` are the signed fields of a POST policy."""

    bucket: str
    fields: Mapping[str, str]
    entries: Sequence[PutObjectFanOutEntry]
    content: bytes

    def request(self) -> Request:
        mark = secrets.token_hex(16)
        return Request(
            method="POST",
            bucket=self.bucket,
            headers={"Content-Type": f"multipart/form-data; boundary={mark}"},
            body=self._form(mark),
            signs_itself=True,
        )

    def _form(self, mark: str) -> bytes:
        named = {**self.fields, LIST: "\n".join(entry.to_json() for entry in self.entries)}
        fields = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in named.items()
        ]
        file = 'Content-Disposition: form-data; name="file"; filename="fanout-content"'
        kind = "Content-Type: application/octet-stream"
        head = f"{''.join(fields)}--{mark}\r\n{file}\r\n{kind}\r\n\r\n"
        return b"".join((head.encode(), self.content, f"\r\n--{mark}--\r\n".encode()))

    def parse(self, response: Response, /) -> list[PutObjectFanOutResult]:
        lines = response.body.decode("utf-8", "replace").splitlines()
        found = [PutObjectFanOutResult.read(line) for line in lines if line.strip()]
        reported = {result.key for result in found}
        missing = [entry.key for entry in self.entries if entry.key not in reported]
        if missing:
            raise InvalidXMLError(
                f"the response has no result for {missing[0]!r}: the server may not support fan-out, "
                "and may have stored the content under the first name"
            )
        return found
