"""Measure the peak memory of a plan over generated listings.

    python tools/measure_plan_memory.py NAMES [unchanged|new|unordered]

`unchanged`: both sides have the same names. `new`: every second name is missing in the target. `unordered`: both sides
list them out of order, so that both are sorted on the disk. Nothing is sent. The peak must stay below 150 MiB for ten
million names.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from minio import Minio
from minio._core.datatypes import Object
from minio._core.ops.listing import Listing
from minio.directories import Prefix

PAGE = 1000
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class GeneratedClient(Minio):
    """A client whose listings are made up."""

    def __init__(self, count: int, kind: str) -> None:
        super().__init__("generated:1")
        self.count, self.kind = count, kind

    def _page_lists(self, listing: Listing) -> Iterator[list[Object]]:  # type: ignore[override]
        step = 2 if self.kind == "new" and listing.bucket == "target" else 1
        for at in range(0, self.count, PAGE * step):
            numbers = range(at, min(at + PAGE * step, self.count), step)
            yield [self._object(listing, number) for number in numbers]

    def _object(self, listing: Listing, number: int) -> Object:
        if self.kind == "unordered":  # each thousand of names ascends, but not all of them
            number = (number // PAGE * 7919 % (self.count // PAGE)) * PAGE + number % PAGE
        name = f"{listing.prefix}photos/of/the/year/{number // PAGE:08}/image-{number:010}.jpg"
        return Object(listing.bucket, name, MOMENT, f"{number:032x}", number)


def main(count: int, kind: str) -> None:
    """Run through a plan, and print what it took."""
    plan = GeneratedClient(count, kind).plan_sync(Prefix("source"), Prefix("target"), delete=True, max_delete="100%")
    begin = time.perf_counter()
    actions = skipped = 0
    for batch, unchanged in plan._batches(skips=False):
        actions += len(batch)
        skipped += unchanged
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{kind}: {count} names, {actions} actions, {skipped} unchanged, {seconds:.1f} s, peak {peak:.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "unchanged")
