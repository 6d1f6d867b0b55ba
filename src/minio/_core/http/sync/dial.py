"""Open a blocking connection: directly or through a proxy, with or without TLS, within the connect timeout.

urllib3 handles proxies. This module creates the socket, so that time limits also cover name resolution and all
addresses. A direct connection needs no urllib3, whose import takes longer than all the rest of a short program.
"""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from ...exceptions import TransportError
from ...wire.message import Origin
from ..bandwidth import Bandwidth
from ..proxy import parse_proxy
from ..resolve import Address, look_up, numeric, share
from ..settings import TransportSettings, is_final, proxy_for, ssl_context, why_unconnected
from .cancel import CancelScope
from .connection import Connection
from .tunnel import LimitedSocket, TunnelReader

if TYPE_CHECKING:
    import ssl

    from urllib3 import PoolManager


class Dialler:
    """Opens connections. It is thread-safe."""

    def __init__(self, settings: TransportSettings) -> None:
        self._settings = settings
        self._managers: dict[Origin, PoolManager] = {}
        self._direct: set[Origin] = set()
        self._lock = threading.Lock()
        rate = settings.bandwidth_limit
        self.bandwidth = None if rate is None else Bandwidth(rate)

    def dial(self, origin: Origin, scope: CancelScope | None = None) -> Connection:
        """Open a connection to an origin, unless the scope ends first.

        Raises:
            TransportError: The server cannot be reached within the connect timeout. No part of the request was sent.
            Cancelled: The scope was cancelled.
        """
        if origin in self._direct:
            return self._dial_directly(origin, scope)
        if origin not in self._managers and proxy_for(self._settings, origin) is None:
            self._direct.add(origin)
            return self._dial_directly(origin, scope)
        return self._dial_with_urllib3(origin, scope)

    def _dial_directly(self, origin: Origin, scope: CancelScope | None) -> Connection:
        settings = self._settings
        context = self._context(origin) if origin.scheme == "https" else None
        attempt = _Attempt(settings.connect_timeout, scope)
        sock: socket.socket | None = None
        try:
            sock = attempt.connect(_Direct(origin.host, origin.port))
            if context is not None:
                sock = context.wrap_socket(sock, server_hostname=origin.host.strip("[]").partition("%")[0])
            return Connection(sock, origin, settings.read_timeout, None, self.bandwidth)
        except Exception as error:
            if sock is not None:
                sock.close()
            if scope is not None and scope.is_over():
                raise scope.error from error
            raise _to_transport_error(error, settings, origin) from error
        except BaseException:
            if sock is not None:
                sock.close()
            raise
        finally:
            attempt.close()

    def _context(self, origin: Origin) -> ssl.SSLContext:
        try:
            return ssl_context(self._settings)
        except (OSError, ValueError) as reason:
            raise _no_setup(origin, reason) from reason

    def _dial_with_urllib3(self, origin: Origin, scope: CancelScope | None) -> Connection:
        settings = self._settings
        manager: Any = self._managers.get(origin) or self._new_manager(origin)
        source = manager.connection_from_host(origin.host, origin.port, origin.scheme)
        made = source._new_conn()
        made.timeout = settings.connect_timeout
        attempt = _Attempt(settings.connect_timeout, scope)
        made._new_conn = lambda: attempt.connect(made)
        try:
            if source.proxy is not None and origin.scheme == "https":
                attempt.limit_tunnel(made)
                source._prepare_proxy(made)
            else:
                made.connect()
            forwarded = source.proxy is not None and origin.scheme == "http"
            headers = dict(source.proxy_headers) if forwarded else None
            return Connection(made.sock, origin, settings.read_timeout, headers, self.bandwidth)
        except Exception as error:
            made.close()
            if scope is not None and scope.is_over():
                raise scope.error from error
            raise _to_transport_error(error, settings, origin) from error
        except BaseException:
            made.close()
            raise
        finally:
            attempt.close()

    def _new_manager(self, origin: Origin) -> PoolManager:
        with self._lock:
            manager = self._managers.get(origin)
            if manager is None:
                try:
                    manager = self._managers[origin] = _open_manager(self._settings, origin)
                except (OSError, ValueError) as reason:
                    raise _no_setup(origin, reason) from reason
            return manager


class _Direct:
    """What `_Attempt.connect` has to know of a direct connection. urllib3's connections have the same attributes."""

    socket_options = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
    source_address = None

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port


