"""Here the client under test is a Minio: the fixtures of tests/conftest.py as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from minio import Minio


@pytest.fixture
def client(sync_client: Minio) -> Minio:
    """The client under test."""
    return sync_client


@pytest.fixture
def bucket(client: Minio, bucket_name: str) -> str:
    """An empty bucket, made by the client under test."""
    client.make_bucket(bucket_name)
    return bucket_name
