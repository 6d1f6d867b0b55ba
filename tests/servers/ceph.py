"""A Ceph RADOS Gateway with the interface of LocalServer."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from minio.local import LocalServerError, MissingServerError
from minio.local.ports import claim_block

_SCRIPT = Path(__file__).with_name("rgw.sh")
_PROGRAMS = ("radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool")


class CephServer:
    """One monitor, one OSD that keeps everything in memory, and one gateway. They exit with this process."""

    def __init__(self) -> None:
        self.access_key = "cephaccesskey"
        self.secret_key = "cephsecretkey"
        self.tls = False
        self.ca_file = None
        self.endpoint = ""

    def start(self) -> Self:
        missing = [program for program in _PROGRAMS if shutil.which(program) is None]
        if missing:
            raise MissingServerError(f"{', '.join(missing)} missing: apt-get install radosgw ceph-mon ceph-osd")
        self._home = tempfile.mkdtemp(prefix="minio-ceph-")
        self._block = claim_block()
        self._process = subprocess.Popen(
            [str(_SCRIPT), "run", self._home, str(self._block.ports[0])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A process group of its own: Ctrl-C goes to the tests, which then stop the daemons in order.
            start_new_session=True,
            env={**os.environ, "RGW_ACCESS_KEY": self.access_key, "RGW_SECRET_KEY": self.secret_key},
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            log = Path(self._home, "log", "setup.log")
            tail = log.read_text()[-2000:] if log.exists() else ""
            self.stop()
            raise LocalServerError(f"Ceph did not start:\n{tail}")
        self.endpoint = line.split()[0].removeprefix("http://")
        return self

    def stop(self) -> None:
        """Stop the daemons and remove their files."""
        try:
            self._process.communicate(timeout=60)
        finally:
            self._block.close()
            shutil.rmtree(self._home, ignore_errors=True)
