"""The types that calls return, the types of data to upload, and the 7.2 classes that parse whole responses."""

from __future__ import annotations

from ._core.bucket_datatypes import Bucket, HeadBucketResult, IncompleteUpload, ListAllMyBucketsResult, Part
from ._core.datatypes import Object, ObjectWriteResult, StatObject
from ._core.transfer.sync.events import EventIterable
from ._core.upload_data import AsyncReadable, AsyncUploadData, BytesLike, Readable, UploadData
from ._responses import (
    CompleteMultipartUploadResult,
    ListMultipartUploadsResult,
    ListPartsResult,
    Upload,
    parse_copy_object,
    parse_list_objects,
)
from ._sitereplication import PeerInfo, PeerSite, SiteReplicationStatusOptions
from .post_policy import PostPolicy

CopyObjectResult = ObjectWriteResult

__all__ = [
    "AsyncReadable",
    "AsyncUploadData",
    "Bucket",
    "BytesLike",
    "CompleteMultipartUploadResult",
    "CopyObjectResult",
    "EventIterable",
    "HeadBucketResult",
    "IncompleteUpload",
    "ListAllMyBucketsResult",
    "ListMultipartUploadsResult",
    "ListPartsResult",
    "Object",
    "ObjectWriteResult",
    "Part",
    "PeerInfo",
    "PeerSite",
    "PostPolicy",
    "Readable",
    "SiteReplicationStatusOptions",
    "StatObject",
    "Upload",
    "UploadData",
    "parse_copy_object",
    "parse_list_objects",
]
