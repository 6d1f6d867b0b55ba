"""Files over HTTP with Flask, kept in a bucket.

MINIO_ENDPOINT=http://127.0.0.1:9000 MINIO_ACCESS_KEY=... MINIO_SECRET_KEY=... flask --app flask_app run
"""

from __future__ import annotations

import os

from flask import Flask, Response, abort, request

from minio import Minio
from minio.error import NoSuchKey

BUCKET = os.environ.get("MINIO_BUCKET", "files")

app = Flask(__name__)
# One client serves all threads. A server that forks its workers may create it before.
client = Minio.from_env()


@app.put("/files/<path:key>")
def upload(key: str) -> Response:
    """Store the body while it arrives."""
    length = -1 if request.content_length is None else request.content_length
    kind = request.content_type or "application/octet-stream"
    stored = client.put_object(BUCKET, key, request.stream, length, kind)
    return Response(status=201, headers={"ETag": f'"{stored.etag}"'})


@app.get("/files/<path:key>")
def download(key: str) -> Response:
    """Send an object while it arrives."""
    try:
        found = client.get_object(BUCKET, key)
    except NoSuchKey:
        abort(404)
    response = Response(found.stream(256 * 1024), content_type=found.headers.get("Content-Type"))
    response.headers["ETag"] = found.headers["ETag"]
    response.content_length = int(found.headers["Content-Length"])
    response.call_on_close(found.close)
    return response


@app.get("/files/")
def index() -> list[dict[str, object]]:
    """List the objects."""
    return [
        {"name": item.object_name, "size": item.size, "modified": item.last_modified.isoformat()}
        for item in client.list_objects(BUCKET, recursive=True)
    ]
