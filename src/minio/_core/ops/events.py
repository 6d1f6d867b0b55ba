"""Listen to bucket events: MinIO sends an endless response with one JSON document per line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..wire.http1 import ProtocolError
from ..wire.message import Request, Response
from ..wire.redact import redact

_MAX_LINE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ListenNotification:
    """Receive a bucket's events as they happen. The response does not end."""

    bucket: str
    prefix: str
    suffix: str
    events: tuple[str, ...]

    @property
    def s3_name(self) -> str:
        return "ListenBucketNotification"

    def request(self) -> Request:
        query = {"prefix": self.prefix, "suffix": self.suffix, "events": self.events}
        return Request(method="GET", bucket=self.bucket, query=query, stream=True)

    def parse(self, response: Response, /) -> Any:
        return response.stream


class EventLines:
    """Decodes events incrementally. Lines may be split at any position; blank lines keep the connection alive."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Feed received bytes and return the events that are now complete.

        Raises:
            ProtocolError: A line is not a JSON object, or is too long.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _MAX_LINE:
            raise ProtocolError(f"an event exceeds {_MAX_LINE} bytes")
        return [event for line in lines if line.strip() and (event := _read(line)) is not None]


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"an event is not JSON: {redact(repr(line[:100]))}") from error
    if not isinstance(event, dict):
        raise ProtocolError(f"an event is not a JSON object: {redact(repr(line[:100]))}")
    return event if event.get("Records") else None
