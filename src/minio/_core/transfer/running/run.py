"""One run of a plan: which carrier carries it out, where its checkpoint is, and what it tells its caller."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from copy import copy
from dataclasses import replace
from typing import Any

from ....directories import Action, Outcome, Prefix
from ...http.aio.cancel import run_blocking
from ..directory.checkpoint import Checkpoint, run_hash
from ..directory.options import SyncOptions
from ..directory.patterns import Rules
from ..directory.report import Report
from ..directory.root import Root
from ..directory.throttle import Throttle
from .carrier import BaseCarrier, Client
from .copies import CopyCarrier
from .downloads import CaseGuard, DownloadCarrier
from .emptied import Emptied
from .executors import Workers
from .observer import RunObserver
from .pipeline import Carrier, Pipeline
from .remote import UNDER_WAY, Places, RemoteCarrier
from .uploads import UploadCarrier

_WRITES = ("download", "make_directory")
"""The actions for which the directory of a download has to exist."""


class Run:
    """A run.

    Args:
        client: The client.
        plan: The plan.
        jobs: How many actions are under way.
        checkpoint: The path of the checkpoint.
        progress: The caller's argument.
        skips: Whether names that are unchanged have outcomes. If not, they are counted in `unchanged`.
        workers: What carries out the actions. By default, this process does.
    """

    def __init__(
        self,
        client: Any,
        plan: Any,
        jobs: int | None,
        checkpoint: str | None,
        progress: Any,
        skips: bool = True,
        workers: Workers | None = None,
    ) -> None:
        self._throttle = Throttle.of_jobs(jobs) if workers is None else Throttle(UNDER_WAY, UNDER_WAY)
        self._workers, self._jobs, self._given_client = workers, jobs, undated(client)
        self._client = undated(client._derive(on_slow_down=self._throttle.slow_down))
        self._plan = plan = copy(plan)
        plan.source, plan.target = self._source, self._target = reached(plan.source), reached(plan.target)
        self._options: SyncOptions = plan.options
        self._skips = skips
        self._checkpoint = checkpoint
        self._report = Report(progress, _name(self._target))
        self._root: Root | None = None
        self._guard: CaseGuard | None = None
        self._emptied: Emptied | None = None
        self.unchanged = 0

    async def outcomes(self) -> AsyncGenerator[list[Outcome], None]:
        """Carry out the actions."""
        checkpoint = remote = None
        try:
            if self._checkpoint is not None:
                checkpoint = await run_blocking(Checkpoint, self._checkpoint, self._hash())
            carrier, look = await self._carrier()
            if checkpoint is not None and checkpoint.resumed:
                carrier.uncertain = self._throttle.most
            carrying: Carrier = carrier
            if self._workers is not None:
                places = Places(self._source, self._target, self._options)
                again = checkpoint is not None and checkpoint.resumed
                carrying = remote = RemoteCarrier(carrier, self._workers, self._given_client, places, self._jobs, again)
            observer = RunObserver(self._report, checkpoint, look)
            last = Rules.of((), self._options.last).matches_any if self._options.last else None
            pipeline = Pipeline(self._actions(), carrying, observer, self._throttle, last)
            async with aclosing(pipeline.outcomes()) as outcomes:
                async for batch in outcomes:
                    self._note_deletes(batch)
                    yield batch
            if self._emptied is not None and not observer.failed:
                await self._emptied.remove()
            self._report.finish()
            if checkpoint is not None and not observer.failed:
                checkpoint.remove()
        finally:
            if remote is not None:
                await remote.close()
            if checkpoint is not None:
                checkpoint.close()
            if self._root is not None:
                self._root.close()

    def _note_deletes(self, outcomes: list[Outcome]) -> None:
        """Remember in which directories of a bucket something was deleted."""
        target = self._target
        for outcome in outcomes:
            if outcome.action == "delete" and outcome.status == "done" and isinstance(target, Prefix):
                if self._emptied is None:
                    source_client = _of(self._source, self._client) if isinstance(self._source, Prefix) else None
                    arguments = target, self._source, source_client, self._options
                    self._emptied = Emptied(_of(target, self._client), *arguments)
                self._emptied.add(outcome.target or "")

    async def only(self, actions: Sequence[Action], uncertain: bool) -> list[Outcome]:
        """Carry out some actions of a plan on this event loop, and return their outcomes in order.

        Args:
            actions: The actions.
            uncertain: Whether an earlier try may have carried out some of them.
        """
        carrier, _ = await self._carrier()
        if uncertain:
            carrier.uncertain = len(actions)
        limit = asyncio.Semaphore(self._throttle.limit)

        async def carry_out(action: Action) -> Outcome:
            async with limit:
                return await carrier.carry_out(action)

        try:
            await self._prepare(actions)
            return await asyncio.gather(*map(carry_out, actions))
        finally:
            if self._root is not None:
                self._root.close()

    async def _actions(self) -> AsyncGenerator[Sequence[Action], None]:
        async with aclosing(self._client._plan_batches(self._plan, self._skips)) as batches:
            async for actions, unchanged in batches:
                self.unchanged += unchanged
                await self._prepare(actions)
                yield actions

    async def _prepare(self, actions: Sequence[Action]) -> None:
        """Create the directory of a download before the first thing that is written to it."""
        root = self._root
        if root is not None and not root.is_open and any(action.kind in _WRITES for action in actions):
            await run_blocking(self._open_root)

    def _open_root(self) -> None:
        assert self._root is not None
        assert self._guard is not None
        self._root.open()
        self._guard.ignores_case = self._root.ignores_case()

    async def _carrier(self) -> tuple[BaseCarrier, Callable[[Action], Action | Outcome] | None]:
        client, source, target, options, report = (
            self._client, self._source, self._target, self._options, self._report,
        )  # fmt: skip
        if not isinstance(target, Prefix):
            assert isinstance(source, Prefix)
            self._root = root = Root(target)
            self._guard = guard = CaseGuard(root, options.case_conflict)
            if await run_blocking(os.path.isdir, target):
                await run_blocking(self._open_root)
                self._skips = self._skips or guard.ignores_case  # names may collide with unchanged ones
            return DownloadCarrier(_of(source, client), source.bucket, options, report, root, guard), guard.look
        if isinstance(source, Prefix):
            arguments = _of(target, client), target.bucket, options, report
            return CopyCarrier(*arguments, _of(source, client), source.bucket), None
        return UploadCarrier(_of(target, client), target.bucket, options, report), None

    def _hash(self) -> str:
        return run_hash(
            self._place(self._source),
            self._place(self._target),
            sorted(self._options.without_parts().to_json().items()),
        )

    def _place(self, place: str | Prefix) -> str:
        if not isinstance(place, Prefix):
            return os.path.abspath(place)
        endpoint = _of(place, self._client)._session.endpoint
        return f"{endpoint.scheme}://{endpoint}/{place.bucket}/{place.prefix}"


def reached(place: str | Prefix) -> str | Prefix:
    """Return a place with an asynchronous client, where it has a client."""
    if not isinstance(place, Prefix) or place.client is None:
        return place
    return replace(place, client=undated(place.client._asynchronous()))


def undated(client: Any) -> Any:
    """Return the client without a deadline for each call, because the run as a whole has one."""
    return client if client._deadline is None else client.with_options(deadline=None)


def _of(place: Prefix, client: Client) -> Client:
    """Return the client that reaches a prefix."""
    return client if place.client is None else place.client


def _name(place: str | Prefix) -> str:
    return f"{place.bucket}/{place.prefix}" if isinstance(place, Prefix) else os.fspath(place)
