"""The clients of MinIO's admin API, and the values that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._sitereplication import PeerInfo, PeerSite, SiteReplicationStatusOptions
from .error import MinioAdminException
from .sync._admin import MinioAdmin

if TYPE_CHECKING:
    from .aio._admin import AsyncMinioAdmin

__all__ = [
    "AsyncMinioAdmin",
    "MinioAdmin",
    "MinioAdminException",
    "PeerInfo",
    "PeerSite",
    "SiteReplicationStatusOptions",
]


def __getattr__(name: str) -> object:
    # A blocking program does not load asyncio.
    if name != "AsyncMinioAdmin":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .aio._admin import AsyncMinioAdmin

    globals()[name] = AsyncMinioAdmin
    return AsyncMinioAdmin
