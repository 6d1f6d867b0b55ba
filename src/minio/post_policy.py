"""Policies of browser uploads: what a form may upload, until when (S3: POST Object).

One class serves both ways to make one, and what `presigned_post_policy` returns follows from how it was made:

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

from ._core.wire.sigv4 import ALGORITHM, scope, sign
from .error import InvalidArgumentError, InvalidArgumentTypeError

if TYPE_CHECKING:
    # Checkers know it without its being installed; with a default, a plain `PostPolicy` needs no parameter.
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
    """The fields that a policy's own conditions put into the form; called with credentials, the signed fields."""

    def __init__(self, policy: PostPolicy[Any]) -> None:
        super().__init__()
        self._policy = policy

    def __call__(self, creds: _Credentials | None, region: str) -> dict[str, str]:
        """Sign the policy and return the form's fields; the file comes last in the form.

        Args:
            creds: Credentials with ``access_key``, ``secret_key`` and ``session_token``.
            region: The bucket's region.

        Raises:
            InvalidArgumentError: If the policy is not complete, or credentials or region are missing.
        """
        if creds is None:
            raise InvalidArgumentError("creds must be given: an anonymous client cannot sign a form")
        return self._policy.fields(creds.access_key, creds.secret_key, creds.session_token, region, datetime.now(UTC))


