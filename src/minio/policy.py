"""Bucket policies: four canned policies by prefix, and any other policy as JSON.

A canned policy for a prefix consists of a few statements that allow everyone some actions. `set_policy` adds them to a
bucket's document or removes them. `get_policy` returns the canned policy that the document grants. Both are pure
functions; the client reads and writes the document.

Documents are compared by what they grant, not by their text: servers turn one-item lists into strings, drop empty Sids
and write the principal in several ways. Statements for specific principals, denials and statements with other
conditions are left unchanged and in place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, NoReturn, TypeAlias

from ._core.arguments import check_encodable
from ._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError

Statement: TypeAlias = "Mapping[str, Any]"


class Policy(StrEnum):
    """The access of everyone, without credentials, to the objects under a prefix."""

    NONE = "none"
    READ_ONLY = "readonly"
    READ_WRITE = "readwrite"
    WRITE_ONLY = "writeonly"


_LOCATION = "s3:GetBucketLocation"
_LIST = "s3:ListBucket"
_UPLOADS = "s3:ListBucketMultipartUploads"
_READ = frozenset({"s3:GetObject"})
_WRITE = frozenset({"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"})
_NOTHING: frozenset[str] = frozenset()

# Granted on the bucket and not on a prefix: shared by all prefixes that need them.
_SHARED = {
    Policy.NONE: _NOTHING,
    Policy.READ_ONLY: frozenset({_LOCATION}),
    Policy.READ_WRITE: frozenset({_LOCATION, _UPLOADS}),
    Policy.WRITE_ONLY: frozenset({_LOCATION, _UPLOADS}),
}
_ON_OBJECTS = {
    Policy.NONE: _NOTHING,
    Policy.READ_ONLY: _READ,
    Policy.READ_WRITE: _READ | _WRITE,
    Policy.WRITE_ONLY: _WRITE,
}


class _Scope(NamedTuple):
    """A prefix of a bucket, and the resource names that policies use for it."""

    bucket: str
    prefix: str

    @property
    def objects(self) -> str:
        return f"{self.bucket}/{self.prefix}*"


def check_policy(value: Policy | str) -> Policy:
    """Return a canned policy, given as a member or as its value.

    Raises:
        InvalidArgumentError: The policy does not exist.
    """
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"policy must be a Policy, not {type(value).__name__}")
    try:
        return Policy(value)
    except ValueError:
        raise InvalidArgumentError(f"policy must be one of {', '.join(Policy)}, not {value!r}") from None


def check_policy_document(policy: str | bytes | Mapping[str, Any]) -> bytes:
    """Check a whole policy document, given as JSON text or as a mapping, and return the JSON to send.

    Text is sent unchanged. Only its being a JSON object is checked; the server checks the rest.

    Raises:
        InvalidArgumentError: The document is blank, is not JSON, or is not a JSON object.
        InvalidArgumentTypeError: `policy` has another type.
    """
    if isinstance(policy, Mapping):
        return _dump(policy)
    if not isinstance(policy, str | bytes):
        raise InvalidArgumentTypeError(f"policy must be JSON text or a mapping, not {type(policy).__name__}")
    if not policy.strip():
        raise InvalidArgumentError("policy must not be blank")
    _parse(policy)
    if not isinstance(policy, str):
        return policy
    check_encodable("policy", policy)
    return policy.encode()


def get_policy(document: str | bytes | Mapping[str, Any] | None, bucket_name: str, prefix: str) -> Policy:
    """Return the canned policy that a bucket's document grants for a prefix.

    Only statements that allow everyone something are considered, because canned policies contain no others. The longest
    object resource that covers the prefix applies. A prefix can therefore have fewer rights than a shorter prefix. A
    prefix without its own statements has the rights of the longest prefix that contains it.

    Args:
        document: The bucket's policy. None or blank if the bucket has none.
        bucket_name: The bucket.
        prefix: The prefix of the objects' names, ``""`` for all objects.

    Raises:
        InvalidArgumentError: The document is not a policy.
    """
    scope = _scope(bucket_name, prefix)
    public = [item for item in _statements(_load(document)) if _is_public(item)]
    if not _bucket_allows(public, _LOCATION, scope.bucket):
        return Policy.NONE
    actions = _object_actions(public, scope)
    reads = actions >= _READ and any(_may_list(item, scope) for item in public)
    writes = actions >= _WRITE and _bucket_allows(public, _UPLOADS, scope.bucket)
    if reads:
        return Policy.READ_WRITE if writes else Policy.READ_ONLY
    return Policy.WRITE_ONLY if writes else Policy.NONE


def set_policy(
    document: str | bytes | Mapping[str, Any] | None, bucket_name: str, prefix: str, policy: Policy | str
) -> dict[str, Any] | None:
    """Set the canned policy of a prefix in a bucket's document, replacing its current one.

    `get_policy` of the result is `policy`, with one exception: NONE removes only the rights of the prefix itself, and
    those of a shorter prefix still apply. S3 combines all rights: after READ_ONLY for ``a/`` and READ_WRITE for ``""``,
    `get_policy` returns READ_ONLY for ``a/``, but S3 still allows writing. A ``*`` or ``?`` in `prefix` is an S3
    wildcard.

    Args:
        document: The bucket's policy, which is not changed. None or blank if the bucket has none.
        bucket_name: The bucket.
        prefix: The prefix of the objects' names, ``""`` for all objects.
        policy: The canned policy, as a member or as its value.

    Returns:
        The new document, or None if no statement is left and the bucket's policy should be deleted.

    Raises:
        InvalidArgumentError: The canned policy does not exist, or the document is not a policy.
    """
    policy = check_policy(policy)
    scope = _scope(bucket_name, prefix)
    loaded = _load(document)
    statements = _removed(_statements(loaded), scope, policy)
    _add(statements, scope, policy)
    if not statements:
        return None
    # Do not add a version to a document without one: version 2012-10-17 changes the meaning of `${...}`.
    version = {} if loaded and _statements(loaded) else {"Version": "2012-10-17"}
    return {**version, **(loaded or {}), "Statement": statements}


def _scope(bucket_name: str, prefix: str) -> _Scope:
    if not isinstance(prefix, str):
        raise InvalidArgumentTypeError(f"prefix must be a str, not {type(prefix).__name__}")
    return _Scope(f"arn:aws:s3:::{bucket_name}", prefix)


# Reading and writing JSON


def _load(document: str | bytes | Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if document is None or isinstance(document, Mapping):
        return document
    return _parse(document, _refuse_duplicates) if document.strip() else None


def _parse(text: str | bytes, pairs: Callable[[list[tuple[str, Any]]], dict[str, Any]] = dict) -> dict[str, Any]:
    try:
        parsed: object = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"policy is not valid JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise InvalidArgumentError(f"policy must be a JSON object, not {type(parsed).__name__}")
    return parsed


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Parsers disagree on which of the two applies, so a document that is written back may have another meaning.
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a key occurs more than once in an object with the keys {', '.join(found)[:100]}")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _dump(document: Mapping[str, Any]) -> bytes:
    try:
        json.dumps(dict(document), ensure_ascii=False).encode()  # rejects a lone surrogate
        return json.dumps(dict(document), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"policy cannot be written as JSON: {error}") from error


def _statements(document: Mapping[str, Any] | None) -> list[Statement]:
    if document is None:
        return []
    found = document.get("Statement")
    if isinstance(found, Mapping):
        return [found]
    if not isinstance(found, list):
        raise InvalidArgumentError("policy has no list of statements in 'Statement'")
    return list(found)


# The meaning of one statement


def _strings(value: object) -> list[str]:
    """Return a value that is a string or a list of strings as a list."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def _is_public(statement: object) -> bool:
    """Return whether a statement allows everyone something, in the form of the canned policies."""
    known = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow" or not known.issuperset(statement):
        return False
    if not isinstance(statement.get("Condition"), Mapping | None):
        return False
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        principal = principal.get("AWS") if set(principal) == {"AWS"} else None
    return set(_strings(principal)) == {"*"}


