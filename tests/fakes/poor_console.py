"""Removes what Windows lacks from a Python that runs a program of the command line: more than `poor_system` does.

It is imported by `sitecustomize`, before the program. What the standard library itself uses to start programs stays.
"""

from __future__ import annotations

import getpass  # these look at import time for what the system offers
import os
import signal
import subprocess
import sys

from fakes import poor_system

assert getpass
assert poor_system
assert subprocess

MISSING_MODULES = ("termios", "tty", "pty", "pwd", "grp", "resource", "readline", "curses", "syslog")
MISSING_FUNCTIONS = (
    *("geteuid", "getuid", "getegid", "getgid", "getgroups", "fchmod", "chown", "fchown", "lchown", "fork", "forkpty"),
    *("wait3", "wait4", "killpg", "getpgid", "setsid", "mkfifo", "getloadavg", "sysconf", "statvfs", "ttyname"),
)
MISSING_SIGNALS = ("SIGPIPE", "SIGHUP", "SIGKILL", "SIGALRM", "SIGUSR1", "SIGWINCH", "SIGTSTP", "SIGCONT", "SIGCHLD")
MISSING_FLAGS = ("O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK", "O_CLOEXEC", "O_SYNC", "O_DSYNC")

for name in MISSING_MODULES:
    sys.modules[name] = None  # type: ignore[assignment]
for name in (*MISSING_FUNCTIONS, *MISSING_FLAGS):
    if hasattr(os, name):
        delattr(os, name)
for name in (*MISSING_SIGNALS, "pthread_sigmask", "setitimer", "alarm", "sigwait", "siginterrupt"):
    if hasattr(signal, name):
        delattr(signal, name)
os.supports_dir_fd.clear()
os.supports_follow_symlinks.clear()
