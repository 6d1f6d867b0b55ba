"""Carries out uploads: files to objects, and removes objects.

The laws:

* A small file is read at once and sent in one request. A larger one is an `fput_object`, which the next run
  resumes from its journal.
* A file that changes while it is read is tried once more. A file that has vanished gives a warning.
* An object that the plan did not see is written only if it still does not exist.
"""

from __future__ import annotations

from dataclasses import replace

from ....directories import Action, Outcome
from ....error import InvalidSizeError, TransportError
from ...ops.objects import PutObject
from ..directory.content_types import content_type
from ..directory.source_file import Content, is_unchanged, read_file
from ..directory.times import to_metadata
from .carrier import SMALL, BaseCarrier, Counted, done, done_before
from .removals import RemovesObjects
from .resumed import uploaded


class UploadCarrier(RemovesObjects, BaseCarrier):
    """Uploads files."""

    async def _do(self, action: Action, counted: Counted) -> Outcome:
        if action.kind == "make_directory":
            return await self._store(action, b"", {"Content-Type": "application/x-directory"})
        try:
            try:
                return await self._upload(action, counted)
            except InvalidSizeError:  # the file changed
                counted.undo()
                return await self._upload(replace(action, replaces=""), counted)  # this run may have written it
        except TransportError:
            # The response to a conditional write was lost: the object may be the one that was just sent.
            found = await uploaded(self.client, self.bucket, action) if action.replaces is None else None
            if found is None:
                raise
            return done(action, found.size, found.etag, found.version_id)
        except FileNotFoundError:
            counted.undo()
            return Outcome("warn", action.source, action.target, None, "warning", "the file has vanished")

    async def _found(self, action: Action) -> Outcome | None:
        found = await uploaded(self.client, self.bucket, action)
        return None if found is None else done_before(action, found)

    async def _upload(self, action: Action, counted: Counted) -> Outcome:
        path = action.source or ""
        kind = content_type(action.name)
        found: Content = await self.client._run_short(read_file, path, SMALL)
        metadata = to_metadata(found.mtime, found.mode) if self.options.preserve else {}
        if found.data is not None:
            headers = {"Content-Type": kind, **{f"X-Amz-Meta-{name}": value for name, value in metadata.items()}}
            return await self._store(action, found.data, headers)
        async with self.large():
            written = await self.client.fput_object(
                self.bucket,
                action.target,
                path,
                content_type=kind,
                user_metadata=metadata or None,
                if_none_match="*" if action.replaces is None else None,
                progress=counted,
                part_size=self.options.part_size,
                num_parallel_uploads=self.options.concurrency,
            )
        if not await self.client._run_short(is_unchanged, path, found.mtime):
            raise InvalidSizeError(f"file {path!r} changed while it was being read")
        return done(action, counted.bytes, written.etag, written.version_id)

    async def _store(self, action: Action, data: bytes, headers: dict[str, str]) -> Outcome:
        if action.replaces is None:
            headers["If-None-Match"] = "*"
        checksum = self.client._session.checksum
        written = await self.client._call(PutObject(self.bucket, action.target or "", data, headers, checksum))
        return done(action, len(data), written.etag, written.version_id)
