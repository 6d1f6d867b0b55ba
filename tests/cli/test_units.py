"""The pure parts: addresses, wildcards, sizes and times, settings, aliases, connections, output."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from minio._core.printable import printable
from minio._core.transfer.directory.patterns import Rules
from minio._transfers import Stored, Writing, upload
from minio.cli import aliases, connections, formats, parsing, progress, registry, wildcards
from minio.cli.addresses import Address, Local, Remote, Stream, is_path, parse
from minio.cli.commands import ls
from minio.cli.connections import Wishes, resolve
from minio.cli.context import Context
from minio.cli.errors import NoCredentials, UsageProblem, explain, in_flags
from minio.cli.output import Output
from minio.cli.table import NAME, SIZE, TIME
from minio.datatypes import ObjectWriteResult
from minio.directories import TransferProgress
from minio.error import InvalidPathError, InvalidSizeError, MissingFileError, NoSuchKey, TransportError
from minio.helpers import HTTPHeaderDict

ALIASES = {"play", "C-drive"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://b/k", Remote(None, "b", "k")),
        ("S3://b/k", Remote(None, "b", "k")),
        ("s3://b", Remote(None, "b")),
        ("s3://b/", Remote(None, "b")),
        ("s3://", Remote(None)),
        ("s3://play@b/k", Remote("play", "b", "k")),
        ("s3://play@", Remote("play")),
        ("s3://b/a//b/./../%41", Remote(None, "b", "a//b/./../%41")),
        ("s3://b//k", Remote(None, "b", "/k")),
        ("s3://b/me@home", Remote(None, "b", "me@home")),
        ("play/b/k", Remote("play", "b", "k")),
        ("play/b", Remote("play", "b")),
        ("play/", Remote("play")),
        ("play", Remote("play")),
        ("plays/b/k", Local("plays/b/k")),
        ("-", Stream()),
        ("./play/b", Local("./play/b")),
        ("../x", Local("../x")),
        ("/x", Local("/x")),
        ("~/x", Local("~/x")),
        (".", Local(".")),
        ("x", Local("x")),
        ("C:\\x", Local("C:\\x")),
        ("C:/x", Local("C:/x")),
        ("c:", Local("c:")),
        ("\\\\server\\share\\x", Local("\\\\server\\share\\x")),
        ("..\\x", Local("..\\x")),
        (".\\play\\b", Local(".\\play\\b")),
        ("C-drive/b", Remote("C-drive", "b")),
    ],
)
def test_addresses(text: str, expected: Address) -> None:
    assert parse(text, ALIASES) == expected


@pytest.mark.parametrize("text", ["s3:///k", "s3:///", "s3://@b/k", "s3://play@/k", "play//k", ""])
def test_addresses_without_a_bucket_are_refused(text: str) -> None:
    with pytest.raises(UsageProblem):
        parse(text, ALIASES)


def test_alias_that_is_also_a_directory_is_refused() -> None:
    with pytest.raises(UsageProblem) as caught:
        parse("play/b/k", ALIASES, lambda path: path == "play")
    assert "s3://play@b/k" in caught.value.hint
    assert "./play/b/k" in caught.value.hint
    assert parse("s3://play@b/k", ALIASES, lambda path: True) == Remote("play", "b", "k")
    assert parse("./play/b/k", ALIASES, lambda path: True) == Local("./play/b/k")


def test_one_letter_is_a_drive_and_no_alias() -> None:
    assert parse("C/b", {"C"}) == Local("C/b")
    with pytest.raises(UsageProblem):
        aliases.check_name("C")


@given(
    st.sampled_from([None, "play"]),
    st.from_regex(r"[a-z0-9][a-z0-9.-]{1,10}[a-z0-9]", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_output_is_input(alias: str | None, bucket: str, key: str) -> None:
    """An address that is printed means the same object, whatever aliases and files there are."""
    place = Remote(alias, bucket, key)
    assert parse(str(place), ALIASES, lambda path: True) == place


@given(st.text())
def test_every_text_is_an_address_or_refused(text: str) -> None:
    try:
        found = parse(text, ALIASES)
    except UsageProblem:
        return
    assert isinstance(found, (Remote, Local, Stream))
    assert not (is_path(text) and isinstance(found, Remote)) or text.startswith("s3")


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*", ["a", "a.b"], ["a/b", "a/"]),
        ("a/*", ["a/b"], ["a/b/c", "ab"]),
        ("a**", ["a", "ab", "a/b/c"], ["ba"]),
        ("**", ["a", "a/b"], []),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/x/c", "ab", "a/xb"]),
        ("**/b", ["b", "a/b", "a/x/b"], ["ab", "b/a"]),
        ("a/**/**/b", ["a/b", "a/x/b"], ["ab"]),
        ("x**y", ["xy", "xay", "x/a/y", "xa/by"], ["xya"]),
        ("a?c", ["abc"], ["a/c", "ac"]),
        ("a[bc]", ["ab", "ac"], ["ad"]),
        ("a[!bc]", ["ad"], ["ab", "a/"]),
        ("a[]x]", ["a]", "ax"], ["ay"]),
        ("a.c", ["a.c"], ["abc"]),
        ("a[[]", ["a["], ["aa"]),
    ],
)
def test_wildcards(pattern: str, matching: list[str], others: list[str]) -> None:
    matches = wildcards.matcher(pattern)
    assert [name for name in matching if not matches(name)] == []
    assert [name for name in others if matches(name)] == []


def test_wildcard_without_an_end_is_refused() -> None:
    with pytest.raises(UsageProblem):
        wildcards.matcher("a[b")


SEGMENTS = st.text("ab*?x \\", min_size=1, max_size=4)
PATTERNS = st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join)
KEYS = st.lists(st.text("abx \\", min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)


@given(PATTERNS, KEYS)
def test_rules_select_what_the_pattern_selects(pattern: str, key: str) -> None:
    """The pattern, and the rules of gitignore that a transfer gets instead of it, select the same keys."""
    if not wildcards.is_pattern(pattern):
        return
    matches = wildcards.matcher(pattern)(key)
    if matches:
        assert key.startswith(wildcards.fixed(pattern))
    root = wildcards.root(pattern)
    include = wildcards.rules(pattern)
    if key.startswith(root) and len(key) > len(root):
        assert Rules.of(include).selects(key[len(root) :]) == matches, include


def test_sizes() -> None:
    assert [formats.size(each) for each in (0, 999, 1023, 1 << 20, 123 << 20, 5 << 40)] == [
        "0 B", "999 B", "1.0 KiB", "1.0 MiB", "123 MiB", "5.0 TiB",
    ]  # fmt: skip
    assert [formats.parse_size(each) for each in ("5", "5K", "5KiB", "5kb", "1.5M", "5MiB/s")] == [
        5, 5120, 5120, 5120, 1572864, 5 << 20,
    ]  # fmt: skip
    for wrong in ("", "x", "5X", "-1", "1 2"):
        with pytest.raises(UsageProblem):
            formats.parse_size(wrong)


def test_durations() -> None:
    assert [formats.parse_duration(each) for each in ("90", "90s", "1h30m", "7d", "1.5h")] == [
        90, 90, 5400, 604800, 5400,
    ]  # fmt: skip
    for wrong in ("", "x", "5 apples", "h"):
        with pytest.raises(UsageProblem):
            formats.parse_duration(wrong)
    assert formats.parse_age("1h") == timedelta(hours=1)
    assert formats.parse_age("2024-05-01T12:00:00Z") == datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_suggestions() -> None:
    assert registry.suggestions("snyc")[0] == "sync"
    assert registry.suggestions("mirro") == ["sync"]
    assert registry.suggestions("qqqqqq") == []
    assert registry.find("mirror") is registry.COMMANDS["sync"]


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in list(os.environ):
        if name.startswith(("AWS_", "MINIO_", "MC_", "S3_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


def test_aliases_keep_what_mc_has_written(clean: Path) -> None:
    path = clean / ("mc" if os.name == "nt" else ".mc") / "config.json"
    path.parent.mkdir()
    old = {"version": "10", "extra": 1, "aliases": {"a1": {"url": "http://a", "accessKey": "k", "new": True}}}
    path.write_text(json.dumps(old))
    aliases.store("b2", {"url": "http://b", "accessKey": "x", "secretKey": "y"})
    aliases.store("a1", {"url": "http://c"})
    found = json.loads(path.read_text())
    assert found["extra"] == 1
    assert found["version"] == "10"
    assert found["aliases"]["a1"] == {"url": "http://c", "accessKey": "k", "new": True}
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert aliases.remove("b2")
    assert not aliases.remove("b2")
    assert [entry.name for entry in aliases.entries()] == ["a1"]
    assert [each.name for each in path.parent.iterdir()] == ["config.json"]


def test_new_keys_do_not_keep_what_belonged_to_the_old_ones(clean: Path) -> None:
    path = aliases.path_of()
    path.parent.mkdir()
    entry = {"url": "http://a", "accessKey": "old", "secretKey": "old-secret", "sessionToken": "stale", "new": True}
    path.write_text(json.dumps({"version": "10", "aliases": {"a1": entry}}))
    aliases.store("a1", {"url": "http://a", "accessKey": "k", "secretKey": "secret-key"})
    assert json.loads(path.read_text())["aliases"]["a1"] == {
        "url": "http://a", "accessKey": "k", "secretKey": "secret-key", "new": True,
    }  # fmt: skip
    assert not resolve("a1", Wishes()).options.get("session_token")


def test_broken_alias_file_is_never_replaced(clean: Path) -> None:
    path = aliases.path_of()
    path.parent.mkdir()
    path.write_text("{ not json")
    with pytest.raises(UsageProblem):
        aliases.store("b2", {"url": "http://b"})
    assert path.read_text() == "{ not json"
    with pytest.raises(UsageProblem):
        aliases.names()


def keys_of(connection: connections.Connection) -> tuple[str, str]:
    options = connection.options
    if options.get("credentials"):
        return connection.endpoint, options["credentials"].retrieve().access_key
    return connection.endpoint, options["access_key"]


def test_precedence(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source is used when all that come before it are gone."""
    config = clean / ".aws"
    config.mkdir()
    (config / "credentials").write_text("[default]\naws_access_key_id = of-profile\naws_secret_access_key = s\n")
    (config / "config").write_text("[default]\nendpoint_url = http://profile:9000\nregion = here\n")
    aliases.store("home", {"url": "http://home:9000", "accessKey": "of-alias", "secretKey": "secret"})
    steps = [
        ("AWS_ACCESS_KEY_ID", "of-aws"), ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ENDPOINT_URL_S3", "http://one"), ("AWS_ENDPOINT_URL", "http://two"), ("S3_ENDPOINT_URL", "http://three"),
        ("MINIO_ENDPOINT", "http://four"), ("MINIO_ACCESS_KEY", "of-minio"), ("MINIO_SECRET_KEY", "secret"),
    ]  # fmt: skip
    for name, value in steps:
        monkeypatch.setenv(name, value)

    def found() -> tuple[str, str]:
        return keys_of(resolve(None, Wishes(), "home"))

    assert keys_of(resolve(None, Wishes(endpoint_url="http://flag"), "home")) == ("http://flag", "of-aws")
    assert found() == ("http://one", "of-aws")
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    assert found() == ("http://two", "of-aws")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert found() == ("http://three", "of-aws")
    monkeypatch.delenv("S3_ENDPOINT_URL")
    assert found() == ("http://profile:9000", "of-aws"), "keys of AWS must not go to MINIO_ENDPOINT"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert found() == ("http://four", "of-minio")
    for name in ("MINIO_ENDPOINT", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"):
        monkeypatch.delenv(name)
    assert found() == ("http://home:9000", "of-alias")
    connection = resolve(None, Wishes())
    assert keys_of(connection) == ("http://profile:9000", "of-profile")
    assert connection.options["region"] == "here"
    (config / "credentials").unlink()
    (config / "config").unlink()
    with pytest.raises(NoCredentials):
        resolve(None, Wishes())


def test_variable_of_an_alias_comes_before_the_file(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aliases.store("home", {"url": "http://home:9000", "accessKey": "of-file", "secretKey": "secret"})
    assert keys_of(resolve("home", Wishes())) == ("http://home:9000", "of-file")
    monkeypatch.setenv("MC_HOST_home", "http://of-variable:secret@other:9000")
    assert keys_of(resolve("home", Wishes())) == ("http://other:9000", "of-variable")
    with pytest.raises(UsageProblem):
        resolve("nowhere", Wishes())


def test_nothing_is_anonymous_by_itself(clean: Path) -> None:
    aliases.store("open", {"url": "http://home:9000", "accessKey": "", "secretKey": ""})
    with pytest.raises(NoCredentials):
        resolve("open", Wishes())
    options = resolve("open", Wishes(no_sign_request=True)).options
    assert not options.get("credentials")
    assert not options.get("access_key")


def test_no_keys_go_to_the_server_of_the_profile(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without keys, a request goes where it would go with them, and never to AWS instead."""
    (clean / ".aws").mkdir()
    (clean / ".aws" / "config").write_text(
        "[default]\nendpoint_url = http://profile:9000\nregion = here\n"
        "[profile work]\nendpoint_url = http://work:9000\nsso_session = s\n"
    )
    found = resolve(None, Wishes(no_sign_request=True))
    assert (found.endpoint, found.options) == ("http://profile:9000", {"region": "here"})
    assert found.sources["region"] == "AWS profile default"
    monkeypatch.setenv("AWS_REGION", "there")
    for flags in ({}, {"profile": "work"}):
        assert resolve(None, Wishes(no_sign_request=True, **flags)).sources["region"] == "AWS_REGION"
    assert resolve(None, Wishes(no_sign_request=True, profile="work"), "home").endpoint == "http://work:9000"
    with pytest.raises(UsageProblem):
        resolve(None, Wishes(no_sign_request=True, profile="absent"))
    (clean / ".aws" / "credentials").write_text("[default]\naws_access_key_id = k\naws_secret_access_key = s\n")
    assert resolve(None, Wishes()).sources["region"] == "AWS_REGION"


def test_keys_of_aws_go_where_the_profile_leads(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clean / ".aws").mkdir()
    (clean / ".aws" / "config").write_text(
        "[default]\nendpoint_url = http://profile:9000\nregion = here\n"
        "[profile work]\nendpoint_url = http://work:9000\nignore_configured_endpoint_urls = true\nregion = there\n"
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-aws")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    found = resolve(None, Wishes())
    assert keys_of(found) == ("http://profile:9000", "of-aws")
    assert found.options["region"] == "here"
    assert found.sources == {
        "endpoint": "AWS profile default", "keys": "AWS_ACCESS_KEY_ID", "region": "AWS profile default",
    }  # fmt: skip
    monkeypatch.setenv("AWS_PROFILE", "work")
    found = resolve(None, Wishes())
    assert (found.endpoint, found.options["region"]) == ("https://s3.amazonaws.com", "there")
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://variable:9000")
    assert resolve(None, Wishes()).endpoint == "http://variable:9000"
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    for wishes in (Wishes(), Wishes(no_sign_request=True)):
        assert resolve(None, wishes).endpoint == "https://s3.amazonaws.com"
        assert resolve(None, wishes).sources["endpoint"] == "AWS"
    monkeypatch.setenv("S3_ENDPOINT_URL", "http://ours:9000")
    assert resolve(None, Wishes()).endpoint == "http://ours:9000"


@pytest.mark.parametrize("config", ["[default\nbroken", "[default]\nregion = here\n"])
def test_files_of_aws_are_read_only_if_they_are_needed(
    clean: Path, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    (clean / ".aws").mkdir()
    (clean / ".aws" / "config").write_text(config)
    monkeypatch.setenv("AWS_PROFILE", "gone")
    endpoint = "http://flag:9000"
    assert resolve(None, Wishes(endpoint_url=endpoint, no_sign_request=True)).endpoint == endpoint
    with pytest.raises(UsageProblem):
        resolve(None, Wishes(no_sign_request=True))
    with pytest.raises(UsageProblem):
        resolve(None, Wishes(endpoint_url=endpoint, no_sign_request=True, profile="gone"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-aws")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert keys_of(resolve(None, Wishes(endpoint_url=endpoint))) == (endpoint, "of-aws")


def test_profile_with_sso_is_told_what_to_do(clean: Path) -> None:
    (clean / ".aws").mkdir()
    (clean / ".aws" / "config").write_text("[profile work]\nsso_session = s\nregion = r\n")
    with pytest.raises(NoCredentials) as caught:
        resolve(None, Wishes(profile="work"))
    assert "aws configure export-credentials" in caught.value.hint


def test_endpoint_of_a_service_section(clean: Path) -> None:
    (clean / ".aws").mkdir()
    (clean / ".aws" / "config").write_text(
        "[profile work]\nservices = mine\naws_access_key_id = kkk\naws_secret_access_key = secret\n"
        "[services mine]\ns3 =\n  endpoint_url = http://special:9000\n"
    )
    assert keys_of(resolve(None, Wishes(profile="work"))) == ("http://special:9000", "kkk")


def test_errors_have_the_names_of_flags() -> None:
    assert in_flags("more than max_delete allows; delete=True") == "more than --max-delete allows; --delete"
    assert in_flags("its authority goes into ca_certs") == "its authority goes into --ca-bundle"
    assert explain(MissingFileError("no")).exit_status == 3
    assert explain(TransportError("gone")).exit_status == 5
    assert explain(NoSuchKey(None, "NoSuchKey", "no", None, None, None)).exit_status == 3
    assert explain(PermissionError(13, "denied", "x")).text == "x: denied"
    name = "a\udcff"
    assert in_flags(f"file_path {name!r} does not exist") == rf"the file '{printable(name)}' does not exist"
    assert printable(name) == r"a\377"
    assert in_flags(repr(r"a\udcff")) == repr(r"a\udcff"), "a name that has these characters"
    for error in (InvalidPathError("no"), InvalidSizeError("it became shorter")):
        assert explain(error).exit_status == 1


@pytest.mark.parametrize("debug", [False, True])
def test_the_log_of_the_library_stays_off_standard_error(debug: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("minio")
    monkeypatch.setattr(logger, "handlers", [])
    environ = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    command = registry.find("ls")
    assert command is not None
    arguments, _ = parsing.parse(command, ls, ["--debug"] if debug else [], {})
    context = Context(arguments, Output(), {})
    context.reader(context.remote("s3://bucket"))
    context.close()
    assert bool(logger.handlers) is not debug


class Growing:
    """A client that is sent a file of which another program writes more, in the first uploads."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.conditions: list[str | None] = []

    def object_exists(self, bucket: str, key: str) -> bool:
        return False

    def fput_object(self, bucket: str, key: str, path: str, **options: Any) -> ObjectWriteResult:
        self.conditions.append(options["if_none_match"])
        size = os.path.getsize(path)
        options["progress"].set_meta(key, size)
        options["progress"].update(size)
        if len(self.conditions) <= self.times:
            with open(path, "ab") as file:
                file.write(b"more")
            os.utime(path, (len(self.conditions), len(self.conditions)))
        return ObjectWriteResult(bucket, key, None, "etag", HTTPHeaderDict())


def test_a_file_that_grows_is_tried_once_more(tmp_path: Path) -> None:
    """The size is that of what was sent."""
    path = tmp_path / "log"
    shown = progress.Progress(Output())
    for no_clobber, conditions in ((False, [None, None]), (True, ["*", None])):
        path.write_bytes(b"begun")
        client: Any = Growing(1)
        stored = upload(client, str(path), "b", "k", Writing(no_clobber=no_clobber), shown)
        assert stored == Stored(9, "etag", None)
        assert client.conditions == conditions
    client = Growing(2)
    path.write_bytes(b"begun")
    with pytest.raises(InvalidSizeError, match="changed while it was being read"):
        upload(client, str(path), "b", "k", Writing(), shown)
    assert client.conditions == [None, None]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def row_of(stream: io.StringIO, **options: bool) -> str:
    output = Output("ls", stdout=stream, stderr=io.StringIO(), **options)  # type: ignore[arg-type]
    moment = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
    output.row((TIME, SIZE, NAME), (moment, 1536, "a\nb\x1b[31m"))
    return stream.getvalue()


def test_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert row_of(io.StringIO()) == "2024-05-01T12:30:00Z\t1536\ta\\x0ab\\x1b[31m\n"
    assert re.fullmatch(r"2024-05-0\d \d\d:\d\d     1.5 KiB  a\\x0ab\\x1b\[31m\n", row_of(Terminal()))
    assert row_of(io.StringIO(), null=True) == "a\nb\x1b[31m\0"
    assert row_of(io.StringIO(), json=True) == ""


def test_progress_lines_are_plain() -> None:
    errors = io.StringIO()
    lines = progress.Lines(Output("cp", stdout=io.StringIO(), stderr=errors), every=0)
    with lines:
        lines.on_progress(TransferProgress(1 << 20, 4 << 20, 1, 4, True))
    text = errors.getvalue()
    assert "1/4 items, 1.0 MiB of 4.0 MiB" in text
    assert "\r" not in text
    assert "\x1b" not in text


def test_progress_that_stands_still_has_no_time_left() -> None:
    shown = progress.Progress(Output("cp", stdout=io.StringIO(), stderr=io.StringIO()))
    shown._began -= 10
    shown.on_progress(TransferProgress(5, 10, 1, 2, True))
    shown._samples.clear()
    shown._samples.append((shown._began, 5))
    assert shown.rate == 0
    assert shown.text() == "1/2 items, 5 B of 10 B, 0 B/s"


def test_no_color_keeps_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    output = Output("cp", stdout=Terminal(), stderr=Terminal())
    assert output.style("x", "error", error=True) == "x"
    assert isinstance(progress.make(output, None), progress.Bar)
    assert type(progress.make(output, False)) is progress.Progress
