"""Providers that use a Security Token Service (STS) of AWS or MinIO.

Parameters are sent in the body and not in the URL, so that tokens and passwords do not appear in proxy logs.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .._core.arguments import whole_number
from .._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError
from ..signer import sign_v4_sts
from ._base import CachingProvider
from ._http import check_client, check_url, read_sts, request_credentials
from .credentials import Credentials

if TYPE_CHECKING:
    from urllib3 import PoolManager

_VERSION = "2011-06-15"
_FORM = "application/x-www-form-urlencoded"
_SHORTEST, _LONGEST = 15 * 60, 7 * 24 * 60 * 60
_AWS_HOST = re.compile(r"sts(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?")


def form(action: str, **fields: str | int | None) -> dict[str, str]:
    """Return the form fields of a request. Fields without a value are omitted."""
    given = {"Action": action, "Version": _VERSION, **fields}
    return {name: str(value) for name, value in given.items() if value not in (None, "", 0)}


def post(url: str, fields: Mapping[str, str], http_client: PoolManager | None) -> Credentials:
    """Send an unsigned request."""
    answer = request_credentials(
        "POST", url, body=urlencode(fields).encode(), headers={"Content-Type": _FORM}, http_client=http_client
    )
    return read_sts(answer, url)


def session_name(given: str | None) -> str:
    """Return the name under which AWS lists the session."""
    return given or f"minio-{secrets.token_hex(8)}"


def _duration(seconds: object) -> int:
    """Return the duration to request, or 0 to use the server's default. It is clamped to what servers accept."""
    if seconds is None:
        return 0
    seconds = whole_number("duration_seconds", seconds, "an int")
    if seconds < 0:
        raise InvalidArgumentError(f"duration_seconds must not be negative: {seconds}")
    return min(max(seconds, _SHORTEST), _LONGEST) if seconds else 0


def _required(**arguments: object) -> None:
    for name, value in arguments.items():
        if not isinstance(value, str):
            raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
        if not value:
            raise InvalidArgumentError(f"{name} must not be empty")


class AssumeRoleProvider(CachingProvider):
    """Temporary credentials for the owner of permanent ones (AssumeRole).

    Args:
        sts_endpoint: The URL of the service: a MinIO server, or for example ``https://sts.eu-west-1.amazonaws.com``.
        access_key: The permanent access key.
        secret_key: The permanent secret key.
        session_token: The session token, if the keys are temporary credentials themselves.
        duration_seconds: The lifetime of the credentials; 0 uses the server's default, usually one hour.
        policy: A JSON policy that restricts the credentials.
        region: The region to sign for. By default the region of an AWS host, else ``us-east-1``.
        role_arn: The role to assume; required by AWS.
        role_session_name: The name of the session.
        external_id: The external ID that the role's owner requires from third parties.
        http_client: The urllib3 pool to use.
    """

    def __init__(
        self,
        *,
        sts_endpoint: str,
        access_key: str,
        secret_key: str,
        duration_seconds: int = 0,
        policy: str | None = None,
        region: str | None = None,
        role_arn: str | None = None,
        role_session_name: str | None = None,
        external_id: str | None = None,
        http_client: PoolManager | None = None,
        session_token: str | None = None,
    ) -> None:
        super().__init__()
        url = check_url("sts_endpoint", sts_endpoint)
        self._url = url._replace(path=url.path or "/", fragment="")
        self._signing = Credentials(access_key, secret_key, session_token)
        self._http_client = check_client(http_client)
        found = _AWS_HOST.fullmatch(url.hostname or "")
        self._region = region or (found[1] if found else "us-east-1")
        self._form = form(
            "AssumeRole",
            DurationSeconds=_duration(duration_seconds),
            Policy=policy,
            RoleArn=role_arn,
            RoleSessionName=session_name(role_session_name) if role_arn else role_session_name,
            ExternalId=external_id,
        )

    def _fetch(self) -> Credentials:
        body = urlencode(self._form).encode()
        headers = sign_v4_sts(
            method="POST",
            url=self._url,
            region=self._region,
            headers={"Content-Type": _FORM},
            credentials=self._signing,
            content_sha256=hashlib.sha256(body).hexdigest(),
            date=self._clock(),
        )
        url = self._url.geturl()
        return read_sts(
            request_credentials("POST", url, body=body, headers=headers, http_client=self._http_client), url
        )


