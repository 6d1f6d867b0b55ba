"""The options that every call takes: a region, and headers and query parameters of all its requests.

The laws:

* The options apply to every request of the call: all pages, all parts, and the HEADs before and after them.
* They never change what a request does. A header or a query parameter that the client sets itself is refused before
  anything is sent, by the name of its argument.
* A call without options costs nothing: `RequestOptions` is created only if an option is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, cast

from ..arguments import DictType, check_headers, check_query, check_region
from ..earlier_keywords import EARLIER_KEYWORDS, rename_keywords
from ..exceptions import InvalidArgumentError
from ..public import publish

if TYPE_CHECKING:
    from .request_options import RequestOptions

F = TypeVar("F", bound=Callable[..., Any])


class RegionOption(TypedDict, total=False):
    """The region of a call."""

    region: str | None
    """Sign for this region, instead of the client's or the bucket's."""


class ExtraHeaders(TypedDict, total=False):
    """Headers of a call."""

    extra_headers: DictType | None
    """Headers to add to every request of the call. Headers that the client sets itself are refused."""


class ExtraQuery(TypedDict, total=False):
    """Query parameters of a call."""

    extra_query_params: DictType | None
    """Query parameters to add to every request of the call. Those that S3 operations use are refused."""


class HeaderOptions(RegionOption, ExtraHeaders, total=False):
    """The options of calls that have a parameter `extra_query_params` of their own."""


class QueryOptions(RegionOption, ExtraQuery, total=False):
    """The options of calls that have a parameter `extra_headers` of their own."""


class ExtraOptions(ExtraHeaders, ExtraQuery, total=False):
    """The options of calls that have a parameter `region` of their own."""


class CallOptions(RegionOption, ExtraHeaders, ExtraQuery, total=False):
    """The keywords that every call takes for its requests."""


NAMES = frozenset(CallOptions.__optional_keys__)
_KEYWORDS = 0x08
"""The flag of a function with a parameter of the form `**options`."""

_OF_THE_CLIENT = {
    "authorization": "",
    "host": "",
    "date": "",
    "connection": "",
    "content-length": "",
    "transfer-encoding": "",
    "te": "",
    "trailer": "",
    "upgrade": "",
    "expect": "",
    "accept-encoding": "",
    "content-md5": "checksum",
    "range": "offset and length",
    "x-amz-content-sha256": "",
    "x-amz-date": "",
    "x-amz-decoded-content-length": "",
    "x-amz-security-token": "session_token of the client",
    "x-amz-trailer": "",
    "x-amz-write-offset-bytes": "write_offset",
    "x-amz-copy-source": "source",
    "x-amz-metadata-directive": "metadata_directive",
    "x-amz-tagging-directive": "tagging_directive",
    "x-amz-bypass-governance-retention": "bypass_governance_mode",
    "x-amz-bucket-object-lock-enabled": "object_lock",
    "x-amz-object-attributes": "object_attributes",
    "x-amz-max-parts": "max_parts",
    "x-amz-part-number-marker": "part_number_marker",
}
"""Headers that the client sets itself, with the argument to use instead."""
FRAMING = frozenset(name for name, instead in _OF_THE_CLIENT.items() if not instead) | {"x-amz-security-token"}
"""Headers that address, frame and sign every request."""
_FAMILIES = {
    "x-amz-checksum-": "checksum",
    "x-amz-sdk-checksum-": "checksum",
    "x-amz-copy-source-": "source",
    "x-amz-copy-if-": "source",
    "proxy-": "",
}
"""Prefixes of such headers."""
_ALLOWED = frozenset({"x-amz-checksum-mode"})

# fmt: off
SELECTORS = frozenset(
    {
        "accelerate", "acl", "analytics", "append", "attributes", "cors", "delete", "encryption", "events",
        "intelligent-tiering", "inventory", "lambdaArn", "legal-hold", "lifecycle", "list-type", "location",
        "logging", "metadata", "metrics", "notification", "object-lock", "ownershipControls", "partNumber",
        "ping", "policy", "policyStatus", "position", "prefix", "publicAccessBlock", "renameObject",
        "replication", "replication-metrics", "requestPayment", "restore", "retention", "select", "select-type",
        "session", "suffix", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions",
        "website",
        # Where a page begins, and what it holds.
        "bucket-region", "continuation-token", "delimiter", "encoding-type", "fetch-owner", "key-marker",
        "marker", "max-buckets", "max-keys", "max-parts", "max-uploads", "part-number-marker", "start-after",
        "upload-id-marker", "version-id-marker",
        # Signatures of version 2.
        "AWSAccessKeyId", "Expires", "Signature",
    }
)
# fmt: on
"""Query parameters that select the operation, the object's version or the page, or that are a signature."""
_SIGNATURES = "x-amz-"


