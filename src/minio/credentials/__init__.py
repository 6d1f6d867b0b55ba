"""Credential providers: static keys, environment variables, files, and servers that issue temporary credentials.

`ChainedProvider` tries several providers in order::

    from minio import Minio
    from minio.credentials import ChainedProvider, EnvMinioProvider, IamAwsProvider

    client = Minio("s3.amazonaws.com", credentials=ChainedProvider([EnvMinioProvider(), IamAwsProvider()]))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .credentials import Credentials
    from .providers import (
        AssumeRoleProvider,
        AWSConfigProvider,
        CertificateIdentityProvider,
        ChainedProvider,
        ClientGrantsProvider,
        EnvAWSProvider,
        EnvMinioProvider,
        IamAwsProvider,
        LdapIdentityProvider,
        MinioClientConfigProvider,
        Provider,
        StaticProvider,
        WebIdentityClientGrantsProvider,
        WebIdentityProvider,
    )

__all__ = [
    "AWSConfigProvider",
    "AssumeRoleProvider",
    "CertificateIdentityProvider",
    "ChainedProvider",
    "ClientGrantsProvider",
    "Credentials",
    "EnvAWSProvider",
    "EnvMinioProvider",
    "IamAwsProvider",
    "LdapIdentityProvider",
    "MinioClientConfigProvider",
    "Provider",
    "StaticProvider",
    "WebIdentityClientGrantsProvider",
    "WebIdentityProvider",
]

_HOMES = {
    "AWSConfigProvider": "_files",
    "ChainedProvider": "_static",
    "Credentials": "credentials",
    "EnvAWSProvider": "_static",
    "EnvMinioProvider": "_static",
    "IamAwsProvider": "_aws",
    "MinioClientConfigProvider": "_files",
    "Provider": "_base",
    "StaticProvider": "_static",
}


def __getattr__(name: str) -> object:
    # Each provider is imported on first access, since most programs use one or none.
    if name == "providers":
        return import_module(".providers", __name__)
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .._lazy import load

    value = load(name, f".{_HOMES.get(name, '_sts')}", __name__)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
