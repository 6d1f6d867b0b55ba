"""Helpers for tests of local files, including unusual ones."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from minio._core.transfer.partfile import PartFile

MIB = 1 << 20
IDENTITY = "etag version time"
STRANGER = 54321
as_root = pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can give files away")


def mode_of(path: Path | str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def plant(kind: str, name: Path, victim: Path) -> None:
    if kind == "symbolic":
        name.symlink_to(victim)
    elif kind == "dangling":
        name.symlink_to(victim.with_name("not-there"))
    elif kind == "hard":
        os.link(victim, name)
    elif kind == "fifo":
        os.mkfifo(name)
    elif kind == "folder":
        name.mkdir()
    elif kind == "socket":
        here = os.getcwd()
        os.chdir(name.parent)  # socket paths have a short length limit
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(name.name)
        os.chdir(here)
    else:
        name.write_bytes(b"")
        name.chmod(0o666)
        os.chown(name, STRANGER, STRANGER)


def publish(part: PartFile, data: bytes) -> None:
    part.write(data, 0)
    for index in range(part.count):
        part.mark(index)
    part.publish()
