"""What a failing transfer leaves behind, and what it must not do."""

from __future__ import annotations

import errno
import fcntl
import io
import os
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from fakes.scripted_server import Peer, Recorded, Script, ScriptedServer, answer, forever, head
from minio import Minio
from minio._core.transfer.layout import CHUNK
from minio._core.transfer.partfile import PartFile, part_name
from minio._core.transfer.progress import Progress
from minio.commonconfig import ComposeSource, CopySource
from minio.error import DeadlineExceeded, InvalidArgumentTypeError, MinioException, TransportError
from minio.sse import SseCustomerKey
from minio.tagging import Tags

SIZE = CHUNK * 2 + 5
FACTS = {"ETag": '"0123-3"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}


def client_of(server: ScriptedServer, deadline: float | None = None) -> Minio:
    return Minio(
        str(server.origin),
        "key",
        "secret",
        secure=False,
        region="us-east-1",
        proxy="",
        retries=0,
        read_timeout=30,
        deadline=deadline,
    )


# --- downloads


def begun(client: Minio, target: Path) -> str:
    """A download whose first chunk is there."""
    found = client.stat_object("bucket", "key")
    identity = f"{found.etag} {found.version_id} {found.last_modified}"
    part = PartFile(str(target), identity, SIZE, CHUNK)
    part.mark(0)
    part.close()
    assert part.path == part_name(str(target), identity)
    return part.path


def storage(get: Callable[[Peer], None]) -> ScriptedServer:
    def script(peer: Peer) -> None:
        while True:
            if peer.read_request().method == "HEAD":
                peer.send(head(headers={**FACTS, "Content-Length": str(SIZE)}))
            else:
                get(peer)
                return

    return ScriptedServer(script)


@pytest.mark.parametrize(
    ("get", "deadline", "error"),
    [
        (Peer.reset, None, TransportError),
        (lambda peer: peer.stall(2), 0.5, DeadlineExceeded),
        (lambda peer: peer.send(answer(status="503 Slow Down")), None, MinioException),
    ],
)
def test_downloaded_data_survives_the_next_failure(
    tmp_path: Path, get: Callable[[Peer], None], deadline: float | None, error: type[Exception]
) -> None:
    target = tmp_path / "file"
    with storage(get) as server, client_of(server, deadline) as client:
        left = begun(client, target)
        with pytest.raises(error):
            client.fget_object("bucket", "key", str(target))
        assert os.listdir(tmp_path) == [os.path.basename(left)]
        assert begun_chunks(left, target) == {0}


def begun_chunks(path: str, target: Path) -> set[int]:
    with open(path, "rb") as file:
        file.seek(SIZE + 32)
        marks = file.read()
    return {index for index in range(3) if marks[index * 5] == 1}


def test_missing_object_leaves_nothing(tmp_path: Path) -> None:
    with storage(lambda peer: peer.send(answer(status="404 Not Found"))) as server, client_of(server) as client:
        begun(client, tmp_path / "file")
        with pytest.raises(MinioException):
            client.fget_object("bucket", "key", str(tmp_path / "file"))
    assert os.listdir(tmp_path) == []


def test_range_response_without_a_length(tmp_path: Path) -> None:
    def script(peer: Peer) -> None:
        while True:
            if peer.read_request().method == "HEAD":
                peer.send(head(headers={**FACTS, "Content-Length": "10"}))
            else:
                fields = {**FACTS, "Content-Range": "bytes 2-6/10", "Transfer-Encoding": "chunked"}
                peer.send(head("206 Partial Content", fields), b"5\r\nabcde\r\n0\r\n\r\n")

    with ScriptedServer(script) as server, client_of(server) as client:
        client.fget_object("bucket", "key", str(tmp_path / "file"), {"Range": "bytes=2-6"})
    assert (tmp_path / "file").read_bytes() == b"abcde"


def test_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*args: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    parts = [PartFile(str(tmp_path / "file"), "etag", 3, CHUNK) for _ in range(2)]
    assert parts[0].path != parts[1].path
    assert sorted(os.listdir(tmp_path)) == sorted(os.path.basename(part.path) for part in parts)
    for part in parts:
        part.write(b"abc", 0)
        part.publish()
    assert os.listdir(tmp_path) == ["file"]


def test_abandoned_thread_does_not_write_to_another_file(tmp_path: Path) -> None:
    part = PartFile(str(tmp_path / "file"), "etag", 3, CHUNK)
    number = part.descriptor
    part.discard()
    with open(tmp_path / "other", "w+b") as other:
        assert other.fileno() == number
        with pytest.raises(OSError, match="Bad file descriptor"):
            part.write(b"abc", 0)
    assert (tmp_path / "other").read_bytes() == b""


# --- progress


class Bar:
    def __init__(self) -> None:
        self.total = 0

    def set_meta(self, object_name: str, total_length: int) -> None:
        self.total = 0

    def update(self, length: int) -> None:
        self.total += length


def test_progress_is_complete_after_a_restarted_upload() -> None:
    bar = Bar()
    progress = Progress(bar, "object", 100)
    progress.add(60)
    progress.reset()
    progress.add(100)
    progress.finish()
    assert bar.total == 100


# --- uploads


class Interrupt(BaseException):
    """Like Ctrl-C, for the test."""


@pytest.mark.parametrize("error", [Interrupt, ValueError])
def test_abandoned_writer_does_not_wait_for_a_stalled_server(error: type[BaseException]) -> None:
    created = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
    stalled = threading.Event()

    def script(peer: Peer) -> None:
        while True:
            request = peer.read_request()
            if request.method == "PUT":
                stalled.set()
                peer.wait_gone()
                return
            peer.send(answer(created) if request.method == "POST" else answer(status="204 No Content"))

    before = set(threading.enumerate())
    with ScriptedServer(script) as server, client_of(server) as client:
        with pytest.raises(error), client.open_object("bucket", "key", "wb") as file:
            file.write(bytes(12 * 1024 * 1024))
            assert stalled.wait(60)
            started = time.monotonic()
            raise error
        assert time.monotonic() - started < 20  # the request would time out after 30
        left = set(threading.enumerate()) - before
        assert not [thread for thread in left if thread.name.startswith("minio-")]
        assert [request.method for request in server.requests].count("DELETE") == 1


# --- files


@pytest.mark.parametrize(
    "call", [lambda file: file.seek(1.5), lambda file: file.read(1.5), lambda file: file.seek("1")]
)
def test_positions_are_integers(call: Callable[[io.RawIOBase], object]) -> None:
    server = ScriptedServer(forever(head(headers={**FACTS, "Content-Length": "10"})))
    with server, client_of(server) as client:
        file = client.open_object("bucket", "key")
        with pytest.raises(InvalidArgumentTypeError):
            call(file)


# --- copies


def recording(reply: Callable[[Recorded], bytes], requests: list[Recorded]) -> Script:
    def script(peer: Peer) -> None:
        while True:
            request = peer.read_request()
            requests.append(request)
            peer.send(reply(request))

    return script


def copied(request: Recorded) -> bytes:
    if request.method == "HEAD":
        return head(headers={**FACTS, "Content-Length": "10"})
    return answer(b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>")


def test_single_source_is_composed_like_several() -> None:
    tags = Tags.new_object_tags()
    tags["a"] = "b"
    requests: list[Recorded] = []
    with ScriptedServer(recording(copied, requests)) as server, client_of(server) as client:
        client.compose_object("bucket", "key", [ComposeSource("bucket", "source")], tags=tags)
    headers = requests[-1].headers
    assert headers["x-amz-tagging"] == "a=b"
    assert (headers["x-amz-tagging-directive"], headers["x-amz-metadata-directive"]) == ("REPLACE", "COPY")


def test_conditions_in_any_case_are_sent_once() -> None:
    requests: list[Recorded] = []
    with ScriptedServer(recording(copied, requests)) as server, client_of(server) as client:
        conditions = {"X-Amz-Copy-Source-If-Match": "abc"}
        client.copy_object("bucket", "key", "/bucket/source", copy_conditions=conditions)
    assert requests[-1].headers["x-amz-copy-source-if-match"] == "abc"


def test_each_copied_part_sends_the_customer_key(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    created = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
    requests: list[Recorded] = []
    completed = b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"

    def reply(request: Recorded) -> bytes:
        if request.method == "HEAD":
            return head(headers={**FACTS, "Content-Length": str(11 * 1024 * 1024)})
        if request.method == "PUT":
            return answer(b"<CopyPartResult><ETag>e</ETag></CopyPartResult>")
        if request.method == "GET":
            return answer(b"<Tagging><TagSet/></Tagging>")
        return answer(completed if "uploadId" in request.target else created)

    with ScriptedServer(recording(reply, requests), tls=context) as server:
        client = Minio(
            str(server.origin), "key", "secret", region="us-east-1", proxy="", ca_certs=str(tmp_path / "ca.pem")
        )
        with client:
            source = CopySource("bucket", "source")
            client.copy_object("bucket", "key", source, SseCustomerKey(b"k" * 32), part_size=5 * 1024 * 1024)
    sent = [request for request in requests if request.method in ("PUT", "POST")]
    assert len(sent) == 4
    assert all("x-amz-server-side-encryption-customer-key" in request.headers for request in sent)
