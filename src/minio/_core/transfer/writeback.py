"""Telling the system to begin writing a file's pages to the disk, without waiting for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

_WRITE = 2  # SYNC_FILE_RANGE_WRITE


def start_writeback(descriptor: int, offset: int, length: int) -> None:
    """Begin to write these bytes to the disk. A hint: it promises nothing, and errors are left to a later sync."""
    function = _function()
    if function is not None:
        function(descriptor, offset, length, _WRITE)


@cache
def _function() -> Callable[..., Any] | None:
    """The C library's sync_file_range, which Python does not offer; None where there is none."""
    if sys.platform != "linux":
        return None
    try:
        import ctypes

        function = ctypes.CDLL(None).sync_file_range
    except (ImportError, OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return function
