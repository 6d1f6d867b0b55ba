"""The options of one call, as its requests have them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..ops.conditions import HEADERS as CONDITIONS
from ..wire.message import Request


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """The options of one call, checked."""

    region: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)

    def apply(self, request: Request) -> Request:
        """Return the request of an operation with these options."""
        added = {
            name: value
            for name, value in self.headers.items()
            if (request.conditional or name.lower() not in CONDITIONS) and not _is_pinned(name, request)
        }
        names = {name.lower() for name in added}
        own = {name: value for name, value in request.headers.items() if name.lower() not in names}
        return replace(
            request,
            region=request.region or self.region,
            headers={**own, **added},
            query={**request.query, **self.query},
        )

    @property
    def conditions(self) -> dict[str, str]:
        """The conditions among the headers."""
        return {name: value for name, value in self.headers.items() if name.lower() in CONDITIONS}

    @property
    def identity(self) -> dict[str, str]:
        """What distinguishes a transfer with these options from another one. It can be resumed only with the same."""
        named = {f"header {name.lower()}": value for name, value in self.headers.items()}
        return {**named, **{f"query {name}": value for name, value in self.query.items()}}


def _is_pinned(name: str, request: Request) -> bool:
    """Return whether the request needs its own header of this name: the version it reads, or the type of a document."""
    name = name.lower()
    if name == "content-type":
        return request.headers.get("Content-Type") in ("application/xml", "application/json")
    return name in CONDITIONS and any(own.lower() == name for own in request.headers)
