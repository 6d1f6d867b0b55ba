"""The packages that depend on `minio`, run with this package in its place and with the other. See `__main__.py`."""
