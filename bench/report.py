"""Save a run: the results as JSON, the page with the tables, and its charts."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from . import surroundings
from .crew import HERE, PEERS
from .figures import FIGURES
from .groups import GROUPS, Group
from .result import Work, as_json, lost_figures
from .shortfalls import rounds_met, shortfalls
from .table import compared, failures, markdown, markdown_table, ratio_text, spread_text, target_text, value_text

RESULTS = HERE / "results" / "latest.json"
DOCS = HERE.parent / "docs"

FREE_THREADING = """\
A free-threaded interpreter (`python3.14t`) has no GIL, so it could lift this limit. It does so only if every extension
module declares that it works without the GIL; otherwise importing the module enables the GIL again. urllib3 and certifi
are pure Python. In November 2026, lxml 6.1, httptools 0.9 and uvloop 0.23 have wheels for free-threaded 3.14.
google-crc32c has none for 3.14; its release 1.7.1 has one for free-threaded 3.13, but the others have none for 3.13. So
there is no free-threaded interpreter for which every dependency has a wheel, and none is measured here."""
"""What a free-threaded interpreter changes. Review it when a dependency gets new wheels."""

_PAGE = """# Benchmarks

`make bench` produced these results on {date}, in {minutes:.0f} minutes. Each result is a **ratio to a peer measured in
the same run**: in each round all clients take turns, and the result is the median of the rounds' ratios. There are
{rounds} rounds, unless a section says otherwise. Absolute values are valid only for one machine at one time. *CPU* is
the user and system time of the client's process.

A ratio is our value divided by the peer's value. For times and CPU, lower is better (targets with <=). For rates,
higher is better (targets with >=). CPU in us is the time per call, file or object; ms/MiB is the time per MiB moved. A
MB is 10^6 bytes, a MiB is 2^20 bytes.

{score}

The thin lines in the charts show the range from the lowest to the highest round.
{groups}{shortfalls}
## Method

* The *null server* is nginx with one worker and static files, which discards PUT bodies and serves a listing of 100
  pages of 1,000 keys. Results with it measure the client. Results with SeaweedFS include the work of a server that
  shares the cores with the client.
* Each client has its own process, which is started and warmed up beforehand and runs through all rounds. Another client
  begins in each round. A round of small calls is split into {turns} turns, so that changes on the machine affect all
  clients equally. The peers have their own environment (`bench/.venv-peers`), with the same interpreter.
* Every client is created as its documentation shows, with its default settings, a region and path-style addresses. Our
  client has no special configuration: it signs every request and sends a checksum with every upload. With their
  defaults, `minio` 7.2.20 and boto3 keep at most ten connections for 32 threads. The timeout of obstore is 300 s, so
  that it does not end a long transfer. boto3 runs without awscrt, except as *boto3[crt]*.
* A transfer counts only if its data is verified: small objects byte by byte, small PUTs by their ETag (opendal returns
  none), files by their SHA-256, listings by their number of keys and the sum of their sizes. Whole small objects and
  ETags are compared while the clock runs, for all clients; files after it has stopped.

## Threads and the GIL

On the null server, blocking threads of our client cannot pass about half the rate of obstore's threads (P2). Threads
that share one interpreter wait for its lock (the GIL), and each switch of threads costs more than the call itself;
obstore's work runs outside the lock. The answer is to use fewer threads: `AsyncMinio` makes all calls of a process on
one event loop, without these switches. P3 shows what this is worth.

{free_threading}

## Spread

The table shows the median, the lowest and the highest value of all rounds.

{spread}

## Environment

{where}

{optimization}

## Run the benchmarks

    make bench                                          everything; writes this page
    make bench-quick                                    P1 to P5 and P8, in a few minutes
    .venv/bin/python -m bench --again                   once more; shows both runs side by side, also in this page
    .venv/bin/python -m bench --only P1,P3 --rounds 9   some figures, with more rounds
    .venv/bin/python -m bench --page                    writes this page again, from the last run

The benchmarks require Linux. They install nginx if possible (`apt-get install nginx-light`); without it, the results
that need it are shown as not measured. All rounds are stored in `bench/results/latest.json`, which git ignores.
"""

_SECTION = """
## {title}

{about}

![{title}](img/{name}.png)
{tables}
"""

_SHORTFALLS = """
## Targets that are not met

The column *rounds* shows in how many rounds a target was met.

