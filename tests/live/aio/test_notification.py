"""The notification configuration of a bucket, and listening for events."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import unquote

import pytest

from minio import AsyncMinio
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
async def test_none_at_first(client: AsyncMinio, bucket: str) -> None:
    found = await client.get_bucket_notification(bucket)
    assert found == {}
    assert found.queue_config_list == found.topic_config_list == found.cloud_func_config_list == []


@pytest.mark.requires("server_minio")
async def test_queue_is_set_read_used_and_cleared(client: AsyncMinio, bucket: str, server: Any) -> None:
    await client.set_bucket_notification(bucket, wish(server))
    found = await client.get_bucket_notification(bucket)
    (queue,) = found["QueueConfigurations"]
    assert (queue["Arn"], queue["Events"]) == (server.queue_arn, ["s3:ObjectCreated:*"])
    rules = queue["Filter"]["Key"]["FilterRules"]
    assert {(rule["Name"].lower(), rule["Value"]) for rule in rules} == {("prefix", "in/"), ("suffix", ".jpg")}
    await client.set_bucket_notification(bucket, found)

    for key in ("out/a.jpg", "in/a.txt", "in/ü a.jpg"):
        await client.put_object(bucket, key, b"12345", 5)
    (record,) = await outside(server.webhook.records, bucket)
    assert record["eventName"] == "s3:ObjectCreated:Put"
    assert record["s3"]["object"]["size"] == 5

    await client.remove_all_bucket_notification(bucket)
    assert await client.get_bucket_notification(bucket) == {}
    await client.put_object(bucket, "in/b.jpg", b"x", 1)
    assert await outside(server.webhook.records, bucket, 1, 0.5) == []
    await client.remove_all_bucket_notification(bucket)


@pytest.mark.requires("server_minio")
async def test_notificationconfig(client: AsyncMinio, bucket: str, server: Any) -> None:
    queue = QueueConfig(
        server.queue_arn,
        ["s3:ObjectRemoved:*"],
        config_id="mine",
        prefix_filter_rule=PrefixFilterRule("a"),
        suffix_filter_rule=SuffixFilterRule("z"),
    )
    await client.set_bucket_notification(bucket, NotificationConfig(queue_config_list=[queue]))
    (found,) = (await client.get_bucket_notification(bucket)).queue_config_list
    assert (found.queue, found.events) == (server.queue_arn, ["s3:ObjectRemoved:*"])
    assert found.prefix_filter_rule == PrefixFilterRule("a")
    assert found.suffix_filter_rule == SuffixFilterRule("z")
    await client.put_object(bucket, "a to z", b"x", 1)
    await client.remove_object(bucket, "a to z")
    (record,) = await outside(server.webhook.records, bucket)
    assert record["eventName"].startswith("s3:ObjectRemoved")
    await client.delete_bucket_notification(bucket)
    assert await client.get_bucket_notification(bucket) == {}


@pytest.mark.requires("server_minio")
async def test_unknown_queue(client: AsyncMinio, bucket: str) -> None:
    unknown = {"QueueConfigurations": [{"Arn": "arn:minio:sqs::9:webhook", "Events": ["s3:ObjectCreated:*"]}]}
    with pytest.raises(S3Error) as caught:
        await client.set_bucket_notification(bucket, unknown)
    assert caught.value.code == "InvalidArgument"


@pytest.mark.requires("topics")
async def test_topic_is_set_read_used_and_cleared(client: AsyncMinio, bucket: str, server: Any) -> None:
    arn = server.make_topic(f"topic-{bucket}")
    topic = TopicConfig(arn, ["s3:ObjectCreated:*"], config_id="mine", prefix_filter_rule=PrefixFilterRule("in/"))
    await client.set_bucket_notification(bucket, NotificationConfig(topic_config_list=[topic]))
    (found,) = (await client.get_bucket_notification(bucket))["TopicConfigurations"]
    assert (found["Id"], found["Arn"], found["Events"]) == ("mine", arn, ["s3:ObjectCreated:*"])
    await client.put_object(bucket, "out", b"x", 1)
    await client.put_object(bucket, "in/object", b"12345", 5)
    (record,) = await outside(server.webhook.records, bucket)
    assert record["s3"]["object"]["key"] == "in/object"
    await client.remove_all_bucket_notification(bucket)
    assert await client.get_bucket_notification(bucket) == {}


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
async def test_errors_are_found_before_anything_is_sent(client: AsyncMinio, config: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        await client.set_bucket_notification("bucket", config)


async def test_invalid_configurations(client: AsyncMinio) -> None:
    for config in ("text", 5, None, ["list"]):
        with pytest.raises(InvalidArgumentTypeError):
            await client.set_bucket_notification("bucket", config)  # type: ignore[arg-type]


async def first_of(client: AsyncMinio, bucket: str, events: Any, key: str) -> dict[str, Any]:
    """Store an object repeatedly until the first event about it arrives, and return that event."""
    wait = await in_background(lambda: anext(events))
    for _ in range(5):
        await pause(0.2)
        await client.put_object(bucket, key, b"12345", 5)
    return await wait()


@pytest.mark.requires("listen")
async def test_events_arrive(client: AsyncMinio, bucket: str) -> None:
    async with client.listen_bucket_notification(bucket, "in/", ".jpg", ["s3:ObjectCreated:*"]) as events:
        await client.put_object(bucket, "out", b"x", 1)
        event = await first_of(client, bucket, events, "in/a.jpg")
        record = event["Records"][0]
        assert record["eventName"] == "s3:ObjectCreated:Put"
        assert record["s3"]["bucket"]["name"] == bucket
        assert unquote(record["s3"]["object"]["key"]) == "in/a.jpg"
        assert record["s3"]["object"]["size"] == 5
    assert [event async for event in events] == []


@pytest.mark.requires("listen")
async def test_close_ends_a_waiting_reader_at_once(client: AsyncMinio, bucket: str) -> None:
    async def read(events: Any) -> list[Any]:
        return [event async for event in events]

    for wait_before in (0, 0.5):
        events = client.listen_bucket_notification(bucket, "none/", "", ("s3:ObjectCreated:*",))
        wait = await in_background(lambda events=events: read(events))
        await pause(wait_before)
        begun = time.monotonic()
        await events.close()
        assert await wait() == []
        assert time.monotonic() - begun < 30
        await events.close()
    assert await client.bucket_exists(bucket)


@pytest.mark.requires("listen")
async def test_listening_to_a_missing_bucket(client: AsyncMinio, bucket_name: str) -> None:
    with pytest.raises(NoSuchBucket):
        await anext(client.listen_bucket_notification(bucket_name))


@pytest.mark.requires("listen_refused")
async def test_server_without_listen_support(client: AsyncMinio, bucket: str) -> None:
    with pytest.raises(S3Error):
        await anext(client.listen_bucket_notification(bucket))


async def test_bad_arguments(client: AsyncMinio) -> None:
    with pytest.raises(InvalidArgumentTypeError):
        client.listen_bucket_notification("bucket", events="s3:ObjectCreated:*")
    with pytest.raises(InvalidArgumentError):
        client.listen_bucket_notification("x")
