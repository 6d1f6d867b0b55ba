"""How plans are carried out: by an asynchronous client, on a private event loop. Not generated: see `_loops.py`."""

from __future__ import annotations

from typing import Any

from ._loops import asynchronous
from ._planning import PlanningCalls


class DirectoryRuns(PlanningCalls):
    """The base class of the calls on directories and prefixes."""

    def _asynchronous(self) -> Any:
        """Return an asynchronous client with the same session."""
        return asynchronous(self)
