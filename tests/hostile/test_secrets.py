"""If a server or a proxy repeats what it was sent, errors, logs, traces and hooks show no secrets of the request."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import pickle
import re
import ssl
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
import trustme
from hypothesis import given, settings, strategies as st
from urllib3 import PoolManager
from urllib3.exceptions import ProtocolError

from fakes.scripted_server import Recorded, ScriptedServer, answer, forever, head
from faults import (
    local_files as local_files,  # importing this adds its calls to the table
    more_calls as more_calls,
)
from faults.calls import SCENES, Place, Scene, done
from minio import AsyncMinio, Minio
from minio._core.wire import redact as redact_module
from minio._core.wire.redact import REDACTED, Secrets, redact, redact_error, secrets_of
from minio.credentials import AssumeRoleProvider, LdapIdentityProvider, WebIdentityProvider
from minio.error import MinioException, ResponseError, S3Error, TransportError
from minio.hooks import RequestEvent, ResponseEvent, RetryEvent
from minio.sse import SseCustomerKey

KEY, SECRET = "ACCESSKEY", "secret/key+WITH=signs-0123456789"
TOKEN = "FwoGZXIvYXdzE//token+with==signs/" + "0123456789abcdef" * 20
PASSWORD = "proxy p%ss/word!"
CUSTOMER_KEY = bytes(range(200, 232))
PROXY = f"http://user:{quote(PASSWORD, safe='')}@{{}}"
ALWAYS = [SECRET, TOKEN, PASSWORD, quote(PASSWORD, safe=""), base64.b64encode(f"user:{PASSWORD}".encode()).decode()]
Wrap = Callable[[Recorded], bytes]


def shown(request: Recorded) -> str:
    """The request head as a careless server prints it, with everything the server itself knows."""
    lines = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    return f"{request.method} {request.target} HTTP/1.1\n{lines}\nyour key is {SECRET}, is it not?"


def page(request: Recorded) -> bytes:
    body = f"<html><body><h1>Forbidden</h1><pre>{escape(shown(request))}</pre></body></html>"
    return answer(body.encode(), "403 Forbidden", {"Content-Type": "text/html"})


def one_line(request: Recorded) -> bytes:
    text = " ".join(shown(request).splitlines()[1:])
    return answer(f"{'x' * 120} {text}".encode(), "418 I'm a teapot", {"Content-Type": "text/plain"})


def message(request: Recorded) -> bytes:
    text = escape(shown(request))
    fields = "".join(f"<{name}>{text}</{name}>" for name in ("Message", "Resource", "RequestId", "HostId", "Region"))
    return answer(f"<Error><Code>InvalidToken</Code>{fields}</Error>".encode(), "400 Bad Request")


def message_in_success(request: Recorded) -> bytes:
    text = escape(shown(request))
    return answer(f"<Error><Code>InternalError</Code><Message>{text}</Message></Error>".encode(), headers={"ETag": "e"})


def values(request: Recorded) -> bytes:
    """Only the values, as JSON, without names that would identify them."""
    text = json.dumps([*request.headers.values(), SECRET, TOKEN]).replace("/", "\\/").replace("+", "\\u002b")
    return answer(text.encode(), "400 Bad Request", {"Content-Type": "application/json"})


def quoted(request: Recorded) -> bytes:
    return answer(quote(shown(request), safe="").encode(), "403 Forbidden")


def raw(request: Recorded) -> bytes:
    """Not an HTTP response."""
    return "\n".join(request.headers.values()).encode() + b"\r\n\r\n"


def token_first(request: Recorded) -> bytes:
    return f"{request.headers.get('x-amz-security-token', '')}\r\n\r\n".encode()


def headers(request: Recorded) -> bytes:
    text = shown(request).replace("\n", " ")
    names = ("x-minio-error-desc", "x-amz-request-id", "x-amz-id-2", "Content-Type", "Server")
    return head(f"400 {text}", {**dict.fromkeys(names, text), "Content-Length": "0"})


def location(request: Recorded) -> bytes:
    query = urlencode({"X-Amz-Security-Token": TOKEN, "who": SECRET, "sent": request.headers.get("authorization", "")})
    return head("307 Temporary Redirect", {"Location": f"https://elsewhere.invalid/?{query}", "Content-Length": "0"})


ECHOES = [page, one_line, message, message_in_success, values, quoted, raw, token_first, headers, location]


def secrets_sent(server: ScriptedServer) -> set[str]:
    """The secrets in the requests: signatures, tokens, keys."""
    found = set(ALWAYS)
    for request in server.requests:
        found.update(re.findall(r"Signature=([0-9a-f]{64})", request.headers.get("authorization", "")))
        found.update(value for name, value in request.headers.items() if name.endswith("customer-key"))
        found.update(parse_qs(urlsplit(request.target).query).get("X-Amz-Signature", []))
    return {each for each in found if each}


def check(texts: list[str], secrets: set[str]) -> None:
    for text in texts:
        flat = text.replace("\\/", "/").replace("\\u002b", "+")
        for secret in secrets:
            for form in (secret, quote(secret, safe=""), quote(secret, safe="/"), escape(secret)):
                # Truncated text must not show the beginning of a secret either.
                assert form[:12].lower() not in flat.lower(), f"{form[:12]!r} is shown in {text[:2000]!r}"


def pickled(error: BaseException) -> bytes:
    """Pickle an error as Python does, without what other packages register (tblib adds the causes)."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written)
    pickler.dispatch_table = {}
    pickler.dump(error)
    return written.getvalue()


