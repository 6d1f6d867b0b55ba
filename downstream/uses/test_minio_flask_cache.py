"""minio-flask-cache: a backend of Flask-Caching that keeps its values in a bucket."""

from __future__ import annotations

import flask
import pytest
from flask_caching import Cache
from minio_cache import MinioCacheBackend

from conftest import Server


@pytest.fixture
def backend(server: Server, bucket_name: str) -> MinioCacheBackend:
    return MinioCacheBackend(server.endpoint, server.access_key, server.secret_key, bucket_name)


def test_the_bucket_is_made_once(backend: MinioCacheBackend, server: Server, bucket_name: str) -> None:
    assert server.raw.request("HEAD", f"/{bucket_name}").status == 200
    MinioCacheBackend(server.endpoint, server.access_key, server.secret_key, bucket_name)


def test_values_are_set_and_got(backend: MinioCacheBackend, server: Server, bucket_name: str) -> None:
    assert backend.set("a", {"b": [1, 2.5, "ä"]})
    assert server.status(bucket_name, "cache:a") == 200
    assert backend.get("a") == {"b": [1, 2.5, "ä"]}
    assert backend.has("a")


def test_a_missing_value_is_none(backend: MinioCacheBackend) -> None:
    assert backend.get("missing") is None
    assert not backend.has("missing")
    assert backend.delete("missing")


def test_an_expired_value_is_deleted(backend: MinioCacheBackend, server: Server, bucket_name: str) -> None:
    backend.set("a", 1, timeout=-1)
    assert backend.get("a") is None
    assert server.status(bucket_name, "cache:a") == 404


def test_add_does_not_replace(backend: MinioCacheBackend) -> None:
    assert backend.add("a", 1)
    assert not backend.add("a", 2)
    assert backend.get("a") == 1


def test_many(backend: MinioCacheBackend) -> None:
    assert backend.set_many({"a": 1, "b": 2}) == []
    assert backend.get_many("a", "b", "c") == [1, 2, None]
    assert backend.delete_many("a", "b")
    assert backend.get_many("a", "b") == [None, None]


def test_clear_deletes_what_has_the_prefix(backend: MinioCacheBackend, server: Server, bucket_name: str) -> None:
    backend.set_many({"a": 1, "b/c": 2})
    server.put(bucket_name, "other")
    assert backend.clear()
    assert backend.get_many("a", "b/c") == [None, None]
    assert server.status(bucket_name, "other") == 200


def test_a_bucket_that_is_gone_is_a_miss(backend: MinioCacheBackend, server: Server, bucket_name: str) -> None:
    server.raw.request("DELETE", f"/{bucket_name}")
    assert backend.get("a") is None
    assert backend.clear() in (True, False)


def test_wrong_keys_are_reported(server: Server, bucket_name: str) -> None:
    with pytest.raises(RuntimeError, match="Failed to create bucket"):
        MinioCacheBackend(server.endpoint, server.access_key, "not the secret", bucket_name)


def test_flask_caching_uses_the_backend(server: Server, bucket_name: str) -> None:
    app = flask.Flask(__name__)
    app.config.update(
        CACHE_TYPE="minio_cache.MinioCacheBackend",
        CACHE_MINIO_ENDPOINT=server.endpoint,
        CACHE_MINIO_ACCESS_KEY=server.access_key,
        CACHE_MINIO_SECRET_KEY=server.secret_key,
        CACHE_MINIO_BUCKET=bucket_name,
        CACHE_MINIO_SECURE=False,
        CACHE_KEY_PREFIX="views:",
    )
    cache = Cache(app)
    calls: list[int] = []

    @app.get("/")
    @cache.cached(timeout=60, key_prefix="page")
    def view() -> str:
        calls.append(1)
        return "rendered"

    visitor = app.test_client()
    assert [visitor.get("/").text for _ in range(3)] == ["rendered"] * 3
    assert len(calls) == 1
    assert server.raw.request("GET", f"/{bucket_name}", {"list-type": "2"}).texts("Key") == ["views:page"]
