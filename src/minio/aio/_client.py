"""The client: all families of calls together."""

from __future__ import annotations

from ._bucket_config import AsyncBucketConfigCalls
from ._buckets import AsyncBucketCalls
from ._copying import AsyncCopyCalls
from ._download import AsyncDownloadCalls
from ._extensions import AsyncExtensionCalls
from ._files import AsyncFileCalls
from ._listing import AsyncListingCalls
from ._notification import AsyncNotificationCalls
from ._object_config import AsyncObjectConfigCalls
from ._objects import AsyncObjectCalls
from ._policy import AsyncPolicyCalls
from ._presign import AsyncPresignCalls
from ._removal import AsyncRemovalCalls
from ._upload import AsyncUploadCalls


class AsyncMinio(
    AsyncBucketCalls,
    AsyncRemovalCalls,
    AsyncFileCalls,
    AsyncExtensionCalls,
    AsyncUploadCalls,
    AsyncListingCalls,
    AsyncDownloadCalls,
    AsyncObjectCalls,
    AsyncCopyCalls,
    AsyncPresignCalls,
    AsyncPolicyCalls,
    AsyncNotificationCalls,
    AsyncBucketConfigCalls,
    AsyncObjectConfigCalls,
):
    """A client for an S3-compatible server.

    One client serves any number of threads (or tasks), keeps its connections, survives fork and can be pickled.

    Example:
        >>> async with AsyncMinio("127.0.0.1:9000", "access key", "secret key", secure=False) as client:
        ...     for bucket in await client.list_buckets():
        ...         print(bucket.name)
    """
