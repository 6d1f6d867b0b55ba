"""A tour of the client on a real server. It shows each call as you would write it, its result and its duration.

    make demo                       or: python examples/tour.py

The tour starts a SeaweedFS server in a temporary directory and stops it at the end. Nothing is left behind.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import shutil
import sys
import tempfile
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from minio import AsyncMinio, CopyConditions, Minio, PostPolicy
from minio.error import PreconditionFailed, ResponseError
from minio.local import LocalServer
from minio.policy import Policy

T = TypeVar("T")

MIB = 1024 * 1024
LARGE = 200 * MIB
BUCKET = "tour"


class Screen:
    """Prints calls, results and durations in columns."""

    def __init__(self) -> None:
        self._width = min(shutil.get_terminal_size((118, 40)).columns, 140)
        self._colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.calls = 0

    def chapter(self, title: str) -> None:
        print()
        print(self._paint("1", title))

    def say(self, text: str) -> None:
        print(textwrap.indent(textwrap.fill(text, self._width - 4), "    "))

    def row(self, code: str, result: object, seconds: float) -> None:
        """Print one call: its code, the duration at the right margin, and the result below."""
        self.calls += 1
        clock = f"{seconds * 1000:9.1f} ms"
        *first, last = code.splitlines()
        for line in first:
            print(f"  {self._paint('36', line)}")
        space = max(1, self._width - 2 - len(last) - len(clock))
        print(f"  {self._paint('36', last)}{' ' * space}{self._paint('2', clock)}")
        for line in shown(result).splitlines():
            line = line.rstrip()
            print(f"    -> {line if len(line) <= self._width - 7 else line[: self._width - 10] + '...'}")

    def _paint(self, colour: str, text: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colours else text


screen = Screen()


def shown(result: object) -> str:
    """Format a result as the tour prints it. None gives an empty string."""
    if result is None:
        return ""
    if isinstance(result, list):
        return "\n".join(shown(item) for item in result) or "(nothing)"
    return str(result)


def call(code: str, action: Callable[[], T], show: Callable[[T], object] = lambda result: result) -> T:
    """Run an action, and print it."""
    begin = time.perf_counter()
    result = action()
    seconds = time.perf_counter() - begin
    screen.row(code, show(result), seconds)
    return result


def refused(code: str, kind: type[ResponseError], action: Callable[[], object]) -> None:
    """Run an action that the server must reject, and print the error."""
    begin = time.perf_counter()
    try:
        action()
    except kind as error:
        screen.row(code, f"raises {type(error).__name__}: {error.message}", time.perf_counter() - begin)
    else:
        raise AssertionError(f"{code} should have been rejected")


async def acall(
    code: str, action: Callable[[], Awaitable[T]], show: Callable[[T], object] = lambda result: result
) -> T:
    """Await an action, and print it."""
    begin = time.perf_counter()
    result = await action()
    screen.row(code, show(result), time.perf_counter() - begin)
    return result


def need(fact: bool, what: str) -> None:
    """Stop the tour if a fact does not hold."""
    if not fact:
        raise AssertionError(what)


def make_file(path: Path, size: int) -> str:
    """Write a file of random bytes, and return its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for begin in range(0, size, MIB):
            block = os.urandom(min(MIB, size - begin))
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(url: str, data: bytes | None = None, method: str | None = None, **headers: str) -> bytes:
    """Request a URL without an S3 client."""
    request = urllib.request.Request(url, data, {name.replace("_", "-"): value for name, value in headers.items()})
    request.method = method or request.get_method()
    with urllib.request.urlopen(request, timeout=30) as response:
        body: bytes = response.read()
    return body


def form(fields: dict[str, str], content: bytes) -> tuple[bytes, str]:
    """Return the body of a browser's upload form, and its boundary."""
    boundary = "form-boundary"
    lines = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    return "".join([*lines, head]).encode() + content + f"\r\n--{boundary}--\r\n".encode(), boundary


def one_line(item: Any) -> str:
    """Format an object of a listing in columns."""
    kind = "folder" if item.is_dir else f"{item.size:,} bytes"
    return f"{item.object_name:24} {kind:>20}  {item.etag or ''}"


