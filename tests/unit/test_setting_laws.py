"""Bucket settings of any shape: writing back what was read preserves the meaning, or reading refuses.

The meaning of a document is defined by an independent model. It reads the raw XML and keeps everything that is not
certainly without effect.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies as st

from minio import xml
from minio._core.ops import subresources
from minio._core.wire.message import Headers, Response
from minio.error import InvalidArgumentError, InvalidXMLError
from minio.lifecycleconfig import LifecycleConfig

# The model

# Elements that nest conditions without adding a meaning: all of the conditions must hold.
NESTING = ("Filter", "And", "S3Key", "ExcludedPrefixes", "TagSet")
# Elements without a meaning when empty.
IDLE = {
    *("And", "Tag", "Filter", "S3Key", "TagSet", "Prefix", "Value", "ID", "Id", "Role", "Rule", "DefaultRetention"),
    *("Status", "MfaDelete", "Expiration", "AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration", "Mode"),
    *("ObjectSizeGreaterThan", "ObjectSizeLessThan", "Date", "Days", "Years", "NoncurrentDays", "Minutes", "Priority"),
    *("NewerNoncurrentVersions", "ExpiredObjectDeleteMarker", "StorageClass", "Account", "SourceSelectionCriteria"),
    *("ExistingObjectReplication", "DeleteMarkerReplication", "DeleteReplication", "SseKmsEncryptedObjects"),
    *("KMSMasterKeyID", "BucketKeyEnabled", "BlockedEncryptionTypes", "ExcludeFolders", "ObjectLockEnabled"),
    *("ExcludedPrefixes", "MaxAgeSeconds"),
}
# Defaults. The last is an annotation of MinIO servers, not a setting.
UNSAID = {
    *(("ExpiredObjectDeleteMarker", "false"), ("ExcludeFolders", "false"), ("ObjectLockEnabled", "Enabled")),
    *(("Days", "0"), ("Years", "0"), ("DeleteMarkerReplication", "Status Disabled"), ("LegalHold", "Status OFF")),
}
EXACT = ("Prefix", "Key", "Value", "Bucket", "Queue", "Event")


def meaning(element: Any) -> tuple[str, str, frozenset[Any]]:
    """The meaning of an element: its name, its text, and the meanings of its children in any order."""
    name = element.tag.rpartition("}")[2]
    parts = [element.text or "", *(child.tail or "" for child in element)]
    text = parts[0] if len(parts) == 1 else "".join(part for part in parts if part.strip())
    text += "".join(f"@{item}" for item in element.attrib.items())
    inner: set[Any] = set()
    for child in element:
        found = meaning(child)
        nests = found[0] in NESTING or (found[0] == "Key" and found[2])
        if nests and not found[1]:
            inner |= found[2]
        elif (found[1] or found[2] or found[0] not in IDLE) and not _is_unsaid(found):
            inner.add(found)
    return name, text if name in EXACT else _plain(text), frozenset(inner)


def _plain(text: str) -> str:
    text = text.strip()
    if re.fullmatch(r"-?[0-9]+", text):
        return str(int(text))
    return text.lower() if text.lower() in ("true", "false") else re.sub(r"\.000Z$", "Z", text)


def _is_unsaid(found: tuple[str, str, frozenset[Any]]) -> bool:
    inner = " ".join(f"{name} {text}" for name, text, _ in found[2])
    return found[0] == "ExpiryUpdatedAt" or (found[0], found[1] or inner) in UNSAID


NOTHING = (None, frozenset[Any]())


def scope(body: bytes | str) -> Any:
    """The meaning of a document, without the name of its root element."""
    found = meaning(ElementTree.fromstring(body))
    return NOTHING if _is_unsaid(found) else (found[1] or None, found[2])


ROWS: dict[str, subresources.Subresource[Any]] = {
    row.name: row for row in vars(subresources).values() if isinstance(row, subresources.Subresource) and row.root
}
"""The sub-resources whose documents are XML."""


def read(name: str, body: str) -> Any:
    """What the client makes of a document."""
    return subresources.GetSubresource(ROWS[name], "bucket").parse(Response(200, Headers(), body.encode()))


def check(name: str, body: str) -> bool:
    """Check the law for a document. Returns whether the document was read."""
    try:
        value = read(name, body)
    except InvalidXMLError:
        return False
    if value is None:
        assert scope(body) == NOTHING, "something that is not empty is read as nothing"
        return True
    written = xml.marshal(value)
    assert scope(written) == scope(body), f"{body}\n{written.decode()}"
    return True


# Documents of all shapes


def tree(names: list[str], texts: list[str], depth: int) -> st.SearchStrategy[str]:
    """Elements with any of these names, nested in each other. Most of the names are known."""
    leaf = st.builds(_leaf, st.sampled_from(names), st.sampled_from(texts))
    if not depth:
        return leaf
    inner = st.lists(tree(names, texts, depth - 1), max_size=3).map("".join)
    return leaf | st.builds(lambda name, content: f"<{name}>{content}</{name}>", st.sampled_from(names), inner)


def _leaf(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>" if text else f"<{name}/>"


def pieces(*parts: Any) -> st.SearchStrategy[str]:
    """A few of the parts in any order, some omitted and some repeated."""
    made = [part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts]
    return st.lists(st.one_of(made), max_size=5).map("".join)


def within(name: str, content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return content.map(lambda text: f"<{name}>{text}</{name}>")


PREFIXES = ["<Prefix>tmp/</Prefix>", "<Prefix>logs/</Prefix>", "<Prefix/>", "<Prefix>a<!-- b -->c</Prefix>"]
PREFIXES += ["<Prefix>a<b/>c</Prefix>", "<Prefix><![CDATA[a&b]]></Prefix>", "<Prefix> a </Prefix>"]
PREFIXES += ['<Prefix x="y">a</Prefix>']
TAGS = ["<Tag/>", "<Tag><Key>k</Key><Value>v</Value></Tag>", "<Tag><Key>k</Key><Value>w</Value></Tag>"]
TAGS += ["<Tag><Key>j</Key><Value/></Tag>", "<Tag><Key/><Value/></Tag>", "<Tag><Key>k</Key><Key>l</Key></Tag>"]
SIZES = ["<ObjectSizeGreaterThan>5</ObjectSizeGreaterThan>", "<ObjectSizeLessThan>9</ObjectSizeLessThan>"]
SIZES += ["<ObjectSizeGreaterThan/>", "<ObjectSizeLessThan>0</ObjectSizeLessThan>"]
ODD = ["<ArchiveZone/>", "<AccessPointArn>arn</AccessPointArn>", "<Unknown>x</Unknown>", "loose", "<!-- idle -->"]
conditions = pieces(*PREFIXES, *TAGS, *SIZES, *ODD[:2])
# Most filters have few conditions, so that many of them can be read.
simple = st.sampled_from(["", *PREFIXES, *TAGS, *SIZES, "<Prefix/><Tag/>", "<Prefix>tmp/</Prefix><Tag/><And/>"])
ands = within("And", conditions | simple)
filters = within("Filter", simple | conditions | st.tuples(simple, ands).map("".join)) | st.sampled_from(
    ["<Filter/>", "<Filter>tmp/</Filter>", '<Filter prefix="tmp/"/>', "<Filter> </Filter>"]
)
statuses = st.sampled_from(
    ["<Status>Enabled</Status>", "<Status>Disabled</Status>", "<Status>Paused</Status>", "<Status>enabled</Status>", ""]
)
some_prefix = st.sampled_from(["", "", *PREFIXES])
ids = st.sampled_from(["", "<ID/>", "<ID>rule</ID>", "<ID>rule</ID><ID>other</ID>"])
ACTIONS = [
    "<Expiration><Days>1</Days></Expiration>", "<Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration>",
    "<Expiration/>", "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>",
    "<Expiration><Days>1</Days><ExpiredObjectAllVersions>true</ExpiredObjectAllVersions></Expiration>",
    "<Expiration><Days>1</Days><Days>2</Days></Expiration>",
    "<DelMarkerExpiration><Days>1</Days></DelMarkerExpiration>",
    "<Transition><Days>3</Days><StorageClass>COLD</StorageClass></Transition>",
    "<NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays></NoncurrentVersionExpiration>",
    "<NoncurrentVersionTransition><NoncurrentDays>3</NoncurrentDays><StorageClass>COLD</StorageClass>"
    "</NoncurrentVersionTransition>",
    "<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload>",
]  # fmt: skip
actions = st.sampled_from(ACTIONS) | pieces(*ACTIONS)
rule_parts = st.tuples(ids, statuses, filters | st.just(""), some_prefix)
life_rules = within("Rule", st.tuples(rule_parts.map("".join), actions, pieces(*ODD) | st.just("")).map("".join))
lifecycles = within("LifecycleConfiguration", st.lists(life_rules, max_size=2).map("".join) | pieces(life_rules, *ODD))

DESTINATIONS = [
    "<Destination><Bucket>arn:b</Bucket></Destination>", "<Destination><Bucket>arn:b</Bucket><Unknown/></Destination>",
    "<Destination><Bucket>arn:b</Bucket><Account>1</Account><StorageClass>COLD</StorageClass></Destination>",
    "<Destination><Bucket>arn:b</Bucket><Metrics><Status>Enabled</Status></Metrics></Destination>",
    "<Destination><Bucket>arn:b</Bucket><Bucket>arn:c</Bucket></Destination>",
]  # fmt: skip
REPLICATED = [
    "<Priority>1</Priority>", "<DeleteMarkerReplication><Status>Enabled</Status></DeleteMarkerReplication>",
    "<DeleteMarkerReplication/>", "<ExistingObjectReplication><Status>Disabled</Status></ExistingObjectReplication>",
    "<SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects>"
    "</SourceSelectionCriteria>", "<SourceSelectionCriteria><OnlyTagged/></SourceSelectionCriteria>",
    "<DeleteReplication><Status>Enabled</Status></DeleteReplication>",
]  # fmt: skip
repl_rules = within(
    "Rule",
    st.tuples(rule_parts.map("".join), st.sampled_from(DESTINATIONS), pieces(*REPLICATED, *ODD[:3])).map("".join),
)
replications = within(
    "ReplicationConfiguration", st.lists(repl_rules, max_size=2).map("".join) | pieces(repl_rules, *ODD)
)

FILTER_RULES = [
    "<FilterRule><Name>prefix</Name><Value>a/</Value></FilterRule>",
    "<FilterRule><Name>suffix</Name><Value>.jpg</Value></FilterRule>",
    "<FilterRule><Name>prefix</Name><Value>b/</Value></FilterRule>",
    "<FilterRule><Name>regex</Name><Value>.*</Value></FilterRule>",
    "<FilterRule><Name>prefix</Name><Value>a</Value><Value>b</Value></FilterRule>",
]  # fmt: skip
keys = within("S3Key", pieces(*FILTER_RULES, *ODD[:1]))
key_filters = within(
    "Filter", pieces(keys, "<S3Tags><FilterRule><Name>a</Name><Value>b</Value></FilterRule></S3Tags>", "<S3Metadata/>")
)
entries = within(
    "QueueConfiguration",
    st.tuples(
        st.sampled_from(["", "<Id>i</Id>"]),
        st.sampled_from(["<Queue>arn:q</Queue>", "", "<Queue>arn:q</Queue><Queue>arn:r</Queue>"]),
        st.sampled_from(["<Event>s3:ObjectCreated:*</Event>", "<Event>a</Event><Event>b</Event>", ""]),
        st.just("") | keys.map(lambda text: f"<Filter>{text}</Filter>") | key_filters,
        pieces(*ODD) | st.just(""),
    ).map("".join),
)
bridges = st.sampled_from(
    ["<EventBridgeConfiguration/>", "<EventBridgeConfiguration></EventBridgeConfiguration>"] * 2
    + ["<EventBridgeConfiguration><Id>a</Id></EventBridgeConfiguration>"]
)
notifications = within("NotificationConfiguration", pieces(entries, bridges, *ODD[:1]) | entries)

BY_DEFAULT = "ApplyServerSideEncryptionByDefault"
sse_rules = within(
    "Rule",
    pieces(
        f"<{BY_DEFAULT}><SSEAlgorithm>AES256</SSEAlgorithm></{BY_DEFAULT}>",
        f"<{BY_DEFAULT}><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></{BY_DEFAULT}>",
        "<BucketKeyEnabled>true</BucketKeyEnabled>",
        "<BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes>",
        *ODD,
    ),
)
encryptions = within("ServerSideEncryptionConfiguration", sse_rules | pieces(sse_rules, sse_rules, *ODD[:2]))

RETENTIONS = ["<Mode>GOVERNANCE</Mode>", "<Mode>LENIENT</Mode>", "<Days>3</Days>", "<Years>1</Years>", "<Days>0</Days>"]
usual = st.sampled_from([f"{RETENTIONS[0]}{span}" for span in RETENTIONS[2:]])
lock_rules = within("Rule", within("DefaultRetention", usual | pieces(*RETENTIONS, *ODD[:1])) | pieces(*ODD))
locks = within(
    "ObjectLockConfiguration",
    pieces("<ObjectLockEnabled>Enabled</ObjectLockEnabled>", "<ObjectLockEnabled>No</ObjectLockEnabled>", lock_rules),
)
taggings = within("Tagging", within("TagSet", pieces(*TAGS, *ODD)) | pieces(within("TagSet", pieces(*TAGS)), *ODD))
versionings = within(
    "VersioningConfiguration",
    pieces(
        "<Status>Enabled</Status>", "<Status>Suspended</Status>", "<MfaDelete>Disabled</MfaDelete>",
        "<ExcludedPrefixes><Prefix>a</Prefix></ExcludedPrefixes>", "<ExcludeFolders>true</ExcludeFolders>",
        "<ExcludedPrefixes><Prefix>a</Prefix><Prefix>b</Prefix></ExcludedPrefixes>",
        "<PurgeOnDelete>true</PurgeOnDelete>",
    ),
)  # fmt: skip
holds = within("LegalHold", pieces("<Status>ON</Status>", "<Status>OFF</Status>", "<Status>on</Status>", *ODD))
retentions = within(
    "Retention",
    st.just("<Mode>GOVERNANCE</Mode><RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate>")
    | pieces("<Mode>GOVERNANCE</Mode>", "<RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate>", *ODD[:3]),
)

ORIGINS = ["<AllowedOrigin>*</AllowedOrigin>", "<AllowedOrigin> https://a.example </AllowedOrigin>"]
METHODS = ["<AllowedMethod>GET</AllowedMethod>", "<AllowedMethod>PUT</AllowedMethod>"]
CORS_PARTS = [
    *ORIGINS, *METHODS, "<AllowedHeader>x-*</AllowedHeader>", "<ExposeHeader>ETag</ExposeHeader>", "<AllowedOrigin/>",
    "<AllowedMethod>TRACE</AllowedMethod>", "<AllowedMethod>get</AllowedMethod>", "<MaxAgeSeconds>-1</MaxAgeSeconds>",
    "<AllowedHeader/>", "<AllowedOrigin>a<b/>c</AllowedOrigin>", '<AllowedOrigin scheme="https">a</AllowedOrigin>',
    "<AllowCredentials>true</AllowCredentials>",
]  # fmt: skip
ages = st.sampled_from(
    ["", "", "<MaxAgeSeconds>0</MaxAgeSeconds>", "<MaxAgeSeconds/>", "<MaxAgeSeconds>9</MaxAgeSeconds>"]
)
cors_rules = within(
    "CORSRule",
    st.tuples(
        ids, st.sampled_from(ORIGINS), st.sampled_from(METHODS), ages, st.just("") | pieces(*CORS_PARTS, *ODD)
    ).map("".join),
)
cors = within("CORSConfiguration", st.lists(cors_rules, max_size=2).map("".join) | pieces(cors_rules, *ODD))

DOCUMENTS: dict[str, st.SearchStrategy[str]] = {
    "cors": cors,
    "lifecycle": lifecycles,
    "replication": replications,
    "notification": notifications,
    "encryption": encryptions,
    "object-lock": locks,
    "tagging": taggings,
    "versioning": versionings,
    "retention": retentions,
    "legal-hold": holds,
}


def test_every_sub_resource_has_documents_here() -> None:
    assert DOCUMENTS.keys() == ROWS.keys()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_survive_reading_and_writing(name: str) -> None:
    outcomes: Counter[bool] = Counter()

    @settings(max_examples=400, deadline=None)
    @given(DOCUMENTS[name])
    def law(body: str) -> None:
        outcomes[check(name, body)] += 1

    law()
    assert outcomes[True], "nothing is read: the law says nothing"
    assert outcomes[False], "nothing is refused"


@pytest.mark.parametrize("name", ROWS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_elements_in_any_order(name: str, data: Any) -> None:
    root = ROWS[name].root
    names = ["Rule", "Filter", "And", "Prefix", "Status", "Tag", "Key", "Value", "Days", "Mode", "Event", "Other", root]
    content = data.draw(st.lists(tree(names, ["", "Enabled", "1", "a"], 3), max_size=3).map("".join))
    check(name, f"<{root}>{content}</{root}>")


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", ["<{}/>", "<{}></{}>", "<{}>\n  <!-- none -->\n</{}>", '<{} xmlns="urn:x"></{}>'])
def test_an_empty_document_is_an_empty_setting(name: str, form: str) -> None:
    body = form.replace("{}", ROWS[name].root)
    assert read(name, body) is None


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("body", ["<Other/>", "<Error/>", "<{}>text</{}>", "<Other><Key>a</Key></Other>"])
def test_other_document_is_not_an_empty_setting(name: str, body: str) -> None:
    with pytest.raises(InvalidXMLError):
        read(name, body.replace("{}", ROWS[name].root))


RULE = "<LifecycleConfiguration><Rule><Status>Enabled</Status>{}<Expiration><Days>1</Days></Expiration></Rule>"
RULE += "</LifecycleConfiguration>"


@pytest.mark.parametrize(
    ("inner", "written"),
    [
        ("<Filter><Prefix>tmp/</Prefix><Tag/><And/></Filter>", "<Prefix>tmp/</Prefix>"),
        ("<Filter><And/><Prefix>tmp/</Prefix></Filter>", "<Prefix>tmp/</Prefix>"),
        ("<Filter><Prefix>a<!-- b -->c</Prefix></Filter>", "<Prefix>ac</Prefix>"),
        ("<Filter><Prefix>a</Prefix></Filter><Prefix>a</Prefix>", "<Prefix>a</Prefix>"),
        ("<Filter/><Prefix>old/</Prefix>", "<Prefix>old/</Prefix>"),
        ("<Filter><Prefix/><And><Prefix>a</Prefix></And></Filter>", "<And><Prefix>a</Prefix></And>"),
    ],
)
def test_elements_without_effect_beside_a_condition(inner: str, written: str) -> None:
    value = read("lifecycle", RULE.format(inner))
    assert f"<Filter>{written}</Filter>" in xml.marshal(value).decode()


@pytest.mark.parametrize(
    "inner",
    [
        "<Filter><Prefix>a</Prefix><Prefix>b</Prefix></Filter>",
        "<Filter><Prefix>a</Prefix></Filter><Filter/>",
        "<Filter><Prefix>a</Prefix></Filter><Prefix>b</Prefix>",
        "<Filter><Tag><Key>k</Key></Tag></Filter><Prefix>b</Prefix>",
        "<Filter><Prefix>a</Prefix><And><Prefix>b</Prefix></And></Filter>",
        "<Filter><And><Tag><Key>k</Key><Value>1</Value></Tag><Tag><Key>k</Key><Value>2</Value></Tag></And></Filter>",
        "<Filter><ArchiveZone/></Filter>",
        "<Filter><And/></Filter>",
        "<Filter><Tag/></Filter>",
        "<Filter>a</Filter>",
        "<Unknown/>",
    ],
)
def test_rule_that_would_match_more_is_refused(inner: str) -> None:
    with pytest.raises(InvalidXMLError, match=r"<|occurs more than once"):
        read("lifecycle", RULE.format(inner))
    with pytest.raises((InvalidXMLError, InvalidArgumentError)):
        xml.unmarshal(LifecycleConfig, RULE.format(inner))
