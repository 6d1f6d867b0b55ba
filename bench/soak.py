"""Use the client for a long time on a bad network with a server that is killed, and check for any violation.

    python bench/soak.py --minutes 15                  3 threads and 3 tasks; the server is killed twice
    python bench/soak.py --minutes 1                   a short run, with one kill
    python bench/soak.py --minutes 2 --threads 64 --tasks 0 --pace 0     many threads on one client

The load mixes everything that a program does with objects: small and large puts, gets, partial gets, stats, listings,
copies and removals, and file transfers that are interrupted and resumed, by this process and by processes that are
killed. A proxy resets the connection of one request in 50: during the request, before the response or during it. The
server (SeaweedFS) is killed with SIGKILL and restarted on its data. A ledger records what was acknowledged (see
soaking/ledger.py), and every byte that is read is compared with it.

The exit code is 1 if there is a violation: wrong bytes; an acknowledged object that has disappeared, or a removed one
that has reappeared; a call that fails although the server responds, or that raises an undocumented error; a call that
does not end; leaked threads or open files; growing memory. If the server itself keeps returning an error (5xx) to a
call, this is counted but is not a violation of the client. The server's log is then saved as
bench/results/soak-server.log.

The figures are written to bench/results/soak.json. After 10 minutes or more, the chart is written to
docs/img/soak.png, otherwise next to the figures. Requires `pip install "minio[local]"`.
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
"""Seconds within which the load must end, including the final check."""


def main() -> int:
    arguments = read_arguments()
    if arguments.transfer:
        return int(child.transfer(*arguments.transfer))
    if arguments.child:
        return int(child.run(arguments))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: stop everything
    with (
        tempfile.TemporaryDirectory(prefix="minio-soak-", dir=arguments.directory) as directory,
        LocalServer(Path(directory) / "data") as server,
        FlakyProxy(0) as proxy,
    ):
        os.environ["XDG_STATE_HOME"] = str(Path(directory) / "state")  # for the journals of killed uploads
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
    parser.add_argument("--threads", type=int, default=3, help="number of threads that share one Minio")
    parser.add_argument("--tasks", type=int, default=3, help="number of tasks that share one AsyncMinio")
    parser.add_argument("--pace", type=float, default=15, help="milliseconds that a worker pauses between two calls")
    parser.add_argument("--rate", type=float, default=4, help="maximum upload rate of large objects in MB per second")
    parser.add_argument("--chance", type=float, default=0.02, help="probability that a request loses its connection")
    parser.add_argument("--kills", type=int, help="number of kills of the server (default: 2, or 1 in a short run)")
    parser.add_argument("--down", type=float, default=5, help="seconds between killing and restarting the server")
    parser.add_argument("--directory", help="directory for temporary data (default: the system's)")
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
    """Take a sample every second until the load has ended, and kill the server when it is time."""
    whole = arguments.minutes * 60
    kills = [whole * number / (arguments.kills + 1) for number in range(1, arguments.kills + 1)]
    revival: threading.Thread | None = None
    while process.poll() is None:
        age = time.time() - record.begin
        # The final check runs on a reliable network.
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
    """Kill the server and restart it. New connections are reset until it is ready, as with a load balancer."""
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
    """Draw the chart if matplotlib is available."""
    painter = HERE / ".venv-peers" / "bin" / "python"
    results = HERE / "results" / "soak.json"
    target = HERE.parent / "docs" / "img" / "soak.png" if minutes >= 10 else results.with_suffix(".png")
    if not painter.exists():
        print(f"no chart: {painter} does not exist (`make bench` creates it)")
        return
    subprocess.run([str(painter), str(HERE / "soaking" / "picture.py"), str(results), str(target)], check=True)
    print(f"drawn: {target}")


if __name__ == "__main__":
    sys.exit(main())
