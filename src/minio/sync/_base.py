# Generated from src/minio/aio/_base.py by tools/generate_sync.py. Do not edit.
"""The base class of all call families: the constructor, and running one operation."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TextIO, TypeVar, cast

from .._core.arguments import DEFAULT_TRUE, NOT_GIVEN, check_bucket_name, check_encodable, check_flag, check_region
from .._core.engine.hooks import changed_hooks, make_hooks
from .._core.engine.session import USER_AGENT, Session
from .._core.http.settings import TransportSettings
from .._core.ops.base import Operation
from .._core.wire.checksums import check_checksum
from .._core.wire.endpoint import Endpoint, parse_address
from ..error import InvalidArgumentError, InvalidArgumentTypeError
from ..retry import Retry, to_retry
from ._backend import CancelScope, open_transport, run, run_detached
from ._loops import Loops

if TYPE_CHECKING:
    from collections.abc import Callable

    from urllib3 import PoolManager

    from ..credentials import Credentials, Provider
    from ..hooks import RequestEvent, ResponseEvent, RetryEvent


T = TypeVar("T")


class Base:
    """The state of a client, and running one operation."""

    def __init__(
        self,
        endpoint: str,
        access_key: str | None = None,
        secret_key: str | None = None,
        session_token: str | bool | int | None = None,
        secure: bool | str | int | None = DEFAULT_TRUE,
        region: str | PoolManager | None = None,
        http_client: PoolManager | None = None,
        credentials: Provider | None = None,
        cert_check: bool | int | None = True,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        retries: Retry | int | None = None,
        checksum: str | None = "CRC32C",
        ca_certs: str | None = None,
        client_cert: str | tuple[str, str] | None = None,
        proxy: str | None = None,
        deadline: float | None = None,
        durable: bool = False,
        max_connections: int = 256,
        enable_rdma: bool = False,
        timeout: Any = None,
        certificate_bundle: str | None = None,
        presign_endpoint: str | None = None,
        bandwidth_limit: int | None = None,
        on_request: Callable[[RequestEvent], object] | None = None,
        on_response: Callable[[ResponseEvent], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
    ) -> None:
        """Create a client. This sends no request.

        Positional arguments can be in the order of the documented API (`endpoint, access_key, secret_key, secure,
        region, http_client`) or in that of 7.2 (with `session_token` before `secure`).

        Args:
            endpoint: The server as `host` or `host:port`, or with a scheme: `http://host:port`.
            access_key: The access key. Without it, calls are anonymous.
            secret_key: The secret key.
            session_token: The session token of temporary credentials.
            secure: Use HTTPS. Any truth value except a text such as "false". If this is not given, a scheme of the
                endpoint decides. A scheme must not contradict it.
            region: The region of all buckets. Without it, the client asks the server once for each bucket.
            http_client: A urllib3 PoolManager or ProxyManager that replaces the built-in transport. It is used with its
                own settings. Only for the blocking client.
            credentials: A credentials provider, instead of keys.
            cert_check: Verify the server's certificate. Any truth value except a text.
            connect_timeout: Seconds to establish a connection, including the DNS lookup, the proxy and the TLS
                handshake.
            read_timeout: Seconds without progress in sending or receiving before a request fails.
            retries: A Retry, or the maximum number of retries (0 disables them). None means the default Retry.
            checksum: The checksum of a body that the server verifies, in addition to the signed SHA-256: "CRC32C",
                "CRC32", "SHA256", "SHA1", "CRC64NVME" (with `pip install minio[crc64nvme]`), "MD5" or None.
            ca_certs: A file or directory of CA certificates, which must exist. The default is SSL_CERT_FILE if it is
                set, otherwise the certifi bundle.
            client_cert: The client's own certificate: a PEM file, or a tuple of a certificate file and a key file. The
                files must exist.
            proxy: The URL of the proxy, or "" for no proxy. The default comes from HTTP_PROXY, HTTPS_PROXY and
                NO_PROXY.
            deadline: Seconds for each call, including retries; see `with_options`.
            durable: Whether `fget_object` syncs the file to the disk before it returns.
            max_connections: How many idle connections the client keeps. It opens one for each thread that makes a call.
            enable_rdma: Must be False: this client transfers over TCP only.
            timeout: The name in 2.x of both time-outs: a number of seconds, or a `urllib3.Timeout`.
            certificate_bundle: The name in 2.x of `ca_certs`.
            presign_endpoint: The endpoint of presigned URLs and forms, if others reach the server under another
                address: `https://files.example.com`, or `host:port`, which has the scheme of `endpoint`. S3 includes
                the host in the signature, so a URL cannot be changed afterwards.
            bandwidth_limit: The maximum number of bytes a second that all uploads and downloads of this client transfer
                together. Not together with `http_client`. Each process has its own limit.
            on_request: A function to call before each request is sent; see `minio.hooks`. Pickled clients leave hooks
                behind.
            on_response: A function to call after each response, or error without a response.
            on_retry: A function to call before the pause that precedes a retry.

        Raises:
            InvalidEndpointError: An endpoint is not a host with an optional scheme and port, or its scheme contradicts
                `secure`.
            InvalidArgumentError: Another argument is invalid; the message names it.

        Example:
            >>> client = Minio("127.0.0.1:9000", "access key", "secret key", secure=False)
        """
        if enable_rdma:
            raise InvalidArgumentError("enable_rdma must be False: this client transfers over TCP only")
        explicit = secure is not DEFAULT_TRUE
        if isinstance(session_token, int) and session_token in (0, 1):
            order = _documented_order(session_token, secure if explicit else True, region, http_client)
            (secure, region, http_client), session_token, explicit = order, None, True
        secure, cert_check = check_flag("secure", secure), check_flag("cert_check", cert_check)
        if isinstance(proxy, str):
            check_encodable("proxy", proxy, secret=True)
        fixed = check_region("region", region)
        connect_timeout, read_timeout = _timeouts(timeout, connect_timeout, read_timeout)
        ca_certs = ca_certs or certificate_bundle
        _check_files(ca_certs, client_cert)
        where = parse_address("endpoint", endpoint, secure, explicit)
        self._session = Session(
            endpoint=where,
            presign_endpoint=_other_endpoint(presign_endpoint, where),
            provider=_provider(access_key, secret_key, session_token, credentials),
            region=fixed,
            retry=to_retry(retries),
            checksum=check_checksum(checksum),
            proxy=proxy,
            hooks=make_hooks(on_request, on_response, on_retry),
        )
        self._settings = TransportSettings(
            connect_timeout=_seconds("connect_timeout", connect_timeout),
            read_timeout=_seconds("read_timeout", read_timeout),
            cert_check=cert_check,
            ca_certs=ca_certs,
            client_cert=client_cert,
            proxy=proxy,
            max_connections=max_connections,
            bandwidth_limit=bandwidth_limit,
        )
        if http_client is not None and bandwidth_limit is not None:
            raise InvalidArgumentError("bandwidth_limit must not be given with http_client, which sends by itself")
        self._session.retry_transport = http_client is None
        self._http_client = http_client
        self._transport = open_transport(self._settings, http_client)
        self._owner = True
        self._deadline = _to_deadline(deadline)
        self._durable = check_flag("durable", durable)
        self._learned: dict[str, Any] = {}
        """What calls learn about this machine, such as how fast its disk is. Derived clients share it."""
        self._loops = Loops()

    def with_options(
        self,
        *,
        deadline: float | None = NOT_GIVEN,
        retries: Retry | int | None = NOT_GIVEN,
        checksum: str | None = NOT_GIVEN,
        durable: bool = NOT_GIVEN,
        on_request: Callable[[RequestEvent], object] | None = NOT_GIVEN,
        on_response: Callable[[ResponseEvent], object] | None = NOT_GIVEN,
        on_retry: Callable[[RetryEvent], object] | None = NOT_GIVEN,
    ) -> Self:
        """Return a client with some options changed, for one or more calls.

        The new client shares the connections of this one, and works until this one is closed. Closing the new client
        does not close the connections.

        Args:
            deadline: Seconds for each call: all its requests, retries and pauses, and reading the response that
                `get_object` returns. For iterators the limit applies to each step. None disables it. Cleaning up after
                a failed call may take a little longer. `listen_bucket_notification` has no deadline.
            retries: A Retry, or the maximum number of retries (0 disables them). None means the default Retry.
            checksum: The checksum of a body that the server verifies, as in the constructor.
            durable: Whether `fget_object` syncs the file to the disk before it returns.
            on_request: A function to call before each request is sent; see `minio.hooks`. None removes it.
            on_response: A function to call after each response, or error without a response.
            on_retry: A function to call before the pause that precedes a retry.

        Returns:
            A new client. Options that are not given are inherited.

        Raises:
            InvalidArgumentError: An option is invalid; the message names it.

        Example:
            >>> found = client.with_options(deadline=5).stat_object("my-bucket", "my-object")
            >>> print(found.size)
        """
        session = self._session
        hooks = {"on_request": on_request, "on_response": on_response, "on_retry": on_retry}
        made = self._derive(
            hooks=changed_hooks(session.hooks, hooks),
            retry=session.retry if retries is NOT_GIVEN else to_retry(retries),
            checksum=session.checksum if checksum is NOT_GIVEN else check_checksum(checksum),
        )
        if deadline is not NOT_GIVEN:
            made._deadline = _to_deadline(deadline)
        if durable is not NOT_GIVEN:
            made._durable = check_flag("durable", durable)
        return made

    def _derive(self, **changes: Any) -> Self:
        """Return a client whose session differs in some fields. It shares the connections of this one."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, _owner=False)
        made._session = replace(self._session, **changes)
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections. Further calls raise ClosedError.

        Example:
            >>> client.close()
        """
        if self._owner:
            self._loops.close()
            self._transport.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._session.endpoint)!r}, secure={self._session.endpoint.secure})"

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for pickling. A copy opens its own connections."""
        own = ("_transport", "_learned", "_loops")
        return {name: value for name, value in self.__dict__.items() if name not in own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _owner=True, _learned={}, _loops=Loops())
        self._transport = open_transport(self._settings, self._http_client)

    def _call(self, operation: Operation[T], scope: CancelScope | None = None) -> T:
        """Run one operation. Other threads can cancel it through `scope`. `LegacyCalls` implements this."""
        raise NotImplementedError

    def _call_briefly(self, operation: Operation[T], seconds: float) -> T:
        """Run a cleanup operation with few tries, because an error is waiting to be raised."""
        from .._core.engine.flow import call

        session, transport = self._route(replace(self._session, retry=Retry(tries=2, base=0.1)))
        return run_detached(call(operation, session), transport, seconds)

    def _route(self, session: Session) -> tuple[Session, Any]:
        """Return the session and the transport for a flow of this client."""
        return session, self._transport

    def _credentials(self) -> Credentials | None:
        from .._core.engine.flow import current_credentials

        return run(current_credentials(self._session), self._transport)

    def _region(self, bucket_name: str) -> str:
        """Return the region of a bucket: the given one, the cached one, or the one that the server reports."""
        from .._core.engine.flow import bucket_region

        session = self._session
        options = session.options
        found = (options and options.region) or session.regions.get(bucket_name) or session.region
        found = found or session.endpoint.region
        if found:
            return found
        if session.provider is None:
            return "us-east-1"
        session, transport = self._route(session)
        return run(bucket_region(session, bucket_name), transport)

    def _check_bucket(self, bucket_name: str) -> None:
        check_bucket_name(bucket_name, s3_check=bool(self._session.endpoint.aws))

    def set_app_info(self, app_name: str, app_version: str) -> None:
        """Add the name and version of an application to the User-Agent.

        Raises:
            InvalidArgumentError: An argument is empty or is not printable ASCII.

        Example:
            >>> client.set_app_info("my-app", "1.0.2")
        """
        if not (app_name and app_version):
            raise InvalidArgumentError("app_name and app_version must not be empty")
        if not (isinstance(app_name, str) and isinstance(app_version, str)):
            raise InvalidArgumentTypeError("app_name and app_version must be str")
        if not (app_name + app_version).isprintable() or not (app_name + app_version).isascii():
            raise InvalidArgumentError("app_name and app_version must be printable ASCII")
        self._session.user_agent = f"{USER_AGENT} {app_name}/{app_version}"

    def trace_on(self, stream: TextIO) -> None:
        """Write every request and response to a text stream, without credentials and signatures.

        Raises:
            InvalidArgumentError: `stream` has no `write` method.

        Example:
            >>> import sys
            >>> client.trace_on(sys.stderr)
        """
        if stream is None or not hasattr(stream, "write"):
            raise InvalidArgumentError("stream must be a text stream to write to")
        self._session.trace = stream

    def trace_off(self) -> None:
        """Stop the trace that `trace_on` started.

        Example:
            >>> client.trace_off()
        """
        self._session.trace = None

    def enable_virtual_style_endpoint(self) -> None:
        """Use virtual-hosted-style URLs: `bucket.host/object`.

        Example:
            >>> client.enable_virtual_style_endpoint()
        """
        self._readdress(virtual=True)

    def disable_virtual_style_endpoint(self) -> None:
        """Use path-style URLs: `host/bucket/object`.

        Example:
            >>> client.disable_virtual_style_endpoint()
        """
        self._readdress(virtual=False)

    def enable_dualstack_endpoint(self) -> None:
        """Use the dual-stack endpoints of AWS, which support IPv4 and IPv6.

        Example:
            >>> client.enable_dualstack_endpoint()
        """
        self._readdress(dualstack=True)

    def disable_dualstack_endpoint(self) -> None:
        """Use the IPv4 endpoints of AWS.

        Example:
            >>> client.disable_dualstack_endpoint()
        """
        self._readdress(dualstack=False)

    def enable_accelerate_endpoint(self) -> None:
        """Use the transfer acceleration endpoints of AWS.

        Example:
            >>> client.enable_accelerate_endpoint()
        """
        self._readdress(accelerate=True)

    def disable_accelerate_endpoint(self) -> None:
        """Use the standard endpoints of AWS.

        Example:
            >>> client.disable_accelerate_endpoint()
        """
        self._readdress(accelerate=False)

    def _readdress(self, **flags: bool) -> None:
        session = self._session
        session.endpoint = session.endpoint.with_flags(**flags)
        if session.presign_endpoint is not None:
            session.presign_endpoint = session.presign_endpoint.with_flags(**flags)


