"""The attributes and low-level methods of the 7.2 client, which programs use although they are not public.

They read and change what the client uses. Nothing in the package uses them. If a program replaces `_url_open` or
`_execute` (by a subclass, a stub on an instance or a patch of the class), every request of the client goes through the
replacement. A replaced `_get_region` decides for which region requests are signed. Otherwise a call only compares three
attributes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from .._core.arguments import check_region
from .._core.ops.base import Operation
from .._core.ops.errors import complete_error, to_exception
from .._core.wire.message import Request, Response
from ..error import InvalidArgumentTypeError, ResponseError
from ._backend import CancelScope, public_call, run, run_call
from ._legacy_http import HttpAttribute, from_http_response, to_http_response

if TYPE_CHECKING:
    from .._core.arguments import DictType
    from .._core.engine.effects import Flow
    from .._core.engine.interception import Intercepted
    from .._core.engine.session import Session
    from .._core.wire.base_url import BaseURL
    from ..credentials import Provider

T = TypeVar("T")


class AsyncLegacyAttributes(HttpAttribute):
    """The attributes of a client of the 7.2 API."""

    @property
    def _base_url(self) -> BaseURL:
        """The client's endpoint, as a `minio.helpers.BaseURL`. Changing its flags changes the endpoint."""
        from .._core.wire.base_url import BaseURL

        return BaseURL._of(self._session)

    @_base_url.setter
    def _base_url(self, url: BaseURL) -> None:
        from .._core.wire.base_url import BaseURL

        if not isinstance(url, BaseURL):
            raise InvalidArgumentTypeError(f"_base_url must be a minio.helpers.BaseURL, not {type(url).__name__}")
        self._session.endpoint, self._session.region = url._endpoint, url._address.region

    @property
    def _endpoint_url(self) -> str:
        """The client's endpoint as a URL. This is the attribute of 3.x to 6.x."""
        return f"{self._session.endpoint.scheme}://{self._session.endpoint}"

    @property
    def _provider(self) -> Provider | None:
        """The provider of the credentials. None if the client is anonymous."""
        return self._session.provider

    @_provider.setter
    def _provider(self, provider: Provider | None) -> None:
        if provider is not None and not hasattr(provider, "retrieve"):
            raise InvalidArgumentTypeError(f"_provider must be a Provider, not {type(provider).__name__}")
        self._session.provider = provider

    @property
    def _region_map(self) -> dict[str, str]:
        """The known regions of buckets. The client signs for what is in here, and adds what it learns."""
        return self._session.regions

    @_region_map.setter
    def _region_map(self, regions: dict[str, str]) -> None:
        self._session.regions = regions

    @property
    def _user_agent(self) -> str:
        """The User-Agent of all requests."""
        return self._session.user_agent

    @_user_agent.setter
    def _user_agent(self, text: str) -> None:
        if not isinstance(text, str):
            raise InvalidArgumentTypeError(f"_user_agent must be a str, not {type(text).__name__}")
        self._session.user_agent = text

    @property
    def _trace_stream(self) -> TextIO | None:
        """The stream that `trace_on` writes to. None without a trace."""
        return self._session.trace

    @_trace_stream.setter
    def _trace_stream(self, stream: TextIO | None) -> None:
        self._session.trace = stream


