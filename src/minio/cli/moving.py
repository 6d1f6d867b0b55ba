"""The sources of a move, which are removed when they are copied.

The laws:

* A source is removed only if it is still what was copied.
* What was reached through a link to a directory stays: it is not below the source.
* Directories are removed only if the move has emptied them, and never the current one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .addresses import Local, Remote
from .context import Context
from .errors import DeleteRefused

if TYPE_CHECKING:
    from minio.directories import Outcome
    from minio.sync import Minio

_BATCH = 100
_PRECISION = 2e-6
"""The seconds by which a time that is a float may differ."""
_CHANGED = "it was changed while it was moved: it is copied, and not removed"


class LocalRemoval:
    """Removes files below a directory.

    Args:
        context: The context.
        root: The directory.
    """

    def __init__(self, context: Context, root: str) -> None:
        self._context = context
        self._root = root
        self._emptied: set[str] = set()
        self._within: dict[str, bool] = {}
        self._kept = 0

    def add(self, outcome: Outcome, source: object) -> None:
        """Take a file that is copied."""
        if not isinstance(source, Local) or outcome.action != "upload":
            return
        folder = os.path.dirname(source.path)
        if not self._is_within(folder):
            self._kept += 1
            return
        try:
            if self._is_changed(outcome, source.path):
                self._context.output.fail(_CHANGED, "remove", source)
                return
            os.unlink(source.path)
        except OSError as error:
            self._context.output.fail(error, "remove", source)
            return
        self._emptied.add(folder)

    def _is_changed(self, outcome: Outcome, path: str) -> bool:
        """Return whether a file is not the one that was planned. A link is nothing but the name of another one."""
        if os.path.islink(path):
            return False
        state = os.stat(path)
        planned = outcome.source_mtime
        return state.st_size != outcome.size or planned is None or abs(state.st_mtime - planned) > _PRECISION

    def _is_within(self, folder: str) -> bool:
        """Return whether a directory is below the root, without a link on the way."""
        if folder not in self._within:
            below = os.path.relpath(folder, self._root)
            real = os.path.normpath(os.path.join(os.path.realpath(self._root), below))
            self._within[folder] = os.path.realpath(folder) == real
        return self._within[folder]

    def finish(self) -> None:
        """Remove the directories that are empty now."""
        if self._kept:
            what = "1 file was" if self._kept == 1 else f"{self._kept} files were"
            self._context.output.warn(f"{what} reached through links to directories: copied, and not removed")
        here = os.path.realpath(".")
        root = os.path.realpath(self._root)
        for folder in sorted(self._emptied, key=len, reverse=True):
            path = os.path.realpath(folder)
            while (path == root or path.startswith(root + os.sep)) and not (here + os.sep).startswith(path + os.sep):
                try:
                    os.rmdir(path)
                except OSError:
                    break  # it is not empty
                path = os.path.dirname(path)


class RemoteRemoval:
    """Removes objects, in batches.

    Args:
        context: The context.
        client: The client.
        place: The address below which they are.
    """

    def __init__(self, context: Context, client: Minio, place: Remote) -> None:
        self._context, self._client, self._place = context, client, place
        self._waiting: dict[str, str | None] = {}

    def add(self, outcome: Outcome, source: object) -> None:
        """Take an object that is copied."""
        if isinstance(source, Remote):
            self._waiting[source.key] = outcome.source_etag
            if len(self._waiting) >= _BATCH:
                self.finish()

    def finish(self) -> None:
        """Remove what is waiting, if it is still what was copied."""
        waiting, self._waiting = self._waiting, {}
        output, bucket = self._context.output, self._place.bucket
        unchanged = []
        for found in self._client.stat_objects(bucket, list(waiting)):
            name = found.source or ""
            if found.error is not None or found.etag != waiting[name]:
                output.fail(found.error or _CHANGED, "remove", self._place.at(name))
            else:
                unchanged.append(name)
        for error in self._client.remove_objects(bucket, unchanged):
            output.fail(DeleteRefused(str(error.code), str(error.message)), "remove", self._place.at(error.name or ""))
