"""Ways to create a client whose address and keys are configured elsewhere."""

from __future__ import annotations

from typing import Any, Self

from .._core.arguments import check_filled
from .._core.public import class_function
from ._base import AsyncBase


class AsyncConfigured(AsyncBase):
    """Clients from the environment, and from the configuration of the MinIO client `mc`."""

    @class_function
    def from_env(cls, **options: Any) -> Self:
        """Create a client from environment variables, which are read once. An empty variable counts as not set.

        * The endpoint: MINIO_ENDPOINT, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, as `host:port` or with a scheme. With
          the keys of AWS only, it is that of AWS.
        * HTTPS or not, if MINIO_ENDPOINT has no scheme: MINIO_SECURE, "true" or "false". The default is HTTPS.
        * The keys: MINIO_ACCESS_KEY and MINIO_SECRET_KEY (with MINIO_SESSION_TOKEN), MINIO_ROOT_USER and
          MINIO_ROOT_PASSWORD, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (with AWS_SESSION_TOKEN). Otherwise
          AWS_PROFILE names a profile in the files of AWS, or the variables of ECS and EKS name a role.
        * The region: MINIO_REGION, AWS_REGION or AWS_DEFAULT_REGION.

        Args:
            options: Arguments of the constructor, which take precedence over the environment.

        Returns:
            A client.

        Raises:
            InvalidArgumentError: There is no endpoint or there are no keys; the message names the variables.

        Example:
            >>> client = AsyncMinio.from_env(retries=2)
        """
        import os

        from ..credentials._addresses import environment_options

        return cls(**environment_options(os.environ, options))

    @class_function
    def from_alias(cls, alias: str, filename: str | None = None, **options: Any) -> Self:
        """Create a client for an alias of the MinIO client `mc`, as `mc alias set` stores it.

        The keys are read again when the file changes. An alias without keys makes an anonymous client. As with `mc`,
        the environment variable MC_HOST_name defines an alias that is not in the file.

        Args:
            alias: The name of the alias.
            filename: The configuration file. By default config.json in MC_CONFIG_DIR or ~/.mc (on Windows ~/mc).
            options: Arguments of the constructor, which take precedence over the alias.

        Returns:
            A client.

        Raises:
            InvalidArgumentError: The alias does not exist, or its entry cannot be used.

        Example:
            >>> client = AsyncMinio.from_alias("local")
        """
        from ..credentials._addresses import alias_options

        check_filled("alias", alias)
        found = alias_options(alias, filename, options)
        virtual = found.pop("virtual")
        client = cls(**found)
        if virtual:
            client.enable_virtual_style_endpoint()
        return client
