"""The asynchronous client: every call of the API, awaited."""

from __future__ import annotations

from ._client import AsyncMinio

__all__ = ["AsyncMinio"]
