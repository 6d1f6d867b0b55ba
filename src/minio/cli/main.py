"""The program: finds the command, imports its module, runs it, and turns errors into an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from . import streams

if TYPE_CHECKING:
    import argparse
    from types import ModuleType

    from .context import Context
    from .output import Output
    from .registry import Command


def program() -> NoReturn:
    """Run the program and end the process."""
    status = main()
    import atexit
    import os

    if _may_end_now():
        atexit._run_exitfuncs()
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    sys.exit(status)


def _may_end_now() -> bool:
    """Return whether the process may end before the interpreter has removed its modules, which takes 15 ms.

    It may not while other threads have work to finish, or if a profiler, a debugger or `python -i` waits for the end.
    """
    import threading

    others = (thread for thread in threading.enumerate() if thread is not threading.main_thread())
    watched = sys.getprofile() or sys.gettrace() or sys.flags.inspect
    return not watched and all(thread.daemon for thread in others)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    streams.open_missing()
    if given and set(given) <= {"--version", "-V", "--json"} and given != ["--json"]:
        # Nothing else is imported: this is also how people find out whether the program is there.
        from minio._version import __version__

        return streams.show(f"mio {__version__}")
    from . import interrupts
    from .errors import CLOSED_PIPE, INTERRUPTED, TERMINATED, OutputClosed, OutputFailed, UsageProblem

    interrupts.install()
    try:
        try:
            status = _dispatch(given)
        except UsageProblem as error:
            status = _early(error, given)
    except OutputClosed:
        streams.close_stdout()
        status = CLOSED_PIPE
    except OutputFailed as error:
        streams.close_stdout()
        status = _early_text(str(error), "", error.exit_status)
    except KeyboardInterrupt as stop:
        status = _stopped(stop)
    if status in (INTERRUPTED, TERMINATED):
        _end_now(status)
    return status


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
    if name is None:
        return _no_command(rest)
    if name == "help":
        return _help(rest)
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
    status, told = errors.SOME_FAILED, None
    try:
        try:
            status = int(module.run(context, arguments)) or output.status_of_items(getattr(arguments, "strict", False))
        except KeyboardInterrupt as stop:
            status = _stopped(stop, output)
        except errors.OutputClosed:
            raise
        except Exception as error:  # noqa: BLE001  (the last place where it can become one line)
            if arguments.debug:
                _show_traceback()
            told = output.problem(error, context.place_of(error), context.server)
            status = told.exit_status
            output.counts.failed += status != errors.USAGE
        output.finish()
        output.summary(status, told)
        output.flush()
    except errors.OutputClosed:
        streams.close_stdout()
        return errors.CLOSED_PIPE
    except errors.OutputFailed as error:
        if told is None or told.message != str(error):
            output.problem(error)
        streams.close_stdout()
        return status or error.exit_status
    return status


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


def _no_command(rest: list[str]) -> int:
    from . import helping
    from .errors import UsageProblem

    if rest and not {"-h", "--help"} & set(rest):
        raise UsageProblem("the command is missing", "mio --help")
    status = streams.show(helping.all_commands())
    return status if rest else status or 2


def _help(rest: list[str]) -> int:
    from . import helping, registry
    from .errors import UsageProblem

    names = [text for text in rest if not text.startswith("-")]
    if len(names) > 1:
        raise UsageProblem(f"there is one command too many: {names[1]}", f"mio help {names[0]}")
    if not names:
        return streams.show(helping.all_commands())
    command = registry.find(names[0])
    if command is None:
        raise _unknown(names[0])
    return streams.show(helping.of_command(command, _load(command)))


def _unknown(name: str) -> Exception:
    from . import habits, registry
    from .errors import UsageProblem

    if name in habits.COMMANDS:
        return UsageProblem(f"unknown command {name!r}", habits.COMMANDS[name])
    close = registry.suggestions(name)
    hint = "' or '".join(f"mio {each}" for each in close) or "mio --help"
    return UsageProblem(f"unknown command {name!r}", hint)


def _early(error: Any, given: Sequence[str]) -> int:
    command = getattr(error, "command", "")
    status = _early_text(f"{command}: {error}" if command else str(error), error.hint, error.exit_status)
    if "--json" in given:
        from .errors import explain
        from .output import Output

        output = Output(command, json=True)
        output.summary(status, explain(error))
        output.flush()
    return status


def _early_text(text: str, hint: str, status: int) -> int:
    """Write an error without an `Output`, and return the status."""
    from minio._core.printable import printable

    from .errors import advice

    with suppress(OSError):
        print(f"mio: {printable(text)}{advice(hint)}", file=sys.stderr, flush=True)
    return status


def _show_traceback() -> None:
    import traceback

    from minio._core.wire.redact import redact

    sys.stderr.write(redact(traceback.format_exc()))
