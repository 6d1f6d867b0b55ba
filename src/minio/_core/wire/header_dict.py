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
        # What is missing may be missing because nothing was filled in yet. Several threads may find that at once: each
        # fills one of its own, and the first one counts.
        filled = HTTPHeaderDict()
        for key, value in self.__dict__.get("_pairs", ()):
            filled.add(key, value)
        if name not in vars(filled):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self.__dict__.setdefault(name, vars(filled)[name])

    def __reduce__(self) -> tuple[Any, ...]:
        return HTTPHeaderDict, (list(self.items()),)
