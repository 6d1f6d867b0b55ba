"""Tests of the servers and their helpers, without the library's client."""

from __future__ import annotations

from typing import Any

import pytest

from servers.capabilities import FEATURES, LACKS, missing
from servers.cleanup import remove_bucket
from servers.live import LiveServer


def test_each_server_accepts_signed_and_refuses_unsigned_requests(server: LiveServer, bucket_name: str) -> None:
    raw = server.raw
    assert raw.request("PUT", f"/{bucket_name}").status == 200
    assert raw.request("PUT", f"/{bucket_name}/a key/ä", body=b"text").status == 200
    assert raw.request("GET", f"/{bucket_name}/a key/ä").body == b"text"
    assert raw.request("GET", f"/{bucket_name}/a key/ä", signed=False).status == 403


def test_bucket_is_removed_with_objects_and_uploads(server: LiveServer, bucket_name: str) -> None:
    raw = server.raw
    raw.request("PUT", f"/{bucket_name}")
    for key in ("plain", "with space/und +%20", "dir/"):
        assert raw.request("PUT", f"/{bucket_name}/{key}", body=b"").status == 200
    (upload,) = raw.request("POST", f"/{bucket_name}/big", {"uploads": ""}).texts("UploadId")
    part = raw.request("PUT", f"/{bucket_name}/big", {"partNumber": "1", "uploadId": upload}, b"x" * 10)
    assert part.status == 200
    remove_bucket(raw, bucket_name)
    assert raw.request("HEAD", f"/{bucket_name}").status == 404
    remove_bucket(raw, bucket_name)


@pytest.mark.requires("versioning", "object_lock")
def test_bucket_is_removed_with_versions_and_locked_objects(server: LiveServer, bucket_name: str) -> None:
    raw = server.raw
    raw.request("PUT", f"/{bucket_name}", headers={"x-amz-bucket-object-lock-enabled": "true"})
    locked = {
        "x-amz-object-lock-mode": "GOVERNANCE",
        "x-amz-object-lock-retain-until-date": "2099-01-01T00:00:00Z",
        "x-amz-object-lock-legal-hold": "ON",
    }
    for _ in range(2):
        assert raw.request("PUT", f"/{bucket_name}/key", body=b"x", headers=locked).status == 200
    assert raw.request("DELETE", f"/{bucket_name}/key").status == 204
    remove_bucket(raw, bucket_name)
    assert raw.request("HEAD", f"/{bucket_name}").status == 404


def notification(kind: str, name: str, arn: str) -> bytes:
    return (
        f"<NotificationConfiguration><{kind}Configuration><Id>one</Id><{name}>{arn}</{name}>"
        f"<Event>s3:ObjectCreated:*</Event></{kind}Configuration></NotificationConfiguration>"
    ).encode()


@pytest.mark.requires("event_push")
def test_events_arrive_at_the_webhook(server: Any, bucket_name: str) -> None:
    raw = server.raw
    raw.request("PUT", f"/{bucket_name}")
    if server.name == "ceph":
        body = notification("Topic", "Topic", server.make_topic(bucket_name))
    else:
        body = notification("Queue", "Queue", server.queue_arn)
    assert raw.request("PUT", f"/{bucket_name}", {"notification": ""}, body).status == 200
    assert raw.request("PUT", f"/{bucket_name}/key", body=b"x").status == 200
    (record,) = server.webhook.records(bucket_name)
    assert record["s3"]["object"]["key"] == "key"


def test_unknown_feature_names_are_refused() -> None:
    assert missing("ceph", ("multipart", "listen")) == "ceph: listen: no MinIO extensions"
    assert missing("juicefs", ("listen", "multipart")) is None
    assert set(LACKS) == {"seaweedfs", "juicefs", "ceph"}
    assert all(reason for lacks in LACKS.values() for reason in lacks.values())
    with pytest.raises(ValueError, match="'lissen'"):
        missing("ceph", ("lissen",))
    assert "listen" in FEATURES
