"""Run a server for as long as the process that asked for it lives. A script: it imports only the standard library.

    python -I -S _guard.py '{"grace": 6, "leftovers": [...], "abandoned": "DIRECTORY"}' COMMAND...

The server is stopped (SIGTERM, after so many seconds of grace SIGKILL) when a byte or the end comes from standard
input, when the parent is gone, and when this process gets SIGTERM. The leftovers are files to remove in any case; the
abandoned directory is removed only when the parent died, since a living parent still wants to read the log in it.
The guard, the server and the server's children are one process group, which the parent has made.
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

_TOLD, _ALONE, _ENDED = "told", "alone", "ended"


def main(arguments: list[str]) -> int:
    plan = json.loads(arguments[0])
    # A SimpleQueue may be put to in a signal handler, which an Event may not.
    news: SimpleQueue[str] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: news.put(_TOLD))
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
    news.put(_TOLD if os.read(0, 1) else _ALONE)


def _attend(news: SimpleQueue[str], server: subprocess.Popen[bytes]) -> None:
    server.wait()
    news.put(_ENDED)


def _next_word(news: SimpleQueue[str], parent: int) -> str:
    """What ends the watch. The parent is looked for as well, since a fork of it may hold the pipe open."""
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
        os.killpg(0, signal.SIGTERM)  # this process among them: its handler makes nothing of it
    else:
        server.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
