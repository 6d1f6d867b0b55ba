"""The file of settings: what it may set, and that everything else is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.program import Program


def write(program: Program, text: str) -> Path:
    path = Path(program.environ["HOME"]) / ".config" / "mio" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def check_refused(program: Program, setting: str, *command: str) -> None:
    path = write(program, setting)
    name = setting.strip("[").partition(" ")[0].partition("]")[0]
    done = program(*command, expect=2)
    assert f"{path}: {name}" in done.errors
    assert len(done.errors.splitlines()) == 1


@pytest.mark.parametrize(
    "setting",
    [
        "jobs = true", "jobs = 1.5", 'jobs = "8"', "jobs = [1]", "retries = true", "timeout = {}", "timeout = false",
        "color = 1", "preserve = 1", 'preserve = "yes"', "progress = 0", "endpoint_url = 5", 'endpoint_url = ""',
        "region = true", 'ca_bundle = ["x"]', "default_alias = 7", "limit_upload = false", "delete = true",
        "yes = true",
        "force = true", "bypass = true", "no_verify_ssl = true", "json = true", "delete_excluded = true",
        "allow_empty_source = true", 'max_delete = "100%"', "all_versions = true", "defualt_alias = 'play'",
        "[cp]\njobs = 5",
    ],
)  # fmt: skip
def test_unknown_names_and_wrong_types_are_refused_by_every_command(bare: Program, setting: str) -> None:
    """Also by commands without the flag. Nothing that removes or weakens anything can be set."""
    check_refused(bare, setting, "config", "show")


@pytest.mark.parametrize(
    "setting",
    ["jobs = 0", "retries = -1", 'timeout = "5 apples"', 'color = "blue"', 'limit_download = "fast"', "part_size = -1"],
)
def test_wrong_values_are_refused_by_commands_with_the_flag(bare: Program, setting: str) -> None:
    check_refused(bare, setting, "cp", "-r", ".", "s3://bucket")


@pytest.mark.parametrize("text", ["jobs = [", "a = 1\na = 2", "\x00"])
def test_a_file_that_is_not_toml_is_refused(bare: Program, text: str) -> None:
    path = write(bare, text)
    assert str(path) in bare("ls", expect=2).errors


def test_settings_are_defaults_of_flags(bare: Program) -> None:
    write(
        bare, 'jobs = 3\nlimit_upload = "5MiB"\npart_size = 6291456\ntimeout = "90s"\ncolor = "never"\npreserve = true'
    )
    rows = dict(bare("config", "show").rows)
    assert rows == {
        "jobs": "3", "limit_upload": "5MiB", "part_size": "6291456", "timeout": "90s", "color": "never",
        "preserve": "True",
    }  # fmt: skip
    bare("cp", "-r", "--jobs", "0", ".", "s3://bucket", expect=2)
    assert "no credentials" in bare("cp", "-r", ".", "s3://bucket", expect=4).errors
