"""The canned policies: their statements, and the laws that get and set obey."""

from __future__ import annotations

import json
from copy import deepcopy
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from minio.error import InvalidArgumentError
from minio.policy import Policy, check_policy, check_policy_document, get_policy, set_policy

BUCKET = "arn:aws:s3:::b"
LOCATION, LIST, UPLOADS = "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"
READ = {"s3:GetObject"}
WRITE = {"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"}

# fnmatch treats brackets as wildcards, S3 does not. Nested prefixes are frequent.
prefixes = st.text("ab/[]", max_size=4)
policies = st.sampled_from(Policy)
calls = st.lists(st.tuples(prefixes, policies), max_size=6)

FOREIGN: list[dict[str, Any]] = [
    {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{BUCKET}/secret*"},
    {
        "Sid": "Team",
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::1:root", "arn:aws:iam::2:root"]},
        "Action": [LOCATION, LIST, "s3:GetObject"],
        "Resource": [BUCKET, f"{BUCKET}/*"],
    },
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetBucketTagging", "Resource": BUCKET},
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*"},
    {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["s3:GetObject"],
        "Resource": [f"{BUCKET}/a*"],
        "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    },
    {"Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"},
]
foreign = st.lists(st.sampled_from(FOREIGN), max_size=4, unique_by=json.dumps)


def apply(calls: list[tuple[str, Policy]], document: Any = None, server: Any = lambda document: document) -> Any:
    for prefix, policy in calls:
        document = server(set_policy(document, "b", prefix, policy))
    return document


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def grants(document: Any) -> set[tuple[str, str, str, str]]:
    """The permissions that a document grants, independent of its form."""
    said = set()
    for item in (document or {"Statement": []})["Statement"]:
        principal = item.get("Principal", item.get("NotPrincipal"))
        who = principal["AWS"] if isinstance(principal, dict) else principal
        condition = item.get("Condition") or {}
        ties = [str(condition)]
        if "StringEquals" in condition:
            ties = as_list(condition["StringEquals"]["s3:prefix"])
        for action in as_list(item["Action"]):
            for resource in as_list(item["Resource"]):
                for tie in ties:
                    said.add((item["Effect"] + json.dumps(as_list(who)), action, resource, tie))
    return said


def normalised(document: Any) -> Any:
    """The document as servers return it: single values for lists of one, no empty Sid, the principal as a list."""
    if document is None:
        return None
    document = deepcopy(document)
    for item in document["Statement"]:
        if not item.get("Sid"):
            item.pop("Sid", None)
        if item.get("Principal") == {"AWS": "*"}:
            item["Principal"] = {"AWS": ["*"]}
        for name in ("Action", "Resource"):
            if len(as_list(item[name])) == 1:
                item[name] = as_list(item[name])[0]
            else:
                item[name] = sorted(item[name], reverse=True)
        for keys in item.get("Condition", {}).values():
            for key, value in keys.items():
                keys[key] = sorted(as_list(value), reverse=True) if key == "s3:prefix" else value
    return json.dumps(document).encode()


def expected(calls: list[tuple[str, Policy]], prefix: str) -> Policy:
    """The effective policy of a prefix: the last one set on the longest prefix that contains it."""
    given = {name: policy for name, policy in dict(calls).items() if policy is not Policy.NONE}
    around = [name for name in given if prefix.startswith(name)]
    return given[max(around, key=len)] if around else Policy.NONE


class TestLaws:
    @given(calls, prefixes, policies.filter(lambda policy: policy is not Policy.NONE))
    def test_get_returns_what_was_set(self, calls: Any, prefix: str, policy: Policy) -> None:
        assert get_policy(set_policy(apply(calls), "b", prefix, policy), "b", prefix) is policy

    @given(calls, prefixes, st.sampled_from([lambda document: document, normalised]), foreign)
    def test_get_follows_the_longest_prefix(self, calls: Any, prefix: str, server: Any, foreign: Any) -> None:
        document = apply(calls, {"Version": "2012-10-17", "Statement": foreign}, server)
        assert get_policy(document, "b", prefix) is expected(calls, prefix)

    @given(calls, prefixes, policies, foreign)
    def test_setting_twice_is_setting_once(self, calls: Any, prefix: str, policy: Policy, foreign: Any) -> None:
        once = set_policy(apply(calls, {"Statement": foreign}), "b", prefix, policy)
        assert set_policy(once, "b", prefix, policy) == once
        assert grants(set_policy(normalised(once), "b", prefix, policy)) == grants(once)

    @given(calls, prefixes, policies, st.sampled_from([lambda document: document, normalised]), foreign)
    def test_none_removes_exactly_what_was_added(
        self, calls: Any, prefix: str, policy: Policy, server: Any, foreign: Any
    ) -> None:
        before = apply([*calls, (prefix, Policy.NONE)], {"Statement": foreign}, server)
        after = apply([(prefix, policy), (prefix, Policy.NONE)], before, server)
        assert grants(after and json.loads(after) if server is normalised else after) == grants(
            before and json.loads(before) if server is normalised else before
        )

    @given(calls, st.sampled_from([lambda document: document, normalised]))
    def test_nothing_is_left_if_every_prefix_is_none(self, calls: Any, server: Any) -> None:
        assert apply([*calls, *((prefix, Policy.NONE) for prefix, _ in calls)], None, server) is None

    @given(calls, calls)
    def test_order_of_different_prefixes_does_not_matter(self, calls: Any, others: Any) -> None:
        last = list({**dict(calls), **dict(others)}.items())
        assert grants(apply(last)) == grants(apply(last[::-1]))

    @given(calls, foreign)
    def test_foreign_statements_survive_in_order(self, calls: Any, foreign: Any) -> None:
        document = {"Id": "mine", "Version": "2008-10-17", "Statement": deepcopy(foreign)}
        result = apply(calls, document)
        assert document["Statement"] == foreign
        kept = [item for item in (result or {"Statement": []})["Statement"] if item in foreign]
        assert kept == foreign
        assert not foreign or (result["Id"], result["Version"]) == ("mine", "2008-10-17")

    @given(calls)
    def test_statements_do_not_accumulate(self, calls: Any) -> None:
        document = apply(calls * 3, None, normalised)
        statements = json.loads(document)["Statement"] if document else []
        assert len(statements) <= 4 + len(dict(calls))


# An independent evaluator: whether a document allows a request, following the S3 documentation.

PROBES = [
    (who, action, resource, context)
    for who in ("everyone", "arn:aws:iam::1:root", "arn:aws:iam::9:root")
    for action in (LOCATION, LIST, UPLOADS, "s3:GetObject", "s3:PutObject", "s3:GetObjectTagging", "s3:DeleteBucket")
    for resource in (BUCKET, f"{BUCKET}/a/1", f"{BUCKET}/b/1", f"{BUCKET}/secret", "arn:aws:s3:::other/a/1")
    for context in ({}, {"s3:prefix": "a/"}, {"s3:prefix": "b/"}, {"aws:SourceIp": "10.0.0.1"}, {"s3:max-keys": "5"})
]


def matches(patterns: Any, text: str) -> bool:
    return any(fnmatchcase(text, pattern.replace("[", "[[]")) for pattern in as_list(patterns))


def is_for(statement: Any, who: str) -> bool:
    if "NotPrincipal" in statement:
        return not is_for({"Principal": statement["NotPrincipal"]}, who)
    principal = statement.get("Principal", [])
    names = as_list(principal.get("AWS", []) if isinstance(principal, dict) else principal)
    return "*" in names or who in names


def holds(statement: Any, context: dict[str, str]) -> bool:
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, values in keys.items():
            told = context.get(key)
            equal = told in as_list(values)
            if operator in ("StringEquals", "IpAddress", "NumericLessThanEquals"):
                if not equal:
                    return False
            elif operator != "StringNotEquals" or equal:
                return False
    return True


def decide(document: Any, who: str, action: str, resource: str, context: dict[str, str]) -> str:
    """Return "Deny", "Allow" or None."""
    effects = {
        item["Effect"]
        for item in as_list((document or {"Statement": []})["Statement"])
        if is_for(item, who)
        and ("NotAction" in item) != matches(item.get("NotAction", item.get("Action", [])), action)
        and ("NotResource" in item) != matches(item.get("NotResource", item.get("Resource", [])), resource)
        and holds(item, context)
    }
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else ""


principals = st.sampled_from(
    [
        {"Principal": "*"}, {"Principal": {"AWS": "*"}}, {"Principal": {"AWS": ["arn:aws:iam::1:root"]}},
        {"Principal": {"AWS": ["*"]}}, {"NotPrincipal": {"AWS": ["arn:aws:iam::1:root"]}},
        {"Principal": {"CanonicalUser": "79a5"}}, {"Principal": {"AWS": "*", "Federated": "x"}},
    ]
)  # fmt: skip
action_names = st.sampled_from([LOCATION, LIST, UPLOADS, "s3:GetObject", "s3:PutObject", "s3:GetObjectTagging", "s3:*"])
resource_names = st.sampled_from([BUCKET, f"{BUCKET}/*", f"{BUCKET}/a/*", f"{BUCKET}/b/*", f"{BUCKET}/sec*", "*"])
conditions = st.sampled_from(
    [
        {}, {}, {"Condition": {}}, {"Condition": {"StringEquals": {"s3:prefix": "a/"}}},
        {"Condition": {"StringEquals": {"s3:prefix": ["a/", "b/"]}}},
        {"Condition": {"StringNotEquals": {"s3:prefix": ["b/"]}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.1"]}}},
        {"Condition": {"StringEquals": {"s3:prefix": "a/"}, "IpAddress": {"aws:SourceIp": "10.0.0.1"}}},
        {"Condition": {"StringEquals": {"s3:prefix": "a/", "s3:max-keys": "5"}}},
        {"Condition": {"ForAllValues:StringEquals": {"s3:prefix": "a/"}}},
        {"Condition": {"StringLike": {"s3:prefix": ["a/*"]}}},
    ]
)  # fmt: skip
some_names = st.lists(action_names, min_size=1, max_size=3, unique=True)
some_resources = st.lists(resource_names, min_size=1, max_size=2, unique=True) | resource_names
statements = st.builds(
    lambda effect, sid, who, actions, resources, tie: {"Effect": effect, **sid, **who, **actions, **resources, **tie},
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from([{}, {"Sid": ""}, {"Sid": "Mine"}]),
    principals,
    some_names.map(lambda names: {"Action": names}) | action_names.map(lambda name: {"NotAction": name}),
    some_resources.map(lambda names: {"Resource": names}) | resource_names.map(lambda name: {"NotResource": name}),
    conditions,
)
documents = st.builds(
    lambda version, items: {**version, "Statement": items},
    st.sampled_from([{}, {"Version": "2012-10-17"}, {"Version": "2008-10-17"}]),
    st.lists(statements, max_size=4),
)


def granted(policy: Policy, prefix: str, action: str, resource: str, context: dict[str, str]) -> bool:
    """Whether the canned policy of a prefix allows this to everyone."""
    if policy is Policy.NONE:
        return False
    reads, writes = policy is not Policy.WRITE_ONLY, policy is not Policy.READ_ONLY
    if resource == BUCKET:
        shared = action == LOCATION or (action == UPLOADS and writes)
        return shared or (action == LIST and reads and (not prefix or context.get("s3:prefix") == prefix))
    named = (READ if reads else set()) | (WRITE if writes else set())
    return action in named and resource.startswith(f"{BUCKET}/{prefix}")


class TestForeignStatements:
    @settings(deadline=None)
    @given(documents, st.sampled_from(["", "a/", "b/"]), policies)
    def test_nobody_is_allowed_more_than_requested(self, document: Any, prefix: str, policy: Policy) -> None:
        before = deepcopy(document)
        after = set_policy(json.dumps(document), "b", prefix, policy)
        for who, action, resource, context in PROBES:
            was, now = (decide(each, who, action, resource, context) for each in (before, after))
            if was != now:
                given = granted(policy, prefix, action, resource, context)
                assert (was, now) == ("Allow", "") or ((was, now) == ("", "Allow") and given), (action, resource, now)

    @settings(deadline=None)
    @given(documents, st.sampled_from(["", "a/", "b/"]), policies)
    def test_statements_not_for_everyone_are_unchanged(self, document: Any, prefix: str, policy: Policy) -> None:
        after = set_policy(document, "b", prefix, policy) or {"Statement": []}
        theirs = [
            item
            for item in document["Statement"]
            if item["Effect"] == "Deny"
            or not {"Principal", "Action", "Resource"}.issubset(item)
            or item["Principal"] not in ("*", {"AWS": "*"}, {"AWS": ["*"]})
            or any(name not in ("StringEquals", "StringNotEquals") for name in item.get("Condition", {}))
        ]
        kept = [item for item in after["Statement"] if item in theirs]
        assert [json.dumps(item) for item in kept] == [json.dumps(item) for item in theirs]

    @settings(deadline=None)
    @given(documents, st.sampled_from(["", "a/"]), policies)
    def test_version_is_unchanged(self, document: Any, prefix: str, policy: Policy) -> None:
        after = set_policy(document, "b", prefix, policy)
        if after is not None and document["Statement"]:
            assert after.get("Version") == document.get("Version")

    @pytest.mark.parametrize(
        "text",
        [
            '{"Statement": [], "Statement": [{"Effect": "Allow"}]}',
            '{"Statement": [{"Effect": "Deny", "Effect": "Allow", "Principal": "*"}]}',
            '{"Statement": [{"Effect": "Allow", "Condition": {"Bool": {}}, "Condition": {}}]}',
        ],
    )
    def test_duplicate_key_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidArgumentError, match="more than once"):
            set_policy(text, "b", "", Policy.READ_ONLY)
        with pytest.raises(InvalidArgumentError, match="more than once"):
            get_policy(text, "b", "")
        assert check_policy_document(text) == text.encode()

    @pytest.mark.parametrize("condition", [[], "", 0, "x", ["x"]])
    def test_invalid_condition_is_not_treated_as_none(self, condition: Any) -> None:
        item = {"Effect": "Allow", "Principal": "*", "Action": [LOCATION], "Resource": [BUCKET], "Condition": condition}
        after = set_policy({"Statement": [item]}, "b", "", Policy.NONE)
        assert after is not None
        assert after["Statement"] == [item]


class TestStatements:
    @pytest.mark.parametrize(
        ("policy", "on_bucket", "on_objects"),
        [
            (Policy.READ_ONLY, {LOCATION, LIST}, READ),
            (Policy.WRITE_ONLY, {LOCATION, UPLOADS}, WRITE),
            (Policy.READ_WRITE, {LOCATION, LIST, UPLOADS}, READ | WRITE),
        ],
    )
    @pytest.mark.parametrize("prefix", ["", "a/"])
    def test_one_statement_per_action_group(
        self, policy: Policy, on_bucket: set[str], on_objects: set[str], prefix: str
    ) -> None:
        document = set_policy(None, "b", prefix, policy)
        assert document is not None
        assert document["Version"] == "2012-10-17"
        statements = document["Statement"]
        assert all(
            (item["Sid"], item["Effect"], item["Principal"]) == ("", "Allow", {"AWS": "*"}) for item in statements
        )
        *shared, objects = statements
        assert sorted(item["Action"] for item in shared) == sorted([action] for action in on_bucket)
        assert all(item["Resource"] == [BUCKET] for item in shared)
        assert (set(objects["Action"]), objects["Resource"]) == (on_objects, [f"{BUCKET}/{prefix}*"])
        conditions = {item["Action"][0]: item.get("Condition") for item in shared}
        assert conditions.pop(LIST, None) == (
            {"StringEquals": {"s3:prefix": prefix}} if prefix and LIST in on_bucket else None
        )
        assert set(conditions.values()) == {None}

    def test_prefixes_share_one_condition(self) -> None:
        document = apply([("a/", Policy.READ_ONLY), ("b/", Policy.READ_WRITE)])
        lists = [item for item in document["Statement"] if LIST in item["Action"]]
        assert [item["Condition"] for item in lists] == [{"StringEquals": {"s3:prefix": ["a/", "b/"]}}]

    def test_last_statement_does_not_win(self) -> None:
        document = apply([("a/", Policy.READ_ONLY), ("b/", Policy.READ_ONLY)])
        assert get_policy(document, "b", "a/") is Policy.READ_ONLY
        document = apply([("", Policy.READ_WRITE), ("a/", Policy.READ_ONLY)])
        assert get_policy(document, "b", "") is Policy.READ_WRITE

    def test_none_on_an_empty_policy(self) -> None:
        assert set_policy(None, "b", "", Policy.NONE) is None
        assert set_policy({"Statement": []}, "b", "", "none") is None

    def test_wider_statement_loses_only_the_prefix(self) -> None:
        document = {
            "Statement": [
                {
                    "Sid": "Web",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": ["s3:GetObject", "s3:GetObjectTagging"],
                    "Resource": [f"{BUCKET}/a*", f"{BUCKET}/b*"],
                }
            ]
        }
        result = set_policy(document, "b", "a", Policy.NONE)
        assert result is not None
        everyone = 'Allow["*"]'
        assert grants(result) == {
            (everyone, "s3:GetObjectTagging", f"{BUCKET}/a*", "{}"),
            (everyone, "s3:GetObjectTagging", f"{BUCKET}/b*", "{}"),
            (everyone, "s3:GetObject", f"{BUCKET}/b*", "{}"),
        }
        assert [item.get("Sid") for item in result["Statement"]] == ["Web", None]

    def test_statement_that_is_not_a_list_is_read(self) -> None:
        item = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
        result = set_policy(json.dumps({"Statement": item}), "b", "", Policy.READ_ONLY)
        assert result is not None
        assert result["Statement"][0] == item
        assert get_policy({"Statement": item}, "b", "") is Policy.NONE


class TestEvaluation:
    def everyone(self, action: Any, resource: Any, **more: Any) -> dict[str, Any]:
        return {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource, **more}

    def get(self, prefix: str, *statements: dict[str, Any]) -> Policy:
        return get_policy({"Statement": list(statements)}, "b", prefix)

    def test_location_is_required(self) -> None:
        rest = self.everyone(LIST, BUCKET), self.everyone("s3:GetObject", f"{BUCKET}/*")
        assert self.get("", *rest) is Policy.NONE
        tied = self.everyone(LOCATION, BUCKET, Condition={"StringEquals": {"s3:prefix": ""}})
        assert self.get("", tied, *rest) is Policy.NONE
        assert self.get("", self.everyone(LOCATION, BUCKET), *rest) is Policy.READ_ONLY

    @pytest.mark.parametrize(
        ("condition", "prefix", "policy"),
        [
            ({"StringEquals": {"s3:prefix": "a"}}, "ab", Policy.READ_ONLY),
            ({"StringEquals": {"s3:prefix": ["x", "a"]}}, "ab", Policy.READ_ONLY),
            ({"StringEquals": {"s3:prefix": "b"}}, "ab", Policy.NONE),
            ({"StringNotEquals": {"s3:prefix": "b"}}, "ab", Policy.READ_ONLY),
            ({"StringNotEquals": {"s3:prefix": ["b", "a"]}}, "ab", Policy.NONE),
            ({"StringEquals": {"aws:UserAgent": "a"}}, "ab", Policy.NONE),
            ({"IpAddress": {"s3:prefix": "a"}}, "ab", Policy.NONE),
            ({}, "ab", Policy.READ_ONLY),
        ],
    )
    def test_listing_conditions(self, condition: Any, prefix: str, policy: Policy) -> None:
        found = self.get(
            prefix,
            self.everyone(LOCATION, BUCKET),
            self.everyone(LIST, BUCKET, Condition=condition),
            self.everyone("s3:GetObject", [f"{BUCKET}/*"]),
        )
        assert found is policy

    def test_wildcards(self) -> None:
        assert self.get("a", self.everyone("s3:*", "arn:aws:s3:::*")) is Policy.READ_WRITE
        assert self.get("a", self.everyone(["s3:Get*", "s3:listbucket"], ["*"])) is Policy.READ_ONLY
        base = self.everyone([LOCATION, LIST], BUCKET)
        assert self.get("a1/x", base, self.everyone("s3:GetObject", f"{BUCKET}/a?/*")) is Policy.READ_ONLY
        assert self.get("a", base, self.everyone("s3:GetObject", f"{BUCKET}/a?*")) is Policy.NONE
        assert self.get("x.jpg", base, self.everyone("s3:GetObject", f"{BUCKET}/*.jpg")) is Policy.NONE

    def test_public_wildcard_is_not_removed(self) -> None:
        item = self.everyone("s3:*", [BUCKET, f"{BUCKET}/*"])
        result = set_policy({"Statement": [item]}, "b", "", Policy.NONE)
        assert result is not None
        assert result["Statement"] == [item]

    def test_statements_of_equal_length_are_combined(self) -> None:
        base = self.everyone([LOCATION, LIST, UPLOADS], BUCKET)
        parts = [self.everyone(action, f"{BUCKET}/a*") for action in READ | WRITE]
        assert self.get("a", base, *parts) is Policy.READ_WRITE
        assert self.get("a", base, *parts, self.everyone("s3:GetObject", f"{BUCKET}/a*")) is Policy.READ_WRITE
        assert self.get("ab", base, *parts, self.everyone("s3:GetObject", f"{BUCKET}/ab*")) is Policy.READ_ONLY
        assert self.get("ab", base, *parts, self.everyone("s3:GetObjectAcl", f"{BUCKET}/ab*")) is Policy.READ_WRITE

    @pytest.mark.parametrize(
        "principal", ["arn:aws:iam::1:root", {"AWS": ["*", "arn:aws:iam::1:root"]}, {"CanonicalUser": "*"}, None]
    )
    def test_other_principals_do_not_count(self, principal: Any) -> None:
        item = {**self.everyone("s3:*", "*"), "Principal": principal}
        assert self.get("", item) is Policy.NONE


class TestArguments:
    def test_policy_equals_its_value(self) -> None:
        assert f"{Policy.READ_ONLY}" == str(Policy.READ_ONLY) == "%s" % Policy.READ_ONLY == "readonly"  # noqa: UP031
        assert Policy.READ_WRITE == "readwrite"
        assert f"{Policy.NONE:>6}" == "  none"
        assert check_policy("writeonly") is check_policy(Policy.WRITE_ONLY) is Policy.WRITE_ONLY

    @pytest.mark.parametrize("value", ["", "READ_ONLY", "public", None, 1])
    def test_unknown_policy_is_refused(self, value: Any) -> None:
        with pytest.raises(InvalidArgumentError, match="policy must be"):
            set_policy(None, "b", "", value)

    def test_prefix_of_another_type_is_refused(self) -> None:
        with pytest.raises(TypeError, match="prefix"):
            get_policy(None, "b", None)  # type: ignore[arg-type]

    @pytest.mark.parametrize("document", ["{", "[]", b"\xff", {}, {"Statement": 1}, "1", '{"Statement": NaN}'])
    def test_invalid_policies_are_refused(self, document: Any) -> None:
        with pytest.raises(InvalidArgumentError):
            get_policy(document, "b", "")
        with pytest.raises(InvalidArgumentError):
            set_policy(document, "b", "", Policy.NONE)

    @pytest.mark.parametrize("document", [None, "", b" \n"])
    def test_no_document_means_no_policy(self, document: Any) -> None:
        assert get_policy(document, "b", "") is Policy.NONE
        assert set_policy(document, "b", "", Policy.NONE) is None

    def test_document_is_sent_unchanged(self) -> None:
        text = '{ "Version": "2012-10-17", "Statement": [] , "Id": "\u00e9"}'
        assert check_policy_document(text) == text.encode()
        assert check_policy_document(text.encode()) == text.encode()
        assert json.loads(check_policy_document({"Statement": []})) == {"Statement": []}

    @pytest.mark.parametrize(
        "policy", ["", "  ", b"", "nonsense", "[]", '"text"', b"\xff\xfe{", {"a": {1}}, {"a": float("nan")}]
    )
    def test_invalid_document_is_refused(self, policy: Any) -> None:
        with pytest.raises(InvalidArgumentError, match="policy"):
            check_policy_document(policy)

    @pytest.mark.parametrize("policy", [None, 1, [], object()])
    def test_document_of_another_type_is_a_type_error(self, policy: Any) -> None:
        with pytest.raises(TypeError, match="policy"):
            check_policy_document(policy)
