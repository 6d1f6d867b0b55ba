"""Each row of docs/migrating.md has a test: one of this file, or one that is named here."""

from __future__ import annotations

import inspect
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio import Minio
from minio._core.transfer.plan import MIN_PART_SIZE
from minio._core.transfer.upload_target import UploadTarget
from minio.error import InvalidArgumentError, InvalidArgumentTypeError, NoSuchKey, ResponseError, S3Error, ServerError
from minio.retry import Retry
from minio.sse import SSE_C

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "migrating.md").read_text("utf-8")
BAD_INPUT, HABITS, LIVE = "tests/unit/test_bad_input.py", "tests/unit/test_habits.py", "tests/live/aio"
ADMIN, CRYPTO = "tests/unit/test_admin.py", "tests/unit/test_crypto.py"
SENT = f"{ADMIN}::test_what_is_sent_and_returned"

ROWS = {
    "`except ResponseError`": "test_errors_of_the_documented_api",
    "`error.response_error`": "tests/unit/test_wire_errors.py::test_documented_response_error_attribute",
    "`error.message`": f"{HABITS}::test_messages_that_programs_compare",
    "`stat_object(...).last_modified`": "test_stat_object",
    "`stat_object(...).metadata`": "test_stat_object",
    "`get_bucket_policy(bucket)`": f"{LIVE}/test_policy.py::test_get_returns_what_was_set",
    "metadata of `put_object`": "test_metadata_and_unknown_length",
    "`put_object` with `length=-1`": "test_metadata_and_unknown_length",
    "a failed upload of a file": f"{LIVE}/test_resuming.py",
    "a stream that ends early": "tests/unit/test_helpful_errors.py::test_short_data_does_not_mention_seek",
    "arguments of `list_objects`": "test_listings_check_their_arguments",
    "the S3 call of `list_objects`": "test_the_version_of_listings",
    "keys with a `%` in listings": "test_the_version_of_listings",
    "the `Filter` of notifications": "tests/unit/test_notification_config.py::test_filter_rules",
    "an access key without a secret key, or the reverse": f"{BAD_INPUT}::test_constructor",
    "names of new buckets": f"{BAD_INPUT}::test_bucket_name_invalid_only_for_new_buckets",
    "an object name with a `.` or `..` segment": f"{BAD_INPUT}::test_object_name",
    "presigned URLs of an anonymous client": "test_presigned_urls",
    "`expires`": "test_presigned_urls",
    "`secure=None` as the fourth argument": "test_none_as_the_fourth_argument",
    "`etag, version_id = client.put_object(...)`": f"{HABITS}::test_the_result_of_a_write_is_a_text_and_a_pair",
    "`stream()` of `select_object_content`": "tests/unit/test_vocabulary_select.py::test_reading",
    "`get_bucket_encryption(bucket)`": f"{LIVE}/test_habits.py::test_encryption_of_release_6",
    "`get_assume_role_creds()`": "tests/unit/test_earlier_calls.py::test_get_assume_role_creds",
    "`Chain`, `Static`, `EnvAWS`, `EnvMinio`, `IAMProvider` of `minio.credentials`": "test_classes_of_credentials",
    "`get_object(bucket, name, headers, key)`": "test_keys_by_position",
    "`copy_object(bucket, name, source, conditions, key)`": "test_keys_by_position",
    "`stat_object(bucket, name, key, version_id, query)`": "test_keys_by_position",
    "an unreachable server": "tests/unit/test_urllib3_errors.py::test_blocking_client",
    "a server that answers 500, 502, 503 or 504 to every try": "test_a_server_that_fails_always",
    "a text for `secure` or `cert_check`": f"{HABITS}::test_texts_are_no_truth_values",
    "an endpoint with a scheme": "tests/unit/test_addresses.py::test_an_endpoint_may_have_a_scheme",
    "`content_type=None`": "tests/unit/test_addresses.py::test_a_content_type_is_guessed_only_if_it_is_none",
    "invalid arguments": f"{BAD_INPUT}::test_all_argument_errors_share_a_base_class",
    "results of writes": f"{HABITS}::test_results_have_a_dict",
    "`size` and `etag` of a listed prefix": "test_prefixes",
    "`vars(item)` of a listed object": "test_prefixes",
    "`copy_object`": "test_a_copy_is_one_request",
    "timeouts": "test_defaults",
    "`num_parallel_uploads`": "test_defaults",
    "bodies over https": "tests/unit/test_wire_sigv4.py",
    "`http_client`": f"{BAD_INPUT}::test_asynchronous_client_refuses_http_client",
    "`_base_url.build()` for AWS": "tests/unit/test_legacy_modules.py::test_base_url_of_the_default_region",
    "`get_object`": "tests/unit/test_blocking_transport.py::test_lost_connection_is_replaced_mid_body",
    "`fget_object`": "tests/unit/test_small_downloads.py::test_one_request",
    "`members` of `group_add` and `group_remove`, `sites` of `remove_site_replication`, as a str": SENT,
    "`remove_site_replication(all_sites=True)`": SENT,
    "`profile_start`": SENT,
    "`policy_set` with a list": SENT,
    "`bucket_bandwidth_limit` and `bucket_bandwidth_set` of `PeerInfo`": SENT,
    "a failed call": f"{ADMIN}::test_an_error_has_the_status_the_code_and_the_text_of_the_server",
    "a call whose response was lost": f"{ADMIN}::test_only_what_is_safe_is_sent_again_after_a_lost_response",
    "`decrypt` of damaged data": f"{CRYPTO}::test_damaged_data_is_refused",
    '`encrypt(b"")`': f"{CRYPTO}::test_what_is_encrypted_is_decrypted",
    "`enable_rdma=True`": "tests/unit/test_surface_8.py::test_the_constructor_takes_its_keywords",
    "`get_object(into=buffer)`": "tests/unit/test_surface_8.py::test_the_content_of_get_object",
    "`metadata=`": f"{LIVE}/test_call_options.py::test_metadata_by_both_names_is_refused",
    "`extra_headers`, `extra_query_params`": "tests/unit/test_call_options.py::test_headers_of_the_client_are_refused",
    "conditional writes": "tests/unit/test_conditional_writes.py",
}


