"""Flask-Minio: a client for each application context, whose pool is cleared when the context ends."""

from __future__ import annotations

from io import BytesIO

import flask
import pytest
import urllib3
from flask_minio import Minio

import minio
from conftest import Server


def make_app(server: Server, **config: object) -> flask.Flask:
    app = flask.Flask(__name__)
    app.config.update(
        MINIO_ENDPOINT=server.endpoint,
        MINIO_ACCESS_KEY=server.access_key,
        MINIO_SECRET_KEY=server.secret_key,
        MINIO_SECURE=False,
        **config,
    )
    return app


@pytest.fixture
def app(server: Server) -> flask.Flask:
    return make_app(server)


@pytest.fixture
def extension(app: flask.Flask) -> Minio:
    return Minio(app)


def test_the_client_of_a_context(app: flask.Flask, extension: Minio, server: Server, bucket: str) -> None:
    with app.app_context():
        client = extension.connection
        assert isinstance(client, minio.Minio)
        assert extension.connection is client
        client.put_object(bucket, "a", BytesIO(b"flask"), 5)
        assert client.get_object(bucket, "a").data == b"flask"
    assert server.body(bucket, "a") == b"flask"


def test_the_end_of_a_context_clears_the_pool(app: flask.Flask, extension: Minio, bucket: str) -> None:
    with app.app_context():
        client = extension.connection
        pool = client._http
        assert isinstance(pool, urllib3.PoolManager)
        assert client.bucket_exists(bucket)
        assert len(pool.pools) > 0
    assert len(pool.pools) == 0
    assert client.bucket_exists(bucket)


def test_a_view_uploads(app: flask.Flask, extension: Minio, server: Server, bucket: str) -> None:
    @app.post("/<key>")
    def upload(key: str) -> str:
        body = flask.request.get_data()
        return extension.connection.put_object(bucket, key, BytesIO(body), len(body)).etag

    answer = app.test_client().post("/a", data=b"12345")
    assert answer.text == "827ccb0eea8a706c4c34a16891f84e7b"
    assert server.body(bucket, "a") == b"12345"


def test_the_configured_pool_is_used(server: Server, bucket: str) -> None:
    pool = urllib3.PoolManager()
    app = make_app(server, MINIO_HTTP_CLIENT=pool, MINIO_REGION="us-east-1")
    extension = Minio()
    extension.init_app(app)
    with app.app_context():
        assert extension.connection._http is pool
        assert extension.connection.bucket_exists(bucket)
        assert len(pool.pools) == 1
    assert len(pool.pools) == 0


def test_a_missing_bucket_is_an_s3_error(app: flask.Flask, extension: Minio, bucket_name: str) -> None:
    with app.app_context():
        with pytest.raises(minio.S3Error) as caught:
            extension.connection.get_object(bucket_name, "a")
        assert caught.value.code in ("NoSuchBucket", "NoSuchKey")
