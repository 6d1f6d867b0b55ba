"""Resolve host names, and divide a time limit among several addresses."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from .shared import Run, shared

if TYPE_CHECKING:
    from ..wire.endpoint import Endpoint

Address: TypeAlias = "tuple[int, int, int, str, tuple[Any, ...]]"
"""An item of the result of `socket.getaddrinfo`."""


def numeric(host: str, port: int) -> Sequence[Address]:
    """Return the address if the host is a numeric address, or an empty list. This does not block."""
    try:
        return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


def look_up(host: str, port: int) -> Run:
    """Look up the addresses of a host on a thread that can be abandoned.

    `wait` of the result returns the addresses, or raises OSError if the host is unknown.
    """
    return shared(lambda: _addresses(host, port), ("resolve", host, port))


def _addresses(host: str, port: int) -> Sequence[Address]:
    try:
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host!r} is not the name of a host: {error}") from error
    if not found:
        raise OSError(f"the host {host} has no address")
    return found


def lead_to_one_server(one: Endpoint, other: Endpoint) -> bool:
    """Return whether two endpoints lead to one server: they have an address and port in common, or are both AWS.

    This may block: it looks up the hosts if only the names differ.
    """
    if one.aws and one.aws == other.aws:
        return True  # whatever the region in the name, a bucket is the same one
    if one.port != other.port:
        return False
    return one.host == other.host or bool(_ip_addresses(one) & _ip_addresses(other))


def _ip_addresses(endpoint: Endpoint) -> set[str]:
    """Return the IP addresses of an endpoint. The set is empty if the host is unknown."""
    try:
        return {address[4][0] for address in _addresses(endpoint.host, endpoint.port)}
    except OSError:
        return set()


def share(remaining: float, addresses: int) -> float:
    """Return the seconds for the next address: half of the remaining time, or all of it for the last address.

    An unreachable address, such as an IPv6 address on a network with only IPv4, leaves time for the others.
    """
    return remaining if addresses < 2 else remaining / 2