class WebIdentityClientGrantsProvider(CachingProvider, ABC):
    """The base class of WebIdentityProvider and ClientGrantsProvider, which exchange a token for credentials.

    Args:
        jwt_provider_func: Returns the token in the issuer's format: a dict with ``access_token`` or ``id_token``, and
            ``expires_in`` in seconds if known. Called for every renewal.
        sts_endpoint: The URL of the service.
        duration_seconds: The lifetime of the credentials; 0 uses the lifetime of the token, else the server's default.
        policy: A JSON policy that restricts the credentials.
        role_arn: The role to assume; required by AWS.
        role_session_name: The name of the session.
        http_client: The urllib3 pool to use.
    """

    def __init__(
        self,
        *,
        jwt_provider_func: Callable[[], dict[str, str]],
        sts_endpoint: str,
        duration_seconds: int = 0,
        policy: str | None = None,
        role_arn: str | None = None,
        role_session_name: str | None = None,
        http_client: PoolManager | None = None,
    ) -> None:
        super().__init__()
        if not callable(jwt_provider_func):
            raise InvalidArgumentTypeError("jwt_provider_func must be a function that returns a dict")
        check_url("sts_endpoint", sts_endpoint)
        self._token_of = jwt_provider_func
        self._url = sts_endpoint
        self._duration = _duration(duration_seconds)
        self._policy = policy
        self._role_arn = role_arn
        self._session = role_session_name
        self._http_client = check_client(http_client)

    @abstractmethod
    def _form(self, token: str, duration: int) -> dict[str, str]:
        """Return the form fields of the request for a token."""

    def _fetch(self) -> Credentials:
        answer = self._token_of()
        if not isinstance(answer, Mapping):
            raise InvalidArgumentTypeError(f"jwt_provider_func must return a dict, not {type(answer).__name__}")
        token = answer.get("access_token") or answer.get("id_token")
        if not token:
            raise InvalidArgumentError("jwt_provider_func must return a dict with access_token or id_token")
        duration = self._duration or _duration(_lifetime(answer.get("expires_in")))
        return post(self._url, self._form(token, duration), self._http_client)


def _lifetime(expires_in: object) -> int:
    try:
        return max(int(float(str(expires_in or 0))), 0)
    except (ValueError, OverflowError):
        raise InvalidArgumentError("expires_in of jwt_provider_func must be a number of seconds") from None


class WebIdentityProvider(WebIdentityClientGrantsProvider):
    """Temporary credentials for an OpenID Connect token (AssumeRoleWithWebIdentity).

    The arguments are described in `WebIdentityClientGrantsProvider`.

    Example:
        provider = WebIdentityProvider(
            jwt_provider_func=lambda: {"id_token": open("/run/token").read()},
            sts_endpoint="https://minio.example.com",
        )
    """

    def _form(self, token: str, duration: int) -> dict[str, str]:
        return form(
            "AssumeRoleWithWebIdentity",
            WebIdentityToken=token,
            DurationSeconds=duration,
            Policy=self._policy,
            RoleArn=self._role_arn,
            RoleSessionName=session_name(self._session) if self._role_arn else self._session,
        )


