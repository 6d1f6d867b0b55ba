"""Public names: users see the public module and class, whichever file contains the definition."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

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


class _ClassFunction:
    """A class method that is a plain function when it is read from the class.

    Packages that wrap a client, such as multiminio, take each public callable of `Minio` for a function.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._bound: dict[type[Any], Callable[..., Any]] = {}

    def __get__(self, instance: object, owner: type[Any]) -> Callable[..., Any]:
        if owner not in self._bound:  # pickle requires the same object each time
            self._bound[owner] = self._bind(owner)
        return self._bound[owner]

    def _bind(self, owner: type[Any]) -> Callable[..., Any]:
        function = self._function

        @functools.wraps(function)
        def bound(*args: Any, **kwargs: Any) -> Any:
            return function(owner, *args, **kwargs)

        signature = inspect.signature(function)
        signature = signature.replace(parameters=list(signature.parameters.values())[1:])
        vars(bound).update(__signature__=signature)
        bound.__module__, bound.__qualname__ = owner.__module__, f"{owner.__qualname__}.{function.__name__}"
        return bound


if TYPE_CHECKING:
    class_function = classmethod
else:
    class_function = _ClassFunction


def publish(module: str, names: Mapping[str, Any]) -> None:
    """Set `__module__` of the classes that a core module defines to the public module that exports them.

    Args:
        module: The public module. Tracebacks and pickles show it.
        names: The namespace of the defining module: its `vars()`.
    """
    for value in names.values():
        if inspect.isclass(value) and value.__module__ == names["__name__"]:
            value.__module__ = module
