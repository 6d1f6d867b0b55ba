"""Resolve host names, and divide a time limit among several addresses."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, TypeAlias

from .shared import Run, shared

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


def share(remaining: float, addresses: int) -> float:
    """Return the seconds for the next address: half of the remaining time, or all of it for the last address.

    An unreachable address, such as an IPv6 address on a network with only IPv4, leaves time for the others.
    """
    return remaining if addresses < 2 else remaining / 2
