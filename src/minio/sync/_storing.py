# Generated from src/minio/aio/_storing.py by tools/generate_sync.py. Do not edit.
"""Storing an object: one PutObject if all fits into a part, else a multipart upload that can be resumed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .._core.datatypes import ObjectWriteResult
from .._core.ops.conditions import may_store
from .._core.ops.errors import unmet
from .._core.ops.objects import HeadObject, PutObject, Written, appends, header_dict
from .._core.transfer.plan import Part, Plan, earlier_plans, make_plan
from .._core.transfer.progress import Progress, ProgressArgument
from .._core.transfer.upload_target import UploadTarget
from .._core.wire.body import Body, body_length
from .._core.wire.checksums import Payload
from ..error import (
    ConditionalRequestConflict,
    InvalidArgumentError,
    InvalidPart,
    InvalidPartOrder,
    InvalidSizeError,
    NoSuchUpload,
    PreconditionFailed,
    ResponseError,
    S3Error,
    TransportError,
)
from ._backend import CancelScope, pause, run_blocking, shelter
from ._multipart import Multipart
from ._resuming import Resuming

if TYPE_CHECKING:
    from .._core.transfer.journal import Journal
    from .._core.transfer.source import Source
    from .._core.transfer.upload import Upload

_TAKEN_AWAY = 2
"""How often an upload is restarted after another client completed or aborted it."""
_TAKEN = (NoSuchUpload, InvalidPart, InvalidPartOrder, ConditionalRequestConflict)
"""Errors which mean that another client completed, aborted or changed the upload, or that it must begin again."""
_HOPELESS = (InvalidSizeError, PreconditionFailed, *_TAKEN)
"""Errors after which the same upload cannot be completed."""


class Storing(Resuming, Multipart):
    """The base class of the calls that store an object."""

    def _store(
        self, target: UploadTarget, source: Source, part_size: int, progress: ProgressArgument
    ) -> ObjectWriteResult:
        length = -1 if source.length is None else source.length
        plan = make_plan(length, part_size, in_memory=not source.repeatable)
        counter = Progress(progress, target.key, length)
        single = appends(target.headers)
        if single and plan.length is None:
            raise InvalidArgumentError("length must be known to append")
        first, whole = None, False
        if plan.length is None:
            first = source.part(0, plan.part_size)
            whole = body_length(first) < plan.part_size
        elif single or plan.length <= plan.part_size:
            first, whole = source.part(0, plan.length), True
        if first is not None and whole:
            # Check the file before the request: no error may be raised once the object is stored.
            if isinstance(first, bytes):
                body, payload = source.settle(first, target.checksum)
            else:
                body, payload = run_blocking(source.settle, first, target.checksum)
            return self._store_whole(target, body, counter, payload)
        if first is None and (seconds := source.young()):
            pause(seconds)
        plans = [plan] if part_size else [plan, *earlier_plans(plan)]
        if target.sequential:  # the caller's stream is read on the caller's own thread
            written = self._put_parts(target, source, plans, first, counter)
        else:
            written = shelter(self._put_parts, target, source, plans, first, counter)
        counter.finish()
        return _result(target, written)

    def _store_small(self, bucket_name: str, object_name: str, body: bytes, content_type: str) -> ObjectWriteResult:
        """Upload a small object without options: the fast case of `_store_whole`."""
        operation = PutObject(bucket_name, object_name, body, {"Content-Type": content_type}, self._session.checksum)
        written = self._call(operation)
        return ObjectWriteResult(
            bucket_name, object_name, written.version_id, written.etag, header_dict(written.headers)
        )

    def _store_whole(
        self, target: UploadTarget, body: Body, progress: Progress, payload: Payload | None = None
    ) -> ObjectWriteResult:
        """Upload an object in one request."""
        written = self._call(
            PutObject(target.bucket, target.key, body, target.storing_headers, target.checksum, payload=payload)
        )
        progress.add(body_length(body))
        progress.finish()
        return _result(target, written)

    def _put_parts(
        self, target: UploadTarget, source: Source, plans: list[Plan], first: Body | None, progress: Progress
    ) -> Written:
        """Upload the parts, except those that are on the server from an interrupted upload of the same content.

        The first of `plans` is used, unless an upload with another one of them was interrupted.
        """
        from .._core.transfer.journal import Journal

        self._check_conditions(target)  # before everything is uploaded for nothing
        plan, journal = self._make_journal(target, source, plans)
        try:
            run_blocking(journal.open)
            try:
                upload = self._find_earlier(target.bucket, target.key, source, plan, target.checksum, journal)
            except ResponseError:  # the journal stays: the server may list the parts later
                journal.close()
                journal, upload = Journal(None), None
            written = self._complete_parts(target, source, plan, first, progress, journal, upload)
        finally:
            journal.close()
        if self._deadline is None:  # after the object is stored, a deadline must not cause an error
            self._abort_superseded(target.bucket, target.key, journal)
        return written

    def _make_journal(self, target: UploadTarget, source: Source, plans: list[Plan]) -> tuple[Plan, Journal]:
        from .._core.transfer.journal import Journal, journal_folder, purpose_of

        folder = journal_folder(target.resume) if source.repeatable else None
        if folder is None:
            return plans[0], Journal(None)
        endpoint, credentials = self._session.endpoint, self._credentials()
        place = f"{endpoint.scheme}://{endpoint}", target.bucket, target.key
        user = "" if credentials is None else credentials.access_key
        fingerprint = run_blocking(source.fingerprint)
        options = self._session.options
        headers = target.creation_headers if options is None else {**target.creation_headers, **options.identity}
        journals = [
            (plan, Journal(folder, purpose_of((*place, user), headers, target.checksum, plan, fingerprint)))
            for plan in plans
        ]
        return next(((plan, journal) for plan, journal in journals[1:] if journal.exists()), journals[0])

    def _complete_parts(
        self,
        target: UploadTarget,
        source: Source,
        plan: Plan,
        first: Body | None,
        progress: Progress,
        journal: Journal,
        upload: Upload | None,
    ) -> Written:
        """Upload the parts and complete the upload. If another client aborted or completed it, start again."""
        from .._core.transfer.resume import etag_matches

        for left in range(_TAKEN_AWAY if target.resume and source.repeatable else 0, -1, -1):
            upload = upload or self._begin_upload(target, plan)
            try:
                written = self._fill_upload(target, source, upload, first, progress, journal)
                etag = written.etag or ""
                if self._deadline is None:
                    ours = run_blocking(etag_matches, source, upload, etag)
                else:  # the object is stored: do not wait or check the deadline any more
                    ours = etag_matches(source, upload, etag)
                if ours:
                    return written
            except _TAKEN:
                if not left:
                    raise
            if left:
                progress.reset()
                upload = None
        expected = upload.etag if upload else None
        raise TransportError(f"the object was stored, but its ETag is not that of the parts sent ({expected})")

    def _begin_upload(self, target: UploadTarget, plan: Plan) -> Upload:
        from .._core.transfer.upload import Upload

        return Upload(plan, self._create_upload(target.bucket, target.key, target.creation_headers))

    def _fill_upload(
        self,
        target: UploadTarget,
        source: Source,
        upload: Upload,
        first: Body | None,
        progress: Progress,
        journal: Journal,
    ) -> Written:
        from .._core.ops.multipart import CompleteMultipartUpload, UploadPart
        from .._core.transfer.file_source import SentRange, resumed_ranges
        from .._core.transfer.journal import Recorded
        from .._core.transfer.resume import learn_etags
        from .._core.transfer.sync.workers import run_upload

        sent = resumed_ranges(upload, target.checksum)

        def send(part: Part, body: Body, payload: Payload, scope: CancelScope | None) -> str:
            sent.append(SentRange(part.offset, body_length(body), "SHA256", bytes.fromhex(payload.sha256)))
            operation = UploadPart(
                target.bucket, target.key, upload.upload_id, part.number, body, payload, target.part_headers
            )
            etag = self._call(operation, scope)
            run_blocking(journal.add, part.number, Recorded(etag, body_length(body), payload.sha256))
            return etag

        try:
            progress.add(upload.uploaded)
            if journal.upload_id != upload.upload_id:
                run_blocking(journal.begin, upload.upload_id)
            pace = target.pace(upload.plan.part_size, in_memory=not source.repeatable)
            run_upload(upload, source, send, target.checksum, pace, progress.add, first)
            run_blocking(source.check_unchanged, sent)
            if self._deadline is not None:
                run_blocking(learn_etags, source, upload)
            if not self._session.endpoint.aws:  # Ceph and JuiceFS ignore the conditions of this operation
                self._check_conditions(target)
            written = self._call(
                CompleteMultipartUpload(
                    target.bucket,
                    target.key,
                    upload.upload_id,
                    upload.completed(),
                    target.declared,
                    {**target.part_headers, **target.conditions},
                )
            )
        except BaseException as error:
            if journal.upload_id is None or not upload.sent or isinstance(error, _HOPELESS):
                journal.forget()
                self._give_up_upload(target.bucket, target.key, upload.upload_id, error)
            raise
        journal.forget()
        return written if written.etag else self._confirm(target, source, upload, written)

    def _check_conditions(self, target: UploadTarget) -> None:
        """Raise PreconditionFailed if the object does not meet the conditions of an upload in parts."""
        options = self._session.options
        conditions = {**(options.conditions if options is not None else {}), **target.conditions}
        if not conditions:
            return
        operation = HeadObject(target.bucket, target.key, headers=target.part_headers, conditional=False)
        try:
            found = self._call(operation)
        except S3Error as error:
            if error.status != 404:
                return  # these credentials cannot read the object, so the server alone decides
            found = None
        if not may_store(conditions, found):
            raise unmet(target.bucket, target.key)

    def _confirm(self, target: UploadTarget, source: Source, upload: Upload, written: Written) -> Written:
        """Determine the ETag if the response to the completion has none: Ceph sends none, or the response was lost."""
        from .._core.transfer.resume import learn_etags

        if written.etag is not None:  # the server confirmed that it made the object of these parts
            if self._deadline is None:
                run_blocking(learn_etags, source, upload)
            if upload.tells_md5s:
                return replace(written, etag=upload.etag)
        look = HeadObject(target.bucket, target.key, written.version_id, target.part_headers, conditional=False)
        return self._look_up_etag(look, written, upload.uploaded, upload.etag)


def _result(target: UploadTarget, written: Written) -> ObjectWriteResult:
    return ObjectWriteResult(
        target.bucket,
        target.key,
        written.version_id,
        written.etag,
        header_dict(written.headers),
        written.last_modified,
        written.location,
    )
