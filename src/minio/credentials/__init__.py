"""Where the keys come from: given, the environment, files, or a server that gives temporary ones.

from minio import Minio
from minio.credentials import ChainedProvider, EnvMinioProvider, IamAwsProvider

client = Minio("s3.amazonaws.com", credentials=ChainedProvider([EnvMinioProvider(), IamAwsProvider()]))
"""

from __future__ import annotations

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
