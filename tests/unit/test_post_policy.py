"""POST policies: both constructors, and AWS's published signature example."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from minio.error import InvalidArgumentError
from minio.post_policy import PostPolicy, sign_form

NOW = datetime(2015, 12, 29, tzinfo=UTC)
LATER = datetime(2015, 12, 30, 12, tzinfo=UTC)
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SIGNED = ["policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"]

# "Example: Browser-Based Upload using HTTP POST (Using AWS Signature Version 4)" in the S3 API reference. Its lines
# end in CR LF.
AWS_POLICY = "\r\n".join(
    [
        '{ "expiration": "2015-12-30T12:00:00.000Z",',
        '  "conditions": [',
        '    {"bucket": "sigv4examplebucket"},',
        '    ["starts-with", "$key", "user/user1/"],',
        '    {"acl": "public-read"},',
        '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
        '    ["starts-with", "$Content-Type", "image/"],',
        '    {"x-amz-meta-uuid": "14365123651274"},',
        '    {"x-amz-server-side-encryption": "AES256"},',
        '    ["starts-with", "$x-amz-meta-tag", ""],',
        "",
        '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
        '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
        '    {"x-amz-date": "20151229T000000Z" }',
        "  ]",
        "}",
    ]
)
AWS_SIGNATURE = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"


def documented() -> PostPolicy[tuple[str, dict[str, str]]]:
    policy = PostPolicy()
    policy.set_bucket_name("mybucket")
    policy.set_key_startswith("myobject")
    policy.set_content_length_range(10, 1024)
    policy.set_content_type("text/plain")
    policy.set_expires(LATER)
    return policy


def fields(policy: PostPolicy[Any], token: str | None = None, **changes: Any) -> dict[str, str]:
    return policy.fields(KEY, SECRET, token, changes.get("region", "us-east-1"), changes.get("now", NOW))


def decoded(fields: dict[str, str]) -> Any:
    return json.loads(base64.b64decode(fields["policy"]))


class TestSignature:
    def test_published_example(self) -> None:
        form = sign_form(
            AWS_POLICY.encode(), access_key=KEY, secret_key=SECRET, session_token=None, region="us-east-1", now=NOW
        )
        assert form == {
            "policy": base64.b64encode(AWS_POLICY.encode()).decode(),
            "x-amz-algorithm": "AWS4-HMAC-SHA256",
            "x-amz-credential": f"{KEY}/20151229/us-east-1/s3/aws4_request",
            "x-amz-date": "20151229T000000Z",
            "x-amz-signature": AWS_SIGNATURE,
        }

    def test_every_part_of_the_scope_is_signed(self) -> None:
        known = {"access_key": KEY, "secret_key": SECRET, "session_token": None, "region": "us-east-1", "now": NOW}
        others: list[dict[str, Any]] = [{"secret_key": "x"}, {"region": "eu-west-1"}, {"now": LATER}]
        found = {sign_form(b"{}", **{**known, **other})["x-amz-signature"] for other in [{}, *others]}  # type: ignore[arg-type]
        assert len(found) == 4

    def test_time_is_utc(self) -> None:
        east = NOW.astimezone(timezone(timedelta(hours=-7)))
        assert (
            fields(documented(), now=east) == fields(documented(), now=NOW.replace(tzinfo=None)) == fields(documented())
        )


class TestClassic:
    def test_documented_example(self) -> None:
        policy = documented()
        assert policy.classic
        assert (policy.bucket_name, policy.key) == ("mybucket", "myobject")
        assert policy.form_data == {"bucket": "mybucket", "key": "myobject", "Content-Type": "text/plain"}
        form = fields(policy)
        assert sorted(form) == sorted(["bucket", "key", "Content-Type", *SIGNED])
        assert decoded(form) == {
            "expiration": "2015-12-30T12:00:00.000Z",
            "conditions": [
                ["eq", "$bucket", "mybucket"],
                ["starts-with", "$key", "myobject"],
                ["eq", "$Content-Type", "text/plain"],
                ["eq", "$x-amz-date", "20151229T000000Z"],
                ["eq", "$x-amz-algorithm", "AWS4-HMAC-SHA256"],
                ["eq", "$x-amz-credential", f"{KEY}/20151229/us-east-1/s3/aws4_request"],
                ["content-length-range", 10, 1024],
            ],
        }
        assert policy.form_data.keys() == {"bucket", "key", "Content-Type"}

    def test_missing_conditions_are_reported_in_order(self) -> None:
        policy = PostPolicy()
        for message, setter in (
            ("expiration", lambda: policy.set_expires(LATER)),
            ("key", lambda: policy.set_key("k")),
            ("bucket", lambda: policy.set_bucket_name("b")),
        ):
            for call in (policy.check, policy.is_valid, lambda: fields(policy)):
                with pytest.raises(InvalidArgumentError, match=message):
                    call()
            setter()
        assert policy.is_valid() is True

    def test_key_with_any_name(self) -> None:
        policy = documented()
        policy.set_key_startswith("")
        assert policy.key == ""
        assert fields(policy)["key"] == ""

    def test_last_call_of_a_setter_wins(self) -> None:
        policy = documented()
        policy.set_key("name")
        policy.set_bucket_name("other")
        assert sorted(policy.policies) == [
            ["eq", "$Content-Type", "text/plain"],
            ["eq", "$bucket", "other"],
            ["eq", "$key", "name"],
        ]
        assert policy.form_data["key"] == "name"

    def test_append_policy(self) -> None:
        policy = documented()
        policy.append_policy("eq", "$acl", "private")
        form = fields(policy)
        assert ["eq", "$acl", "private"] in decoded(form)["conditions"]
        assert "acl" not in form

    def test_newer_conditions_are_in_the_form(self) -> None:
        policy = documented()
        policy.add_equals_condition("$acl", "private")
        assert fields(policy)["acl"] == "private"
        policy.remove_equals_condition("acl")
        assert "acl" not in fields(policy)

    def test_base64(self) -> None:
        policy = documented()
        shown = json.loads(base64.b64decode(policy.base64([["eq", "$a", "b"]])))
        assert shown["conditions"][-2:] == [["eq", "$a", "b"], ["content-length-range", 10, 1024]]
        with pytest.raises(InvalidArgumentError, match="expiration"):
            PostPolicy().base64()


class TestModern:
    def policy(self) -> PostPolicy[dict[str, str]]:
        policy = PostPolicy("b", LATER)
        policy.add_starts_with_condition("$key", "user/")
        policy.add_equals_condition("acl", "private")
        policy.add_content_length_range_condition(0, 5)
        return policy

    def test_form_data_contains_only_the_signature(self) -> None:
        policy = self.policy()
        assert not policy.classic
        assert policy.bucket_name == "b"
        form = fields(policy)
        assert sorted(form) == SIGNED
        assert decoded(form)["expiration"] == "2015-12-30T12:00:00.000Z"
        assert decoded(form)["conditions"][:3] == [
            ["eq", "$bucket", "b"],
            ["starts-with", "$key", "user/"],
            ["eq", "$acl", "private"],
        ]

    def test_session_token_is_in_form_and_policy(self) -> None:
        for policy in (self.policy(), documented()):
            form = fields(policy, "token")
            assert form["x-amz-security-token"] == "token"
            assert ["eq", "$x-amz-security-token", "token"] in decoded(form)["conditions"]
        assert sorted(fields(self.policy(), "token")) == sorted([*SIGNED, "x-amz-security-token"])

    def test_form_data_is_called_with_credentials(self) -> None:
        creds = SimpleNamespace(access_key=KEY, secret_key=SECRET, session_token=None)
        form = self.policy().form_data(creds, "eu-west-1")
        assert sorted(form) == SIGNED
        assert form["x-amz-credential"].endswith("/eu-west-1/s3/aws4_request")
        for wrong in ((None, "eu-west-1"), (creds, "")):
            with pytest.raises(InvalidArgumentError, match=r"creds|region"):
                self.policy().form_data(*wrong)

    def test_removed_conditions(self) -> None:
        policy = self.policy()
        policy.remove_equals_condition("$acl")
        policy.remove_content_length_range_condition()
        policy.remove_starts_with_condition("x-amz-meta-never-there")
        assert policy.policies == [["eq", "$bucket", "b"], ["starts-with", "$key", "user/"]]
        assert not any(item[0] == "content-length-range" for item in decoded(fields(policy))["conditions"])
        policy.remove_starts_with_condition("key")
        with pytest.raises(InvalidArgumentError, match="key"):
            fields(policy)

    def test_condition_is_replaced(self) -> None:
        policy = self.policy()
        policy.add_equals_condition("acl", "public-read")
        assert [item for item in policy.policies if item[1] == "$acl"] == [["eq", "$acl", "public-read"]]

    @pytest.mark.parametrize("element", ["bucket", "$bucket", "policy", "X-Amz-Date", "content-length-range", "", "$"])
    def test_reserved_elements_are_refused(self, element: str) -> None:
        policy = self.policy()
        for method in (policy.add_equals_condition, policy.add_starts_with_condition):
            with pytest.raises(InvalidArgumentError, match="element"):
                method(element, "x")

    @pytest.mark.parametrize("element", ["success_action_status", "x-amz-storage-class"])
    def test_elements_that_require_equality(self, element: str) -> None:
        policy = self.policy()
        policy.add_equals_condition(element, "x")
        with pytest.raises(InvalidArgumentError, match="equals"):
            policy.add_starts_with_condition(element, "x")
        policy.add_starts_with_condition("x-amz-meta-tag", "")


class TestArguments:
    def test_both_or_neither(self) -> None:
        make: Any = PostPolicy
        for args in (("b",), (None, LATER), ("b", "2015"), (1, LATER)):
            with pytest.raises(TypeError):
                make(*args)
        with pytest.raises(ValueError, match="bucket_name"):
            make(" ", LATER)

    @pytest.mark.parametrize("value", [None, "2015-12-30", 1451476800, timedelta(days=1)])
    def test_expiration_is_a_datetime(self, value: Any) -> None:
        with pytest.raises(TypeError, match="time"):
            PostPolicy().set_expires(value)

    @pytest.mark.parametrize("moment", [datetime(2015, 12, 30, 12), LATER.astimezone(timezone(timedelta(hours=9)))])
    def test_expiration_is_in_utc(self, moment: datetime) -> None:
        policy = documented()
        policy.set_expires(moment)
        assert decoded(fields(policy))["expiration"] == "2015-12-30T12:00:00.000Z"

    @pytest.mark.parametrize("sizes", [(-1, 5), (0, -1), (6, 5)])
    def test_sizes_are_checked(self, sizes: tuple[int, int]) -> None:
        with pytest.raises(ValueError, match="length"):
            PostPolicy().set_content_length_range(*sizes)

    def test_sizes_are_numbers(self) -> None:
        wrong: Any
        for wrong in ("1", None, 1.5, True):
            with pytest.raises(TypeError, match="min_length"):
                PostPolicy().set_content_length_range(wrong, 5)

    @pytest.mark.parametrize("clone", [copy.deepcopy, lambda policy: pickle.loads(pickle.dumps(policy))])
    def test_copies_are_independent(self, clone: Any) -> None:
        policy = documented()
        other = clone(policy)
        other.set_key("k")
        assert fields(policy) == fields(documented())
        creds = SimpleNamespace(access_key=KEY, secret_key=SECRET, session_token=None)
        assert other.form_data(creds, "us-east-1")["key"] == "k"
