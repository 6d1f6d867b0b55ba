"""A simulated slow link: each connection has a delay, and its own bandwidth limit in each direction.

    python bench/slowlink.py 127.0.0.1:9000 --milliseconds 20 --megabytes 25

The program prints the address through which the server is reached, and runs until its standard input ends.
`milliseconds` is the round-trip time; half of it applies to each direction.
"""

from __future__ import annotations

import argparse
import queue
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

_BLOCK = 128 * 1024
_QUEUE = 0.02
"""Size of the link's buffer, in seconds at its full rate."""
_UNDER_WAY = 64
"""Maximum number of blocks on the link, so that a slow receiver slows down the sender."""


class SlowLink:
    """The link, in a separate process. A context manager."""

    def __init__(self, server: str, milliseconds: float, megabytes: float) -> None:
        self._command = [sys.executable, __file__, server, "--milliseconds", str(milliseconds)]
        self._command += ["--megabytes", str(megabytes)]
        self.endpoint = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0
        )
        assert self._process.stdout is not None
        self.endpoint = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="host:port")
    parser.add_argument("--milliseconds", type=float, default=20.0, help="round-trip time")
    parser.add_argument("--megabytes", type=float, default=25.0, help="MB per second, per connection and direction")
    arguments = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(f"127.0.0.1:{listener.getsockname()[1]}", flush=True)
    delay, rate = arguments.milliseconds / 2000, arguments.megabytes * 1e6
    threading.Thread(target=accept, args=(listener, arguments.server, delay, rate), daemon=True).start()
    sys.stdin.read()


def accept(listener: socket.socket, server: str, delay: float, rate: float) -> None:
    host, _, port = server.rpartition(":")
    while True:
        near, _ = listener.accept()
        far = socket.create_connection((host, int(port)))
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for source, target in ((near, far), (far, near)):
            line: Line = queue.Queue(_UNDER_WAY)
            threading.Thread(target=take, args=(source, line, delay, rate), daemon=True).start()
            threading.Thread(target=give, args=(target, line), daemon=True).start()


Line = queue.Queue[tuple[float, bytes]]


def take(source: socket.socket, line: Line, delay: float, rate: float) -> None:
    """Read at the rate of the link, and queue each block with the time at which its last byte arrives."""
    free = 0.0
    while True:
        try:
            block = source.recv(_BLOCK)
        except OSError:
            block = b""
        now = time.monotonic()
        free = max(free, now) + len(block) / rate
        line.put((free + delay, block))
        if not block:
            return
        # The buffer keeps the link busy, so a sleep that lasts too long does not reduce its rate.
        if free - now > _QUEUE:
            time.sleep(free - now - _QUEUE)


def give(target: socket.socket, line: Line) -> None:
    while True:
        due, block = line.get()
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        with suppress(OSError):
            if not block:
                target.shutdown(socket.SHUT_WR)
                return
            target.sendall(block)


if __name__ == "__main__":
    main()
