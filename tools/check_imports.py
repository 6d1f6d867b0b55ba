"""Check that imports only point down, and that there are no import cycles.

    python tools/check_imports.py [SOURCE]

Every import counts, including those inside functions and those for type checkers (`if TYPE_CHECKING:`). `LAYERS` is
the table of docs/architecture.md. A layer may import only itself and the layers that its row names.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_GROUND = ["ground"]
_WIRE = [*_GROUND, "arguments", "wire"]
_VALUES = [*_WIRE, "values"]
_ERRORS = [*_VALUES, "errors"]
_CORE = [*_ERRORS, "credentials", "ops", "engine", "http", "transfer", "runners"]
_CLIENTS = [*_CORE, "responses", "clients"]
_FACADE = [*_CLIENTS, "shims", "facade"]

# What each layer may import besides itself, lowest layer first.
LAYERS: dict[str, list[str]] = {
    "ground": [],
    "arguments": _GROUND,
    "wire": [*_GROUND, "arguments"],
    # Values that users hold and pass. Each module contains one S3 resource, which parses and serializes itself.
    "values": _WIRE,
    "errors": _VALUES,
    "credentials": _ERRORS,
    "ops": _ERRORS,
    "engine": [*_ERRORS, "credentials", "ops"],
    "http": _WIRE,
    "transfer": [*_ERRORS, "ops"],
    "runners": [*_ERRORS, "ops", "engine", "http", "transfer"],
    # Classes of the 7.2 API that read whole responses.
    "responses": [*_ERRORS, "ops"],
    "clients": [*_CORE, "responses"],
    # Modules at the paths of the documented APIs. No other module of the package imports them.
    "shims": _CLIENTS,
    # The package itself, which loads the public names on first access.
    "facade": [*_CLIENTS, "shims"],
    "local": _FACADE,
    # Adapters to other packages, each with an extra of its own. Nothing imports them.
    "integrations": _FACADE,
    # The command line. Nothing imports it.
    "cli": [*_FACADE, "local"],
}

# The longest matching name decides the layer of a module. Modules that match none are values.
MODULES = {
    "minio": "facade",
    "minio._lazy": "ground",
    "minio._version": "ground",
    "minio._core": "ground",
    "minio._core.arguments": "arguments",
    "minio._core.admin_arguments": "wire",  # it writes moments as the protocol has them
    "minio._core.datatypes": "values",
    "minio._core.bucket_datatypes": "values",
    "minio._core.wire": "wire",
    "minio._core.ops": "ops",
    "minio._core.engine": "engine",
    "minio._core.http": "http",
    "minio._core.transfer": "transfer",
    "minio._core.transfer.sync": "runners",
    "minio._core.transfer.aio": "runners",
    "minio._core.transfer.running": "runners",
    "minio.error": "errors",
    "minio.credentials": "credentials",
    "minio._legacy_signer": "credentials",
    "minio._transfers": "facade",  # it uses clients, and holds no shim
    "minio.parallel": "facade",  # it uses clients, and holds no shim
    "minio.select": "ops",  # it reads the stream of a response, which may contain an error
    "minio.signer": "credentials",
    "minio.aio": "clients",
    "minio.sync": "clients",
    "minio._responses": "responses",
    "minio.api": "shims",
    "minio.args": "shims",
    "minio.checksum": "shims",
    "minio.datatypes": "shims",
    "minio.definitions": "shims",
    "minio.helpers": "shims",
    "minio._legacy_helpers": "shims",
    "minio.compat": "shims",
    "minio.fold_case_dict": "shims",
    "minio.minio": "shims",
    "minio.minioadmin": "shims",
    "minio.models": "shims",
    "minio.otel": "shims",
    "minio.parsers": "shims",
    "minio.progress": "shims",
    "minio.select_object_options": "shims",
    "minio.select_object_reader": "shims",
    "minio.thread_pool": "shims",
    "minio.time": "shims",
    "minio.xml": "shims",
    "minio.xml_marshal": "shims",
    "minio.local": "local",
    "minio.fs": "integrations",
    "minio.cli": "cli",
    "minio.__main__": "cli",
    "minio.pytest": "local",
}


@dataclass(frozen=True)
class Import:
    """An import of one module of the package by another."""

    path: Path
    line: int
    importer: str
    imported: str


def layer_of(module: str) -> str:
    """Return the layer of a module."""
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        layer = MODULES.get(".".join(parts[:length]))
        if layer:
            return layer
    return MODULES.get(module, "values")


def imports_of(source: Path) -> list[Import]:
    """Return all imports between the package's modules. `source` is the directory that contains the package."""
    modules = {_module_name(path, source): path for path in sorted(source.glob("minio/**/*.py"))}
    return [
        Import(path, line, name, target)
        for name, path in modules.items()
        for line, target in _imports(ast.parse(path.read_text("utf-8")), name, path.name == "__init__.py", modules)
    ]


def points_up(found: Import) -> bool:
    """Return whether the importer's layer may not import the layer of the imported module."""
    importer, imported = layer_of(found.importer), layer_of(found.imported)
    return imported != importer and imported not in LAYERS[importer]


def circles(imports: list[Import]) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or indirectly (strongly connected components)."""
    graph: dict[str, set[str]] = {}
    for each in imports:
        graph.setdefault(each.importer, set()).add(each.imported)
    reached = {module: _reachable(graph, module) for module in graph}
    found = {
        tuple(sorted(other for other in reached[module] if module in reached.get(other, ())))
        for module in graph
        if module in reached[module]
    }
    return [list(group) for group in sorted(found)]


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for module in graph.get(todo.pop(), ()):
            if module not in seen:
                seen.add(module)
                todo.append(module)
    return seen


def _module_name(path: Path, source: Path) -> str:
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.AST, module: str, package: bool, known: dict[str, Path]) -> Iterator[tuple[int, str]]:
    """Yield the package's modules that a syntax tree imports, with their line numbers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module, package)
            # "from package import name" imports the module of that name, if it exists.
            names = [f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names]
        else:
            continue
        for name in dict.fromkeys(names):
            if name.split(".")[0] == "minio" and name != module:
                yield node.lineno, name


def _base(node: ast.ImportFrom, module: str, package: bool) -> str:
    """Return the full name of the module that is imported from."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + (1 if package else 0)]
    return ".".join([*kept, node.module] if node.module else kept)


def main(arguments: list[str]) -> int:
    source = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent / "src"
    imports = imports_of(source)
    upward = [each for each in imports if points_up(each)]
    for each in upward:
        above = f"{layer_of(each.importer)} may not import {layer_of(each.imported)}"
        print(f"{each.path}:{each.line}: {each.importer} imports {each.imported}: {above}")
    round_trips = circles(imports)
    for group in round_trips:
        print(f"a circle of imports: {', '.join(group)}")
    if upward:
        print(f"{len(upward)} imports point up")
    return 1 if upward or round_trips else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
