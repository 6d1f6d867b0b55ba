"""A client with the calls of `ls`, `cp` of one object and their like: importing all calls of `Minio` takes longer.

It is a `Minio` in all that it has: the same classes, settings and connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union, cast

from minio.sync._buckets import BucketCalls
from minio.sync._download import DownloadCalls
from minio.sync._legacy import LegacyCalls
from minio.sync._listing import ListingCalls

if TYPE_CHECKING:
    from minio._core.datatypes import StatObject
    from minio._core.http.sync.response import ObjectResponse
    from minio._core.ops.objects import GetObject
    from minio.sync import Minio

    Reader: TypeAlias = Union[Minio, "LeanClient"]  # noqa: UP007
    """Whatever lists and reads objects."""


class LeanClient(LegacyCalls, BucketCalls, ListingCalls, DownloadCalls):
    """Lists buckets and objects, reads objects, and downloads them to files."""

    def _respond(self, operation: GetObject) -> ObjectResponse:
        return cast("ObjectResponse", self._get(operation))  # the command line calls nothing that only urllib3 has

    def _described(self, found: StatObject) -> StatObject:
        """Return metadata as it is: the command line reads headers by their lower-case names, without urllib3."""
        return found
