"""Conditions of a copy are headers."""

from __future__ import annotations

import locale
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from minio.copy_conditions import CopyConditions
from minio.error import InvalidArgumentError

PREFIX = "X-Amz-Copy-Source-If-"


def test_all_conditions_combine() -> None:
    conditions = CopyConditions()
    conditions.set_modified_since(datetime(2014, 4, 1, 12, 30, 59))
    conditions.set_unmodified_since(datetime(2014, 4, 1, 12, 30, 59, 999999, tzinfo=timezone(timedelta(hours=-5))))
    conditions.set_match_etag("31624deb84149d2f8ef9c385918b653a")
    conditions.set_match_etag_except('"abc"')
    assert conditions == {
        f"{PREFIX}Modified-Since": "Tue, 01 Apr 2014 12:30:59 GMT",
        f"{PREFIX}Unmodified-Since": "Tue, 01 Apr 2014 17:30:59 GMT",
        f"{PREFIX}Match": "31624deb84149d2f8ef9c385918b653a",
        f"{PREFIX}None-Match": '"abc"',
    }


def test_conditions_are_a_mapping() -> None:
    conditions = CopyConditions()
    assert not conditions
    conditions[f"{PREFIX}Match"] = "a"
    assert (len(conditions), list(conditions), conditions[f"{PREFIX}Match"]) == (1, [f"{PREFIX}Match"], "a")
    assert repr(conditions) == "CopyConditions({'X-Amz-Copy-Source-If-Match': 'a'})"
    del conditions[f"{PREFIX}Match"]
    assert dict(conditions) == {}
    with pytest.raises(KeyError):
        conditions[f"{PREFIX}Match"]


def test_last_of_a_kind_wins() -> None:
    conditions = CopyConditions()
    conditions.set_match_etag("a")
    conditions.set_match_etag("b")
    assert dict(conditions) == {f"{PREFIX}Match": "b"}


@pytest.mark.parametrize("name", ["set_match_etag", "set_match_etag_except"])
def test_etags_are_checked(name: str) -> None:
    conditions = CopyConditions()
    method: Any = getattr(conditions, name)
    for blank in ("", "  "):
        with pytest.raises(ValueError, match="etag"):
            method(blank)
    for other in (None, 1, b"etag"):
        with pytest.raises(TypeError, match="etag"):
            method(other)
    with pytest.raises(InvalidArgumentError, match="control"):
        method("a\r\nHost: b")
    assert not conditions


@pytest.mark.parametrize("name", ["set_modified_since", "set_unmodified_since"])
def test_times_are_checked(name: str) -> None:
    method: Any = getattr(CopyConditions(), name)
    for other in (None, 1396310400, "2014-04-01", datetime(2014, 4, 1).date()):
        with pytest.raises(TypeError, match="mod_time"):
            method(other)


def test_locale_does_not_matter() -> None:
    before = locale.setlocale(locale.LC_TIME)
    found = False
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "ja_JP.UTF-8", "C.UTF-8"):
        try:
            locale.setlocale(locale.LC_TIME, name)
        except locale.Error:
            continue
        found = True
        try:
            conditions = CopyConditions()
            conditions.set_modified_since(datetime(2014, 3, 4, tzinfo=UTC))
            assert list(conditions.values()) == ["Tue, 04 Mar 2014 00:00:00 GMT"]
        finally:
            locale.setlocale(locale.LC_TIME, before)
    if not found:
        pytest.skip("no other locale is installed")
