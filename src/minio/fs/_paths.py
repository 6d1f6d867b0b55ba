"""Paths, and what the file system says about objects. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from glob import has_magic
from mimetypes import guess_type
from typing import Any, NamedTuple

from .._core.datatypes import Object
from ..error import InvalidArgumentError

_VERSION = "?versionId="


class Place(NamedTuple):
    """A path in its parts. The bucket is empty for the list of buckets, the key for a bucket itself."""

    bucket: str
    key: str
    version_id: str | None = None

    @property
    def below(self) -> str:
        """The prefix of everything below this place in its bucket."""
        return f"{self.key}/" if self.key else ""


class ObjectPath(str):
    """A path that a listing has just shown to be an object."""

    __slots__ = ()


class DirectoryPath(str):
    """A path that a listing has just shown to be a directory."""

    __slots__ = ()


def found_paths(found: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the paths of a listing, which know whether they are directories. So nothing has to ask again."""
    return {DirectoryPath(name) if info["type"] == "directory" else ObjectPath(name) for name, info in found.items()}


def split_path(path: str, version_aware: bool = False) -> Place:
    """Split a path without its protocol. With `version_aware`, it may end with `?versionId=...`."""
    bucket, _, key = path.partition("/")
    version_id = None
    if version_aware and _VERSION in key:
        key, _, version_id = key.rpartition(_VERSION)
    return Place(bucket, key, version_id or None)


def object_place(path: str, version_aware: bool = False) -> Place:
    """Split a path that must name an object.

    Raises:
        InvalidArgumentError: The path names a bucket.
    """
    place = split_path(path, version_aware)
    if not place.key:
        raise InvalidArgumentError(f"path {path!r} must name an object: bucket/key")
    return place


def directory_info(name: str) -> dict[str, Any]:
    """Return what the file system says about a directory."""
    return {"name": name, "size": 0, "type": "directory", "StorageClass": "DIRECTORY"}


def object_info(found: Object, name: str | None = None) -> dict[str, Any]:
    """Return what the file system says about an object, under its own names and those of S3."""
    return {
        "name": f"{found.bucket_name}/{found.object_name}" if name is None else name,
        "size": found.size,
        "type": "file",
        "etag": found.etag,
        "last_modified": found.last_modified,
        "ETag": f'"{found.etag}"',
        "LastModified": found.last_modified,
        "StorageClass": found.storage_class,
        "VersionId": found.version_id,
    }


def version_info(found: Object) -> dict[str, Any]:
    """Return what the file system says about a version, whose name ends with its id."""
    info = object_info(found, f"{found.bucket_name}/{found.object_name}{_VERSION}{found.version_id or 'null'}")
    return {**info, "IsLatest": found.is_latest in (True, "true")}


def literal_stem(segment: str) -> str:
    """Return the part of a pattern before its first special character."""
    ends = [at for mark in "*?[" if (at := segment.find(mark)) >= 0]
    return segment[: min(ends, default=len(segment))]


def pattern_levels(pattern: str) -> list[str]:
    """Return the segments of a pattern after the directory that contains everything it can match."""
    segments = pattern.split("/")
    first = next(index for index, segment in enumerate(segments) if has_magic(segment))
    return segments[first:]


def content_type_of(key: str) -> str:
    """Return the content type that the end of a key suggests."""
    return guess_type(key)[0] or "application/octet-stream"
