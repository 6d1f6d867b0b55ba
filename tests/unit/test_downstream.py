"""The verdicts of `make downstream`, and its table of packages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2]))

from downstream import running
from downstream.dependents import DEPENDENTS, HEAVY, Dependent
from downstream.running import Outcome
from downstream.table import Row, details, table

ONE = Dependent("one", "1.0", "group")
USES = Path(running.__file__).with_name("uses")


def row(ours: Outcome | None, theirs: Outcome | None) -> Row:
    return Row(ONE, ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict", "is_worse"),
    [
        (Outcome({"a", "b"}), Outcome({"a", "b"}), "same", False),
        (Outcome({"a", "b"}), Outcome({"a"}), "better", False),
        (Outcome({"a"}), Outcome({"a", "b"}), "worse", True),
        # As many, but another one: what passed with the other does not pass any more.
        (Outcome({"a"}, {"b": "reason"}), Outcome({"b"}), "worse", True),
        (Outcome({"a", "c"}, {"b": "reason"}), Outcome({"b"}), "worse", True),
        (Outcome(), Outcome({"a"}), "worse", True),
        (Outcome({"a"}), Outcome(), "not run", True),
        (Outcome({"a"}), Outcome({"a"}, trouble="no report"), "not run", True),
        (Outcome({"a"}, trouble="it did not end"), Outcome({"a"}), "worse", True),
        (None, None, "left out", False),
    ],
)
def test_verdicts(ours: Outcome | None, theirs: Outcome | None, verdict: str, is_worse: bool) -> None:
    made = row(ours, theirs)
    assert (made.verdict, made.is_worse) == (verdict, is_worse)


def test_the_table_counts_and_the_details_tell_the_causes() -> None:
    ours = Outcome({"a"}, {f"t{number}": "no attribute at 127.0.0.1:99" for number in range(10)})
    theirs = Outcome({"a", *ours.failed}, {}, {"s"})
    made = [row(ours, theirs)]
    assert table(made).splitlines()[-1].split() == ["one", "1.0", "1", "of", "11", "11", "of", "11", "1", "worse"]
    text = details(made)
    assert "10 x no attribute at *" in text
    assert "and 2 more" in text


def test_the_report_is_read(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="c" name="passed"/>
        <testcase classname="c" name="host[127.0.0.1:4711]"/>
        <testcase classname="c" name="failed"><failure message="first&#10;second">text</failure></testcase>
        <testcase classname="c" name="skipped"><skipped message="why"/></testcase>
        <testcase classname="c" name="torn"/>
        <testcase classname="c" name="torn"><error message="failed on teardown">text</error></testcase>
        </testsuite></testsuites>"""
    )
    outcome = running._read(report, "server")
    assert outcome.passed == {"c::passed on server", "c::host[*] on server"}
    assert outcome.failed == {"c::failed on server": "first", "c::torn on server": "failed on teardown"}
    assert outcome.skipped == {"c::skipped on server"}
    assert outcome.trouble == ""


def test_a_module_that_cannot_be_imported_is_trouble(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="" name="m"><error message="collection failure">ImportError: MinioAdmin</error></testcase>
        </testsuite></testsuites>"""
    )
    outcome = running._read(report, "server")
    assert (outcome.passed, outcome.failed, outcome.trouble) == (set(), {}, "ImportError: MinioAdmin")


def test_each_package_has_tests_and_each_use_a_package() -> None:
    uses = {dependent.use for dependent in DEPENDENTS if not dependent.own_tests}
    assert uses == {path.name for path in USES.glob("test_*.py")}
    assert len({dependent.name for dependent in DEPENDENTS}) == len(DEPENDENTS)
    assert {dependent.group for dependent in DEPENDENTS} > HEAVY


def test_variables_of_clients_do_not_reach_the_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MINIO_ACCESS_KEY", "AWS_PROFILE", "PYTHONPATH", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, "theirs")
    address = running.Address("server", "127.0.0.1:1", "access", "secret", None)
    assert "theirs" not in running._environment(address, "/folder").values()
