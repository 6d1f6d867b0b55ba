"""Measure the client beside its peers, and print one table.

    python -m bench                    everything
    python -m bench --quick            P1 to P5 and P8, in a few minutes
    python -m bench --only P1,P3       some figures
    python -m bench --rounds 9         more rounds, for figures that spread less

Each figure is a ratio to a peer that was measured in the same run, in turn with us. Results are in
bench/results/latest.json; a run of everything also writes docs/benchmarks.md and docs/img.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from . import report, surroundings
from .crew import TURNS
from .figures import FIGURES, QUICK
from .result import MILLISECONDS, Work, not_measured
from .site import OURS, NotMeasured, Site
from .table import plain


def main() -> int:
    arguments = read_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: every child is stopped
    surroundings.prepare_peers()
    surroundings.prepare_nginx()
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="minio-bench-", dir=arguments.directory) as directory:
        site = Site(Path(directory).resolve(), arguments.rounds, 0.3 if arguments.quick else 0.7, arguments.quick)
        site.size = arguments.size << 20
        with site.stack:
            works = [work for name in arguments.only for work in measure(name, site)]
    print(plain(works), flush=True)
    report.write_results(works, time.perf_counter() - begin, arguments.rounds)
    if arguments.document:
        report.write_document(works, TURNS)
    return 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help="figures with commas between them: P1,P3")
    parser.add_argument("--quick", action="store_true", help="P1 to P5 and P8, with shorter rounds")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (default: 5)")
    parser.add_argument("--size", type=int, default=1024, help="MiB of the object of P6 (default: 1024)")
    parser.add_argument("--directory", help="where the temporary data goes; otherwise the system's place for it")
    parser.add_argument("--document", action="store_true", help="write docs/benchmarks.md after a partial run too")
    arguments = parser.parse_args()
    chosen = arguments.only.upper().split(",") if arguments.only else QUICK if arguments.quick else tuple(FIGURES)
    if unknown := set(chosen) - set(FIGURES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    arguments.document |= not arguments.only and not arguments.quick
    arguments.only = chosen
    return arguments


def measure(name: str, site: Site) -> list[Work]:
    """One figure; when it cannot be measured, the reason, and the others go on."""
    begin = time.perf_counter()
    try:
        works = FIGURES[name](site)
    except Exception as error:  # noqa: BLE001 - whatever went wrong with one figure, the others are still wanted
        reason = str(error) if isinstance(error, NotMeasured) else f"{type(error).__name__}: {error}"
        works = [not_measured(name, (FIGURES[name].__doc__ or name).rstrip("."), MILLISECONDS, [OURS], reason)]
        works[0].compare(OURS, {}, [OURS])
    print(f"{name}: {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    return works


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped")