def texts_of(error: BaseException) -> list[str]:
    own = [repr(value) for name, value in vars(error).items() if name not in ("response", "cause")]
    again = pickle.loads(pickled(error)) if isinstance(error, MinioException) else error
    return [
        str(error),
        repr(error),
        repr(error.args),
        *own,
        *traceback.format_exception(error),
        str(again),
        repr(again),
    ]


def texts_of_event(event: RequestEvent | ResponseEvent | RetryEvent) -> Iterator[str]:
    for one in fields(event):
        value = getattr(event, one.name)
        if is_dataclass(value):
            yield from texts_of_event(value)
        elif isinstance(value, BaseException):
            yield from texts_of(value)
        else:
            yield repr(dict(value) if isinstance(value, Mapping) else value)


class Watched:
    """A client whose errors, logs, traces and events are collected."""

    def __init__(self, kind: Any, endpoint: str, caplog: pytest.LogCaptureFixture, **options: Any) -> None:
        self.kind = kind
        self.caplog = caplog
        self.trace = io.StringIO()
        self.events: list[RequestEvent | ResponseEvent | RetryEvent] = []
        self.endpoint = endpoint
        self.options = {"secure": False, "region": "us-east-1", "retries": 0, "read_timeout": 5, **options}

    def call(self, run: Callable[[Any], Any]) -> BaseException | None:
        """Make a call and return its error, which the test then checks."""
        self.caplog.set_level(logging.DEBUG, "minio")
        return asyncio.run(self._story(run))

    async def _story(self, run: Callable[[Any], Any]) -> BaseException | None:
        hooks = dict.fromkeys(("on_request", "on_response", "on_retry"), self.events.append)
        client = self.kind(self.endpoint, KEY, SECRET, TOKEN, **self.options, **hooks)
        client.trace_on(self.trace)
        try:
            await done(run(client))
        except Exception as error:
            return error
        finally:
            await done(client.close())
        return None

    def texts(self, error: BaseException | None) -> list[str]:
        logged = [record.getMessage() for record in self.caplog.records]
        heard = [text for event in self.events for text in texts_of_event(event)]
        return [self.trace.getvalue(), *logged, *heard, *([] if error is None else texts_of(error))]


@pytest.fixture(params=[Minio, AsyncMinio], ids=["sync", "async"])
def watch(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, monkeypatch: Any) -> Callable[..., Watched]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    def make(endpoint: str, **options: Any) -> Watched:
        return Watched(request.param, endpoint, caplog, **options)

    return make


Watch = Callable[..., Watched]


ALONE = [scene for scene in SCENES.values() if scene.before is None and scene.name != "fput_object-resumed"]
"""Scenes that need no preparation on a real server."""


