"""The call that removes all objects below a prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from .._core.arguments import check_flag, whole_number
from ..error import InvalidArgumentError
from ._backend import public_call
from ._directory_runs import AsyncDirectoryRuns
from ._loops import complete

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from ..directories import Summary


class AsyncPrefixRemovalCalls(AsyncDirectoryRuns):
    """The call that removes all objects below a prefix."""

    @public_call
    async def remove_prefix(
        self,
        bucket_name: str,
        prefix: str,
        *,
        all_versions: bool = False,
        max_delete: int | None = None,
        whole_bucket: bool = False,
        bypass_governance_mode: bool = False,
        jobs: int | None = None,
        progress: Any = None,
        raise_errors: bool = True,
        **options: Unpack[CallOptions],
    ) -> Summary:
        """Remove the objects below a prefix, and the objects that stand for its directories.

        Objects are removed while the listing goes on, up to 250 in one request, 8 requests at a time. Directories that
        the server keeps after that are removed, too, if it tells that they are there.

        S3 operations: ListObjectsV2 (or ListObjectVersions) and DeleteObjects. HeadObject and DeleteObject for
        directories.

        Args:
            bucket_name: The bucket.
            prefix: The prefix, with or without a slash at its end: "photos" does not mean `photos-2024`.
            all_versions: Remove all versions and delete markers. Otherwise a versioned bucket keeps the versions.
            max_delete: Remove nothing if there are more objects (or versions) than this. They are counted first.
            whole_bucket: Must be True if `prefix` is empty.
            bypass_governance_mode: Also remove versions that are locked in governance mode.
            jobs: How many requests are under way at a time. The default is 8; fewer if the server asks for it.
            progress: As in `upload_directory`. Bytes are not counted.
            raise_errors: Raise PartialFailure at the end if anything failed.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A Summary. `deleted` is the number of objects, or of versions.

        Raises:
            InvalidArgumentError: An argument is invalid, or the prefix is empty without `whole_bucket`.
            UnsafeDeleteError: There are more than `max_delete`. Nothing was removed.
            PartialFailure: Some objects were not removed; `error.summary` has the failures.
            ResponseError: The server returns an error for a listing.

        Example:
            >>> summary = await client.remove_prefix("my-bucket", "photos", max_delete=1000)
            >>> print(summary.failed)
            0
        """
        from .._core.transfer.directory.arguments import check_prefix, check_run

        self._check_bucket(bucket_name)
        jobs, _, progress, raise_errors = check_run(jobs, None, progress, raise_errors)
        if not check_prefix(prefix).strip("/") and not check_flag("whole_bucket", whole_bucket):
            raise InvalidArgumentError(
                "prefix must not be empty: pass whole_bucket=True to remove all objects of the bucket"
            )
        if max_delete is not None and whole_number("max_delete", max_delete) < 0:
            raise InvalidArgumentError(f"max_delete must be at least 0, not {max_delete}")
        if prefix and not prefix.endswith("/"):
            prefix += "/"
        flags = check_flag("all_versions", all_versions), check_flag("bypass_governance_mode", bypass_governance_mode)
        summary: Summary = await complete(
            self, "_remove_to_the_end", bucket_name, prefix, *flags, max_delete, jobs, progress, raise_errors
        )
        return summary
