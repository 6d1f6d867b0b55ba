# Generated from src/minio/aio/_subresources.py by tools/generate_sync.py. Do not edit.
"""Get, set and delete the sub-resources of buckets and objects, such as tags and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .._core.arguments import check_names, check_type, optional_text
from ..error import S3Error
from ._base import Base

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._core.ops.subresources import Subresource
    from .._core.wire.marshal import ToXmlType
    from .._core.wire.url import Query

T = TypeVar("T")


class SubresourceCalls(Base):
    """The base class for sub-resource calls. The sub-resource defines which error codes mean "not set"."""

    def _get_setting(
        self,
        resource: Subresource[T],
        bucket: str,
        key: str | None = None,
        version_id: str | None = None,
        check: Callable[[T], object] | None = None,
    ) -> T | None:
        """Return the sub-resource, or None if it is not set."""
        from .._core.ops.subresources import GetSubresource

        query = self._check_place(resource, bucket, key, version_id)
        operation = GetSubresource(resource, bucket, key or "", query, check)
        try:
            return self._call(operation)
        except S3Error as error:
            if error.code not in resource.none:
                raise
            return None

    def _set_setting(
        self,
        resource: Subresource[T],
        config: ToXmlType,
        bucket: str,
        key: str | None = None,
        version_id: str | None = None,
    ) -> None:
        """Set the sub-resource."""
        from .._core.ops.subresources import PutSubresource
        from .._core.wire.marshal import marshal

        query = self._check_place(resource, bucket, key, version_id)
        check_type("config", config, resource.load())
        self._call(PutSubresource(resource, marshal(config), bucket, key or "", query))

    def _delete_setting(
        self, resource: Subresource[T], bucket: str, key: str | None = None, version_id: str | None = None
    ) -> None:
        """Delete the sub-resource. Succeeds if it is not set.

        A server that does not support a sub-resource may ignore the query and delete the bucket or the object instead.
        For servers other than AWS, the client therefore requests the document first.
        """
        from .._core.ops.subresources import DeleteSubresource, FindSubresource

        query = self._check_place(resource, bucket, key, version_id)
        try:
            if not self._session.endpoint.aws:
                self._call(FindSubresource(resource, bucket, key or "", query))
            self._call(DeleteSubresource(resource, bucket, key or "", query))
        except S3Error as error:
            if error.code not in resource.none:
                raise

    def _check_place(self, resource: Subresource[T], bucket: str, key: str | None, version_id: str | None) -> Query:
        """Check the names, and return the query with the version id."""
        if not resource.of_object:
            self._check_bucket(bucket)
            return {}
        check_names(bucket, key)  # type: ignore[arg-type]  # None is refused
        version = optional_text("version_id", version_id)
        return {"versionId": version} if version else {}
