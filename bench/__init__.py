"""How fast the client is, beside others, measured in the same run. `python -m bench --help` tells more."""