def _is_plain(statement: Statement) -> bool:
    return _is_public(statement) and not statement.get("Condition")


def _grants(statement: Statement, action: str, resource: str) -> bool:
    """Return whether a statement names this action and this resource literally, without wildcards."""
    return action in _strings(statement.get("Action")) and resource in _strings(statement.get("Resource"))


def _glob(pattern: str, text: str) -> bool:
    """Match S3 wildcards. fnmatch would also interpret brackets, which are common in names."""
    # Not a regular expression: one with many stars takes exponential time, and the pattern is untrusted.
    at = here = kept = 0
    star = -1
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, kept, at = at, here, at + 1
        elif at < len(pattern) and pattern[at] in ("?", text[here]):
            at, here = at + 1, here + 1
        elif star >= 0:
            kept += 1
            at, here = star + 1, kept
        else:
            return False
    return not pattern[at:].strip("*")


def _allows(statement: Statement, action: str) -> bool:
    return any(_glob(pattern.lower(), action.lower()) for pattern in _strings(statement.get("Action")))


def _conditions(statement: Statement) -> dict[str, list[str]] | None:
    """Return the prefixes in the conditions of a statement, by operator, or None if it has other conditions."""
    condition = statement.get("Condition") or {}
    if not isinstance(condition, Mapping) or not {"StringEquals", "StringNotEquals"}.issuperset(condition):
        return None
    if any(not isinstance(keys, Mapping) or set(keys) != {"s3:prefix"} for keys in condition.values()):
        return None
    return {operator: _strings(keys["s3:prefix"]) for operator, keys in condition.items()}


