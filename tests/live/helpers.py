"""What live tests need besides a client: a look from outside, and clients that know nothing of S3."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from servers.live import LiveServer
from servers.raw import Answer

MIB = 1024 * 1024


class Requests(io.StringIO):
    """A stream for `trace_on` that knows how many requests were sent."""

    @property
    def lines(self) -> list[str]:
        """The request lines, without the version of HTTP."""
        return re.findall(r"START-HTTP---------\n(.*) HTTP/1\.1\n", self.getvalue())

    def count(self, text: str = "") -> int:
        """How many request lines hold this text."""
        return sum(text in line for line in self.lines)


class Puller:
    """An iterator that knows how far it was read."""

    def __init__(self, items: Any) -> None:
        self._items = iter(items)
        self.pulled = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        item = next(self._items)
        self.pulled += 1
        return item


class PlainStream:
    """Nothing but read(n): no length, no position. It fails, if it is told to, behind so many bytes."""

    def __init__(self, data: bytes, fail_after: int | None = None) -> None:
        self._inner = io.BytesIO(data)
        self._fail_after = fail_after

    def read(self, size: int) -> bytes:
        if self._fail_after is not None and self._inner.tell() >= self._fail_after:
            raise RuntimeError("the disk is gone")
        return self._inner.read(min(size, 100_000))


def noise(size: int) -> bytes:
    """Bytes of which no two parts are alike."""
    block = b"".join(number.to_bytes(4, "big") for number in range(min(size, 256 * 1024) // 4 + 1))
    pieces = [number.to_bytes(4, "big") + block for number in range(size // len(block) + 1)]
    return b"".join(pieces)[:size]


def visit(url: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    """Use a URL as anybody would who was given it."""
    try:
        with urlopen(Request(url, body, headers or {}, method=method), timeout=30) as answer:
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
    except HTTPError as error:
        with error:
            return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


def post_form(url: str, fields: dict[str, str], content: bytes) -> Answer:
    """Send a form with a file, as a browser does."""
    mark = "----a-mark-between-the-fields"
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n')
    body = "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
    return visit(url, "POST", body, {"Content-Type": f"multipart/form-data; boundary={mark}"})


def enable_versioning(server: LiveServer, bucket: str) -> None:
    """Let a bucket keep versions."""
    body = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    answer = server.raw.request("PUT", f"/{bucket}", {"versioning": ""}, body)
    assert answer.status == 200, answer


def content_of(server: LiveServer, bucket: str, key: str) -> bytes:
    """An object's bytes, as seen from outside."""
    answer = server.raw.request("GET", f"/{bucket}/{key}")
    assert answer.status == 200, answer
    return answer.body


def is_there(server: LiveServer, bucket: str, key: str) -> bool:
    """Whether there is an object."""
    return server.raw.request("HEAD", f"/{bucket}/{key}").status == 200


def uploads_of(server: LiveServer, bucket: str) -> list[str]:
    """The names of all unfinished uploads."""
    answer = server.raw.request("GET", f"/{bucket}", {"uploads": ""})
    assert answer.status == 200, answer
    return [record["Key"] for record in answer.records("Upload")]


def begin_upload(server: LiveServer, bucket: str, key: str, *parts: bytes) -> str:
    """Begin an upload, send some parts and go away."""
    kind = {"content-type": "application/octet-stream"}
    (upload_id,) = server.raw.request("POST", f"/{bucket}/{key}", {"uploads": ""}, headers=kind).texts("UploadId")
    for number, part in enumerate(parts, 1):
        query = {"partNumber": str(number), "uploadId": upload_id}
        assert server.raw.request("PUT", f"/{bucket}/{key}", query, part).status == 200
    return upload_id
