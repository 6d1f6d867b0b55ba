"""How plans are carried out. Not generated: the blocking client runs this on a loop of its own.

`_loops.py` says how. So these methods exist once, and the blocking client has none of them.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from ..error import PartialFailure
from ._backend import ShortWork, public_call
from ._download import AsyncDownloadCalls
from ._planning import AsyncPlanningCalls

if TYPE_CHECKING:
    from .._core.datatypes import StatObject
    from .._core.ops.objects import GetObject
    from ..directories import Outcome, Summary
    from ._file_download import Downloads
    from ._planning import AsyncPlan

_SLOW = 0.005
"""The mean seconds above which the disk counts as slow. A run has nothing better to do than to wait a little for it."""
_CONNECTIONS = 4
"""The maximum number of connections on which a large object is downloaded."""


class AsyncDirectoryRuns(AsyncPlanningCalls, AsyncDownloadCalls):
    """The base class of the calls on directories and prefixes."""

    def _asynchronous(self) -> AsyncDirectoryRuns:
        """Return an asynchronous client with the same session: this one."""
        return self

    async def _transfer(
        self,
        plan: AsyncPlan,
        jobs: int | None,
        checkpoint: str | None,
        progress: Any,
        executor: Any = None,
        skips: bool = True,
    ) -> AsyncGenerator[list[Outcome], None]:
        """Carry out a plan. Without `skips`, names that are unchanged are counted in the `value` of a last outcome."""
        from .._core.transfer.running.run import Run
        from ..directories import Outcome

        run = Run(self, plan, jobs, checkpoint, progress, skips, _workers(executor))
        async with aclosing(run.outcomes()) as batches:
            async for batch in batches:
                yield batch
        if run.unchanged:
            yield [Outcome("skip", status="skipped", reason="unchanged", value=run.unchanged)]

    @public_call
    async def _run_to_the_end(
        self,
        plan: AsyncPlan,
        jobs: int | None,
        checkpoint: str | None,
        progress: Any,
        raise_errors: bool,
        executor: Any = None,
    ) -> Summary:
        """Carry out a plan, and count the outcomes. Names that are unchanged are only counted."""
        from .._core.transfer.running.run import Run

        return await _summary(Run(self, plan, jobs, checkpoint, progress, False, _workers(executor)), raise_errors)

    @public_call
    async def _remove_to_the_end(
        self,
        bucket: str,
        prefix: str,
        all_versions: bool,
        bypass: bool,
        most: int | None,
        jobs: int | None,
        progress: Any,
        raise_errors: bool,
    ) -> Summary:
        """Remove the objects below a prefix."""
        from .._core.transfer.running.prefix_removal import PrefixRemoval

        run = PrefixRemoval(self, bucket, prefix, all_versions, bypass, most, jobs, progress)
        return await _summary(run, raise_errors)

    async def _run_short(self, function: Any, *args: Any) -> Any:
        """Run a function that is usually short, such as writing a small file."""
        return await self._run_downloads.short_work.run(function, *args)

    async def _fetch_file(
        self, operation: GetObject, path: str, progress: Any, connections: int | None = None
    ) -> StatObject:
        """Download a large object to a path. If there is a link, it is replaced."""
        from .._core.transfer.layout import FINE_CHUNK
        from .._core.transfer.target import Target
        from ._file_download import FileDownload

        arguments = self, self._run_downloads, operation, Target(path), progress
        return await FileDownload(*arguments, connections or _CONNECTIONS, self._durable, FINE_CHUNK).run()

    @property
    def _run_downloads(self) -> Downloads:
        """What downloads have learned. The downloads of a blocking client have their own."""
        found: Downloads | None = self._learned.get("runs")
        if found is None:
            from ._file_download import Downloads

            found = self._learned["runs"] = Downloads()
            found.short_work = ShortWork(_SLOW)
        return found


async def _summary(run: Any, raise_errors: bool) -> Summary:
    """Count the outcomes of a run."""
    from ..directories import Summary

    summary = Summary()
    begin = time.monotonic()
    async with aclosing(run.outcomes()) as batches:
        async for batch in batches:
            for outcome in batch:
                summary.add(outcome)
    summary.skipped += run.unchanged
    summary.seconds = time.monotonic() - begin
    if raise_errors and not summary.ok:
        raise PartialFailure(summary)
    return summary


def _workers(executor: Any) -> Any:
    """Return what carries out batches of actions, or None for this process."""
    if executor is None:
        return None
    from .._core.transfer.running.batches import carry_out_batch
    from .._core.transfer.running.executors import Workers

    return Workers(executor, carry_out_batch)
