"""A client with the calls that `ls` and its like need: importing all calls of `Minio` takes longer than they do.

It is a `Minio` in all that it has: the same classes, settings and connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

from minio.sync._buckets import BucketCalls
from minio.sync._legacy import LegacyCalls
from minio.sync._listing import ListingCalls
from minio.sync._objects import ObjectCalls

if TYPE_CHECKING:
    from minio.sync import Minio

    Reader: TypeAlias = Union[Minio, "LeanClient"]  # noqa: UP007
    """Whatever lists and reads objects."""


class LeanClient(LegacyCalls, BucketCalls, ListingCalls, ObjectCalls):
    """Lists buckets and objects, and reads objects."""
