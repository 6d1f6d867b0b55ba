"""Readiness checks: does a server respond to S3 requests with its keys?"""

from __future__ import annotations

import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from minio._core.wire import sigv4
from minio._core.wire.checksums import EMPTY_SHA256

_REGION = "us-east-1"


def answers(endpoint: str, access_key: str, secret_key: str, ca_file: str | None = None) -> bool:
    """Return whether a signed ListBuckets request succeeds."""
    date = sigv4.amz_date(int(time.time()))
    headers = {"host": endpoint, "x-amz-content-sha256": EMPTY_SHA256, "x-amz-date": date}
    headers["authorization"] = sigv4.authorization(
        "GET",
        "/",
        "",
        headers,
        EMPTY_SHA256,
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
    """Return whether a GET request to a port of this machine succeeds without an error in its body."""
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
