"""An S3 client with the MinIO Python API, for any S3-compatible server. It is independent of MinIO, Inc.

from minio import Minio

client = Minio("127.0.0.1:9000", "access key", "secret key", secure=False)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._version import __version__ as __version__

__title__ = "minio-py"
__license__ = "Apache-2.0"
__author__ = "The authors of this package, which is independent of MinIO, Inc."
__copyright__ = "Copyright of the authors of this package"

if TYPE_CHECKING:
    from . import (
        api as api,
        commonconfig as commonconfig,
        corsconfig as corsconfig,
        credentials as credentials,
        datatypes as datatypes,
        definitions as definitions,
        deleteobjects as deleteobjects,
        error as error,
        helpers as helpers,
        legalhold as legalhold,
        lifecycleconfig as lifecycleconfig,
        notificationconfig as notificationconfig,
        objectattributes as objectattributes,
        objectlockconfig as objectlockconfig,
        progress as progress,
        replicationconfig as replicationconfig,
        retention as retention,
        select as select,
        signer as signer,
        sse as sse,
        sseconfig as sseconfig,
        tagging as tagging,
        time as time,
        versioningconfig as versioningconfig,
        xml as xml,
    )
    from .aio import AsyncMinio
    from .copy_conditions import CopyConditions
    from .datatypes import Bucket, Object
    from .error import InvalidResponseError, MinioException, ResponseError, S3Error, ServerError, TransportError
    from .minioadmin import AsyncMinioAdmin, MinioAdmin
    from .policy import Policy
    from .post_policy import PostPolicy
    from .retry import Retry
    from .sync import Minio

_HOMES = {
    "AsyncMinio": "aio._client",
    "AsyncMinioAdmin": "minioadmin",
    "Bucket": "_core.bucket_datatypes",
    "CopyConditions": "copy_conditions",
    "InvalidResponseError": "error",
    "Minio": "sync._client",
    "MinioAdmin": "minioadmin",
    "MinioException": "error",
    "Object": "_core.datatypes",
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
    "AsyncMinioAdmin",
    "Bucket",
    "CopyConditions",
    "InvalidResponseError",
    "Minio",
    "MinioAdmin",
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
    # Each name is imported on first access, which keeps `import minio` fast.
    home = _HOMES.get(name)
    if home is None and (name.startswith("_") or not _is_module(name)):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._lazy import load, load_module

    value = load_module(name, __name__) if home is None else load(name, f".{home}", __name__)
    globals()[name] = value
    return value


def _is_module(name: str) -> bool:
    """Return whether the package has a module of this name, which is then an attribute of it."""
    from importlib.util import find_spec

    return find_spec(f"{__name__}.{name}") is not None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
