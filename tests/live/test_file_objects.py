"""Objects as files, used by code that expects files; and progress bars during transfers."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.progress import Progress

from live.helpers import MIB, PlainStream, Requests, content_of, is_there, noise, uploads_of
from minio import AsyncMinio, Minio
from minio.error import InvalidArgumentError, NoSuchBucket, NoSuchKey, TransportError
from minio.progress import RichProgress, TqdmProgress
from servers.live import LiveServer

CONTENT = noise(12 * MIB + 345)
LINES = "".join(f"line {number} äöü\n" for number in range(50_000))


def stored(client: Minio, bucket: str, content: bytes) -> str:
    client.put_object(bucket, "object", content, len(content))
    return bucket


# --- reading


def test_zip_file(client: Minio, bucket: str) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(20):
            archive.writestr(f"member-{number}", CONTENT[number * 1000 : number * 1000 + MIB])
    stored(client, bucket, made.getvalue())
    trace = Requests()
    client.trace_on(trace)
    with client.open_object(bucket, "object") as file, zipfile.ZipFile(file) as archive:
        assert archive.read("member-7") == CONTENT[7000 : 7000 + MIB]
        assert len(archive.namelist()) == 20
        assert trace.count("GET") <= 6, "a member costs a few requests, not the whole archive"
        assert archive.testzip() is None


def test_tar_file(client: Minio, bucket: str) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        entry = tarfile.TarInfo("member")
        entry.size = 3 * MIB
        archive.addfile(entry, io.BytesIO(CONTENT))
    stored(client, bucket, made.getvalue())
    with client.open_object(bucket, "object") as file, tarfile.open(fileobj=file) as archive:
        member = archive.extractfile("member")
        assert member is not None
        assert member.read() == CONTENT[: 3 * MIB]


def test_buffered_reader(client: Minio, bucket: str) -> None:
    stored(client, bucket, CONTENT)
    with io.BufferedReader(client.open_object(bucket, "object"), 100_000) as file:
        assert file.read(10) == CONTENT[:10]
        assert file.peek(1)
        file.seek(-100, io.SEEK_END)
        assert file.read() == CONTENT[-100:]
        file.seek(5 * MIB)
        assert file.read(2 * MIB) == CONTENT[5 * MIB : 7 * MIB]
        assert file.tell() == 7 * MIB


def test_lines_of_text(client: Minio, bucket: str) -> None:
    stored(client, bucket, LINES.encode())
    trace = Requests()
    client.trace_on(trace)
    with io.TextIOWrapper(io.BufferedReader(client.open_object(bucket, "object")), "utf-8") as file:
        assert "".join(file) == LINES
    assert trace.count("GET") <= 4, "read on from front to back: ever larger pieces"


def test_reader_is_a_raw_file(client: Minio, bucket: str) -> None:
    stored(client, bucket, CONTENT)
    file = client.open_object(bucket, "object")
    assert isinstance(file, io.RawIOBase)
    assert (file.readable(), file.writable(), file.seekable(), file.closed) == (True, False, True, False)
    assert file.size == len(CONTENT)
    assert file.seek(-5, io.SEEK_END) == len(CONTENT) - 5
    assert file.read(100) == CONTENT[-5:]
    assert file.read(100) == b""
    file.seek(2 * len(CONTENT))
    assert file.read() == b""
    buffer = bytearray(10)
    file.seek(0)
    assert file.readinto(buffer) == 10
    assert buffer == CONTENT[:10]
    assert file.readall() == CONTENT[10:]
    with pytest.raises(InvalidArgumentError):
        file.seek(-1)
    with pytest.raises(io.UnsupportedOperation):
        file.write(b"x")
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.read()


def test_table(client: Minio, bucket: str) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"number": list(range(200_000)), "text": [f"row {number}" for number in range(200_000)]})
    with client.open_object(bucket, "table", "wb") as out:
        parquet.write_table(table, out, row_group_size=10_000)
    trace = Requests()
    client.trace_on(trace)
    with client.open_object(bucket, "table") as file:
        found = parquet.ParquetFile(file)
        assert found.metadata.num_rows == 200_000
        assert found.read_row_group(3, columns=["number"]).column("number").to_pylist() == list(range(30_000, 40_000))
        assert trace.count("GET") <= 4
        assert found.read().equals(table)


def test_object_replaced_while_it_is_read(client: Minio, bucket: str) -> None:
    stored(client, bucket, CONTENT)
    with client.open_object(bucket, "object") as file:
        assert file.read(10) == CONTENT[:10]
        client.put_object(bucket, "object", CONTENT[::-1], len(CONTENT))
        file.seek(6 * MIB)
        with pytest.raises(TransportError, match="replaced"):
            file.read(10)


def test_missing_objects_cannot_be_opened(client: Minio, bucket: str) -> None:
    with pytest.raises(NoSuchKey):
        client.open_object(bucket, "nothing")
    with pytest.raises(InvalidArgumentError, match="mode"):
        client.open_object(bucket, "nothing", "ab")  # type: ignore[call-overload]


# --- writing


@pytest.mark.parametrize("size", [0, 10, 5 * MIB, len(CONTENT)])
def test_written_content_is_stored(client: Minio, bucket: str, server: LiveServer, size: int) -> None:
    with client.open_object(bucket, "object", "wb", content_type="text/plain", metadata={"a": "b"}) as file:
        assert not file.seekable()
        for at in range(0, size, 700_001):
            assert file.write(memoryview(CONTENT)[at : min(size, at + 700_001)]) > 0
        assert file.tell() == size
        assert not is_there(server, bucket, "object")
    assert content_of(server, bucket, "object") == CONTENT[:size]
    found = client.stat_object(bucket, "object")
    assert file.result is not None
    assert file.result.etag in (found.etag, "")
    assert found.content_type == "text/plain"
    assert (found.metadata or {})["x-amz-meta-a"] == "b"
    file.close()


def test_writer_cannot_be_read(client: Minio, bucket: str) -> None:
    with client.open_object(bucket, "object", "wb") as file:
        with pytest.raises(io.UnsupportedOperation):
            file.read(1)
        with pytest.raises(io.UnsupportedOperation):
            file.seek(0)


def test_writing_an_archive(client: Minio, bucket: str) -> None:
    with client.open_object(bucket, "object", "wb") as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr("member", CONTENT)
    with client.open_object(bucket, "object") as file, zipfile.ZipFile(file) as archive:
        assert archive.read("member") == CONTENT
    with client.open_object(bucket, "text", "wb") as raw, io.TextIOWrapper(io.BufferedWriter(raw), "utf-8") as text:
        text.write(LINES)
    with client.get_object(bucket, "text") as response:
        assert response.read() == LINES.encode()


@pytest.mark.parametrize("size", [10, len(CONTENT)])
@pytest.mark.parametrize("error", [OSError("no more"), KeyboardInterrupt()], ids=["error", "ctrl-c"])
def test_exception_publishes_nothing(
    client: Minio, bucket: str, server: LiveServer, size: int, error: BaseException
) -> None:
    with pytest.raises(type(error)), client.open_object(bucket, "object", "wb") as file:
        file.write(CONTENT[:size])
        raise error
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []
    assert _writers() == []


def settled() -> None:
    """Wait until no writer is active."""
    gc.collect()
    deadline = time.monotonic() + 60
    while _writers() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _writers() == []


@contextlib.contextmanager
def not_stored(bucket: str) -> Iterator[None]:
    """Expect the warning about a file that is dropped without being closed."""
    with pytest.warns(ResourceWarning, match=f"{bucket}/object was not stored"):
        yield


Layers = Callable[[io.RawIOBase], Any]
LAYERS: dict[str, Layers] = {
    "none": lambda raw: raw,
    "text": lambda raw: io.TextIOWrapper(raw, write_through=True),  # type: ignore[type-var]
    "buffer": io.BufferedWriter,
    "text over a buffer": lambda raw: io.TextIOWrapper(io.BufferedWriter(raw)),
}


def half_written(client: Minio, bucket: str, layer: str, size: int) -> Any:
    raw = client.open_object(bucket, "object", "wb")
    file = LAYERS[layer](raw)
    file.write("x" * size if "text" in layer else b"x" * size)
    return file


@pytest.mark.parametrize("size", [10, len(CONTENT)])
@pytest.mark.parametrize("layer", LAYERS)
def test_dropped_file_warns_and_publishes_nothing(
    client: Minio, bucket: str, server: LiveServer, layer: str, size: int
) -> None:
    with not_stored(bucket):
        file = half_written(client, bucket, layer, size)
        del file
        settled()
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_collected_after_an_exception_publish_nothing(
    client: Minio, bucket: str, server: LiveServer, layer: str
) -> None:
    def fail() -> None:
        file = half_written(client, bucket, layer, 10)
        raise OSError(f"no more for {file}")

    with not_stored(bucket):
        with contextlib.suppress(OSError):
            fail()
        settled()
    assert not is_there(server, bucket, "object")


@pytest.mark.parametrize("size", [10, len(CONTENT)])
@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("way", ["with", "finally", "stack"])
@pytest.mark.parametrize("layer", list(LAYERS)[1:])
def test_exception_through_a_layer_publishes_nothing(
    client: Minio, bucket: str, server: LiveServer, layer: str, way: str, kind: type[BaseException], size: int
) -> None:
    with pytest.raises(kind) as caught:
        file = half_written(client, bucket, layer, size)
        if way == "with":
            with file:
                raise kind
        with contextlib.ExitStack() as stack:
            stack.callback(file.close)
            if way == "stack":
                raise kind
            try:
                raise kind
            finally:
                file.close()
    assert f"{bucket}/object was not stored" in caught.value.__notes__[0]
    settled()
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


@pytest.mark.parametrize("layer", LAYERS)
def test_closed_layers_publish(client: Minio, bucket: str, server: LiveServer, layer: str) -> None:
    half_written(client, bucket, layer, 10).close()
    assert content_of(server, bucket, "object") == b"x" * 10
    try:
        raise ValueError("handled before the file is opened")
    except ValueError:
        with half_written(client, bucket, layer, 11):
            pass
    assert content_of(server, bucket, "object") == b"x" * 11


def test_interrupted_write_is_not_omitted(client: Minio, bucket: str, server: LiveServer) -> None:
    file = client.open_object(bucket, "object", "wb")
    put, blocks = file._upload.channel.put, []

    def interrupted(block: bytes) -> None:
        blocks.append(block)
        if len(blocks) == 2:
            raise KeyboardInterrupt
        put(block)

    file._upload.channel.put = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        file.write(CONTENT)
    with pytest.raises(TransportError, match="broken off"):
        file.write(b"more")
    with pytest.raises(TransportError, match="broken off"):
        file.close()
    assert file.closed
    file.close()
    settled()
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


async def test_cancelled_write_is_not_omitted(async_client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    file = await async_client.open_object(bucket, "object", "wb")
    writing = asyncio.ensure_future(file.write(CONTENT))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    with pytest.raises(TransportError, match="broken off"):
        await file.close()
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


async def test_dropped_asynchronous_file(async_client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    with not_stored(bucket):
        file = await async_client.open_object(bucket, "object", "wb")
        await file.write(CONTENT)
        del file
        gc.collect()
        for _ in range(500):
            if len(asyncio.all_tasks()) == 1:
                break
            await asyncio.sleep(0.01)
    assert len(asyncio.all_tasks()) == 1
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


PROGRAM = """
import asyncio, sys
from minio import AsyncMinio, Minio
kind, *given, bucket = sys.argv[1:]
async def main():
    global file
    file = await AsyncMinio(*given, secure=False).open_object(bucket, "object", "wb")
    await file.write(bytes(12 << 20))
