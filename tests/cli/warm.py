"""Runs `mio` in processes that need not import it.

One process has imported everything that commands import. For each command it makes a copy of itself.

What a command does is the same as after `python -m minio`: it has a process with its own arguments, directory,
environment and streams, runs `minio/__main__.py`, and ends as an interpreter does. Only the imports are not repeated,
which take more time than most commands do. Tests of the start, and of what is imported only when it is needed, start
an interpreter: so do all that run `mio` in a shell, in a terminal or beside other programs, and the examples of every
command.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # As after `python -m`. The neighbours of this file have the names of modules that others might mean.
    sys.path[0] = os.getcwd()

import atexit
import gc
import io
import json
import selectors
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib import import_module

AVAILABLE = hasattr(os, "fork") and hasattr(socket, "send_fds")
_OF_INTERPRETERS = ("PYTHON", "LC_", "LANG", "LD_")
"""The beginnings of the names of variables that are read when an interpreter starts, and never again."""
_NUMBER = struct.Struct("!q")
_PIECE = 1 << 16


class WarmProgram:
    """The process that is copied. It starts with the first command, and ends with this process."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._start_environ = _of_interpreters(environ)
        self._lock = threading.Lock()
        self._control: socket.socket | None = None

    def fits(self, environ: Mapping[str, str]) -> bool:
        """Whether an interpreter that starts in this environment is like the one that is copied."""
        return _of_interpreters(environ) == self._start_environ

    def run(
        self, arguments: Sequence[str], directory: str, environ: Mapping[str, str], input: bytes | None, seconds: float
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command as `subprocess.run` does. Standard input is empty if it is None."""
        with self._lock, ExitStack() as stack:
            control = self._control = self._control or self._start()
            ours, theirs = [], []
            for number in range(3):
                pair = os.pipe()
                ours.append(stack.enter_context(open(pair[number == 0], "wb" if number == 0 else "rb", buffering=0)))
                theirs.append(pair[number != 0])
            if input is None:
                os.close(theirs[0])
                theirs[0] = os.open(os.devnull, os.O_RDONLY)
            order = json.dumps([list(arguments), directory, dict(environ)]).encode()
            try:
                socket.send_fds(control, [_NUMBER.pack(len(order))], theirs)
            finally:
                for descriptor in theirs:
                    os.close(descriptor)
            control.sendall(order)
            process = _number(control)
            assert process is not None, "the process that is copied has ended"
            try:
                output, errors = _communicate(ours, input or b"", time.monotonic() + seconds)
            except BaseException:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
                raise
            finally:
                status = _number(control)
            assert status is not None, "the process that is copied has ended"
            return subprocess.CompletedProcess(list(arguments), status, output, errors)

    def _start(self) -> socket.socket:
        control, theirs = socket.socketpair()
        with theirs:
            running = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env=self._start_environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

        def stop() -> None:
            control.close()
            running.wait(60)

        atexit.register(stop)
        return control


def _of_interpreters(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(_OF_INTERPRETERS)}


def _communicate(streams: Sequence, data: bytes, end: float) -> tuple[bytes, bytes]:
    """Write standard input while standard output and standard error are read."""
    found: dict[object, list[bytes]] = {stream: [] for stream in streams[1:]}
    view = memoryview(data)
    with selectors.DefaultSelector() as waiting:
        for stream in found:
            waiting.register(stream, selectors.EVENT_READ)
        if data:
            os.set_blocking(streams[0].fileno(), False)
            waiting.register(streams[0], selectors.EVENT_WRITE)
        else:
            streams[0].close()
        while waiting.get_map():
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("the command has not ended in time")
            for key, _ in waiting.select(left):
                stream = key.fileobj
                if stream in found:
                    if piece := stream.read(_PIECE):
                        found[stream].append(piece)
                        continue
                else:
                    try:
                        view = view[stream.write(view[:_PIECE]) or 0 :]
                    except BrokenPipeError:
                        view = view[:0]
                    if view:
                        continue
                waiting.unregister(stream)
                stream.close()
    output, errors = (b"".join(pieces) for pieces in found.values())
    return output, errors


def _exactly(control: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size and (piece := control.recv(size - len(found))):
        found += piece
    return found


def _number(control: socket.socket) -> int | None:
    data = _exactly(control, _NUMBER.size)
    return _NUMBER.unpack(data)[0] if len(data) == _NUMBER.size else None


# What follows runs in the process that is copied, and in its copies.


def _import_everything() -> None:
    """Import what commands import, so that no copy has to."""
    from pkgutil import walk_packages

    import minio

    for found in walk_packages(minio.__path__, "minio."):
        if found.name.startswith(_PACKAGES):
            import_module(found.name)
    for name in ("encodings.idna", "google_crc32c", "lxml.etree", "runpy"):
        import_module(name)


_PACKAGES = tuple(f"minio.{name}." for name in ("_core", "aio", "cli", "credentials", "sync"))
"""The packages that need nothing but what the program itself needs."""


def _serve(control: socket.socket) -> None:
    """Make a copy for each order. Returns in a copy, which then is to run its command."""
    while True:
        header, descriptors, _, _ = socket.recv_fds(control, _NUMBER.size, 3)
        if not header:
            os._exit(0)
        header += _exactly(control, _NUMBER.size - len(header))
        arguments, directory, environ = json.loads(_exactly(control, *_NUMBER.unpack(header)))
        process = os.fork()
        if process == 0:
            control.close()
            _become(arguments, directory, environ, descriptors)
            return
        for descriptor in descriptors:
            os.close(descriptor)
        try:
            control.sendall(_NUMBER.pack(process))
            _, status = os.waitpid(process, 0)
            control.sendall(_NUMBER.pack(os.waitstatus_to_exitcode(status)))
        except BrokenPipeError:
            os._exit(0)


def _become(arguments: list[str], directory: str, environ: dict[str, str], descriptors: list[int]) -> None:
    """Be what an interpreter is when it has started."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.path[0] = os.getcwd()
    sys.argv[1:] = arguments
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        raw = open(number, "wb" if number else "rb", closefd=False)  # noqa: SIM115  (it is open until the end)
        new = io.TextIOWrapper(raw, old.encoding, old.errors, newline="\n", line_buffering=name == "stderr")
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


if __name__ == "__main__":
    _import_everything()
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    import runpy

    runpy.run_module("minio", run_name="__main__", alter_sys=True)
