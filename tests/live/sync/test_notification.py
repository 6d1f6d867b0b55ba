# Generated from tests/live/aio/test_notification.py by tools/generate_sync.py. Do not edit.
"""The notification configuration of a bucket, and listening for events."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import unquote

import pytest

from minio import Minio
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, NoSuchBucket, S3Error
from minio.notificationconfig import (
    NotificationConfig,
    PrefixFilterRule,
    QueueConfig,
    SuffixFilterRule,
    TopicConfig,
)

from ._backend import in_background, outside, pause


def wish(server: Any) -> dict[str, Any]:
    return {
        "QueueConfigurations": [
            {
                "Id": "mine",
                "Arn": server.queue_arn,
                "Events": ["s3:ObjectCreated:*"],
                "Filter": {
                    "Key": {
                        "FilterRules": [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".jpg"}],
                    }
                },
            }
        ]
    }


@pytest.mark.requires("get_notification")
def test_none_at_first(client: Minio, bucket: str) -> None:
    found = client.get_bucket_notification(bucket)
    assert found == {}
    assert found.queue_config_list == found.topic_config_list == found.cloud_func_config_list == []


@pytest.mark.requires("server_minio")
def test_queue_is_set_read_used_and_cleared(client: Minio, bucket: str, server: Any) -> None:
    client.set_bucket_notification(bucket, wish(server))
    found = client.get_bucket_notification(bucket)
    (queue,) = found["QueueConfigurations"]
    assert (queue["Arn"], queue["Events"]) == (server.queue_arn, ["s3:ObjectCreated:*"])
    rules = queue["Filter"]["Key"]["FilterRules"]
    assert {(rule["Name"].lower(), rule["Value"]) for rule in rules} == {("prefix", "in/"), ("suffix", ".jpg")}
    client.set_bucket_notification(bucket, found)

    for key in ("out/a.jpg", "in/a.txt", "in/ü a.jpg"):
        client.put_object(bucket, key, b"12345", 5)
    (record,) = outside(server.webhook.records, bucket)
    assert record["eventName"] == "s3:ObjectCreated:Put"
    assert record["s3"]["object"]["size"] == 5

    client.remove_all_bucket_notification(bucket)
    assert client.get_bucket_notification(bucket) == {}
    client.put_object(bucket, "in/b.jpg", b"x", 1)
    assert outside(server.webhook.records, bucket, 1, 0.5) == []
    client.remove_all_bucket_notification(bucket)


@pytest.mark.requires("server_minio")
def test_notificationconfig(client: Minio, bucket: str, server: Any) -> None:
    queue = QueueConfig(
        server.queue_arn,
        ["s3:ObjectRemoved:*"],
        config_id="mine",
        prefix_filter_rule=PrefixFilterRule("a"),
        suffix_filter_rule=SuffixFilterRule("z"),
    )
    client.set_bucket_notification(bucket, NotificationConfig(queue_config_list=[queue]))
    (found,) = (client.get_bucket_notification(bucket)).queue_config_list
    assert (found.queue, found.events) == (server.queue_arn, ["s3:ObjectRemoved:*"])
    assert found.prefix_filter_rule == PrefixFilterRule("a")
    assert found.suffix_filter_rule == SuffixFilterRule("z")
    client.put_object(bucket, "a to z", b"x", 1)
    client.remove_object(bucket, "a to z")
    (record,) = outside(server.webhook.records, bucket)
    assert record["eventName"].startswith("s3:ObjectRemoved")
    client.delete_bucket_notification(bucket)
    assert client.get_bucket_notification(bucket) == {}


@pytest.mark.requires("server_minio")
def test_unknown_queue(client: Minio, bucket: str) -> None:
    unknown = {"QueueConfigurations": [{"Arn": "arn:minio:sqs::9:webhook", "Events": ["s3:ObjectCreated:*"]}]}
    with pytest.raises(S3Error) as caught:
        client.set_bucket_notification(bucket, unknown)
    assert caught.value.code == "InvalidArgument"


@pytest.mark.requires("topics")
def test_topic_is_set_read_used_and_cleared(client: Minio, bucket: str, server: Any) -> None:
    arn = server.make_topic(f"topic-{bucket}")
    topic = TopicConfig(arn, ["s3:ObjectCreated:*"], config_id="mine", prefix_filter_rule=PrefixFilterRule("in/"))
    client.set_bucket_notification(bucket, NotificationConfig(topic_config_list=[topic]))
    (found,) = (client.get_bucket_notification(bucket))["TopicConfigurations"]
    assert (found["Id"], found["Arn"], found["Events"]) == ("mine", arn, ["s3:ObjectCreated:*"])
    client.put_object(bucket, "out", b"x", 1)
    client.put_object(bucket, "in/object", b"12345", 5)
    (record,) = outside(server.webhook.records, bucket)
    assert record["s3"]["object"]["key"] == "in/object"
    client.remove_all_bucket_notification(bucket)
    assert client.get_bucket_notification(bucket) == {}


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"Queues": []},
        {"QueueConfigurations": {}},
        {"QueueConfigurations": ["arn"]},
        {"QueueConfigurations": [{"Arn": "", "Events": ["s3:ObjectCreated:*"]}]},
        {"QueueConfigurations": [{"Arn": "arn", "Events": []}]},
        {"QueueConfigurations": [{"Arn": "arn", "Events": ["created"]}]},
        {"QueueConfigurations": [{"Arn": "arn", "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {}}}]},
    ],
    ids=str,
)
def test_errors_are_found_before_anything_is_sent(client: Minio, config: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        client.set_bucket_notification("bucket", config)


def test_invalid_configurations(client: Minio) -> None:
    for config in ("text", 5, None, ["list"]):
        with pytest.raises(InvalidArgumentTypeError):
            client.set_bucket_notification("bucket", config)  # type: ignore[arg-type]


def first_of(client: Minio, bucket: str, events: Any, key: str) -> dict[str, Any]:
    """Store an object repeatedly until the first event about it arrives, and return that event."""
    wait = in_background(lambda: next(events))
    for _ in range(5):
        pause(0.2)
        client.put_object(bucket, key, b"12345", 5)
    return wait()


@pytest.mark.requires("listen")
def test_events_arrive(client: Minio, bucket: str) -> None:
    with client.listen_bucket_notification(bucket, "in/", ".jpg", ["s3:ObjectCreated:*"]) as events:
        client.put_object(bucket, "out", b"x", 1)
        event = first_of(client, bucket, events, "in/a.jpg")
        record = event["Records"][0]
        assert record["eventName"] == "s3:ObjectCreated:Put"
        assert record["s3"]["bucket"]["name"] == bucket
        assert unquote(record["s3"]["object"]["key"]) == "in/a.jpg"
        assert record["s3"]["object"]["size"] == 5
    assert list(events) == []


@pytest.mark.requires("listen")
def test_close_ends_a_waiting_reader_at_once(client: Minio, bucket: str) -> None:
    def read(events: Any) -> list[Any]:
        return list(events)

    for wait_before in (0, 0.5):
        events = client.listen_bucket_notification(bucket, "none/", "", ("s3:ObjectCreated:*",))
        wait = in_background(lambda events=events: read(events))
        pause(wait_before)
        begun = time.monotonic()
        events.close()
        assert wait() == []
        assert time.monotonic() - begun < 30
        events.close()
    assert client.bucket_exists(bucket)


@pytest.mark.requires("listen")
def test_listening_to_a_missing_bucket(client: Minio, bucket_name: str) -> None:
    with pytest.raises(NoSuchBucket):
        next(client.listen_bucket_notification(bucket_name))


@pytest.mark.requires("listen_refused")
def test_server_without_listen_support(client: Minio, bucket: str) -> None:
    with pytest.raises(S3Error):
        next(client.listen_bucket_notification(bucket))


def test_bad_arguments(client: Minio) -> None:
    with pytest.raises(InvalidArgumentTypeError):
        client.listen_bucket_notification("bucket", events="s3:ObjectCreated:*")
    with pytest.raises(InvalidArgumentError):
        client.listen_bucket_notification("x")