def _documented_order(
    secure: bool | int, region: Any, http_client: Any, third: PoolManager | None
) -> tuple[bool | int, str | None, PoolManager | None]:
    """Return `secure`, `region` and `http_client` of the documented order, which are one position further to the left.

    Args:
        secure: The value at the position of `session_token`.
        region: The value at the position of `secure`, or True if there is none.
        http_client: The value at the position of `region`.
        third: The value at the position of `http_client`.
    """
    if region is False or (not isinstance(region, bool) and isinstance(http_client, str)):
        raise InvalidArgumentTypeError("secure and region must not be given twice: session_token must not be a bool")
    found = None
    if not isinstance(http_client, (str, type(None))):
        third, http_client = http_client, None
    if not isinstance(region, bool):
        found = _region_at_secure(region)
    return secure, found if http_client is None else http_client, third


def _other_endpoint(presign_endpoint: str | None, endpoint: Endpoint) -> Endpoint | None:
    """Return the endpoint of presigned URLs, or None if it is that of the client."""
    if presign_endpoint is None:
        return None
    return parse_address("presign_endpoint", presign_endpoint, endpoint.secure, explicit=False)


_BOOLEAN_TEXTS = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1"})


def _region_at_secure(value: Any) -> str | None:
    """Return the region of the documented order, which is at the position of `secure`."""
    if isinstance(value, str) and value.lower() in _BOOLEAN_TEXTS:
        raise InvalidArgumentTypeError(f"secure must be True or False, not the text {value!r}: compare the text first")
    return cast("str | None", value)


