# Generated from tests/live/aio/test_extensions.py by tools/generate_sync.py. Do not edit.
"""Calls that only some servers support."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from minio import Minio
from minio.args import PutObjectFanOutEntry
from minio.commonconfig import SnowballObject
from minio.error import InvalidArgumentError, MissingFileError, ResponseError
from minio.select import CSVInputSerialization, CSVOutputSerialization, SelectRequest

PEOPLE = b"name,age\n" + b"".join(b"person %d,%d\n" % (number, number) for number in range(5000))


def query(text: str) -> SelectRequest:
    return SelectRequest(text, CSVInputSerialization(file_header_info="USE"), CSVOutputSerialization())


@pytest.mark.requires("select")
def test_select(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "people.csv", PEOPLE, len(PEOPLE))
    request = query("select s.name from S3Object s where cast(s.age as int) >= 4998")
    with client.select_object_content(bucket, "people.csv", request) as found:
        assert b"".join(list(found.stream(7))) == b"person 4998\nperson 4999\n"
        stats = found.stats()
    assert stats is not None
    assert stats.bytes_scanned == len(PEOPLE)


@pytest.mark.requires("select")
def test_select_refuses_a_wrong_query(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "people.csv", PEOPLE, len(PEOPLE))
    with pytest.raises(ResponseError):
        client.select_object_content(bucket, "people.csv", query("this is no query"))


def test_fan_out_on_a_server_without_it(client: Minio, bucket: str) -> None:
    """Some servers store the content under the first name. The call never says that all went well."""
    entries = [PutObjectFanOutEntry("one"), PutObjectFanOutEntry("two")]
    with pytest.raises(ResponseError) as caught:
        client.put_object_fan_out(bucket, b"text", 4, entries)
    assert caught.value.operation == "PutObjectFanOut"
    assert "two" not in [item.object_name for item in client.list_objects(bucket)]


def test_select_checks_its_argument(client: Minio) -> None:
    with pytest.raises(InvalidArgumentError, match="request"):
        client.select_object_content("some-bucket", "object", "select 1")  # type: ignore[arg-type]


@pytest.mark.requires("snowball")
@pytest.mark.parametrize("compression", [False, True])
def test_snowball(client: Minio, bucket: str, tmp_path: Path, compression: bool) -> None:
    (tmp_path / "file").write_bytes(b"from a file")
    objects = [
        SnowballObject("in/memory", data=io.BytesIO(b"from memory"), length=11),
        SnowballObject("in/file", filename=str(tmp_path / "file")),
    ]
    client.upload_snowball_objects(bucket, objects, compression=compression)
    found = {}
    for name in ("in/memory", "in/file"):
        with client.get_object(bucket, name) as response:
            found[name] = response.read()
    assert found == {"in/memory": b"from memory", "in/file": b"from a file"}


def test_snowball_with_a_missing_file_sends_nothing(client: Minio, bucket: str) -> None:
    with pytest.raises(MissingFileError, match="no-such-file"):
        client.upload_snowball_objects(bucket, [SnowballObject("name", filename="no-such-file")])
    assert list(client.list_objects(bucket)) == []
