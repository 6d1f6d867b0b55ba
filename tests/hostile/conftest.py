"""Clients against a malicious server, with one interface for both kinds: every test here runs with both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from fakes.scripted_server import Script, ScriptedServer
from minio import AsyncMinio, Minio

KEYS = ("ACCESSKEY", "SECRETKEY-SECRETKEY")


class Blocking:
    """The blocking client."""

    kind = "sync"

    def __init__(self, endpoint: str, **options: Any) -> None:
        self.client = Minio(endpoint, *KEYS, **options)

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Make a call. If it returns an iterator, return all of its items."""
        found = getattr(self.client, name)(*args, **kwargs)
        return list(found) if isinstance(found, Iterator) and not hasattr(found, "read") else found

    def read(self, *args: Any) -> bytes:
        """Get an object's content."""
        with self.client.get_object(*args) as response:
            return response.read()

    def close(self) -> None:
        self.client.close()


class Asynchronous:
    """The asynchronous client, on its own event loop."""

    kind = "async"

    def __init__(self, endpoint: str, **options: Any) -> None:
        self._runner = asyncio.Runner()
        self.client = AsyncMinio(endpoint, *KEYS, **options)

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return self._runner.run(self._call(name, args, kwargs))

    async def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        found = getattr(self.client, name)(*args, **kwargs)
        return [item async for item in found] if hasattr(found, "__aiter__") else await found

    def read(self, *args: Any) -> bytes:
        return self._runner.run(self._read(args))

    async def _read(self, args: tuple[Any, ...]) -> bytes:
        async with await self.client.get_object(*args) as response:
            return await response.read()

    def close(self) -> None:
        self._runner.run(self.client.close())
        self._runner.close()


Caller = Blocking | Asynchronous


@pytest.fixture(params=[Blocking, Asynchronous], ids=["sync", "async"])
def connect(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Caller]]:
    """Create a client for an endpoint."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with ExitStack() as stack:

        def make(endpoint: str, **options: Any) -> Caller:
            settings = {"secure": False, "region": "us-east-1", "retries": 0, "read_timeout": 10, **options}
            caller: Caller = request.param(endpoint, **settings)
            stack.callback(caller.close)
            return caller

        yield make


@pytest.fixture
def attack(connect: Callable[..., Caller]) -> Iterator[Callable[..., tuple[Caller, ScriptedServer]]]:
    """Start a server that plays the scripts, and create a client for it."""
    with ExitStack() as stack:

        def start(*scripts: Script, **options: Any) -> tuple[Caller, ScriptedServer]:
            server = stack.enter_context(ScriptedServer(*scripts))
            return connect(str(server.origin), **options), server

        yield start
