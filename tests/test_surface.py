"""Names and signatures are those of minio 7.2.20: each parameter at its position, of its kind, with its default.

`surfaces/minio_7_2.json` holds the facts about that release, and `surfaces/describe.py` collects them. Three rules hold
for all callables, so that every call that is right with 7.2 means the same here:

* This library may add parameters: behind those of 7.2, or by keyword only. All of them have a default.
* A parameter that 7.2 requires may have a default: callers always give it.
* `**kwargs` may have another name, since callers do not write it.

All other differences are in `DIFFERENCES`, each with its reason.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from inspect import Parameter
from pathlib import Path
from typing import Any

import pytest

from minio import AsyncMinio, AsyncMinioAdmin
from surfaces.describe import members, signature

SURFACE: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "surfaces" / "minio_7_2.json").read_text("utf-8")
)

DIFFERENCES = {
    "minio.api.Minio.fput_object:num_parallel_uploads": "the default number adapts to the link",
    "minio.api.Minio.put_object:num_parallel_uploads": "the default number adapts to the link",
    "minio.api.Minio.set_bucket_policy:policy": "the documented API has `prefix` in this place; both orders are read",
    "minio.datatypes.EventIterable:func": "the client makes it, from what a stream that resumes needs",
    "minio.datatypes.EventIterable:open_stream": "the client makes it, from what a stream that resumes needs",
    "minio.datatypes.EventIterable:retry": "the client makes it, from what a stream that resumes needs",
    "minio.datatypes.PostPolicy.form_data": "a policy of the documented API has the form's fields under this name",
    "minio.notificationconfig.NotificationConfig:cloud_func_config_list": "None stands for the empty list",
    "minio.notificationconfig.NotificationConfig:queue_config_list": "None stands for the empty list",
    "minio.notificationconfig.NotificationConfig:topic_config_list": "None stands for the empty list",
}
"""A callable with a parameter behind the colon, or without one, and the reason why it differs."""

VARIABLE = (Parameter.VAR_POSITIONAL.name, Parameter.VAR_KEYWORD.name)


def callables() -> Iterator[Any]:
    """Every callable of the surface: its path, and what 7.2 shows of it."""
    for module, names in SURFACE.items():
        for name, item in names.items():
            if "parameters" not in item:
                continue
            path = f"{module}.{name}"
            yield pytest.param(path, item["parameters"], id=path)
            for method, described in item.get("members", {}).items():
                yield pytest.param(f"{path}.{method}", described, id=f"{path}.{method}")


def found(path: str) -> tuple[Any, Any]:
    """Return the owner and the value at a path of this package."""
    parts = path.split(".")
    length = next(size for size in range(len(parts), 0, -1) if ".".join(parts[:size]) in SURFACE)
    owner, value = None, importlib.import_module(".".join(parts[:length]))
    for part in parts[length:]:
        owner, value = value, getattr(value, part)
    return owner, value


def differences(path: str, theirs: list[list[Any]], ours: list[list[Any]]) -> Iterator[str]:
    """Yield the names of the parameters that differ from those of 7.2, and of those that have no default."""
    by_name = {name: (index, kind, default) for index, (name, kind, default) in enumerate(ours)}
    for index, (name, kind, default) in enumerate(theirs):
        if kind in VARIABLE:
            if kind not in [each[1] for each in ours]:
                yield name
            continue
        place, our_kind, our_default = by_name.get(name, (-1, "", None))
        moved = kind != Parameter.KEYWORD_ONLY.name and place != index
        if moved or our_kind != kind or default not in (None, our_default):
            yield name
    known = {name for name, _, _ in theirs}
    yield from (name for name, kind, default in ours if name not in known and default is None and kind not in VARIABLE)


@pytest.mark.parametrize(("path", "theirs"), list(callables()))
def test_signature(path: str, theirs: Any) -> None:
    if path in DIFFERENCES:
        return
    owner, value = found(path)
    if theirs in ("property", None):
        return  # it is there, and Python knows no parameters
    kind, parameters = theirs if theirs and isinstance(theirs[0], str) else ("", theirs)
    ours = members(owner)[path.rpartition(".")[2]] if kind else ["", signature(value)]
    assert ours[0] == kind, path
    wrong = {f"{path}:{name}" for name in differences(path, parameters, ours[1])}
    allowed = {name for name in DIFFERENCES if name.partition(":")[0] == path}
    assert wrong == allowed, (parameters, ours[1])


@pytest.mark.parametrize(
    ("module", "name"),
    [(module, name) for module, names in SURFACE.items() for name in names],
    ids=lambda value: str(value),
)
def test_name(module: str, name: str) -> None:
    item = SURFACE[module][name]
    value = getattr(importlib.import_module(module), name)
    if "of" in item:
        assert value is getattr(importlib.import_module(item["of"]), name)
    elif "value" in item and f"{module}.{name}" not in DIFFERENCES:
        assert value == item["value"]


def test_the_asynchronous_clients_have_every_method() -> None:
    for name in SURFACE["minio.api"]["Minio"]["members"]:
        assert callable(getattr(AsyncMinio, name))
    for name in SURFACE["minio.minioadmin"]["MinioAdmin"]["members"]:
        assert callable(getattr(AsyncMinioAdmin, name))


def test_every_difference_has_a_reason() -> None:
    assert all(len(reason) > 20 for reason in DIFFERENCES.values())
