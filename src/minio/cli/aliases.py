"""The aliases of servers, in the configuration file of the MinIO client `mc`, version 10.

The laws:

* Reading and writing goes through one file, which `mc` also uses; fields that are not understood are kept.
* The file is replaced as a whole, and only its owner may read it.
* `minio.credentials` reads the entries; this module only adds, removes and lists them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import UsageProblem

_VERSION = "10"
_NAME = r"[A-Za-z][A-Za-z0-9_-]+"
_VARIABLE = "MC_HOST_"
_OF_KEYS = ("sessionToken", "mio")
"""Fields that belong to earlier keys, or to an earlier `mio serve`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An alias: its name, where it is defined, and the fields of its entry."""

    name: str
    origin: str
    fields: Mapping[str, Any]


def path_of() -> Path:
    """Return the path of the file, whether it exists or not."""
    from minio.credentials._files import mc_config

    return mc_config()


def names() -> set[str]:
    """Return the names of all aliases.

    Raises:
        UsageProblem: The file cannot be read.
    """
    return {entry.name for entry in entries()}


def is_name(name: str) -> bool:
    """Return whether an alias may have a name."""
    return re.fullmatch(_NAME, name) is not None


def entries() -> list[Entry]:
    """Return all aliases, those of the environment first.

    Raises:
        UsageProblem: The file cannot be read.
    """
    path = path_of()
    stored = _aliases(_read(path), path)
    found = [Entry(name, f"{_VARIABLE}{name}", {}) for name in sorted(of_environment())]
    known = {entry.name for entry in found}
    found += [Entry(name, str(path), fields) for name, fields in sorted(stored.items()) if name not in known]
    return found


def check_name(name: str) -> str:
    """Return a name for an alias.

    Raises:
        UsageProblem: It cannot be one. One letter would be a drive of Windows.
    """
    if not is_name(name):
        raise UsageProblem(
            f"{name!r} cannot be an alias", "use two or more letters, digits, - and _, the first one a letter"
        )
    return name


def store(name: str, fields: Mapping[str, Any]) -> Path:
    """Add or change an alias. Fields of the entry that are not given are kept.

    Returns:
        The file.
    """
    path = path_of()
    config = _read(path)
    aliases = _aliases(config, path)
    kept = {field: value for field, value in aliases.get(name, {}).items() if field not in _OF_KEYS}
    aliases[check_name(name)] = {**kept, **fields}
    _write(path, {**config, "version": config.get("version", _VERSION), "aliases": aliases})
    return path


def remove(name: str) -> bool:
    """Remove an alias, and return whether it existed."""
    path = path_of()
    config = _read(path)
    aliases = _aliases(config, path)
    if name not in aliases:
        return False
    del aliases[name]
    _write(path, {**config, "aliases": aliases})
    return True


def of_environment() -> set[str]:
    """Return the names of the aliases that environment variables define."""
    return {name[len(_VARIABLE) :] for name, value in os.environ.items() if name.startswith(_VARIABLE) and value}


def _read(path: Path) -> dict[str, Any]:
    import json

    try:
        config = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not JSON"
        raise UsageProblem(f"{path} cannot be read: {reason}") from error
    if not isinstance(config, dict):
        raise UsageProblem(f"{path} is not a configuration of mc")
    return config


def _aliases(config: Mapping[str, Any], path: Path) -> dict[str, Any]:
    found = config.get("aliases", {})
    if "hosts" in config and not found:
        raise UsageProblem(f"{path} has the form of an old mc", "run a newer mc once, which converts it")
    if not isinstance(found, dict):
        raise UsageProblem(f"{path} is not a configuration of mc")
    return {name: fields for name, fields in found.items() if isinstance(fields, dict)}


def _write(path: Path, config: Mapping[str, Any]) -> None:
    """Replace the file. A link is followed, so that a file kept elsewhere stays one."""
    import json
    import tempfile

    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".config-")  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(config, file, indent="\t")
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
