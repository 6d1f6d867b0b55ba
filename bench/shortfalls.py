"""Why targets are not met, for the page. Review a reason when its code or its figure changes.

A target that is missed for the first time has no reason yet. A test demands one as soon as the page shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .result import Row, Work

UNKNOWN = "The reason is not known."
REASONS = {
    ("P1", "PUT, on one core"): (
        "A PUT does more than a GET: it hashes the body twice (SHA-256 for the signature, and CRC-32C), signs "
        "more headers, and makes a result of the response's headers."
    ),
    ("P1", "HEAD, on one core"): (
        "What remains is the signature, one send, one receive, and a result made of the response's headers, in Python."
    ),
    ("P5", "256 MiB down"): "Each byte is hashed (CRC-32C), which the bare loop and `minio` 7.2.20 do not do.",
    ("P6", "1024 MiB up"): (
        "The server, which shares the two cores with the clients, is the limit: the fastest clients are within 3 % of "
        "each other."
    ),
    ("P6", "1024 MiB up, CPU"): (
        "Each byte is hashed twice: SHA-256 for the signature, and CRC-32C, which the server verifies. obstore, "
        "boto3[crt] and ours are within 2 % of each other."
    ),
    ("P7", "256 MiB down"): (
        "Whether one connection is slow is known only after 50 ms, and parts of 5 MiB, which take 210 ms each, do not "
        "end at the same moment on all connections."
    ),
    ("P10", "import and create a client"): (
        "Half of the time is Python's own modules, such as logging, hashlib, typing and dataclasses."
    ),
    ("P15", "remove a prefix"): ("The server is the limit for both clients. Ours needs about half of the CPU."),
    ("P16", "down"): (
        "Client and server share two cores. Our client needs half of s5cmd's CPU, but on one event loop it cannot use "
        "the second core while the server leaves it idle."
    ),
}
"""The reason for each figure and beginning of a workload's name."""


def shortfalls(works: Sequence[Work]) -> Iterator[tuple[Row, str]]:
    """Yield each row whose target is not met, and the reason."""
    for work in works:
        for row in work.rows:
            if row.met is False:
                yield row, reason_of(work)


def reason_of(work: Work) -> str:
    """Return why a workload may miss its target."""
    names = [name for figure, name in REASONS if figure == work.figure and work.name.startswith(name)]
    return REASONS[work.figure, max(names, key=len)] if names else UNKNOWN


def rounds_met(row: Row) -> tuple[int, int]:
    """Return in how many rounds the target of a row was met, and the number of rounds."""
    mine = row.work.series[row.ours].values
    theirs = row.work.series[row.peer].values if row.peer is not None else [1.0] * len(mine)
    verdicts = [row.meets(ours / other) for ours, other in zip(mine, theirs, strict=False)]
    return sum(verdict is True for verdict in verdicts), len(verdicts)
