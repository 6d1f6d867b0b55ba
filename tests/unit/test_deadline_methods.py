"""Every call of a client keeps the client's deadline, whichever family it belongs to."""

from __future__ import annotations

import inspect
import pickle
from typing import Any

import pytest

from minio import AsyncMinio, Minio

UNLIMITED = {
    "close", "listen_bucket_notification", "set_app_info", "trace_off", "trace_on", "use_s3_accelerate", "with_options",
}  # fmt: skip
"""Methods that send nothing; and the one that waits for events as long as the caller likes."""
LIMITED_STEPS = {
    "copy_objects", "get_objects", "list_incomplete_uploads", "list_objects", "list_objects_parallel",
    "list_objects_v2",
    "plan_sync", "put_objects", "remove_objects", "stat_objects", "transfer",
}  # fmt: skip
"""Methods that return an object of their own around an iterator that keeps the deadline."""


def methods(client: Any) -> dict[str, Any]:
    names = {name for name in dir(client) if not name.startswith(("_", "enable_", "disable_", "from_"))}
    names |= {"enable_object_legal_hold", "disable_object_legal_hold"}
    names |= {"enable_bucket_versioning", "disable_bucket_versioning"}
    return {name: inspect.getattr_static(client, name) for name in names}


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
def test_every_call_keeps_the_deadline(client: Any) -> None:
    kept = {name for name, method in methods(client).items() if method.__code__.co_filename.endswith("_backend.py")}
    assert kept == set(methods(client)) - UNLIMITED - LIMITED_STEPS
    assert all(
        hasattr(walk, "__wrapped__")
        for walk in (client._incomplete, client._pages, client._plan_batches, client._remove)
    )


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
def test_the_methods_look_like_what_they_wrap(client: Any) -> None:
    for name, method in methods(client).items():
        inner = inspect.unwrap(method)
        assert inspect.iscoroutinefunction(method) == inspect.iscoroutinefunction(inner)
        assert inspect.signature(method) == inspect.signature(inner)
        assert method.__doc__
        assert (method.__qualname__, inner.__qualname__) == (f"{client.__name__}.{name}",) * 2


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
def test_a_client_with_a_deadline_is_of_the_same_class(client: Any) -> None:
    hurried = client("host", deadline=5)
    assert type(hurried) is client
    assert type(hurried.with_options(deadline=7)) is client
    assert type(pickle.loads(pickle.dumps(hurried))) is client
    assert pickle.loads(pickle.dumps(hurried))._deadline == 5
