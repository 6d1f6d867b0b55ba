"""Run a command and print its wall time and CPU time in seconds, its peak of RSS in bytes, and its status, as JSON.

    python -I -S stopwatch.py SECONDS COMMAND...

The command is killed after so many seconds. A process begins with the peak of the process that starts it, so this
program is small and starts nothing else.
"""

import json
import os
import signal
import subprocess
import sys
import time


def main() -> None:
    seconds, *command = sys.argv[1:]
    signal.signal(signal.SIGALRM, lambda *_: process.kill())
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=sys.stderr)
    signal.alarm(int(seconds))
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    signal.alarm(0)
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak, "status": process.returncode}))


if __name__ == "__main__":
    main()
