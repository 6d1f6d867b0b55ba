"""The parser of one command. It takes flags and positional arguments in any order."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from . import flags, settings, streams
from .errors import UsageProblem

if TYPE_CHECKING:
    from .registry import Command

_WIDTH = 80
_WITH_SIZES = ("ls", "du")
"""The commands with which people type -h for sizes with units, as they do with those of the system."""
_CHOICE = re.compile(r"argument (.*): invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL).fullmatch
_QUOTED = re.compile(r"[\w-]+").findall
_AS_IT_IS = "\0"
"""What is in front of arguments that are no flags, while they are parsed. No argument of a program can contain it."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, with a hint."""

    given: Sequence[str] = ()
    """The arguments, for errors."""

    def print_help(self, file: Any = None) -> None:
        """Print the help. It may be long, and the program that reads it may end early."""
        status = streams.show(self.format_help().rstrip("\n"))
        if status:
            raise SystemExit(status)

    def error(self, message: str) -> NoReturn:
        from difflib import get_close_matches

        from . import habits

        command = self.prog.partition(" ")[2]
        hint = habits.of_word(command, message)
        wrong = self._wrong_flag(message)
        if wrong:
            message = f"there is no flag {wrong}"
            hint = habits.of_flag(command, wrong) or self._like(wrong)
        elif found := _CHOICE(message):
            close = get_close_matches(found[2], _QUOTED(found[3]), 1, 0.6)
            message = f"{found[1]}: {found[2]!r} is none of {', '.join(_QUOTED(found[3]))}"
            hint = hint or (f"did you mean {close[0]}?" if close else "")
        problem = UsageProblem(message, hint or f"{self.prog} --help")
        problem.command = command
        raise problem

    def _wrong_flag(self, message: str) -> str:
        """Return the unknown flag that a message of argparse names, or ""."""
        if message.startswith("unrecognized arguments: -"):
            return self._unknown_letter(message.partition(": ")[2].split()[0].partition("=")[0])
        if "ignored explicit argument" in message:  # it took `-recursive` for -r and a value that -r does not take
            return next((self._unknown_letter(text) for text in self.given if re.match(r"-[^-].", text)), "")
        return ""

    def _unknown_letter(self, text: str) -> str:
        """Return the first unknown flag of a bundle such as `-rf`. Other texts are returned unchanged."""
        known = {name for action in self._actions for name in action.option_strings}
        if not re.fullmatch(r"-[a-zA-Z]{2,4}", text) or text[:2] not in known or self._like(text):
            return text
        return next((f"-{letter}" for letter in text[1:] if f"-{letter}" not in known), text)

    def _like(self, wrong: str) -> str:
        """Return a flag that someone may have meant, or how to write a name that looks like a flag; else ""."""
        from difflib import get_close_matches

        if os.path.lexists(wrong):
            return f"./{wrong}"
        shown = (action for action in self._actions if action.help != argparse.SUPPRESS)
        known = {name.lstrip("-"): name for action in shown for name in action.option_strings}
        return next((known[name] for name in get_close_matches(wrong.lstrip("-"), known, 1, 0.7)), "")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help of at most 80 columns, so that it reads well in any terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=_WIDTH - 2)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        """Return `-j, --jobs N`, as newer versions of Python do: the value once."""
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {value}".rstrip()


def build(command: Command, module: ModuleType) -> Parser:
    """Return the parser of a command."""
    # Newer versions of Python colour their help.
    options: dict[str, Any] = {"color": False} if sys.version_info >= (3, 14) else {}
    parser = Parser(
        f"mio {command.name}",
        description=_description(command, module),
        epilog=_examples(module),
        formatter_class=Formatter,
        allow_abbrev=False,
        **options,
    )
    module.add_arguments(parser)
    for action in parser._actions:
        # argparse counts a list that may be empty as missing, and errors would name it beside what is really missing.
        action.required = action.required and action.nargs != "*"
    flags.add_common(parser)
    parser.usage = f"{parser.prog} [FLAGS] {_usage(parser, command)}".rstrip()
    return parser


def _usage(parser: argparse.ArgumentParser, command: Command) -> str:
    """Return the positional arguments. The flags are in the list below, and would hide them here."""
    forms = {None: "{}", "?": "[{}]", "*": "[{} ...]", "+": "{} [{} ...]"}
    shown = [
        forms[action.nargs if isinstance(action.nargs, str) else None].format(*[action.metavar or action.dest] * 2)
        for action in parser._actions
        if not action.option_strings and action.help != argparse.SUPPRESS
    ]
    return " ".join([*shown, "[-- COMMAND ...]"] if command.takes_rest else shown)


def parse(
    command: Command, module: ModuleType, given: list[str], configured: dict[str, Any]
) -> tuple[argparse.Namespace, list[str] | None]:
    """Parse the arguments of a command, and return what follows `--` apart, if the command takes it; None without `--`.

    Raises:
        SystemExit: The help was asked for.
        UsageProblem: An argument or the configuration file is wrong.
    """
    rest: list[str] | None = None
    if command.takes_rest and "--" in given:
        cut = given.index("--")
        given, rest = given[:cut], given[cut + 1 :]
    elif "--" in given:
        # argparse forgets that what follows is not a flag when flags and positional arguments are mixed.
        cut = given.index("--")
        given = given[:cut] + [f"{_AS_IT_IS}{text}" for text in given[cut + 1 :]]
    if command.name in _WITH_SIZES:
        given = _human(given)
    parser = build(command, module)
    settings.apply(configured, parser)
    parser.given = given
    found = parser.parse_intermixed_args(given)
    for name, value in vars(found).items():
        setattr(found, name, _unmarked(value))
    return found, rest


def _human(given: list[str]) -> list[str]:
    """Return arguments in which the h of `-lh`, and `-h` beside an address, asks for units and not for help."""
    alone = all(text.startswith("-") for text in given)
    bundle = re.compile(r"-[a-zA-Z0-9]*h[a-zA-Z0-9]*").fullmatch
    return [text.replace("h", "H") if bundle(text) and not (text == "-h" and alone) else text for text in given]


def _unmarked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unmarked(each) for each in value]
    return value.removeprefix(_AS_IT_IS) if isinstance(value, str) else value


def _description(command: Command, module: ModuleType) -> str:
    text = f"{command.summary}."
    more = getattr(module, "DESCRIPTION", "")
    also = f"Also: {', '.join(command.aliases)}." if command.aliases else ""
    return "\n\n".join(each for each in (text, more, also) if each)


def _examples(module: ModuleType) -> str:
    return "examples:\n" + "\n".join(_lines(module.EXAMPLES))


def _lines(examples: Iterable[tuple[str, str]]) -> Iterable[str]:
    for line, text in examples:
        yield f"  # {text}\n  {line}"
