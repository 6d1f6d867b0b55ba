"""Ctrl-C that comes while a module is loaded that would drop it."""

from __future__ import annotations

import signal
import threading

import pytest

from minio._core.wire.interrupts import interrupts_later


def test_it_comes_at_the_end() -> None:
    steps = []
    with pytest.raises(KeyboardInterrupt), interrupts_later():
        signal.raise_signal(signal.SIGINT)
        steps.append("not lost, but later")
    assert steps == ["not lost, but later"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_one() -> None:
    with interrupts_later():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_goes_first_and_the_interrupt_with_it() -> None:
    with pytest.raises(KeyboardInterrupt) as caught, interrupts_later():
        signal.raise_signal(signal.SIGINT)
        raise ImportError("no such module")
    assert isinstance(caught.value.__context__, ImportError)


def test_handlers_of_ones_own_and_other_threads() -> None:
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
