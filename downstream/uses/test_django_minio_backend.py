"""django-minio-backend: its storage, its static storage, the health check and its commands.

Uploads call `put_object(headers=...)`, which 7.2 does not have: what saves a file fails with it.
"""

from __future__ import annotations

import datetime
import io
from secrets import token_hex
from urllib.parse import urlsplit
from urllib.request import urlopen

import django
import pytest
import urllib3
from django.conf import settings

import minio
from conftest import Server, from_environment
from servers.cleanup import remove_bucket

_SERVER = from_environment()
_OPTIONS = {
    "MINIO_ENDPOINT": _SERVER.endpoint,
    "MINIO_ACCESS_KEY": _SERVER.access_key,
    "MINIO_SECRET_KEY": _SERVER.secret_key,
    "MINIO_USE_HTTPS": False,
    "MINIO_URL_EXPIRY_HOURS": datetime.timedelta(hours=1),
}
_STATIC = f"use-static-{token_hex(4)}"
_DEFAULT = f"use-default-{token_hex(4)}"

settings.configure(
    INSTALLED_APPS=["django_minio_backend.apps.DjangoMinioBackendConfig"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    STORAGES={
        "default": {
            "BACKEND": "django_minio_backend.models.MinioBackend",
            "OPTIONS": {**_OPTIONS, "MINIO_DEFAULT_BUCKET": _DEFAULT},
        },
        "staticfiles": {
            "BACKEND": "django_minio_backend.models.MinioBackendStatic",
            "OPTIONS": {**_OPTIONS, "MINIO_STATIC_FILES_BUCKET": _STATIC},
        },
    },
)
django.setup()

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.management import call_command
from django.db import connection, models
from django_minio_backend.models import MinioBackend, MinioBackendStatic


class Document(models.Model):
    """A row with a file in the storage that the command cleans."""

    file = models.FileField(storage=storages["default"])

    class Meta:
        app_label = "django_minio_backend"


@pytest.fixture
def storage(bucket: str) -> MinioBackend:
    return MinioBackend(bucket)


@pytest.fixture
def public(bucket: str) -> MinioBackend:
    made = MinioBackend(bucket, MINIO_PUBLIC_BUCKETS=[bucket])
    made.set_bucket_to_public()
    return made


# Uploads


def test_save(storage: MinioBackend, server: Server, bucket: str) -> None:
    assert storage.save("dir/a.txt", ContentFile(b"hello")) == "dir/a.txt"
    assert server.body(bucket, "dir/a.txt") == b"hello"
    assert server.raw.request("HEAD", f"/{bucket}/dir/a.txt").headers["content-type"] == "text/plain"


def test_save_an_upload_with_its_content_type(storage: MinioBackend, server: Server, bucket: str) -> None:
    content = InMemoryUploadedFile(io.BytesIO(b"<svg/>"), "file", "a.svg", "image/svg+xml", 6, None)
    storage.save("a.bin", content)
    assert server.raw.request("HEAD", f"/{bucket}/a.bin").headers["content-type"] == "image/svg+xml"


def test_save_does_not_replace(storage: MinioBackend, server: Server, bucket: str) -> None:
    first = storage.save("a.txt", ContentFile(b"1"))
    second = storage.save("a.txt", ContentFile(b"2"))
    assert first != second
    assert (server.body(bucket, first), server.body(bucket, second)) == (b"1", b"2")


def test_save_replaces_if_told(server: Server, bucket: str) -> None:
    storage = MinioBackend(bucket, replace_existing=True)
    assert storage.save("a.txt", ContentFile(b"1")) == storage.save("a.txt", ContentFile(b"2")) == "a.txt"
    assert server.body(bucket, "a.txt") == b"2"


def test_save_makes_the_bucket(server: Server, bucket_name: str) -> None:
    MinioBackend(bucket_name, MINIO_BUCKET_CHECK_ON_SAVE=True).save("a.txt", ContentFile(b"1"))
    assert server.body(bucket_name, "a.txt") == b"1"


def test_save_in_parts(server: Server, bucket: str) -> None:
    options = {"MINIO_MULTIPART_UPLOAD": True, "MINIO_MULTIPART_THRESHOLD": 1 << 20}
    content = bytes(range(256)) * (11 << 12)
    MinioBackend(bucket, MINIO_MULTIPART_PART_SIZE=5 << 20, **options).save("big", ContentFile(content))
    assert server.body(bucket, "big") == content
    assert server.raw.request("HEAD", f"/{bucket}/big").headers["etag"].strip('"').endswith("-3")


def test_save_with_user_metadata_and_headers(server: Server, bucket: str) -> None:
    MinioBackend(bucket, user_metadata={"colour": "red"}, headers={"Cache-Control": "no-store"}).save(
        "a.txt", ContentFile(b"1")
    )
    headers = server.raw.request("HEAD", f"/{bucket}/a.txt").headers
    assert headers["x-amz-meta-colour"] == "red"
    assert headers["cache-control"] == "no-store"


def test_save_and_read_again(storage: MinioBackend) -> None:
    storage.save("a.txt", ContentFile(b"one\ntwo\n"))
    with storage.open("a.txt") as file:
        assert file.readlines() == [b"one\n", b"two\n"]
    assert storage.size("a.txt") == 8


# Reading


def test_open(storage: MinioBackend, server: Server, bucket: str) -> None:
    server.put(bucket, "a", b"hello")
    file = storage.open("a")
    assert (file.name, file.read()) == ("a", b"hello")
    file.close()
    assert file.open().read() == b"hello"
    with pytest.raises(ValueError, match="read-only"):
        storage.open("a", "wb")
    with pytest.raises(minio.error.S3Error):
        storage.open("missing")


def test_stat_size_and_time(storage: MinioBackend, server: Server, bucket: str) -> None:
    server.put(bucket, "a", b"12345")
    stat = storage.stat("a")
    assert isinstance(stat, minio.datatypes.Object)
    assert stat.etag == "827ccb0eea8a706c4c34a16891f84e7b"
    assert storage.size("a") == 5
    assert storage.get_modified_time("a").tzinfo is not None
    assert storage.size("missing") == 0


def test_exists_and_delete(storage: MinioBackend, server: Server, bucket: str) -> None:
    server.put(bucket, "a")
    assert storage.exists("a")
    storage.delete("a")
    assert not storage.exists("a")
    assert server.status(bucket, "a") == 404


def test_nothing_exists_on_a_server_that_is_down(bucket: str) -> None:
    pool = urllib3.PoolManager(retries=urllib3.Retry(0), timeout=2)
    storage = MinioBackend(bucket, MINIO_ENDPOINT="127.0.0.1:9", http_client=pool)
    assert not storage.exists("a")
    assert storage.size("a") == 0


def test_listdir(storage: MinioBackend, server: Server, bucket: str) -> None:
    for key in ("a", "dir/b", "dir/sub/c"):
        server.put(bucket, key)
    assert storage.listdir() == (["dir"], ["a"])
    assert storage.listdir("dir/") == (["sub"], ["b"])
    assert storage.listdir("missing") == ([], [])


# URLs


def test_url_of_a_public_bucket(public: MinioBackend, server: Server, bucket: str) -> None:
    server.put(bucket, "a.txt", b"public")
    assert public.url("a.txt") == f"{server.url}/{bucket}/a.txt"
    with urlopen(public.url("a.txt"), timeout=10) as response:
        assert response.read() == b"public"


def test_url_of_a_private_bucket(storage: MinioBackend, server: Server, bucket: str) -> None:
    server.put(bucket, "a.txt", b"private")
    url = storage.url("a.txt")
    assert "X-Amz-Expires=3600" in url
    with urlopen(url, timeout=10) as response:
        assert response.read() == b"private"


def test_url_of_the_external_endpoint(bucket: str) -> None:
    options = {"MINIO_EXTERNAL_ENDPOINT": "cdn.example", "MINIO_EXTERNAL_ENDPOINT_USE_HTTPS": True}
    parts = urlsplit(MinioBackend(bucket, **options).url("a.txt"))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "cdn.example", f"/{bucket}/a.txt")
    plain = MinioBackend(bucket, MINIO_PUBLIC_BUCKETS=[bucket], **options).url("a.txt")
    assert plain == f"https://cdn.example/{bucket}/a.txt"


