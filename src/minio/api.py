"""The client under the module path that both eras import it from."""

from __future__ import annotations

from .commonconfig import COPY, REPLACE
from .helpers import MAX_MULTIPART_COUNT, MAX_MULTIPART_OBJECT_SIZE, MAX_PART_SIZE, MIN_PART_SIZE
from .sync import Minio

__all__ = [
    "COPY",
    "MAX_MULTIPART_COUNT",
    "MAX_MULTIPART_OBJECT_SIZE",
    "MAX_PART_SIZE",
    "MIN_PART_SIZE",
    "REPLACE",
    "Minio",
]
