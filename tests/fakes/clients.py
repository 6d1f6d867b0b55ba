"""One test story for both clients: written with await, and run on the blocking client without an event loop.

async def story(client: Any) -> None:
    found = await done(client.stat_object("bucket", "key"))

play("sync", server, story)
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from minio import AsyncMinio, Minio

from .scripted_server import ScriptedServer

KINDS = ("sync", "async")
_CLIENTS: dict[str, Any] = {"sync": Minio, "async": AsyncMinio}
OPTIONS: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": "", "retries": 0}


async def done(result: Any) -> Any:
    """The result of a call, awaited if necessary."""
    return await result if inspect.isawaitable(result) else result


async def each(result: Any) -> list[Any]:
    """All items of a synchronous or asynchronous iterator."""
    result = await done(result)
    return [item async for item in result] if hasattr(result, "__aiter__") else list(result)


async def outcomes(result: Any) -> list[Any]:
    """All outcomes of a call on many objects. Raise the first error."""
    found = await each(result)
    for outcome in found:
        if outcome.error is not None:
            raise outcome.error
    return found


async def content(response: Any) -> bytes:
    """Read the rest of a response or file, then close it."""
    response = await done(response)
    try:
        return bytes(await done(response.read()))
    finally:
        await done(response.close())


def play(
    kind: str,
    server: ScriptedServer | str,
    story: Callable[[Any], Coroutine[Any, Any, Any]],
    keys: tuple[str, str] = ("key", "secret"),
    **options: Any,
) -> Any:
    """Run a story with a client of a kind, for a scripted server or an endpoint, and return its result."""
    endpoint = server if isinstance(server, str) else str(server.origin)

    async def played() -> Any:
        client = _CLIENTS[kind](endpoint, *keys, **{**OPTIONS, **options})
        try:
            return await story(client)
        finally:
            await done(client.close())

    return asyncio.run(played()) if kind == "async" else _drive(played())


def _drive(story: Coroutine[Any, Any, Any]) -> Any:
    try:
        story.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("a story of the blocking client waits")
