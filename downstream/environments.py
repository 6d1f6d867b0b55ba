"""The environments that dependents run in.

Each group of dependents has one environment with all that they require, but without `minio`, and two small ones on top
of it: one with this project's `minio` and one with the other. So what is large is installed once, and nothing differs
between the two but `minio` and its own requirements.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from .dependents import DEPENDENTS, THEIRS, Dependent

Flavour = Literal["ours", "theirs"]
Log = Callable[[str], None]
FLAVOURS: tuple[Flavour, Flavour] = ("ours", "theirs")

PROJECT = Path(__file__).resolve().parent.parent
HOME = PROJECT / ".venv-downstream"
_PYTEST = ("pytest>=8.2", "pytest-timeout>=2.3")
_SOURCES = ("pyproject.toml", "src")


class InstallError(Exception):
    """pip failed. The text is the end of what it printed."""


def interpreter(group: str, flavour: Flavour) -> Path:
    """The Python of a group with one `minio`."""
    return _python(HOME / f"{group}-{flavour}")


def prepare(dependents: Iterable[Dependent], log: Log) -> None:
    """Install what is missing, all groups at once: most of the time is spent waiting for the network."""
    HOME.mkdir(exist_ok=True)
    wheel = _build_wheel(log)
    chosen = list(dependents)
    groups = {dependent.group for dependent in chosen}
    with ThreadPoolExecutor() as workers:
        waiting = [workers.submit(_prepare_group, name, wheel, log) for name in sorted(groups)]
        waiting += [workers.submit(fetch_tests, dependent) for dependent in chosen if dependent.own_tests]
        for one in waiting:
            one.result()


def fetch_tests(dependent: Dependent) -> Path:
    """Download the source distribution, and return the directory it is unpacked into."""
    target = HOME / "sdists" / f"{dependent.name}-{dependent.version}"
    if target.exists():
        return target
    downloads = HOME / "sdists" / "downloads" / dependent.name
    _pip("download", "--no-deps", "--no-binary", dependent.name, "--dest", str(downloads), _exact(dependent))
    (archive,) = downloads.glob("*.tar.gz")
    unpacked = downloads / "unpacked"
    shutil.unpack_archive(archive, unpacked, filter="data")
    (root,) = unpacked.iterdir()
    for name, content in dependent.missing_files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    root.rename(target)
    return target


def _build_wheel(log: Log) -> Path:
    """Build this project's wheel, unless the sources are those of the last one."""
    folder = HOME / "wheels" / _digest_sources()
    if not any(folder.glob("*.whl")):
        log("building the wheel")
        shutil.rmtree(folder.parent, ignore_errors=True)
        _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(PROJECT))
    (wheel,) = folder.glob("*.whl")
    return wheel


def _digest_sources() -> str:
    digest = hashlib.sha256()
    for source in _SOURCES:
        path = PROJECT / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(PROJECT)}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _prepare_group(name: str, wheel: Path, log: Log) -> None:
    """Install all dependents of a group, also those that are not run this time."""
    base = HOME / name
    group = [dependent for dependent in DEPENDENTS if dependent.group == name]
    needs = sorted({need for dependent in group for need in dependent.needs})
    resolved = sorted(dependent.requirement for dependent in group if not dependent.pinned)
    alone = sorted(dependent.requirement for dependent in group if dependent.pinned)
    wanted = "\n".join([sys.version, *_PYTEST, *needs, *resolved, *alone])
    if not _is_made(base, wanted):
        log(f"installing {name}: {', '.join(dependent.name for dependent in group)}")
        for flavour in FLAVOURS:
            shutil.rmtree(HOME / f"{name}-{flavour}", ignore_errors=True)
        _make(base)
        # With our wheel among the requirements pip brings no other `minio`, and what only that requires.
        _install(base, str(wheel), *_PYTEST, *needs, *resolved)
        if alone:
            _install(base, "--no-deps", *alone)
        _pip("uninstall", "--yes", "minio", python=_python(base))
        _stamp(base, wanted)
    _put_on_top(base, "ours", wheel.parent.name, f"minio[admin] @ {wheel.as_uri()}")
    _put_on_top(base, "theirs", THEIRS, THEIRS)


def _put_on_top(base: Path, flavour: Flavour, wanted: str, requirement: str) -> None:
    """Make the environment that adds one `minio` to a group's."""
    path = base.with_name(f"{base.name}-{flavour}")
    if _is_made(path, wanted):
        return
    _make(path)
    _site_packages(path).joinpath("group.pth").write_text(f"{_site_packages(base)}\n")
    _install(path, requirement)
    _stamp(path, wanted)


def _make(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    venv.create(path, symlinks=os.name != "nt")


def _install(path: Path, *arguments: str) -> None:
    _pip("install", "--prefer-binary", "--no-warn-script-location", *arguments, python=_python(path))


def _pip(*arguments: str, python: Path | None = None) -> None:
    """Run the pip of this environment, on another one if it is given."""
    target = ["--python", str(python)] if python else []
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *target, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallError(f"pip {' '.join(arguments)}\n{(done.stdout + done.stderr)[-2000:]}")


def _exact(dependent: Dependent) -> str:
    return f"{dependent.name}=={dependent.version}"


def _python(path: Path) -> Path:
    return path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _site_packages(path: Path) -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return path / ("Lib/site-packages" if os.name == "nt" else f"lib/{version}/site-packages")


def _is_made(path: Path, wanted: str) -> bool:
    stamp = path / ".stamp"
    return stamp.exists() and stamp.read_text() == wanted


def _stamp(path: Path, wanted: str) -> None:
    (path / ".stamp").write_text(wanted)
