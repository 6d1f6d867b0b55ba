# Generated from src/minio/aio/_admin_base.py by tools/generate_sync.py. Do not edit.
"""The base class of the admin calls: the constructor, and running one operation with an encrypted payload."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TextIO

from .._core.arguments import NOT_GIVEN
from .._core.engine.flow import call
from .._core.ops.admin import AdminCommand, AdminOperation, to_admin_error, unreadable
from .._core.wire.url import Query
from ..error import DecryptionError, InvalidArgumentError, ResponseError
from ..retry import Retry
from ._backend import run, run_blocking
from ._base import Base

if TYPE_CHECKING:
    from urllib3 import PoolManager

    from ..credentials import Credentials, Provider


class AdminBase:
    """The state of an admin client, and running one operation.

    It has an S3 client, whose session and connections it uses.
    """

    def __init__(
        self,
        *,
        endpoint: str,
        credentials: Provider,
        region: str = "",
        secure: bool = True,
        cert_check: bool = True,
        http_client: PoolManager | None = None,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        retries: Retry | int | None = None,
        ca_certs: str | None = None,
        client_cert: str | tuple[str, str] | None = None,
        proxy: str | None = None,
        deadline: float | None = None,
        max_connections: int = 256,
    ) -> None:
        """Create an admin client. This sends no request.

        Args:
            endpoint: The server as `host` or `host:port`.
            credentials: A credentials provider. The secret key also encrypts payloads with secrets.
            region: The region of the server. Without it, requests are signed for us-east-1.
            secure: Use HTTPS.
            cert_check: Verify the server's certificate.
            http_client: A urllib3 PoolManager or ProxyManager that replaces the built-in transport. It is used with its
                own settings. Only for the blocking client.
            connect_timeout: Seconds to establish a connection.
            read_timeout: Seconds without progress in sending or receiving before a request fails.
            retries: A Retry, or the maximum number of retries (0 disables them). None means the default Retry.
            ca_certs: A file or directory of CA certificates.
            client_cert: The client's own certificate: a PEM file, or a tuple of a certificate file and a key file.
            proxy: The URL of the proxy, or "" for no proxy. The default comes from the environment.
            deadline: Seconds for each call, including retries; see `with_options`.
            max_connections: How many connections the client opens at a time, as for Minio.

        Raises:
            InvalidEndpointError: `endpoint` is not a host with an optional port.
            InvalidArgumentError: Another argument is invalid; the message names it.

        Example:
            >>> from minio.credentials import StaticProvider
            >>> keys = StaticProvider("access key", "secret key")
            >>> admin = MinioAdmin(endpoint="127.0.0.1:9000", credentials=keys, secure=False)
        """
        if credentials is None:
            raise InvalidArgumentError("credentials must be a Provider, such as StaticProvider: admin calls need keys")
        self._set_client(
            Base(
                endpoint,
                credentials=credentials,
                region=region or None,
                secure=secure,
                cert_check=cert_check,
                http_client=http_client,
                connect_timeout=connect_timeout,
                read_timeout=read_timeout,
                retries=retries,
                ca_certs=ca_certs,
                client_cert=client_cert,
                proxy=proxy,
                deadline=deadline,
                max_connections=max_connections,
            )
        )

    def _set_client(self, client: Base) -> None:
        self._client = client
        self._deadline = client._deadline

    def with_options(self, *, deadline: float | None = NOT_GIVEN, retries: Retry | int | None = NOT_GIVEN) -> Self:
        """Return an admin client with some options changed, for one or more calls.

        The new client shares the connections of this one, and works until this one is closed.

        Args:
            deadline: Seconds for each call: all its requests, retries and pauses. None disables it.
            retries: A Retry, or the maximum number of retries (0 disables them). None means the default Retry.

        Returns:
            A new client. Options that are not given are inherited.

        Raises:
            InvalidArgumentError: An option is invalid; the message names it.

        Example:
            >>> groups = admin.with_options(deadline=5).group_list()
        """
        made = object.__new__(type(self))
        made._set_client(self._client.with_options(deadline=deadline, retries=retries))
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections. Further calls raise ClosedError.

        Example:
            >>> admin.close()
        """
        self._client.close()

    def __repr__(self) -> str:
        endpoint = self._client._session.endpoint
        return f"{type(self).__name__}(endpoint={str(endpoint)!r}, secure={endpoint.secure})"

    def set_app_info(self, app_name: str, app_version: str) -> None:
        """Add the name and version of an application to the User-Agent.

        Raises:
            InvalidArgumentError: An argument is empty or is not printable ASCII.

        Example:
            >>> admin.set_app_info("my-app", "1.0.2")
        """
        self._client.set_app_info(app_name, app_version)

    def trace_on(self, stream: TextIO) -> None:
        """Write every request and response to a text stream, without credentials, signatures and payloads.

        Raises:
            InvalidArgumentError: `stream` has no `write` method.

        Example:
            >>> import sys
            >>> admin.trace_on(sys.stderr)
        """
        self._client.trace_on(stream)

    def trace_off(self) -> None:
        """Stop the trace that `trace_on` started.

        Example:
            >>> admin.trace_off()
        """
        self._client.trace_off()

    def _run(
        self, command: AdminCommand, query: Query | None = None, body: bytes = b"", hidden: tuple[str, ...] = ()
    ) -> str:
        """Run one operation and return the text of the response.

        `hidden` are the secrets in the body, which are redacted in errors.
        """
        from ..crypto import check_installed, encrypt

        if command.encrypts or command.decrypts:
            check_installed()  # nothing is sent if the response could not be read
        keys = self._client._credentials()
        if keys is None:
            raise InvalidArgumentError("credentials: the provider has no keys")
        if command.encrypts:
            body = run_blocking(encrypt, body, keys.secret_key)
        data = self._send(AdminOperation(command, query or {}, body), keys, hidden)
        return "" if data is None else run_blocking(_to_text, command, data, keys.secret_key)

    def _run_json(
        self, command: AdminCommand, payload: Any, query: Query | None = None, hidden: tuple[str, ...] = ()
    ) -> str:
        """Run one operation whose body is JSON."""
        return self._run(command, query, json.dumps(payload).encode(), hidden)

    def _send(self, operation: AdminOperation, keys: Credentials, hidden: tuple[str, ...]) -> bytes | None:
        """Sign a request with the same keys that encrypted its body, even if the provider has new ones, and send it."""
        from ..credentials import StaticProvider

        shared = self._client._session
        skew = shared.skew
        session = replace(shared, provider=StaticProvider(keys.access_key, keys.secret_key, keys.session_token))
        try:
            return run(call(operation, session), self._client._transport)
        except ResponseError as error:
            raise to_admin_error(error, [keys.secret_key, keys.session_token, *hidden]) from None
        finally:
            if session.skew != skew:
                shared.skew = session.skew


def _to_text(command: AdminCommand, data: bytes, secret_key: str) -> str:
    """Decrypt and decode the body of a success."""
    from ..crypto import decrypt

    try:
        return (decrypt(data, secret_key) if command.decrypts else data).decode()
    except DecryptionError as error:
        raise unreadable(command, data, str(error)) from error
    except UnicodeDecodeError as error:
        raise unreadable(command, data, "it is not text in UTF-8") from error
