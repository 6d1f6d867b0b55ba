"""Every call of the client that sends a request, with arguments that are right. For servers with a script."""

from __future__ import annotations

import atexit
import io
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from minio import Policy
from minio.args import PutObjectFanOutEntry
from minio.commonconfig import ENABLED, GOVERNANCE, ComposeSource, CopySource, Filter, SnowballObject, Tags
from minio.corsconfig import CORSConfig, Rule as CORSRule
from minio.directories import Prefix
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
from minio.objectlockconfig import ObjectLockConfig
from minio.replicationconfig import Destination, ReplicationConfig, Rule as ReplicationRule
from minio.retention import Retention
from minio.select import CSVInputSerialization, CSVOutputSerialization, SelectRequest
from minio.sseconfig import Rule as EncryptionRule, SSEConfig
from minio.versioningconfig import VersioningConfig

from .clients import content, done, each, outcomes

MIB = 1024 * 1024
FOLDER = tempfile.mkdtemp()
"""An empty directory."""
atexit.register(os.rmdir, FOLDER)
Call = Callable[[Any], Any]
SELECT = SelectRequest("select * from S3Object", CSVInputSerialization(), CSVOutputSerialization())
NOTIFICATION = {"QueueConfigurations": [{"Arn": "arn:minio:sqs::1:webhook", "Events": ["s3:ObjectCreated:*"]}]}
PART = CopySource("bucket", "source", offset=0, length=9)
MOMENT = datetime(2030, 1, 1, tzinfo=UTC)
FAN_OUT = [PutObjectFanOutEntry("one"), PutObjectFanOutEntry("two")]
CORS = CORSConfig([CORSRule(["*"], ["GET"])])
LOCK = ObjectLockConfig(None, None, None)
ENCRYPTION_OF_6 = {
    "ServerSideEncryptionConfiguration": {"Rule": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
}
ENCRYPTION = SSEConfig(EncryptionRule.new_sse_s3_rule())
REPLICATION = ReplicationConfig(
    "role", [ReplicationRule(ENABLED, rule_filter=Filter(prefix="x"), destination=Destination("arn:aws:s3:::b"))]
)
LIFECYCLE = LifecycleConfig([Rule(ENABLED, rule_filter=Filter(prefix="x"), rule_id="1", expiration=Expiration(days=1))])


def tags() -> Tags:
    made = Tags()
    made["a"] = "b"
    return made


def writing(client: Any) -> Any:
    async def write() -> None:
        file = await done(client.open_object("bucket", "key", "wb"))
        await done(file.write(b"content"))
        await done(file.close())

    return write()


CALLS: dict[str, Call] = {
    "list_buckets": lambda client: client.list_buckets(),
    "bucket_exists": lambda client: client.bucket_exists("bucket"),
    "make_bucket": lambda client: client.make_bucket("bucket"),
    "head_bucket": lambda client: client.head_bucket("bucket"),
    "get_object_acl": lambda client: client.get_object_acl("bucket", "key"),
    "put_object_fan_out": lambda client: client.put_object_fan_out("bucket", b"abc", 3, FAN_OUT),
    "make_bucket, tags": lambda client: client.make_bucket("bucket", tags=tags()),
    "remove_bucket": lambda client: client.remove_bucket("bucket"),
    "list_objects": lambda client: each(client.list_objects("bucket")),
    "list_objects, version 1": lambda client: each(client.list_objects("bucket", use_api_v1=True)),
    "list_objects, versions": lambda client: each(client.list_objects("bucket", include_version=True)),
    "plan_sync": lambda client: each(client.plan_sync(Prefix("bucket", "photos"), Prefix("bucket", "other"))),
    "list_incomplete_uploads": lambda client: each(client.list_incomplete_uploads("bucket")),
    "get_object": lambda client: content(client.get_object("bucket", "key")),
    "get_object, range": lambda client: content(client.get_object("bucket", "key", 5, 5)),
    "stat_object": lambda client: client.stat_object("bucket", "key"),
    "fget_object": lambda client: client.fget_object("bucket", "key", "/nowhere/file"),
    "open_object": lambda client: client.open_object("bucket", "key"),
    "open_object, to write": writing,
    "put_object": lambda client: client.put_object("bucket", "key", b"abc", 3),
    "put_object, stream": lambda client: client.put_object("bucket", "key", io.BytesIO(b"abc"), -1),
    "put_object, parts": lambda client: client.put_object("bucket", "key", bytes(6 * MIB), 6 * MIB),
    "copy_object": lambda client: client.copy_object("bucket", "key", CopySource("bucket", "source")),
    "copy_object, part": lambda client: client.copy_object(
        "bucket", "key", CopySource("bucket", "o", offset=0, length=9)
    ),
    "move_object": lambda client: client.move_object("bucket", "key", CopySource("bucket", "source")),
    "object_exists": lambda client: client.object_exists("bucket", "key"),
    "compose_object": lambda client: client.compose_object("bucket", "key", [ComposeSource("bucket", "source")]),
    "append_object": lambda client: client.append_object("bucket", "key", b"abc", 3),
    "upload_snowball_objects": lambda client: client.upload_snowball_objects(
        "bucket", [SnowballObject("key", data=io.BytesIO(b"abc"), length=3)]
    ),
    "select_object_content": lambda client: client.select_object_content("bucket", "key", SELECT),
    "prompt_object": lambda client: client.prompt_object("bucket", "key", "what?"),
    "remove_object": lambda client: client.remove_object("bucket", "key"),
    "get_objects": lambda client: outcomes(client.get_objects("bucket", ["key"])),
    "stat_objects": lambda client: outcomes(client.stat_objects("bucket", ["key"])),
    "put_objects": lambda client: outcomes(client.put_objects("bucket", [("key", b"content")])),
    "copy_objects": lambda client: outcomes(client.copy_objects("bucket", [("key", "/bucket/source")])),
    "remove_objects": lambda client: each(client.remove_objects("bucket", ["key"])),
    "copy_prefix": lambda client: client.copy_prefix("bucket", "copies", Prefix("bucket", "photos")),
    "download_directory": lambda client: client.download_directory("bucket", "photos", FOLDER, compare="size"),
    "list_objects_parallel": lambda client: each(client.list_objects_parallel("bucket")),
    "remove_prefix": lambda client: client.remove_prefix("bucket", "photos"),
    "transfer": lambda client: each(client.transfer(client.plan_sync(Path(FOLDER), Prefix("bucket", "photos")))),
    "upload_directory": lambda client: client.upload_directory("bucket", "photos", FOLDER, compare="size"),
    "remove_incomplete_upload": lambda client: client.remove_incomplete_upload("bucket", "key"),
    "get_bucket_policy": lambda client: client.get_bucket_policy("bucket"),
    "get_bucket_policy, prefix": lambda client: client.get_bucket_policy("bucket", ""),
    "set_bucket_policy": lambda client: client.set_bucket_policy("bucket", "", Policy.READ_ONLY),
    "delete_bucket_policy": lambda client: client.delete_bucket_policy("bucket"),
    "get_bucket_notification": lambda client: client.get_bucket_notification("bucket"),
    "set_bucket_notification": lambda client: client.set_bucket_notification("bucket", NOTIFICATION),
    "listen_bucket_notification": lambda client: each(client.listen_bucket_notification("bucket")),
    "get_bucket_tags": lambda client: client.get_bucket_tags("bucket"),
    "set_bucket_tags": lambda client: client.set_bucket_tags("bucket", tags()),
    "delete_bucket_tags": lambda client: client.delete_bucket_tags("bucket"),
    "get_object_tags": lambda client: client.get_object_tags("bucket", "key"),
    "set_object_tags": lambda client: client.set_object_tags("bucket", "key", tags()),
    "delete_object_tags": lambda client: client.delete_object_tags("bucket", "key"),
    "get_bucket_lifecycle": lambda client: client.get_bucket_lifecycle("bucket"),
    "set_bucket_lifecycle": lambda client: client.set_bucket_lifecycle("bucket", LIFECYCLE),
    "get_bucket_versioning": lambda client: client.get_bucket_versioning("bucket"),
    "set_bucket_versioning": lambda client: client.set_bucket_versioning("bucket", VersioningConfig(ENABLED)),
    "enable_bucket_versioning": lambda client: client.enable_bucket_versioning("bucket"),
    "disable_bucket_versioning": lambda client: client.disable_bucket_versioning("bucket"),
    "get_object_lock_config": lambda client: client.get_object_lock_config("bucket"),
    "enable_object_legal_hold": lambda client: client.enable_object_legal_hold("bucket", "key"),
    "is_object_legal_hold_enabled": lambda client: client.is_object_legal_hold_enabled("bucket", "key"),
    "disable_object_legal_hold": lambda client: client.disable_object_legal_hold("bucket", "key"),
    "get_object_retention": lambda client: client.get_object_retention("bucket", "key"),
    "set_object_retention": lambda client: client.set_object_retention("bucket", "key", Retention(GOVERNANCE, MOMENT)),
    "set_object_lock_config": lambda client: client.set_object_lock_config("bucket", LOCK),
    "delete_object_lock_config": lambda client: client.delete_object_lock_config("bucket"),
    "delete_bucket_lifecycle": lambda client: client.delete_bucket_lifecycle("bucket"),
    "get_bucket_encryption": lambda client: client.get_bucket_encryption("bucket"),
    "set_bucket_encryption": lambda client: client.set_bucket_encryption("bucket", ENCRYPTION),
    "put_bucket_encryption": lambda client: client.put_bucket_encryption("bucket", ENCRYPTION_OF_6),
    "delete_bucket_encryption": lambda client: client.delete_bucket_encryption("bucket"),
    "get_bucket_replication": lambda client: client.get_bucket_replication("bucket"),
    "set_bucket_replication": lambda client: client.set_bucket_replication("bucket", REPLICATION),
    "delete_bucket_replication": lambda client: client.delete_bucket_replication("bucket"),
    "get_bucket_cors": lambda client: client.get_bucket_cors("bucket"),
    "set_bucket_cors": lambda client: client.set_bucket_cors("bucket", CORS),
    "delete_bucket_cors": lambda client: client.delete_bucket_cors("bucket"),
    "delete_bucket_notification": lambda client: client.delete_bucket_notification("bucket"),
    "remove_all_bucket_notification": lambda client: client.remove_all_bucket_notification("bucket"),
    "get_object_attributes": lambda client: client.get_object_attributes("bucket", "key"),
    "get_partial_object": lambda client: content(client.get_partial_object("bucket", "key", 5, 5)),
    "fput_object": lambda client: client.fput_object("bucket", "key", __file__),
    "list_objects_v2": lambda client: each(client.list_objects_v2("bucket")),
}
"""By name; the text after a comma distinguishes calls of one method."""
