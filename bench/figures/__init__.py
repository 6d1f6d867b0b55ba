"""The figures P1 to P10: one function each, from a site to the works that it measured."""

from __future__ import annotations

from collections.abc import Callable

from ..result import Work
from ..site import Site
from .calls import p1, p2, p3, p4, p8
from .files import p5, p6, p7
from .processes import p9, p10

FIGURES: dict[str, Callable[[Site], list[Work]]] = {
    "P1": p1,
    "P2": p2,
    "P3": p3,
    "P4": p4,
    "P5": p5,
    "P6": p6,
    "P7": p7,
    "P8": p8,
    "P9": p9,
    "P10": p10,
}
QUICK = ("P1", "P2", "P3", "P4", "P5", "P8")
