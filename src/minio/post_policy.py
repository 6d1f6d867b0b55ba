"""Policies for browser uploads, which limit what a form may upload and until when (S3: POST Object).

A policy can be created in two ways, which determine what `presigned_post_policy` returns:

    policy = PostPolicy()                            # -> (url, form fields)
    policy.set_bucket_name("bucket")
    policy.set_key_startswith("uploads/")
    policy.set_expires(datetime.now(UTC) + timedelta(hours=1))

    policy = PostPolicy("bucket", datetime.now(UTC) + timedelta(hours=1))    # -> form fields of the signature
    policy.add_starts_with_condition("key", "uploads/")
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, cast, overload

from ._core.arguments import check_encodable, whole_number
from ._core.display import shows
from ._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError
from ._core.wire.dates import to_amz_date, to_iso8601utc, to_signer_date, to_utc
from ._core.wire.sigv4 import ALGORITHM, scope, sign

if TYPE_CHECKING:
    # Type checkers know this module without installation. With a default, a plain `PostPolicy` needs no parameter.
    from typing_extensions import TypeVar

    ResultT = TypeVar("ResultT", default=Any)
else:
    from typing import TypeVar

    ResultT = TypeVar("ResultT")

_RESERVED = frozenset({"bucket", "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"})
_EXACT_ONLY = frozenset({"success_action_status"})
_RANGE = "content-length-range"


class _Credentials(Protocol):
    @property
    def access_key(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def session_token(self) -> str | None: ...


class FormData(dict[str, str]):
    """The form fields of a policy's own conditions. Calling it with credentials returns the signed fields."""

    def __init__(self, policy: PostPolicy[Any]) -> None:
        super().__init__()
        self._policy = policy

    def __call__(self, creds: _Credentials | None, region: str) -> dict[str, str]:
        """Sign the policy and return the form fields. The file must be the last field of the form.

        Args:
            creds: Credentials with ``access_key``, ``secret_key`` and ``session_token``.
            region: The bucket's region.

        Raises:
            InvalidArgumentError: The policy is incomplete, or the credentials or the region are missing.
        """
        if creds is None:
            raise InvalidArgumentError("creds must be given: an anonymous client cannot sign a form")
        return self._policy.fields(creds.access_key, creds.secret_key, creds.session_token, region, datetime.now(UTC))


