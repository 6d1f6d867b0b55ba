"""A fork while other threads import: imports in the child do not wait for threads that it does not have."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

import minio
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio._core.engine.fork import ADMIN_OTHER_PACKAGES, NOT_FOR_CALLS, OTHER_PACKAGES, modules

SOURCE = Path(minio.__file__).parent

SLOW_IMPORT = """
import os, signal, sys, threading, time
from minio import Minio

NAME = sys.argv[1]

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == NAME:
            importing.set()
            time.sleep(0.5)

importing = threading.Event()
Minio("127.0.0.1:9", "a", "secret-key", secure=False)
assert NAME not in sys.modules
sys.meta_path.insert(0, Slow())
threading.Thread(target=__import__, args=(NAME,)).start()
importing.wait()
child = os.fork()
if not child:
    signal.alarm(100)
    __import__(NAME)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def imports_inside_functions(path: Path) -> Iterator[str]:
    name = "minio." + ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    package = name.rpartition(".")[0]
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield resolve_name("." * node.level + (node.module or ""), package) if node.level else str(node.module)


def paths() -> Iterator[Path]:
    for path in SOURCE.rglob("*.py"):
        name = "minio." + ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        if not name.startswith(NOT_FOR_CALLS):
            yield path


def test_function_level_imports_are_loaded_before_a_fork() -> None:
    named = {*modules(asynchronous=True, admin=True), *OTHER_PACKAGES, *ADMIN_OTHER_PACKAGES}
    loaded = {"minio", *named, "asyncio", "contextvars", "os", "sys", "lxml"}
    assert {name: path.name for path in paths() for name in imports_inside_functions(path) if name not in loaded} == {}


def test_blocking_program_does_not_load_asyncio() -> None:
    program = "import minio.sync, sys; from minio._core.engine import fork; import threading\n"
    program += "threading.active_count = lambda: 2; fork.finish_imports(); print('asyncio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(("used", "loaded"), [("minio.sync", False), ("minio.minioadmin", True)])
def test_only_programs_that_administer_load_what_encrypts(used: str, loaded: bool) -> None:
    program = f"import {used}, sys; from minio._core.engine import fork; import threading\n"
    program += "threading.active_count = lambda: 2; fork.finish_imports()\n"
    program += "print('argon2.low_level' in sys.modules, 'asyncio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"{loaded} False\n"


HANDLERS = """
import os, sys
from importlib import import_module
from minio._core.engine import fork
for name in sys.argv[1:]:
    import_module(name)
import threading
threading.active_count = lambda: 2
register, late = os.register_at_fork, []
def record(**handlers):
    late.extend({"before", "after_in_parent"} & handlers.keys())
    register(**handlers)
os.register_at_fork = record
fork.finish_imports()
print(late)
"""


@pytest.mark.parametrize("used", ["minio.sync._client", "minio.aio._client", "minio.minioadmin", "minio.parallel"])
def test_a_fork_loads_no_module_that_has_to_know_of_it_before(used: str) -> None:
    """What such a module does after a fork would fail: it releases a lock that it has not acquired before."""
    command = [sys.executable, "-c", HANDLERS, "minio", used]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


FORK = """
import asyncio, os, threading
from minio import AsyncMinio
threading.Thread(target=threading.Event().wait, args=(60,), daemon=True).start()
client = AsyncMinio("127.0.0.1:9", "a", "secret-key", secure=False)
child = os.fork()
if not child:
    os._exit(0)
os.waitpid(child, 0)
"""


def test_a_fork_of_an_asynchronous_program_reports_nothing() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", FORK], capture_output=True, text=True, check=True)
    assert done.stderr == ""


CALLS = """
import asyncio, io, sys, threading
from minio import AsyncMinio, Minio
from minio._core.engine import fork
from minio.error import S3Error

endpoint, kind, path = sys.argv[1:]
options = dict(access_key="key", secret_key="secret", secure=False, region="us-east-1", proxy="", retries=0)

async def calls():
    async with AsyncMinio(endpoint, **options) as client:
        loaded = load()
        await client.stat_object("bucket", "key")
        await client.put_object("bucket", "key", b"some", 4)
        await client.put_object("bucket", "key", io.BytesIO(b"some"), 4)
        await client.fput_object("bucket", "key", path)
        try:
            await client.list_buckets()
        except S3Error:
            return loaded

def blocking():
    with Minio(endpoint, **options) as client:
        loaded = load()
        client.stat_object("bucket", "key")
        client.put_object("bucket", "key", b"some", 4)
        client.put_object("bucket", "key", io.BytesIO(b"some"), 4)
        client.fput_object("bucket", "key", path)
        try:
            client.list_buckets()
        except S3Error:
            return loaded

def load():
    threading.active_count = lambda: 2
    fork.finish_imports()
    return set(sys.modules)

loaded = blocking() if kind == "blocking" else asyncio.run(calls())
print(sorted(set(sys.modules) - loaded))
"""


@pytest.mark.parametrize("kind", ["blocking", "asynchronous"])
def test_calls_load_nothing_more(kind: str, tmp_path: Path) -> None:
    def reply(request: Recorded) -> bytes:
        refusal = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
        return answer(refusal, "403 Forbidden") if request.method == "GET" else answer(headers={"ETag": '"e"'})

    (tmp_path / "file").write_bytes(b"some")
    with ScriptedServer(forever(reply)) as server:
        command = [sys.executable, "-c", CALLS, f"localhost:{server.origin.port}", kind, str(tmp_path / "file")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


FIRST_CALL = """
import os, signal, sys, threading, time
from minio import Minio

client = Minio(sys.argv[1], "key", "secret", secure=False, region="us-east-1", proxy="", retries=0)
threading.Thread(target=threading.Event().wait, daemon=True).start()
if not (child := os.fork()):  # nothing is loaded before later forks
    os._exit(0)
os.waitpid(child, 0)
threading.Thread(target=client.bucket_exists, args=("bucket",), daemon=True).start()
time.sleep(float(sys.argv[2]))
if not (child := os.fork()):
    signal.alarm(100)
    client.bucket_exists("bucket")
    os._exit(0)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
os._exit(1 if code else 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("milliseconds", [0, 0.01, 0.02, 0.05, 1, 2, 3, 4])
def test_a_later_fork_in_the_middle_of_a_first_call(milliseconds: float) -> None:
    with ScriptedServer(forever(answer())) as server:
        command = [sys.executable, "-W", "ignore", "-c", FIRST_CALL, str(server.origin), str(milliseconds / 1000)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("name", ["minio._core.ops.multipart", "minio.tagging", "lxml.etree", "tempfile"])
def test_fork_during_an_import(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", SLOW_IMPORT, name], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
