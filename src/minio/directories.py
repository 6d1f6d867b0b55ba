"""What the calls on directories, prefixes and many objects take and return.

`Prefix` is the remote side of a call. `plan_sync` makes `Action`s, and `transfer` makes an `Outcome` of each of them;
`Summary` counts the outcomes. None of them holds an open file or a connection, and all can be pickled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ._core.display import shows

__all__ = ["Action", "Kind", "Outcome", "Prefix", "Status", "Summary", "TransferProgress"]

Kind = Literal["upload", "download", "copy", "delete", "make_directory", "skip", "warn", "fail"]
"""What an action does.

`skip` is a name that is the same on both sides, or that an option leaves alone. `warn` is a local file that cannot be
transferred (a broken link, a socket) or that vanished. `fail` is a name that cannot be transferred as it was asked
(a name that cannot be a file, a collision): nothing is sent for it, and its outcome has failed.
"""

Status = Literal["done", "skipped", "warning", "failed", "cancelled"]

MAX_FAILURES = 1000


@shows("bucket", "prefix")
@dataclass(frozen=True, slots=True)
class Prefix:
    """The objects below a prefix of a bucket.

    Args:
        bucket: The bucket.
        prefix: The prefix, with or without a slash at its end: "photos" and "photos/" are the same, and neither
            contains `photos-of-2024`. An empty prefix means the whole bucket.
        client: The client to reach it with. By default, the client whose method is called.
    """

    bucket: str
    prefix: str = ""
    client: Any = None


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a plan. Nothing happens until the plan runs.

    Args:
        kind: What to do.
        name: The name relative to both roots, with `/` between its segments. The name of a directory ends with `/`.
        source: Where the content comes from: a path, or the key of an object. None if there is no source.
        target: Where it goes: a path, or the key of an object.
        size: The size of the source in bytes, as far as it is known.
        reason: Why: "new", "size differs", "content differs", "unchanged", "not in the source", ...
        etag: The ETag of the source object. A download reads this ETag and no other.
        mtime: The time of the source in seconds since 1970.
        replaces: What the plan saw at the target: an ETag, or a time in nanoseconds. None if it saw nothing: then the
            target is written only if it still does not exist. Empty if the plan did not look.
        version_id: The version to delete.
    """

    kind: Kind
    name: str
    source: str | None = None
    target: str | None = None
    size: int | None = None
    reason: str = ""
    etag: str | None = None
    mtime: float | None = None
    replaces: str | None = ""
    version_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action, or of one object of a bulk call.

    Args:
        action: What was to be done: the kind of an `Action`, or "get", "put", "stat", "copy" or "delete".
        source: The path or key that was read, or None.
        target: The path or key that was written, or None.
        size: The number of bytes transferred or found.
        status: "done", "skipped", "warning", "failed" or "cancelled".
        reason: Why it was done or left alone.
        error: The error of a failed outcome.
        etag: The ETag of the object that was read or written.
        version_id: The version that was written or removed.
        value: What a bulk call returns: the bytes of `get_objects`, the `Object` of `stat_objects`.
        source_etag: The ETag of the source object that the plan saw.
        source_mtime: The time of the source that the plan saw, in seconds since 1970.
        seconds: How long the transfer of this file or object took. None for deletes, and in bulk calls.
    """

    action: str
    source: str | None = None
    target: str | None = None
    size: int | None = None
    status: Status = "done"
    reason: str = ""
    error: BaseException | None = None
    etag: str | None = None
    version_id: str | None = None
    value: Any = field(default=None, repr=False)
    source_etag: str | None = None
    source_mtime: float | None = None
    seconds: float | None = field(default=None, compare=False)

    @property
    def ok(self) -> bool:
        """Whether nothing failed: the status is "done", "skipped" or "warning"."""
        return self.status in ("done", "skipped", "warning")


@dataclass(frozen=True, slots=True)
class TransferProgress:
    """How far a run is. A `progress` object with a method `on_progress` receives it.

    Args:
        bytes_done: The number of bytes transferred.
        bytes_total: The number of bytes to transfer, as far as the plan is known. What failed is not counted.
        objects_done: The number of files and objects transferred or deleted.
        objects_total: The number of those to transfer or delete, as far as the plan is known.
        final: Whether the whole plan is known, so the totals do not grow any more.
        files: The files of 64 MiB and more that are under way: their names, the bytes transferred, and their sizes.
    """

    bytes_done: int = 0
    bytes_total: int = 0
    objects_done: int = 0
    objects_total: int = 0
    final: bool = False
    files: tuple[tuple[str, int, int], ...] = ()


@dataclass(slots=True)
class Summary:
    """What a whole call did.

    Args:
        done: The number of files and objects that were transferred, without those deleted.
        skipped: The number of those that were left alone.
        deleted: The number of those that were deleted.
        warnings: The number of local files that could not be transferred, such as broken links.
        failed: The number of failures.
        cancelled: The number of actions that were not carried out because the run ended early.
        bytes: The number of bytes transferred.
        seconds: How long the call took.
        failures: The first 1,000 outcomes that failed, warnings not included.
    """

    done: int = 0
    skipped: int = 0
    deleted: int = 0
    warnings: int = 0
    failed: int = 0
    cancelled: int = 0
    bytes: int = 0
    seconds: float = 0.0
    failures: list[Outcome] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing failed and nothing was cancelled."""
        return not self.failed and not self.cancelled

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        match outcome.status:
            case "done" if outcome.action == "delete":
                self.deleted += 1
            case "done":
                self.done += 1
                self.bytes += outcome.size or 0
            case "skipped":
                self.skipped += 1
            case "warning":
                self.warnings += 1
            case "cancelled":
                self.cancelled += 1
            case "failed":
                self.failed += 1
                if len(self.failures) < MAX_FAILURES:
                    self.failures.append(outcome)
