"""Fuzz one target, or all in turn, with atheris (`pip install atheris`), a coverage-guided fuzzer.

    python tests/fuzz/run.py http_response --seconds 300
    python tests/fuzz/run.py --all --seconds 120 --found /somewhere

It starts from the seeds in `tests/fuzz/corpus/TARGET/` and writes to the directory given by `--found`: inputs that
reach new branches, and files `crash-...` with inputs that fail. Once a crash is fixed, its input becomes a seed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
_CHILD = "--child"


def main(arguments: list[str]) -> int:
    """Parse the command line and run the targets. Returns the number of targets that failed."""
    if arguments[:1] == [_CHILD]:
        fuzz(arguments[1], arguments[2:])
        return 0
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", nargs="*", help="what to fuzz; see targets.py")
    parser.add_argument("--all", action="store_true", help="all targets, one after another")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--found", type=Path, help="where to keep what is found; otherwise in a new directory")
    given = parser.parse_args(arguments)
    found = given.found or Path(tempfile.mkdtemp(prefix="fuzz-"))
    names = known() if given.all else given.target
    unknown = set(names) - set(known())
    if unknown or not names:
        parser.error(f"known targets are {', '.join(known())}")
    failed = [name for name in names if not run(name, given.seconds, found)]
    print(f"{len(names) - len(failed)} of {len(names)} targets passed; found: {found}")
    for name in failed:
        print(f"FAILED {name}")
    return len(failed)


def known() -> list[str]:
    """The names of the targets."""
    _find_modules()
    from fuzz.targets import TARGETS

    return list(TARGETS)


def run(name: str, seconds: int, found: Path) -> bool:
    """Fuzz one target in its own process, because the fuzzer exits the process."""
    keep = found / name
    keep.mkdir(parents=True, exist_ok=True)
    seeds = [str(path) for path in [CORPUS / name] if path.is_dir()]
    options = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", f"-artifact_prefix={keep}/"]
    command = [sys.executable, __file__, _CHILD, name, str(keep), *seeds, *options, "-print_final_stats=1"]
    log = (found / f"{name}.log").open("w")
    with log:
        code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    text = (found / f"{name}.log").read_text(errors="replace")
    executed = next((line.split()[-1] for line in text.splitlines() if "number_of_executed_units" in line), "?")
    print(f"{name:16} {executed:>10} executions, {'passed' if code == 0 else 'FAILED'}", flush=True)
    return code == 0


def fuzz(name: str, arguments: list[str]) -> None:
    """Run the fuzzer in this process."""
    import atheris

    _find_modules()
    with atheris.instrument_imports(include=["minio", "fuzz"]):
        from fuzz.targets import TARGETS
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


def _find_modules() -> None:
    for path in (HERE.parent.parent / "src", HERE.parent):
        if str(path) not in sys.path:
            sys.path.insert(0, str(path))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
