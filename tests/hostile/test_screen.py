"""Text from a server or in an object's name cannot control the terminal on which it is printed."""

from __future__ import annotations

import io
import logging
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from fakes.scripted_server import answer, forever, head
from minio._core.printable import printable, printable_lines
from minio.error import (
    InvalidArgumentError,
    InvalidPathError,
    InvalidResponseError,
    InvalidXMLError,
    MinioAdminException,
    MinioException,
    S3Error,
    ServerError,
    TransportError,
)
from minio.progress import RichProgress, TqdmProgress

Attack = Callable[..., Any]

ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\x08\x7f\u202egpj.exe\u2066\u200f\u2028\x85\r"
"""Clear the screen, set the title, colours in one byte, backspaces, right-to-left text, Unicode line breaks."""


def is_safe(text: str, lines: bool = True) -> bool:
    """No control characters, and nothing that changes the text direction."""
    return all(
        (lines and char in "\n\t")
        or (unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") and unicodedata.bidirectional(char)
            not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
        for char in text
    )  # fmt: skip


@given(st.text())
def test_shown_text_is_safe(text: str) -> None:
    assert is_safe(printable(text), lines=False)
    assert is_safe(printable_lines(text))
    assert printable(printable(text)) == printable(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "M"])))
def test_letters_of_all_languages_are_kept(text: str) -> None:
    assert printable(text) == text


def test_codes() -> None:
    assert printable("a\x1b[0m\u202eb\n\U000e0041") == "a\\x1b[0m\\u202eb\\x0a\\U000e0041"
    assert printable_lines("a\tb\n\x1b") == "a\tb\n\\x1b"
    assert printable("\ud800") == "\\ud800"
    assert printable("\udcff") == "\\377", "a byte that is not UTF-8, as ls -b shows it"


@pytest.mark.parametrize(
    "error",
    [
        MinioException(ESCAPES),
        InvalidArgumentError(ESCAPES),
        InvalidPathError(ESCAPES),
        InvalidXMLError(ESCAPES),
        TransportError(ESCAPES, ESCAPES),
        ServerError(ESCAPES, 500),
        MinioAdminException(ESCAPES, ESCAPES),
        InvalidResponseError(200, ESCAPES, ESCAPES),
        S3Error(None, *[ESCAPES] * 7),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors(error: Exception) -> None:
    assert is_safe(str(error))
    assert is_safe(repr(error))
    assert "\\x1b" in str(error) + repr(error)


def test_error_is_one_line() -> None:
    """A log that is read line by line cannot be forged."""
    error = S3Error(None, "Code", "a\n2026-11-23 ERROR root logged in", "r", "i", "h")
    assert "\n" not in str(error)


ERROR = (
    "<Error><Code>Evil\x9b31m\u202e</Code><Message>a\u2066\x85b</Message><Key>\u202ek</Key>"
    "<RequestId>\x9b2J</RequestId></Error>"
)


@pytest.mark.parametrize(
    "reply",
    [
        answer(ERROR.encode(), "400 Bad Request"),
        answer(ESCAPES.encode(), "400 Bad Request", {"Content-Type": "text/plain"}),
        answer(ESCAPES.encode(), "200 OK"),
        answer(ESCAPES.encode(), "500 \x9b31m"),
        head("403 \x9b31m", {"Content-Length": "0", "x-amz-request-id": "\x9b2J", "x-minio-error-desc": "\x9b31m"}),
        b"HTTP/1.1 200 \x1b[2J\r\n\r\n",
        b"\x1b[2J\x1b[31m" * 10,
        head("404 \x9b31m", {"Content-Length": "0", "x-minio-error-code": "\x9b31m", "Server": "\x9b31m"}),
    ],
    ids=range(8),
)
def test_responses(attack: Attack, reply: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "minio")
    client, _ = attack(lambda peer: (peer.read_request(), peer.send(reply)))
    shown = io.StringIO()
    client.client.trace_on(shown)
    with pytest.raises(MinioException) as caught:
        client("list_objects", "bucket")
    assert is_safe(str(caught.value))
    assert is_safe(shown.getvalue())
    assert "HTTP/1.1" in shown.getvalue()
    assert is_safe(caplog.text)
    assert caplog.text


def test_names_in_traces(attack: Attack) -> None:
    client, _ = attack(forever(answer(b"", headers={"ETag": "e", "x-amz-meta-a": "\x9b31m\t\x9b"})))
    shown = io.StringIO()
    client.client.trace_on(shown)
    client("stat_object", "bucket", ESCAPES)
    assert is_safe(shown.getvalue())
    assert quote("\x1b[2J") in shown.getvalue()


def test_upload_that_cannot_be_aborted(attack: Attack) -> None:
    """The server chooses the upload ID, and the note on the error contains it."""
    start = "<InitiateMultipartUploadResult><UploadId>\x9b31m\u202e</UploadId></InitiateMultipartUploadResult>"

    def reply(request: Any) -> bytes:
        return answer(start.encode()) if request.method == "POST" else answer(ERROR.encode(), "400 Bad Request")

    client, _ = attack(forever(reply))
    with pytest.raises(MinioException) as caught:
        client("put_object", "bucket", "key", io.BytesIO(bytes(6 << 20)), 6 << 20, part_size=5 << 20, resume=False)
    assert all(is_safe(note) for note in caught.value.__notes__)


@pytest.mark.parametrize("kind", [RichProgress, TqdmProgress])
def test_progress(kind: Any, capsys: pytest.CaptureFixture[str]) -> None:
    if kind is RichProgress:
        from rich.progress import Progress

        stream = io.StringIO()
        from rich.console import Console

        with kind(Progress(console=Console(file=stream, force_terminal=False))) as bar:
            bar.set_meta(f"a{ESCAPES}\n[red]b", 10)
            bar.update(10)
            bar._bars.stop()
        text = stream.getvalue()
    else:
        stream = io.StringIO()
        with kind(file=stream) as bar:
            bar.set_meta(f"a{ESCAPES}\nb", 10)
            bar.update(10)
        text = stream.getvalue().replace("\r", "")
    assert "\\x1b" in text
    assert is_safe(text)
