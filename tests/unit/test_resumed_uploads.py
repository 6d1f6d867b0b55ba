"""The client's behaviour if the server does not let it resume an upload. No real server here does so by itself."""

from __future__ import annotations

import hashlib
import inspect
import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio import AsyncMinio, Minio
from minio._core.transfer import plan as plan_module
from minio._core.transfer.source import MemorySource
from minio._core.wire.checksums import digests
from minio.error import AccessDenied, ResponseError, TransportError

MIB = 1024 * 1024
DATA = bytes(range(256)) * 4096 * 11  # 11 MiB: three parts
PARTS = [DATA[start : start + 5 * MIB] for start in range(0, len(DATA), 5 * MIB)]


def composed(parts: list[bytes]) -> str:
    return f"{hashlib.md5(b''.join(hashlib.md5(part).digest() for part in parts)).hexdigest()}-{len(parts)}"


WHOLE = composed(PARTS)

Reply = Callable[[Recorded], bytes | None]
KINDS = [Minio, AsyncMinio]


def error(status: str, code: str) -> bytes:
    return answer(f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode(), status=status)


class Storage:
    """A server that numbers its uploads. Tests can override a response."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.refusal: Reply = lambda request: None
        self.numbers = itertools.count()
        self.etag_of: Callable[[bytes], str] = lambda body: hashlib.md5(body).hexdigest()
        """The ETag of a part."""
        self.whole: str | None = None
        """The ETag of the object, if it is not made of the parts."""
        self.bodies: dict[tuple[str, int], bytes] = {}
        self.completed: list[bytes] = []
        self.held: dict[str, dict[int, str]] = {}
        self.seen: list[tuple[str, str, int | None]] = []
        """The method, upload ID and part number of each request."""
        self.server = ScriptedServer(forever(self._reply))

    def _reply(self, request: Recorded) -> bytes:
        query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
        upload_id = query.get("uploadId", [""])[0]
        number = int(query["partNumber"][0]) if "partNumber" in query else None
        self.seen.append((request.method, upload_id, number))
        refused = self.refusal(request)
        if refused is not None:
            return refused
        if request.method == "POST" and not upload_id:
            upload_id = f"upload-{next(self.numbers)}"
            self.held[upload_id] = {}
            return answer(
                f"<InitiateMultipartUploadResult><UploadId>{upload_id}</UploadId></InitiateMultipartUploadResult>".encode()
            )
        if upload_id not in self.held:
            return error("404 Not Found", "NoSuchUpload")
        if number is not None:
            self.held[upload_id][number] = self.etag_of(request.body)
            self.bodies[upload_id, number] = request.body
            return answer(headers={"ETag": f'"{self.held[upload_id][number]}"'})
        if request.method == "GET":
            parts = "".join(
                f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag>"
                f"<Size>{len(PARTS[number - 1])}</Size></Part>"
                for number, etag in self.held[upload_id].items()
            )
            return answer(f"<ListPartsResult>{parts}</ListPartsResult>".encode())
        numbers = sorted(self.held.pop(upload_id))
        if request.method == "DELETE":
            return answer(status="204 No Content")
        self.completed = [self.bodies[upload_id, number] for number in numbers]
        whole = self.whole or composed(self.completed)
        return answer(f"<CompleteMultipartUploadResult><ETag>{whole}</ETag></CompleteMultipartUploadResult>".encode())

    async def put(self, kind: Any, data: bytes = DATA, workers: int = 1, part_size: int = 0, **options: Any) -> str:
        origin = str(self.server.origin)
        client = kind(origin, "key", "secret", secure=False, region="us-east-1", proxy="", retries=0, **options)
        try:
            call = client.put_object(
                "bucket",
                "key",
                data,
                len(data),
                part_size=part_size,
                num_parallel_uploads=workers,
                resume=self.folder,
            )
            result = await call if inspect.isawaitable(call) else call
            return str(result.etag)
        finally:
            closing = client.close()
            if closing is not None:
                await closing

    async def interrupt(self, kind: Any, parts: int) -> None:
        """Make a call that fails after this many parts."""
        self.refuse(lambda request: f"partNumber={parts + 1}&" in request.target, "403 Forbidden", "AccessDenied")
        with pytest.raises(AccessDenied):
            await self.put(kind)
        self.refusal = lambda request: None
        self.seen.clear()

    def refuse(self, which: Callable[[Recorded], bool], status: str, code: str) -> None:
        self.refusal = lambda request: error(status, code) if which(request) else None

    @property
    def journals(self) -> list[str]:
        return os.listdir(self.folder)

    def sent(self, upload_id: str) -> list[int | None]:
        return [number for method, used, number in self.seen if method == "PUT" and used == upload_id]


@pytest.fixture
def storage(tmp_path: Path) -> Any:
    made = Storage(tmp_path / "journals")
    with made.server:
        yield made


def lists_parts(request: Recorded) -> bool:
    return request.method == "GET"


def completes(request: Recorded) -> bool:
    return request.method == "POST" and "uploadId=upload-0" in request.target


@pytest.mark.parametrize("kind", KINDS)
async def test_error_of_the_caller_keeps_sent_parts(storage: Storage, kind: Any) -> None:
    await storage.interrupt(kind, 2)
    assert len(storage.journals) == 1
    assert await storage.put(kind) == WHOLE
    assert storage.seen == [("GET", "upload-0", None), ("PUT", "upload-0", 3), ("POST", "upload-0", None)]
    assert storage.journals == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("etags", ["md5", "opaque"])
async def test_bytes_that_only_look_the_same_are_sent(storage: Storage, kind: Any, etags: str) -> None:
    """What differs between the samples of the fingerprint is found when a part is to be kept."""
    if etags == "opaque":
        storage.etag_of = lambda body: f"opaque-{hashlib.md5(body).hexdigest()}"
    await storage.interrupt(kind, 2)
    other = bytearray(DATA)
    other[5 * MIB + 6000] ^= 1
    assert MemorySource(memoryview(other)).fingerprint() == MemorySource(memoryview(DATA)).fingerprint()
    await storage.put(kind, bytes(other))
    assert storage.sent("upload-0") == [2, 3]
    assert storage.completed == [bytes(other[start : start + 5 * MIB]) for start in range(0, len(other), 5 * MIB)]
    assert storage.journals == []


@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_before_the_first_part_leaves_nothing(storage: Storage, kind: Any) -> None:
    await storage.interrupt(kind, 0)
    assert storage.held == {}
    assert storage.journals == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "code"), [("500 Error", "InternalError"), ("503 Slow Down", "SlowDown"), ("502 Bad Gateway", "Other")]
)
async def test_a_server_that_is_busy_may_know_the_upload_later(
    storage: Storage, kind: Any, status: str, code: str
) -> None:
    """The call succeeds with an upload of its own, and leaves the journal to a later call."""
    await storage.interrupt(kind, 2)
    left = storage.journals
    storage.refuse(lists_parts, status, code)
    assert await storage.put(kind) == WHOLE
    assert (storage.sent("upload-0"), storage.sent("upload-1")) == ([], [1, 2, 3])
    assert storage.journals == left
    assert list(storage.held) == ["upload-0"]
    storage.refusal = lambda request: None
    assert await storage.put(kind) == WHOLE
    assert storage.sent("upload-0") == [3]
    assert storage.journals == []
    assert storage.held == {}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_upload_beside_one_that_is_not_shown_is_not_resumed(storage: Storage, kind: Any) -> None:
    """The one journal of a purpose names the first upload. So the second one is aborted when it fails."""
    await storage.interrupt(kind, 2)
    left = storage.journals

    def refusal(request: Recorded) -> bytes | None:
        if lists_parts(request):
            return error("503 Slow Down", "SlowDown")
        return error("403 Forbidden", "AccessDenied") if "partNumber=3&" in request.target else None

    storage.refusal = refusal
    with pytest.raises(AccessDenied):
        await storage.put(kind)
    assert storage.sent("upload-1") == [1, 2, 3]
    assert ("DELETE", "upload-1", None) in storage.seen
    assert list(storage.held) == ["upload-0"]
    assert storage.journals == left
    storage.refusal = lambda request: None
    assert await storage.put(kind) == WHOLE
    assert storage.sent("upload-0") == [3]
    assert storage.journals == []
    assert storage.held == {}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_upload_that_is_not_shown_is_aborted_by_a_different_call(storage: Storage, kind: Any) -> None:
    await storage.interrupt(kind, 2)
    storage.refuse(lists_parts, "503 Slow Down", "SlowDown")
    assert await storage.put(kind) == WHOLE
    storage.refusal = lambda request: None
    await storage.put(kind, bytes(len(DATA)))
    assert storage.journals == []
    assert storage.held == {}


DEADLINE = 4.0
LEFT = 1.5


def answers_late(storage: Storage) -> Reply:
    """The object is stored when little of the deadline is left, and nothing goes fast after that."""
    over = time.monotonic() + DEADLINE

    def refusal(request: Recorded) -> None:
        if request.method == "POST" and "uploadId=" in request.target:
            time.sleep(max(0.0, over - LEFT - time.monotonic()))
        elif storage.completed:
            time.sleep(LEFT + 0.5)

    return refusal


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deadline_is_no_error_once_the_object_is_stored(storage: Storage, kind: Any) -> None:
    """Not even where an earlier, different upload is left: it stays for a call that has time."""
    other = bytes(len(DATA))
    await storage.interrupt(kind, 2)
    left = storage.journals
    storage.refusal = answers_late(storage)
    assert await storage.put(kind, other, deadline=DEADLINE) == composed([other[: 5 * MIB]] * 2 + [other[10 * MIB :]])
    assert storage.journals == left
    storage.refusal = lambda request: None
    await storage.put(kind, other)
    assert storage.journals == []
    assert storage.held == {}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("workers", [1, 2])
async def test_a_deadline_is_no_error_while_the_etag_is_looked_at(
    storage: Storage, kind: Any, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the ETags of parts are MD5s is found out before the object is stored: that reads a part."""
    looked: list[bool] = []

    def slow(body: Any, algorithms: Any) -> dict[str, bytes]:
        looked.append(bool(storage.completed))
        time.sleep(LEFT + 0.5 if storage.completed else 0)
        return digests(body, algorithms)

    monkeypatch.setattr("minio._core.transfer.resume.digests", slow)
    storage.etag_of = lambda body: hashlib.md5(b"key" + body).hexdigest()  # as of encrypted objects
    storage.refusal = answers_late(storage)
    assert await storage.put(kind, workers=workers, deadline=DEADLINE) == WHOLE
    assert looked == [False]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_wrong_etag_is_told_under_a_deadline_too(storage: Storage, kind: Any) -> None:
    storage.whole = "0" * 32 + "-3"
    with pytest.raises(TransportError, match="not that of the parts sent"):
        await storage.put(kind, deadline=60)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("403 Forbidden", "AccessDenied"),
        ("501 Not Implemented", "NotImplemented"),
        ("405 Not Allowed", "MethodNotAllowed"),
    ],
)
async def test_parts_that_are_not_listed_are_sent_again(storage: Storage, kind: Any, status: str, code: str) -> None:
    await storage.interrupt(kind, 2)
    storage.refuse(lists_parts, status, code)
    assert await storage.put(kind) == WHOLE
    assert (storage.sent("upload-0"), storage.sent("upload-1")) == ([], [1, 2, 3])
    assert storage.held == {}
    assert storage.journals == []


