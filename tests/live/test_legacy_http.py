"""`_http` of the blocking client, on real servers: once a program has it, urllib3 sends all requests."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock, patch

import pytest
import urllib3

from live.helpers import noise
from minio import Minio
from minio.error import NoSuchKey


class Counting(urllib3.PoolManager):
    """A urllib3 client that counts its requests."""

    count = 0

    def urlopen(self, *args: Any, **kwargs: Any) -> Any:
        self.count += 1
        return super().urlopen(*args, **kwargs)


def use(client: Minio, bucket: str) -> None:
    data = noise(6_000_000)
    client.put_object(bucket, "large", io.BytesIO(data), len(data), part_size=5 * 1024 * 1024)
    assert client.get_object(bucket, "large").read() == data
    assert client.stat_object(bucket, "large").size == len(data)
    with pytest.raises(NoSuchKey):
        client.stat_object(bucket, "missing")
    assert [item.object_name for item in client.list_objects(bucket)] == ["large"]


def test_read_and_used(client: Minio, bucket: str) -> None:
    manager = client._http
    assert type(manager) is urllib3.PoolManager
    assert client._http is manager
    assert len(manager.pools) == 0
    use(client, bucket)
    assert len(manager.pools) == 1
    manager.clear()
    assert len(manager.pools) == 0
    use(client, bucket)
    url = client.presigned_get_object(bucket, "large")
    assert len(manager.urlopen("GET", url).data) == 6_000_000


def test_settings_are_changed(make_client: Callable[..., Minio], bucket: str) -> None:
    client = make_client(retries=0)
    client._http.connection_pool_kw["timeout"] = urllib3.Timeout(connect=5, read=50)
    assert client.bucket_exists(bucket)
    pools = client._http.pools
    assert [pools[key].timeout.read_timeout for key in pools.keys()] == [50]  # noqa: SIM118 - it is not iterable
    copy = pickle.loads(pickle.dumps(client))
    assert copy._http.connection_pool_kw["timeout"].read_timeout == 50
    assert copy.bucket_exists(bucket)
    copy.close()


def test_assigned(make_client: Callable[..., Minio], bucket: str) -> None:
    client, manager = make_client(), Counting()
    derived = client.with_options(deadline=20)
    client._http = manager
    assert client._http is manager
    use(client, bucket)
    before = manager.count
    assert before > 5
    assert derived.bucket_exists(bucket)
    assert manager.count == before + 1
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(client)
    client.close()
    manager.clear()


def test_patched_while_in_use(client: Minio, bucket: str) -> None:
    client.put_object(bucket, "object", io.BytesIO(b"abcd"), 4)
    client._region_map["no-such-bucket-at-all"] = client._get_region(bucket)
    with patch("urllib3.PoolManager.urlopen") as urlopen:
        urlopen.return_value = MagicMock(status=200, headers={}, data=b"mocked")
        assert client.get_object(bucket, "object").read() == b"mocked"
        assert client.bucket_exists("no-such-bucket-at-all")
        assert urlopen.call_count == 2
        assert urlopen.call_args.args[0] == "HEAD"
    assert client.get_object(bucket, "object").read() == b"abcd"


def test_watched_while_in_use(client: Minio, bucket: str) -> None:
    """A patch that passes the requests on."""
    own = urllib3.PoolManager.urlopen
    seen: list[str] = []

    def watch(self: urllib3.PoolManager, method: str, url: str, **kwargs: Any) -> Any:
        seen.append(method)
        return own(self, method, url, **kwargs)

    with patch("urllib3.PoolManager.urlopen", watch):
        use(client, bucket)
    count = len(seen)
    assert count > 5
    use(client, bucket)
    assert len(seen) == count
