"""The admin clients against a scripted server: what is sent, what is read, and what becomes of errors.

Every server here refuses most of these calls (JuiceFS with 426 or 501, see tests/live/aio/test_admin.py), so a scripted
server checks their bytes.
"""

from __future__ import annotations

import inspect
import io
import json
import logging
import pickle
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import minio
from fakes.admin_calls import CALLS, KINDS, POLICY, ROOT, SECRET, Sent, play_admin
from fakes.clients import done
from fakes.scripted_server import Peer, ScriptedServer, answer, forever, serve
from minio import AsyncMinioAdmin, MinioAdmin, datatypes
from minio.credentials import Credentials, Provider, StaticProvider
from minio.crypto import decrypt, encrypt
from minio.error import (
    ClosedError,
    InvalidArgumentError,
    InvalidArgumentTypeError,
    InvalidPathError,
    MinioAdminException,
    MissingFileError,
    TransportError,
)
from minio.minioadmin import PeerInfo, PeerSite, SiteReplicationStatusOptions

TEXT = '{"found": "ünlike"}'
SEALED = encrypt(TEXT.encode(), SECRET)
SECRETS = (SECRET, "users-secret", "services-secret", "secret-one", "secret-two")
EACH_KIND = pytest.mark.parametrize("kind", KINDS)
EACH_CALL = pytest.mark.parametrize("name", CALLS)
METHODS = sorted(name for name, _ in inspect.getmembers(AsyncMinioAdmin, inspect.isfunction) if name[0] != "_")
LOCAL = {"close", "set_app_info", "trace_off", "trace_on", "with_options"}


def success(sent: Sent) -> bytes:
    return answer(SEALED if sent.answer_encrypted else TEXT.encode())


def refusal(code: str, status: str, message: str = "no", **more: str) -> bytes:
    return answer(json.dumps({"Code": code, "Message": message, **more}).encode(), status)


def run(kind: str, server: ScriptedServer, name: str, **options: Any) -> Any:
    async def story(admin: Any) -> Any:
        return await done(CALLS[name].call(admin))

    return play_admin(kind, server, story, **options)


def test_the_table_has_every_call() -> None:
    assert {name.partition(",")[0] for name in CALLS} == set(METHODS) - LOCAL
    assert sorted(name for name, _ in inspect.getmembers(MinioAdmin, inspect.isfunction) if name[0] != "_") == METHODS


@EACH_KIND
@EACH_CALL
def test_what_is_sent_and_returned(kind: str, name: str) -> None:
    sent = CALLS[name]
    with ScriptedServer(serve(success(sent))) as server:
        assert run(kind, server, name) == TEXT
    (request,) = server.requests
    assert (request.method, request.target) == (sent.method, sent.target)
    assert request.headers["content-type"] == "application/octet-stream"
    assert "/us-east-1/s3/aws4_request" in request.headers["authorization"]
    if sent.encrypted:
        assert not any(secret.encode() in request.body for secret in SECRETS)
    body = decrypt(request.body, SECRET) if sent.encrypted else request.body
    assert body.decode() == sent.body


@EACH_KIND
@EACH_CALL
def test_an_error_has_the_status_the_code_and_the_text_of_the_server(kind: str, name: str) -> None:
    reply = refusal("XMinioAdminVersionMismatch", "426 Upgrade Required", "not supported")
    with ScriptedServer(serve(reply)) as server, pytest.raises(MinioAdminException) as caught:
        run(kind, server, name)
    error = caught.value
    assert (error.status, error.code, error.message) == (426, "XMinioAdminVersionMismatch", "not supported")
    assert (error._code, json.loads(error._body)["Code"]) == ("426", error.code)
    assert error.operation
    assert error.host == str(server.origin)
    assert str(error).startswith("admin request failed; Status: 426, Body: {")


@EACH_CALL
def test_what_is_no_answer_of_the_admin_api_is_an_error(name: str) -> None:
    """Pages and empty errors never look like a success, and every error is a MinioAdminException."""
    page = answer(b"<html><body>Console</body></html>", headers={"content-type": "text/html"})
    for reply in (page, answer(b"", "502 Bad Gateway"), answer(b"\xff\xfe\xfd" * 40), answer(b"{}", "202 Accepted")):
        with ScriptedServer(serve(reply)) as server, pytest.raises(MinioAdminException) as caught:
            run("sync", server, name)
        assert str(caught.value.reason)
        assert pickle.loads(pickle.dumps(caught.value)).reason == caught.value.reason