def buckets(client: Minio) -> None:
    """Create a bucket and look at it."""
    screen.chapter("Buckets")
    call(f'client.make_bucket("{BUCKET}")', lambda: client.make_bucket(BUCKET))
    call(f'client.bucket_exists("{BUCKET}")', lambda: client.bucket_exists(BUCKET))
    call(
        "client.list_buckets()",
        client.list_buckets,
        lambda found: [f"{bucket.name:24} {bucket.creation_date:%Y-%m-%d %H:%M:%S %Z}" for bucket in found],
    )


def store(client: Minio, home: Path) -> str:
    """Upload from memory and from a file. Return the digest of the file."""
    screen.chapter("Store objects")
    hello = b"Hello, world!"
    call(
        f'client.put_object("{BUCKET}", "notes/hello.txt", io.BytesIO({hello!r}), 13, content_type="text/plain")',
        lambda: client.put_object(BUCKET, "notes/hello.txt", io.BytesIO(hello), 13, content_type="text/plain"),
        lambda result: f"{result}   the ETag; see also result.etag, result.version_id, ...",
    )
    screen.say(f"Now a file of {LARGE // MIB} MiB of random data. It is uploaded in parts, several at a time:")
    digest = make_file(home / "film.bin", LARGE)
    begin = time.perf_counter()
    call(
        f'client.fput_object("{BUCKET}", "film.bin", "film.bin", metadata={{"title": "The Tour"}})',
        lambda: client.fput_object(BUCKET, "film.bin", home / "film.bin", metadata={"title": "The Tour"}),
        lambda result: f"{result}   {LARGE / MIB / (time.perf_counter() - begin):,.0f} MiB/s",
    )
    return digest


def look(client: Minio) -> None:
    """List objects and get their metadata."""
    screen.chapter("List and inspect objects")
    listed = call(
        f'client.list_objects("{BUCKET}")',
        lambda: list(client.list_objects(BUCKET)),
        lambda found: [one_line(item) for item in found],
    )
    need([item.object_name for item in listed] == ["film.bin", "notes/"], "the listing is wrong")
    call(
        f'client.list_objects("{BUCKET}", prefix="notes/", recursive=True)',
        lambda: list(client.list_objects(BUCKET, prefix="notes/", recursive=True)),
        lambda found: [one_line(item) for item in found],
    )
    found = call(
        f'client.stat_object("{BUCKET}", "film.bin")',
        lambda: client.stat_object(BUCKET, "film.bin"),
        lambda item: f"{item.size:,} bytes, {item.content_type}, title: {(item.metadata or {})['x-amz-meta-title']}",
    )
    need(found.size == LARGE, "the size is wrong")
    refused(
        f'client.stat_object("{BUCKET}", "missing")',
        ResponseError,
        lambda: client.stat_object(BUCKET, "missing"),
    )


def fetch_back(client: Minio, home: Path, digest: str) -> None:
    """Read a whole object, a part of it, and download one to a file."""
    screen.chapter("Download objects")

    def read() -> bytes:
        with client.get_object(BUCKET, "notes/hello.txt") as response:
            return response.read()

    need(call(f'client.get_object("{BUCKET}", "notes/hello.txt").read()', read) == b"Hello, world!", "wrong bytes")

    def read_part() -> bytes:
        with client.get_partial_object(BUCKET, "notes/hello.txt", 7, 5) as response:
            return response.read()

    part = call(f'client.get_partial_object("{BUCKET}", "notes/hello.txt", offset=7, length=5).read()', read_part)
    need(part == b"world", "wrong bytes")
    begin = time.perf_counter()
    call(
        f'client.fget_object("{BUCKET}", "film.bin", "copy-of-film.bin")',
        lambda: client.fget_object(BUCKET, "film.bin", home / "copy-of-film.bin"),
        lambda item: f"{item.size:,} bytes, {LARGE / MIB / (time.perf_counter() - begin):,.0f} MiB/s, verified",
    )
    need(digest_of(home / "copy-of-film.bin") == digest, "the downloaded file differs")
    screen.say(f"Both files have the SHA-256 {digest[:16]}..., so the download equals the upload.")


