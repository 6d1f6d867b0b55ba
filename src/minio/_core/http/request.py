"""Format the head of a request."""

from __future__ import annotations

from collections.abc import Mapping

from ..wire.http1 import request_head
from ..wire.message import Outgoing


def render_head(outgoing: Outgoing, proxy_headers: Mapping[str, str] | None, expect: bool) -> bytes:
    """Return the head of a request in bytes.

    Args:
        outgoing: The request.
        proxy_headers: Headers for a proxy that forwards the request and needs the absolute URL. None without a proxy.
        expect: Send `Expect: 100-continue`.

    Raises:
        InvalidArgumentError: A header cannot be sent.
    """
    if outgoing.head and proxy_headers is None and not expect:
        return outgoing.head
    target, headers = outgoing.target, outgoing.headers
    if proxy_headers is not None:
        # A proxy derives Host from the target. Host is signed, so both must be identical.
        host = next((value for name, value in headers.items() if name.lower() == "host"), str(outgoing.origin))
        target = f"{outgoing.origin.scheme}://{host}{target}"
        headers = {**headers, **proxy_headers}
    if expect:
        headers = {**headers, "Expect": "100-continue"}
    return request_head(outgoing.method, target, headers)