def _provider(
    access_key: str | None, secret_key: str | None, session_token: Any, credentials: Provider | None
) -> Provider | None:
    from ..credentials import StaticProvider

    if credentials is not None:
        if not hasattr(credentials, "retrieve"):
            raise InvalidArgumentTypeError(f"credentials must be a Provider, not {type(credentials).__name__}")
        return credentials
    given = {"access_key": access_key, "secret_key": secret_key, "session_token": session_token}
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
        if value:
            check_encodable(name, value, secret=True)
        if value and (value != value.strip() or not value.isprintable()):
            raise InvalidArgumentError(f"{name} must not begin or end with white space, nor hold control characters")
    if not access_key:
        if secret_key:
            raise InvalidArgumentError("access_key must be given with secret_key")
        return None
    if not secret_key:
        raise InvalidArgumentError("secret_key must be given with access_key")
    return StaticProvider(access_key, secret_key, session_token)


def _check_files(ca_certs: object, client_cert: object) -> None:
    """Raise InvalidArgumentError now, not at the first call, if a certificate file cannot be read."""
    pair = client_cert if isinstance(client_cert, tuple) else (client_cert,)
    for name, path in (("ca_certs", ca_certs), *(("client_cert", each) for each in pair)):
        if not isinstance(path, str):
            continue  # TransportSettings rejects values that are neither None nor a str
        if "\0" in path or not os.access(path, os.R_OK):
            what = "cannot be read" if "\0" not in path and os.path.exists(path) else "does not exist"
            raise InvalidArgumentError(f"{name}: the file {path!r} {what}")
        if name == "client_cert" and os.path.isdir(path):
            raise InvalidArgumentError(f"{name}: {path!r} is a directory, and must be a PEM file")


def _timeouts(timeout: Any, connect: float, read: float) -> tuple[float, float]:
    """Return the time-outs to use. `timeout` is that of 2.x: seconds, or a urllib3.Timeout."""
    if timeout is None:
        return connect, read
    if not hasattr(timeout, "connect_timeout"):
        return (_seconds("timeout", timeout),) * 2
    found = (getattr(timeout, name) for name in ("connect_timeout", "read_timeout"))
    given = [value if isinstance(value, (int, float)) else None for value in found]
    return connect if given[0] is None else given[0], read if given[1] is None else given[1]


def _to_deadline(deadline: float | None) -> float | None:
    return None if deadline is None else _seconds("deadline", deadline)


def _seconds(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidArgumentTypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not 0 < value < 1e6:
        raise InvalidArgumentError(f"{name} must be a number of seconds above 0, not {value!r}")
    return float(value)
