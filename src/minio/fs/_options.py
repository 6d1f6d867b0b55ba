"""The client of a file system, from storage options.

The names are those of this client, and those that programs pass to other file systems of S3: `endpoint_url`, `key`,
`secret`, `token`, `anon`, `use_ssl`, `client_kwargs` and `config_kwargs`. What is not given comes from an alias of
`mc`, as `Minio.from_alias` reads it, or from the environment, as `Minio.from_env` reads it. If no variable has keys,
the files of AWS and of `mc` are read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..aio import AsyncMinio
from ..credentials import AWSConfigProvider, Provider
from ..credentials._addresses import alias_options, environment_options, files_provider
from ..error import InvalidArgumentError

_IDENTITY = ("credentials", "access_key", "secret_key", "session_token")
"""The arguments of the client that say who asks."""

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
        given = self._given()
        if self.alias is not None:
            options = alias_options(self.alias, None, given)
        else:
            options = environment_options(os.environ, given, files_provider)
        virtual = options.pop("virtual", False)
        made = AsyncMinio(**options)
        if virtual:
            made.enable_virtual_style_endpoint()
        return made

    def _given(self) -> dict[str, Any]:
        """Return the arguments of the client that are given. Those of this class precede those of `client_kwargs`."""
        options = {**_client_options(self.client_kwargs), **_config_options(self.config_kwargs)}
        own = {
            "endpoint": self.endpoint,
            "secure": self.secure,
            "region": self.region,
            "credentials": self.credentials,
            "access_key": self.key,
            "secret_key": self.secret,
            "session_token": self.token,
        }
        for name, value in own.items():
            chosen = value if value not in (None, "") else options.pop(name, None)
            if chosen not in (None, ""):
                options[name] = chosen
        return options | self._identity(options)

    def _identity(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the credentials that `anon` and `profile` ask for, if they do."""
        if self.anon:
            for name in _IDENTITY:
                options.pop(name, None)
            return {"credentials": None}
        if self.profile is not None and not any(name in options for name in _IDENTITY):
            return {"credentials": AWSConfigProvider(profile=self.profile)}
        return {}


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
