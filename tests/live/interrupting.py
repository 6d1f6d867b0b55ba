"""A program that writes objects and is interrupted by Ctrl-C again and again. `test_interrupts.py` runs it.

    python interrupting.py ENDPOINT ACCESS_KEY SECRET_KEY BUCKET SCENE HOW COUNT

HOW is "opcode": each interrupt arrives at a different bytecode instruction of the main thread; "twice": a second one
arrives during the clean-up after the first; or "time": after a varying delay, possibly during a wait, and once more
shortly after. Prints, as JSON, what was left behind and how often each outcome occurred.
"""

from __future__ import annotations

import gc
import io
import json
import signal
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

from minio import Minio

BLOCK = bytes(1 << 20)
BLOCKS = 6
SIZE = BLOCKS * len(BLOCK)
TRACED = ("/minio/", "/threading.py", "/contextlib.py", "/queue.py", "/interrupting.py")
SETTLE = 45.0
"""Seconds for a thread to end: longer than any clean-up takes."""


def binary(client: Minio, bucket: str, key: str) -> None:
    with client.open_object(bucket, key, "wb") as file:
        for _ in range(BLOCKS):
            file.write(BLOCK)


def text(client: Minio, bucket: str, key: str) -> None:
    with client.open_object(bucket, key, "w", encoding="ascii") as file:
        for _ in range(BLOCKS):
            file.write(BLOCK.decode())


def layer(client: Minio, bucket: str, key: str) -> None:
    with client.open_object(bucket, key, "wb") as raw, io.BufferedWriter(raw) as file:
        for _ in range(BLOCKS):
            file.write(BLOCK)


def plain(client: Minio, bucket: str, key: str) -> None:
    file = client.open_object(bucket, key, "wb")
    for _ in range(BLOCKS):
        file.write(BLOCK)
    file.close()


def small(client: Minio, bucket: str, key: str) -> None:
    with client.open_object(bucket, key, "wb") as file:
        file.write(BLOCK)


def put(client: Minio, bucket: str, key: str) -> None:
    client.put_object(bucket, key, BLOCK * BLOCKS, SIZE, part_size=5 << 20, resume=False)


SCENES: dict[str, Callable[[Minio, str, str], None]] = {
    scene.__name__: scene for scene in (binary, text, layer, plain, small, put)
}


class Opcodes:
    """Interrupts at one instruction of the main thread, and again at one of the function calls after it."""

    def __init__(self, at: int, again: int | None = None) -> None:
        self.count = 0
        self._at = at
        self._again = again
        self._calls = 0

    def __enter__(self) -> Opcodes:
        if self._again is not None:
            sys.setprofile(self._profile)
        sys.settrace(self._trace)
        return self

    def __exit__(self, *error: object) -> None:
        sys.settrace(None)
        sys.setprofile(None)

    def _trace(self, frame: FrameType, event: str, value: Any) -> Any:
        if not any(name in frame.f_code.co_filename for name in TRACED) or (
            frame.f_code.co_name == "__exit__" and (frame.f_locals.get("self") is self)
        ):
            return None
        frame.f_trace_opcodes = True
        return self._step

    def _step(self, frame: FrameType, event: str, value: Any) -> Any:
        if event == "opcode":
            self.count += 1
            if self.count == self._at and sys.exc_info()[0] is StopIteration:
                # The end of `contextlib`'s `__exit__`. Python delivers no signal between these instructions; one that
                # is raised there leaves the handled StopIteration, and with it all frames, in the state of the thread.
                self._at += 1
            elif self.count == self._at:
                signal.raise_signal(signal.SIGINT)
        return self._step

    def _profile(self, frame: FrameType, event: str, value: Any) -> None:
        if self.count >= self._at and event == "call":
            self._calls += 1
            if self._calls == self._again and frame.f_code.co_name != "__exit__":
                signal.raise_signal(signal.SIGINT)


class Times:
    """Interrupts after a number of seconds, and once more shortly after."""

    def __init__(self, after: float, again: float) -> None:
        self._times = [after, again]

    def __enter__(self) -> Times:
        signal.signal(signal.SIGALRM, self._strike)
        signal.setitimer(signal.ITIMER_REAL, *self._times)
        return self

    def _strike(self, number: int, frame: FrameType | None) -> None:
        if self._times:
            self._times.pop()
            signal.raise_signal(signal.SIGINT)

    def __exit__(self, *error: object) -> None:
        stop_timer()  # unless a signal arrives right here, which ends this method
        self._times.clear()


def stop_timer() -> None:
    """Let the timer strike no more, also while the interpreter ends, which resets handlers."""
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0)


def play(injector: Any, call: Callable[[], None]) -> str:
    try:
        with injector:
            call()
    except KeyboardInterrupt:
        return "interrupted"
    return "done"


def writers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("minio-")]


def settled() -> list[str]:
    until = time.monotonic() + SETTLE
    gc.collect()
    while writers() and time.monotonic() < until:
        time.sleep(0.002)
    return writers()


def main() -> None:
    endpoint, access_key, secret_key, bucket, name, how, number = sys.argv[1:]
    warnings.simplefilter("ignore", ResourceWarning)
    client = Minio(endpoint, access_key, secret_key, secure=False, region="us-east-1")
    scene, count = SCENES[name], int(number)
    scene(client, bucket, "warm")
    with Opcodes(0) as whole:
        scene(client, bucket, "warm")
    begin = time.monotonic()
    scene(client, bucket, "warm")
    took = time.monotonic() - begin
    outcomes, left = Counter[str](), list[str]()
    for turn in range(1, count + 1):
        key = f"{name}-{how}-{turn}"
        if how == "time":
            injector: Any = Times(max(0.001, 1.2 * took * turn / count), 0.002)
        else:
            injector = Opcodes(whole.count * turn // count, turn % 37 + 1 if how == "twice" else None)
        outcomes[play(injector, lambda key=key: scene(client, bucket, key))] += 1  # type: ignore[misc]
        left += [f"{key}: {thread}" for thread in settled()]
    stop_timer()
    found = {item.object_name: item.size for item in client.list_objects(bucket, f"{name}-{how}-")}
    size = len(BLOCK) if name == "small" else SIZE
    print(
        json.dumps(
            {
                "threads": left,
                "uploads": [upload.object_name for upload in client.list_incomplete_uploads(bucket, recursive=True)],
                "halves": [key for key, length in found.items() if length != size],
                "outcomes": outcomes,
                "stored": len(found),
                "instructions": whole.count,
            }
        )
    )


if __name__ == "__main__":
    main()
