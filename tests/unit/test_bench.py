"""The tables and the page of the benchmarks, and the checks of what was moved. Nothing is measured here."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2]))

from bench import report, shortfalls, surroundings
from bench.__main__ import chosen_figures
from bench.crew import Record, Sample, joined, rotated
from bench.figures import FIGURES, QUICK, calls, directories, files, filesystems, many, processes
from bench.groups import GROUPS
from bench.result import (
    CALLS,
    MEBIBYTES,
    MICROSECONDS,
    MILLISECONDS,
    Row,
    Series,
    Work,
    as_json,
    from_json,
    lost_figures,
    not_measured,
    recall,
)
from bench.table import WIDTH, plain
from bench.workers import _worker

# The largest values that a table can show: calls, keys, and bytes in a second, and a lot of CPU for each.
MANY_CALLS, MANY_KEYS = Sample(1.0, 999.0, 99_999), Sample(1.0, 1.0, 999_999)
MANY_BYTES = Sample(1.0, 950.0, 9_999_000_000)
THREE = _worker.Tree(3)
BUILD = {"Python": "3.13.0", "Python's configure arguments": "'--enable-shared'", "GIL": "on"}


class FakeCrew:
    """Finds the same for every member: the largest values or, with `reason`, a failure."""

    reason = ""

    def __init__(self, members: list[Any], **options: Any) -> None:
        self.members = members

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def timed_rounds(self, count: int, work: str, seconds: float) -> dict[str, Record]:
        return self.found(MANY_CALLS)

    def rounds(self, count: int, command: dict[str, Any]) -> dict[str, Record]:
        return self.found(MANY_KEYS if command["work"] == "list" else MANY_BYTES)

    def found(self, sample: Sample) -> dict[str, Record]:
        return {member.label: self.found_one(sample) for member in self.members}

    def found_one(self, sample: Sample) -> Record:
        return Record([] if self.reason else [sample, sample], self.reason)


def up_and_down(
    sample: Sample, site: Any, members: list[Any], *others: Any, whole_machine: bool = False
) -> dict[str, dict[str, Record]]:
    ways = ("up", "down", *(["down to the disk"] if whole_machine else []))
    return {way: FakeCrew(members).found(sample) for way in ways}


@pytest.fixture(params=["", "WorkerFailed: " + "a long reason " * 10], ids=["measured", "failed"])
def works(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Work]:
    """All workloads of all figures, with members that find the largest values or fail."""
    monkeypatch.setattr(FakeCrew, "reason", request.param)
    for module in (calls, files):
        monkeypatch.setattr(module, "Crew", FakeCrew)
    monkeypatch.setattr(calls, "DistantServer", lambda *words: nullcontext(SimpleNamespace(endpoint="")))
    monkeypatch.setattr(files, "SlowLink", lambda *words: nullcontext(SimpleNamespace(endpoint="")))
    for module, sample in ((files, MANY_BYTES), (many, MANY_CALLS)):
        monkeypatch.setattr(module, "_up_and_down", partial(up_and_down, sample))
    run = directories.Run(1.0, 999.0, 99_999, peak=9_999 << 20)
    for name in ("_unchanged", "_removals"):
        found = {member: FakeCrew([]).found_one(run) for member in ("ours", "s5cmd", "mio")}
        monkeypatch.setattr(directories, name, lambda *words, found=found: found)
    monkeypatch.setattr(filesystems, "_measure", lambda site, members: [FakeCrew(members).found(MANY_KEYS)] * 3)
    peaks = "up: peak RSS 9999.9 MiB\ndown: peak RSS 9999.9 MiB\nthe data is correct"
    done = SimpleNamespace(stdout=peaks, stderr="")
    monkeypatch.setattr(processes, "subprocess", SimpleNamespace(run=lambda *words, **more: done))
    monkeypatch.setattr(processes, "_seconds_of", lambda *words: 0.001 if words[-1] == "pass" else 9.9999)
    listing = SimpleNamespace(keys=0, bytes=0, last="")
    null = SimpleNamespace(endpoint="", large_digest="", listing=listing, on_core=lambda core: nullcontext())
    site: Any = SimpleNamespace(
        core=0,
        rounds=2,
        seconds=0,
        quick=False,
        size=1 << 30,
        root=tmp_path,
        null=null,
        real=SimpleNamespace(endpoint=""),
    )
    return [work for figure in FIGURES.values() for work in figure.measure(site)]


@pytest.mark.parametrize("figures", [QUICK, tuple(FIGURES)], ids=["quick", "all"])
@pytest.mark.parametrize("again", [False, True], ids=["once", "again"])
def test_table_fits_a_terminal(works: list[Work], figures: tuple[str, ...], again: bool) -> None:
    chosen = [work for work in works if work.figure in figures]
    if again:
        recall(chosen, [as_json(work) for work in chosen])
    text = plain(chosen)
    assert max(map(len, text.splitlines())) <= WIDTH
    for figure in figures:
        assert FIGURES[figure].title in text


def test_figures_are_in_one_group_each() -> None:
    grouped = [figure for group in GROUPS for figure in group.figures]
    assert sorted(grouped) == sorted(FIGURES)


def one_work(ours: list[float], theirs: list[float], runs: int = 1) -> Work:
    series = {"ours": Series(ours), "peer": Series(theirs)}
    return Work("P3", "GET", CALLS, series, runs=runs).compare("ours", {"peer": 3.0})


def test_ratio_is_the_median_of_the_rounds() -> None:
    assert one_work([2.0, 30.0, 8.0], [1.0, 10.0, 2.0]).rows[0].ratio == 3.0


def test_ratio_of_several_runs_is_the_median_of_their_medians() -> None:
    # Medians of the runs: 1, 4 and 3. The median of all nine ratios is 4.
    ours = [1.0, 1.0, 9.0, 4.0, 4.0, 4.0, 0.0, 3.0, 9.0]
    assert one_work(ours, [1.0] * 9, runs=3).rows[0].ratio == 3.0
    assert one_work(ours, [1.0] * 9).rows[0].ratio == 4.0


def test_ratio_of_a_failed_peer_is_unknown() -> None:
    work = one_work([3.0], [])
    assert (work.rows[0].ratio, work.rows[0].met) == (None, None)


def test_ratio_is_never_rounded_to_its_target() -> None:
    work = one_work([0.997], [1.0]).compare("ours", {"peer": 1.0})
    assert " 0.997 " in plain([work])
    assert " 0.99 " in plain([one_work([0.99], [1.0]).compare("ours", {"peer": 1.0})])


def test_failed_figure_is_not_forgotten_in_the_score() -> None:
    works = [one_work([3.0], [1.0]), not_measured("P2", "ours", "nginx is not installed")]
    assert lost_figures(works) == ["P2"]
    assert report._score(works) == (
        "1 of 1 targets are met. The targets of P2 are not counted: the measurement failed."
    )


def test_every_client_begins_once() -> None:
    assert [rotated("abc", turn) for turn in range(4)] == [list("abc"), list("bca"), list("cab"), list("abc")]
    assert rotated([], 1) == []


def test_member_that_failed_in_one_run_has_failed() -> None:
    runs = [{"ours": Record([MANY_CALLS])}, {"ours": Record([], "crashed")}]
    assert joined(runs) == {"ours": Record([MANY_CALLS], "crashed")}


def test_two_runs_side_by_side() -> None:
    first, second = one_work([3.0], [1.0]), one_work([2.0], [1.0])
    recall([second], [as_json(first)])
    row = second.rows[0]
    assert (row.ratio, row.met, row.earlier, row.met_earlier) == (2.0, False, 3.0, True)
    assert "before" in plain([second])
    assert "before" not in plain([first])


def test_limit_is_compared_with_the_run_before() -> None:
    first = Work("P9", "peak", MEBIBYTES, {"ours": Series([90.0])}).demand("ours", 96.0)
    second = Work("P9", "peak", MEBIBYTES, {"ours": Series([99.0])}).demand("ours", 96.0)
    recall([second], [as_json(first)])
    assert (second.rows[0].met, second.rows[0].met_earlier) == (False, True)
    assert "90.0" in plain([second])


def test_saved_work_is_read_again() -> None:
    work = Work("P3", "GET", CALLS, {"ours": Series([1.0, 2.0]), "peer": Series([], "it failed")}, runs=2)
    work.compare("ours", {"peer": 2.0}).demand("ours", 1.0)
    saved = as_json(work)
    assert as_json(from_json(saved)) == saved


def test_row_without_counterpart_in_the_run_before() -> None:
    work = Work("P1", "GET", MICROSECONDS, {"ours": Series([1.0])})
    work.rows.append(Row(work, "ours", None, 2.0))
    recall([work], [])
    assert work.rows[0].earlier is None


def test_page_shows_every_group_and_figure(works: list[Work]) -> None:
    run = {"date": "", "seconds": 60, "rounds": 5, "machine": {}, "versions": {}, "interpreter": BUILD}
    text = report.page(works, run, turns=4)
    for group in GROUPS:
        assert f"## {group.title}" in text
        assert f"img/{group.name}.png" in text
    for name, figure in FIGURES.items():
        assert f"**{name}. {figure.title}.**" in text
    assert report.FREE_THREADING in text
    assert "--enable-shared" in text


def test_page_says_why_targets_are_not_met() -> None:
    run = {"date": "", "seconds": 60, "rounds": 5, "machine": {}, "versions": {}, "interpreter": BUILD}
    missed = Work(
        "P10", "import and create a client", MILLISECONDS, {"ours": Series([5.0, 3.0, 4.0]), "peer": Series([10.0] * 3)}
    )
    missed.compare("ours", {"peer": 0.35})
    reason = shortfalls.REASONS["P10", "import and create a client"]
    line = f"| P10 | import and create a client (ours) | peer | 0.40 | <= 0.35 | 1 of 3 | {reason} |"
    assert line in report.page([missed], run, turns=4)
    missed.rows.clear()
    missed.compare("ours", {"peer": 0.4})
    assert "not met" not in report.page([missed], run, turns=4)


def test_every_missed_target_of_the_page_has_a_reason() -> None:
    text = (report.DOCS / "benchmarks.md").read_text()
    assert shortfalls.UNKNOWN not in text
    assert text.count("| **NO** |") == 0 or "## Targets that are not met" in text


def test_reasons_are_for_figures() -> None:
    assert {figure for figure, _ in shortfalls.REASONS} <= set(FIGURES)


@pytest.mark.parametrize(
    ("arguments", "optimized"),
    [("'--enable-shared'", False), ("'--enable-optimizations'", True), ("'--with-lto'", True)],
)
def test_page_says_what_a_build_without_optimizations_costs(arguments: str, optimized: bool) -> None:
    build = BUILD | {"Python's configure arguments": arguments}
    run = {"date": "", "seconds": 60, "rounds": 5, "machine": {}, "versions": {}, "interpreter": build}
    assert ("11 to\n20 %" not in report.page([], run, turns=4)) is optimized


def test_interpreter_is_named_with_its_flags() -> None:
    build = surroundings.interpreter()
    assert sys.version in build.values()
    assert {"Python's configure arguments", "Python's compiler flags"} <= set(build)


@pytest.fixture
def small_files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    THREE.make(str(folder))
    return folder


def test_moved_files_are_checked(small_files: Path) -> None:
    assert THREE.check(str(small_files)) == 3


def test_files_in_directories_are_checked(tmp_path: Path) -> None:
    tree = _worker.Tree(5, folders=2)
    tree.make(str(tmp_path / "files"))
    assert sorted(path.name for path in (tmp_path / "files").iterdir()) == ["000", "001"]
    assert tree.check(str(tmp_path / "files")) == 5
    (tmp_path / "files" / "001" / "other").touch()
    with pytest.raises(_worker.Wrong, match="other files"):
        tree.check(str(tmp_path / "files"))


def test_missing_file_is_found(small_files: Path) -> None:
    (small_files / "0001.bin").unlink()
    with pytest.raises(_worker.Wrong, match="other files"):
        THREE.check(str(small_files))


def test_left_file_is_found(small_files: Path) -> None:
    (small_files / "0001.bin.part").touch()
    with pytest.raises(_worker.Wrong, match="other files"):
        THREE.check(str(small_files))


def test_swapped_files_are_found(small_files: Path) -> None:
    (small_files / "0001.bin").write_bytes((small_files / "0002.bin").read_bytes())
    with pytest.raises(_worker.Wrong, match="not the object"):
        THREE.check(str(small_files))


@pytest.mark.parametrize(
    ("given", "figures"),
    [
        ({}, tuple(FIGURES)),
        ({"only": "p1,P3"}, ("P1", "P3")),
        ({"quick": True}, QUICK),
        ({"again": True}, ("P3",)),
        ({"again": True, "only": "P1"}, ("P1",)),
    ],
)
def test_which_figures_are_measured(
    given: dict[str, Any], figures: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "latest.json")
    report.RESULTS.write_text(json.dumps({"works": [as_json(one_work([1.0], [1.0]))] * 2}))
    assert chosen_figures(Namespace(**{"only": None, "quick": False, "again": False, **given})) == figures