# The meaning of a document


def _bucket_allows(public: Iterable[Statement], action: str, bucket: str) -> bool:
    return any(
        _allows(item, action) and any(_glob(resource, bucket) for resource in _strings(item.get("Resource")))
        for item in public
        if not item.get("Condition")
    )


def _object_actions(public: Iterable[Statement], scope: _Scope) -> set[str]:
    """Return the actions of the prefix's own resource, or of the longest one that covers every name under it."""
    deciding, actions = (False, 0), set[str]()
    for item in public:
        granted = set() if item.get("Condition") else {action for action in _READ | _WRITE if _allows(item, action)}
        for resource in _strings(item.get("Resource")) if granted else ():
            # A pattern that ends in a star and matches the bare prefix also matches every longer name.
            if not resource.endswith("*") or not _glob(resource, f"{scope.bucket}/{scope.prefix}"):
                continue
            weight = (resource == scope.objects, len(resource))
            if weight > deciding:
                deciding, actions = weight, set()
            if weight == deciding:
                actions |= granted
    return actions


def _may_list(statement: Statement, scope: _Scope) -> bool:
    conditions = _conditions(statement)
    if conditions is None or not _bucket_allows([{**statement, "Condition": None}], _LIST, scope.bucket):
        return False
    begins = {operator: scope.prefix.startswith(tuple(values)) for operator, values in conditions.items()}
    return begins.get("StringEquals", True) and not begins.get("StringNotEquals", False)


# Removing the statements of a prefix


def _removed(statements: list[Statement], scope: _Scope, policy: Policy) -> list[Statement]:
    """Return the statements without the rights of the prefix. Keep shared ones that other prefixes or `policy` need."""
    held = {action for action in _READ | _WRITE if _is_granted(statements, action, scope.objects)}
    shared = _SHARED[Policy.READ_WRITE if held & _WRITE else Policy.READ_ONLY if held else Policy.NONE]
    statements = _without(statements, _READ | _WRITE, scope.objects)
    statements = [piece for item in statements for piece in _unlisted(item, scope)]
    return _without(statements, shared - _needed(statements, scope.bucket) - _SHARED[policy], scope.bucket)


def _is_granted(statements: Iterable[Statement], action: str, resource: str) -> bool:
    return any(_is_plain(item) and _grants(item, action, resource) for item in statements)


def _without(statements: Iterable[Statement], actions: frozenset[str], resource: str) -> list[Statement]:
    return [piece for item in statements for piece in (_split(item, actions, resource) if _is_plain(item) else (item,))]