@EACH_CALL
def test_only_what_is_safe_is_sent_again_after_a_lost_response(name: str) -> None:
    sent = CALLS[name]

    def drop(peer: Peer) -> None:
        peer.read_request()
        peer.reset()

    with ScriptedServer(drop, serve(success(sent))) as server:
        if sent.repeated:
            assert run("sync", server, name, retries=1) == TEXT
        else:
            with pytest.raises(TransportError, match="may have applied"):
                run("sync", server, name, retries=1)
    assert len(server.requests) == 2 if sent.repeated else 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("user_remove", "XMinioAdminNoSuchUser"),
        ("group_remove", "XMinioAdminNoSuchGroup"),
        ("policy_remove", "XMinioAdminNoSuchPolicy"),
        ("delete_service_account", "XMinioInvalidIAMCredentials"),
        ("attach_policy", "XMinioAdminPolicyChangeAlreadyApplied"),
        ("policy_unset", "XMinioAdminPolicyChangeAlreadyApplied"),
    ],
)
@pytest.mark.parametrize("secret", [SECRET, "minioadmin"])
def test_an_earlier_try_that_worked_is_a_success(name: str, code: str, secret: str) -> None:
    """Also if the secret key is a part of the error code, as the usual one of test servers is."""

    def drop(peer: Peer) -> None:
        peer.read_request()
        peer.reset()

    keys = StaticProvider("caller", secret)
    with ScriptedServer(drop, serve(refusal(code, "404 Not Found"))) as server:
        assert run("sync", server, name, retries=1, credentials=keys) == ""
    with ScriptedServer(serve(refusal(code, "404 Not Found"))) as server, pytest.raises(MinioAdminException) as caught:
        run("sync", server, name, retries=1, credentials=keys)
    assert caught.value.code == code


def test_a_busy_server_is_asked_again() -> None:
    with ScriptedServer(serve(refusal("SlowDown", "503 Busy"), answer(b"[]"))) as server:
        assert run("sync", server, "group_list", retries=1) == "[]"


