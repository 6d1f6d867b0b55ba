"""What an earlier process of the same run may have completed in the moment in which it was killed.

The checkpoint names what is done. A process that is killed may have completed some more: as many as were under way.
So a run that goes on looks at that many targets before it transfers them.

The law: a target counts as complete only if its content is proven to be that of the source, or if it has the size and
the time that only a complete download has.
"""

from __future__ import annotations

import os
from typing import Any

from ....directories import Action
from ....error import S3Error
from ...http.aio.cancel import run_blocking
from ...ops.objects import HeadObject
from ..directory.compare import Question, first
from ..directory.hashing import FileHash
from ..directory.order import FILE, Entry
from ..directory.root import Root
from ..directory.times import to_nanoseconds
from .carrier import Client

_BUDGET = 1 << 26


async def uploaded(client: Client, bucket: str, action: Action) -> Any:
    """Return the object if the content of a file is already there, else None."""
    found = await _head(client, bucket, action.target or "")
    path = action.source or ""
    if found is None or await run_blocking(_size, path) != found.size:
        return None
    here: Entry = (action.name, found.size, 0, "", FILE, "")
    there: Entry = (action.name, found.size, 0, found.etag or "", FILE, "")
    question = first("upload", "checksum", here, there)
    if not isinstance(question, Question) or question.parts is None:
        return None
    file = FileHash(path, found.size, question.parts)
    try:
        while not await run_blocking(file.run, _BUDGET):
            pass
    finally:
        file.close()
    return found if question.etag in (file.etags or ()) else None


async def copied(client: Client, bucket: str, action: Action) -> Any:
    """Return the copy if it is already there, else None."""
    found = await _head(client, bucket, action.target or "")
    return found if found is not None and found.etag == action.etag and found.size == action.size else None


def downloaded(root: Root, name: str, action: Action) -> bool:
    """Return whether the file is already there."""
    found = root.look(name)
    if found is None or action.mtime is None:
        return False
    return (found.size, found.mtime) == (action.size, to_nanoseconds(action.mtime))


async def _head(client: Client, bucket: str, key: str) -> Any:
    try:
        return await client._call(HeadObject(bucket, key))
    except S3Error:
        return None


def _size(path: str) -> int | None:
    return os.path.getsize(path) if os.path.isfile(path) else None
