"""Calls that plan the transfer of a directory or of the objects below a prefix. They change nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal, Unpack

from .._core.arguments import optional_text
from .._core.display import shows
from .._core.engine.call_options import takes_options
from ..error import InvalidArgumentError, InvalidArgumentTypeError
from ._backend import limits_steps, public_call, run_blocking
from ._listing import AsyncListingCalls

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from .._core.engine.call_options import CallOptions
    from .._core.transfer.directory.options import SyncOptions
    from ..directories import Action, Prefix


class AsyncPlanningCalls(AsyncListingCalls):
    """Calls that plan transfers."""

    @takes_options
    def plan_sync(
        self,
        source: os.PathLike[str] | Prefix,
        target: os.PathLike[str] | Prefix,
        *,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        last: Iterable[str] = (),
        older_than: datetime | timedelta | None = None,
        newer_than: datetime | timedelta | None = None,
        compare: Literal["auto", "mtime", "checksum", "size", "exists"] | None = "auto",
        delete: bool = False,
        delete_excluded: bool = False,
        max_delete: int | str | None = None,
        allow_empty_source: bool = False,
        bad_names: Literal["error", "skip", "escape"] = "error",
        case_conflict: Literal["error", "skip", "rename"] = "error",
        empty_dirs: bool = False,
        preserve: bool = False,
        follow_symlinks: bool = True,
        part_size: int = 0,
        concurrency: int | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncPlan:
        """Plan what makes a directory or a prefix like another one. Nothing is sent or read until the plan is iterated.

        The contents of the source go into the target. A slash at the end of a path or prefix changes nothing.

        S3 operations: ListObjectsV2; with `compare` "auto" or "checksum" also HeadObject, for objects whose ETag is not
        comparable.

        Args:
            source: The source: a path such as `pathlib.Path("photos")`, or a `Prefix`.
            target: The target: a path, or a `Prefix`. Not both may be paths.
            include: Patterns of the names to transfer, in the language of gitignore files, relative to the source.
                With any, all other names are left alone.
            exclude: Patterns of the names to leave alone. They come after those of `include`; the last match wins, and
                `!` inverts a pattern. A first pattern that includes excludes the rest.
            last: Patterns of the names to transfer after all others, such as "index.html".
            older_than: Leave alone what was modified later than this: an aware datetime, or a timedelta before the
                moment at which the plan is read. The time is that of the file or the object in the source. Such names
                stay on both sides, as excluded ones do. So does what only the target has, by its own time.
            newer_than: Leave alone what was modified earlier than this.
            compare: How to see that a name needs no transfer. Different sizes always need one. "auto": the times,
                and the content if they do not tell. "mtime": the times. "checksum": the content. "size": the size only.
                "exists": whatever exists is left alone. None: everything is transferred, and the target is not listed
                unless `delete` is set.
            delete: Remove what is in the target only, after everything else. Nothing is removed if anything failed.
            delete_excluded: Also remove names that are excluded. Otherwise they stay.
            max_delete: The most names to remove: a number, or a part of the target's names such as "20%". If there are
                more, none is removed. The default is half of a target of more than 10 names.
            allow_empty_source: Remove from the target even if the source has no names. Otherwise that is refused.
            bad_names: What to do with keys that cannot be files here (with a segment `..` or an empty one, or too long)
                and files that cannot be keys: "error" fails them, "skip" leaves them alone, "escape" writes them as
                `%XX`, and reads such names back.
            case_conflict: What to do with names that the file system does not tell apart.
            empty_dirs: Store empty directories as objects whose names end with a slash. Such objects always become
                directories.
            preserve: Store the times and modes of files with the objects, and restore them.
            follow_symlinks: Read what links in a source directory lead to. Otherwise they give warnings.
            part_size: The size in bytes of the parts of large objects that are written, 5 MiB to 5 GiB. 0 chooses it.
            concurrency: How many parts of a file are under way at a time, in uploads, in downloads, and in copies
                between servers. The default is 4. Up to 8 large files are under way.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A plan, which can be iterated any number of times, given to `transfer`, and saved.

        Raises:
            InvalidArgumentError: An argument is invalid, or source and target are the same.
            UnsafeDeleteError: With `delete`: source and target overlap, or the target is `/` or the home directory.
                During iteration also: the source has no names, or two endpoints turn out to be one server.
            MissingFileError: The directory of the source does not exist. Raised during iteration.
            ResponseError: The server returns an error. Raised during iteration.

        Example:
            >>> from pathlib import Path
            >>> from minio.directories import Prefix
            >>> async for action in client.plan_sync(Path("photos"), Prefix("my-bucket", "photos")):
            ...     print(action.kind, action.name, action.reason)
        """
        from .._core.transfer.directory.options import SyncOptions

        checked = SyncOptions.checked(
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
            follow_symlinks=follow_symlinks,
            part_size=part_size,
            concurrency=concurrency,
        )
        places = self._place("source", source), self._place("target", target)
        inner = self._check_places(*places, checked)
        return AsyncPlan(self, places[0], places[1], checked, inner)

    @public_call
    async def load_plan(
        self, path: str | os.PathLike[str], *, clients: Iterable[Any] = (), **options: Unpack[CallOptions]
    ) -> AsyncPlan:
        """Load a plan that `AsyncPlan.save` wrote. It is carried out as it was saved: nothing is compared again.

        Args:
            path: The file.
            clients: The clients of other servers, if the plan copies from or to one. Each is used for its endpoint.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The plan.

        Raises:
            MissingFileError: The file does not exist. It is also a FileNotFoundError.
            InvalidPathError: The path is a directory, or the file cannot be read. It is also an OSError.
            InvalidArgumentError: The file is not a complete plan, or it is for a server that no client has as its
                endpoint.

        Example:
            >>> from pathlib import Path
            >>> from minio.directories import Prefix
            >>> await client.plan_sync(Path("photos"), Prefix("my-bucket", "photos")).save("photos.plan")
            >>> plan = await client.load_plan("photos.plan")
        """
        from .._core.transfer.directory.options import check_path
        from .._core.transfer.directory.planfile import read_head, read_options

        saved = check_path("path", path)
        known = {endpoint_of(client): client for client in self._other_clients(clients)}
        head = await run_blocking(read_head, saved)
        source, target = (self._saved_place(place, known) for place in head["places"])
        return AsyncPlan(self, source, target, read_options(saved, head["options"]), saved=saved)

    def _other_clients(self, clients: Any) -> Iterable[AsyncPlanningCalls]:
        """Check the clients of other servers."""
        if not isinstance(clients, Iterable):
            raise InvalidArgumentTypeError(f"clients must be a list of clients, not {type(clients).__name__}")
        for client in clients:
            if not isinstance(client, AsyncPlanningCalls):
                kind = type(client).__name__
                raise InvalidArgumentTypeError(f"clients must hold {type(self).__name__}, not {kind}")
            yield client

    def _saved_place(self, place: str | list[str], known: dict[str, Any]) -> str | Prefix:
        """Return a source or target of a saved plan."""
        from ..directories import Prefix

        if isinstance(place, str):
            return place
        bucket, prefix, endpoint = place
        if endpoint == endpoint_of(self):
            return Prefix(bucket, prefix)
        if endpoint not in known:
            raise InvalidArgumentError(
                f"the plan is for {endpoint}, which is not this client's endpoint: pass the client of it in clients"
            )
        return Prefix(bucket, prefix, known[endpoint])

    @limits_steps
    async def _plan_batches(self, plan: AsyncPlan, skips: bool) -> AsyncGenerator[tuple[list[Action], int], None]:
        from .._core.transfer.directory.planfile import read_actions
        from ._plan_run import AsyncPlanRun, batched

        if plan._saved:
            async with aclosing(batched(read_actions(plan._saved))) as saved:
                async for actions in saved:
                    yield actions, 0
            return
        run = AsyncPlanRun(self, plan.source, plan.target, plan.options, skips, plan._inner)
        async with aclosing(run.batches()) as batches:
            async for batch in batches:
                yield batch

    def _place(self, argument: str, place: object) -> str | Prefix:
        """Check a source or a target."""
        from .._core.transfer.directory.options import check_path
        from ..directories import Prefix

        if isinstance(place, Prefix):
            self._check_bucket(place.bucket)
            optional_text(f"{argument}: prefix", place.prefix)
            if place.client is not None and not isinstance(place.client, AsyncListingCalls):
                kind = type(place.client).__name__
                raise InvalidArgumentTypeError(f"{argument}: client must be a {type(self).__name__}, not {kind}")
            return place
        if isinstance(place, str):
            raise InvalidArgumentTypeError(
                f"{argument} must not be a str: write pathlib.Path({place!r}) for a directory, or "
                f"minio.directories.Prefix(bucket, prefix) for objects"
            )
        if not isinstance(place, os.PathLike):
            raise InvalidArgumentTypeError(f"{argument} must be a path or a Prefix, not {type(place).__name__}")
        # The current directory may be another one when the plan runs.
        return os.path.abspath(check_path(argument, place))

    def _check_places(self, source: str | Prefix, target: str | Prefix, options: SyncOptions) -> str:
        """Check source and target together. Return the name of the target within the source, or ''.

        Endpoints are compared as text, which blocks nothing. Those of one server that has two names are found out when
        the plan is read.
        """
        from .._core.transfer.directory.deletes import check_other_endpoint, check_overlap, check_root, inner_name
        from ._plan_run import folder

        if isinstance(source, str) and isinstance(target, str):
            raise InvalidArgumentError("source and target must not both be paths: one of them must be a Prefix")
        if isinstance(target, str) and options.delete:
            check_root(target)
        if isinstance(source, str) or isinstance(target, str) or source.bucket != target.bucket:
            return ""
        ends = folder(source.prefix), folder(target.prefix)
        if endpoint_of(source.client or self) != endpoint_of(target.client or self):
            check_other_endpoint(*ends, options.delete)
            return ""
        check_overlap(*ends, options.delete)
        return inner_name(*ends)


@shows("source", "target")
class AsyncPlan:
    """What makes a target like a source: an iterable of `Action`, which reads both sides each time it is iterated.

    Attributes:
        source: The source: a path as str, or a `Prefix`.
        target: The target.
        options: The options of `plan_sync`.
    """

    def __init__(
        self,
        client: AsyncPlanningCalls,
        source: str | Prefix,
        target: str | Prefix,
        options: SyncOptions,
        inner: str = "",
        saved: str = "",
    ) -> None:
        self.source = source
        self.target = target
        self.options = options
        self._client = client
        self._inner = inner
        self._saved = saved

    async def __aiter__(self) -> AsyncIterator[Action]:
        async with aclosing(self._batches()) as batches:
            async for actions, _ in batches:
                for action in actions:
                    yield action

    async def save(self, path: str | os.PathLike[str]) -> None:
        """Write the plan to a file, without the names that are unchanged. `load_plan` reads it.

        The file has one JSON value a line, and can be read before it is carried out. It contains no secrets.

        Args:
            path: The file. It is replaced when the plan is complete.

        Raises:
            OSError: The file cannot be written.
            ResponseError: The server returns an error.

        Example:
            >>> from pathlib import Path
            >>> from minio.directories import Prefix
            >>> await client.plan_sync(Path("photos"), Prefix("my-bucket", "photos")).save("photos.plan")
        """
        from .._core.transfer.directory.options import check_path
        from .._core.transfer.directory.planfile import PlanFile

        file = await run_blocking(PlanFile, check_path("path", path), self._head())
        try:
            async with aclosing(self._batches(skips=False)) as batches:
                async for actions, _ in batches:
                    await run_blocking(file.add, actions)
            await run_blocking(file.finish)
        finally:
            await run_blocking(file.close)

    def _head(self) -> dict[str, Any]:
        """Return what a saved plan begins with."""
        from ..directories import Prefix

        places = [
            [place.bucket, place.prefix, endpoint_of(place.client or self._client)]
            if isinstance(place, Prefix)
            else os.path.abspath(place)
            for place in (self.source, self.target)
        ]
        return {"places": places, "options": self.options.to_json()}

    def _batches(self, skips: bool = True) -> AsyncGenerator[tuple[list[Action], int], None]:
        """Return the actions in batches, each with the number of names that are unchanged and have no action.

        Args:
            skips: Whether names that are unchanged have actions. Counting them is much faster.
        """
        return self._client._plan_batches(self, skips)


def endpoint_of(client: Any) -> str:
    """Return the endpoint of a client, which tells servers apart."""
    return str(client._session.endpoint)
