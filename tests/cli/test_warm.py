"""A copied process does what an interpreter does that starts."""

from __future__ import annotations

import re

import pytest

from cli import warm
from cli.program import Program

pytestmark = pytest.mark.skipif(not warm.AVAILABLE, reason="processes cannot be copied here")
DEAD = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret-key", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
SECONDS = rb'"seconds": [0-9.]+'
KEYS = b"key\nsecret-\xc3\xa4\n"


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ("--version", None), ("help", None), ("cp --help", None), ("bogus", None), ("--json ls s3:///x", None),
        ("ls --retries 0 s3://bucket", None), ("pipe --retries 0 s3://bucket/k", b"x" * 300_000), ("cat -", b"x"),
        ("alias set one http://127.0.0.1:9", KEYS), ("alias ls", None), ("rm --files-from - -y", b"\xff\n"),
        ("cp --retries 0 \udcff s3://bucket/k", None),
    ],
)  # fmt: skip
def test_same_as_a_start(bare: Program, line: str, data: bytes | None) -> None:
    bare.environ.update(DEAD)
    for number in range(2):
        bare("alias", "set", f"a{number}", "http://127.0.0.1:9", input=KEYS)
    started = bare._run([*bare.command, *line.split()], data, None, {})
    copied = bare(*line.split(), input=data, expect=None)
    assert (copied.status, copied.errors) == (started.status, started.errors)
    assert re.sub(SECONDS, b"", copied.output) == re.sub(SECONDS, b"", started.output)


def test_environment_that_changes_the_interpreter_needs_a_start(bare: Program) -> None:
    done = bare("--version", PYTHONWARNINGS="bogus")
    assert "bogus" in done.errors
    assert bare("--version").errors == ""
