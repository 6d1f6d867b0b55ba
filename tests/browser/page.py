"""The page that uses what the client has signed, on an origin of its own: not the S3 server's."""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit


class Page:
    """A web server with one page. Set `form`, or the `whole` page, before it is opened.

    A POST of `/uploads/name` is answered with the JSON of what `sign` returns for the name.
    """

    def __init__(self) -> None:
        self.form = ""
        self.whole = ""
        self.sign: Callable[[str], str] = str
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.reply("text/html; charset=utf-8", page.whole or page.render(urlsplit(self.path).query))

            def do_POST(self) -> None:
                self.reply("application/json", json.dumps(page.sign(unquote(self.path.removeprefix("/uploads/")))))

            def reply(self, kind: str, text: str) -> None:
                body = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def make_form(self, url: str, fields: dict[str, str]) -> None:
        """A form as a web application writes it: hidden fields first, the file last."""
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in fields.items()
        )
        self.form = (
            f'<form action="{html.escape(url)}" method="post" enctype="multipart/form-data">{hidden}'
            '<input type="file" name="file"><button>Upload</button></form>'
        )

    def render(self, query: str) -> str:
        """The page."""
        title = f"Stored: {html.escape(query)}" if query else "Upload"
        return f"<!doctype html><title>{title}</title><h1>{title}</h1>{self.form}<div id=out></div>"
