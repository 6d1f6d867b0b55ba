"""Programs that replace `_get_region`, or that look at and replace the urllib3 client of a client."""

from __future__ import annotations

from unittest.mock import Mock, patch

import pytest
import urllib3

from fakes.scripted_server import ScriptedServer, answer, forever
from minio import Minio
from minio.error import InvalidArgumentTypeError, MinioException
from minio.retry import Retry

# --- a replaced _get_region


class InWest(Minio):
    """A client that knows the region of its buckets."""

    def _get_region(self, bucket_name: str | None = None) -> str:
        return "us-west-2" if bucket_name == "west" else super()._get_region(bucket_name)


def regions_of(server: ScriptedServer) -> list[str]:
    return [request.headers["authorization"].split("/")[2] for request in server.requests]


def test_replaced_get_region_decides_the_region() -> None:
    with ScriptedServer(forever(answer(b"<LocationConstraint>eu-west-1</LocationConstraint>"))) as server:
        client = InWest(str(server.origin), "key", "secret", secure=False, proxy="")
        assert client.bucket_exists("west")
        assert client.bucket_exists("other")
        assert "%2Fus-west-2%2F" in client.presigned_get_object("west", "object")
        assert client.bucket_exists("west")
        assert regions_of(server) == ["us-west-2", "us-east-1", "eu-west-1", "us-west-2"]
        client.close()


def test_stub_of_get_region() -> None:
    with ScriptedServer(forever(answer())) as server:
        client = Minio(str(server.origin), "key", "secret", secure=False, proxy="")
        client._get_region = Mock(return_value="ap-south-1")
        assert client.bucket_exists("bucket")
        assert "%2Fap-south-1%2F" in client.presigned_get_object("bucket", "object")
        assert regions_of(server) == ["ap-south-1"]
        client.close()


def test_result_of_get_region_is_checked() -> None:
    client = Minio("127.0.0.1:9", "key", "secret", secure=False, proxy="")
    client._get_region = Mock(return_value=7)
    with pytest.raises(InvalidArgumentTypeError, match="result of _get_region"):
        client.bucket_exists("bucket")


# --- the urllib3 client of `_http`, and mocks of it


def test_pool_has_the_usual_settings() -> None:
    client = Minio("127.0.0.1:9", "key", "secret", secure=False, proxy="")
    options = client._http.connection_pool_kw
    assert options["maxsize"] == 10
    assert (options["retries"].total, options["retries"].backoff_factor) == (5, 0.2)
    assert list(options["retries"].status_forcelist) == [500, 502, 503, 504]


@pytest.mark.parametrize("changed", [False, True])
def test_retries_are_done_once(changed: bool) -> None:
    """By the calls, or by the urllib3 client if the caller changed its retries."""
    with ScriptedServer(forever(answer(status="503 Slow Down"))) as server:
        client = Minio(
            str(server.origin), "key", "secret", secure=False, proxy="", region="r", retries=Retry(2, base=0)
        )
        if changed:
            client._http.connection_pool_kw["retries"] = urllib3.Retry(total=4, status_forcelist=[503])
        else:
            assert client._http.connection_pool_kw["retries"]
        with pytest.raises(MinioException):
            client.bucket_exists("bucket")
        assert len(server.requests) == (5 if changed else 2)
        client.close()


class StandIn:
    """What suites put in the place of `urllib3.PoolManager`: `urlopen` with the arguments that 7.2 gives."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def clear(self) -> None:
        """Do nothing."""

    def urlopen(
        self, method: str, url: str, body: object = None, headers: object = None, preload_content: bool = True
    ) -> object:
        self.calls.append((method, url))
        return Mock(status=200, headers={}, data=b"", spec=["status", "headers", "data"])


def test_replaced_class_of_pools() -> None:
    stand_in = StandIn()
    with patch("urllib3.PoolManager", return_value=stand_in):
        client = Minio("127.0.0.1:9", "key", "secret", secure=False, region="us-east-1")
        assert client.bucket_exists("bucket")
        client.remove_object("bucket", "object")
    assert stand_in.calls == [
        ("HEAD", "http://127.0.0.1:9/bucket"),
        ("DELETE", "http://127.0.0.1:9/bucket/object"),
    ]
