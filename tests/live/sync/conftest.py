"""The client under test is a Minio. The other fixtures of tests/conftest.py are used unchanged."""

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
    """An empty bucket, created by the client under test."""
    client.make_bucket(bucket_name)
    return bucket_name
