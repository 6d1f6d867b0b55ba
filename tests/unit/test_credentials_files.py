"""Credentials in the files of the AWS tools and of mc."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from credential_fakes import (
    SECRET,
    TEMPORARY,
    TOKEN,
    clean_environment,
)

from minio.credentials import (
    AWSConfigProvider,
    Credentials,
    MinioClientConfigProvider,
)
from minio.error import (
    InvalidArgumentError,
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clean_environment(monkeypatch, tmp_path)


AWS_FILE = f"""
# a comment
[default]
aws_access_key_id = DEF
aws_secret_access_key = {SECRET}

[work]
aws_access_key_id=WORK   ; rotated in May
aws_secret_access_key=a%b=c:d#e
aws_session_token={TOKEN}
[half]
aws_access_key_id = HALF
[empty]
region = eu-west-1
"""


@pytest.fixture
def aws_file(tmp_path: Path) -> Path:
    path = tmp_path / ".aws" / "credentials"
    path.parent.mkdir()
    path.write_text(AWS_FILE)
    return path


def test_aws_file_and_profiles(aws_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AWSConfigProvider().retrieve() == Credentials("DEF", SECRET)
    work = Credentials("WORK", "a%b=c:d#e", TOKEN)
    assert AWSConfigProvider(profile="work").retrieve() == work
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert AWSConfigProvider(str(aws_file)).retrieve() == work
    moved = aws_file.rename(aws_file.with_name("other"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(moved))
    assert AWSConfigProvider().retrieve() == work


def test_aws_file_without_credentials(aws_file: Path) -> None:
    for profile, reason in (("half", "aws_secret_access_key"), ("empty", "'empty'"), ("gone", "'gone'")):
        with pytest.raises(ValueError, match=reason) as caught:
            AWSConfigProvider(profile=profile).retrieve()
        assert str(aws_file) in str(caught.value)
    with pytest.raises(ValueError, match="nowhere"):
        AWSConfigProvider("nowhere").retrieve()


@pytest.mark.parametrize("text", [f"aws_secret_access_key = {SECRET}", f"[default]\n{SECRET}\n"])
def test_invalid_aws_file_is_not_quoted(aws_file: Path, text: str) -> None:
    aws_file.write_text(text)
    with pytest.raises(InvalidArgumentError) as caught:
        AWSConfigProvider().retrieve()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize("line", ["{} = {}", "{}={}", "{}: {}", "{}:{}", "{} : {}"])
def test_both_delimiters_of_configuration_files(aws_file: Path, line: str) -> None:
    values = {"aws_access_key_id": "A:B=", "aws_secret_access_key": "se=cr:et", "role_arn": "arn:aws:iam::1:role/r"}
    aws_file.write_text("[default]\n" + "\n".join(line.format(*item) for item in values.items()))
    found = AWSConfigProvider().retrieve()
    assert (found.access_key, found.secret_key) == ("A:B=", "se=cr:et")


def test_changed_file_is_read_again(aws_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    provider = AWSConfigProvider()
    assert provider.retrieve() is provider.retrieve()
    aws_file.write_text("[default]\naws_access_key_id = NEW\naws_secret_access_key = s\n")
    assert provider.retrieve().access_key == "NEW"
    aws_file.write_text("")
    assert provider.retrieve().access_key == provider.retrieve().access_key == "NEW"
    assert len(caplog.records) == 1
    aws_file.write_text("[default]\naws_access_key_id = NEWER\naws_secret_access_key = s\n")
    assert provider.retrieve().access_key == "NEWER"


def test_aws_config_file_has_its_own_section_names(tmp_path: Path, aws_file: Path) -> None:
    text = "[profile sub]\naws_access_key_id = SUB\naws_secret_access_key = s\ns3 =\n  max_queue_size = 9\n"
    (tmp_path / ".aws" / "config").write_text(text)
    assert AWSConfigProvider(profile="sub").retrieve() == Credentials("SUB", "s")
    with pytest.raises(ValueError, match="sub"):
        AWSConfigProvider(str(aws_file), "sub").retrieve()


def process(tmp_path: Path, aws_file: Path, code: str) -> AWSConfigProvider:
    script = tmp_path / "a tool.py"
    script.write_text(code)
    aws_file.write_text(f'[default]\ncredential_process = "{sys.executable}" "{script}" $HOME `id`\n')
    return AWSConfigProvider()


def test_credential_process_runs_without_a_shell(tmp_path: Path, aws_file: Path) -> None:
    fields = {"Version": 1, "AccessKeyId": "TEMP", "SecretAccessKey": SECRET, "SessionToken": TOKEN}
    fields["Expiration"] = "2099-01-02T04:04:05.000+01:00"
    code = (
        "import pathlib, sys\n"
        "assert sys.argv[1:] == ['$HOME', '`id`'], sys.argv\n"
        f"pathlib.Path({str(tmp_path / 'runs')!r}).open('a').write('x')\n"
        f"print({json.dumps(fields)!r})\n"
    )
    provider = process(tmp_path, aws_file, code)
    assert provider.retrieve() == provider.retrieve() == TEMPORARY
    assert (tmp_path / "runs").read_text() == "x"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise SystemExit(3)", "exit code 3"),
        (f"print('{SECRET}')", "JSON"),
        ("print('{\"Version\": 2}')", "Version 1, not 2"),
        (f'print(\'{{"Version": 1, "SecretAccessKey": "{SECRET}"}}\')', "AccessKeyId is missing"),
    ],
)
def test_credential_process_fails(tmp_path: Path, aws_file: Path, code: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        process(tmp_path, aws_file, code).retrieve()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("command", ["/no/such/program", "'unbalanced"])
def test_credential_process_cannot_run(aws_file: Path, command: str) -> None:
    aws_file.write_text(f"[default]\ncredential_process = {command}\n")
    with pytest.raises(InvalidArgumentError, match="cannot be run"):
        AWSConfigProvider().retrieve()


def test_mc_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ("mc" if sys.platform == "win32" else ".mc")
    folder.mkdir()
    path = folder / "config.json"
    aliases = {"s3": {"accessKey": "a", "secretKey": "s"}, "play": {"accessKey": "p", "secretKey": SECRET}}
    path.write_text(json.dumps({"version": "10", "aliases": aliases}))
    assert MinioClientConfigProvider().retrieve() == Credentials("a", "s")
    assert MinioClientConfigProvider(alias="play").retrieve() == Credentials("p", SECRET)
    monkeypatch.setenv("MINIO_ALIAS", "play")
    assert MinioClientConfigProvider().retrieve().access_key == "p"
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"version": "9", "hosts": aliases}))
    assert MinioClientConfigProvider(str(old), "s3").retrieve().access_key == "a"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f'{{"aliases": "{SECRET}', "JSON"),
        ("[]", "JSON"),
        ("{}", "no alias 's3'"),
        ('{"aliases": []}', "no alias 's3'"),
        ('{"aliases": {"s3": {"accessKey": "a"}}}', "secretKey"),
    ],
)
def test_invalid_mc_config(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(InvalidArgumentError, match=reason) as caught:
        MinioClientConfigProvider(str(path)).retrieve()
    assert SECRET not in str(caught.value)
    with pytest.raises(InvalidArgumentError, match=r"gone\.json"):
        MinioClientConfigProvider(str(tmp_path / "gone.json")).retrieve()