@pytest.mark.parametrize("echo", ECHOES, ids=lambda echo: echo.__name__)
@pytest.mark.parametrize("scene", ALONE, ids=lambda scene: scene.name)
def test_every_call(watch: Watch, scene: Scene, echo: Wrap, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x" * 100)
    (tmp_path / "folder").mkdir()
    place = Place("bucket-r", "bucket-w", "bucket-l", "key", tmp_path / "folder")
    with ScriptedServer(forever(echo)) as server:
        watched = watch(str(server.origin))
        error = watched.call(lambda client: scene.run(client, place))
        while scene.endless and not server.requests:  # a busy machine may take longer than the scene waits
            error = watched.call(lambda client: scene.run(client, place))
        # Any other error means that the echo was never played.
        assert error is None or isinstance(error, MinioException), repr(error)
        assert server.requests or scene.name.startswith(("presigned", "get_presigned"))
    check(watched.texts(error), secrets_sent(server))


@pytest.mark.parametrize("echo", ECHOES, ids=lambda echo: echo.__name__)
@pytest.mark.parametrize("given", ["argument", "environment"])
def test_proxy_that_echoes_its_password(watch: Watch, echo: Wrap, given: str, monkeypatch: Any) -> None:
    with ScriptedServer(forever(echo)) as server:
        url = PROXY.format(server.origin)
        if given == "environment":
            monkeypatch.setenv("http_proxy", url)
        watched = watch("far.invalid:9000", proxy=url if given == "argument" else None)
        error = watched.call(lambda client: client.stat_object("bucket", "key"))
        assert server.requests[0].headers["proxy-authorization"].startswith("Basic ")
    check(watched.texts(error), secrets_sent(server))


@pytest.mark.parametrize("echo", [page, headers, raw, values], ids=lambda echo: echo.__name__)
def test_tunnel_refused_with_an_echo(watch: Watch, echo: Wrap) -> None:
    def script(peer: Any) -> None:
        peer.send(echo(peer.read_head()))

    with ScriptedServer(script) as server:
        watched = watch("far.invalid:9000", proxy=PROXY.format(server.origin), secure=True)
        error = watched.call(lambda client: client.stat_object("bucket", "key"))
    assert isinstance(error, MinioException)
    check(watched.texts(error), secrets_sent(server))


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return context, str(tmp_path / "ca.pem")


@pytest.mark.parametrize("echo", ECHOES, ids=lambda echo: echo.__name__)
def test_customer_key(watch: Watch, echo: Wrap, tls: tuple[ssl.SSLContext, str]) -> None:
    context, ca_file = tls
    key = SseCustomerKey(CUSTOMER_KEY)
    with ScriptedServer(forever(echo), tls=context) as server:
        watched = watch(str(server.origin), secure=True, ca_certs=ca_file)
        error = watched.call(lambda client: client.put_object("bucket", "key", b"x", 1, sse=key))
        assert base64.b64encode(CUSTOMER_KEY).decode() in secrets_sent(server)
    check(watched.texts(error), secrets_sent(server))


def test_response_data_is_not_redacted(watch: Watch) -> None:
    with ScriptedServer(forever(message)) as server:
        error = watch(str(server.origin)).call(lambda client: client.stat_object("bucket", "key"))
        assert error is not None
        error = watch(str(server.origin)).call(lambda client: client.get_bucket_policy("bucket"))
    assert isinstance(error, ResponseError)
    assert error.response is not None
    assert TOKEN.encode() in error.response.data
    assert REDACTED in str(error)


LDAP = "ldap/pass+word=0123456789"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"


def with_body(request: Recorded) -> str:
    return f"{shown(request)}\n{request.body.decode()}\n{LDAP}\n{JWT}"


def sts_page(request: Recorded) -> bytes:
    return answer(with_body(request).encode(), "403 Forbidden", {"Content-Type": "text/plain"})


def sts_xml(request: Recorded) -> bytes:
    text = escape(with_body(request))
    return answer(f"<Error><Code>AccessDenied</Code><Message>{text}</Message></Error>".encode(), "403 Forbidden")


def sts_json(request: Recorded) -> bytes:
    return answer(json.dumps({"code": "X", "message": with_body(request)}).encode(), "400 Bad Request")


def sts_raw(request: Recorded) -> bytes:
    return request.body + b"\r\n\r\n"


STS = [sts_page, sts_xml, sts_json, sts_raw]


@pytest.mark.parametrize("echo", STS, ids=lambda echo: echo.__name__)
@pytest.mark.parametrize("provider", ["ldap", "web", "role"])
def test_token_service_that_echoes_the_request(echo: Wrap, provider: str) -> None:
    with ScriptedServer(forever(echo)) as server:
        url = f"http://{server.origin}"
        made: Any = {
            "ldap": lambda: LdapIdentityProvider(url, "user", LDAP),
            "web": lambda: WebIdentityProvider(jwt_provider_func=lambda: {"id_token": JWT}, sts_endpoint=url),
            "role": lambda: AssumeRoleProvider(sts_endpoint=url, access_key=KEY, secret_key=SECRET),
        }[provider]()
        with pytest.raises(MinioException) as caught:
            made.retrieve()
    secrets = {"ldap": {LDAP}, "web": {JWT}, "role": set()}[provider]
    found = {each for each in secrets_sent(server) if each not in ALWAYS}
    check(texts_of(caught.value), secrets | found)


def test_names_of_the_caller_are_kept() -> None:
    """Names chosen by the caller are not secret, even if they equal the name of a secret."""
    with ScriptedServer(forever(answer(b"", "404 Not Found"))) as server:
        client = Minio(str(server.origin), KEY, "my-secret", secure=False, region="us-east-1")
        with pytest.raises(ResponseError) as caught:
            client.get_object("my-secret", "Signature=abc")
    assert (caught.value.bucket_name, caught.value.object_name) == ("my-secret", "Signature=abc")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the bucket does not exist", "the bucket does not exist"),
        ("http://user:hidden@proxy:1/x", f"http://user:{REDACTED}@proxy:1/x"),
        ("http://host:9000/a@b", "http://host:9000/a@b"),
        ("a=1&X-Amz-Signature=abc&b=2", f"a=1&X-Amz-Signature={REDACTED}&b=2"),
        ("proxy-authorization: Basic YWJj\nnext: 1", f"proxy-authorization: {REDACTED}\nnext: 1"),
        ('{"SecretAccessKey": "abc", "x": 1}', f'{{"SecretAccessKey": "{REDACTED}", "x": 1}}'),
        ("<SessionToken>abc</SessionToken>", f"<SessionToken>{REDACTED}</SessionToken>"),
    ],
)
def test_patterns(text: str, kept: str) -> None:
    assert redact(text) == kept


