# Generated from tests/live/aio/_directories.py by tools/generate_sync.py. Do not edit.
"""What the tests on directories do with plans."""

from __future__ import annotations

from typing import Any

from minio import Minio
from minio.directories import Action, Outcome


def actions_of(plan: Any) -> list[Action]:
    """Everything that a plan would do."""
    return list(plan)


def outcomes_of(client: Minio, plan: Any, **options: Any) -> list[Outcome]:
    """Run a plan to its end."""
    return list(client.transfer(plan, **options))


def sync(client: Minio, source: Any, target: Any, **options: Any) -> list[Outcome]:
    """Plan and run."""
    return outcomes_of(client, client.plan_sync(source, target, **options))
