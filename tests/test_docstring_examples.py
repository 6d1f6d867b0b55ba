"""Every example that a reader may copy runs: those of docstrings, of README.md and of docs/.

Each runs alone against a server of its own making, in an empty directory, with what its reader would have: `client` (an
AsyncMinio where the example awaits), the bucket "my-bucket" with "my-object" and a photo in it, and files of the names
that are used. Output is compared where it is shown.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import doctest
import importlib
import inspect
import io
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import minio
import minio.error
from minio import AsyncMinio, AsyncMinioAdmin, Minio, MinioAdmin
from minio._core.http.aio.response import AsyncObjectResponse
from minio._core.http.sync.response import ObjectResponse
from minio.credentials import StaticProvider
from minio.local import LocalServer, MissingServerError
from servers.cleanup import remove_bucket
from servers.raw import RawS3
from servers.volumes import grow_volume

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = (Minio, AsyncMinio)
ADMINS = (MinioAdmin, AsyncMinioAdmin)
CONTENT = b"the content of my object"

_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_SECTION = re.compile(r"^Example::?\n((?:[ \t]+.*\n|\n)+)", re.MULTILINE)
_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_AWAITS = re.compile(r"^(?:\s|>>>|\.\.\.)*(?:.*\bawait\b|async (?:for|with)\b)", re.MULTILINE)
# What SeaweedFS does not do; only these examples may be marked to be skipped.
_BEYOND_THE_SERVER = (
    "notification",
    "replication",
    "select_object_content",
    "snowball",
    "prompt_object",
    "append_object",
    "fan_out",
    "get_assume_role_creds",
)
# What JuiceFS does not do, on which the examples of the admin API run.
_BEYOND_JUICEFS = (
    "policy_unset", "tach_policy", "policy_entities", "account_info", "service_account", "ldap", "quota",
    "MinioAdmin.info", "data_usage", "locks", "service_restart", "service_stop", "MinioAdmin.update", "profile",
    "kms", "site_replication",
)  # fmt: skip
_LOCKS = ("lock_config", "retention", "legal_hold")
# A public class that is found in no public module: it is what get_object returns.
_RETURNED = (ObjectResponse, AsyncObjectResponse)


@dataclass(frozen=True)
class Snippet:
    """One example: where it stands and its text, either a program or in doctest's form."""

    name: str
    text: str
    module: str = "minio"

    @property
    def asynchronous(self) -> bool:
        """Its reader has an AsyncMinio."""
        if "asyncio.run(" in self.text:
            return False
        return self.name.startswith("Async") or bool(_AWAITS.search(self.text))

    @property
    def administers(self) -> bool:
        """Its reader has an admin client and a server that answers it."""
        return "MinioAdmin" in self.name + self.text or "admin." in self.text

    def steps(self) -> list[doctest.Example]:
        if ">>>" in self.text:
            return doctest.DocTestParser().get_examples(self.text, self.name)
        return [doctest.Example(self.text, "")]


def public_members(owner: type) -> Iterator[tuple[str, Any]]:
    """A class's own constructor and public methods, with those that it inherits from private classes of ours."""
    for name, member in inspect.getmembers(owner, inspect.isroutine):
        ours = (getattr(member, "__module__", None) or "").startswith("minio.")
        if ours and (not name.startswith("_") or name == "__init__"):
            yield f"{owner.__name__}.{name}", member


def public_modules() -> Iterator[Any]:
    """All modules that have no underscore in front, and those that define what public packages show."""
    for found in pkgutil.walk_packages(minio.__path__, "minio."):
        if "._core" not in found.name and not found.name.endswith("__main__") and "._guard" not in found.name:
            yield importlib.import_module(found.name)


def documented() -> Iterator[tuple[str, Any]]:
    """Every public thing that may have a docstring: name and object."""
    seen: set[int] = set()
    for owner in (*CLIENTS, *ADMINS, *_RETURNED, *_public_things()):
        if id(owner) in seen:
            continue
        seen.add(id(owner))
        yield owner.__name__, owner
        if inspect.isclass(owner):
            yield from public_members(owner)


