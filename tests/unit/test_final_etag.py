"""The ETag of an object that was sent in parts, against the MD5s of the parts. No server here gives a wrong one."""

from __future__ import annotations

import base64
import hashlib

import pytest

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio import Minio
from minio.error import TransportError

MIB = 1024 * 1024
DATA = bytes(range(256)) * 4096 * 11  # 11 MiB: three parts
PARTS = [DATA[start : start + 5 * MIB] for start in range(0, len(DATA), 5 * MIB)]
RIGHT = hashlib.md5(b"".join(hashlib.md5(part).digest() for part in PARTS)).hexdigest() + "-3"
WRONG = "0" * 32 + "-3"


def storage(etag: str, hashed: bool) -> ScriptedServer:
    """A server that takes parts, their ETags being MD5s or not, and gives the object this ETag."""

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


def test_the_right_one() -> None:
    with storage(RIGHT, hashed=True) as server:
        assert put(server) == RIGHT


def test_a_wrong_one_is_told() -> None:
    with storage(WRONG, hashed=True) as server, pytest.raises(TransportError, match=f"not that of the parts.*{RIGHT}"):
        put(server)


@pytest.mark.parametrize(("etag", "hashed"), [(WRONG, False), ("something-else", True), ("0" * 32, True)])
def test_servers_that_make_their_etags_otherwise(etag: str, hashed: bool) -> None:
    with storage(etag, hashed) as server:
        assert put(server) == etag


def test_an_upload_that_another_call_has_completed_is_sent_anew() -> None:
    """Both went on with one unfinished upload; this server says to the slower one what the faster one has stored."""
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
