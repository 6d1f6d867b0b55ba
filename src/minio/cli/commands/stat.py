"""`mio stat`: what is known about objects and buckets."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .. import flags, formats, selecting, versions
from ..addresses import Remote
from ..context import Context

if TYPE_CHECKING:
    from minio.datatypes import Object
    from minio.sync import Minio

EXAMPLES = (
    ("mio stat s3://my-bucket/report.pdf", "Size, time, ETag and metadata"),
    ("mio stat s3://my-bucket", "A bucket: its region and versioning"),
    ("mio stat play/my-bucket/report.pdf 's3://my-bucket/photos/*.jpg'", "Several objects"),
    ("mio stat --json s3://my-bucket/report.pdf", "The same as JSON"),
)

_CHECKSUM = "x-amz-checksum-"
_META = "x-amz-meta-"
_SHOWN = {
    "cache-control": "Cache-Control",
    "content-disposition": "Content-Disposition",
    "content-encoding": "Content-Encoding",
    "content-language": "Content-Language",
    "expires": "Expires",
    "x-amz-storage-class": "Storage class",
    "x-amz-server-side-encryption": "Encryption",
    "x-amz-object-lock-mode": "Retention",
    "x-amz-object-lock-retain-until-date": "Retain until",
    "x-amz-object-lock-legal-hold": "Legal hold",
    "x-amz-expiration": "Expiration",
    "x-amz-restore": "Restore",
    "x-amz-replication-status": "Replication",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="+", metavar="ADDRESS", help="an object, a pattern, or a bucket")
    flags.add_recursive(parser, "all objects below")
    flags.add_versions(parser, all=False)
    flags.add_raw(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    places = [context.remote(text) for text in arguments.places]
    context.each(places, lambda remote: _stat(context, remote, arguments))
    return 0


def _stat(context: Context, remote: Remote, arguments: argparse.Namespace) -> None:
    client = context.client(remote)
    if not remote.key and not arguments.recursive:
        _show_bucket(context, client, remote)
        return
    for place in _objects(client, remote, arguments):
        found = client.stat_object(place.bucket, place.key, version_id=arguments.version_id, fetch_checksum=True)
        _show_object(context, client, place, found)


def _objects(client: Minio, remote: Remote, arguments: argparse.Namespace) -> Iterator[Remote]:
    if selecting.is_literal(client, remote, arguments.raw) and not arguments.recursive:
        yield remote
        return
    found = selecting.listed(client, remote, recursive=True, below=arguments.recursive, raw=arguments.raw)
    for item in selecting.existing(found, remote):
        yield remote.at(item.object_name)


def _show_bucket(context: Context, client: Minio, remote: Remote) -> None:
    found = client.head_bucket(remote.bucket)
    versioning = versions.status_of(client, remote.bucket)
    _show(context, {"Bucket": str(remote), "Region": found.region, "Versioning": versioning})
    context.output.record("bucket", key=remote.bucket, source=remote, region=found.region, versioning=versioning)


def _show_object(context: Context, client: Minio, place: Remote, found: Object) -> None:
    headers = {name.lower(): value for name, value in (found.metadata or {}).items()}
    metadata = {name[len(_META) :]: value for name, value in headers.items() if name.startswith(_META)}
    checksums = {name[len(_CHECKSUM) :].upper(): value for name, value in headers.items() if name.startswith(_CHECKSUM)}
    tags = _tags(client, place, found, headers)
    few = formats.count(found.size, "byte")
    known: dict[str, Any] = {
        "Object": str(place),
        "Size": f"{formats.size(found.size)} ({found.size} bytes)" if found.size >= 1000 else few,
        "Modified": formats.iso(found.last_modified),
        "ETag": found.etag,
        "Version": found.version_id,
        "Content-Type": found.content_type,
        **{title: headers.get(name) for name, title in _SHOWN.items()},
        **{f"Checksum {name}": value for name, value in checksums.items() if name != "TYPE"},
        **{f"Metadata {name}": value for name, value in sorted(metadata.items())},
        **{f"Tag {name}": value for name, value in sorted(tags.items())},
    }
    _show(context, known)
    context.output.record(
        "object",
        key=place.key,
        source=place,
        size=found.size,
        modified=found.last_modified,
        etag=found.etag,
        version_id=found.version_id,
        content_type=found.content_type,
        metadata=metadata,
        checksums=checksums or None,
        tags=tags or None,
        headers={name: headers[name] for name in _SHOWN if name in headers},
    )


def _tags(client: Minio, place: Remote, found: Object, headers: dict[str, str]) -> dict[str, str]:
    """Return the tags, which need a request of their own."""
    if headers.get("x-amz-tagging-count", "0") == "0":
        return {}
    return dict(client.get_object_tags(place.bucket, place.key, version_id=found.version_id) or {})


def _show(context: Context, known: dict[str, Any]) -> None:
    from minio._core.printable import printable

    if context.output.shown:
        context.output.line()
    context.output.shown = True
    width = max(len(name) for name, value in known.items() if value)
    for name, value in known.items():
        if value:
            between = " " * (width - len(name) + 2) if context.output.terminal else "\t"
            context.output.line(f"{name}{between}{printable(str(value))}")
