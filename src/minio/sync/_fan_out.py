# Generated from src/minio/aio/_fan_out.py by tools/generate_sync.py. Do not edit.
"""The call that stores one content under many names, in one request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Unpack

from .._core.arguments import checked_list
from .._core.ops.object_headers import check_sse
from .._core.wire.body import Body
from .._core.wire.checksums import Payload, check_checksum, chunks
from ..error import InvalidArgumentError, InvalidSizeError
from ._backend import public_call
from ._base import Base

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from .._core.upload_data import UploadData
    from ..fanout import PutObjectFanOutEntry, PutObjectFanOutResult
    from ..post_policy import PostPolicy
    from ..sse import Sse

_VALID = timedelta(minutes=15)
"""How long the server accepts the form."""


class FanOutCalls(Base):
    """The call that stores one content under many names."""

    @public_call
    def put_object_fan_out(
        self,
        bucket_name: str,
        data: UploadData,
        length: int,
        entries: Sequence[PutObjectFanOutEntry],
        sse: Sse | None = None,
        checksum: str | None = None,
        **options: Unpack[CallOptions],
    ) -> list[PutObjectFanOutResult]:
        """Store one content under many names with one upload. A MinIO extension; other servers reject it.

        The content is kept in memory during the call.

        S3 operation: MinIO's PutObjectFanOut, a POST form with the field `x-minio-fanout-list`. The call itself may
        request the bucket's region.

        Args:
            bucket_name: The bucket.
            data: The content: a stream with `read(n)`, bytes, or an iterable of bytes.
            length: The number of bytes.
            entries: The objects to create: their names and properties.
            sse: The encryption of the objects.
            checksum: The checksum that the server verifies: "CRC32C", "CRC32", "SHA256", "SHA1" or "CRC64NVME".
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A result for each entry, with `key`, `etag`, `version_id`, and `error`: the server's message if this object
            was not stored.

        Raises:
            InvalidArgumentError: An argument is invalid, or the client is anonymous.
            InvalidSizeError: `data` ended before `length` bytes.
            InvalidResponseError: The server does not support fan-out. It may have stored the content under the first
                name (SeaweedFS, JuiceFS).
            ResponseError: The server returns an error.

        Example:
            >>> from minio.args import PutObjectFanOutEntry
            >>> entries = [PutObjectFanOutEntry("one.txt"), PutObjectFanOutEntry("two.txt")]
            >>> results = client.put_object_fan_out("my-bucket", b"text", 4, entries)  # doctest: +SKIP
        """
        from .._core.ops.fan_out import PutObjectFanOut
        from .._core.transfer.plan import MAX_PART_SIZE, check_length
        from .._core.transfer.source import open_source
        from ..fanout import PutObjectFanOutEntry
        from ..post_policy import PostPolicy

        self._check_bucket(bucket_name)
        check_length(length)
        if not 0 <= length <= MAX_PART_SIZE:
            raise InvalidSizeError(f"length must be from 0 to {MAX_PART_SIZE} bytes (5 GiB), not {length}")
        wanted = checked_list("entries", entries, PutObjectFanOutEntry)
        self._check_fan_out(sse)
        algorithm = check_checksum(checksum)
        credentials = self._credentials()
        if credentials is None:
            raise InvalidArgumentError("put_object_fan_out signs a form: the client needs keys")
        source = open_source(data, length)
        try:
            content = _joined(source.part(0, length))
        finally:
            source.close()
        region = self._region(bucket_name)
        now = datetime.fromtimestamp(self._session.now(), UTC)
        policy = _policy(PostPolicy(), bucket_name, wanted[0].key, now)
        for name, value in {**(sse.headers() if sse else {}), **_checksum_fields(content, algorithm)}.items():
            policy.add_equals_condition(name.lower(), value)
        fields = policy.fields(credentials.access_key, credentials.secret_key, credentials.session_token, region, now)
        return self._call(PutObjectFanOut(bucket_name, fields, wanted, content))

    def _check_fan_out(self, sse: Sse | None) -> None:
        check_sse(sse)
        if sse is not None and sse.tls_required() and not self._session.endpoint.secure:
            raise InvalidArgumentError("sse with a key must not be sent without TLS: make the client with secure=True")


def _joined(body: Body) -> bytes:
    return body if isinstance(body, bytes) else b"".join(bytes(chunk) for chunk in chunks(body))


def _policy(policy: PostPolicy, bucket_name: str, key: str, now: datetime) -> PostPolicy:
    policy.set_bucket_name(bucket_name)
    policy.set_key(key)
    policy.set_expires(now + _VALID)
    return policy


def _checksum_fields(content: bytes, algorithm: str | None) -> dict[str, str]:
    if algorithm is None or algorithm == "MD5":
        return {}
    return {"x-amz-checksum-algorithm": algorithm, **Payload(content, algorithm).headers}
