"""A record of what was acknowledged, and so of what the server must return.

The state of a key is the set of its possible contents. `None` means that there is no object.

* An acknowledged call leaves one possibility.
* A failed write adds one: it may have taken effect or not, and both are valid. The next read of the key settles which,
  because the write has ended by then: the proxy drops a response only after the server has finished.
* Any other result is a violation: bytes that were never stored, old content, an object that has disappeared or
  reappeared.

Only one worker at a time uses a key. Listings run concurrently, and are checked against the keys that no worker used in
the meantime.
"""

from __future__ import annotations

import hashlib
import os
import random
import threading
from dataclasses import dataclass, field

KIB, MIB = 1024, 1024 * 1024
_NOISE = 48 * MIB


class Violation(Exception):
    """A guarantee was violated."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of an object: a range of the noise. No two are the same."""

    version: int
    offset: int
    size: int
    digest: str


class Noise:
    """Random bytes. Every content is a range of them, so it can be compared without being generated again."""

    def __init__(self) -> None:
        self._bytes = memoryview(os.urandom(_NOISE))
        self._lock = threading.Lock()
        self._made = 0

    def make(self, size: int) -> Content:
        offset = random.randrange(_NOISE - size)
        with self._lock:
            self._made += 1
            version = self._made
        return Content(version, offset, size, hashlib.sha256(self._bytes[offset : offset + size]).hexdigest())

    def of(self, content: Content, begin: int = 0, end: int | None = None) -> memoryview:
        stop = content.size if end is None else min(end, content.size)
        return self._bytes[content.offset + begin : content.offset + stop]


@dataclass(slots=True)
class Entry:
    """A key."""

    name: str
    possible: dict[Content | None, str] = field(default_factory=lambda: {None: ""})
    """The possible contents, with their ETags if known."""
    former: list[Content] = field(default_factory=list)
    taken: bool = False
    uses: int = 0

    @property
    def certain(self) -> Content | None:
        """The content, if there is only one possibility."""
        return next(iter(self.possible)) if len(self.possible) == 1 else None


class Ledger:
    """The state of all keys."""

    def __init__(self, names: list[str], noise: Noise) -> None:
        self.noise = noise
        self.entries = {name: Entry(name) for name in names}
        self._lock = threading.Lock()

    def take(self, kind: str, present: bool = False) -> Entry | None:
        """Reserve a random key for one worker; with `present`, one that has an object."""
        with self._lock:
            free = [e for e in self.entries.values() if not e.taken and e.name.startswith(kind)]
            free = [e for e in free if e.certain is not None] if present else free
            if not free:
                return None
            entry = random.choice(free)
            entry.taken = True
            entry.uses += 1
            return entry

    def give(self, entry: Entry) -> None:
        with self._lock:
            entry.taken = False

    def begin(self, entry: Entry, content: Content | None) -> None:
        """Record that a write begins: from now on, both the old and the new content are possible."""
        entry.possible.setdefault(content, "")

    def done(self, entry: Entry, content: Content | None, etag: str = "") -> None:
        """Record that a write was acknowledged."""
        entry.former = [*entry.former, *(one for one in entry.possible if one is not None and one != content)][-5:]
        entry.possible = {content: etag}

    def saw_nothing(self, entry: Entry) -> None:
        if None not in entry.possible:
            raise Violation(f"{entry.name}: an acknowledged object is gone: {list(entry.possible)}")
        self.done(entry, None)

    def saw_bytes(self, entry: Entry, data: bytes | memoryview, begin: int = 0, end: int | None = None) -> None:
        """Check the bytes that were read from the whole object or a range."""
        found = [one for one in entry.possible if one is not None and self.noise.of(one, begin, end) == data]
        if not found:
            raise Violation(f"{entry.name}: {self._what(entry, data, begin, end)}, not one of {list(entry.possible)}")
        if len(found) == 1:
            self.done(entry, found[0], entry.possible[found[0]])

    def saw_look(self, entry: Entry, size: int | None, etag: str | None) -> None:
        """Check the size and the ETag that the server returned."""
        found = [
            one for one, tag in entry.possible.items() if one is not None and one.size == size and tag in ("", etag)
        ]
        if not found:
            raise Violation(f"{entry.name}: size {size}, ETag {etag}, not one of {entry.possible}")
        if len(found) == 1:
            self.done(entry, found[0], etag or "")

    def unused(self) -> dict[str, int]:
        """Return the keys that are not in use, with their use counts."""
        with self._lock:
            return self._unused()

    def saw_listing(self, before: dict[str, int], listed: dict[str, tuple[int | None, str | None]]) -> int:
        """Check a complete listing. Return the number of keys that were checked."""
        with self._lock:  # no worker can reserve a key during the check
            return self._judge(before, listed)

    def _unused(self) -> dict[str, int]:
        return {entry.name: entry.uses for entry in self.entries.values() if not entry.taken}

    def _judge(self, before: dict[str, int], listed: dict[str, tuple[int | None, str | None]]) -> int:
        after = self._unused()
        still = [self.entries[name] for name, uses in before.items() if after.get(name) == uses]
        for entry in still:
            size, etag = listed.get(entry.name, (None, None))
            right = any(
                entry.name not in listed if one is None else size == one.size and tag in ("", etag)
                for one, tag in entry.possible.items()
            )
            if not right:
                raise Violation(f"{entry.name} is listed as {listed.get(entry.name)}, not as {entry.possible}")
        if strangers := set(listed) - set(self.entries):
            raise Violation(f"listed, but never stored: {sorted(strangers)[:5]}")
        return len(still)

    def _what(self, entry: Entry, data: bytes | memoryview, begin: int, end: int | None) -> str:
        for one in reversed(entry.former):
            if self.noise.of(one, begin, end) == data:
                return f"an older content ({one})"
        return f"{len(data)} wrong bytes"
