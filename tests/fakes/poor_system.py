"""A pytest plugin (`-p fakes.poor_system`) that removes what Windows lacks before the package is imported."""

from __future__ import annotations

import asyncio  # these two check at import time what the system offers
import os
import select
import shutil
import sys
from typing import Any

assert asyncio
assert "minio" not in sys.modules

MISSING = {
    os: ("pread", "pwrite", "preadv", "pwritev", "sendfile", "posix_fallocate"),
    select: ("poll",),
}
for module, names in MISSING.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
system: Any = shutil
system._USE_CP_SENDFILE = False
sys.modules["fcntl"] = None  # type: ignore[assignment]
