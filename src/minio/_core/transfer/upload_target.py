"""Where an upload goes, and how the object is to be stored. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...sse import Sse
    from .pace import Pace

_WORKERS = 4
_MOST_WORKERS = 8
"""The default number of bodies at a time, and the number that it may grow to."""
_MEMORY = 32 * 1024 * 1024
"""The number of bytes up to which more parts of a stream are held in memory than bodies are sent at a time."""


@dataclass(slots=True, eq=False)
class UploadTarget:
    """The object to store, and its options."""

    bucket: str
    key: str
    headers: dict[str, str]
    checksum: str | None
    workers: int | None
    """The number of bodies to send at a time; None for the default, which adapts to the link."""
    sse: Sse | None = None
    resume: bool | str = True
    """True or False to enable or disable resuming, or the directory of the journal."""
    conditions: dict[str, str] = field(default_factory=dict)
    """The conditions under which the object may be stored: headers of the request that stores it."""

    @property
    def sequential(self) -> bool:
        """Whether one part is sent after another."""
        return self.workers == 1

    def pace(self, part_size: int, in_memory: bool) -> Pace:
        """Return the limits of the upload's requests.

        Args:
            part_size: The size of a part in bytes.
            in_memory: Whether each part is held in memory until it is stored.
        """
        from .pace import Pace

        held = _MEMORY // part_size if in_memory else None
        return Pace(_WORKERS, _MOST_WORKERS, held) if self.workers is None else Pace(self.workers, held=held)

    @property
    def part_headers(self) -> dict[str, str]:
        """The headers that every part must repeat: the customer key."""
        from ...sse import SseCustomerKey

        return self.sse.headers() if isinstance(self.sse, SseCustomerKey) else {}

    @property
    def storing_headers(self) -> dict[str, str]:
        """The headers of PutObject."""
        return {**self.headers, **self.conditions} if self.conditions else self.headers

    @property
    def declared(self) -> str | None:
        """The checksum algorithm that the upload declares and the parts use. MD5 cannot be declared."""
        return None if self.checksum == "MD5" else self.checksum

    @property
    def creation_headers(self) -> dict[str, str]:
        """The headers of CreateMultipartUpload, which set all properties of the object."""
        declared = {"x-amz-checksum-algorithm": self.declared} if self.declared else {}
        return {**self.headers, **declared}
