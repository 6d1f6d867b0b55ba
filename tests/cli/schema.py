"""A checker of the part of JSON Schema that `schema.json` uses."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

SCHEMA: dict[str, Any] = json.loads(files("minio.cli").joinpath("schema.json").read_text("utf-8"))
_TYPES: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict}


def check(value: Any, schema: dict[str, Any] = SCHEMA, where: str = "record") -> None:
    """Raise AssertionError if a value does not follow the schema."""
    if "const" in schema:
        assert value == schema["const"], where
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r}"
    kinds = schema.get("type")
    if kinds is not None:
        kinds = [kinds] if isinstance(kinds, str) else kinds
        fits = any(isinstance(value, _TYPES[kind]) for kind in kinds)
        fits = fits and (not isinstance(value, bool) or "boolean" in kinds)
        assert fits, f"{where}: {value!r} is not {kinds}"
    if isinstance(value, dict):
        missing = set(schema.get("required", ())) - value.keys()
        assert not missing, f"{where}: {missing} missing"
        known = schema.get("properties", {})
        for name, each in value.items():
            assert name in known or schema.get("additionalProperties", True), f"{where}: {name} is not in the schema"
            check(each, known.get(name, {}), f"{where}.{name}")
