"""The defaults of the configuration file: `default_alias`, and the values of flags.

default_alias = "play"
jobs = 16
color = "never"
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from .errors import UsageProblem

_SIZE = (int, str)
_TYPES: dict[str, tuple[type, ...]] = {
    "ca_bundle": (str,),
    "color": (str,),
    "concurrency": (int,),
    "default_alias": (str,),
    "endpoint_url": (str,),
    "jobs": (int,),
    "limit_download": _SIZE,
    "limit_upload": _SIZE,
    "part_size": _SIZE,
    "preserve": (bool,),
    "profile": (str,),
    "progress": (bool,),
    "region": (str,),
    "retries": (int,),
    "timeout": (int, float, str),
}
"""What the file may set, and the types of the values. Nothing of it removes anything, or changes what a command is
about."""
_WORDS = {str: "a text", int: "a number", float: "a number", bool: "true or false"}


def path_of() -> Path:
    """Return the path of the file, whether it exists or not."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or str(Path.home() / "AppData" / "Roaming")
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "mio" / "config.toml"


def read() -> dict[str, Any]:
    """Return the settings; none if there is no file.

    Raises:
        UsageProblem: The file cannot be read, or sets something that it cannot set.
    """
    path = path_of()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}") from error
    import tomllib

    try:
        found = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise UsageProblem(f"{path} is not TOML: {error}") from error
    for name, value in found.items():
        _check(path, name, value)
    return found


def _check(path: Path, name: str, value: Any) -> None:
    """Check the name and the type of a setting, also of one that the command does not use."""
    types = _TYPES.get(name)
    if types is None:
        raise UsageProblem(f"{path}: {name} cannot be set here", f"these can: {', '.join(_TYPES)}")
    if type(value) not in types or value == "":
        words = " or ".join(dict.fromkeys(_WORDS[each] for each in types))
        raise UsageProblem(f"{path}: {name} must be {words}, not {value!r}")


def apply(settings: dict[str, Any], parser: argparse.ArgumentParser) -> None:
    """Make the settings the defaults of a parser's flags. Flags that a command does not have are left out.

    Raises:
        UsageProblem: A value is not one of the flag.
    """
    for action in parser._actions:
        # The default of other names of a flag is SUPPRESS.
        if action.option_strings and action.dest in settings and action.default is not argparse.SUPPRESS:
            action.default = _default(action, settings[action.dest])


def _default(action: argparse.Action, value: Any) -> Any:
    """Return a setting as the value of its flag."""
    if action.choices and value not in action.choices:
        raise UsageProblem(f"{path_of()}: {action.dest} must be one of {', '.join(map(str, action.choices))}")
    if not callable(action.type):
        return value
    try:
        return action.type(str(value))
    except (argparse.ArgumentTypeError, ValueError) as error:
        raise UsageProblem(f"{path_of()}: {action.dest}: {error}") from error