def share(client: Minio) -> None:
    """Use presigned URLs and forms without access keys."""
    screen.chapter("Share for a limited time: no keys, just a URL")
    url = call(
        f'url = client.presigned_get_object("{BUCKET}", "notes/hello.txt", expires=timedelta(hours=2))',
        lambda: client.presigned_get_object(BUCKET, "notes/hello.txt", expires=timedelta(hours=2)),
    )
    need(call("urllib.request.urlopen(url).read()", lambda: fetch(url)) == b"Hello, world!", "wrong bytes")

    policy = PostPolicy()
    policy.set_bucket_name(BUCKET)
    policy.set_key_startswith("uploads/")
    policy.set_content_length_range(1, MIB)
    policy.set_expires(datetime.now(UTC) + timedelta(hours=1))
    screen.say("A form for browser uploads: only under uploads/, at most 1 MiB, valid for one hour.")
    url, fields = call(
        "url, fields = client.presigned_post_policy(policy)",
        lambda: client.presigned_post_policy(policy),
        lambda result: f"{result[0]}  with the fields {', '.join(result[1])}",
    )
    body, boundary = form({**fields, "key": "uploads/form.txt"}, b"sent by a form")
    kind = f"multipart/form-data; boundary={boundary}"
    call(
        "urllib.request.urlopen(url, form(fields, ...))",
        lambda: fetch(url, body, Content_Type=kind),
        lambda _: "stored",
    )
    stored = client.stat_object(BUCKET, "uploads/form.txt")
    need(stored.size == 14, "the form stored wrong data")


def copy(client: Minio) -> None:
    """Copy on the server if a condition is met."""
    screen.chapter("Copy on the server, if a condition is met")
    etag = client.stat_object(BUCKET, "notes/hello.txt").etag or ""
    conditions = CopyConditions()
    call(f'conditions.set_match_etag("{etag}")', lambda: conditions.set_match_etag(etag))
    call(
        f'client.copy_object("{BUCKET}", "notes/copy.txt", "/{BUCKET}/notes/hello.txt", conditions)',
        lambda: client.copy_object(BUCKET, "notes/copy.txt", f"/{BUCKET}/notes/hello.txt", conditions),
    )
    unmet = CopyConditions()
    unmet.set_match_etag_except(etag)
    screen.say("The same copy with a condition that is not met, set_match_etag_except:")
    refused(
        f'client.copy_object("{BUCKET}", "notes/never.txt", "/{BUCKET}/notes/hello.txt", unmet)',
        PreconditionFailed,
        lambda: client.copy_object(BUCKET, "notes/never.txt", f"/{BUCKET}/notes/hello.txt", unmet),
    )


def policies(client: Minio, server: LocalServer) -> None:
    """Make a prefix of a bucket public."""
    screen.chapter("Policies: public access")
    with Minio(server.endpoint, secure=False) as anonymous:
        read = f'anonymous.get_object("{BUCKET}", "notes/hello.txt").read()'
        call("anonymous = Minio(endpoint, secure=False)", lambda: anonymous)
        refused(read, ResponseError, lambda: anonymous.get_object(BUCKET, "notes/hello.txt"))
        call(
            f'client.set_bucket_policy("{BUCKET}", "notes/", Policy.READ_ONLY)',
            lambda: client.set_bucket_policy(BUCKET, "notes/", Policy.READ_ONLY),
        )
        call(f'client.get_bucket_policy("{BUCKET}", "notes/")', lambda: client.get_bucket_policy(BUCKET, "notes/"))

        def get() -> bytes:
            with anonymous.get_object(BUCKET, "notes/hello.txt") as response:
                return response.read()

        need(call(read, get) == b"Hello, world!", "wrong bytes")
        refused(
            f'anonymous.get_object("{BUCKET}", "uploads/form.txt")',
            ResponseError,
            lambda: anonymous.get_object(BUCKET, "uploads/form.txt"),
        )
    call(
        f'client.set_bucket_policy("{BUCKET}", "notes/", Policy.NONE)',
        lambda: client.set_bucket_policy(BUCKET, "notes/", Policy.NONE),
    )


def incomplete(client: Minio) -> None:
    """Find and remove what an interrupted upload leaves behind."""
    screen.chapter("Incomplete uploads")
    screen.say("A program that is killed during an upload leaves parts behind. Here is such an upload:")
    url = client.get_presigned_url("POST", BUCKET, "half.bin", extra_query_params={"uploads": ""})
    upload_id = fetch(url, b"").decode().partition("<UploadId>")[2].partition("</UploadId>")[0]
    query = {"partNumber": "1", "uploadId": upload_id}
    fetch(client.get_presigned_url("PUT", BUCKET, "half.bin", extra_query_params=query), bytes(5 * MIB), "PUT")
    found = call(
        f'client.list_incomplete_uploads("{BUCKET}", "", recursive=True)',
        lambda: list(client.list_incomplete_uploads(BUCKET, "", recursive=True)),
        lambda uploads: [f"{item.object_name:24} {item.size:>14,} bytes  {item.upload_id}" for item in uploads],
    )
    need([item.upload_id for item in found] == [upload_id], "the upload is not listed")
    call(
        f'client.remove_incomplete_upload("{BUCKET}", "half.bin")',
        lambda: client.remove_incomplete_upload(BUCKET, "half.bin"),
    )
    need(not list(client.list_incomplete_uploads(BUCKET, "", recursive=True)), "the upload is still there")


