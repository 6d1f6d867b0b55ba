"""pymilvus: RemoteBulkWriter, VolumeFileManager, and OAuthMinio, whose header is looked for in the requests.

Over https it runs on a server whose authority `SSL_CERT_FILE` names, since VolumeFileManager knows nothing else.
"""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
import urllib3
from pymilvus import CollectionSchema, DataType, FieldSchema, MilvusException
from pymilvus.bulk_writer import BulkFileType, RemoteBulkWriter, UploadPolicy, VolumeFileManager
from pymilvus.bulk_writer._volume_listing import list_objects_page
from pymilvus.bulk_writer.volume_file_manager import OAuthMinio

from conftest import Server
from forwarding import Received, Reply, forward, serve
from minio import Minio
from minio.credentials import StaticProvider
from minio.error import S3Error


@pytest.fixture
def schema() -> CollectionSchema:
    fields = [
        FieldSchema("id", DataType.INT64, is_primary=True, auto_id=False),
        FieldSchema("vector", DataType.FLOAT_VECTOR, dim=4),
    ]
    return CollectionSchema(fields)


def connection(server: Server, bucket: str, **options: Any) -> RemoteBulkWriter.S3ConnectParam:
    values = {"bucket_name": bucket, "endpoint": server.endpoint, "secure": server.secure, **server.keys, **options}
    return RemoteBulkWriter.S3ConnectParam(**values)


def write(parameters: Any, schema: CollectionSchema, directory: Path, **options: Any) -> list[list[str]]:
    """Write five rows and return the names of the objects."""
    with RemoteBulkWriter(schema, "bulk", parameters, local_path=str(directory), **options) as writer:
        for number in range(5):
            writer.append_row({"id": number, "vector": [float(number)] * 4})
        writer.commit()
        files: list[list[str]] = writer.batch_files
        return files


# RemoteBulkWriter


def test_rows_are_written_as_parquet(server: Server, bucket: str, schema: CollectionSchema, tmp_path: Path) -> None:
    ((name,),) = write(connection(server, bucket), schema, tmp_path)
    assert name.startswith("bulk/")
    assert name.endswith(".parquet")
    table = pyarrow.parquet.read_table(io.BytesIO(server.body(bucket, name)))
    assert table.column("id").to_pylist() == [0, 1, 2, 3, 4]
    assert table.column("vector").to_pylist()[3] == [3.0] * 4


def test_rows_are_written_as_json(server: Server, bucket: str, schema: CollectionSchema, tmp_path: Path) -> None:
    ((name,),) = write(connection(server, bucket), schema, tmp_path, file_type=BulkFileType.JSON)
    content = json.loads(server.body(bucket, name))
    assert [row["id"] for row in content["rows"]] == [0, 1, 2, 3, 4]


def test_an_own_pool_and_provider(server: Server, bucket: str, schema: CollectionSchema, tmp_path: Path) -> None:
    pool = urllib3.PoolManager()
    provider = StaticProvider(server.access_key, server.secret_key)
    options = {"access_key": None, "secret_key": None, "http_client": pool, "credentials": provider}
    ((name,),) = write(connection(server, bucket, region="us-east-1", **options), schema, tmp_path)
    assert server.status(bucket, name) == 200
    assert len(pool.pools) == 1


def test_a_missing_bucket(server: Server, bucket_name: str, schema: CollectionSchema, tmp_path: Path) -> None:
    with RemoteBulkWriter(schema, "bulk", connection(server, bucket_name), local_path=str(tmp_path)) as writer:
        with pytest.raises(MilvusException, match="doesn't exist"):
            writer._upload([])
        assert isinstance(writer._client, Minio)


def test_which_objects_exist(server: Server, bucket: str, schema: CollectionSchema, tmp_path: Path) -> None:
    with RemoteBulkWriter(schema, "bulk", connection(server, bucket), local_path=str(tmp_path)) as writer:
        assert not writer._object_exists("missing")
        server.put(bucket, "there", b"12345")
        assert writer._object_exists("there")
        assert writer._stat_object("there").size == 5


def test_virtual_style(server: Server, bucket: str, schema: CollectionSchema, tmp_path: Path) -> None:
    options = {"endpoint": "s3.example:9000", "region": "us-east-1", "enable_virtual_style_endpoint": True}
    parameters = connection(server, bucket, **options)
    with RemoteBulkWriter(schema, "bulk", parameters, local_path=str(tmp_path)) as writer:
        url = writer._client.presigned_get_object("bucket", "key")
    assert url.partition("://")[2].startswith("bucket.s3.example:9000/key?")


# OAuthMinio


TOKEN = "ya29.token-of-the-use"
_NO_TOKEN = b"<Error><Code>AccessDenied</Code><Message>no token</Message></Error>"


@pytest.fixture
def wire() -> list[Received]:
    """The requests that arrived at the gateway."""
    return []


@pytest.fixture
def gateway(server: Server, wire: list[Received]) -> Iterator[str]:
    """A server that asks for the token, as Google's does, and keeps the objects on the real one."""

    def answer(request: Received) -> Reply:
        wire.append(request)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(403, _NO_TOKEN, {"content-type": "application/xml"})
        return forward(server.raw, request)

    with serve(answer) as endpoint:
        yield endpoint


@pytest.fixture
def oauth(gateway: str) -> OAuthMinio:
    pool = urllib3.PoolManager(retries=False)
    return OAuthMinio(endpoint=gateway, region="us-east-1", secure=False, oauth_token=TOKEN, http_client=pool)


