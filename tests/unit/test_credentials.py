"""Credentials, how they are cached and renewed, and the providers without I/O: static, environment, chain."""

from __future__ import annotations

import logging
import pickle
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from credential_fakes import (
    SECRET,
    TOKEN,
    clean_environment,
)
from hypothesis import given, strategies as st

import minio.credentials
import minio.credentials.credentials
import minio.credentials.providers
from minio.credentials import (
    AssumeRoleProvider,
    ChainedProvider,
    Credentials,
    EnvAWSProvider,
    EnvMinioProvider,
    Provider,
    StaticProvider,
)
from minio.credentials._base import CachingProvider
from minio.error import (
    InvalidArgumentError,
    InvalidArgumentTypeError,
    TransportError,
)

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean_environment(monkeypatch, tmp_path)


def test_secret_is_never_shown() -> None:
    keys = Credentials("access", SECRET, TOKEN, NOW)
    for text in (repr(keys), str(keys), f"{keys}"):
        assert "access" in text
        assert SECRET not in text
        assert TOKEN not in text


def test_attributes_equality_pickle() -> None:
    keys = Credentials("a", "s", "t", NOW)
    assert (keys.access_key, keys.secret_key, keys.session_token, keys.expiration) == ("a", "s", "t", NOW)
    assert keys == pickle.loads(pickle.dumps(keys)) == Credentials("a", "s", "t", NOW)
    assert hash(keys) == hash(Credentials("a", "s", "t", NOW))
    assert keys != Credentials("a", "s", "t")
    with pytest.raises(AttributeError):
        keys.secret_key = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("", "s"), "access_key"),
        (("a", ""), "secret_key"),
        (("a\n", "s"), "access_key"),
        (("a", "s", "t\r\nX: y"), "session_token"),
        ((None, "s"), "access_key"),
        (("a", b"s"), "secret_key"),
        (("a", "s", 1), "session_token"),
        (("a", "s", None, "2030-01-01"), "expiration"),
    ],
)
def test_bad_credentials(arguments: tuple[Any, ...], name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=name) as caught:
        Credentials(*arguments)
    assert isinstance(caught.value, ValueError)


def test_expiry_has_a_margin() -> None:
    keys = Credentials("a", "s", None, NOW)
    assert not keys.is_expired(NOW - timedelta(seconds=10, microseconds=1))
    assert keys.is_expired(NOW - timedelta(seconds=10))
    assert keys.is_expired(NOW + timedelta(days=1))
    assert not Credentials("a", "s").is_expired(NOW)


