"""Load public names on first access, with errors that explain why a name cannot be loaded."""

from __future__ import annotations

from importlib import import_module


def load(name: str, module: str, package: str) -> object:
    """Import a module of the package, and return its attribute of this name.

    Raises:
        ImportError: The module cannot be imported; the cause is chained. An AttributeError is converted as well: raised
            from a module's `__getattr__`, it would make Python report "cannot import name" without the cause.
    """
    try:
        return getattr(import_module(module, package), name)
    except Exception as error:
        raise _explained(error, name, package) from error


def load_module(name: str, package: str) -> object:
    """Import a module of the package.

    Raises:
        ImportError: The module cannot be imported; the cause is chained.
    """
    try:
        return import_module(f".{name}", package)
    except Exception as error:
        raise _explained(error, name, package) from error


def _explained(error: Exception, name: str, package: str) -> ImportError:
    full_name = f"{package}.{name}"
    return ImportError(f"{full_name} cannot be loaded: {type(error).__name__}: {error}{_shadow()}", name=full_name)


def _shadow() -> str:
    """Return a note on files that shadow a module of the standard library."""
    import os
    import sys

    home = os.path.dirname(os.path.realpath(os.__file__))
    found = []
    for name in sorted(sys.stdlib_module_names):
        path = getattr(sys.modules.get(name), "__file__", None)
        if path and not os.path.realpath(path).startswith((home, sys.base_exec_prefix, sys.base_prefix)):
            found.append(path)
    if not found:
        return ""
    return f". {', '.join(found)} hides a module of the standard library of the same name: rename that file"
