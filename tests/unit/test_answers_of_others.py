"""Responses with status 200 that no S3 server sends, and streams after an error. A fake server sends them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from minio import Minio
from minio.error import InvalidResponseError, ResponseError, TransportError

PAGE = b"<html><head><title>Console</title></head><body>Log in</body></html>"


class Console(BaseHTTPRequestHandler):
    """Responds to every request with a page, like the port of a web console."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    do_GET = do_PUT = do_POST = do_DELETE = answer

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def console() -> Iterator[Minio]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Console) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"127.0.0.1:{server.server_address[1]}"
        with Minio(address, "access", "secret", secure=False, region="us-east-1") as client:
            yield client
        server.shutdown()
        thread.join()


CALLS: list[Callable[[Minio], Any]] = [
    lambda client: client.list_buckets(),
    lambda client: client.make_bucket("bucket"),
    lambda client: list(client.list_objects("bucket")),
    lambda client: list(client.list_incomplete_uploads("bucket")),
    lambda client: list(client.remove_objects("bucket", ["object"])),
    lambda client: client.get_bucket_policy("bucket"),
    lambda client: client.get_bucket_policy("bucket", ""),
    lambda client: client.get_bucket_notification("bucket"),
    lambda client: client.copy_object("bucket", "copy", "/bucket/object"),
]


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_page_is_not_a_success(console: Minio, call: Callable[[Minio], Any]) -> None:
    with pytest.raises(InvalidResponseError, match=r"text/html.*Console") as caught:
        call(console)
    error = caught.value
    assert isinstance(error, ResponseError)
    assert error.status == 200
    assert error.content_type == "text/html"
    assert error.body == PAGE.decode()
    assert error._xml is None or error._xml.tag == "html"


@pytest.mark.parametrize("size", [1000, 3 * 2**20, 6 * 2**20])
def test_stream_is_usable_after_a_failure(size: int) -> None:
    client = Minio("127.0.0.1:1", "access", "secret", secure=False, region="us-east-1", retries=0)
    with pytest.raises(TransportError) as caught, io.BytesIO(bytes(size)) as data:
        client.put_object("bucket", "object", data, size)
    with io.BytesIO(bytes(size)) as data:
        with pytest.raises(TransportError):
            client.put_object("bucket", "object", data, size)
        data.write(b"more")
    assert caught.value.tries == 1
    client.close()
