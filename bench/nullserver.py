"""A server that needs almost no CPU (nginx with static files), so that benchmarks measure the client."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from minio.local.process import GuardedProcess, Plan

from .workers._worker import KEYS, key_of, small_body, small_etag

LARGE = 256 * 1024 * 1024
PAGES, PAGE = 100, 1000
KEY_SIZE = 4096

_CONFIG = """
daemon off;
worker_processes 1;
error_log {root}/error.log warn;
pid {root}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type application/octet-stream;
    types {{ application/xml xml; }}
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 3600s;
    keepalive_requests 1000000;
    client_max_body_size 0;
    open_file_cache max=1000;
    {temporary}
    map $args $page {{
        default 000;
        ~continuation-token=page(?<number>[0-9]+) $number;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        root {root}/files;
        location = /bucket {{ rewrite ^ /pages/$page.xml last; }}
        location = /bucket/ {{ rewrite ^ /pages/$page.xml last; }}
        location /bucket/ {{
            if ($request_method = PUT) {{ rewrite ^ /put last; }}
        }}
        location = /put {{
            internal;
            add_header ETag '"{etag}"';
            return 200;
        }}
    }}
}}
"""


@dataclass(frozen=True)
class Listing:
    """The expected result of a complete listing, which the workers check."""

    keys: int
    bytes: int
    last: str


class NullServer:
    """nginx on a free port, with everything that the figures need. A context manager."""

    def __init__(self, program: str, root: Path) -> None:
        self._program, self._root = program, root
        self.listing = Listing(PAGES * PAGE, PAGES * PAGE * KEY_SIZE, _key(PAGES * PAGE - 1))
        self.large_digest = ""
        self.endpoint = ""

    def __enter__(self) -> Self:
        port = _free_port()
        self.endpoint = f"127.0.0.1:{port}"
        self._make_files()
        config = self._root / "nginx.conf"
        config.write_text(self._config(port))
        log = self._root / "output.log"
        command = [self._program, "-e", str(self._root / "error.log"), "-c", str(config), "-g", "master_process off;"]
        self._process = GuardedProcess(Plan(command, self._root, log, dict(os.environ)))
        try:
            self._await_answer(port, log)
        except BaseException:
            self._process.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()

    @contextmanager
    def on_core(self, core: int) -> Iterator[None]:
        """Let the server run on this core only. nginx has one thread, so its process is enough."""
        pid = int((self._root / "nginx.pid").read_text())
        everywhere = os.sched_getaffinity(pid)
        os.sched_setaffinity(pid, {core})
        try:
            yield
        finally:
            os.sched_setaffinity(pid, everywhere)

    def _config(self, port: int) -> str:
        built = subprocess.run([self._program, "-V"], capture_output=True, text=True, check=True).stderr
        kinds = [kind for kind in ("proxy", "fastcgi", "uwsgi", "scgi") if f"without-http_{kind}_module" not in built]
        temporary = "".join(f"{kind}_temp_path {self._root}/{kind};\n" for kind in ["client_body", *kinds])
        return _CONFIG.format(root=self._root, port=port, temporary=temporary, etag=small_etag())

    def _make_files(self) -> None:
        files = self._root / "files"
        (files / "bucket" / "small").mkdir(parents=True)
        for index in range(KEYS):
            (files / "bucket" / key_of(index)).write_bytes(small_body())
        self.large_digest = make_large(files / "bucket" / "large", LARGE)
        (files / "pages").mkdir()
        for number in range(PAGES):
            (files / "pages" / f"{number:03}.xml").write_text(_page(number))

    def _await_answer(self, port: int, log: Path) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and self._process.wait(0) is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"nginx does not respond: {log.read_text()[-500:]}")


def find_nginx() -> str | None:
    """Find nginx, which is often not on an ordinary user's PATH."""
    return shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


def make_large(path: Path, size: int) -> str:
    """Write a file of random bytes and return its SHA-256."""
    digest = hashlib.sha256()
    numbers = random.Random(7)
    with path.open("wb") as file:
        for _ in range(0, size, 1024 * 1024):
            block = numbers.randbytes(1024 * 1024)
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _key(index: int) -> str:
    return f"photos/2026/picture-{index:08}.jpg"


def _page(number: int) -> str:
    entries = "".join(
        f"<Contents><Key>{_key(number * PAGE + index)}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified>"
        f"<ETag>&quot;{index:032x}&quot;</ETag><Size>{KEY_SIZE}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for index in range(PAGE)
    )
    more = number + 1 < PAGES
    token = f"<NextContinuationToken>page{number + 1:03}</NextContinuationToken>" if more else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>bucket</Name><Prefix></Prefix><KeyCount>{PAGE}</KeyCount><MaxKeys>1000</MaxKeys>"
        f"<EncodingType>url</EncodingType><IsTruncated>{str(more).lower()}</IsTruncated>{token}{entries}"
        "</ListBucketResult>"
    )
