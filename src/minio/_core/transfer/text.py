"""Conversion between text and the bytes of an object, with the options of Python's `open`. Pure."""

from __future__ import annotations

import codecs
import io
import os
from dataclasses import dataclass

from ..exceptions import InvalidArgumentError, InvalidArgumentTypeError

_MODES = {
    "r": ("r", True),
    "rt": ("r", True),
    "rb": ("r", False),
    "w": ("w", True),
    "wt": ("w", True),
    "wb": ("w", False),
}


@dataclass(frozen=True, slots=True)
class TextFormat:
    """Encoding, error handler and line endings, as in `io.TextIOWrapper`."""

    encoding: str = "utf-8"
    errors: str = "strict"
    newline: str | None = None

    def decoder(self) -> codecs.IncrementalDecoder | io.IncrementalNewlineDecoder:
        """Return a decoder. It translates line endings to "\\n" if `newline` is None."""
        decoder = codecs.getincrementaldecoder(self.encoding)(self.errors)
        if self.newline:
            return decoder
        return io.IncrementalNewlineDecoder(decoder, self.newline is None, self.errors)

    def encoder(self) -> codecs.IncrementalEncoder:
        """Return an encoder."""
        return codecs.getincrementalencoder(self.encoding)(self.errors)

    def written(self, text: str) -> str:
        """Return the text with the line endings to write."""
        ending = os.linesep if self.newline is None else self.newline
        return text.replace("\n", ending) if ending not in ("", "\n") else text

    def line_end(self, text: str, start: int) -> int:
        """Return the position after the first line ending from `start` on, or 0 if there is none."""
        if self.newline is None:
            return text.find("\n", start) + 1
        if self.newline:
            found = text.find(self.newline, start)
            return found + len(self.newline) if found >= 0 else 0
        return _universal_end(text, start)


def _universal_end(text: str, start: int) -> int:
    line, carriage = text.find("\n", start), text.find("\r", start)
    if carriage < 0 or 0 <= line < carriage:
        return line + 1
    return carriage + (2 if text[carriage + 1 : carriage + 2] == "\n" else 1)


def parse_mode(
    mode: str, encoding: str | None, errors: str | None, newline: str | None
) -> tuple[str, TextFormat | None]:
    """Return the direction, "r" or "w", and the text format, or None for binary mode.

    Raises:
        InvalidArgumentError: The mode is not supported, or an option does not apply to it.
    """
    if not isinstance(mode, str):
        raise InvalidArgumentTypeError(f"mode must be a str, not {type(mode).__name__}")
    if mode not in _MODES:
        raise InvalidArgumentError(_refusal(mode))
    direction, text = _MODES[mode]
    options = {"encoding": encoding, "errors": errors, "newline": newline}
    given = {name: value for name, value in options.items() if value is not None}
    for name, value in given.items():
        if not text:
            raise InvalidArgumentError(f"{name} is for text: use mode {direction!r} instead of {mode!r}")
        if not isinstance(value, str):
            raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
    return direction, _check_format(TextFormat(**given)) if text else None


def _refusal(mode: str) -> str:
    if "a" in mode:
        reason = "an object cannot be opened to append: use append_object, or write it anew with 'w' or 'wb'"
    elif "x" in mode:
        reason = "'x' cannot be guaranteed by every server: use 'w' or 'wb', which replace the object"
    elif "+" in mode:
        reason = "an object cannot be opened to read and write at once: use 'rb' or 'wb'"
    else:
        reason = "it must be 'r', 'rt', 'rb', 'w', 'wt' or 'wb'"
    return f"mode {mode!r} is not supported: {reason}"


def _check_format(text: TextFormat) -> TextFormat:
    try:
        codecs.lookup(text.encoding)
        io.TextIOWrapper(io.BytesIO(), text.encoding)
    except (LookupError, ValueError) as error:
        raise InvalidArgumentError(f"encoding {text.encoding!r} is not a text encoding of Python") from error
    try:
        codecs.lookup_error(text.errors)
    except (LookupError, ValueError) as error:
        raise InvalidArgumentError(f"errors {text.errors!r} is not an error handler of Python's codecs") from error
    if text.newline not in (None, "", "\n", "\r", "\r\n"):
        raise InvalidArgumentError(f"newline must be None, '', '\\n', '\\r' or '\\r\\n', not {text.newline!r}")
    return text
