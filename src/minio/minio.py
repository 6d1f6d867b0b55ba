"""The client, under its module path in release 8."""

from __future__ import annotations

from .sync import Minio

__all__ = ["Minio"]
