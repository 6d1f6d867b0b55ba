"""Every call of release 8 works with its keywords, and the options reach each of its requests.

The scripted server answers everything, because no real server here has all of these calls.
"""

from __future__ import annotations

import importlib
import inspect
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fakes.clients import KINDS, content, done, each, play
from fakes.every_call import CORS, ENCRYPTION, LIFECYCLE, LOCK, MOMENT, NOTIFICATION, REPLICATION, SELECT, tags
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head
from fakes.surface_8 import OPTIONS, SURFACE
from minio import AsyncMinio, Minio
from minio.args import Directive, PutObjectFanOutEntry, SnowballObject, SourceObject
from minio.commonconfig import ENABLED, GOVERNANCE
from minio.datatypes import PostPolicy
from minio.error import AccessDenied, InvalidArgumentError
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

LOCAL = {name for name in SURFACE if name.startswith(("enable_", "disable_", "trace_")) and "object" not in name} | {
    "set_app_info"
}
NO_OPTIONS = LOCAL | {"__init__", "presigned_post_policy"}
SET: dict[str, Any] = {
    "set_bucket_cors": CORS,
    "set_bucket_encryption": ENCRYPTION,
    "set_bucket_lifecycle": LIFECYCLE,
    "set_bucket_notification": NOTIFICATION,
    "set_bucket_replication": REPLICATION,
    "set_bucket_versioning": VersioningConfig(ENABLED),
    "set_object_lock_config": LOCK,
    "set_object_retention": Retention(GOVERNANCE, MOMENT),
}
VALUES: dict[str, Callable[[], Any]] = {
    "bucket_name": lambda: "bucket",
    "object_name": lambda: "key",
    "region": lambda: "eu-west-1",
    "bucket_region": lambda: "eu-west-1",
    "max_buckets": lambda: 7,
    "extra_headers": lambda: {"X-Extra": "one"},
    "extra_query_params": lambda: {"x-extra": "two"},
    "version_id": lambda: None,
    "data": lambda: io.BytesIO(b"abc"),
    "length": lambda: 3,
    "headers": lambda: {"Cache-Control": "max-age=1"},
    "user_metadata": lambda: {"colour": "red"},
    "modified_since": lambda: datetime(2020, 1, 1, tzinfo=UTC),
    "unmodified_since": lambda: datetime(2030, 1, 1, tzinfo=UTC),
    "match_etag": lambda: "e",
    "not_match_etag": lambda: "f",
    "fetch_checksum": lambda: True,
    "source": lambda: SourceObject("bucket", "source"),
    "sources": lambda: [SourceObject("bucket", "source")],
    "metadata_directive": lambda: Directive.REPLACE,
    "tagging_directive": lambda: Directive.REPLACE,
    "retention": lambda: Retention(GOVERNANCE, MOMENT),
    "request": lambda: SELECT,
    "prompt": lambda: "what?",
    "lambda_arn": lambda: "arn:x",
    "entries": lambda: [PutObjectFanOutEntry("key")],
    "method": lambda: "GET",
    "expires": lambda: timedelta(hours=1),
    "request_date": lambda: MOMENT,
    "tags": tags,
    "policy": lambda: '{"Version":"2012-10-17","Statement":[]}',
    "into": lambda: bytearray(5),
    "num_parallel_uploads": lambda: 3,
    "part_size": lambda: 0,
    "checksum": lambda: "CRC32C",
    "content_type": lambda: "text/plain",
    "location_config": lambda: {"Name": "zone", "Type": "AvailabilityZone"},
    "bucket_config": lambda: {"DataRedundancy": "SingleAvailabilityZone", "Type": "Directory"},
    "object_attributes": lambda: ["ETag"],
    "max_parts": lambda: 10,
    "part_number_marker": lambda: 1,
    "offset": lambda: 0,
    "prefix": lambda: "k",
    "suffix": lambda: "y",
    "start_after": lambda: "a",
    "events": lambda: ["s3:ObjectCreated:*"],
}
"""A value for each keyword. The others keep their defaults."""
OF_CALL: dict[str, dict[str, Callable[[], Any]]] = {
    "upload_snowball_objects": {"objects": lambda: [SnowballObject("one", data=io.BytesIO(b"x"), length=1)]},
    "remove_objects": {"objects": lambda: ["one"]},
    "append_object": {"data": lambda: b"abc"},
    "get_object_attributes": {"version_id": lambda: None},
}
DOCUMENTS = {
    "acl": "<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList><Grant><Grantee><ID>me</ID></Grantee>"
    "<Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>",
    "attributes": "<GetObjectAttributesResponse><ETag>e</ETag></GetObjectAttributesResponse>",
    "cors": "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>"
    "</CORSConfiguration>",
    "encryption": "<ServerSideEncryptionConfiguration/>",
    "lifecycle": "<LifecycleConfiguration/>",
    "notification": "<NotificationConfiguration/>",
    "object-lock": "<ObjectLockConfiguration/>",
    "replication": "<ReplicationConfiguration/>",
    "tagging": "<Tagging><TagSet/></Tagging>",
    "versioning": "<VersioningConfiguration/>",
    "legal-hold": "<LegalHold/>",
    "retention": "<Retention/>",
    "policy": '{"Statement":[]}',
    "delete": "<DeleteResult/>",
    "list-type": "<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>",
}
SEEN = {"ETag": '"e"', "Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT", "x-amz-request-id": "1"}


