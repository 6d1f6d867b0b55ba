"""Removes objects of a bucket in batches.

The laws:

* Each object has one outcome: "done", or the error that the server returned for it.
* Objects that the server is too busy to delete are tried again, in another request.
* Names that XML cannot represent are deleted one by one.
* So are names that end with a slash, in their order: JuiceFS keeps such objects in a request for several.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ....deleteobjects import DeleteError, DeleteObject
from ....directories import Action, Outcome
from ....error import S3Error, known_errors
from ...ops.deletion import BATCH, DeleteObjects
from ...ops.objects import DeleteObject as DeleteOne
from .carrier import FATAL, BaseCarrier, failed

_BUSY = frozenset({"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout"})


class RemovesObjects(BaseCarrier):
    """Removes objects."""

    batch = BATCH
    bypass_governance_mode = False

    async def delete(self, actions: Sequence[Action]) -> list[Outcome]:
        """Remove objects, or versions of them."""
        errors: dict[tuple[str, str | None], BaseException] = {}
        named = [DeleteObject(action.target or "", action.version_id) for action in actions]
        await self._delete([one for one in named if not _goes_alone(one)], errors)
        for one in named:
            if _goes_alone(one):
                await self._delete_alone(one, errors)
        return [self._outcome(action, errors) for action in actions]

    async def _delete(self, objects: list[DeleteObject], errors: dict[tuple[str, str | None], BaseException]) -> None:
        retry = self.client._session.retry
        for tries in range(1, retry.tries + 1):
            if not objects:
                return
            try:
                found = await self.client._call(DeleteObjects(self.bucket, objects, self.bypass_governance_mode))
            except FATAL:
                raise
            except Exception as error:  # noqa: BLE001 - also one of the caller's hooks
                errors.update({(one.name, one.version_id): error for one in objects})
                return
            busy = {one.name for one in found if one.code in _BUSY and tries < retry.tries}
            errors.update(
                {(one.name or "", one.version_id or None): self._error(one) for one in found if one.name not in busy}
            )
            objects = [one for one in objects if one.name in busy]
            if objects:
                await asyncio.sleep(retry.pause(tries, self.client._session.chance()))

    async def _delete_alone(self, one: DeleteObject, errors: dict[tuple[str, str | None], BaseException]) -> None:
        try:
            await self.client._call(DeleteOne(self.bucket, one.name, one.version_id, self.bypass_governance_mode))
        except FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - also one of the caller's hooks
            errors[one.name, one.version_id] = error

    def _error(self, error: DeleteError) -> S3Error:
        kind = known_errors.get(error.code, S3Error)
        return kind(None, error.code, error.message, None, None, None, self.bucket, error.name)

    def _outcome(self, action: Action, errors: dict[tuple[str, str | None], BaseException]) -> Outcome:
        error = None
        if errors:
            target = action.target or ""
            error = errors.get((target, action.version_id)) or errors.get((target, None))
        if error is not None:
            return failed(action, error)
        return Outcome(
            "delete", None, action.target, action.size, "done", action.reason, None, action.etag, action.version_id
        )


def _goes_alone(one: DeleteObject) -> bool:
    return one.name[-1] == "/" or not one.fits_xml
