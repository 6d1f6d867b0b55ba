"""Every call of the client that speaks to a server, written once for both clients."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from minio import PostPolicy
from minio.commonconfig import ComposeSource, CopySource, SnowballObject

from .proxy import Answer, Request

MIB = 1024 * 1024
SMALL = b"small content of an object\n" * 40
LARGE = b"".join(number.to_bytes(4, "big") for number in range(6 * MIB // 4))
OLD = b"what was there before"
PART = 5 * MIB


async def done(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


async def each(result: Any) -> list[Any]:
    result = await done(result)
    return [item async for item in result] if hasattr(result, "__aiter__") else list(result)


@dataclass
class Place:
    """Where one case takes place."""

    reading: str
    """A bucket that nobody changes."""
    writing: str
    """A bucket for what is written."""
    locked: str
    """A bucket with object lock."""
    key: str
    """A name of the case's own; what is written goes there."""
    folder: Path
    """An empty folder."""

    @property
    def target(self) -> Path:
        """The file that is downloaded to, not there at first."""
        return self.folder / "below" / "target"

    @property
    def source(self) -> Path:
        """A file with the large content."""
        return self.folder.parent / "source"

    def fresh_bucket(self) -> str:
        return f"fresh-{self.key.replace('_', '-')}"


Run = Callable[[Any, Place], Any]


@dataclass
class Scene:
    """One call. `run` makes it and returns what it gave, in a form that can be compared."""

    name: str
    run: Run
    methods: tuple[str, ...] = ()
    content: bytes | None = None
    """What is there afterwards under the case's key, when all went well."""
    old: bytes | None = None
    """What is there before."""
    stand_in: Callable[[Request], Answer | None] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    main: bool = False
    """It gets every fault, not one of each family."""
    before: Run | None = None
    """What is prepared, past the proxy."""
    repeatable: bool = True
    """It is sent again after a fault."""
    enough: bool = False
    """It knows beforehand how much it reads, and does not mind what more was announced."""
    cold: bool = False
    """Its first request is the first of its connection."""
    optional: tuple[str, ...] = ()
    """Kinds of requests that it can do without."""
    endless: bool = False
    """It waits for what never comes, as it promises to: it is ended after a moment, and gives None then."""


SCENES: dict[str, Scene] = {}


def scene(name: str, *methods: str, **options: Any) -> Callable[[Run], Run]:
    def note(run: Run) -> Run:
        SCENES[name] = Scene(name, run, methods, **options)
        return run

    return note


def simple(method: str, *args: Any, bucket: str | None = "reading", name: str = "", **options: Any) -> None:
    """A call whose arguments are a bucket and constants."""

    async def run(client: Any, place: Place) -> Any:
        first = () if bucket is None else (getattr(place, bucket),)
        return comparable(await done(getattr(client, method)(*first, *args)))

    scene(name or method, method, **options)(run)


def iterated(method: str, *args: Any, name: str = "", given: dict[str, Any] | None = None, **options: Any) -> None:
    """A call that gives an iterator."""

    async def run(client: Any, place: Place) -> Any:
        return [comparable(item) for item in await each(getattr(client, method)(place.reading, *args, **(given or {})))]

    scene(name or method, method, **options)(run)


def comparable(value: Any) -> Any:
    """The value, or what is in it that stays the same from call to call."""
    if value is None or isinstance(value, (str, bytes, bool, int, dict)):
        return value
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    if hasattr(value, "toxml"):
        from minio.xml import marshal

        return marshal(value)
    names = ("bucket_name", "object_name", "name", "etag", "size", "upload_id", "code", "value")
    return {name: getattr(value, name) for name in names if hasattr(value, name)}


async def content_of(response: Any) -> bytes:
    response = await done(response)
    try:
        return bytes(await done(response.read()))
    finally:
        await done(response.close())


