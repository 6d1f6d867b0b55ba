"""The result types, under the module path of the documented API. They are defined in `minio.datatypes`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .datatypes import Bucket, IncompleteUpload, Object, ObjectWriteResult

if TYPE_CHECKING:
    from datetime import datetime

CopyObjectResult = ObjectWriteResult
MultipartUploadResult = ObjectWriteResult


@dataclass(frozen=True)
class UploadPart:
    """A part of an upload, with the upload that it belongs to."""

    bucket_name: str
    object_name: str
    upload_id: str
    part_number: int
    etag: str
    last_modified: datetime | None = None
    size: int | None = None


__all__ = [
    "Bucket",
    "CopyObjectResult",
    "IncompleteUpload",
    "MultipartUploadResult",
    "Object",
    "UploadPart",
]