class PostPolicy(Generic[ResultT]):
    """Conditions that a browser upload has to meet.

    Args:
        bucket_name: The bucket; without it and `expiration` they are set later by `set_bucket_name` and `set_expires`.
        expiration: When the form ceases to work; a time without a zone is taken as UTC.

    Raises:
        InvalidArgumentError: If only one of the two is given, or the bucket's name is blank.
        InvalidArgumentTypeError: If one is of the wrong type.
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
        """Whether it was made without arguments; then `presigned_post_policy` returns a URL and all fields."""
        return self._classic

    @property
    def bucket_name(self) -> str | None:
        """The bucket."""
        return self._value("$bucket")

    @property
    def key(self) -> str | None:
        """The object's name, or what it begins with."""
        return self._value("$key")

    def set_expires(self, time: datetime) -> None:
        """Set when the form ceases to work.

        Args:
            time: The time, cut to whole seconds; one without a zone is taken as UTC.

        Raises:
            InvalidArgumentTypeError: If it is not a datetime.
        """
        self._expiration = _utc("time", time)

    def set_key(self, key: str) -> None:
        """Let the upload have just this name."""
        self._put("eq", "key", _filled("key", key))

    def set_key_startswith(self, key_startswith: str) -> None:
        """Let the upload have any name with this beginning; ``""`` lets it have any name."""
        self._put("starts-with", "key", _text("key_startswith", key_startswith))

    def set_bucket_name(self, bucket_name: str) -> None:
        """Set the bucket to upload to."""
        self._put("eq", "bucket", _filled("bucket_name", bucket_name))

    def set_content_type(self, content_type: str) -> None:
        """Let the upload have just this content type."""
        self._put("eq", "Content-Type", _filled("content_type", content_type))

    def set_content_length_range(self, min_length: int, max_length: int) -> None:
        """Set how large the upload may be.

        Args:
            min_length: The smallest size in bytes.
            max_length: The largest size in bytes.

        Raises:
            InvalidArgumentError: If a size is negative, or the smallest is larger than the largest.
        """
        for name, value in (("min_length", min_length), ("max_length", max_length)):
            _check_size(name, value)
        if min_length > max_length:
            raise InvalidArgumentError(f"min_length {min_length} must not be larger than max_length {max_length}")
        self._range = min_length, max_length

    def append_policy(self, condition: str, target: str, value: str) -> None:
        """Append a condition as it is; the form's field for it is the caller's to add.

        Args:
            condition: ``eq`` or ``starts-with``.
            target: The form's field with a dollar in front, such as ``$Content-Type``.
            value: What the field has to be, or to begin with.
        """
        self.policies.append([_filled("condition", condition), _filled("target", target), _text("value", value)])

    def add_equals_condition(self, element: str, value: str) -> None:
        """Let a form field have just this value, in place of the value that it was to have before.

        Args:
            element: The field's name, with or without a dollar in front.
            value: The value.

        Raises:
            InvalidArgumentError: If the value is empty, or the field is not the caller's to set.
        """
        self._put("eq", _element(element), _filled("value", value))

    def remove_equals_condition(self, element: str) -> None:
        """Drop the condition that a form field has just one value."""
        self._drop("eq", _element(element))

    def add_starts_with_condition(self, element: str, value: str) -> None:
        """Let a form field have any value with this beginning.

        Args:
            element: The field's name, with or without a dollar in front.
            value: The beginning; ``""`` allows any value.

        Raises:
            InvalidArgumentError: If the field is not the caller's to set, or S3 compares it as a whole only.
        """
        name = _element(element)
        lower = name.lower()
        if lower in _EXACT_ONLY or (lower.startswith("x-amz-") and not lower.startswith("x-amz-meta-")):
            raise InvalidArgumentError(f"element {name!r} can only have an equals condition")
        self._put("starts-with", name, _text("value", value))

    def remove_starts_with_condition(self, element: str) -> None:
        """Drop the condition that a form field begins with something."""
        self._drop("starts-with", _element(element))

    def add_content_length_range_condition(self, lower_limit: int, upper_limit: int) -> None:
        """Set how large the upload may be, in bytes; see `set_content_length_range`."""
        self.set_content_length_range(lower_limit, upper_limit)

    def remove_content_length_range_condition(self) -> None:
        """Let the upload have any size."""
        self._range = None

    def check(self) -> None:
        """Make sure that nothing is missing.

        Raises:
            InvalidArgumentError: If the expiration, the key or the bucket is missing; they are looked at in this order.
        """
        missing = {"expiration": self._expiration, "key": self.key, "bucket name": self.bucket_name}
        for name, value in missing.items():
            if value is None:
                raise InvalidArgumentError(f"policy has no {name}")

    def is_valid(self) -> bool:
        """Return True when nothing is missing.

        Raises:
            InvalidArgumentError: If something is; see `check`.
        """
        self.check()
        return True

    def base64(self, extras: Iterable[Sequence[str]] = ()) -> str:
        """Render the policy as it is put into the form.

        Args:
            extras: Conditions besides the policy's own, each of condition, target and value.
        """
        return b64encode(self._document(extras)).decode()

    def fields(
        self, access_key: str, secret_key: str, session_token: str | None, region: str, now: datetime
    ) -> dict[str, str]:
        """Sign the policy and return the form's fields.

        A policy made without arguments gives the fields of its own conditions, too; bucket, key and content type, say.

        Args:
            access_key: The access key.
            secret_key: The secret key.
            session_token: The token of temporary credentials.
            region: The bucket's region.
            now: The time of signing; one without a zone is taken as UTC.

        Raises:
            InvalidArgumentError: If the policy is not complete, or `region` is empty.
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
        # A setter that is called again changes its mind. Two values for one field would refuse every upload.
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
        expiration = self._expiration.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return json.dumps({"expiration": expiration, "conditions": conditions}).encode()


def sign_form(
    policy: bytes, *, access_key: str, secret_key: str, session_token: str | None, region: str, now: datetime
) -> dict[str, str]:
    """Sign a POST policy and return the form fields that prove it.

    Args:
        policy: The policy's JSON; it has to hold conditions for the fields returned, `policy` and the signature apart.
        access_key: The access key.
        secret_key: The secret key.
        session_token: The token of temporary credentials.
        region: The bucket's region.
        now: The time of signing, aware.
    """
    text = b64encode(policy).decode()
    fields = _signature_fields(access_key, session_token, region, now)
    signature = sign(secret_key, text, now.astimezone(UTC).strftime("%Y%m%d"), region)
    return {"policy": text, **fields, "x-amz-signature": signature}


def _signature_fields(access_key: str, session_token: str | None, region: str, now: datetime) -> dict[str, str]:
    date = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
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
    return value


def _filled(name: str, value: object) -> str:
    if not _text(name, value).strip():
        raise InvalidArgumentError(f"{name} must not be blank")
    return cast("str", value)


def _check_size(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidArgumentTypeError(f"{name} must be an int, not {type(value).__name__}")
    if value < 0:
        raise InvalidArgumentError(f"{name} must not be negative, not {value}")


def _utc(name: str, value: object) -> datetime:
    if not isinstance(value, datetime):
        raise InvalidArgumentTypeError(f"{name} must be a datetime, not {type(value).__name__}")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
