"""The program: finds the command, imports its module, runs it, and turns errors into an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import argparse
    from types import ModuleType

    from .context import Context
    from .output import Output
    from .registry import Command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given in (["--version"], ["-V"]):
        # Nothing else is imported: this is also how people find out whether the program is there.
        from minio._version import __version__

        print(f"mio {__version__}")
        return 0
    from . import interrupts
    from .errors import INTERRUPTED, TERMINATED, UsageProblem

    _open_closed_streams()
    interrupts.install()
    try:
        status = _dispatch(given)
    except UsageProblem as error:
        status = _early(error, given)
    except KeyboardInterrupt as stop:
        status = _stopped(stop)
    if status in (INTERRUPTED, TERMINATED):
        _end_now(status)
    return status


def _open_closed_streams() -> None:
    """Let streams that the caller has closed be empty: the next file or connection must not take their numbers."""
    import os

    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _end_now(status: int) -> NoReturn:
    """End the process without waiting for threads, which may wait for a server or for standard input."""
    import os

    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def _dispatch(given: list[str]) -> int:
    from . import registry

    name, rest = _split(given)
    if name is None or name == "help":
        return _help(rest, asked=name is not None)
    command = registry.find(name)
    if command is None:
        raise _unknown(name)
    return _run(command, [*registry.IMPLIED.get(name, ()), *rest])


def _split(given: list[str]) -> tuple[str | None, list[str]]:
    """Return the name of the command, and all other arguments. Flags may be in front of it."""
    from . import flags, habits

    skip = False
    for index, text in enumerate(given):
        if skip:
            skip = False
        elif text in flags.VALUE_FLAGS or text in habits.VALUE_FLAGS:
            skip = True
        elif not text.startswith("-") or text == "-":
            return text, given[:index] + given[index + 1 :]
    return None, given


def _run(command: Command, given: list[str]) -> int:
    from . import settings
    from .context import Context
    from .output import Output
    from .parsing import parse

    module = _load(command)
    configured = settings.read()
    arguments, rest = parse(command, module, given, configured)
    output = Output(
        command.name,
        json=arguments.json,
        null=getattr(arguments, "null", False),
        quiet=arguments.quiet,
        verbose=bool(arguments.verbose),
        color=arguments.color,
    )
    context = Context(arguments, output, configured, rest)
    try:
        return _carry_out(module, context, arguments)
    finally:
        context.close()


def _carry_out(module: ModuleType, context: Context, arguments: argparse.Namespace) -> int:
    from . import errors

    output = context.output
    told = None
    try:
        try:
            status = int(module.run(context, arguments)) or _status_of_items(output, arguments)
        except KeyboardInterrupt as stop:
            status = _stopped(stop, output)
        except errors.OutputClosed:
            raise
        except Exception as error:  # noqa: BLE001  (the last place where it can become one line)
            if arguments.debug:
                _show_traceback()
            told = output.problem(error, context.place_of(error))
            status = told.exit_status
            output.counts.failed += status != errors.USAGE
        output.finish()
        output.summary(status, told)
        output.flush()
    except errors.OutputClosed:
        from .output import close_stdout

        close_stdout()
        return errors.CLOSED_PIPE
    return status


def _status_of_items(output: Output, arguments: argparse.Namespace) -> int:
    """Return 1 if some items failed; if all failed for one cause, the exit status of this cause."""
    from .errors import DENIED, NOT_FOUND, UNREACHABLE

    counts = output.counts
    if counts.failed:
        only = not (counts.done or counts.deleted or counts.skipped or counts.places) and len(counts.causes) == 1
        return next(iter(counts.causes & {NOT_FOUND, DENIED, UNREACHABLE}), 1) if only else 1
    return int(bool(counts.warnings and getattr(arguments, "strict", False)))


def _stopped(stop: KeyboardInterrupt, output: Output | None = None) -> int:
    from .errors import INTERRUPTED, TERMINATED
    from .interrupts import Terminated

    if output is not None:
        counts = output.counts
        items = counts.done + counts.deleted
        done = f" after {items} item{'' if items == 1 else 's'}" if items else ""
        advice = f"; {output.resume}" if output.resume else ""
        output.error_line(f"mio: {output.command}: stopped{done}{advice}")
    return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED


def _load(command: Command) -> ModuleType:
    from importlib import import_module

    return import_module(f"minio.cli.commands.{command.module or command.name}")


def _help(rest: list[str], asked: bool) -> int:
    from . import helping, registry

    for name in rest:
        if not name.startswith("-"):
            command = registry.find(name)
            if command is None:
                raise _unknown(name)
            helping.show_command(command, _load(command))
            return 0
    helping.show_all()
    return 0 if rest or asked else 2


def _unknown(name: str) -> Exception:
    from . import habits, registry
    from .errors import UsageProblem

    if name in habits.COMMANDS:
        return UsageProblem(f"{name!r} is no command", habits.COMMANDS[name])
    close = registry.suggestions(name)
    hint = "' or '".join(f"mio {each}" for each in close) or "mio --help"
    return UsageProblem(f"{name!r} is no command", hint)


def _early(error: Any, given: Sequence[str]) -> int:
    command = getattr(error, "command", "")
    status = _early_text(f"{command}: {error}" if command else str(error), error.hint)
    if "--json" in given:
        from .errors import explain
        from .output import Output

        output = Output(command, json=True)
        output.summary(status, explain(error))
    return status


def _early_text(text: str, hint: str) -> int:
    """Write an error before there is an `Output`."""
    from minio._core.printable import printable

    from .errors import USAGE, advice

    print(f"mio: {printable(text)}{advice(hint)}", file=sys.stderr)
    return USAGE


def _show_traceback() -> None:
    import traceback

    from minio._core.wire.redact import redact

    sys.stderr.write(redact(traceback.format_exc()))
