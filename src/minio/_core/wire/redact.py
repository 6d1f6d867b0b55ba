"""Remove secrets from text that a server, a proxy or a trace repeats.

Two methods are combined. Patterns find secrets by their name, such as a signature, a token or a password. The values
of a request's own secrets are known, so they are found under any name and in the usual encodings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from urllib.parse import quote, unquote, urlsplit

REDACTED = "*REDACTED*"
_PREFIX = 8
"""The number of characters that identify a secret. Truncated text may contain only the first part of a secret."""

_SECRET_NAMES = re.compile(r"security-token|metadata-token|customer-key|cookie|proxy-authorization", re.IGNORECASE)
_QUERY_VALUE = (
    r"((?:x-amz-)?(?:signature|security-token|credential)|webidentitytoken|samlassertion|ldappassword|token|password)"
    r"(=|%3D)[^&,\s\"'<>]+"
)
_HEADER_VALUE = (
    r"(proxy-authorization|(?:security|metadata)-token|customer-key(?:-md5)?|cookie)"
    r"([\"']?[^\S\n]*:[^\S\n]*[\"']?)[^\r\n<>\"']+"
)
_ELEMENT = r"(<(?:AWSAccessKeyId|SignatureProvided|CanonicalRequestBytes|Token-0|SecretAccessKey|SessionToken)>)()[^<]+"
_JSON_VALUE = r"([\"'](?:SecretAccessKey|SessionToken|Token|secretKey|sessionToken)[\"'])(\s*:\s*[\"'])[^\"']+"
_BASIC = r"\b(authorization[\"']?\s*:\s*[\"']?(?:Basic|Bearer|Digest))(\s+)[^\r\n<>\"']+"
_USER_INFO = r"(://[^/\s:@\"'<>]*)(:)[^/\s@\"'<>]+(?=@)"
_HEADER_WORDS = ("authorization", "token", "-key", "cookie")
_PATTERNS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (_QUERY_VALUE, lambda text: "=" in text or "%3d" in text),
    (_HEADER_VALUE, lambda text: ":" in text and any(word in text for word in _HEADER_WORDS)),
    (_ELEMENT, lambda text: "<" in text),
    (_JSON_VALUE, lambda text: ":" in text and ("key" in text or "token" in text)),
    (_BASIC, lambda text: "authorization" in text),
    (_USER_INFO, lambda text: "://" in text and "@" in text),
)
"""Each pattern comes with a cheap test of the lower-case text that must pass for a match. Most error texts pass none
of these tests."""


def is_secret_name(name: str) -> bool:
    """Return whether the whole value of a header with this name is a secret."""
    return _SECRET_NAMES.search(name) is not None


class Secrets:
    """The secrets of one request, in every form in which a text may repeat them, and the caller's names.

    Most texts contain no secret, so the forms are computed only for a text that may contain one.

    Args:
        values: The secrets.
        keep: Names given by the caller, such as the bucket. They are kept wherever they occur, even if they look like
            a secret. A match that extends beyond such a name is still removed.
    """

    __slots__ = ("_forms", "_signs", "_values", "keep")

    def __init__(self, values: Iterable[str | None] = (), keep: Iterable[str] = ()) -> None:
        self._values = [value for value in values if value and len(value) > 3]
        self._signs: set[str] | None = None
        self._forms: list[str] | None = None
        self.keep = tuple(keep)

    def __iter__(self) -> Iterator[str]:
        """Iterate over all forms, the longest first."""
        if self._forms is None:
            self._forms = sorted({form for value in self._values for form in _forms(value)}, key=len, reverse=True)
        return iter(self._forms)

    def may_be_in(self, lowered: str) -> bool:
        """Return whether an ASCII text in lower case contains the first characters of a secret."""
        if self._signs is None:
            self._signs = {sign for value in self._values for sign in _beginnings(value)}
        return any(sign in lowered for sign in self._signs)


_UNCHANGED = re.compile(rf"[A-Za-z0-9._~-]{{{_PREFIX}}}").match
"""Matches a value whose first characters are the same in all forms."""


def _beginnings(value: str) -> Iterator[str]:
    for form in (value,) if _UNCHANGED(value) else _forms(value):
        yield form[:_PREFIX].lower()


def redact(text: str, secrets: Secrets | Iterable[str] = ()) -> str:
    """Replace the secrets in a text: the given ones, and those recognized by their name."""
    lowered = text.lower()
    plain = lowered.isascii()  # case conversion of other text is not one to one
    keep = secrets.keep if isinstance(secrets, Secrets) else ()
    if not plain or not isinstance(secrets, Secrets) or secrets.may_be_in(lowered):
        text = _hide(text, secrets, keep)
    for pattern, may_match in _PATTERNS:
        if not plain or may_match(lowered):
            # re caches the compiled patterns, which only errors and traces need.
            text = re.sub(pattern, partial(_hide_value, keep), text, flags=re.IGNORECASE)
    return text


def _hide_value(keep: tuple[str, ...], found: re.Match[str]) -> str:
    if keep and _is_named(found.string, found.start(), found.end(), keep):
        return found[0]
    return f"{found[1]}{found[2]}{REDACTED}"


def _is_named(text: str, begin: int, end: int, keep: tuple[str, ...]) -> bool:
    """Return whether text[begin:end] is within an occurrence of one of the names, plain or percent-encoded."""
    for name in keep:
        for form in {name, quote(name, safe="", errors="replace"), quote(name, errors="replace")}:
            if len(form) >= end - begin and text.find(form, max(0, end - len(form)), begin + len(form)) >= 0:
                return True
    return False


def _hide(text: str, secrets: Iterable[str], keep: tuple[str, ...] = ()) -> str:
    """Replace each occurrence of at least the first characters of a secret, ignoring case."""
    alike: dict[str, list[str]] = {}
    for secret in secrets:
        alike.setdefault(secret[:_PREFIX].lower(), []).append(secret)
    for beginning, group in alike.items():
        if len(beginning) >= _PREFIX:
            text = _hide_long(text, beginning, group, keep)
            continue
        for secret in group:
            word = rf"(?<![A-Za-z0-9])()(){re.escape(secret)}(?![A-Za-z0-9])"
            text = re.sub(word, partial(_hide_value, keep), text, flags=re.IGNORECASE)
    return text


def _hide_long(text: str, beginning: str, group: list[str], keep: tuple[str, ...]) -> str:
    """Replace secrets with the same first characters. If several match at one position, the longest match wins."""
    lowered, sought = text.lower(), [secret.lower() for secret in group]
    if len(lowered) != len(text):  # some characters are longer in lower case
        lowered, sought, beginning = text, group, group[0][:_PREFIX]
    kept, begin = [], 0
    while (at := lowered.find(beginning, begin)) >= 0:
        end = max(_end_of_match(lowered, at, secret) for secret in sought)
        named = keep and _is_named(text, at, end, keep)
        kept += [text[begin:at], text[at:end] if named else REDACTED]
        begin = end
    return "".join([*kept, text[begin:]])


def _end_of_match(text: str, at: int, secret: str) -> int:
    end = at + _PREFIX
    while end < len(text) and end - at < len(secret) and text[end] == secret[end - at]:
        end += 1
    return end


def secrets_of(
    headers: Mapping[str, str], target: str, others: Iterable[str | None] = (), keep: Iterable[str] = ()
) -> Secrets:
    """Collect the secrets of a request, and `others`. `keep` are the names given by the caller."""
    return Secrets((*_of_headers(headers), *_of_query(target), *others), keep)


def _of_headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        if is_secret_name(name):
            yield value
        elif name.lower() == "authorization":
            yield value.rpartition("Signature=")[2].rpartition(" ")[2]


def _of_query(target: str) -> Iterator[str]:
    for item in target.partition("?")[2].split("&"):
        name, _, value = item.partition("=")
        if name.lower() in ("x-amz-signature", "x-amz-security-token", "signature"):
            yield unquote(value)


def _forms(value: str) -> Iterator[str]:
    """Yield the value as it is, and as encoded in URLs, HTML and JSON."""
    yield value
    if value.isalnum() and value.isascii():
        return  # all forms are identical
    yield quote(value, safe="", errors="replace")
    yield quote(value, safe="/", errors="replace")
    yield value.replace("&", "&amp;").replace('"', "&#34;").replace("'", "&#39;").replace("+", "&#43;")
    yield value.replace("/", "\\/")
    yield value.replace("+", "\\u002b")


def proxy_secrets(proxy: str | None) -> list[str | None]:
    """Return the passwords in a proxy URL and the credentials in the header derived from it.

    With None, use the proxies of the environment.
    """
    found: list[str | None] = []
    for url in _proxies_of_environment() if proxy is None else (proxy,):
        user, password = _user_info(url)
        if password:
            from base64 import b64encode

            pair = f"{unquote(user)}:{unquote(password)}".encode("utf-8", "replace")
            found += [unquote(password), password, b64encode(pair).decode()]
    return found


def _proxies_of_environment() -> list[str]:
    names = [name for name in os.environ if name[-6:].lower() == "_proxy"]
    return [os.environ.get(name, "") for name in names]


def _user_info(url: str) -> tuple[str, str]:
    if "@" not in url:
        return "", ""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        return parts.username or "", parts.password or ""
    except ValueError:
        return "", ""


_LONGEST = 64 * 1024
"""The number of characters kept of an error's text. A malicious server may send megabytes."""
_SHOWN = ("msg", "strerror", "reason", "text")
"""Attributes from which exceptions of other libraries build their messages."""


def redact_error(error: BaseException, secrets: Secrets, outer: BaseException | None = None) -> None:
    """Remove secrets from an exception and from all exceptions chained to it.

    Args:
        error: The exception. Its `response` is not changed.
        secrets: The result of `secrets_of`. A text that equals one of its kept names is not changed.
        outer: The exception that the caller was handling. It and the exceptions chained to it are not changed.
    """
    cleaned = {name: name for name in secrets.keep}
    seen, todo = {id(outer)}, [error]

    def clean(text: str) -> str:
        found = cleaned.get(text)
        if found is None:
            found = cleaned[text] = redact(text[:_LONGEST], secrets)
        return found

    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        with suppress(Exception):  # exceptions of other libraries may reject any assignment
            _replace_texts(each, clean)
        linked = (each.__cause__, each.__context__, getattr(each, "cause", None))
        todo += [other for other in linked if isinstance(other, BaseException)]


def _replace_texts(error: BaseException, clean: Callable[[str], str]) -> None:
    def cleaned(value: object) -> object:
        if isinstance(value, str):
            return clean(value)
        if isinstance(value, bytes):
            return clean(value[:_LONGEST].decode("latin-1")).encode("latin-1")
        return value

    if any(cleaned(arg) is not arg for arg in error.args):
        _replace(error, "args", tuple(cleaned(arg) for arg in error.args))
    if notes := getattr(error, "__notes__", None):
        _replace(error, "__notes__", [clean(note) for note in notes])
    own = vars(error)
    for name, value in [item for item in own.items() if isinstance(item[1], str)]:
        if (text := clean(value)) is not value:
            _replace(error, name, text)
    for name in _SHOWN:
        if name not in own and isinstance(value := getattr(error, name, None), str):
            _replace(error, name, clean(value))


def _replace(error: BaseException, name: str, value: object) -> None:
    """Set an attribute, even on a frozen exception."""
    try:
        setattr(error, name, value)
    except Exception:  # noqa: BLE001 - the class may raise anything
        with suppress(Exception):
            BaseException.__setattr__(error, name, value)
