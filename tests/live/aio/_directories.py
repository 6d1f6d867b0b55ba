"""What the tests on directories do with plans."""

from __future__ import annotations

from typing import Any

from minio import AsyncMinio
from minio.directories import Action, Outcome


async def actions_of(plan: Any) -> list[Action]:
    """Everything that a plan would do."""
    return [action async for action in plan]


async def outcomes_of(client: AsyncMinio, plan: Any, **options: Any) -> list[Outcome]:
    """Run a plan to its end."""
    return [outcome async for outcome in client.transfer(plan, **options)]


async def sync(client: AsyncMinio, source: Any, target: Any, **options: Any) -> list[Outcome]:
    """Plan and run."""
    return await outcomes_of(client, client.plan_sync(source, target, **options))
