"""Calls that make URLs and forms which others may use: presigned GET, PUT and POST."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar, cast

from ..error import InvalidArgumentError, InvalidArgumentTypeError
from ..helpers import DictType, check_expires, check_names, check_query, check_text
from ._base import AsyncBase

if TYPE_CHECKING:
    from ..post_policy import PostPolicy


R = TypeVar("R")

_WEEK = timedelta(days=7)
_METHODS = ("GET", "PUT", "HEAD", "POST", "DELETE")


class AsyncPresignCalls(AsyncBase):
    """Calls that make URLs and forms which others may use."""

    async def presigned_get_object(
        self,
        bucket_name: str,
        object_name: str,
        expires: timedelta | int = _WEEK,
        response_headers: DictType | None = None,
        request_date: datetime | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
        *,
        expiry: timedelta | int | None = None,
    ) -> str:
        """Make a URL with which anybody can get an object until it expires.

        S3 operation: GetObject, by whoever uses the URL. The bucket's region may have to be asked for.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            expires: How long it holds: a timedelta or seconds, 1 second to 7 days.
            response_headers: Headers that the answer shall have, such as `response-content-disposition`.
            request_date: From when on it holds; otherwise from now.
            version_id: The version to get.
            extra_query_params: Further parameters.
            expiry: Another name for `expires`.

        Returns:
            The URL.

        Raises:
            InvalidArgumentError: `expires` is out of bounds.
            ResponseError: The region had to be asked for, and the server refuses.

        Example:
            >>> from datetime import timedelta
            >>> url = await client.presigned_get_object("my-bucket", "my-object", expires=timedelta(hours=2))
        """
        return await self.get_presigned_url(
            "GET",
            bucket_name,
            object_name,
            expires if expiry is None else expiry,
            response_headers,
            request_date,
            version_id,
            extra_query_params,
        )

    async def presigned_put_object(
        self,
        bucket_name: str,
        object_name: str,
        expires: timedelta | int = _WEEK,
        *,
        expiry: timedelta | int | None = None,
    ) -> str:
        """Make a URL with which anybody can store an object until it expires.

        S3 operation: PutObject, by whoever uses the URL. The bucket's region may have to be asked for.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            expires: How long it holds: a timedelta or seconds, 1 second to 7 days.
            expiry: Another name for `expires`.

        Returns:
            The URL.

        Raises:
            InvalidArgumentError: `expires` is out of bounds.
            ResponseError: The region had to be asked for, and the server refuses.

        Example:
            >>> url = await client.presigned_put_object("my-bucket", "my-object", expires=3600)
        """
        return await self.get_presigned_url("PUT", bucket_name, object_name, expires if expiry is None else expiry)

    async def get_presigned_url(
        self,
        method: str,
        bucket_name: str,
        object_name: str,
        expires: timedelta | int = _WEEK,
        response_headers: DictType | None = None,
        request_date: datetime | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
    ) -> str:
        """Make a URL for any method on an object that holds until it expires; an anonymous client's is unsigned.

        S3 operation: whichever the URL is used for. The bucket's region may have to be asked for.

        Args:
            method: The HTTP method.
            bucket_name: The bucket.
            object_name: The object.
            expires: How long it holds: a timedelta or seconds, 1 second to 7 days.
            response_headers: Headers that the answer shall have, such as `response-content-type`.
            request_date: From when on it holds; otherwise from now.
            version_id: The version meant.
            extra_query_params: Further parameters.

        Returns:
            The URL.

        Raises:
            InvalidArgumentError: An argument is wrong.
            ResponseError: The region had to be asked for, and the server refuses.

        Example:
            >>> url = await client.get_presigned_url("DELETE", "my-bucket", "my-object", expires=60)
        """
        check_names(bucket_name, object_name)
        if method not in _METHODS:
            raise InvalidArgumentError(f"method must be one of {', '.join(_METHODS)}, not {method!r}")
        seconds = check_expires(expires)
        query = check_query("extra_query_params", extra_query_params)
        query.update(check_query("response_headers", response_headers))
        if version_id:
            query["versionId"] = check_text("version_id", version_id)
        epoch = None if request_date is None else _epoch(request_date)
        credentials = await self._credentials()
        region = await self._region(bucket_name)
        return self._session.presign(method, bucket_name, object_name, query, region, credentials, seconds, epoch)

    async def presigned_url(
        self,
        method: str,
        bucket_name: str,
        object_name: str,
        expires: timedelta | int = _WEEK,
        response_headers: DictType | None = None,
        request_date: datetime | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
    ) -> str:
        """Make a URL for any method on an object: the documented era's name for `get_presigned_url`.

        Args:
            method: The HTTP method.
            bucket_name: The bucket.
            object_name: The object.
            expires: How long it holds: a timedelta or seconds, 1 second to 7 days.
            response_headers: Headers that the answer shall have.
            request_date: From when on it holds; otherwise from now.
            version_id: The version meant.
            extra_query_params: Further parameters.

        Returns:
            The URL.

        Raises:
            InvalidArgumentError: An argument is wrong.

        Example:
            >>> url = await client.presigned_url("GET", "my-bucket", "my-object")
        """
        return await self.get_presigned_url(
            method,
            bucket_name,
            object_name,
            expires,
            response_headers,
            request_date,
            version_id,
            extra_query_params,
        )

    async def presigned_post_policy(
        self, policy: PostPolicy[R] | None = None, *, post_policy: PostPolicy[R] | None = None
    ) -> R:
        """Sign the conditions under which a browser may upload with a form.

        S3 operation: POST Object, by whoever uses the form. The bucket's region may have to be asked for.

        Args:
            policy: The conditions.
            post_policy: Another name for `policy`.

        Returns:
            For `PostPolicy()`: the URL to post to, and all the form's fields. For `PostPolicy(bucket_name,
            expiration)`: the fields that prove the policy; URL, key and other fields are the caller's.

        Raises:
            InvalidArgumentError: The policy is incomplete, or the client anonymous.
            ResponseError: The region had to be asked for, and the server refuses.

        Example:
            >>> from datetime import datetime, timedelta, timezone
            >>> policy = PostPolicy()
            >>> policy.set_bucket_name("my-bucket")
            >>> policy.set_key_startswith("uploads/")
            >>> policy.set_expires(datetime.now(timezone.utc) + timedelta(hours=1))
            >>> url, fields = await client.presigned_post_policy(policy)
        """
        from ..post_policy import PostPolicy

        wanted = post_policy if policy is None else policy
        if not isinstance(wanted, PostPolicy):
            raise InvalidArgumentTypeError(f"policy must be a PostPolicy, not {type(wanted).__name__}")
        wanted.check()
        bucket_name = wanted.bucket_name or ""
        self._check_bucket(bucket_name)
        credentials = await self._credentials()
        if credentials is None:
            raise InvalidArgumentError("policy cannot be signed by an anonymous client: give it keys")
        region = await self._region(bucket_name)
        session = self._session
        now = datetime.fromtimestamp(session.now(), UTC)
        fields = wanted.fields(credentials.access_key, credentials.secret_key, credentials.session_token, region, now)
        if not wanted.classic:
            return cast("R", fields)
        _, host, path = session.endpoint.address(bucket_name, "", region, path_style=False)
        return cast("R", (f"{session.endpoint.scheme}://{host}{path.rstrip('/')}/", fields))


def _epoch(moment: datetime) -> float:
    if not isinstance(moment, datetime):
        raise InvalidArgumentTypeError(f"request_date must be a datetime, not {type(moment).__name__}")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
