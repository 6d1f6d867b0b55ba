"""Public names: users see the public module and class, whichever file contains the definition."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def public_names(cls: type[T]) -> type[T]:
    """Set the qualified names of all methods, including inherited ones, to those of this class.

    Python shows these names in errors and warnings ("coroutine 'AsyncMinio.put_object' was never awaited"). The bases
    are the parts of this class, and no other class uses them.
    """
    for base in cls.__mro__[:-1]:
        for name, member in vars(base).items():
            while inspect.isfunction(member) and member.__module__.startswith(_PACKAGE):
                member.__qualname__ = f"{cls.__qualname__}.{name}"
                member.__module__ = cls.__module__
                member = getattr(member, "__wrapped__", None)  # the function that a decorator wraps
    return cls


_PACKAGE = __name__.partition(".")[0] + "."


def publish(module: str, names: Mapping[str, Any]) -> None:
    """Set `__module__` of the classes that a core module defines to the public module that exports them.

    Args:
        module: The public module. Tracebacks and pickles show it.
        names: The namespace of the defining module: its `vars()`.
    """
    for value in names.values():
        if inspect.isclass(value) and value.__module__ == names["__name__"]:
            value.__module__ = module
