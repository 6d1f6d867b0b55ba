"""Providers that call a Security Token Service, here a fake one."""

from __future__ import annotations

import hashlib
import hmac
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
import urllib3
from credential_fakes import (
    SECRET,
    TEMPORARY,
    Asked,
    Fake,
    clean_environment,
    serve,
    sts_answer,
)

from minio.credentials import (
    AssumeRoleProvider,
    CertificateIdentityProvider,
    ClientGrantsProvider,
    LdapIdentityProvider,
    WebIdentityProvider,
)
from minio.error import (
    AccessDenied,
    InvalidArgumentError,
    InvalidArgumentTypeError,
    InvalidResponseError,
    S3Error,
    ServerError,
    TransportError,
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean_environment(monkeypatch, tmp_path)


@pytest.fixture
def fake() -> Iterator[Fake]:
    with serve(Fake()) as fake:
        yield fake


def signature_of(asked: Asked, secret: str, region: str, service: str) -> str:
    """The signature of the received request, computed again."""
    authorization = asked.headers["Authorization"]
    names = authorization.split("SignedHeaders=")[1].split(",")[0]
    date = asked.headers["x-amz-date"]
    lines = "".join(f"{name}:{asked.headers[name]}\n" for name in names.split(";"))
    body = hashlib.sha256(asked.body).hexdigest()
    canonical = f"{asked.method}\n{asked.path}\n\n{lines}\n{names}\n{body}"
    scope = f"{date[:8]}/{region}/{service}/aws4_request"
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def test_assume_role_is_signed(fake: Fake) -> None:
    fake.answer = lambda asked: (200, sts_answer())
    provider = AssumeRoleProvider(
        sts_endpoint=fake.url,
        access_key="ak",
        secret_key="permanent",
        duration_seconds=7200,
        policy='{"Version": "2012-10-17"}',
        region="eu-west-1",
        role_arn="arn:aws:iam::1:role/r",
        role_session_name="me",
        external_id="ext",
    )
    assert provider.retrieve() == provider.retrieve() == TEMPORARY
    (asked,) = fake.asked
    assert (asked.method, asked.path) == ("POST", "/")
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.form == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "DurationSeconds": "7200",
        "Policy": '{"Version": "2012-10-17"}',
        "RoleArn": "arn:aws:iam::1:role/r",
        "RoleSessionName": "me",
        "ExternalId": "ext",
    }
    authorization = asked.headers["Authorization"]
    assert "SignedHeaders=content-type;host;x-amz-date" in authorization
    assert authorization.endswith(f"Signature={signature_of(asked, 'permanent', 'eu-west-1', 'sts')}")
    assert b"permanent" not in asked.body


def test_assume_role_defaults(fake: Fake) -> None:
    fake.answer = lambda asked: (200, sts_answer())
    AssumeRoleProvider(sts_endpoint=fake.url, access_key="ak", secret_key="sk").retrieve()
    assert fake.asked[0].form == {"Action": "AssumeRole", "Version": "2011-06-15"}
    assert "/us-east-1/sts/aws4_request" in fake.asked[0].headers["Authorization"]
    aws = AssumeRoleProvider(sts_endpoint="https://sts.eu-west-2.amazonaws.com", access_key="a", secret_key="s")
    assert aws._region == "eu-west-2"


@pytest.mark.parametrize(("asked_for", "sent"), [(60, "900"), (3600, "3600"), (10**7, "604800")])
def test_durations_are_clamped(fake: Fake, asked_for: int, sent: str) -> None:
    fake.answer = lambda asked: (200, sts_answer())
    AssumeRoleProvider(sts_endpoint=fake.url, access_key="a", secret_key="s", duration_seconds=asked_for).retrieve()
    assert fake.asked[0].form["DurationSeconds"] == sent


@pytest.mark.parametrize("bad", [-1, 1.5, True, "60"])
def test_bad_durations(bad: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="duration_seconds"):
        LdapIdentityProvider("http://h", "u", "p", duration_seconds=bad)


@pytest.mark.parametrize("bad", ["", "h:9000", "ftp://h", "http://", "http://u:p@h", "http://h:x", 5])
def test_bad_sts_endpoints(bad: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="sts_endpoint") as caught:
        AssumeRoleProvider(sts_endpoint=bad, access_key="a", secret_key="s")
    assert "u:p" not in str(caught.value)


