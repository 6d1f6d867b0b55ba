"""A deadline holds whatever the server does: slow drips, redirect loops, requests for patience, silence."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from minio import TransportError
from minio.error import DeadlineExceeded

from .bench import CLIENTS, Bench, World, run
from .calls import SCENES, done
from .faults import FAULTS, SLOW, reply
from .proxy import Exchange, FaultProxy, Play

DEADLINE = 0.5
GRACE = 15.0
"""Seconds that a busy machine may add. Every play goes on for longer, and so do the client's time-outs."""
PATIENT: dict[str, Any] = {"secure": False, "connect_timeout": 30.0, "read_timeout": 30.0, "region": "us-east-1"}


async def slow_drip(exchange: Exchange) -> None:
    """A byte every 0.2 seconds: each of them is progress."""
    whole = (await exchange.ask()).render()
    for byte in whole:
        await exchange.send(bytes([byte]))
        await asyncio.sleep(0.2)


async def slow_body(exchange: Exchange) -> None:
    answer = await exchange.ask()
    await exchange.send(answer.head())
    for byte in answer.body:
        await exchange.send(bytes([byte]))
        await asyncio.sleep(0.2)


PLAYS: dict[str, Play] = {
    "drip": slow_drip,
    "drip-body": slow_body,
    "busy": reply("503 Slow Down", SLOW, Retry_After="60"),
    "stall-before-answer": FAULTS["stall-before-answer"].play,
    "stall-in-head": FAULTS["stall-in-head"].play,
    "stall-in-body": FAULTS["stall-in-body"].play,
    "stall-in-request-body": FAULTS["stall-in-request-body"].play,
}
UPLOADING = {"put_object-parts", "put_object-unknown-length", "fput_object"}
CALLS = {
    "get_object-large": "GET object",
    "fget_object-large": "GET object",
    "list_objects": "GET bucket delimiter encoding-type list-type max-keys prefix",
    "stat_object": "HEAD object",
    "put_object": "PUT object",
    "put_object-medium": "PUT object",
    "put_object-parts": "PUT object partNumber uploadId",
    "put_object-unknown-length": "PUT object partNumber uploadId",
    "fput_object": "PUT object partNumber uploadId",
    "remove_objects": "POST bucket delete",
    "copy_object": "PUT object",
}
BODILESS = {"drip-body", "stall-in-body"}
CASES = [
    (call, play)
    for number, call in enumerate(CALLS)
    for place, play in enumerate(PLAYS)
    if not (play in BODILESS and not (call.startswith(("get", "fget", "list", "copy", "remove"))))
    and not (play == "stall-in-request-body" and call not in UPLOADING)
    and (call in ("get_object-large", "put_object-parts") or (number + place) % 2)
]


@pytest.mark.parametrize("kind", CLIENTS)
def test_deadlines(kind: str, world: World) -> None:
    """Several run in parallel, because they wait."""

    def one(case: tuple[str, str]) -> str:
        try:
            with FaultProxy(world.server.endpoint) as proxy:
                play_one(kind, *case, Bench(world, proxy, watch=False))
        except Exception as error:
            return f"{kind} {case}: {type(error).__name__}: {error}"
        return ""

    with ThreadPoolExecutor(6) as pool:
        wrong = [text for text in pool.map(one, CASES) if text]
    assert not wrong, "\n".join(["", *wrong])


def play_one(kind: str, call: str, play: str, bench: Bench) -> None:
    scene, server = SCENES[call], bench.world.server
    place = bench.world.place(scene)

    async def story() -> None:
        client = CLIENTS[kind](bench.proxy.endpoint, server.access_key, server.secret_key, **PATIENT)
        try:
            assert await done(client.list_buckets())
            bench.proxy.spoil(PLAYS[play], CALLS[call])
            begin = time.monotonic()
            with pytest.raises(DeadlineExceeded) as caught:
                await scene.run(client.with_options(deadline=DEADLINE), place)
            took = time.monotonic() - begin
            assert isinstance(caught.value, (TransportError, TimeoutError))
            assert bench.proxy.hits
            bench.proxy.heal()
            assert DEADLINE - 0.05 < took < DEADLINE + GRACE, f"it took {took:.2f} s"
            await bench._still_works(client)
        finally:
            await done(client.close())

    run(kind, story())
    bench._check_state(scene, place, certain=False)
    bench._settle("a connection is left open", lambda: bench.proxy.open, 0)
    bench.world.leave(place)


@pytest.mark.parametrize("kind", CLIENTS)
def test_client_deadline(kind: str, bench: Bench) -> None:
    """The client's deadline applies to each call separately, and does not affect calls that end in time."""
    server = bench.world.server

    async def story() -> None:
        options = {**PATIENT, "deadline": 3.0}
        client = CLIENTS[kind](bench.proxy.endpoint, server.access_key, server.secret_key, **options)
        try:
            for _ in range(3):
                await bench._still_works(client)
            bench.proxy.spoil(FAULTS["stall-before-answer"].play, "HEAD object")
            with pytest.raises(DeadlineExceeded):
                await done(client.stat_object(bench.world.reading, "small"))
            bench.proxy.heal()
            await bench._still_works(client)
        finally:
            await done(client.close())

    run(kind, story())