if kind == "async":
    asyncio.run(main())
else:
    file = Minio(*given, secure=False).open_object(bucket, "object", "wb")
    file.write(bytes(12 << 20))
"""


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_file_open_at_exit(server: LiveServer, bucket: str, kind: str) -> None:
    given = [kind, server.endpoint, server.access_key, server.secret_key, bucket]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *given], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stderr == ""
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


def _writers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "minio-object-writer"]


def test_writing_to_a_missing_bucket(client: Minio, bucket_name: str) -> None:
    with pytest.raises(NoSuchBucket), client.open_object(bucket_name, "object", "wb") as file:
        for _ in range(100):
            file.write(CONTENT[:MIB])


async def test_files_asynchronously(async_client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    async with await async_client.open_object(bucket, "object", "wb") as file:
        await file.write(CONTENT)
    async with await async_client.open_object(bucket, "object") as found:
        await found.seek(-10, io.SEEK_END)
        assert await found.read() == CONTENT[-10:]
    with pytest.raises(OSError, match="no more"):
        async with await async_client.open_object(bucket, "other", "wb") as file:
            await file.write(CONTENT)
            raise OSError("no more")
    assert not is_there(server, bucket, "other")
    assert uploads_of(server, bucket) == []


# --- progress


class Witness:
    """Records progress calls, with the thread and the time of each."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int]] = []
        self.times: list[float] = []
        self._busy = threading.Lock()

    def __call__(self, done: int, total: int) -> None:
        assert self._busy.acquire(blocking=False), "told by two threads at once"
        self.times.append(time.monotonic())
        self.heard.append((done, total))
        time.sleep(0.002)
        self._busy.release()


