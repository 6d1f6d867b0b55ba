"""A blocking client in a forked process."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

import pytest

from minio import Minio

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def in_child(action: Callable[[], None]) -> int:
    """Run an action in a forked process and return its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            action()
            code = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_parent_and_child_do_not_share_connections(client: Minio, bucket: str) -> None:
    content = b"x" * 200_000
    client.put_object(bucket, "object", content, len(content))

    def work() -> None:
        for number in range(20):
            body = f"child {number}".encode()
            client.put_object(bucket, f"child-{number}", body, len(body))
            with client.get_object(bucket, f"child-{number}") as response:
                assert response.read() == body

    assert in_child(work) == 0
    with client.get_object(bucket, "object") as response:
        assert response.read(10) == content[:10]
        # The child uses the client and exits while a response is in progress here.
        assert in_child(work) == 0
        assert response.read() == content[10:]
    for number in range(20):
        assert client.stat_object(bucket, f"child-{number}").size
