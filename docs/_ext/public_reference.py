"""The reference: docstrings as this project writes them, the table of errors, and a check that no call is missing."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from minio import AsyncMinio, Minio, MinioAdmin, error

_logger = logging.getLogger(__name__)
_AWS = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_{}.html"
_OPERATION = re.compile(r"\b(?:Abort|Complete|Copy|Create|Delete|Get|Head|List|Put|Select|Upload)[A-Z]\w+\b")
# Operations of MinIO, which are not in the S3 API reference, and words that look like an operation.
_NOT_AWS = {"ListenBucketNotification", "PutObjectFanOut"}
_CODE = re.compile(r"(?<![`:\w])`([^`\n]+)`(?!`)")
_CALLS = {name for name, _ in inspect.getmembers(Minio, inspect.isfunction) if not name.startswith("_")}
_CALLS -= {"close"}


def _link(found: re.Match[str]) -> str:
    name = found[0]
    return name if name in _NOT_AWS else f"`{name} <{_AWS.format(name)}>`__"


def _code(found: re.Match[str]) -> str:
    text = found[1]
    if text == "CallOptions":
        return ":class:`~minio.args.CallOptions`"
    return f":meth:`~minio.Minio.{text}`" if text in _CALLS else f"``{text}``"


def convert(lines: list[str]) -> Iterator[str]:
    """Write a docstring in reStructuredText: code in double backticks, links to calls and to S3 operations."""
    operations = example = False
    for number, line in enumerate(lines):
        if line.startswith("S3 operation"):
            operations = True
        elif not line.strip():
            operations = False
        if line.startswith(("Example:", "Example::")):
            example = True
            if ">>>" not in "".join(lines[number + 1 : number + 3]):
                yield from (".. rubric:: Example", "", ".. code-block:: python", "")
                continue
        elif example and line and not line.startswith(" "):
            example = False
        if example:
            yield line
        elif operations:
            yield _OPERATION.sub(_link, line)
        else:
            yield _CODE.sub(_code, line)


def read_docstring(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Convert a docstring before napoleon reads it. Of a module only the first paragraph is shown."""
    if what == "module":
        del lines[lines.index("") if "" in lines else len(lines) :]
    lines[:] = [*convert(lines), ""]


def read_page(app: Sphinx, name: str, source: list[str]) -> None:
    """Link to pages of the project instead of the files that they include."""
    for file in ("CHANGELOG", "CONTRIBUTING", "SECURITY"):
        source[0] = source[0].replace(f"](../{file}.md", f"](project/{file.lower()}.md")


def mark_language(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Declare the language of the Chinese pages: browsers choose fonts by it."""
    if name.startswith("zh/"):
        context["language"] = "zh-CN"


class ErrorCodes(SphinxDirective):
    """A table of the error classes that stand for one code each."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        classes = sorted(
            {
                thing.__name__: thing
                for thing in vars(error).values()
                if inspect.isclass(thing) and issubclass(thing, error.KnownResponseError)
            }.items()
        )
        text = ["```{list-table}", ":header-rows: 1", "", "* - code", "  - meaning"]
        for name, thing in classes:
            if thing is not error.KnownResponseError:
                text += [f"* - `{name}`", f"  - {inspect.getdoc(thing)}"]
        text.append("```")
        return self.parse_text_to_nodes("\n".join(text))


def missing_calls(documented: set[str]) -> list[str]:
    """Return the public calls of the clients that the reference does not have."""
    wanted = {
        f"minio.{owner.__name__}.{name}"
        for owner in (Minio, MinioAdmin)
        for name, call in inspect.getmembers(owner, inspect.isfunction)
        if not name.startswith("_") and call.__module__.startswith("minio.")
    }
    assert {name for name in dir(AsyncMinio) if name[0] != "_"} == {name for name in dir(Minio) if name[0] != "_"}
    return sorted(wanted - documented)


def check(app: Sphinx, env: Any) -> None:
    """Warn of each public call that the reference does not have, which fails the build."""
    objects = env.domains["py"].objects
    for name in missing_calls(set(objects)):
        _logger.warning("%s is public, but the reference does not have it", name, type="reference")
    kinds = [entry.objtype for entry in objects.values()]
    calls = sum(kind in ("method", "function", "class", "exception") for kind in kinds)
    _logger.info("%d pages, %d classes and callables in the reference", len(env.found_docs), calls)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register all of this with Sphinx."""
    app.connect("autodoc-process-docstring", read_docstring, priority=100)
    app.connect("source-read", read_page)
    app.connect("html-page-context", mark_language)
    app.connect("env-check-consistency", check)
    app.add_directive("error-codes", ErrorCodes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
