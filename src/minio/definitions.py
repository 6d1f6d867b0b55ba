"""The result types under the path of the documented era; they live in `minio.datatypes`."""

from __future__ import annotations

from .datatypes import Bucket, IncompleteUpload, Object, ObjectWriteResult, Part

CopyObjectResult = ObjectWriteResult
MultipartUploadResult = ObjectWriteResult
UploadPart = Part

__all__ = [
    "Bucket",
    "CopyObjectResult",
    "IncompleteUpload",
    "MultipartUploadResult",
    "Object",
    "UploadPart",
]
