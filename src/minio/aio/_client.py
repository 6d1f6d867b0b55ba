"""The client class, which combines all call families."""

from __future__ import annotations

from .._core.public import public_names
from ._addresses import AsyncConfigured
from ._bucket_config import AsyncBucketConfigCalls
from ._bucket_protection import AsyncBucketProtectionCalls
from ._buckets import AsyncBucketCalls
from ._bulk import AsyncBulkCalls

# async only
from ._bulk_runs import AsyncBulkRuns

# end
from ._copying import AsyncCopyCalls
from ._directories import AsyncDirectoryCalls
from ._download import AsyncDownloadCalls
from ._earlier import AsyncEarlierCalls
from ._extensions import AsyncExtensionCalls
from ._fan_out import AsyncFanOutCalls
from ._files import AsyncFileCalls
from ._legacy_operations import AsyncLegacyOperations
from ._listing import AsyncListingCalls
from ._moving import AsyncMoveCalls
from ._notification import AsyncNotificationCalls
from ._object_config import AsyncObjectConfigCalls
from ._objects import AsyncObjectCalls
from ._parallel import AsyncParallelCalls
from ._planning import AsyncPlanningCalls
from ._policy import AsyncPolicyCalls
from ._prefix_removal import AsyncPrefixRemovalCalls
from ._presign import AsyncPresignCalls
from ._removal import AsyncRemovalCalls
from ._upload import AsyncUploadCalls


@public_names
class AsyncMinio(
    AsyncLegacyOperations,
    AsyncEarlierCalls,
    AsyncBucketCalls,
    AsyncBulkCalls,
    # async only
    AsyncBulkRuns,
    # end
    AsyncRemovalCalls,
    AsyncMoveCalls,
    AsyncCopyCalls,
    AsyncFileCalls,
    AsyncExtensionCalls,
    AsyncFanOutCalls,
    AsyncUploadCalls,
    AsyncParallelCalls,
    AsyncDirectoryCalls,
    AsyncPrefixRemovalCalls,
    AsyncPlanningCalls,
    AsyncListingCalls,
    AsyncDownloadCalls,
    AsyncObjectCalls,
    AsyncPresignCalls,
    AsyncPolicyCalls,
    AsyncNotificationCalls,
    AsyncBucketConfigCalls,
    AsyncBucketProtectionCalls,
    AsyncObjectConfigCalls,
    AsyncConfigured,
):
    """The S3 client. Create one and call its methods.

    Example:
        >>> async with AsyncMinio("127.0.0.1:9000", "access key", "secret key", secure=False) as client:
        ...     async for item in client.list_objects("my-bucket", recursive=True):
        ...         print(item.object_name, item.size, item.last_modified)

    The client works with any S3-compatible server. It can be used concurrently, reuses connections, survives a fork and
    can be pickled. Leaving the `async with` block closes the connections, as `close()` does.
    """
