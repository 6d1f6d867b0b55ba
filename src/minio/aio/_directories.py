"""Calls on directories and prefixes: running a plan, and the calls that make a plan and run it to the end."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any, Unpack

from .._core.arguments import check_flag, check_number, optional_text
from .._core.engine.call_options import takes_options
from ..directories import Action, Outcome, Prefix, Summary
from ..error import InvalidArgumentError, InvalidArgumentTypeError, PartialFailure
from ._backend import public_call
from ._file_download import Downloads, FileDownload
from ._loops import complete, open_stream
from ._removal import AsyncRemovalCalls

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from ._loops import AsyncStream
    from ._plans import AsyncPlan