HEAVY = ["x", "a-", "://", "://a:", "'Token'", "security-token ", "signature", "http://u:p", "cookie:"]


@pytest.mark.timeout(100)
@pytest.mark.parametrize("text", HEAVY)
def test_long_text_is_redacted_quickly(text: str) -> None:
    """A regular expression that backtracks from every position would take hours."""
    for long_text in (text * (2_000_000 // len(text)), text + " " * 2_000_000, text + text[-1] * 2_000_000):
        assert redact(long_text, ["k" * 20, "short"])


def test_error_text_is_bounded(watch: Watch) -> None:
    reply = answer(f"<Error><Code>X</Code><Message>{'x' * 500_000}</Message></Error>".encode(), "400 Bad Request")
    with ScriptedServer(forever(reply)) as server:
        error = watch(str(server.origin)).call(lambda client: client.stat_object("bucket", "key"))
        assert isinstance(error, MinioException)
        error = watch(str(server.origin)).call(lambda client: client.get_bucket_tags("bucket"))
    assert len(str(error)) < 70_000


def test_short_secret_is_hidden_only_as_a_word() -> None:
    assert redact("pass the password, pass", ["pass"]) == f"{REDACTED} the password, {REDACTED}"


def test_beginning_of_a_secret_is_hidden_too() -> None:
    (first, *_) = secrets_of({"X-Amz-Security-Token": "0123456789abcdef"}, "/")
    assert redact("it is 0123456789ab", [first]) == f"it is {REDACTED}"


def test_a_secret_with_signs_is_hidden_to_its_end() -> None:
    """Its forms begin alike: that which matches furthest counts, not the longest one."""
    for form in Secrets([SECRET, TOKEN]):
        assert redact(f"it is {form}.", Secrets([SECRET, TOKEN])) == f"it is {REDACTED}."
        assert redact(f"it is {form[:20]}", Secrets([SECRET, TOKEN])) == f"it is {REDACTED}"


# Names that are called like a secret


ADMIN = "minioadmin"
NAMES = [
    ("minioadmin-x", "minioadmin/backup minioadmin.tar"),
    ("x-minioadmin", "a/minioadmin"),
    ("minioadmin", "Signature=abc"),
    ("bucket", "m"),
]


@pytest.mark.parametrize("kind", [Minio, AsyncMinio], ids=["sync", "async"])
@pytest.mark.parametrize("names", NAMES)
def test_names_of_the_caller_stay_within_texts(kind: Any, names: tuple[str, str]) -> None:
    """A secret beside them is hidden all the same, and so is one that reaches beyond a name."""
    bucket, key = names
    secret = f"{ADMIN}-secret"
    resource = f"/{bucket}/{key} and /{quote(bucket)}/{quote(key)}"
    told = f"no {resource}, your key is {secret}, X-Amz-Signature=abcdef"
    body = f"<Error><Code>NoSuchKey</Code><Message>{told}</Message><Resource>{resource}</Resource></Error>"

    async def story(server: ScriptedServer, held: str) -> ResponseError:
        client = kind(str(server.origin), ADMIN, held, secure=False, region="us-east-1", proxy="")
        try:
            await done(client.get_object(bucket, key))
        except ResponseError as error:
            return error
        finally:
            await done(client.close())
        raise AssertionError

    with ScriptedServer(forever(answer(body.encode(), "404 Not Found"))) as server:
        for held in (secret, ADMIN):
            error: Any = asyncio.run(story(server, held))
            shown = secret.replace(held, held if bucket == held else REDACTED)
            assert error.resource == resource
            assert error.message == f"no {resource}, your key is {shown}, X-Amz-Signature={REDACTED}"
            assert (error.bucket_name, error.object_name) == names


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("bucket minioadmin-x of minioadmin", ["minioadmin-x"], f"bucket minioadmin-x of {REDACTED}"),
        ("minioadmin-secret", ["minioadmin-s"], REDACTED),
        ("minioadmin-s", ["minioadmin-s"], "minioadmin-s"),
        ("minioadmin-secre", ["m", "n", "", "-", "minio", "admin-secret"], REDACTED),
        ("x/minioadmin%2Fa", ["minioadmin/a"], "x/minioadmin%2Fa"),
        ("Minioadmin-x", ["minioadmin-x"], f"{REDACTED}x"),
        ("a Signature=abc, Signature=abcd", ["Signature=abc"], f"a Signature=abc, Signature={REDACTED}"),
    ],
)
def test_what_reaches_beyond_a_name_is_hidden(text: str, names: list[str], shown: str) -> None:
    assert redact(text, Secrets(["minioadmin-secret"], names)) == shown


