"""Retention, legal hold, versioning, object lock and bucket encryption."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio import xml
from minio.corsconfig import CORSConfig, Rule as CORSRule
from minio.error import InvalidArgumentError, InvalidXMLError
from minio.legalhold import LegalHold
from minio.objectlockconfig import DAYS, YEARS, ObjectLockConfig
from minio.retention import COMPLIANCE, GOVERNANCE, Retention
from minio.sseconfig import AES256, AWS_KMS, Rule, SSEConfig
from minio.versioningconfig import DISABLED, ENABLED, OFF, SUSPENDED, VersioningConfig

NS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
AT = datetime(2026, 11, 23, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters="\ufffe\uffff"), min_size=1)
moments = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
modes = st.sampled_from([GOVERNANCE, COMPLIANCE])
sse_rules = st.builds(Rule, st.just(AES256), bucket_key_enabled=st.none() | st.booleans()) | st.builds(
    Rule, st.just(AWS_KMS), st.none() | texts, st.none() | st.booleans()
)
some_texts = st.lists(texts, max_size=3).map(tuple)
cors_rules = st.builds(
    CORSRule,
    st.lists(texts, min_size=1, max_size=3).map(tuple),
    st.lists(st.sampled_from(["GET", "PUT", "HEAD", "POST", "DELETE"]), min_size=1, max_size=3).map(tuple),
    some_texts,
    some_texts,
    st.none() | st.integers(0, 10**9),
    st.none() | texts,
)
configs = st.one_of(
    st.builds(Retention, modes, moments),
    st.builds(LegalHold, st.booleans()),
    st.builds(
        VersioningConfig,
        st.sampled_from([None, ENABLED, SUSPENDED]),
        st.sampled_from([None, ENABLED, DISABLED]),
        st.none() | st.lists(texts, min_size=1),
        st.booleans(),
    ),
    st.builds(ObjectLockConfig, modes, st.integers(1, 36500), st.sampled_from([DAYS, YEARS])),
    st.just(ObjectLockConfig(None, None, None)),
    sse_rules,
    st.builds(SSEConfig, sse_rules),
    cors_rules,
    st.builds(CORSConfig, st.lists(cors_rules, min_size=1, max_size=3)),
)


@given(configs)
def test_round_trip(value: Any) -> None:
    assert xml.unmarshal(type(value), xml.marshal(value)) == value
    assert pickle.loads(pickle.dumps(value)) == value
    assert repr(value).startswith(type(value).__name__)


@given(configs)
def test_frozen(value: Any) -> None:
    with pytest.raises(AttributeError):
        setattr(value, next(iter(vars(value))), None)


@pytest.mark.parametrize("namespace", ["", NS])
@pytest.mark.parametrize("date", ["2026-11-23T00:00:00Z", "2026-11-23T00:00:00.000Z", "2026-11-23T00:00:00.000000000Z"])
def test_retention_as_servers_send_it(namespace: str, date: str) -> None:
    body = f"{HEAD}<Retention{namespace}><Mode>GOVERNANCE</Mode><RetainUntilDate>{date}</RetainUntilDate></Retention>"
    assert xml.unmarshal(Retention, body) == Retention(GOVERNANCE, AT)


def test_retention_in_another_zone() -> None:
    retention = Retention(COMPLIANCE, datetime(2026, 11, 23, 2, tzinfo=timezone(timedelta(hours=2))))
    assert retention == Retention(COMPLIANCE, AT)
    assert retention.headers() == {
        "x-amz-object-lock-mode": "COMPLIANCE",
        "x-amz-object-lock-retain-until-date": "2026-11-23T00:00:00.000Z",
    }
    assert b"<RetainUntilDate>2026-11-23T00:00:00.000Z<" in xml.marshal(retention)


@pytest.mark.parametrize(("mode", "date"), [("governance", AT), (None, AT), (GOVERNANCE, None), (GOVERNANCE, "2026")])
def test_bad_retention(mode: Any, date: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        Retention(mode, date)


@pytest.mark.parametrize("inner", ["", "<Mode>GOVERNANCE</Mode>", "<Mode>GOVERNANCE</Mode><RetainUntilDate/>"])
def test_incomplete_retention(inner: str) -> None:
    for kind in (InvalidXMLError, ValueError):
        with pytest.raises(kind, match="RetainUntilDate"):
            xml.unmarshal(Retention, f"<Retention>{inner}</Retention>")


@pytest.mark.parametrize("namespace", ["", NS])
@pytest.mark.parametrize(
    ("inner", "held"), [("<Status>ON</Status>", True), ("<Status>OFF</Status>", False), ("", False)]
)
def test_legal_hold_as_servers_send_it(namespace: str, inner: str, held: bool) -> None:
    assert xml.unmarshal(LegalHold, f"{HEAD}<LegalHold{namespace}>{inner}</LegalHold>") == LegalHold(held)


def test_legal_hold_headers() -> None:
    assert LegalHold(True).headers() == {"x-amz-object-lock-legal-hold": "ON"}
    assert LegalHold().headers() == {"x-amz-object-lock-legal-hold": "OFF"}
    with pytest.raises(InvalidArgumentError, match="status must be bool"):
        LegalHold("ON")  # type: ignore[arg-type]


@pytest.mark.parametrize("namespace", ["", NS])
@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("", VersioningConfig()),
        ("<Status></Status>", VersioningConfig()),
        ("<Status>Off</Status>", VersioningConfig()),
        ("<Status>Enabled</Status>", VersioningConfig(ENABLED)),
        ("<Status>Suspended</Status><MfaDelete>Disabled</MfaDelete>", VersioningConfig(SUSPENDED, DISABLED)),
        ("<Status>Enabled</Status><MFADelete>Enabled</MFADelete>", VersioningConfig(ENABLED, ENABLED)),
        (
            "<Status>Enabled</Status><ExcludeFolders>true</ExcludeFolders>"
            "<ExcludedPrefixes><Prefix>a/*</Prefix></ExcludedPrefixes>"
            "<ExcludedPrefixes><Prefix>b</Prefix></ExcludedPrefixes>",
            VersioningConfig(ENABLED, None, ["a/*", "b"], True),
        ),
    ],
)
def test_versioning_as_servers_send_it(namespace: str, inner: str, expected: VersioningConfig) -> None:
    body = f"{HEAD}<VersioningConfiguration{namespace}>{inner}</VersioningConfiguration>"
    assert xml.unmarshal(VersioningConfig, body) == expected


def test_versioning() -> None:
    assert [VersioningConfig(status).status_string for status in (None, ENABLED, SUSPENDED)] == [
        OFF,
        ENABLED,
        SUSPENDED,
    ]
    written = xml.marshal(VersioningConfig(ENABLED))
    assert written == f"<VersioningConfiguration{NS}><Status>Enabled</Status></VersioningConfiguration>".encode()


@pytest.mark.parametrize(
    "arguments",
    [
        {"status": "enabled"},
        {"status": OFF},
        {"mfa_delete": SUSPENDED},
        {"excluded_prefixes": "a/"},
        {"excluded_prefixes": [1]},
        {"excluded_prefixes": [""]},
        {"exclude_folders": "yes"},
    ],
)
def test_bad_versioning(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match=next(iter(arguments))):
        VersioningConfig(**arguments)


@pytest.mark.parametrize("namespace", ["", NS])
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", ObjectLockConfig(None, None, None)),
        ("<Rule><DefaultRetention/></Rule>", ObjectLockConfig(None, None, None)),
        (
            "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>7</Days></DefaultRetention></Rule>",
            ObjectLockConfig(GOVERNANCE, 7, DAYS),
        ),
        (
            "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Years>1</Years></DefaultRetention></Rule>",
            ObjectLockConfig(COMPLIANCE, 1, YEARS),
        ),
    ],
)
def test_object_lock_as_servers_send_it(namespace: str, rule: str, expected: ObjectLockConfig) -> None:
    enabled = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    body = f"{HEAD}<ObjectLockConfiguration{namespace}>{enabled}{rule}</ObjectLockConfiguration>"
    assert xml.unmarshal(ObjectLockConfig, body) == expected


@pytest.mark.parametrize(
    ("mode", "duration", "unit"),
    [
        (GOVERNANCE, None, None),
        (GOVERNANCE, 1, None),
        (None, 1, DAYS),
        ("other", 1, DAYS),
        (GOVERNANCE, 0, DAYS),
        (GOVERNANCE, "1", DAYS),
        (GOVERNANCE, 1, "Weeks"),
    ],
)
def test_bad_object_lock(mode: Any, duration: Any, unit: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=r"mode|duration"):
        ObjectLockConfig(mode, duration, unit)


@pytest.mark.parametrize("namespace", ["", NS])
@pytest.mark.parametrize(
    ("inner", "more", "expected"),
    [
        ("<SSEAlgorithm>AES256</SSEAlgorithm>", "", Rule.new_sse_s3_rule()),
        ("<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID/>", "", Rule.new_sse_s3_rule()),
        ("<SSEAlgorithm>aws:kms</SSEAlgorithm>", "", Rule.new_sse_kms_rule()),
        (
            "<KMSMasterKeyID>k</KMSMasterKeyID><SSEAlgorithm>aws:kms</SSEAlgorithm>",
            "<BucketKeyEnabled>true</BucketKeyEnabled>",
            Rule(AWS_KMS, "k", True),
        ),
    ],
)
def test_encryption_as_servers_send_it(namespace: str, inner: str, more: str, expected: Rule) -> None:
    default = f"<ApplyServerSideEncryptionByDefault>{inner}</ApplyServerSideEncryptionByDefault>{more}"
    name = "ServerSideEncryptionConfiguration"
    assert xml.unmarshal(SSEConfig, f"{HEAD}<{name}{namespace}><Rule>{default}</Rule></{name}>") == SSEConfig(expected)


@pytest.mark.parametrize(
    "arguments", [("AES128",), (None,), (AES256, "key"), (AWS_KMS, ""), (AWS_KMS, 1), (AWS_KMS, "k", "true")]
)
def test_bad_encryption(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidArgumentError):
        Rule(*arguments)


@pytest.mark.parametrize("rule", [None, "AES256"])
def test_bad_encryption_config(rule: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="rule must be Rule"):
        SSEConfig(rule)


@pytest.mark.parametrize("body", ["<A/>", "<A><Rule/></A>", "<Rule><ApplyServerSideEncryptionByDefault/></Rule>"])
def test_incomplete_encryption(body: str) -> None:
    with pytest.raises(InvalidXMLError):
        xml.unmarshal(SSEConfig, body)


@pytest.mark.parametrize("namespace", ["", NS])
def test_cors(namespace: str) -> None:
    text = (
        f"<CORSConfiguration{namespace}><CORSRule><AllowedHeader>*</AllowedHeader><AllowedMethod>GET</AllowedMethod>"
        "<AllowedMethod>PUT</AllowedMethod><AllowedOrigin>https://a.example</AllowedOrigin><ExposeHeader>ETag"
        "</ExposeHeader><ID>one</ID><MaxAgeSeconds>9</MaxAgeSeconds></CORSRule></CORSConfiguration>"
    )
    config = CORSConfig([CORSRule(["https://a.example"], ["GET", "PUT"], ["*"], ["ETag"], 9, "one")])
    assert xml.unmarshal(CORSConfig, text) == config
    if namespace:
        assert xml.marshal(config) == text.encode()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([], ["GET"]), "allowed_origins must not be empty"),
        ((["*"], []), "allowed_methods must not be empty"),
        (("*", ["GET"]), "allowed_origins must be a list"),
        ((["*"], "GET"), "allowed_methods must be a list"),
        ((["*"], ["OPTIONS"]), "each of allowed_methods must be GET or"),
        ((["*"], ["get"]), "each of allowed_methods"),
        ((["*", 7], ["GET"]), "each of allowed_origins"),
        ((["a\0"], ["GET"]), "allowed_origins"),
        ((["*"], ["GET"], [""]), "each of allowed_headers must not be empty"),
        ((["*"], ["GET"], [], "ETag"), "expose_headers must be a list"),
        ((["*"], ["GET"], [], [], -1), "max_age_seconds"),
        ((["*"], ["GET"], [], [], "9"), "max_age_seconds"),
        ((["*"], ["GET"], [], [], 9, ""), "rule_id"),
        ((["*"], ["GET"], [], [], 9, "x" * 256), "rule_id"),
    ],
)
def test_wrong_cors_rules(arguments: tuple[Any, ...], named: str) -> None:
    with pytest.raises(InvalidArgumentError, match=named):
        CORSRule(*arguments)


def test_wrong_cors_configurations() -> None:
    rule = CORSRule(["*"], ["GET"])
    for wrong in ([], [rule] * 101, [rule, "rule"], "rule", None):
        with pytest.raises(InvalidArgumentError, match="rules"):
            CORSConfig(wrong)  # type: ignore[arg-type]
    assert len(CORSConfig([rule] * 100).rules) == 100
