"""An interrupted decoded read has lost bytes: later reads raise instead of skipping them."""

from __future__ import annotations

import gzip
import os

import pytest

from fakes.scripted_server import ScriptedServer, answer, forever
from minio import Minio
from minio.error import TransportError

DATA = os.urandom(3 * 1024 * 1024)


def test_interrupted_decoded_read(monkeypatch: pytest.MonkeyPatch) -> None:
    body = gzip.compress(DATA)
    reply = answer(body, headers={"ETag": '"e"', "Content-Encoding": "gzip"})
    with ScriptedServer(forever(reply)) as server:
        client = Minio(str(server.origin), "key", "secret", secure=False, region="us-east-1", proxy="")
        with client.get_object("bucket", "object") as response:
            assert response.read(10, decode_content=True) == DATA[:10]
            decode, counts = response._decode_some, iter(range(3))

            def failing(self: object, size: int) -> bytes:
                if next(counts):
                    raise KeyboardInterrupt
                return decode(size)

            monkeypatch.setattr(type(response), "_decode_some", failing)
            with pytest.raises(KeyboardInterrupt):
                response.read(decode_content=True)
            monkeypatch.undo()
            for _ in range(2):
                with pytest.raises(TransportError, match="broken off"):
                    response.read(10, decode_content=True)
        client.close()
