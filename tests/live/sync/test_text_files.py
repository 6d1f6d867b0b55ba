# Generated from tests/live/aio/test_text_files.py by tools/generate_sync.py. Do not edit.
"""Objects as text files."""

from __future__ import annotations

import io

import pytest

from live.helpers import is_there, uploads_of
from minio import Minio
from minio.error import InvalidArgumentError, NoSuchKey
from servers.live import LiveServer

LINES = "one\ntwo äöü 漢字 🙂\r\nthree\rfour\n\nno end"
LONG = "".join(f"line {number} äöü\n" for number in range(200_000))


def stored(client: Minio, bucket: str) -> bytes:
    response = client.get_object(bucket, "object")
    return response.read()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "iso2022_jp", "latin-1"])
@pytest.mark.parametrize("newline", [None, "", "\n", "\r\n", "\r"], ids=repr)
def test_reads_and_writes_like_python(client: Minio, bucket: str, encoding: str, newline: str | None) -> None:
    options = {"encoding": encoding, "errors": "replace", "newline": newline}
    with client.open_object(bucket, "object", "w", **options) as file:
        assert not file.closed
    assert stored(client, bucket) == b""
    wanted = io.BytesIO()
    wrapper = io.TextIOWrapper(wanted, **options)
    wrapper.write(LINES)
    wrapper.flush()
    with client.open_object(bucket, "object", "w", **options) as file:
        assert file.write(LINES) == len(LINES)
    assert stored(client, bucket) == wanted.getvalue()
    wrapper.seek(0)
    with client.open_object(bucket, "object", "r", **options) as text:
        assert list(text) == wrapper.readlines()
    wrapper.seek(0)
    with client.open_object(bucket, "object", "rt", **options) as text:
        for size in (1, 3, 0, 5, 1):
            assert text.readline(size) == wrapper.readline(size)
            assert text.read(size) == wrapper.read(size)
        assert text.read() == wrapper.read()
        assert text.read() == text.readline() == ""


def test_utf_8_in_any_locale(client: Minio, bucket: str) -> None:
    with client.open_object(bucket, "object", "w") as file:
        file.writelines(["ä", "漢"])
    assert stored(client, bucket) == "ä漢".encode()
    with client.open_object(bucket, "object", "r") as text:
        assert text.read() == "ä漢"


def test_long_text(client: Minio, bucket: str) -> None:
    with client.open_object(bucket, "object", "w") as file:
        for start in range(0, len(LONG), 99_991):
            file.write(LONG[start : start + 99_991])
    assert file.result is not None
    with client.open_object(bucket, "object", "r") as text:
        assert "".join(list(text)) == LONG
    with client.open_object(bucket, "object", "r") as text:
        assert text.read(1_000_000) == LONG[:1_000_000]
        assert text.readlines() == LONG[1_000_000:].splitlines(keepends=True)


def test_attributes_of_text_files(client: Minio, bucket: str) -> None:
    file = client.open_object(bucket, "object", "wt", metadata={"a": "b"}, content_type="text/plain")
    with file:
        assert (file.name, file.mode, file.encoding, file.errors) == ("object", "w", "utf-8", "strict")
        assert (file.readable(), file.writable(), file.closed, file.result) == (False, True, False, None)
        file.write("ä")
        file.flush()
    assert file.closed
    assert file.result is not None
    text = client.open_object(bucket, "object", "rt")
    with text:
        assert (text.name, text.mode, text.size) == ("object", "r", 2)
        assert (text.readable(), text.writable(), text.closed) == (True, False, False)
        assert text.etag
        assert (text.metadata or {})["x-amz-meta-a"] == "b"
    assert text.closed
    with pytest.raises(ValueError, match="closed"):
        text.read()
    with pytest.raises(ValueError, match="closed"):
        file.write("x")


def test_encoding_and_decoding_errors(client: Minio, bucket: str, server: LiveServer) -> None:
    def write() -> None:
        with client.open_object(bucket, "other", "w", encoding="ascii") as file:
            file.write("ä")

    with pytest.raises(UnicodeEncodeError):
        write()
    assert not is_there(server, bucket, "other")
    client.put_object(bucket, "object", b"a\xffb", 3)
    text = client.open_object(bucket, "object", "r")
    with pytest.raises(UnicodeDecodeError):
        text.read()
    text.close()
    with client.open_object(bucket, "object", "r", errors="ignore") as text:
        assert text.read() == "ab"


@pytest.mark.parametrize("size", [10, 7_000_000])
@pytest.mark.parametrize("way", ["with", "finally", "abort"])
def test_exception_publishes_nothing(client: Minio, bucket: str, server: LiveServer, way: str, size: int) -> None:
    def half() -> None:
        file = client.open_object(bucket, "object", "w")
        if way == "with":
            with file:
                file.write("x" * size)
                raise OSError("no more")
        file.write("x" * size)
        if way == "abort":
            file.abort()
            return
        try:
            raise OSError("no more")
        finally:
            file.close()

    if way == "abort":
        half()
    else:
        with pytest.raises(OSError, match="no more") as caught:
            half()
        assert way == "with" or "object was not stored" in str(caught.value.__notes__)
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


def test_exception_handled_earlier_does_not_count(client: Minio, bucket: str) -> None:
    try:
        raise ValueError("the outer one")
    except ValueError:
        try:
            raise KeyError("the inner one")
        except KeyError:
            file = client.open_object(bucket, "object", "w")
            file.write("all")
            file.close()
            other = client.open_object(bucket, "other", "wb")
            other.write(b"all")
        other.close()
    assert stored(client, bucket) == b"all"
    assert other.result is not None


@pytest.mark.parametrize(
    ("mode", "options", "match"),
    [
        ("a", {}, "append"),
        ("ab", {}, "append"),
        ("x", {}, "'x'"),
        ("r+", {}, "read and write"),
        ("rb+", {}, "read and write"),
        ("", {}, "'rt'"),
        ("rU", {}, "'rt'"),
        (5, {}, "mode"),
        ("rb", {"encoding": "utf-8"}, "encoding"),
        ("wb", {"errors": "strict"}, "errors"),
        ("wb", {"newline": "\n"}, "newline"),
        ("w", {"encoding": "no-such"}, "encoding 'no-such'"),
        ("w", {"encoding": "base64"}, "encoding 'base64'"),
        ("w", {"encoding": 5}, "encoding"),
        ("r", {"errors": "no-such"}, "errors 'no-such'"),
        ("r", {"newline": "x"}, "newline"),
    ],
)
def test_modes_and_options_that_are_refused(
    client: Minio, bucket: str, mode: str, options: dict[str, str], match: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=match):
        client.open_object(bucket, "object", mode, **options)  # type: ignore[call-overload]


def test_missing_objects_cannot_be_opened(client: Minio, bucket: str) -> None:
    with pytest.raises(NoSuchKey):
        client.open_object(bucket, "nothing", "r")
