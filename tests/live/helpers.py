"""Helpers of the live tests: checks that do not use the client under test, and HTTP clients without S3 support."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from servers.live import LiveServer
from servers.raw import Answer

MIB = 1024 * 1024


class Requests(io.StringIO):
    """A stream for `trace_on` that counts the requests."""

    @property
    def lines(self) -> list[str]:
        """The request lines, without the HTTP version."""
        return re.findall(r"START-HTTP---------\n(.*) HTTP/1\.1\n", self.getvalue())

    def count(self, text: str = "") -> int:
        """The number of request lines that contain this text."""
        return sum(text in line for line in self.lines)


class Puller:
    """An iterator that records how far it has been read."""

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
    """A stream with read(n) only: no length and no position. Can be made to fail after a number of bytes."""

    def __init__(self, data: bytes, fail_after: int | None = None) -> None:
        self._inner = io.BytesIO(data)
        self._fail_after = fail_after

    def read(self, size: int) -> bytes:
        if self._fail_after is not None and self._inner.tell() >= self._fail_after:
            raise RuntimeError("the disk is gone")
        return self._inner.read(min(size, 100_000))


def noise(size: int) -> bytes:
    """Bytes without repeating blocks."""
    block = b"".join(number.to_bytes(4, "big") for number in range(min(size, 256 * 1024) // 4 + 1))
    pieces = [number.to_bytes(4, "big") + block for number in range(size // len(block) + 1)]
    return b"".join(pieces)[:size]


def visit(url: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    """Request a URL without credentials."""
    try:
        with urlopen(Request(url, body, headers or {}, method=method), timeout=60) as answer:
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
    except HTTPError as error:
        with error:
            return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


def post_form(url: str, fields: dict[str, str], content: bytes) -> Answer:
    """Post a form with a file, as a browser does."""
    mark = "----a-mark-between-the-fields"
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n')
    body = "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
    return visit(url, "POST", body, {"Content-Type": f"multipart/form-data; boundary={mark}"})


def enable_versioning(server: LiveServer, bucket: str) -> None:
    """Enable versioning of a bucket."""
    body = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    answer = server.raw.request("PUT", f"/{bucket}", {"versioning": ""}, body)
    assert answer.status == 200, answer


def content_of(server: LiveServer, bucket: str, key: str) -> bytes:
    """The content of an object, read without the client under test."""
    answer = server.raw.request("GET", f"/{bucket}/{key}")
    assert answer.status == 200, answer
    return answer.body


def is_there(server: LiveServer, bucket: str, key: str) -> bool:
    """Whether an object exists."""
    return server.raw.request("HEAD", f"/{bucket}/{key}").status == 200


def uploads_of(server: LiveServer, bucket: str) -> list[str]:
    """The names of all incomplete uploads."""
    answer = server.raw.request("GET", f"/{bucket}", {"uploads": ""})
    assert answer.status == 200, answer
    return [record["Key"] for record in answer.records("Upload")]


def begin_upload(server: LiveServer, bucket: str, key: str, *parts: bytes) -> str:
    """Start an upload, send some parts and leave it incomplete."""
    kind = {"content-type": "application/octet-stream"}
    (upload_id,) = server.raw.request("POST", f"/{bucket}/{key}", {"uploads": ""}, headers=kind).texts("UploadId")
    for number, part in enumerate(parts, 1):
        query = {"partNumber": str(number), "uploadId": upload_id}
        assert server.raw.request("PUT", f"/{bucket}/{key}", query, part).status == 200
    return upload_id


PROMPT = 2.0
"""Seconds from Ctrl-C until the call has stopped and cleaned up."""
PROMPT_IF_BUSY = 10.0
"""The same while the machine has more to do than its processors can: each step of the program waits for its turn then.
It is far less than the read time-out, which a call would wait for that does not stop."""


def check_prompt(output: str, pressed: float) -> None:
    """Compare the moment of Ctrl-C with that in which the program says that its call has stopped."""
    (stopped,) = (float(line.split()[1]) for line in output.splitlines() if line.startswith("stopped "))
    assert stopped - pressed < prompt_limit()


def prompt_limit() -> float:
    """The seconds that a call may take to stop."""
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    return PROMPT_IF_BUSY if busy else PROMPT
