"""`mio presign`: URLs that work without keys."""

from __future__ import annotations

import argparse
import shlex
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .. import flags, selecting
from ..addresses import Remote
from ..context import Context
from ..errors import UsageProblem

if TYPE_CHECKING:
    from minio.sync import Minio

DESCRIPTION = """\
Nothing is sent to the server, so the object need not exist. Whoever has the
URL can use it until it expires, at most 7 days. With -v the command of curl is
shown too."""

EXAMPLES = (
    ("mio presign s3://my-bucket/report.pdf", "A link to download an object"),
    ("mio presign --expire 3h --method PUT s3://my-bucket/upload.bin", "A URL to upload one"),
    ("mio presign -v --method POST s3://my-bucket/inbox/", "A form that uploads below a prefix"),
)

_WEEK = 7 * 86400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("places", nargs="+", metavar="ADDRESS", help="an object, or a pattern (GET only)")
    parser.add_argument("--method", choices=["GET", "PUT", "POST", "HEAD", "DELETE"], type=str.upper, default="GET")
    flags.add_expire(parser)
    parser.add_argument(
        "--content-type", metavar="TYPE", help="with GET: what the server says; with POST: what is allowed"
    )
    flags.add_recursive(parser, "all objects below")
    flags.add_versions(parser, all=False)
    flags.add_raw(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    if not 1 <= arguments.expire <= _WEEK:
        raise UsageProblem("--expire must be between 1 second and 7 days", "--expire 7d")
    method = {"download": "GET", "upload": "POST"}.get(arguments.places[0])
    if method and len(arguments.places) > 1:  # `mc share download ...`
        arguments.method, arguments.places = method, arguments.places[1:]
    elif arguments.places[0] == "list" and "list" not in context.alias_names:  # `mc share list`
        raise UsageProblem("URLs are not kept, and cannot be listed", "mio presign ADDRESS")
    for text in arguments.places:
        remote = context.remote(text)
        client = context.client(remote)
        if arguments.method == "POST":
            _show_form(context, client, remote, arguments)
            continue
        for place in _objects(client, remote, arguments):
            _show_url(context, client, place, arguments)
    return 0


def _objects(client: Minio, remote: Remote, arguments: argparse.Namespace) -> list[Remote]:
    from .. import wildcards

    several = arguments.recursive or (not arguments.raw and wildcards.is_pattern(remote.key))
    if not several or arguments.method == "PUT":
        if not remote.key:
            raise UsageProblem(f"{remote} is a bucket", "name an object in it, or use -r")
        return [remote]
    found = selecting.listed(client, remote, recursive=True, below=arguments.recursive, raw=arguments.raw)
    return [remote.at(item.object_name) for item in selecting.existing(found, remote)]


def _show_url(context: Context, client: Minio, place: Remote, arguments: argparse.Namespace) -> None:
    ends = timedelta(seconds=arguments.expire)
    response = {"response-content-type": arguments.content_type} if arguments.content_type else None
    url = client.presigned_url(
        arguments.method,
        place.bucket,
        place.key,
        expires=ends,
        response_headers=response if arguments.method == "GET" else None,
        version_id=arguments.version_id,
    )
    context.output.line(url)
    if context.output.verbose:
        context.output.line(_curl(url, place, arguments))
    expires = datetime.now(UTC) + ends
    context.output.record("url", key=place.key, source=place, method=arguments.method, url=url, expires=expires)


def _curl(url: str, place: Remote, arguments: argparse.Namespace) -> str:
    name = place.key.rpartition("/")[2] or "FILE"
    if arguments.method == "PUT":
        kind = f" -H {shlex.quote(f'Content-Type: {arguments.content_type}')}" if arguments.content_type else ""
        return f"curl{kind} -T {shlex.quote(name)} {shlex.quote(url)}"
    if arguments.method == "GET":
        return f"curl -o {shlex.quote(name)} {shlex.quote(url)}"
    return f"curl {'-I' if arguments.method == 'HEAD' else '-X DELETE'} {shlex.quote(url)}"


def _show_form(context: Context, client: Minio, place: Remote, arguments: argparse.Namespace) -> None:
    from minio.post_policy import PostPolicy

    policy = PostPolicy()
    expires = datetime.now(UTC) + timedelta(seconds=arguments.expire)
    policy.set_bucket_name(place.bucket)
    policy.set_expires(expires)
    if place.is_into:
        policy.set_key_startswith(place.key)
    else:
        policy.set_key(place.key)
    if arguments.content_type:
        policy.set_content_type(arguments.content_type)
    url, form = client.presigned_post_policy(policy)
    if place.is_into:
        form["key"] = f"{place.key}${{filename}}"
    fields = " ".join(f"-F {shlex.quote(f'{name}={value}')}" for name, value in form.items())
    context.output.line(f"curl {fields} -F file=@FILE {shlex.quote(url)}")
    context.output.record("url", key=place.key, source=place, method="POST", url=url, form=dict(form), expires=expires)
