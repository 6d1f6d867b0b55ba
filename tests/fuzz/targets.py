"""The fuzz targets: functions that take bytes and raise if the client does something wrong.

A parser of untrusted bytes may return a value or raise one of its documented errors, and nothing else. If the same
bytes can arrive in pieces, the outcome must be the same. What is written must be read back unchanged.
"""

from __future__ import annotations

import base64
import inspect
import io
import json
import pkgutil
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

import minio
from minio._core.engine.trace import redact
from minio._core.http.proxy import parse_proxy
from minio._core.http.response_parser import ResponseParser
from minio._core.ops import (
    admin,
    attributes,
    buckets,
    copying,
    deletion,
    events,
    fan_out,
    listing,
    multipart,
    raw,
    subresources,
)
from minio._core.ops.errors import to_exception
from minio._core.ops.subresources import GetSubresource, Subresource
from minio._core.printable import printable
from minio._core.wire import xml
from minio._core.wire.decoding import ContentDecodingError, decode_body, find_codings, open_decoder
from minio._core.wire.endpoint import parse_endpoint
from minio._core.wire.eventstream import EventStreamDecoder, EventStreamError
from minio._core.wire.http1 import ProtocolError, read_head
from minio._core.wire.message import Headers, Request, Response
from minio._core.wire.s3error import error_fields
from minio._core.wire.url import canonical_query, quote, quote_path, unquote
from minio._responses import (
    CompleteMultipartUploadResult,
    ListMultipartUploadsResult,
    ListPartsResult,
    parse_copy_object,
    parse_list_objects,
)
from minio.args import PutObjectFanOutEntry
from minio.credentials._base import read_json
from minio.crypto import DecryptionError, decrypt
from minio.error import InvalidArgumentError, InvalidEndpointError, InvalidXMLError, MinioException
from minio.policy import Policy, get_policy, set_policy
from minio.post_policy import PostPolicy
from minio.select import SelectDecoder
from minio.time import from_http_header, from_iso8601utc, to_http_header, to_iso8601utc
from minio.xml import marshal

Target = Callable[[bytes], None]
TARGETS: dict[str, Target] = {}


def target(function: Target) -> Target:
    """Register a target under its name."""
    TARGETS[function.__name__] = function
    return function