async def asynchronous(server: LocalServer) -> None:
    """Make the same calls with asyncio: many at a time on one thread."""
    screen.chapter("The same with asyncio")
    keys = (server.access_key, server.secret_key)
    async with AsyncMinio(server.endpoint, *keys, secure=False) as client:
        names = [f"many/{number:03}" for number in range(100)]

        async def put_all() -> None:
            async with asyncio.TaskGroup() as group:
                for name in names:
                    group.create_task(client.put_object(BUCKET, name, name.encode(), len(name)))

        await acall(
            "async with asyncio.TaskGroup() as group:\n"
            "    for name in names:  # a hundred\n"
            f'        group.create_task(client.put_object("{BUCKET}", name, name.encode(), len(name)))',
            put_all,
        )

        async def listed() -> list[Any]:
            return [item async for item in client.list_objects(BUCKET, prefix="many/")]

        await acall(
            f'[item async for item in client.list_objects("{BUCKET}", prefix="many/")]',
            listed,
            lambda found: f"{len(found)} objects, {found[0].object_name} to {found[-1].object_name}",
        )

        async def get() -> bytes:
            async with await client.get_object(BUCKET, "many/042") as response:
                return bytes(await response.read())

        await acall(f'await (await client.get_object("{BUCKET}", "many/042")).read()', get)


def clean(client: Minio) -> None:
    """Remove everything."""
    screen.chapter("Clean up")
    call(
        f'client.remove_object("{BUCKET}", "film.bin")',
        lambda: client.remove_object(BUCKET, "film.bin"),
    )
    names = [item.object_name for item in client.list_objects(BUCKET, recursive=True)]
    errors = call(
        f'for error in client.remove_objects("{BUCKET}", names):  # {len(names)} names\n    print(error)',
        lambda: list(client.remove_objects(BUCKET, names)),
        lambda errors: "no errors" if not errors else [str(error) for error in errors],
    )
    need(not errors, "some objects could not be removed")
    call(f'client.remove_bucket("{BUCKET}")', lambda: client.remove_bucket(BUCKET))
    need(not call("client.list_buckets()", client.list_buckets), "a bucket is left")


def tour() -> None:
    """Run the whole tour in a temporary directory."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="minio-tour-")))
        print("A real S3 server on this machine, and a client. Every line below is a real call.")
        screen.chapter("Start")
        server = call("server = LocalServer().start()", lambda: stack.enter_context(LocalServer()))
        client = stack.enter_context(
            call(
                "client = Minio(server.endpoint, server.access_key, server.secret_key, secure=False)",
                lambda: Minio(server.endpoint, server.access_key, server.secret_key, secure=False),
            )
        )
        buckets(client)
        digest = store(client, home)
        look(client)
        fetch_back(client, home, digest)
        share(client)
        copy(client)
        policies(client, server)
        incomplete(client)
        asyncio.run(asynchronous(server))
        clean(client)
    print()
    print(f"{screen.calls} calls, all as expected; server stopped, nothing left behind.")
    what_next()


def what_next() -> None:
    """Say what to try after the tour."""
    python = os.path.relpath(sys.executable) if sys.executable.startswith(os.getcwd()) else sys.executable
    screen.chapter("What to try next")
    for command, what in (
        (
            f"{python} -m minio.local data",
            "a server that keeps its data in data/, until Ctrl-C; prints its address and keys",
        ),
        (f"{python}", "a Python shell: type what the lines above show, beginning with LocalServer().start()"),
        ("docs/start/first-steps.md", "the first steps, to copy and paste"),
        ("docs/howto/", "one page for each task: resume an upload, browser forms, public prefixes, tests, ..."),
        ("make docs", "builds all pages and the reference into docs/_build/index.html"),
    ):
        print(f"  {command}")
        print(f"      {what}")


def main() -> int:
    """Run the tour and return its exit code."""
    try:
        tour()
    except KeyboardInterrupt:
        print("\nStopped; everything is cleaned up.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