class OldWitness(Witness):
    def set_meta(self, object_name: str, total_length: int) -> None:
        self.meta = object_name, total_length
        self.done = 0

    def update(self, length: int) -> None:
        self.done += length
        self(self.done, self.meta[1])


def judge(witness: Witness, size: int, seconds: float) -> None:
    assert witness.heard[-1] == (size, size)
    done = [count for count, _ in witness.heard]
    assert done == sorted(done)
    # All calls but the last are rate limited. A single one may be late on a busy machine.
    assert len(done) <= seconds / 0.045 + 2


@pytest.mark.parametrize("kind", [Witness, OldWitness])
def test_progress(client: Minio, bucket: str, tmp_path: Path, kind: type[Witness]) -> None:
    data = noise(80 * MIB)
    (tmp_path / "source").write_bytes(data)
    steps: list[tuple[Callable[[Any], object], int]] = [
        (lambda heard: client.fput_object(bucket, "object", tmp_path / "source", progress=heard), len(data)),
        (lambda heard: client.fget_object(bucket, "object", tmp_path / "target", progress=heard), len(data)),
        (lambda heard: client.put_object(bucket, "small", b"abc", 3, progress=heard), 3),
        (lambda heard: client.fget_object(bucket, "small", tmp_path / "small", progress=heard), 3),
    ]
    for step, size in steps:
        witness = kind()
        began = time.monotonic()
        step(witness)
        judge(witness, size, time.monotonic() - began)
        if isinstance(witness, OldWitness):
            assert witness.meta[1] == size


