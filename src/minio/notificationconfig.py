"""Which events of a bucket are told to whom (S3: PutBucketNotificationConfiguration).

A configuration is a dict, and so is each entry in it; their attributes show the same content under other names. So
code that writes dicts and code that builds objects may hand either to the other.

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

from ._core.wire.fields import add_text, enter, need_text, seek, seek_all, seek_text
from ._notificationdict import entry_id, event_names, expect, filled, filter_rules, known, rule_name, texts
from .error import InvalidArgumentError, InvalidArgumentTypeError

if TYPE_CHECKING:
    from lxml.etree import _Element

P = ParamSpec("P")


@dataclass(frozen=True)
class FilterRule:
    """A condition on the object's name.

    Args:
        name: ``prefix`` or ``suffix``, in any case.
        value: What the object's name begins or ends with.

    Raises:
        InvalidArgumentError: If the name is another one.
        InvalidArgumentTypeError: If one of them is not a str.
    """

    name: str
    value: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", rule_name(self.name, "name"))
        expect(self.value, str, "value")

    @classmethod
    def fromxml(cls, element: _Element) -> FilterRule:
        """Read ``FilterRule``."""
        return FilterRule(need_text(element, "Name"), seek_text(element, "Value") or "")

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``FilterRule``."""
        return _write_rule(element, {"Name": self.name, "Value": self.value})


class PrefixFilterRule(FilterRule):
    """What the object's name begins with."""

    def __init__(self, value: str) -> None:
        super().__init__("prefix", value)


class SuffixFilterRule(FilterRule):
    """What the object's name ends with."""

    def __init__(self, value: str) -> None:
        super().__init__("suffix", value)


class CommonConfig(dict[str, Any]):
    """What the entries of all three kinds have in common: ``Id``, ``Events`` and ``Filter``; they add ``Arn``.

    Args:
        events: Names of events, such as ``s3:ObjectCreated:*``; at least one.
        config_id: Identifies the entry within the bucket; the server makes one up when it is missing.
        prefix_filter_rule: What the object's name has to begin with.
        suffix_filter_rule: What the object's name has to end with.

    Raises:
        InvalidArgumentError: If there are no events.
        InvalidArgumentTypeError: If an argument is of the wrong type.
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
        """The names of the events."""
        return cast("list[str]", self["Events"])

    @property
    def config_id(self) -> str | None:
        """What identifies the entry within the bucket."""
        return self.get("Id")

    @property
    def prefix_filter_rule(self) -> PrefixFilterRule | None:
        """What the object's name has to begin with."""
        value = self._filter_value("prefix")
        return None if value is None else PrefixFilterRule(value)

    @property
    def suffix_filter_rule(self) -> SuffixFilterRule | None:
        """What the object's name has to end with."""
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
        """Read events, id, prefix rule and suffix rule of an entry."""
        config = CommonConfig._made("", *_read_common(element))
        return config.events, config.config_id, config.prefix_filter_rule, config.suffix_filter_rule

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read the entry."""
        return cls._made(need_text(element, cls._NAME) if cls._NAME else "", *_read_common(element))

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write the entry."""
        element = enter(element, f"{self._NAME}Configuration")
        add_text(element, "Id", self.config_id)
        if self._NAME:
            add_text(element, self._NAME, self["Arn"])
        for event in self.events:
            add_text(element, "Event", event)
        if rules := self._rules():
            key = enter(enter(element, "Filter"), "S3Key")
            for rule in rules:
                _write_rule(key, rule)
        return element


