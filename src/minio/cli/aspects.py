"""The settings of buckets and objects that `mio attr` reads and writes: one row of `ASPECTS` each.

The texts are those that S3 has: JSON for policies, XML for configurations, one word or `NAME=VALUE` for the rest. What
`get` writes, `set` reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Any

from .addresses import Remote
from .errors import NotFound, UsageProblem

if TYPE_CHECKING:
    from minio.sync import Minio

Get = Callable[["Minio", Remote, "str | None"], "str | None"]
Set = Callable[["Minio", Remote, str, "str | None"], None]
Remove = Callable[["Minio", Remote, "str | None"], None]


@dataclass(frozen=True, slots=True)
class Aspect:
    """A setting.

    Args:
        summary: What it is, and the form of its value.
        of: What has it: "bucket", "object" or "both".
        get: Returns its value, or None if it is not set.
        set: Sets it.
        remove: Removes it; None if it cannot be removed.
    """

    summary: str
    of: str
    get: Get
    set: Set
    remove: Remove | None = None


def _document(kind: str, module: str, name: str) -> tuple[Get, Set, Remove]:
    """Return the functions of a setting that is an XML document."""

    def load() -> Any:
        from importlib import import_module

        return getattr(import_module(f"minio.{module}"), name)

    def get(client: Minio, place: Remote, version: str | None) -> str | None:
        from minio.xml import marshal

        found = getattr(client, f"get_bucket_{kind}")(place.bucket)
        return marshal(found).decode() if found else None

    def set_(client: Minio, place: Remote, value: str, version: str | None) -> None:
        from minio.error import MinioException
        from minio.xml import unmarshal

        try:
            document = unmarshal(load(), value)
        except (MinioException, ValueError) as error:
            told = str(error).replace("the answer", "the value")
            raise UsageProblem(f"this is not a {kind} configuration: {told}", f"mio attr get {kind}") from error
        getattr(client, f"set_bucket_{kind}")(place.bucket, document)

    def remove(client: Minio, place: Remote, version: str | None) -> None:
        getattr(client, f"delete_bucket_{kind}")(place.bucket)

    return get, set_, remove


def _get_policy(client: Minio, place: Remote, version: str | None) -> str | None:
    from minio.error import NoSuchBucketPolicy

    try:
        return str(client.get_bucket_policy(place.bucket))
    except NoSuchBucketPolicy:
        return None


def _set_policy(client: Minio, place: Remote, value: str, version: str | None) -> None:
    client.set_bucket_policy(place.bucket, value)


def _get_versioning(client: Minio, place: Remote, version: str | None) -> str | None:
    return client.get_bucket_versioning(place.bucket).status


def _set_versioning(client: Minio, place: Remote, value: str, version: str | None) -> None:
    change = {"enabled": client.enable_bucket_versioning, "suspended": client.disable_bucket_versioning}
    _choice(value, change)(place.bucket)


def _get_tags(client: Minio, place: Remote, version: str | None) -> str | None:
    if place.key:
        found = client.get_object_tags(place.bucket, place.key, version_id=version)
    else:
        found = client.get_bucket_tags(place.bucket)
    return "\n".join(f"{name}={value}" for name, value in (found or {}).items()) or None


def _set_tags(client: Minio, place: Remote, value: str, version: str | None) -> None:
    from minio.commonconfig import Tags

    tags = Tags.new_object_tags() if place.key else Tags.new_bucket_tags()
    for line in value.replace("&", "\n").splitlines():
        name, mark, text = line.partition("=")
        if not mark:
            raise UsageProblem(f"{line!r} is not of the form NAME=VALUE", "write it like state=new&owner=me")
        tags[name] = text
    if place.key:
        client.set_object_tags(place.bucket, place.key, tags, version_id=version)
    else:
        client.set_bucket_tags(place.bucket, tags)


def _remove_tags(client: Minio, place: Remote, version: str | None) -> None:
    if place.key:
        client.delete_object_tags(place.bucket, place.key, version_id=version)
    else:
        client.delete_bucket_tags(place.bucket)


def _get_encryption(client: Minio, place: Remote, version: str | None) -> str | None:
    found = client.get_bucket_encryption(place.bucket)
    if not found:
        return None
    rule: Any = found.rule
    return f"{rule.sse_algorithm}:{rule.kms_master_key_id}" if rule.kms_master_key_id else str(rule.sse_algorithm)


def _set_encryption(client: Minio, place: Remote, value: str, version: str | None) -> None:
    from minio.sseconfig import Rule, SSEConfig

    key = value.partition("kms:")[2]
    if value.upper() == "AES256":
        rule = Rule.new_sse_s3_rule()
    elif value.startswith("aws:kms"):
        rule = Rule.new_sse_kms_rule(key or None)
    else:
        raise UsageProblem(f"{value!r} is not an encryption", "write AES256 or aws:kms:KEY-ID")
    client.set_bucket_encryption(place.bucket, SSEConfig(rule))


def _get_lock(client: Minio, place: Remote, version: str | None) -> str | None:
    from minio.error import S3Error

    try:
        found = client.get_object_lock_config(place.bucket)
    except S3Error as error:
        if error.code == "ObjectLockConfigurationNotFoundError":
            return None
        raise
    return "enabled" if found.mode is None else f"{found.mode} {found.duration} {found.duration_unit}"


def _set_lock(client: Minio, place: Remote, value: str, version: str | None) -> None:
    from minio.objectlockconfig import ObjectLockConfig

    words = value.split()
    if len(words) != 3 or not words[1].isdigit():
        raise UsageProblem(f"{value!r} is not a lock", "write it like GOVERNANCE 30 Days")
    client.set_object_lock_config(
        place.bucket, ObjectLockConfig(words[0].upper(), int(words[1]), words[2].capitalize())
    )


def _remove_lock(client: Minio, place: Remote, version: str | None) -> None:
    client.delete_object_lock_config(place.bucket)


def _get_retention(client: Minio, place: Remote, version: str | None) -> str | None:
    from . import formats

    found = client.get_object_retention(place.bucket, place.key, version_id=version)
    return f"{found.mode} {formats.iso(found.retain_until_date)}" if found else None


def _set_retention(client: Minio, place: Remote, value: str, version: str | None) -> None:
    from datetime import datetime, timedelta

    from minio.retention import Retention

    from . import formats

    mode, _, text = value.partition(" ")
    if not text:
        raise UsageProblem(f"{value!r} is not a retention", "write it like GOVERNANCE 30d or COMPLIANCE 2030-01-01")
    given = formats.parse_age(text)
    until = datetime.now(UTC) + given if isinstance(given, timedelta) else given
    client.set_object_retention(place.bucket, place.key, Retention(mode.upper(), until), version_id=version)


def _get_hold(client: Minio, place: Remote, version: str | None) -> str | None:
    return "on" if client.is_object_legal_hold_enabled(place.bucket, place.key, version_id=version) else "off"


def _set_hold(client: Minio, place: Remote, value: str, version: str | None) -> None:
    change = {"on": client.enable_object_legal_hold, "off": client.disable_object_legal_hold}
    _choice(value, change)(place.bucket, place.key, version_id=version)


def _remove_hold(client: Minio, place: Remote, version: str | None) -> None:
    client.disable_object_legal_hold(place.bucket, place.key, version_id=version)


def _of_bucket(name: str, client: Minio, place: Remote, version: str | None) -> None:
    getattr(client, name)(place.bucket)


def _choice(value: str, choices: dict[str, Any]) -> Any:
    if value.strip().lower() not in choices:
        raise UsageProblem(f"{value.strip()!r} is not one of {', '.join(choices)}")
    return choices[value.strip().lower()]


ASPECTS: dict[str, Aspect] = {
    "policy": Aspect(
        "who may do what: JSON", "bucket", _get_policy, _set_policy, partial(_of_bucket, "delete_bucket_policy")
    ),
    "versioning": Aspect("enabled or suspended", "bucket", _get_versioning, _set_versioning),
    "tags": Aspect("NAME=VALUE, more after & or on further lines", "both", _get_tags, _set_tags, _remove_tags),
    "lifecycle": Aspect(
        "when objects expire: XML", "bucket", *_document("lifecycle", "lifecycleconfig", "LifecycleConfig")
    ),
    "cors": Aspect("what browsers may do: XML", "bucket", *_document("cors", "corsconfig", "CORSConfig")),
    "encryption": Aspect(
        "AES256, or aws:kms:KEY-ID",
        "bucket",
        _get_encryption,
        _set_encryption,
        partial(_of_bucket, "delete_bucket_encryption"),
    ),
    "notification": Aspect(
        "where events are sent: XML", "bucket", *_document("notification", "notificationconfig", "NotificationConfig")
    ),
    "replication": Aspect(
        "where objects are copied: XML", "bucket", *_document("replication", "replicationconfig", "ReplicationConfig")
    ),
    "lock": Aspect("the default retention: GOVERNANCE 30 Days", "bucket", _get_lock, _set_lock, _remove_lock),
    "retention": Aspect("GOVERNANCE 30d, or COMPLIANCE 2030-01-01", "object", _get_retention, _set_retention),
    "legal-hold": Aspect("on or off", "object", _get_hold, _set_hold, _remove_hold),
}


def check_place(aspect: Aspect, name: str, place: Remote) -> None:
    """Refuse an address that cannot have a setting.

    Raises:
        UsageProblem: It is a bucket, and the setting is of objects, or the other way round.
    """
    if aspect.of == "bucket" and place.key:
        raise UsageProblem(f"{name} is a setting of buckets, and {place} is none", str(place.at("")))
    if aspect.of == "object" and not place.key:
        raise UsageProblem(f"{name} is a setting of objects, and {place} is a bucket")


def value_of(aspect: Aspect, name: str, client: Minio, place: Remote, version: str | None) -> str:
    """Return the value of a setting.

    Raises:
        NotFound: It is not set.
    """
    found = aspect.get(client, place, version)
    if found is None:
        raise NotFound(f"{place} has no {name}")
    return found
