"""S3 Select: the request XML, and the event stream of the response, compared with an independent encoder."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
from hypothesis import given, strategies as st

from minio import select, xml
from minio._core.wire.eventstream import EventStreamDecoder, EventStreamError, Message
from minio.error import AccessDenied, InvalidArgumentError, S3Error, TransportError

NS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def encode_value(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"\0" if value else b"\1"
    if isinstance(value, int):
        for kind, form, bits in ((2, ">b", 7), (3, ">h", 15), (4, ">i", 31), (5, ">q", 63)):
            if -(1 << bits) <= value < 1 << bits:
                return bytes([kind]) + struct.pack(form, value)
    if isinstance(value, bytes | str):
        data = value.encode() if isinstance(value, str) else value
        return (b"\7" if isinstance(value, str) else b"\6") + struct.pack(">H", len(data)) + data
    if isinstance(value, datetime):
        return b"\x08" + struct.pack(">q", round((value - EPOCH).total_seconds() * 1000))
    assert isinstance(value, UUID)
    return b"\x09" + value.bytes


def frame(headers: bytes, payload: bytes) -> bytes:
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    head = prelude + struct.pack(">I", crc32(prelude)) + headers + payload
    return head + struct.pack(">I", crc32(head))


def encode(headers: dict[str, Any], payload: bytes = b"") -> bytes:
    data = b"".join(bytes([len(name.encode())]) + name.encode() + encode_value(v) for name, v in headers.items())
    return frame(data, payload)


def event(kind: str, payload: bytes = b"") -> bytes:
    return encode({":message-type": "event", ":event-type": kind, ":content-type": "text/xml"}, payload)


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    at = 0
    for size in sizes:
        yield data[at : at + size]
        at += size
    yield data[at:]


header_values = st.one_of(
    st.booleans(),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.binary(max_size=50),
    st.text(max_size=20),
    st.integers(0, 10**13).map(lambda ms: datetime.fromtimestamp(ms // 1000, UTC)),
    st.uuids(),
)
messages = st.builds(Message, st.dictionaries(st.text(max_size=20), header_values, max_size=4), st.binary(max_size=99))


@given(st.lists(messages, max_size=5), st.lists(st.integers(0, 40), max_size=20))
def test_round_trip(sent: list[Message], sizes: list[int]) -> None:
    data = b"".join(encode(message.headers, message.payload) for message in sent)
    decoder = EventStreamDecoder()
    assert [message for piece in cut(data, sizes) for message in decoder.feed(piece)] == sent
    decoder.finish()


@given(messages, st.data())
def test_flipped_bit_is_detected(message: Message, data: st.DataObject) -> None:
    good = encode(message.headers, message.payload)
    bit = data.draw(st.integers(0, len(good) * 8 - 1))
    bad = bytearray(good)
    bad[bit // 8] ^= 1 << bit % 8
    decoder = EventStreamDecoder()
    with pytest.raises(EventStreamError):
        assert list(decoder.feed(bad)) == []
        decoder.finish()


@given(messages, st.data())
def test_truncated_stream_is_detected(message: Message, data: st.DataObject) -> None:
    good = encode(message.headers, message.payload)
    decoder = EventStreamDecoder()
    assert list(decoder.feed(good[: data.draw(st.integers(1, len(good) - 1))])) == []
    with pytest.raises(TransportError, match="broke off"):
        decoder.finish()


def prelude(total: int, headers: int) -> bytes:
    data = struct.pack(">II", total, headers)
    return data + struct.pack(">I", crc32(data))


@pytest.mark.parametrize(
    "data",
    [
        prelude(15, 0),
        prelude(20, 5),
        prelude(1 << 31, 0),
        prelude(1 << 20, 1 << 18),
        frame(b"\x05ab", b""),
        frame(b"\x01a\x63", b""),
        frame(b"\x01a", b""),
        frame(b"\x01a\x07\x00\x09short", b""),
        frame(b"\x01a\x05\x00", b""),
        frame(b"\x01a\x07\x00\x01\xff", b""),
        frame(b"\x01a\x08\x7f\xff\xff\xff\xff\xff\xff\xff", b""),
        frame(b"\x01a\x09short", b""),
    ],
)
def test_invalid_frames(data: bytes) -> None:
    with pytest.raises(EventStreamError, match="damaged"):
        list(EventStreamDecoder().feed(data))


def test_known_frame() -> None:
    # The standard example of an empty message.
    assert list(EventStreamDecoder().feed(bytes.fromhex("000000100000000005c248eb7d98c8ff"))) == [Message({}, b"")]
    assert encode({}) == bytes.fromhex("000000100000000005c248eb7d98c8ff")


def test_every_type_of_header() -> None:
    headers = {"b": True, "i": 5, "n": -70000, "x": b"\0", "t": "ü", "u": UUID(int=7), "d": EPOCH}
    (message,) = EventStreamDecoder().feed(encode(headers))
    assert message.headers == headers
    assert (message.text("t"), message.text("i"), message.text("none")) == ("ü", "", "")


class FakeResponse:
    def __init__(self, data: bytes, sizes: list[int] | None = None) -> None:
        self.pieces = cut(data, sizes or [])
        self.calls: list[str] = []

    def stream(self, amt: int) -> Iterator[bytes]:
        return self.pieces

    def close(self) -> None:
        self.calls.append("close")

    def release_conn(self) -> None:
        self.calls.append("release")


STATS = (
    f"<Stats{NS}><BytesScanned>9</BytesScanned><BytesProcessed>8</BytesProcessed>"
    "<BytesReturned>7</BytesReturned></Stats>"
)
PROGRESS = "<Progress><BytesScanned>1</BytesScanned></Progress>"


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=5), st.lists(st.integers(0, 50)), st.integers(1, 20))
def test_reading(records: list[bytes], sizes: list[int], num_bytes: int) -> None:
    data = b"".join(
        [*(event("Records", each) + event("Cont") for each in records), event("Progress", PROGRESS.encode())]
    )
    data += event("Stats", STATS.encode()) + event("End")
    response = FakeResponse(data, sizes)
    with select.SelectObjectReader(response) as reader:
        assert reader.stats() is None
        pieces = list(reader.stream(num_bytes))
        assert b"".join(pieces) == b"".join(records)
        assert all(0 < len(piece) <= num_bytes for piece in pieces)
        assert reader.stats() == select.Stats(STATS)
        assert reader.progress() == select.Stats(PROGRESS)
        assert list(reader) == []
    assert response.calls == ["close", "release"]


def test_reader_is_read_only() -> None:
    reader = select.SelectObjectReader(FakeResponse(b""))
    assert reader.readable()
    assert not reader.writeable()
    with pytest.raises(InvalidArgumentError, match="num_bytes"):
        reader.stream(0)


def test_error_within_the_response() -> None:
    headers = {":message-type": "error", ":error-code": "OverMaxColumn", ":error-message": "too many"}
    reader = select.SelectObjectReader(FakeResponse(event("Records", b"a") + encode(headers)))
    stream = reader.stream()
    assert next(stream) == b"a"
    with pytest.raises(S3Error, match="too many") as caught:
        next(stream)
    assert caught.value.code == "OverMaxColumn"
    headers[":error-code"] = "AccessDenied"
    with pytest.raises(AccessDenied):
        list(select.SelectObjectReader(FakeResponse(encode(headers))))


@pytest.mark.parametrize("data", [b"", event("Records", b"a"), event("Records", b"a") + event("End")[:-1]])
def test_truncated_response(data: bytes) -> None:
    with pytest.raises(TransportError, match="broke off"):
        list(select.SelectObjectReader(FakeResponse(data)))


def test_stats_are_values() -> None:
    stats = select.Stats(STATS.encode())
    assert (stats.bytes_scanned, stats.bytes_processed, stats.bytes_returned) == (9, 8, 7)
    assert pickle.loads(pickle.dumps(stats)) == stats
    assert repr(stats) == "Stats(bytes_scanned=9, bytes_processed=8, bytes_returned=7)"
    assert select.Stats("<Stats/>").bytes_scanned is None


CSV_IN, CSV_OUT = select.CSVInputSerialization(), select.CSVOutputSerialization()


def test_request() -> None:
    request = select.SelectRequest(
        "SELECT * FROM S3Object WHERE a < 1",
        select.CSVInputSerialization("GZIP", True, "#", ",", "USE", '"', "\\", "\n"),
        select.CSVOutputSerialization(";", '"', '"', "ASNEEDED", "\r\n"),
        True,
        0,
        99,
    )
    expected = (
        f"<SelectObjectContentRequest{NS}><Expression>SELECT * FROM S3Object WHERE a &lt; 1</Expression>"
        "<ExpressionType>SQL</ExpressionType><InputSerialization><CompressionType>GZIP</CompressionType><CSV>"
        "<AllowQuotedRecordDelimiter>TRUE</AllowQuotedRecordDelimiter><Comments>#</Comments>"
        '<FieldDelimiter>,</FieldDelimiter><FileHeaderInfo>USE</FileHeaderInfo><QuoteCharacter>"</QuoteCharacter>'
        "<QuoteEscapeCharacter>\\</QuoteEscapeCharacter><RecordDelimiter>\n</RecordDelimiter></CSV></InputSerialization>"
        '<OutputSerialization><CSV><FieldDelimiter>;</FieldDelimiter><QuoteCharacter>"</QuoteCharacter>'
        '<QuoteEscapeCharacter>"</QuoteEscapeCharacter><QuoteFields>ASNEEDED</QuoteFields>'
        "<RecordDelimiter>&#13;\n</RecordDelimiter></CSV></OutputSerialization>"
        "<RequestProgress><Enabled>true</Enabled></RequestProgress>"
        "<ScanRange><Start>0</Start><End>99</End></ScanRange></SelectObjectContentRequest>"
    )
    assert xml.marshal(request).decode() == expected
    assert pickle.loads(pickle.dumps(request)) == request


@pytest.mark.parametrize(
    ("part", "inner"),
    [
        (select.CSVInputSerialization(), "<CSV/>"),
        (
            select.JSONInputSerialization("NONE", "LINES"),
            "<CompressionType>NONE</CompressionType><JSON><Type>LINES</Type></JSON>",
        ),
        (select.ParquetInputSerialization(), "<Parquet/>"),
        (select.CSVOutputSerialization(), "<CSV/>"),
        (select.JSONOutputSerialization("\n"), "<JSON><RecordDelimiter>\n</RecordDelimiter></JSON>"),
    ],
)
def test_each_form(part: Any, inner: str) -> None:
    name = "InputSerialization" if isinstance(part, select.InputSerialization) else "OutputSerialization"
    assert xml.marshal(part).decode().endswith(f"<{name}{NS}>{inner}</{name}>")
    element = xml.Element("Any", "")
    assert part.toxml(element) is element
    assert xml.getbytes(element).decode().endswith(f"<Any>{inner}</Any>")


@pytest.mark.parametrize(
    ("cls", "arguments"),
    [
        (select.InputSerialization, {"compression_type": "gzip"}),
        (select.CSVInputSerialization, {"compression_type": "ZIP"}),
        (select.CSVInputSerialization, {"allow_quoted_record_delimiter": "maybe"}),
        (select.CSVInputSerialization, {"allow_quoted_record_delimiter": 1}),
        (select.CSVInputSerialization, {"file_header_info": "yes"}),
        (select.CSVInputSerialization, {"field_delimiter": ""}),
        (select.CSVInputSerialization, {"quote_character": 1}),
        (select.JSONInputSerialization, {"json_type": "JSON"}),
        (select.ParquetInputSerialization, {"compression_type": "GZIP"}),
        (select.CSVOutputSerialization, {"quote_fields": "NEVER"}),
        (select.CSVOutputSerialization, {"record_delimiter": ""}),
        (select.JSONOutputSerialization, {"record_delimiter": b"\n"}),
        (select.SelectRequest, {"expression": ""}),
        (select.SelectRequest, {"input_serialization": CSV_OUT}),
        (select.SelectRequest, {"output_serialization": CSV_IN}),
        (select.SelectRequest, {"request_progress": "yes"}),
        (select.SelectRequest, {"scan_start_range": -1}),
        (select.SelectRequest, {"scan_start_range": 5, "scan_end_range": 4}),
    ],
)
def test_bad_values(cls: type, arguments: dict[str, Any]) -> None:
    if cls is select.SelectRequest:
        good = {"expression": "SELECT 1", "input_serialization": CSV_IN, "output_serialization": CSV_OUT}
        arguments = good | arguments
    with pytest.raises(InvalidArgumentError):
        cls(**arguments)
