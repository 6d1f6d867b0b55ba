"""Every public call has all that the recipe in CONTRIBUTING.md names: a step that was left out fails here.

The messages name what is missing and where it belongs.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

import minio
import test_public_names as public_names
from documented.test_documented import CALLS as DOCUMENTED_CALLS
from fakes.clients import done, play
from fakes.every_call import CALLS
from fakes.scripted_server import ScriptedServer, answer, forever, head
from faults.bench import SCENES
from faults.calls import LOCAL
from minio import AsyncMinio, Minio
from minio.error import ResponseError
from servers.capabilities import FEATURES, FURTHER, LACKS
from test_surface import SURFACE

ROOT = Path(__file__).resolve().parent.parent
METHODS = sorted(name for name in dir(AsyncMinio) if not name.startswith("_") and callable(getattr(AsyncMinio, name)))
STS = {"get_assume_role_creds"}
"""The methods that ask a security token service, through a credentials provider. tests/unit/test_earlier_calls.py."""
SPEAKING = [name for name in METHODS if name not in LOCAL | STS]
"""The methods that send requests to S3."""
# These make a URL or a form. They only ask for the region, if it is unknown.
SIGNING = {
    "presigned_get_object",
    "presigned_put_object",
    "presigned_url",
    "get_presigned_url",
    "presigned_post_policy",
}
EACH_METHOD = pytest.mark.parametrize("name", METHODS)
EACH_CALL = pytest.mark.parametrize("name", SPEAKING)


def docstring(name: str) -> str:
    return inspect.getdoc(getattr(AsyncMinio, name)) or ""


def other_names(name: str) -> list[str]:
    """The calls whose operations this one sends, by its docstring."""
    return [found for found in re.findall(r"(?:name for|those of) `(\w+)`", docstring(name)) if found in METHODS]


def text_of(path: str) -> str:
    return "\n".join(file.read_text("utf-8") for file in sorted(ROOT.glob(path)))


LIVE, CHANGES, COVERAGE = text_of("tests/live/aio/*.py"), text_of("CHANGELOG.md"), text_of("docs/coverage.md")


def test_both_clients_have_the_same_calls() -> None:
    names = sorted(name for name in dir(Minio) if not name.startswith("_") and callable(getattr(Minio, name)))
    assert names == METHODS, "make generate"


@EACH_METHOD
def test_the_docstring_is_complete(name: str) -> None:
    text = docstring(name)
    assert re.match(r"[A-Z]\w+ .*\.", text), "the first line is a sentence"
    signature = inspect.signature(getattr(AsyncMinio, name))
    for parameter in list(signature.parameters)[1:] if name in SPEAKING else ():
        pattern = rf"^    (\w+, )*{parameter}(, \w+)*:"
        assert re.search(pattern, text, re.MULTILINE), f"Args: does not name {parameter}"
    if name in SPEAKING:
        assert "\nRaises:\n" in text
        assert ("\nReturns:\n" in text) is (signature.return_annotation != "None"), "Returns:"
    assert "\nExample:\n" in text


@EACH_CALL
def test_the_docstring_names_the_operation(name: str) -> None:
    named = any("S3 operation" in docstring(each) for each in (name, *other_names(name)))
    assert named, "the docstring does not name the S3 operation"


@EACH_METHOD
def test_the_signature_is_written_down(name: str) -> None:
    assert name in public_names.ALL_METHODS, "OWN_METHODS of tests/test_public_names.py"


@EACH_CALL
def test_a_scripted_server_meets_it(name: str) -> None:
    listed = name in SIGNING or any(call.partition(",")[0] == name for call in CALLS)
    assert listed, "CALLS of tests/fakes/every_call.py"


@EACH_CALL
def test_faults_meet_it(name: str) -> None:
    assert any(name in scene.methods for scene in SCENES.values()), "no scene in tests/faults"


@EACH_CALL
def test_real_servers_meet_it(name: str) -> None:
    nowhere = all(any(need in lacks for need in FURTHER.get(name, ())) for lacks in LACKS.values())
    assert nowhere or re.search(rf"\.{name}\b", LIVE), "no test in tests/live/aio"


@EACH_CALL
def test_the_table_of_coverage_has_it(name: str) -> None:
    assert (name in DOCUMENTED_CALLS) is not (name in FURTHER), "FURTHER of tests/servers/capabilities.py"
    assert f"\n| `{name}` |" in COVERAGE, "docs/coverage.md: python tools/coverage_table.py --further"


def test_the_table_of_further_calls_is_fresh() -> None:
    tool = _load_tool()
    assert COVERAGE.endswith(tool.further()), "docs/coverage.md: python tools/coverage_table.py --further"
    assert set(FURTHER) <= set(METHODS)
    assert {need for needs in FURTHER.values() for need in needs} <= FEATURES


def _load_tool() -> Any:
    spec = importlib.util.spec_from_file_location("coverage_table", ROOT / "tools" / "coverage_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    importlib.sys.modules["coverage_table"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", [name for name in SPEAKING if name in public_names.OWN_METHODS])
def test_the_changelog_names_it(name: str) -> None:
    known = set(other_names(name)) & (public_names.ALL_METHODS - public_names.OWN_METHODS.keys())
    assert known or re.search(rf"`{name}\b", CHANGES), "CHANGELOG.md"


@pytest.mark.parametrize("call", CALLS)
def test_an_error_names_an_operation_of_the_docstring(call: str) -> None:
    body = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"

    def reply(request: Any) -> bytes:
        return head("403 Forbidden") if request.method == "HEAD" else answer(body, "403 Forbidden")

    with ScriptedServer(forever(reply)) as server, pytest.raises(ResponseError) as caught:
        play("sync", server, lambda client: done(CALLS[call](client)))
    name = call.partition(",")[0]
    text = "".join(docstring(each) for each in (name, *other_names(name)))
    named = set(re.findall(r"\w+", text))
    assert caught.value.operation in named, "the docstring does not name the operation that is sent"


def test_every_public_module_is_written_down() -> None:
    known = {*public_names.DOCUMENTED, *SURFACE, *public_names.OWN}
    for found in pkgutil.iter_modules(minio.__path__, "minio."):
        if not found.name.startswith("minio._") and found.name not in ("minio.aio", "minio.cli", "minio.sync"):
            assert found.name in known, "OWN of tests/test_public_names.py"
