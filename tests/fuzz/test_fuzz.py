"""Run all targets briefly: with the stored seeds, with damaged seeds, and with arbitrary bytes."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from minio._core import ops

from .targets import PARSERS, TARGETS

CORPUS = Path(__file__).with_name("corpus")


def seeds(name: str) -> list[bytes]:
    """The stored seeds of a target."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]


@st.composite
def damaged(draw: st.DrawFn, kept: list[bytes]) -> bytes:
    """One seed, or two joined, with some bytes replaced, removed or inserted."""
    data = bytearray(draw(st.sampled_from(kept)))
    if draw(st.booleans()):
        other = draw(st.sampled_from(kept))
        at = draw(st.integers(0, len(data)))
        data[at:] = other[draw(st.integers(0, len(other))) :]
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        to = draw(st.integers(at, min(len(data), at + 8)))
        piece = draw(st.sampled_from(kept)) if draw(st.booleans()) else draw(st.binary(max_size=8))
        data[at:to] = piece[:64]
    return bytes(data)


def test_every_target_has_seeds() -> None:
    assert sorted(TARGETS) == sorted(path.name for path in CORPUS.iterdir())
    assert all(seeds(name) for name in TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds(name: str) -> None:
    for data in seeds(name):
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_seeds(name: str) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(damaged(seeds(name)))
    def run(data: bytes) -> None:
        TARGETS[name](data)

    run()


@pytest.mark.parametrize("name", TARGETS)
def test_anything(name: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
    def run(data: bytes) -> None:
        TARGETS[name](data)

    run()


def test_every_operation_that_reads_a_body_is_a_target() -> None:
    """An operation whose `parse` reads the body belongs in PARSERS."""
    reading = re.compile(r"response\.body|\w\(response[,)]")
    fuzzed = {type(parser.__self__).__name__ for parser in PARSERS if hasattr(parser, "__self__")}
    for info in pkgutil.iter_modules(ops.__path__, f"{ops.__name__}."):
        for name, found in vars(import_module(info.name)).items():
            ours = inspect.isclass(found) and found.__module__ == info.name and "parse" in vars(found)
            if ours and name != "FindSubresource" and reading.search(inspect.getsource(found)):
                assert name in fuzzed, "PARSERS of tests/fuzz/targets.py"
