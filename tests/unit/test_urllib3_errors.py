"""`except urllib3.exceptions.HTTPError` catches transport errors, in programs that have imported urllib3."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
from typing import Any

import pytest
import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from minio import AsyncMinio, Minio
from minio._core.wire.eventstream import EventStreamError
from minio.error import DeadlineExceeded, MinioException, TransportError

NOWHERE = "127.0.0.1:9"  # the discard port: nothing listens
KEYS = {"access_key": "key", "secret_key": "secret", "secure": False, "region": "us-east-1", "retries": 0}


@pytest.mark.parametrize("caught", [HTTPError, MaxRetryError, TransportError, MinioException])
@pytest.mark.parametrize("pool", [None, urllib3.PoolManager(retries=False, timeout=1), urllib3.PoolManager(retries=1)])
def test_blocking_client(caught: Any, pool: Any) -> None:
    with pytest.raises(caught) as raised:
        Minio(NOWHERE, http_client=pool, proxy="" if pool is None else None, **KEYS).stat_object("bucket", "key")
    error: Any = raised.value
    assert type(error) is TransportError
    assert isinstance(error.reason, (ConnectionRefusedError, NewConnectionError))
    assert error.url == "/bucket/key"


def test_asynchronous_client() -> None:
    async def call() -> None:
        async with AsyncMinio(NOWHERE, proxy="", **KEYS) as client:
            await client.stat_object("bucket", "key")

    with pytest.raises(MaxRetryError) as raised:
        asyncio.run(call())
    error: Any = raised.value
    assert type(error) is TransportError
    assert isinstance(error.reason, ConnectionRefusedError)
    assert error.pool is None


@pytest.mark.parametrize("kind", [TransportError, DeadlineExceeded, EventStreamError])
def test_the_classes_stay_themselves(kind: Any) -> None:
    made = kind("lost", "host:9", OSError("reset"), 2, safe=True)
    again = pickle.loads(pickle.dumps(made))
    for error in (made, again):
        assert type(error) is kind
        assert repr(error) == f"{kind.__name__}('lost')"
        assert str(error) == "lost (host host:9, 2 tries)"
        assert error.args == ("lost",)
        assert (error.host, error.tries, error.unsent, str(error.reason)) == ("host:9", 2, True, "reset")
        assert isinstance(error, (HTTPError, TransportError, MinioException))
    assert isinstance(made, TimeoutError) is (kind is DeadlineExceeded)


PROGRAM = """
import asyncio, sys
from minio import AsyncMinio
from minio.error import DeadlineExceeded, TransportError
assert "urllib3" not in sys.modules
early = TransportError("early")
assert TransportError.__mro__[1].__name__ == "MinioException" and "urllib3" not in sys.modules
import urllib3
class Own(TransportError):
    pass
try:
    raise Own("late", "host:9")
except urllib3.exceptions.MaxRetryError as error:
    print(repr(error), repr(early), isinstance(early, urllib3.exceptions.HTTPError), error.reason, error.url == "")
"""


def test_importing_minio_does_not_import_urllib3() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Own('late') TransportError('early') True None True"


def test_an_error_is_read_where_urllib3_was_never_imported() -> None:
    program = (
        "import pickle, sys; error = pickle.loads(bytes.fromhex(sys.argv[1]));"
        "print(type(error).__name__, error, 'urllib3' in sys.modules)"
    )
    data = pickle.dumps(DeadlineExceeded("late")).hex()
    done = subprocess.run([sys.executable, "-c", program, data], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["DeadlineExceeded", "late", "False"]