def test_web_identity(fake: Fake) -> None:
    fake.answer = lambda asked: (200, sts_answer("AssumeRoleWithWebIdentity", "2099-01-02T03:04:05.000Z"))
    tokens = iter(["one", "two"])
    provider = WebIdentityProvider(
        jwt_provider_func=lambda: {"access_token": next(tokens), "id_token": "x", "expires_in": "3000.0"},
        sts_endpoint=f"{fake.url}/sts",
        role_arn="arn",
    )
    assert provider.retrieve() == TEMPORARY
    (asked,) = fake.asked
    name = asked.form.pop("RoleSessionName")
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", name)
    assert (asked.method, asked.path) == ("POST", "/sts")
    assert "Authorization" not in asked.headers
    assert asked.form == {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "WebIdentityToken": "one",
        "DurationSeconds": "3000",
        "RoleArn": "arn",
        "RoleSessionName": name,
    }


def test_client_grants(fake: Fake) -> None:
    fake.answer = lambda asked: (200, sts_answer("AssumeRoleWithClientGrants"))
    provider = ClientGrantsProvider(
        jwt_provider_func=lambda: {"id_token": "tok"}, sts_endpoint=fake.url, duration_seconds=1000, policy="{}"
    )
    assert provider.retrieve() == TEMPORARY
    assert fake.asked[0].form == {
        "Action": "AssumeRoleWithClientGrants",
        "Version": "2011-06-15",
        "Token": "tok",
        "DurationSeconds": "1000",
        "Policy": "{}",
    }


@pytest.mark.parametrize(
    ("answer", "reason"),
    [({}, "access_token or id_token"), ("tok", "dict"), ({"id_token": "t", "expires_in": "soon"}, "expires_in")],
)
def test_bad_tokens(answer: Any, reason: str) -> None:
    provider = WebIdentityProvider(jwt_provider_func=lambda: answer, sts_endpoint="http://127.0.0.1:1")
    with pytest.raises(InvalidArgumentError, match=reason):
        provider.retrieve()


