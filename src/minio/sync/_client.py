# Generated from src/minio/aio/_client.py by tools/generate_sync.py. Do not edit.
"""The client: all families of calls together."""

from __future__ import annotations

from ._bucket_config import BucketConfigCalls
from ._buckets import BucketCalls
from ._copying import CopyCalls
from ._download import DownloadCalls
from ._extensions import ExtensionCalls
from ._files import FileCalls
from ._listing import ListingCalls
from ._notification import NotificationCalls
from ._object_config import ObjectConfigCalls
from ._objects import ObjectCalls
from ._policy import PolicyCalls
from ._presign import PresignCalls
from ._removal import RemovalCalls
from ._upload import UploadCalls


class Minio(
    BucketCalls,
    RemovalCalls,
    FileCalls,
    ExtensionCalls,
    UploadCalls,
    ListingCalls,
    DownloadCalls,
    ObjectCalls,
    CopyCalls,
    PresignCalls,
    PolicyCalls,
    NotificationCalls,
    BucketConfigCalls,
    ObjectConfigCalls,
):
    """A client for an S3-compatible server.

    One client serves any number of threads (or tasks), keeps its connections, survives fork and can be pickled.

    Example:
        >>> with Minio("127.0.0.1:9000", "access key", "secret key", secure=False) as client:
        ...     for bucket in client.list_buckets():
        ...         print(bucket.name)
    """
