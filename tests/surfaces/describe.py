"""Describe the public surface of an installed release of the package `minio`, as JSON.

    python -m venv /tmp/other && /tmp/other/bin/pip install minio==7.2.20
    /tmp/other/bin/python tests/surfaces/describe.py > tests/surfaces/minio_7_2.json

The description has facts only: names, parameters with their kinds and defaults. `tests/test_surface.py` compares the
package under test with it, and uses the functions of this file for that.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

MODULES = (
    *("minio", "minio.api", "minio.commonconfig", "minio.credentials", "minio.credentials.credentials"),
    *("minio.credentials.providers", "minio.crypto", "minio.datatypes", "minio.deleteobjects", "minio.error"),
    *("minio.helpers", "minio.legalhold", "minio.lifecycleconfig", "minio.minioadmin", "minio.notificationconfig"),
    *("minio.objectlockconfig", "minio.replicationconfig", "minio.retention", "minio.select", "minio.signer"),
    *("minio.sse", "minio.sseconfig", "minio.tagging", "minio.time", "minio.versioningconfig", "minio.xml"),
)

FACADES = ("minio", "minio.api", "minio.credentials")
"""Modules whose imports are names for users. What other modules import is not part of their surface."""


def signature(function: Any) -> list[list[Any]] | None:
    """Return the parameters of a callable as [name, kind, default], or None if Python does not know them."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return None
    return [
        [item.name, item.kind.name, None if item.default is item.empty else repr(item.default)] for item in parameters
    ]


def members(cls: type) -> dict[str, Any]:
    """Return the public methods and properties of a class, with those that it inherits from its own package."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.partition(".")[0] != "minio":
            continue
        for name, value in vars(base).items():
            if not name.startswith("_") and (described := member(cls, name, value)) is not None:
                found[name] = described
    return dict(sorted(found.items()))


def member(cls: type, name: str, value: Any) -> Any:
    """Describe a member of a class: "property", or its kind and its parameters without `self`. Else None."""
    if isinstance(value, property):
        return "property"
    for kind in (classmethod, staticmethod):
        if isinstance(value, kind):
            return [kind.__name__, signature(getattr(cls, name))]
    return ["method", (signature(value) or [])[1:]] if isinstance(value, FunctionType) else None


def public(module: Any) -> dict[str, Any]:
    """Return what a module defines or passes on: classes and functions of the package, and plain values."""
    found = {}
    for name, value in sorted(vars(module).items()):
        if name.startswith("_") or name == "annotations":
            continue
        if isinstance(value, (bool, int, str)):
            found[name] = {"value": value}
        elif isinstance(value, (type, FunctionType)) and value.__module__.partition(".")[0] == "minio":
            found[name] = describe(value)
    return found


def describe(value: Any) -> dict[str, Any]:
    """Describe a class or a function."""
    described: dict[str, Any] = {"module": value.__module__, "parameters": signature(value)}
    if isinstance(value, type):
        described["members"] = members(value)
    return described


def main() -> None:
    """Print the description."""
    modules: dict[str, Any] = {name: public(importlib.import_module(name)) for name in MODULES}
    lines = []
    for module, names in modules.items():
        entries = [f"  {json.dumps(name)}: {json.dumps(item)}" for name, item in own(module, names, modules)]
        lines.append(f" {json.dumps(module)}: {{\n" + ",\n".join(entries) + "\n }")
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


def own(module: str, names: dict[str, Any], modules: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the names that belong to a module. A class is described once, where it is defined."""
    for name, item in names.items():
        home = item.get("module", module)
        if home == module or name not in modules.get(home, {}):
            yield name, {key: value for key, value in item.items() if key != "module"}
        elif module in FACADES:
            yield name, {"of": home}


if __name__ == "__main__":
    main()
