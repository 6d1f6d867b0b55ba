"""The asynchronous client: every call of the API, awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._client import AsyncMinio as AsyncMinio

__all__ = ["AsyncMinio"]


def __getattr__(name: str) -> object:
    # The client is imported on first access: programs that need only some of its calls start faster.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .._lazy import load

    value = load(name, "._client", __name__)
    globals()[name] = value
    return value
