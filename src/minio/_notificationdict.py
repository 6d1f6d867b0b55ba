"""Checks of the documented notification dict. Each message names the place as a Python expression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from ._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError

T = TypeVar("T")


def expect(value: object, kind: type[T], path: str) -> T:
    if not isinstance(value, kind):
        raise InvalidArgumentTypeError(f"{path} must be a {kind.__name__}, not {type(value).__name__}")
    return value


def filled(value: object, path: str) -> str:
    if value is None:
        raise InvalidArgumentError(f"{path} is missing")
    if not expect(value, str, path):
        raise InvalidArgumentError(f"{path} must not be empty")
    return cast("str", value)


def known(value: object, path: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """Check that a value is a dict with no other keys than these."""
    found = dict(value) if isinstance(value, Mapping) else expect(value, dict, path)
    for key in found:
        if key not in keys:
            raise InvalidArgumentError(f"{path} has the unknown key {key!r}; known are {', '.join(keys)}")
    return found


def texts(value: object, path: str) -> list[str]:
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
        raise InvalidArgumentTypeError(f"{path} must be a list, not {type(value).__name__}")
    items = [expect(item, str, f"{path}[{index}]") for index, item in enumerate(value)]
    if not items:
        raise InvalidArgumentError(f"{path} must not be empty")
    return items


def entry_id(value: object, path: str) -> str:
    """Return the id of an entry. The documented API also allows bytes."""
    if not isinstance(value, bytes):
        return expect(value, str, path)
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise InvalidArgumentError(f"{path} is not UTF-8: {value!r}") from error


def event_names(value: object, path: str) -> list[str]:
    if value is None:
        raise InvalidArgumentError(f"{path} is missing")
    names = texts(expect(value, list, path), path)
    for index, name in enumerate(names):
        if not name.removeprefix("s3:") or not name.startswith("s3:"):
            raise InvalidArgumentError(f"{path}[{index}] must be an event such as 's3:ObjectCreated:*', not {name!r}")
    return names


def filter_rules(value: object, path: str) -> list[dict[str, str]]:
    key = known(value, path, ("Key",)).get("Key")
    rules = known(key, f"{path}['Key']", ("FilterRules",)).get("FilterRules")
    path = f"{path}['Key']['FilterRules']"
    if not expect(rules, list, path):
        raise InvalidArgumentError(f"{path} must not be empty")
    return [_filter_rule(item, f"{path}[{index}]") for index, item in enumerate(cast("list[object]", rules))]


def _filter_rule(value: object, path: str) -> dict[str, str]:
    rule = known(value, path, ("Name", "Value"))
    for name in ("Name", "Value"):
        if name not in rule:
            raise InvalidArgumentError(f"{path}['{name}'] is missing")
    text = expect(rule["Value"], str, f"{path}['Value']")
    return {"Name": rule_name(rule["Name"], f"{path}['Name']"), "Value": text}


def rule_name(value: object, path: str) -> str:
    name = expect(value, str, path)
    # Servers send Prefix and Suffix.
    if name.lower() not in ("prefix", "suffix"):
        raise InvalidArgumentError(f"{path} must be 'prefix' or 'suffix', not {name!r}")
    return name.lower()
