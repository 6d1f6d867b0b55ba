# Generated from tests/live/aio/test_conditions.py by tools/generate_sync.py. Do not edit.
"""Conditional requests: if a condition is not met, the call fails on every server and changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from live.helpers import content_of, is_there
from minio import CopyConditions, Minio
from minio.commonconfig import ComposeSource, CopySource
from minio.error import NotModified, PreconditionFailed
from minio.time import to_http_header
from servers.live import LiveServer

MIB = 1024 * 1024
LARGE = bytes(range(256)) * 4096 * 6
OTHER = "0" * 32
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
LATER = datetime.now(UTC) + timedelta(days=1)

# A setter of CopyConditions and a field of CopySource, with a value that holds and one that does not.
# "etag" is replaced by the ETag of the source.
CONDITIONS = [
    ("set_match_etag", "match_etag", "etag", OTHER),
    ("set_match_etag_except", "not_match_etag", OTHER, "etag"),
    ("set_modified_since", "modified_since", LONG_AGO, LATER),
    ("set_unmodified_since", "unmodified_since", LATER, LONG_AGO),
]
ALL = pytest.mark.parametrize(("setter", "field", "met", "unmet"), CONDITIONS, ids=[row[1] for row in CONDITIONS])


@pytest.fixture
def etag(client: Minio, bucket: str) -> str:
    result = client.put_object(bucket, "source", b"content", 7)
    return str(result.etag)


@pytest.fixture
def large_etag(client: Minio, bucket: str) -> str:
    client.put_object(bucket, "large", LARGE, len(LARGE))
    return str((client.stat_object(bucket, "large")).etag)


def conditions(setter: str, value: Any) -> CopyConditions:
    made = CopyConditions()
    getattr(made, setter)(value)
    return made


@ALL
def test_copy_object(
    client: Minio, bucket: str, server: LiveServer, etag: str, setter: str, field: str, met: Any, unmet: Any
) -> None:
    met, unmet = (etag if value == "etag" else value for value in (met, unmet))
    source = f"/{bucket}/source"
    for quoted in (False, True) if isinstance(met, str) else (False,):
        client.copy_object(bucket, "met", source, conditions(setter, f'"{met}"' if quoted else met))
        assert content_of(server, bucket, "met") == b"content"
        with pytest.raises(PreconditionFailed):
            client.copy_object(bucket, "unmet", source, conditions(setter, f'"{unmet}"' if quoted else unmet))
    client.copy_object(bucket, "met too", CopySource(bucket, "source", **{field: met}))
    with pytest.raises(PreconditionFailed):
        client.copy_object(bucket, "unmet", CopySource(bucket, "source", **{field: unmet}))
    assert not is_there(server, bucket, "unmet")


@ALL
def test_copy_object_in_parts(
    client: Minio, bucket: str, server: LiveServer, large_etag: str, setter: str, field: str, met: Any, unmet: Any
) -> None:
    met, unmet = (large_etag if value == "etag" else value for value in (met, unmet))
    source = f"/{bucket}/large"
    client.copy_object(bucket, "met", source, conditions(setter, met), part_size=5 * MIB)
    assert content_of(server, bucket, "met") == LARGE
    with pytest.raises(PreconditionFailed):
        client.copy_object(bucket, "unmet", source, conditions(setter, unmet), part_size=5 * MIB)
    with pytest.raises(PreconditionFailed):
        client.copy_object(bucket, "unmet", CopySource(bucket, "large", offset=1, length=9, **{field: unmet}))
    assert not is_there(server, bucket, "unmet")


@ALL
def test_compose_object(
    client: Minio, bucket: str, server: LiveServer, large_etag: str, setter: str, field: str, met: Any, unmet: Any
) -> None:
    met, unmet = (large_etag if value == "etag" else value for value in (met, unmet))
    right, wrong = (ComposeSource(bucket, "large", **{field: value}) for value in (met, unmet))
    client.compose_object(bucket, "met", [right, right])
    assert content_of(server, bucket, "met") == LARGE * 2
    for sources in ([wrong], [wrong, right], [right, wrong]):
        with pytest.raises(PreconditionFailed):
            client.compose_object(bucket, "unmet", sources)
    assert not is_there(server, bucket, "unmet")
    assert list(client.list_incomplete_uploads(bucket, recursive=True)) == []


def dated(value: datetime) -> str:
    return to_http_header(value)


def test_get_object_and_stat_object(client: Minio, bucket: str, etag: str) -> None:
    for met, unmet, error in (
        ({"If-Match": f'"{etag}"'}, {"If-Match": f'"{OTHER}"'}, PreconditionFailed),
        ({"If-None-Match": f'"{OTHER}"'}, {"If-None-Match": f'"{etag}"'}, NotModified),
        ({"If-Modified-Since": dated(LONG_AGO)}, {"If-Modified-Since": dated(LATER)}, NotModified),
        ({"If-Unmodified-Since": dated(LATER)}, {"If-Unmodified-Since": dated(LONG_AGO)}, PreconditionFailed),
    ):
        with client.get_object(bucket, "source", request_headers=met) as response:
            assert response.read() == b"content"
        assert (client.stat_object(bucket, "source", extra_headers=met)).size == 7
        with pytest.raises(error) as caught:
            client.get_object(bucket, "source", request_headers=unmet)
        with pytest.raises(error) as also:
            client.stat_object(bucket, "source", extra_headers=unmet)
        for found in (caught.value, also.value):
            assert (found.code, found.bucket_name, found.object_name) == (error.__name__, bucket, "source")


def test_fget_object(client: Minio, bucket: str, etag: str, tmp_path: Any) -> None:
    target = tmp_path / "file"
    client.fget_object(bucket, "source", target, {"if-match": f'"{etag}"'})
    assert target.read_bytes() == b"content"
    for headers, error in (
        ({"If-None-Match": f'"{etag}"'}, NotModified),
        ({"If-Match": f'"{OTHER}"'}, PreconditionFailed),
    ):
        with pytest.raises(error):
            client.fget_object(bucket, "source", target, headers)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
