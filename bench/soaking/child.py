"""The process whose memory is monitored: it runs the clients and their load."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from minio import AsyncMinio, Minio
from minio.error import NoSuchKey, TransportError

from .ledger import Entry, Ledger, Noise, Violation
from .load import BUCKET, LIMIT, Budget, Tally, Worker, finish, names

KEYS = ("minioadmin", "minioadmin")
OPTIONS: dict[str, Any] = {"secure": False, "connect_timeout": 5.0, "read_timeout": 20.0}
_lock = threading.Lock()


def tell(fact: dict[str, Any]) -> None:
    with _lock:
        print(json.dumps(fact), flush=True)


def transfer(way: str, endpoint: str, key: str, path: str) -> int:
    """Transfer one file. Runs in a process that will be killed."""
    with Minio(endpoint, *KEYS, **OPTIONS) as client:
        call = client.fput_object if way == "up" else client.fget_object
        call(BUCKET, key, path)
    return 0


def run(arguments: argparse.Namespace) -> int:
    tally = Tally(tell)
    with tempfile.TemporaryDirectory(prefix="files-", dir=arguments.directory) as folder:
        ledger = Ledger(list(names(arguments.threads + arguments.tasks)), Noise())
        warm_up(arguments.child)
        before = belongings()
        load(arguments, ledger, tally, Path(folder))
        check_all(arguments.child, ledger, tally)
        after = left_behind(before)
    if after != before:
        tally.violation(f"threads and files before {before} and after {after}")
    tell({"longest": tally.longest, "judged": tally.judged})
    return 0


def warm_up(endpoint: str) -> None:
    """Make one call with each client, so that one-time imports and open files do not count as leaks."""
    client = Minio(endpoint, *KEYS, **OPTIONS)
    with client:
        client.bucket_exists(BUCKET)

    async def work() -> None:
        async with AsyncMinio(endpoint, *KEYS, **OPTIONS) as other:
            await other.bucket_exists(BUCKET)

    asyncio.run(work())


def belongings() -> tuple[int, int]:
    return threading.active_count(), len(os.listdir("/proc/self/fd"))


def left_behind(before: tuple[int, int]) -> tuple[int, int]:
    gc.collect()
    deadline = time.monotonic() + 5
    while (now := belongings()) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    return now


def load(arguments: argparse.Namespace, ledger: Ledger, tally: Tally, folder: Path) -> None:
    until = time.monotonic() + arguments.minutes * 60
    pace = arguments.pace / 1000
    budget = Budget(arguments.rate * 1e6)
    stop = threading.Event()
    client = Minio(arguments.child, *KEYS, **OPTIONS)

    def blocking(number: int) -> None:
        worker = Worker(number, client, arguments.child, ledger, tally, budget, folder)
        finish(worker.run(until, pace))

    async def tasks() -> None:
        async with AsyncMinio(arguments.child, *KEYS, **OPTIONS) as other:
            numbers = range(arguments.threads, arguments.threads + arguments.tasks)
            workers = [Worker(number, other, arguments.child, ledger, tally, budget, folder) for number in numbers]
            async with asyncio.TaskGroup() as group:
                for worker in workers:
                    group.create_task(worker.run(until, pace))

    threads = [threading.Thread(target=blocking, args=(number,)) for number in range(arguments.threads)]
    threads += [threading.Thread(target=asyncio.run, args=(tasks(),))] if arguments.tasks else []
    watch = threading.Thread(target=report, args=(tally, stop))
    for thread in [watch, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    watch.join()
    client.close()


def report(tally: Tally, stop: threading.Event) -> None:
    """Report every second which calls were made, and which calls have exceeded the limit."""
    told: set[tuple[int, float]] = set()
    while True:
        ended = stop.wait(1)
        tell({"calls": tally.take(), "blocks": sys.getallocatedblocks()})
        for number, (name, begin) in list(tally.now.items()):
            if time.monotonic() - begin > LIMIT and (number, begin) not in told:
                told.add((number, begin))
                tally.violation(f"{name} has taken more than {LIMIT:.0f} s")
        if ended:
            return


def check_all(endpoint: str, ledger: Ledger, tally: Tally) -> None:
    """Check every key at the end, individually and in a listing."""
    with Minio(endpoint, *KEYS, **OPTIONS) as client:
        await_server(client)
        there = 0
        for entry in ledger.entries.values():
            try:
                there += check_one(client, ledger, entry)
            except Violation as broken:
                tally.violation(f"at the end: {broken}")
        listed = {i.object_name or "": (i.size, i.etag) for i in client.list_objects(BUCKET, recursive=True)}
        try:
            ledger.saw_listing(ledger.unused(), listed)
        except Violation as broken:
            tally.violation(f"at the end: {broken}")
        left = list(client.list_incomplete_uploads(BUCKET, recursive=True))
        tell({"objects": there, "keys": len(ledger.entries), "unfinished": len(left)})
        for upload in left:
            client.remove_incomplete_upload(BUCKET, upload.object_name or "")


def await_server(client: Minio) -> None:
    """Wait for the server, which may still be down at the end of a short run."""
    deadline = time.monotonic() + 60
    while True:
        try:
            client.bucket_exists(BUCKET)
            return
        except TransportError:
            if time.monotonic() > deadline:
                raise


def check_one(client: Minio, ledger: Ledger, entry: Entry) -> bool:
    """Check one key, and return whether its object exists."""
    try:
        response = client.get_object(BUCKET, entry.name)
    except NoSuchKey:
        ledger.saw_nothing(entry)
        return False
    with response:
        ledger.saw_bytes(entry, response.read())
    return True
