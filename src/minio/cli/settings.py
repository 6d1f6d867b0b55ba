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

ALLOWED = frozenset(
    {
        "ca_bundle", "color", "concurrency", "default_alias", "endpoint_url", "jobs", "limit_download", "limit_upload",
        "part_size", "preserve", "profile", "progress", "region", "retries", "timeout",
    }
)  # fmt: skip
"""What the file may set. Nothing of it removes anything, or changes what a command is about."""


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
        UsageProblem: The file cannot be read.
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
    for name in found:
        if name not in ALLOWED:
            raise UsageProblem(f"{path}: {name} cannot be set here", f"these can: {', '.join(sorted(ALLOWED))}")
    return found


def apply(settings: dict[str, Any], parser: argparse.ArgumentParser) -> None:
    """Make the settings the defaults of a parser's flags. Flags that a command does not have are left out.

    Raises:
        UsageProblem: A value is not one of the flag.
    """
    for action in parser._actions:
        # The default of other names of a flag is SUPPRESS.
        if action.option_strings and action.dest in settings and action.default is not argparse.SUPPRESS:
            value = settings[action.dest]
            if action.nargs == 0 and not isinstance(value, bool | int):
                raise UsageProblem(f"{path_of()}: {action.dest} must be true or false, not {value!r}")
            if action.choices and value not in action.choices:
                raise UsageProblem(f"{path_of()}: {action.dest} must be one of {', '.join(map(str, action.choices))}")
            # argparse converts defaults that are texts, as if they had been given.
            action.default = str(value) if action.type and not isinstance(value, bool) else value