class Stream:
    """Bytes that can be read once."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


def written(result: Any) -> Any:
    return {"etag": result.etag, "bucket_name": result.bucket_name}


# --- buckets


@scene("list_buckets", "list_buckets", main=True)
async def _(client: Any, place: Place) -> Any:
    # Other calls make and remove buckets meanwhile.
    return [bucket.name for bucket in await done(client.list_buckets()) if bucket.name.startswith("faults-")]


simple("bucket_exists")


@scene("make_bucket", "make_bucket")
async def _(client: Any, place: Place) -> Any:
    return await done(client.make_bucket(place.fresh_bucket()))


async def _make_fresh(raw: Any, place: Place) -> None:
    raw.request("PUT", f"/{place.fresh_bucket()}")


@scene("remove_bucket", "remove_bucket", before=_make_fresh)
async def _(client: Any, place: Place) -> Any:
    return await done(client.remove_bucket(place.fresh_bucket()))


# --- listings

iterated("list_objects", given={"recursive": True, "prefix": "many/"}, main=True)
iterated("list_objects", given={"use_api_v1": True}, name="list_objects-v1")
iterated("list_objects", given={"include_version": True, "recursive": True}, name="list_objects-versions")
iterated("list_objects_v2", given={"recursive": True})
iterated("list_incomplete_uploads", given={"recursive": True})

# --- reading


@scene("get_object", "get_object", main=True)
async def _(client: Any, place: Place) -> Any:
    return await content_of(client.get_object(place.reading, "small"))


@scene("get_object-large", "get_object")
async def _(client: Any, place: Place) -> Any:
    response = await done(client.get_object(place.reading, "large"))
    try:
        return b"".join(await each(response.stream(100_000)))
    finally:
        await done(response.close())


@scene("get_partial_object", "get_partial_object")
async def _(client: Any, place: Place) -> Any:
    return await content_of(client.get_partial_object(place.reading, "small", 5, 30))


@scene("fget_object", "fget_object", main=True)
async def _(client: Any, place: Place) -> Any:
    await done(client.fget_object(place.reading, "small", place.target))
    return place.target.read_bytes()


@scene("fget_object-large", "fget_object", optional=("HEAD object partNumber",))
async def _(client: Any, place: Place) -> Any:
    await done(client.fget_object(place.reading, "large", place.target))
    return place.target.read_bytes()


@scene("open_object-read", "open_object", enough=True)
async def _(client: Any, place: Place) -> Any:
    reader = await done(client.open_object(place.reading, "small"))
    try:
        await done(reader.seek(7))
        return await done(reader.read())
    finally:
        await done(reader.close())


@scene("stat_object", "stat_object", main=True)
async def _(client: Any, place: Place) -> Any:
    return comparable(await done(client.stat_object(place.reading, "small")))


# --- writing


@scene("put_object", "put_object", content=SMALL, old=OLD, main=True)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, SMALL, len(SMALL))))


@scene("put_object-stream", "put_object", content=SMALL)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, Stream(SMALL), len(SMALL))))


UNFINISHED = "GET bucket delimiter encoding-type max-uploads prefix uploads"
TWO_MIB = LARGE[: 2 * MIB]


@scene("put_object-medium", "put_object", content=TWO_MIB, old=OLD)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, TWO_MIB, len(TWO_MIB))))


@scene("put_object-parts", "put_object", content=LARGE, optional=(UNFINISHED,))
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, LARGE, len(LARGE), part_size=PART)))


@scene("put_object-unknown-length", "put_object", content=LARGE)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, Stream(LARGE), -1, part_size=PART)))


@scene("fput_object", "fput_object", content=LARGE, optional=(UNFINISHED,))
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.fput_object(place.writing, place.key, place.source, part_size=PART)))


@scene("open_object-write", "open_object", content=SMALL)
async def _(client: Any, place: Place) -> Any:
    writer = await done(client.open_object(place.writing, place.key, "wb"))
    try:
        await done(writer.write(SMALL))
    except BaseException:
        await done(writer.abort())
        raise
    await done(writer.close())
    return written(writer.result)


@scene("copy_object", "copy_object", content=SMALL, old=OLD, main=True)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.copy_object(place.writing, place.key, CopySource(place.reading, "small"))))


@scene("copy_object-parts", "copy_object", content=LARGE, optional=("GET object tagging",))
async def _(client: Any, place: Place) -> Any:
    source = CopySource(place.reading, "large")
    return written(await done(client.copy_object(place.writing, place.key, source, part_size=PART)))


@scene("compose_object", "compose_object", content=LARGE + SMALL)
async def _(client: Any, place: Place) -> Any:
    sources = [ComposeSource(place.reading, "large"), ComposeSource(place.reading, "small")]
    return written(await done(client.compose_object(place.writing, place.key, sources)))


def _append(request: Request) -> Answer | None:
    return Answer(headers=[("ETag", '"1"'), ("Content-Length", "0")]) if request.method == "PUT" else None


@scene("append_object", "append_object", stand_in=_append, repeatable=False)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.append_object(place.reading, "small", b"more", 4)))


@scene("upload_snowball_objects", "upload_snowball_objects")
async def _(client: Any, place: Place) -> Any:
    objects = [
        SnowballObject("one", data=io.BytesIO(SMALL), length=len(SMALL), mod_time=datetime(2020, 1, 1, tzinfo=UTC))
    ]
    return written(await done(client.upload_snowball_objects(place.writing, objects)))


# --- removing


async def _put_old(raw: Any, place: Place) -> None:
    raw.request("PUT", f"/{place.writing}/{place.key}", body=OLD)


@scene("remove_object", "remove_object", before=_put_old)
async def _(client: Any, place: Place) -> Any:
    return await done(client.remove_object(place.writing, place.key))


@scene("remove_objects", "remove_objects", before=_put_old, main=True)
async def _(client: Any, place: Place) -> Any:
    return comparable(await each(client.remove_objects(place.writing, [place.key, "none-1", "none-2"])))


async def _begin_upload(raw: Any, place: Place) -> None:
    raw.request("POST", f"/{place.writing}/{place.key}", {"uploads": ""})


@scene("remove_incomplete_upload", "remove_incomplete_upload", before=_begin_upload)
async def _(client: Any, place: Place) -> Any:
    return await done(client.remove_incomplete_upload(place.writing, place.key))


# --- URLs: the region has to be asked for

UNKNOWN = {"region": None}


def signed(method: str, *args: Any) -> None:
    @scene(method, method, options=UNKNOWN)
    async def _(client: Any, place: Place) -> Any:
        url = await done(getattr(client, method)(*args, place.reading, "small"))
        return url.partition("?")[0]


signed("presigned_get_object")
signed("presigned_put_object")
signed("presigned_url", "GET")
signed("get_presigned_url", "HEAD")


@scene("presigned_post_policy", "presigned_post_policy", options=UNKNOWN)
async def _(client: Any, place: Place) -> Any:
    policy: Any = PostPolicy()
    policy.set_bucket_name(place.reading)
    policy.set_key("small")
    policy.set_expires(datetime.now(UTC) + timedelta(hours=1))
    return sorted((await done(client.presigned_post_policy(policy)))[1])


@scene("stat_object-in-an-unknown-region", "stat_object", options=UNKNOWN)
async def _(client: Any, place: Place) -> Any:
    return comparable(await done(client.stat_object(place.reading, "small")))


LOCAL = {
    "close", "trace_on", "trace_off", "set_app_info", "enable_virtual_style_endpoint", "disable_virtual_style_endpoint",
    "enable_dualstack_endpoint", "disable_dualstack_endpoint", "enable_accelerate_endpoint",
    "disable_accelerate_endpoint", "with_options",
}  # fmt: skip
"""What speaks to nobody."""
