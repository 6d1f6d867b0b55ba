"""The commands, one module each. `minio.cli` says what a module has."""
