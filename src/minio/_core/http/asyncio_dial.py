"""Open a connection: straight, through a proxy, with TLS or without, within the connect timeout."""

from __future__ import annotations

import asyncio
import ssl

from minio._core.wire.http1 import request_head
from minio._core.wire.message import Origin
from minio.error import TransportError

from .asyncio_connection import Connection
from .proxy import Proxy, parse_proxy
from .settings import TransportSettings, is_final, proxy_for, ssl_context, why_unconnected


async def dial(settings: TransportSettings, origin: Origin) -> Connection:
    """Connect to an origin, with what leads there: proxy, tunnel, TLS.

    Raises:
        TransportError: It cannot be reached, or not within the connect timeout. Nothing of a request was sent.
    """
    scope = asyncio.timeout(settings.connect_timeout)
    try:
        async with scope:
            return await _dial(settings, origin)
    except TransportError as error:
        error.unsent = True
        raise
    except (OSError, ValueError) as error:
        message = why_unconnected(error, settings, origin)
        if scope.expired():
            message = f"connecting timed out after {settings.connect_timeout:g} s"
        fault = TransportError(message, str(origin), error, safe=True)
        fault.final = is_final(error)
        raise fault from error


async def _dial(settings: TransportSettings, origin: Origin) -> Connection:
    url = proxy_for(settings, origin)
    if url is None:
        return await _open(settings, origin, origin)
    proxy = parse_proxy(url)
    connection = await _open(settings, proxy.origin, origin)
    if origin.scheme == "http":
        connection.proxy = proxy
        return connection
    try:
        # Nothing may happen between the tunnel and the handshake: an end that comes then would be noticed by nobody.
        tls = await _tls(settings)
        await _tunnel(connection, proxy)
        await _secure(connection, tls)
    except BaseException:
        connection.abort()
        raise
    return connection


async def _open(settings: TransportSettings, peer: Origin, origin: Origin) -> Connection:
    loop = asyncio.get_running_loop()
    tls = await _tls(settings) if peer.scheme == "https" else None
    _, connection = await loop.create_connection(
        lambda: Connection(loop, origin, settings.read_timeout),
        peer.host,
        peer.port,
        ssl=tls,
        server_hostname=peer.host if tls else None,
    )
    return connection


async def _tls(settings: TransportSettings) -> ssl.SSLContext:
    # Reading the certificates blocks for 10 ms the first time.
    return await asyncio.get_running_loop().run_in_executor(None, ssl_context, settings)


async def _tunnel(connection: Connection, proxy: Proxy) -> None:
    authority = str(connection.origin)
    # No answer to CONNECT has a body that matters: it is read as one to HEAD is.
    incoming = connection.begin("HEAD", False)
    connection.transport.write(request_head("CONNECT", authority, {"Host": authority, **proxy.headers()}))
    while not incoming.ready:
        await connection.wait()
    head = incoming.head
    if head is None or not 200 <= head.status < 300 or not connection.open:
        said = "nothing" if head is None else f"{head.status} {head.reason}"
        raise TransportError(f"the proxy {proxy.origin} refused the tunnel: {said}", authority)
    connection.incoming = None
    connection.uses = 0


async def _secure(connection: Connection, tls: ssl.SSLContext) -> None:
    transport = await connection.loop.start_tls(
        connection.transport, connection, tls, server_hostname=connection.origin.host
    )
    if transport is None:
        raise ConnectionResetError("the connection was closed in the TLS handshake")
    connection.adopt(transport)
