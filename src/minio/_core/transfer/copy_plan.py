"""Division of copy sources into parts. Pure.

In S3, every part except the last must be at least 5 MiB, and no part may exceed 5 GiB.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from ..exceptions import InvalidArgumentError, InvalidSizeError
from .plan import MAX_OBJECT_SIZE, MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE
from .sizes import MIB

_USUAL = 512 * MIB


@dataclass(frozen=True, slots=True)
class CopyPart:
    """A part of the copy: its number, the index of its source, and its offset and length there."""

    number: int
    source: int
    offset: int
    length: int


def copy_plan(spans: Sequence[tuple[int, int]], part_size: int = 0) -> list[CopyPart]:
    """Divide sources, each given as (offset, length), into parts of about `part_size` bytes.

    Raises:
        InvalidArgumentError: A source other than the last is shorter than 5 MiB.
        InvalidSizeError: The total exceeds 5 TiB or needs more than 10,000 parts.
    """
    total = sum(length for _, length in spans)
    if total > MAX_OBJECT_SIZE:
        raise InvalidSizeError(f"sources hold {total} bytes, but an object may hold {MAX_OBJECT_SIZE} (5 TiB)")
    for index, (_, length) in enumerate(spans[:-1]):
        if length < MIN_PART_SIZE:
            raise InvalidArgumentError(
                f"sources[{index}] has {length} bytes, but all sources but the last need {MIN_PART_SIZE} (5 MiB)"
            )
    size = min(MAX_PART_SIZE, max(part_size or _USUAL, ceil(total / MAX_PARTS * 2)))
    parts_to_copy = list(_copy_parts(spans, size))
    if len(parts_to_copy) > MAX_PARTS:
        raise InvalidSizeError(f"sources make {len(parts_to_copy)} parts, but S3 takes {MAX_PARTS}")
    return parts_to_copy


def _copy_parts(spans: Sequence[tuple[int, int]], size: int) -> Iterator[CopyPart]:
    number = 0
    for index, (offset, length) in enumerate(spans):
        for part in _lengths(length, size):
            number += 1
            yield CopyPart(number, index, offset, part)
            offset += part


def _lengths(length: int, size: int) -> list[int]:
    """Return the part sizes for `length` bytes. The last parts absorb a remainder that is too short for a part."""
    count, rest = divmod(length, size)
    if rest >= MIN_PART_SIZE or not count:
        return [*[size] * count, rest]
    if size + rest <= MAX_PART_SIZE:
        return [*[size] * (count - 1), size + rest]
    half = (size + rest) // 2
    return [*[size] * (count - 1), half, size + rest - half]
