"""The tour of `make demo`: it goes to its end, says so, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TOUR = Path(__file__).parent.parent / "examples" / "tour.py"


def start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-W", "error", str(TOUR)],
        env={**os.environ, "TMPDIR": str(home), "TERM": "dumb"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_tour_goes_to_its_end(tmp_path: Path) -> None:
    with start(tmp_path) as tour:
        output, _ = tour.communicate(timeout=250)
    assert tour.returncode == 0, output
    assert "calls, all as expected; server stopped, nothing left behind." in output
    assert "Warning" not in output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="interrupts are sent otherwise there")
def test_interrupted_tour_cleans_up(tmp_path: Path) -> None:
    with start(tmp_path) as tour:
        assert tour.stdout is not None
        for line in tour.stdout:
            if "200 MiB" in line:
                break
        time.sleep(0.5)
        tour.send_signal(signal.SIGINT)
        output, _ = tour.communicate(timeout=200)
    assert tour.returncode == 130, output
    assert "Stopped; everything is cleaned up." in output
    assert "Traceback" not in output
    assert list(tmp_path.iterdir()) == []
