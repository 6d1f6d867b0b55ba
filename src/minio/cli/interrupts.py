"""Ctrl-C and SIGTERM.

The laws:

* The first signal ends the command in an orderly way: it starts nothing new, keeps what can be resumed, and prints its
  summary. If that takes longer than `GRACE` seconds, the process ends at once.
* A second signal ends the process at once.
* A signal that the parent process ignores, as shells do for background jobs, stays ignored.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

from .errors import INTERRUPTED, TERMINATED

GRACE = 1.8


class Terminated(KeyboardInterrupt):
    """SIGTERM was received. The library treats it like Ctrl-C."""


def install() -> None:
    """Handle the signals from now on."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN:
        signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    status = TERMINATED if number == signal.SIGTERM else INTERRUPTED
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, frame: os._exit(status))
    timer = threading.Timer(GRACE, os._exit, (status,))
    timer.daemon = True
    timer.start()
    raise Terminated if number == signal.SIGTERM else KeyboardInterrupt
