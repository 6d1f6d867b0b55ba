"""The hooks of a client: functions that are called for every request, response and retry. `observer.py` calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..arguments import NOT_GIVEN
from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError

if TYPE_CHECKING:
    from ...hooks import RequestEvent, ResponseEvent, RetryEvent

_COROUTINE = 0x80 | 0x200
"""The flags of coroutine functions and asynchronous generator functions."""


class Hooks(NamedTuple):
    """The hooks of a client."""

    on_request: Callable[[RequestEvent], object] | None = None
    on_response: Callable[[ResponseEvent], object] | None = None
    on_retry: Callable[[RetryEvent], object] | None = None


def make_hooks(on_request: Any, on_response: Any, on_retry: Any) -> Hooks | None:
    """Check the hooks of a client. Return None if there are none.

    Raises:
        InvalidArgumentError: A hook is not a function, or is a coroutine function.
    """
    for name, hook in (("on_request", on_request), ("on_response", on_response), ("on_retry", on_retry)):
        if hook is not None and not callable(hook):
            raise InvalidArgumentTypeError(f"{name} must be a function, not {type(hook).__name__}")
        code = getattr(getattr(hook, "__func__", hook), "__code__", None)
        if code is not None and code.co_flags & _COROUTINE:
            raise InvalidArgumentError(f"{name} must not be a coroutine function: hooks are not awaited")
    if on_request is None and on_response is None and on_retry is None:
        return None
    return Hooks(on_request, on_response, on_retry)


def changed_hooks(hooks: Hooks | None, changes: dict[str, Any]) -> Hooks | None:
    """Return hooks in which those that are given replace others."""
    given = {name: hook for name, hook in changes.items() if hook is not NOT_GIVEN}
    if not given:
        return hooks
    old = hooks or Hooks()
    return make_hooks(**{name: given.get(name, getattr(old, name)) for name in changes})