@pytest.mark.parametrize("kind", KINDS)
async def test_expired_keys_lose_nothing(storage: Storage, kind: Any) -> None:
    await storage.interrupt(kind, 2)
    storage.refuse(lambda request: True, "403 Forbidden", "ExpiredToken")
    with pytest.raises(ResponseError):
        await storage.put(kind)
    storage.refusal = lambda request: None
    storage.seen.clear()
    assert await storage.put(kind) == WHOLE
    assert storage.sent("upload-0") == [3]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "code"),
    [("404 Not Found", "NoSuchUpload"), ("400 Bad Request", "InvalidPart"), ("400 Bad Request", "InvalidPartOrder")],
)
async def test_upload_that_cannot_be_completed_is_restarted(
    storage: Storage, kind: Any, status: str, code: str
) -> None:
    await storage.interrupt(kind, 2)
    storage.refuse(completes, status, code)
    assert await storage.put(kind) == WHOLE
    assert (storage.sent("upload-0"), storage.sent("upload-1")) == ([3], [1, 2, 3])
    assert list(storage.held) == []
    assert storage.journals == []


@pytest.mark.parametrize("kind", KINDS)
async def test_completion_is_tried_three_times(storage: Storage, kind: Any) -> None:
    storage.refuse(lambda request: request.method == "POST" and "uploadId" in request.target, "400 Bad", "InvalidPart")
    with pytest.raises(ResponseError):
        await storage.put(kind)
    assert len([1 for method, upload_id, _ in storage.seen if (method, upload_id) == ("POST", "")]) == 3
    assert storage.held == {}
    assert storage.journals == []


