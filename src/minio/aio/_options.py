"""Options that are set for some calls: a client that keeps a deadline."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from ._seam import limited

_UNLIMITED = frozenset({"close", "listen_bucket_notification", "set_app_info", "trace_off", "trace_on", "with_options"})


@cache
def limited_class(cls: Any) -> Any:
    """The same class, but each call of a client keeps the client's deadline.

    A class of its own, so that calls without a deadline cost nothing.
    """
    names = {name for base in cls.__mro__ for name in vars(base) if not name.startswith("_")} - _UNLIMITED
    members = {
        name: limited(getattr(cls, name)) for name in names if inspect.isfunction(inspect.getattr_static(cls, name))
    }
    told = {name: getattr(cls, name) for name in ("__module__", "__qualname__", "__doc__")}
    return type(cls)(cls.__name__, (cls,), {**members, **told, "__reduce__": _reduce, "_unlimited": cls})


def _reduce(client: Any) -> tuple[Any, ...]:
    return _revive, (client._unlimited, client.__getstate__())


def _revive(cls: Any, state: Any) -> Any:
    client = object.__new__(limited_class(cls))
    client.__setstate__(state)
    return client
