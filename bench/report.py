"""What is left of a run: results as JSON, the page with the last table, and its pictures."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import surroundings
from .crew import HERE, PEERS
from .result import Work, as_json
from .table import markdown, markdown_table, spread_text, value_text

RESULTS = HERE / "results" / "latest.json"
DOCS = HERE.parent / "docs"

_PAGE = """# How fast it is

Measured by `make bench` on {date}, in {minutes:.0f} minutes. Each figure is a **ratio to a peer measured in the same
run**: {rounds} rounds, in which all work in turn, and the median of the rounds' ratios. Absolute figures are those of
one machine at one time, and mean nothing elsewhere. *CPU* is user and system time of the client's own process.

{pictures}

The thin lines reach from the least to the most of the rounds.

## The table

{table}

A ratio is ours divided by the peer's: of times and CPU less is better (targets with <=), of speeds more (>=).
{score}

## How

* **P1, P2, P3, P5, P8** ask a *null server*: nginx with one worker and static files, which swallows PUT and has a
  listing of 100 pages of 1,000 keys. So it is the client that is measured. **P4, P6, P7, P9** ask SeaweedFS, and so
  include the work of a server that shares the cores with the client.
* Each client has a process of its own, which is started and warmed up before, and lives through all rounds. A round of
  small calls is cut into {turns} turns, so that all meet the same moments of the machine. Peers are in an environment
  of their own (`bench/.venv-peers`).
* All clients are made as their documentation shows, with their defaults, a region and path-style addresses: no special
  case on our side, every request signed, every upload with a checksum. So `minio` 7.2.20 and boto3 keep at most ten
  connections when 32 threads ask. obstore lists 1,000 keys at a time and gets no timeout that would end a long
  transfer. boto3 has no awscrt, except as *boto3[crt]*.
* What is moved is checked, or it does not count: small objects byte by byte, the ETag of each small PUT, files by their
  SHA-256, listings by number, size and last key.
* **P3** and **P4** show ours as threads, as `AsyncMinio`, and as `AsyncMinio` on uvloop. The targets of P4 hold for
  `AsyncMinio`.
* **P6**: every upload goes into a new bucket; every download is of one and the same object. s5cmd counts as the whole
  process, since that is how it is used. A download of ours has waited for the disk when it returns, and the others'
  have not; in "down to the disk" they are made to, by an fsync. Before each of them, up or down, the disk is idle.
* **P5** and **P6**, down: each client downloads twice in a row, and the second counts. Virtual machines give free
  memory back to their host, and who writes a file right after another client has to fetch it anew: up to four times
  the CPU, and nothing that a client could do about it.
* **P7** goes through a link (`bench/slowlink.py`) that gives each connection a round trip of 20 ms, and 25 MB/s each
  way. Four connections at a time, where the client can be told.
* **P9** is `bench/memory.py`, one round.
* **P10** is the time of a whole process. `-S` keeps out what other packages of an environment do at every start; all is
  compiled before.

Not measured: P11, directories up and down, since there is no such transfer yet.

## Spread

The median, and the least and the most of the rounds.

{spread}

## Where

{where}

## Again

    make bench                                          everything; writes this page
    make bench-quick                                    P1 to P5 and P8, in under three minutes
    .venv/bin/python -m bench --only P1,P3 --rounds 9   some figures, with more rounds

It needs Linux; nginx is installed if that is possible (`apt-get install nginx-light`), else what needs it is shown as
not measured. All rounds are in `bench/results/latest.json`, which git ignores.
"""


def write_results(works: Sequence[Work], seconds: float, rounds: int) -> None:
    """Keep all rounds of this run, with what they depend on."""
    RESULTS.parent.mkdir(exist_ok=True)
    run = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "seconds": round(seconds),
        "rounds": rounds,
        "machine": surroundings.machine(),
        "versions": surroundings.versions(),
        "works": [as_json(work) for work in works],
    }
    RESULTS.write_text(json.dumps(run, indent=1) + "\n")


def write_document(works: Sequence[Work], turns: int) -> None:
    """Write docs/benchmarks.md and its pictures, of the run that was kept last."""
    run = json.loads(RESULTS.read_text())
    images = DOCS / "img"
    images.mkdir(exist_ok=True)
    drawn = _draw(images)
    page = _PAGE.format(
        date=run["date"],
        minutes=run["seconds"] / 60,
        rounds=run["rounds"],
        turns=turns,
        pictures="\n\n".join(f"![{title}](img/{name})" for name, title in drawn),
        table=markdown_table(works),
        score=_score(works),
        spread=markdown(("", "work", "who", "median", "least .. most"), _spread(works), frozenset({3, 4})),
        where=_where({**run["machine"], **run["versions"]}),
    )
    (DOCS / "benchmarks.md").write_text(page)


def _draw(images: Path) -> list[tuple[str, str]]:
    """Have the pictures drawn, by the interpreter that has matplotlib; tell their names and titles."""
    command = [str(PEERS), str(HERE / "chart.py"), str(RESULTS), str(images)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [(name, title) for name, _, title in (line.partition("\t") for line in done.stdout.splitlines())]


def _score(works: Sequence[Work]) -> str:
    verdicts = [row.met for work in works for row in work.rows if row.target is not None]
    missing = verdicts.count(None)
    tail = f", {missing} could not be measured" if missing else ""
    return f"{verdicts.count(True)} of {len(verdicts)} targets are met{tail}."


def _spread(works: Sequence[Work]) -> Iterator[tuple[str, ...]]:
    for work in works:
        for index, (label, series) in enumerate(work.series.items()):
            head = ("", "") if index else (work.figure, work.name)
            yield *head, label, value_text(series, work.unit), spread_text(series, work.unit)


def _where(facts: dict[str, str]) -> str:
    return "\n".join(f"* {name}: {fact}" for name, fact in facts.items())
