"""tryton-filestore-minio: Tryton's store of files, with services and prefixes."""

from __future__ import annotations

import pytest
import tryton_filestore_minio
from tryton_filestore_minio import FileStoreMinIO
from trytond.config import config

from conftest import Server
from minio.error import S3Error


def configure(server: Server, section: str, bucket: str, **options: str) -> None:
    values = {"endpoint": server.endpoint, "secure": "false", "bucket": bucket, **server.keys, **options}
    if not config.has_section(section):
        config.add_section(section)
    for name, value in values.items():
        config.set(section, name, value)


@pytest.fixture
def store(server: Server, bucket: str) -> FileStoreMinIO:
    configure(server, "minio", bucket)
    return FileStoreMinIO()


def test_data_is_stored_under_an_id(store: FileStoreMinIO, server: Server, bucket: str) -> None:
    identity = store.set(b"tryton")
    assert server.body(bucket, identity) == b"tryton"
    assert store.get(identity) == b"tryton"
    assert store.size(identity) == 6


def test_a_prefix_is_part_of_the_name(store: FileStoreMinIO, server: Server, bucket: str) -> None:
    identity = store.set(b"tryton", "attachments/")
    assert server.body(bucket, f"attachments/{identity}") == b"tryton"
    assert store.get(identity, "attachments/") == b"tryton"
    assert store.get(identity) == b""


def test_empty_data(store: FileStoreMinIO) -> None:
    identity = store.set(b"")
    assert store.get(identity) == b""
    assert store.size(identity) == 0


def test_large_data(store: FileStoreMinIO) -> None:
    data = bytes(range(256)) * 40_000
    assert store.get(store.set(data)) == data


def test_many_and_sizes(store: FileStoreMinIO) -> None:
    identities = store.setmany([b"a", b"bb"])
    assert store.getmany(identities) == [b"a", b"bb"]
    assert store.sizemany(identities) == [1, 2]


def test_a_missing_file_is_empty_and_has_no_size(store: FileStoreMinIO) -> None:
    assert store.get("missing") == b""
    with pytest.raises(S3Error) as caught:
        store.size("missing")
    assert caught.value.code == "NoSuchKey"


def test_a_service_has_its_own_bucket(store: FileStoreMinIO, server: Server, bucket: str) -> None:
    other = f"{bucket}-service"
    server.raw.request("PUT", f"/{other}")
    try:
        configure(server, "minio_archive", other)
        identity = store.set(b"archived", "archive:")
        assert server.body(other, identity) == b"archived"
        assert store.get(identity, "archive:") == b"archived"
    finally:
        server.raw.request("DELETE", f"/{other}/{identity}")
        server.raw.request("DELETE", f"/{other}")


def test_certificates_make_a_pool(server: Server, tmp_path: object) -> None:
    configure(server, "minio_tls", "bucket", secure="true", ca_certs=f"{tmp_path}/ca.pem", region="eu-west-1")
    client, bucket = tryton_filestore_minio.get_client_bucket("tls")
    assert bucket == "bucket"
    assert client._http.connection_pool_kw["ca_certs"] == f"{tmp_path}/ca.pem"
    assert client.presigned_get_object("bucket", "key").startswith(f"https://{server.endpoint}/bucket/key?")