@shows("bucket_name", "key", "expiration=_expiration")
class PostPolicy(Generic[ResultT]):
    """The conditions that a browser upload must meet.

    Args:
        bucket_name: The bucket. If neither it nor `expiration` is given, set both later with `set_bucket_name` and
            `set_expires`.
        expiration: The time at which the form expires. A naive datetime is taken as UTC.

    Raises:
        InvalidArgumentError: Only one of the arguments is given, or the bucket's name is blank.
        InvalidArgumentTypeError: An argument has the wrong type.
    """

    @overload
    def __init__(self: PostPolicy[tuple[str, dict[str, str]]]) -> None: ...
    @overload
    def __init__(self: PostPolicy[dict[str, str]], bucket_name: str, expiration: datetime) -> None: ...
    def __init__(self, bucket_name: str | None = None, expiration: datetime | None = None) -> None:
        self.policies: list[list[str]] = []
        self.form_data = FormData(self)
        self._expiration: datetime | None = None
        self._range: tuple[int, int] | None = None
        self._classic = bucket_name is None and expiration is None
        if self._classic:
            return
        if bucket_name is None or expiration is None:
            raise InvalidArgumentTypeError("bucket_name and expiration must be given together, or neither of them")
        self.set_bucket_name(bucket_name)
        self.set_expires(expiration)

    @property
    def classic(self) -> bool:
        """Whether the policy was created without arguments, so that `presigned_post_policy` returns a URL, too."""
        return self._classic

    @property
    def bucket_name(self) -> str | None:
        """The bucket."""
        return self._value("$bucket")

    @property
    def key(self) -> str | None:
        """The object's name, or its prefix."""
        return self._value("$key")

    def set_expires(self, time: datetime) -> None:
        """Set the time at which the form expires.

        Args:
            time: The time, truncated to whole seconds. A naive datetime is taken as UTC.

        Raises:
            InvalidArgumentTypeError: The time is not a datetime.
        """
        self._expiration = _utc("time", time)

    def set_key(self, key: str) -> None:
        """Require this object name."""
        self._put("eq", "key", _filled("key", key))

    def set_key_startswith(self, key_startswith: str) -> None:
        """Require an object name with this prefix. ``""`` allows any name."""
        self._put("starts-with", "key", _text("key_startswith", key_startswith))

    def set_bucket_name(self, bucket_name: str) -> None:
        """Set the bucket to upload to."""
        self._put("eq", "bucket", _filled("bucket_name", bucket_name))

    def set_content_type(self, content_type: str) -> None:
        """Require this content type."""
        self._put("eq", "Content-Type", _filled("content_type", content_type))

    def set_content_length_range(self, min_length: int, max_length: int) -> None:
        """Set the limits of the upload size.

        Args:
            min_length: The minimum size in bytes.
            max_length: The maximum size in bytes.

        Raises:
            InvalidArgumentError: A size is negative, or the minimum is larger than the maximum.
        """
        min_length, max_length = _size("min_length", min_length), _size("max_length", max_length)
        if min_length > max_length:
            raise InvalidArgumentError(f"min_length {min_length} must not be larger than max_length {max_length}")
        self._range = min_length, max_length

    def append_policy(self, condition: str, target: str, value: str) -> None:
        """Append a condition unchanged. The caller must add the form field for it.

        Args:
            condition: ``eq`` or ``starts-with``.
            target: The form field with a leading dollar sign, such as ``$Content-Type``.
            value: The value or the prefix that the field must have.
        """
        self.policies.append([_filled("condition", condition), _filled("target", target), _text("value", value)])

    def add_equals_condition(self, element: str, value: str) -> None:
        """Require a value of a form field. This replaces an earlier condition on its value.

        Args:
            element: The name of the field, with or without a leading dollar sign.
            value: The value.

        Raises:
            InvalidArgumentError: The value is empty, or the field cannot be set by the caller.
        """
        self._put("eq", _element(element), _filled("value", value))

    def remove_equals_condition(self, element: str) -> None:
        """Remove the condition on the value of a form field."""
        self._drop("eq", _element(element))

    def add_starts_with_condition(self, element: str, value: str) -> None:
        """Require a prefix of the value of a form field.

        Args:
            element: The name of the field, with or without a leading dollar sign.
            value: The prefix. ``""`` allows any value.

        Raises:
            InvalidArgumentError: The field cannot be set by the caller, or S3 only compares its whole value.
        """
        name = _element(element)
        lower = name.lower()
        if lower in _EXACT_ONLY or (lower.startswith("x-amz-") and not lower.startswith("x-amz-meta-")):
            raise InvalidArgumentError(f"element {name!r} can only have an equals condition")
        self._put("starts-with", name, _text("value", value))

    def remove_starts_with_condition(self, element: str) -> None:
        """Remove the condition on the prefix of a form field."""
        self._drop("starts-with", _element(element))

    def add_content_length_range_condition(self, lower_limit: int, upper_limit: int) -> None:
        """Set the limits of the upload size in bytes; see `set_content_length_range`."""
        self.set_content_length_range(lower_limit, upper_limit)

    def remove_content_length_range_condition(self) -> None:
        """Remove the limits of the upload size."""
        self._range = None

    def check(self) -> None:
        """Check that the policy is complete.

        Raises:
            InvalidArgumentError: The expiration, the key or the bucket is missing. They are checked in this order.
        """
        missing = {"expiration": self._expiration, "key": self.key, "bucket name": self.bucket_name}
        for name, value in missing.items():
            if value is None:
                raise InvalidArgumentError(f"policy has no {name}")

    def is_valid(self) -> bool:
        """Return True if the policy is complete.

        Raises:
            InvalidArgumentError: The policy is incomplete; see `check`.
        """
        self.check()
        return True

    def base64(self, extras: Iterable[Sequence[str]] = ()) -> str:
        """Return the policy in the form of the `policy` field.

        Args:
            extras: Additional conditions, each a condition, a target and a value.
        """
        return b64encode(self._document(extras)).decode()

    def fields(
        self, access_key: str, secret_key: str, session_token: str | None, region: str, now: datetime
    ) -> dict[str, str]:
        """Sign the policy and return the form fields.

        For a policy created without arguments, these include the fields of its own conditions, such as bucket, key and
        content type.

        Args:
            access_key: The access key.
            secret_key: The secret key.
            session_token: The session token of temporary credentials.
            region: The bucket's region.
            now: The signing time. A naive datetime is taken as UTC.

        Raises:
            InvalidArgumentError: The policy is incomplete, or `region` is empty.
        """
        self.check()
        at = _utc("now", now)
        named = _signature_fields(access_key, session_token, _filled("region", region), at)
        document = self._document(("eq", f"${name}", value) for name, value in named.items())
        signed = sign_form(
            document, access_key=access_key, secret_key=secret_key, session_token=session_token, region=region, now=at
        )
        return {**self.form_data, **signed} if self._classic else signed

    def _put(self, condition: str, element: str, value: str) -> None:
        # A second call of a setter replaces the condition. With two values for one field, every upload would fail.
        self._drop(condition, element)
        if element == "key":
            self._drop("starts-with" if condition == "eq" else "eq", element)
        self.policies.append([condition, f"${element}", value])
        if self._classic:
            self.form_data[element] = value

    def _drop(self, condition: str, element: str) -> None:
        self.policies[:] = [item for item in self.policies if item[:2] != [condition, f"${element}"]]
        left = self._value(f"${element}")
        if left is None:
            self.form_data.pop(element, None)
        elif self._classic:
            self.form_data[element] = left

    def _value(self, target: str) -> str | None:
        return next((value for _, name, value in self.policies if name == target), None)

    def _document(self, extras: Iterable[Sequence[str]]) -> bytes:
        if self._expiration is None:
            raise InvalidArgumentError("policy has no expiration")
        conditions: list[list[str | int]] = [list(item) for item in (*self.policies, *extras)]
        if self._range is not None:
            conditions.append([_RANGE, *self._range])
        expiration = to_iso8601utc(self._expiration.replace(microsecond=0))
        return json.dumps({"expiration": expiration, "conditions": conditions}).encode()


