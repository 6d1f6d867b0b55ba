"""``python -m minio``: the command line `mio`."""

from __future__ import annotations

from minio.cli.main import program

if __name__ == "__main__":
    program()
