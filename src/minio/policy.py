"""Bucket policies: the four canned ones by prefix, and any other as JSON.

A canned policy of a prefix is a handful of statements that allow everyone some actions. `set_policy` puts them into a
bucket's document and takes them out again, and `get_policy` tells which canned policy the document amounts to. Both are
pure; the client reads and writes the document.

Documents are compared by what they grant, never by how they are spelt: servers turn lists of one into strings, drop
empty Sids and write the principal in several ways. What a document says to others than everyone, denies, or ties to
conditions of its own is left as it is and where it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, NoReturn, TypeAlias

from .error import InvalidArgumentError, InvalidArgumentTypeError

Statement: TypeAlias = "Mapping[str, Any]"


class Policy(StrEnum):
    """What everyone, without credentials, may do with the objects under a prefix."""

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

# Granted on the bucket, whatever the prefix: shared by all prefixes that need them.
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
    """A prefix of a bucket, in the names that policies use."""

    bucket: str
    prefix: str

    @property
    def objects(self) -> str:
        return f"{self.bucket}/{self.prefix}*"


def check_policy(value: Policy | str) -> Policy:
    """Take a canned policy as a member or as its value.

    Raises:
        InvalidArgumentError: If there is no such policy.
    """
    if not isinstance(value, str):
        raise InvalidArgumentTypeError(f"policy must be a Policy, not {type(value).__name__}")
    try:
        return Policy(value)
    except ValueError:
        raise InvalidArgumentError(f"policy must be one of {', '.join(Policy)}, not {value!r}") from None


def check_policy_document(policy: str | bytes | Mapping[str, Any]) -> bytes:
    """Take a whole policy document, as JSON text or as a mapping, and return the JSON that is sent.

    Text is sent as it is; only its being a JSON object is checked here, the rest is the server's to judge.

    Raises:
        InvalidArgumentError: If the document is blank, is not JSON, or is JSON but not an object.
        InvalidArgumentTypeError: If `policy` is of another type.
    """
    if isinstance(policy, Mapping):
        return _dump(policy)
    if not isinstance(policy, str | bytes):
        raise InvalidArgumentTypeError(f"policy must be JSON text or a mapping, not {type(policy).__name__}")
    if not policy.strip():
        raise InvalidArgumentError("policy must not be blank")
    _parse(policy)
    return policy.encode() if isinstance(policy, str) else policy


def get_policy(document: str | bytes | Mapping[str, Any] | None, bucket_name: str, prefix: str) -> Policy:
    """Tell which canned policy a bucket's document amounts to for a prefix.

    Allowances for everyone are looked at, as the canned policies are made of nothing else. Of the object resources that
    cover the prefix the longest decides, so a prefix may have less than the prefix around it; a prefix without
    statements of its own has what the longest prefix around it has.

    Args:
        document: The bucket's policy; None or blank when it has none.
        bucket_name: The bucket.
        prefix: What the objects' names begin with; ``""`` for all objects.

    Raises:
        InvalidArgumentError: If the document is not a policy.
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
    """Give a prefix a canned policy within a bucket's document, in place of the one that it has.

    `get_policy` of the result is `policy`, with one exception that is S3's own: NONE takes away what the prefix itself
    was given, and a shorter prefix around it still reaches in. S3 adds allowances up, too: READ_ONLY for ``a/`` below
    READ_WRITE for ``""`` is told by `get_policy`, but does not forbid writing. A ``*`` or ``?`` in `prefix` is S3's
    wildcard.

    Args:
        document: The bucket's policy; None or blank when it has none. It is not changed.
        bucket_name: The bucket.
        prefix: What the objects' names begin with; ``""`` for all objects.
        policy: What everyone may do, as a member or as its value.

    Returns:
        The new document, or None when nothing is left in it: then the bucket's policy is to be deleted.

    Raises:
        InvalidArgumentError: If there is no such policy, or the document is not one.
    """
    policy = check_policy(policy)
    scope = _scope(bucket_name, prefix)
    loaded = _load(document)
    statements = _removed(_statements(loaded), scope, policy)
    _add(statements, scope, policy)
    if not statements:
        return None
    return {"Version": "2012-10-17", **(loaded or {}), "Statement": statements}


def _scope(bucket_name: str, prefix: str) -> _Scope:
    if not isinstance(prefix, str):
        raise InvalidArgumentTypeError(f"prefix must be a str, not {type(prefix).__name__}")
    return _Scope(f"arn:aws:s3:::{bucket_name}", prefix)


# Reading and writing JSON


