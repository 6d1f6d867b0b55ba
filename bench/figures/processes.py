"""P9 and P10: the memory and the time of a whole process."""

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
    """Measure the peak memory while 4 GiB are uploaded from a stream and downloaded to a file."""
    command = [sys.executable, str(HERE / "memory.py"), "--directory", str(site.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_TIMEOUT)
    words = (done.stdout + done.stderr).strip().splitlines()
    failure = "" if "the data is correct" in done.stdout else f"failed: {words[-1] if words else 'no output'}"
    works = []
    for way in ("up", "down"):
        peaks = re.findall(rf"^{way}: .*peak RSS ([\d.]+) MiB", done.stdout, re.MULTILINE)
        series = {OURS: Series([float(peak) for peak in peaks], failure)}
        works.append(Work("P9", f"4 GiB {way}, peak of RSS", MEBIBYTES, series).demand(OURS, 96.0))
    return works


def p10(site: Site) -> list[Work]:
    """Measure importing the package and creating a client, as a whole process."""
    contenders = {OURS: (sys.executable, str(HERE.parent / "src")), MINIO7: (str(PEERS), "")}
    whole: dict[str, Series] = {label: Series([]) for label in contenders}
    bare: dict[str, Series] = {label: Series([]) for label in contenders}
    for turn in range(max(site.rounds, _LEAST_ROUNDS) + 2):
        for label, (python, source) in contenders.items():
            seconds = _seconds_of(python, source, _PROGRAM)
            empty = _seconds_of(python, source, "pass")
            if turn > 1:  # the first rounds compile the modules and fill the file cache
                whole[label].values.append(seconds * 1e3)
                bare[label].values.append((seconds - empty) * 1e3)
    return [
        Work("P10", "import and create a client", MILLISECONDS, whole).compare(OURS, {MINIO7: 0.45}),
        Work("P10", "less the start of the interpreter", MILLISECONDS, bare).compare(OURS, {}, [MINIO7]),
    ]


def _seconds_of(python: str, source: str, program: str) -> float:
    """Measure how long a process takes. `-S` excludes what other packages of an environment do at every start."""
    packages = (
        Path(python).parent.parent / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [source, str(packages)]))
    begin = time.perf_counter()
    subprocess.run([python, "-S", "-c", program], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin
