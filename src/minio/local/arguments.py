"""The checks of a local server's arguments. A server ignores what it cannot use, and would only time out."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

from minio._core.arguments import check_encodable, check_flag, check_type
from minio.error import InvalidArgumentError

from .engine import Engine

_IN_HEADERS = " ,=/"
"""Characters that divide the parts of an Authorization header. An access key is one of the parts."""


def check_keys(access_key: Any, secret_key: Any) -> None:
    """Check that servers accept the keys, and can read them in requests.

    Raises:
        InvalidArgumentError: A key is too short, or has a character that servers do not accept.
    """
    for name, key, least in (("access_key", access_key, 3), ("secret_key", secret_key, 8)):
        check_type(name, key, str)
        if len(key) < least:
            raise InvalidArgumentError(f"{name} must have at least {least} characters")
    if not (access_key.isascii() and access_key.isprintable()) or any(mark in access_key for mark in _IN_HEADERS):
        raise InvalidArgumentError(
            f"access_key {access_key!r} must have printable ASCII characters only, without blanks, ',', '=' and '/'"
        )
    check_encodable("secret_key", secret_key, secret=True)
    if not secret_key.isprintable() or secret_key != secret_key.strip():
        raise InvalidArgumentError("secret_key must not begin or end with white space, nor hold control characters")


def check_tls(engine: Engine, tls: Any) -> bool:
    """Return whether the server uses https.

    Raises:
        InvalidArgumentError: The engine has no https.
    """
    wanted = check_flag("tls", tls)
    if wanted and not engine.tls:
        raise InvalidArgumentError(f"tls: the engine {engine.name!r} has no https")
    return wanted


def check_port(port: Any) -> int:
    """Return the port, or 0 for any free one.

    Raises:
        InvalidArgumentError: It is not a port.
    """
    check_type("port", port, int)
    if isinstance(port, bool) or not 0 <= port <= 65535:
        raise InvalidArgumentError(f"port must be a number from 0 to 65535, not {port!r}")
    return int(port)


def check_timeout(timeout: Any) -> float:
    """Return the seconds that a server has to respond.

    Raises:
        InvalidArgumentError: The number is not above 0, or not finite.
    """
    check_type("timeout", timeout, (int, float))
    if isinstance(timeout, bool) or not 0 < timeout < math.inf:
        raise InvalidArgumentError(f"timeout must be a number of seconds above 0, not {timeout!r}")
    return float(timeout)


def check_environment(engine: Engine, environment: Any) -> dict[str, str]:
    """Return the additional environment variables.

    Raises:
        InvalidArgumentError: A variable is invalid, or is one by which the server receives its keys.
    """
    if environment is None:
        return {}
    check_type("environment", environment, Mapping)
    for name, value in environment.items():
        check_type("environment: a name", name, str)
        check_type(f"environment: {name}", value, str)
        if not name or "=" in name or "\0" in name + value:
            raise InvalidArgumentError(f"environment: {name!r} is not a name and a value that a process can have")
        if name in engine.key_variables:
            raise InvalidArgumentError(f"environment must not set {name}: give access_key and secret_key")
    return dict(environment)


def check_directory(directory: Any) -> str | os.PathLike[str] | None:
    """Return the directory, or None for a temporary one.

    Raises:
        InvalidArgumentError: It is not a path.
    """
    if directory is None:
        return None
    check_type("directory", directory, (str, os.PathLike))
    if not (path := os.fsdecode(directory)) or "\0" in path:
        raise InvalidArgumentError(f"directory {directory!r} is not a path")
    found: str | os.PathLike[str] = directory
    return found
