"""Timestamps in each of the S3 formats."""

from __future__ import annotations

import locale
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from minio._core.wire import dates as time
from minio.error import InvalidArgumentError

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# One day away from both ends, so that zone conversions stay within the supported years.
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones)
AT = datetime(2026, 11, 23, 4, 5, 6, 789_000, tzinfo=UTC)


@given(moments)
def test_http_header_round_trip(at: datetime) -> None:
    assert time.from_http_header(time.to_http_header(at)) == at.replace(microsecond=0)


@given(moments)
def test_iso8601_round_trip(at: datetime) -> None:
    text = time.to_iso8601utc(at)
    assert text is not None
    assert len(text) == 24
    read = time.from_iso8601utc(text)
    assert read == at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert read is not None
    assert read.tzinfo is UTC


@given(moments)
def test_forms_agree_with_a_naive_utc_value(at: datetime) -> None:
    naive = at.astimezone(UTC).replace(tzinfo=None)
    for form in (time.to_http_header, time.to_iso8601utc, time.to_amz_date, time.to_signer_date, time.to_float):
        assert form(naive) == form(at)


def test_forms() -> None:
    assert time.to_http_header(AT) == "Mon, 23 Nov 2026 04:05:06 GMT"
    assert time.to_iso8601utc(AT) == "2026-11-23T04:05:06.789Z"
    assert time.to_amz_date(AT) == "20261123T040506Z"
    assert time.to_signer_date(AT) == "20261123"
    assert time.to_float(AT) == AT.timestamp()
    assert time.to_http_header(datetime(33, 4, 3)) == "Sun, 03 Apr 0033 00:00:00 GMT"


def test_other_zone_is_converted() -> None:
    at = datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert time.to_http_header(at) == "Wed, 31 Dec 2025 22:30:00 GMT"
    assert time.to_signer_date(at) == "20251231"


@pytest.mark.parametrize("name", ["de_DE.UTF-8", "zh_CN.UTF-8", "fr_FR.UTF-8"])
def test_locale_does_not_matter(name: str) -> None:
    before = locale.setlocale(locale.LC_TIME)
    try:
        locale.setlocale(locale.LC_TIME, name)
    except locale.Error:
        pytest.skip(f"{name} is not installed")
    try:
        assert time.to_http_header(AT) == "Mon, 23 Nov 2026 04:05:06 GMT"
        assert time.from_http_header("Mon, 23 Nov 2026 04:05:06 GMT") == AT.replace(microsecond=0)
    finally:
        locale.setlocale(locale.LC_TIME, before)


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2026-11-23T00:00:00Z", 0),
        ("2026-11-23T00:00:00+00:00", 0),
        ("2026-11-23T02:00:00+02:00", 0),
        ("2026-11-23T00:00:00", 0),
        ("2026-11-23T00:00:00.1Z", 100_000),
        ("2026-11-23T00:00:00.12Z", 120_000),
        ("2026-11-23T00:00:00.123Z", 123_000),
        ("2026-11-23T00:00:00.1234Z", 123_400),
        ("2026-11-23T00:00:00.12345Z", 123_450),
        ("2026-11-23T00:00:00.123456Z", 123_456),
        ("2026-11-23T00:00:00.1234567Z", 123_456),
        ("2026-11-23T00:00:00.12345678Z", 123_456),
        ("2026-11-23T00:00:00.123456789Z", 123_456),
    ],
)
def test_iso8601_as_servers_write_it(text: str, microsecond: int) -> None:
    assert time.from_iso8601utc(text) == datetime(2026, 11, 23, microsecond=microsecond, tzinfo=UTC)


def test_empty_text_is_none() -> None:
    assert time.from_iso8601utc(None) is None
    assert time.from_iso8601utc("") is None
    assert time.to_iso8601utc(None) is None


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T00:00:00Z", "2026-11-23T00:00:00.Zx"])
def test_bad_iso8601(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="ISO 8601"):
        time.from_iso8601utc(text)


@pytest.mark.parametrize("text", ["Monday, 23-Nov-26 04:05:06 GMT", "Mon, 23 Nov 2026 04:05:06 +0000"])
def test_http_header_in_older_forms(text: str) -> None:
    assert time.from_http_header(text) == datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 99 Nov 2026 04:05:06 GMT", "Mon, 23 Nix 2026 04:05:06 GMT"])
def test_bad_http_header(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="HTTP date"):
        time.from_http_header(text)


def test_now_is_aware() -> None:
    assert time.utcnow().tzinfo is UTC
    assert abs(time.utcnow() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "value", ["Wet, 30 Oct 2024 09:35:00 GMT", "Wed  30 Oct 2024 09:35:00 GMT", "Wed, 30 Oct 2024 09:35:00 GMT ", ""]
)
def test_an_http_date_begins_with_a_weekday(value: str) -> None:
    from minio.time import from_http_header

    with pytest.raises(ValueError, match=r"weekday|not an HTTP date"):
        from_http_header(value)
