"""`FoldCaseDict` of the 3.x API: a dict whose keys are case-insensitive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

__all__ = ["FoldCaseDict"]


class FoldCaseDict(dict[Any, Any]):
    """A dict whose keys are case-insensitive. They are kept in lower case."""

    def __init__(self, dictionary: Mapping[Any, Any] | None = None) -> None:
        super().__init__({_fold(key): value for key, value in (dictionary or {}).items()})

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(_fold(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_fold(key), value)

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(_fold(key))

    def __contains__(self, key: Any) -> bool:
        return super().__contains__(_fold(key))

    has_key = __contains__

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value of a key, else the default."""
        return super().get(_fold(key), default)

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove a key and return its value, else the default."""
        return super().pop(_fold(key), *default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the value of a key. Set it to the default if it is missing."""
        return super().setdefault(_fold(key), default)

    # A dict takes pairs too, but the 3.x class takes mappings only.
    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set the values of another mapping."""
        MutableMapping.update(self, *args, **kwargs)

    def copy(self) -> FoldCaseDict:
        """Return a copy."""
        return FoldCaseDict(self)

    def iteritems(self) -> Iterator[tuple[Any, Any]]:
        """Iterate over the items."""
        return iter(self.items())

    def iterkeys(self) -> Iterator[Any]:
        """Iterate over the keys."""
        return iter(self)

    def itervalues(self) -> Iterator[Any]:
        """Iterate over the values."""
        return iter(self.values())


def _fold(key: Any) -> Any:
    return key.lower() if isinstance(key, str) else key
