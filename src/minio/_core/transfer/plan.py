"""How a body is cut into parts. Pure.

S3 takes at most 10,000 parts; each but the last has at least 5 MiB, none more than 5 GiB. A body of known length is
cut evenly. One of unknown length begins with small parts that double every 950, so that 5 TiB still fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from ...error import InvalidArgumentError, InvalidArgumentTypeError, InvalidSizeError

MIB = 1024 * 1024
MIN_PART_SIZE = 5 * MIB
MAX_PART_SIZE = 5 * 1024 * MIB
MAX_PARTS = 10_000
MAX_OBJECT_SIZE = 5 * 1024 * 1024 * MIB
_STEP = 950


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the body: its number from 1 on, where it begins, and its size (at most, if the length is unknown)."""

    number: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The cut of one body. `length` None: not known before the end is seen."""

    length: int | None
    part_size: int

    @property
    def count(self) -> int | None:
        """How many parts there are, at least one; None when the length is unknown."""
        return None if self.length is None else max(1, ceil(self.length / self.part_size))

    def part(self, number: int) -> Part:
        """The part of that number."""
        if self.length is not None:
            offset = (number - 1) * self.part_size
            return Part(number, offset, min(self.part_size, self.length - offset))
        doubled, rest = divmod(number - 1, _STEP)
        sizes = [min(self.part_size * 2**times, MAX_PART_SIZE) for times in range(doubled + 1)]
        return Part(number, _STEP * sum(sizes[:-1]) + rest * sizes[-1], sizes[-1])

    def parts(self) -> Iterator[Part]:
        """All parts in order; of unknown length as many as S3 takes."""
        for number in range(1, (self.count or MAX_PARTS) + 1):
            yield self.part(number)


def check_length(length: int) -> None:
    """Check the argument `length`: bytes, or -1 for unknown.

    Raises:
        InvalidArgumentError: It is negative otherwise (InvalidArgumentTypeError: it is no whole number).
        InvalidSizeError: It exceeds 5 TiB.
    """
    if not isinstance(length, int) or isinstance(length, bool):
        raise InvalidArgumentTypeError(f"length must be a whole number of bytes, not {type(length).__name__}")
    if length < -1:
        raise InvalidArgumentError(f"length must be at least 0, or -1 for a stream of unknown length, not {length}")
    if length > MAX_OBJECT_SIZE:
        raise InvalidSizeError(f"length {length} exceeds what an object may hold: {MAX_OBJECT_SIZE} bytes (5 TiB)")


def check_part_size(part_size: int) -> None:
    """Check the argument `part_size`: bytes, 0 for the default."""
    if not isinstance(part_size, int) or isinstance(part_size, bool):
        raise InvalidArgumentTypeError(f"part_size must be a whole number of bytes, not {type(part_size).__name__}")
    if part_size and not MIN_PART_SIZE <= part_size <= MAX_PART_SIZE:
        raise InvalidArgumentError(
            f"part_size must be from {MIN_PART_SIZE} (5 MiB) to {MAX_PART_SIZE} (5 GiB) bytes, or 0, not {part_size}"
        )


def make_plan(length: int, part_size: int = 0) -> Plan:
    """Cut a body of `length` bytes (-1: unknown) into parts of `part_size` bytes (0: as small as S3 allows).

    Raises:
        InvalidSizeError: Parts of that size would be more than 10,000.
    """
    check_length(length)
    check_part_size(part_size)
    if length < 0:
        return Plan(None, part_size or MIN_PART_SIZE)
    if not part_size:
        least = ceil(length / MAX_PARTS)
        return Plan(length, max(1, ceil(least / MIN_PART_SIZE)) * MIN_PART_SIZE)
    if ceil(length / part_size) > MAX_PARTS:
        raise InvalidSizeError(
            f"length {length} in parts of part_size {part_size} makes more than {MAX_PARTS} parts: take larger parts"
        )
    return Plan(length, part_size)
