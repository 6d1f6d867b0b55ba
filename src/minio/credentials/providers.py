"""All credential providers."""

from __future__ import annotations

from ._aws import IamAwsProvider
from ._base import Provider
from ._files import AWSConfigProvider, MinioClientConfigProvider
from ._static import ChainedProvider, EnvAWSProvider, EnvMinioProvider, StaticProvider
from ._sts import (
    AssumeRoleProvider,
    CertificateIdentityProvider,
    ClientGrantsProvider,
    LdapIdentityProvider,
    WebIdentityClientGrantsProvider,
    WebIdentityProvider,
)

__all__ = [
    "AWSConfigProvider",
    "AssumeRoleProvider",
    "CertificateIdentityProvider",
    "ChainedProvider",
    "ClientGrantsProvider",
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
