"""A server on 127.0.0.1 whose responses a test creates, or forwards from the real server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from servers.raw import RawS3


@dataclass(frozen=True)
class Received:
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """A response."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def forward(raw: RawS3, request: Received) -> Reply:
    """Send a request on, signed with the keys of the server, and return its response."""
    kept = {name: value for name, value in request.headers.items() if name.startswith(("x-amz-meta-", "content-type"))}
    answer = raw.request(request.method, request.path, request.query, request.body, kept)
    dropped = {"transfer-encoding", "connection", "content-length", "server", "date"}
    headers = {name: value for name, value in answer.headers.items() if name not in dropped}
    if request.method == "HEAD":
        headers["content-length"] = answer.headers.get("content-length", "0")
    return Reply(answer.status, answer.body, headers)


@contextmanager
def serve(answer: Callable[[Received], Reply]) -> Iterator[str]:
    """Serve until the end of the block. Yields host and port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            reply = answer(Received(self.command, unquote(parts.path), query, headers, body))
            self.send_response(reply.status)
            for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
