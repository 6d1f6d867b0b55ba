# Generated from src/minio/aio/_removal.py by tools/generate_sync.py. Do not edit.
"""Calls that remove: objects one by one and many at a time, and incomplete uploads."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self

from ..error import InvalidArgumentTypeError, NoSuchUpload, S3Error
from ..helpers import check_names, check_object_name, check_text
from ._listing import ListingCalls
from ._seam import limited

if TYPE_CHECKING:
    from ..deleteobjects import DeleteError, DeleteObject


class RemovalCalls(ListingCalls):
    """Calls that remove."""

    def remove_object(self, bucket_name: str, object_name: str, version_id: str | None = None) -> None:
        """Remove an object, or one version of it. That there was none is no error.

        S3 operation: DeleteObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version to remove.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> client.remove_object("my-bucket", "my-object")
        """
        from .._core.ops.objects import DeleteObject as DeleteOne

        check_names(bucket_name, object_name)
        self._call(DeleteOne(bucket_name, object_name, check_text("version_id", version_id) or None))

    def remove_objects(
        self,
        bucket_name: str,
        delete_object_list: Iterable[Any] | None = None,
        bypass_governance_mode: bool = False,
        *,
        objects_iter: Iterable[Any] | None = None,
    ) -> Removal:
        """Remove many objects, a thousand a request. NOTHING is removed until the result is iterated.

        S3 operation: DeleteObjects.

        Args:
            bucket_name: The bucket.
            delete_object_list: What to remove: names, (name, version id) pairs, or DeleteObject. It is read as the
                result is iterated.
            bypass_governance_mode: Remove what is locked in governance mode too.
            objects_iter: The documented API's name for `delete_object_list`.

        Returns:
            An iterator of the errors only: `object_name`, `error_code`, `error_message` (also as `name`, `code`,
            `message`, `version_id`).

        Raises:
            InvalidBucketError: The bucket's name breaks a rule.
            InvalidArgumentTypeError: The list is a str, or no iterable.
            ResponseError: The server refuses a whole request (when iterated).

        Example:
            >>> for error in client.remove_objects("my-bucket", ["one", "two"]):
            ...     print(error.object_name, error.error_code)
        """
        self._check_bucket(bucket_name)
        items = objects_iter if delete_object_list is None else delete_object_list
        if items is None or isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
            raise InvalidArgumentTypeError(
                f"delete_object_list must be an iterable of names or DeleteObject, not {type(items).__name__}"
            )
        if self._deadline is None:
            return Removal(self._remove(bucket_name, items, bypass_governance_mode))
        return Removal(limited(RemovalCalls._remove)(self, bucket_name, items, bypass_governance_mode))

    def _remove(self, bucket_name: str, items: Iterable[Any], bypass: bool) -> Iterator[DeleteError]:
        from .._core.ops.deletion import BATCH, DeleteObjects
        from .._core.wire.values import can_carry
        from ..deleteobjects import DeleteObject

        batch: list[DeleteObject] = []
        for item in _each(items):
            name, version_id = _named(item)
            if not can_carry(name):
                for error in self._remove_alone(bucket_name, name, version_id):
                    yield error
                continue
            batch.append(DeleteObject(name, version_id))
            if len(batch) == BATCH:
                for error in self._call(DeleteObjects(bucket_name, batch, bypass)):
                    yield error
                batch = []
        if batch:
            for error in self._call(DeleteObjects(bucket_name, batch, bypass)):
                yield error

    def _remove_alone(self, bucket_name: str, name: str, version_id: str | None) -> Iterator[DeleteError]:
        """Remove what the XML of a batch cannot name."""
        from .._core.ops.objects import DeleteObject as DeleteOne
        from ..deleteobjects import DeleteError

        try:
            self._call(DeleteOne(bucket_name, name, version_id))
        except S3Error as error:
            yield DeleteError(error.code or "", error.message, name, version_id)

    def remove_incomplete_upload(self, bucket_name: str, object_name: str) -> None:
        """Remove all incomplete uploads of an object. That there were none is no error.

        S3 operations: ListMultipartUploads, AbortMultipartUpload.

        Args:
            bucket_name: The bucket.
            object_name: The object.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> client.remove_incomplete_upload("my-bucket", "my-object")
        """
        from .._core.ops.multipart import AbortMultipartUpload

        check_names(bucket_name, object_name)
        found = [
            upload.upload_id
            for upload in self._incomplete(bucket_name, object_name, "", sized=False)
            if upload.object_name == object_name
        ]
        for upload_id in found:
            try:
                self._call(AbortMultipartUpload(bucket_name, object_name, upload_id))
            except NoSuchUpload:
                continue  # somebody else was quicker


class Removal:
    """The errors of a removal under way: iterating carries it out."""

    def __init__(self, errors: Iterator[DeleteError]) -> None:
        self._errors = errors
        self._begun = False

    def __iter__(self) -> Self:
        self._begun = True
        return self

    def __next__(self) -> DeleteError:
        self._begun = True
        return next(self._errors)

    def __del__(self) -> None:
        if not getattr(self, "_begun", True):
            warnings.warn(
                "remove_objects() removed nothing: its result must be iterated, as in `for error in result: ...`",
                RuntimeWarning,
                stacklevel=2,
            )


def _each(items: Iterable[Any]) -> Iterator[Any]:
    if isinstance(items, Iterable):
        for item in items:
            yield item
    else:
        for item in items:
            yield item


def _named(item: Any) -> tuple[str, str | None]:
    """What the caller named: a name, a (name, version id) pair, or a DeleteObject."""
    from ..deleteobjects import DeleteObject

    if isinstance(item, DeleteObject):
        return item.name, item.version_id
    if isinstance(item, str):
        check_object_name(item)
        return item, None
    if isinstance(item, (tuple, list)) and len(item) == 2:
        check_object_name(item[0])
        return item[0], check_text("version_id", item[1]) or None
    raise InvalidArgumentTypeError(
        f"delete_object_list must hold names, (name, version id) pairs or DeleteObject, not {type(item).__name__}"
    )
