"""What a run does with its actions besides carrying them out: totals, the checkpoint, and names that collide."""

from __future__ import annotations

from collections.abc import Callable

from ....directories import Action, Outcome
from ..directory.checkpoint import Checkpoint, Key
from ..directory.report import Report


class RunObserver:
    """Looks at the actions of a run.

    Args:
        report: Where totals are counted.
        checkpoint: The checkpoint, or None.
        look: What may change or refuse an action.
    """

    def __init__(
        self, report: Report, checkpoint: Checkpoint | None, look: Callable[[Action], Action | Outcome] | None = None
    ) -> None:
        self._report = report
        self._checkpoint = checkpoint
        self._look = look
        self._keys: dict[str, Key] = {}
        self._sizes: dict[tuple[str, str | None], int] = {}
        self.failed = False

    def planned(self, action: Action) -> Action | Outcome:
        """Return the action to carry out, or the outcome if there is nothing to do."""
        found: Action | Outcome = action if self._look is None else self._look(action)
        if isinstance(found, Outcome) or action.kind in ("skip", "warn", "fail"):
            return found
        if self._checkpoint is not None and action.kind != "delete":
            key = self._checkpoint.begin(action.name, action.mtime)
            if key is None:
                reason = "done by an earlier run"
                return Outcome(action.kind, action.source, action.target, action.size, "skipped", reason)
            self._keys[action.name] = key
        size = 0 if action.kind == "delete" else action.size or 0
        if not self._report.silent:
            self._sizes[action.name, action.version_id] = size
            self._report.plan(size)
        return found

    def ended(self, action: Action, outcome: Outcome) -> None:
        """Learn what became of an action."""
        if outcome.status in ("failed", "cancelled"):
            self.failed = True
        key = self._keys.pop(action.name, None)
        if key is not None and self._checkpoint is not None:
            self._checkpoint.ended(key, action.name, outcome.ok)
        size = self._sizes.pop((action.name, action.version_id), None)
        if size is not None:
            counted = 0 if action.kind == "delete" else outcome.size or 0
            self._report.end(size, counted if outcome.ok else None)

    def complete(self) -> None:
        """Learn that all actions are known."""
        self._report.complete()
