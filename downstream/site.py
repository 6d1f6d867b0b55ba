"""The servers, which run for as long as the dependents need them. They are the servers of this project's own tests."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

from minio.local import LocalServer

from .dependents import TLS
from .environments import PROJECT

sys.path.insert(0, str(PROJECT / "tests"))

from servers.live import Servers


@dataclass(frozen=True)
class Address:
    """Where a server is, and its keys."""

    name: str
    endpoint: str
    access_key: str
    secret_key: str
    ca_file: str | None

    @property
    def environment(self) -> dict[str, str]:
        """The variables that `uses/conftest.py` reads. `SSL_CERT_FILE` is for the dependents."""
        values = {
            "DOWNSTREAM_SERVER": self.name,
            "DOWNSTREAM_ENDPOINT": self.endpoint,
            "DOWNSTREAM_ACCESS_KEY": self.access_key,
            "DOWNSTREAM_SECRET_KEY": self.secret_key,
        }
        if self.ca_file:
            values |= {"DOWNSTREAM_CA_FILE": self.ca_file, "SSL_CERT_FILE": self.ca_file}
        return values


def start(names: Iterable[str], stack: ExitStack) -> dict[str, Address]:
    """Start servers, which end with the stack."""
    plain = Servers()
    stack.callback(plain.stop)
    found = {}
    for name in sorted(set(names)):
        server = stack.enter_context(LocalServer(tls=True)) if name == TLS else plain.get(name).backend
        found[name] = Address(name, server.endpoint, server.access_key, server.secret_key, server.ca_file)
    return found