class ClientGrantsProvider(WebIdentityClientGrantsProvider):
    """Temporary credentials for an application with its own token (MinIO's AssumeRoleWithClientGrants).

    The arguments are described in `WebIdentityClientGrantsProvider`.
    """

    def __init__(
        self,
        *,
        jwt_provider_func: Callable[[], dict[str, str]],
        sts_endpoint: str,
        duration_seconds: int = 0,
        policy: str | None = None,
        http_client: PoolManager | None = None,
    ) -> None:
        super().__init__(
            jwt_provider_func=jwt_provider_func,
            sts_endpoint=sts_endpoint,
            duration_seconds=duration_seconds,
            policy=policy,
            http_client=http_client,
        )

    def _form(self, token: str, duration: int) -> dict[str, str]:
        return form("AssumeRoleWithClientGrants", Token=token, DurationSeconds=duration, Policy=self._policy)


class LdapIdentityProvider(CachingProvider):
    """Temporary credentials for a user of an LDAP directory (MinIO's AssumeRoleWithLDAPIdentity).

    Args:
        sts_endpoint: The URL of the service.
        ldap_username: The user's name.
        ldap_password: The user's password.
        duration_seconds: The lifetime of the credentials; None uses the server's default.
        policy: A JSON policy that restricts the credentials.
        token_revoke_type: A name by which the credentials can be revoked together.
        http_client: The urllib3 pool to use.
    """

    def __init__(
        self,
        sts_endpoint: str,
        ldap_username: str,
        ldap_password: str,
        duration_seconds: int | None = None,
        policy: str | None = None,
        token_revoke_type: str | None = None,
        http_client: PoolManager | None = None,
    ) -> None:
        super().__init__()
        check_url("sts_endpoint", sts_endpoint)
        _required(ldap_username=ldap_username, ldap_password=ldap_password)
        self._url = sts_endpoint
        self._http_client = check_client(http_client)
        self._form = form(
            "AssumeRoleWithLDAPIdentity",
            LDAPUsername=ldap_username,
            LDAPPassword=ldap_password,
            DurationSeconds=_duration(duration_seconds),
            Policy=policy,
            TokenRevokeType=token_revoke_type,
        )

    def _fetch(self) -> Credentials:
        return post(self._url, self._form, self._http_client)


class CertificateIdentityProvider(CachingProvider):
    """Temporary credentials for a TLS client certificate (MinIO's AssumeRoleWithCertificate).

    Args:
        sts_endpoint: The URL of the service; it must be https.
        cert_file: The certificate in PEM format.
        key_file: The private key in PEM format.
        key_password: The password of the private key.
        ca_certs: The CA certificates that verify the server.
        duration_seconds: The lifetime of the credentials; 0 uses the server's default.
        http_client: A urllib3 pool with the client certificate, instead of the files.
    """

    def __init__(
        self,
        *,
        sts_endpoint: str,
        cert_file: str | None = None,
        key_file: str | None = None,
        key_password: str | None = None,
        ca_certs: str | None = None,
        duration_seconds: int = 0,
        http_client: PoolManager | None = None,
    ) -> None:
        super().__init__()
        url = check_url("sts_endpoint", sts_endpoint)
        if url.scheme != "https":
            raise InvalidArgumentError("sts_endpoint must be an https URL: the certificate is shown in TLS")
        if bool(http_client) == bool(cert_file and key_file):
            raise InvalidArgumentError("give either cert_file and key_file, or http_client")
        self._http_client = check_client(http_client)
        self._tls: dict[str, Any] = {"cert_file": cert_file, "key_file": key_file}
        if key_password:
            self._tls["key_password"] = key_password
        if ca_certs:
            self._tls["ca_certs"] = ca_certs
        # For this request only, MinIO reads the parameters from the URL. They contain no secret.
        fields = form("AssumeRoleWithCertificate", DurationSeconds=_duration(duration_seconds))
        self._url = url._replace(path=url.path or "/", query=urlencode(fields), fragment="").geturl()

    def _fetch(self) -> Credentials:
        return read_sts(request_credentials("POST", self._url, http_client=self._http_client, tls=self._tls), self._url)


def aws_sts_url(region: str | None) -> str:
    """Return the URL of the AWS STS endpoint in a region."""
    if not region:
        return "https://sts.amazonaws.com"
    return f"https://sts.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