{table}
"""

_NO_OPTIMIZATION = """\
This interpreter was built without optimizations (`--enable-optimizations`, `--with-lto`). Python code then costs 11 to
20 % more CPU. On an optimized build, clients that are mostly Python, such as ours, are faster than shown here; clients
that are mostly Rust, C or Go are not."""


def load_results() -> dict[str, Any]:
    """Return the last saved run."""
    saved: dict[str, Any] = json.loads(RESULTS.read_text())
    return saved


def write_results(works: Sequence[Work], seconds: float, rounds: int) -> dict[str, Any]:
    """Save and return all rounds of this run, with the machine and the versions."""
    RESULTS.parent.mkdir(exist_ok=True)
    run = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "seconds": round(seconds),
        "rounds": rounds,
        "machine": surroundings.machine(),
        "interpreter": surroundings.interpreter(),
        "versions": surroundings.versions(),
        "works": [as_json(work) for work in works],
    }
    RESULTS.write_text(json.dumps(run, indent=1) + "\n")
    return run


def write_document(works: Sequence[Work], turns: int) -> None:
    """Write docs/benchmarks.md and its charts from the last saved run."""
    run = load_results()
    _draw(DOCS / "img")
    (DOCS / "benchmarks.md").write_text(page(works, run, turns))


def page(works: Sequence[Work], run: dict[str, Any], turns: int) -> str:
    """Return the text of docs/benchmarks.md."""
    again = compared(works)
    return _PAGE.format(
        date=run["date"],
        minutes=run["seconds"] / 60,
        rounds=run["rounds"],
        turns=turns,
        score=_score(works),
        groups="".join(_section(group, works, again) for group in GROUPS),
        shortfalls=_shortfalls(works),
        free_threading=FREE_THREADING,
        spread=markdown(("", "workload", "client", "median", "min .. max"), _spread(works), frozenset({3, 4})),
        where=_where({**run["machine"], **run["interpreter"], **run["versions"]}),
        optimization="" if surroundings.optimized(run["interpreter"]) else _NO_OPTIMIZATION,
    )


def _section(group: Group, works: Sequence[Work], again: bool) -> str:
    works = [work for work in works if work.figure in group.figures]
    if not works:
        return ""
    tables = "".join(
        f"\n**{figure}. {FIGURES[figure].title}.**\n\n{markdown_table(some, again)}\n"
        for figure in group.figures
        if (some := [work for work in works if work.figure == figure])
    )
    tables += "".join(f"\n* {note}" for note in failures(works))
    return _SECTION.format(title=group.title, about=group.about, name=group.name, tables=tables.rstrip())


def _shortfalls(works: Sequence[Work]) -> str:
    lines = [
        (
            row.work.figure,
            f"{row.work.name} ({row.ours})",
            row.peer or "(limit)",
            ratio_text(row),
            target_text(row),
            "{} of {}".format(*rounds_met(row)),
            reason,
        )
        for row, reason in shortfalls(works)
    ]
    if not lines:
        return ""
    head = ("", "workload", "peer", "ratio", "target", "rounds", "why")
    return _SHORTFALLS.format(table=markdown(head, lines, frozenset({3, 4, 5})))


def _draw(images: Path) -> None:
    """Draw a chart for each group with the peers' interpreter, which has matplotlib."""
    images.mkdir(exist_ok=True)
    groups = [{"name": group.name, "title": group.title, "figures": group.figures} for group in GROUPS]
    titles = {name: figure.title for name, figure in FIGURES.items()}
    command = [str(PEERS), str(HERE / "chart.py"), str(RESULTS), str(images)]
    subprocess.run(command, input=json.dumps({"groups": groups, "titles": titles}), text=True, check=True)


def _score(works: Sequence[Work]) -> str:
    rows = [row for work in works for row in work.rows if row.target is not None]
    verdicts = [row.met for row in rows]
    missing = verdicts.count(None)
    words = [f"{verdicts.count(True)} of {len(verdicts)} targets are met"]
    words.append(f", {missing} could not be measured." if missing else ".")
    if lost := lost_figures(works):
        words.append(f" The targets of {', '.join(lost)} are not counted: the measurement failed.")
    if compared(works):
        both = sum(row.met is True and row.met_earlier is True for row in rows)
        words.append(f" The column *before* shows the run before this one; {both} targets are met in both.")
    return "".join(words)


def _spread(works: Sequence[Work]) -> Iterator[tuple[str, ...]]:
    for work in works:
        for index, (label, series) in enumerate(work.series.items()):
            head = ("", "") if index else (work.figure, work.name)
            yield *head, label, value_text(series, work.unit), spread_text(series, work.unit)


def _where(facts: dict[str, str]) -> str:
    return "\n".join(f"* {name}: {fact}" for name, fact in facts.items())