def check_options(options: Mapping[str, Any]) -> RequestOptions | None:
    """Check the options of a call. Return None if there is nothing to apply.

    Raises:
        InvalidArgumentError: An option is invalid, or the client sets that header or query parameter itself.
    """
    region = check_region("region", options.get("region"))
    headers = checked_headers("extra_headers", options.get("extra_headers"))
    query = check_query("extra_query_params", options.get("extra_query_params"))
    for name in query:
        if name in SELECTORS or name.lower().startswith(_SIGNATURES):
            raise InvalidArgumentError(f"extra_query_params: {name!r} is a parameter of S3 that calls set themselves")
    if not (region or headers or query):
        return None
    from .request_options import RequestOptions

    return RequestOptions(region, headers, query)


def checked_headers(argument: str, headers: DictType | None, only_framing: bool = False) -> dict[str, str]:
    """Check headers for all requests of a call, and return them under the names that the client uses.

    Args:
        argument: The name of the argument.
        headers: The headers.
        only_framing: Refuse only the headers of `FRAMING`. For a call with one request in which the others are valid.

    Raises:
        InvalidArgumentError: A header is invalid, or the client sets it itself.
    """
    found = check_headers(argument, headers)
    for name in found:
        low = name.lower()
        if only_framing and low not in FRAMING:
            continue
        family = next((each for each in _FAMILIES if low.startswith(each)), "")
        if low in _OF_THE_CLIENT or (family and low not in _ALLOWED):
            instead = _OF_THE_CLIENT.get(low) or _FAMILIES.get(family)
            hint = f": use {instead}" if instead else ""
            raise InvalidArgumentError(f"{argument}: {name!r} must not be given, the client sets it itself{hint}")
    return {_OURS.get(name.lower(), name): value for name, value in found.items()}


_OURS = {"user-agent": "User-Agent", "content-type": "Content-Type"}
"""The spelling of headers that a request has exactly once."""


def option_taker(function: Callable[..., Any]) -> Callable[[Any, dict[str, Any]], Any]:
    """Return a function that takes the options out of the keywords of a call.

    It returns the client that the call runs on: a derived one if there are options. A parameter of the method itself
    is not an option, even if it has the name of one. Arguments may have their names of earlier releases.
    """
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    own = frozenset(code.co_varnames[1:count])
    options = NAMES - own
    takes = bool(code.co_flags & _KEYWORDS) and code.co_varnames[count] == "options"

    earlier = EARLIER_KEYWORDS.get(function.__name__)

    def take(client: Any, keywords: dict[str, Any]) -> Any:
        if earlier is not None:
            rename_keywords(earlier, keywords)
        if not takes or keywords.keys() <= own:
            return client
        given = {option: keywords.pop(option) for option in options & keywords.keys()}
        for keyword in keywords:
            if keyword not in own:
                raise TypeError(f"{function.__qualname__}() got an unexpected keyword argument {keyword!r}")
        checked = check_options(given)
        return client if checked is None else client._derive(options=checked)

    return take


def takes_options(function: F) -> F:
    """Apply the call options to a method that returns an iterator, which sends its requests later."""
    take = option_taker(function)

    @wraps(function)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            self = take(self, kwargs)
        return function(self, *args, **kwargs)

    return cast(F, call)


publish("minio.args", vars())
