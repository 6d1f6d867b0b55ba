"""P9 and P10: what a whole process takes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from ..crew import HERE, PEERS
from ..result import MEBIBYTES, MILLISECONDS, Series, Work
from ..site import OURS, Site
from .calls import MINIO7

_PROGRAM = "import minio; minio.Minio('localhost:9000', 'minioadmin', 'minioadmin', secure=False)"
_LEAST_ROUNDS = 9
_TIMEOUT = 1800


def p9(site: Site) -> list[Work]:
    """The peak of memory while 4 GiB go up from a stream and come down into a file."""
    command = [sys.executable, str(HERE / "memory.py"), "--directory", str(site.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_TIMEOUT)
    words = (done.stdout + done.stderr).strip().splitlines()
    failure = "" if "what came back is what was sent" in done.stdout else f"failed: {words[-1] if words else 'no word'}"
    works = []
    for way in ("up", "down"):
        peaks = re.findall(rf"^{way}: .*peak RSS ([\d.]+) MiB", done.stdout, re.MULTILINE)
        series = {OURS: Series([float(peak) for peak in peaks], failure)}
        works.append(Work("P9", f"4 GiB {way}, peak RSS", MEBIBYTES, series).demand(OURS, 128.0))
    return works


def p10(site: Site) -> list[Work]:
    """Importing the package and making a client: the whole process."""
    contenders = {OURS: (sys.executable, str(HERE.parent / "src")), MINIO7: (str(PEERS), "")}
    whole: dict[str, Series] = {label: Series([]) for label in contenders}
    bare: dict[str, Series] = {label: Series([]) for label in contenders}
    for turn in range(max(site.rounds, _LEAST_ROUNDS) + 2):
        for label, (python, source) in contenders.items():
            seconds = _seconds_of(python, source, _PROGRAM)
            empty = _seconds_of(python, source, "pass")
            if turn > 1:  # the first rounds compile, and bring the files into memory
                whole[label].values.append(seconds * 1e3)
                bare[label].values.append((seconds - empty) * 1e3)
    return [
        Work("P10", "import and make a client", MILLISECONDS, whole).compare(OURS, {MINIO7: 0.5}),
        Work("P10", "the same without the interpreter's own start", MILLISECONDS, bare).compare(OURS, {}, [MINIO7]),
    ]


def _seconds_of(python: str, source: str, program: str) -> float:
    """How long a process takes. `-S` keeps out what other packages of an environment do at every start."""
    packages = (
        Path(python).parent.parent / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [source, str(packages)]))
    begin = time.perf_counter()
    subprocess.run([python, "-S", "-c", program], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin
