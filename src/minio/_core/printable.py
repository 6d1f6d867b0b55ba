"""Escape untrusted text before it is shown or logged.

Names and messages come from servers and from anyone who may write to a bucket. Terminals interpret control
characters, which can move the cursor and hide or reorder text. They are shown as escapes instead.
"""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, bidirectional controls, invisible tags, and lone surrogates
# (which cannot be encoded at all).
_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_UNSAFE_IN_LINES = rf"(?![\t\n]){_UNSAFE}"
# re compiles and caches the patterns on first use. Compiling them takes longer than importing this module.


def printable(text: str) -> str:
    """Return one line that is safe to show: control characters become escapes such as ``\\x1b`` and ``\\u202e``.

    Bytes in names of files that are not UTF-8 are shown as ``ls -b`` shows them: ``\\377``.
    """
    return text if text.isascii() and text.isprintable() else re.sub(_UNSAFE, _code, text)


def printable_lines(text: str) -> str:
    """Return several lines that are safe to show: like `printable`, but line feeds and tabs are kept."""
    return text if text.isascii() and text.isprintable() else re.sub(_UNSAFE_IN_LINES, _code, text)


def _code(found: re.Match[str]) -> str:
    number = ord(found[0])
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\{number - 0xDC00:03o}"
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
