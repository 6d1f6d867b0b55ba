"""``python -m minio``: the command line `mio`."""

from __future__ import annotations

import sys

from minio.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
