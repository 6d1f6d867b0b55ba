"""Open a connection on an event loop: directly or through a proxy, with or without TLS, within the connect timeout."""

from __future__ import annotations

import asyncio
import ssl
from functools import partial

from minio._core.exceptions import TransportError
from minio._core.wire.http1 import request_head
from minio._core.wire.message import Origin

from ...threads import on_thread
from ..proxy import Proxy, parse_proxy
from ..resolve import Address, look_up, numeric, share
from ..settings import TransportSettings, is_final, proxy_for, ssl_context, why_unconnected
from .connection import Connection


async def dial(settings: TransportSettings, origin: Origin) -> Connection:
    """Open a connection to an origin, including the proxy tunnel and TLS if needed.

    Raises:
        TransportError: The server cannot be reached within the connect timeout. No part of the request was sent.
    """
    scope = asyncio.timeout(settings.connect_timeout)
    try:
        async with scope:
            return await _dial(settings, origin, asyncio.get_running_loop().time() + settings.connect_timeout)
    except TransportError as error:
        error.unsent = True
        raise
    except (OSError, ValueError) as error:
        message = why_unconnected(error, settings, origin)
        if scope.expired():
            message = f"connecting timed out after {settings.connect_timeout:g} s"
        found = TransportError(message, str(origin), error, safe=True)
        found.final = is_final(error)
        raise found from error


async def _dial(settings: TransportSettings, origin: Origin, until: float) -> Connection:
    url = proxy_for(settings, origin)
    if url is None:
        return await _open(settings, origin, origin, until)
    proxy = parse_proxy(url)
    connection = await _open(settings, proxy.origin, origin, until)
    if origin.scheme == "http":
        connection.proxy_headers = proxy.headers()
        return connection
    try:
        # Nothing may be awaited between the tunnel and the handshake, or the end of the connection would go unnoticed.
        tls = await _tls(settings)
        await _tunnel(connection, proxy)
        await _secure(connection, tls)
    except BaseException:
        connection.abort()
        raise
    return connection


async def _open(settings: TransportSettings, peer: Origin, origin: Origin, until: float) -> Connection:
    """Connect to the first reachable address of a server or proxy."""
    loop = asyncio.get_running_loop()
    tls = await _tls(settings) if peer.scheme == "https" else None
    addresses = numeric(peer.host, peer.port) or await look_up(peer.host, peer.port).wait_asynchronously()
    for index, address in enumerate(addresses, 1):
        others = len(addresses) - index
        try:
            async with asyncio.timeout(share(until - loop.time(), others + 1) if others else None):
                return await _reach(address, Connection(loop, origin, settings.read_timeout), peer, tls)
        except OSError as error:
            if not others or isinstance(error, ssl.SSLError):
                raise
    raise AssertionError("a lookup without an address raises")


async def _reach(address: Address, connection: Connection, peer: Origin, tls: ssl.SSLContext | None) -> Connection:
    family, _, protocol, _, where = address
    host = str(where[0])
    if len(where) == 4 and where[3] and "%" not in host:
        host = f"{host}%{where[3]}"  # a link-local address belongs to an interface
    await connection.loop.create_connection(
        lambda: connection,
        host,
        where[1],
        ssl=tls,
        server_hostname=peer.host if tls else None,
        family=family,
        proto=protocol,
    )
    return connection


async def _tls(settings: TransportSettings) -> ssl.SSLContext:
    # Reading the certificates takes 10 ms the first time.
    return await on_thread(partial(ssl_context, settings))


async def _tunnel(connection: Connection, proxy: Proxy) -> None:
    authority = str(connection.origin)
    # The response to CONNECT has no body that matters, so it is parsed like a response to HEAD.
    parser = connection.begin("HEAD", False)
    connection.transport.write(request_head("CONNECT", authority, {"Host": authority, **proxy.headers()}))
    while not parser.ready:
        await connection.wait()
    head = parser.head
    if head is None or not 200 <= head.status < 300 or not connection.open:
        said = "nothing" if head is None else f"{head.status} {head.reason}"
        raise TransportError(f"the proxy {proxy.origin} refused the tunnel: {said}", authority)
    connection.parser = None
    connection.uses = 0


async def _secure(connection: Connection, tls: ssl.SSLContext) -> None:
    transport = await connection.loop.start_tls(
        connection.transport, connection, tls, server_hostname=connection.origin.host
    )
    if transport is None:
        raise ConnectionResetError("the connection was closed in the TLS handshake")
    connection.adopt(transport)
