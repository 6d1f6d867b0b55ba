"""The standard streams, when they are closed, full or without a reader. Importing this imports nothing else."""

from __future__ import annotations

import os
import sys

_FAILED, _CLOSED_PIPE = 1, 141


def open_missing() -> None:
    """Give the program the standard streams that it was started without (`>&-`).

    Reading and writing them fails, as for any other program, and no file that is opened later gets their numbers.
    Messages go nowhere.
    """
    for name, mode, opened in (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.open(os.devnull, opened), mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def show(text: str) -> int:
    """Write a text to standard output, and return the exit status."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        close_stdout()
        return _CLOSED_PIPE
    except OSError as error:
        close_stdout()
        print(f"mio: standard output cannot be written: {error.strerror}", file=sys.stderr)
        return _FAILED
    return 0


def close_stdout() -> None:
    """Let the interpreter end without an error after standard output has failed."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
