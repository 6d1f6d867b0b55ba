"""Whether a server answers S3, with the keys that it was given."""

from __future__ import annotations

import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from minio._core.wire import sigv4

_REGION = "us-east-1"


def answers(endpoint: str, access_key: str, secret_key: str, ca_file: str | None = None) -> bool:
    """Ask for the list of buckets, signed, and tell whether it came. Speaks ListBuckets."""
    date = sigv4.amz_date(int(time.time()))
    headers = {"host": endpoint, "x-amz-content-sha256": sigv4.EMPTY_SHA256, "x-amz-date": date}
    headers["authorization"] = sigv4.authorization(
        "GET",
        "/",
        "",
        headers,
        sigv4.EMPTY_SHA256,
        access_key=access_key,
        secret_key=secret_key,
        region=_REGION,
        date=date,
    )
    connection = _connection(endpoint, ca_file)
    try:
        connection.request("GET", "/", headers=headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return answer.status == 200


def responds(port: int, path: str) -> bool:
    """Ask a port of this machine for something, and tell whether it came."""
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return answer.status == 200 and b'"error"' not in body


def _connection(endpoint: str, ca_file: str | None) -> HTTPConnection:
    if ca_file is None:
        return HTTPConnection(endpoint, timeout=2)
    return HTTPSConnection(endpoint, timeout=2, context=ssl.create_default_context(cafile=ca_file))
