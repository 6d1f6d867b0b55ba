"""Calls on directories and prefixes: running a plan, and the calls that make a plan and run it to the end."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Unpack

from .._core.engine.call_options import takes_options
from ..error import InvalidArgumentTypeError
from ._backend import public_call
from ._directory_runs import AsyncDirectoryRuns
from ._loops import complete, open_stream
from ._planning import AsyncPlan

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from datetime import datetime, timedelta

    from .._core.engine.call_options import CallOptions
    from ..directories import Outcome, Prefix, Summary
    from ._loops import AsyncStream


class AsyncDirectoryCalls(AsyncDirectoryRuns):
    """Calls on directories and prefixes."""

    @takes_options
    def transfer(
        self,
        plan: AsyncPlan,
        *,
        jobs: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Any = None,
        executor: Executor | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncStream[Outcome]:
        """Carry out a plan. NOTHING happens until the result is iterated.

        Several files and objects are under way at a time, and the outcomes come in the order in which these end.
        Closing the iterator early cancels what is under way: no file and no object is left incomplete. Deletes come
        last, and there are none if anything has failed.

        S3 operations: ListObjectsV2, PutObject, GetObject, CopyObject and DeleteObjects; for large objects those of
        `fput_object`, `fget_object` and `copy_object`.

        Args:
            plan: What `plan_sync` or `load_plan` returned.
            jobs: How many files and objects are under way at a time. The default is 32, and up to 64 while the server
                does not ask to slow down. If it does, the number is halved.
            checkpoint: The path of a file that records what is done. If the run is killed, another one with the same
                plan and checkpoint goes on from there. The file is removed when everything is done.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`; the totals grow
                while the plan is read. Or an object with `on_progress`, which receives a `TransferProgress`.
            executor: Carry out the actions on the workers of a `concurrent.futures.Executor`, in batches. Workers need
                the same directory, if there is one. If a worker dies, its batch is repeated once; then its actions have
                failed. By default, everything runs in this process.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of Outcome, one for each action of the plan.

        Raises:
            InvalidArgumentError: An argument is invalid, or the checkpoint belongs to another run.
            ResponseError: A listing failed (raised during iteration). Errors of single objects are in their outcomes.
            TransportError: The server is unreachable during a listing (raised during iteration). In a transfer, that is
                the outcome, and those of all further actions are "cancelled".

        Example:
            >>> from pathlib import Path
            >>> from minio.directories import Prefix
            >>> plan = client.plan_sync(Path("photos"), Prefix("my-bucket", "photos"))
            >>> async for outcome in client.transfer(plan):
            ...     print(outcome.status, outcome.target)
            done photos/cat.jpg
        """
        from .._core.transfer.directory.arguments import check_executor, check_run

        arguments = check_run(jobs, checkpoint, progress, True)[:3]
        if not isinstance(plan, AsyncPlan):
            raise InvalidArgumentTypeError(f"plan must be what plan_sync returns, not {type(plan).__name__}")
        return open_stream(
            self, "transfer", "_transfer", plan, *arguments, check_executor(executor), writes="transferred"
        )

    @public_call
    async def upload_directory(
        self,
        bucket_name: str,
        prefix: str,
        directory: str | os.PathLike[str],
        *,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        last: Iterable[str] = (),
        older_than: datetime | timedelta | None = None,
        newer_than: datetime | timedelta | None = None,
        compare: Literal["auto", "mtime", "checksum", "size", "exists"] | None = None,
        delete: bool = False,
        delete_excluded: bool = False,
        max_delete: int | str | None = None,
        allow_empty_source: bool = False,
        bad_names: Literal["error", "skip", "escape"] = "error",
        empty_dirs: bool = False,
        preserve: bool = False,
        follow_symlinks: bool = True,
        part_size: int = 0,
        concurrency: int | None = None,
        jobs: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Any = None,
        executor: Executor | None = None,
        raise_errors: bool = True,
        **options: Unpack[CallOptions],
    ) -> Summary:
        """Upload the files in a directory and below it.

        The content type of an object is that of the ending of its name. A file that vanishes gives a warning, and so do
        sockets, FIFOs and broken links. A file that changes while it is read is tried once more.

        S3 operations: PutObject; for large files those of `fput_object`. ListObjectsV2 with `compare` or `delete`.

        Args:
            bucket_name: The bucket.
            prefix: What is in front of the names of the objects, with or without a slash at its end. Empty for nothing.
            directory: The directory.
            include: Patterns of the names to transfer, in the language of gitignore files, relative to the source. With
                any, all other names are left alone.
            exclude: Patterns of the names to leave alone. They come after those of `include`; the last match wins.
            last: Patterns of the names to transfer after all others, such as "index.html".
            older_than: Leave alone what was modified later than this: an aware datetime, or a timedelta before now.
                Such names stay on both sides.
            newer_than: Leave alone what was modified earlier than this.
            compare: How to see that a name needs no transfer, as in `plan_sync`. None transfers everything.
            delete: Remove what is in the target only, after everything else. Nothing is removed if anything failed.
            delete_excluded: Also remove names that are excluded.
            max_delete: The most names to remove: a number, or a part of the target's names such as "20%". If there are
                more, none is removed. The default is half of a target of more than 10 names.
            allow_empty_source: Remove from the target even if the source has no names.
            bad_names: What to do with files that cannot be keys: "error" fails them, "skip" leaves them alone, "escape"
                reads `%XX` in names that a download has escaped.
            empty_dirs: Store empty directories as objects whose names end with a slash.
            preserve: Store the times and modes of files with the objects.
            follow_symlinks: Read what links in the directory lead to. Otherwise they give warnings.
            part_size: The size in bytes of the parts of large objects, 5 MiB to 5 GiB. 0 chooses it.
            concurrency: How many parts of a large file are under way at a time. The default is 4.
            jobs: How many files and objects are under way at a time. The default is 32, and up to 64 while the server
                does not ask to slow down. If it does, the number is halved.
            checkpoint: The path of a file that records what is done. If the run is killed, the same call goes on from
                there. The file is removed when everything is done.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`; the totals grow
                while the plan is read. Or an object with `on_progress`, which receives a `TransferProgress`.
            executor: Carry out the actions on the workers of a `concurrent.futures.Executor`, in batches. Workers need
                the same directory, if there is one. If a worker dies, its batch is repeated once; then its actions have
                failed. By default, everything runs in this process.
            raise_errors: Raise PartialFailure at the end if anything failed.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A Summary: the numbers of files and objects that were transferred, skipped and deleted, and the first
            failures.

        Raises:
            InvalidArgumentError: An argument is invalid; nothing was sent.
            MissingFileError: The directory does not exist.
            UnsafeDeleteError: With `delete`: the source has no names, or the target is not a place for it.
            PartialFailure: Something failed; `error.summary` has the failures. What was transferred stays.
            ResponseError: The server returns an error for a listing.

        Example:
            >>> summary = await client.upload_directory("my-bucket", "photos", "photos", exclude=["*.tmp"])
            >>> print(summary.failed)
            0
        """
        from .._core.transfer.directory.arguments import check_directory, check_executor, check_prefix, check_run
        from ..directories import Prefix

        arguments = *check_run(jobs, checkpoint, progress, raise_errors), check_executor(executor)
        plan = self.plan_sync(
            check_directory(directory),
            Prefix(bucket_name, check_prefix(prefix)),
            include=include,
            exclude=exclude,
            last=last,
            older_than=older_than,
            newer_than=newer_than,
            compare=compare,
            delete=delete,
            delete_excluded=delete_excluded,
            max_delete=max_delete,
            allow_empty_source=allow_empty_source,
            bad_names=bad_names,
            empty_dirs=empty_dirs,
            preserve=preserve,
            follow_symlinks=follow_symlinks,
            part_size=part_size,
            concurrency=concurrency,
        )
        summary: Summary = await complete(self, "_run_to_the_end", plan, *arguments)
        return summary

    @public_call
    async def download_directory(
        self,
        bucket_name: str,
        prefix: str,
        directory: str | os.PathLike[str],
        *,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        last: Iterable[str] = (),
        older_than: datetime | timedelta | None = None,
        newer_than: datetime | timedelta | None = None,
        compare: Literal["auto", "mtime", "checksum", "size", "exists"] | None = None,
        delete: bool = False,
        delete_excluded: bool = False,
        max_delete: int | str | None = None,
        allow_empty_source: bool = False,
        bad_names: Literal["error", "skip", "escape"] = "error",
        case_conflict: Literal["error", "skip", "rename"] = "error",
        empty_dirs: bool = False,
        preserve: bool = False,
        concurrency: int | None = None,
        jobs: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Any = None,
        executor: Executor | None = None,
        raise_errors: bool = True,
        **options: Unpack[CallOptions],
    ) -> Summary:
        """Download the objects below a prefix to files in a directory.

        Files appear when they are complete and verified. Their times are those that their uploader stored, else those
        of the objects. Nothing is written outside of the directory, or through a link below it. Names that cannot be
        files fail, and so does `a/b` beside `a`.

        S3 operations: ListObjectsV2 and GetObject; for large objects those of `fget_object`.

        Args:
            bucket_name: The bucket.
            prefix: The prefix, with or without a slash at its end: "photos" does not mean `photos-2024`. Empty for all.
            directory: The directory. If it does not exist, it is created with the first file: a prefix without objects
                creates none.
            include: Patterns of the names to transfer, in the language of gitignore files, relative to the source. With
                any, all other names are left alone.
            exclude: Patterns of the names to leave alone. They come after those of `include`; the last match wins.
            last: Patterns of the names to transfer after all others, such as "index.html".
            older_than: Leave alone what was modified later than this: an aware datetime, or a timedelta before now.
                Such names stay on both sides.
            newer_than: Leave alone what was modified earlier than this.
            compare: How to see that a name needs no transfer, as in `plan_sync`. None transfers everything.
            delete: Remove what is in the target only, after everything else. Nothing is removed if anything failed.
            delete_excluded: Also remove names that are excluded.
            max_delete: The most names to remove: a number, or a part of the target's names such as "20%". If there are
                more, none is removed. The default is half of a target of more than 10 names.
            allow_empty_source: Remove from the target even if the source has no names.
            bad_names: What to do with keys that cannot be files (with a segment `..` or an empty one, or too long):
                "error" fails them, "skip" leaves them alone, "escape" writes them as `%XX`.
            case_conflict: What to do with names that the file system does not tell apart, such as `a` and `A`: "error"
                fails all but the first, "skip" leaves them alone, "rename" adds a digest to their names.
            empty_dirs: With `delete`, also remove empty directories. Objects whose names end with a slash always become
                directories.
            preserve: Restore the modes of files that were stored with the objects. Times are always restored.
            concurrency: How many parts of a large file are under way at a time. The default is 4.
            jobs: How many files and objects are under way at a time. The default is 32, and up to 64 while the server
                does not ask to slow down. If it does, the number is halved.
            checkpoint: The path of a file that records what is done. If the run is killed, the same call goes on from
                there. The file is removed when everything is done.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`; the totals grow
                while the plan is read. Or an object with `on_progress`, which receives a `TransferProgress`.
            executor: Carry out the actions on the workers of a `concurrent.futures.Executor`, in batches. Workers need
                the same directory, if there is one. If a worker dies, its batch is repeated once; then its actions have
                failed. By default, everything runs in this process.
            raise_errors: Raise PartialFailure at the end if anything failed.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A Summary: the numbers of files and objects that were transferred, skipped and deleted, and the first
            failures.

        Raises:
            InvalidArgumentError: An argument is invalid; nothing was sent.
            OSError: The directory cannot be created.
            UnsafeDeleteError: With `delete`: the source has no names, or the target is not a place for it.
            PartialFailure: Something failed; `error.summary` has the failures. What was transferred stays.
            ResponseError: The server returns an error for a listing.

        Example:
            >>> summary = await client.download_directory("my-bucket", "photos", "copy-of-photos")
            >>> print(summary.failed)
            0
        """
        from .._core.transfer.directory.arguments import check_directory, check_executor, check_prefix, check_run
        from ..directories import Prefix

        arguments = *check_run(jobs, checkpoint, progress, raise_errors), check_executor(executor)
        plan = self.plan_sync(
            Prefix(bucket_name, check_prefix(prefix)),
            check_directory(directory),
            include=include,
            exclude=exclude,
            last=last,
            older_than=older_than,
            newer_than=newer_than,
            compare=compare,
            delete=delete,
            delete_excluded=delete_excluded,
            max_delete=max_delete,
            allow_empty_source=allow_empty_source,
            bad_names=bad_names,
            case_conflict=case_conflict,
            empty_dirs=empty_dirs,
            preserve=preserve,
            concurrency=concurrency,
        )
        summary: Summary = await complete(self, "_run_to_the_end", plan, *arguments)
        return summary

    @public_call
    async def copy_prefix(
        self,
        bucket_name: str,
        prefix: str,
        source: Prefix,
        *,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        last: Iterable[str] = (),
        older_than: datetime | timedelta | None = None,
        newer_than: datetime | timedelta | None = None,
        compare: Literal["auto", "mtime", "checksum", "size", "exists"] | None = None,
        delete: bool = False,
        delete_excluded: bool = False,
        max_delete: int | str | None = None,
        allow_empty_source: bool = False,
        part_size: int = 0,
        concurrency: int | None = None,
        jobs: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Any = None,
        executor: Executor | None = None,
        raise_errors: bool = True,
        **options: Unpack[CallOptions],
    ) -> Summary:
        """Copy the objects below a prefix to another prefix.

        Copies have the content type and the metadata of their sources.

        S3 operations: ListObjectsV2 and CopyObject; for large objects those of `copy_object`. Between servers GetObject
        and those of `put_object`.

        Args:
            bucket_name: The bucket.
            prefix: What is in front of the names of the copies, with or without a slash at its end. Empty for nothing.
            source: The prefix to copy. If its client has another server or other keys, the objects are sent through
                this process.
            include: Patterns of the names to transfer, in the language of gitignore files, relative to the source. With
                any, all other names are left alone.
            exclude: Patterns of the names to leave alone. They come after those of `include`; the last match wins.
            last: Patterns of the names to transfer after all others, such as "index.html".
            older_than: Leave alone what was modified later than this: an aware datetime, or a timedelta before now.
                Such names stay on both sides.
            newer_than: Leave alone what was modified earlier than this.
            compare: How to see that a name needs no transfer, as in `plan_sync`. None transfers everything.
            delete: Remove what is in the target only, after everything else. Nothing is removed if anything failed.
            delete_excluded: Also remove names that are excluded.
            max_delete: The most names to remove: a number, or a part of the target's names such as "20%". If there are
                more, none is removed. The default is half of a target of more than 10 names.
            allow_empty_source: Remove from the target even if the source has no names.
            part_size: The size in bytes of the parts of large objects, 5 MiB to 5 GiB. 0 chooses it.
            concurrency: How many parts of a large object are under way at a time, between servers. The default is 4.
            jobs: How many files and objects are under way at a time. The default is 32, and up to 64 while the server
                does not ask to slow down. If it does, the number is halved.
            checkpoint: The path of a file that records what is done. If the run is killed, the same call goes on from
                there. The file is removed when everything is done.
            progress: A callable(bytes_done, bytes_total), or an object with `set_meta` and `update`; the totals grow
                while the plan is read. Or an object with `on_progress`, which receives a `TransferProgress`.
            executor: Carry out the actions on the workers of a `concurrent.futures.Executor`, in batches. Workers need
                the same directory, if there is one. If a worker dies, its batch is repeated once; then its actions have
                failed. By default, everything runs in this process.
            raise_errors: Raise PartialFailure at the end if anything failed.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A Summary: the numbers of files and objects that were transferred, skipped and deleted, and the first
            failures.

        Raises:
            InvalidArgumentError: An argument is invalid; nothing was sent.
            UnsafeDeleteError: With `delete`: the source has no names, or the target is not a place for it.
            PartialFailure: Something failed; `error.summary` has the failures. What was transferred stays.
            ResponseError: The server returns an error for a listing.

        Example:
            >>> from minio.directories import Prefix
            >>> summary = await client.copy_prefix("my-bucket", "copy", Prefix("my-bucket", "photos"))
            >>> print(summary.failed)
            0
        """
        from .._core.transfer.directory.arguments import check_executor, check_prefix, check_run
        from ..directories import Prefix

        if not isinstance(source, Prefix):
            raise InvalidArgumentTypeError(f"source must be a Prefix, not {type(source).__name__}")
        arguments = *check_run(jobs, checkpoint, progress, raise_errors), check_executor(executor)
        plan = self.plan_sync(
            source,
            Prefix(bucket_name, check_prefix(prefix)),
            include=include,
            exclude=exclude,
            last=last,
            older_than=older_than,
            newer_than=newer_than,
            compare=compare,
            delete=delete,
            delete_excluded=delete_excluded,
            max_delete=max_delete,
            allow_empty_source=allow_empty_source,
            part_size=part_size,
            concurrency=concurrency,
        )
        summary: Summary = await complete(self, "_run_to_the_end", plan, *arguments)
        return summary
