"""Calls for bucket configuration: tags, lifecycle, encryption, replication, CORS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._core.arguments import check_type
from ._backend import public_call
from ._subresources import AsyncSubresourceCalls

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from ..corsconfig import CORSConfig
    from ..lifecycleconfig import LifecycleConfig
    from ..replicationconfig import ReplicationConfig
    from ..sseconfig import SSEConfig
    from ..tagging import Tags


class AsyncBucketConfigCalls(AsyncSubresourceCalls):
    """Calls for bucket configuration."""

    @public_call
    async def get_bucket_cors(self, bucket_name: str, **options: Unpack[CallOptions]) -> CORSConfig | None:
        """Get the CORS rules of a bucket, which define the web pages that may use it from a browser.

        S3 operation: GetBucketCors.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The CORS rules, or None if there are none.

        Raises:
            InvalidResponseError: The document has an element that cannot be written back.
            ResponseError: The server returns an error.

        Example:
            >>> config = await client.get_bucket_cors("my-bucket")
        """
        from .._core.ops.subresources import CORS

        return await self._get_setting(CORS, bucket_name)

    @public_call
    async def set_bucket_cors(self, bucket_name: str, config: CORSConfig, **options: Unpack[CallOptions]) -> None:
        """Set the CORS rules of a bucket. They replace the existing rules.

        S3 operation: PutBucketCors.

        Args:
            bucket_name: The bucket.
            config: The CORS rules.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentTypeError: `config` is not a CORSConfig.
            ResponseError: The server returns an error.

        Example:
            >>> from minio.corsconfig import CORSConfig, Rule
            >>> rule = Rule(["https://example.com"], ["GET", "PUT"], allowed_headers=["*"], max_age_seconds=3600)
            >>> await client.set_bucket_cors("my-bucket", CORSConfig([rule]))
        """
        from .._core.ops.subresources import CORS

        await self._set_setting(CORS, config, bucket_name)

    @public_call
    async def delete_bucket_cors(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Delete the CORS rules of a bucket. Succeeds if none are set.

        S3 operation: DeleteBucketCors. On servers other than AWS GetBucketCors is sent first, because a server without
        this operation might delete the bucket instead.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.delete_bucket_cors("my-bucket")
        """
        from .._core.ops.subresources import CORS

        await self._delete_setting(CORS, bucket_name)

    @public_call
    async def get_bucket_encryption(self, bucket_name: str, **options: Unpack[CallOptions]) -> SSEConfig | None:
        """Get the default encryption of a bucket.

        S3 operation: GetBucketEncryption.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The configuration, or None if none is set.

        Raises:
            InvalidResponseError: The document has content that cannot be written back unchanged.
            ResponseError: The server returns an error.

        Example:
            >>> config = await client.get_bucket_encryption("my-bucket")
        """
        from .._core.ops.subresources import ENCRYPTION

        return await self._get_setting(ENCRYPTION, bucket_name)

    @public_call
    async def set_bucket_encryption(self, bucket_name: str, config: SSEConfig, **options: Unpack[CallOptions]) -> None:
        """Set the default encryption of a bucket.

        S3 operation: PutBucketEncryption.

        Args:
            bucket_name: The bucket.
            config: The configuration.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentTypeError: `config` is not an SSEConfig.
            ResponseError: The server returns an error.

        Example:
            >>> from minio.sseconfig import Rule, SSEConfig
            >>> await client.set_bucket_encryption("my-bucket", SSEConfig(Rule.new_sse_s3_rule()))
        """
        from .._core.ops.subresources import ENCRYPTION

        await self._set_setting(ENCRYPTION, config, bucket_name)

    @public_call
    async def delete_bucket_encryption(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Delete the default encryption of a bucket. Succeeds if none is set.

        S3 operation: DeleteBucketEncryption. On servers other than AWS GetBucketEncryption is sent first, because a
        server without this operation might delete the bucket instead.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.delete_bucket_encryption("my-bucket")
        """
        from .._core.ops.subresources import ENCRYPTION

        await self._delete_setting(ENCRYPTION, bucket_name)

    @public_call
    async def get_bucket_lifecycle(self, bucket_name: str, **options: Unpack[CallOptions]) -> LifecycleConfig | None:
        """Get the lifecycle rules of a bucket.

        S3 operation: GetBucketLifecycleConfiguration.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The configuration, or None if none is set.

        Raises:
            InvalidResponseError: The document has content that cannot be written back unchanged.
            ResponseError: The server returns an error.

        Example:
            >>> config = await client.get_bucket_lifecycle("my-bucket")
        """
        from .._core.ops.subresources import LIFECYCLE

        return await self._get_setting(LIFECYCLE, bucket_name)

    @public_call
    async def set_bucket_lifecycle(
        self, bucket_name: str, config: LifecycleConfig, **options: Unpack[CallOptions]
    ) -> None:
        """Set the lifecycle rules of a bucket.

        S3 operation: PutBucketLifecycleConfiguration.

        Args:
            bucket_name: The bucket.
            config: The configuration.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentTypeError: `config` is not a LifecycleConfig.
            ResponseError: The server returns an error.

        Example:
            >>> from minio.commonconfig import ENABLED, Filter
            >>> from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
            >>> rule = Rule(ENABLED, rule_filter=Filter(prefix="logs/"), expiration=Expiration(days=365))
            >>> await client.set_bucket_lifecycle("my-bucket", LifecycleConfig([rule]))
        """
        from .._core.ops.subresources import LIFECYCLE

        await self._set_setting(LIFECYCLE, config, bucket_name)

    @public_call
    async def delete_bucket_lifecycle(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Delete the lifecycle rules of a bucket. Succeeds if none are set.

        S3 operation: DeleteBucketLifecycle. On servers other than AWS GetBucketLifecycleConfiguration is sent first,
        because a server without this operation might delete the bucket instead.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.delete_bucket_lifecycle("my-bucket")
        """
        from .._core.ops.subresources import LIFECYCLE

        await self._delete_setting(LIFECYCLE, bucket_name)

    @public_call
    async def get_bucket_replication(
        self, bucket_name: str, **options: Unpack[CallOptions]
    ) -> ReplicationConfig | None:
        """Get the replication rules of a bucket.

        S3 operation: GetBucketReplication.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The configuration, or None if none is set.

        Raises:
            InvalidResponseError: The document has content that cannot be written back unchanged.
            ResponseError: The server returns an error.

        Example:
            >>> config = await client.get_bucket_replication("my-bucket")  # doctest: +SKIP
        """
        from .._core.ops.subresources import REPLICATION

        return await self._get_setting(REPLICATION, bucket_name)

    @public_call
    async def set_bucket_replication(
        self, bucket_name: str, config: ReplicationConfig, **options: Unpack[CallOptions]
    ) -> None:
        """Set the replication rules of a bucket.

        S3 operation: PutBucketReplication.

        Args:
            bucket_name: The bucket.
            config: The configuration.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentTypeError: `config` is not a ReplicationConfig.
            ResponseError: The server returns an error.

        Example:
            >>> config = await client.get_bucket_replication("other-bucket")  # doctest: +SKIP
            >>> if config is not None:  # doctest: +SKIP
            ...     await client.set_bucket_replication("my-bucket", config)
        """
        from .._core.ops.subresources import REPLICATION

        await self._set_setting(REPLICATION, config, bucket_name)

    @public_call
    async def delete_bucket_replication(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Delete the replication rules of a bucket. Succeeds if none are set.

        S3 operation: DeleteBucketReplication. On servers other than AWS GetBucketReplication is sent first, because a
        server without this operation might delete the bucket instead.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.delete_bucket_replication("my-bucket")  # doctest: +SKIP
        """
        from .._core.ops.subresources import REPLICATION

        await self._delete_setting(REPLICATION, bucket_name)

    @public_call
    async def get_bucket_tags(self, bucket_name: str, **options: Unpack[CallOptions]) -> Tags | None:
        """Get a bucket's tags.

        S3 operation: GetBucketTagging.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            The tags as a dict, or None if there are none.

        Raises:
            InvalidResponseError: The document has content that cannot be written back unchanged.
            ResponseError: The server returns an error.

        Example:
            >>> tags = await client.get_bucket_tags("my-bucket")
        """
        from .._core.ops.subresources import BUCKET_TAGGING

        found = await self._get_setting(BUCKET_TAGGING, bucket_name)
        return found.tags if found is not None else None

    @public_call
    async def set_bucket_tags(self, bucket_name: str, tags: Tags, **options: Unpack[CallOptions]) -> None:
        """Set a bucket's tags.

        S3 operation: PutBucketTagging.

        Args:
            bucket_name: The bucket.
            tags: The tags.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            InvalidArgumentTypeError: `tags` is not a Tags.
            ResponseError: The server returns an error.

        Example:
            >>> from minio.commonconfig import Tags
            >>> tags = Tags.new_bucket_tags()
            >>> tags["project"] = "one"
            >>> await client.set_bucket_tags("my-bucket", tags)
        """
        from .._core.ops.subresources import BUCKET_TAGGING
        from ..tagging import Tagging, Tags

        check_type("tags", tags, Tags)
        await self._set_setting(BUCKET_TAGGING, Tagging(tags), bucket_name)

    @public_call
    async def delete_bucket_tags(self, bucket_name: str, **options: Unpack[CallOptions]) -> None:
        """Delete a bucket's tags. Succeeds if none are set.

        S3 operation: DeleteBucketTagging. On servers other than AWS GetBucketTagging is sent first, because a server
        without this operation might delete the bucket instead.

        Args:
            bucket_name: The bucket.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Raises:
            ResponseError: The server returns an error.

        Example:
            >>> await client.delete_bucket_tags("my-bucket")
        """
        from .._core.ops.subresources import BUCKET_TAGGING

        await self._delete_setting(BUCKET_TAGGING, bucket_name)
