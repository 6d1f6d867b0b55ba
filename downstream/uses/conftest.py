"""Fixtures of the uses: a server whose address is in the environment, and a bucket on it.

The uses run in environments with one `minio` or the other, so nothing here imports it. `servers.raw` is the project's
own signed request, with which tests look at the server without the client.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex

import pytest

from servers.cleanup import remove_bucket
from servers.raw import RawS3


@dataclass(frozen=True)
class Server:
    """The server, and its keys."""

    name: str
    endpoint: str
    access_key: str
    secret_key: str
    ca_file: str | None

    @property
    def secure(self) -> bool:
        return self.ca_file is not None

    @property
    def url(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.endpoint}"

    @property
    def raw(self) -> RawS3:
        return RawS3(self.endpoint, self.access_key, self.secret_key, self.ca_file)

    @property
    def keys(self) -> dict[str, str]:
        """The arguments of a client."""
        return {"access_key": self.access_key, "secret_key": self.secret_key}

    def body(self, bucket: str, key: str) -> bytes:
        """The content of an object, which must exist."""
        answer = self.raw.request("GET", f"/{bucket}/{key}")
        assert answer.status == 200, answer
        return answer.body

    def status(self, bucket: str, key: str, *, signed: bool = True) -> int:
        """The status of a GET of an object."""
        return self.raw.request("GET", f"/{bucket}/{key}", signed=signed).status

    def put(self, bucket: str, key: str, body: bytes = b"content") -> None:
        answer = self.raw.request("PUT", f"/{bucket}/{key}", body=body)
        assert answer.status == 200, answer


def from_environment() -> Server:
    return Server(
        os.environ["DOWNSTREAM_SERVER"],
        os.environ["DOWNSTREAM_ENDPOINT"],
        os.environ["DOWNSTREAM_ACCESS_KEY"],
        os.environ["DOWNSTREAM_SECRET_KEY"],
        os.environ.get("DOWNSTREAM_CA_FILE"),
    )


@pytest.fixture(scope="session")
def server() -> Server:
    return from_environment()


@pytest.fixture
def bucket_name(server: Server) -> Iterator[str]:
    """The name of a bucket that does not exist yet. It is removed after the test."""
    name = f"use-{token_hex(6)}"
    yield name
    remove_bucket(server.raw, name)


@pytest.fixture
def bucket(server: Server, bucket_name: str) -> str:
    """An empty bucket."""
    assert server.raw.request("PUT", f"/{bucket_name}").status == 200
    return bucket_name
