"""A urllib3 client with the settings of a transport, for programs that use `_http`.

Programs read a client's `_http` to change its time-outs or to close its connections, and tests patch
`urllib3.PoolManager.urlopen`. Both must affect the requests that the client sends.
"""

from __future__ import annotations

import os
import sys
import types
from typing import TYPE_CHECKING, Any

from ...wire.message import Origin
from ..proxy import parse_proxy
from ..settings import TransportSettings, authorities, proxy_for, ssl_context

if TYPE_CHECKING:
    from urllib3 import PoolManager, Retry


class _NotLoaded:
    class PoolManager:
        urlopen = None


class Known:
    """urllib3, once it is loaded, and its own `PoolManager.urlopen`.

    Transports compare the two before each request. That needs no function call.
    """

    urllib3: Any = _NotLoaded
    urlopen: Any = object()


_SIZE = 10


def default_retries() -> Retry:
    """Return the retries that a urllib3 client of this library shows to its callers."""
    from urllib3 import Retry

    return Retry(total=5, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504])


def is_default(retries: object) -> bool:
    """Return whether these are the retries of `default_retries`."""
    return hasattr(retries, "__dict__") and vars(retries) == vars(default_retries())


def is_patched() -> bool:
    """Return whether `urllib3.PoolManager.urlopen` was replaced, as tests do. It was not if urllib3 is not imported."""
    urllib3, poolmanager = sys.modules.get("urllib3"), sys.modules.get("urllib3.poolmanager")
    if urllib3 is None or poolmanager is None or not hasattr(urllib3, "PoolManager"):
        return False
    Known.urllib3 = urllib3
    found = urllib3.PoolManager.urlopen
    # Not by its name, which `functools.wraps` copies.
    if not isinstance(found, types.FunctionType) or found.__globals__ is not vars(poolmanager):
        return True
    Known.urlopen = found
    return False


def open_pool_manager(
    settings: TransportSettings, origin: Origin, options: dict[str, Any] | None = None
) -> PoolManager:
    """Return a urllib3 client for these settings.

    It has the size and the retries that programs for 7.2 expect. Unless the caller changes the retries, the calls retry
    by the rules of this library instead. It is a ProxyManager if there is a proxy for `origin`.

    Args:
        settings: The settings of the transport.
        origin: The server.
        options: The `connection_pool_kw` of another client to use instead.
    """
    import urllib3

    if options is None:
        timeout = urllib3.Timeout(connect=settings.connect_timeout, read=settings.read_timeout)
        options = {"timeout": timeout, "maxsize": _SIZE, "retries": default_retries(), **_tls(settings)}
    url = proxy_for(settings, origin)
    if url is None:
        return urllib3.PoolManager(**options)
    proxy = parse_proxy(url)
    to_proxy = ssl_context(settings) if proxy.origin.scheme == "https" else None
    return urllib3.ProxyManager(url, proxy_headers=proxy.headers(), proxy_ssl_context=to_proxy, **_own(options))


def _own(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options without those that a ProxyManager adds by itself."""
    return {name: value for name, value in options.items() if not name.startswith("_proxy")}


def _tls(settings: TransportSettings) -> dict[str, Any]:
    """Return the options for TLS as names of files: unlike a context, they can be read, changed and pickled."""
    import ssl

    pair = settings.client_cert if isinstance(settings.client_cert, tuple) else (settings.client_cert, None)
    options: dict[str, Any] = {"cert_file": pair[0], "key_file": pair[1], "ssl_minimum_version": ssl.TLSVersion.TLSv1_2}
    options = {name: value for name, value in options.items() if value is not None}
    if not settings.cert_check:
        return {**options, "cert_reqs": "CERT_NONE", "assert_hostname": False}
    path = authorities(settings)
    return {**options, "cert_reqs": "CERT_REQUIRED", "ca_cert_dir" if os.path.isdir(path) else "ca_certs": path}
