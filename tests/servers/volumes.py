"""Volumes of SeaweedFS for a bucket that is about to be made.

SeaweedFS stores each bucket in volumes of its own. It makes them at the first write, which it lets wait for 0.2 seconds
between its looks whether they are there. Tests that write into new buckets wait for nothing if they ask for one first.
"""

from __future__ import annotations

from urllib.parse import urlencode
from urllib.request import urlopen

from minio.local import LocalServer


def grow_volume(server: LocalServer, bucket: str) -> None:
    """Make one volume for a bucket. The bucket itself need not exist, and is not made."""
    query = urlencode({"collection": bucket, "count": 1})
    with urlopen(f"{master_url(server)}/vol/grow?{query}", timeout=60) as answer:
        answer.read()


def master_url(server: LocalServer) -> str:
    """The address of the process that knows the volumes."""
    return f"http://127.0.0.1:{server._need_running().site.ports[1]}"
