"""Content codings: decoding restores the original, in any pieces, and never returns more than requested."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from minio._core.wire import decoding
from minio._core.wire.decoding import ContentDecoder, ContentDecodingError, decode_body, find_codings, open_decoder
from minio._core.wire.message import MAX_ERROR


def deflate_raw(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return made.compress(data) + made.flush()


def members(data: bytes) -> bytes:
    return b"".join(gzip.compress(data[at : at + 7]) for at in range(0, len(data) or 1, 7)) + bytes(3)


CODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "gzip in members": ("gzip", members),
    "deflate with zlib's header": ("deflate", zlib.compress),
    "deflate without it": ("Deflate", deflate_raw),
    "twice": ("gzip, deflate", lambda data: zlib.compress(gzip.compress(data))),
    "with other words": ("aws-chunked, gzip, identity", gzip.compress),
    "none": ("identity", bytes),
    "no header": ("", bytes),
}
contents = st.binary(max_size=200) | st.binary(max_size=5).map(lambda part: part * 700)


@pytest.mark.parametrize("coder", CODERS)
@settings(deadline=None)
@given(data=contents)
def test_decoding_restores_the_original(coder: str, data: bytes) -> None:
    header, code = CODERS[coder]
    assert decode_body(code(data), header) == data


@pytest.mark.parametrize("coder", CODERS)
@settings(deadline=None)
@given(data=contents, cut=st.integers(1, 50), limit=st.integers(1, 300))
def test_pieces_do_not_matter_and_the_limit_holds(coder: str, data: bytes, cut: int, limit: int) -> None:
    header, code = CODERS[coder]
    source = io.BytesIO(code(data))
    read = open_decoder(lambda size: source.read(min(size, cut)), find_codings(header))
    pieces = []
    while piece := read(limit):
        pieces.append(piece)
    assert b"".join(pieces) == data
    assert all(len(piece) <= limit for piece in pieces)


@pytest.mark.parametrize("header", ["br", "zstd", "utf-8", "gzip, br", "gzip, gzip, gzip, gzip"])
def test_unknown_coding_is_not_decoded(header: str) -> None:
    assert find_codings(header) == []
    assert decode_body(b"anything", header) == b"anything"


@pytest.mark.parametrize("header", ["gzip", "deflate", "gzip, gzip"])
@pytest.mark.parametrize("body", [b"<Result/>", b' {"Version": 1}'])
def test_plain_body_with_a_coding_header_is_unchanged(header: str, body: bytes) -> None:
    assert decode_body(body, header) == body
    assert decode_body(body, header, is_error=True) == body


DAMAGED = {
    "cut short": ("gzip", gzip.compress(b"text " * 100)[:-9]),
    "cut in its head": ("gzip", gzip.compress(b"text")[:5]),
    "flipped": ("gzip", gzip.compress(b"text " * 100)[:-6] + b"\0\0" + gzip.compress(b"text " * 100)[-4:]),
    "junk behind": ("gzip", gzip.compress(b"text") + b"junk"),
    "deflate with junk behind": ("deflate", zlib.compress(b"text") + b"junk"),
    "deflate cut short": ("deflate", zlib.compress(b"text" * 100)[:-2]),
    "one byte": ("deflate", b"\x78"),
    "another coding": ("gzip", zlib.compress(b"text")),
    "nothing of the kind": ("gzip", b"\0\1\2\3"),
    "only once": ("gzip, gzip", gzip.compress(b"text")),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_body_is_refused(name: str) -> None:
    header, body = DAMAGED[name]
    with pytest.raises(ContentDecodingError):
        decode_body(body, header)


def test_error_is_decoded_as_far_as_possible() -> None:
    text = b"<Error><Code>SlowDown</Code></Error>"
    coded = gzip.compress(text)
    assert decode_body(coded, "gzip", is_error=True) == text
    assert decode_body(coded[:-4], "gzip", is_error=True) == text
    assert decode_body(b"\0junk", "gzip", is_error=True) == b""


def bomb(size: int, times: int = 1) -> bytes:
    data = bytes(size)
    for _ in range(times):
        data = gzip.compress(data)
    return data


def test_body_that_decodes_beyond_the_limit_is_refused() -> None:
    assert decode_body(bomb(1000), "gzip", most=1000) == bytes(1000)
    for times in (1, 2, 3):
        with pytest.raises(ContentDecodingError, match="more than the 1000 bytes"):
            decode_body(bomb(1001, times), ", ".join(["gzip"] * times), most=1000)


def test_first_mebibyte_of_an_error_is_kept() -> None:
    assert decode_body(bomb(MAX_ERROR * 3), "gzip", is_error=True) == bytes(MAX_ERROR)


def test_number_of_empty_members_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_MOST_MEMBERS", 50)
    assert decode_body(gzip.compress(b"a") * 50, "gzip") == b"a" * 50
    with pytest.raises(ContentDecodingError, match="too many members"):
        decode_body(gzip.compress(b"") * 51, "gzip")
    read = ContentDecoder(io.BytesIO(gzip.compress(b"") * 500 + gzip.compress(b"a")).read, "gzip").read
    assert read(10) == b"a"
