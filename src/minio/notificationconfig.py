"""The notification targets of a bucket (S3: PutBucketNotificationConfiguration).

A configuration is a dict, and so is each entry in it. The attributes expose the same content under other names. Dicts
and objects are therefore interchangeable.

    config = NotificationConfig(
        queue_config_list=[
            QueueConfig(["s3:ObjectCreated:*"], prefix_filter_rule=PrefixFilterRule("photos/"), queue="arn:..."),
        ],
    )
    config["QueueConfigurations"][0]["Events"]  # ["s3:ObjectCreated:*"]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, Self, cast

from ._core.exceptions import InvalidArgumentError, InvalidArgumentTypeError
from ._core.wire.xml_fields import (
    UnexpectedXMLError,
    add_text,
    check_children,
    element_text,
    find,
    find_all,
    find_text,
    need_text,
    sub_element,
)
from ._notificationdict import entry_id, event_names, expect, filled, filter_rules, known, rule_name, texts

if TYPE_CHECKING:
    from lxml.etree import _Element

P = ParamSpec("P")


@dataclass(frozen=True)
class FilterRule:
    """A condition on the object's name.

    Args:
        name: ``prefix`` or ``suffix`` (case-insensitive).
        value: The prefix or suffix of the object's name.

    Raises:
        InvalidArgumentError: The name has another value.
        InvalidArgumentTypeError: An argument is not a str.
    """

    name: str
    value: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", rule_name(self.name, "name"))
        expect(self.value, str, "value")

    @classmethod
    def fromxml(cls, element: _Element) -> FilterRule:
        """Read the ``FilterRule`` element."""
        check_children(element, "Name", "Value")
        return FilterRule(need_text(element, "Name"), find_text(element, "Value") or "")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``FilterRule`` element."""
        return _write_rule(element, {"Name": self.name, "Value": self.value})


class PrefixFilterRule(FilterRule):
    """A condition on the prefix of the object's name."""

    def __init__(self, value: str) -> None:
        super().__init__("prefix", value)


class SuffixFilterRule(FilterRule):
    """A condition on the suffix of the object's name."""

    def __init__(self, value: str) -> None:
        super().__init__("suffix", value)