def test_expiry_uses_the_system_clock() -> None:
    now = datetime.now(UTC)
    assert not Credentials("a", "s", None, now + timedelta(minutes=1)).is_expired()
    assert Credentials("a", "s", None, now + timedelta(seconds=5)).is_expired()


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-14, 14))
def test_expiration_is_kept_in_utc(moment: datetime, hours: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    kept = Credentials("a", "s", None, aware).expiration
    assert kept == aware
    assert kept.tzinfo is UTC
    assert Credentials("a", "s", None, moment).expiration == moment.replace(tzinfo=UTC)


class Scripted(CachingProvider):
    """Returns what the test specifies, at the time that the test specifies."""

    def __init__(self, *answers: Credentials | Exception) -> None:
        super().__init__()
        self.answers = list(answers)
        self.now = NOW
        self.fetched = 0
        self.gate: threading.Event | None = None

    def _clock(self) -> datetime:
        return self.now

    def _fetch(self) -> Credentials:
        self.fetched += 1
        if self.gate is not None:
            assert self.gate.wait(60)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def lasting(name: str, **life: float) -> Credentials:
    return Credentials(name, SECRET, TOKEN, NOW + timedelta(**life))


def test_fetched_once_until_shortly_before_expiration() -> None:
    provider = Scripted(lasting("one", hours=1), lasting("two", hours=2))
    assert provider._ready() is None
    assert provider.retrieve() is provider.retrieve() is provider._ready()
    provider.now = NOW + timedelta(minutes=54)
    assert provider.retrieve().access_key == "one"
    assert provider.fetched == 1
    provider.now = NOW + timedelta(minutes=55)
    assert provider._ready() is None
    assert provider.retrieve().access_key == "two"
    assert provider.fetched == 2


def test_short_lived_credentials_are_not_fetched_at_every_call() -> None:
    provider = Scripted(lasting("one", seconds=60))
    for second in range(44):
        provider.now = NOW + timedelta(seconds=second)
        assert provider.retrieve().access_key == "one"
    assert provider.fetched == 1


def test_credentials_without_expiration_are_kept() -> None:
    provider = Scripted(Credentials("one", SECRET))
    provider.retrieve()
    provider.now = NOW + timedelta(days=9999)
    assert provider.retrieve().access_key == "one"


def test_failed_renewal_keeps_the_old_credentials_and_warns(caplog: pytest.LogCaptureFixture) -> None:
    provider = Scripted(lasting("one", hours=1), TransportError("no way there"), lasting("two", hours=2))
    provider.retrieve()
    provider.now = NOW + timedelta(minutes=56)
    with caplog.at_level(logging.WARNING, "minio"):
        assert provider.retrieve().access_key == "one"
        assert provider.retrieve().access_key == "one"
    assert provider.fetched == 2
    (record,) = caplog.records
    assert record.name == "minio"
    assert record.levelno == logging.WARNING
    assert "Scripted" in record.getMessage()
    assert "no way there" in record.getMessage()
    assert SECRET not in caplog.text
    assert TOKEN not in caplog.text
    provider.now += timedelta(seconds=30)
    assert provider.retrieve().access_key == "two"


def test_failed_renewal_of_expired_credentials_is_an_error() -> None:
    provider = Scripted(lasting("one", hours=1), TransportError("no way there"), lasting("two", hours=2))
    provider.retrieve()
    provider.now = NOW + timedelta(hours=1, seconds=-10)
    with pytest.raises(TransportError, match="no way there"):
        provider.retrieve()
    assert provider.retrieve().access_key == "two"


def test_pause_after_a_failure_ends_before_expiration() -> None:
    provider = Scripted(lasting("one", hours=1), TransportError("no"), lasting("two", hours=2))
    provider.retrieve()
    provider.now = NOW + timedelta(minutes=59, seconds=45)
    assert provider.retrieve().access_key == "one"
    provider.now = NOW + timedelta(minutes=59, seconds=50)
    assert provider.retrieve().access_key == "two"


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_many_threads_make_one_fetch() -> None:
    provider = Scripted(lasting("one", hours=1))
    provider.gate = threading.Event()
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(provider.retrieve) for _ in range(8)]
        until(lambda: provider.fetched == 1)
        time.sleep(0.02)
        provider.gate.set()
        assert {future.result(10).access_key for future in futures} == {"one"}
    assert provider.fetched == 1


def test_others_continue_while_one_renews() -> None:
    provider = Scripted(lasting("one", hours=1), lasting("two", hours=2))
    provider.retrieve()
    provider.now = NOW + timedelta(minutes=56)
    provider.gate = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(provider.retrieve)
        until(lambda: provider.fetched == 2)
        assert provider.retrieve().access_key == "one"
        provider.gate.set()
        assert renewing.result(10).access_key == "two"
    assert provider.fetched == 2


def test_providers_pickle() -> None:
    provider = AssumeRoleProvider(sts_endpoint="http://h", access_key="a", secret_key="s")
    again = pickle.loads(pickle.dumps(provider))
    assert again._form == provider._form
    assert again._lock is not provider._lock
    chain = pickle.loads(pickle.dumps(ChainedProvider([EnvMinioProvider(), StaticProvider("a", "s")])))
    assert chain.retrieve().access_key == "a"


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
def test_forked_child_does_not_wait_for_a_lock_of_its_parent() -> None:
    provider = Scripted(lasting("one", hours=1))
    provider._lock.acquire()
    provider._pid -= 1  # as in a child after its parent was forked
    assert provider.retrieve().access_key == "one"


def test_static() -> None:
    assert StaticProvider("a", "s", "t").retrieve() == Credentials("a", "s", "t")
    with pytest.raises(ValueError, match="secret_key"):
        StaticProvider("a", "")


def test_env_minio(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = EnvMinioProvider()
    with pytest.raises(ValueError, match="MINIO_ACCESS_KEY"):
        provider.retrieve()
    monkeypatch.setenv("MINIO_ACCESS_KEY", "a\n")
    with pytest.raises(ValueError, match="MINIO_SECRET_KEY"):
        provider.retrieve()
    monkeypatch.setenv("MINIO_SECRET_KEY", "s")
    assert provider.retrieve() == Credentials("a", "s")


def test_env_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = EnvAWSProvider()
    with pytest.raises(ValueError, match="AWS_ACCESS_KEY_ID or AWS_ACCESS_KEY"):
        provider.retrieve()
    monkeypatch.setenv("AWS_ACCESS_KEY", "old")
    with pytest.raises(ValueError, match="AWS_SECRET_ACCESS_KEY or AWS_SECRET_KEY"):
        provider.retrieve()
    monkeypatch.setenv("AWS_SECRET_KEY", "s-old")
    assert provider.retrieve() == Credentials("old", "s-old")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    assert provider.retrieve() == Credentials("a", "s", "t")


class Switched(Provider):
    """A provider of a user that does not call the base class constructor."""

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self.name, self.error, self.calls = name, error, 0

    def retrieve(self) -> Credentials:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return Credentials(self.name, "s")


def test_chain_remembers_the_working_provider() -> None:
    first, second = Switched("first", ValueError("none here")), Switched("second")
    chain = ChainedProvider([first, second])
    assert chain.retrieve().access_key == chain.retrieve().access_key == "second"
    assert (first.calls, second.calls) == (1, 2)
    second.error, first.error = OSError("gone"), None
    assert chain.retrieve().access_key == chain.retrieve().access_key == "first"


def test_chain_reports_all_reasons() -> None:
    chain = ChainedProvider([EnvMinioProvider(), Switched("x", OSError("disk on fire"))])
    with pytest.raises(InvalidArgumentError) as caught:
        chain.retrieve()
    assert "EnvMinioProvider: the environment variable MINIO_ACCESS_KEY is not set" in str(caught.value)
    assert "Switched: disk on fire" in str(caught.value)
    assert isinstance(caught.value.__cause__, ExceptionGroup)
    assert len(caught.value.__cause__.exceptions) == 2


def test_chain_does_not_swallow_bugs() -> None:
    with pytest.raises(ZeroDivisionError):
        ChainedProvider([Switched("x", ZeroDivisionError()), Switched("y")]).retrieve()


def test_empty_chain() -> None:
    with pytest.raises(InvalidArgumentError, match="empty"):
        ChainedProvider([])
    with pytest.raises(InvalidArgumentTypeError, match="Provider"):
        ChainedProvider(["a"])  # type: ignore[list-item]


def test_provider_is_abstract() -> None:
    with pytest.raises(TypeError):
        Provider()  # type: ignore[abstract]


def test_exported_names() -> None:
    names = set(minio.credentials.__all__)
    assert names - {"Credentials"} == set(minio.credentials.providers.__all__)
    for name in names - {"Credentials"}:
        assert getattr(minio.credentials, name) is getattr(minio.credentials.providers, name)
    assert minio.credentials.credentials.Credentials is Credentials


def test_importing_is_cheap() -> None:
    import subprocess

    code = "import sys, minio.credentials; print({'urllib3', 'lxml', 'configparser', 'ssl'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
