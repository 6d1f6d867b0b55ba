"""The servers that tests run against, with one interface. Each starts when the first test needs it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from minio.local import LocalServer, LocalServerError

from .ceph import CephServer
from .raw import RawS3
from .receiver import Receiver
from .volumes import grow_volume

if TYPE_CHECKING:
    from minio import AsyncMinio, Minio

NAMES = ("seaweedfs", "juicefs", "ceph")


class LiveServer:
    """A running server."""

    def __init__(self, name: str, backend: LocalServer | CephServer) -> None:
        self.name = name
        self.backend = backend
        backend.start()
        self.endpoint = backend.endpoint
        self.access_key = backend.access_key
        self.secret_key = backend.secret_key
        self.secure = backend.tls
        self.raw = RawS3(self.endpoint, self.access_key, self.secret_key)

    def __repr__(self) -> str:
        return f"<{self.name} at {self.endpoint}>"

    @property
    def url(self) -> str:
        return f"http://{self.endpoint}"

    def make_client(self, **options: Any) -> Minio:
        from minio import Minio

        return Minio(self.endpoint, **self._options(options))

    def make_async_client(self, **options: Any) -> AsyncMinio:
        from minio import AsyncMinio

        return AsyncMinio(self.endpoint, **self._options(options))

    def _options(self, options: dict[str, Any]) -> dict[str, Any]:
        keys = {} if "credentials" in options else {"access_key": self.access_key, "secret_key": self.secret_key}
        return {**keys, "secure": self.secure, **options}

    def expect_bucket(self, name: str) -> None:
        """Prepare for a bucket that a test is going to make."""

    def stop(self) -> None:
        self.backend.stop()


class SeaweedFSServer(LiveServer):
    """Has a volume for each bucket before the bucket's first object."""

    backend: LocalServer

    def __init__(self) -> None:
        super().__init__("seaweedfs", LocalServer(engine="seaweedfs"))

    def expect_bucket(self, name: str) -> None:
        grow_volume(self.backend, name)


class JuiceFSServer(LiveServer):
    """Pushes events to `webhook` when a notification configuration names `queue_arn`."""

    queue_arn = "arn:minio:sqs::1:webhook"

    def __init__(self) -> None:
        self.webhook = Receiver()
        target = {"MINIO_NOTIFY_WEBHOOK_ENABLE_1": "on", "MINIO_NOTIFY_WEBHOOK_ENDPOINT_1": self.webhook.url}
        try:
            super().__init__("juicefs", LocalServer(engine="juicefs", environment=target))
            self._await_target()
        except BaseException:
            self.webhook.close()
            raise

    def _await_target(self) -> None:
        """Wait until the queue is known: the gateway serves S3 requests shortly before it has read its targets."""
        one = f"<Id>probe</Id><Queue>{self.queue_arn}</Queue><Event>s3:ObjectCreated:*</Event>"
        wish = f"<NotificationConfiguration><QueueConfiguration>{one}</QueueConfiguration></NotificationConfiguration>"
        self.raw.request("PUT", "/target-probe")
        deadline = time.monotonic() + 60
        while (answer := self.raw.request("PUT", "/target-probe", {"notification": ""}, wish.encode())).status != 200:
            if time.monotonic() > deadline:
                self.backend.stop()
                raise LocalServerError(f"juicefs does not know its webhook: {answer}")
            time.sleep(0.05)
        self.raw.request("DELETE", "/target-probe")

    def stop(self) -> None:
        super().stop()
        self.webhook.close()


class CephLiveServer(LiveServer):
    """Pushes events to `webhook` when a notification configuration names a topic from `make_topic`."""

    def __init__(self) -> None:
        self.webhook = Receiver()
        try:
            super().__init__("ceph", CephServer())
        except BaseException:
            self.webhook.close()
            raise

    def make_topic(self, name: str) -> str:
        """Create a topic that pushes to `webhook` and return its ARN."""
        form = {
            "Action": "CreateTopic",
            "Name": name,
            "Attributes.entry.1.key": "push-endpoint",
            "Attributes.entry.1.value": self.webhook.url,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = self.raw.request("POST", "/", body=urlencode(form).encode(), headers=headers)
        assert answer.status == 200, answer
        (arn,) = answer.texts("TopicArn")
        return arn

    def stop(self) -> None:
        super().stop()
        self.webhook.close()


_MAKERS = {
    "seaweedfs": SeaweedFSServer,
    "juicefs": JuiceFSServer,
    "ceph": CephLiveServer,
}


class Servers:
    """The running servers. A server that failed to start is not retried for each test."""

    def __init__(self) -> None:
        self._running: dict[str, LiveServer] = {}
        self._failed: dict[str, Exception] = {}

    def get(self, name: str) -> LiveServer:
        if name in self._failed:
            raise self._failed[name]
        if name not in self._running:
            try:
                self._running[name] = _MAKERS[name]()
            except Exception as error:
                self._failed[name] = error
                raise
        return self._running[name]

    def stop(self) -> None:
        while self._running:
            self._running.popitem()[1].stop()


def wanted() -> list[str]:
    """The servers in MINIO_TEST_SERVERS (comma-separated), or all of them."""
    names = [name.strip() for name in os.environ.get("MINIO_TEST_SERVERS", "").split(",") if name.strip()]
    unknown = set(names) - set(NAMES)
    if unknown:
        raise ValueError(f"MINIO_TEST_SERVERS names {', '.join(sorted(unknown))}; known are {', '.join(NAMES)}")
    return names or list(NAMES)
