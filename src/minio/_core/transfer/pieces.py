"""How sources are cut into the parts of a copy. Pure.

S3 wants every part but the last to have 5 MiB at least, and none more than 5 GiB.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from ...error import InvalidArgumentError, InvalidSizeError
from .plan import MAX_OBJECT_SIZE, MAX_PART_SIZE, MAX_PARTS, MIB, MIN_PART_SIZE

_USUAL = 512 * MIB


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the copy: its number, the source it comes from, and where it lies there."""

    number: int
    source: int
    offset: int
    length: int


def cut(spans: Sequence[tuple[int, int]], part_size: int = 0) -> list[Piece]:
    """Cut sources, each given as (offset, length), into parts of about `part_size` bytes.

    Raises:
        InvalidArgumentError: A source that is not the last is shorter than 5 MiB.
        InvalidSizeError: The whole is larger than 5 TiB, or makes more than 10,000 parts.
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
    pieces = list(_pieces(spans, size))
    if len(pieces) > MAX_PARTS:
        raise InvalidSizeError(f"sources make {len(pieces)} parts, but S3 takes {MAX_PARTS}")
    return pieces


def _pieces(spans: Sequence[tuple[int, int]], size: int) -> Iterator[Piece]:
    number = 0
    for index, (offset, length) in enumerate(spans):
        for part in _lengths(length, size):
            number += 1
            yield Piece(number, index, offset, part)
            offset += part


def _lengths(length: int, size: int) -> list[int]:
    """A length in parts of `size`; what is left over, if too short for a part, goes to the last one."""
    count, rest = divmod(length, size)
    if rest >= MIN_PART_SIZE or not count:
        return [*[size] * count, rest]
    if size + rest <= MAX_PART_SIZE:
        return [*[size] * (count - 1), size + rest]
    half = (size + rest) // 2
    return [*[size] * (count - 1), half, size + rest - half]
