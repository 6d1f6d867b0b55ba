"""The event loop on which a blocking client makes many calls at a time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextvars import copy_context

import pytest

from minio._core.transfer.aio.private_loop import PrivateLoop


def interrupt() -> None:
    raise KeyboardInterrupt("of the caller")


async def interrupted_at_its_end() -> None:
    # This runs after the coroutine has ended, and before the loop stops for it.
    asyncio.get_running_loop().call_soon(interrupt)


async def undisturbed() -> int:
    await asyncio.sleep(0)
    return 7


def test_interrupt_at_the_end_of_one_run_does_not_end_the_next() -> None:
    loop = PrivateLoop()
    try:
        with pytest.raises(KeyboardInterrupt):
            loop.run(interrupted_at_its_end, copy_context())
        assert loop.run(undisturbed, copy_context()) == 7
    finally:
        loop.close()


def test_errors_of_a_coroutine_are_not_taken_for_such_an_end() -> None:
    async def failing() -> None:
        raise RuntimeError("of the coroutine")

    loop = PrivateLoop()
    try:
        with pytest.raises(RuntimeError, match="of the coroutine"):
            loop.run(failing, copy_context())
    finally:
        loop.close()


INTERRUPTED_IMPORT = """
import os, signal, sys
from minio import Minio

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "asyncio.streams":
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
        return None

assert "asyncio" not in sys.modules
sys.meta_path.insert(0, Interrupt())
client = Minio("localhost:1", "key", "secret")
try:
    list(client.get_objects("bucket", []))
except KeyboardInterrupt:
    print("interrupted")
print(list(client.get_objects("bucket", [])))
"""


def test_interrupt_during_the_first_import_of_asyncio_breaks_nothing() -> None:
    """An interrupted import leaves parts of a package that Python does not import again."""
    done = subprocess.run([sys.executable, "-c", INTERRUPTED_IMPORT], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("interrupted\n[]\n", "")
