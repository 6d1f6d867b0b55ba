"""Where the two clients truly differ: how a flow is carried out, and on which transport. Written by hand twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeAlias, TypeVar

from .._core.engine.drive import adrive
from .._core.engine.flow import Flow
from .._core.http.asyncio_ import AsyncTransport
from .._core.http.settings import TransportSettings
from ..error import InvalidArgumentError

if TYPE_CHECKING:
    from urllib3 import PoolManager

T = TypeVar("T")
P = ParamSpec("P")

Transport = AsyncTransport
Scope: TypeAlias = None
"""A task is cancelled by itself: it needs nothing to end it with."""


def open_transport(settings: TransportSettings, http_client: PoolManager | None) -> Transport:
    """The transport of a new client."""
    if http_client is not None:
        raise InvalidArgumentError("http_client is for the blocking client: the asynchronous one has its own")
    return AsyncTransport(settings)


async def carry_out(flow: Flow[T], transport: Transport, scope: Scope | None = None) -> T:
    """Await a flow."""
    return await adrive(flow, transport.send)


async def run_blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that may wait for a disk."""
    return await asyncio.to_thread(function, *args, **kwargs)


async def pause(seconds: float, scope: Scope | None = None) -> None:
    """Wait."""
    await asyncio.sleep(seconds)
