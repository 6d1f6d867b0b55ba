"""Remove a bucket and everything in it, without the client under test."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import md5
from urllib.parse import unquote_plus

from .raw import Answer, RawS3

_ROUNDS = 50
_MANY = 20
"""From this number of objects on they are deleted together."""
_PLAIN = re.compile(r"[\w./-]+", re.ASCII)


def remove_bucket(raw: RawS3, bucket: str) -> None:
    """Abort the uploads, delete every version, then the bucket. Does nothing if the bucket does not exist.

    Versions under compliance-mode retention stay, and so does the bucket.
    """
    if raw.request("HEAD", f"/{bucket}").status == 404:
        return
    _abort_uploads(raw, bucket)
    held = _delete_versions(raw, bucket)
    answer = raw.request("DELETE", f"/{bucket}")
    if answer.status not in (200, 204, 404) and not held:
        raise AssertionError(
            f"bucket {bucket} cannot be removed: {answer.status} {answer.body.decode(errors='replace')}"
        )


def _abort_uploads(raw: RawS3, bucket: str) -> None:
    answer = raw.request("GET", f"/{bucket}", {"uploads": "", "encoding-type": "url"})
    if answer.status == 200:
        for upload in answer.records("Upload"):
            raw.request("DELETE", f"/{bucket}/{_key(answer, upload)}", {"uploadId": upload["UploadId"]})


def _delete_versions(raw: RawS3, bucket: str) -> bool:
    """Delete page by page. Returns True if a lock protects something."""
    held = False
    for query in ({"versions": ""}, {"list-type": "2"}):
        for _ in range(_ROUNDS):
            answer = raw.request("GET", f"/{bucket}", {**query, "encoding-type": "url"})
            if answer.status != 200:
                break
            entries = list(answer.records("Version", "DeleteMarker", "Contents"))
            if len(entries) >= _MANY and _delete_together(raw, bucket, entries):
                continue
            gone = [_delete(raw, f"/{bucket}/{_key(answer, entry)}", entry.get("VersionId")) for entry in entries]
            held = held or not all(gone)
            if not any(gone):
                break
    return held


def _delete_together(raw: RawS3, bucket: str, entries: list[dict[str, str]]) -> bool:
    """Delete entries in one request. Returns True if all are gone: others, and odd keys, are deleted one by one."""
    if not all(_PLAIN.fullmatch(entry["Key"] + entry.get("VersionId", "")) for entry in entries):
        return False
    items = "".join(
        f"<Object><Key>{entry['Key']}</Key>"
        + (f"<VersionId>{entry['VersionId']}</VersionId>" if entry.get("VersionId") else "")
        + "</Object>"
        for entry in entries
    )
    body = f"<Delete><Quiet>true</Quiet>{items}</Delete>".encode()
    headers = {"content-md5": b64encode(md5(body).digest()).decode()}
    answer = raw.request("POST", f"/{bucket}", {"delete": ""}, body, headers)
    return answer.status == 200 and not list(answer.records("Error"))


def _delete(raw: RawS3, path: str, version: str | None) -> bool:
    query = {"versionId": version} if version else {}
    status = raw.request("DELETE", path, query).status
    if status == 403:
        off = b"<LegalHold><Status>OFF</Status></LegalHold>"
        raw.request("PUT", path, {**query, "legal-hold": ""}, off)
        status = raw.request("DELETE", path, query, headers={"x-amz-bypass-governance-retention": "true"}).status
    return status in (200, 204, 404)


def _key(answer: Answer, entry: dict[str, str]) -> str:
    return unquote_plus(entry["Key"]) if "url" in answer.texts("EncodingType") else entry["Key"]
