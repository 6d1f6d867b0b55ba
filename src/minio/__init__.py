"""An S3 client with the MinIO Python API, for any S3-compatible server. Independent of the vendor.

from minio import Minio

client = Minio("127.0.0.1:9000", "access key", "secret key", secure=False)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "7.3.0"
__title__ = "minio-py"
__license__ = "Apache-2.0"

if TYPE_CHECKING:
    from .aio import AsyncMinio
    from .copy_conditions import CopyConditions
    from .datatypes import Bucket, Object
    from .error import InvalidResponseError, MinioException, ResponseError, S3Error, ServerError, TransportError
    from .policy import Policy
    from .post_policy import PostPolicy
    from .retry import Retry
    from .sync import Minio

_HOMES = {
    "AsyncMinio": "aio",
    "Bucket": "datatypes",
    "CopyConditions": "copy_conditions",
    "InvalidResponseError": "error",
    "Minio": "sync",
    "MinioException": "error",
    "Object": "datatypes",
    "Policy": "policy",
    "PostPolicy": "post_policy",
    "ResponseError": "error",
    "Retry": "retry",
    "S3Error": "error",
    "ServerError": "error",
    "TransportError": "error",
}

__all__ = [
    "AsyncMinio",
    "Bucket",
    "CopyConditions",
    "InvalidResponseError",
    "Minio",
    "MinioException",
    "Object",
    "Policy",
    "PostPolicy",
    "ResponseError",
    "Retry",
    "S3Error",
    "ServerError",
    "TransportError",
]


def __getattr__(name: str) -> object:
    # Each name is imported when it is first asked for: `import minio` itself costs next to nothing.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