def test_names_in_a_trace_stay() -> None:
    trace = io.StringIO()
    with ScriptedServer(forever(answer(b"", "404 Not Found"))) as server:
        client = Minio(str(server.origin), KEY, ADMIN + "-secret", secure=False, region="us-east-1", proxy="")
        client.trace_on(trace)
        with pytest.raises(ResponseError):
            client.stat_object("minioadmin-s", "minioadmin-secret")
    assert "HEAD /minioadmin-s/minioadmin-secret HTTP/1.1" in trace.getvalue()


FRAGMENTS = [
    "minioadmin", "MinioAdmin-Secret", "minioadm", "p ss/wörd", "p%20ss%2Fw", "pass",
    "to+ken/12", "to\\u002bken", "to&#43;ken",
    "X-Amz-Signature", "signature", "=", "%3D", "%3d", "Cookie", "cooKIE: ", "authorİzation", "authorization: Basic ",
    ": ", "x-amz-security-token", "customer-key", "<SessionToken>", "<", ">", '{"secretKey": "', '"', "://", "u:", "@",
    " ", "\n", "abc", "\u017f", "\u212a", "\u0130",
]  # fmt: skip


@settings(deadline=None, max_examples=1000)
@given(parts=st.lists(st.sampled_from(FRAGMENTS), max_size=12))
def test_the_quick_looks_miss_nothing(parts: list[str]) -> None:
    """What is left out is what would find nothing."""
    text = "".join(parts)
    secrets = Secrets(["minioadmin-secret", "p ss/wörd", "pass", "to+ken/12345678", None, ""])
    slow = redact_module._hide(text, secrets)
    for pattern, _ in redact_module._PATTERNS:
        slow = re.sub(pattern, rf"\1\2{REDACTED}", slow, flags=re.IGNORECASE)
    assert redact(text, secrets) == redact(text, list(secrets)) == slow


