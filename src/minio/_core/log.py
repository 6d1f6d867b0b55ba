"""The logger `minio`.

The module `logging` is imported when there is something to log: until a program has imported it, nobody has asked for
messages of a level below WARNING.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger

DEBUG = 10
INFO = 20


@cache
def logger() -> Logger:
    """Return the logger."""
    from logging import getLogger

    return getLogger("minio")


def is_logged(level: int) -> bool:
    """Return whether messages of a level below WARNING are shown or stored."""
    return "logging" in sys.modules and logger().isEnabledFor(level)