def _public_things() -> Iterator[Any]:
    for module in public_modules():
        for name, thing in vars(module).items():
            ours = getattr(thing, "__module__", None) == module.__name__
            # The families that the clients are put together from are no names for anybody.
            family = module.__name__.startswith(("minio.aio._", "minio.sync._"))
            shown = inspect.isclass(thing) or inspect.isfunction(thing)
            if ours and shown and not family and not name.startswith("_"):
                yield thing


def sections(thing: Any) -> list[str]:
    """The code of the `Example:` sections of a docstring of its own."""
    text = inspect.cleandoc(thing.__doc__ or "") + "\n"
    return [textwrap.dedent(found) for found in _SECTION.findall(text)]


def docstring_snippets() -> Iterator[Snippet]:
    for name, thing in documented():
        for text in sections(thing):
            yield Snippet(name, text, thing.__module__)


def markdown_snippets() -> Iterator[Snippet]:
    for path in (ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = path.read_text("utf-8")
        for found in _FENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Snippet(f"{path.relative_to(ROOT).as_posix()}:{line}", found[1])


def parameters(snippets: Iterator[Snippet]) -> list[Any]:
    return [pytest.param(snippet, id=snippet.name) for snippet in snippets]


@pytest.fixture(scope="module")
def local() -> Iterator[LocalServer]:
    """A server of its own, since examples remove and make buckets of fixed names."""
    with LocalServer() as server:
        yield server


@pytest.fixture(scope="module")
def administered() -> Iterator[LocalServer]:
    """The same with an admin API."""
    try:
        server = LocalServer(engine="juicefs").start()
    except MissingServerError as error:
        pytest.skip(f"juicefs: {error}")
    with server:
        yield server


@pytest.fixture
def site(request: pytest.FixtureRequest) -> LocalServer:
    """The server that an example needs."""
    snippet = getattr(request.node, "callspec", None) and request.node.callspec.params.get("snippet")
    return request.getfixturevalue("administered" if snippet and snippet.administers else "local")


@pytest.fixture
def workplace(site: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    """The server and the current directory as an example's reader has them."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "MINIO_ENDPOINT": site.url,
        "MINIO_ACCESS_KEY": site.access_key,
        "MINIO_SECRET_KEY": site.secret_key,
        "MC_HOST_local": f"http://{site.access_key}:{site.secret_key}@{site.endpoint}",
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "photo.jpg").write_bytes(CONTENT)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(CONTENT)
    raw = RawS3(site.endpoint, site.access_key, site.secret_key)
    if site.engine == "seaweedfs":
        grow_volume(site, "my-bucket")
    with site.client() as client:
        client.make_bucket("my-bucket")
        for name in ("my-object", "photos/2024/beach.jpg"):
            client.put_object("my-bucket", name, io.BytesIO(CONTENT), len(CONTENT))
        yield site
        for bucket in client.list_buckets():
            remove_bucket(raw, bucket.name)


def run(snippet: Snippet, server: LocalServer) -> None:
    """Run an example step by step and compare what it shows.

    Raises:
        AssertionError: A step shows something else than its reader was told.
    """
    client = server.async_client() if snippet.asynchronous else server.client()
    names: dict[str, Any] = {name: getattr(minio, name) for name in minio.__all__}
    for module in (snippet.module.rpartition(".")[0] or "minio", snippet.module):
        loaded = importlib.import_module(module)
        names |= vars(loaded) | {name: getattr(loaded, name) for name in getattr(loaded, "__all__", ())}
    names |= {"client": client, "__name__": "__main__"}
    if snippet.administers:
        keys = StaticProvider(server.access_key, server.secret_key)
        made = AsyncMinioAdmin if snippet.asynchronous else MinioAdmin
        names["admin"] = made(endpoint=server.endpoint, credentials=keys, secure=False)
    checker = doctest.OutputChecker()
    with asyncio.Runner() as runner:
        try:
            for step in snippet.steps():
                if not step.options.get(doctest.SKIP):
                    shown = _run_step(addressed(step.source, server), names, runner, ">>>" in snippet.text)
                    agrees = not step.want or checker.check_output(step.want, shown, _FLAGS)
                    assert agrees, checker.output_difference(step, shown, _FLAGS)
        finally:
            for each in (client, names.get("admin")):
                if isinstance(each, (AsyncMinio, AsyncMinioAdmin)):
                    runner.run(each.close())
                elif each is not None:
                    each.close()


def addressed(source: str, server: LocalServer) -> str:
    """The source with the server that runs in the place of the one that is written."""
    for written, real in (
        ("127.0.0.1:9000", server.endpoint),
        ("http://127.0.0.1:9000", server.url),
        ("access key", server.access_key),
        ("secret key", server.secret_key),
    ):
        source = source.replace(f'"{written}"', f'"{real}"')
    return source


def _run_step(source: str, names: dict[str, Any], runner: asyncio.Runner, interactive: bool) -> str:
    code = compile(
        source, "<example>", "single" if interactive else "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
    )

    async def finish(coroutine: Any) -> None:
        await coroutine

    with contextlib.redirect_stdout(io.StringIO()) as shown:
        result = eval(code, names)
        if code.co_flags & inspect.CO_COROUTINE:
            runner.run(finish(result))
    return shown.getvalue()


@pytest.mark.parametrize("snippet", parameters(docstring_snippets()))
def test_docstring_example_runs(workplace: LocalServer, snippet: Snippet) -> None:
    if all(step.options.get(doctest.SKIP) for step in snippet.steps()):
        return
    if snippet.administers:
        prepare_admin(workplace, snippet.name.rpartition(".")[2])
    else:
        prepare(workplace, snippet.name.rpartition(".")[2])
    run(snippet, workplace)


@pytest.mark.parametrize("snippet", parameters(markdown_snippets()))
def test_markdown_example_runs(workplace: LocalServer, snippet: Snippet) -> None:
    run(snippet, workplace)


def prepare(server: LocalServer, call: str) -> None:
    """What a few calls need to be otherwise: no bucket, nothing in it, or locks."""
    locks = any(word in call for word in _LOCKS)
    if not locks and call not in ("make_bucket", "remove_bucket"):
        return
    with server.client() as client:
        for item in client.list_objects("my-bucket", recursive=True):
            client.remove_object("my-bucket", str(item.object_name))
        if call != "remove_bucket":
            client.remove_bucket("my-bucket")
        if locks:
            client.make_bucket("my-bucket", object_lock=True)
            client.put_object("my-bucket", "my-object", io.BytesIO(CONTENT), len(CONTENT))


def prepare_admin(server: LocalServer, call: str) -> None:
    """What most admin calls need: one user, one policy, one group with the user, and a change of the configuration."""
    keys = StaticProvider(server.access_key, server.secret_key)
    with MinioAdmin(endpoint=server.endpoint, credentials=keys, secure=False) as admin:
        with contextlib.suppress(minio.error.MinioAdminException):
            admin.user_remove("my-user")
        with contextlib.suppress(minio.error.MinioAdminException):
            admin.group_remove("my-group")
        admin.user_add("my-user", "my-users-secret")
        if call != "group_add":
            admin.group_add("my-group", ["my-user"])
        allow = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::my-bucket/*"]}
        admin.policy_add("my-policy", policy={"Version": "2012-10-17", "Statement": [allow]})
        if "config" in call:
            admin.config_set("region", {"name": "eu-west-1"})


def test_every_call_of_the_clients_has_an_example() -> None:
    missing = [name for owner in (*CLIENTS, *ADMINS) for name, call in public_members(owner) if not sections(call)]
    assert not missing


def test_only_what_the_server_cannot_do_is_skipped() -> None:
    skipped = {
        snippet.name
        for snippet in [*docstring_snippets(), *markdown_snippets()]
        if any(step.options.get(doctest.SKIP) for step in snippet.steps())
    }
    assert not {name for name in skipped if not any(word in name for word in (*_BEYOND_THE_SERVER, *_BEYOND_JUICEFS))}


def test_an_example_that_shows_something_else_fails(workplace: LocalServer) -> None:
    with pytest.raises(AssertionError, match="Expected"):
        run(Snippet("wrong", '>>> client.bucket_exists("my-bucket")\nFalse\n'), workplace)


def test_an_example_that_raises_fails(workplace: LocalServer) -> None:
    with pytest.raises(minio.S3Error):
        run(Snippet("wrong", '>>> await client.stat_object("my-bucket", "no-such-object")\n'), workplace)
