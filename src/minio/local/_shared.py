"""One local server for several processes, such as the workers of pytest-xdist.

A process of its own holds the server. Each user holds a connection to it, and the server stops when the last one is
closed. The system closes the connections of a process that crashes, so the server never outlives its users, and no user
has to wait for another one.

    python -m minio.local._shared ENGINE     starts a server, prints where it is, and holds it
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import LocalServerError
from .server import LocalServer

_FIRST_USER = 60.0
"""The seconds that a holder waits for its first user."""
_GREETING = 60.0
"""The seconds that a user waits for the greeting of a holder."""


@contextmanager
def shared_server(folder: Path, engine: str) -> Iterator[dict[str, str]]:
    """Use the server of a folder, which the first user starts. Yield its address and its keys.

    Raises:
        LocalServerError: The server cannot be started.
    """
    link, found = _join(folder, engine)
    with link:
        yield found


def _join(folder: Path, engine: str) -> tuple[socket.socket, dict[str, str]]:
    import fcntl

    address = folder / f"minio-{engine}.json"
    with open(folder / f"minio-{engine}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with suppress(OSError, ValueError):  # there is no holder yet, or it has just ended
            return _connect(json.loads(address.read_text("utf-8")))
        where = _start_holder(folder, engine)
        address.write_text(json.dumps(where), "utf-8")
        return _connect(where)


def _connect(where: dict[str, Any]) -> tuple[socket.socket, dict[str, str]]:
    """Connect to a holder. Its greeting proves that it has counted this user."""
    link = socket.create_connection(("127.0.0.1", where["port"]), timeout=_GREETING)
    try:
        with link.makefile("r", encoding="utf-8") as lines:
            greeting: dict[str, str] = json.loads(lines.readline())
        if greeting["token"] != where["token"]:
            raise ValueError("another program listens on this port")
        return link, greeting
    except BaseException:
        link.close()
        raise


def _start_holder(folder: Path, engine: str) -> dict[str, Any]:
    log = folder / f"minio-{engine}.log"
    with open(log, "wb") as errors:
        holder = subprocess.Popen(
            [sys.executable, "-m", "minio.local._shared", engine],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # Ctrl-C ends the users, and thereby the holder
        )
    assert holder.stdout is not None
    with holder.stdout as output:
        line = output.readline()
    if not line:
        holder.wait()
        raise LocalServerError(log.read_text("utf-8", "replace").strip().rpartition("\n")[2] or "no server was started")
    holder.returncode = 0  # it ends by itself, perhaps after this process
    where: dict[str, Any] = json.loads(line)
    return where


def hold(engine: str) -> None:
    """Start a server, print where this process listens for users, and hold the server for them."""
    token = os.urandom(16).hex()
    with LocalServer(engine=engine) as server, socket.create_server(("127.0.0.1", 0)) as listener:
        greeting = {
            "token": token,
            "endpoint": server.endpoint,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
        }
        print(json.dumps({"port": listener.getsockname()[1], "token": token}), flush=True)
        sys.stdout.close()
        _serve(listener, json.dumps(greeting).encode() + b"\n")


def _serve(listener: socket.socket, greeting: bytes) -> None:
    """Greet users until all of them are gone."""
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        users: set[socket.socket] = set()
        while events := selector.select(None if users else _FIRST_USER):
            for key, _ in events:
                if key.fileobj is listener:
                    user, _ = listener.accept()
                    user.sendall(greeting)
                    users.add(user)
                    selector.register(user, selectors.EVENT_READ)
                    continue
                user = next(each for each in users if each is key.fileobj)
                users.remove(user)
                selector.unregister(user)
                user.close()
            if not users:
                return


if __name__ == "__main__":
    try:
        hold(sys.argv[1])
    except LocalServerError as error:
        sys.exit(str(error))
