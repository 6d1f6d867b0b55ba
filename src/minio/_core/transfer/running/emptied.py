"""Removes the directories that a server keeps when a run has deleted everything in them.

File system gateways do so. JuiceFS lists such a directory as an empty object, which the source does not have.

The laws:

* Only directories in which this run has deleted an object are removed, the deepest first, and only if they are empty.
* A directory that the patterns leave alone, or that the source has, stays.
* Servers without directories are asked a few times in all, whatever the run has deleted.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from ....directories import Prefix
from ....error import S3Error
from ...http.aio.cancel import run_blocking
from ...ops.listing import Listing
from ...ops.objects import DeleteObject, HeadObject
from ..directory.options import SyncOptions

_MOST = 200_000
"""The number of directories that are remembered."""
_LOOKS = 8
"""How many directories are looked up to see whether the server keeps any."""


class Emptied:
    """The directories in which a run has deleted something.

    Args:
        client: The client of the target.
        target: The bucket and the prefix.
        source: A directory, or the objects below a prefix.
        source_client: The client of the source.
        options: The options of the plan.
    """

    def __init__(
        self, client: Any, target: Prefix, source: str | Prefix, source_client: Any, options: SyncOptions
    ) -> None:
        self._client, self._bucket, self._source, self._source_client = client, target.bucket, source, source_client
        self._prefix = _folder(target.prefix)
        self._selects = None if options.delete_excluded else options.rules.selector
        self._folders: set[str] = set()

    def add(self, key: str) -> None:
        """Remember the directories above a deleted object."""
        folder = key[: key.rfind("/", 0, -1) + 1]
        while len(folder) > len(self._prefix) and folder not in self._folders and len(self._folders) < _MOST:
            self._folders.add(folder)
            folder = folder[: folder.rfind("/", 0, -1) + 1]

    async def remove(self) -> None:
        """Remove those that are left."""
        folders = sorted(self._folders, reverse=True)
        for folder in folders[:_LOOKS]:
            if await self._is_there(folder):
                break
        else:
            return
        for folder in folders:
            with suppress(S3Error):  # it stays: the next plan has it as a name that the source lacks
                if await self._is_empty(folder) and not await self._is_wanted(folder[len(self._prefix) :]):
                    await self._client._call(DeleteObject(self._bucket, folder))

    async def _is_there(self, folder: str) -> bool:
        try:
            await self._client._call(HeadObject(self._bucket, folder))
        except S3Error:
            return False
        return True

    async def _is_empty(self, folder: str) -> bool:
        """Return whether the server has a directory, and nothing in it. JuiceFS does not list it below itself."""
        page = await self._client._call(Listing(bucket=self._bucket, prefix=folder, page_size=2))
        names = {item.object_name for item in page.objects}
        return names == {folder} or (not names and await self._is_there(folder))

    async def _is_wanted(self, name: str) -> bool:
        """Return whether a directory stays."""
        if self._selects is not None and not self._selects(name):
            return True
        if not isinstance(self._source, Prefix):
            return await run_blocking(os.path.isdir, os.path.join(self._source, *name.split("/")))
        prefix = _folder(self._source.prefix) + name
        page = await self._source_client._call(Listing(bucket=self._source.bucket, prefix=prefix, page_size=1))
        return bool(page.objects)


def _folder(prefix: str) -> str:
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
