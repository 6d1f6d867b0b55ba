# Generated from src/minio/aio/_presign.py by tools/generate_sync.py. Do not edit.
"""Calls that create presigned URLs and forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar, cast

from .._core.arguments import (
    DictType,
    check_expires,
    check_names,
    check_query,
    check_region,
    check_response_headers,
    optional_text,
)
from .._core.wire.dates import to_float
from ..error import InvalidArgumentError, InvalidArgumentTypeError
from ._backend import public_call
from ._base import Base

if TYPE_CHECKING:
    from ..post_policy import PostPolicy


R = TypeVar("R")

_WEEK = timedelta(days=7)
_METHODS = ("GET", "PUT", "HEAD", "POST", "DELETE")


class PresignCalls(Base):
    """Calls that create presigned URLs and forms."""

    @public_call
    def presigned_get_object(
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
        region: str | None = None,
    ) -> str:
        """Create a URL with which anyone can download an object until it expires.

        S3 operation: GetObject, sent by the user of the URL. The call itself may request the bucket's region.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            expires: How long the URL is valid: a timedelta or a number of seconds, from 1 second to 7 days.
            response_headers: Headers to set in the response, such as `response-content-disposition`.
            request_date: The start of the validity. The default is now.
            version_id: The version.
            extra_query_params: Additional query parameters.
            expiry: Another name for `expires`.
            region: Sign for this region. By default it is the client's, or the bucket's, which is requested.

        Returns:
            The URL.

        Raises:
            InvalidArgumentError: `expires` is out of range.
            ResponseError: The server returns an error to the request for the region.

        Example:
            >>> from datetime import timedelta
            >>> url = client.presigned_get_object("my-bucket", "my-object", expires=timedelta(hours=2))
        """
        return self.get_presigned_url(
            "GET",
            bucket_name,
            object_name,
            expires if expiry is None else expiry,
            response_headers,
            request_date,
            version_id,
            extra_query_params,
            region=region,
        )

    @public_call
    def presigned_put_object(
        self,
        bucket_name: str,
        object_name: str,
        expires: timedelta | int = _WEEK,
        *,
        expiry: timedelta | int | None = None,
        region: str | None = None,
        extra_query_params: DictType | None = None,
    ) -> str:
        """Create a URL with which anyone can upload an object until it expires.

        S3 operation: PutObject, sent by the user of the URL. The call itself may request the bucket's region.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            expires: How long the URL is valid: a timedelta or a number of seconds, from 1 second to 7 days.
            expiry: Another name for `expires`.
            region: Sign for this region. By default it is the client's, or the bucket's, which is requested.
            extra_query_params: Additional query parameters.

        Returns:
            The URL.

        Raises:
            InvalidArgumentError: `expires` is out of range.
            ResponseError: The server returns an error to the request for the region.

        Example:
            >>> url = client.presigned_put_object("my-bucket", "my-object", expires=3600)
        """
        return self.get_presigned_url(
            "PUT",
            bucket_name,
            object_name,
            expires if expiry is None else expiry,
            extra_query_params=extra_query_params,
            region=region,
        )

    @public_call
    def get_presigned_url(
        self,
        method: str,
        bucket_name: str,
        object_name: str,
        expires: timedelta | int = _WEEK,
        response_headers: DictType | None = None,
        request_date: datetime | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
        *,
        region: str | None = None,
    ) -> str:
        """Create a URL for any method on an object. An anonymous client creates an unsigned URL.

        S3 operation: the one that the URL is used for. The call itself may request the bucket's region.

        Args:
            method: The HTTP method.
            bucket_name: The bucket.
            object_name: The object.
            expires: How long the URL is valid: a timedelta or a number of seconds, from 1 second to 7 days.
            response_headers: Headers to set in the response, such as `response-content-type`.
            request_date: The start of the validity. The default is now.
            version_id: The version.
            extra_query_params: Additional query parameters.
            region: Sign for this region. By default it is the client's, or the bucket's, which is requested.

        Returns:
            The URL.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ResponseError: The server returns an error to the request for the region.

        Example:
            >>> url = client.get_presigned_url("DELETE", "my-bucket", "my-object", expires=60)
        """
        check_names(bucket_name, object_name)
        if method not in _METHODS:
            raise InvalidArgumentError(f"method must be one of {', '.join(_METHODS)}, not {method!r}")
        seconds = check_expires(expires)
        check_region("region", region)
        query = check_query("extra_query_params", extra_query_params)
        query.update(check_response_headers("response_headers", response_headers))
        if version_id:
            query["versionId"] = optional_text("version_id", version_id)
        epoch = None if request_date is None else _epoch(request_date)
        credentials = self._credentials()
        region = check_region("region", region) or self._region(bucket_name)
        return self._session.presign(method, bucket_name, object_name, query, region, credentials, seconds, epoch)

    @public_call
    def presigned_url(
        self,
        method: str,
        bucket_name: str,
        object_name: str,
        expires: timedelta | int = _WEEK,
        response_headers: DictType | None = None,
        request_date: datetime | None = None,
        version_id: str | None = None,
        extra_query_params: DictType | None = None,
        *,
        region: str | None = None,
    ) -> str:
        """Create a URL for any method on an object. This is the documented API's name for `get_presigned_url`.

        Args:
            method: The HTTP method.
            bucket_name: The bucket.
            object_name: The object.
            expires: How long the URL is valid: a timedelta or a number of seconds, from 1 second to 7 days.
            response_headers: Headers to set in the response.
            request_date: The start of the validity. The default is now.
            version_id: The version.
            extra_query_params: Additional query parameters.
            region: Sign for this region. By default it is the client's, or the bucket's, which is requested.

        Returns:
            The URL.

        Raises:
            InvalidArgumentError: An argument is invalid.

        Example:
            >>> url = client.presigned_url("GET", "my-bucket", "my-object")
        """
        return self.get_presigned_url(
            method,
            bucket_name,
            object_name,
            expires,
            response_headers,
            request_date,
            version_id,
            extra_query_params,
            region=region,
        )

    @public_call
    def presigned_post_policy(
        self, policy: PostPolicy[R] | None = None, *, post_policy: PostPolicy[R] | None = None
    ) -> R:
        """Sign a policy with the conditions for a browser upload.

        S3 operation: POST Object, sent by the user of the form. The call itself may request the bucket's region.

        Args:
            policy: The policy.
            post_policy: Another name for `policy`.

        Returns:
            For `PostPolicy()`, the URL to post to and all form fields. For `PostPolicy(bucket_name, expiration)`, only
            the form fields of the signature; the caller adds the URL, the key and other fields.

        Raises:
            InvalidArgumentError: The policy is incomplete, or the client is anonymous.
            ResponseError: The server returns an error to the request for the region.

        Example:
            >>> from datetime import datetime, timedelta, timezone
            >>> policy = PostPolicy()
            >>> policy.set_bucket_name("my-bucket")
            >>> policy.set_key_startswith("uploads/")
            >>> policy.set_expires(datetime.now(timezone.utc) + timedelta(hours=1))
            >>> url, fields = client.presigned_post_policy(policy)
        """
        from ..post_policy import PostPolicy

        wanted = post_policy if policy is None else policy
        if not isinstance(wanted, PostPolicy):
            raise InvalidArgumentTypeError(f"policy must be a PostPolicy, not {type(wanted).__name__}")
        wanted.check()
        bucket_name = wanted.bucket_name or ""
        self._check_bucket(bucket_name)
        credentials = self._credentials()
        if credentials is None:
            raise InvalidArgumentError("policy cannot be signed by an anonymous client: give it keys")
        region = self._region(bucket_name)
        session = self._session
        now = datetime.fromtimestamp(session.now(), UTC)
        fields = wanted.fields(credentials.access_key, credentials.secret_key, credentials.session_token, region, now)
        if not wanted.classic:
            return cast("R", fields)
        url, _, _ = session.presigned_address(bucket_name, "", region)
        return cast("R", (f"{url.rstrip('/')}/", fields))


def _epoch(moment: datetime) -> float:
    if not isinstance(moment, datetime):
        raise InvalidArgumentTypeError(f"request_date must be a datetime, not {type(moment).__name__}")
    return to_float(moment.replace(microsecond=0))  # a float would round up the last moment of the calendar
