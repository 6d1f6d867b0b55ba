"""The law of wrong types: any value for any argument of any call is either refused by its name, or sent.

Refused means `InvalidArgumentError`, whose message names an argument. An `AttributeError` or a bare `TypeError` from
inside the client is neither.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from minio import Minio
from minio.args import CallOptions, PutObjectFanOutEntry
from minio.commonconfig import ComposeSource, CopySource, SnowballObject, Tags
from minio.directories import Prefix
from minio.error import InvalidArgumentError
from minio.versioningconfig import VersioningConfig

VALUES = [5, 5.5, True, -1, float("nan"), b"bytes", "", "\ud800", [], {}, (), set(), object()]
VALID: dict[str, Any] = {
    "bucket_name": "my-bucket",
    "object_name": "my-object",
    "bucket": "my-bucket",
    "config": VersioningConfig("Enabled"),
    "entries": [PutObjectFanOutEntry("one")],
    "expires": timedelta(days=1),
    "length": 1,
    "method": "GET",
    "policy": "{}",
    "prompt": "Why?",
    "source": CopySource("my-bucket", "my-source"),
    "sources": [ComposeSource("my-bucket", "my-source")],
    "tags": Tags(),
}
"""Valid values of required arguments."""
FILLED: dict[str, dict[str, Any]] = {
    "append_object": {"data": b"x", "length": 1},
    "copy_object": {"source": CopySource("my-bucket", "my-source")},
    "plan_sync": {"source": Path("source"), "target": Prefix("my-bucket")},
    "put_object_fan_out": {"data": b"x", "length": 1},
    "remove_objects": {"objects": ["one"]},
    "set_bucket_policy": {"policy": "{}"},
    "transfer": {"plan": Minio("localhost:1").plan_sync(Path("."), Prefix("my-bucket"), exclude=["*"], compare=None)},
}
"""Further arguments that a call needs."""
SHORT = {"prefix", "notification"}
"""Names in messages that stand for an argument with a longer name, or for an earlier one."""
NO_CALLS = {
    "close", "with_options", "set_app_info", "trace_on", "trace_off", "from_env", "from_alias", "get_assume_role_creds",
}  # fmt: skip
"""Methods that send nothing, and one that sends to another service."""
CALLS = sorted(
    name
    for name, function in inspect.getmembers(Minio, inspect.isfunction)
    if not name.startswith("_") and name not in NO_CALLS and len(inspect.signature(function).parameters) > 1
)


class Sent(Exception):
    """A request reached the transport."""


class Transport:
    """A transport that sends nothing."""

    closed = False
    nested = True

    def send(self, *_: Any, **__: Any) -> Any:
        raise Sent

    def close(self) -> None:
        pass


@pytest.fixture
def client() -> Iterator[Minio]:
    made = Minio("localhost:1", "key", "secret-key", secure=False, region="us-east-1")
    vars(made)["_transport"] = Transport()
    yield made
    made.close()


def parameters(call: str) -> dict[str, inspect.Parameter]:
    found = inspect.signature(getattr(Minio, call)).parameters
    return {name: each for name, each in found.items() if name != "self" and each.kind is not each.VAR_KEYWORD}


def arguments(call: str, tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "file").write_bytes(b"x")
    valid = {**VALID, "file_path": tmp_path / "file", "data": io.BytesIO(b"x")}
    needed = {name for name, each in parameters(call).items() if each.default is each.empty}
    objects = [SnowballObject("one", data=io.BytesIO(b"1"), length=1)]
    more = {"objects": objects} if call == "upload_snowball_objects" else FILLED.get(call, {})
    return {name: valid.get(name) for name in needed} | more


def fault(client: Minio, call: str, given: dict[str, Any], names: set[str]) -> BaseException | None:
    """Make a call, and return the error if it was neither sent nor refused by the name of an argument."""
    try:
        result = getattr(client, call)(**given)
        if hasattr(result, "__next__"):
            next(result, None)
    except Sent:
        pass
    except InvalidArgumentError as error:
        return None if any(name in str(error) for name in {*names, *SHORT}) else error
    except Exception as error:
        return None if _comes_from(error) else error
    return None


def _comes_from(error: BaseException) -> bool:
    """Return whether `Sent` is the cause of an error."""
    while (cause := error.__cause__ or error.__context__) is not None:
        if isinstance(cause, Sent):
            return True
        error = cause
    return False


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some values are names of files, which the calls create."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_any_value_is_refused_by_name_or_sent(client: Minio, tmp_path: Path, call: str) -> None:
    names = set(parameters(call))
    for name in names:
        for value in VALUES:
            found = fault(client, call, {**arguments(call, tmp_path), name: value}, names)
            assert found is None, (name, value, found)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("option", sorted(CallOptions.__optional_keys__))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_any_option_is_refused_by_name_or_sent(client: Minio, tmp_path: Path, call: str, option: str) -> None:
    for value in VALUES:
        found = fault(client, call, {**arguments(call, tmp_path), option: value}, {*parameters(call), option})
        unknown = isinstance(found, TypeError) and "unexpected keyword" in str(found)
        assert found is None or unknown, (value, found)


@pytest.mark.parametrize("condition", ["match_etag", "not_match_etag"])
@pytest.mark.parametrize("call", ["get_object", "stat_object"])
def test_etag_of_the_wrong_type(client: Minio, call: str, condition: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{condition} must be str, not int"):
        getattr(client, call)("my-bucket", "my-object", **{condition: 5})


def test_file_to_append_is_named(client: Minio, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^filename .* does not exist"):
        client.append_object("my-bucket", "my-object", filename=tmp_path / "none")


def test_objects_of_a_snowball(client: Minio) -> None:
    with pytest.raises(InvalidArgumentError, match="objects must be an iterable of SnowballObject, not int"):
        client.upload_snowball_objects("my-bucket", objects=5)  # type: ignore[arg-type]