@pytest.mark.parametrize("kind", KINDS)
async def test_upload_that_cannot_be_aborted_is_remembered(storage: Storage, kind: Any) -> None:
    """The upload of an earlier, different call is aborted afterwards. If that fails, the call still succeeds."""
    await storage.interrupt(kind, 2)
    (left,) = storage.journals
    storage.refuse(lambda request: request.method == "DELETE", "403 Forbidden", "AccessDenied")
    client = kind(str(storage.server.origin), "key", "secret", secure=False, region="us-east-1", proxy="", retries=0)
    call = client.put_object("bucket", "key", DATA, len(DATA), "text/plain", resume=storage.folder)
    result = await call if inspect.isawaitable(call) else call
    assert result.etag == WHOLE
    assert storage.journals == [left]
    storage.refusal = lambda request: None
    call = client.put_object("bucket", "key", DATA, len(DATA), "text/plain", resume=storage.folder)
    _ = await call if inspect.isawaitable(call) else call
    assert storage.journals == []
    assert storage.held == {}
    closing = client.close()
    if closing is not None:
        await closing


@pytest.mark.parametrize("kind", KINDS)
async def test_deadline_is_not_spent_on_earlier_uploads(storage: Storage, kind: Any) -> None:
    await storage.interrupt(kind, 2)
    (left,) = storage.journals
    client = kind(str(storage.server.origin), "key", "secret", secure=False, region="us-east-1", proxy="", deadline=60)
    call = client.put_object("bucket", "key", DATA, len(DATA), "text/plain", resume=storage.folder)
    result = await call if inspect.isawaitable(call) else call
    assert result.etag == WHOLE
    assert [method for method, *_ in storage.seen if method == "DELETE"] == []
    assert storage.journals == [left]
    closing = client.close()
    if closing is not None:
        await closing


