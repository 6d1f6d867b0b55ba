"""Asynchronous writeback: ask the kernel to start writing a file's pages to disk."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

_WRITE = 2  # SYNC_FILE_RANGE_WRITE


def start_writeback(descriptor: int, offset: int, length: int) -> None:
    """Start writing these bytes to disk. This is only a hint: a later sync reports any errors."""
    function = _function()
    if function is not None:
        function(descriptor, offset, length, _WRITE)


@cache
def _function() -> Callable[..., Any] | None:
    """Return the C library's sync_file_range, which Python does not expose, or None if it is missing."""
    if sys.platform != "linux":
        return None
    try:
        import ctypes

        function = ctypes.CDLL(None).sync_file_range
    except (ImportError, OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return function
