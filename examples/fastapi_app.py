"""Files over HTTP with FastAPI, kept in a bucket. Nothing is written to a temporary file.

    MINIO_ENDPOINT=http://127.0.0.1:9000 MINIO_ACCESS_KEY=... MINIO_SECRET_KEY=... MINIO_BUCKET=files \
        uvicorn fastapi_app:app

    curl -T film.mkv http://127.0.0.1:8000/files/film.mkv
    curl -r 0-99 http://127.0.0.1:8000/files/film.mkv
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import format_datetime

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from minio import AsyncMinio
from minio.error import InvalidRange, NoSuchKey, NotModified, PreconditionFailed

BUCKET = os.environ.get("MINIO_BUCKET", "files")
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Upload</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
body { max-width: 32rem; margin: 2rem auto; padding: 0 1rem; }
input, progress, output { display: block; width: 100%; margin: 1rem 0; }
</style>
<h1>Upload</h1>
<label for="file">The browser sends the file straight to the bucket.</label>
<input type="file" id="file">
<progress id="bar" value="0" max="1"></progress>
<output id="state">No file chosen</output>
<script>
file.onchange = async () => {
  const chosen = file.files[0];
  bar.value = 0;
  state.value = "Uploading " + chosen.name;
  const signed = await fetch("/uploads/" + encodeURIComponent(chosen.name), {method: "POST"});
  if (!signed.ok) { state.value = "Error " + signed.status; return; }
  const request = new XMLHttpRequest();
  request.upload.onprogress = event => { bar.value = event.loaded / event.total; };
  request.onload = () => { state.value = request.status == 200 ? "Done" : "Error " + request.status; };
  request.onerror = () => { state.value = "Error: no server, or it refuses this origin (CORS)"; };
  request.open("PUT", await signed.json());
  request.send(chosen);
};
</script>"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep one client, which reuses its connections."""
    async with AsyncMinio.from_env() as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def page() -> HTMLResponse:
    """Show a form that uploads from the browser straight to the bucket, with a progress bar."""
    return HTMLResponse(PAGE)


@app.post("/uploads/{key:path}")
async def sign_upload(key: str, request: Request) -> str:
    """Return a URL to which a browser can upload the file for ten minutes."""
    return await request.app.state.client.presigned_put_object(BUCKET, key, expires=600)


@app.put("/files/{key:path}")
async def upload(key: str, request: Request) -> Response:
    """Store the body while it arrives. If the connection is lost, nothing is stored."""
    client: AsyncMinio = request.app.state.client
    length = int(request.headers.get("content-length", -1))
    kind = request.headers.get("content-type", "application/octet-stream")
    new = request.headers.get("if-none-match")
    try:
        stored = await client.put_object(BUCKET, key, request.stream(), length, kind, if_none_match=new)
    except PreconditionFailed:
        raise HTTPException(412) from None
    return Response(status_code=201, headers={"ETag": f'"{stored.etag}"'})


@app.get("/files/{key:path}")
async def download(key: str, request: Request) -> Response:
    """Send an object, or the range of it that was asked for. A browser that has it already gets 304."""
    client: AsyncMinio = request.app.state.client
    wanted = {}
    asked = request.headers.get("range", "")
    if asked.startswith("bytes=") and "," not in asked and await _range_applies(client, key, request):
        wanted["Range"] = asked
    known = request.headers.get("if-none-match")
    if known:
        wanted["If-None-Match"] = known
    try:
        found = await client.get_object(BUCKET, key, request_headers=wanted)
    except NoSuchKey:
        raise HTTPException(404) from None
    except NotModified:
        return Response(status_code=304, headers={"ETag": known or ""})
    except InvalidRange:
        size = (await client.stat_object(BUCKET, key)).size
        raise HTTPException(416, headers={"Content-Range": f"bytes */{size}"}) from None
    names = ("ETag", "Content-Length", "Content-Range", "Last-Modified", "Content-Type")
    headers = {name: found.headers[name] for name in names if name in found.headers}

    async def body() -> AsyncIterator[bytes]:
        async with found:
            async for block in found.stream(256 * 1024):
                yield block

    return StreamingResponse(body(), found.status, {"Accept-Ranges": "bytes", **headers})


async def _range_applies(client: AsyncMinio, key: str, request: Request) -> bool:
    """Return whether the range is of the object as it is now: `If-Range` names the one that the browser has."""
    condition = request.headers.get("if-range")
    if condition is None:
        return True
    try:
        found = await client.stat_object(BUCKET, key)
    except NoSuchKey:
        return True
    return condition in (f'"{found.etag}"', format_datetime(found.last_modified, usegmt=True))
