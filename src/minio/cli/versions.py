"""Whether a bucket keeps versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minio.sync import Minio

_NOT_THERE = (400, 405, 501)
"""What servers without versions answer."""


def status_of(client: Minio, bucket: str) -> str | None:
    """Return "Enabled" or "Suspended", or None if versions were never kept or the server has none."""
    from minio.error import ResponseError

    try:
        return client.get_bucket_versioning(bucket).status
    except ResponseError as error:
        if error.status in _NOT_THERE:
            return None
        raise
