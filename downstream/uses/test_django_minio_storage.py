"""django-minio-storage: media and static storage, policies, URLs, listing, backups, files, and its command."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Iterator
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import django
import pytest
from django.conf import settings

from conftest import Server, from_environment
from servers.cleanup import remove_bucket

_SERVER = from_environment()
_MEDIA = f"use-media-{token_hex(4)}"
_STATIC = f"use-static-{token_hex(4)}"

settings.configure(
    INSTALLED_APPS=["minio_storage"],
    USE_TZ=True,
    MINIO_STORAGE_ENDPOINT=_SERVER.endpoint,
    MINIO_STORAGE_ACCESS_KEY=_SERVER.access_key,
    MINIO_STORAGE_SECRET_KEY=_SERVER.secret_key,
    MINIO_STORAGE_USE_HTTPS=False,
    MINIO_STORAGE_MEDIA_BUCKET_NAME=_MEDIA,
    MINIO_STORAGE_STATIC_BUCKET_NAME=_STATIC,
)
django.setup()

from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from minio_storage.errors import MinIOError
from minio_storage.files import ReadOnlyMinioObjectFile, ReadOnlySpooledTemporaryFile
from minio_storage.policy import Policy
from minio_storage.storage import (
    MinioMediaStorage,
    MinioStaticStorage,
    MinioStorage,
    create_minio_client_from_settings,
)

import minio


def media(bucket: str, **options: Any) -> MinioMediaStorage:
    return MinioMediaStorage(bucket_name=bucket, **options)


def fetch(url: str) -> bytes:
    with urlopen(url, timeout=10) as response:
        content: bytes = response.read()
    return content


@pytest.fixture
def storage(bucket: str) -> MinioMediaStorage:
    return media(bucket)


@pytest.fixture
def default_buckets(server: Server) -> Iterator[None]:
    """The buckets of the settings, which exist for this test only."""
    yield
    for name in (_MEDIA, _STATIC):
        remove_bucket(server.raw, name)


# Saving and reading


def test_a_saved_file_is_on_the_server(storage: MinioMediaStorage, server: Server, bucket: str) -> None:
    assert storage.save("dir/a file.txt", ContentFile(b"hello")) == "dir/a file.txt"
    assert server.body(bucket, "dir/a file.txt") == b"hello"


def test_the_content_type_is_that_of_the_name(storage: MinioMediaStorage, server: Server, bucket: str) -> None:
    storage.save("a.html", ContentFile(b"<p>"))
    storage.save("unknown", ContentFile(b"?"))
    assert server.raw.request("HEAD", f"/{bucket}/a.html").headers["content-type"] == "text/html"
    assert server.raw.request("HEAD", f"/{bucket}/unknown").headers["content-type"] == "application/octet-stream"


def test_object_metadata_is_stored(server: Server, bucket: str) -> None:
    media(bucket, object_metadata={"Cache-Control": "max-age=1000", "colour": "red"}).save("a", ContentFile(b"1"))
    headers = server.raw.request("HEAD", f"/{bucket}/a").headers
    assert headers["x-amz-meta-colour"] == "red"
    assert headers["cache-control"] == "max-age=1000"


def test_a_saved_file_is_read_again(storage: MinioMediaStorage) -> None:
    storage.save("a.txt", ContentFile(b"one\ntwo\n"))
    with storage.open("a.txt") as file:
        assert isinstance(file, ReadOnlySpooledTemporaryFile)
        assert file.read() == b"one\ntwo\n"
        file.seek(4)
        assert file.read(2) == b"tw"
    with storage.open("a.txt", "r") as file:
        assert file.read() == "one\ntwo\n"
    with storage.open("a.txt") as file:
        assert file.readline() == b"one\n"
        assert file.readline() == b"two\n"
        assert file.readlines() == [b"one\n", b"two\n"]


def test_a_file_larger_than_the_spool_is_read_again(storage: MinioMediaStorage) -> None:
    content = bytes(range(256)) * 4096 * 3
    storage.save("big", ContentFile(content))
    file = ReadOnlySpooledTemporaryFile("big", "rb", storage, max_memory_size=1 << 20)
    assert file.read() == content
    file.close()


def test_a_name_that_is_taken_gets_a_suffix(storage: MinioMediaStorage) -> None:
    first = storage.save("a.txt", ContentFile(b"1"))
    second = storage.save("a.txt", ContentFile(b"2"))
    assert first != second
    assert [storage.open(name).read() for name in (first, second)] == [b"1", b"2"]


def test_an_empty_file_is_saved_and_read(storage: MinioMediaStorage) -> None:
    storage.save("empty", ContentFile(b""))
    assert storage.open("empty").read() == b""
    assert storage.size("empty") == 0


def test_a_stream_is_saved_from_its_beginning(storage: MinioMediaStorage, server: Server, bucket: str) -> None:
    content = ContentFile(b"from the beginning")
    content.read()
    storage.save("a", content)
    assert server.body(bucket, "a") == b"from the beginning"


def test_a_missing_file_raises_no_such_key(storage: MinioMediaStorage) -> None:
    file = storage.open("missing")
    with pytest.raises(minio.error.S3Error) as caught:
        file.read()
    assert caught.value.code == "NoSuchKey"
    assert not storage.exists("missing")
    with pytest.raises(minio.error.S3Error):
        storage.size("missing")
    with pytest.raises(minio.error.S3Error):
        storage.get_modified_time("missing")


def test_files_cannot_be_opened_to_write(storage: MinioMediaStorage) -> None:
    with pytest.raises(NotImplementedError):
        storage.open("a", "w")


# The file that is the response itself


def test_a_response_is_read_after_its_release(bucket: str) -> None:
    storage = media(bucket, file_class=ReadOnlyMinioObjectFile)
    content = bytes(range(256)) * 1024
    storage.save("a", ContentFile(content))
    file = storage.open("a")
    assert file.read() == content
    file.close()


def test_a_response_is_read_in_pieces_after_its_release(bucket: str) -> None:
    storage = media(bucket, file_class=ReadOnlyMinioObjectFile)
    storage.save("a", ContentFile(b"one\ntwo\nthree"))
    file = storage.open("a")
    assert file.read(2) == b"on"
    assert file.read() == b"e\ntwo\nthree"
    assert not file.seekable()
    file.close()


def test_a_response_of_a_missing_file_raises(bucket: str) -> None:
    file = media(bucket, file_class=ReadOnlyMinioObjectFile).open("missing")
    with pytest.raises(minio.error.S3Error):
        file.read()


# What the server tells about files


def test_size_and_time(storage: MinioMediaStorage) -> None:
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=5)
    storage.save("a", ContentFile(b"12345"))
    assert storage.size("a") == 5
    modified = storage.get_modified_time("a")
    assert before <= modified <= datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=5)
    with pytest.raises(NotImplementedError):
        storage.get_accessed_time("a")


def test_listdir(storage: MinioMediaStorage) -> None:
    for name in ("a.txt", "b.txt", "dir/c.txt", "dir/sub/d.txt", "ä ö/e+f.txt"):
        storage.save(name, ContentFile(b"1"))
    dirs, files = storage.listdir("")
    assert (sorted(dirs), sorted(files)) == (["dir", "ä ö"], ["a.txt", "b.txt"])
    assert storage.listdir("dir") == (["sub"], ["c.txt"])
    assert storage.listdir("ä ö/") == ([], ["e+f.txt"])
    assert storage.listdir("missing") == ([], [])


def test_delete(storage: MinioMediaStorage, server: Server, bucket: str) -> None:
    storage.save("a", ContentFile(b"1"))
    assert storage.exists("a")
    storage.delete("a")
    assert not storage.exists("a")
    assert server.status(bucket, "a") == 404
    storage.delete("a")


def test_a_deleted_file_is_backed_up(server: Server, bucket: str) -> None:
    storage = media(bucket, backup_bucket=bucket, backup_format="backup/%Y/")
    storage.save("a.txt", ContentFile(b"precious"))
    storage.delete("a.txt")
    year = datetime.datetime.now(datetime.UTC).year
    assert server.status(bucket, "a.txt") == 404
    assert server.body(bucket, f"backup/{year}/a.txt") == b"precious"


# URLs


def test_plain_url_of_a_public_bucket(bucket_name: str) -> None:
    storage = media(bucket_name, auto_create_bucket=True, auto_create_policy=True)
    storage.save("dir/ä b.txt", ContentFile(b"public"))
    url = storage.url("dir/ä b.txt")
    assert url == f"{_SERVER.url}/{bucket_name}/dir/%C3%A4%20b.txt"
    assert fetch(url) == b"public"


def test_endpoint_url(storage: MinioMediaStorage) -> None:
    assert storage.endpoint_url == _SERVER.url
    assert storage.client._base_url.host == _SERVER.endpoint


def test_plain_url_below_a_base_url(bucket: str) -> None:
    storage = media(bucket, base_url="https://cdn.example/media/")
    assert storage.url("/a b.txt") == "https://cdn.example/media/a%20b.txt"


def test_presigned_url(bucket: str, server: Server) -> None:
    storage = media(bucket, presign_urls=True)
    storage.save("a b.txt", ContentFile(b"private"))
    url = storage.url("a b.txt", max_age=datetime.timedelta(seconds=30))
    assert "X-Amz-Expires=30" in url
    assert server.status(bucket, "a b.txt", signed=False) == 403
    assert fetch(url) == b"private"
    assert "X-Amz-Expires=604800" in storage.url("a b.txt")


def test_presigned_url_below_a_base_url(bucket: str) -> None:
    storage = media(bucket, presign_urls=True, base_url=f"{_SERVER.url}/{bucket}")
    storage.save("a.txt", ContentFile(b"private"))
    assert fetch(storage.url("a.txt")) == b"private"
    elsewhere = media(bucket, presign_urls=True, base_url="https://cdn.example/files")
    parts = urlsplit(elsewhere.url("a.txt"))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "cdn.example", "/files/a.txt")
    assert "X-Amz-Signature=" in parts.query
    assert elsewhere.base_url_client._http is elsewhere.client._http


def test_the_region_and_the_provider_of_a_client(storage: MinioMediaStorage, bucket: str) -> None:
    assert storage.client._get_region(bucket_name=bucket) == "us-east-1"
    assert storage.client._provider.retrieve().access_key == _SERVER.access_key


# Buckets and policies


def test_a_missing_bucket_is_an_error_unless_it_is_assumed(bucket_name: str) -> None:
    with pytest.raises(OSError, match="does not exist"):
        media(bucket_name)
    assert media(bucket_name, assume_bucket_exists=True).exists("a") is False


def test_a_bucket_is_made(bucket_name: str, server: Server) -> None:
    media(bucket_name, auto_create_bucket=True, auto_create_policy=False)
    assert server.raw.request("HEAD", f"/{bucket_name}").status == 200
    assert server.raw.request("GET", f"/{bucket_name}", {"policy": ""}).status == 404


@pytest.mark.parametrize("policy", [Policy.get, Policy.read, Policy.write, Policy.read_write])
def test_policies_are_set(bucket_name: str, server: Server, policy: Policy) -> None:
    storage = media(bucket_name, auto_create_bucket=True, auto_create_policy=True, policy_type=policy)
    stored = json.loads(storage.client.get_bucket_policy(bucket_name))
    actions = {action for statement in stored["Statement"] for action in _listed(statement["Action"])}
    wanted = policy.bucket(bucket_name, json_encode=False)["Statement"]
    assert actions == {action for statement in wanted for action in statement["Action"]}
    storage.save("a", ContentFile(b"1"))
    readable = policy in (Policy.get, Policy.read, Policy.read_write)
    assert server.status(bucket_name, "a", signed=False) == (200 if readable else 403)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


# Settings


def test_media_and_static_storage_of_the_settings(default_buckets: None, server: Server) -> None:
    settings.MINIO_STORAGE_AUTO_CREATE_MEDIA_BUCKET = True
    settings.MINIO_STORAGE_AUTO_CREATE_STATIC_BUCKET = True
    try:
        MinioMediaStorage().save("m.txt", ContentFile(b"media"))
        static = MinioStaticStorage()
        static.save("css/s.css", ContentFile(b"static"))
    finally:
        del settings.MINIO_STORAGE_AUTO_CREATE_MEDIA_BUCKET, settings.MINIO_STORAGE_AUTO_CREATE_STATIC_BUCKET
    assert server.body(_MEDIA, "m.txt") == b"media"
    assert fetch(static.url("css/s.css")) == b"static"


def test_the_region_of_the_settings() -> None:
    client = create_minio_client_from_settings(minio_kwargs={"region": "eu-west-1"})
    assert isinstance(client, minio.Minio)
    assert "eu-west-1" in client.presigned_get_object("bucket", "key")


def test_a_storage_is_deconstructed_for_migrations(storage: MinioMediaStorage, bucket: str) -> None:
    path, arguments, options = storage.deconstruct()
    assert path == "minio_storage.storage.MinioMediaStorage"
    assert (arguments, options) == ((), {"bucket_name": bucket})
    client = create_minio_client_from_settings()
    _, _, options = client.deconstruct()
    assert options["endpoint"] == _SERVER.endpoint
    assert MinioStorage(client, bucket).client is client


def test_wrong_keys_are_an_s3_error(bucket: str) -> None:
    client = create_minio_client_from_settings(minio_kwargs={"secret_key": "not the secret"})
    with pytest.raises(minio.error.S3Error):
        MinioStorage(client, bucket)
    storage = MinioStorage(client, bucket, assume_bucket_exists=True)
    assert storage.exists("a") is False
    with pytest.raises(minio.error.S3Error):
        storage.listdir("")


def test_errors_of_the_package_derive_from_os_error() -> None:
    assert issubclass(MinIOError, OSError)
    assert issubclass(minio.error.InvalidResponseError, minio.error.MinioException)
    assert issubclass(minio.error.ServerError, minio.error.MinioException)


# The command


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("minio", *arguments, stdout=out)
    return out.getvalue()


def test_command_creates_checks_and_deletes_a_bucket(bucket_name: str, server: Server) -> None:
    with pytest.raises(CommandError, match="does not exist"):
        command("--bucket", bucket_name, "check")
    command("--bucket", bucket_name, "create")
    assert server.raw.request("HEAD", f"/{bucket_name}").status == 200
    command("--bucket", bucket_name, "check")
    with pytest.raises(CommandError, match="error creating"):
        command("--bucket", bucket_name, "create")
    server.put(bucket_name, "a")
    with pytest.raises(CommandError, match="not empty"):
        command("--bucket", bucket_name, "delete")
    server.raw.request("DELETE", f"/{bucket_name}/a")
    command("--bucket", bucket_name, "delete")
    assert server.raw.request("HEAD", f"/{bucket_name}").status == 404
    with pytest.raises(CommandError, match="does not exist"):
        command("--bucket", bucket_name, "delete")


def test_command_lists(bucket: str, server: Server) -> None:
    for key in ("a.txt", "dir/b.txt"):
        server.put(bucket, key, b"12345")
    assert command("--bucket", bucket, "ls").split() == ["a.txt", "dir/"]
    assert command("--bucket", bucket, "ls", "--files").split() == ["a.txt"]
    assert command("--bucket", bucket, "ls", "--dirs").split() == ["dir/"]
    assert command("--bucket", bucket, "ls", "-r").split() == ["a.txt", "dir/b.txt"]
    assert command("--bucket", bucket, "ls", "-r", "-p", "dir/").split() == ["dir/b.txt"]
    line = command("--bucket", bucket, "ls", "--files", "-f", "$name|$size|$modified|$url|$etag").strip()
    name, size, modified, url, etag = line.split("|")
    assert (name, size, url) == ("a.txt", "5", f"{_SERVER.url}/{_MEDIA}/a.txt")
    assert datetime.datetime.fromisoformat(modified).tzinfo is not None
    assert etag == "827ccb0eea8a706c4c34a16891f84e7b"
    assert bucket in command("ls", "--buckets").split()


def test_command_lists_a_missing_bucket(bucket_name: str) -> None:
    with pytest.raises(CommandError, match="error reading bucket"):
        command("--bucket", bucket_name, "ls")


def test_command_sets_and_gets_a_policy(bucket: str, server: Server) -> None:
    with pytest.raises(CommandError, match="has no policy"):
        command("--bucket", bucket, "policy")
    command("--bucket", bucket, "policy", "--set", "GET_ONLY")
    assert "s3:GetObject" in command("--bucket", bucket, "policy")
    server.put(bucket, "a")
    assert server.status(bucket, "a", signed=False) == 200
