"""Finish the imports of other threads before a fork.

Calls import some modules inside functions. A forked child inherits the import lock of a module that another thread is
importing at that moment. Nothing in the child releases this lock, so the first call that imports the module blocks
forever. Importing a loaded module takes no lock. Therefore all modules that a call may import are loaded before a fork,
which also waits for imports in progress.
"""

from __future__ import annotations

import hmac
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module

OTHER_PACKAGES = (
    "awscrt.checksums",
    "base64",
    "certifi",
    "configparser",
    "copy",
    "ctypes",
    "email.utils",
    "encodings.idna",
    "fcntl",
    "google_crc32c",
    "http.client",
    "httptools",
    "importlib.util",
    "inspect",
    "ipaddress",
    "json",
    "lxml.etree",
    "msvcrt",
    "pkgutil",
    "platform",
    "random",
    "secrets",
    "shlex",
    "socket",
    "ssl",
    "stringprep",
    "subprocess",
    "tempfile",
    "termios",
    "unicodedata",
    "urllib.request",
    "urllib3",
    "urllib3.exceptions",
)
"""Modules of other packages that calls import inside functions, or that the standard library imports for them."""
ASYNC_OTHER_PACKAGES = ("asyncio",)
"""The same, for asynchronous clients. No module is loaded here that registers fork handlers for the parent: only those
that run after the fork would be called, and release what nothing has acquired."""
ADMIN_OTHER_PACKAGES = ("argon2.low_level", "cryptography.exceptions", "cryptography.hazmat.primitives.ciphers.aead")
"""The same, for admin clients."""
ADMIN_MODULES = ("minio.minioadmin", "minio.crypto")
"""Modules that only admin clients import. If one of them is loaded, the program uses admin clients."""
ASYNC_PREFIXES = (
    "asyncio", "minio.aio", "minio._core.http.aio", "minio._core.transfer.aio", "minio._core.transfer.running"
)  # fmt: skip
"""Prefixes of the modules that only asynchronous clients import."""
NOT_FOR_CALLS = (
    "minio.__main__",
    "minio._transfers",
    "minio.cli",
    "minio.fs",
    "minio.local",
    "minio.otel",
    "minio.progress",
    "minio.pytest",
)
"""Modules that no call imports."""


_finished: tuple[bool, bool] | None = None
"""None until the modules have been loaded, then whether those of asynchronous and of admin clients were included."""


def finish_imports() -> None:
    """Load all modules that calls import inside functions, unless no other thread exists that could be importing."""
    global _finished
    asynchronous = "minio.aio" in sys.modules
    admin = not sys.modules.keys().isdisjoint(ADMIN_MODULES)
    if _finished == (asynchronous, admin) or threading.active_count() == 1:
        return
    others = (*(ASYNC_OTHER_PACKAGES if asynchronous else ()), *(ADMIN_OTHER_PACKAGES if admin else ()))
    for name in (*OTHER_PACKAGES, *others, *modules(asynchronous, admin)):
        with suppress(ImportError):  # not available on this system
            import_module(name)
    _initialize_openssl()
    _finished = asynchronous, admin


def _initialize_openssl() -> None:
    # OpenSSL initializes itself under a lock when it is first used; a child would inherit that lock, too.
    hmac.digest(b"key", b"", "sha256")
    with suppress(ImportError):
        ssl = import_module("ssl")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def modules(asynchronous: bool, admin: bool = False) -> Iterator[str]:
    """Return the names of this package's modules that calls may import. A package comes before its modules."""
    package = sys.modules[__name__.partition(".")[0]]
    without = NOT_FOR_CALLS + (() if asynchronous else ASYNC_PREFIXES) + (() if admin else ADMIN_MODULES)
    return _walk(package.__path__, f"{package.__name__}.", without)


def _walk(path: Iterable[str], prefix: str, without: tuple[str, ...]) -> Iterator[str]:
    from pkgutil import iter_modules

    for found in iter_modules(path, prefix):
        if not found.name.startswith(without):
            yield found.name
            if found.ispkg:
                yield from _walk(import_module(found.name).__path__, f"{found.name}.", without)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=finish_imports)
