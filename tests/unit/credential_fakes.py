"""Fakes of the services that provide credentials: STS, IMDS and container agents.

They record the requests and send the responses that the test chooses.
"""

from __future__ import annotations

import json
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from minio.credentials import Credentials

SECRET = "the+Secret/Key"
TOKEN = "the/session+Token="


def clean_environment(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Remove the settings of this machine that affect credentials."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "MINIO_", "SSL_CERT")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))


@dataclass
class Asked:
    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), strict_parsing=True).items()}


Answer = tuple[int, str]


@dataclass
class Fake:
    """A fake HTTP server. `answer` chooses the response."""

    url: str = ""
    answer: Callable[[Asked], Answer] = lambda asked: (404, "")
    asked: list[Asked] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def serve(fake: Fake, context: ssl.SSLContext | None = None) -> Iterator[Fake]:
    """Run the fake server while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "fake"

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, self.headers, body)
            fake.asked.append(asked)
            status, text = fake.answer(asked)
            self.send_response(status)
            for name, value in fake.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = handle_one

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    fake.url = f"{'http' if context is None else 'https'}://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield fake
    server.shutdown()
    server.server_close()


def sts_answer(action: str = "AssumeRole", expiration: str = "2099-01-02T03:04:05Z", access_key: str = "TEMP") -> str:
    return (
        f'<?xml version="1.0"?><{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
        f"<AssumedRoleUser><Arn>x</Arn></AssumedRoleUser><Credentials><AccessKeyId>{access_key}</AccessKeyId>"
        f"<SecretAccessKey>{SECRET}</SecretAccessKey><Expiration>{expiration}</Expiration>"
        f"<SessionToken>{TOKEN}</SessionToken></Credentials></{action}Result></{action}Response>"
    )


def json_answer(**more: str) -> str:
    fields = {"AccessKeyId": "TEMP", "SecretAccessKey": SECRET, "Token": TOKEN, "Expiration": "2099-01-02T03:04:05Z"}
    return json.dumps(fields | more)


TEMPORARY = Credentials("TEMP", SECRET, TOKEN, datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC))
