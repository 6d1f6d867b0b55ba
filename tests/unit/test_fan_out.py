"""put_object_fan_out: what is sent, what comes back, what is refused. Only MinIO has it, so the server is scripted."""

from __future__ import annotations

import base64
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import google_crc32c
import pytest

from fakes.clients import KINDS, done, play
from fakes.scripted_server import ScriptedServer, answer, forever
from minio._core.ops.fan_out import PutObjectFanOut
from minio.args import PutObjectFanOutEntry
from minio.commonconfig import GOVERNANCE
from minio.error import InvalidArgumentError, InvalidResponseError
from minio.fanout import PutObjectFanOutResult
from minio.retention import Retention
from minio.sse import SseS3

EACH_KIND = pytest.mark.parametrize("kind", KINDS)
MOMENT = datetime(2030, 1, 1, tzinfo=UTC)
ENTRIES = [
    PutObjectFanOutEntry("one \N{SNOWMAN}"),
    PutObjectFanOutEntry(
        "two",
        user_metadata={"colour": "red"},
        tags={"a": "b"},
        content_type="text/plain",
        content_encoding="gzip",
        content_disposition="inline",
        content_language="en",
        cache_control="no-cache",
        retention=Retention(GOVERNANCE, MOMENT),
    ),
]
RESULT = (
    json.dumps({"key": "one \N{SNOWMAN}", "etag": "e", "versionId": "v", "lastModified": "2026-01-02T03:04:05Z"})
    + "\n"
    + json.dumps({"key": "two", "error": "no space"})
    + "\n"
).encode()


def fields_of(body: bytes, kind: str) -> dict[str, bytes]:
    mark = re.fullmatch(r"multipart/form-data; boundary=(\w+)", kind)
    assert mark is not None
    *parts, end = body.split(b"--" + mark[1].encode())[1:]
    assert end == b"--\r\n"
    found = {}
    for part in parts:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]+)"', head)
        assert name is not None
        found[name[1].decode()] = value.removesuffix(b"\r\n")
    return found


@EACH_KIND
def test_what_is_sent(kind: str) -> None:
    with ScriptedServer(forever(answer(RESULT))) as server:
        results = play(
            kind,
            server,
            lambda client: done(
                client.put_object_fan_out("bucket", io.BytesIO(b"abc"), 3, ENTRIES, sse=SseS3(), checksum="CRC32C")
            ),
        )
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/bucket")
    assert "authorization" not in request.headers  # the form is signed
    fields = fields_of(request.body, request.headers["content-type"])
    assert list(fields)[-1] == "file"
    assert fields["file"] == b"abc"
    assert fields["bucket"] == b"bucket"
    assert fields["x-amz-server-side-encryption"] == b"AES256"
    assert fields["x-amz-checksum-crc32c"] == base64.b64encode(google_crc32c.value(b"abc").to_bytes(4, "big"))
    assert re.fullmatch(rb"[0-9a-f]{64}", fields["x-amz-signature"])
    assert fields["x-amz-credential"].startswith(b"key/")
    policy = json.loads(base64.b64decode(fields["policy"]))
    named = {condition[1] for condition in policy["conditions"]}
    assert {f"${name}" for name in fields} - named == {"$policy", "$x-amz-signature", "$x-minio-fanout-list", "$file"}
    assert [json.loads(line) for line in fields["x-minio-fanout-list"].splitlines()] == [
        {"key": "one \N{SNOWMAN}"},
        {
            "key": "two",
            "metadata": {"colour": "red"},
            "tags": {"a": "b"},
            "contentType": "text/plain",
            "contentEncoding": "gzip",
            "contentDisposition": "inline",
            "contentLanguage": "en",
            "cacheControl": "no-cache",
            "retention": "GOVERNANCE",
            "retainUntil": "2030-01-01T00:00:00.000Z",
        },
    ]
    assert [(found.key, found.etag, found.version_id, found.error) for found in results] == [
        ("one \N{SNOWMAN}", "e", "v", None),
        ("two", None, None, "no space"),
    ]
    assert results[0].last_modified == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@EACH_KIND
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"key":1}', b'{"key":"two"}', b'{"key":"one","etag":1}'])
def test_other_responses_are_no_success(kind: str, body: bytes) -> None:
    with ScriptedServer(forever(answer(body))) as server, pytest.raises(InvalidResponseError):
        play(kind, server, lambda client: done(client.put_object_fan_out("bucket", b"abc", 3, ENTRIES)))


@EACH_KIND
@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"entries": []}, "entries must not be empty"),
        ({"entries": ["one"]}, "each of entries must be PutObjectFanOutEntry"),
        ({"length": -1}, "length must be"),
        ({"length": "x"}, "length"),
        ({"checksum": "CRC9"}, "checksum must be one of"),
        ({"sse": 7}, "sse must be an Sse"),
        ({"length": 4}, "ended"),
    ],
)
def test_wrong_arguments(kind: str, changed: dict[str, Any], text: str) -> None:
    given = {"bucket_name": "bucket", "data": io.BytesIO(b"abc"), "length": 3, "entries": ENTRIES, **changed}
    with ScriptedServer(forever(answer(RESULT))) as server, pytest.raises(InvalidArgumentError, match=text):
        play(kind, server, lambda client: done(client.put_object_fan_out(**given)))
    assert server.requests == []


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"key": ""}, "key must not be empty"),
        ({"key": 7}, "key must be a str"),
        ({"user_metadata": {"a b": "c"}}, "user_metadata"),
        ({"tags": 7}, "tags must be"),
        ({"content_type": 7}, "content_type must be a str"),
        ({"retention": 7}, "retention must be a Retention"),
    ],
)
def test_wrong_entries(changed: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidArgumentError, match=text):
        PutObjectFanOutEntry(**{"key": "one", **changed})


def test_the_content_may_hold_anything() -> None:
    content = bytes(range(256)) * 9
    request = PutObjectFanOut("bucket", {"a": "b"}, ENTRIES, content).request()
    assert isinstance(request.body, bytes)
    assert fields_of(request.body, request.headers["Content-Type"])["file"] == content


def test_a_bad_date_is_ignored() -> None:
    assert PutObjectFanOutResult.read('{"key":"one","lastModified":"yesterday"}').last_modified is None
