"""Response headers for callers: urllib3's HTTPHeaderDict, filled on first use. Most callers never use it."""

from __future__ import annotations

from typing import Any

from urllib3 import HTTPHeaderDict

from .message import Headers


class LazyHeaders(HTTPHeaderDict):
    """Headers with case-insensitive names, created lazily from the headers of a response."""

    @classmethod
    def of(cls, headers: Headers) -> LazyHeaders:
        """Create an instance that keeps the headers of a response and is filled on first use."""
        made = cls.__new__(cls)
        made.__dict__["_received"] = headers
        return made

    def __getattr__(self, name: str) -> Any:
        # An attribute may be missing because the headers have not been filled in yet. If several threads get here at
        # once, each fills its own dictionary, and the first one is kept.
        filled = HTTPHeaderDict()
        received = self.__dict__.get("_received")
        for key, value in () if received is None else received.raw:
            filled.add(key, value)
        if name not in vars(filled):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self.__dict__.setdefault(name, vars(filled)[name])

    def __reduce__(self) -> tuple[Any, ...]:
        return HTTPHeaderDict, (list(self.items()),)
