# Generated from src/minio/aio/_base.py by tools/generate_sync.py. Do not edit.
"""What every family of calls stands on: the constructor, and the way one operation is carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TextIO, TypeVar

from .._core.engine.flow import bucket_region, call, current_credentials
from .._core.engine.session import USER_AGENT, Session
from .._core.http.settings import TransportSettings
from .._core.ops.base import Operation
from .._core.wire.checksums import check_checksum
from .._core.wire.endpoint import Endpoint, parse_endpoint
from ..error import DeadlineExceeded, InvalidArgumentError, InvalidArgumentTypeError, NoSuchUpload
from ..helpers import UNSET, Unset, check_bucket_name, check_region
from ..retry import Retry, to_retry
from ._options import limited_class
from ._seam import Scope, begin_safely, carry_out, carry_out_apart, open_transport

if TYPE_CHECKING:
    from urllib3 import PoolManager

    from ..credentials import Credentials, Provider


T = TypeVar("T")

_CLEANUP = 5.0
_HURRY = 1.5
"""Seconds for removing what a failed call has begun: usually, and when its caller has no time left."""


class Base:
    """A client: its state, and one call."""

    def __init__(
        self,
        endpoint: str,
        access_key: str | None = None,
        secret_key: str | None = None,
        session_token: str | bool | None = None,
        secure: bool | str | None = True,
        region: str | PoolManager | None = None,
        http_client: PoolManager | None = None,
        credentials: Provider | None = None,
        cert_check: bool = True,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        retries: Retry | int | None = None,
        checksum: str | None = "CRC32C",
        ca_certs: str | None = None,
        client_cert: str | tuple[str, str] | None = None,
        proxy: str | None = None,
        deadline: float | None = None,
    ) -> None:
        """Make a client. Nothing is sent yet.

        Both orders of the positional arguments are understood: that of the documented API (`endpoint, access_key,
        secret_key, secure, region, http_client`) and that of 7.2 (with `session_token` before `secure`).

        Args:
            endpoint: The server as `host` or `host:port`.
            access_key: The access key; without it calls are anonymous.
            secret_key: The secret key.
            session_token: The token that goes with temporary keys.
            secure: Use https.
            region: The region of all buckets; otherwise it is asked of the server, once a bucket.
            http_client: A urllib3 PoolManager or ProxyManager to be used instead of the built-in transport, as it is.
                Only for the blocking client.
            credentials: A provider of credentials, instead of keys.
            cert_check: Verify the server's certificate.
            connect_timeout: Seconds to reach the server.
            read_timeout: Seconds without any progress.
            retries: How calls are tried again: a Retry, or how often at most.
            checksum: What the server is to verify of a body, besides the signed SHA-256: "CRC32C", "CRC32", "SHA256",
                "MD5" or None.
            ca_certs: A file or directory of authorities; otherwise SSL_CERT_FILE, else certifi's.
            client_cert: The client's own certificate: a PEM file, or a certificate file and a key file.
            proxy: The proxy's URL, "" for none; otherwise HTTP_PROXY, HTTPS_PROXY and NO_PROXY say.
            deadline: Seconds for each call, retries included; see `with_options`.

        Raises:
            InvalidEndpointError: The endpoint is something else than a host and a port.
            InvalidArgumentError: Another argument is wrong; the message names it.

        Example:
            >>> client = Minio("127.0.0.1:9000", "access key", "secret key", secure=False)
        """
        if isinstance(session_token, bool):
            # The documented order: the values stand one place further to the left.
            if secure is False or (not isinstance(secure, bool) and isinstance(region, str)):
                raise InvalidArgumentTypeError("secure and region must not be given twice: session_token is no bool")
            if not isinstance(region, (str, type(None))):
                http_client, region = region, None
            if not isinstance(secure, bool):
                region = secure if region is None else region
            session_token, secure = None, session_token
        if not isinstance(secure, bool):
            raise InvalidArgumentTypeError(f"secure must be a bool, not {type(secure).__name__}")
        fixed = check_region("region", region)
        where = parse_endpoint(endpoint, secure)
        self._session = Session(
            endpoint=where,
            provider=_provider(access_key, secret_key, session_token, credentials),
            region=fixed,
            retry=to_retry(retries),
            checksum=check_checksum(checksum),
        )
        self._settings = TransportSettings(
            connect_timeout=_seconds("connect_timeout", connect_timeout),
            read_timeout=_seconds("read_timeout", read_timeout),
            cert_check=cert_check,
            ca_certs=ca_certs,
            client_cert=client_cert,
            proxy=proxy,
        )
        self._session.retry_transport = http_client is None
        self._http_client = http_client
        self._transport = open_transport(self._settings, http_client)
        self._owner = True
        self._limit(deadline)

    def _limit(self, deadline: float | None) -> None:
        self._deadline = None if deadline is None else _seconds("deadline", deadline)
        cls: Any = getattr(self, "_unlimited", type(self))
        self.__class__ = cls if deadline is None else limited_class(cls)

    def with_options(
        self,
        *,
        deadline: float | Unset | None = UNSET,
        retries: Retry | int | Unset | None = UNSET,
        checksum: str | Unset | None = UNSET,
    ) -> Self:
        """Make a client that differs in some options, for one call or for many.

        It uses this client's connections, and works as long as this one is open; closing it closes nothing.

        Args:
            deadline: Seconds for each whole call: all its requests, retries and pauses, and reading the object that
                `get_object` returns. Of an iterator it is each step. None: as long as it takes. Removing what a failed
                call has begun may take a little more. `listen_bucket_notification` keeps none.
            retries: How calls are tried again: a Retry, or how often at most.
            checksum: What the server is to verify of a body, as in the constructor.

        Returns:
            The other client. What is not named is as it is here.

        Raises:
            InvalidArgumentError: An option is wrong; the message names it.

        Example:
            >>> found = client.with_options(deadline=5).stat_object("my-bucket", "my-object")
            >>> print(found.size)
        """
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, _owner=False)
        session = self._session
        made._session = replace(
            session,
            retry=session.retry if isinstance(retries, Unset) else to_retry(retries),
            checksum=session.checksum if isinstance(checksum, Unset) else check_checksum(checksum),
        )
        if not isinstance(deadline, Unset):
            made._limit(deadline)
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections. A closed client makes no more calls.

        Example:
            >>> client.close()
        """
        if self._owner:
            self._transport.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._session.endpoint)!r}, secure={self._session.endpoint.secure})"

    def __getstate__(self) -> dict[str, Any]:
        """What a copy in another process needs: connections are its own."""
        return {name: value for name, value in self.__dict__.items() if name != "_transport"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _owner=True)
        self._transport = open_transport(self._settings, self._http_client)

    def _call(self, operation: Operation[T], scope: Scope | None = None) -> T:
        """Carry out one operation; a scope lets other threads end it."""
        return carry_out(call(operation, self._session), self._transport, scope)

    def _call_briefly(self, operation: Operation[T], seconds: float) -> T:
        """Carry out an operation that cleans up: without many tries, since there is an error to be told of."""
        session = replace(self._session, retry=Retry(tries=2, base=0.1))
        return carry_out_apart(call(operation, session), self._transport, seconds)

    def _create_upload(self, bucket: str, key: str, headers: dict[str, str]) -> str:
        """Begin a multipart upload; none is left behind when that is interrupted."""

        from .._core.ops.multipart import CreateMultipartUpload

        def begin() -> str:
            return self._call(CreateMultipartUpload(bucket, key, headers))

        def undo(upload_id: str) -> None:
            self._give_up_upload(bucket, key, upload_id, KeyboardInterrupt())

        return begin_safely(begin, undo)

    def _give_up_upload(self, bucket: str, key: str, upload_id: str, error: BaseException) -> None:
        """Remove what has been sent of an upload; if that fails too, the error says what is left behind."""
        from .._core.ops.multipart import AbortMultipartUpload

        hurried = isinstance(error, DeadlineExceeded) or not isinstance(error, Exception)
        try:
            self._call_briefly(AbortMultipartUpload(bucket, key, upload_id), _HURRY if hurried else _CLEANUP)
        except NoSuchUpload:
            return  # nothing is left: it was completed, or somebody else has removed it
        except Exception as fault:  # noqa: BLE001 - whatever it is, the first error is the one to tell
            error.add_note(f"upload {upload_id} of {bucket}/{key} could not be aborted: {fault}")

    def _credentials(self) -> Credentials | None:
        return carry_out(current_credentials(self._session), self._transport)

    def _region(self, bucket_name: str) -> str:
        """The region of a bucket: as given, as learnt, or as the server says."""
        session = self._session
        found = session.regions.get(bucket_name) or session.region or session.endpoint.region
        if found:
            return found
        if session.provider is None:
            return "us-east-1"
        return carry_out(bucket_region(session, bucket_name), self._transport)

    def _check_bucket(self, bucket_name: str) -> None:
        check_bucket_name(bucket_name, s3_check=bool(self._session.endpoint.aws))

    def set_app_info(self, app_name: str, app_version: str) -> None:
        """Add the name and version of an application to the User-Agent.

        Raises:
            InvalidArgumentError: One of them is empty.

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
        """Write every request and answer to a stream, without credentials and signatures.

        Raises:
            InvalidArgumentError: The stream is missing.

        Example:
            >>> import sys
            >>> client.trace_on(sys.stderr)
        """
        if stream is None or not hasattr(stream, "write"):
            raise InvalidArgumentError("stream must be a text stream to write to")
        self._session.trace = stream

    def trace_off(self) -> None:
        """Stop what `trace_on` began.

        Example:
            >>> client.trace_off()
        """
        self._session.trace = None

    def enable_virtual_style_endpoint(self) -> None:
        """Put the bucket's name into the host: `bucket.host/object`.

        Example:
            >>> client.enable_virtual_style_endpoint()
        """
        self._readdress(virtual=True)

    def disable_virtual_style_endpoint(self) -> None:
        """Put the bucket's name into the path: `host/bucket/object`.

        Example:
            >>> client.disable_virtual_style_endpoint()
        """
        self._readdress(virtual=False)

    def enable_dualstack_endpoint(self) -> None:
        """On AWS, use the hosts that answer on IPv6 too.

        Example:
            >>> client.enable_dualstack_endpoint()
        """
        self._readdress(dualstack=True)

    def disable_dualstack_endpoint(self) -> None:
        """On AWS, use the hosts that answer on IPv4.

        Example:
            >>> client.disable_dualstack_endpoint()
        """
        self._readdress(dualstack=False)

    def enable_accelerate_endpoint(self) -> None:
        """On AWS, use the accelerated hosts.

        Example:
            >>> client.enable_accelerate_endpoint()
        """
        self._readdress(accelerate=True)

    def disable_accelerate_endpoint(self) -> None:
        """On AWS, use the usual hosts.

        Example:
            >>> client.disable_accelerate_endpoint()
        """
        self._readdress(accelerate=False)

    def _readdress(self, **flags: bool) -> None:
        endpoint: Endpoint = self._session.endpoint
        self._session.endpoint = endpoint.with_flags(**flags)


def _provider(
    access_key: str | None, secret_key: str | None, session_token: str | None, credentials: Provider | None
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
        if value and (value != value.strip() or not value.isprintable()):
            raise InvalidArgumentError(f"{name} must not begin or end with white space, nor hold control characters")
    if not access_key:
        if secret_key:
            raise InvalidArgumentError("access_key must be given with secret_key")
        return None
    if not secret_key:
        raise InvalidArgumentError("secret_key must be given with access_key")
    return StaticProvider(access_key, secret_key, session_token)


def _seconds(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidArgumentTypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not 0 < value < 1e6:
        raise InvalidArgumentError(f"{name} must be a number of seconds above 0, not {value!r}")
    return float(value)
