"""Keyword arguments under the names that earlier releases gave them.

This table holds the arguments that only changed their name. Arguments of the documented API are in the signatures.
"""

from __future__ import annotations

from typing import Any

from .exceptions import InvalidArgumentTypeError

EARLIER_KEYWORDS = {
    # 4.x to 6.x name every key `sse`.
    "fget_object": {"sse": "ssec"},
    "get_object": {"sse": "ssec"},
    "select_object_content": {"opts": "request"},
    "stat_object": {"sse": "ssec"},
}
"""For each method: the earlier name of an argument, and its name in this release."""


def rename_keywords(names: dict[str, str], arguments: dict[str, Any]) -> None:
    """Give arguments their names of this release.

    Raises:
        InvalidArgumentTypeError: An argument is given under both names.
    """
    for earlier, name in names.items():
        if earlier in arguments:
            value = arguments.pop(earlier)
            if name in arguments:
                raise InvalidArgumentTypeError(f"{earlier} is an earlier name of {name}: give one of them")
            arguments[name] = value
