"""Carries out downloads: objects to files below a directory, and removes files.

The laws:

* Only the version that the plan saw is written: its ETag is compared with that of the response.
* The content is verified by the checksum of the object, else by an ETag that is an MD5, else by its size.
* The time of a file is the one that its uploader stored, else that of the object.
* A file that the plan did not see is written only if it still does not exist, and a file that has changed since the
  plan is not removed.
* On a file system without case, a file is not removed if its name is the same as that of another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ....directories import Action, Outcome
from ....error import PreconditionFailed, TransportError
from ...http.aio.cancel import run_blocking
from ...ops.objects import GetObject
from ...wire.etag import bare_etag, if_match, same_etag
from ..directory.clashes import Renames
from ..directory.options import SyncOptions
from ..directory.report import Report
from ..directory.root import Listed, Root
from ..directory.times import from_headers, to_nanoseconds
from ..verify import proves
from .carrier import SMALL, BaseCarrier, Client, Counted, done, done_before, failed
from .pipeline import left_alone
from .resumed import downloaded

_CHECKSUMS = {"x-amz-checksum-mode": "ENABLED"}


class _NotSmall(Exception):
    """The response is not a small object whose content can be verified at once."""


class DownloadCarrier(BaseCarrier):
    """Downloads objects to files."""

    batch = 100

    def __init__(
        self, client: Client, bucket: str, options: SyncOptions, report: Report, root: Root, guard: CaseGuard
    ) -> None:
        super().__init__(client, bucket, options, report)
        self.root = root
        self._guard = guard
        self._small = 0 if client._durable else SMALL

    async def _do(self, action: Action, counted: Counted) -> Outcome:
        name = self.root.relative(action.target or "")
        if action.kind == "skip":  # the content is the same: with the object's time, the next run need not read it
            with contextlib.suppress(OSError):
                await self.client._run_short(self.root.set_attributes, name, to_nanoseconds(action.mtime or 0), None)
            return left_alone(action)
        if action.kind == "make_directory":
            await self.client._run_short(self.root.make_directory, name)
            return done(action, 0, action.etag)
        if action.size is not None and action.size <= self._small:
            try:
                return await self._download_small(action, name)
            except _NotSmall:
                pass
        async with self.large():
            return await self._download_large(action, name, counted)

    async def _found(self, action: Action) -> Outcome | None:
        name = self.root.relative(action.target or "")
        return done_before(action, None) if await run_blocking(downloaded, self.root, name, action) else None

    async def _download_small(self, action: Action, name: str) -> Outcome:
        data, headers = await self._get(action)
        attributes = from_headers(headers)
        mtime = _mtime(attributes.mtime, action, headers.get("last-modified"))
        mode = attributes.mode if self.options.preserve else None
        new = action.replaces is None
        await self.client._run_short(self.root.write, name, data, mtime, mode, not new, not new)
        return done(action, len(data), action.etag or bare_etag(headers.get("etag", "")))

    async def _get(self, action: Action) -> tuple[bytes, Mapping[str, str]]:
        """Return the content and the headers of a small object. A connection that is lost meanwhile is replaced."""
        tries = 0
        while True:
            response = await self.client._call(GetObject(self.bucket, action.source or "", headers=dict(_CHECKSUMS)))
            try:
                self._check(action, response)
                return self._verified(action, await response.stream.read(), response.headers)
            except TransportError:
                tries += 1
                if tries >= self.client._session.retry.tries:
                    raise
            finally:
                response.stream.close()
            await asyncio.sleep(self.client._session.retry.pause(tries, self.client._session.chance()))

    def _verified(self, action: Action, data: bytes, headers: Mapping[str, str]) -> tuple[bytes, Mapping[str, str]]:
        """Return the content and the headers if the content is what they describe."""
        if len(data) != action.size or proves(data, headers, bare_etag(headers.get("etag", "")), len(data)) is False:
            raise _NotSmall
        return data, headers

    def _check(self, action: Action, response: Any) -> None:
        """Compare the version of a response with the one that the plan saw."""
        found = response.headers.get("etag", "")
        if action.etag and not same_etag(found, action.etag):
            raise self._changed(action)
        length = response.headers.get("content-length", "")
        if response.status != 200 or not length.isdigit() or int(length) != action.size:
            raise _NotSmall

    def _changed(self, action: Action) -> PreconditionFailed:
        text = "the object was changed after the plan was made"
        return PreconditionFailed(None, "PreconditionFailed", text, None, None, None, self.bucket, action.source)

    async def _download_large(self, action: Action, name: str, counted: Counted) -> Outcome:
        if action.replaces is None and await run_blocking(self.root.look, name) is not None:
            raise FileExistsError(f"{name!r} exists")
        headers = {**_CHECKSUMS, **if_match(action.etag)}
        with self.root.place(name) as path:
            operation = GetObject(self.bucket, action.source or "", headers=headers)
            found = await self.client._fetch_file(operation, path, counted, self.options.concurrency)
            if action.etag and not same_etag(found.etag or "", action.etag):
                raise self._changed(action)
            attributes = from_headers(found.metadata or {})
            mtime = _mtime(attributes.mtime, action, found.last_modified)
            mode = attributes.mode if self.options.preserve else None
            await run_blocking(self.root.set_attributes, name, mtime, mode)
        return done(action, found.size, found.etag, found.version_id)

    async def delete(self, actions: Sequence[Action]) -> list[Outcome]:
        """Remove files and empty directories."""
        return await run_blocking(self._delete, actions)

    def _delete(self, actions: Sequence[Action]) -> list[Outcome]:
        seen: Listed = {}
        return [self._delete_one(action, seen) for action in actions]

    def _delete_one(self, action: Action, seen: Listed) -> Outcome:
        try:
            name = self.root.relative(action.target or "")
            if self._guard.ignores_case and (twin := self.root.twin(name, seen)) is not None:
                raise OSError(f"the file system takes it for {twin!r}")
            if action.replaces and not name.endswith("/"):
                found = self.root.look(name)
                if found is not None and str(found.mtime) != action.replaces:
                    raise OSError("the file was changed after the plan was made")
            gone = self.root.remove(name)
        except (OSError, ValueError) as error:
            return failed(action, error)
        if not gone:
            return Outcome("delete", None, action.target, None, "skipped", "the directory is not empty")
        return Outcome("delete", None, action.target, action.size, "done", action.reason)


def _mtime(stored: int | None, action: Action, modified: str | datetime | None) -> int | None:
    if stored is not None:
        return stored
    if action.mtime is not None:
        return to_nanoseconds(action.mtime)
    if isinstance(modified, str):
        try:
            modified = parsedate_to_datetime(modified)
        except ValueError:
            return None
    return None if modified is None else to_nanoseconds(modified.timestamp())


class CaseGuard:
    """Applies `case_conflict` to the actions of a download, in the order of the plan.

    Args:
        root: The directory.
        policy: "error", "skip" or "rename".
    """

    def __init__(self, root: Root, policy: str) -> None:
        self._root = root
        self._policy = policy
        self._names = Renames()
        self.ignores_case = False
        """Whether the file system takes names for the same that differ in case."""

    def look(self, action: Action) -> Action | Outcome:
        """Return the action to carry out, or the outcome of a name that collides with an earlier one.

        A file of an earlier run whose name with a digest is used again is not removed: no object has this name.
        """
        spared = self._names.paths
        if action.kind == "delete" and spared and self._root.relative(action.target or "") in spared:
            reason = "it is the file of a name that collides with another one"
            return Outcome("delete", None, action.target, None, "skipped", reason)
        if not self.ignores_case or action.kind not in ("download", "make_directory", "skip") or not action.target:
            return action
        name = self._root.relative(action.target)
        first = self._names.earlier(name)
        if first is None or action.kind == "skip":
            return action
        if self._policy == "rename":
            return replace(action, target=self._root.path_of(self._names.add(name)), replaces="")
        reason = f"the file system takes it for {first!r}"
        if self._policy == "skip":
            return Outcome(action.kind, action.source, action.target, action.size, "skipped", reason, etag=action.etag)
        return failed(action, FileExistsError(errno.EEXIST, reason, name), reason)
