"""Calls on bucket notifications: their configuration, and listening to events as they happen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._core.wire import xml
from ..error import InvalidArgumentError, InvalidArgumentTypeError, MethodNotAllowed, S3Error
from ..helpers import check_text
from ._base import AsyncBase

if TYPE_CHECKING:
    from .._core.transfer.task_events import AsyncEventIterable
    from ..notificationconfig import NotificationConfig


_EVENTS = ("s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectAccessed:*")


class AsyncNotificationCalls(AsyncBase):
    """Calls on bucket notifications."""

    async def get_bucket_notification(self, bucket_name: str) -> NotificationConfig:
        """Get where a bucket's events are sent.

        S3 operation: GetBucketNotificationConfiguration.

        Args:
            bucket_name: The bucket.

        Returns:
            A dict as `set_bucket_notification` takes it, {} if there is none; also with the lists
            `queue_config_list`, `topic_config_list` and `cloud_func_config_list`.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> await client.get_bucket_notification("my-bucket")
            {}
        """
        from .._core.ops.config import GetNotification

        self._check_bucket(bucket_name)
        return await self._call(GetNotification(bucket_name))

    async def set_bucket_notification(
        self,
        bucket_name: str,
        config: NotificationConfig | Mapping[str, Any] | None = None,
        *,
        notification: NotificationConfig | Mapping[str, Any] | None = None,
        notifications: NotificationConfig | Mapping[str, Any] | None = None,
    ) -> None:
        """Set where a bucket's events are sent.

        S3 operation: PutBucketNotificationConfiguration.

        Args:
            bucket_name: The bucket.
            config: The configuration: a NotificationConfig, or a dict of TopicConfigurations, QueueConfigurations
                and CloudFunctionConfigurations.
            notification: The documented API's name for `config`.
            notifications: Another name for `config`.

        Raises:
            InvalidArgumentError: It is empty or has a fault; the message names the place.
            InvalidArgumentTypeError: It is no dict.
            ResponseError: The server refuses.

        Example:
            >>> await client.set_bucket_notification(  # doctest: +SKIP
            ...     "my-bucket",
            ...     {"QueueConfigurations": [{"Arn": "arn:minio:sqs::1:webhook", "Events": ["s3:ObjectCreated:*"]}]},
            ... )
        """
        from .._core.ops.config import PutConfig
        from ..notificationconfig import check_notification

        self._check_bucket(bucket_name)
        given = [item for item in (config, notification, notifications) if item is not None]
        checked = check_notification(given[0] if given else None)
        await self._call(PutConfig("notification", bucket_name, xml.render(checked.toxml())))

    async def remove_all_bucket_notification(self, bucket_name: str) -> None:
        """Send a bucket's events nowhere any more.

        S3 operation: PutBucketNotificationConfiguration with an empty configuration; on servers that refuse one
        (Ceph) a DELETE of the configuration.

        Args:
            bucket_name: The bucket.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> await client.remove_all_bucket_notification("my-bucket")  # doctest: +SKIP
        """
        from .._core.ops.config import PutConfig
        from ..notificationconfig import NotificationConfig

        self._check_bucket(bucket_name)
        try:
            await self._call(PutConfig("notification", bucket_name, xml.render(NotificationConfig().toxml())))
        except S3Error as error:
            if error.status != 400:
                raise
            await self._clear_notification(bucket_name, error)

    async def _clear_notification(self, bucket_name: str, first: S3Error) -> None:
        from .._core.ops.config import DeleteConfig

        try:
            await self._call(DeleteConfig("notification", bucket_name))
        except MethodNotAllowed:
            raise first from None

    async def delete_bucket_notification(self, bucket_name: str) -> None:
        """Send a bucket's events nowhere any more: 7.2's name for `remove_all_bucket_notification`.

        Args:
            bucket_name: The bucket.

        Raises:
            ResponseError: The server refuses.

        Example:
            >>> await client.delete_bucket_notification("my-bucket")  # doctest: +SKIP
        """
        await self.remove_all_bucket_notification(bucket_name)

    def listen_bucket_notification(
        self,
        bucket_name: str,
        prefix: str | None = "",
        suffix: str | None = "",
        events: Sequence[str] = _EVENTS,
    ) -> AsyncEventIterable:
        """Listen to a bucket's events as they happen. MinIO's extension: other servers refuse it.

        S3 operation: MinIO's ListenBucketNotification. A lost connection is replaced, with pauses that grow; events
        of the time between are lost.

        Args:
            bucket_name: The bucket.
            prefix: Only of objects whose names begin so.
            suffix: Only of objects whose names end so.
            events: Only of these kinds.

        Returns:
            An iterator of dicts `{"Records": [...]}`, and a context manager that ends it; `close()` ends it too,
            from any thread.

        Raises:
            InvalidArgumentError: An argument is wrong, or the server is AWS, which has no such call.
            ResponseError: The server refuses (when iterated).

        Example:
            >>> async with client.listen_bucket_notification("my-bucket") as events:  # doctest: +SKIP
            ...     async for event in events:
            ...         print(event["Records"][0]["s3"]["object"]["key"])
        """
        from .._core.ops.events import ListenNotification
        from .._core.transfer.task_events import AsyncEventIterable

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
            bucket_name, check_text("prefix", prefix), check_text("suffix", suffix), tuple(events)
        )
        return AsyncEventIterable(lambda scope: self._call(operation, scope), self._session.retry)
