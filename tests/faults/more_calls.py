"""More calls: the settings of buckets and objects, and MinIO's extensions.

The proxy responds in place of servers that do not support them.
"""

from __future__ import annotations

import asyncio
import struct
import threading
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from minio import Policy
from minio.args import PutObjectFanOutEntry
from minio.commonconfig import ENABLED, GOVERNANCE, Filter, Tags
from minio.corsconfig import CORSConfig, Rule as CORSRule
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
from minio.objectlockconfig import DAYS, ObjectLockConfig
from minio.replicationconfig import Destination, ReplicationConfig, Rule as ReplicationRule
from minio.retention import Retention
from minio.select import CSVInputSerialization, CSVOutputSerialization, SelectRequest
from minio.sseconfig import Rule as EncryptionRule, SSEConfig
from minio.versioningconfig import VersioningConfig

from .calls import Place, content_of, done, each, scene, simple
from .proxy import Answer, Request

NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def says(body: str | bytes, **headers: str) -> Callable[[Request], Answer | None]:
    data = body.encode() if isinstance(body, str) else body
    pairs = [("Content-Length", str(len(data))), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return lambda request: Answer(headers=pairs, body=data)


def _no_content(request: Request) -> Answer:
    return Answer(204, "No Content", [], b"", True)


def deletes(document: str, **headers: str) -> Callable[[Request], Answer | None]:
    """A server that has the document, and deletes it."""
    found = says(document, **headers)
    return lambda request: _no_content(request) if request.method == "DELETE" else found(request)


def tags(for_object: bool = False) -> Tags:
    made = Tags(for_object)
    made["project"] = "one"
    return made


LIFECYCLE = LifecycleConfig(
    [Rule(ENABLED, rule_filter=Filter(prefix="logs/"), rule_id="old", expiration=Expiration(days=9))]
)
CORS = CORSConfig([CORSRule(["https://example.com"], ["GET"], max_age_seconds=9)])
REPLICATION = ReplicationConfig(
    "arn:minio:iam::1:role",
    [ReplicationRule(ENABLED, rule_filter=Filter(prefix="x"), destination=Destination("arn:aws:s3:::b"))],
)
NOTIFICATION = {"QueueConfigurations": [{"Arn": "arn:minio:sqs::1:webhook", "Events": ["s3:ObjectCreated:*"]}]}
XML = {"Content_Type": "application/xml"}
UNTIL = "2030-01-01T00:00:00Z"
SSE = (
    f"<ServerSideEncryptionConfiguration {NS}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256"
    "</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
)
REPLICATED = (
    f"<ReplicationConfiguration {NS}><Role>r</Role><Rule><ID>a</ID><Status>Enabled</Status>"
    "<Filter><Prefix/></Filter><Priority>1</Priority><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>"
    "<Destination><Bucket>arn:aws:s3:::b</Bucket></Destination></Rule></ReplicationConfiguration>"
)
POLICY = '{"Version":"2012-10-17","Statement":[]}'

simple("set_bucket_tags", tags())
simple("get_bucket_tags")
simple("delete_bucket_tags", bucket="writing")
simple("get_object_attributes", "small")
simple("head_bucket")
simple("get_object_acl", "small")
simple("set_bucket_cors", CORS)
simple("get_bucket_cors")
simple("delete_bucket_cors", bucket="writing")
simple("set_bucket_versioning", VersioningConfig(ENABLED), stand_in=says(""))
simple("get_bucket_versioning")
simple("enable_bucket_versioning", stand_in=says(""))
simple("disable_bucket_versioning", bucket="writing", stand_in=says(""))
simple("set_bucket_lifecycle", LIFECYCLE)
simple("get_bucket_lifecycle")
simple("delete_bucket_lifecycle", bucket="writing")
simple("set_bucket_encryption", SSEConfig(EncryptionRule.new_sse_s3_rule()), stand_in=says(""))
simple("put_bucket_encryption", SSEConfig(EncryptionRule.new_sse_s3_rule()), stand_in=says(""))
simple("get_bucket_encryption", stand_in=says(SSE, **XML))
simple("delete_bucket_encryption", stand_in=deletes(SSE, **XML))
simple("set_bucket_replication", REPLICATION, stand_in=says(""))
simple("get_bucket_replication", stand_in=says(REPLICATED, **XML))
simple("delete_bucket_replication", stand_in=deletes(REPLICATED, **XML))
simple("set_object_lock_config", ObjectLockConfig(GOVERNANCE, 1, DAYS), bucket="locked")
simple("get_object_lock_config", bucket="locked")
simple("delete_object_lock_config", bucket="locked", stand_in=says(""))
simple("set_bucket_policy", "", Policy.READ_ONLY, bucket="writing")
simple("set_bucket_policy", POLICY, name="set_bucket_policy-document", stand_in=_no_content)
simple("get_bucket_policy", "")
simple("get_bucket_policy", name="get_bucket_policy-document", stand_in=says(POLICY, Content_Type="application/json"))
simple("delete_bucket_policy", stand_in=deletes(POLICY, Content_Type="application/json"))
simple(
    "get_bucket_notification",
    stand_in=says(
        f"<NotificationConfiguration {NS}><QueueConfiguration><Id>a</Id><Queue>arn:minio:sqs::1:webhook</Queue>"
        "<Event>s3:ObjectCreated:*</Event></QueueConfiguration></NotificationConfiguration>",
        **XML,
    ),
)
simple("set_bucket_notification", NOTIFICATION, stand_in=says(""))
# If a server refuses an empty configuration, the client deletes the configuration instead.
simple("remove_all_bucket_notification", stand_in=says(""), optional=("PUT bucket notification",))
simple("delete_bucket_notification", stand_in=says(""), optional=("PUT bucket notification",))
simple("set_object_tags", "small", tags(True))
simple("get_object_tags", "small")
simple("delete_object_tags", "large")
simple("enable_object_legal_hold", "object", bucket="locked")
simple("disable_object_legal_hold", "object", bucket="locked")
simple(
    "is_object_legal_hold_enabled",
    "object",
    bucket="locked",
    stand_in=says(f"<LegalHold {NS}><Status>ON</Status></LegalHold>", **XML),
)
simple(
    "get_object_retention",
    "object",
    bucket="locked",
    stand_in=says(
        f"<Retention {NS}><Mode>GOVERNANCE</Mode><RetainUntilDate>{UNTIL}</RetainUntilDate></Retention>", **XML
    ),
)
simple(
    "set_object_retention",
    "object",
    Retention(GOVERNANCE, datetime(2030, 1, 1, tzinfo=UTC)),
    bucket="locked",
    stand_in=says(""),
)

# --- MinIO's extensions


def _event(kind: str, payload: bytes = b"") -> bytes:
    headers = b""
    for name, value in ((":message-type", "event"), (":event-type", kind)):
        headers += bytes([len(name)]) + name.encode() + b"\7" + struct.pack(">H", len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    frame = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return frame + struct.pack(">I", zlib.crc32(frame))


@scene(
    "select_object_content",
    "select_object_content",
    repeatable=False,
    stand_in=says(_event("Records", b"1,2\n3,4\n") + _event("End")),
)
async def _(client: Any, place: Place) -> Any:
    query = SelectRequest("select * from S3Object", CSVInputSerialization(), CSVOutputSerialization())
    reader = await done(client.select_object_content(place.reading, "small", query))
    try:
        return b"".join(await each(reader.stream()))
    finally:
        await done(reader.close())


simple(
    "put_object_fan_out",
    b"abc",
    3,
    [PutObjectFanOutEntry("one"), PutObjectFanOutEntry("two")],
    stand_in=says('{"key":"one","etag":"1"}\n{"key":"two","etag":"2"}\n', Content_Type="application/json"),
)


@scene("prompt_object", "prompt_object", repeatable=False, stand_in=says(b"the answer to the question"))
async def _(client: Any, place: Place) -> Any:
    return await content_of(client.prompt_object(place.reading, "small", "what?"))


_LISTENING = says(b'{"Records": [{"a": 1}]}\n \n')
PATIENCE = 0.4
"""Seconds to wait for an event."""


@scene("listen_bucket_notification", "listen_bucket_notification", stand_in=_LISTENING, endless=True, enough=True)
async def _(client: Any, place: Place) -> Any:
    events = client.listen_bucket_notification(place.reading)
    try:
        if hasattr(events, "__anext__"):
            return await _first_awaited(events)
        return _first(events)
    finally:
        await done(events.close())


async def _first_awaited(events: Any) -> Any:
    timer = asyncio.get_running_loop().call_later(PATIENCE, lambda: asyncio.ensure_future(events.close()))
    try:
        return await anext(events, None)
    finally:
        timer.cancel()


def _first(events: Any) -> Any:
    timer = threading.Timer(PATIENCE, events.close)
    timer.start()
    try:
        return next(events, None)
    finally:
        timer.cancel()
        timer.join()
