"""A server that only lists, for listings that no real server here gives: very long ones, broken ones, strange keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from fakes.scripted_server import Peer, Recorded, ScriptedServer, answer, forever

BUCKET = "bkt"
_HEAD = '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
_REST = (
    "</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>&quot;0cc175b9c0f1b6a831c399e269772661"
    "&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>"
)

_MODIFIED = {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}

Pages = Callable[[int], Sequence[str]]


def page(keys: Sequence[str], following: int | None = None) -> bytes:
    """A page of a listing: objects of one byte, and the number of the page that follows."""
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{following}</NextContinuationToken>"
    end = "<IsTruncated>false</IsTruncated>" if following is None else more
    items = "".join(f"<Contents><Key>{escape(key)}{_REST}" for key in keys)
    return f"{_HEAD}<Name>{BUCKET}</Name>{end}{items}</ListBucketResult>".encode()


def lister(pages: Pages, count: int) -> ScriptedServer:
    """A server that lists `count` pages. Every object has the content `a`."""

    def reply(request: Recorded) -> bytes:
        parts = urlsplit(request.target)
        if parts.path.strip("/") != BUCKET:
            return answer(b"a", headers={"ETag": '"0cc175b9c0f1b6a831c399e269772661"', **_MODIFIED})
        number = int(parse_qs(parts.query).get("continuation-token", ["0"])[0])
        following = number + 1 if number + 1 < count else None
        return answer(page(pages(number), following), headers={"Content-Type": "application/xml"})

    return ScriptedServer(forever(reply))


def gone_after(data: bytes) -> ScriptedServer:
    """A server that sends these bytes in response to the first request, and resets every further connection."""

    def first(peer: Peer) -> None:
        peer.read_request()
        peer.send(data)

    return ScriptedServer(first, Peer.reset)


def settings_for(server: ScriptedServer) -> dict[str, str]:
    """The environment variables that connect the program to the server."""
    return {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret-key",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{server.origin}",
    }