def _arn_first(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Let the ARN come first, too, as it did in most releases of 7.2: a str is never a list of events."""

    def decorate(init: Callable[P, None]) -> Callable[P, None]:
        @wraps(init)
        def either(*args: Any, **kwargs: Any) -> None:
            if len(args) > 1 and isinstance(args[1], str) and name not in kwargs:
                kwargs[name], args = args[1], (args[0], *args[2:])
            init(*args, **kwargs)

        return either

    return decorate


class CloudFuncConfig(CommonConfig):
    """Events that are told to a cloud function.

    Args:
        events, config_id, prefix_filter_rule, suffix_filter_rule: As `CommonConfig` has them.
        cloud_func: The function's ARN. It may also be given as the first argument.

    Raises:
        InvalidArgumentError: If the ARN or the events are missing.
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
        """The function's ARN."""
        return cast("str", self["Arn"])


class QueueConfig(CommonConfig):
    """Events that are told to a queue.

    Args:
        events, config_id, prefix_filter_rule, suffix_filter_rule: As `CommonConfig` has them.
        queue: The queue's ARN. It may also be given as the first argument.

    Raises:
        InvalidArgumentError: If the ARN or the events are missing.
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
        """The queue's ARN."""
        return cast("str", self["Arn"])


class TopicConfig(CommonConfig):
    """Events that are told to a topic.

    Args:
        events, config_id, prefix_filter_rule, suffix_filter_rule: As `CommonConfig` has them.
        topic: The topic's ARN. It may also be given as the first argument.

    Raises:
        InvalidArgumentError: If the ARN or the events are missing.
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
        """The topic's ARN."""
        return cast("str", self["Arn"])


# In the order of the document that is sent.
_SECTIONS: dict[str, type[CommonConfig]] = {
    "CloudFunctionConfigurations": CloudFuncConfig,
    "QueueConfigurations": QueueConfig,
    "TopicConfigurations": TopicConfig,
}


class NotificationConfig(dict[str, list[Any]]):
    """The notifications of a bucket: a dict of the lists that are not empty, ``{}`` when there are none.

    Its keys are ``TopicConfigurations``, ``QueueConfigurations`` and ``CloudFunctionConfigurations``. The three list
    attributes are the same lists; what is appended to an empty one is in the dict once the configuration is sent.

    Args:
        cloud_func_config_list: Entries for cloud functions.
        queue_config_list: Entries for queues.
        topic_config_list: Entries for topics.

    Raises:
        InvalidArgumentTypeError: If an entry is of the wrong type.
    """

    def __init__(
        self,
        cloud_func_config_list: Iterable[CloudFuncConfig] | None = None,
        queue_config_list: Iterable[QueueConfig] | None = None,
        topic_config_list: Iterable[TopicConfig] | None = None,
    ) -> None:
        super().__init__()
        self._spare: dict[str, list[Any]] = {}
        given = (cloud_func_config_list, queue_config_list, topic_config_list)
        for (key, cls), items in zip(_SECTIONS.items(), given, strict=True):
            if entries := [expect(item, cls, f"{key}[{index}]") for index, item in enumerate(items or ())]:
                self[key] = entries

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Take a configuration as the documented dict, which may be empty.

        Raises:
            InvalidArgumentError: If something in it is wrong; the message says where.
            InvalidArgumentTypeError: If something in it is of the wrong type.
        """
        config = cls()
        for key, items in known(value, "notification", tuple(_SECTIONS)).items():
            config[key] = list(expect(items, list, f"notification['{key}']"))
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

    def _section(self, key: str) -> list[Any]:
        self._settled()
        return self.get(key) or self._spare.setdefault(key, [])

    def _settled(self) -> Self:
        """This, with entries that were written as plain dicts made entries of their kind, and without empty lists."""
        known(self, "notification", tuple(_SECTIONS))
        for key, kind in _SECTIONS.items():
            path = f"notification['{key}']"
            entries = expect(self[key] if key in self else self._spare.get(key, []), list, path)
            # An entry of our own kind is left as it is: a server's may hold what is not known here.
            entries[:] = [
                item if isinstance(item, kind) else kind._from_dict(item, f"{path}[{index}]")
                for index, item in enumerate(entries)
            ]
            # Whoever holds the list may append to it, so it stays the same list, in the dict or beside it.
            self.pop(key, None)
            (self if entries else self._spare)[key] = entries
        return self

    @classmethod
    def fromxml(cls, element: _Element) -> Self:
        """Read ``NotificationConfiguration``."""
        config = cls()
        for key, entry in _SECTIONS.items():
            if entries := [entry.fromxml(item) for item in seek_all(element, key.removesuffix("s"))]:
                config[key] = entries
        return config

    def toxml(self, element: _Element | None = None) -> _Element:
        """Write ``NotificationConfiguration``."""
        element = enter(element, "NotificationConfiguration")
        self._settled()
        for key in _SECTIONS:
            for item in self.get(key, ()):
                item.toxml(element)
        return element


def check_notification(value: object) -> NotificationConfig:
    """Take what `set_bucket_notification` is given: the documented dict, or a `NotificationConfig`.

    Raises:
        InvalidArgumentError: If something in it is wrong, the message says where, or if a plain dict holds no entry.
        InvalidArgumentTypeError: If it, or something in it, is of the wrong type.
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
    element = enter(element, "FilterRule")
    add_text(element, "Name", rule["Name"])
    add_text(element, "Value", rule["Value"])
    return element


def _read_common(element: _Element) -> tuple[list[str], str | None, list[dict[str, str]]]:
    """Events, id and filter rules of an entry. Some servers call S3Key just Key."""
    events = [item.text or "" for item in seek_all(element, "Event")]
    found = seek(element, "Filter")
    key = None if found is None else _first(seek(found, "S3Key"), seek(found, "Key"))
    rules = [] if key is None else [_read_rule(item) for item in seek_all(key, "FilterRule")]
    return events, seek_text(element, "Id") or None, rules


def _first(*elements: _Element | None) -> _Element | None:
    return next((item for item in elements if item is not None), None)


def _read_rule(element: _Element) -> dict[str, str]:
    name = need_text(element, "Name")
    usual = name.lower() in ("prefix", "suffix")
    return {"Name": name.lower() if usual else name, "Value": seek_text(element, "Value") or ""}
