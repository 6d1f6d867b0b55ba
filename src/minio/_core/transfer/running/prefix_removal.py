"""The run that removes all objects below a prefix, while they are listed.

The laws:

* Objects whose names end with a slash, which stand for directories, are removed after all others, the deepest first.
* Directories that a server keeps after everything in them is removed (SeaweedFS does) are removed, too. A directory
  that somebody has written to meanwhile stays: servers do not remove one that is not empty.
* With a limit, everything is counted before anything is removed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from ....deleteobjects import DeleteObject
from ....directories import Action, Outcome
from ....error import S3Error, UnsafeDeleteError
from ...ops.deletion import BATCH, JOBS, SHARE, DeleteObjects
from ...ops.objects import DeleteObject as DeleteOne, HeadObject
from ..directory.deletes import not_below
from ..directory.options import SyncOptions
from ..directory.report import Report
from ..directory.throttle import Throttle
from .observer import RunObserver
from .pipeline import Pipeline
from .removals import RemovesObjects
from .run import undated

_FOLDERS = 200_000
"""The number of directories that are remembered."""


class PrefixRemoval:
    """A run.

    Args:
        client: The client.
        bucket: The bucket.
        prefix: The prefix, with a slash at its end.
        all_versions: Remove all versions.
        bypass: Also remove versions that are locked in governance mode.
        most: The most objects to remove.
        jobs: How many requests are under way.
        progress: The caller's argument.
    """

    def __init__(
        self,
        client: Any,
        bucket: str,
        prefix: str,
        all_versions: bool,
        bypass: bool,
        most: int | None,
        jobs: int | None,
        progress: Any,
    ) -> None:
        self._throttle = Throttle(JOBS, JOBS) if jobs is None else Throttle.of_jobs(jobs)
        self._client = undated(client._derive(on_slow_down=self._throttle.slow_down))
        self._bucket, self._prefix, self._versions, self._bypass = bucket, prefix, all_versions, bypass
        self._most = most
        self._report = Report(progress, f"{bucket}/{prefix}")
        self._folders: set[str] = set()
        self._errors = False
        self.unchanged = 0

    async def outcomes(self) -> AsyncGenerator[list[Outcome], None]:
        """Remove the objects."""
        if self._most is not None:
            await self._count(self._most)
        carrier = RemovesObjects(self._client, self._bucket, SyncOptions(), self._report)
        carrier.bypass_governance_mode, carrier.batch = self._bypass, SHARE
        pipeline = Pipeline(self._actions(), carrier, RunObserver(self._report, None), self._throttle)
        async with aclosing(pipeline.outcomes()) as outcomes:
            async for batch in outcomes:
                self._errors = self._errors or any(outcome.status == "failed" for outcome in batch)
                yield batch
        if not self._errors:
            await self._remove_directories()
        self._report.finish()

    async def _remove_directories(self) -> None:
        """Remove the directories that the server has kept."""
        if not self._folders:
            return
        highest = self._prefix or min(self._folders)
        if not await self._is_there(highest):
            return
        deepest_first = sorted(self._folders, reverse=True)
        for start in range(0, len(deepest_first), BATCH):
            batch = [one for one in map(DeleteObject, deepest_first[start : start + BATCH]) if one.fits_xml]
            await self._client._call(DeleteObjects(self._bucket, batch))
        if await self._is_there(highest):
            await self._remove_below(self._prefix)

    async def _is_there(self, folder: str) -> bool:
        """Return whether the server has an object for a directory."""
        try:
            await self._client._call(HeadObject(self._bucket, folder))
        except S3Error:
            return False
        return True

    async def _remove_below(self, folder: str) -> None:
        """Remove the directories that are left, such as those that were empty before, each after those in it."""
        async with aclosing(self._client.list_objects(self._bucket, prefix=folder)) as items:
            async for item in items:
                if item.is_dir and item.object_name != folder:
                    await self._remove_below(item.object_name)
        if folder:
            await self._client._call(DeleteOne(self._bucket, folder))

    async def _count(self, most: int) -> None:
        count = 0
        async with aclosing(self._listing()) as items:
            async for _ in items:
                count += 1
                if count > most:
                    where = f"{self._bucket}/{self._prefix}"
                    raise UnsafeDeleteError(
                        f"more than max_delete={most} objects are below {where}: nothing was removed"
                    )

    def _listing(self) -> Any:
        return self._client.list_objects(
            self._bucket, prefix=self._prefix, recursive=True, include_version=self._versions
        )

    async def _actions(self) -> AsyncGenerator[list[Action], None]:
        batch: list[Action] = []
        cut, latest = len(self._prefix), ""
        async with aclosing(self._listing()) as items:
            async for item in items:
                key = item.object_name
                if not key.startswith(self._prefix):
                    raise not_below(self._prefix, key)
                name = key[cut:] or "/"
                version = item.version_id if self._versions else None
                if (end := key.rfind("/") + 1) != len(latest) or not key.startswith(latest):
                    latest = key[:end]
                    self._keep_folders(latest)
                batch.append(Action("delete", name, None, key, item.size, etag=item.etag, version_id=version))
                if len(batch) == SHARE:
                    yield batch
                    batch = []
        yield batch

    def _keep_folders(self, folder: str) -> None:
        """Remember a directory and those above it."""
        while len(folder) >= len(self._prefix) and folder and folder not in self._folders:
            if len(self._folders) >= _FOLDERS:
                return
            self._folders.add(folder)
            folder = folder[: folder.rfind("/", 0, -1) + 1]
