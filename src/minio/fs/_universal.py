"""The entry point of universal-pathlib, which has paths for object stores: `UPath("minio://my-bucket/key")`.

It names this module instead of that class, so that fsspec knows the file system when the class asks for it.
"""

from __future__ import annotations

from fsspec import register_implementation
from upath.implementations.cloud import CloudPath

from ._filesystem import MinioFileSystem

__all__ = ["CloudPath"]

register_implementation("minio", MinioFileSystem, clobber=True)
