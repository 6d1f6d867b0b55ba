"""Every call of the client that sends requests, written once for both clients."""

from __future__ import annotations

import hashlib
import inspect
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from minio import PostPolicy
from minio._core.transfer.journal import Recorded
from minio._core.transfer.plan import make_plan
from minio._core.transfer.source import open_file
from minio.commonconfig import ComposeSource, CopySource, SnowballObject
from minio.directories import Prefix

from .proxy import Answer, Request

MIB = 1024 * 1024
SMALL = b"small content of an object\n" * 40
LARGE = struct.pack(f">{6 * MIB // 4}I", *range(6 * MIB // 4))
OLD = b"what was there before"
PART = 5 * MIB


async def done(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


async def each(result: Any) -> list[Any]:
    result = await done(result)
    return [item async for item in result] if hasattr(result, "__aiter__") else list(result)


@dataclass
class Place:
    """The location of one case."""

    reading: str
    """A bucket that no call modifies."""
    writing: str
    """A bucket for calls that write."""
    locked: str
    """A bucket with object lock."""
    key: str
    """A name unique to the case. Calls that write use it as the key."""
    folder: Path
    """An empty folder."""

    @property
    def target(self) -> Path:
        """The download target. It does not exist at first."""
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
    """One call. `run` makes it and returns its result in a form that can be compared."""

    name: str
    run: Run
    methods: tuple[str, ...] = ()
    content: bytes | None = None
    """The object's content after a successful call."""
    old: bytes | None = None
    """The object's content before the call."""
    stand_in: Callable[[Request], Answer | None] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    main: bool = False
    """This call gets every fault, not just one of each family."""
    before: Run | None = None
    """Prepares the case without going through the proxy."""
    repeatable: bool = True
    """The client repeats the request after a fault."""
    enough: bool = False
    """The call knows in advance how much to read, and ignores any excess that the response announces."""
    cold: bool = False
    """The call's first request is the first on its connection."""
    optional: tuple[str, ...] = ()
    """Kinds of requests whose failure the call tolerates."""
    looked_up: tuple[str, ...] = ()
    """Kinds of writes whose response may be lost, because HeadObject then returns the object that was sent, or none."""
    resumes: bool = False
    """A failed call may leave a part file, because it has a complete part of the object."""
    endless: bool = False
    """The call waits indefinitely, as documented. The test ends it after a moment, and its result is then None."""


SCENES: dict[str, Scene] = {}


def scene(name: str, *methods: str, **options: Any) -> Callable[[Run], Run]:
    def note(run: Run) -> Run:
        SCENES[name] = Scene(name, run, methods, **options)
        return run

    return note


def simple(method: str, *args: Any, bucket: str | None = "reading", name: str = "", **options: Any) -> None:
    """A call that takes a bucket and constants."""

    async def run(client: Any, place: Place) -> Any:
        first = () if bucket is None else (getattr(place, bucket),)
        return comparable(await done(getattr(client, method)(*first, *args)))

    scene(name or method, method, **options)(run)


def iterated(method: str, *args: Any, name: str = "", given: dict[str, Any] | None = None, **options: Any) -> None:
    """A call that returns an iterator."""

    async def run(client: Any, place: Place) -> Any:
        return [comparable(item) for item in await each(getattr(client, method)(place.reading, *args, **(given or {})))]

    scene(name or method, method, **options)(run)


def comparable(value: Any) -> Any:
    """The value, or those parts of it that are the same for every call."""
    if value is None or isinstance(value, (str, bytes, bool, int, dict)):
        return value
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    if hasattr(value, "toxml"):
        from minio.xml import marshal

        return marshal(value)
    names = (
        "bucket_name",
        "object_name",
        "name",
        "owner_id",
        "etag",
        "size",
        "upload_id",
        "code",
        "value",
        "object_size",
    )
    return {name: getattr(value, name) for name in names if hasattr(value, name)}


async def content_of(response: Any) -> bytes:
    response = await done(response)
    try:
        return bytes(await done(response.read()))
    finally:
        await done(response.close())


class Stream:
    """Bytes that can be read only once."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


def written(result: Any) -> Any:
    return {"etag": result.etag, "bucket_name": result.bucket_name}


# --- buckets


@scene("list_buckets", "list_buckets", main=True)
async def _(client: Any, place: Place) -> Any:
    # Other calls create and remove buckets at the same time.
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


@scene("plan_sync", "plan_sync")
async def _(client: Any, place: Place) -> Any:
    plan = client.plan_sync(Prefix(place.reading, "many"), place.target)
    return [(action.kind, action.name, action.size, action.etag) for action in await each(plan)]


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


@scene("fget_object-large", "fget_object", optional=("HEAD object partNumber",), resumes=True)
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


@scene("object_exists", "object_exists")
async def _(client: Any, place: Place) -> Any:
    here = await done(client.object_exists(place.reading, "small"))
    return here, await done(client.object_exists(place.reading, "missing"))


# --- writing


@scene("put_object", "put_object", content=SMALL, old=OLD, main=True)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, SMALL, len(SMALL))))


@scene("put_object-stream", "put_object", content=SMALL)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, Stream(SMALL), len(SMALL))))


TWO_MIB = LARGE[: 2 * MIB]


@scene("put_object-medium", "put_object", content=TWO_MIB, old=OLD)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, TWO_MIB, len(TWO_MIB))))


@scene("put_object-parts", "put_object", content=LARGE)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, LARGE, len(LARGE), part_size=PART)))


@scene("put_object-unknown-length", "put_object", content=LARGE)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.put_object(place.writing, place.key, Stream(LARGE), -1, part_size=PART)))


@scene("fput_object", "fput_object", content=LARGE)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.fput_object(place.writing, place.key, place.source, part_size=PART)))


_interrupted: dict[str, tuple[str, str]] = {}


async def _interrupt(raw: Any, place: Place) -> None:
    """Start an upload with one part."""
    path, kind = f"/{place.writing}/{place.key}", {"content-type": "application/octet-stream"}
    headers = {**kind, "x-amz-checksum-algorithm": "CRC32C"}
    (upload_id,) = raw.request("POST", path, {"uploads": ""}, headers=headers).texts("UploadId")
    answer = raw.request("PUT", path, {"partNumber": "1", "uploadId": upload_id}, LARGE[:PART])
    _interrupted[place.key] = upload_id, answer.headers["etag"].strip('"')


async def _record(client: Any, place: Place) -> None:
    """Write the journal that the client would have left for it."""
    upload_id, etag = _interrupted.pop(place.key)
    kind = {"Content-Type": "application/octet-stream"}
    target = client._target(place.writing, place.key, kind, None, None, None, False, 4, "default", True)
    source = open_file(place.source)
    try:
        _, journal = await done(client._make_journal(target, source, [make_plan(len(LARGE), PART)]))
    finally:
        source.close()
    journal.open()
    journal.begin(upload_id)
    journal.add(1, Recorded(etag, PART, hashlib.sha256(LARGE[:PART]).hexdigest()))
    journal.close()


@scene(
    "fput_object-resumed",
    "fput_object",
    content=LARGE,
    before=_interrupt,
    optional=("GET object max-parts uploadId",),
)
async def _(client: Any, place: Place) -> Any:
    await _record(client, place)
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


@scene("open_object-text", "open_object", content=SMALL)
async def _(client: Any, place: Place) -> Any:
    writer = await done(client.open_object(place.writing, place.key, "w"))
    try:
        await done(writer.write(SMALL.decode()))
        await done(writer.close())
    except BaseException:
        await done(writer.abort())
        raise
    return written(writer.result)


@scene("copy_object", "copy_object", content=SMALL, old=OLD, main=True)
async def _(client: Any, place: Place) -> Any:
    return written(await done(client.copy_object(place.writing, place.key, CopySource(place.reading, "small"))))


async def _put_source(raw: Any, place: Place) -> None:
    raw.request("PUT", f"/{place.writing}/{place.key}-source", body=SMALL)


# If only the response to DeleteObject is lost, the call looks for the source, which is gone.
@scene("move_object", "move_object", content=SMALL, old=OLD, before=_put_source, looked_up=("DELETE object",))
async def _(client: Any, place: Place) -> Any:
    source = CopySource(place.writing, f"{place.key}-source")
    return written(await done(client.move_object(place.writing, place.key, source)))


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


async def _outcomes(result: Any) -> Any:
    """The outcomes of a call on many objects, by name. Raise the first error."""
    found = {outcome.target or outcome.source: outcome for outcome in await each(result)}
    for outcome in found.values():
        if outcome.error is not None:
            raise outcome.error
    return [[name, found[name].size, found[name].etag, comparable(found[name].value)] for name in sorted(found)]


_MANY = [f"many/{number:02}" for number in range(4)]


@scene("get_objects", "get_objects")
async def _(client: Any, place: Place) -> Any:
    return await _outcomes(client.get_objects(place.reading, [*_MANY, "small"]))


@scene("stat_objects", "stat_objects")
async def _(client: Any, place: Place) -> Any:
    return await _outcomes(client.stat_objects(place.reading, [*_MANY, "small"]))


@scene("put_objects", "put_objects")
async def _(client: Any, place: Place) -> Any:
    stored = await _outcomes(client.put_objects(place.writing, [(place.key, b"content")]))
    return [found[1:] for found in stored]


@scene("copy_objects", "copy_objects")
async def _(client: Any, place: Place) -> Any:
    source = f"/{place.reading}/small"
    return [found[1:] for found in await _outcomes(client.copy_objects(place.writing, [(place.key, source)]))]


async def _begin_upload(raw: Any, place: Place) -> None:
    raw.request("POST", f"/{place.writing}/{place.key}", {"uploads": ""})


@scene("remove_incomplete_upload", "remove_incomplete_upload", before=_begin_upload)
async def _(client: Any, place: Place) -> Any:
    return await done(client.remove_incomplete_upload(place.writing, place.key))


# --- URLs: they require a region lookup

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
    "disable_accelerate_endpoint", "from_alias", "from_env", "load_plan", "use_s3_accelerate", "with_options",
}  # fmt: skip
"""Calls that send no request."""
