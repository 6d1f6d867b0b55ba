"""Interrupted uploads: find the one to resume, and abort those that will not be resumed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..error import MinioException, NoSuchUpload, ResponseError
from ._backend import run_blocking
from ._listing import AsyncListingCalls

if TYPE_CHECKING:
    from .._core.bucket_datatypes import Part
    from .._core.transfer.journal import Journal
    from .._core.transfer.plan import Plan
    from .._core.transfer.source import AsyncSource
    from .._core.transfer.upload import Upload

_CLEANUP = 1.5
"""Seconds for aborting an upload that is no longer needed."""


class AsyncResuming(AsyncListingCalls):
    """The base class for uploads that can be resumed."""

    async def _find_earlier(
        self, bucket: str, key: str, source: AsyncSource, plan: Plan, checksum: str | None, journal: Journal
    ) -> Upload | None:
        """Return the upload in the journal if some of its parts are verified. Otherwise abort it and return None."""
        from .._core.transfer.resume import verify_part
        from .._core.transfer.upload import Upload

        upload_id = journal.upload_id
        if upload_id is None:
            return None
        proven = {}
        for part in await self._held_parts(bucket, key, upload_id):
            recorded = journal.parts.get(part.part_number)
            sent = await run_blocking(verify_part, source, plan, part, recorded, checksum)
            if sent is not None:
                proven[part.part_number] = sent
        if proven:
            return Upload(plan, upload_id, proven)
        # The journal keeps the upload until another one is created: the server may reject that for the same reason.
        await self._abort_quietly(bucket, key, upload_id)
        return None

    async def _held_parts(self, bucket: str, key: str, upload_id: str) -> list[Part]:
        """Return the parts of an upload on the server, or an empty list without permission to list them."""
        from .._core.bucket_datatypes import IncompleteUpload

        try:
            listed = [part async for part in self._parts(IncompleteUpload(bucket, key, upload_id))]
        except ResponseError as error:
            if error.status >= 500 and error.status != 501:
                raise  # a temporary error: the upload may still be listed later
            return []
        # SeaweedFS lists every part that was ever sent with a number.
        contents = Counter(number for number, _ in {(part.part_number, part.etag) for part in listed})
        return [part for part in listed if contents[part.part_number] == 1]

    async def _abort_superseded(self, bucket: str, key: str, journal: Journal) -> None:
        """Abort this user's earlier, different uploads of the same object. Stop at the first failure."""
        from .._core.transfer.journal import remove

        for path, upload_id in await run_blocking(journal.superseded):
            if not await self._abort_quietly(bucket, key, upload_id):
                return
            await run_blocking(remove, path)

    async def _abort_quietly(self, bucket: str, key: str, upload_id: str) -> bool:
        """Abort an upload and return whether it is gone. If not, `list_incomplete_uploads` still shows it."""
        from .._core.ops.multipart import AbortMultipartUpload

        try:
            await self._call_briefly(AbortMultipartUpload(bucket, key, upload_id), _CLEANUP)
        except NoSuchUpload:
            return True
        except MinioException:
            return False
        return True
