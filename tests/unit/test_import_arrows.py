"""Imports only point down, and the tool that says so notices when one does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TOOL = ROOT / "tools" / "check_imports.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(TOOL), *arguments], capture_output=True, text=True, check=False)


def plant(source: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = source / "minio" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_every_import_of_the_package_points_down() -> None:
    done = run()
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "text", "imported"),
    [
        ("error.py", "\nfrom ._core.engine import flow\n", "minio._core.engine.flow"),
        ("policy.py", "\nimport minio._core.http\n", "minio._core.http"),
        ("_core/wire/xml.py", "\nfrom ..ops import base\n", "minio._core.ops"),
        ("_core/ops/objects.py", "\nfrom minio._core import engine\n", "minio._core.engine"),
        ("_core/engine/flow.py", "\nfrom ..http.sync import Pool\n", "minio._core.http.sync"),
        ("_core/engine/flow.py", "\ndef f():\n    from minio._core.http import x\n", "minio._core.http"),
        ("_core/http/pool.py", "\nfrom ..ops.base import Op\n", "minio._core.ops.base"),
        ("_core/transfer/plan.py", "\nfrom .threads import run\n", "minio._core.transfer.threads"),
        ("_core/transfer/plan.py", "\nfrom .. import engine\n", "minio._core.engine"),
        ("_core/engine/__init__.py", "\nfrom ..http import Pool\n", "minio._core.http"),
        ("aio/client.py", "\nfrom ..local import LocalServer\n", "minio.local"),
        ("local/server.py", "\nfrom .. import cli\n", "minio.cli"),
    ],
)
def test_a_planted_import_that_points_up_is_found(name: str, text: str, imported: str, tmp_path: Path) -> None:
    plant(tmp_path, {"_core/engine/__init__.py": "", "_core/engine/flow.py": "", "cli/__init__.py": "", name: text})
    done = run(str(tmp_path))
    line = text.splitlines().index(next(line for line in text.splitlines() if "import" in line)) + 1
    assert f"{tmp_path}/minio/{name}:{line}: " in done.stdout
    assert f"imports {imported}: " in done.stdout
    assert "1 imports point up" in done.stdout
    assert done.returncode == 1


def test_what_points_down_or_is_for_the_type_checker_is_fine(tmp_path: Path) -> None:
    up = "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
    plant(
        tmp_path,
        {
            "policy.py": f"{up}    from ._core.http import Pool\nfrom .error import MinioException\nimport os\n",
            "_core/ops/objects.py": "from ..wire import xml\nfrom ...policy import Policy\n",
            "_core/transfer/threads.py": "from ..http import Pool\nfrom .plan import Plan\n",
            "aio/client.py": "from .._core.http import Pool\n",
            "local/server.py": "def f():\n    from minio import Minio\n    from ..aio import AsyncMinio\n",
        },
    )
    done = run(str(tmp_path))
    assert done.stdout == ""
    assert done.returncode == 0
