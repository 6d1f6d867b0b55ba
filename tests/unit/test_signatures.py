"""What `help()` and editors show: signatures of public callables, and how the clients introduce themselves."""

from __future__ import annotations

import copy
import inspect
import pickle
import pydoc
from typing import Any

import pytest

from fakes.public import public_callables
from minio import AsyncMinio, Minio
from minio._core.arguments import NOT_GIVEN


@pytest.mark.parametrize("function", [pytest.param(value, id=name) for name, value in public_callables()])
def test_signature_shows_no_address_and_no_sentinel_class(function: Any) -> None:
    try:
        signature = str(inspect.signature(function))
    except ValueError:  # a class of exceptions made in C
        return
    for wrong in (" at 0x", "nset", "NOT_GIVEN", "_NotGiven"):
        assert wrong not in signature


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
@pytest.mark.parametrize(
    ("method", "parameter"),
    [
        ("get_bucket_policy", "prefix: 'str' = <not given>"),
        ("set_bucket_policy", "policy: 'Any' = <not given>"),
        ("with_options", "deadline: 'float | None' = <not given>"),
        ("with_options", "retries: 'Retry | int | None' = <not given>"),
    ],
)
def test_what_was_not_given_is_readable(client: type, method: str, parameter: str) -> None:
    assert parameter in str(inspect.signature(getattr(client, method)))


def test_not_given_stays_itself() -> None:
    assert copy.deepcopy(NOT_GIVEN) is NOT_GIVEN
    assert pickle.loads(pickle.dumps(NOT_GIVEN)) is NOT_GIVEN
    assert repr(NOT_GIVEN) == "<not given>"


@pytest.mark.parametrize(
    ("client", "first"),
    [
        (Minio, '>>> with Minio("127.0.0.1:9000", "access key", "secret key", secure=False) as client:'),
        (
            AsyncMinio,
            '>>> async with AsyncMinio("127.0.0.1:9000", "access key", "secret key", secure=False) as client:',
        ),
    ],
)
def test_help_begins_with_how_to_make_a_client(client: type, first: str) -> None:
    lines = [line.strip(" |") for line in pydoc.plain(pydoc.render_doc(client)).splitlines()]
    assert any(first in line for line in lines[:10])
    assert (client.__doc__ or "").index(first) < (client.__doc__ or "").index("S3-compatible")