def test_ldap_sends_the_password_in_the_body_only(fake: Fake) -> None:
    fake.answer = lambda asked: (200, sts_answer("AssumeRoleWithLDAPIdentity"))
    provider = LdapIdentityProvider(fake.url, "user", "pass&word", token_revoke_type="app")
    assert provider.retrieve() == TEMPORARY
    assert "pass" not in repr(provider) + fake.asked[0].path
    assert fake.asked[0].form == {
        "Action": "AssumeRoleWithLDAPIdentity",
        "Version": "2011-06-15",
        "LDAPUsername": "user",
        "LDAPPassword": "pass&word",
        "TokenRevokeType": "app",
    }
    with pytest.raises(InvalidArgumentError, match="ldap_password"):
        LdapIdentityProvider(fake.url, "user", "")


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[Fake, dict[str, Any]]]:
    """A fake STS that requires a client certificate, and the files needed to connect to it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    mine = authority.issue_cert("client@example.com")
    files = {name: str(tmp_path / f"{name}.pem") for name in ("cert_file", "key_file", "ca_certs")}
    mine.cert_chain_pems[0].write_to_path(files["cert_file"])
    mine.private_key_pem.write_to_path(files["key_file"])
    authority.cert_pem.write_to_path(files["ca_certs"])
    fake = Fake(answer=lambda asked: (200, sts_answer("AssumeRoleWithCertificate")))
    with serve(fake, context):
        yield fake, files


def test_certificate(tls: tuple[Fake, dict[str, Any]]) -> None:
    fake, files = tls
    provider = CertificateIdentityProvider(sts_endpoint=fake.url, duration_seconds=3600, **files)
    assert provider.retrieve() == TEMPORARY
    (asked,) = fake.asked
    assert asked.method == "POST"
    assert asked.path == "/?Action=AssumeRoleWithCertificate&Version=2011-06-15&DurationSeconds=3600"
    assert asked.body == b""


def test_untrusted_server_gets_no_request(tls: tuple[Fake, dict[str, Any]]) -> None:
    fake, files = tls
    del files["ca_certs"]
    with pytest.raises(TransportError):
        CertificateIdentityProvider(sts_endpoint=fake.url, **files).retrieve()
    assert fake.asked == []


def test_missing_certificate_files(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    provider = CertificateIdentityProvider(sts_endpoint="https://127.0.0.1:1", cert_file=gone, key_file=gone)
    with pytest.raises(TransportError):
        provider.retrieve()


def test_certificate_arguments() -> None:
    with pytest.raises(InvalidArgumentError, match="https"):
        CertificateIdentityProvider(sts_endpoint="http://h", cert_file="c", key_file="k")
    with pytest.raises(InvalidArgumentError, match="cert_file and key_file"):
        CertificateIdentityProvider(sts_endpoint="https://h", cert_file="c")
    with pytest.raises(InvalidArgumentError, match="or http_client"), urllib3.PoolManager() as pool:
        CertificateIdentityProvider(sts_endpoint="https://h", cert_file="c", key_file="k", http_client=pool)


def ldap(fake: Fake) -> LdapIdentityProvider:
    return LdapIdentityProvider(fake.url, "user", "password")


def test_xml_error_has_its_code(fake: Fake) -> None:
    fake.answer = lambda asked: (
        403,
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        "<Code>AccessDenied</Code><Message>not you</Message></Error><RequestId>17</RequestId></ErrorResponse>",
    )
    with pytest.raises(AccessDenied, match="not you") as caught:
        ldap(fake).retrieve()
    assert (caught.value.code, caught.value.status, caught.value.request_id) == ("AccessDenied", 403, "17")
    assert "password" not in str(caught.value)
    assert len(fake.asked) == 1


def test_unknown_code_is_an_s3_error(fake: Fake) -> None:
    fake.answer = lambda asked: (
        400,
        "<ErrorResponse><Error><Code>InvalidParameterValue</Code></Error></ErrorResponse>",
    )
    with pytest.raises(S3Error) as caught:
        ldap(fake).retrieve()
    assert caught.value.code == "InvalidParameterValue"


def test_page_of_a_proxy_is_an_error(fake: Fake) -> None:
    fake.answer = lambda asked: (403, "Go away")
    with pytest.raises(InvalidResponseError, match="Go away"):
        ldap(fake).retrieve()


def test_failing_server_is_retried(fake: Fake) -> None:
    fake.answer = lambda asked: (200, sts_answer()) if len(fake.asked) > 1 else (503, "")
    assert ldap(fake).retrieve() == TEMPORARY
    assert len(fake.asked) == 2


def test_server_that_keeps_failing(fake: Fake) -> None:
    fake.answer = lambda asked: (500, "")
    with pytest.raises(ServerError, match="500"):
        ldap(fake).retrieve()
    assert len(fake.asked) == 3


def test_redirect_is_not_followed(fake: Fake) -> None:
    fake.headers = {"Location": f"{fake.url}/elsewhere"}
    fake.answer = lambda asked: (307, "")
    with pytest.raises(InvalidResponseError):
        ldap(fake).retrieve()
    assert [asked.path for asked in fake.asked] == ["/"]


@pytest.mark.parametrize(
    "text",
    [
        f"{SECRET} is not XML",
        f"<A><SecretAccessKey>{SECRET}</SecretAccessKey></A>",
        f"<A><Credentials><SecretAccessKey>{SECRET}</SecretAccessKey></Credentials></A>",
        sts_answer(expiration="tomorrow"),
    ],
)
def test_invalid_response_is_not_quoted(fake: Fake, text: str) -> None:
    fake.answer = lambda asked: (200, text)
    with pytest.raises(InvalidResponseError) as caught:
        ldap(fake).retrieve()
    assert SECRET not in str(caught.value)


def test_unreachable_server() -> None:
    provider = LdapIdentityProvider("http://127.0.0.1:1", "user", "password")
    with pytest.raises(TransportError, match=r"127\.0\.0\.1:1") as caught:
        provider.retrieve()
    assert isinstance(caught.value.cause, urllib3.exceptions.NewConnectionError)
    assert "password" not in str(caught.value)


def test_urllib3_pool_of_the_caller(fake: Fake) -> None:
    fake.answer = lambda asked: (200, sts_answer())
    with urllib3.PoolManager(headers={"X-Mine": "1"}) as pool:
        assert LdapIdentityProvider(fake.url, "u", "p", http_client=pool).retrieve() == TEMPORARY
        assert len(pool.pools) == 1
    with pytest.raises(InvalidArgumentTypeError, match="http_client"):
        LdapIdentityProvider(fake.url, "u", "p", http_client="pool")  # type: ignore[arg-type]
