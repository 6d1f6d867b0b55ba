"""Arguments of calls, under the module path of release 8."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ._core.arguments import check_optional_number
from ._core.engine.call_options import CallOptions
from ._core.transfer.progress import ProgressType
from .bucketconfig import BucketInfo, LocationInfo
from .commonconfig import CopySource, SnowballObject
from .fanout import PutObjectFanOutEntry

__all__ = [
    "BucketInfo",
    "CallOptions",
    "Directive",
    "LocationInfo",
    "ProgressType",
    "PutObjectFanOutEntry",
    "SnowballObject",
    "SourceObject",
]


class Directive(StrEnum):
    """What a copy does with metadata or tags: copy those of the source, or replace them by the given ones."""

    COPY = "COPY"
    REPLACE = "REPLACE"


@dataclass(frozen=True)
class SourceObject(CopySource):
    """The source for `copy_object`, or one of the sources for `compose_object`.

    `object_size` is for the caller's own use: this client asks the server for it.

    client.copy_object(bucket_name="bucket", object_name="copy", source=SourceObject("bucket", "original"))
    """

    object_size: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_optional_number("object_size", self.object_size)
