# Generated from src/minio/aio/__init__.py by tools/generate_sync.py. Do not edit.
"""The blocking client: every call of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._client import Minio as Minio

__all__ = ["Minio"]


def __getattr__(name: str) -> object:
    # The client is imported on first access: programs that need only some of its calls start faster.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .._lazy import load

    value = load(name, "._client", __name__)
    globals()[name] = value
    return value
