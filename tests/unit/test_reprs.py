"""What results, responses, files and listings show of themselves: one line, what people look for, and no secret."""

from __future__ import annotations

import copy
import inspect
import json
import logging
import pickle
import pprint
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest

from fakes.clients import KINDS, done, each, play
from fakes.public import public_callables
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, partial
from minio import CopyConditions, Policy, PostPolicy
from minio._core.http.aio.response import AsyncObjectResponse
from minio._core.http.sync.response import ObjectResponse
from minio._core.transfer.aio.events import AsyncEventIterable
from minio._responses import Upload
from minio._sitereplication import PeerSite
from minio.aio import _listing as aio_listing, _object_reader as aio_reader, _object_writer as aio_writer, _text
from minio.aio._removal import Removal as AsyncRemoval
from minio.credentials import ChainedProvider, Credentials, EnvAWSProvider, StaticProvider
from minio.datatypes import Bucket, EventIterable, IncompleteUpload, Object, ObjectWriteResult, Part
from minio.deleteobjects import DeletedObject, DeleteError, DeleteObject
from minio.sse import SseCustomerKey
from minio.sync import _listing, _object_reader, _object_writer, _text as text_files
from minio.sync._removal import Removal

TIME = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
WRITTEN = ObjectWriteResult("bucket", "key", "v1", "e", {}, TIME)  # type: ignore[arg-type]


def policy() -> PostPolicy[Any]:
    made = PostPolicy("bucket", TIME)
    made.set_key("key")
    return made


VALUES: list[tuple[object, str]] = [
    (Bucket("bucket", TIME), "Bucket(name='bucket', creation_date=2026-11-23 01:02:03+00:00)"),
    (Bucket("bucket", None), "Bucket(name='bucket')"),
    (
        Object("bucket", "key", TIME, "e", 5, {"x-secret": "s"}, storage_class="STANDARD", owner_id="o"),
        "Object(bucket_name='bucket', object_name='key', size=5, last_modified=2026-11-23 01:02:03+00:00, etag='e')",
    ),
    (
        Object("bucket", "key", size=0, version_id="v", content_type="text/plain"),
        "Object(bucket_name='bucket', object_name='key', size=0, version_id='v', content_type='text/plain')",
    ),
    (
        Object("bucket", "key", version_id="v", is_delete_marker=True),
        "Object(bucket_name='bucket', object_name='key', version_id='v', is_delete_marker=True)",
    ),
    (Object("bucket", "a/", etag="", size=0), "Object(bucket_name='bucket', object_name='a/', size=0)"),
    (Object("bucket", "a\nb\x1b[0m"), r"Object(bucket_name='bucket', object_name='a\nb\x1b[0m')"),
    (WRITTEN, "ObjectWriteResult(bucket_name='bucket', object_name='key', etag='e', version_id='v1')"),
    (
        ObjectWriteResult("bucket", "key", None, None, {}),  # type: ignore[arg-type]
        "ObjectWriteResult(bucket_name='bucket', object_name='key')",
    ),
    (
        IncompleteUpload("bucket", "key", "id", TIME, 7),
        "IncompleteUpload(bucket_name='bucket', object_name='key', upload_id='id', size=7, "
        "initiated=2026-11-23 01:02:03+00:00)",
    ),
    (
        IncompleteUpload("bucket", "a/", "", is_dir=True),
        "IncompleteUpload(bucket_name='bucket', object_name='a/', size=0, is_dir=True)",
    ),
    (Part(3, "e", size=9), "Part(part_number=3, etag='e', size=9)"),
    (DeleteObject("key"), "DeleteObject(name='key')"),
    (DeletedObject("key", delete_marker=True), "DeletedObject(name='key', delete_marker=True)"),
    (DeleteError("AccessDenied", name="key"), "DeleteError(code='AccessDenied', name='key')"),
    (
        PeerSite("site", "http://host", "key", "s3cret"),
        "PeerSite(name='site', endpoint='http://host', access_key='key')",
    ),
    (PostPolicy(), "PostPolicy()"),
    (policy(), "PostPolicy(bucket_name='bucket', key='key', expiration=2026-11-23 01:02:03+00:00)"),
    (StaticProvider("key", "s3cret", "s3cret"), "StaticProvider()"),
    (ChainedProvider([EnvAWSProvider()]), "ChainedProvider(providers=[EnvAWSProvider()])"),
    (Credentials("key", "s3cret", "s3cret"), "Credentials(access_key='key')"),
]


@pytest.mark.parametrize(("value", "shown"), VALUES, ids=lambda value: value[:30] if type(value) is str else "")
def test_value_shows(value: object, shown: str) -> None:
    assert repr(value) == shown
    assert "s3cret" not in shown


