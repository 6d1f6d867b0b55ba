"""Providers that need neither a file nor a server: static keys, environment variables, and chains of providers."""

from __future__ import annotations

import os
from collections.abc import Iterable

from .._core.display import shows
from .._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError, MinioException
from ._base import Provider
from .credentials import Credentials


class StaticProvider(Provider):
    """Credentials that never change.

    Args:
        access_key: The access key.
        secret_key: The secret key.
        session_token: The session token of temporary credentials.
    """

    def __init__(self, access_key: str, secret_key: str, session_token: str | None = None) -> None:
        self._credentials = Credentials(access_key, secret_key, session_token)

    def _ready(self) -> Credentials:
        return self._credentials

    def retrieve(self) -> Credentials:
        """Return the given credentials."""
        return self._credentials


class EnvAWSProvider(Provider):
    """Credentials from the AWS environment variables.

    These are AWS_ACCESS_KEY_ID (or AWS_ACCESS_KEY), AWS_SECRET_ACCESS_KEY (or AWS_SECRET_KEY) and AWS_SESSION_TOKEN.
    They are read on every call.
    """

    def retrieve(self) -> Credentials:
        """Read the environment variables.

        Raises:
            InvalidArgumentError: A variable is not set. The message names it.
        """
        return Credentials(
            _variable("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"),
            _variable("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"),
            os.environ.get("AWS_SESSION_TOKEN") or None,
        )


class EnvMinioProvider(Provider):
    """Credentials from the environment variables MINIO_ACCESS_KEY and MINIO_SECRET_KEY, read on every call."""

    def retrieve(self) -> Credentials:
        """Read the environment variables.

        Raises:
            InvalidArgumentError: A variable is not set. The message names it.
        """
        return Credentials(_variable("MINIO_ACCESS_KEY"), _variable("MINIO_SECRET_KEY"))


def _variable(*names: str) -> str:
    for name in names:
        value = os.environ.get(name, "").strip()
        if value:
            return value
    raise InvalidArgumentError(f"the environment variable {' or '.join(names)} is not set")


@shows("providers=_providers")
class ChainedProvider(Provider):
    """Credentials from the first of several providers that has any. That provider is tried first from then on.

    Args:
        providers: The providers, in the order in which they are tried.

    Example:
        credentials = ChainedProvider([EnvMinioProvider(), AWSConfigProvider(), IamAwsProvider()])
    """

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._providers = list(providers)
        self._found: Provider | None = None
        if not self._providers:
            raise InvalidArgumentError("providers must not be empty")
        for provider in self._providers:
            if not callable(getattr(provider, "retrieve", None)):
                raise InvalidArgumentTypeError(f"providers must hold Provider objects, not {type(provider).__name__}")

    def _ready(self) -> Credentials | None:
        return self._found._ready() if isinstance(self._found, Provider) else None

    def _usable(self) -> Credentials | None:
        return self._found._usable() if isinstance(self._found, Provider) else None

    def retrieve(self) -> Credentials:
        """Return credentials from the provider that succeeded last, or else from the first one that succeeds.

        Raises:
            InvalidArgumentError: No provider has credentials. The message gives the reasons, and `__cause__` holds all
                errors.
        """
        errors: list[Exception] = []
        reasons: list[str] = []
        for provider in self._order():
            try:
                found = provider.retrieve()
            except (MinioException, ValueError, OSError) as error:
                errors.append(error)
                reasons.append(f"{type(provider).__name__}: {error}")
            else:
                self._found = provider
                return found
        cause = ExceptionGroup("what each provider said", errors)
        raise InvalidArgumentError(f"no credentials found: {'; '.join(reasons)}") from cause

    def _order(self) -> list[Provider]:
        first = self._found
        if first is None:
            return self._providers
        return [first, *(provider for provider in self._providers if provider is not first)]
