"""The examples of the documented API: one program per call, run as a reader would run it.

The programs are in this directory and keep the document's spelling. `aio/` has the same programs for AsyncMinio.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from servers.capabilities import LACKS
from servers.live import CephLiveServer, JuiceFSServer, LiveServer

HERE = Path(__file__).parent

# In the document's order.
CALLS = (
    "constructor",
    "make_bucket",
    "list_buckets",
    "bucket_exists",
    "remove_bucket",
    "list_objects",
    "list_objects_v2",
    "list_incomplete_uploads",
    "get_bucket_policy",
    "set_bucket_policy",
    "get_bucket_notification",
    "set_bucket_notification",
    "remove_all_bucket_notification",
    "listen_bucket_notification",
    "get_object",
    "get_partial_object",
    "fget_object",
    "copy_object",
    "put_object",
    "fput_object",
    "stat_object",
    "remove_object",
    "remove_objects",
    "remove_incomplete_upload",
    "presigned_get_object",
    "presigned_put_object",
    "presigned_post_policy",
)

# Features without which the call cannot work at all.
NEEDS = {
    "get_bucket_notification": ("bucket_notification",),
    "set_bucket_notification": ("bucket_notification",),
    "remove_all_bucket_notification": ("bucket_notification",),
    "listen_bucket_notification": ("listen",),
}

# Features without which the call does less. The program adapts, and the coverage table notes it.
WISHES = {
    "set_bucket_notification": "lambda_notification",
}

_KINDS = {"sync": HERE, "async": HERE / "aio"}
_CASES = [
    pytest.param(kind, call, marks=pytest.mark.requires(*NEEDS.get(call, ())), id=f"{kind}-{call}")
    for kind in _KINDS
    for call in CALLS
]


@pytest.mark.parametrize(("kind", "call"), _CASES)
def test_example_does_what_the_document_says(
    server: LiveServer,
    bucket_name: str,
    tmp_path: Path,
    kind: str,
    call: str,
    request: pytest.FixtureRequest,
) -> None:
    lacks = LACKS[server.name]
    wish = WISHES.get(call)
    request.node.user_properties.append(("limit", lacks.get(wish, "") if wish else ""))
    program = subprocess.run(
        [sys.executable, *_WARNINGS, str(_KINDS[kind] / f"{call}.py")],
        cwd=tmp_path,
        env={**os.environ, **_environment(server, bucket_name, lacks)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=180,
        check=False,
    )
    assert program.returncode == 0, f"{call} ended with {program.returncode}:\n{program.stdout}"
    # A warning from a destructor does not change the exit code.
    assert "Warning" not in program.stdout, program.stdout


def test_every_program_is_run() -> None:
    for folder in _KINDS.values():
        programs = {path.stem for path in folder.glob("*.py")} - {"test_documented", "environment"}
        assert programs == set(CALLS)


# Warnings are errors, with one exception: the document uses datetime.utcnow(), which Python 3.12 deprecates.
_WARNINGS = ("-W", "error", "-W", "ignore:datetime.datetime.utc:DeprecationWarning")


def _environment(server: LiveServer, bucket: str, lacks: dict[str, str]) -> dict[str, str]:
    kind, arn = _target(server)
    return {
        "MINIO_ENDPOINT": server.endpoint,
        "MINIO_ACCESS_KEY": server.access_key,
        "MINIO_SECRET_KEY": server.secret_key,
        "MINIO_BUCKET": bucket,
        "MINIO_SERVER_LACKS": ",".join(lacks),
        "MINIO_TARGET_KIND": kind,
        "MINIO_TARGET_ARN": arn,
    }


def _target(server: LiveServer) -> tuple[str, str]:
    """The kind and ARN of a target for events."""
    if isinstance(server, JuiceFSServer):
        return "QueueConfigurations", server.queue_arn
    if isinstance(server, CephLiveServer):
        return "TopicConfigurations", server.make_topic("documented")
    return "", ""
