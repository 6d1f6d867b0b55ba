"""A signed S3 request written without the library, so that tests can check results independently of it."""

from __future__ import annotations

import hashlib
import hmac
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import quote
from xml.etree import ElementTree


@dataclass(frozen=True)
class Answer:
    """The response."""

    status: int
    headers: dict[str, str]
    body: bytes

    def texts(self, name: str) -> list[str]:
        """The texts of all elements with a local name, in any namespace."""
        return [element.text or "" for element in ElementTree.fromstring(self.body).iter() if _local(element) == name]

    def records(self, *names: str) -> Iterator[dict[str, str]]:
        """The children of each element with one of the names, as a dictionary. `""` maps to the element's own name."""
        for element in ElementTree.fromstring(self.body).iter():
            if _local(element) in names:
                yield {"": _local(element), **{_local(child): child.text or "" for child in element}}


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


class RawS3:
    """One server and one pair of keys. It opens a connection for each request: slow but simple."""

    def __init__(self, endpoint: str, access_key: str, secret_key: str, ca_file: str | None = None) -> None:
        self.endpoint = endpoint
        self.access_key = access_key
        self.secret_key = secret_key
        self.ca_file = ca_file

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        service: str = "s3",
        signed: bool = True,
    ) -> Answer:
        """Send a request. `path` must not be quoted yet."""
        target = quote(path, safe="/~")
        args = "&".join(
            f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in sorted((query or {}).items())
        )
        sent = {"host": self.endpoint, **{name.lower(): value for name, value in (headers or {}).items()}}
        if signed:
            self._sign(method, target, args, sent, hashlib.sha256(body).hexdigest(), service)
        connection = self._connection()
        try:
            connection.request(method, f"{target}?{args}" if args else target, body or None, sent)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def _connection(self) -> HTTPConnection:
        if self.ca_file is None:
            return HTTPConnection(self.endpoint, timeout=60)
        return HTTPSConnection(self.endpoint, timeout=60, context=ssl.create_default_context(cafile=self.ca_file))

    def _sign(self, method: str, path: str, args: str, headers: dict[str, str], digest: str, service: str) -> None:
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers |= {"x-amz-date": date, "x-amz-content-sha256": digest}
        names = sorted(headers)
        lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
        canonical = "\n".join([method, path, args, lines, ";".join(names), digest])
        scope = f"{date[:8]}/us-east-1/{service}/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{self.secret_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, "
            f"SignedHeaders={';'.join(names)}, Signature={signature}"
        )