def test_urls_are_cached_by_etag(server: Server, bucket: str) -> None:
    settings.MINIO_URL_CACHING_ENABLED = True
    try:
        storage = MinioBackend(bucket)
        server.put(bucket, "a", b"1")
        first = storage.url("a")
        assert cache.get(storage._get_cache_key("a")) == first == storage.url("a")
        key = storage._get_cache_key("a")
        server.put(bucket, "a", b"2")
        assert storage._get_cache_key("a") != key
    finally:
        del settings.MINIO_URL_CACHING_ENABLED


# Buckets


def test_buckets_are_made(server: Server, bucket_name: str) -> None:
    storage = MinioBackend(bucket_name, MINIO_PRIVATE_BUCKETS=[bucket_name])
    storage.check_bucket_existence()
    assert server.raw.request("HEAD", f"/{bucket_name}").status == 200
    storage.check_bucket_existences()


def test_a_custom_policy(storage: MinioBackend, server: Server, bucket: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
    }
    storage.set_bucket_policy(bucket, {"Version": "2012-10-17", "Statement": [statement]})
    server.put(bucket, "a")
    assert server.status(bucket, "a", signed=False) == 200


def test_an_own_pool_is_used(server: Server, bucket: str) -> None:
    pool = urllib3.PoolManager()
    storage = MinioBackend(bucket, MINIO_HTTP_CLIENT=pool)
    assert storage.client._http is pool
    server.put(bucket, "a")
    assert storage.exists("a")
    assert len(pool.pools) == 1