def _load(document: str | bytes | Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if document is None or isinstance(document, Mapping):
        return document
    return _parse(document) if document.strip() else None


def _parse(text: str | bytes) -> dict[str, Any]:
    try:
        parsed: object = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"policy is not valid JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise InvalidArgumentError(f"policy must be a JSON object, not {type(parsed).__name__}")
    return parsed


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _dump(document: Mapping[str, Any]) -> bytes:
    try:
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


# What one statement says


def _strings(value: object) -> list[str]:
    """A value that may be one string or a list of them."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def _is_public(statement: object) -> bool:
    """Whether it allows everyone something, in the terms that the canned policies are made of."""
    known = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow" or not known.issuperset(statement):
        return False
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        principal = principal.get("AWS") if set(principal) == {"AWS"} else None
    return set(_strings(principal)) == {"*"}


def _is_plain(statement: Statement) -> bool:
    return _is_public(statement) and not statement.get("Condition")


def _grants(statement: Statement, action: str, resource: str) -> bool:
    """Whether it names just this action and just this resource, without wildcards."""
    return action in _strings(statement.get("Action")) and resource in _strings(statement.get("Resource"))


def _glob(pattern: str, text: str) -> bool:
    """S3's own wildcards; fnmatch would read brackets, too, which are common in names."""
    # By hand, since a regular expression of many stars takes forever, and the pattern may be anybody's.
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
    """The prefixes that it is tied to, by operator; None when it is tied to anything else."""
    condition = statement.get("Condition") or {}
    if not isinstance(condition, Mapping) or not {"StringEquals", "StringNotEquals"}.issuperset(condition):
        return None
    if any(not isinstance(keys, Mapping) or set(keys) != {"s3:prefix"} for keys in condition.values()):
        return None
    return {operator: _strings(keys["s3:prefix"]) for operator, keys in condition.items()}


# What a document amounts to


def _bucket_allows(public: Iterable[Statement], action: str, bucket: str) -> bool:
    return any(
        _allows(item, action) and any(_glob(resource, bucket) for resource in _strings(item.get("Resource")))
        for item in public
        if not item.get("Condition")
    )


def _object_actions(public: Iterable[Statement], scope: _Scope) -> set[str]:
    """The actions of the prefix's own resource, else of the longest one that covers every name with this prefix."""
    deciding, actions = (False, 0), set[str]()
    for item in public:
        granted = set() if item.get("Condition") else {action for action in _READ | _WRITE if _allows(item, action)}
        for resource in _strings(item.get("Resource")) if granted else ():
            # Ending in a star and matching the bare prefix, it matches whatever may follow the prefix.
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


# Taking a prefix's statements out


def _removed(statements: list[Statement], scope: _Scope, policy: Policy) -> list[Statement]:
    """All but what the prefix holds; what it shares with others stays while anyone, or `policy`, needs it."""
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
    """What is left of a statement that no longer grants these actions on this resource."""
    named, resources = _strings(statement.get("Action")), _strings(statement.get("Resource"))
    if resource not in resources or actions.isdisjoint(named):
        return [statement]
    pieces: list[Statement] = []
    if elsewhere := [item for item in resources if item != resource]:
        pieces.append({**statement, "Resource": elsewhere})
    if left := [item for item in named if item not in actions]:
        # A Sid has to be the only one of its kind in a document.
        head = {key: value for key, value in statement.items() if not pieces or key != "Sid"}
        pieces.append({**head, "Action": left, "Resource": [resource]})
    return pieces


def _unlisted(statement: Statement, scope: _Scope) -> list[Statement]:
    """What is left of a statement that no longer lets the prefix be listed."""
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
    """The prefixes that a statement of the canned form lets everyone list."""
    if not _is_public(statement) or not _grants(statement, _LIST, bucket):
        return []
    conditions = _conditions(statement)
    return conditions["StringEquals"] if conditions is not None and set(conditions) == {"StringEquals"} else []


def _needed(statements: list[Statement], bucket: str) -> set[str]:
    """The shared actions that the prefixes of the statements cannot do without."""
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
    """Every prefix with the object actions that it was given, in one statement or in several."""
    found: dict[str, set[str]] = {}
    for item in filter(_is_plain, statements):
        for resource in _strings(item.get("Resource")):
            if resource.startswith(f"{bucket}/") and resource.endswith("*"):
                found.setdefault(resource[len(bucket) + 1 : -1], set()).update(_strings(item.get("Action")))
    yield from found.items()


# Putting a prefix's statements in


def _add(statements: list[Statement], scope: _Scope, policy: Policy) -> None:
    # The shared ones go first: they stay where they are when the same policy is set once more.
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