def rows() -> list[str]:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    found = [line.split(" | ")[0].removeprefix("| ") for line in lines]
    return [name for name in found if name != "what"]


def test_every_row_has_a_test() -> None:
    assert set(rows()) == ROWS.keys()


@pytest.mark.parametrize("row", ROWS)
def test_the_test_exists(row: str) -> None:
    path, _, name = ROWS[row].rpartition("::") if "::" in ROWS[row] else ("", "", ROWS[row])
    if not path and name.endswith(".py"):
        assert (ROOT / name).exists()
        return
    text = (ROOT / path).read_text("utf-8") if path else inspect.getsource(inspect.getmodule(rows))  # type: ignore[arg-type]
    assert re.search(rf"^ *(async )?def {name}\(", text, re.MULTILINE), ROWS[row]


HEADERS = {"ETag": '"e"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT", "X-Amz-Meta-Colour": "red", "Server": "s"}
LISTING = (
    "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a%2541</Key><Size>1</Size></Contents>"
    "<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes><EncodingType>url</EncodingType></ListBucketResult>"
)


def reply(request: Recorded) -> bytes:
    if "missing" in request.target:
        return answer(status="404 Not Found")
    if request.method == "GET":
        return answer(LISTING.encode())
    if "x-amz-copy-source" in request.headers:
        return answer(b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>", headers=HEADERS)
    return answer(headers=HEADERS)


def client_of(server: ScriptedServer, *keys: str, **options: Any) -> Minio:
    given: dict[str, Any] = {"secure": False, "region": "us-east-1", "proxy": "", **options}
    return Minio(str(server.origin), *(keys or ("key", "secret")), **given)


def test_errors_of_the_documented_api() -> None:
    with ScriptedServer(forever(reply)) as server, pytest.raises(ResponseError) as caught:
        client_of(server).stat_object("bucket", "missing")
    assert isinstance(caught.value, NoSuchKey)


def test_stat_object() -> None:
    with ScriptedServer(forever(reply)) as server:
        found = client_of(server).stat_object("bucket", "key")
    assert found.last_modified == datetime(2026, 11, 23, tzinfo=UTC)
    assert found.metadata["x-amz-meta-colour"] == found.metadata["X-AMZ-META-COLOUR"] == "red"
    assert found.metadata["server"] == "s"


def test_metadata_and_unknown_length() -> None:
    metadata = {"colour": "red"}
    with ScriptedServer(forever(reply)) as server:
        client_of(server).put_object("bucket", "key", io.BytesIO(b"abc"), -1, metadata=metadata)
    assert server.requests[0].headers["x-amz-meta-colour"] == "red"
    assert server.requests[0].body == b"abc"
    assert metadata == {"colour": "red"}


def test_listings_check_their_arguments() -> None:
    with pytest.raises(InvalidArgumentError):
        Minio("host").list_objects("no bucket")


def test_the_version_of_listings() -> None:
    with ScriptedServer(forever(reply)) as server, client_of(server) as client:
        names = [item.object_name for item in client.list_objects("bucket")]
        list(client.list_objects("bucket", use_api_v1=True))
    assert names == ["a%41", "b/"]
    assert ["list-type=2" in request.target for request in server.requests] == [True, False]


def test_presigned_urls() -> None:
    anonymous = Minio("host", region="us-east-1")
    assert anonymous.presigned_get_object("bucket", "key") == "https://host/bucket/key"
    client = Minio("host", "key", "secret", region="us-east-1")
    for expires in (timedelta(hours=1), 3600):
        assert "X-Amz-Expires=3600&" in client.presigned_get_object("bucket", "key", expires)


def test_none_as_the_fourth_argument() -> None:
    assert Minio("host", "key", "secret", None)._session.endpoint.secure is True
    assert Minio("host", "key", "secret", secure=None)._session.endpoint.secure is False


def test_classes_of_credentials() -> None:
    import minio.credentials as module

    for earlier in ("Chain", "Static", "EnvAWS", "EnvMinio", "IAMProvider"):
        assert not hasattr(module, earlier)
    for now in ("ChainedProvider", "StaticProvider", "EnvAWSProvider", "EnvMinioProvider", "IamAwsProvider"):
        assert hasattr(module, now)


def test_keys_by_position() -> None:
    client: Any = Minio("host", "key", "secret")
    key = SSE_C(b"k" * 32)
    with pytest.raises(InvalidArgumentTypeError, match="length"):
        client.get_object("bucket", "key", {}, key)
    with pytest.raises(InvalidArgumentTypeError, match="metadata"):
        client.copy_object("bucket", "key", "/bucket/source", {}, key)
    assert list(inspect.signature(client.stat_object).parameters)[4] == "extra_headers"


@pytest.mark.parametrize("status", ["500 Internal Server Error", "502 Bad Gateway", "503 Slow", "504 Gateway Time-out"])
def test_a_server_that_fails_always(status: str) -> None:
    body = b"<Error><Code>SlowDown</Code><Message>no</Message></Error>"
    retries = Retry(tries=2, base=0.01)
    for sent, kind in ((body, S3Error), (b"", ServerError)):

        def fail(request: Recorded, sent: bytes = sent) -> bytes:
            return answer(sent, status)

        with ScriptedServer(forever(fail)) as server, pytest.raises(kind):
            client_of(server, retries=retries).remove_object("bucket", "key")
        assert len(server.requests) == 2


def test_prefixes() -> None:
    with ScriptedServer(forever(reply)) as server, client_of(server) as client:
        item, prefix = client.list_objects("bucket")
    assert (prefix.size, prefix.etag, prefix.is_dir) == (0, "", True)
    assert "is_dir" not in vars(item)


def test_a_copy_is_one_request() -> None:
    with ScriptedServer(forever(reply)) as server:
        client_of(server).copy_object("bucket", "key", "/bucket/source")
    assert [request.method for request in server.requests] == ["PUT"]


def test_defaults() -> None:
    settings = Minio("host")._settings
    assert (settings.connect_timeout, settings.read_timeout) == (10, 60)
    for call in (Minio.put_object, Minio.fput_object):
        assert inspect.signature(call).parameters["num_parallel_uploads"].default is None
    assert UploadTarget("bucket", "object", {}, None, workers=None).pace(MIN_PART_SIZE, in_memory=False).bodies == 4
