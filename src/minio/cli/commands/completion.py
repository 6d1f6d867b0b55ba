"""`mio completion`: the completions for a shell."""

from __future__ import annotations

import argparse

from ..context import Context

DESCRIPTION = """\
Prints a script; no file is changed. Buckets and keys are completed too, by
asking the server, for at most one second."""

EXAMPLES = (
    ("mio completion bash > mio.bash", "For bash: source it in ~/.bashrc"),
    ("mio completion zsh > _mio", "For zsh: put it into a directory of $fpath"),
    ("mio completion fish > mio.fish", "For fish: into ~/.config/fish/completions"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("shell", choices=["bash", "zsh", "fish"], metavar="SHELL", help="bash, zsh or fish")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    from importlib.resources import files

    script = files("minio.cli").joinpath("completions", f"mio.{arguments.shell}").read_text("utf-8")
    context.output.line(script.rstrip("\n"))
    context.output.record("script", key=arguments.shell, value=script)
    return 0
