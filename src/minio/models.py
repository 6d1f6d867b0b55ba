"""The values that calls take and return, under the module path of release 8.

Each name is the class of this library with the same role. Classes are defined in the module of their resource.
"""

from __future__ import annotations

from ._core.bucket_datatypes import HeadBucketResult as HeadBucketResponse
from ._core.datatypes import StatObject as HeadObjectResponse
from ._core.http.sync.response import ObjectResponse as GetObjectResponse
from .accesscontrol import AccessControlPolicy
from .bucketconfig import CreateBucketConfiguration
from .commonconfig import Filter, Tag, Tags
from .corsconfig import CORSConfig
from .datatypes import (
    Bucket,
    CompleteMultipartUploadResult,
    EventIterable,
    ListAllMyBucketsResult,
    ListMultipartUploadsResult,
    ListPartsResult,
    Object,
    ObjectWriteResult as ObjectWriteResponse,
    Part,
    PostPolicy,
    parse_list_objects,
)
from .deleteobjects import DeleteRequest, DeleteResult
from .fanout import PutObjectFanOutResult as PutObjectFanOutResponse
from .legalhold import LegalHold
from .lifecycleconfig import LifecycleConfig
from .notificationconfig import NotificationConfig
from .objectattributes import Checksum, ObjectAttributes as GetObjectAttributesOutput
from .objectlockconfig import ObjectLockConfig
from .replicationconfig import ReplicationConfig, Status
from .retention import Retention
from .select import SelectObjectReader as SelectObjectResponse, SelectRequest as SelectObjectContentRequest
from .sseconfig import SSEConfig
from .tagging import Tagging
from .versioningconfig import VersioningConfig

GetObjectAclResponse = AccessControlPolicy
GetObjectAttributesResponse = GetObjectAttributesOutput
PromptObjectResponse = GetObjectResponse
StatObjectResponse = HeadObjectResponse

__all__ = [
    "AccessControlPolicy",
    "Bucket",
    "CORSConfig",
    "Checksum",
    "CompleteMultipartUploadResult",
    "CreateBucketConfiguration",
    "DeleteRequest",
    "DeleteResult",
    "EventIterable",
    "Filter",
    "GetObjectAclResponse",
    "GetObjectAttributesOutput",
    "GetObjectAttributesResponse",
    "GetObjectResponse",
    "HeadBucketResponse",
    "HeadObjectResponse",
    "LegalHold",
    "LifecycleConfig",
    "ListAllMyBucketsResult",
    "ListMultipartUploadsResult",
    "ListPartsResult",
    "NotificationConfig",
    "Object",
    "ObjectLockConfig",
    "ObjectWriteResponse",
    "Part",
    "PostPolicy",
    "PromptObjectResponse",
    "PutObjectFanOutResponse",
    "ReplicationConfig",
    "Retention",
    "SSEConfig",
    "SelectObjectContentRequest",
    "SelectObjectResponse",
    "StatObjectResponse",
    "Status",
    "Tag",
    "Tagging",
    "Tags",
    "VersioningConfig",
    "parse_list_objects",
]