def cut(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the data after its first byte, split into pieces of a size given by that byte, and unsplit."""
    if not data:
        return [], b""
    size, rest = data[0] % 37 + 1, data[1:]
    return [rest[at : at + size] for at in range(0, len(rest), size)], rest


def outcome(function: Callable[[], Any], *errors: type[Exception]) -> Any:
    """Return the result of a function, or the type of the error that it raises."""
    try:
        return function()
    except errors as error:
        str(error)
        return type(error)


# HTTP


def _response(pieces: list[bytes], method: str, stream: bool) -> Any:
    parser = ResponseParser(method, stream)
    body = b""
    for piece in pieces:
        parser.feed(piece)
        body += parser.pop_all() if parser.streaming else b""
    whole = parser.feed_eof()
    if parser.head is None:
        return None
    body += parser.pop_all()
    head = parser.head
    assert "\n" not in "".join(value for _, value in head.headers.raw)
    assert head.length is None or len(body) <= head.length or not stream
    return head.status, head.reason, list(head.headers.raw), body, whole, parser.done


@target
def http_head(data: bytes) -> None:
    """One head, complete and grown byte by byte."""
    method = "HEAD" if data[:1] > b"\x7f" else "GET"
    head = outcome(lambda: read_head(data[1:], method), ProtocolError)
    if head is None or isinstance(head, type):
        return
    assert 0 < head.size <= len(data) - 1
    assert head.length is None or head.length >= 0
    again = read_head(bytearray(data[1 : 1 + head.size]), method)
    assert again is not None
    assert (again.status, again.headers, again.length) == (head.status, head.headers, head.length)
    assert read_head(data[1 : head.size], method) is None or head.size == 0


@target
def http_response(data: bytes) -> None:
    """A response in one piece and in several."""
    pieces, rest = cut(data)
    for method, stream in (("GET", True), ("GET", False), ("HEAD", False)):
        at_once = outcome(lambda: _response([rest], method, stream), ProtocolError)  # noqa: B023
        in_pieces = outcome(lambda: _response(pieces, method, stream), ProtocolError)  # noqa: B023
        if ProtocolError not in (at_once, in_pieces):
            assert at_once == in_pieces


@target
def http_chunks(data: bytes) -> None:
    """A chunked body, compared with an independent decoder. Input that this decoder rejects is not compared."""
    pieces, rest = cut(data)
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = outcome(lambda: _response([start, *pieces], "GET", True), ProtocolError)
    expected = _plain_chunks(rest)
    if expected is not None:
        assert not isinstance(found, type)
        assert found[3] == expected
        assert found[5]


def _plain_chunks(data: bytes) -> bytes | None:
    body = b""
    while True:
        size, found, data = data.partition(b"\r\n")
        if not found or not size or len(size) > 6 or size.strip(b"0123456789abcdefABCDEF"):
            return None
        length = int(size, 16)
        if not length:
            return body if data[:2] == b"\r\n" else None
        if data[length : length + 2] != b"\r\n":
            return None
        body, data = body + data[:length], data[length + 2 :]


@target
def content_decoding(data: bytes) -> None:
    """A coded body in one piece and in several, with any limit: output is bounded and matches zlib."""
    if len(data) < 2:
        return
    header = ("gzip", "deflate", "gzip, deflate", "gzip, gzip, gzip", "identity")[data[0] % 5]
    limit, most, rest = data[0] % 7 + 1, data[1] % 37 + 1, data[2:]
    source = io.BytesIO(rest)
    read = open_decoder(lambda size: source.read(min(size, most)), find_codings(header))

    def drain() -> bytes:
        found = bytearray()
        while (piece := read(limit)) and len(found) < 5000:
            assert len(piece) <= limit
            found += piece
        return bytes(found)

    in_pieces = outcome(drain, ContentDecodingError)
    at_once = outcome(lambda: decode_body(rest, header, most=4000), ContentDecodingError)
    assert isinstance(at_once, type) or len(at_once) <= max(4000, len(rest))
    if isinstance(in_pieces, type):
        assert at_once in (ContentDecodingError, rest)
    elif len(in_pieces) <= 4000:
        assert at_once == in_pieces
    kept = decode_body(rest, header, is_error=True, most=4000)
    assert kept in (at_once, rest) or isinstance(at_once, type)
    if header == "gzip" and not isinstance(at_once, type) and at_once != rest:
        assert at_once == b"".join(gzip_members(rest))


def gzip_members(data: bytes) -> Iterator[bytes]:
    """The output of zlib for each member."""
    while data := data.lstrip(b"\0"):
        inflate = zlib.decompressobj(31)
        yield inflate.decompress(data)
        data = inflate.unused_data


# XML


def vocabulary() -> Iterator[type]:
    """Every public class that can be read from XML."""
    for info in pkgutil.iter_modules(minio.__path__):
        if info.name.startswith("_") or info.name in ("local", "sync", "aio", "credentials"):
            continue
        for _, found in sorted(vars(import_module(f"minio.{info.name}")).items()):
            if inspect.isclass(found) and found.__module__ == f"minio.{info.name}" and hasattr(found, "fromxml"):
                yield found


VOCABULARY = [kind for kind in vocabulary() if kind.__name__ not in ("Object", "FromXmlType", "S3Error")]
VOCABULARY = [kind for kind in VOCABULARY if not issubclass(kind, Exception)]

PARSERS: list[Callable[[Response], Any]] = [
    *(listing.Listing("b", api=api).parse for api in ("v1", "v2", "versions")),
    *(listing.Listing("b", api=api, token=("k", "1")).parse for api in ("v1", "v2", "versions")),
    admin.AdminOperation(admin.LIST_USERS).parse,
    buckets.ListBuckets().parse,
    buckets.GetBucketLocation("b").parse,
    multipart.CreateMultipartUpload("b", "k").parse,
    multipart.CompleteMultipartUpload("b", "k", "u", []).parse,
    multipart.UploadPartCopy("b", "k", "u", 1, {}).parse,
    multipart.ListParts("b", "k", "u").parse,
    multipart.ListParts("b", "k", "u", 7).parse,
    multipart.ListMultipartUploads("b").parse,
    copying.CopyObject("b", "k", {}).parse,
    raw.RawRequest(Request(method="GET"), parse_copy_object).parse,
    attributes.GetObjectAttributes("b", "k", ()).parse,
    attributes.GetObjectAcl("b", "k").parse,
    fan_out.PutObjectFanOut("b", {}, [PutObjectFanOutEntry("k")], b"").parse,
    *(GetSubresource(row, "b").parse for row in vars(subresources).values() if isinstance(row, Subresource)),
    deletion.DeleteObjects("b", []).parse,
    CompleteMultipartUploadResult,
    ListMultipartUploadsResult,
    ListPartsResult,
    parse_copy_object,
    parse_list_objects,
]  # fmt: skip


@target
def xml_answers(data: bytes) -> None:
    """A response body, given to every operation."""
    response = Response(200, Headers([("x-amz-version-id", "v")]), data)
    for parse in PARSERS:
        found = outcome(lambda: parse(response), InvalidXMLError, MinioException)  # noqa: B023
        if isinstance(found, type):
            assert not issubclass(found, InvalidArgumentError) or issubclass(found, InvalidXMLError), parse
        else:
            assert printable(repr(found)) is not None


@target
def xml_vocabulary(data: bytes) -> None:
    """A document, given to every class of the public vocabulary. What was read must survive writing and reading."""
    root = outcome(lambda: xml.parse(data), InvalidXMLError)
    if isinstance(root, type):
        return
    for kind in VOCABULARY:
        found = outcome(lambda: kind.fromxml(root), InvalidXMLError, InvalidArgumentError)  # noqa: B023
        if isinstance(found, type) or not hasattr(found, "toxml"):
            continue
        written = outcome(lambda: marshal(found), InvalidArgumentError)  # noqa: B023
        if not isinstance(written, type):
            assert kind.fromxml(xml.parse(written)) == found, kind


@target
def errors(data: bytes) -> None:
    """An error response: status and headers come from the first bytes."""
    status = (200, 301, 307, 400, 403, 404, 409, 416, 500, 501, 503)[data[0] % 11] if data else 400
    head, _, body = data[1:].partition(b"\n\n")
    raw = [(name, value) for name, _, value in (line.partition(":") for line in head.decode("latin-1").split("\n"))]
    response = Response(status, Headers(raw), body)
    error = to_exception(response, "GET", "bucket", None, "host")
    assert isinstance(error, MinioException)
    text = str(error)
    assert text.isprintable() or printable(text) == text
    assert "\n" not in text
    assert admin.to_admin_error(error, ["the secret key"]).code
    fields = outcome(lambda: error_fields(response), InvalidXMLError)
    if not isinstance(fields, type):
        region = fields["region"] or "a"
        assert not set(region) & set("/#?@:%\\ \r\n\0")


# Streams


@target
def encrypted(data: bytes) -> None:
    """An encrypted payload. The cipher is always the one whose key is derived fast."""
    data = data[:32] + b"\x02" + data[33:] if len(data) > 32 else data
    found = outcome(lambda: decrypt(data, "password"), DecryptionError)
    if not isinstance(found, type):
        assert found == b"the content of an encrypted payload"


@target
def event_stream(data: bytes) -> None:
    """Messages in one piece and in several."""
    pieces, rest = cut(data)

    def decode(parts: list[bytes]) -> Any:
        decoder = EventStreamDecoder()
        found = [message for part in parts for message in decoder.feed(part)]
        decoder.finish()
        return found

    assert str(outcome(lambda: decode([rest]), EventStreamError)) == str(
        outcome(lambda: decode(pieces), EventStreamError)
    )


@target
def select(data: bytes) -> None:
    """Frames with valid checksums around arbitrary data."""

    def decode(frames: list[bytes]) -> Any:
        decoder = SelectDecoder()
        found = b"".join(part for frame in frames for part in decoder.feed(frame))
        decoder.finish()
        return found, decoder.stats, decoder.progress

    outcome(lambda: decode([frame(*part) for part in split(data)]), MinioException)


def split(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of headers and payload, preceded by their lengths."""
    while len(data) > 2:
        one, two, data = data[0], data[1], data[2:]
        yield data[:one], data[one : one + two]
        data = data[one + two :]


def frame(headers: bytes, payload: bytes) -> bytes:
    """A message of an event stream."""
    from struct import pack
    from zlib import crc32

    prelude = pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + pack(">I", crc32(prelude)) + headers + payload
    return message + pack(">I", crc32(message))


@target
def notifications(data: bytes) -> None:
    """Events: one JSON document per line."""
    pieces, rest = cut(data)

    def decode(parts: list[bytes]) -> Any:
        lines = events.EventLines()
        return [event for part in parts for event in lines.feed(part)]

    assert str(outcome(lambda: decode([rest]), ProtocolError)) == str(outcome(lambda: decode(pieces), ProtocolError))


# Policies


@target
def policies(data: bytes) -> None:
    """Canned policies in any document: get returns what was set."""
    if len(data) < 2:
        return
    policy = list(Policy)[data[0] % len(Policy)]
    prefix = ("", "a", "a/", "a/b", "*", "x?")[data[1] % 6]
    document = data[2:]
    before = outcome(lambda: get_policy(document, "bucket", prefix), InvalidArgumentError)
    after = outcome(lambda: set_policy(document, "bucket", prefix, policy), InvalidArgumentError)
    if isinstance(before, type) or isinstance(after, type):
        assert before == after
        return
    got = get_policy(after, "bucket", prefix)
    if policy is not Policy.NONE:
        assert got is policy
        assert set_policy(after, "bucket", prefix, policy) == after
    if after is not None:
        assert get_policy(json.dumps(after), "bucket", prefix) is got


@target
def forms(data: bytes) -> None:
    """A POST policy with arbitrary conditions: its document is JSON and contains the requested conditions."""
    policy: Any = PostPolicy("bucket", datetime(2030, 1, 1, tzinfo=UTC)) if data[:1] > b"\x7f" else PostPolicy()
    policy.set_bucket_name("bucket")
    policy.set_expires(datetime(2030, 1, 1, tzinfo=UTC))
    policy.set_key_startswith("")
    for text in data[1:].decode("utf-8", "replace").split("\n"):
        name, _, value = text[1:].partition("=")
        steps: list[Callable[[], Any]] = [
            lambda: policy.set_key(value),  # noqa: B023
            lambda: policy.set_key_startswith(value),  # noqa: B023
            lambda: policy.set_content_type(value),  # noqa: B023
            lambda: policy.add_equals_condition(name, value),  # noqa: B023
            lambda: policy.add_starts_with_condition(name, value),  # noqa: B023
            lambda: policy.set_content_length_range(len(name), len(value)),  # noqa: B023
        ]
        outcome(steps[ord(text[:1] or "0") % len(steps)], InvalidArgumentError)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    fields = outcome(lambda: policy.fields("ACCESS", "SECRET", None, "us-east-1", now), InvalidArgumentError)
    if isinstance(fields, type):
        return
    document = json.loads(base64.b64decode(fields["policy"]))
    assert ["eq", "$bucket", "bucket"] in document["conditions"]
    assert fields["x-amz-signature"].isalnum()
    conditions = [tuple(item) for item in document["conditions"]]
    for name, value in fields.items():
        if name not in ("policy", "x-amz-signature"):
            assert any(
                target == f"${name}" and (value == wanted if kind == "eq" else value.startswith(wanted))
                for kind, target, wanted in conditions
            )


# Names and addresses


@target
def urls(data: bytes) -> None:
    """Quote names, and parse the result with other parsers."""
    text = data.decode("utf-8", "replace")
    unquote(text)
    assert unquote(quote(text)) == text
    path = quote_path(text)
    assert path.isascii()
    assert not set(path) & set("?#% +\r\n\0\\") - {"%"}
    assert unquote_to_bytes(path) == text.encode()
    query = canonical_query({"a": text, text: "b", "c": [text, ""]})
    assert sorted(parse_qsl(query, keep_blank_values=True, encoding="utf-8")) == sorted(
        [("a", text), ("c", text), ("c", "")] + ([(text, "b")] if text not in ("a", "c") else [])
    ) or text in ("a", "c")
    assert redact(query) is not None


@target
def endpoints(data: bytes) -> None:
    """An endpoint is a host and a port, and other URL parsers agree."""
    text = data.decode("utf-8", "surrogateescape")
    endpoint = outcome(lambda: parse_endpoint(text, True), InvalidEndpointError)
    if isinstance(endpoint, type):
        return
    for bucket, key in (("", ""), ("bucket", ""), ("bucket", "a/b?c#d")):
        origin, host, path = endpoint.address(bucket, key, "eu-west-1", path_style=False)
        parts = urlsplit(f"https://{host}{path}")
        assert (parts.hostname or "").lower() == origin.host.lower()
        assert (parts.port or 443) == origin.port
        assert parts.query == parts.fragment == ""
        assert parts.username is None


@target
def proxies(data: bytes) -> None:
    """A proxy URL: its password is never shown."""
    proxy = outcome(lambda: parse_proxy(data.decode("utf-8", "replace")), ValueError)
    if not isinstance(proxy, type) and proxy.authorization:
        assert proxy.authorization not in repr(proxy)
        assert "\n" not in proxy.authorization


@target
def times(data: bytes) -> None:
    """Timestamps in both S3 formats. What was read must survive writing and reading."""
    text = data.decode("latin-1")
    for read, write in ((from_http_header, to_http_header), (from_iso8601utc, to_iso8601utc)):
        moment = outcome(lambda: read(text), InvalidArgumentError)  # noqa: B023
        if isinstance(moment, datetime):
            again = read(write(moment) or "")
            assert again is not None
            assert abs((again - moment).total_seconds()) < 1


@target
def documents(data: bytes) -> None:
    """JSON from credential services."""
    found = read_json(data)
    assert found is None or isinstance(found, dict)
