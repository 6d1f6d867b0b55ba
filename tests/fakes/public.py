"""What the package shows to its users."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import minio


def public_modules() -> Iterator[Any]:
    """Every module of the package without a private name in its path. The command line is a program, and no API."""
    yield minio
    for found in pkgutil.walk_packages(minio.__path__, "minio."):
        path = found.name.split(".")
        if "cli" not in path and not any(part.startswith("_") for part in path):
            yield importlib.import_module(found.name)


def public_callables() -> Iterator[tuple[str, Any]]:
    """Functions and classes of public modules, and the methods that users call."""
    for module in public_modules():
        for name in getattr(module, "__all__", vars(module)):
            value = getattr(module, name)
            if not name.startswith("_") and callable(value) and _ours(value):
                yield f"{module.__name__}.{name}", value
                for method, function in inspect.getmembers(value, inspect.isfunction):
                    if not method.startswith("_") and _ours(function):
                        yield f"{module.__name__}.{name}.{method}", function


def _ours(value: Any) -> bool:
    return str(getattr(value, "__module__", "")).startswith("minio")
