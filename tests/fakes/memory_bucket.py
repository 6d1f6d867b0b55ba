"""One bucket kept in memory, for keys, orders and failures that no real server here can be made to show.

    bucket = MemoryBucket({"a/b": b"content"})
    with ScriptedServer(bucket.script) as server:
        ...  # a client of server.origin
    assert bucket.objects == {...}

It has no versions and no uploads in parts. `before` sees each request first, and may answer it.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

from .scripted_server import Peer, Recorded, answer, forever, partial

_DATE = "Fri, 02 Jan 2026 03:04:05 GMT"
_TIME = "2026-01-02T03:04:05.000Z"
_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

Hook = Callable[[Recorded], bytes | None]


def etag_of(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def refusal(status: str, code: str) -> bytes:
    """An error response, such as `refusal("503 Slow Down", "SlowDown")`."""
    return answer(f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode(), status)


class MemoryBucket:
    """Answers requests for one bucket of any name.

    Args:
        objects: What it has at first.
        page: The most keys in one page of a listing.
        order: Sorts the keys of a listing. By default, by their bytes. `start-after` is honoured in the same order.
    """

    def __init__(
        self,
        objects: Mapping[str, bytes] | None = None,
        *,
        page: int = 1000,
        order: Callable[[str], object] = str.encode,
        before: Hook = lambda request: None,
    ) -> None:
        self.objects = dict(objects or {})
        self.before = before
        self.page, self.order = page, order
        self._lock = threading.Lock()

    def script(self, peer: Peer) -> None:
        forever(self.reply)(peer)

    def reply(self, request: Recorded) -> bytes:
        return self.before(request) or self._reply(request)

    def _reply(self, request: Recorded) -> bytes:
        url = urlsplit(request.target)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        key = unquote(url.path).lstrip("/").partition("/")[2]
        with self._lock:
            if request.method == "POST" and "delete" in query:
                return self._delete_many(request.body.decode())
            if not key:
                return self._list(query) if "location" not in query else _xml("LocationConstraint", "")
            return self._one(request, key)

    def _one(self, request: Recorded, key: str) -> bytes:
        if request.method == "PUT":
            return self._put(request, key)
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return answer(status="204 No Content")
        if key not in self.objects:
            return answer(status="404 Not Found") if request.method == "HEAD" else refusal("404 Not Found", "NoSuchKey")
        content = self.objects[key]
        headers = {"ETag": f'"{etag_of(content)}"', "Last-Modified": _DATE, "Content-Type": "text/plain"}
        reply = partial(content, request, headers)
        return reply.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if request.method == "HEAD" else reply

    def _put(self, request: Recorded, key: str) -> bytes:
        if request.headers.get("if-none-match") == "*" and key in self.objects:
            return refusal("412 Precondition Failed", "PreconditionFailed")
        wanted = request.headers.get("if-match")
        if wanted is not None and (key not in self.objects or wanted.strip('"') != etag_of(self.objects[key])):
            return refusal("412 Precondition Failed", "PreconditionFailed")
        source = request.headers.get("x-amz-copy-source")
        if source is None:
            self.objects[key] = request.body
            return answer(headers={"ETag": f'"{etag_of(request.body)}"'})
        self.objects[key] = self.objects[unquote(source).lstrip("/").partition("/")[2]]
        told = f"<ETag>{etag_of(self.objects[key])}</ETag><LastModified>{_TIME}</LastModified>"
        return _xml("CopyObjectResult", told)

    def _delete_many(self, document: str) -> bytes:
        for key in re.findall("<Key>(.*?)</Key>", document, re.DOTALL):
            self.objects.pop(unescape(key, {"&quot;": '"', "&apos;": "'"}), None)
        return _xml("DeleteResult", "")

    def _list(self, query: Mapping[str, str]) -> bytes:
        prefix, after = query.get("prefix", ""), query.get("continuation-token") or query.get("start-after") or ""
        page = min(self.page, int(query.get("max-keys", "1000")))
        keys = [key for key in self._sorted() if key.startswith(prefix) and (not after or self._passed(key, after))]
        entries, last = _entries(keys, prefix, query.get("delimiter", ""), page)
        body = "".join(self._entry(kind, name) for kind, name in entries)
        more = bool(entries) and last is not None
        body += f"<IsTruncated>{str(more).lower()}</IsTruncated><EncodingType>url</EncodingType>"
        body += f"<NextContinuationToken>{escape(last)}</NextContinuationToken>" if more and last else ""
        return _xml("ListBucketResult", f"<Prefix>{quote(prefix)}</Prefix><KeyCount>{len(entries)}</KeyCount>{body}")

    def _entry(self, kind: str, name: str) -> str:
        if kind == "prefix":
            return f"<CommonPrefixes><Prefix>{quote(name)}</Prefix></CommonPrefixes>"
        content = self.objects[name]
        return (
            f"<Contents><Key>{quote(name)}</Key><LastModified>{_TIME}</LastModified>"
            f"<ETag>&quot;{etag_of(content)}&quot;</ETag><Size>{len(content)}</Size></Contents>"
        )

    def _sorted(self) -> list[str]:
        return sorted(self.objects, key=self.order)  # type: ignore[arg-type]

    def _passed(self, key: str, after: str) -> bool:
        return self.order(key) > self.order(after)  # type: ignore[operator]


def _entries(keys: Iterable[str], prefix: str, delimiter: str, page: int) -> tuple[list[tuple[str, str]], str | None]:
    """The entries of one page, and the last key that it covers if there are more."""
    found: list[tuple[str, str]] = []
    last = ""
    for key in keys:
        head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        entry = ("prefix", prefix + head + cut) if cut else ("key", key)
        if entry not in found[-1:]:
            if len(found) == page:
                return found, last
            found.append(entry)
        last = key
    return found, None


def _xml(name: str, content: str) -> bytes:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} {_NAMESPACE}>{content}</{name}>'
    return answer(body.encode(), headers={"Content-Type": "application/xml"})
