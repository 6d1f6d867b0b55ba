"""Interrupted uploads: only this user's own uploads are resumed, for the same content and the same properties."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from live.aio._backend import outside, together
from live.helpers import (
    MIB,
    Requests,
    begin_upload,
    content_of,
    enable_versioning,
    is_there,
    noise,
    uploads_of,
)
from minio import AsyncMinio
from minio._core.transfer import progress
from minio._core.transfer.journal import head_line, read
from minio.commonconfig import GOVERNANCE, Tags
from minio.error import InvalidSizeError, NoSuchBucket, ResponseError
from minio.retention import Retention
from minio.sse import SseS3
from servers.live import LiveServer

PART = 5 * MIB
LARGE = noise(3 * PART + 345)
"""Four parts."""
OTHER = LARGE[::-1]


class Stopped(Exception):
    """Raised to end the call."""


class StopAt:
    """A progress that runs an action and then ends the call when this many bytes are done."""

    def __init__(self, at: int, action: Callable[[], object] | None = None, ends: bool = True) -> None:
        self.at = at
        self.action = action
        self.ends = ends
        self.done = 0

    def set_meta(self, object_name: str, total_length: int) -> None:
        self.done = 0

    def update(self, length: int) -> None:
        self.done += length
        if self.done >= self.at:
            self.at = sys.maxsize
            if self.action is not None:
                self.action()
            if self.ends:
                raise Stopped


@pytest.fixture(autouse=True)
def _every_block_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_INTERVAL", 0.0)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(LARGE)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journals"


async def interrupt(client: AsyncMinio, bucket: str, source: Any, parts: int = 1, **options: Any) -> None:
    """Make an upload that is interrupted after this many parts."""
    stop: Any = StopAt(parts * PART)
    with pytest.raises(Stopped):
        await put(client, bucket, source, num_parallel_uploads=1, progress=stop, **options)


async def put(client: AsyncMinio, bucket: str, source: Any, key: str = "object", **options: Any) -> Any:
    if isinstance(source, Path):
        return await client.fput_object(bucket, key, source, **options)
    return await client.put_object(bucket, key, source, len(source), **options)


def traced(client: AsyncMinio) -> Requests:
    trace = Requests()
    client.trace_on(trace)
    return trace


def upload_ids(trace: Requests) -> set[str]:
    """The IDs of the uploads that parts were sent to."""
    return {found for line in trace.lines for found in re.findall(r"partNumber=.*uploadId=([^& ]+)", line)}


def listed_ids(server: LiveServer, bucket: str) -> list[str]:
    answer = server.raw.request("GET", f"/{bucket}", {"uploads": ""})
    return [record["UploadId"] for record in answer.records("Upload")]


def journals(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


# --- the same call again


@pytest.mark.parametrize("kind", ["file", "memory", "open file"])
async def test_only_the_rest_is_sent_again(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path, kind: str
) -> None:
    with source.open("rb") as file:
        data: Any = {"file": source, "memory": LARGE, "open file": file}[kind]

        async def call(**options: Any) -> None:
            if kind == "open file":
                file.seek(0)
                await client.put_object(bucket, "object", file, -1, resume=folder, **options)
            else:
                await put(client, bucket, data, resume=folder, **options)

        stop: Any = StopAt(PART)
        with pytest.raises(Stopped):
            await call(num_parallel_uploads=1, progress=stop)
        assert not is_there(server, bucket, "object")
        assert uploads_of(server, bucket) == ["object"]
        assert len(journals(folder)) == 1
        trace = traced(client)
        heard: list[tuple[int, int]] = []
        await call(progress=lambda done, total: heard.append((done, total)))
    assert content_of(server, bucket, "object") == LARGE
    assert (trace.count("partNumber="), trace.count("uploads=")) == (3, 0)
    assert heard[0] == (PART, len(LARGE)) or kind == "open file"
    assert heard[-1] == (len(LARGE), len(LARGE))
    assert uploads_of(server, bucket) == []
    assert journals(folder) == []


async def test_first_call_lists_nothing(client: AsyncMinio, bucket: str, source: Path, folder: Path) -> None:
    trace = traced(client)
    await put(client, bucket, source, resume=folder)
    assert trace.count("partNumber=") == 4
    assert [line for line in trace.lines if line.startswith(("GET", "DELETE"))] == []


async def test_repeated_interruptions(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path
) -> None:
    trace = traced(client)
    for parts in (1, 2, 3):
        await interrupt(client, bucket, source, parts, resume=folder)
    await put(client, bucket, source, resume=folder)
    assert content_of(server, bucket, "object") == LARGE
    assert trace.count("partNumber=") == 4
    assert trace.count("uploads=") == 1


def small_tags() -> Tags:
    tags = Tags.new_object_tags()
    tags["a"] = "b"
    return tags


def lock_needs(name: str, options: dict[str, Any]) -> Any:
    return pytest.param(options, id=name, marks=pytest.mark.requires("object_lock"))


UNTIL = datetime(2030, 1, 1, tzinfo=UTC)
PROPERTIES = [
    pytest.param({"content_type": "text/plain"}, id="content type"),
    pytest.param({"metadata": {"colour": "red"}}, id="metadata"),
    pytest.param({"metadata": {"Cache-Control": "no-store"}}, id="cache control"),
    pytest.param({"metadata": {"x-amz-storage-class": "STANDARD"}}, id="storage class"),
    pytest.param({"metadata": {"x-amz-acl": "public-read"}}, id="access"),
    pytest.param({"metadata": {"x-amz-website-redirect-location": "/elsewhere"}}, id="redirect"),
    pytest.param({"tags": small_tags()}, id="tags", marks=pytest.mark.requires("multipart_tags")),
    pytest.param({"sse": SseS3()}, id="encryption", marks=pytest.mark.requires("sse_s3")),
    pytest.param({"checksum": "SHA256"}, id="another checksum"),
    pytest.param({"checksum": None}, id="no checksum"),
    pytest.param({"part_size": 6 * MIB}, id="part size"),
    lock_needs("retention", {"retention": Retention(GOVERNANCE, UNTIL)}),
    lock_needs("legal hold", {"legal_hold": True}),
]


async def make_bucket(client: AsyncMinio, name: str, options: dict[str, Any]) -> str:
    """A bucket that accepts objects with these properties."""
    await client.make_bucket(name, object_lock=bool({"retention", "legal_hold"} & options.keys()))
    return name


async def seen(client: AsyncMinio, bucket: str, key: str) -> dict[str, Any]:
    """The visible properties of an object."""
    found = await client.stat_object(bucket, key)
    headers = {name.lower(): value for name, value in (found.metadata or {}).items()}
    own = re.compile(r"x-amz-(meta-|object-lock|server-side|storage|tagging|website)|cache-control|content-type").match
    return {
        **{name: value for name, value in headers.items() if own(name)},
        "tags": await client.get_object_tags(bucket, key),
    }


@pytest.mark.parametrize("options", PROPERTIES)
async def test_same_properties(
    client: AsyncMinio, bucket_name: str, server: LiveServer, source: Path, folder: Path, options: dict[str, Any]
) -> None:
    bucket = await make_bucket(client, bucket_name, options)
    await interrupt(client, bucket, source, 2, resume=folder, **options)
    trace = traced(client)
    await put(client, bucket, source, resume=folder, **options)
    assert trace.count("uploads=") == 0
    assert trace.count("partNumber=") == 1 + (options.get("part_size") is None)
    assert content_of(server, bucket, "object") == LARGE
    await put(client, bucket, source, "fresh", resume=folder, **options)
    assert await seen(client, bucket, "object") == await seen(client, bucket, "fresh")


@pytest.mark.parametrize("earlier", [True, False], ids=["not any more", "only now"])
@pytest.mark.parametrize("options", PROPERTIES)
async def test_other_properties(
    client: AsyncMinio,
    bucket_name: str,
    server: LiveServer,
    source: Path,
    folder: Path,
    options: dict[str, Any],
    earlier: bool,
) -> None:
    """The object has the properties of the later call and none of the earlier call, whose upload is aborted."""
    bucket = await make_bucket(client, bucket_name, options)
    first, second = (options, {}) if earlier else ({}, options)
    await interrupt(client, bucket, source, resume=folder, **first)
    (before,) = listed_ids(server, bucket)
    trace = traced(client)
    await put(client, bucket, source, resume=folder, **second)
    assert before not in upload_ids(trace)
    assert trace.count("uploads=") == 1
    assert content_of(server, bucket, "object") == LARGE
    assert uploads_of(server, bucket) == []
    assert journals(folder) == []
    await put(client, bucket, source, "fresh", resume=folder, **second)
    assert await seen(client, bucket, "object") == await seen(client, bucket, "fresh")


@pytest.mark.requires("versioning")
async def test_versioned_bucket_gets_one_version(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path
) -> None:
    enable_versioning(server, bucket)
    await interrupt(client, bucket, source, resume=folder, content_type="text/plain")
    await put(client, bucket, source, resume=folder, content_type="text/html")
    await interrupt(client, bucket, LARGE, resume=folder)
    await put(client, bucket, LARGE, resume=folder)
    answer = server.raw.request("GET", f"/{bucket}", {"versions": ""})
    assert len(list(answer.records("Version"))) == 2


@pytest.mark.requires("object_lock")
async def test_no_lock_is_inherited(
    client: AsyncMinio, bucket_name: str, server: LiveServer, source: Path, folder: Path
) -> None:
    await client.make_bucket(bucket_name, object_lock=True)
    until = datetime.now(UTC) + timedelta(days=1)
    await interrupt(client, bucket_name, source, resume=folder, retention=Retention(GOVERNANCE, until))
    stored = await put(client, bucket_name, source, resume=folder)
    await client.remove_object(bucket_name, "object", version_id=stored.version_id)
    assert not is_there(server, bucket_name, "object")


async def test_other_content(client: AsyncMinio, bucket: str, server: LiveServer, folder: Path) -> None:
    await interrupt(client, bucket, OTHER, 3, resume=folder)
    (before,) = listed_ids(server, bucket)
    trace = traced(client)
    await put(client, bucket, LARGE, resume=folder)
    assert before not in upload_ids(trace)
    assert content_of(server, bucket, "object") == LARGE
    assert uploads_of(server, bucket) == []


async def test_rewritten_file(client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path) -> None:
    await interrupt(client, bucket, source, 3, resume=folder)
    (before,) = listed_ids(server, bucket)
    await outside(source.write_bytes, OTHER)
    trace = traced(client)
    await put(client, bucket, source, resume=folder)
    assert before not in upload_ids(trace)
    assert content_of(server, bucket, "object") == OTHER


async def test_another_user(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path, make_client: Callable[..., Any]
) -> None:
    """Uploads of another access key are neither resumed nor aborted."""
    await interrupt(client, bucket, source, resume=folder)
    (path,) = journals(folder)
    other = make_client(access_key="somebody", secret_key="else")
    with pytest.raises(ResponseError):
        await put(other, bucket, source, resume=folder)
    assert journals(folder) == [path]
    assert uploads_of(server, bucket) == ["object"]


# --- uploads that are not in the journal


@pytest.mark.parametrize("parts", [[LARGE[:PART]], [OTHER[:PART]], [LARGE[: 6 * MIB]], []])
async def test_upload_of_somebody_else(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path, parts: list[bytes]
) -> None:
    theirs = begin_upload(server, bucket, "object", *parts)
    trace = traced(client)
    await put(client, bucket, source, resume=folder)
    assert theirs not in upload_ids(trace)
    assert trace.count("partNumber=") == 4
    assert content_of(server, bucket, "object") == LARGE
    assert listed_ids(server, bucket) == [theirs]


@pytest.mark.parametrize("damage", ["removed", "cut short", "turned", "another", "emptied", "unwritable"])
async def test_damaged_journal(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path, damage: str
) -> None:
    """Whatever happens to the journal, the object equals the source."""
    await interrupt(client, bucket, source, 2, resume=folder)
    (path,) = journals(folder)
    content = path.read_bytes()
    to_send = 4
    if damage == "removed":
        path.unlink()
    elif damage == "cut short":
        path.write_bytes(content[:-30])
        to_send = 2  # the unrecorded part is verified by its MD5
    elif damage == "turned":
        path.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    elif damage == "another":
        await interrupt(client, bucket, OTHER, 2, resume=folder)
        (other,) = set(journals(folder)) - {path}
        path.write_bytes(other.read_bytes())
    elif damage == "emptied":
        path.write_bytes(b"")
    else:
        path.unlink()
        path.mkdir()
    trace = traced(client)
    await put(client, bucket, source, resume=folder)
    assert trace.count("partNumber=") == to_send
    assert content_of(server, bucket, "object") == LARGE


async def test_recorded_part_is_verified(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path
) -> None:
    await interrupt(client, bucket, source, 3, resume=folder)
    (upload_id,) = listed_ids(server, bucket)
    query = {"partNumber": "2", "uploadId": upload_id}
    assert server.raw.request("PUT", f"/{bucket}/object", query, OTHER[:PART]).status == 200
    trace = traced(client)
    await put(client, bucket, source, resume=folder)
    assert trace.count("partNumber=") == 2
    assert content_of(server, bucket, "object") == LARGE


async def test_journal_that_names_an_upload_of_other_content(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path
) -> None:
    await interrupt(client, bucket, source, resume=folder)
    (path,) = journals(folder)
    record = read(path.read_bytes())
    assert record is not None
    theirs = begin_upload(server, bucket, "object", OTHER[:PART])
    path.write_bytes(head_line(record.purpose, theirs))
    trace = traced(client)
    await put(client, bucket, source, resume=folder)
    assert theirs not in upload_ids(trace)
    assert content_of(server, bucket, "object") == LARGE


# --- concurrent calls


async def test_upload_that_was_removed(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path
) -> None:
    await interrupt(client, bucket, source, 2, resume=folder)
    await client.remove_incomplete_upload(bucket, "object")
    trace = traced(client)
    await put(client, bucket, source, resume=folder)
    assert trace.count("partNumber=") == 4
    assert content_of(server, bucket, "object") == LARGE
    assert journals(folder) == []


async def test_upload_that_was_completed(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path
) -> None:
    """For example by a client that was killed before it could remove its journal."""
    await interrupt(client, bucket, source, 3, resume=folder)
    (path,) = journals(folder)
    content = path.read_bytes()
    await put(client, bucket, source, resume=folder)
    path.write_bytes(content)
    await put(client, bucket, source, resume=folder)
    assert content_of(server, bucket, "object") == LARGE
    assert uploads_of(server, bucket) == []
    assert journals(folder) == []


@pytest.mark.parametrize("resumed", [True, False])
async def test_upload_removed_during_the_call(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path, resumed: bool
) -> None:
    if resumed:
        await interrupt(client, bucket, source, resume=folder)

    def remove() -> None:
        for upload_id in listed_ids(server, bucket):
            server.raw.request("DELETE", f"/{bucket}/object", {"uploadId": upload_id})

    hook: Any = StopAt(2 * PART, remove, ends=False)
    await put(client, bucket, source, resume=folder, num_parallel_uploads=1, progress=hook)
    assert hook.at == sys.maxsize
    assert content_of(server, bucket, "object") == LARGE
    assert journals(folder) == []


async def test_part_replaced_during_the_call(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path
) -> None:
    await interrupt(client, bucket, source, 2, resume=folder)
    (upload_id,) = listed_ids(server, bucket)

    def replace() -> None:
        query = {"partNumber": "1", "uploadId": upload_id}
        assert server.raw.request("PUT", f"/{bucket}/object", query, OTHER[:PART]).status == 200

    hook: Any = StopAt(3 * PART, replace, ends=False)
    await put(client, bucket, source, resume=folder, num_parallel_uploads=1, progress=hook)
    assert hook.at == sys.maxsize
    assert content_of(server, bucket, "object") == LARGE


async def test_two_callers_of_the_same_upload(
    client: AsyncMinio,
    bucket: str,
    server: LiveServer,
    source: Path,
    folder: Path,
    make_client: Callable[..., AsyncMinio],
) -> None:
    """One call resumes it, and the other sends everything to a new upload."""
    await interrupt(client, bucket, source, 2, resume=folder)
    (before,) = listed_ids(server, bucket)
    clients = [make_client(), make_client()]
    traces = [traced(one) for one in clients]
    await together(
        lambda: put(clients[0], bucket, source, resume=folder),
        lambda: put(clients[1], bucket, source, resume=folder),
    )
    used = [upload_ids(trace) for trace in traces]
    assert not used[0] & used[1]
    assert sum(before in ids for ids in used) == 1
    assert content_of(server, bucket, "object") == LARGE
    assert uploads_of(server, bucket) == []
    assert journals(folder) == []


async def test_second_caller_keeps_the_journal_of_the_first(
    client: AsyncMinio,
    bucket: str,
    server: LiveServer,
    source: Path,
    folder: Path,
    make_client: Callable[..., AsyncMinio],
) -> None:
    """While one call uses the journal, a second one aborts its upload if interrupted, and aborts nothing on success."""
    from minio._core.transfer.journal import Journal

    await interrupt(client, bucket, source, 2, resume=folder)
    (before,) = listed_ids(server, bucket)
    (path,) = journals(folder)
    record = read(path.read_bytes())
    assert record is not None
    held = Journal(str(folder), record.purpose)
    held.open()
    try:
        await interrupt(client, bucket, source, resume=folder)
        assert listed_ids(server, bucket) == [before]
        await put(client, bucket, source, resume=folder)
        await put(client, bucket, source, resume=folder, content_type="text/plain")
        assert listed_ids(server, bucket) == [before]
        assert read(path.read_bytes()) == record
    finally:
        held.close()


# --- without a journal


async def test_nothing_is_left_without_a_journal(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    for resume in (False, tmp_path / "file", tmp_path / "file" / "below", "/proc/minio-uploads", shared):
        await interrupt(client, bucket, source, 2, resume=resume)
        assert uploads_of(server, bucket) == []
        await put(client, bucket, source, resume=resume)
        assert content_of(server, bucket, "object") == LARGE
    assert os.listdir(shared) == []


async def test_full_disk(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from minio._core.transfer import journal

    monkeypatch.setattr(journal.Journal, "_write", lambda *_: False)
    await interrupt(client, bucket, source, 2, resume=folder)
    assert uploads_of(server, bucket) == []
    assert journals(folder) == []


async def test_changing_file_is_not_resumed(
    client: AsyncMinio, bucket: str, server: LiveServer, source: Path, folder: Path
) -> None:
    hook: Any = StopAt(PART, lambda: os.utime(source, ns=(1, 1)), ends=False)
    with pytest.raises(InvalidSizeError, match="changed while"):
        await put(client, bucket, source, resume=folder, progress=hook)
    assert uploads_of(server, bucket) == []
    assert journals(folder) == []


async def test_upload_that_cannot_be_started(client: AsyncMinio, bucket_name: str, source: Path, folder: Path) -> None:
    with pytest.raises(NoSuchBucket):
        await put(client, bucket_name, source, resume=folder)
    assert journals(folder) == []


async def test_small_objects_use_no_journal(client: AsyncMinio, bucket: str, source: Path, folder: Path) -> None:
    await client.put_object(bucket, "small", b"x", 1, resume=folder)
    await client.put_object(bucket, "one part", LARGE, len(LARGE), part_size=20 * MIB, resume=folder)
    await client.fput_object(bucket, "one part", source, part_size=20 * MIB, resume=folder)
    assert [path.name for path in source.parent.iterdir()] == ["source"]
