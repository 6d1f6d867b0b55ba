"""Where the two clients truly differ: how a flow is carried out, and on which transport. Written by hand twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from .._core.engine.drive import drive
from .._core.engine.flow import Flow
from .._core.http.blocking import BlockingTransport
from .._core.http.borrowed import BorrowedTransport
from .._core.http.scope import Scope
from .._core.http.settings import TransportSettings

if TYPE_CHECKING:
    from urllib3 import PoolManager

T = TypeVar("T")
P = ParamSpec("P")

__all__ = ["Scope", "Transport", "carry_out", "open_transport", "pause", "run_blocking"]

Transport = BlockingTransport | BorrowedTransport


def open_transport(settings: TransportSettings, http_client: PoolManager | None) -> Transport:
    """The transport of a new client: our own, or the caller's HTTP client as it is."""
    return BlockingTransport(settings) if http_client is None else BorrowedTransport(http_client)


def carry_out(flow: Flow[T], transport: Transport, scope: Scope | None = None) -> T:
    """Run a flow on this thread; a scope lets other threads end it."""
    if scope is None:
        return drive(flow, transport.send)
    return drive(flow, partial(transport.send, scope=scope), scope.pause)


def run_blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that may wait for a disk."""
    return function(*args, **kwargs)


def pause(seconds: float, scope: Scope | None = None) -> None:
    """Wait, or until the scope is ended."""
    (time.sleep if scope is None else scope.pause)(seconds)