@pytest.fixture
def larger_parts(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Begin to cut DATA as this version cuts large objects: into parts of 8 MiB."""

    def begin() -> None:
        monkeypatch.setattr(plan_module, "_LARGE", 8 * MIB)

    return begin


@pytest.mark.parametrize("kind", KINDS)
async def test_upload_of_an_earlier_version_is_resumed_with_its_parts(
    storage: Storage, kind: Any, larger_parts: Callable[[], None]
) -> None:
    await storage.interrupt(kind, 2)
    larger_parts()
    assert await storage.put(kind) == WHOLE
    assert storage.sent("upload-0") == [3]
    assert not storage.journals
    assert await storage.put(kind) == composed([DATA[: 8 * MIB], DATA[8 * MIB :]])
    assert storage.sent("upload-1") == [1, 2]


@pytest.mark.parametrize("kind", KINDS)
async def test_given_part_size_is_obeyed_although_an_earlier_version_left_a_journal(
    storage: Storage, kind: Any, larger_parts: Callable[[], None]
) -> None:
    await storage.interrupt(kind, 2)
    larger_parts()
    assert await storage.put(kind, part_size=8 * MIB) == composed([DATA[: 8 * MIB], DATA[8 * MIB :]])
    assert storage.sent("upload-1") == [1, 2]
    assert not storage.journals  # the earlier upload was aborted
