"""The README, its copy for a package index, and the reference: nothing missing, no link that leads nowhere."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from minio import AsyncMinio, AsyncMinioAdmin, Minio, MinioAdmin
from test_docstring_examples import public_members, public_modules

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
REFERENCE = "\n".join(page.read_text("utf-8") for page in sorted((ROOT / "docs" / "reference").glob("*.md")))
LINK = re.compile(r"\]\(([^)\s]+)\)")
# What these modules define is named in the reference, or a table says which names of other modules they have.
TABLED = (
    "minio.select.",
    "minio.select_object_",
    "minio.definitions",
    "minio.local.",
    "minio.sync",
    "minio.aio",
    "minio.args",
    "minio.cli.",
    "minio.__main__",
)


@pytest.mark.parametrize("client", [Minio, MinioAdmin], ids=["Minio", "MinioAdmin"])
def test_every_call_is_in_the_reference_once(client: type[Any]) -> None:
    shown = re.findall(rf"^\.\. automethod:: minio\.{client.__name__}\.(\w+)$", REFERENCE, re.MULTILINE)
    wanted = {name.partition(".")[2] for name, _ in public_members(client)} - {"__init__"}
    assert sorted(shown) == sorted(wanted)


@pytest.mark.parametrize(("one", "other"), [(Minio, AsyncMinio), (MinioAdmin, AsyncMinioAdmin)], ids=["S3", "admin"])
def test_the_reference_of_one_client_is_that_of_the_other(one: type[Any], other: type[Any]) -> None:
    assert {name for name in dir(one) if name[0] != "_"} == {name for name in dir(other) if name[0] != "_"}


def test_every_public_class_and_function_is_in_the_reference() -> None:
    modules = set(re.findall(r"^\.\. automodule:: ([\w.]+)$", REFERENCE, re.MULTILINE))
    shown = set(re.findall(r"^\.\. auto(?:class|exception):: ([\w.]+)$", REFERENCE, re.MULTILINE))
    names = {name.rpartition(".")[2] for name in shown}
    missing = []
    for module in public_modules():
        if module.__name__ in modules or "._" in module.__name__ or module.__name__.startswith(TABLED):
            continue
        for name, thing in vars(module).items():
            ours = getattr(thing, "__module__", None) == module.__name__ and not name.startswith("_")
            if ours and inspect.isclass(thing) and thing.__name__ not in names and not _is_code(thing):
                missing.append(f"{module.__name__}.{name}")
    assert not missing, "docs/reference: a class is missing"


def _is_code(thing: type[Any]) -> bool:
    """The classes of single error codes are in a table that `error-codes` makes of them."""
    return "KnownResponseError" in {base.__name__ for base in thing.__mro__}


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_links_of_the_readme_lead_somewhere(page: str) -> None:
    links = [link for link in LINK.findall((ROOT / page).read_text("utf-8")) if not link.startswith("https:")]
    assert len(links) > 10
    assert not [link for link in links if not (ROOT / link.partition("#")[0]).is_file()]


def test_links_are_absolute_in_a_package_index() -> None:
    (rule,) = SETTINGS["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]
    shown = re.sub(rule["pattern"], rule["replacement"], (ROOT / "README.md").read_text("utf-8"))
    source = SETTINGS["project"]["urls"]["Source"]
    links = LINK.findall(shown)
    assert len(links) > 10
    assert not [link for link in links if not link.startswith((f"{source}blob/main/", "https://pypi.org/"))]
    assert all(url.startswith(source) for url in SETTINGS["project"]["urls"].values())


# The calls of the documented API, in its order.
DOCUMENTED = [
    "make_bucket",
    "list_buckets",
    "bucket_exists",
    "remove_bucket",
    "list_objects",
    "list_objects_v2",
    "list_incomplete_uploads",
    "get_bucket_policy",
    "set_bucket_policy",
    "get_bucket_notification",
    "set_bucket_notification",
    "remove_all_bucket_notification",
    "listen_bucket_notification",
    "get_object",
    "get_partial_object",
    "fget_object",
    "copy_object",
    "put_object",
    "fput_object",
    "stat_object",
    "remove_object",
    "remove_objects",
    "remove_incomplete_upload",
    "presigned_get_object",
    "presigned_put_object",
    "presigned_post_policy",
]
CHINESE = (ROOT / "docs" / "zh" / "api.md").read_text("utf-8")


def test_the_chinese_page_has_the_documented_calls_in_their_order() -> None:
    programs = {path.stem for path in (ROOT / "tests" / "documented").glob("*.py")} - {"constructor", "test_documented"}
    assert set(DOCUMENTED) == programs
    assert re.findall(r"^### (\w+)\(", CHINESE, re.MULTILINE) == DOCUMENTED
    assert "## 1. 构造函数" in CHINESE


@pytest.mark.parametrize("call", DOCUMENTED)
def test_the_chinese_page_describes_a_call_completely(call: str) -> None:
    """Its arguments, what it returns or that it returns nothing, its errors, and a program that calls it."""
    section = re.split(r"^##+ ", CHINESE.partition(f"\n### {call}(")[2], maxsplit=1, flags=re.MULTILINE)[0]
    assert "返回" in section
    assert "错误" in section
    rows = [
        name for cell in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    ]
    known = set(inspect.signature(getattr(Minio, call)).parameters) | {"post_policy"}
    given = [name for name in re.findall(r"(\w+)(?:=|,|\))", section.partition("\n")[0]) if name in known]
    assert not set(given) - set(rows) or "参数、返回值和错误见" in section
    assert f".{call}(" in "".join(re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))


def test_both_pages_of_troubleshooting_explain_the_same_messages() -> None:
    """What the headings name in code: messages, classes and error codes."""
    named = [
        {
            text
            for line in page.read_text("utf-8").splitlines()
            if line[:3] == "###"
            for text in re.findall("`(.+?)`", line)
        }
        for page in (ROOT / "docs" / "howto" / "troubleshooting.md", ROOT / "docs" / "zh" / "troubleshooting.md")
    ]
    assert named[0] == named[1]
    assert len(named[0]) > 30


def test_chinese_text_has_chinese_punctuation() -> None:
    """Also in the comments of programs. Code between Chinese characters, as in `主机名:端口`, is none."""
    for page in (ROOT / "README.zh.md", *(ROOT / "docs" / "zh").glob("*.md")):
        text = re.sub(r"`[^`\n]+`|]\(.*?\)|主机:9000", "", page.read_text("utf-8"))
        assert not re.findall(r".*[\u4e00-\u9fff][,:;!?](?!:).*", text), page
