"""The ETag of a multipart object, compared with the MD5s of its parts. No server here returns a wrong one."""

from __future__ import annotations

import base64
import hashlib

import pytest

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio import Minio
from minio.commonconfig import ComposeSource
from minio.error import TransportError

MIB = 1024 * 1024
DATA = bytes(range(256)) * 4096 * 11  # 11 MiB: three parts
PARTS = [DATA[start : start + 5 * MIB] for start in range(0, len(DATA), 5 * MIB)]
RIGHT = hashlib.md5(b"".join(hashlib.md5(part).digest() for part in PARTS)).hexdigest() + "-3"
WRONG = "0" * 32 + "-3"


def storage(etag: str, hashed: bool) -> ScriptedServer:
    """A server that accepts parts and gives the object this ETag. The part ETags are MD5s or not."""

    def reply(request: Recorded) -> bytes:
        if request.method == "PUT":
            digest = base64.b64decode(request.headers["content-md5"]).hex()
            return answer(headers={"ETag": f'"{digest if hashed else digest[::-1]}"'})
        if request.method == "POST" and "uploadId" in request.target:
            return answer(
                f"<CompleteMultipartUploadResult><Key>k</Key><ETag>{etag}</ETag></CompleteMultipartUploadResult>".encode()
            )
        if request.method == "POST":
            return answer(b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
        return answer(status="404 Not Found")

    return ScriptedServer(forever(reply))


def put(server: ScriptedServer) -> str | None:
    with Minio(str(server.origin), "key", "secret", secure=False, region="us-east-1", proxy="") as client:
        result = client.put_object(
            "bucket", "key", DATA, len(DATA), checksum="MD5", resume=False, num_parallel_uploads=1
        )
        return result.etag


def test_correct_etag() -> None:
    with storage(RIGHT, hashed=True) as server:
        assert put(server) == RIGHT


def test_wrong_etag_is_an_error() -> None:
    with storage(WRONG, hashed=True) as server, pytest.raises(TransportError, match=f"not that of the parts.*{RIGHT}"):
        put(server)


@pytest.mark.parametrize(("etag", "hashed"), [(WRONG, False), ("something-else", True), ("0" * 32, True)])
def test_other_forms_of_etags(etag: str, hashed: bool) -> None:
    with storage(etag, hashed) as server:
        assert put(server) == etag


def test_upload_completed_by_another_call_is_sent_again() -> None:
    """Both resumed the same upload. To the slower call, this server returns what the faster one has stored."""
    uploads = iter(["shared", "own"])

    def reply(request: Recorded) -> bytes:
        if request.method == "PUT":
            return answer(headers={"ETag": f'"{hashlib.md5(request.body).hexdigest()}"'})
        if request.method == "POST" and "uploadId" in request.target:
            etag = WRONG if "uploadId=shared" in request.target else RIGHT
            return answer(
                f"<CompleteMultipartUploadResult><ETag>{etag}</ETag></CompleteMultipartUploadResult>".encode()
            )
        if request.method == "POST":
            upload = next(uploads)
            return answer(
                f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>".encode()
            )
        return answer(b"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>")

    with (
        ScriptedServer(forever(reply)) as server,
        Minio(str(server.origin), "key", "secret", secure=False, region="us-east-1", proxy="") as client,
    ):
        assert client.put_object("bucket", "key", DATA, len(DATA), num_parallel_uploads=1).etag == RIGHT
    assert next(uploads, None) is None


# --- the server confirms the completion without an ETag, as Ceph does


def confirming(look: bytes, hashed: bool = True, requests: list[str] | None = None) -> ScriptedServer:
    """A server whose response to the completion has no ETag, and whose response to HEAD is this one."""

    def reply(request: Recorded) -> bytes:
        if requests is not None:
            requests.append(request.method)
        if request.method == "PUT":
            digest = hashlib.md5(request.body).hexdigest()
            return answer(headers={"ETag": f'"{digest if hashed else digest[::-1]}"'})
        if request.method == "POST" and "uploadId" in request.target:
            return answer(b"<CompleteMultipartUploadResult><ETag/></CompleteMultipartUploadResult>")
        if request.method == "POST":
            return answer(b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
        return look

    return ScriptedServer(forever(reply))


REPLACED = answer(headers={"ETag": f'"{WRONG}"', "Content-Length": "5"})
REMOVED = answer(status="404 Not Found")
DENIED = answer(status="403 Forbidden")


@pytest.mark.parametrize("look", [REPLACED, REMOVED, DENIED], ids=["replaced", "removed", "denied"])
def test_confirmed_completion_is_a_success(look: bytes) -> None:
    """Another client replaced or removed the object since, or the credentials may only write."""
    requests: list[str] = []
    with confirming(look, requests=requests) as server:
        assert put(server) == RIGHT
    assert "HEAD" not in requests


@pytest.mark.parametrize("look", [REPLACED, REMOVED, DENIED], ids=["replaced", "removed", "denied"])
def test_confirmed_completion_of_encrypted_parts(look: bytes) -> None:
    """The ETag cannot be computed if those of the parts are not MD5s, but the object is stored."""
    with confirming(look, hashed=False) as server:
        put(server)


@pytest.mark.parametrize("look", [REPLACED, REMOVED, DENIED], ids=["replaced", "removed", "denied"])
def test_confirmed_composition(look: bytes) -> None:
    heads = iter([answer(headers={"ETag": '"source"', "Content-Length": str(6 * MIB)})] * 2)

    def reply(request: Recorded) -> bytes:
        if request.method == "HEAD":
            return next(heads, look) if "source" in request.target else look
        if request.method == "PUT":
            return answer(b"<CopyPartResult><ETag>part</ETag></CopyPartResult>")
        if "uploadId" in request.target:
            return answer(b"<CompleteMultipartUploadResult><ETag/></CompleteMultipartUploadResult>")
        return answer(b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")

    with (
        ScriptedServer(forever(reply)) as server,
        Minio(str(server.origin), "key", "secret", secure=False, region="us-east-1", proxy="") as client,
    ):
        sources = [ComposeSource("bucket", "source"), ComposeSource("bucket", "source")]
        assert client.compose_object("bucket", "key", sources).object_name == "key"
