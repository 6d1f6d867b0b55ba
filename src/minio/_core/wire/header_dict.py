"""Headers as callers get them: urllib3's dictionary, filled when somebody looks into it. Most never do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from urllib3 import HTTPHeaderDict


class LazyHeaders(HTTPHeaderDict):
    """Headers by name in any case, from pairs as they came."""

    @classmethod
    def of(cls, raw: Sequence[tuple[str, str]]) -> LazyHeaders:
        """Keep the pairs for later."""
        made = cls.__new__(cls)
        made.__dict__["_pairs"] = raw
        return made

    def __getattr__(self, name: str) -> Any:
        # Whatever is missing is missing because nothing was filled in yet.
        pairs = self.__dict__.pop("_pairs", None)
        if pairs is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        HTTPHeaderDict.__init__(self)
        for key, value in pairs:
            self.add(key, value)
        return getattr(self, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return HTTPHeaderDict, (list(self.items()),)
