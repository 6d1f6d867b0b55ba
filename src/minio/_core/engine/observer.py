"""Tells the hooks of a session about its calls. No I/O.

The laws:

* Without hooks, a call does nothing for them.
* Every request has one response event. It is sent once it is known whether a retry follows.
* The last response event of a call says so, whatever ends the call: a result, an error, a deadline or a cancellation.
* No event contains a secret.
"""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

from ...hooks import RequestEvent, ResponseEvent, RetryEvent
from ..wire.body import body_length
from ..wire.message import Outgoing, Request, Response
from ..wire.redact import REDACTED, Secrets, is_secret_name, redact

if TYPE_CHECKING:
    from .hooks import Hooks

_calls = itertools.count(1)


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
