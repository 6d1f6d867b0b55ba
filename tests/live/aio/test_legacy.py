"""The attributes and low-level methods of 7.2 clients, on real servers. `_http`: tests/live/test_legacy_http.py."""

from __future__ import annotations

import io
import pickle
from typing import Any

import pytest

from live.helpers import Requests, noise
from minio import AsyncMinio
from minio.datatypes import Part
from minio.deleteobjects import DeleteObject
from minio.error import NoSuchKey, NoSuchUpload
from minio.helpers import BaseURL
from servers.live import LiveServer

PART = 5 * 1024 * 1024


async def test_attributes(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    url = client._base_url
    assert isinstance(url, BaseURL)
    assert url._url.geturl() == f"http://{url.host}"
    assert not url.is_https
    assert not url.is_aws_host
    built = url.build(method="GET", region="us-east-1", bucket_name=bucket, object_name="a b", query_params={"x": "1"})
    assert built.geturl() == f"http://{url.host}/{bucket}/a%20b?x=1"
    assert client._provider is not None
    assert client._provider.retrieve().access_key == server.access_key
    region = await client._get_region(bucket)
    assert region
    assert client._region_map.get(bucket, region) == region
    assert await client._get_region()
    trace = Requests()
    client._trace_stream = trace
    client._user_agent = "legacy/1"
    await client.bucket_exists(bucket)
    assert "legacy/1" in trace.getvalue()


async def test_multipart_by_hand(client: AsyncMinio, bucket: str) -> None:
    first, second = noise(PART), noise(1000)
    upload_id = await client._create_multipart_upload(bucket, "made", {"Content-Type": "text/x-made"})
    etags = [
        await client._upload_part(bucket, "made", data, None, upload_id, number)
        for number, data in ((1, first), (2, second))
    ]
    page = await client._list_parts(bucket, "made", upload_id)
    assert [(part.part_number, part.etag, part.size) for part in page.parts] == [
        (1, etags[0], PART),
        (2, etags[1], 1000),
    ]
    assert not page.is_truncated
    one = await client._list_parts(bucket, "made", upload_id, max_parts=1, part_number_marker="1")
    assert [part.part_number for part in one.parts] == [2]
    uploads = (await client._list_multipart_uploads(bucket, prefix="made")).uploads
    assert [(upload.object_name, upload.upload_id) for upload in uploads] == [("made", upload_id)]
    parts = [Part(number, etag) for number, etag in enumerate(etags, 1)]
    result = await client._complete_multipart_upload(bucket, "made", upload_id, parts)
    assert result.object_name in ("made", None)
    found = await client.stat_object(bucket, "made")
    assert (found.size, found.content_type) == (PART + 1000, "text/x-made")


async def test_abort_and_copied_part(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "source", io.BytesIO(b"abcd"), 4)
    upload_id = await client._create_multipart_upload(bucket, "made", {})
    etag, _ = await client._upload_part_copy(bucket, "made", upload_id, 1, {"x-amz-copy-source": f"/{bucket}/source"})
    assert etag
    assert '"' not in etag
    await client._abort_multipart_upload(bucket, "made", upload_id)
    with pytest.raises((NoSuchUpload, NoSuchKey)):  # Ceph says NoSuchKey
        await client._list_parts(bucket, "made", upload_id)


async def test_put_list_and_delete_by_hand(client: AsyncMinio, bucket: str) -> None:
    for name in ("a", "b", "c"):
        assert (await client._put_object(bucket, name, b"abc", {"x-amz-meta-k": "v"})).etag
    assert [item.object_name async for item in client._list_objects(bucket, max_keys=2)] == ["a", "b", "c"]
    assert [item.object_name async for item in client._list_objects(bucket, start_after="a")] == ["b", "c"]
    result = await client._delete_objects(bucket, [DeleteObject("a"), DeleteObject("b")])
    assert len(result.object_list) == 2  # the JuiceFS gateway leaves their names empty
    assert result.error_list == []
    quiet = await client._delete_objects(bucket, [DeleteObject("c")], quiet=True)
    assert (quiet.object_list, quiet.error_list) == ([], [])


async def test_execute(client: AsyncMinio, bucket: str) -> None:
    await client.put_object(bucket, "object", io.BytesIO(b"abcd"), 4)
    response = await client._execute("GET", bucket, "object")
    assert (response.status, response.data, response.headers["content-length"]) == (200, b"abcd", "4")
    with pytest.raises(NoSuchKey):
        await client._execute("GET", bucket, "missing")
    response = await client._execute("GET", bucket, query_params={"list-type": "2", "prefix": "obj"})
    assert b"<Key>object</Key>" in response.data
    streamed = await client._url_open("GET", "us-east-1", bucket, "object", preload_content=False)
    assert await streamed.read() == b"abcd"
    await streamed.close()


class Watched(AsyncMinio):
    """A client that sees all its requests, as OAuthMinio of pymilvus does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen: list[str] = []

    async def _url_open(
        self,
        method: str,
        region: str,
        bucket_name: str | None = None,
        object_name: str | None = None,
        body: bytes | None = None,
        headers: Any = None,
        query_params: Any = None,
        preload_content: bool = True,
        no_body_trace: bool = False,
    ) -> Any:
        self.seen.append(method)
        headers = {**(headers or {}), "x-amz-meta-seen": "yes"} if method == "PUT" and not query_params else headers
        return await super()._url_open(
            method,
            region,
            bucket_name=bucket_name,
            object_name=object_name,
            body=body,
            headers=headers,
            query_params=query_params,
            preload_content=preload_content,
        )


async def test_overridden_url_open_sends_everything(bucket: str, server: LiveServer) -> None:
    client = Watched(server.endpoint, server.access_key, server.secret_key, secure=False, region="us-east-1")
    data = noise(PART + 1000)
    await client.put_object(bucket, "large", io.BytesIO(data), len(data), part_size=PART)
    await client.put_object(bucket, "small", io.BytesIO(b"abcd"), 4)
    # CreateMultipartUpload, two parts, CompleteMultipartUpload, PutObject.
    assert client.seen.count("POST") == 2
    assert client.seen.count("PUT") == 3
    response = await client.get_object(bucket, "large")
    assert await response.read() == data
    assert client.seen[-1] == "GET"
    found = await client.with_options(deadline=30).stat_object(bucket, "small")
    assert (found.metadata or {})["x-amz-meta-seen"] == "yes"
    assert client.seen[-1] == "HEAD"
    with pytest.raises(NoSuchKey):
        await client.stat_object(bucket, "missing")
    assert [item.object_name async for item in client.list_objects(bucket)] == ["large", "small"]
    copy = pickle.loads(pickle.dumps(client))
    copy.seen.clear()
    assert await copy.bucket_exists(bucket)
    assert copy.seen == ["HEAD"]
    await copy.close()
    await client.close()


async def test_content_after_release(client: AsyncMinio, bucket: str) -> None:
    data = noise(3_000_000)
    await client.put_object(bucket, "object", io.BytesIO(data), len(data))
    for first in (0, 2):
        response = await client.get_object(bucket, "object")
        start = await response.read(first) if first else b""
        await response.release_conn()
        assert start + await response.read() == data
        await response.close()