class CommonConfig(dict[str, Any]):
    """The base class of the three kinds of entries, with ``Id``, ``Events`` and ``Filter``. Subclasses add the ARN.

    Args:
        events: One or more event names, such as ``s3:ObjectCreated:*``.
        config_id: The id of the entry within the bucket. Without it, the server generates one.
        prefix_filter_rule: The prefix that the object's name must have.
        suffix_filter_rule: The suffix that the object's name must have.

    Raises:
        InvalidArgumentError: There are no events.
        InvalidArgumentTypeError: An argument has the wrong type.
    """

    _NAME: ClassVar[str] = ""

    def __init__(
        self,
        events: Sequence[str],
        config_id: str | None = None,
        prefix_filter_rule: PrefixFilterRule | None = None,
        suffix_filter_rule: SuffixFilterRule | None = None,
    ) -> None:
        super().__init__()
        rules = [_rule("prefix", prefix_filter_rule), _rule("suffix", suffix_filter_rule)]
        self._fill(None, texts(events, "events"), config_id, [rule for rule in rules if rule is not None])

    def _fill(self, arn: str | None, events: list[str], config_id: str | None, rules: list[dict[str, str]]) -> None:
        if config_id:
            self["Id"] = expect(config_id, str, "config_id")
        if arn is not None:
            self["Arn"] = arn
        self["Events"] = events
        if rules:
            self["Filter"] = {"Key": {"FilterRules": rules}}

    @classmethod
    def _made(cls, arn: str, events: list[str], config_id: str | None, rules: list[dict[str, str]]) -> Self:
        config = cls.__new__(cls)
        config._fill(arn, events, config_id, rules)
        return config

    @classmethod
    def _from_dict(cls, value: object, path: str) -> Self:
        item = known(value, path, ("Id", "Arn", "Events", "Filter"))
        config_id = entry_id(item["Id"], f"{path}['Id']") if "Id" in item else None
        arn = filled(item.get("Arn"), f"{path}['Arn']")
        events = event_names(item.get("Events"), f"{path}['Events']")
        rules = filter_rules(item["Filter"], f"{path}['Filter']") if "Filter" in item else []
        return cls._made(arn, events, config_id, rules)

    @property
    def events(self) -> list[str]:
        """The event names."""
        return cast("list[str]", self["Events"])

    @property
    def config_id(self) -> str | None:
        """The id of the entry within the bucket."""
        return self.get("Id")

    @property
    def prefix_filter_rule(self) -> PrefixFilterRule | None:
        """The prefix that the object's name must have."""
        value = self._filter_value("prefix")
        return None if value is None else PrefixFilterRule(value)

    @property
    def suffix_filter_rule(self) -> SuffixFilterRule | None:
        """The suffix that the object's name must have."""
        value = self._filter_value("suffix")
        return None if value is None else SuffixFilterRule(value)

    def _rules(self) -> list[dict[str, str]]:
        found = self.get("Filter") or {}
        return cast("list[dict[str, str]]", found.get("Key", {}).get("FilterRules", []))

    def _filter_value(self, name: str) -> str | None:
        return next((rule["Value"] for rule in self._rules() if rule["Name"].lower() == name), None)

    @staticmethod
    def parsexml(
        element: _Element,
    ) -> tuple[list[str], str | None, PrefixFilterRule | None, SuffixFilterRule | None]:
        """Read the events, id, prefix rule and suffix rule of an entry."""
        check_children(element, "Id", "Filter", *_TARGETS, many=("Event",))
        config = CommonConfig._made("", *_read_common(element))
        return config.events, config.config_id, config.prefix_filter_rule, config.suffix_filter_rule

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the entry.

        Raises:
            UnexpectedXMLError: The entry has an unknown element.
        """
        check_children(element, "Id", "Filter", *filter(None, (cls._NAME,)), many=("Event",))
        return cls._made(need_text(element, cls._NAME) if cls._NAME else "", *_read_common(element))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the entry."""
        element = sub_element(element, f"{self._NAME}Configuration")
        add_text(element, "Id", self.config_id)
        if self._NAME:
            add_text(element, self._NAME, self["Arn"])
        for event in self.events:
            add_text(element, "Event", event)
        if rules := self._rules():
            key = sub_element(sub_element(element, "Filter"), "S3Key")
            for rule in rules:
                _write_rule(key, rule)
        return element


