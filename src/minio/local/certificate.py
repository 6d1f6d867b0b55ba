"""A certificate for 127.0.0.1, and the authority that vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import MissingServerError


@dataclass(frozen=True)
class Certificate:
    """Three PEM files: the authority to trust, the server's chain, and the server's key."""

    ca: Path
    chain: Path
    key: Path


def make_certificate(directory: Path) -> Certificate:
    """Write a fresh authority and certificate into a directory.

    Raises:
        MissingServerError: The package trustme is not installed.
    """
    try:
        import trustme
    except ImportError as cause:
        raise MissingServerError("a local server over https needs a certificate: pip install trustme") from cause
    files = Certificate(directory / "ca.pem", directory / "chain.pem", directory / "key.pem")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost", "::1")
    authority.cert_pem.write_to_path(files.ca)
    files.chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    files.key.touch(0o600)
    issued.private_key_pem.write_to_path(files.key)
    return files