LISTING = (
    "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>key</Key><ETag>e</ETag><Size>5</Size>"
    "<LastModified>2026-11-23T01:02:03.000Z</LastModified></Contents></ListBucketResult>"
)
HEADERS = {"ETag": '"e"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"}


def reply(request: Recorded) -> bytes:
    if request.method == "HEAD":
        return answer(headers=HEADERS).replace(b"Content-Length: 0", b"Content-Length: 5")
    if "list-type" in request.target:
        return answer(LISTING.encode())
    if "range" in request.headers:
        return partial(b"hello", request, HEADERS)
    return answer(b"hello" if request.method == "GET" else b"", headers=HEADERS)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(forever(reply)) as made:
        yield made


async def responses(client: Any) -> list[str]:
    response = await done(client.get_object("bucket", "key"))
    shown = [repr(response)]
    await done(response.read(2))
    shown.append(repr(response))
    await done(response.read())
    shown.append(repr(response))
    await done(response.close())
    return [*shown, repr(response)]


async def binary_reader(client: Any) -> list[str]:
    file = await done(client.open_object("bucket", "key"))
    await done(file.read(2))
    shown = [repr(file)]
    await done(file.close())
    return [*shown, repr(file)]


async def binary_writer(client: Any) -> list[str]:
    file = await done(client.open_object("bucket", "key", "wb"))
    await done(file.write(b"abc"))
    shown = [repr(file)]
    await done(file.close())
    return [*shown, repr(file)]


async def text_reader(client: Any) -> list[str]:
    file = await done(client.open_object("bucket", "key", "r", encoding="utf-8"))
    shown = [repr(file)]
    await done(file.close())
    return [*shown, repr(file)]


async def text_writer(client: Any) -> list[str]:
    file = await done(client.open_object("bucket", "key", "w", encoding="utf-8"))
    await done(file.close())
    return [repr(file)]


async def listings(client: Any) -> list[str]:
    listing = client.list_objects("bucket", "k", recursive=True)
    limited = client.with_options(deadline=30).list_objects("bucket")
    shown = [repr(listing), repr(limited), repr(client.list_incomplete_uploads("bucket", "a/"))]
    for each_listing in (listing, limited):
        step = each_listing.__anext__() if hasattr(each_listing, "__anext__") else next(each_listing)
        await done(step)
        shown.append(repr(each_listing))
    await each(listing)
    await done(limited.aclose() if hasattr(limited, "aclose") else limited.close())
    return [*shown, repr(listing), repr(limited)]


async def removals(client: Any) -> list[str]:
    errors = client.remove_objects("bucket", iter(()))
    shown = [repr(errors)]
    await each(errors)
    return [*shown, repr(errors)]


async def events(client: Any) -> list[str]:
    found = await done(client.listen_bucket_notification("bucket"))
    shown = [repr(found)]
    await done(found.close())
    return [*shown, repr(found)]


SCENES: dict[Callable[[Any], Any], list[str]] = {
    responses: [
        "<{}ObjectResponse status=200 length=5 position=0 url='/bucket/key'>",
        "<{}ObjectResponse status=200 length=5 position=2 url='/bucket/key'>",
        "<{}ObjectResponse status=200 length=5 position=5 url='/bucket/key'>",
        "<{}ObjectResponse status=200 length=5 position=5 url='/bucket/key'>",
    ],
    binary_reader: [
        "<{}ObjectReader name='key' mode='rb' position=2 size=5 closed=False>",
        "<{}ObjectReader name='key' mode='rb' position=2 size=5 closed=True>",
    ],
    binary_writer: [
        "<{}ObjectWriter name='key' mode='wb' position=3 closed=False>",
        "<{}ObjectWriter name='key' mode='wb' position=3 closed=True>",
    ],
    text_reader: [
        "<{}TextObjectReader name='key' mode='r' encoding='utf-8' closed=False>",
        "<{}TextObjectReader name='key' mode='r' encoding='utf-8' closed=True>",
    ],
    text_writer: ["<{}TextObjectWriter name='key' mode='w' encoding='utf-8' closed=True>"],
    listings: [
        "<{}ListedObjects bucket_name='bucket' prefix='k': not iterated yet>",
        "<{}ListedObjects bucket_name='bucket': not iterated yet>",
        "<{}ListedUploads bucket_name='bucket' prefix='a/': not iterated yet>",
        "<{}ListedObjects bucket_name='bucket' prefix='k': under way>",
        "<{}ListedObjects bucket_name='bucket': under way>",
        "<{}ListedObjects bucket_name='bucket' prefix='k': ended>",
        "<{}ListedObjects bucket_name='bucket': ended>",
    ],
    removals: [
        "<Removal bucket_name='bucket': nothing is removed until it is iterated>",
        "<Removal bucket_name='bucket': iteration has begun>",
    ],
    events: ["<{}EventIterable closed=False>", "<{}EventIterable closed=True>"],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_what_is_alive_shows(server: ScriptedServer, kind: str, scene: Callable[[Any], Any]) -> None:
    prefix = "Async" if kind == "async" else ""
    assert play(kind, server, scene) == [text.format(prefix) for text in SCENES[scene]]


def test_repr_of_what_is_half_made_is_no_error() -> None:
    for cls in (ObjectResponse, AsyncObjectResponse, _object_writer.ObjectWriter, aio_writer.AsyncObjectWriter):
        assert cls.__name__ in repr(cls.__new__(cls))
    assert repr(WRITTEN).startswith("ObjectWriteResult(")


def test_a_detached_text_file_shows_itself(server: ScriptedServer) -> None:
    async def story(client: Any) -> str:
        file = client.open_object("bucket", "key", "r", encoding="utf-8")
        file.detach().close()
        return repr(file)

    assert play("sync", server, story) == "<TextObjectReader mode='r' encoding='utf-8'>"


def test_write_result_is_its_etag_wherever_a_text_is_wanted(caplog: pytest.LogCaptureFixture) -> None:
    assert WRITTEN == "e"
    assert (str(WRITTEN), f"{WRITTEN}", "%s" % WRITTEN, "".join([WRITTEN])) == ("e", "e", "e", "e")  # noqa: UP031
    assert hash(WRITTEN) == hash("e")
    assert json.dumps({"etag": WRITTEN, WRITTEN: 1}) == '{"etag": "e", "e": 1}'
    assert json.dumps([WRITTEN], indent=1) == '[\n "e"\n]'  # the encoder that is not written in C
    with caplog.at_level(logging.INFO):
        logging.getLogger("program").info("stored %s as %r", WRITTEN, WRITTEN)
    assert caplog.messages == [f"stored e as {WRITTEN!r}"]
    assert pprint.pformat([WRITTEN]) == f"[{WRITTEN!r}]"
    for twin in (copy.copy(WRITTEN), pickle.loads(pickle.dumps(WRITTEN))):
        assert (twin, repr(twin)) == (WRITTEN, repr(WRITTEN))


def test_iterators_of_listings_are_iterators(server: ScriptedServer) -> None:
    async def story(client: Any) -> list[Any]:
        listing = client.list_objects("bucket")
        assert (listing.__aiter__() if hasattr(listing, "__aiter__") else iter(listing)) is listing
        found = await each(listing)
        return [item.object_name for item in found + await each(listing)]

    for kind in KINDS:
        assert play(kind, server, story) == ["key"]


RETURNED = [
    ObjectResponse,
    AsyncObjectResponse,
    EventIterable,
    AsyncEventIterable,
    Upload,
    Removal,
    AsyncRemoval,
    _listing.ListedObjects,
    _listing.ListedUploads,
    aio_listing.AsyncListedObjects,
    aio_listing.AsyncListedUploads,
    _object_reader.ObjectReader,
    _object_writer.ObjectWriter,
    aio_reader.AsyncObjectReader,
    aio_writer.AsyncObjectWriter,
    _text.AsyncTextObjectReader,
    _text.AsyncTextObjectWriter,
    text_files.TextObjectReader,
    text_files.TextObjectWriter,
]


_PARTS = ("minio.local.", "minio._core.wire.")


def public_classes() -> list[type[Any]]:
    """Classes that users hold objects of, without protocols and the parts of the local server."""
    found = [value for _, value in public_callables()]
    named = [cls for cls in found if inspect.isclass(cls) and not cls.__module__.startswith(_PARTS)]
    named = [cls for cls in named if not getattr(cls, "_is_protocol", False)]
    return [*dict.fromkeys([*named, *RETURNED])]


@pytest.mark.parametrize("cls", public_classes(), ids=lambda cls: cls.__qualname__)
def test_no_class_shows_only_where_it_lies_in_memory(cls: type[Any]) -> None:
    if inspect.isabstract(cls) or issubclass(cls, Enum):
        return
    assert cls.__repr__ is not object.__repr__
    assert " at 0x" not in repr(_blank(cls))


def _blank(cls: type[Any]) -> object:
    """An object of a class that was not initialised, if its repr needs no more."""
    try:
        made = cls.__new__(cls)
        repr(made)
    except (TypeError, AttributeError, ValueError, RuntimeError):
        return None
    return made


def test_examples_show_no_secret_of_their_keys() -> None:
    key = b"0123456789abcdef0123456789abcdef"
    assert "0123" not in repr(SseCustomerKey(key))
    assert repr(CopyConditions()) == "CopyConditions({})"
    assert repr(Policy.NONE).startswith("<Policy.NONE")
    assert str(TIME + timedelta(0)) in repr(Bucket("b", TIME))
