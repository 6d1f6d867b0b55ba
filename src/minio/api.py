"""The client and other names, under the module path that programs of the documented API and of 7.2 import from."""

from __future__ import annotations

from urllib3 import BaseHTTPResponse, HTTPHeaderDict

from .commonconfig import COPY, REPLACE, ComposeSource, CopySource, SnowballObject, Tags
from .credentials import Credentials, Provider, StaticProvider
from .datatypes import (
    Bucket,
    CompleteMultipartUploadResult,
    EventIterable,
    ListAllMyBucketsResult,
    ListMultipartUploadsResult,
    ListPartsResult,
    Object,
    Part,
    PostPolicy,
    parse_copy_object,
    parse_list_objects,
)
from .deleteobjects import DeleteError, DeleteObject, DeleteRequest, DeleteResult
from .error import InvalidResponseError, S3Error, ServerError
from .helpers import (
    _DEFAULT_USER_AGENT,
    DEFAULT_PART_SIZE,
    MAX_MULTIPART_COUNT,
    MAX_MULTIPART_OBJECT_SIZE,
    MAX_PART_SIZE,
    MAX_POOL_SIZE,
    MIN_PART_SIZE,
    BaseURL,
    DictType,
    ObjectWriteResult,
    ProgressType,
    ThreadPool,
    basestring,
    check_bucket_name,
    check_object_name,
    check_sse,
    check_ssec,
    genheaders,
    get_part_info,
    headers_to_strings,
    is_valid_policy_type,
    makedirs,
    md5sum_hash,
    queryencode,
    read_part_data,
    sha256_hash,
)
from .legalhold import LegalHold
from .lifecycleconfig import LifecycleConfig
from .notificationconfig import NotificationConfig
from .objectlockconfig import ObjectLockConfig
from .replicationconfig import ReplicationConfig
from .retention import Retention
from .select import SelectObjectReader, SelectRequest
from .signer import presign_v4, sign_v4_s3
from .sse import Sse, SseCustomerKey
from .sseconfig import SSEConfig
from .sync import Minio
from .tagging import Tagging
from .versioningconfig import VersioningConfig
from .xml import Element, SubElement, findtext, getbytes, marshal, unmarshal

__all__ = [
    "COPY",
    "DEFAULT_PART_SIZE",
    "MAX_MULTIPART_COUNT",
    "MAX_MULTIPART_OBJECT_SIZE",
    "MAX_PART_SIZE",
    "MAX_POOL_SIZE",
    "MIN_PART_SIZE",
    "REPLACE",
    "_DEFAULT_USER_AGENT",
    "BaseHTTPResponse",
    "BaseURL",
    "Bucket",
    "CompleteMultipartUploadResult",
    "ComposeSource",
    "CopySource",
    "Credentials",
    "DeleteError",
    "DeleteObject",
    "DeleteRequest",
    "DeleteResult",
    "DictType",
    "Element",
    "EventIterable",
    "HTTPHeaderDict",
    "InvalidResponseError",
    "LegalHold",
    "LifecycleConfig",
    "ListAllMyBucketsResult",
    "ListMultipartUploadsResult",
    "ListPartsResult",
    "Minio",
    "NotificationConfig",
    "Object",
    "ObjectLockConfig",
    "ObjectWriteResult",
    "Part",
    "PostPolicy",
    "ProgressType",
    "Provider",
    "ReplicationConfig",
    "Retention",
    "S3Error",
    "SSEConfig",
    "SelectObjectReader",
    "SelectRequest",
    "ServerError",
    "SnowballObject",
    "Sse",
    "SseCustomerKey",
    "StaticProvider",
    "SubElement",
    "Tagging",
    "Tags",
    "ThreadPool",
    "VersioningConfig",
    "basestring",
    "check_bucket_name",
    "check_object_name",
    "check_sse",
    "check_ssec",
    "findtext",
    "genheaders",
    "get_part_info",
    "getbytes",
    "headers_to_strings",
    "is_valid_policy_type",
    "makedirs",
    "marshal",
    "md5sum_hash",
    "parse_copy_object",
    "parse_list_objects",
    "presign_v4",
    "queryencode",
    "read_part_data",
    "sha256_hash",
    "sign_v4_s3",
    "unmarshal",
]
