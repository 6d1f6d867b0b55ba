"""Calls for bucket notifications: their configuration, and listening to events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from .._core.arguments import optional_text
from .._core.engine.call_options import takes_options
from ..error import InvalidArgumentError, InvalidArgumentTypeError, MethodNotAllowed, S3Error
from ._backend import public_call
from ._subresources import AsyncSubresourceCalls

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from .._core.transfer.aio.events import AsyncEventIterable
    from ..notificationconfig import NotificationConfig


_EVENTS = ("s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectAccessed:*")


class AsyncNotificationCalls(AsyncSubresourceCalls):
    """Calls for bucket notifications."""

    @public_call
    async def get_bucket_notification(self, bucket_name: str, **options: Unpack[CallOptions]) -> NotificationConfig:
        """Get the notification targets of a bucket.

        S3 operation: GetBucketNotificationConfiguration.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            A dict that `set_bucket_notification` accepts, or {} if there are no targets. It also has the list
            attributes `queue_config_list`, `topic_config_list` and `cloud_func_config_list`.

        Raises:
            InvalidResponseError: The document has content that cannot be written back unchanged.
            ResponseError: The server returns an error.

        Example:
            >>> await client.get_bucket_notification("my-bucket")
            {}
        """
        from .._core.ops.subresources import NOTIFICATION
        from ..notificationconfig import NotificationConfig

        return await self._get_setting(NOTIFICATION, bucket_name) or NotificationConfig()

    @public_call
    async def set_bucket_notification(
        self,
        bucket_name: str,
        config: NotificationConfig | Mapping[str, Any] | None = None,
        *,
        notification: NotificationConfig | Mapping[str, Any] | None = None,
        notifications: NotificationConfig | Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> None:
        """Set the notification targets of a bucket.

        S3 operation: PutBucketNotificationConfiguration.

        Args:
            bucket_name: The bucket.
            config: A NotificationConfig, or a dict with TopicConfigurations, QueueConfigurations and
                CloudFunctionConfigurations. EventBridgeConfiguration with an empty dict enables Amazon EventBridge.
            notification: The documented API's name for `config`.
            notifications: Another name for `config`.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentError: The configuration is empty or invalid; the message names the place.
            InvalidArgumentTypeError: The configuration is not a dict.
            ResponseError: The server returns an error.

        Example:
            >>> await client.set_bucket_notification(  # doctest: +SKIP
            ...     "my-bucket",
            ...     {"QueueConfigurations": [{"Arn": "arn:minio:sqs::1:webhook", "Events": ["s3:ObjectCreated:*"]}]},
            ... )
        """
        from .._core.ops.subresources import NOTIFICATION
        from ..notificationconfig import check_notification

        self._check_bucket(bucket_name)
        self._check_bucket(bucket_name)
        given = [item for item in (config, notification, notifications) if item is not None]
        checked = check_notification(given[0] if given else None)
        await self._set_setting(NOTIFICATION, checked, bucket_name)

    @public_call
    async def remove_all_bucket_notification(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Remove all notification targets of a bucket.

        S3 operation: PutBucketNotificationConfiguration with an empty configuration. For servers that reject one
        (Ceph), a DELETE request for the configuration.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.remove_all_bucket_notification("my-bucket")  # doctest: +SKIP
        """
        from .._core.ops.subresources import NOTIFICATION
        from ..notificationconfig import NotificationConfig

        try:
            await self._set_setting(NOTIFICATION, NotificationConfig(), bucket_name)
        except S3Error as error:
            if error.status != 400:
                raise
            await self._clear_notification(bucket_name, error)

    async def _clear_notification(self, bucket_name: str, first: S3Error) -> None:
        from .._core.ops.subresources import NOTIFICATION

        try:
            await self._delete_setting(NOTIFICATION, bucket_name)
        except MethodNotAllowed:
            raise first from None

    @public_call
    async def delete_bucket_notification(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Remove all notification targets of a bucket. This is 7.2's name for `remove_all_bucket_notification`.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.delete_bucket_notification("my-bucket")  # doctest: +SKIP
        """
        await self.remove_all_bucket_notification(bucket_name)

    @takes_options
    def listen_bucket_notification(
        self,
        bucket_name: str,
        prefix: str | None = "",
        suffix: str | None = "",
        events: Sequence[str] = _EVENTS,
        **options: Unpack[CallOptions],
    ) -> AsyncEventIterable:
        """Listen to a bucket's events as they happen. A MinIO extension; other servers reject it.

        S3 operation: MinIO's ListenBucketNotification. A lost connection is reopened after increasing pauses. Events in
        the meantime are lost.

        Args:
            bucket_name: The bucket.
            prefix: Only events of objects whose names start with this prefix.
            suffix: Only events of objects whose names end with this suffix.
            events: Only events of these types.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An iterator of dicts `{"Records": [...]}`. It is also a context manager that stops it. `close()` stops it
            too, from any thread.

        Raises:
            InvalidArgumentError: An argument is invalid, or the server is AWS, which has no such call.
            ResponseError: The server returns an error (raised during iteration).

        Example:
            >>> async with client.listen_bucket_notification("my-bucket") as events:  # doctest: +SKIP
            ...     async for event in events:
            ...         print(event["Records"][0]["s3"]["object"]["key"])
        """
        from .._core.ops.events import ListenNotification
        from .._core.transfer.aio.events import AsyncEventIterable

        self._check_bucket(bucket_name)
        if self._session.endpoint.aws:
            raise InvalidArgumentError("listen_bucket_notification is MinIO's own: endpoint is AWS, which has it not")
        if (
            isinstance(events, (str, bytes))
            or not isinstance(events, Collection)
            or not all(isinstance(event, str) for event in events)
        ):
            raise InvalidArgumentTypeError("events must be a list of str")
        operation = ListenNotification(
            bucket_name,
            optional_text("prefix", prefix),
            optional_text("suffix", suffix),
            tuple(optional_text("events", event) for event in events),
        )
        return AsyncEventIterable(lambda scope: self._call(operation, scope), self._session.retry)
