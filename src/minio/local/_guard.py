"""Run a server for as long as its parent process lives. This script imports only the standard library.

    python -I -S _guard.py '{"grace": 6, "leftovers": [...], "abandoned": "DIRECTORY"}' COMMAND...

The server is stopped (SIGTERM, then SIGKILL after the grace period in seconds) when standard input delivers a byte or
ends, when the parent is gone, or when this process receives SIGTERM. The leftovers are files that are always removed.
The abandoned directory is removed only if the parent died, since a living parent still needs the log in it. The
guard, the server and its children form one process group, which the parent has created.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from queue import Empty, SimpleQueue

SHOWN_BY_HEAD, _ALONE, _ENDED = "told", "alone", "ended"


def main(arguments: list[str]) -> int:
    plan = json.loads(arguments[0])
    # Unlike Event.set(), SimpleQueue.put() is safe in a signal handler.
    news: SimpleQueue[str] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: news.put(SHOWN_BY_HEAD))
    parent = os.getppid()
    server = subprocess.Popen(arguments[1:], stdin=subprocess.DEVNULL)
    for watch in (_listen, _attend):
        threading.Thread(target=watch, args=(news, server), daemon=True).start()
    word = _next_word(news, parent)
    code = _end(server, plan["grace"])
    for path in plan["leftovers"]:
        with suppress(OSError):
            os.unlink(path)
    if word == _ALONE and plan["abandoned"]:
        shutil.rmtree(plan["abandoned"], ignore_errors=True)
    return code if code >= 0 else 128 - code


def _listen(news: SimpleQueue[str], server: subprocess.Popen[bytes]) -> None:
    news.put(SHOWN_BY_HEAD if os.read(0, 1) else _ALONE)


def _attend(news: SimpleQueue[str], server: subprocess.Popen[bytes]) -> None:
    server.wait()
    news.put(_ENDED)


def _next_word(news: SimpleQueue[str], parent: int) -> str:
    """Return why the watch ended. The parent is polled as well, since a fork of it may keep the pipe open."""
    while True:
        with suppress(Empty):
            return news.get(timeout=0.5)
        if os.getppid() != parent:
            return _ALONE


def _end(server: subprocess.Popen[bytes], grace: float) -> int:
    _terminate(server)
    try:
        return server.wait(grace)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


def _terminate(server: subprocess.Popen[bytes]) -> None:
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGTERM)  # this includes the guard, whose signal handler ignores it
    else:
        server.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
