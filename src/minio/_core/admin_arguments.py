"""Check the arguments of the admin API, and write them as a request needs them. Errors do not show secrets."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from .arguments import check_encodable, check_filled
from .exceptions import InvalidArgumentError, InvalidArgumentTypeError, InvalidPathError, MissingFileError, reason_of
from .wire.dates import to_iso8601utc


def check_secret(name: str, value: object) -> str:
    """Return a secret. Raise an error, which does not show it, unless it is a str that is not blank."""
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be str, not {type(value).__name__}")
    if not value.strip():
        raise InvalidArgumentError(f"{name} must not be empty")
    check_encodable(name, value, secret=True)
    return value


def filled(name: str, value: object) -> str:
    """Return a str that is not blank."""
    check_filled(name, value)
    return str(value)


def names_list(name: str, value: object, *, may_be_empty: bool = False) -> list[str]:
    """Return names as a list. A str is one name. None is an empty list, where one is allowed."""
    if value is None and may_be_empty:
        return []
    if isinstance(value, str):
        return [filled(name, value)]
    if isinstance(value, (bytes, Mapping)) or not isinstance(value, Iterable):
        raise InvalidArgumentTypeError(f"{name} must be a list of str, not {type(value).__name__}")
    found = [filled(f"{name}[{index}]", item) for index, item in enumerate(value)]
    if not found and not may_be_empty:
        raise InvalidArgumentError(f"{name} must not be empty: give at least one name")
    return found


def one_of_user_and_group(user: object, group: object) -> tuple[str, str]:
    """Return `("user", name)` or `("group", name)`."""
    if (user is None) == (group is None):
        given = "neither is given" if user is None else "both are given"
        raise InvalidArgumentError(f"either user or group must be given, but {given}")
    return ("user", filled("user", user)) if group is None else ("group", filled("group", group))


def check_policy_source(policy: object, policy_file: object, *, required: bool = False) -> None:
    """Raise an error if both a policy and its file are given, or neither where one is required."""
    if policy is not None and policy_file is not None:
        raise InvalidArgumentError("either policy or policy_file must be given, but both are given")
    if required and policy is None and policy_file is None:
        raise InvalidArgumentError("either policy or policy_file must be given, but neither is given")
    if policy is not None:
        to_json("policy", policy)
    if policy_file is not None and not isinstance(policy_file, (str, os.PathLike)):
        raise InvalidArgumentTypeError(f"policy_file must be a path, not {type(policy_file).__name__}")


def to_json(name: str, value: object) -> bytes:
    """Return a dict as JSON."""
    if not isinstance(value, Mapping):
        raise InvalidArgumentTypeError(f"{name} must be a dict, not {type(value).__name__}")
    try:
        return json.dumps(dict(value)).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"{name} cannot be written as JSON: {error}") from error


def read_policy_file(path: str | os.PathLike[str]) -> bytes:
    """Return the content of a policy file, which must be JSON."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError as error:
        raise MissingFileError(f"policy_file: the file {os.fspath(path)!r} does not exist") from error
    except (OSError, ValueError) as error:
        raise InvalidPathError(f"policy_file: {os.fspath(path)!r} cannot be read: {reason_of(error)}") from error
    try:
        valid = isinstance(json.loads(data), dict)
    except (ValueError, RecursionError):
        valid = False
    if not valid:
        raise InvalidArgumentError(f"policy_file: {os.fspath(path)!r} does not contain a JSON object")
    return data


def expiration_text(name: str, value: object) -> str:
    """Return a date and time in the server's format. A str is sent unchanged."""
    if isinstance(value, datetime):
        return to_iso8601utc(value) or ""
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be a str or datetime, not {type(value).__name__}")
    return filled(name, value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be str, not {type(value).__name__}")
    check_encodable(name, value)
    return value


_ACCOUNT_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "access_key": filled,
    "secret_key": check_secret,
    "name": _text,
    "description": _text,
    "target_user": filled,
    "policy": lambda name, value: value,
    "expiration": expiration_text,
    "status": filled,
}


def account_fields(names: Mapping[str, str], **values: object) -> dict[str, Any]:
    """Return the fields of a service account that are given, with the names and the order of a request."""
    given = ((name, values[name]) for name in names if values.get(name) is not None)
    return {names[name]: _ACCOUNT_CHECKS[name](name, value) for name, value in given}


def config_text(key: object, config: object) -> str:
    """Return a configuration in the server's format: the key, and `name=value` for each setting."""
    words = [filled("key", key)]
    if config is None:
        return words[0]
    if not isinstance(config, Mapping):
        raise InvalidArgumentTypeError(f"config must be a dict, not {type(config).__name__}")
    for name, value in config.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise InvalidArgumentTypeError(f"config: the name and value of {name!r} must be str")
        check_encodable(f"config: the name {name!r}", name)
        check_encodable(f"config: the value of {name!r}", value, secret=True)
        if not name.strip() or "\n" in name + value:
            raise InvalidArgumentError(f"config: {name!r} must have a name, and a value of one line")
        words.append(f"{name}={value}")
    return " ".join(words)


_SECRET_SETTING = re.compile(r"\w*(?:secret|password|token|key|auth|dsn|connection)\w*=(\"[^\"]*\"|\S+)", re.IGNORECASE)


def config_secrets(text: str) -> tuple[str, ...]:
    """Return the values of a configuration that are secrets by their names, such as passwords."""
    return tuple(found.strip('"') for found in _SECRET_SETTING.findall(text))


def peer_info_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a change to a site with the types that the server reads: a number of bytes and a boolean."""
    bandwidth = dict(fields["defaultbandwidth"])
    limit, is_set = bandwidth["bandwidthLimitPerBucket"], bandwidth["set"]
    if isinstance(limit, str) and limit.isdecimal():
        bandwidth["bandwidthLimitPerBucket"] = int(limit)
    if isinstance(is_set, str):
        bandwidth["set"] = is_set.lower() == "true"
    return {**fields, "defaultbandwidth": bandwidth}
