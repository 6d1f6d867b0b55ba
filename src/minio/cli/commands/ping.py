"""`mio ping`: whether a server can be used, and where its configuration comes from."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from minio._transfers import url_of

from .. import flags
from ..context import Context

if TYPE_CHECKING:
    from minio.hooks import ResponseEvent

EXAMPLES = (
    ("mio ping", "The default connection"),
    ("mio ping play", "An alias"),
    ("mio ping s3://my-bucket", "A bucket, whose region may have another server"),
)

_SKEW = 300.0
"""The seconds from which on servers refuse a signature, with room for the way."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("place", nargs="?", default="s3://", metavar="ADDRESS", help="an alias, or a bucket")
    parser.add_argument("--count", metavar="N", type=flags.positive, default=3, help="requests to measure (3)")


class _Record:
    """What the responses of the server say."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.skews: list[float] = []
        self.server = ""

    def __call__(self, event: ResponseEvent) -> None:
        if event.status is None:
            return
        self.latencies.append(event.seconds)
        self.server = event.headers.get("server", "") or self.server
        date = event.headers.get("date")
        if date:
            # Dates have seconds: half of one, and half of the way, are the best guess.
            told = parsedate_to_datetime(date).timestamp() + 0.5
            self.skews.append(time.time() - event.seconds / 2 - told)

    @property
    def skew(self) -> float | None:
        """Seconds by which this machine's clock is ahead; None if it is within the precision of a date."""
        return min(self.skews, key=abs) if self.skews else None


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    remote = context.remote(arguments.place, bucket=False)
    connection = context.connection(remote)
    record = _Record()
    client = context.client(remote, on_response=record)
    url = url_of(client)
    lines: dict[str, Any] = {
        "endpoint": _with_source(url, connection.sources["endpoint"]),
        "TLS": "yes" if url.startswith("https:") else "no",
        "keys": connection.sources["keys"],
        "region": _with_source(connection.options.get("region"), connection.sources["region"]),
    }
    _show(context, lines)
    region = None
    for _ in range(arguments.count):
        if remote.bucket:
            region = client.head_bucket(remote.bucket).region
        else:
            client.list_buckets()
    best = min(record.latencies)
    skew = record.skew
    ahead = skew is not None and abs(skew) > 1
    _show(
        context,
        {
            "server": record.server,
            "bucket": f"in {region}" if region else "",
            "clock": f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server"
            if ahead and skew
            else "right",
            "latency": f"{best * 1000:.1f} ms",
        },
    )
    if skew is not None and abs(skew) > _SKEW:
        context.output.warn("the clock of this machine is wrong, and the server may refuse signatures", remote)
    context.output.result(
        "server",
        source=remote,
        endpoint=url,
        tls=url.startswith("https:"),
        sources=dict(connection.sources),
        region=region or connection.options.get("region"),
        server=record.server or None,
        skew=None if skew is None else round(skew, 1),
        latency=best,
        time=datetime.now(UTC),
    )
    return 0


def _with_source(value: object, source: str) -> str:
    return f"{value} (from {source})" if value and source else str(value or "")


def _show(context: Context, lines: dict[str, Any]) -> None:
    from minio._core.printable import printable

    for name, value in lines.items():
        if value:
            between = " " * (10 - len(name)) if context.output.terminal else "\t"
            context.output.line(f"{name}{between}{printable(str(value))}")
    context.output.flush()
