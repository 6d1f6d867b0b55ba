"""Carries out actions on the workers of an executor, in batches.

The laws:

* A batch is a value that can be pickled: the client, the two places, the options and the actions. A worker opens its
  own connections.
* Each action has one outcome. Its error travels as a value.
* If the worker of a batch dies, the batch is repeated once; then its actions have failed. The second try knows that
  the first one may have written some targets.
* Deletes, names that are left alone, the checkpoint and progress stay in this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ....directories import Action, Outcome
from .carrier import FATAL, BaseCarrier, failed
from .executors import Workers

BATCH = 64
_BYTES = 64 * 1024 * 1024
_PAUSE = 0.02
"""Seconds to wait for more actions before an incomplete batch is submitted."""
UNDER_WAY = 16 * BATCH
"""The number of actions that are on the workers or collected for them."""


@dataclass
class Places:
    """The parts of a plan that a worker needs: the two places and the options."""

    source: Any
    target: Any
    options: Any


@dataclass(frozen=True, slots=True)
class Batch:
    """Actions to carry out somewhere else.

    Args:
        client: The client.
        plan: The places and the options.
        actions: The actions.
        jobs: How many are under way at a time.
        uncertain: Whether an earlier try may have carried out some of them.
    """

    client: Any
    plan: Places
    actions: tuple[Action, ...]
    jobs: int | None
    uncertain: bool


class RemoteCarrier:
    """Carries out actions on an executor. Deletes are carried out here.

    Args:
        local: The carrier of this process.
        workers: What carries out batches: `carry_out_batch` on an executor.
        client: The asynchronous client.
        plan: The places and the options.
        jobs: How many actions a worker has under way.
        resumed: Whether an earlier run may have carried out some of the actions.
    """

    def __init__(
        self, local: BaseCarrier, workers: Workers, client: Any, plan: Places, jobs: int | None, resumed: bool
    ) -> None:
        self._local = local
        self._workers = workers
        self._client = client
        self._plan = plan
        self._jobs = jobs
        self._resumed = resumed
        self._collected: list[tuple[Action, asyncio.Future[Outcome]]] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._alone = asyncio.Lock()
        self.batch = local.batch

    async def carry_out(self, action: Action) -> Outcome:
        """Carry out an action, together with others."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._collected.append((action, future))
        self._size += action.size or 0
        if len(self._collected) >= BATCH or self._size >= _BYTES:
            self._submit()
        elif self._timer is None:
            self._timer = loop.call_later(_PAUSE, self._submit)
        return await future

    async def delete(self, actions: Sequence[Action]) -> list[Outcome]:
        """Carry out deletes."""
        return await self._local.delete(actions)

    async def close(self) -> None:
        """Cancel what no worker has begun."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._workers.close)

    def _submit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        collected, self._collected, self._size, self._timer = self._collected, [], 0, None
        if collected:
            task = asyncio.get_running_loop().create_task(self._run(collected))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, collected: list[tuple[Action, asyncio.Future[Outcome]]]) -> None:
        actions = tuple(action for action, _ in collected)
        batch = Batch(self._client, self._plan, actions, self._jobs, self._resumed)
        outcomes: list[Outcome] | None = None
        try:
            outcomes, error = await self._result(batch)
        except Exception as failure:  # noqa: BLE001 - the outcomes of the batch
            error = failure
        for index, (action, future) in enumerate(collected):
            if future.done():
                continue
            if isinstance(error, FATAL):
                future.set_exception(error)
            elif error is not None or outcomes is None:
                future.set_result(failed(action, error or RuntimeError("no outcome"), _reason(error)))
            else:
                future.set_result(outcomes[index])

    async def _result(self, batch: Batch) -> tuple[list[Outcome] | None, BaseException | None]:
        """Run a batch. If its worker dies, run it once more, with no other batch beside it that was lost."""
        async with self._alone:
            future = self._workers.submit(batch)
        try:
            return await asyncio.wrap_future(future)
        except Exception:  # noqa: BLE001 - the second try has the error
            async with self._alone:
                return await asyncio.wrap_future(self._workers.submit(replace(batch, uncertain=True)))


def _reason(error: BaseException | None) -> str:
    return f"the worker has failed twice: {type(error).__name__}: {error}" if error is not None else ""
