"""What a worker of an executor does with a batch of actions."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ....directories import Outcome
from .executors import portable_error
from .remote import Batch
from .run import Run


def carry_out_batch(batch: Batch) -> list[Outcome]:
    """Carry out a batch, and return an outcome for each action, in order."""
    return asyncio.run(_carry_out(batch))


async def _carry_out(batch: Batch) -> list[Outcome]:
    async with batch.client as client:
        run = Run(client, batch.plan, batch.jobs, None, None)
        return [_portable(each) for each in await run.only(batch.actions, batch.uncertain)]


def _portable(outcome: Outcome) -> Outcome:
    return outcome if outcome.error is None else replace(outcome, error=portable_error(outcome.error))
