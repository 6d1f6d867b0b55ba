"""What uploads and copies in parts share: beginning and giving up, and the ETag of the object."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..error import DeadlineExceeded, NoSuchUpload, ResponseError, TransportError
from ._backend import begin_safely, hold_interrupts
from ._base import AsyncBase

if TYPE_CHECKING:
    from .._core.ops.objects import HeadObject, Written

_CLEANUP = 5.0
_HURRY = 1.5
"""Seconds for cleaning up after a failed call: normally, and when the caller has no time left."""


class AsyncMultipart(AsyncBase):
    """The base class of the calls that use multipart uploads."""

    async def _create_upload(self, bucket: str, key: str, headers: dict[str, str]) -> str:
        """Create a multipart upload and return its id. Abort the upload if this call is interrupted."""

        from .._core.ops.multipart import CreateMultipartUpload

        async def begin() -> str:
            return await self._call(CreateMultipartUpload(bucket, key, headers))

        async def undo(upload_id: str) -> None:
            await self._give_up_upload(bucket, key, upload_id, KeyboardInterrupt())

        return await begin_safely(begin, undo)

    async def _give_up_upload(self, bucket: str, key: str, upload_id: str, error: BaseException) -> None:
        """Abort a multipart upload after an error. If that fails too, add a note to the error."""
        if isinstance(error, GeneratorExit):
            return  # the generator was dropped, so nothing more can be sent
        with hold_interrupts():
            from .._core.ops.multipart import AbortMultipartUpload

            hurried = isinstance(error, DeadlineExceeded) or not isinstance(error, Exception)
            try:
                await self._call_briefly(AbortMultipartUpload(bucket, key, upload_id), _HURRY if hurried else _CLEANUP)
            except NoSuchUpload:
                return  # nothing is left: the upload was completed, or another client aborted it
            except Exception as failure:  # noqa: BLE001 - the first error is raised, whatever happens here
                error.add_note(f"upload {upload_id} of {bucket}/{key} could not be aborted: {failure}")

    async def _look_up_etag(self, look: HeadObject, written: Written, size: int, computed: str | None) -> Written:
        """Get the ETag that the response to CompleteMultipartUpload lacks.

        If the server has confirmed the completion, this does not fail: another client may have replaced or removed the
        object since, and the credentials may not allow HeadObject. The ETag is then the one computed from the parts.

        Args:
            look: The request for the object's properties.
            written: The result. Its ETag is empty if the server confirmed the completion without one, and None if the
                response was lost.
            size: The size of the object in bytes.
            computed: The ETag computed from those of the parts, or None if it cannot be computed.

        Raises:
            TransportError: The response was lost, and the object is not the one sent.
            ResponseError: The response was lost, and the server returns an error.
        """
        confirmed = written.etag is not None
        try:
            found = await self._call(look)
        except (ResponseError, TransportError):
            if not confirmed:
                raise
            return replace(written, etag=computed)
        if found.size not in (None, size):
            if confirmed:
                return replace(written, etag=computed)
            raise TransportError("the answer to CompleteMultipartUpload was lost, and the object is not the one sent")
        return replace(
            written, etag=found.etag, version_id=written.version_id or (None if confirmed else found.version_id)
        )
