"""Helpers of the tests on directories: local trees, and what a bucket has, read without the client under test."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote_plus

from minio.directories import Action, Outcome
from servers.live import LiveServer

OLD = 1_000_000_000
"""A time in 2001, long before any object of a test."""


def make_tree(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files, with the directories that they need, and return the root."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def make_unreadable_name(root: Path) -> None:
    """Create a file whose name is not UTF-8."""
    Path(os.fsdecode(os.fsencode(root) + b"/bad-\xff")).write_bytes(b"x")


def tree_of(root: Path) -> dict[str, bytes]:
    """The content of each file below a directory. Links are not followed."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def everything_in(root: Path) -> list[str]:
    """All names below a directory, temporary files, links and directories included."""
    names = (os.path.join(top, name) for top, folders, files in os.walk(root) for name in (*folders, *files))
    return sorted(os.path.relpath(name, root) for name in names)


def age(path: Path, seconds: float = OLD) -> None:
    """Set the modification time of a file."""
    os.utime(path, (seconds, seconds))


def put(
    server: LiveServer, bucket: str, objects: Mapping[str, bytes], headers: Mapping[str, str] | None = None
) -> None:
    """Store objects by plain HTTP. Their keys are sent as they are."""
    for key, content in objects.items():
        answer = server.raw.request("PUT", f"/{bucket}/{key}", body=content, headers=headers)
        assert answer.status == 200, (key, answer)


def keys_of(server: LiveServer, bucket: str, prefix: str = "") -> list[str]:
    """The keys of a bucket with at most one page of objects."""
    query = {"list-type": "2", "encoding-type": "url", "prefix": prefix}
    answer = server.raw.request("GET", f"/{bucket}", query)
    assert answer.status == 200, answer
    return sorted(unquote_plus(entry["Key"]) for entry in answer.records("Contents"))


def files_of(server: LiveServer, bucket: str) -> list[str]:
    """The keys of a bucket without those of directories: JuiceFS keeps these when their last object is removed."""
    return [key for key in keys_of(server, bucket) if not key.endswith("/")]


def stored(server: LiveServer, bucket: str, prefix: str = "") -> dict[str, bytes]:
    """The objects below a prefix, by their keys without the prefix."""
    found = {}
    for key in keys_of(server, bucket, prefix):
        answer = server.raw.request("GET", f"/{bucket}/{key}")
        assert answer.status == 200, (key, answer)
        found[key.removeprefix(prefix)] = answer.body
    return found


def header_of(server: LiveServer, bucket: str, key: str, name: str) -> str | None:
    """One header of an object."""
    answer = server.raw.request("HEAD", f"/{bucket}/{key}")
    assert answer.status == 200, answer
    return answer.headers.get(name)


def steps(actions: Iterable[Action]) -> list[tuple[str, str]]:
    """What actions do, without those that do nothing."""
    return [(action.kind, action.name) for action in actions if action.kind != "skip"]


def by_status(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many outcomes have each status."""
    found: dict[str, int] = {}
    for outcome in outcomes:
        found[outcome.status] = found.get(outcome.status, 0) + 1
    return found
