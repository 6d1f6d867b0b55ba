"""Check that imports only point down: each layer may import itself and what its row names, and nothing else.

    python tools/check_imports.py [SOURCE]

Imports inside functions count, those for the type checker (`if TYPE_CHECKING:`) do not, nor does the package's version.
The layers of docs/architecture.md, as a table: to allow an arrow is to add a word.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Which layer a module belongs to: the longest name that it equals or lies under. The runners of transfers are the files
# there that wait for threads, tasks and files; a module that is named nowhere is vocabulary.
LAYERS = {
    "minio.error": "error",
    "minio": "facade",
    "minio.helpers": "compatibility",
    "minio.progress": "compatibility",
    "minio._answers": "answers",
    "minio._core.wire": "wire",
    "minio._core.ops": "ops",
    "minio._core.engine": "engine",
    "minio._core.http": "http",
    "minio._core.transfer": "transfer",
    "minio._core.transfer.threads": "runners",
    "minio._core.transfer.tasks": "runners",
    "minio._core.transfer.thread_events": "runners",
    "minio._core.transfer.task_events": "runners",
    "minio._core": "core",
    "minio.credentials": "credentials",
    "minio.aio": "clients",
    "minio.sync": "clients",
    "minio.api": "clients",
    "minio.admin": "clients",
    "minio.minioadmin": "clients",
    "minio.local": "local",
    "minio.cli": "cli",
    "minio.__main__": "cli",
    "minio.fs": "fs",
}

_VALUES = {"error", "vocabulary", "wire"}
_CORE = {*_VALUES, "ops", "engine", "http", "transfer", "runners", "credentials", "compatibility", "core"}

# What a layer may import besides itself.
MAY_IMPORT: dict[str, set[str]] = {
    "error": {"wire"},
    "vocabulary": {"error", "wire"},
    "wire": {"error", "vocabulary"},
    "ops": _VALUES,
    "engine": {*_VALUES, "ops", "credentials"},
    "credentials": _VALUES,
    "http": {"error", "wire"},
    "transfer": {*_VALUES, "ops"},
    "runners": {*_VALUES, "ops", "engine", "http", "transfer"},
    "core": _CORE,
    # Classes of the 7.2 API that read whole answers.
    "answers": {*_VALUES, "ops"},
    # A module of the 7.2 API whose names live all over the core.
    "compatibility": {*_VALUES, "transfer", "engine"},
    "clients": {*_CORE, "facade"},
    # The package's front door: it names the public things and loads them when they are asked for.
    "facade": {*_CORE, "clients"},
    # The leaves, which nobody else imports.
    "local": {*_CORE, "clients", "facade"},
    "cli": {*_CORE, "clients", "facade", "fs", "local"},
    "fs": {*_CORE, "clients", "facade"},
}

# Single arrows that point up all the same, each with its reason.
EXCEPTIONS = {
    ("minio.datatypes", "minio._answers"): "the 7.2 classes for answers are documented there; loaded lazily",
    ("minio.datatypes", "minio._core.transfer.thread_events"): "EventIterable is documented there; loaded lazily",
    ("minio.error", "minio.deleteobjects"): "MultiDeleteError is documented there; loaded lazily",
}


@dataclass(frozen=True)
class Violation:
    """An import that points up."""

    path: Path
    line: int
    importer: str
    imported: str

    def __str__(self) -> str:
        above = f"{layer_of(self.importer)} may not import {layer_of(self.imported)}"
        return f"{self.path}:{self.line}: {self.importer} imports {self.imported}: {above}"


def layer_of(module: str) -> str:
    """The layer of a module."""
    if module in LAYERS:
        return LAYERS[module]
    parts = module.split(".")
    for length in range(len(parts) - 1, 1, -1):
        layer = LAYERS.get(".".join(parts[:length]))
        if layer:
            return layer
    return "vocabulary"


def check(source: Path) -> list[Violation]:
    """All the violations under a source directory, the one that holds the package."""
    modules = {_module_name(path, source): path for path in sorted(source.glob("minio/**/*.py"))}
    return [
        Violation(path, line, name, target)
        for name, path in modules.items()
        for line, target in _imports(ast.parse(path.read_text("utf-8")), name, path.name == "__init__.py", modules)
        if not _allowed(name, target)
    ]


def _allowed(importer: str, imported: str) -> bool:
    layer, below = layer_of(importer), layer_of(imported)
    return below == layer or below in MAY_IMPORT[layer] or (importer, imported) in EXCEPTIONS


def _module_name(path: Path, source: Path) -> str:
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.AST, module: str, package: bool, known: dict[str, Path]) -> Iterator[tuple[int, str]]:
    """The package's own modules that a tree imports, with the line of each."""
    for node in _nodes_that_run(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module, package)
            # "from package import name" imports a module of that name, if there is one.
            given = [alias.name for alias in node.names if not alias.name.startswith("__")]
            names = [f"{base}.{name}" if f"{base}.{name}" in known else base for name in given]
        else:
            continue
        for name in dict.fromkeys(names):
            if name.split(".")[0] == "minio":
                yield node.lineno, name


def _base(node: ast.ImportFrom, module: str, package: bool) -> str:
    """The full name of what stands after "from"."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + (1 if package else 0)]
    return ".".join([*kept, node.module] if node.module else kept)


def _nodes_that_run(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only the type checker reads."""
    yield node
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        children: list[ast.AST] = [*node.orelse]
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from _nodes_that_run(child)


def main(arguments: list[str]) -> int:
    source = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent / "src"
    violations = check(source)
    for violation in violations:
        print(violation)
    if violations:
        print(f"{len(violations)} imports point up")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
