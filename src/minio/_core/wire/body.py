"""Request bodies: bytes, or content that can be read again each time the request is sent."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Protocol, TypeAlias, runtime_checkable


class Content(Protocol):
    """A body that is not in memory, such as a range of a file. It can be read any number of times."""

    @property
    def length(self) -> int:
        """The total number of bytes."""

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Iterate over the bytes from the start. A chunk is valid until the next one is requested."""


@runtime_checkable
class SendfileBody(Content, Protocol):
    """A body that the kernel can send with sendfile, so that the bytes are not copied through this process."""

    def send_some(self, descriptor: int, at: int) -> int:
        """Send bytes from position `at` to a non-blocking socket. Return the number of bytes sent, at least one.

        Raises:
            BlockingIOError: The socket cannot accept data at the moment.
            OSError: The connection was lost. If `errno` is in `SENDFILE_UNSUPPORTED`, sendfile is not supported.
        """


SENDFILE_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM})
"""The `errno` values of file systems and kernels that do not support sendfile."""

Body: TypeAlias = "bytes | memoryview | Content"


def body_length(body: Body) -> int:
    """Return the length of a body in bytes."""
    return len(body) if isinstance(body, bytes) else body.nbytes if isinstance(body, memoryview) else body.length
