"""Division of a body into parts. Pure.

S3 accepts at most 10,000 parts. Every part except the last is at least 5 MiB, and none exceeds 5 GiB. A body of known
length is divided evenly. A body of unknown length starts with small parts whose size doubles every 950 parts, so that
5 TiB still fit.

Unless the caller chooses, parts are as small as S3 allows, so that ETags are those that other clients make. Above
256 MiB, parts of a body that need not be held in memory are larger: each request costs time on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from ..arguments import BYTES, whole_number
from ..exceptions import InvalidArgumentError, InvalidSizeError
from .sizes import MIB

MIN_PART_SIZE = 5 * MIB
MAX_PART_SIZE = 5 * 1024 * MIB
MAX_PARTS = 10_000
MAX_OBJECT_SIZE = 5 * 1024 * 1024 * MIB
_STEP = 950
_LARGE = 256 * MIB
_LARGE_PART = 8 * MIB
"""The size from which parts are larger, and their size. Still larger ones save little, and a lost part costs more."""


class Part(NamedTuple):
    """A part of the body: its number (from 1), its offset and its size (the maximum, if the length is unknown)."""

    number: int
    offset: int
    size: int


@dataclass(slots=True)
class Plan:
    """The division of one body. A `length` of None means that it is unknown until the end is reached."""

    length: int | None
    part_size: int

    @property
    def count(self) -> int | None:
        """The number of parts, at least one; None if the length is unknown."""
        return None if self.length is None else max(1, ceil(self.length / self.part_size))

    def part(self, number: int) -> Part:
        """Return the part with this number."""
        if self.length is not None:
            offset = (number - 1) * self.part_size
            return Part(number, offset, min(self.part_size, self.length - offset))
        doubled, rest = divmod(number - 1, _STEP)
        sizes = [min(self.part_size * 2**times, MAX_PART_SIZE) for times in range(doubled + 1)]
        return Part(number, _STEP * sum(sizes[:-1]) + rest * sizes[-1], sizes[-1])

    def parts(self) -> Iterator[Part]:
        """Iterate over all parts in order. If the length is unknown, iterate up to the maximum number of parts."""
        for number in range(1, (self.count or MAX_PARTS) + 1):
            yield self.part(number)


def check_length(length: int) -> int:
    """Return the argument `length` as an int: a number of bytes, or -1 if unknown.

    Raises:
        InvalidArgumentTypeError: It is not a whole number.
        InvalidArgumentError: It is less than -1.
        InvalidSizeError: It exceeds 5 TiB.
    """
    length = whole_number("length", length, BYTES)
    if length < -1:
        raise InvalidArgumentError(f"length must be at least 0, or -1 for a stream of unknown length, not {length}")
    if length > MAX_OBJECT_SIZE:
        raise InvalidSizeError(f"length {length} exceeds what an object may hold: {MAX_OBJECT_SIZE} bytes (5 TiB)")
    return length


def check_part_size(part_size: int, argument: str = "part_size") -> int:
    """Return the size of parts as an int: a number of bytes, or 0 for the default. Errors name the argument."""
    part_size = whole_number(argument, part_size, BYTES)
    if part_size and not MIN_PART_SIZE <= part_size <= MAX_PART_SIZE:
        raise InvalidArgumentError(
            f"{argument} must be from {MIN_PART_SIZE} (5 MiB) to {MAX_PART_SIZE} (5 GiB) bytes, or 0, not {part_size}"
        )
    return part_size


def make_plan(length: int, part_size: int = 0, in_memory: bool = True) -> Plan:
    """Divide a body into parts.

    Args:
        length: The length of the body in bytes, -1 if unknown.
        part_size: The size of the parts in bytes. 0 chooses it.
        in_memory: Whether each part is held in memory while it is sent, so that parts should be small.

    Raises:
        InvalidSizeError: The body would need more than 10,000 parts of that size.
    """
    length, part_size = check_length(length), check_part_size(part_size)
    if length < 0:
        return Plan(None, part_size or MIN_PART_SIZE)
    if not part_size:
        small = in_memory or length <= _LARGE
        return Plan(length, _least_size(length, MIN_PART_SIZE if small else _LARGE_PART))
    if ceil(length / part_size) > MAX_PARTS:
        raise InvalidSizeError(
            f"length {length} in parts of part_size {part_size} makes more than {MAX_PARTS} parts: take larger parts"
        )
    return Plan(length, part_size)


def earlier_plans(plan: Plan) -> list[Plan]:
    """Return the plans that earlier versions made for the same body and the default size of parts, if they differ.

    An upload that such a version began is resumed with its own plan.
    """
    if plan.length is None:
        return []
    earlier = Plan(plan.length, _least_size(plan.length, MIN_PART_SIZE))
    return [] if earlier == plan else [earlier]


def _least_size(length: int, step: int) -> int:
    """Return the smallest multiple of `step` that divides a body into at most 10,000 parts."""
    return step if length <= step * MAX_PARTS else ceil(ceil(length / MAX_PARTS) / step) * step
