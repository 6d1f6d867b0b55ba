"""OpenTelemetry for the client: one span for each S3 operation, one event for each retry, and metrics.

It needs `pip install "minio[opentelemetry]"`, and a program that configures the OpenTelemetry SDK. Nothing else of the
package imports this module.

Example:
    >>> from minio.otel import instrument
    >>> client = instrument(Minio("127.0.0.1:9000", "access key", "secret key", secure=False))
    >>> client.bucket_exists("my-bucket")
    True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from opentelemetry.metrics import get_meter
from opentelemetry.trace import SpanKind, Status, StatusCode, get_tracer

from ._core.display import shows
from ._core.engine.hooks import Hooks, make_hooks
from ._version import __version__
from .error import InvalidArgumentTypeError, ResponseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider

    from .hooks import RequestEvent, ResponseEvent, RetryEvent

__all__ = ["OpenTelemetry", "instrument"]

C = TypeVar("C")
_SCOPE = "minio"
_QUERY = {"uploadId": "aws.s3.upload_id", "partNumber": "aws.s3.part_number"}


@shows(live=True)
class OpenTelemetry:
    """Three hooks that write spans and metrics.

    A span is named `S3.PutObject`. It lasts from the first request of the operation to its end, retries and pauses
    included, and its parent is the span that is current where the call was made. Its attributes follow the semantic
    conventions of HTTP and of AWS S3. A span never contains keys, signatures or query parameters that are secret.

    Args:
        tracer_provider: The provider of the tracer. The default is the global one.
        meter_provider: The provider of the meter. The default is the global one.

    Example:
        >>> from minio.otel import OpenTelemetry
        >>> hooks = OpenTelemetry()
        >>> client = client.with_options(on_request=hooks.on_request, on_response=hooks.on_response)
    """

    def __init__(
        self, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
    ) -> None:
        self._tracer = get_tracer(_SCOPE, __version__, tracer_provider)
        meter = get_meter(_SCOPE, __version__, meter_provider)
        self._calls = meter.create_histogram("minio.client.call.duration", "s", "Duration of S3 operations.")
        self._retries = meter.create_counter("minio.client.retries", "{retry}", "Number of retries.")
        self._requests = meter.create_histogram("http.client.request.duration", "s", "Duration of HTTP requests.")
        self._sent = meter.create_histogram("http.client.request.body.size", "By", "Size of request bodies.")
        self._received = meter.create_histogram("http.client.response.body.size", "By", "Size of response bodies.")
        self._spans: dict[int, tuple[Span, float]] = {}

    def on_request(self, event: RequestEvent) -> None:
        """Start the span of an operation with its first request."""
        if event.attempt == 1:
            span = self._tracer.start_span(
                f"S3.{event.operation}", kind=SpanKind.CLIENT, attributes=_request_attributes(event)
            )
            self._spans[event.call] = span, _now()

    def on_response(self, event: ResponseEvent) -> None:
        """Record a request, and end the span of an operation with its last response."""
        labels = _labels(event)
        self._requests.record(event.seconds, labels)
        self._sent.record(event.request.body_size, labels)
        if event.body_size is not None:
            self._received.record(event.body_size, labels)
        if not event.final:
            return
        span, began = self._spans.pop(event.request.call, (None, 0.0))
        if span is not None:
            self._calls.record(_now() - began, {"rpc.method": event.request.operation, **_error_type(event.error)})
            span.set_attributes(_response_attributes(event))
            if event.error is not None:
                span.set_status(Status(StatusCode.ERROR, str(event.error)))
            span.end()

    def on_retry(self, event: RetryEvent) -> None:
        """Add an event to the span, and count the retry."""
        request = event.request
        self._retries.add(1, {"rpc.method": request.operation, **_error_type(event.error)})
        span, _ = self._spans.get(request.call, (None, 0.0))
        if span is not None:
            attributes: dict[str, Any] = {
                "http.request.resend_count": request.attempt,
                "minio.retry.delay": event.delay,
                "exception.message": str(event.error),
                **_error_type(event.error),
            }
            span.add_event("retry", attributes)


def instrument(
    client: C, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> C:
    """Add spans and metrics to a client. Hooks that it has already are still called.

    Args:
        client: A `Minio`, `AsyncMinio`, `MinioAdmin` or `AsyncMinioAdmin`. Clients that were derived from it earlier
            are not changed.
        tracer_provider: The provider of the tracer. The default is the global one.
        meter_provider: The provider of the meter. The default is the global one.

    Returns:
        The same client.

    Example:
        >>> from minio.otel import instrument
        >>> instrument(client)
    """
    session = getattr(getattr(client, "_client", client), "_session", None)
    if session is None:
        raise InvalidArgumentTypeError(f"client must be a client of minio, not {type(client).__name__}")
    ours = OpenTelemetry(tracer_provider, meter_provider)
    old = session.hooks or Hooks()
    session.hooks = make_hooks(
        _both(old.on_request, ours.on_request),
        _both(old.on_response, ours.on_response),
        _both(old.on_retry, ours.on_retry),
    )
    return client


def _both(first: Callable[[Any], object] | None, second: Callable[[Any], object]) -> Callable[[Any], object]:
    if first is None:
        return second

    def both(event: Any) -> None:
        try:
            first(event)
        finally:
            second(event)

    return both


def _now() -> float:
    from time import monotonic

    return monotonic()


def _request_attributes(event: RequestEvent) -> dict[str, Any]:
    url = urlsplit(event.url)
    found: dict[str, Any] = {
        "rpc.system": "aws-api",
        "rpc.service": "S3",
        "rpc.method": event.operation,
        "http.request.method": event.method,
        "url.full": event.url,
        "server.address": url.hostname or "",
        "server.port": _port(url),
        "http.request.body.size": event.body_size,
    }
    if event.bucket_name:
        found["aws.s3.bucket"] = event.bucket_name
    if event.object_name:
        found["aws.s3.key"] = event.object_name
    for name, value in parse_qsl(url.query):
        if name in _QUERY:
            found[_QUERY[name]] = int(value) if name == "partNumber" and value.isdecimal() else value
    return found


def _response_attributes(event: ResponseEvent) -> dict[str, Any]:
    found: dict[str, Any] = {
        "http.response.status_code": event.status,
        "http.response.body.size": event.body_size,
        "aws.request_id": event.request_id,
        "aws.extended_request_id": event.host_id,
        "http.request.resend_count": event.request.attempt - 1 or None,
        **_error_type(event.error),
    }
    return {name: value for name, value in found.items() if value is not None}


def _labels(event: ResponseEvent) -> dict[str, Any]:
    """Return the attributes of metrics. They have few values, so they contain neither buckets nor objects."""
    url = urlsplit(event.request.url)
    found: dict[str, Any] = {
        "rpc.method": event.request.operation,
        "http.request.method": event.request.method,
        "server.address": url.hostname or "",
        "server.port": _port(url),
        **_error_type(event.error),
    }
    return found if event.status is None else {**found, "http.response.status_code": event.status}


def _port(url: Any) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _error_type(error: BaseException | None) -> dict[str, str]:
    """Return the S3 error code, or else the name of the exception."""
    if error is None:
        return {}
    code = getattr(error, "code", None) if isinstance(error, ResponseError) else None
    return {"error.type": code if isinstance(code, str) and code else type(error).__qualname__}
