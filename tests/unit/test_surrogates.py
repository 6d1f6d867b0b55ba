"""Lone surrogates cannot be encoded as UTF-8: every text argument of every public call refuses them by name."""

from __future__ import annotations

import asyncio
import inspect
import io
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from minio import AsyncMinio, CopyConditions, Minio, PostPolicy
from minio.args import PutObjectFanOutEntry
from minio.commonconfig import GOVERNANCE, ComposeSource, CopySource, Filter, SnowballObject, Tags
from minio.credentials import Credentials
from minio.deleteobjects import DeleteObject
from minio.directories import Prefix
from minio.error import InvalidArgumentError
from minio.helpers import genheaders
from minio.objectlockconfig import DAYS, ObjectLockConfig
from minio.retention import Retention
from minio.select import CSVInputSerialization, JSONOutputSerialization, SelectRequest
from minio.signer import get_credential_string, post_presign_v4
from minio.sse import SSE_C, SseKMS
from minio.sseconfig import Rule, SSEConfig
from minio.versioningconfig import VersioningConfig

BAD = "my\ud800text"
MOMENT = datetime(2030, 1, 1, tzinfo=UTC)
REQUEST = SelectRequest("select * from s3object", CSVInputSerialization(), JSONOutputSerialization())

GIVEN: dict[str, Any] = {
    "bucket_name": "my-bucket",
    "names": ["one"],
    "items": [("one", b"content")],
    "object_name": "my-object",
    "file_path": __file__,
    "data": b"x",
    "length": 1,
    "source": "/my-bucket/source",
    "sources": [ComposeSource("my-bucket", "source")],
    "config": VersioningConfig("Enabled"),
    "delete_object_list": ["one"],
    "method": "GET",
    "mode": "rb",
    "prompt": "what is it?",
    "lambda_arn": "arn:x",
    "object_list": [SnowballObject("one", data=io.BytesIO(b"x"), length=1)],
    "request": REQUEST,
    "tags": Tags.new_bucket_tags(),
    "app_name": "app",
    "app_version": "1",
    "offset": 0,
    "entries": [PutObjectFanOutEntry("one")],
}
"""Arguments that calls require."""

OF_CALL: dict[str, dict[str, Any]] = {
    "set_bucket_encryption": {"config": SSEConfig(Rule.new_sse_s3_rule())},
    "put_bucket_encryption": {"enc_config": SSEConfig(Rule.new_sse_s3_rule())},
    "plan_sync": {"source": Path("source"), "target": Prefix("my-bucket")},
    "set_object_lock_config": {"config": ObjectLockConfig(GOVERNANCE, 1, DAYS)},
    "set_object_retention": {"config": Retention(GOVERNANCE, MOMENT)},
    "set_bucket_policy": {"prefix": "", "policy": "readonly"},
    "copy_prefix": {"prefix": "", "source": Prefix("my-bucket")},
    "download_directory": {"prefix": "", "directory": "."},
    "remove_prefix": {"prefix": "one"},
    "transfer": {"plan": Minio("localhost:1").plan_sync(Path("."), Prefix("my-bucket"), exclude=["*"], compare=None)},
    "upload_directory": {"prefix": "", "directory": "."},
}
OF_ARGUMENT: dict[tuple[str, str], dict[str, Any]] = {
    ("open_object", "content_type"): {"mode": "wb"},
    ("open_object", "metadata"): {"mode": "wb"},
}
"""Arguments that only have an effect together with others."""
NAMES = {
    "offset": "request_headers",
    "object_source": "source",
    "conditions": "copy_conditions",
    "policy_access": "policy",
}
"""The name in the error of an argument that has two names."""
FACTORIES = {"from_env", "from_alias"}
"""Class methods, which take the options of the constructor."""
NOT_TEXT = {"notification", "notifications", "config", "enc_config"}


def calls() -> Iterator[tuple[str, str, Any]]:
    """Each public call, with each of its text arguments and each bad value."""
    for method, function in inspect.getmembers(Minio, inspect.isfunction):
        if method.startswith("_") or method in FACTORIES:
            continue
        for name, parameter in inspect.signature(function).parameters.items():
            kind = str(parameter.annotation)
            if name == "options":
                yield method, "extra_headers", {"x": BAD}
                yield method, "extra_query_params", {BAD: "x"}
                if "region" not in inspect.signature(function).parameters:
                    yield method, "region", BAD
            if name in NOT_TEXT:
                continue
            if "DictType" in kind or "Mapping[str, str]" in kind:
                yield method, name, {BAD: "x"}
                yield method, name, {"x-amz-copy-source-if-match" if "condition" in name else "x": BAD}
            elif "Sequence[str]" in kind:
                yield method, name, [BAD]
            elif "str" in kind or (method == "set_bucket_policy" and name in ("prefix", "policy", "policy_access")):
                yield method, name, BAD


async def run(client: Any, method: str, arguments: dict[str, Any]) -> None:
    result = getattr(client, method)(**arguments)
    if inspect.isawaitable(result):
        result = await result
    if hasattr(result, "__aiter__"):
        async for _ in result:
            break
    elif hasattr(result, "__next__"):
        next(result)


def arguments_of(method: str, name: str, value: Any) -> dict[str, Any]:
    parameters = inspect.signature(getattr(Minio, method)).parameters
    known = {**GIVEN, **OF_CALL.get(method, {})}
    always = {"source", "data", "length", "delete_object_list", *OF_CALL.get(method, {})}
    needed = {
        each: known[each]
        for each, parameter in parameters.items()
        if each in known and (parameter.default is inspect.Parameter.empty or each in always)
    }
    if name == "object_source":
        del needed["source"]
    if name == "policy_access":
        del needed["policy"]
    if method == "upload_snowball_objects":
        needed["object_list"] = [SnowballObject("one", data=io.BytesIO(b"x"), length=1)]
    return {**needed, **OF_ARGUMENT.get((method, name), {}), name: value}


