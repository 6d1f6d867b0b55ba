"""Run the tests of one dependent with one `minio` on one server, and count."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from .dependents import Dependent
from .environments import PROJECT, Flavour, fetch_tests, interpreter
from .site import Address

_USES = Path(__file__).resolve().parent / "uses"
_SECONDS = 240
# What differs from run to run in the names of audbackend's tests: the host's port, and the repository.
_RANDOM = re.compile(r"127\.0\.0\.1:\d+|unittest-\w+-\w+")


@dataclass
class Outcome:
    """What became of the tests, by their names. `trouble` says why there are none, if there are none."""

    passed: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    trouble: str = ""

    def add(self, other: Outcome) -> None:
        """Add the outcome on another server."""
        self.passed |= other.passed
        self.failed |= other.failed
        self.skipped |= other.skipped
        self.trouble = self.trouble or other.trouble


def run(dependent: Dependent, flavour: Flavour, address: Address) -> Outcome:
    """Run the tests in a directory of their own, and read the report that pytest writes."""
    with tempfile.TemporaryDirectory(prefix="downstream-", ignore_cleanup_errors=True) as folder:
        report = Path(folder, "report.xml")
        try:
            done = subprocess.run(
                [str(interpreter(dependent.group, flavour)), "-m", "pytest", *_arguments(dependent, folder, report)],
                cwd=fetch_tests(dependent) if dependent.own_tests else folder,
                env=_environment(address, folder),
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Outcome(trouble=f"it did not end within {_SECONDS} s")
        if not report.exists():
            return Outcome(trouble=(done.stdout + done.stderr)[-1500:])
        return _read(report, address.name)


def _arguments(dependent: Dependent, folder: str, report: Path) -> list[str]:
    common = ["-c", str(_USES / "pytest.ini"), "--junitxml", str(report), "--basetemp", f"{folder}/tmp", "--tb=short"]
    common += [argument for plugin in dependent.plugins for argument in ("-p", plugin)]
    if dependent.own_tests:
        return [*common, "--rootdir", ".", *dependent.own_tests]
    return [*common, "--rootdir", str(_USES), str(_USES / dependent.use)]


def _environment(address: Address, folder: str) -> dict[str, str]:
    """The variables of this process without those that clients or Python read, and the server's."""
    dropped = ("MINIO_", "AWS_", "PYTHON", "SSL_CERT", "VIRTUAL_ENV", "COV_", "DOWNSTREAM_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    path = os.pathsep.join([str(_USES), str(PROJECT / "tests")])
    # Both flavours run at the same time, and some programs use fixed names in the directory for temporary files.
    homes = dict.fromkeys(("HOME", "XDG_STATE_HOME", "TMPDIR"), folder)
    ours = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **homes}
    return {**kept, **ours, **address.environment}


def _read(report: Path, server: str) -> Outcome:
    outcome = Outcome()
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname', '')}::{_RANDOM.sub('*', case.get('name', ''))} on {server}"
        problem = next((child for child in case if child.tag in ("failure", "error")), None)
        if problem is not None and problem.get("message") == "collection failure":
            outcome.trouble = (problem.text or "").strip()[-1500:]
        elif problem is not None:
            outcome.failed[name] = (problem.get("message") or problem.text or "").strip().split("\n")[0]
        elif case.find("skipped") is not None:
            outcome.skipped.add(name)
        else:
            outcome.passed.add(name)
    outcome.passed -= outcome.failed.keys()  # a test may pass and its fixture then fail
    return outcome