def reply(request: Recorded) -> bytes:
    path, _, query = request.target.partition("?")
    if request.method == "HEAD":
        return head(headers={**SEEN, "Content-Length": "3"})
    if request.method == "DELETE":
        return answer(status="204 No Content")
    for name, document in DOCUMENTS.items():
        if f"{name}=" in query and request.method != "PUT":
            return answer(document.encode(), headers=SEEN if name == "attributes" else {})
    if path == "/":
        return answer(b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>")
    if "x-amz-copy-source" in request.headers:
        return answer(b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>")
    if request.method == "POST" and "multipart/form-data" in request.headers.get("content-type", ""):
        return answer(b'{"key":"key","etag":"e"}\n')
    if request.method == "GET" and "events=" in query:
        return answer(b"<Error><Code>AccessDenied</Code></Error>", "403 Forbidden")
    return answer(b"" if request.method == "PUT" else b"abc", headers=SEEN)


def keywords(name: str, folder: str = "") -> dict[str, Any]:
    own = {**VALUES, **OF_CALL.get(name, {})}
    if name in SET:
        own["config"] = lambda: SET[name]
    made = {keyword: own[keyword]() for keyword in SURFACE[name] if keyword in own}
    if "file_path" in SURFACE[name]:
        made["file_path"] = os.path.join(folder, "file")
    if name == "presigned_post_policy":
        policy = PostPolicy("bucket", datetime.now(UTC) + timedelta(hours=1))
        policy.add_equals_condition("key", "key")
        made["policy"] = policy
    return made


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
@pytest.mark.parametrize("name", SURFACE)
def test_the_call_takes_its_keywords(client: type, name: str) -> None:
    signature = inspect.signature(getattr(client, name))
    bound = signature.bind(None, **dict.fromkeys(SURFACE[name]))
    rest = set(bound.arguments.get("options", ())) | set(bound.arguments.get("kwargs", ()))
    assert rest <= set(OPTIONS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", sorted(set(SURFACE) - NO_OPTIONS))
def test_the_options_reach_every_request(kind: str, name: str, tmp_path: Any) -> None:
    (tmp_path / "file").write_bytes(b"abc")

    async def story(client: Any) -> Any:
        made = getattr(client, name)(**keywords(name, str(tmp_path)))
        if name == "listen_bucket_notification":
            with pytest.raises(AccessDenied):  # events would come without an end
                await each(made)
            return None
        return await (each(made) if name in ("list_objects", "remove_objects") else done(made))

    with ScriptedServer(forever(reply)) as server:
        result = play(kind, server, story, region=None if name != "make_bucket" else "eu-west-1")
    if "presigned" in name:
        assert server.requests == []
        assert "eu-west-1" in result
        assert "x-extra=two" in result
        return
    assert server.requests
    for request in server.requests:
        assert request.headers["x-extra"] == "one"
        assert "x-extra=two" in request.target
        if name not in ("list_buckets", "put_object_fan_out"):
            assert "/eu-west-1/s3/" in request.headers["authorization"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", [name for name in SURFACE if {"extra_headers", "extra_query_params"} <= set(SURFACE[name])]
)
def test_unknown_keywords_and_headers_of_the_client_are_refused(kind: str, name: str, tmp_path: Any) -> None:
    given = keywords(name, str(tmp_path))

    async def call(client: Any, more: dict[str, Any]) -> Any:
        made = getattr(client, name)(**{**given, **more})
        return await each(made) if name in ("list_objects", "remove_objects") else await done(made)

    with ScriptedServer(forever(reply)) as server:
        if name != "prompt_object":  # its other keywords are fields of the prompt
            with pytest.raises(TypeError, match="unexpected keyword argument 'no_such_keyword'"):
                play(kind, server, lambda client: call(client, {"no_such_keyword": 1}))
        for header in ("Authorization", "host", "Content-Length", "x-amz-date", "X-Amz-Content-SHA256"):
            with pytest.raises(InvalidArgumentError, match=rf"extra_headers: '{header}'"):
                play(kind, server, lambda client, name=header: call(client, {"extra_headers": {name: "x"}}))
    assert server.requests == []


def test_the_constructor_takes_its_keywords() -> None:
    given = dict.fromkeys(SURFACE["__init__"])
    client = Minio(**{**given, "endpoint": "host:9000", "secure": True, "cert_check": True, "enable_rdma": False})
    client.close()
    with pytest.raises(InvalidArgumentError, match="enable_rdma must be False"):
        Minio(endpoint="host:9000", enable_rdma=True)


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("minio.minio", "Minio"),
        ("minio.args", "Directive ProgressType PutObjectFanOutEntry SnowballObject SourceObject CallOptions"),
        ("minio.checksum", "Algorithm CRC32 CRC32C CRC64NVME MD5 SHA1 SHA256 Hasher Type base64_string hex_string"),
        ("minio.models", "AccessControlPolicy CORSConfig CreateBucketConfiguration SelectObjectContentRequest Tags"),
    ],
)
def test_the_modules(module: str, names: str) -> None:
    for name in names.split():
        assert getattr(importlib.import_module(module), name) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_of_get_object(kind: str) -> None:
    with ScriptedServer(forever(reply)) as server:
        found = play(kind, server, lambda client: content(client.get_object(bucket_name="bucket", object_name="key")))
    assert found == b"abc"
