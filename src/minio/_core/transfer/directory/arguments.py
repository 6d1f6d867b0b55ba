"""The checks of the arguments of runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ...arguments import check_encodable, check_flag, check_workers
from ...exceptions import InvalidArgumentError, InvalidArgumentTypeError
from .report import check_run_progress


def check_run(jobs: Any, checkpoint: Any, progress: Any, raise_errors: Any) -> tuple[int | None, str | None, Any, bool]:
    """Check the arguments of a run, and return them."""
    if jobs is not None:
        jobs = check_workers("jobs", jobs)
    if checkpoint is not None:
        try:
            checkpoint = os.fsdecode(checkpoint)
        except TypeError as error:
            raise InvalidArgumentTypeError(f"checkpoint must be a path, not {type(checkpoint).__name__}") from error
        _check_name("checkpoint", checkpoint)
    check_run_progress(progress)
    return jobs, checkpoint, progress, check_flag("raise_errors", raise_errors)


def check_directory(directory: Any) -> Path:
    """Return the path of a directory."""
    path = os.fspath(directory) if isinstance(directory, (str, os.PathLike)) else None
    if not isinstance(path, str) or not path:
        raise InvalidArgumentTypeError(f"directory must be a path, not {directory!r}")
    _check_name("directory", path)
    return Path(path)


def _check_name(argument: str, path: str) -> None:
    try:
        if path and b"\0" not in os.fsencode(path):
            return
    except UnicodeEncodeError:
        pass
    raise InvalidArgumentError(f"{argument} {path!r} cannot be the name of a file")


def check_prefix(prefix: Any) -> str:
    """Return a prefix."""
    if not isinstance(prefix, str):
        raise InvalidArgumentTypeError(f"prefix must be a str, not {type(prefix).__name__}")
    check_encodable("prefix", prefix)
    return prefix


def check_executor(executor: Any) -> Any:
    """Return an executor, or None."""
    if executor is not None and not hasattr(executor, "submit"):
        kind = type(executor).__name__
        raise InvalidArgumentTypeError(f"executor must be a concurrent.futures.Executor, not {kind}")
    return executor
