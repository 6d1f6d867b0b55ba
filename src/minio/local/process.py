"""The server process, and the guard process between it and this one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_GUARD = str(Path(__file__).with_name("_guard.py"))
_GRACE = 6.0


@dataclass(frozen=True)
class Plan:
    """What to run, where to run it, and what to remove afterwards."""

    command: Sequence[str]
    root: Path
    log: Path
    environment: Mapping[str, str]
    leftovers: Sequence[str] = ()
    abandoned: Path | None = None
    held: Sequence[int] = ()


class GuardedProcess:
    """A running server. It ends when it is stopped, or when this process ends for any reason.

    Args:
        plan: The server's command and environment. The descriptors in `held`, and with them their locks, stay open
            until the server has ended.
    """

    def __init__(self, plan: Plan) -> None:
        task = {
            "grace": _GRACE,
            "leftovers": list(plan.leftovers),
            "abandoned": str(plan.abandoned) if plan.abandoned else "",
        }
        self._owner = os.getpid()
        with open(plan.log, "ab") as log:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", _GUARD, json.dumps(task), *plan.command],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=plan.root,
                env=dict(plan.environment),
                start_new_session=True,
                pass_fds=plan.held,
            )

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for the server to end and return its exit code, or None if it is still running after `seconds`."""
        try:
            return self._guard.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Stop the server, first gracefully and then by force. No process remains afterwards."""
        pipe = self._guard.stdin
        if os.getpid() != self._owner or pipe is None:
            return
        with suppress(OSError), pipe:
            pipe.write(b"q")
        if self.wait(_GRACE + 4) is None:
            self._kill()
            self._guard.wait()

    def _kill(self) -> None:
        if sys.platform == "win32":
            self._guard.kill()
        else:
            os.killpg(self._guard.pid, signal.SIGKILL)
