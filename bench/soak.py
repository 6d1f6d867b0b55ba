"""Use the client for a long time on a bad network, with a server that dies, and look for anything that goes wrong.

    python bench/soak.py --minutes 15                  3 threads and 3 tasks; the server is killed twice
    python bench/soak.py --minutes 1                   a short one, with one kill
    python bench/soak.py --minutes 2 --threads 64 --tasks 0 --pace 0     many threads on one client

All that a program does with objects goes on at once: small and large puts, gets, partial gets, stats, listings, copies,
removals, files up and down that are broken off and gone on with, by this process and by processes that are killed. A
proxy loses the connection of one request in 50, within the request, before the answer, or within it. The server
(SeaweedFS) is killed with SIGKILL and started again on its data. A ledger knows what was acknowledged (see
soaking/ledger.py), and every byte that is read is compared with it.

A violation makes the exit code 1: wrong bytes; an acknowledged object that is gone, or a removed one that is back; a
call that fails while the server is there and answers, or with another error than a documented one; a call that does
not end; threads or open files that are left; memory that grows. A call that the server itself refused again and again
(5xx) is counted, and is no violation of ours; the server's log is kept then, as bench/results/soak-server.log.

The figures go to bench/results/soak.json, and a picture to docs/img/soak.png after 10 minutes or more, otherwise beside
the figures. Needs `pip install "minio[local]"`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from soaking import child
from soaking.load import BUCKET
from soaking.proxy import FlakyProxy
from soaking.record import REFUSALS, Record

from minio.local import LocalServer

HERE = Path(__file__).parent
PATIENCE = 240.0
"""Seconds that the load may take to end, and to look at everything once more."""


def main() -> int:
    arguments = read_arguments()
    if arguments.transfer:
        return int(child.transfer(*arguments.transfer))
    if arguments.child:
        return int(child.run(arguments))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: everything is stopped
    with (
        tempfile.TemporaryDirectory(prefix="minio-soak-", dir=arguments.directory) as directory,
        LocalServer(Path(directory) / "data") as server,
        FlakyProxy(0) as proxy,
    ):
        server.client().make_bucket(BUCKET)
        proxy.connect(server.endpoint)
        record = play(arguments, server, proxy, directory)
        if any(fact["type"] in REFUSALS for fact in record.failed):
            (HERE / "results" / "soak-server.log").write_bytes(server.log.read_bytes())
    record.facts |= {"requests": proxy.requests, "connections": proxy.connections, "connections lost": proxy.lost}
    record.facts |= {"MB up": proxy.bytes_up // 10**6, "MB down": proxy.bytes_down // 10**6}
    record.judge(arguments.minutes)
    record.write(HERE / "results" / "soak.json", vars(arguments))
    for name, value in record.summary().items():
        print(f"{name:44} {value}")
    draw(arguments.minutes)
    return 1 if record.violations else 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--threads", type=int, default=3, help="threads that use one Minio")
    parser.add_argument("--tasks", type=int, default=3, help="tasks that use one AsyncMinio")
    parser.add_argument("--pace", type=float, default=15, help="milliseconds that a worker rests between two calls")
    parser.add_argument("--rate", type=float, default=4, help="MB of large objects a second that go up at most")
    parser.add_argument("--chance", type=float, default=0.02, help="how likely a request loses its connection")
    parser.add_argument("--kills", type=int, help="how often the server is killed; otherwise 2, or 1 in a short run")
    parser.add_argument("--down", type=float, default=5, help="seconds from the kill to the start")
    parser.add_argument("--directory", help="where the temporary data goes; otherwise the system's place for it")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--transfer", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.kills is None:
        arguments.kills = 2 if arguments.minutes >= 3 else 1
    return arguments


def play(arguments: argparse.Namespace, server: LocalServer, proxy: FlakyProxy, directory: str) -> Record:
    options = [f"--{name}={getattr(arguments, name)}" for name in ("minutes", "threads", "tasks", "pace", "rate")]
    command = [sys.executable, __file__, "--child", proxy.endpoint, "--directory", directory, *options]
    record = Record()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        listener = threading.Thread(target=listen, args=(process, record), daemon=True)
        listener.start()
        try:
            watch(arguments, server, proxy, process, record)
        finally:
            process.kill()
        listener.join(10)
    return record


def listen(process: subprocess.Popen[str], record: Record) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        record.hear(json.loads(line))


def watch(
    arguments: argparse.Namespace,
    server: LocalServer,
    proxy: FlakyProxy,
    process: subprocess.Popen[str],
    record: Record,
) -> None:
    """Once a second, until the load has ended: look, and kill the server when it is time."""
    whole = arguments.minutes * 60
    kills = [whole * number / (arguments.kills + 1) for number in range(1, arguments.kills + 1)]
    revival: threading.Thread | None = None
    while process.poll() is None:
        age = time.time() - record.begin
        # The end, where everything is looked at once more, is on a sound network.
        proxy.chance = arguments.chance if age < whole else 0
        if kills and age >= kills[0]:
            kills.pop(0)
            revival = in_background(kill_and_revive, server, proxy, record, arguments.down)
        if age < whole:
            record.sample(process.pid, proxy.lost)
        if age > whole + PATIENCE:
            record.violation("the load does not end")
            return
        time.sleep(1)
    if revival is not None:
        revival.join()
    if process.returncode:
        record.violation(f"the load ended with exit code {process.returncode}")


def in_background(function: Callable[..., None], *values: object) -> threading.Thread:
    thread = threading.Thread(target=function, args=values)
    thread.start()
    return thread


def kill_and_revive(server: LocalServer, proxy: FlakyProxy, record: Record, seconds: float) -> None:
    """Kill the server, and start it again: new connections are reset until it is ready, as behind a balancer."""
    begin = time.time() - record.begin
    running = server._running
    assert running is not None
    os.killpg(running.process._guard.pid, signal.SIGKILL)
    proxy.connect(None)
    running.process.wait(10)
    time.sleep(seconds)
    server.stop()
    server.start()
    proxy.connect(server.endpoint)
    record.outages.append((begin, time.time() - record.begin))


def draw(minutes: float) -> None:
    """A picture, where there is something to draw it with."""
    painter = HERE / ".venv-peers" / "bin" / "python"
    results = HERE / "results" / "soak.json"
    target = HERE.parent / "docs" / "img" / "soak.png" if minutes >= 10 else results.with_suffix(".png")
    if not painter.exists():
        print(f"no picture: {painter} is not there (`make bench` makes it)")
        return
    subprocess.run([str(painter), str(HERE / "soaking" / "picture.py"), str(results), str(target)], check=True)
    print(f"drawn: {target}")


if __name__ == "__main__":
    sys.exit(main())