def _split(statement: Statement, actions: frozenset[str], resource: str) -> list[Statement]:
    """Remove these actions on this resource from a statement, and return the remaining statements."""
    named, resources = _strings(statement.get("Action")), _strings(statement.get("Resource"))
    if resource not in resources or actions.isdisjoint(named):
        return [statement]
    pieces: list[Statement] = []
    if elsewhere := [item for item in resources if item != resource]:
        pieces.append({**statement, "Resource": elsewhere})
    if left := [item for item in named if item not in actions]:
        # A Sid must be unique within a document.
        head = {key: value for key, value in statement.items() if not pieces or key != "Sid"}
        pieces.append({**head, "Action": left, "Resource": [resource]})
    return pieces


def _unlisted(statement: Statement, scope: _Scope) -> list[Statement]:
    """Remove the right to list the prefix from a statement, and return the remaining statements."""
    if not scope.prefix and _is_plain(statement):
        return _split(statement, frozenset({_LIST}), scope.bucket)
    prefixes = _listed(statement, scope.bucket)
    if scope.prefix not in prefixes:
        return [statement]
    pieces = _split(statement, frozenset({_LIST}), scope.bucket)
    if others := [item for item in prefixes if item != scope.prefix]:
        head = {key: value for key, value in statement.items() if not pieces or key != "Sid"}
        pieces.append({**head, "Action": [_LIST], "Resource": [scope.bucket], "Condition": _condition(others)})
    return pieces


def _listed(statement: Statement, bucket: str) -> list[str]:
    """Return the prefixes that everyone may list due to a statement of the canned form."""
    if not _is_public(statement) or not _grants(statement, _LIST, bucket):
        return []
    conditions = _conditions(statement)
    return conditions["StringEquals"] if conditions is not None and set(conditions) == {"StringEquals"} else []


def _needed(statements: list[Statement], bucket: str) -> set[str]:
    """Return the shared actions that the prefixes of the statements need."""
    listed = {prefix for item in statements for prefix in _listed(item, bucket)}
    if _is_granted(statements, _LIST, bucket):
        listed.add("")
    needed = set[str]()
    for prefix, actions in _prefixes(statements, bucket):
        if actions >= _WRITE:
            needed |= _SHARED[Policy.WRITE_ONLY]
        elif actions >= _READ and prefix in listed:
            needed |= _SHARED[Policy.READ_ONLY]
    return needed


def _prefixes(statements: Iterable[Statement], bucket: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each prefix with its object actions, collected from all statements."""
    found: dict[str, set[str]] = {}
    for item in filter(_is_plain, statements):
        for resource in _strings(item.get("Resource")):
            if resource.startswith(f"{bucket}/") and resource.endswith("*"):
                found.setdefault(resource[len(bucket) + 1 : -1], set()).update(_strings(item.get("Action")))
    yield from found.items()


# Adding the statements of a prefix


def _add(statements: list[Statement], scope: _Scope, policy: Policy) -> None:
    # Shared statements come first, so that they keep their place if the same policy is set again.
    for action in sorted(_SHARED[policy]):
        if not _is_granted(statements, action, scope.bucket):
            statements.append(_statement([action], scope.bucket))
    actions = _ON_OBJECTS[policy]
    if actions >= _READ:
        _add_list(statements, scope)
    if actions:
        statements.append(_statement(sorted(actions), scope.objects))


def _add_list(statements: list[Statement], scope: _Scope) -> None:
    new = _statement([_LIST], scope.bucket)
    if not scope.prefix:
        statements.append(new)
        return
    for index, item in enumerate(statements):
        prefixes = _listed(item, scope.bucket)
        if prefixes and len(_strings(item["Action"])) == len(_strings(item["Resource"])) == 1:
            statements[index] = {**item, "Condition": _condition([*prefixes, scope.prefix])}
            return
    statements.append({**new, "Condition": _condition([scope.prefix])})


def _statement(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Sid": "", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": actions, "Resource": [resource]}


def _condition(prefixes: list[str]) -> dict[str, Any]:
    return {"StringEquals": {"s3:prefix": prefixes[0] if len(prefixes) == 1 else prefixes}}