def test_every_request_carries_the_token(oauth: OAuthMinio, wire: list[Received], server: Server, bucket: str) -> None:
    oauth.put_object(bucket, "a", io.BytesIO(b"token"), 5)
    assert server.body(bucket, "a") == b"token"
    assert oauth.get_object(bucket, "a").data == b"token"
    assert oauth.stat_object(bucket, "a").size == 5
    assert [found.object_name for found in oauth.list_objects(bucket)] == ["a"]
    assert oauth.bucket_exists(bucket)
    oauth.remove_object(bucket, "a")
    assert server.status(bucket, "a") == 404
    assert {request.method for request in wire} == {"PUT", "GET", "HEAD", "DELETE"}
    assert {request.headers.get("authorization") for request in wire} == {f"Bearer {TOKEN}"}


def test_parts_carry_the_token(
    oauth: OAuthMinio, wire: list[Received], server: Server, bucket: str, tmp_path: Path
) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * (11 << 12))
    oauth.fput_object(bucket, "large", str(path), part_size=5 << 20)
    assert server.body(bucket, "large") == path.read_bytes()
    assert len([request for request in wire if "partNumber" in request.query]) == 3
    assert {request.headers.get("authorization") for request in wire} == {f"Bearer {TOKEN}"}


def test_without_an_own_pool(gateway: str, server: Server, bucket: str) -> None:
    client = OAuthMinio(endpoint=gateway, region="us-east-1", secure=False, oauth_token=TOKEN)
    server.put(bucket, "a", b"pool")
    assert client.get_object(bucket, "a").read() == b"pool"


def test_a_wrong_token_is_refused(gateway: str, bucket: str) -> None:
    client = OAuthMinio(endpoint=gateway, region="us-east-1", secure=False, oauth_token="other")
    with pytest.raises(S3Error) as caught:
        client.get_object(bucket, "a")
    assert caught.value.code == "AccessDenied"


def test_a_page_of_the_list_through_execute(oauth: OAuthMinio, server: Server, bucket: str) -> None:
    for key in ("a b", "dir/ä"):
        server.put(bucket, key, b"12345")
    objects, token = list_objects_page(oauth, bucket, "", None)
    assert [(key, size) for key, size, _ in objects] == [("a b", 5), ("dir/ä", 5)]
    assert token is None


# VolumeFileManager


@pytest.fixture
def cloud(server: Server, bucket: str) -> Iterator[dict[str, Any]]:
    """What the volume service answers; the key `url` is its own address."""
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    keys = {"tmpAK": server.access_key, "tmpSK": server.secret_key, "sessionToken": None}
    volume: dict[str, Any] = {
        "cloud": "aws",
        "region": "us-east-1",
        "endpoint": server.endpoint,
        "bucketName": bucket,
        "volumePrefix": "volume/",
        "volumeName": "use",
        "credentials": {**keys, "expireTime": expires.isoformat()},
        "condition": {},
    }

    def answer(request: Received) -> Reply:
        assert request.path == "/v2/volumes/apply"
        return Reply(200, json.dumps({"code": 0, "data": volume}).encode(), {"content-type": "application/json"})

    with serve(answer) as endpoint:
        volume["url"] = f"http://{endpoint}"
        yield volume


@pytest.fixture
def manager(server: Server, cloud: dict[str, Any]) -> VolumeFileManager:
    if not server.secure:
        pytest.skip("VolumeFileManager uses https only")
    return VolumeFileManager(cloud["url"], "key", "use")


def test_files_are_uploaded_to_a_volume(
    manager: VolumeFileManager, server: Server, bucket: str, tmp_path: Path
) -> None:
    (tmp_path / "data" / "sub").mkdir(parents=True)
    (tmp_path / "data" / "a.json").write_bytes(b"[1]")
    (tmp_path / "data" / "sub" / "b.bin").write_bytes(b"b" * (6 << 20))
    seen: list[float] = []
    result = manager.upload_file_to_volume(
        str(tmp_path / "data"),
        "target/",
        progress_callback=lambda progress: seen.append(progress.percent),
        temporary_directory=str(tmp_path),
        max_retries=0,
    )
    assert result == {"volumeName": "use", "volume_name": "use", "path": "target/"}
    assert server.body(bucket, "volume/target/a.json") == b"[1]"
    assert server.body(bucket, "volume/target/sub/b.bin") == b"b" * (6 << 20)
    assert seen[-1] == 100


def test_files_that_are_there_are_skipped(
    manager: VolumeFileManager, server: Server, bucket: str, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_bytes(b"new")
    server.put(bucket, "volume/target/a.json", b"old")
    upload = {"temporary_directory": str(tmp_path), "max_retries": 0}
    manager.upload_file_to_volume(str(tmp_path / "a.json"), "target/", **upload)
    assert server.body(bucket, "volume/target/a.json") == b"old"
    manager.upload_file_to_volume(str(tmp_path / "a.json"), "target/", upload_policy=UploadPolicy.OVERWRITE, **upload)
    assert server.body(bucket, "volume/target/a.json") == b"new"


def test_wrong_keys_are_not_retried(manager: VolumeFileManager, cloud: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"1")
    cloud["credentials"]["tmpSK"] = "not the secret"
    with pytest.raises(S3Error):
        manager.upload_file_to_volume(str(tmp_path / "a.json"), "", temporary_directory=str(tmp_path))


def test_google_gets_the_token(cloud: dict[str, Any]) -> None:
    cloud["cloud"] = "gcp"
    cloud["credentials"]["sessionToken"] = TOKEN
    _, client = VolumeFileManager(cloud["url"], "key", "use")._create_volume_state("")
    assert isinstance(client, OAuthMinio)
    assert client.oauth_token == TOKEN
    assert isinstance(client._http, urllib3.PoolManager)
