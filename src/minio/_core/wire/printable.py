"""Text of others on its way to a screen or a log: what would move a cursor, hide or reorder text is shown as a code.

Names and messages come from servers and from whoever may write to a bucket. A terminal obeys what it is sent.
"""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, what turns the direction of writing, invisible tags, halves of
# characters (they cannot be written at all).
_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_UNSAFE_IN_LINES = rf"(?![\t\n]){_UNSAFE}"
# re compiles them, and remembers them, when they are first needed: that takes longer than to load this module.


def printable(text: str) -> str:
    """One line that is safe to show: control characters become ``\\x1b``, ``\\u202e`` and the like."""
    return text if text.isascii() and text.isprintable() else re.sub(_UNSAFE, _code, text)


def printable_lines(text: str) -> str:
    """The same for a text of several lines: line breaks and tabs stay."""
    return text if text.isascii() and text.isprintable() else re.sub(_UNSAFE_IN_LINES, _code, text)


def _code(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
