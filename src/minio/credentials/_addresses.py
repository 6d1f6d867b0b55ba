"""The address and the keys of a server, from the environment or from the configuration of the MinIO client ``mc``.

``Minio.from_env``, ``Minio.from_alias`` and the storage options of ``minio.fs`` all come here. Both functions return
keyword arguments of the client.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from .._core.exceptions import InvalidArgumentError
from .._core.wire.endpoint import parse_address
from ._base import Provider
from ._files import AWSConfigProvider, MinioClientConfigProvider, read_alias
from ._static import ChainedProvider

_KEYS = (
    ("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", "MINIO_SESSION_TOKEN"),
    ("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", ""),
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)
"""The variables of an access key, a secret key and a session token. The first pair that is set is used."""
_ENDPOINTS = ("MINIO_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_REGIONS = ("MINIO_REGION", "AWS_REGION", "AWS_DEFAULT_REGION")
_AWS_ROLES = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_AWS = "s3.amazonaws.com"
_KEY_OPTIONS = frozenset({"access_key", "secret_key", "session_token", "credentials"})
"""The arguments of a client that are keys. If the caller gives one of them, all others are the caller's as well."""
_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def environment_options(
    environ: Mapping[str, str], given: Mapping[str, Any], otherwise: Callable[[str], Provider] | None = None
) -> dict[str, Any]:
    """Return the options of a client: what the caller has given, and the rest from environment variables.

    An empty variable counts as not set.

    Args:
        environ: The environment variables.
        given: The options that the caller has given.
        otherwise: Returns the credentials provider for an endpoint if no variable has keys.

    Raises:
        InvalidArgumentError: There is no address or there are no keys, or a variable is invalid. The message names the
            variables.
    """
    found = {name: value.strip() for name, value in environ.items() if value.strip()}
    needs_keys = not given.keys() & _KEY_OPTIONS
    options = _keys(found) if needs_keys else {}
    if "endpoint" not in given:
        options.update(_endpoint(found, options.get("access_key") not in (None, found.get("AWS_ACCESS_KEY_ID"))))
    if needs_keys and not options.keys() & _KEY_OPTIONS:
        if otherwise is None:
            pairs = ", or ".join(f"{access} and {secret}" for access, secret, _ in _KEYS)
            raise InvalidArgumentError(f"no credentials found: set {pairs}, or AWS_PROFILE")
        options["credentials"] = otherwise(given.get("endpoint") or options["endpoint"])
    return {"region": _first(found, _REGIONS), **options, **given}


def files_provider(endpoint: str) -> Provider:
    """Return the provider that reads the files of AWS and of ``mc``, and on AWS asks for the role of the machine."""
    from ._aws import IamAwsProvider

    chain: list[Provider] = [AWSConfigProvider(), MinioClientConfigProvider()]
    # Elsewhere there is no metadata service, and the attempt would only take time.
    if parse_address("endpoint", endpoint, secure=True, explicit=False).aws:
        chain.append(IamAwsProvider())
    return ChainedProvider(chain)


def _endpoint(found: Mapping[str, str], needed: bool) -> dict[str, Any]:
    endpoint = _first(found, _ENDPOINTS)
    if endpoint is None and needed:
        raise InvalidArgumentError(f"no endpoint found: set {', '.join(_ENDPOINTS[:-1])} or {_ENDPOINTS[-1]}")
    if "MINIO_ENDPOINT" in found and "MINIO_SECURE" in found:
        return {"endpoint": endpoint, "secure": _flag("MINIO_SECURE", found["MINIO_SECURE"])}
    return {"endpoint": endpoint or _AWS}


def _first(found: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((found[name] for name in names if name in found), None)


def _keys(found: Mapping[str, str]) -> dict[str, Any]:
    """Return the keys from these variables, or nothing if they are not set."""
    for access, secret, token in _KEYS:
        if access in found and secret in found:
            return {
                "access_key": found[access],
                "secret_key": found[secret],
                "session_token": found.get(token),
            }
        if access in found or secret in found:
            missing = secret if access in found else access
            raise InvalidArgumentError(f"no credentials found: the environment variable {missing} is not set")
    if "AWS_PROFILE" in found:
        return {"credentials": AWSConfigProvider()}
    if any(name in found for name in _AWS_ROLES):
        from ._aws import IamAwsProvider

        return {"credentials": IamAwsProvider()}
    return {}


def _flag(name: str, text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise InvalidArgumentError(f"the environment variable {name} must be true or false, not {text!r}")
    return _FLAGS[text.lower()]


def alias_options(
    alias: str, filename: str | None, given: Mapping[str, Any], environment_first: bool = False
) -> dict[str, Any]:
    """Return the options of a client: what the caller has given, and the rest from an alias of ``mc``.

    The option `virtual` says whether buckets are a part of the host's name.

    Args:
        alias: The name of the alias.
        filename: The configuration file, or None for that of mc.
        given: The options that the caller has given.
        environment_first: Whether the environment variable is used even if the file has the alias.

    Raises:
        InvalidArgumentError: The alias does not exist, or its entry cannot be used.
    """
    variable = f"MC_HOST_{alias}"
    entry = None if environment_first and os.environ.get(variable) else read_alias(alias, filename)
    if entry is None:
        if not os.environ.get(variable):
            raise InvalidArgumentError(f"alias {alias!r} is in no configuration file of mc, and {variable} is not set")
        options = _host_options(variable, os.environ[variable])
    else:
        options = _entry_options(alias, filename, entry)
    keys = given.keys() & _KEY_OPTIONS
    return {**{name: value for name, value in options.items() if not keys or name not in _KEY_OPTIONS}, **given}


def _entry_options(alias: str, filename: str | None, entry: Mapping[str, Any]) -> dict[str, Any]:
    url = entry.get("url")
    if not isinstance(url, str) or not url:
        raise InvalidArgumentError(f"alias {alias!r} has no url")
    if str(entry.get("api") or "S3v4").lower() != "s3v4":
        raise InvalidArgumentError(f"alias {alias!r} uses signatures of version 2, which this client does not support")
    options: dict[str, Any] = {"endpoint": url, "virtual": entry.get("path") == "off"}
    if entry.get("accessKey") or entry.get("secretKey"):
        options["credentials"] = MinioClientConfigProvider(filename, alias)
    return options


def _host_options(variable: str, text: str) -> dict[str, Any]:
    """Read a URL with keys, as in MC_HOST_name. mc decodes none of its parts, so keys may contain any character."""
    scheme, mark, rest = text.partition("://")
    keys, at, host = rest.rpartition("@")
    access, _, others = keys.partition(":")
    secret, _, token = others.partition(":")
    if not (mark and host) or (at and not (access and secret)):
        raise InvalidArgumentError(f"the environment variable {variable} must be like https://access:secret@host")
    options: dict[str, Any] = {"endpoint": f"{scheme}://{host}", "virtual": False}
    if at:
        options.update(access_key=access, secret_key=secret, session_token=token or None)
    return options
