"""Ctrl-C at moments in which it would be lost."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from minio._core.wire.interrupts import Latch, interrupts_later, take


def test_interrupt_is_raised_at_the_end() -> None:
    steps = []
    with pytest.raises(KeyboardInterrupt), interrupts_later():
        signal.raise_signal(signal.SIGINT)
        steps.append("not lost, but later")
    assert steps == ["not lost, but later"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_interrupt() -> None:
    with interrupts_later():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interrupt_is_chained_to_an_error() -> None:
    with pytest.raises(KeyboardInterrupt) as caught, interrupts_later():
        signal.raise_signal(signal.SIGINT)
        raise ImportError("no such module")
    assert isinstance(caught.value.__context__, ImportError)


def test_custom_handlers_and_other_threads() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        with interrupts_later():
            signal.raise_signal(signal.SIGINT)
            assert not heard
        assert heard == [signal.SIGINT]
        thread = threading.Thread(target=lambda: interrupts_later().__enter__())
        thread.start()
        thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize(
    "wait", [lambda latch, items: latch.wait(), lambda latch, items: take(items), lambda latch, items: take(items, 60)]
)
def test_signal_that_does_not_wake_the_main_thread(wait: Callable[[Latch, Any], object]) -> None:
    """As when it arrives in the moment before the wait begins. Here the system gives it to another thread."""
    latch, items = Latch(), queue.SimpleQueue[None]()
    late, done = threading.Event(), threading.Event()

    def give_up() -> None:
        if not done.wait(60):
            late.set()
            latch.set()
            items.put(None)

    # The threads are started first: they would inherit the mask.
    threads = [threading.Thread(target=give_up), threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))]
    for thread in threads:
        thread.start()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with pytest.raises(KeyboardInterrupt):
            wait(latch, items)
    finally:
        done.set()
        for thread in threads:
            thread.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    assert not late.is_set()


def test_take() -> None:
    items = queue.SimpleQueue[int]()
    with pytest.raises(queue.Empty):
        take(items, 0)
    with pytest.raises(queue.Empty):
        take(items, -1)
    threading.Timer(0.7, items.put, (5,)).start()
    assert take(items, 60) == 5
