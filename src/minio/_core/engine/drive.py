"""Run a flow, blocking or asynchronously. Only these two loops run flows."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ..exceptions import TransportError
from ..threads import on_thread
from ..wire.message import Outgoing, Response
from .effects import Fetch, Flow, Sleep

T = TypeVar("T")
Run = Callable[[Callable[[], Any], Any], Any]


def _run_here(function: Callable[[], Any], spare: Any) -> Any:
    return function()


def drive(
    flow: Flow[T],
    transport: Callable[[Outgoing], Response],
    pause: Callable[[float], object] = time.sleep,
    run: Run = _run_here,
) -> T:
    """Run a flow on this thread. `run` calls functions that may block."""
    step: Callable[[Any], Any] = flow.send
    answer: Any = None
    try:
        while True:
            effect = step(answer)
            step, answer = flow.send, None
            if isinstance(effect, Outgoing):
                try:
                    answer = transport(effect)
                except TransportError as error:
                    step, answer = flow.throw, error
            elif isinstance(effect, Sleep):
                pause(effect.seconds)
            else:
                answer = run(effect.function, effect.spare)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


async def adrive(
    flow: Flow[T],
    transport: Callable[[Outgoing], Awaitable[Response]],
    fetch: Callable[[Callable[[], Any], Any], Awaitable[Any]] | None = None,
) -> T:
    """Run a flow on the running event loop.

    Functions that may block run on a thread. `fetch`, if given, runs each `Fetch`.
    """
    step: Callable[[Any], Any] = flow.send
    answer: Any = None
    try:
        while True:
            effect = step(answer)
            step, answer = flow.send, None
            if isinstance(effect, Outgoing):
                try:
                    answer = await transport(effect)
                except TransportError as error:
                    step, answer = flow.throw, error
            elif isinstance(effect, Sleep):
                import asyncio

                await asyncio.sleep(effect.seconds)
            elif fetch is not None and isinstance(effect, Fetch):
                answer = await fetch(effect.function, effect.spare)
            else:
                answer = await on_thread(effect.function)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()
