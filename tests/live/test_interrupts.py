"""Ctrl-C at any instruction of a program that writes an object leaves no thread, no upload and no partial object.

`MINIO_TEST_INTERRUPTS=500` in the environment plays 500 interrupts in each case, instead of a few.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from servers.live import Servers

PROGRAM = Path(__file__).with_name("interrupting.py")
COUNT = int(os.environ.get("MINIO_TEST_INTERRUPTS", "0"))
SCENES = ["binary", "text", "layer", "plain", "small", "put"]


@pytest.mark.parametrize("how", ["opcode", "twice", "time"])
@pytest.mark.parametrize("scene", SCENES)
def test_interrupted(servers: Servers, scene: str, how: str) -> None:
    server = servers.get("seaweedfs")
    count = COUNT or (100 if scene == "binary" and how == "twice" else 12)
    name = f"interrupts-{scene}-{how}-{os.getpid()}"
    with server.make_client() as client:
        client.make_bucket(name)
        given = [server.endpoint, server.access_key, server.secret_key, name, scene, how, str(count)]
        done = subprocess.run(
            [sys.executable, str(PROGRAM), *given], capture_output=True, text=True, timeout=60 + count, check=False
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        keys = [item.object_name for item in client.list_objects(name, recursive=True)]
        assert list(client.remove_objects(name, keys)) == []
        assert (found["threads"], found["uploads"], found["halves"]) == ([], [], [])
        # A busy machine can miss timed interrupts, but not those at instructions.
        assert found["outcomes"].get("interrupted", 0) > (0 if how == "time" else count * 0.5)
        client.remove_bucket(name)
