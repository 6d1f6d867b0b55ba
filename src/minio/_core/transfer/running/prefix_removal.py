"""The run that removes all objects below a prefix, while they are listed.

The laws:

* Objects whose names end with a slash, which stand for directories, are removed after all others, the deepest first.
* With a limit, everything is counted before anything is removed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from ....directories import Action, Outcome
from ....error import UnsafeDeleteError
from ...ops.deletion import BATCH
from ..directory.options import SyncOptions
from ..directory.report import Report
from ..directory.throttle import Throttle
from .observer import RunObserver
from .pipeline import Pipeline
from .removals import RemovesObjects
from .run import undated

_JOBS = 8
"""How many requests are under way at a time. Each deletes up to 1,000 objects."""


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
        self._throttle = Throttle(_JOBS, _JOBS) if jobs is None else Throttle.of_jobs(jobs)
        self._client = undated(client._derive(on_slow_down=self._throttle.slow_down))
        self._bucket, self._prefix, self._versions, self._bypass = bucket, prefix, all_versions, bypass
        self._most = most
        self._report = Report(progress, f"{bucket}/{prefix}")
        self.unchanged = 0

    async def outcomes(self) -> AsyncGenerator[list[Outcome], None]:
        """Remove the objects."""
        if self._most is not None:
            await self._count(self._most)
        carrier = RemovesObjects(self._client, self._bucket, SyncOptions(), self._report)
        carrier.bypass_governance_mode = self._bypass
        pipeline = Pipeline(self._actions(), carrier, RunObserver(self._report, None), self._throttle)
        async with aclosing(pipeline.outcomes()) as outcomes:
            async for batch in outcomes:
                yield batch
        self._report.finish()

    async def _count(self, most: int) -> None:
        count = 0
        async for _ in self._listing():
            count += 1
            if count > most:
                raise UnsafeDeleteError(
                    f"more than max_delete={most} objects are below {self._bucket}/{self._prefix}: nothing was removed"
                )

    def _listing(self) -> Any:
        return self._client.list_objects(
            self._bucket, prefix=self._prefix, recursive=True, include_version=self._versions
        )

    async def _actions(self) -> AsyncGenerator[list[Action], None]:
        batch: list[Action] = []
        cut = len(self._prefix)
        async for item in self._listing():
            key = item.object_name
            name = key[cut:] or "/"
            version = item.version_id if self._versions else None
            batch.append(Action("delete", name, None, key, item.size, etag=item.etag, version_id=version))
            if len(batch) == BATCH:
                yield batch
                batch = []
        yield batch