def test_static_storage(server: Server) -> None:
    static = storages["staticfiles"]
    assert isinstance(static, MinioBackendStatic)
    static.check_bucket_existence()
    try:
        static.set_bucket_to_public()
        server.put(_STATIC, "s.css", b"static")
        assert static.url("s.css") == f"{server.url}/{_STATIC}/s.css"
        assert server.status(_STATIC, "s.css", signed=False) == 200
    finally:
        remove_bucket(server.raw, _STATIC)


# The health check and the commands


def test_the_server_is_available(storage: MinioBackend) -> None:
    status = storage.is_minio_available()
    assert status
    assert status.status == 403
    assert repr(status) == "MinIO is available"


def test_a_server_that_is_down_is_not_available(bucket: str) -> None:
    status = MinioBackend(bucket, MINIO_ENDPOINT="127.0.0.1:9").is_minio_available()
    assert not status
    assert "Could not open connection" in status.details


def test_command_initialize_buckets(server: Server) -> None:
    names = (_STATIC, _DEFAULT)
    out = io.StringIO()
    try:
        call_command("initialize_buckets", stdout=out)
        assert "All buckets have been verified." in out.getvalue()
        assert [server.raw.request("HEAD", f"/{name}").status for name in names] == [200, 200]
        server.put(_STATIC, "a")
        assert server.status(_STATIC, "a", signed=False) == 200
    finally:
        for name in names:
            remove_bucket(server.raw, name)


def test_command_is_minio_available() -> None:
    out = io.StringIO()
    call_command("is_minio_available", stdout=out)
    assert f"MinIO is available at {_SERVER.url} for default" in out.getvalue()


def test_command_clean_orphaned_files(server: Server) -> None:
    name = _DEFAULT
    server.raw.request("PUT", f"/{name}")
    out = io.StringIO()
    try:
        for key in ("kept.txt", "orphan.txt", "dir/orphan.txt"):
            server.put(name, key)
        with connection.schema_editor() as editor:
            editor.create_model(Document)
        Document.objects.create(file="kept.txt")
        Document.objects.create(file="missing.txt")
        call_command("clean_orphaned_minio_files", "--check-missing", stdout=out)
        statuses = [server.status(name, key) for key in ("kept.txt", "orphan.txt", "dir/orphan.txt")]
        assert statuses == [200, 404, 404]
        assert f"Successfully deleted 2 orphaned files from bucket '{name}'" in out.getvalue()
        assert f"Missing file in Minio: {name}/missing.txt" in out.getvalue()
    finally:
        remove_bucket(server.raw, name)
