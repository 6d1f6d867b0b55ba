"""Run quick tests with the lowest versions that pyproject.toml allows, and with each Python that is installed.

    make test-lowest        or: python tools/test_versions.py [3.11 3.12 3.13]

Python 3.11 gets the lowest version of each dependency, the later ones the newest: old versions have no wheels for them.
Each has an environment of its own in .venv-lowest. A Python that is not installed is left out, and said so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv-lowest"
LOWEST = "3.11"
PYTHONS = (LOWEST, "3.12", "3.13")
# What touches the dependencies (urllib3, httptools, lxml, google-crc32c, cryptography), and each documented call.
TESTS = """
tests/documented tests/test_surface.py tests/test_public_names.py
tests/unit/test_asyncio_transport.py tests/unit/test_blocking_transport.py tests/unit/test_content_decoding.py
tests/unit/test_credentials_sts.py tests/unit/test_crypto.py tests/unit/test_lean_import.py
tests/unit/test_legacy_pools.py tests/unit/test_urllib3_errors.py tests/unit/test_vocabulary_xml.py
tests/unit/test_wire_checksums.py tests/unit/test_wire_http1.py tests/unit/test_wire_xml.py
"""
TOOLS = ("pytest>=8.2", "pytest-asyncio", "pytest-timeout", "pytest-xdist", "hypothesis", "tqdm")
EXTRAS = ".[local,admin,crc64nvme,progress]"
# It compares with urllib3's own response, whose deprecated methods are gone since 2.1.
LEFT_OUT = "not test_response_has_the_interface_of_urllib3"

_REQUIREMENT = re.compile(r"([\w.-]+)>=([\w.]+)")


def lowest() -> Iterator[str]:
    """Yield one constraint for each dependency with a lower bound, those of the extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for requirements in (project["dependencies"], *project["optional-dependencies"].values()):
        for requirement in requirements:
            if found := _REQUIREMENT.match(requirement):
                yield f"{found[1]}=={found[2]}"


def interpreter(version: str) -> str | None:
    """Return an interpreter of this version that really runs."""
    managed = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    for command in (f"python{version}", *map(str, managed), sys.executable):
        check = f"import sys, ensurepip; sys.exit(sys.version_info[:2] != ({version.replace('.', ', ')}))"
        try:
            if subprocess.run([command, "-c", check], capture_output=True, check=False).returncode == 0:
                return command
        except OSError:
            continue
    return None


def install(version: str, command: str) -> Path:
    """Create the environment of a version, and return its Python."""
    home = HOME / version
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([command, "-m", "venv", home], check=True)
    constraints = HOME / f"{version}.txt"
    constraints.write_text("\n".join(lowest() if version == LOWEST else ()) + "\n")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", constraints]
    subprocess.run([*pip, "-e", EXTRAS, *TOOLS], cwd=ROOT, check=True)
    return python


def main(versions: list[str]) -> int:
    """Test each version, and return the number of those that failed."""
    failed = 0
    for version in versions or PYTHONS:
        command = interpreter(version)
        if command is None:
            print(f"Python {version}: not installed, left out", flush=True)
            continue
        kind = "lowest" if version == LOWEST else "newest"
        print(f"Python {version} with the {kind} versions: {command}", flush=True)
        python = install(version, command)
        pytest = [python, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "-k", LEFT_OUT, *TESTS.split()]
        environment = {**os.environ, "MINIO_TEST_SERVERS": "seaweedfs"}
        failed += subprocess.run(pytest, cwd=ROOT, env=environment, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
