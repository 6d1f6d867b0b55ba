"""The CRC-32C of two adjacent pieces of data from the CRC-32Cs of each.

A CRC is a polynomial over two elements, modulo that of CRC-32C. Appending n bytes multiplies it by x^(8n). Numbers hold
the coefficient of x^0 in their highest bit.
"""

from __future__ import annotations

from functools import cache, lru_cache

_POLYNOMIAL = 0x82F63B78
_ONE = 1 << 31


def combine_crc32c(first: int, second: int, length: int) -> int:
    """Return the CRC-32C of the first piece followed by the second, which has `length` bytes."""
    return _product(_power(length), first) ^ second


def _product(one: int, other: int) -> int:
    """Multiply two polynomials."""
    found, bit = 0, _ONE
    while bit:
        if one & bit:
            found ^= other
        other = (other >> 1) ^ _POLYNOMIAL if other & 1 else other >> 1
        bit >>= 1
    return found


@lru_cache(256)
def _power(length: int) -> int:
    """Return x^(8 * length)."""
    found, square = _ONE, _byte()
    while length:
        if length & 1:
            found = _product(square, found)
        square = _product(square, square)
        length >>= 1
    return found


@cache
def _byte() -> int:
    return _ONE >> 8
