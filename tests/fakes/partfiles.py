"""Part files in the state in which a download starts to fetch."""

from __future__ import annotations

from minio._core.transfer.partfile import PartFile


def reopened(part: PartFile) -> PartFile:
    """Return the part file after verifying everything that an earlier download left in it."""
    while part.verify_next():
        pass
    return part
