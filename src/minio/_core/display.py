"""The `repr` of results.

Values are shown as `Class(name=value, ...)`. Live objects, such as files and responses, are shown as
`<Class name=value ...>`. Both are on one line. Attributes that are None are omitted. Times are shown as by `str`.

Laws: only listed attributes are shown, so secrets never are; a repr sends no request; a repr never raises because
the object is closed or only partly initialized.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

C = TypeVar("C", bound=type[Any])


def shows(*names: str, live: bool = False, state: str = "") -> Callable[[C], C]:
    """Add a repr to a class, replacing the one that `dataclass` generates.

    Args:
        names: The attributes to show, in this order. A dataclass without names shows all its fields. "label=path"
            shows the attribute at a dotted path under another label. "name?" is shown only if it is true.
        live: Use angle brackets, for live objects.
        state: The name of a method that describes the state of a live object.
    """

    def decorate(cls: C) -> C:
        chosen = names or _field_names(cls)

        def __repr__(self: Any) -> str:
            shown = [text for name in chosen if (text := _shown(self, name))]
            if not live:
                return f"{type(self).__name__}({', '.join(shown)})"
            text = " ".join([type(self).__name__, *shown])
            return f"<{text}: {getattr(self, state)()}>" if state else f"<{text}>"

        __repr__.__qualname__ = f"{cls.__qualname__}.__repr__"
        __repr__.__module__ = cls.__module__
        cls.__repr__ = __repr__  # type: ignore[assignment]
        return cls

    return decorate


def _field_names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(cls) if item.repr) if hasattr(cls, "__dataclass_fields__") else ()


def _shown(owner: Any, name: str) -> str:
    """Format an attribute with its label. Return "" if there is nothing to show."""
    label, _, path = name.rstrip("?").partition("=")
    value = owner
    try:
        for step in (path or label).split("."):
            value = getattr(value, step)
    except (AttributeError, ValueError):  # partly initialized, or a detached file
        return ""
    if value is None or (name.endswith("?") and not value):
        return ""
    return f"{label}={value if isinstance(value, datetime) else repr(value)}"
