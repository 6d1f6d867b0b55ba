"""Which server an address means, and with which keys.

The laws:

* For an alias: flags, then `MC_HOST_<alias>`, then the configuration of mc.
* For `s3://`: flags, then environment variables, then `default_alias`, then the profile of AWS, then the role of the
  machine, which is asked for AWS only.
* Keys of AWS_* without an endpoint go where the profile of AWS leads, as with the programs of AWS. The profile is not
  read if flags or variables say it all.
* Keys go to the server that they belong to: keys of AWS_* never go to MINIO_ENDPOINT if there are keys of MINIO_*.
* Nothing is anonymous without --no-sign-request.

The lookups themselves are those of `Minio.from_env` and `Minio.from_alias`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from .errors import NoCredentials, UsageProblem

if TYPE_CHECKING:
    from minio.credentials import Provider
    from minio.sync import Minio

    from .lean import LeanClient

C = TypeVar("C", "Minio", "LeanClient")
_Profile: TypeAlias = tuple[str, dict[str, str]]
"""The name of a profile of AWS, and its settings."""

_AWS = "https://s3.amazonaws.com"
_AWS_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_MINIO_KEYS = ("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", "MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD")
_AWS_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "S3_ENDPOINT_URL")
_IGNORE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
"""The variable by which programs of AWS ignore their endpoints in variables and in profiles."""
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION", "MINIO_REGION")
_ROLES = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)

_NO_PROFILE: _Profile = ("", {})


@dataclass(frozen=True, slots=True)
class Wishes:
    """What flags say about connections."""

    endpoint_url: str | None = None
    profile: str | None = None
    region: str | None = None
    no_sign_request: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a server.

    Args:
        endpoint: Its URL, or `host:port`.
        options: Further arguments of the client: keys or a provider, the region.
        virtual: Whether buckets are a part of the host's name.
        sources: Where the endpoint, the keys and the region come from, in words.
    """

    endpoint: str
    options: Mapping[str, Any] = field(repr=False)
    virtual: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)

    def client(self, **more: Any) -> Minio:
        """Return a client. It sends no request yet."""
        from minio.sync import Minio

        return self._made(Minio, more)

    def reader(self, **more: Any) -> LeanClient:
        """Return a client that only lists and reads, which is imported faster."""
        from .lean import LeanClient

        return self._made(LeanClient, more)

    def _made(self, kind: type[C], more: Mapping[str, Any]) -> C:
        made = kind(self.endpoint, **{**self.options, **more})
        if self.virtual:
            made.enable_virtual_style_endpoint()
        return made


def resolve(alias: str | None, wishes: Wishes, default_alias: str | None = None) -> Connection:
    """Return the connection for an alias, or for `s3://` if there is none.

    Raises:
        UsageProblem: The configuration is wrong.
        NoCredentials: There are no keys.
    """
    if alias is not None:
        return _of_alias(alias, wishes)
    environ = _environ()
    if wishes.no_sign_request:
        return _anonymous(wishes, environ, default_alias)
    if wishes.profile:
        return _of_profile(wishes, environ)
    if any(name in environ for name in (*_AWS_KEYS, *_MINIO_KEYS)):
        return _of_environment(wishes, environ)
    endpoint, _ = _endpoint(wishes, environ)
    if default_alias and endpoint is None:
        return _of_alias(default_alias, wishes)
    return _of_profile(wishes, environ)


def _environ() -> dict[str, str]:
    """Return the environment variables that are set, without the endpoints that `_IGNORE` is about."""
    environ = {name: value.strip() for name, value in os.environ.items() if value.strip()}
    return _without(environ, _AWS_ENDPOINTS[:2]) if _is_true(environ.get(_IGNORE)) else environ


def _of_alias(alias: str, wishes: Wishes) -> Connection:
    from minio.credentials._addresses import alias_options
    from minio.error import InvalidArgumentError

    variable = f"MC_HOST_{alias}"
    given = {name: value for name, value in _given(wishes).items() if value is not None}
    try:
        options = alias_options(alias, None, given, environment_first=True)
    except InvalidArgumentError as error:
        raise UsageProblem(str(error), f"mio alias set {alias} URL") from error
    where = variable if os.environ.get(variable) else _shown_path()
    endpoint, virtual = options.pop("endpoint"), options.pop("virtual")
    sources = _sources(wishes, where, where, where if options.get("region") else "")
    if wishes.no_sign_request:
        return Connection(endpoint, _without_keys(options), virtual, {**sources, "keys": "none (--no-sign-request)"})
    if not options.get("credentials") and not options.get("access_key"):
        raise NoCredentials(f"alias {alias} has no keys", f"use `mio alias set {alias} URL`, or --no-sign-request")
    return Connection(endpoint, options, virtual, sources)