@pytest.mark.parametrize(("method", "name", "value"), list(calls()), ids=ascii)
@pytest.mark.parametrize("kind", [Minio, AsyncMinio])
def test_calls(kind: Any, method: str, name: str, value: Any) -> None:
    client = kind("127.0.0.1:1", "key", "secret", secure=False, region="us-east-1", retries=0)
    with pytest.raises(InvalidArgumentError, match=NAMES.get(name, name)):
        asyncio.run(run(client, method, arguments_of(method, name, value)))


@pytest.mark.parametrize(
    "name", ["endpoint", "access_key", "secret_key", "session_token", "region", "checksum", "proxy"]
)
@pytest.mark.parametrize("kind", [Minio, AsyncMinio])
def test_constructor(kind: Any, name: str) -> None:
    given = {"endpoint": "127.0.0.1:1", "access_key": "key", "secret_key": "secret"}
    value = f"http://user:{BAD}@host:1" if name == "proxy" else BAD
    with pytest.raises(InvalidArgumentError, match=name) as caught:
        kind(**{**given, name: value})
    assert name in ("endpoint", "region", "checksum") or "text" not in str(caught.value)


def bad_tags() -> Tags:
    tags = Tags.new_object_tags()
    tags[BAD] = "x"
    return tags


def policy(name: str, *arguments: Any) -> Callable[[], Any]:
    return lambda: getattr(PostPolicy(), name)(*arguments)


VALUES: dict[str, tuple[str, Callable[[], Any]]] = {
    "delete object": ("name", lambda: DeleteObject(BAD)),
    "delete version": ("version_id", lambda: DeleteObject("a", BAD)),
    "copy source": ("object_name", lambda: CopySource("bucket", BAD)),
    "copy source bucket": ("bucket_name", lambda: CopySource(BAD, "a")),
    "copy source version": ("version_id", lambda: CopySource("bucket", "a", version_id=BAD)),
    "copy source etag": ("match_etag", lambda: CopySource("bucket", "a", match_etag=BAD)),
    "copy source region": ("region", lambda: CopySource("bucket", "a", region=BAD)),
    "snowball name": ("object_name", lambda: SnowballObject(BAD, filename="x")),
    "copy conditions": ("etag", lambda: CopyConditions().set_match_etag(BAD)),
    "tags": ("tag", bad_tags),
    "tags of a dict": ("tags", lambda: genheaders(None, None, {"a": BAD}, None, False)),
    "filter": ("prefix", lambda: Filter(prefix=BAD)),
    "select": ("expression", lambda: SelectRequest(BAD, CSVInputSerialization(), JSONOutputSerialization())),
    "select input": ("field_delimiter", lambda: CSVInputSerialization(field_delimiter=BAD)),
    "kms key": ("key", lambda: SseKMS(BAD)),
    "kms context": ("context", lambda: SseKMS("key", {"a": BAD})),
    "customer key": ("key", lambda: SSE_C(BAD)),
    "access key": ("access_key", lambda: Credentials(BAD, "secret")),
    "secret key": ("secret_key", lambda: Credentials("key", BAD)),
    "session token": ("session_token", lambda: Credentials("key", "secret", BAD)),
    "form key": ("key", policy("set_key", BAD)),
    "form prefix": ("key_startswith", policy("set_key_startswith", BAD)),
    "form bucket": ("bucket_name", policy("set_bucket_name", BAD)),
    "form type": ("content_type", policy("set_content_type", BAD)),
    "form value": ("value", policy("append_policy", "eq", "$key", BAD)),
    "form element": ("element", policy("add_equals_condition", BAD, "x")),
    "form beginning": ("value", policy("add_starts_with_condition", "key", BAD)),
    "signed data": ("data", lambda: post_presign_v4(BAD, "secret", MOMENT, "r")),
    "signing key": ("secret_key", lambda: post_presign_v4("data", BAD, MOMENT, "r")),
    "credential": ("access_key", lambda: get_credential_string(BAD, MOMENT, "r")),
}


@pytest.mark.parametrize(("name", "make"), list(VALUES.values()), ids=list(VALUES))
def test_values(name: str, make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidArgumentError, match=name) as caught:
        make()
    assert not isinstance(caught.value, UnicodeError)


@pytest.mark.parametrize("document", ['{"Version": "' + BAD + '"}', {"Version": BAD}], ids=["text", "dict"])
@pytest.mark.parametrize("kind", [Minio, AsyncMinio])
def test_policies(kind: Any, document: Any) -> None:
    client = kind("127.0.0.1:1", secure=False)
    with pytest.raises(InvalidArgumentError, match="policy"):
        asyncio.run(run(client, "set_bucket_policy", {"bucket_name": "my-bucket", "policy": document}))


@pytest.mark.skipif(os.name == "nt", reason="paths are bytes on POSIX only")
def test_paths_may_be_any_bytes(tmp_path: Path) -> None:
    """File names need not be UTF-8: Python represents other bytes as surrogates."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/a\xff")
    Path(path).write_bytes(b"x")
    SnowballObject("one", filename=path)
    client = Minio("127.0.0.1:1", secure=False, ca_certs=path)
    assert client._settings.ca_certs == path
    from minio._core.transfer.source import open_file

    source = open_file(path)
    assert source.length == 1
    source.close()


def test_expiration_of_forms() -> None:
    made = PostPolicy("bucket", MOMENT + timedelta(days=1))
    assert made.bucket_name == "bucket"
