"""Decide whether a response with a 2xx status is a success. No other code decides this.

A proxy, a console or a cache may send responses with status 200 that S3 never sends. An operation declares in its
`Request` what S3 always sends (`required_header`, `version`), whether the response describes an object
(`reads_object`), and whether a response without content means that nothing is set (`may_be_empty`). The operation's
`parse` checks the document.
"""

from __future__ import annotations

import re

from ...error import S3Error
from ..exceptions import InvalidXMLError
from ..wire.message import Request, Response

SUCCESSES = (200, 204, 206)
"""S3 sends no other success statuses. 201 and 202 mean something else, and 203 means that a proxy has modified the
response."""
_ROOT = re.compile(
    rb"(?>\s+|\xef\xbb\xbf|<\?.*?\?>|<!--.*?-->)*+<(?:!doctype\s+|[\w.-]+:)?([\w.-]+)", re.DOTALL | re.IGNORECASE
)
"""Matches the name of the root element or DOCTYPE, without a namespace prefix. Servers that take long send white space
before it."""


def check_success(request: Request, response: Response) -> None:
    """Raise an error if a 2xx response is not S3's response to a successful request.

    Raises:
        InvalidXMLError: The response is something else. The message explains what is wrong.
        S3Error: The body contains an error.
    """
    try:
        if not (request.raw or response.mocked):
            _check_status(request, response)
            _check_headers(request, response)
        _check_body(request, response)
    except BaseException:
        if response.stream is not None:
            response.stream.close()
        raise


def _check_status(request: Request, response: Response) -> None:
    status = response.status
    if status not in SUCCESSES:
        raise InvalidXMLError(f"status {status} is not one that S3 gives to a success")
    if status == 206 and request.method not in ("GET", "HEAD"):
        raise InvalidXMLError(f"the response to {request.method} says that it is partial (206)")
    if status == 204 and not request.may_be_empty and (request.method == "GET" or request.reads_object):
        raise InvalidXMLError(f"the response to {request.method} has no content (204)")


def _check_headers(request: Request, response: Response) -> None:
    headers = response.headers
    if request.required_header and not headers.get(request.required_header, "").strip('" '):
        raise InvalidXMLError(f"the response has no {request.required_header}, which S3 always sends with this success")
    found = headers.get("x-amz-version-id")
    if found is None and request.method == "DELETE" and response.status == 204:
        return  # servers omit the version if it no longer existed, or if the bucket is not versioned
    # `null` is also the version of objects in unversioned buckets, for which servers send no version id.
    if request.version not in ("", found) and (found, request.version) != (None, "null"):
        raise InvalidXMLError(f"version {request.version[:100]!r} was asked for, but the response is of {found!r}")


def _check_body(request: Request, response: Response) -> None:
    if request.reads_object:
        _check_object(response)
        return
    if request.raw and request.method == "GET":
        return  # the content of an object, which may be any document
    name = _root_name(response.body)
    if not request.raw and (name == "html" or _is_called_html(request, response)):
        raise InvalidXMLError("the response is a page for a browser")
    if name in ("error", "errorresponse"):
        raise S3Error.fromxml(response, request.method, request.bucket or None, request.key or None)


def _root_name(body: bytes) -> str:
    """Return the local name of the root element in lower case, or "" if the body is not XML."""
    found = _ROOT.match(body)
    return found[1].decode("ascii", "replace").lower() if found else ""


def _check_object(response: Response) -> None:
    """Check that the response describes an object. An HTML page or an empty object must have one of these headers."""
    headers = response.headers
    if "etag" in headers or "last-modified" in headers:
        return
    if "html" in headers.get("content-type", "") or headers.get("content-length") == "0":
        raise InvalidXMLError("the response has neither ETag nor Last-Modified, so it does not describe an object")


def _is_called_html(request: Request, response: Response) -> bool:
    if "html" not in response.headers.get("content-type", "").lower():
        return False
    # Some frameworks label an empty body as text/html.
    bare = request.method == "HEAD" or response.stream is not None
    return bool(response.body.strip()) or (bare and response.headers.get("content-length") != "0")
