"""Objects as text files."""

from __future__ import annotations

import io

import pytest

from live.helpers import is_there, uploads_of
from minio import AsyncMinio
from minio.error import InvalidArgumentError, NoSuchKey
from servers.live import LiveServer

LINES = "one\ntwo äöü 漢字 🙂\r\nthree\rfour\n\nno end"
LONG = "".join(f"line {number} äöü\n" for number in range(200_000))


async def stored(client: AsyncMinio, bucket: str) -> bytes:
    response = await client.get_object(bucket, "object")
    return await response.read()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "iso2022_jp", "latin-1"])
@pytest.mark.parametrize("newline", [None, "", "\n", "\r\n", "\r"], ids=repr)
async def test_reads_and_writes_like_python(
    client: AsyncMinio, bucket: str, encoding: str, newline: str | None
) -> None:
    options = {"encoding": encoding, "errors": "replace", "newline": newline}
    async with await client.open_object(bucket, "object", "w", **options) as file:
        assert not file.closed
    assert await stored(client, bucket) == b""
    wanted = io.BytesIO()
    wrapper = io.TextIOWrapper(wanted, **options)
    wrapper.write(LINES)
    wrapper.flush()
    async with await client.open_object(bucket, "object", "w", **options) as file:
        assert await file.write(LINES) == len(LINES)
    assert await stored(client, bucket) == wanted.getvalue()
    wrapper.seek(0)
    async with await client.open_object(bucket, "object", "r", **options) as text:
        assert [line async for line in text] == wrapper.readlines()
    wrapper.seek(0)
    async with await client.open_object(bucket, "object", "rt", **options) as text:
        for size in (1, 3, 0, 5, 1):
            assert await text.readline(size) == wrapper.readline(size)
            assert await text.read(size) == wrapper.read(size)
        assert await text.read() == wrapper.read()
        assert await text.read() == await text.readline() == ""


async def test_utf_8_in_any_locale(client: AsyncMinio, bucket: str) -> None:
    async with await client.open_object(bucket, "object", "w") as file:
        await file.writelines(["ä", "漢"])
    assert await stored(client, bucket) == "ä漢".encode()
    async with await client.open_object(bucket, "object", "r") as text:
        assert await text.read() == "ä漢"


async def test_long_text(client: AsyncMinio, bucket: str) -> None:
    async with await client.open_object(bucket, "object", "w") as file:
        for start in range(0, len(LONG), 99_991):
            await file.write(LONG[start : start + 99_991])
    assert file.result is not None
    async with await client.open_object(bucket, "object", "r") as text:
        assert "".join([line async for line in text]) == LONG
    async with await client.open_object(bucket, "object", "r") as text:
        assert await text.read(1_000_000) == LONG[:1_000_000]
        assert await text.readlines() == LONG[1_000_000:].splitlines(keepends=True)


async def test_attributes_of_text_files(client: AsyncMinio, bucket: str) -> None:
    file = await client.open_object(bucket, "object", "wt", metadata={"a": "b"}, content_type="text/plain")
    async with file:
        assert (file.name, file.mode, file.encoding, file.errors) == ("object", "w", "utf-8", "strict")
        assert (file.readable(), file.writable(), file.closed, file.result) == (False, True, False, None)
        await file.write("ä")
        await file.flush()
    assert file.closed
    assert file.result is not None
    text = await client.open_object(bucket, "object", "rt")
    async with text:
        assert (text.name, text.mode, text.size) == ("object", "r", 2)
        assert (text.readable(), text.writable(), text.closed) == (True, False, False)
        assert text.etag
        assert (text.metadata or {})["x-amz-meta-a"] == "b"
    assert text.closed
    with pytest.raises(ValueError, match="closed"):
        await text.read()
    with pytest.raises(ValueError, match="closed"):
        await file.write("x")


async def test_encoding_and_decoding_errors(client: AsyncMinio, bucket: str, server: LiveServer) -> None:
    async def write() -> None:
        async with await client.open_object(bucket, "other", "w", encoding="ascii") as file:
            await file.write("ä")

    with pytest.raises(UnicodeEncodeError):
        await write()
    assert not is_there(server, bucket, "other")
    await client.put_object(bucket, "object", b"a\xffb", 3)
    text = await client.open_object(bucket, "object", "r")
    with pytest.raises(UnicodeDecodeError):
        await text.read()
    await text.close()
    async with await client.open_object(bucket, "object", "r", errors="ignore") as text:
        assert await text.read() == "ab"


@pytest.mark.parametrize("size", [10, 7_000_000])
@pytest.mark.parametrize("way", ["with", "finally", "abort"])
async def test_exception_publishes_nothing(
    client: AsyncMinio, bucket: str, server: LiveServer, way: str, size: int
) -> None:
    async def half() -> None:
        file = await client.open_object(bucket, "object", "w")
        if way == "with":
            async with file:
                await file.write("x" * size)
                raise OSError("no more")
        await file.write("x" * size)
        if way == "abort":
            await file.abort()
            return
        try:
            raise OSError("no more")
        finally:
            await file.close()

    if way == "abort":
        await half()
    else:
        with pytest.raises(OSError, match="no more") as caught:
            await half()
        assert way == "with" or "object was not stored" in str(caught.value.__notes__)
    assert not is_there(server, bucket, "object")
    assert uploads_of(server, bucket) == []


async def test_exception_handled_earlier_does_not_count(client: AsyncMinio, bucket: str) -> None:
    try:
        raise ValueError("the outer one")
    except ValueError:
        try:
            raise KeyError("the inner one")
        except KeyError:
            file = await client.open_object(bucket, "object", "w")
            await file.write("all")
            await file.close()
            other = await client.open_object(bucket, "other", "wb")
            await other.write(b"all")
        await other.close()
    assert await stored(client, bucket) == b"all"
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
async def test_modes_and_options_that_are_refused(
    client: AsyncMinio, bucket: str, mode: str, options: dict[str, str], match: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=match):
        await client.open_object(bucket, "object", mode, **options)  # type: ignore[call-overload]


async def test_missing_objects_cannot_be_opened(client: AsyncMinio, bucket: str) -> None:
    with pytest.raises(NoSuchKey):
        await client.open_object(bucket, "nothing", "r")
