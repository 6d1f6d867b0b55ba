"""Run a flow: by blocking, or by awaiting. The only two loops that do."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ...error import TransportError
from ..wire.message import Outgoing, Response
from .flow import Flow, Sleep

T = TypeVar("T")


def drive(flow: Flow[T], transport: Callable[[Outgoing], Response], pause: Callable[[float], object] = time.sleep) -> T:
    """Carry out a flow on this thread."""
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
                answer = effect.function()
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


async def adrive(flow: Flow[T], transport: Callable[[Outgoing], Awaitable[Response]]) -> T:
    """Carry out a flow on the running event loop; what may block runs on a thread."""
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
            else:
                import asyncio

                answer = await asyncio.to_thread(effect.function)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()
