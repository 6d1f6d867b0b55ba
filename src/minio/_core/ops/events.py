"""Listening to bucket events: MinIO's long answer, one JSON document a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..wire.http1 import ProtocolError
from ..wire.message import Request, Response

_MAX_LINE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ListenNotification:
    """Ask for a bucket's events as they happen. The answer has no end."""

    bucket: str
    prefix: str
    suffix: str
    events: tuple[str, ...]

    def request(self) -> Request:
        query = {"prefix": self.prefix, "suffix": self.suffix, "events": self.events}
        return Request(method="GET", bucket=self.bucket, query=query, stream=True)

    def parse(self, response: Response, /) -> Any:
        return response.stream


class EventLines:
    """Turns bytes as they come into events: a line may be split or joined with others, blank ones keep alive."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Give it bytes, get the events that they complete.

        Raises:
            ProtocolError: A line is not JSON, or has no end.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _MAX_LINE:
            raise ProtocolError(f"an event exceeds {_MAX_LINE} bytes")
        return [event for line in lines if line.strip() and (event := _read(line)) is not None]


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"an event is not JSON: {line[:100]!r}") from error
    if not isinstance(event, dict):
        raise ProtocolError(f"an event is no JSON object: {line[:100]!r}")
    return event if event.get("Records") else None
