"""Error messages of bodies that are cut to the requested bytes."""

from __future__ import annotations

SHORT = "the body ended early: the server sent fewer bytes than it announced"
BROKEN = "the body was closed before its end"
LONG = "the body holds more bytes than the server announced"
