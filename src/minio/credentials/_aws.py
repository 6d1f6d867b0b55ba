"""Credentials that AWS provides to programs on its platforms: EC2 instances, ECS tasks and EKS pods."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from .._core.exceptions import InvalidArgumentError
from .._core.wire.message import Response
from ._base import CachingProvider
from ._http import check_client, check_url, error_from, malformed, read_metadata, request_credentials
from ._sts import aws_sts_url, form, post, session_name
from .credentials import Credentials

if TYPE_CHECKING:
    from urllib3 import PoolManager

_EC2 = "http://169.254.169.254"
_ECS = "http://169.254.170.2"
_EKS_IPV6 = IPv6Address("fd00:ec2::23")
_ROLES = "/latest/meta-data/iam/security-credentials/"
_SIX_HOURS = "21600"


class IamAwsProvider(CachingProvider):
    """Temporary credentials of the role of this EC2 instance, ECS task or EKS pod.

    It uses the first of these sources that is configured by an argument, or else by its environment variable:

    * a web identity token file (AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN), by AssumeRoleWithWebIdentity;
    * container credentials (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI);
    * the EC2 instance metadata service, version 2 (IMDSv2).

    Args:
        custom_endpoint: The URL of the service to use instead of the AWS endpoint.
        http_client: The urllib3 pool to use.
        auth_token: The Authorization header for the container service (AWS_CONTAINER_AUTHORIZATION_TOKEN).
        relative_uri: The path of the container credentials.
        full_uri: The URL of the container credentials: https, or a loopback or link-local host.
        token_file: With `relative_uri` or `full_uri`, the file with the authorization token
            (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE), else the web identity token file. Read for every renewal.
        role_arn: The role to assume with the web identity token.
        role_session_name: The name of that session (AWS_ROLE_SESSION_NAME).
        region: The region of the STS endpoint (AWS_REGION).
    """

    def __init__(
        self,
        *,
        custom_endpoint: str | None = None,
        http_client: PoolManager | None = None,
        auth_token: str | None = None,
        relative_uri: str | None = None,
        full_uri: str | None = None,
        token_file: str | None = None,
        role_arn: str | None = None,
        role_session_name: str | None = None,
        region: str | None = None,
    ) -> None:
        super().__init__()
        if custom_endpoint:
            check_url("custom_endpoint", custom_endpoint)
        if full_uri:
            check_url("full_uri", full_uri)
        self._endpoint = custom_endpoint
        self._http_client = check_client(http_client)
        self._auth_token = auth_token
        self._relative_uri = relative_uri
        self._full_uri = full_uri
        self._token_file = token_file
        self._role_arn = role_arn
        self._session = role_session_name
        self._region = region

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Credentials:
        """Fetch credentials from a metadata or container service. They are not cached.

        Args:
            url: The URL of the service.
            headers: Headers to send.

        Raises:
            ResponseError: The service returned an error, or its response contains no credentials.
            TransportError: The service could not be reached.
        """
        return read_metadata(request_credentials("GET", url, headers=headers, http_client=self._http_client), url)

    def _fetch(self) -> Credentials:
        in_container = self._relative_uri or self._full_uri
        identity = None if in_container else self._token_file or os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE")
        if identity:
            return self._from_web_identity(identity)
        url = self._container_url()
        return self.fetch(url, self._authorization()) if url else self._from_ec2()

    def _from_web_identity(self, token_file: str) -> Credentials:
        role = self._role_arn or os.environ.get("AWS_ROLE_ARN")
        if not role:
            raise InvalidArgumentError("role_arn or the environment variable AWS_ROLE_ARN must name the role to assume")
        region = self._region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        fields = form(
            "AssumeRoleWithWebIdentity",
            WebIdentityToken=_token(token_file),
            RoleArn=role,
            RoleSessionName=session_name(self._session or os.environ.get("AWS_ROLE_SESSION_NAME")),
        )
        return post(self._endpoint or aws_sts_url(region), fields, self._http_client)

    def _container_url(self) -> str | None:
        relative, full = self._relative_uri, self._full_uri
        if not relative and not full:
            relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
            full = os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        if not relative and not full:
            return None
        # An endpoint with a path is the full URL of the credentials.
        if self._endpoint and (full or urlsplit(self._endpoint).path.strip("/")):
            return self._endpoint
        if relative:
            return f"{(self._endpoint or _ECS).rstrip('/')}/{relative.lstrip('/')}"
        assert full is not None
        _check_near(full)
        return full

    def _authorization(self) -> dict[str, str]:
        file = self._token_file or os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        if self._auth_token:
            token = self._auth_token
        elif file:
            token = _token(file)
        else:
            token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
        if any(char < " " for char in token):
            raise InvalidArgumentError("the container authorization token must be one line without control characters")
        return {"Authorization": token} if token else {}

    def _from_ec2(self) -> Credentials:
        if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
            raise InvalidArgumentError("no credentials found: AWS_EC2_METADATA_DISABLED forbids to ask the machine")
        base = (self._endpoint or os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or _EC2).rstrip("/")
        headers = self._ec2_token(base)
        role = self._ec2_role(base, headers)
        return self.fetch(f"{base}{_ROLES}{quote(role, safe='')}", headers)

    def _ec2_token(self, base: str) -> dict[str, str]:
        url = f"{base}/latest/api/token"
        wish = {"X-aws-ec2-metadata-token-ttl-seconds": _SIX_HOURS}
        # Outside EC2 nothing listens on this address, so one attempt is enough.
        answer = request_credentials("PUT", url, headers=wish, http_client=self._http_client, connects=1)
        # Emulators that support only version 1 of the service do not issue tokens.
        if answer.status in (404, 405):
            return {}
        return {"X-aws-ec2-metadata-token": _line(answer, url)}

    def _ec2_role(self, base: str, headers: Mapping[str, str]) -> str:
        url = f"{base}{_ROLES}"
        answer = request_credentials("GET", url, headers=headers, http_client=self._http_client)
        if answer.status == 404:
            raise InvalidArgumentError("no credentials found: no role is attached to this machine")
        return _line(answer, url)


def _line(answer: Response, url: str) -> str:
    """Return the first line of a plain-text response."""
    if answer.status != 200:
        raise error_from(answer, url)
    lines = answer.body.decode("ascii", "replace").strip().splitlines()
    if not lines:
        raise malformed(answer, url, "")
    return lines[0].strip()


def _token(file: str) -> str:
    try:
        token = Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise InvalidArgumentError(f"the token file {file} cannot be read: {reason}") from None
    if not token:
        raise InvalidArgumentError(f"the token file {file} is empty")
    return token


def _check_near(url: str) -> None:
    """Check that an unencrypted authorization token is sent only to a loopback or link-local address."""
    parts = check_url("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not all(_is_near(address) for address in _addresses(host)):
        raise InvalidArgumentError(f"the container credentials URI must be https, or on this machine or link: {host}")


def _addresses(host: str) -> list[IPv4Address | IPv6Address]:
    import socket

    try:
        return [ip_address(host)]
    except ValueError:
        pass
    try:
        return [ip_address(str(found[4][0])) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise InvalidArgumentError(f"the container credentials URI names an unknown host: {host}") from error


def _is_near(address: IPv4Address | IPv6Address) -> bool:
    return address.is_loopback or address.is_link_local or address == _EKS_IPV6
