# Generated from src/minio/aio/_removal.py by tools/generate_sync.py. Do not edit.
"""Calls that remove objects and incomplete uploads."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, Self, Unpack

from .._core.arguments import check_names, check_object_name, optional_text
from .._core.display import shows
from .._core.engine.call_options import takes_options
from ..error import InvalidArgumentTypeError, NoSuchUpload, NoSuchVersion, S3Error
from ._backend import limits_steps, public_call
from ._listing import ListingCalls

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from ..deleteobjects import DeleteError, DeleteObject


class RemovalCalls(ListingCalls):
    """Calls that remove objects and incomplete uploads."""

    @public_call
    def remove_object(
        self, bucket_name: str, object_name: str, version_id: str | None = None, **options: Unpack[CallOptions]
    ) -> None:
        """Remove an object, or one version of it. Succeeds if it does not exist.

        S3 operation: DeleteObject.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            version_id: The version to remove.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> client.remove_object("my-bucket", "my-object")
        """
        from .._core.ops.objects import DeleteObject as DeleteOne

        check_names(bucket_name, object_name)
        self._call(DeleteOne(bucket_name, object_name, optional_text("version_id", version_id) or None))

    @takes_options
    def remove_objects(
        self,
        bucket_name: str,
        delete_object_list: Iterable[Any] | None = None,
        bypass_governance_mode: bool = False,
        *,
        objects_iter: Iterable[Any] | None = None,
        objects: Iterable[Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> Removal:
        """Remove many objects, up to 1,000 in one request. NOTHING is removed until the result is iterated.

        S3 operation: DeleteObjects.

        Args:
            bucket_name: The bucket.
            delete_object_list: The objects to remove, as names, (name, version id) pairs or DeleteObject. The iterable
                is read while the result is iterated.
            bypass_governance_mode: Also remove objects that are locked in governance mode.
            objects_iter: The documented API's name for `delete_object_list`.
            objects: Another name for `delete_object_list`.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of the errors only, each with `object_name`, `error_code` and `error_message` (also as `name`,
            `code` and `message`) and `version_id`.

        Raises:
            InvalidBucketError: The bucket's name is invalid.
            InvalidArgumentTypeError: The list is a str, or is not iterable.
            ResponseError: The server returns an error for a whole request (raised during iteration).

        Example:
            >>> for error in client.remove_objects("my-bucket", ["one", "two"]):
            ...     print(error.object_name, error.error_code)
        """
        self._check_bucket(bucket_name)
        items = objects if objects_iter is None else objects_iter
        items = items if delete_object_list is None else delete_object_list
        if items is None or isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
            raise InvalidArgumentTypeError(
                f"delete_object_list must be an iterable of names or DeleteObject, not {type(items).__name__}"
            )
        return Removal(self._remove(bucket_name, items, bypass_governance_mode), bucket_name)

    @limits_steps
    def _remove(self, bucket_name: str, items: Iterable[Any], bypass_governance_mode: bool) -> Iterator[DeleteError]:
        from .._core.ops.deletion import BATCH, DeleteObjects

        batch: list[DeleteObject] = []
        with closing(_each(items)) as each:
            for item in each:
                named = _named(item)
                if not named.fits_xml:
                    for error in self._remove_alone(bucket_name, named, bypass_governance_mode):
                        yield error
                    continue
                batch.append(named)
                if len(batch) == BATCH:
                    for error in self._call(DeleteObjects(bucket_name, batch, bypass_governance_mode)):
                        yield error
                    batch = []
        if batch:
            for error in self._call(DeleteObjects(bucket_name, batch, bypass_governance_mode)):
                yield error

    def _remove_alone(self, bucket_name: str, item: DeleteObject, bypass_governance_mode: bool) -> list[DeleteError]:
        """Remove an object whose name XML cannot represent. Return the error, if there is one."""
        from .._core.ops.objects import DeleteObject as DeleteOne
        from ..deleteobjects import DeleteError

        try:
            self._call(DeleteOne(bucket_name, item.name, item.version_id, bypass_governance_mode))
        except NoSuchVersion:
            pass  # already removed, which is the desired state
        except S3Error as error:
            return [DeleteError(error.code or "", error.message, item.name, item.version_id)]
        return []

    @public_call
    def remove_incomplete_upload(self, bucket_name: str, object_name: str, **options: Unpack[CallOptions]) -> None:
        """Abort all incomplete uploads of an object. Succeeds if there are none.

        S3 operations: ListMultipartUploads, AbortMultipartUpload.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

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
                continue  # another client was faster


@shows("bucket_name=_bucket_name", live=True, state="_state")
class Removal:
    """The errors of a removal in progress. Iterating runs the removal."""

    def __init__(self, errors: Iterator[DeleteError], bucket_name: str) -> None:
        self._errors = errors
        self._bucket_name = bucket_name
        self._begun = False

    def __iter__(self) -> Self:
        self._begun = True
        return self

    def __next__(self) -> DeleteError:
        self._begun = True
        return next(self._errors)

    def _state(self) -> str:
        return "iteration has begun" if self._begun else "nothing is removed until it is iterated"

    def __del__(self) -> None:
        if not getattr(self, "_begun", True):
            warnings.warn(
                "remove_objects() removed nothing: its result must be iterated, as in `for error in result: ...`",
                RuntimeWarning,
                stacklevel=2,
            )


def _each(items: Iterable[Any]) -> Generator[Any, None]:
    if isinstance(items, Iterable):
        for item in items:
            yield item
    else:
        for item in items:
            yield item


def _named(item: Any) -> DeleteObject:
    """Convert an item of the caller, which is a name, a (name, version id) pair or a DeleteObject."""
    from ..deleteobjects import DeleteObject

    if isinstance(item, DeleteObject):
        return item
    if isinstance(item, str):
        check_object_name(item)
        return DeleteObject(item)
    if isinstance(item, (tuple, list)) and len(item) == 2:
        check_object_name(item[0])
        return DeleteObject(item[0], optional_text("version_id", item[1]) or None)
    raise InvalidArgumentTypeError(
        f"delete_object_list must hold names, (name, version id) pairs or DeleteObject, not {type(item).__name__}"
    )
