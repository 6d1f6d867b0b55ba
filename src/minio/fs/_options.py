"""The client of a file system, from storage options.

The names are those of this client, and those that programs pass to other file systems of S3: `endpoint_url`, `key`,
`secret`, `token`, `anon`, `use_ssl`, `client_kwargs` and `config_kwargs`. What is not given comes from the environment
and from the files of AWS and of `mc`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..aio import AsyncMinio
from ..credentials import (
    AWSConfigProvider,
    ChainedProvider,
    EnvAWSProvider,
    EnvMinioProvider,
    IamAwsProvider,
    MinioClientConfigProvider,
    Provider,
)
from ..error import InvalidArgumentError, InvalidArgumentTypeError

_AWS = "s3.amazonaws.com"
_ENDPOINTS = ("MINIO_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_REGIONS = ("MINIO_REGION", "AWS_REGION", "AWS_DEFAULT_REGION")
_CONTAINER = (
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
"""Variables which say that the credentials of the container can be fetched."""

_SAME = {
    "aws_access_key_id": "access_key",
    "aws_secret_access_key": "secret_key",
    "aws_session_token": "session_token",
    "region_name": "region",
    "use_ssl": "secure",
    "max_pool_connections": "max_connections",
}
"""The names of this client for names of botocore."""


@dataclass(frozen=True, slots=True)
class Connection:
    """The storage options that say where a file system is, and who asks."""

    endpoint: str | None = None
    key: str | None = None
    secret: str | None = None
    token: str | None = None
    anon: bool = False
    secure: bool | None = None
    region: str | None = None
    profile: str | None = None
    alias: str | None = None
    credentials: Provider | None = None
    client_kwargs: Mapping[str, Any] | None = None
    config_kwargs: Mapping[str, Any] | None = None

    def open(self) -> AsyncMinio:
        """Make the client. This sends no request.

        Raises:
            InvalidArgumentError: An option is invalid, or contradicts another one. The message names it.
        """
        options = {**_client_options(self.client_kwargs), **_config_options(self.config_kwargs)}
        virtual = options.pop("virtual", None)
        address = self.endpoint or options.pop("endpoint", None) or self._known_endpoint()
        secure = self.secure if self.secure is not None else options.pop("secure", None)
        host, secure = _split(address, secure)
        region = self.region or options.pop("region", None) or _variable(_REGIONS)
        options |= self._identity(options, host)
        made = AsyncMinio(host, secure=secure, region=region, **options)
        if virtual:
            made.enable_virtual_style_endpoint()
        return made

    def _known_endpoint(self) -> str:
        """Return the endpoint of the alias of `mc`, else that of the environment, else that of AWS."""
        if self.alias is not None:
            return _alias_url(self.alias)
        return _variable(_ENDPOINTS) or _AWS

    def _identity(self, options: dict[str, Any], host: str) -> dict[str, Any]:
        """Return the arguments of the client that say who asks."""
        given = {
            "access_key": self.key or options.pop("access_key", None),
            "secret_key": self.secret or options.pop("secret_key", None),
            "session_token": self.token or options.pop("session_token", None),
        }
        credentials = self.credentials or options.pop("credentials", None)
        if self.anon:
            return {}
        if credentials is not None:
            return {"credentials": credentials}
        if any(given.values()):
            return {name: value for name, value in given.items() if value}
        return {"credentials": self._providers(host)}

    def _providers(self, host: str) -> Provider:
        if self.profile is not None:
            return AWSConfigProvider(profile=self.profile)
        if self.alias is not None:
            return MinioClientConfigProvider(alias=self.alias)
        chain: list[Provider] = [
            EnvMinioProvider(),
            EnvAWSProvider(),
            AWSConfigProvider(),
            MinioClientConfigProvider(),
        ]
        # Elsewhere there is no metadata service, and the attempt would only take time.
        if host.endswith((".amazonaws.com", ".amazonaws.com.cn")) or _variable(_CONTAINER):
            chain.append(IamAwsProvider())
        return ChainedProvider(chain)


def _split(address: str, secure: bool | None) -> tuple[str, bool]:
    """Return the host with its port, and whether to use TLS, for a URL or a host."""
    if not isinstance(address, str):
        raise InvalidArgumentTypeError(f"endpoint must be a str, not {type(address).__name__}")
    if "://" not in address:
        return address, True if secure is None else secure
    url = urlsplit(address)
    if url.scheme not in ("http", "https") or url.path not in ("", "/") or url.query or url.fragment or "@" in address:
        raise InvalidArgumentError(f"endpoint_url must be http://host:port or https://host:port, not {address!r}")
    if secure is not None and secure is not (url.scheme == "https"):
        raise InvalidArgumentError(f"endpoint_url {address!r} contradicts secure={secure}")
    return url.netloc, url.scheme == "https"


def _client_options(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the arguments of the client for `client_kwargs`, which may have names of botocore."""
    options = {_SAME.get(name, name): value for name, value in (given or {}).items()}
    if "endpoint_url" in options:
        options["endpoint"] = options.pop("endpoint_url")
    verify = options.pop("verify", None)
    if isinstance(verify, (str, os.PathLike)):
        options["ca_certs"] = os.fspath(verify)
    elif verify is not None:
        options["cert_check"] = verify
    return options


def _config_options(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the arguments of the client for `config_kwargs`, which are settings of botocore's `Config`."""
    options: dict[str, Any] = {}
    for name, value in (given or {}).items():
        if name in ("connect_timeout", "read_timeout"):
            options[name] = value
        elif name in ("region_name", "max_pool_connections"):
            options[_SAME[name]] = value
        elif name == "retries" and isinstance(value, Mapping):
            tries = value.get("total_max_attempts", value.get("max_attempts", 0) + 1)
            options["retries"] = tries - 1
        elif name == "s3" and isinstance(value, Mapping) and set(value) <= {"addressing_style"}:
            options["virtual"] = value.get("addressing_style") == "virtual"
        elif name == "signature_version" and value == "s3v4":
            continue
        else:
            raise InvalidArgumentError(f"config_kwargs: {name}={value!r} is not supported")
    return options


def _variable(names: tuple[str, ...]) -> str | None:
    """Return the first environment variable that is set."""
    return next((value for name in names if (value := os.environ.get(name, "").strip())), None)


def _alias_url(alias: str) -> str:
    """Return the URL of an alias in mc's configuration.

    Raises:
        InvalidArgumentError: The file cannot be read, or has no such alias.
    """
    path = Path.home() / ("mc" if os.name == "nt" else ".mc") / "config.json"
    try:
        config = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(f"alias {alias!r}: {path} cannot be read: {type(error).__name__}") from None
    entry = (config.get("aliases") or config.get("hosts") or {}).get(alias) if isinstance(config, dict) else None
    if not isinstance(entry, dict) or not entry.get("url"):
        raise InvalidArgumentError(f"alias {alias!r} is not in {path}")
    return str(entry["url"])
