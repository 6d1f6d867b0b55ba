"""The figures of the benchmarks. Each has a title and a function that returns the workloads that it measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..result import Work
from ..site import Site
from .calls import p1, p2, p3, p4, p8, p12, p13
from .directories import p14, p15
from .files import p5, p6, p7
from .filesystems import p18
from .many import p11, p16
from .processes import p9, p10


@dataclass(frozen=True)
class Figure:
    title: str
    """What is measured, on which server, for readers who do not know the numbers of the figures."""
    measure: Callable[[Site], list[Work]]


FIGURES = {
    "P1": Figure("Small calls (4 KiB), one after another: the client's CPU time per call. Null server", p1),
    "P2": Figure("Small GETs (4 KiB) by 32 threads at once. Null server", p2),
    "P3": Figure("Small GETs (4 KiB) by 32 tasks at once, three runs. Null server", p3),
    "P4": Figure("Small PUTs and GETs (4 KiB), 32 at once. SeaweedFS", p4),
    "P5": Figure("One large object to a file. Null server", p5),
    "P6": Figure("One large file, up and down. SeaweedFS", p6),
    "P7": Figure("One large file over a slow link: 20 ms, 25 MB/s per connection. SeaweedFS", p7),
    "P8": Figure("A listing of 100,000 keys. Null server", p8),
    "P9": Figure("The client's memory during a transfer of 4 GiB. SeaweedFS", p9),
    "P10": Figure("The start of a program: import the package and create a client. No server", p10),
    "P11": Figure("A directory of 10,000 files of 4 KiB, one call. SeaweedFS", p11),
    "P12": Figure("Many small GETs (4 KiB) by one call of the blocking client. Null server", p12),
    "P13": Figure("A listing of 200,000 keys by 16 workers. A server that is 20 ms away", p13),
    "P14": Figure("A sync of 100,000 small files that are unchanged: whole processes. SeaweedFS", p14),
    "P15": Figure("The removal of 100,000 objects by their prefix: whole processes. SeaweedFS", p15),
    "P16": Figure("5,000 files of 4 KiB, 32 at once. SeaweedFS", p16),
    "P18": Figure("File systems of fsspec: a table, 2,000 small files, 100,000 names. SeaweedFS, null server", p18),
}
QUICK = ("P1", "P2", "P3", "P4", "P5", "P8")
