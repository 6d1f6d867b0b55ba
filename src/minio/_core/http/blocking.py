"""The blocking transport: one socket a request at a time, kept in pools by origin.

urllib3 makes the connections (names, TLS, proxies); what is said on them is ours: a head in one send, the answer
read with llhttp, bodies moved without a detour.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from ...error import ClosedError, TransportError
from ..wire.message import Origin, Outgoing, Response
from .connection import Connection, StaleError, connect
from .proxy import parse_proxy
from .scope import Scope
from .settings import TransportSettings, proxy_for

if TYPE_CHECKING:
    from urllib3 import PoolManager


class Pool:
    """The connections to one origin. Takes and gives without a lock: a deque's ends are atomic."""

    def __init__(self, origin: Origin, settings: TransportSettings, manager: PoolManager, proxied: bool) -> None:
        self.origin = origin
        self.settings = settings
        self.manager = manager
        self.absolute = proxied and origin.scheme == "http"
        self.idle: deque[Connection] = deque()
        self.closed = False

    def lease(self, scope: Scope | None = None) -> Connection:
        """A connection that was alive a moment ago, else a new one."""
        while self.idle:
            try:
                connection = self.idle.pop()
            except IndexError:
                break
            if connection.is_quiet():
                return connection
            connection.close()
        return connect(self, scope)

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose answer was read to its end."""
        if connection.scope is not None:
            connection.leave_scope()
        if self.closed or len(self.idle) >= self.settings.max_idle:
            connection.close()
        else:
            connection.used = True
            self.idle.append(connection)
            if self.closed:  # meanwhile: then nobody else closes this one
                self.drop_idle()

    def close(self) -> None:
        """Close what is idle now, and later what is given back."""
        self.closed = True
        self.drop_idle()

    def drop_idle(self) -> None:
        """Close what is idle now."""
        with suppress(IndexError):
            while True:
                self.idle.pop().close()


class BlockingTransport:
    """Sends requests and returns answers. Any number of threads may use one."""

    def __init__(self, settings: TransportSettings) -> None:
        self.settings = settings
        self.pools: dict[Origin, Pool] = {}
        self.closed = False
        self._lock = threading.Lock()
        self._finalizer = weakref.finalize(self, _close_pools, self.pools)
        _transports.add(self)

    def send(self, outgoing: Outgoing, scope: Scope | None = None) -> Response:
        """Send a request and return its answer, streaming if that was asked.

        Raises:
            TransportError: No usable answer came.
            ClosedError: The client was closed.
            Cancelled: The scope was ended.
        """
        pool = self.pools.get(outgoing.origin) or self._new_pool(outgoing.origin)
        if self.closed:
            raise ClosedError("the client is closed")
        connection = pool.lease(scope)
        try:
            return connection.exchange(outgoing) if scope is None else _scoped_exchange(scope, connection, outgoing)
        except StaleError:
            # The server had closed it between two requests. That is nobody's failure: again, on a new one.
            outgoing.resent = True
            connection = connect(pool, scope)
            return connection.exchange(outgoing) if scope is None else _scoped_exchange(scope, connection, outgoing)

    def close(self) -> None:
        """Close all connections; those in use when their answers are read."""
        self.closed = True
        _close_pools(self.pools)

    def _new_pool(self, origin: Origin) -> Pool:
        with self._lock:
            pool = self.pools.get(origin)
            if pool is None:
                try:
                    manager, proxied = _manager(self.settings, origin)
                except (OSError, ValueError) as error:
                    fault = TransportError(f"cannot set up TLS or the proxy: {error}", str(origin), error, safe=True)
                    fault.final = True
                    raise fault from error
                pool = self.pools[origin] = Pool(origin, self.settings, manager, proxied)
            return pool

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        for pool in self.pools.values():
            pool.close()
        self.pools.clear()  # another thread of the parent may have held a lock of theirs: it would be held for ever


def _scoped_exchange(scope: Scope, connection: Connection, outgoing: Outgoing) -> Response:
    scope.enter(connection)
    connection.scope = scope  # until it is laid aside or closed
    try:
        return connection.exchange(outgoing)
    except TransportError as error:
        if scope.cancelled:
            raise scope.fault from error
        raise


def _close_pools(pools: dict[Origin, Pool]) -> None:
    for pool in list(pools.values()):
        pool.close()


def _manager(settings: TransportSettings, origin: Origin) -> tuple[PoolManager, bool]:
    import urllib3

    from .settings import ssl_context

    context = ssl_context(settings) if origin.scheme == "https" else None
    proxy = proxy_for(settings, origin)
    if proxy is None:
        return urllib3.PoolManager(ssl_context=context), False
    told = parse_proxy(proxy)
    to_proxy = ssl_context(settings) if told.origin.scheme == "https" else None
    return (
        urllib3.ProxyManager(proxy, proxy_headers=told.headers(), proxy_ssl_context=to_proxy, ssl_context=context),
        True,
    )


# A forked child must not speak on its parent's connections.
_transports: weakref.WeakSet[BlockingTransport] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for transport in list(_transports):
        transport._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
