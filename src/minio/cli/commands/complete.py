"""`mio __complete`: remote names for the completions of shells. Hidden: people never call it."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ..addresses import Remote
from ..context import Context

EXAMPLES = (("mio __complete s3://my-", "Names that begin like this"),)

_SCHEME = "s3://"
_SECONDS = 1.0
_KEPT = 30.0
_MOST = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("word", nargs="?", default="")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print the names that a word may become. Whatever goes wrong gives no names: people are typing."""
    with contextlib.suppress(Exception):
        for name in _kept(context, (context.rest or [arguments.word])[0]):
            if name.isprintable():  # a shell reads lines
                context.output.line(name)
    return 0


def _kept(context: Context, word: str) -> list[str]:
    """Return the names, from a file if they are less than half a minute old."""
    import hashlib

    about = json.dumps([_parent(word), str(context.wishes), sorted(_identity().items())])
    path = _folder() / hashlib.sha256(about.encode()).hexdigest()[:32]
    with contextlib.suppress(OSError, ValueError):
        if time.time() - path.stat().st_mtime < _KEPT:
            known = json.loads(path.read_text("utf-8"))
            return [name for name in known if name.startswith(word)]
    found = list(_names(context, word))
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(found, file)
        os.replace(temporary, path)
    return [name for name in found if name.startswith(word)]


def _identity() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "MINIO_", "MC_", "S3_"))}


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "mio"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _parent(word: str) -> str:
    """Return what is in front of the name that a word ends with: up to a slash, or the @ behind an alias."""
    slash = word.rfind("/") + 1
    return word[: word.rfind("@") + 1] if word[:slash] == _SCHEME and "@" in word else word[:slash]


def _names(context: Context, word: str) -> Iterator[str]:
    """Yield the names at the level of a word: aliases, buckets, or prefixes and objects."""
    if "/" not in word:
        yield from (f"{name}/" for name in sorted(context.alias_names))
        yield _SCHEME
        return
    parent = _parent(word)
    if parent == _SCHEME:
        yield from (f"{_SCHEME}{name}@" for name in sorted(context.alias_names))
        with contextlib.suppress(Exception):  # the aliases are there also if the default connection is not
            yield from _remote_names(context, parent)
        return
    yield from _remote_names(context, parent)


def _remote_names(context: Context, parent: str) -> Iterator[str]:
    """Yield the buckets of a server, or the prefixes and objects of one level."""
    remote = context.remote(parent, bucket=False)
    client = context.reader(remote, retries=0, connect_timeout=_SECONDS, read_timeout=_SECONDS)
    client = client.with_options(deadline=_SECONDS)
    if not remote.bucket:
        yield from (f"{parent}{bucket.name}/" for bucket in client.list_buckets())
        return
    place = Remote(remote.alias, remote.bucket, remote.key)
    for item in islice(client.list_objects(place.bucket, place.key), _MOST):
        yield parent + item.object_name[len(place.key) :]