def _arn_first(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Accept the ARN as the first argument too, as most releases of 7.2 did. A str is never a list of events."""

    def decorate(init: Callable[P, None]) -> Callable[P, None]:
        @wraps(init)
        def either(*args: Any, **kwargs: Any) -> None:
            if len(args) > 1 and isinstance(args[1], str) and name not in kwargs:
                kwargs[name], args = args[1], (args[0], *args[2:])
            init(*args, **kwargs)

        return either

    return decorate


class CloudFuncConfig(CommonConfig):
    """Events that are sent to a cloud function.

    Args:
        events, config_id, prefix_filter_rule, suffix_filter_rule: As in `CommonConfig`.
        cloud_func: The ARN of the function. It can also be the first argument.

    Raises:
        InvalidArgumentError: The ARN or the events are missing.
    """

    _NAME = "CloudFunction"

    @_arn_first("cloud_func")
    def __init__(
        self,
        events: Sequence[str],
        config_id: str | None = None,
        prefix_filter_rule: PrefixFilterRule | None = None,
        suffix_filter_rule: SuffixFilterRule | None = None,
        cloud_func: str | None = None,
    ) -> None:
        self["Arn"] = filled(cloud_func, "cloud_func")
        super().__init__(events, config_id, prefix_filter_rule, suffix_filter_rule)

    @property
    def cloud_func(self) -> str:
        """The ARN of the function."""
        return cast("str", self["Arn"])


class QueueConfig(CommonConfig):
    """Events that are sent to a queue.

    Args:
        events, config_id, prefix_filter_rule, suffix_filter_rule: As in `CommonConfig`.
        queue: The ARN of the queue. It can also be the first argument.

    Raises:
        InvalidArgumentError: The ARN or the events are missing.
    """

    _NAME = "Queue"

    @_arn_first("queue")
    def __init__(
        self,
        events: Sequence[str],
        config_id: str | None = None,
        prefix_filter_rule: PrefixFilterRule | None = None,
        suffix_filter_rule: SuffixFilterRule | None = None,
        queue: str | None = None,
    ) -> None:
        self["Arn"] = filled(queue, "queue")
        super().__init__(events, config_id, prefix_filter_rule, suffix_filter_rule)

    @property
    def queue(self) -> str:
        """The ARN of the queue."""
        return cast("str", self["Arn"])


class TopicConfig(CommonConfig):
    """Events that are sent to a topic.

    Args:
        events, config_id, prefix_filter_rule, suffix_filter_rule: As in `CommonConfig`.
        topic: The ARN of the topic. It can also be the first argument.

    Raises:
        InvalidArgumentError: The ARN or the events are missing.
    """

    _NAME = "Topic"

    @_arn_first("topic")
    def __init__(
        self,
        events: Sequence[str],
        config_id: str | None = None,
        prefix_filter_rule: PrefixFilterRule | None = None,
        suffix_filter_rule: SuffixFilterRule | None = None,
        topic: str | None = None,
    ) -> None:
        self["Arn"] = filled(topic, "topic")
        super().__init__(events, config_id, prefix_filter_rule, suffix_filter_rule)

    @property
    def topic(self) -> str:
        """The ARN of the topic."""
        return cast("str", self["Arn"])


_TARGETS = ("CloudFunction", "Queue", "Topic")
# In the order of the XML document.
_SECTIONS: dict[str, type[CommonConfig]] = {
    "CloudFunctionConfigurations": CloudFuncConfig,
    "QueueConfigurations": QueueConfig,
    "TopicConfigurations": TopicConfig,
}
_BRIDGE = "EventBridgeConfiguration"
"""An element without content. Only its presence matters."""


_KEYS = (*_SECTIONS, _BRIDGE)


class NotificationConfig(dict[str, Any]):
    """The notification targets of a bucket: a dict of the lists that are not empty, ``{}`` if all are empty.

    Its keys are ``TopicConfigurations``, ``QueueConfigurations`` and ``CloudFunctionConfigurations``. The three list
    attributes are the same lists. An entry that is appended to an empty list is added to the dict when the
    configuration is sent. The key ``EventBridgeConfiguration`` with an empty dict sends all events to Amazon
    EventBridge as well.

    Args:
        cloud_func_config_list: The entries for cloud functions.
        queue_config_list: The entries for queues.
        topic_config_list: The entries for topics.
        event_bridge: Whether all events are also sent to Amazon EventBridge.

    Raises:
        InvalidArgumentTypeError: An entry has the wrong type.
    """

    def __init__(
        self,
        cloud_func_config_list: Iterable[CloudFuncConfig] | None = None,
        queue_config_list: Iterable[QueueConfig] | None = None,
        topic_config_list: Iterable[TopicConfig] | None = None,
        event_bridge: bool = False,
    ) -> None:
        super().__init__()
        self._spare: dict[str, list[Any]] = {}
        given = (cloud_func_config_list, queue_config_list, topic_config_list)
        for (key, cls), items in zip(_SECTIONS.items(), given, strict=True):
            if entries := [expect(item, cls, f"{key}[{index}]") for index, item in enumerate(items or ())]:
                self[key] = entries
        if expect(event_bridge, bool, "event_bridge"):
            self[_BRIDGE] = {}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Create a configuration from the documented dict, which may be empty.

        Raises:
            InvalidArgumentError: The content is invalid; the message names the place.
            InvalidArgumentTypeError: A value in it has the wrong type.
        """
        config = cls()
        for key, items in known(value, "notification", _KEYS).items():
            config[key] = items if key == _BRIDGE else list(expect(items, list, f"notification['{key}']"))
        return config._settled()

    @property
    def cloud_func_config_list(self) -> list[CloudFuncConfig]:
        """The entries for cloud functions."""
        return self._section("CloudFunctionConfigurations")

    @property
    def queue_config_list(self) -> list[QueueConfig]:
        """The entries for queues."""
        return self._section("QueueConfigurations")

    @property
    def topic_config_list(self) -> list[TopicConfig]:
        """The entries for topics."""
        return self._section("TopicConfigurations")

    @property
    def event_bridge(self) -> bool:
        """Whether all events are also sent to Amazon EventBridge."""
        return _BRIDGE in self

    def _section(self, key: str) -> list[Any]:
        self._settled()
        return self.get(key) or self._spare.setdefault(key, [])

    def _settled(self) -> Self:
        """Return this configuration without empty lists, and with plain dicts converted to entries."""
        known(self, "notification", _KEYS)
        if _BRIDGE in self:  # it has no options; S3 only checks its presence
            known(self[_BRIDGE], f"notification['{_BRIDGE}']", ())
        for key, kind in _SECTIONS.items():
            path = f"notification['{key}']"
            entries = expect(self[key] if key in self else self._spare.get(key, []), list, path)
            # Leave instances of the entry classes unchanged: those from a server may have unknown values.
            entries[:] = [
                item if isinstance(item, kind) else kind._from_dict(item, f"{path}[{index}]")
                for index, item in enumerate(entries)
            ]
            # The caller may append to the list, so keep the same list object, inside or outside the dict.
            self.pop(key, None)
            (self if entries else self._spare)[key] = entries
        return self

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the ``NotificationConfiguration`` element.

        Raises:
            UnexpectedXMLError: The configuration has an unknown element.
        """
        check_children(element, _BRIDGE, many=tuple(key.removesuffix("s") for key in _SECTIONS))
        bridge = find(element, _BRIDGE)
        if bridge is not None:
            check_children(bridge)
        config = cls(event_bridge=bridge is not None)
        for key, entry in _SECTIONS.items():
            if entries := [entry.fromxml(item) for item in find_all(element, key.removesuffix("s"))]:
                config[key] = entries
        return config

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the ``NotificationConfiguration`` element."""
        element = sub_element(element, "NotificationConfiguration")
        self._settled()
        for key in _SECTIONS:
            for item in self.get(key, ()):
                item.toxml(element)
        if _BRIDGE in self:
            sub_element(element, _BRIDGE)
        return element


def check_notification(value: object) -> NotificationConfig:
    """Check the argument of `set_bucket_notification`: the documented dict, or a `NotificationConfig`.

    Raises:
        InvalidArgumentError: The content is invalid (the message names the place), or a plain dict has no entry.
        InvalidArgumentTypeError: The argument, or a value in it, has the wrong type.
    """
    if isinstance(value, NotificationConfig):
        return value._settled()
    if not isinstance(value, Mapping):
        kind = type(value).__name__
        raise InvalidArgumentTypeError(f"notification must be a dict or a NotificationConfig, not {kind}")
    config = NotificationConfig.from_dict(value)
    if not config:
        raise InvalidArgumentError("notification must not be empty; remove_all_bucket_notification() removes it")
    return config


def _rule(name: str, rule: FilterRule | None) -> dict[str, str] | None:
    if rule is None:
        return None
    path = f"{name}_filter_rule"
    if expect(rule, FilterRule, path).name != name:
        raise InvalidArgumentError(f"{path} must be a {name} rule, not a {rule.name} rule")
    return {"Name": name, "Value": rule.value}


def _write_rule(element: _Element | None, rule: Mapping[str, str]) -> _Element:
    element = sub_element(element, "FilterRule")
    add_text(element, "Name", rule["Name"])
    add_text(element, "Value", rule["Value"])
    return element


def _read_common(element: _Element) -> tuple[list[str], str | None, list[dict[str, str]]]:
    """Return the events, id and filter rules of an entry."""
    events = [element_text(item) for item in find_all(element, "Event")]
    found = find(element, "Filter")
    rules = [] if found is None else [_read_rule(item) for item in _read_filter(found)]
    return events, find_text(element, "Id") or None, rules


def _read_filter(element: _Element) -> list[_Element]:
    """Return the rules of a filter. Some servers write Key instead of S3Key."""
    check_children(element, "S3Key", "Key")
    if len(element) > 1:
        raise UnexpectedXMLError("<Filter> has both <S3Key> and <Key>")
    return [rule for key in element for rule in check_children(key, many=("FilterRule",))]


def _read_rule(element: _Element) -> dict[str, str]:
    check_children(element, "Name", "Value")
    name = need_text(element, "Name")
    usual = name.lower() in ("prefix", "suffix")
    return {"Name": name.lower() if usual else name, "Value": find_text(element, "Value") or ""}
