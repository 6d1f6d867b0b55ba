"""Run the tests of packages that depend on `minio`, with this project's `minio` and with the other, and compare.

    python -m downstream                    all of them
    python -m downstream --quick            without the largest
    python -m downstream --only pymilvus,multiminio
    python -m downstream --fresh            install everything again

It exits with 1 if a test passes with the other `minio` and does not pass with this one, or if a package could not be
run. The environments are in .venv-downstream, which a second run uses again.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

from . import environments, site
from .dependents import DEPENDENTS, HEAVY, Dependent
from .environments import FLAVOURS, Flavour
from .running import Outcome, run
from .table import Row, details, table


def main() -> int:
    arguments = read_arguments()
    begin = time.perf_counter()

    def log(text: str) -> None:
        print(f"{time.perf_counter() - begin:5.0f} s  {text}", file=sys.stderr, flush=True)

    if arguments.fresh:
        shutil.rmtree(environments.HOME, ignore_errors=True)
    able = [dependent for dependent in arguments.only if dependent.supported]
    environments.prepare(able, log)
    log("installed")
    with ExitStack() as stack:
        addresses = site.start([server for dependent in able for server in dependent.servers], stack)
        rows = run_all(able, addresses, arguments.jobs, log)
    unable = [Row(dependent, None, None) for dependent in arguments.only if not dependent.supported]
    print(table([*rows, *unable]))
    print(details(rows))
    return int(any(row.is_worse for row in rows))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="downstream", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help="comma-separated names of packages")
    parser.add_argument("--quick", action="store_true", help="leave out the packages that install most")
    parser.add_argument("--fresh", action="store_true", help="remove .venv-downstream first")
    parser.add_argument("--jobs", type=int, default=2, help="how many tests run at the same time (default: 2)")
    arguments = parser.parse_args()
    known = {dependent.name.lower(): dependent for dependent in DEPENDENTS}
    names = arguments.only.lower().split(",") if arguments.only else list(known)
    if unknown := set(names) - known.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    chosen = [known[name] for name in names]
    arguments.only = [one for one in chosen if not (arguments.quick and one.group in HEAVY)]
    return arguments


def run_all(
    dependents: list[Dependent], addresses: dict[str, site.Address], jobs: int, log: environments.Log
) -> list[Row]:
    """Run everything, several at a time."""
    waiting: dict[tuple[str, Flavour], list[Future[Outcome]]] = {}
    with ThreadPoolExecutor(jobs) as workers, ExitStack() as stack:
        stack.callback(workers.shutdown, wait=False, cancel_futures=True)  # Ctrl-C does not wait for what is queued
        for dependent in dependents:
            for server in dependent.servers:
                for flavour in FLAVOURS:
                    future = workers.submit(run, dependent, flavour, addresses[server])
                    waiting.setdefault((dependent.name, flavour), []).append(future)
        rows = []
        for dependent in dependents:
            ours, theirs = (gather(waiting[dependent.name, flavour]) for flavour in FLAVOURS)
            rows.append(Row(dependent, ours, theirs))
            log(f"{dependent.name}: {rows[-1].verdict}")
    return rows


def gather(futures: list[Future[Outcome]]) -> Outcome:
    """The outcomes on all servers as one."""
    total = Outcome()
    for future in futures:
        total.add(future.result())
    return total


if __name__ == "__main__":
    try:
        sys.exit(main())
    except environments.InstallError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit("stopped")
