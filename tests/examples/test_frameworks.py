"""Each program of examples/ runs and does what it says. The packages are imported only by the tests that use them."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from types import ModuleType
from typing import Any

import pytest

from minio import Minio
from servers import live
from servers.cleanup import remove_bucket

# What the packages warn about each other is not about this one.
pytestmark = pytest.mark.filterwarnings("default")

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CONTENT = bytes(range(256)) * 40_000


@pytest.fixture
def server(servers: live.Servers) -> live.LiveServer:
    return servers.get("seaweedfs")


@pytest.fixture
def client(server: live.LiveServer) -> Iterator[Minio]:
    with server.make_client() as made:
        yield made


@pytest.fixture
def bucket(server: live.LiveServer, client: Minio, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket, and the environment that names it and the server."""
    name = f"test-{token_hex(6)}"
    server.expect_bucket(name)
    client.make_bucket(name)
    for variable, value in {
        "MINIO_ENDPOINT": server.endpoint,
        "MINIO_SECURE": "0",
        "MINIO_ACCESS_KEY": server.access_key,
        "MINIO_SECRET_KEY": server.secret_key,
        "MINIO_BUCKET": name,
    }.items():
        monkeypatch.setenv(variable, value)
    yield name
    remove_bucket(server.raw, name)


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import an example. It can be found by its name, so that its functions can be pickled."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return load


def test_fastapi(bucket: str, client: Minio, load: Any) -> None:
    from fastapi.testclient import TestClient

    with TestClient(load("fastapi_app").app) as web:

        def pieces() -> Iterator[bytes]:
            for start in range(0, len(CONTENT), 1 << 20):
                yield CONTENT[start : start + (1 << 20)]

        stored = web.put("/files/dir/a.bin", content=pieces(), headers={"Content-Type": "image/png"})
        assert stored.status_code == 201
        assert client.stat_object(bucket, "dir/a.bin").size == len(CONTENT)
        assert web.put("/files/dir/a.bin", content=b"x", headers={"If-None-Match": "*"}).status_code == 412

        whole = web.get("/files/dir/a.bin")
        assert (whole.status_code, whole.headers["content-type"], whole.content) == (200, "image/png", CONTENT)
        etag = whole.headers["etag"]
        assert etag == stored.headers["etag"]
        part = web.get("/files/dir/a.bin", headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, CONTENT[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(CONTENT)}"
        for condition, status in ((etag, 206), ('"other"', 200), (whole.headers["last-modified"], 206)):
            found = web.get("/files/dir/a.bin", headers={"Range": "bytes=-5", "If-Range": condition})
            assert found.status_code == status
        assert web.get("/files/dir/a.bin", headers={"If-None-Match": etag}).status_code == 304
        beyond = web.get("/files/dir/a.bin", headers={"Range": f"bytes={len(CONTENT)}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(CONTENT)}")
        assert web.get("/files/none").status_code == 404

        assert "<progress" in web.get("/").text
        url = web.post("/uploads/b.bin").json()
        assert f"/{bucket}/b.bin?" in url
        import urllib.request

        with urllib.request.urlopen(urllib.request.Request(url, b"content", method="PUT")) as response:
            assert response.status == 200
        assert web.get("/files/b.bin").content == b"content"


def test_flask(bucket: str, client: Minio, load: Any) -> None:
    module = load("flask_app")
    web = module.app.test_client()
    stored = web.put("/files/dir/a.bin", input_stream=io.BytesIO(CONTENT), content_length=len(CONTENT))
    assert stored.status_code == 201
    found = web.get("/files/dir/a.bin")
    assert (found.data, found.headers["ETag"]) == (CONTENT, stored.headers["ETag"])
    found.close()
    assert [item["name"] for item in web.get("/files/").json] == ["dir/a.bin"]
    assert web.get("/files/none").status_code == 404
    module.client.close()


def test_django(bucket: str, client: Minio) -> None:
    # Django can be configured once in a process.
    program = """
import io, runpy, sys, urllib.request
sys.argv = ["django_site.py", "check"]
names = runpy.run_path(sys.argv[0], run_name="django_site")
sys.modules["django_site"] = type(sys)("django_site")
sys.modules["django_site"].urlpatterns = names["urlpatterns"]
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
answer = Client().post("/upload", {"file": SimpleUploadedFile("a.txt", b"content")}).json()
assert answer["size"] == 7, answer
assert urllib.request.urlopen(answer["url"]).read() == b"content"
print(answer["name"])
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=EXAMPLES, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    with client.get_object(bucket, done.stdout.strip()) as response:
        assert response.read() == b"content"


def test_notebook(bucket: str, client: Minio, tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(EXAMPLES / "notebook.ipynb", as_version=4)
    NotebookClient(notebook, timeout=250, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [str(cell.get("outputs", "")) for cell in notebook.cells]
    assert "Minio(" in shown[1]
    assert "100%" in shown[3]
    assert "12.0M/12.0M" in shown[3]
    assert "Object(bucket_name=" in shown[5]
    assert "<table" in shown[7]
    assert "['data.bin', 'table.parquet']" in shown[9]
    assert {item.object_name for item in client.list_objects(bucket)} == {"data.bin", "table.parquet"}


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_dataset(
    server: live.LiveServer, bucket: str, client: Minio, load: Any, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINIO_ENDPOINT", server.url)
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES))
    monkeypatch.syspath_prepend(str(EXAMPLES))
    contents = [b"%d" % number for number in range(100)]
    for number, content in enumerate(contents):
        client.put_object(bucket, f"samples/{number:03}", io.BytesIO(content), len(content))
    module = load("dataset")
    expected = [hashlib.sha256(b"".join(contents[at : at + 64])).hexdigest() for at in (0, 64)]
    assert module.main(f"{bucket}/samples", method=method) == expected


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_forked_workers(bucket: str, client: Minio, load: Any) -> None:
    for number in range(8):
        text = b"word " * number
        client.put_object(bucket, f"{number}.txt", io.BytesIO(text), len(text))
    module = load("forked_workers")
    assert module.main(bucket) == {f"{number}.txt": number for number in range(8)}
    with client.get_object(bucket, "5.txt.words") as response:
        assert response.read() == b"5"
    module.client.close()
