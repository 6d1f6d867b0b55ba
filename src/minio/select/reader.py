"""The result of `select_object_content`, under the module path of the 5.x and 6.x APIs."""

from __future__ import annotations

from . import SelectObjectReader
from .helpers import ERROR, EVENT, EVENT_CONTENT_TYPE, EVENT_RECORDS, EVENT_STATS

__all__ = ["ERROR", "EVENT", "EVENT_CONTENT_TYPE", "EVENT_RECORDS", "EVENT_STATS", "SelectObjectReader"]
