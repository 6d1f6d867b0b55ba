"""Calls that only some servers support."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from minio import AsyncMinio
from minio.args import PutObjectFanOutEntry
from minio.commonconfig import SnowballObject
from minio.error import InvalidArgumentError, MissingFileError, ResponseError
from minio.select import CSVInputSerialization, CSVOutputSerialization, SelectRequest

PEOPLE = b"name,age\n" + b"".join(b"person %d,%d\n" % (number, number) for number in range(5000))


def query(text: str) -> SelectRequest:
    return SelectRequest(text, CSVInputSerialization(file_header_info="USE"), CSVOutputSerialization())


@pytest.mark.requires("select")
async def test_select(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "people.csv", PEOPLE, len(PEOPLE))
    request = query("select s.name from S3Object s where cast(s.age as int) >= 4998")
    async with await client.select_object_content(bucket, "people.csv", request) as found:
        assert b"".join([data async for data in found.stream(7)]) == b"person 4998\nperson 4999\n"
        stats = found.stats()
    assert stats is not None
    assert stats.bytes_scanned == len(PEOPLE)


@pytest.mark.requires("select")
async def test_select_refuses_a_wrong_query(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "people.csv", PEOPLE, len(PEOPLE))
    with pytest.raises(ResponseError):
        await client.select_object_content(bucket, "people.csv", query("this is no query"))


async def test_fan_out_on_a_server_without_it(client: AsyncMinio, bucket: str) -> None:
    """Some servers store the content under the first name. The call never says that all went well."""
    entries = [PutObjectFanOutEntry("one"), PutObjectFanOutEntry("two")]
    with pytest.raises(ResponseError) as caught:
        await client.put_object_fan_out(bucket, b"text", 4, entries)
    assert caught.value.operation == "PutObjectFanOut"
    assert "two" not in [item.object_name async for item in client.list_objects(bucket)]


async def test_select_checks_its_argument(client: AsyncMinio) -> None:
    with pytest.raises(InvalidArgumentError, match="request"):
        await client.select_object_content("some-bucket", "object", "select 1")  # type: ignore[arg-type]


@pytest.mark.requires("snowball")
@pytest.mark.parametrize("compression", [False, True])
async def test_snowball(client: AsyncMinio, bucket: str, tmp_path: Path, compression: bool) -> None:
    (tmp_path / "file").write_bytes(b"from a file")
    objects = [
        SnowballObject("in/memory", data=io.BytesIO(b"from memory"), length=11),
        SnowballObject("in/file", filename=str(tmp_path / "file")),
    ]
    await client.upload_snowball_objects(bucket, objects, compression=compression)
    found = {}
    for name in ("in/memory", "in/file"):
        async with await client.get_object(bucket, name) as response:
            found[name] = await response.read()
    assert found == {"in/memory": b"from memory", "in/file": b"from a file"}


async def test_snowball_with_a_missing_file_sends_nothing(client: AsyncMinio, bucket: str) -> None:
    with pytest.raises(MissingFileError, match="no-such-file"):
        await client.upload_snowball_objects(bucket, [SnowballObject("name", filename="no-such-file")])
    assert [item async for item in client.list_objects(bucket)] == []
