"""Part files as a download has them when it begins to fetch."""

from __future__ import annotations

from minio._core.transfer.partfile import PartFile


def reopened(part: PartFile) -> PartFile:
    """The file, with all of it believed that an earlier download has left."""
    while part.believe_next():
        pass
    return part
