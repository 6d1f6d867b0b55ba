"""Imports only point downwards, without cycles; and the tool that checks this finds each kind of violation."""

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


def test_package_imports_point_downwards() -> None:
    done = run()
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "text", "imported"),
    [
        ("_core/exceptions.py", "\nfrom .wire import xml\n", "minio._core.wire"),
        ("_core/wire/xml.py", "\nfrom ...error import S3Error\n", "minio.error"),
        ("_core/wire/xml.py", "\nfrom ..ops import base\n", "minio._core.ops"),
        ("tagging.py", "\nfrom .error import S3Error\n", "minio.error"),
        ("error.py", "\nfrom ._core.engine import flow\n", "minio._core.engine.flow"),
        ("policy.py", "\nimport minio._core.http\n", "minio._core.http"),
        ("_core/ops/objects.py", "\nfrom minio._core import engine\n", "minio._core.engine"),
        ("_core/engine/flow.py", "\nfrom ..http.sync import Pool\n", "minio._core.http.sync"),
        ("_core/engine/flow.py", "\ndef f():\n    from minio._core.http import x\n", "minio._core.http"),
        (
            "_core/engine/flow.py",
            "\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..http import x\n",
            "minio._core.http",
        ),
        ("_core/http/pool.py", "\nfrom ..ops.base import Op\n", "minio._core.ops.base"),
        ("_core/transfer/plan.py", "\nfrom .sync.workers import run\n", "minio._core.transfer.sync.workers"),
        ("_core/transfer/plan.py", "\nfrom .. import engine\n", "minio._core.engine"),
        ("_core/engine/__init__.py", "\nfrom ..http import Pool\n", "minio._core.http"),
        ("_core/ops/objects.py", "\nfrom ...datatypes import Object\n", "minio.datatypes"),
        ("aio/client.py", "\nfrom ..helpers import quote\n", "minio.helpers"),
        ("aio/client.py", "\nfrom ..local import LocalServer\n", "minio.local"),
    ],
)
def test_an_import_that_points_up_is_found(name: str, text: str, imported: str, tmp_path: Path) -> None:
    plant(tmp_path, {"_core/engine/__init__.py": "", "_core/engine/flow.py": "", name: text})
    done = run(str(tmp_path))
    lines = text.splitlines()
    line = lines.index(next(line for line in lines if "minio" in line or "from ." in line or "    from " in line)) + 1
    assert f"{tmp_path}/minio/{name}:{line}: " in done.stdout
    assert f"imports {imported}: " in done.stdout
    assert "1 imports point up" in done.stdout
    assert done.returncode == 1


def test_downward_imports_are_accepted(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "policy.py": "from ._core.exceptions import MinioException\nimport os\n",
            "_core/ops/objects.py": "from ..wire import xml\nfrom ...policy import Policy\n",
            "_core/transfer/sync/workers.py": "from ...http import Pool\nfrom ..plan import Plan\n",
            "aio/client.py": "from .._core.http import Pool\n",
            "helpers.py": "from ._core.arguments import check_bucket_name\n",
            "local/server.py": "def f():\n    from minio import Minio\n    from ..aio import AsyncMinio\n",
        },
    )
    done = run(str(tmp_path))
    assert done.stdout == ""
    assert done.returncode == 0


def test_cycle_within_a_layer_is_found(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "_core/wire/a.py": "from .b import B\n",
            "_core/wire/b.py": "def f():\n    from .c import C\n",
            "_core/wire/c.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import A\n",
            "_core/wire/d.py": "from .a import A\n",
        },
    )
    done = run(str(tmp_path))
    assert done.stdout == "a circle of imports: minio._core.wire.a, minio._core.wire.b, minio._core.wire.c\n"
    assert done.returncode == 1
