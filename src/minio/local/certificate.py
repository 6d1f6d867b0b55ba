"""A certificate for 127.0.0.1 and the certificate authority that issued it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from minio._core.transfer.safe_open import write_own

from .errors import MissingServerError


@dataclass(frozen=True)
class Certificate:
    """Three PEM files: the CA to trust, the server's certificate chain, and the server's key."""

    ca: Path
    chain: Path
    key: Path


def make_certificate(directory: Path) -> Certificate:
    """Write a new CA and a new certificate to a directory.

    Raises:
        MissingServerError: The package trustme is not installed.
    """
    try:
        import trustme
    except ImportError as cause:
        raise MissingServerError("a local server over https needs a certificate: pip install 'minio[local]'") from cause
    files = Certificate(directory / "ca.pem", directory / "chain.pem", directory / "key.pem")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost", "::1")
    write_own(files.ca, authority.cert_pem.bytes(), 0o644)
    write_own(files.chain, b"".join(blob.bytes() for blob in issued.cert_chain_pems), 0o644)
    write_own(files.key, issued.private_key_pem.bytes())
    return files
