"""Runs `mio` under a pseudoterminal."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from cli.program import Done, Program


def run_in_terminal(program: Program, *arguments: object, typed: bytes = b"", **environ: str) -> Done:
    """Run a command whose standard streams are a terminal, and return what it wrote.

    Args:
        program: The program.
        arguments: Its arguments.
        typed: What is typed, without waiting for a question.
        environ: Environment variables.
    """
    with Terminal(program, *arguments, **environ) as terminal:
        terminal.type(typed)
        return terminal.end()


class Terminal:
    """A command that runs in a terminal: what it shows is waited for, and answers are typed.

    Args:
        program: The program.
        arguments: Its arguments.
        stdout: Where standard output goes, if not to the terminal.
        command: A command to run in the environment of the program instead.
        environ: Environment variables.
    """

    def __init__(
        self,
        program: Program,
        *arguments: object,
        stdout: int | None = None,
        command: Sequence[str] | None = None,
        **environ: str,
    ) -> None:
        import pty

        self._leader, follower = pty.openpty()
        streams = {"stdin": follower, "stdout": follower if stdout is None else stdout, "stderr": follower}
        self.running: subprocess.Popen[bytes] = subprocess.Popen(
            [*(command or program.command), *map(str, arguments)],
            cwd=program.directory,
            env={**program.environ, "TERM": "xterm", **environ},
            preexec_fn=_take_terminal,
            start_new_session=True,
            **streams,
        )
        os.close(follower)
        self.shown = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self.running.poll() is None:
            self.running.kill()
            self.running.wait(60)
        os.close(self._leader)

    def type(self, data: bytes) -> None:
        """Type something."""
        if data:
            os.write(self._leader, data)

    def wait_for(self, words: bytes, seconds: float = 60) -> bytes:
        """Wait until these words are shown, and return all that was shown."""
        end = time.monotonic() + seconds
        while words not in self.shown:
            assert time.monotonic() < end, self.shown
            assert self._read(), self.shown
        return self.shown

    def end(self, seconds: float = 120) -> Done:
        """Wait for the end of the program, and return all that was shown."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._read():
            pass
        return Done(self.running.wait(60), self.shown.replace(b"\r\n", b"\n"), "")

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        import termios

        return bool(termios.tcgetattr(self._leader)[3] & termios.ECHO)

    def _read(self) -> bool:
        """Read what comes within a tenth of a second, and return whether there may be more."""
        if not select.select([self._leader], [], [], 0.1)[0]:
            return self.running.poll() is None
        try:
            data = os.read(self._leader, 65536)
        except OSError:  # the other side is closed
            return False
        self.shown += data.replace(b"\a", b"")
        return bool(data)


def _take_terminal() -> None:
    """Make the terminal the one that Ctrl-C is typed on."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