def sign_form(
    policy: bytes, *, access_key: str, secret_key: str, session_token: str | None, region: str, now: datetime
) -> dict[str, str]:
    """Sign a POST policy and return the form fields of the signature.

    Args:
        policy: The JSON of the policy. It must have conditions for the returned fields, except `policy` and the
            signature.
        access_key: The access key.
        secret_key: The secret key.
        session_token: The session token of temporary credentials.
        region: The bucket's region.
        now: The signing time, as an aware datetime.
    """
    text = b64encode(policy).decode()
    fields = _signature_fields(access_key, session_token, region, now)
    signature = sign(secret_key, text, to_signer_date(now), region)
    return {"policy": text, **fields, "x-amz-signature": signature}


def _signature_fields(access_key: str, session_token: str | None, region: str, now: datetime) -> dict[str, str]:
    date = to_amz_date(now)
    fields = {
        "x-amz-date": date,
        "x-amz-algorithm": ALGORITHM,
        "x-amz-credential": f"{access_key}/{scope(date[:8], region)}",
    }
    return {**fields, "x-amz-security-token": session_token} if session_token else fields


def _element(element: str) -> str:
    name = _filled("element", element).removeprefix("$")
    if name.lower() in _RESERVED:
        raise InvalidArgumentError(f"element {name!r} is set by the policy itself")
    if name.lower() == _RANGE:
        raise InvalidArgumentError("element content-length-range has add_content_length_range_condition")
    return _filled("element", name)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"{name} must be a str, not {type(value).__name__}")
    check_encodable(name, value)
    return value


def _filled(name: str, value: object) -> str:
    if not _text(name, value).strip():
        raise InvalidArgumentError(f"{name} must not be blank")
    return cast("str", value)


def _size(name: str, value: object) -> int:
    number = whole_number(name, value, "an int")
    if number < 0:
        raise InvalidArgumentError(f"{name} must not be negative, not {number}")
    return number


def _utc(name: str, value: object) -> datetime:
    if not isinstance(value, datetime):
        raise InvalidArgumentTypeError(f"{name} must be a datetime, not {type(value).__name__}")
    return to_utc(value)