@EACH_KIND
@EACH_CALL
def test_no_secret_is_shown(kind: str, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Not in traces, logs and errors, even if the server repeats all of them."""
    caplog.set_level(logging.DEBUG, logger="minio")
    trace = io.StringIO()

    async def story(admin: Any) -> Any:
        admin.trace_on(trace)
        return await done(CALLS[name].call(admin))

    repeated = " ".join(SECRETS)
    reply = refusal("XMinioAdminInvalidArgument", "400 Bad", repeated, Resource=f"/{repeated}")
    with ScriptedServer(serve(reply)) as server, pytest.raises(MinioAdminException) as caught:
        play_admin(kind, server, story)
    known = [SECRET] + [secret for secret in SECRETS if secret in CALLS[name].body]
    error = caught.value
    shown = f"{error!s} {error!r} {error.body} {error.message} {vars(error)}"
    assert not [secret for secret in known if secret in shown]
    assert ROOT in trace.getvalue()
    for text in (trace.getvalue(), caplog.text):
        assert SECRET not in text
        assert "Signature=" not in text or "REDACTED" in text


def test_a_code_with_a_secret_in_it_is_not_kept() -> None:
    reply = refusal(f"XMinioAdmin{SECRET}", "400 Bad")
    with ScriptedServer(serve(reply)) as server, pytest.raises(MinioAdminException) as caught:
        run("sync", server, "group_list")
    assert SECRET not in f"{caught.value} {caught.value.code}"


def test_secrets_of_a_configuration_are_not_shown() -> None:
    config = {"endpoint": "http://hook", "auth_token": "hidden-token", "enable": "on"}

    async def story(admin: Any) -> Any:
        return await done(admin.config_set("notify_webhook", config))

    reply = refusal("XMinioConfigError", "400 Bad", "wrong: auth_token=hidden-token endpoint=http://hook")
    with ScriptedServer(serve(reply)) as server, pytest.raises(MinioAdminException) as caught:
        play_admin("sync", server, story)
    assert "hidden-token" not in str(caught.value)
    assert "endpoint=http://hook" in str(caught.value)


class Rotating(Provider):
    """A provider with other keys each time."""

    def __init__(self) -> None:
        self.count = 0

    def retrieve(self) -> Credentials:
        self.count += 1
        return Credentials(f"access{self.count}", f"secret-{self.count}")


@EACH_KIND
def test_a_request_is_signed_with_the_keys_that_its_body_is_encrypted_with(kind: str) -> None:
    replies = (refusal("SlowDown", "503 Busy"), answer(b""))
    with ScriptedServer(serve(*replies)) as server:
        run(kind, server, "user_add", retries=1, credentials=Rotating())
    for request in server.requests:
        number = request.headers["authorization"].partition("Credential=access")[2].partition("/")[0]
        assert b"users-secret" in decrypt(request.body, f"secret-{number}")


@EACH_KIND
@pytest.mark.parametrize("name", ["user_add", "user_list"])
def test_without_the_extra_nothing_is_sent(kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "argon2.low_level", None)
    with ScriptedServer(forever(lambda _: answer(b"[]"))) as server:
        with pytest.raises(ImportError, match=r'pip install "minio\[admin\]"'):
            run(kind, server, name)
        assert not server.requests
        assert run(kind, server, "group_list") == "[]"


WRONG: list[tuple[Any, type[Exception], str]] = [
    (lambda a: a.user_add("", "users-secret"), InvalidArgumentError, "access_key"),
    (lambda a: a.user_add("u", None), InvalidArgumentTypeError, "secret_key"),
    (lambda a: a.user_add("u", " "), InvalidArgumentError, "secret_key"),
    (lambda a: a.user_info(5), InvalidArgumentTypeError, "access_key"),
    (lambda a: a.user_info("\ud800"), InvalidArgumentError, "access_key"),
    (lambda a: a.group_add("g", {"u": 1}), InvalidArgumentTypeError, "members"),
    (lambda a: a.group_add("g", ["u", ""]), InvalidArgumentError, r"members\[1\]"),
    (lambda a: a.group_remove("g", []), InvalidArgumentError, "members"),
    (lambda a: a.policy_add("p"), InvalidArgumentError, "neither"),
    (lambda a: a.policy_add("p", "f", POLICY), InvalidArgumentError, "both"),
    (lambda a: a.policy_add("p", policy="text"), InvalidArgumentTypeError, "policy"),
    (lambda a: a.policy_add("p", policy={"a": object()}), InvalidArgumentError, "policy"),
    (lambda a: a.policy_add("p", 5), InvalidArgumentTypeError, "policy_file"),
    (lambda a: a.policy_add("p", "/no/such/file"), MissingFileError, "policy_file"),
    (lambda a: a.policy_add("p", "/"), InvalidPathError, "policy_file"),
    (lambda a: a.policy_add("p", __file__), InvalidArgumentError, "JSON"),
    (lambda a: a.policy_set("p"), InvalidArgumentError, "user or group"),
    (lambda a: a.policy_set("p", "u", "g"), InvalidArgumentError, "user or group"),
    (lambda a: a.policy_set([], "u"), InvalidArgumentError, "policy_name"),
    (lambda a: a.policy_unset("p"), InvalidArgumentError, "user or group"),
    (lambda a: a.attach_policy([], "u"), InvalidArgumentError, "policies"),
    (lambda a: a.add_service_account(access_key="a"), InvalidArgumentError, "secret_key"),
    (lambda a: a.add_service_account(secret_key="a"), InvalidArgumentError, "access_key"),
    (lambda a: a.add_service_account(name=5), InvalidArgumentTypeError, "name"),
    (lambda a: a.add_service_account(expiration=5), InvalidArgumentTypeError, "expiration"),
    (lambda a: a.add_service_account(policy=POLICY, policy_file="f"), InvalidArgumentError, "both"),
    (lambda a: a.update_service_account(access_key="a"), InvalidArgumentError, "must be given"),
    (lambda a: a.list_access_keys_ldap_bulk(["u"], "all", True), InvalidArgumentError, "both"),
    (lambda a: a.config_set("k", "text"), InvalidArgumentTypeError, "config"),
    (lambda a: a.config_set("k", {"n": 5}), InvalidArgumentTypeError, "config"),
    (lambda a: a.config_set("k", {"n": "a\nb"}), InvalidArgumentError, "config"),
    (lambda a: a.config_restore(""), InvalidArgumentError, "restore_id"),
    (lambda a: a.bucket_quota_set("bucket", -1), InvalidArgumentError, "size"),
    (lambda a: a.bucket_quota_set("bucket", "1"), InvalidArgumentTypeError, "size"),
    (lambda a: a.bucket_quota_get("B"), InvalidArgumentError, "bucket"),
    (lambda a: a.profile_start([5]), InvalidArgumentTypeError, "profilers"),
    (lambda a: a.add_site_replication([]), InvalidArgumentError, "peer_sites"),
    (lambda a: a.add_site_replication(["one"]), InvalidArgumentTypeError, "peer_sites"),
    (lambda a: a.edit_site_replication({}), InvalidArgumentTypeError, "peer_info"),
    (lambda a: a.remove_site_replication(), InvalidArgumentError, "neither"),
    (lambda a: a.get_site_replication_status({}), InvalidArgumentTypeError, "options"),
]


@EACH_KIND
@pytest.mark.parametrize(("call", "error", "text"), WRONG)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    kind: str, call: Any, error: type[Exception], text: str
) -> None:
    async def story(admin: Any) -> Any:
        return await done(call(admin))

    with ScriptedServer(forever(lambda _: answer(b"{}"))) as server:
        with pytest.raises(error, match=text) as caught:
            play_admin(kind, server, story)
        assert isinstance(caught.value, (InvalidArgumentError, ValueError))
        assert not server.requests


@EACH_KIND
def test_a_policy_file_is_sent(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text('{\n  "Version": "2012-10-17"\n}')

    async def story(admin: Any) -> None:
        await done(admin.policy_add("p", path))
        await done(admin.update_service_account(access_key="svc", policy_file=str(path)))
        moment = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
        await done(admin.update_service_account(access_key="svc", expiration=moment))

    with ScriptedServer(forever(lambda _: answer(b""))) as server:
        play_admin(kind, server, story)
    one, two, three = server.requests
    assert one.body == path.read_bytes()
    assert decrypt(two.body, SECRET) == b'{"newPolicy": {"Version": "2012-10-17"}}'
    assert json.loads(decrypt(three.body, SECRET)) == {"newExpiration": "2030-01-02T03:04:05.000Z"}


@EACH_KIND
def test_the_client_itself(kind: str) -> None:
    async def story(admin: Any) -> None:
        assert SECRET not in f"{admin!r} {pickle.dumps(repr(admin))!r}"
        assert repr(admin).startswith(f"{type(admin).__name__}(endpoint='127.0.0.1:")
        admin.set_app_info("app", "1.0")
        twin = pickle.loads(pickle.dumps(admin))
        assert await done(twin.group_list()) == "[]"
        await done(twin.close())
        assert await done(admin.with_options(deadline=5, retries=0).group_list()) == "[]"
        trace = io.StringIO()
        admin.trace_on(trace)
        admin.trace_off()
        assert await done(admin.group_list()) == "[]"
        assert trace.getvalue() == ""
        await done(admin.close())
        with pytest.raises(ClosedError):
            await done(admin.group_list())

    with ScriptedServer(forever(lambda _: answer(b"[]"))) as server:
        play_admin(kind, server, story)
    assert all(request.headers["user-agent"].endswith("app/1.0") for request in server.requests)


@EACH_KIND
def test_a_deadline_ends_a_call(kind: str) -> None:
    with ScriptedServer(lambda peer: peer.stall()) as server, pytest.raises(TransportError, match="deadline"):
        run(kind, server, "group_list", deadline=0.2)


@pytest.mark.parametrize("cls", KINDS.values())
def test_the_constructor(cls: Any) -> None:
    keys = StaticProvider("key", "secret")
    assert cls(endpoint="host", credentials=keys, region="r", secure=False, cert_check=False, http_client=None)
    with pytest.raises(InvalidArgumentError, match="credentials"):
        cls(endpoint="host", credentials=None)
    with pytest.raises(InvalidArgumentError, match="endpoint"):
        cls(endpoint="http://host", credentials=keys)
    with pytest.raises(TypeError):
        cls("host", keys)


def test_a_urllib3_pool_is_used() -> None:
    import urllib3

    with ScriptedServer(serve(success(CALLS["user_list"]))) as server, urllib3.PoolManager() as pool:
        assert run("sync", server, "user_list", http_client=pool) == TEXT


def test_the_names() -> None:
    assert minio.MinioAdmin is MinioAdmin
    assert minio.AsyncMinioAdmin is AsyncMinioAdmin
    for cls in (PeerInfo, PeerSite, SiteReplicationStatusOptions):
        assert getattr(datatypes, cls.__name__) is cls
    assert MinioAdmin.user_add.__qualname__ == "MinioAdmin.user_add"
    assert AsyncMinioAdmin.close.__qualname__ == "AsyncMinioAdmin.close"
    assert minio.Minio.close.__qualname__ == "Minio.close"
