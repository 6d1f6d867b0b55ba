"""The effects of a flow: what it yields, for a driver to perform. See `flow.py`."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

from ..wire.message import Outgoing

T = TypeVar("T")
HASH_INLINE = 64 * 1024
"""Bodies up to this many bytes are hashed immediately. Larger ones are hashed where they do not block an event loop."""


class Sleep(NamedTuple):
    """Wait for a number of seconds."""

    seconds: float


@dataclass(slots=True, eq=False)
class Blocking:
    """Run a function that may block."""

    function: Callable[[], Any]
    spare: Any = None


class Fetch(Blocking):
    """Run a function that waits for another server.

    A driver may abandon it when the call's deadline expires, and several calls may share one run. If there is a `spare`
    result, a driver may use that and run the function in the background.
    """

    __slots__ = ()


Effect: TypeAlias = "Outgoing | Sleep | Blocking"
Flow: TypeAlias = Generator[Effect, Any, T]


def sleep(seconds: float) -> Flow[None]:
    """Wait for a number of seconds."""
    yield Sleep(seconds)


def blocking(function: Callable[[], T]) -> Flow[T]:
    """Run a function that may block, and return its result."""
    return cast(T, (yield Blocking(function)))