def test_progress_of_an_unknown_length(client: Minio, bucket: str) -> None:
    witness = Witness()
    client.put_object(bucket, "object", PlainStream(CONTENT), -1, progress=witness)
    assert witness.heard[-1] == (len(CONTENT), len(CONTENT))
    assert all(total == -1 for _, total in witness.heard[:-1])


@pytest.mark.parametrize("length", [len(CONTENT), -1])
def test_bars_are_drawn(client: Minio, bucket: str, tmp_path: Path, length: int) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    with RichProgress(Progress(console=console)) as bar:
        client.put_object(bucket, "a[b]c", PlainStream(CONTENT), length, progress=bar)
        client.fget_object(bucket, "a[b]c", tmp_path / "target", progress=bar)
        bar._bars.stop()
    assert "a[b]c" in screen.getvalue()
    assert "100%" in screen.getvalue()
    assert all(task.completed == len(CONTENT) for task in bar._bars.tasks)
    assert len(bar._bars.tasks) == 2

    screen = io.StringIO()
    with TqdmProgress(file=screen) as line:
        client.put_object(bucket, "a[b]c", PlainStream(CONTENT), length, progress=line)
        client.fget_object(bucket, "a[b]c", tmp_path / "target", progress=line)
    assert "a[b]c" in screen.getvalue()
    assert "100%" in screen.getvalue()