# Exceptions of others


@dataclass(frozen=True)
class Frozen(Exception):
    """Of another library: no attribute can be set."""

    text: str


class Stubborn(Exception):
    """Of another library: it refuses what it does not expect."""

    @property
    def reason(self) -> str:
        raise RuntimeError("not yet")

    def __setattr__(self, name: str, value: object) -> None:
        raise RuntimeError("never")


async def call_within(client: Any, mine: BaseException, scene: str, sent: bytes) -> BaseException:
    """The error of a call that is made while an exception of the caller is handled."""
    try:
        raise mine
    except type(mine):
        try:
            if scene == "stat":
                await done(client.stat_object("bucket", "key"))
            else:
                await done(client.put_object("bucket", "key", io.BytesIO(sent), len(sent), resume=False))
        except MinioException as error:
            return error
    raise AssertionError("the call must fail")


@pytest.mark.parametrize("kind", [Minio, AsyncMinio], ids=["sync", "async"])
@pytest.mark.parametrize("scene", ["stat", "small", "parts"])
@pytest.mark.parametrize("how", ["refused", "lost"])
@pytest.mark.parametrize("frozen", [False, True])
def test_what_the_caller_was_handling_is_left_alone(kind: Any, scene: str, how: str, frozen: bool) -> None:
    """It is the caller's, with whatever it says; and so is what it is chained to."""
    first = ValueError(f"first {SECRET}")
    mine: Any = Frozen(f"my {SECRET}") if frozen else ValueError(f"my {SECRET}", SECRET)
    mine.__dict__["note"] = SECRET
    BaseException.__setattr__(mine, "__cause__", first)
    before = (mine.args, dict(vars(mine)), first.args)

    async def story(origin: str) -> BaseException:
        client = kind(origin, KEY, SECRET, secure=False, region="us-east-1", proxy="", retries=0)
        try:
            return await call_within(client, mine, scene, bytes(6 << 20 if scene == "parts" else 10))
        finally:
            await done(client.close())

    script = forever(answer(b"", "403 Forbidden")) if how == "refused" else forever(page)
    with ScriptedServer(script) as server:
        origin = str(server.origin)
        if how == "refused":
            error = asyncio.run(story(origin))
    if how == "lost":  # nobody listens there any more
        error = asyncio.run(story(origin))
    assert isinstance(error, ResponseError if how == "refused" else TransportError)
    assert (mine.args, dict(vars(mine)), first.args) == before


@pytest.mark.parametrize("link", ["__cause__", "__context__", "cause"])
@pytest.mark.parametrize(
    "foreign", [Frozen(f"it was {SECRET}"), Stubborn(f"it was {SECRET}"), ValueError(SECRET.encode())], ids=repr
)
def test_an_exception_that_refuses_to_be_changed(link: str, foreign: Any) -> None:
    """It is cleaned all the same, and never takes the place of the error."""
    error = S3Error(None, "AccessDenied", f"with {SECRET}", None, None, None)
    setattr(error, link, foreign)
    behind = ValueError(f"behind {SECRET}")
    BaseException.__setattr__(foreign, "__context__", behind)
    redact_error(error, Secrets([SECRET]))
    assert error.message == f"with {REDACTED}"
    for text in (str(error), repr(foreign), str(foreign.args), str(vars(foreign)), str(behind)):
        assert SECRET[:12] not in text


def test_a_frozen_exception_in_the_chain_of_a_call() -> None:
    class Client(PoolManager):
        def urlopen(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
            raise ProtocolError(f"lost {SECRET}") from Frozen(f"it was {SECRET}")

    client = Minio("localhost:9", KEY, SECRET, secure=False, region="us-east-1", http_client=Client(), retries=0)
    with pytest.raises(TransportError) as caught:
        client.stat_object("bucket", "key")
    check([*texts_of(caught.value), "".join(traceback.format_exception(caught.value))], {SECRET})
