"""The blocking transport: sends requests over persistent connections, one at a time on each.

Direct connections are opened by `dial.py`, those through a proxy by urllib3. HTTP itself is implemented here: a head is
sent in one call, the response is parsed with llhttp, and bodies are transferred without a copy where possible. Once a
caller has the urllib3 client of this transport, and while `urllib3.PoolManager.urlopen` is patched, urllib3 sends
everything.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Any

from ...exceptions import ClosedError, InvalidArgumentError, TransportError
from ...wire.body import body_length
from ...wire.http1 import Head, ProtocolError
from ...wire.message import MAX_BODY, Origin, Outgoing, Response
from ..limits import SMALL_BODY, body_limit
from ..settings import TransportSettings, refused_by_proxy
from .body import ResponseBody
from .buffered import BufferedBody
from .cancel import CancelScope
from .connection import Connection, StaleError
from .dial import Dialler
from .pool import ConnectionPool
from .pool_manager import Known, is_patched, open_pool_manager
from .send import exchange

if TYPE_CHECKING:
    from urllib3 import PoolManager

    from ..bandwidth import Bandwidth
    from .urllib3_transport import Urllib3Transport


class BlockingTransport:
    """Sends requests and returns responses. It is thread-safe.

    Args:
        settings: Time-outs, certificates, proxy.
    """

    def __init__(self, settings: TransportSettings) -> None:
        self._settings = settings
        self._closed = False
        self._urllib3: Urllib3Transport | None = None
        """Sends what is to go over urllib3."""
        self._over_urllib3 = False
        self._own_pool_manager: PoolManager | None = None
        self._reset()
        _transports.add(self)

    def _reset(self) -> None:
        self._dialler = Dialler(self._settings)
        self._pool = ConnectionPool(self._settings)
        self._opening = threading.Lock()
        self._finalizer = weakref.finalize(self, self._pool.close)

    @property
    def nested(self) -> bool:
        """Whether a request may be sent while a response is read by the same thread."""
        return not self._over_urllib3

    @property
    def over_urllib3(self) -> bool:
        """Whether urllib3 sends all requests, because the program has its client or has replaced `urlopen`."""
        return self._over_urllib3 or (Known.urllib3.PoolManager.urlopen is not Known.urlopen and is_patched())

    @property
    def bandwidth(self) -> Bandwidth | None:
        """The limit of all connections."""
        return self._dialler.bandwidth

    def send(self, outgoing: Outgoing, scope: CancelScope | None = None) -> Response:
        """Send a request and return its response.

        If the server has closed an idle connection, the request is sent once more on a new one.

        Returns:
            The response with its complete body. If `outgoing.stream` is set and the status is a success, `stream` reads
            the body instead.

        Raises:
            TransportError: No usable response was received.
            ClosedError: The client is closed.
            Cancelled: The scope was cancelled.
        """
        if self._closed:
            raise ClosedError("the client is closed")
        if self._over_urllib3 or (Known.urllib3.PoolManager.urlopen is not Known.urlopen and is_patched()):
            return self._open_urllib3(outgoing.origin).send(outgoing, scope)
        expect = outgoing.expect and body_length(outgoing.body) > SMALL_BODY
        # A request that must not be sent twice needs a new connection, because the server may close an idle one.
        connection = self._pool.acquire_nowait(outgoing.origin) if outgoing.repeatable else None
        if connection is None:
            connection = self._dialler.dial(outgoing.origin, scope)
        try:
            response = self._exchange(connection, outgoing, expect, scope)
        except StaleError:
            response = self._send_again(outgoing, expect, scope)
        if response.status == 417 and expect:
            # This server does not support Expect and has rejected the request.
            response = self._exchange(self._dialler.dial(outgoing.origin, scope), outgoing, False, scope)
        if response.status == 407:
            raise refused_by_proxy(self._settings, outgoing.origin)
        return response

    def close(self) -> None:
        """Close idle connections now, and connections in use once their responses have been read."""
        self._closed = True
        self._pool.close()
        if self._own_pool_manager is not None:
            self._own_pool_manager.clear()

    def pool_manager(self, origin: Origin) -> PoolManager:
        """Return the urllib3 client that sends all further requests. Its settings are those of this transport."""
        found = self._open_urllib3(origin).pool_manager(origin)
        if not self._over_urllib3:
            self._over_urllib3 = True
            self._pool.close()
        return found

    def use(self, http_client: PoolManager) -> None:
        """Send all further requests through a urllib3 client, which the caller assigned."""
        from .urllib3_transport import Urllib3Transport, check_urlopen

        self._urllib3, self._over_urllib3 = Urllib3Transport(check_urlopen("_http", http_client)), True

    def options(self) -> dict[str, Any] | None:
        """Return the settings of the urllib3 client that the caller has seen and may have changed."""
        manager = self._own_pool_manager
        return dict(manager.connection_pool_kw) if self._over_urllib3 and manager is not None else None

    def restore(self, origin: Origin, options: dict[str, Any]) -> None:
        """Send all further requests through a urllib3 client with these settings."""
        from .urllib3_transport import Urllib3Transport

        self._own_pool_manager = open_pool_manager(self._settings, origin, options)
        self._urllib3, self._over_urllib3 = Urllib3Transport(self._own_pool_manager, retries=False), True

    def _open_urllib3(self, origin: Origin) -> Urllib3Transport:
        from .urllib3_transport import Urllib3Transport

        with self._opening:
            if self._urllib3 is None:
                self._own_pool_manager = open_pool_manager(self._settings, origin)
                self._urllib3 = Urllib3Transport(self._own_pool_manager, retries=False)
            return self._urllib3

    def _send_again(self, outgoing: Outgoing, expect: bool, scope: CancelScope | None) -> Response:
        """Send a request on a new connection. The server may have received it on the closed connection."""
        try:
            response = self._exchange(self._dialler.dial(outgoing.origin, scope), outgoing, expect, scope)
        except TransportError as error:
            error.unsent = False
            raise
        response.resent = True
        return response

    def _exchange(
        self, connection: Connection, outgoing: Outgoing, expect: bool, scope: CancelScope | None
    ) -> Response:
        try:
            if scope is not None:
                connection.enter_scope(scope)
            head, data, clean = exchange(connection, outgoing, expect)
            streams = outgoing.stream and 200 <= head.status < 300
            if clean and head.keep_alive and head.length == len(data):
                self._pool.release(connection)
                if streams:
                    return Response(head.status, head.headers, b"", head.reason, BufferedBody(data))
                return Response(head.status, head.headers, data, head.reason)
            body = ResponseBody(connection, self._pool, head, data, clean)
            if streams:
                return Response(head.status, head.headers, b"", head.reason, body)
            return Response(head.status, head.headers, _read_all(body, head), head.reason)
        except (StaleError, InvalidArgumentError):
            # InvalidArgumentError: the request is invalid, or the file of its body has changed (also an OSError).
            connection.close()
            raise
        except (OSError, ProtocolError, ValueError, TransportError) as error:
            over = scope is not None and scope.is_over()
            connection.close()
            if scope is not None and over:
                raise scope.error from error
            if isinstance(error, TransportError):
                raise
            raise connection.to_transport_error(error) from error
        except BaseException:
            connection.close()
            raise

    def _after_fork(self) -> None:
        # Another thread of the parent may have held a lock of the dialler, which nothing in the child releases.
        self._finalizer.detach()
        self._pool.close()
        self._reset()
        if self._closed:
            self._pool.close()
        if self._own_pool_manager is not None:
            # The caller may hold it, so it stays, without the connections and locks of the parent.
            self._own_pool_manager.pools = _fresh_pools(self._own_pool_manager)


def _read_all(body: ResponseBody, head: Head) -> bytes:
    """Read a body that does not stream. Only the beginning of an error body is kept."""
    limit = body_limit(head.status)
    if (body.remaining or 0) <= limit:
        data = body.read(limit)
        if body.finished or not body.read(1):
            return data
    else:
        data = body.read(limit) if head.status >= 300 else b""
    body.close()
    if head.status < 300:
        raise ProtocolError(f"the answer's body exceeds {MAX_BODY} bytes")
    return data


def _fresh_pools(manager: PoolManager) -> Any:
    from urllib3 import PoolManager

    return PoolManager(num_pools=manager.pools._maxsize).pools


# A forked child must not use the connections of its parent.
_transports: weakref.WeakSet[BlockingTransport] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for transport in list(_transports):
        transport._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
