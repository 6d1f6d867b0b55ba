"""`mio pipe`: store standard input, or what a program writes."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from .. import attributes, flags
from ..addresses import Remote
from ..context import Context
from ..errors import Failed, UsageProblem

if TYPE_CHECKING:
    from minio.sync import Minio

DESCRIPTION = """\
After -- comes a program. Its output is stored only if it ends with exit status
0; otherwise nothing is stored. The output of `a | mio pipe X` is stored even
if `a` fails, because no program can see that."""

EXAMPLES = (
    ("tar c album | mio pipe s3://my-bucket/album.tar", "Store an archive"),
    ("mio pipe s3://my-bucket/album.tar -- tar c album", "... only if tar succeeds"),
    ("date | mio pipe -n play/my-bucket/started", "Leave an object alone that exists"),
)


_CHUNK = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("target", metavar="TARGET", help="the object to write")
    group = parser.add_argument_group("transfer")
    group.add_argument("-n", "--no-clobber", action="store_true", help="leave an object alone that exists")
    group.add_argument("-c", "--concurrency", metavar="N", type=flags.positive, help="parts at a time (4)")
    group.add_argument("--part-size", metavar="SIZE", type=flags.size, default=0, help="default: grows with the stream")
    group.add_argument("--limit-upload", metavar="RATE", type=flags.rate, help="bytes a second, like 5MiB")
    group.add_argument("--expected-size", metavar="SIZE", type=flags.size, help=argparse.SUPPRESS)
    group.add_argument("--progress", action=argparse.BooleanOptionalAction, default=None, help="show progress")
    flags.add_attributes(parser)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the command."""
    target = context.remote(arguments.target)
    if target.is_into:
        raise UsageProblem(f"{target} is not the name of an object", f"{target}{'' if target.key else '/'}NAME")
    if context.rest == []:
        raise UsageProblem("there is no program after --", "leave out -- to read standard input")
    client = context.client(target, bandwidth_limit=arguments.limit_upload)
    if getattr(arguments, "dry_run", False):  # only `mio cp -` has it
        _show(context, client, target)
        return 0
    if context.rest is None:
        if sys.stdin.isatty():
            context.output.note(f"mio: {context.output.command}: reading from the terminal; end with Ctrl-D")
            arguments.progress = bool(arguments.progress)  # a bar would be drawn over what is typed
        _store(context, client, target, Input())
        return 0
    with Program(context.rest) as program:
        _store(context, client, target, program)
    return 0


def _show(context: Context, client: Minio, target: Remote) -> None:
    """Show what would be done, without reading the stream."""
    if context.arguments.no_clobber and client.object_exists(target.bucket, target.key):
        _leave(context, target)
    else:
        context.output.item("upload", "would", "-", target, key=target.key)


def _leave(context: Context, target: Remote) -> None:
    context.output.item("upload", "skipped", "-", target, reason="it exists", key=target.key)


def _store(context: Context, client: Minio, target: Remote, source: Input | Program) -> None:
    from minio._transfers import is_taken
    from minio.error import PreconditionFailed

    given = context.arguments
    if given.no_clobber and is_taken(client, target.bucket, target.key):
        _leave(context, target)
        return
    options = attributes.of_object(given, target.key)
    began = time.monotonic()
    with context.progress() as progress:
        try:
            written = client.put_object(
                target.bucket,
                target.key,
                source,
                -1,
                part_size=given.part_size,
                num_parallel_uploads=given.concurrency,
                if_none_match="*" if given.no_clobber else None,
                progress=progress,
                resume=False,
                **options,
            )
        except PreconditionFailed:
            if not given.no_clobber:
                raise
            _leave(context, target)
            return
    context.output.item(
        "upload",
        "done",
        "-",
        target,
        size=progress.done,
        etag=written.etag,
        version_id=written.version_id,
        seconds=time.monotonic() - began,
    )


class Input:
    """Standard input, unbuffered: a thread that waits in it does not keep the program from ending."""

    def __init__(self) -> None:
        self._descriptor = sys.stdin.fileno()
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Read what is there, up to `size` bytes; b"" from the end on. On a terminal one Ctrl-D is enough."""
        if self._ended:
            return b""
        data = os.read(self._descriptor, size if 0 < size < _CHUNK else _CHUNK)
        self._ended = not data
        return data


class Program:
    """A program whose output is read. Reading raises at its end if the program failed.

    Args:
        command: The program and its arguments.
    """

    def __init__(self, command: list[str]) -> None:
        self._name = command[0]
        try:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        except OSError as error:
            raise UsageProblem(f"{command[0]} cannot be run: {error.strerror}") from error

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes of its output; b"" at the end, if it has succeeded.

        Raises:
            Failed: It has failed.
        """
        assert self._process.stdout is not None
        data = self._process.stdout.read(size)
        if not data and self._process.wait():
            code = self._process.returncode
            how = f"was ended by signal {-code}" if code < 0 else f"ended with exit status {code}"
            raise Failed(f"{self._name} {how}; nothing was stored")
        return data

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait()
