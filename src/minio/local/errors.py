"""The errors of a local server."""

from __future__ import annotations

from minio.error import MinioException


class LocalServerError(MinioException, RuntimeError):
    """A local server did not start, or it died. The message shows the end of its log."""


class MissingServerError(MinioException, ImportError):
    """A program or a package that a local server needs is not installed. The message says what to install."""
