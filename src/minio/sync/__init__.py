# Generated from src/minio/aio/__init__.py by tools/generate_sync.py. Do not edit.
"""The blocking client: every call of the API."""

from __future__ import annotations

from ._client import Minio

__all__ = ["Minio"]
