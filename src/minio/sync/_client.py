# Generated from src/minio/aio/_client.py by tools/generate_sync.py. Do not edit.
"""The client class, which combines all call families."""

from __future__ import annotations

from .._core.public import public_names
from ._addresses import Configured
from ._bucket_config import BucketConfigCalls
from ._bucket_protection import BucketProtectionCalls
from ._buckets import BucketCalls
from ._bulk import BulkCalls
from ._copying import CopyCalls
from ._directories import DirectoryCalls
from ._download import DownloadCalls
from ._earlier import EarlierCalls
from ._extensions import ExtensionCalls
from ._fan_out import FanOutCalls
from ._files import FileCalls
from ._legacy_operations import LegacyOperations
from ._listing import ListingCalls
from ._moving import MoveCalls
from ._notification import NotificationCalls
from ._object_config import ObjectConfigCalls
from ._objects import ObjectCalls
from ._parallel import ParallelCalls
from ._planning import PlanningCalls
from ._policy import PolicyCalls
from ._prefix_removal import PrefixRemovalCalls
from ._presign import PresignCalls
from ._removal import RemovalCalls
from ._upload import UploadCalls


@public_names
class Minio(
    LegacyOperations,
    EarlierCalls,
    BucketCalls,
    BulkCalls,
    RemovalCalls,
    MoveCalls,
    CopyCalls,
    FileCalls,
    ExtensionCalls,
    FanOutCalls,
    UploadCalls,
    ParallelCalls,
    DirectoryCalls,
    PrefixRemovalCalls,
    PlanningCalls,
    ListingCalls,
    DownloadCalls,
    ObjectCalls,
    PresignCalls,
    PolicyCalls,
    NotificationCalls,
    BucketConfigCalls,
    BucketProtectionCalls,
    ObjectConfigCalls,
    Configured,
):
    """The S3 client. Create one and call its methods.

    Example:
        >>> with Minio("127.0.0.1:9000", "access key", "secret key", secure=False) as client:
        ...     for item in client.list_objects("my-bucket", recursive=True):
        ...         print(item.object_name, item.size, item.last_modified)

    The client works with any S3-compatible server. It can be used concurrently, reuses connections, survives a fork and
    can be pickled. Leaving the `with` block closes the connections, as `close()` does.
    """
