"""Bucket lifecycle and replication."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio import lifecycleconfig as life, replicationconfig as repl, xml
from minio.commonconfig import DISABLED, ENABLED, AndOperator, Filter, Tag, Tags
from minio.error import InvalidArgumentError, InvalidXMLError

NS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
AT = datetime(2026, 11, 23, tzinfo=UTC)

texts = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=20)
some = st.none() | texts
dates = st.dates().map(lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC))
least_1, least_0 = st.integers(1, 10**6), st.integers(0, 10**6)
statuses = st.sampled_from([ENABLED, DISABLED])
filters = st.one_of(
    st.builds(Filter, prefix=texts | st.just("")),
    st.builds(Filter, tag=st.builds(Tag, texts, texts)),
    st.builds(Filter, and_operator=st.builds(AndOperator, texts, st.just(Tags.of([("a", "b"), ("c", "")])))),
)
expirations = st.one_of(
    st.builds(life.Expiration, date=dates),
    st.builds(life.Expiration, days=least_1),
    st.builds(life.Expiration, expired_object_delete_marker=st.booleans()),
)
transitions = st.builds(life.Transition, date=dates, storage_class=some) | st.builds(
    life.Transition, days=least_0, storage_class=some
)
old_expirations = st.builds(life.NoncurrentVersionExpiration, least_1, st.none() | least_1)
old_transitions = st.builds(life.NoncurrentVersionTransition, least_0, some, st.none() | least_1)
aborts = st.builds(life.AbortIncompleteMultipartUpload, least_1)
life_rules = st.builds(
    life.Rule,
    statuses,
    st.none() | filters,
    some,
    st.none() | aborts,
    expirations,
    st.none() | old_expirations,
    old_transitions,
    transitions,
    st.lists(transitions, max_size=2).map(tuple),
    st.lists(old_transitions, max_size=2).map(tuple),
)
times = st.builds(repl.Time, least_1)
thresholds = st.builds(repl.EventThreshold, least_1)
metrics = st.builds(repl.Metrics, st.none() | thresholds, statuses)
destinations = st.builds(
    repl.Destination,
    texts,
    st.none() | st.builds(repl.AccessControlTranslation),
    some,
    st.none() | st.builds(repl.EncryptionConfig, some),
    st.none() | metrics,
    st.none() | st.builds(repl.ReplicationTime, times, statuses),
    some,
)
criteria = st.builds(
    repl.SourceSelectionCriteria,
    st.none() | st.builds(repl.SseKmsEncryptedObjects, statuses),
    st.none() | st.builds(repl.ReplicaModifications, statuses),
)
markers = st.builds(repl.DeleteMarkerReplication, statuses)
existing = st.builds(repl.ExistingObjectReplication, statuses)
deletes = st.builds(repl.DeleteReplication, statuses)
rest = (st.none() | least_0, st.none() | criteria, st.none() | deletes)
repl_rules = st.builds(
    repl.Rule, statuses, filters, some, destinations, st.none() | markers, st.none() | existing, st.none(), *rest
) | st.builds(
    repl.Rule, statuses, st.none(), some, destinations, st.none() | markers, st.none() | existing, some, *rest
)
parts = st.one_of(
    expirations, transitions, old_expirations, old_transitions, aborts, life_rules, times, thresholds, metrics,
    destinations, criteria, markers, existing, deletes, repl_rules,
)  # fmt: skip
documents = st.builds(life.LifecycleConfig, st.lists(life_rules, min_size=1, max_size=3)) | st.builds(
    repl.ReplicationConfig, texts | st.just(""), st.lists(repl_rules, min_size=1, max_size=3)
)


@given(parts | documents)
def test_round_trip(value: Any) -> None:
    assert xml.unmarshal(type(value), xml.marshal(value)) == value
    assert pickle.loads(pickle.dumps(value)) == value
    assert repr(value).startswith(type(value).__name__)


@given(parts)
def test_round_trip_within_another_element(value: Any) -> None:
    parent = xml.Element("Parent")
    element = value.toxml(parent)
    assert element.getparent() is parent
    assert type(value).fromxml(element) == value


def lifecycle(inner: str, namespace: str = NS) -> life.Rule:
    body = f"{HEAD}<LifecycleConfiguration{namespace}><Rule>{inner}</Rule></LifecycleConfiguration>"
    (rule,) = xml.unmarshal(life.LifecycleConfig, body).rules
    return rule


EXPIRE = "<Expiration><Days>3</Days></Expiration>"


@pytest.mark.parametrize("namespace", ["", NS])
@pytest.mark.parametrize("date", ["2026-11-23T00:00:00Z", "2026-11-23T00:00:00.000Z"])
def test_lifecycle_as_servers_send_it(namespace: str, date: str) -> None:
    rule = lifecycle(
        f"""
        <ID>a rule</ID>
        <Filter><And><Prefix>logs/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>
        <Status>Enabled</Status>
        <Expiration><Date>{date}</Date><ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker></Expiration>
        <Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition>
        <Transition><Days>90</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition>
        <NoncurrentVersionExpiration><NoncurrentDays>5</NoncurrentDays></NoncurrentVersionExpiration>
        <AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>
        """,
        namespace,
    )
    assert rule == life.Rule(
        ENABLED,
        Filter(AndOperator("logs/", Tags.of([("k", "v")]))),
        "a rule",
        life.AbortIncompleteMultipartUpload(7),
        life.Expiration(AT),
        life.NoncurrentVersionExpiration(5),
        transition=life.Transition(days=30, storage_class="GLACIER"),
        more_transitions=(life.Transition(days=90, storage_class="DEEP_ARCHIVE"),),
    )


@pytest.mark.parametrize(
    ("inner", "rule_filter", "rule_id"),
    [
        ("<ID></ID><Filter></Filter>", None, None),
        ("<ID/><Filter/>", None, None),
        ("", None, None),
        ("<ID>i</ID><Filter><Prefix/></Filter>", Filter(prefix=""), "i"),
        ("<ID>i</ID><Filter><Prefix></Prefix></Filter><Prefix></Prefix>", Filter(prefix=""), "i"),
        ("<ID>i</ID><Prefix>old/</Prefix>", Filter(prefix="old/"), "i"),
        ("<ID>i</ID><Prefix/>", Filter(prefix=""), "i"),
    ],
)
def test_empty_filters_and_ids(inner: str, rule_filter: Filter | None, rule_id: str | None) -> None:
    rule = lifecycle(f"{inner}<Status>Disabled</Status>{EXPIRE}")
    assert rule == life.Rule(DISABLED, rule_filter, rule_id, expiration=life.Expiration(days=3))


def test_lifecycle_xml() -> None:
    config = life.LifecycleConfig([life.Rule(ENABLED, expiration=life.Expiration(AT))])
    rule = (
        "<Rule><Status>Enabled</Status><Filter/><Expiration><Date>2026-11-23T00:00:00.000Z</Date></Expiration></Rule>"
    )
    expected = f"<LifecycleConfiguration{NS}>{rule}</LifecycleConfiguration>"
    assert xml.marshal(config).decode() == expected


@pytest.mark.parametrize(
    ("cls", "arguments"),
    [
        (life.DateDays, {"date": AT, "days": 1}),
        (life.DateDays, {"days": -1}),
        (life.DateDays, {"date": "2026-11-23"}),
        (life.Expiration, {}),
        (life.Expiration, {"days": 0}),
        (life.Expiration, {"days": "1"}),
        (life.Expiration, {"days": 1, "expired_object_delete_marker": True}),
        (life.Expiration, {"expired_object_delete_marker": "true"}),
        (life.Transition, {}),
        (life.Transition, {"days": 1, "storage_class": ""}),
        (life.Transition, {"date": AT, "days": 1}),
        (life.NoncurrentVersionExpiration, {}),
        (life.NoncurrentVersionExpiration, {"noncurrent_days": 0}),
        (life.NoncurrentVersionExpiration, {"newer_noncurrent_versions": 0}),
        (life.NoncurrentVersionTransition, {"storage_class": "GLACIER"}),
        (life.NoncurrentVersionTransition, {"noncurrent_days": 1, "storage_class": 1}),
        (life.AbortIncompleteMultipartUpload, {}),
        (life.AbortIncompleteMultipartUpload, {"days_after_initiation": 0}),
        (life.Rule, {"status": ENABLED}),
        (life.Rule, {"status": "on", "expiration": life.Expiration(days=1)}),
        (life.Rule, {"status": ENABLED, "expiration": life.Transition(days=1)}),
        (life.Rule, {"status": ENABLED, "transition": 3}),
        (life.Rule, {"status": ENABLED, "expiration": life.Expiration(days=1), "rule_id": "i" * 256}),
        (life.Rule, {"status": ENABLED, "more_transitions": [1]}),
        (life.LifecycleConfig, {"rules": []}),
        (life.LifecycleConfig, {"rules": [1]}),
        (life.LifecycleConfig, {"rules": None}),
        (life.LifecycleConfig, {"rules": [life.Rule(ENABLED, expiration=life.Expiration(days=1))] * 1001}),
        (repl.Status, {"status": "on"}),
        (repl.DeleteMarkerReplication, {"status": None}),
        (repl.ExistingObjectReplication, {"status": ""}),
        (repl.SseKmsEncryptedObjects, {"status": "enabled"}),
        (repl.SourceSelectionCriteria, {"sse_kms_encrypted_objects": ENABLED}),
        (repl.Time, {"minutes": 0}),
        (repl.EventThreshold, {"minutes": "15"}),
        (repl.ReplicationTime, {"time": 15, "status": ENABLED}),
        (repl.ReplicationTime, {"time": repl.Time(), "status": "on"}),
        (repl.Metrics, {"event_threshold": repl.Time(), "status": ENABLED}),
        (repl.EncryptionConfig, {"replica_kms_key_id": ""}),
        (repl.AccessControlTranslation, {"owner": ""}),
        (repl.Destination, {"bucket_arn": ""}),
        (repl.Destination, {"bucket_arn": "arn", "metrics": ENABLED}),
        (repl.Destination, {"bucket_arn": "arn", "storage_class": ""}),
        (repl.Rule, {"status": ENABLED}),
        (repl.Rule, {"status": ENABLED, "destination": "arn"}),
        (repl.Rule, {"status": ENABLED, "destination": repl.Destination("arn"), "priority": -1}),
        (repl.Rule, {"status": ENABLED, "destination": repl.Destination("arn"), "delete_replication": ENABLED}),
        (
            repl.Rule,
            {"status": ENABLED, "destination": repl.Destination("a"), "prefix": "", "rule_filter": Filter(prefix="")},
        ),
        (repl.ReplicationConfig, {"role": None, "rules": [repl.Rule(ENABLED, destination=repl.Destination("arn"))]}),
        (repl.ReplicationConfig, {"role": "r", "rules": []}),
        (repl.ReplicationConfig, {"role": "r", "rules": "rule"}),
    ],
)
def test_bad_values(cls: type, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        cls(**arguments)


@pytest.mark.parametrize(
    "inner",
    [
        EXPIRE,
        "<Status>Enabled</Status><Expiration><Days>three</Days></Expiration>",
        "<Status>Enabled</Status><Expiration><ExpiredObjectDeleteMarker>1</ExpiredObjectDeleteMarker></Expiration>",
    ],
)
def test_lifecycle_that_cannot_be_read(inner: str) -> None:
    with pytest.raises(InvalidXMLError):
        lifecycle(inner)


def test_config_copies_the_list_of_rules() -> None:
    rules = [life.Rule(ENABLED, expiration=life.Expiration(days=1))]
    config = life.LifecycleConfig(rules)
    rules.clear()
    assert len(config.rules) == 1


@pytest.mark.parametrize("namespace", ["", NS])
def test_replication_as_servers_send_it(namespace: str) -> None:
    body = f"""{HEAD}<ReplicationConfiguration{namespace}>
      <Rule>
        <ID>r1</ID><Status>Enabled</Status><Priority>1</Priority>
        <DeleteMarkerReplication><Status>Enabled</Status></DeleteMarkerReplication>
        <DeleteReplication><Status>Disabled</Status></DeleteReplication>
        <Destination>
          <Bucket>arn:aws:s3:::b</Bucket>
          <EncryptionConfiguration><ReplicaKmsKeyID></ReplicaKmsKeyID></EncryptionConfiguration>
          <Metrics><Status>Enabled</Status></Metrics>
          <ReplicationTime><Status>Enabled</Status><Time><Minutes>15</Minutes></Time></ReplicationTime>
        </Destination>
        <SourceSelectionCriteria>
          <ReplicaModifications><Status>Enabled</Status></ReplicaModifications>
        </SourceSelectionCriteria>
        <ExistingObjectReplication><Status/></ExistingObjectReplication>
        <Filter><Prefix>p</Prefix></Filter>
      </Rule>
      <Rule><ID></ID><Prefix></Prefix><Status>Disabled</Status><Destination><Bucket>b</Bucket></Destination></Rule>
      <Role></Role>
    </ReplicationConfiguration>"""
    destination = repl.Destination(
        "arn:aws:s3:::b",
        encryption_config=repl.EncryptionConfig(),
        metrics=repl.Metrics(None, ENABLED),
        replication_time=repl.ReplicationTime(repl.Time(15), ENABLED),
    )
    first = repl.Rule(
        ENABLED,
        Filter(prefix="p"),
        "r1",
        destination,
        repl.DeleteMarkerReplication(ENABLED),
        priority=1,
        source_selection_criteria=repl.SourceSelectionCriteria(
            replica_modifications=repl.ReplicaModifications(ENABLED)
        ),
        delete_replication=repl.DeleteReplication(),
    )
    second = repl.Rule(DISABLED, destination=repl.Destination("b"), prefix="")
    assert xml.unmarshal(repl.ReplicationConfig, body) == repl.ReplicationConfig("", [first, second])


def test_filter_requires_delete_marker_replication() -> None:
    rule = repl.Rule(ENABLED, Filter(prefix=""), destination=repl.Destination("arn"))
    assert rule.delete_marker_replication == repl.DeleteMarkerReplication(DISABLED)
    assert repl.Rule(ENABLED, destination=repl.Destination("arn")).delete_marker_replication is None


def test_date_days_alone() -> None:
    element = life.DateDays(days=3).toxml()
    assert life.DateDays.parsexml(element) == (None, 3)
