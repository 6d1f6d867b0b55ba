"""Makes the actions of a plan from entries.

The laws:

* Every action names a source and a target, as far as it has them: a path below a root, or a key below a prefix.
* A key that cannot be a file, and a file that cannot be a key, give the action that `bad_names` asks for. No other
  action has such a name.
"""

from __future__ import annotations

from dataclasses import dataclass

from ....directories import Action, Kind
from .compare import Decision, Direction
from .names import BadName, Names, key_problem
from .options import SyncOptions
from .order import BAD_NAME, LINK, WARNING, Entry

_NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions of one plan.

    Args:
        direction: The direction of the transfer.
        options: The options.
        source: What is in front of names in the source: a prefix, or a directory with its separator.
        target: The same for the target.
        names: How keys become paths.
        looked: Whether the target is listed.
    """

    direction: Direction
    options: SyncOptions
    source: str
    target: str
    names: Names
    looked: bool = True

    def decided(self, source: Entry, target: Entry | None, decision: Decision) -> Action:
        """Return the action for a name of the source, and of the target if it has it."""
        if not decision.transfer:
            return self._skip(source, target, decision)
        try:
            place = self._place(source, target)
        except BadName as error:
            return self.bad_name(source, str(error))
        return Action(
            self.direction,
            source[0],
            self._of_source(source),
            place,
            source[1],
            decision.reason,
            source[3] or None,
            source[2] / _NANO,
            self._replaces(target),
        )

    def _skip(self, source: Entry, target: Entry | None, decision: Decision) -> Action:
        place = self.target + source[0] if target is None else self._of_target(target)
        mtime = source[2] / _NANO if decision.set_time and not self.options.preserve else None
        return Action("skip", source[0], self._of_source(source), place, source[1], decision.reason, mtime=mtime)

    def can_be_file(self, name: str) -> bool:
        """Return whether a key can be a path, so that it takes the name from others."""
        try:
            self.names.path_of(name)
        except BadName:
            return False
        return True

    def directory(self, source: Entry, reason: str = "new") -> Action:
        """Return the action that makes a directory: a local one, or an object whose name ends with a slash."""
        try:
            place = self._place(source, None)
        except BadName as error:
            return self.bad_name(source, str(error))
        return Action("make_directory", source[0], self._of_source(source), place, 0, reason, source[3] or None)

    def refused(self, source: Entry, reason: str) -> Action:
        """Return the action for a name that cannot be transferred."""
        return Action("fail", source[0], self._of_source(source), None, source[1], reason)

    def bad_name(self, source: Entry, reason: str) -> Action:
        """Return the action for a name that the other side cannot have."""
        kind: Kind = "skip" if self.options.bad_names == "skip" else "fail"
        return Action(kind, source[0], self._of_source(source), None, source[1], reason)

    def noted(self, source: Entry) -> Action:
        """Return the action for a local name that the walk could not list as a file."""
        name, reason = source[0], source[3]
        if source[4] == BAD_NAME:
            return self.bad_name((name, 0, 0, "", "", source[5]), reason)
        kind: Kind = "warn" if source[4] == WARNING else "fail"
        return Action(kind, name, self._of_source(source), None, None, reason)

    def unread(self, target: Entry) -> Action:
        """Return the action for a name of the target that cannot be read, which is why nothing is removed."""
        return Action("fail", target[0], None, self._of_target(target), None, target[3])

    def delete(self, target: Entry) -> Action:
        """Return the action that removes a name."""
        place = self._of_target(target)
        size = max(target[1], 0)
        # The time of a directory changes when something in it is removed, and it is only removed if it is empty.
        replaces = "" if target[0][-1] == "/" and self.direction == "download" else self._replaces(target)
        return Action("delete", target[0], None, place, size, "not in the source", replaces=replaces)

    def _of_source(self, entry: Entry) -> str:
        return self.source + (entry[5] or entry[0])

    def _of_target(self, entry: Entry) -> str:
        return self.target + (entry[5] or entry[0])

    def _place(self, source: Entry, target: Entry | None) -> str:
        """Return where the content of a name goes.

        Raises:
            BadName: The target cannot have the name.
        """
        if self.direction == "download":
            return self._of_target(target) if target is not None else self.target + self.names.path_of(source[0])
        key = self.target + source[0]
        problem = key_problem(key)
        if problem:
            raise BadName(problem)
        return key

    def _replaces(self, target: Entry | None) -> str | None:
        if target is None:
            return None if self.looked else ""
        if self.direction == "download":
            return "" if target[4] == LINK else str(target[2])
        return target[3]
