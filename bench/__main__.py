"""Benchmark the client against its peers, and print one table.

    python -m bench                    everything
    python -m bench --quick            P1 to P5 and P8, in a few minutes
    python -m bench --only P1,P3       some figures
    python -m bench --rounds 9         more rounds, for less spread
    python -m bench --again            the figures of the last run once more; shows both runs side by side
    python -m bench --page             only write docs/benchmarks.md from the last run

The figures:

{figures}

Each figure is a ratio to a peer that takes turns with our client in the same run. The results are written to
bench/results/latest.json. A complete run also writes docs/benchmarks.md and docs/img.
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
from .result import Work, from_json, lost_figures, not_measured, recall
from .site import OURS, NotMeasured, Site
from .table import plain


def main() -> int:
    arguments = read_arguments()
    if arguments.page:
        report.write_document([from_json(work) for work in report.load_results()["works"]], TURNS)
        return 0
    earlier = report.load_results() if arguments.again else None
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: stop every child
    surroundings.prepare_peers()
    surroundings.prepare_nginx()
    surroundings.compile_modules()
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="minio-bench-", dir=arguments.directory) as directory:
        site = Site(Path(directory).resolve(), arguments.rounds, 0.3 if arguments.quick else 0.7, arguments.quick)
        site.size = arguments.size << 20
        works: list[Work] = []
        with site.stack:
            for name in arguments.only:
                works += measure(name, site)
                report.write_results(works, time.perf_counter() - begin, arguments.rounds)  # in case the run is stopped
    if earlier:
        recall(works, earlier["works"])
    print(plain(works), flush=True)
    saved = report.write_results(works, time.perf_counter() - begin, arguments.rounds)
    if earlier and earlier["versions"] != saved["versions"]:
        print("The run before measured other versions: see bench/results/latest.json.", flush=True)
    if arguments.document:
        report.write_document(works, TURNS)
    return 1 if lost_figures(works) else 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench", description=_description(), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help="comma-separated figures, such as P1 or P1,P3")
    parser.add_argument("--quick", action="store_true", help="P1 to P5 and P8, with shorter rounds")
    parser.add_argument("--rounds", type=int, default=5, help="number of rounds (default: 5)")
    parser.add_argument("--size", type=int, default=1024, help="size of the object of P6 in MiB (default: 1024)")
    parser.add_argument("--directory", help="directory for temporary data (default: the system's)")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md after a partial run")
    parser.add_argument("--again", action="store_true", help="measure once more, and compare with the last run")
    parser.add_argument("--page", action="store_true", help="only write docs/benchmarks.md from the last run")
    arguments = parser.parse_args()
    if (arguments.again or arguments.page) and not report.RESULTS.exists():
        parser.error(f"there is no earlier run in {report.RESULTS}")
    chosen = chosen_figures(arguments)
    if unknown := set(chosen) - set(FIGURES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    arguments.document |= set(chosen) == set(FIGURES)
    arguments.only = chosen
    return arguments


def chosen_figures(arguments: argparse.Namespace) -> tuple[str, ...]:
    if arguments.only:
        return tuple(arguments.only.upper().split(","))
    if arguments.quick:
        return QUICK
    if arguments.again:
        return tuple(dict.fromkeys(work["figure"] for work in report.load_results()["works"]))
    return tuple(FIGURES)


def _description() -> str:
    figures = "\n".join(f"    {name:4} {figure.title}" for name, figure in FIGURES.items())
    return (__doc__ or "").format(figures=figures)


def measure(name: str, site: Site) -> list[Work]:
    """Measure one figure. If this fails, print the reason and continue with the others."""
    begin = time.perf_counter()
    try:
        works = FIGURES[name].measure(site)
    except Exception as error:  # noqa: BLE001 - a failed figure must not stop the others
        reason = str(error) if isinstance(error, NotMeasured) else f"{type(error).__name__}: {error}"
        works = [not_measured(name, OURS, reason)]
    print(f"{name}: {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    return works


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped")
