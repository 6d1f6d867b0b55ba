"""Carries out copies of objects: on the server if one client reaches both sides, else through this process.

The laws:

* Only the version that the plan saw is copied.
* A copy has the content type, the headers and the user metadata of its source.
* An object that the plan did not see is written only if it still does not exist. Some servers ignore `If-None-Match` of
  CopyObject, so the target is also looked up just before: on these, what another program writes in this moment is
  replaced.
"""

from __future__ import annotations

from ....commonconfig import CopySource
from ....directories import Action, Outcome
from ....error import APINotImplemented, PreconditionFailed, S3Error, TransportError
from ...ops.copying import copyable_headers
from ...ops.objects import HeadObject, PutObject
from ...wire.etag import same_etag
from ..directory.options import SyncOptions
from ..directory.report import Report
from .carrier import SMALL, BaseCarrier, Client, Counted, done, done_before
from .removals import RemovesObjects
from .resumed import copied


class CopyCarrier(RemovesObjects, BaseCarrier):
    """Copies objects.

    Args:
        client: The client of the target.
        bucket: The bucket of the target.
        options: The options of the plan.
        report: Where bytes are counted.
        source: The client of the source.
        source_bucket: The bucket of the source.
    """

    def __init__(
        self, client: Client, bucket: str, options: SyncOptions, report: Report, source: Client, source_bucket: str
    ) -> None:
        super().__init__(client, bucket, options, report)
        self._source = source
        self._source_bucket = source_bucket
        self._on_server = source is client or _reaches_both(source, client)
        self._new_only = {"If-None-Match": "*"}
        """The condition of a copy whose target the plan has not seen."""

    async def _do(self, action: Action, counted: Counted) -> Outcome:
        if action.kind == "make_directory" and not action.source:
            written = await self.client._call(PutObject(self.bucket, action.target or "", b""))
            return done(action, 0, written.etag, written.version_id)
        if self._on_server:
            try:
                return await self._copy(action)
            except TransportError:
                # The response to a conditional copy was lost: the object may be the one that was just made.
                found = await copied(self.client, self.bucket, action) if action.replaces is None else None
                if found is None:
                    raise
                return done(action, action.size, found.etag, found.version_id)
        if (action.size or 0) <= SMALL:
            return await self._transfer(action, counted)
        async with self.large():
            return await self._transfer(action, counted)

    async def _found(self, action: Action) -> Outcome | None:
        found = await copied(self.client, self.bucket, action)
        return None if found is None else done_before(action, found)

    async def _copy(self, action: Action) -> Outcome:
        """Let the server copy."""
        source = CopySource(self._source_bucket, action.source or "", match_etag=action.etag or None)
        part_size = self.options.part_size if (action.size or 0) > self.options.part_size else 0
        conditions: dict[str, str] = {}
        if action.replaces is None:
            await self._check_absent(action.target or "")
            conditions = dict(self._new_only)
        try:
            written = await self.client.copy_object(
                self.bucket, action.target, source, part_size=part_size, extra_headers=conditions
            )
        except APINotImplemented:
            if not conditions:
                raise
            self._new_only = {}  # the server refuses the condition
            written = await self.client.copy_object(self.bucket, action.target, source, part_size=part_size)
        return done(action, action.size, written.etag, written.version_id)

    async def _check_absent(self, key: str) -> None:
        """Raise PreconditionFailed if there is an object with this name."""
        try:
            await self.client._call(HeadObject(self.bucket, key))
        except S3Error:
            return  # it does not exist, or these credentials cannot read it: the server alone decides
        text = "the object exists"
        raise PreconditionFailed(None, "PreconditionFailed", text, None, None, None, self.bucket, key)

    async def _transfer(self, action: Action, counted: Counted) -> Outcome:
        """Send what is read from the source to the target."""
        response = await self._source.get_object(self._source_bucket, action.source, match_etag=action.etag or None)
        async with response:
            if action.etag and not same_etag(response.headers.get("etag", ""), action.etag):
                text = "the object was changed after the plan was made"
                raise PreconditionFailed(
                    None, "PreconditionFailed", text, None, None, None, self._source_bucket, action.source
                )
            found = copyable_headers({name.lower(): value for name, value in response.headers.items()})
            headers = {name: value for name, value in found.items() if name.lower() != "content-type"}
            length = response.length_remaining
            written = await self.client.put_object(
                self.bucket,
                action.target,
                response,
                -1 if length is None else length,
                content_type=response.headers.get("content-type", ""),
                headers=headers,
                if_none_match="*" if action.replaces is None else None,
                progress=counted,
                part_size=self.options.part_size,
                num_parallel_uploads=self.options.concurrency,
            )
        return done(action, action.size if length is None else length, written.etag, written.version_id)


def _reaches_both(source: Client, target: Client) -> bool:
    """Return whether both clients send to the same server, as the same user."""
    one, other = source._session, target._session
    if str(one.endpoint) != str(other.endpoint) or one.provider is None or other.provider is None:
        return False
    if one.provider is other.provider:
        return True
    mine, theirs = one.ready_credentials(), other.ready_credentials()
    return mine is not None and theirs is not None and mine.access_key == theirs.access_key