def _no_setup(origin: Origin, reason: Exception) -> TransportError:
    error = TransportError(f"cannot set up TLS or the proxy: {reason}", str(origin), reason, safe=True)
    error.final = True
    return error


def _open_manager(settings: TransportSettings, origin: Origin) -> PoolManager:
    import urllib3

    context = ssl_context(settings) if origin.scheme == "https" else None
    url = proxy_for(settings, origin)
    if url is None:
        return urllib3.PoolManager(ssl_context=context)
    proxy = parse_proxy(url)
    to_proxy = ssl_context(settings) if proxy.origin.scheme == "https" else None
    return urllib3.ProxyManager(url, proxy_headers=proxy.headers(), proxy_ssl_context=to_proxy, ssl_context=context)


class _Attempt:
    """An attempt to connect, with its time limit and its scope."""

    def __init__(self, seconds: float, scope: CancelScope | None) -> None:
        self._end = time.monotonic() + seconds
        self._scope = scope
        self._twin: socket.socket | None = None

    def remaining(self, most: float = math.inf) -> float:
        """Return the remaining seconds, at most `most`."""
        seconds = min(most, self._end - time.monotonic())
        if seconds <= 0:
            raise TimeoutError("timed out")
        return seconds if self._scope is None else self._scope.remaining(seconds)

    def connect(self, made: Any) -> socket.socket:
        """Return a socket connected to the server or its proxy. Its time-out is the remaining time."""
        host = made.host.strip("[]")
        addresses = numeric(host, made.port) or look_up(host, made.port).wait(self.remaining)
        for index, address in enumerate(addresses, 1):
            try:
                sock = self._connect_to(address, made, share(self.remaining(), len(addresses) - index + 1))
            except OSError:
                if index == len(addresses):
                    raise
            else:
                return self._attach(sock)
        raise AssertionError("a lookup without an address raises")

    def _connect_to(self, address: Address, made: Any, seconds: float) -> socket.socket:
        family, kind, protocol, _, where = address
        sock = socket.socket(family, kind, protocol)
        try:
            for option in made.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(seconds)
            if made.source_address:
                sock.bind(made.source_address)
            sock.connect(where)
            sock.settimeout(self.remaining())
        except BaseException:
            sock.close()
            raise
        return sock

    def limit_tunnel(self, made: Any) -> None:
        """Limit the time from the connection to a proxy until the end of the TLS handshake through it."""
        response_class, connect_tls = made.response_class, made._connect_tls_proxy

        def read_response(sock: Any, *args: Any, **kwargs: Any) -> Any:
            return response_class(TunnelReader(sock, self.remaining), *args, **kwargs)

        made.response_class = read_response
        made._connect_tls_proxy = lambda host, sock: LimitedSocket(connect_tls(host, sock), self.remaining)

    def _attach(self, sock: socket.socket) -> socket.socket:
        # TLS takes over the socket's descriptor, but shutting down a duplicate ends the same connection.
        if self._scope is not None:
            try:
                self._twin = sock.dup()
                self._scope.attach(self)
            except BaseException:
                sock.close()
                raise
        return sock

    def abort(self) -> None:
        """Make a handshake on another thread fail immediately."""
        twin = self._twin
        if twin is not None:
            with contextlib.suppress(OSError):
                twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the attempt, successful or not."""
        twin, self._twin = self._twin, None
        if twin is not None and self._scope is not None:
            self._scope.detach(self)
            twin.close()


def _to_transport_error(error: Exception, settings: TransportSettings, origin: Origin) -> TransportError:
    if isinstance(error, TransportError):
        return error
    if isinstance(error, OSError):
        late = isinstance(error, TimeoutError)
    else:
        late = _is_late(error)
    if late:
        text = f"no connection within {settings.connect_timeout:g} s"
    else:
        cause = error if isinstance(error, OSError) else error.__cause__ or error
        text = why_unconnected(cause, settings, origin)
    found = TransportError(text, str(origin), error, safe=True)
    found.final = is_final(error)
    return found


def _is_late(error: Exception) -> bool:
    """Return whether an error of urllib3 is a time-out. It raises all others again.

    HTTPException: the response to CONNECT does not come from a proxy.
    """
    from http.client import HTTPException

    import urllib3

    if not isinstance(error, (urllib3.exceptions.HTTPError, HTTPException)):
        raise error
    # urllib3 counts a refused connection among the time-outs.
    return isinstance(error, urllib3.exceptions.ConnectTimeoutError) and not isinstance(
        error, urllib3.exceptions.NewConnectionError
    )
