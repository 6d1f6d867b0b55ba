"""Notifications: the documented dict, the 7.2 objects and the XML are three views of the same configuration."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio._core.wire import xml
from minio.error import InvalidArgumentError, InvalidXMLError
from minio.notificationconfig import (
    CloudFuncConfig,
    CommonConfig,
    FilterRule,
    NotificationConfig,
    PrefixFilterRule,
    QueueConfig,
    SuffixFilterRule,
    TopicConfig,
    check_notification,
)

DOCUMENTED: dict[str, Any] = {
    "QueueConfigurations": [
        {
            "Id": "1",
            "Arn": "arn1",
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "abc"}]}},
        }
    ],
    "TopicConfigurations": [
        {
            "Arn": "arn2",
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".jpg"}]}},
        }
    ],
    "CloudFunctionConfigurations": [
        {
            "Arn": "arn3",
            "Events": ["s3:ObjectRemoved:*", "s3:ObjectCreated:Put"],
            "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".jpg"}]}},
        }
    ],
}

MODERN = NotificationConfig(
    cloud_func_config_list=[
        CloudFuncConfig(
            ["s3:ObjectRemoved:*", "s3:ObjectCreated:Put"],
            suffix_filter_rule=SuffixFilterRule(".jpg"),
            cloud_func="arn3",
        )
    ],
    queue_config_list=[QueueConfig(["s3:ObjectCreated:*"], "1", PrefixFilterRule("abc"), queue="arn1")],
    topic_config_list=[TopicConfig(["s3:ObjectCreated:*"], suffix_filter_rule=SuffixFilterRule(".jpg"), topic="arn2")],
)

words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=8)
names = words.filter(bool)
rules = st.lists(st.tuples(st.sampled_from(["prefix", "suffix"]), words), min_size=1, max_size=2)
filters = rules.map(lambda pairs: {"Key": {"FilterRules": [{"Name": name, "Value": text} for name, text in pairs]}})
entries = st.fixed_dictionaries(
    {"Arn": names, "Events": st.lists(names.map(lambda name: f"s3:{name}"), min_size=1, max_size=3)},
    optional={"Id": names, "Filter": filters},
)
documents = st.fixed_dictionaries({}, optional={name: st.lists(entries, min_size=1, max_size=2) for name in DOCUMENTED})


def rendered(config: NotificationConfig) -> bytes:
    return xml.render(config.toxml())


class TestViews:
    def test_both_constructors_agree(self) -> None:
        assert NotificationConfig.from_dict(DOCUMENTED) == MODERN == DOCUMENTED
        assert check_notification(DOCUMENTED) == DOCUMENTED

    def test_xml(self) -> None:
        assert rendered(NotificationConfig.from_dict(DOCUMENTED)).decode() == (
            '<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            "<CloudFunctionConfiguration><CloudFunction>arn3</CloudFunction>"
            "<Event>s3:ObjectRemoved:*</Event><Event>s3:ObjectCreated:Put</Event>"
            "<Filter><S3Key><FilterRule><Name>suffix</Name><Value>.jpg</Value></FilterRule></S3Key></Filter>"
            "</CloudFunctionConfiguration>"
            "<QueueConfiguration><Id>1</Id><Queue>arn1</Queue><Event>s3:ObjectCreated:*</Event>"
            "<Filter><S3Key><FilterRule><Name>prefix</Name><Value>abc</Value></FilterRule></S3Key></Filter>"
            "</QueueConfiguration>"
            "<TopicConfiguration><Topic>arn2</Topic><Event>s3:ObjectCreated:*</Event>"
            "<Filter><S3Key><FilterRule><Name>suffix</Name><Value>.jpg</Value></FilterRule></S3Key></Filter>"
            "</TopicConfiguration></NotificationConfiguration>"
        )

    @given(documents)
    def test_round_trip(self, document: dict[str, Any]) -> None:
        config = NotificationConfig.from_dict(document)
        assert config == document
        assert NotificationConfig.fromxml(xml.parse(rendered(config))) == config

    def test_spelling_of_servers(self) -> None:
        config = NotificationConfig.fromxml(
            xml.parse(
                """<NotificationConfiguration>
                     <TopicConfiguration><Topic>t</Topic><Event>s3:New:*</Event><Filter><Key>
                       <FilterRule><Name>Prefix</Name><Value>a</Value></FilterRule>
                       <FilterRule><Name>regex</Name><Value>.*</Value></FilterRule></Key></Filter>
                     </TopicConfiguration>
                     <QueueConfiguration><Id/><Queue>q</Queue><Event>s3:Other</Event><Filter><S3Key/></Filter>
                     </QueueConfiguration>
                   </NotificationConfiguration>"""
            )
        )
        rules = [{"Name": "prefix", "Value": "a"}, {"Name": "regex", "Value": ".*"}]
        assert config == {
            "TopicConfigurations": [{"Arn": "t", "Events": ["s3:New:*"], "Filter": {"Key": {"FilterRules": rules}}}],
            "QueueConfigurations": [{"Arn": "q", "Events": ["s3:Other"]}],
        }
        # It can be set again unchanged, whether or not this library knows all of it.
        assert check_notification(config) is config
        assert b"<Name>regex</Name>" in rendered(config)

    def test_entry_without_a_target_is_invalid(self) -> None:
        with pytest.raises(InvalidXMLError, match="Queue"):
            NotificationConfig.fromxml(xml.parse("<N><QueueConfiguration/></N>"))

    @pytest.mark.parametrize(
        "empty", [NotificationConfig(), NotificationConfig([], [], []), NotificationConfig.from_dict({})]
    )
    def test_empty_configuration_is_an_empty_dict(self, empty: NotificationConfig) -> None:
        assert empty == {}
        assert (empty.cloud_func_config_list, empty.queue_config_list, empty.topic_config_list) == ([], [], [])
        assert empty == {}
        assert check_notification(empty) == {}
        assert rendered(empty).endswith(b'<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>')
        assert NotificationConfig.fromxml(xml.parse(rendered(empty))) == {}

    def test_attributes(self) -> None:
        config = NotificationConfig.from_dict(DOCUMENTED)
        queue = config.queue_config_list[0]
        assert (queue.queue, queue.config_id, queue.events) == ("arn1", "1", ["s3:ObjectCreated:*"])
        assert queue.prefix_filter_rule == PrefixFilterRule("abc")
        assert queue.suffix_filter_rule is None
        assert config.topic_config_list[0].topic == "arn2"
        assert config.cloud_func_config_list[0].cloud_func == "arn3"
        assert config.cloud_func_config_list[0].suffix_filter_rule == SuffixFilterRule(".jpg")
        assert config.cloud_func_config_list[0].config_id is None

    def test_appended_entries_are_sent(self) -> None:
        config = NotificationConfig()
        config.queue_config_list.append(QueueConfig(["s3:ObjectCreated:*"], queue="q"))
        assert check_notification(config) == {"QueueConfigurations": [{"Arn": "q", "Events": ["s3:ObjectCreated:*"]}]}
        queues = config.queue_config_list
        config["QueueConfigurations"].append({"Arn": "p", "Events": ["s3:ObjectRemoved:*"]})
        assert [item.queue for item in config.queue_config_list] == ["q", "p"]
        queues.clear()
        assert b"QueueConfiguration>" not in rendered(config)
        assert config == {}
        queues.append(QueueConfig(["s3:ObjectCreated:*"], queue="r"))
        assert b"<Queue>r</Queue>" in rendered(config)

    @pytest.mark.parametrize("clone", [copy.deepcopy, lambda config: pickle.loads(pickle.dumps(config))])
    def test_copies(self, clone: Any) -> None:
        config = clone(MODERN)
        assert type(config) is NotificationConfig
        assert config == MODERN
        assert config.queue_config_list[0].queue == "arn1"


class TestConstructors:
    def test_arn_may_come_first(self) -> None:
        rule = PrefixFilterRule("abc")
        first: Any = QueueConfig
        assert first("arn", ["s3:ObjectCreated:*"], config_id="1", prefix_filter_rule=rule) == QueueConfig(
            ["s3:ObjectCreated:*"], "1", rule, queue="arn"
        )
        assert first("arn", ["s3:ObjectCreated:*"], "1", rule, None) == first(
            ["s3:ObjectCreated:*"], "1", rule, None, "arn"
        )
        assert first(queue="arn", events=["s3:A"]) == {"Arn": "arn", "Events": ["s3:A"]}

    def test_signature(self) -> None:
        names = ["events", "config_id", "prefix_filter_rule", "suffix_filter_rule"]
        assert list(inspect.signature(TopicConfig).parameters) == [*names, "topic"]
        assert list(inspect.signature(CommonConfig).parameters) == names

    @pytest.mark.parametrize("make", [CloudFuncConfig, QueueConfig, TopicConfig])
    def test_arn_and_events_are_needed(self, make: Any) -> None:
        with pytest.raises(InvalidArgumentError, match=r"cloud_func|queue|topic"):
            make(["s3:ObjectCreated:*"])
        with pytest.raises(InvalidArgumentError, match="events must not be empty"):
            make("arn", [])
        with pytest.raises(TypeError, match="events"):
            make("arn", "s3:ObjectCreated:*")
        with pytest.raises(TypeError, match="config_id"):
            make("arn", ["s3:ObjectCreated:*"], 1)
        with pytest.raises(InvalidArgumentError, match="prefix_filter_rule must be a prefix rule"):
            make("arn", ["s3:ObjectCreated:*"], None, SuffixFilterRule("x"))

    def test_entries_of_the_wrong_kind_are_refused(self) -> None:
        queue: Any = QueueConfig(["s3:A"], queue="q")
        with pytest.raises(TypeError, match=r"TopicConfigurations\[0\]"):
            NotificationConfig(topic_config_list=[queue])

    def test_filter_rules(self) -> None:
        assert FilterRule("Prefix", "a").name == "prefix"
        assert FilterRule.fromxml(FilterRule("suffix", "").toxml()) == FilterRule("suffix", "")
        with pytest.raises(InvalidArgumentError, match="'prefix' or 'suffix'"):
            FilterRule("infix", "a")
        with pytest.raises(TypeError, match="value"):
            PrefixFilterRule(None)  # type: ignore[arg-type]

    def test_parsexml(self) -> None:
        rules = PrefixFilterRule("a"), SuffixFilterRule("b")
        element = TopicConfig(["s3:A"], "1", *rules, topic="t").toxml()
        assert CommonConfig.parsexml(element) == (["s3:A"], "1", *rules)


GOOD = {"Arn": "arn", "Events": ["s3:ObjectCreated:*"]}
PATH = "notification['QueueConfigurations']"


def entry(**changes: Any) -> dict[str, Any]:
    return {"QueueConfigurations": [{**GOOD, **changes}]}


def rule(**rule: Any) -> dict[str, Any]:
    return entry(Filter={"Key": {"FilterRules": [rule]}})


class TestChecks:
    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ({}, "remove_all_bucket_notification"),
            ({"QueueConfigurations": []}, "remove_all_bucket_notification"),
            ({"CloudFunctionconfigurations": [GOOD]}, "notification has the unknown key 'CloudFunctionconfigurations'"),
            (entry(Name="x"), f"{PATH}[0] has the unknown key 'Name'"),
            ({"QueueConfigurations": [GOOD, {"Events": ["s3:A"]}]}, f"{PATH}[1]['Arn'] is missing"),
            (entry(Arn=""), f"{PATH}[0]['Arn'] must not be empty"),
            ({"QueueConfigurations": [{"Arn": "a"}]}, f"{PATH}[0]['Events'] is missing"),
            (entry(Events=[]), f"{PATH}[0]['Events'] must not be empty"),
            (entry(Events=["s3:A", "ObjectCreated"]), f"{PATH}[0]['Events'][1] must be an event"),
            (entry(Events=["s3:"]), f"{PATH}[0]['Events'][0] must be an event"),
            (entry(Filter={"S3Key": {}}), f"{PATH}[0]['Filter'] has the unknown key 'S3Key'"),
            (
                entry(Filter={"Key": {"FilterRules": []}}),
                f"{PATH}[0]['Filter']['Key']['FilterRules'] must not be empty",
            ),
            (rule(Name="prefix"), f"{PATH}[0]['Filter']['Key']['FilterRules'][0]['Value'] is missing"),
            (rule(Value="a"), f"{PATH}[0]['Filter']['Key']['FilterRules'][0]['Name'] is missing"),
            (rule(Name="infix", Value="a"), f"{PATH}[0]['Filter']['Key']['FilterRules'][0]['Name'] must be 'prefix'"),
            (entry(Id=b"\xff"), f"{PATH}[0]['Id'] is not UTF-8"),
        ],
    )
    def test_error_names_the_position_of_a_wrong_value(self, value: Any, message: str) -> None:
        with pytest.raises(InvalidArgumentError) as caught:
            check_notification(value)
        assert message in str(caught.value)
        assert not isinstance(caught.value, TypeError)

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (None, "notification must be a dict"),
            ([GOOD], "notification must be a dict"),
            ("{}", "notification must be a dict"),
            ({"QueueConfigurations": GOOD}, f"{PATH} must be a list"),
            ({"QueueConfigurations": None}, f"{PATH} must be a list"),
            ({"QueueConfigurations": ["arn"]}, f"{PATH}[0] must be a dict"),
            (entry(Arn=1), f"{PATH}[0]['Arn'] must be a str"),
            (entry(Id=1), f"{PATH}[0]['Id'] must be a str"),
            (entry(Id=None), f"{PATH}[0]['Id'] must be a str"),
            (entry(Events="s3:A"), f"{PATH}[0]['Events'] must be a list"),
            (entry(Events=[1]), f"{PATH}[0]['Events'][0] must be a str"),
            (entry(Filter=None), f"{PATH}[0]['Filter'] must be a dict"),
            (entry(Filter={}), f"{PATH}[0]['Filter']['Key'] must be a dict"),
            (entry(Filter={"Key": {}}), f"{PATH}[0]['Filter']['Key']['FilterRules'] must be a list"),
            (entry(Filter={"Key": {"FilterRules": ["a"]}}), "['FilterRules'][0] must be a dict"),
            (rule(Name="prefix", Value=1), "['FilterRules'][0]['Value'] must be a str"),
        ],
    )
    def test_wrong_type_is_also_a_type_error(self, value: Any, message: str) -> None:
        with pytest.raises(InvalidArgumentError) as caught:
            check_notification(value)
        assert message in str(caught.value)
        assert isinstance(caught.value, TypeError)

    def test_newer_events_and_bytes_ids_are_accepted(self) -> None:
        config = check_notification(entry(Events=["s3:ObjectAccessed:*", "s3:Scanner:ManyVersions"], Id=b"1"))
        assert config.queue_config_list[0].config_id == "1"
        assert config.queue_config_list[0].events == ["s3:ObjectAccessed:*", "s3:Scanner:ManyVersions"]

    def test_dict_of_the_caller_is_not_modified(self) -> None:
        document = copy.deepcopy(DOCUMENTED)
        config = check_notification(document)
        config["QueueConfigurations"].clear()
        config["TopicConfigurations"][0]["Events"].append("s3:More")
        assert document == DOCUMENTED
        assert type(document["QueueConfigurations"][0]) is dict

    def test_capitalised_name_is_lowercased(self) -> None:
        config = check_notification(rule(Name="Suffix", Value="a"))
        assert config["QueueConfigurations"][0]["Filter"]["Key"]["FilterRules"] == [{"Name": "suffix", "Value": "a"}]


# EventBridge


def read(text: str) -> NotificationConfig:
    return NotificationConfig.fromxml(xml.parse(text.encode()))


BRIDGED = "<NotificationConfiguration>{}<EventBridgeConfiguration/></NotificationConfiguration>"
TOPIC = "<TopicConfiguration><Topic>arn:t</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration>"


@pytest.mark.parametrize("entries", ["", TOPIC])
def test_event_bridge_is_kept(entries: str) -> None:
    """It is an empty element, the last one of the document."""
    config = read(BRIDGED.format(entries))
    assert config.event_bridge
    assert config["EventBridgeConfiguration"] == {}
    root = config.toxml()
    assert [xml.local(item) for item in root][-1] == "EventBridgeConfiguration"
    assert NotificationConfig.fromxml(root) == config
    assert check_notification(config).event_bridge
    for same in (copy.deepcopy(config), pickle.loads(pickle.dumps(config)), NotificationConfig.from_dict(config)):
        assert same == config
        assert same.event_bridge
    assert len(config.topic_config_list) == bool(entries)


def test_event_bridge_is_written() -> None:
    assert not NotificationConfig().event_bridge
    assert NotificationConfig().toxml().find("{*}EventBridgeConfiguration") is None
    config = NotificationConfig(event_bridge=True)
    assert config == {"EventBridgeConfiguration": {}}
    assert check_notification({"EventBridgeConfiguration": {}}) == config
    assert config.toxml().find("{*}EventBridgeConfiguration") is not None
    assert list(inspect.signature(NotificationConfig).parameters)[-1] == "event_bridge"
    del config["EventBridgeConfiguration"]
    assert not config.event_bridge


@pytest.mark.parametrize("value", [{"Id": "a"}, [], None, True])
def test_event_bridge_has_no_settings(value: object) -> None:
    with pytest.raises((InvalidArgumentError, TypeError), match="EventBridgeConfiguration"):
        check_notification({"EventBridgeConfiguration": value})


@pytest.mark.parametrize("inner", ["<Id>a</Id>", "text"])
def test_event_bridge_with_something_in_it_is_refused(inner: str) -> None:
    body = f"<NotificationConfiguration><EventBridgeConfiguration>{inner}</EventBridgeConfiguration>"
    with pytest.raises(InvalidXMLError):
        read(body + "</NotificationConfiguration>")
    with pytest.raises(InvalidXMLError):
        read(BRIDGED.format("<EventBridgeConfiguration/>"))