class AsyncLegacyCalls(AsyncLegacyAttributes):
    """The two methods that send requests in the 7.2 API. If they are replaced, calls go through the replacements."""

    async def _call(self, operation: Operation[T], scope: CancelScope | None = None) -> T:
        methods: Any = self
        try:  # written out, because a function call would cost every call
            own = (
                methods._url_open.__func__ is _URL_OPEN
                and methods._execute.__func__ is _EXECUTE
                and methods._get_region.__func__ is _GET_REGION
            )
        except AttributeError:
            own = False
        if own:
            return await run_call(operation, self._session, self._transport, scope)
        from .._core.engine.flow import call

        session, transport = self._route(await self._session_for(operation))
        return await run(call(operation, session), transport, scope)

    async def _session_for(self, operation: Operation[T]) -> Session:
        """Return the session of a call: with the region that a replaced `_get_region` returns."""
        if not self._is_replaced("_get_region"):
            return self._session
        region = check_region("the result of _get_region", await self._get_region(operation.request().bucket or None))
        return replace(self._session, region=region, regions={})

    async def _region(self, bucket_name: str) -> str:
        if self._is_replaced("_get_region"):
            found = check_region("the result of _get_region", await self._get_region(bucket_name))
            return found or await super()._region(bucket_name)
        return await super()._region(bucket_name)

    def _route(self, session: Session, ignore_execute: bool = False) -> tuple[Session, Any]:
        """Return the session and the transport for a flow, which may go through replaced methods."""
        replaced = not ignore_execute and self._is_replaced("_execute")
        if replaced or self._is_replaced("_url_open"):
            from .._core.engine.interception import intercepted_session

            return intercepted_session(session, self), _Methods(self, with_execute=replaced)
        return session, self._transport

    def _is_replaced(self, name: str) -> bool:
        own = {"_url_open": _URL_OPEN, "_execute": _EXECUTE, "_get_region": _GET_REGION}[name]
        return getattr(getattr(self, name), "__func__", None) is not own

    async def _get_region(self, bucket_name: str | None = None) -> str:
        """Return the region of a bucket, which may have to be requested.

        S3 operation: GetBucketLocation, unless the region is known.

        Args:
            bucket_name: The bucket. Without it, the region of requests that name no bucket is returned.
        """
        session = self._session
        if not bucket_name:
            return session.region or session.endpoint.region or "us-east-1"
        self._check_bucket(bucket_name)
        return await super()._region(bucket_name)  # not a replacement of this method, which may have called it

    @public_call
    async def _execute(
        self,
        method: str,
        bucket_name: str | None = None,
        object_name: str | None = None,
        body: bytes | None = None,
        headers: DictType | None = None,
        query_params: DictType | None = None,
        preload_content: bool = True,
        no_body_trace: bool = False,
    ) -> Any:
        """Send a request for which the client has no call, and return the response.

        S3 operation: the one that the arguments describe.

        Args:
            method: The HTTP method.
            bucket_name: The bucket.
            object_name: The object.
            body: The body.
            headers: Headers to send.
            query_params: The query parameters: str, or lists of str.
            preload_content: Read the whole content. Otherwise the response streams it, and must be closed.
            no_body_trace: Has no effect: traces do not show bodies.

        Returns:
            The response: `status`, `headers`, `data`.

        Raises:
            S3Error: The server returns an error.
            InvalidArgumentError: An argument is invalid.

        Example:
            >>> response = await client._execute("GET", "my-bucket", query_params={"location": ""})
            >>> print(response.status, len(response.data))
        """
        from .._core.engine.interception import CURRENT
        from .._core.ops.raw import raw_request

        around = CURRENT.get()
        if around is not None and around.owner is self:
            same = (around.request.bucket, around.request.key) == (bucket_name or "", object_name or "")
            region = around.region if same else await self._get_region(bucket_name)
            return await self._url_open(
                method,
                region,
                bucket_name=bucket_name,
                object_name=object_name,
                body=body,
                headers=headers,
                query_params=query_params,
                preload_content=preload_content,
                no_body_trace=no_body_trace,
            )
        stream = not preload_content
        request = raw_request(method, bucket_name, object_name, body, headers, query_params, stream=stream)
        return await self._run_raw(request, *self._route(self._session, ignore_execute=True))

    @public_call
    async def _url_open(
        self,
        method: str,
        region: str,
        bucket_name: str | None = None,
        object_name: str | None = None,
        body: bytes | None = None,
        headers: DictType | None = None,
        query_params: DictType | None = None,
        preload_content: bool = True,
        no_body_trace: bool = False,
    ) -> Any:
        """Sign a request for a region, send it, and return the response.

        S3 operation: the one that the arguments describe.

        Args:
            method: The HTTP method.
            region: The region to sign for.
            bucket_name: The bucket.
            object_name: The object.
            body: The body.
            headers: Headers to send.
            query_params: The query parameters: str, or lists of str.
            preload_content: Read the whole content. Otherwise the response streams it, and must be closed.
            no_body_trace: Has no effect: traces do not show bodies.

        Returns:
            The response: `status`, `headers`, `data`.

        Raises:
            S3Error: The server returns an error.
            InvalidArgumentError: An argument is invalid.

        Example:
            >>> response = await client._url_open("HEAD", "us-east-1", bucket_name="my-bucket")
            >>> print(response.status)
        """
        from .._core.engine.interception import CURRENT
        from .._core.ops.raw import raw_request

        stream = not preload_content
        request = raw_request(
            method, bucket_name, object_name, body, headers, query_params, stream=stream, region=region or None
        )
        around = CURRENT.get()
        if around is None or around.owner is not self:
            return await self._run_raw(request, self._session, self._transport)
        return await self._send_for(around, request, region or around.region)

    async def _run_raw(self, request: Request, session: Session, transport: Any) -> Any:
        """Run a request as a call: with retries, corrections and traces."""
        from .._core.engine.flow import call
        from .._core.ops.raw import RawRequest

        response = await run(call(RawRequest(request, lambda response: response), session), transport)
        return to_http_response(response, _url_of(request))

    async def _send_for(self, around: Intercepted, request: Request, region: str) -> Any:
        """Send a request once. The flow of the call that waits for it does the retries and corrections."""
        outgoing = around.sign(self._session, request, region)
        response = await run(_exchange(outgoing), self._transport, around.scope)
        if 200 <= response.status < 300:
            return to_http_response(response, _url_of(request))
        error = to_exception(response, request.method, request.bucket, request.key, str(outgoing.origin))
        complete_error(error, f"{request.method} request", str(outgoing.origin))
        around.redact(error, outgoing)
        if around.is_about(request):
            around.refusal, around.refused = error, response
        raise error


_URL_OPEN: Any = AsyncLegacyCalls._url_open
_EXECUTE: Any = AsyncLegacyCalls._execute
_GET_REGION: Any = AsyncLegacyCalls._get_region


class _Methods:
    """The methods of a client, as the transport of its calls."""

    def __init__(self, client: AsyncLegacyCalls, with_execute: bool) -> None:
        self._client: Any = client
        self._with_execute = with_execute

    async def send(self, outgoing: Intercepted, scope: CancelScope | None = None) -> Response:
        """Have a method of the client send a request, and return its response."""
        from .._core.engine.interception import CURRENT

        outgoing.scope = scope
        token = CURRENT.set(outgoing)
        try:
            return await from_http_response(await self._begin(outgoing), outgoing)
        except ResponseError as error:
            if outgoing.refused is None or error is not outgoing.refusal:
                raise  # the program raised it, so its caller gets it unchanged
            return outgoing.refused
        finally:
            CURRENT.reset(token)

    async def _begin(self, outgoing: Intercepted) -> Any:
        method, arguments = outgoing.method, outgoing.arguments()
        if self._with_execute:
            return self._client._execute(method, **arguments)
        return self._client._url_open(method, outgoing.region, **arguments)


def _exchange(outgoing: Any) -> Flow[Response]:
    """Send a signed request once."""
    response: Response = yield outgoing
    return response


def _url_of(request: Request) -> str:
    return f"/{request.bucket}/{request.key}" if request.bucket else "/"
