"""Hooks: functions of the caller that are called for every request, response and retry. No I/O.

The laws:

* Without hooks, a call does nothing for them.
* Every request has one response event. It is sent once it is known whether a retry follows.
* The last response event of a call says so, whatever ends the call: a result, an error, a deadline or a cancellation.
* No event contains a secret.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...hooks import RequestEvent, ResponseEvent, RetryEvent
from ..arguments import NOT_GIVEN
from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError
from ..wire.body import body_length
from ..wire.message import Outgoing, Request, Response
from ..wire.redact import REDACTED, Secrets, is_secret_name, redact

_calls = itertools.count(1)
_COROUTINE = 0x80 | 0x200
"""The flags of coroutine functions and asynchronous generator functions."""


@dataclass(frozen=True, slots=True)
class Hooks:
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


class Observer:
    """Tells the hooks of one call about it."""

    def __init__(self, hooks: Hooks, operation: str) -> None:
        self._hooks = hooks
        self._operation = operation
        self._call = next(_calls)
        self._attempt = 0
        self._sent: RequestEvent | None = None
        self._began = self._seconds = 0.0
        self._response: Response | None = None
        self._secrets: Secrets = Secrets()
        self._open = False

    def request(self, request: Request, outgoing: Outgoing, secrets: Secrets) -> None:
        """Tell of a request that is about to be sent."""
        self._attempt += 1
        self._response, self._secrets = None, secrets
        self._sent = RequestEvent(
            call=self._call,
            operation=self._operation,
            bucket_name=request.bucket or None,
            object_name=request.key or None,
            method=outgoing.method,
            url=f"{outgoing.origin.scheme}://{outgoing.origin}{redact(outgoing.target, secrets)}",
            attempt=self._attempt,
            body_size=body_length(outgoing.body),
        )
        if self._hooks.on_request is not None:
            self._hooks.on_request(self._sent)
        self._open = True
        self._began = time.monotonic()

    def response(self, response: Response) -> None:
        """Record the response. The hook is called later, when it is known what follows."""
        self._seconds = time.monotonic() - self._began
        self._response = response

    def retry(self, error: BaseException, delay: float) -> None:
        """Tell of the response, and that the request will be sent again."""
        self._tell(error, final=False)
        if self._hooks.on_retry is not None and self._sent is not None:
            self._hooks.on_retry(RetryEvent(request=self._sent, delay=delay, error=error))

    def end(self, error: BaseException | None) -> None:
        """Tell of the last response. A generator that is closed has the reason as the context of its error."""
        if isinstance(error, GeneratorExit):
            error = error.__context__ or error
        self._tell(error, final=True)

    def _tell(self, error: BaseException | None, final: bool) -> None:
        if self._open and self._response is None:
            self._seconds = time.monotonic() - self._began
        self._open = False
        if self._sent is None or self._hooks.on_response is None:
            return
        response = self._response
        event = ResponseEvent(
            request=self._sent,
            status=None if response is None else response.status,
            headers={} if response is None else self._shown(response),
            seconds=self._seconds,
            error=error,
            final=final,
        )
        self._hooks.on_response(event)

    def _shown(self, response: Response) -> dict[str, str]:
        return {
            name.lower(): REDACTED if is_secret_name(name) else redact(value, self._secrets)
            for name, value in response.headers.items()
        }
