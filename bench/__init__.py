"""Benchmarks that compare the client with its peers in the same run. See `python -m bench --help`."""