def _of_environment(wishes: Wishes, environ: Mapping[str, str]) -> Connection:
    from minio.credentials._addresses import environment_options
    from minio.error import InvalidArgumentError

    of_aws = any(name in environ for name in _AWS_KEYS)
    chosen = _without(environ, _MINIO_KEYS if of_aws else _AWS_KEYS)
    endpoint, source = _endpoint(wishes, environ, of_aws)
    profile = _profile(wishes, environ) if endpoint is None and of_aws else _NO_PROFILE
    found = _server(wishes, environ, endpoint, source, profile)
    given: dict[str, Any] = {"region": found.region}
    if source != "MINIO_ENDPOINT" and (of_aws or endpoint is not None):
        given["endpoint"] = found.endpoint or _AWS
    try:
        options = environment_options(chosen, {name: value for name, value in given.items() if value is not None})
    except InvalidArgumentError as error:
        raise NoCredentials(str(error)) from error
    keys = "AWS_ACCESS_KEY_ID" if of_aws else next(name for name in _MINIO_KEYS if name in environ)
    return Connection(options.pop("endpoint"), options, False, found.sources(wishes, keys))


def _endpoint(wishes: Wishes, environ: Mapping[str, str], of_aws: bool = True) -> tuple[str | None, str]:
    """Return the endpoint of `s3://` and its source, or None.

    Raises:
        UsageProblem: It contains a user and a password, which messages would show.
    """
    endpoint, source = _found_endpoint(wishes, environ, of_aws)
    if endpoint is not None and "@" in endpoint:
        raise UsageProblem(
            f"{source} must have no user and no password", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    return endpoint, source


def _found_endpoint(wishes: Wishes, environ: Mapping[str, str], of_aws: bool) -> tuple[str | None, str]:
    if wishes.endpoint_url:
        return wishes.endpoint_url, "--endpoint-url"
    if not of_aws and "MINIO_ENDPOINT" in environ:
        return environ["MINIO_ENDPOINT"], "MINIO_ENDPOINT"
    for name in _AWS_ENDPOINTS:
        if name in environ:
            return environ[name], name
    # Keys of AWS go to the server of MINIO_ENDPOINT only if that has none of its own.
    if "MINIO_ENDPOINT" in environ and not any(name in environ for name in _MINIO_KEYS):
        return environ["MINIO_ENDPOINT"], "MINIO_ENDPOINT"
    return None, ""


def _of_profile(wishes: Wishes, environ: Mapping[str, str]) -> Connection:
    from minio.credentials._files import AWSConfigProvider

    name, settings = _profile(wishes, environ)
    found = _server(wishes, environ, *_endpoint(wishes, environ), (name, settings))
    endpoint, sources = found.endpoint, found.sources(wishes, _profile_source(name))
    options: dict[str, Any] = {"region": found.region}
    if any(key in settings for key in ("aws_access_key_id", "credential_process")):
        options["credentials"] = _ready(AWSConfigProvider(profile=name))
        return Connection(endpoint or _AWS, options, False, sources)
    if any(key.startswith(("sso_", "role_arn", "source_profile")) for key in settings):
        raise NoCredentials(
            f"the AWS profile {name!r} gets its keys by SSO or from a role",
            f"put `credential_process = aws configure export-credentials --profile {name} --format process` into "
            "another profile of ~/.aws/config",
        )
    return _of_machine(endpoint, options, environ, sources)


def _profile(wishes: Wishes, environ: Mapping[str, str]) -> _Profile:
    """Return the name of the AWS profile and its settings.

    Raises:
        UsageProblem: It is named and does not exist, or a file cannot be read.
    """
    from minio.credentials._files import profile_settings
    from minio.error import InvalidArgumentError

    name = wishes.profile or environ.get("AWS_PROFILE") or "default"
    try:
        settings = profile_settings(name)
    except InvalidArgumentError as error:
        raise UsageProblem(str(error)) from error
    if not settings and (wishes.profile or "AWS_PROFILE" in environ):
        raise UsageProblem(f"the AWS profile {name!r} does not exist", "aws configure list-profiles")
    ignores = _is_true(environ.get(_IGNORE) or settings.get("ignore_configured_endpoint_urls"))
    return name, _without(settings, ("endpoint_url",)) if ignores else settings


def _profile_source(name: str) -> str:
    """Return how a profile is called as a source."""
    return f"AWS profile {name}"


@dataclass(frozen=True, slots=True)
class _Server:
    """The endpoint and the region of `s3://`, if they are known, and where they come from."""

    endpoint: str | None
    region: str | None
    endpoint_source: str
    region_source: str

    def sources(self, wishes: Wishes, keys: str) -> dict[str, str]:
        """Return where all comes from, in words."""
        return _sources(wishes, self.endpoint_source or "AWS", keys, self.region_source)


def _server(
    wishes: Wishes, environ: Mapping[str, str], endpoint: str | None, source: str, profile: _Profile
) -> _Server:
    """Return an endpoint and a region: what flags and variables do not say is that of a profile."""
    name, settings = profile
    if endpoint is None and "endpoint_url" in settings:
        endpoint, source = settings["endpoint_url"], _profile_source(name)
    region = wishes.region or _first(environ, _REGIONS) or settings.get("region")
    return _Server(
        endpoint, region, source, _region(environ) or (_profile_source(name) if "region" in settings else "")
    )


def _of_machine(
    endpoint: str | None, options: dict[str, Any], environ: Mapping[str, str], sources: Mapping[str, str]
) -> Connection:
    """Return the connection to AWS with the role of this machine."""
    if (endpoint is None or _is_aws(endpoint)) and (any(name in environ for name in _ROLES) or _may_ask(environ)):
        from minio.credentials import IamAwsProvider

        try:
            options["credentials"] = _ready(IamAwsProvider())
        except NoCredentials as error:  # this machine has no role: what it said helps few
            raise _no_credentials("") from error
        return Connection(endpoint or _AWS, options, False, {**sources, "keys": "the role of this machine"})
    raise _no_credentials(f" for {endpoint}" if endpoint else "")


def _no_credentials(where: str) -> NoCredentials:
    return NoCredentials(
        f"there are no credentials{where}",
        "name a server with `mio alias set NAME URL`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use "
        "--no-sign-request",
    )


def _may_ask(environ: Mapping[str, str]) -> bool:
    return environ.get("AWS_EC2_METADATA_DISABLED", "").lower() != "true"


def _is_aws(endpoint: str) -> bool:
    host = endpoint.partition("://")[2] or endpoint
    return host.partition("/")[0].partition(":")[0].endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _ready(provider: Provider) -> Provider:
    """Return a provider that has credentials.

    Raises:
        NoCredentials: It has none.
    """
    from minio.error import MinioException

    try:
        provider.retrieve()
    except MinioException as error:
        raise NoCredentials(
            f"there are no credentials: {str(error).removeprefix('no credentials found: ')}",
            "see `mio alias set`, or use --no-sign-request",
        ) from error
    return provider


def _anonymous(wishes: Wishes, environ: Mapping[str, str], default_alias: str | None) -> Connection:
    """Return the connection without keys: to where it would lead with them."""
    endpoint, source = _endpoint(wishes, environ, of_aws=False)
    if endpoint is None and default_alias and not wishes.profile:
        return _of_alias(default_alias, wishes)
    profile = _profile(wishes, environ) if endpoint is None or wishes.profile else _NO_PROFILE
    found = _server(wishes, environ, endpoint, source, profile)
    sources = found.sources(wishes, "none (--no-sign-request)")
    return Connection(found.endpoint or _AWS, {"region": found.region}, False, sources)


def _given(wishes: Wishes) -> dict[str, Any]:
    return {"endpoint": wishes.endpoint_url, "region": wishes.region}


def _sources(wishes: Wishes, endpoint: str, keys: str, region: str) -> dict[str, str]:
    return {
        "endpoint": "--endpoint-url" if wishes.endpoint_url else endpoint,
        "keys": keys,
        "region": "--region" if wishes.region else region,
    }


def _is_true(value: str | None) -> bool:
    return (value or "").lower() == "true"


def _without_keys(options: Mapping[str, Any]) -> dict[str, Any]:
    return _without(options, ("access_key", "secret_key", "session_token", "credentials"))


def _without(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((environ[name] for name in names if name in environ), None)


def _region(environ: Mapping[str, str]) -> str:
    return next((name for name in _REGIONS if name in environ), "")


def _shown_path() -> str:
    from .aliases import path_of

    path, home = str(path_of()), os.path.expanduser("~")
    return f"~{path[len(home) :]}" if path.startswith(home + os.sep) else path
