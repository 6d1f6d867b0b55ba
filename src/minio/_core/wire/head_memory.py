"""Response heads as a connection remembers them: a server sends the same header names in the same order each time.

After a few such heads, one expression reads the values by their positions. The law: it reads a head exactly as
`read_head` does, or not at all; `tests/unit/test_head_memory.py` compares them. It accepts only heads of the usual
kind: HTTP/1.1, status 200, Content-Length, each name once, and a connection that stays open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from .http1 import MAX_HEAD, Head, read_final_head
from .message import Headers

_ENOUGH = 16
"""How many heads with the same names a connection sees before it remembers them: compiling is expensive."""
_MOST_NAMES = 60


class _Shape:
    """The names of the headers of a head, in their order, with an expression that reads their values."""

    __slots__ = ("at", "lower", "match", "names", "reason")

    def __init__(self, names: tuple[str, ...], reason: str, connection: str) -> None:
        self.names, self.reason = names, reason
        self.lower = tuple(map(str.lower, names))
        self.at = self.lower.index("content-length")
        values = {"content-length": "[0-9]{1,18}+", "connection": re.escape(connection)}
        lines = (f"{re.escape(name)}: ({values.get(name.lower(), '[!-~][ -~]*+')})\r\n" for name in names)
        self.match: Callable[[str], re.Match[str] | None]
        self.match = re.compile(rf"HTTP/1\.1 200 {re.escape(reason)}" + f"\r\n{''.join(lines)}\r\n").fullmatch


_shape = lru_cache(maxsize=64)(_Shape)


class HeadMemory:
    """What a connection remembers of the heads of responses, by the method of the request."""

    __slots__ = ("_last", "_seen", "_shapes")

    def __init__(self) -> None:
        self._shapes: dict[str, _Shape] = {}
        self._last: tuple[str, ...] = ()
        self._seen = 0

    def read_final_head(self, data: bytes, method: str, interim: list[int]) -> tuple[Head | None, bytes]:
        """Parse the head of the final response, like the function of this name."""
        shape = self._shapes.get(method)
        if shape is not None:
            end = data.find(b"\r\n\r\n") + 4
            text = data[:end].decode("latin-1")
            found = shape.match(text)
            if found is not None and end <= MAX_HEAD and " \r" not in text:
                values = found.groups()
                headers = Headers.of(shape.names, shape.lower, values)
                length = 0 if method == "HEAD" else int(values[shape.at])
                return Head(200, shape.reason, headers, end, length, True, None), data[end:]
        head, rest = read_final_head(data, method, interim)
        if head is not None and head.status == 200 and head.keep_alive and shape is None:
            self._learn(method, head)
        return head, rest

    def _learn(self, method: str, head: Head) -> None:
        """Remember the names in this head once they have been the same often enough."""
        names = (method, *[name for name, _ in head.headers.raw])
        if names != self._last:
            self._last, self._seen = names, 0
        self._seen += 1
        headers = head.headers
        connection = headers.get("connection", "keep-alive")
        if (
            self._seen >= _ENOUGH
            and len(names) <= _MOST_NAMES
            and len(headers) == len(names) - 1
            and "content-length" in headers
            and "transfer-encoding" not in headers
            and "upgrade" not in headers
            and connection.lower() == "keep-alive"
        ):
            self._shapes[method] = _shape(names[1:], head.reason, connection)
