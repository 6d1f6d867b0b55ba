"""Turns pairs of entries into the actions of a plan. Pure: it is given pairs and answers, and returns actions.

The laws:

* Actions ascend by name, except that those that match `last` follow all others, and that deletes are last of all. If a
  source is found to be out of order, its other names ascend again from there.
* A name that both sides have gives one action, or a question whose answer gives one. A directory gives at most one.
* A file and a directory of the same name cannot both be downloaded: what comes later fails.
* The plan of a plan's result transfers and removes nothing.
* No delete is returned if an entry could not be read, nor before all pairs were given.
* Files that a run keeps under another name because their own collides (`case_conflict="rename"`) do not count as
  deletes.
* A name whose source has an age that is not selected is left alone on both sides, and so is what only the target has.
* Deletes of a local target descend, so that a directory is empty when it is removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeAlias

from ....directories import Action
from .actions import Actions
from .ages import Ages
from .clashes import Renames
from .compare import ALL, NEW, Decision, Question, first
from .deletes import check_source, excess
from .merge import Pair
from .names import BadName
from .order import EMPTY_DIRECTORY, FAILURE, UNUSUAL, Entry
from .patterns import Rules
from .spill import Spool

Asked: TypeAlias = tuple[int, Question, Entry, Entry]
"""A question, with the place of its action in a batch, and the two entries."""

_ROOM = 50_000
"""The number of names that are kept in memory for the end of the plan, each for deletes and for `last`."""
_values = attrgetter(*Action.__slots__)


@dataclass(slots=True)
class Batch:
    """Some actions of a plan, in order. An action is None until its question is answered."""

    actions: list[Action | None] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)
    skipped: int = 0
    """The number of names that are unchanged, if no actions are wanted for them."""

    def finished(self) -> list[Action]:
        """Return the actions."""
        return [action for action in self.actions if action is not None]


class Planner:
    """The machine of one run through a plan.

    Args:
        make: What makes the actions.
        skips: Whether names that are unchanged give actions. If not, they are counted.
        ages: The ages that are selected, or None for all.
    """

    def __init__(self, make: Actions, skips: bool = True, ages: Ages | None = None) -> None:
        self._make = make
        self._options = make.options
        self._skips = skips
        self._ages = ages
        self._downloads, self._copies = make.direction == "download", make.direction == "copy"
        self._last = Rules.of((), make.options.last) if make.options.last else None
        self._lasts = Spool(_ROOM)
        self._keeps = make.options.delete or self._downloads or self._copies
        self._unmatched = Spool(_ROOM)
        self._renames = Renames() if self._downloads and self._options.case_conflict == "rename" else None
        self._conflict = ""
        self._above: list[str] = []
        self._source_names = self._target_names = 0
        self._failed = False

    def plan(self, pairs: list[Pair]) -> Batch:
        """Return the actions and the questions for some pairs."""
        batch = Batch()
        actions, questions = batch.actions, batch.questions
        direction, compare, decided = self._make.direction, self._options.compare, self._make.decided
        skips, ages = self._skips, self._ages
        for source, target in pairs:
            if source is None:
                self._only_target(target, actions)
                continue
            name = source[0]
            if target is not None and target[4] == FAILURE:
                self._unread(target, actions)
            if source[4] or (name[-1] == "/" and not self._copies):
                self._unusual(source, target, actions)
                continue
            self._source_names += 1
            if ages is not None and not ages.selects(source[2]):
                self._leave_alone(name, target)
                continue
            if self._downloads and self._conflicts(name):
                actions.append(self._make.refused(source, self._conflict))
                self._target_names += target is not None
                continue
            if self._renames is not None and not (self._last and self._last.matches_any(name)):
                self._rename(name)
            if target is None:
                actions.append(decided(source, None, NEW if self._make.looked else ALL))
                continue
            self._target_names += 1
            found = first(direction, compare, source, target, self._options.part_size)
            if isinstance(found, Question):
                questions.append((len(actions), found, source, target))
                actions.append(None)
            elif skips or found.transfer:
                actions.append(decided(source, target, found))
            else:
                batch.skipped += 1
        return batch

    def answer(self, batch: Batch, asked: Asked, decision: Decision) -> None:
        """Set the action of a question."""
        place, _, source, target = asked
        action = self._make.decided(source, target, decision)
        if self._skips or decision.transfer or action.mtime is not None:
            batch.actions[place] = action
        else:
            batch.skipped += 1

    def settle(self, batch: Batch) -> list[Action]:
        """Return the actions of a batch whose questions are answered, without those that match `last`."""
        actions = batch.finished()
        if self._last is None:
            return actions
        now: list[Action] = []
        for action in actions:
            if self._last.matches_any(action.name):
                self._lasts.append(_values(action))
            else:
                now.append(action)
        return now

    def lasts(self) -> Iterator[Action]:
        """Return the actions that follow all others."""
        for values in self._lasts:
            action = Action(*values)
            if self._renames is not None:
                self._rename(action.name)
            yield action

    def deletes(self, what: str) -> Iterator[Action]:
        """Return the deletes, or the action that says why there are none.

        Args:
            what: The source, for messages.

        Raises:
            UnsafeDeleteError: The source has no names.
        """
        options = self._options
        if not options.delete or self._failed:
            return iter(())
        deletes = sum(
            self._counts(entry) and self._has_age(entry) and not self._is_renamed(entry) for entry in self._unmatched
        )
        check_source(options, self._source_names, deletes, what)
        reason = excess(options, self._target_names, deletes)
        if reason:
            return iter([Action("fail", "", None, self._make.target, None, reason)])
        entries = reversed(self._unmatched) if self._downloads else iter(self._unmatched)
        return map(self._make.delete, filter(self._has_age, entries))

    def restart(self) -> Spool:
        """Return the entries that only the target has, because the source was out of order: they are paired again."""
        found, self._unmatched = self._unmatched, Spool(_ROOM)
        self._target_names -= sum(self._counts(entry) for entry in found)
        self._above = []
        return found

    def close(self) -> None:
        """Remove the temporary files."""
        self._lasts.close()
        self._unmatched.close()

    def _unread(self, target: Entry, actions: list[Action | None]) -> None:
        """Note what cannot be read in the target, whose names are only of use for deletes."""
        self._failed = True
        if self._options.delete:
            actions.append(self._make.unread(target))

    def _only_target(self, target: Entry | None, actions: list[Action | None]) -> None:
        """Keep an entry that only the target has."""
        if target is None:
            return
        if target[4] == FAILURE:
            self._unread(target, actions)
            return
        if target[4] == EMPTY_DIRECTORY and not self._options.empty_dirs:
            return  # the source cannot show that it has an empty directory
        self._target_names += self._counts(target)
        if self._keeps:
            self._unmatched.append(target)

    def _leave_alone(self, name: str, target: Entry | None) -> None:
        """Count a name whose age is not selected."""
        self._target_names += target is not None
        if self._renames is not None:
            self._rename(name)

    def _has_age(self, target: Entry) -> bool:
        """Return whether the age of what only the target has is selected. The age of a directory says nothing."""
        return self._ages is None or not self._counts(target) or self._ages.selects(target[2])

    def _rename(self, name: str) -> None:
        """Remember the path that a name gets on a file system without case, if it collides there."""
        assert self._renames is not None
        with suppress(BadName):
            self._renames.add(self._make.names.path_of(name).replace(os.sep, "/"))

    def _is_renamed(self, target: Entry) -> bool:
        """Return whether a file that only the target has is one of a name that collides: a run does not remove it."""
        return self._renames is not None and (target[5] or target[0]).replace(os.sep, "/") in self._renames.paths

    def _counts(self, entry: Entry) -> bool:
        """Return whether an entry of the target counts as a name: directories do not."""
        return self._copies or entry[0][-1] != "/"

    def _unusual(self, source: Entry, target: Entry | None, actions: list[Action | None]) -> None:
        """Handle an entry of the source that is not a file or an object."""
        if source[4] in UNUSUAL:
            self._failed = self._failed or source[4] == FAILURE
            actions.append(self._make.noted(source))
        elif self._downloads and source[1]:
            actions.append(self._make.bad_name(source, "its name ends with a slash, and it is not empty"))
        elif target is None and self._downloads:
            if self._conflicts(source[0]):
                actions.append(self._make.refused(source, self._conflict))
            else:
                actions.append(self._make.directory(source))
        elif target is None and self._options.empty_dirs and self._make.options.rules.selects(source[0]):
            actions.append(self._make.directory(source))

    def _conflicts(self, name: str) -> bool:
        """Return whether a file was to be written where the name needs a directory."""
        above = self._above
        while above and not name.startswith(above[-1]):
            above.pop()
        for file in reversed(above):
            if name[len(file) : len(file) + 1] == "/" and self._make.can_be_file(file):
                self._conflict = f"it conflicts with the file {file!r}"
                return True
        if name[-1] != "/":
            above.append(name)
        return False
