"""Providers that read the files of other tools: the credentials and config files of AWS, and mc's config.json."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .._core.display import shows
from .._core.exceptions import InvalidArgumentError
from ._base import CachingProvider, from_fields, read_json
from .credentials import Credentials

if TYPE_CHECKING:
    from configparser import RawConfigParser

_PROCESS_SECONDS = 60

_Stamp: TypeAlias = "tuple[int, int, int] | None"


class _FileProvider(CachingProvider, ABC):
    """A provider that reads its files again when one of them has changed."""

    def __init__(self) -> None:
        super().__init__()
        self._stamps: list[_Stamp] = []

    @abstractmethod
    def _files(self) -> list[Path]:
        """Return the paths of the files, whether or not they exist."""

    def _ready(self) -> Credentials | None:
        ready = super()._ready()
        return ready if ready is not None and self._stamps == _stamps(self._files()) else None

    def _fetch(self) -> Credentials:
        # Recorded even if reading fails: an invalid file is read again when it changes, or after the pause.
        self._stamps = _stamps(self._files())
        return self._read()

    @abstractmethod
    def _read(self) -> Credentials:
        """Read the credentials from the files."""


@shows("filename=_filename", "profile=_profile")
class AWSConfigProvider(_FileProvider):
    """Credentials of a profile in the AWS credentials file, or from the profile's ``credential_process``.

    Args:
        filename: The file. By default AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials; if the profile has no
            credentials there, AWS_CONFIG_FILE or ~/.aws/config is used as well.
        profile: The profile. By default AWS_PROFILE or ``default``.

    Example:
        client = Minio("s3.amazonaws.com", credentials=AWSConfigProvider(profile="backup"))
    """

    def __init__(self, filename: str | None = None, profile: str | None = None) -> None:
        super().__init__()
        self._filename = filename
        self._profile = profile

    def _files(self) -> list[Path]:
        if self._filename:
            return [Path(self._filename)]
        return [
            _path("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
            _path("AWS_CONFIG_FILE", ".aws/config"),
        ]

    def _read(self) -> Credentials:
        profile = self._profile or os.environ.get("AWS_PROFILE") or "default"
        for path in self._files():
            section = _section(path, profile)
            if "aws_access_key_id" in section or "aws_secret_access_key" in section:
                return _keys(section, profile, path)
            if section.get("credential_process"):
                return _run(section["credential_process"], profile)
        places = " or ".join(map(str, self._files()))
        raise InvalidArgumentError(f"no credentials found: {places} has none for profile {profile!r}")


@shows("filename=_filename", "alias=_alias")
class MinioClientConfigProvider(_FileProvider):
    """Credentials of an alias in the configuration of the MinIO client ``mc``.

    Args:
        filename: The file. By default config.json in MC_CONFIG_DIR or ~/.mc (on Windows ~/mc).
        alias: The alias. By default MINIO_ALIAS or ``s3``.
    """

    def __init__(self, filename: str | None = None, alias: str | None = None) -> None:
        super().__init__()
        self._filename = filename
        self._alias = alias

    def _files(self) -> list[Path]:
        return [mc_config(self._filename)]

    def _read(self) -> Credentials:
        path = self._files()[0]
        alias = self._alias or os.environ.get("MINIO_ALIAS") or "s3"
        entry = _aliases(path).get(alias)
        if not isinstance(entry, dict):
            raise InvalidArgumentError(f"no credentials found: {path} has no alias {alias!r}")
        return _entry(entry, f"alias {alias!r} in {path}")


def read_alias(alias: str, filename: str | None = None) -> Mapping[str, Any] | None:
    """Return the entry of an alias in the configuration of mc, or None if the file or the alias does not exist."""
    path = mc_config(filename)
    entry = _aliases(path).get(alias) if filename or path.exists() else None
    return entry if isinstance(entry, dict) else None


def profile_settings(profile: str | None = None) -> dict[str, str]:
    """Return the settings of an AWS profile from both files of AWS, those of the credentials file first.

    `endpoint_url` is the one for S3, if the profile has one. A profile that does not exist has no settings.

    Args:
        profile: The profile. By default AWS_PROFILE or ``default``.

    Raises:
        InvalidArgumentError: A file cannot be read.
    """
    name = profile or os.environ.get("AWS_PROFILE") or "default"
    config = _path("AWS_CONFIG_FILE", ".aws/config")
    found = {**_section(config, name), **_section(_path("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"), name)}
    own = _of_service(_section(config, f"services {found['services']}").get("s3", "")) if "services" in found else {}
    return {**found, **own}


def _of_service(text: str) -> dict[str, str]:
    """Return the settings of one service, which are indented lines in the value of its name."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {name.strip(): value.strip() for name, mark, value in pairs if mark}


def mc_config(filename: str | None = None) -> Path:
    """Return the path of the configuration of mc, whether it exists or not."""
    folder = os.environ.get("MC_CONFIG_DIR") or Path.home() / ("mc" if sys.platform == "win32" else ".mc")
    return Path(filename) if filename else Path(folder) / "config.json"


def _aliases(path: Path) -> Mapping[str, Any]:
    config = read_json(_text(path))
    if config is None:
        raise InvalidArgumentError(f"{path} is not a JSON object")
    # Up to version 9 of its configuration file, mc called aliases "hosts".
    found = config.get("aliases") or config.get("hosts") or {}
    return found if isinstance(found, dict) else {}


def _entry(entry: Mapping[str, Any], where: str) -> Credentials:
    for name in ("accessKey", "secretKey"):
        if not entry.get(name):
            raise InvalidArgumentError(f"no credentials found: {where} has no {name}")
    return Credentials(entry["accessKey"], entry["secretKey"], entry.get("sessionToken") or None)


def _keys(section: Mapping[str, str], profile: str, path: Path) -> Credentials:
    for name in ("aws_access_key_id", "aws_secret_access_key"):
        if not section.get(name):
            raise InvalidArgumentError(f"no credentials found: profile {profile!r} in {path} has no {name}")
    token = section.get("aws_session_token") or section.get("aws_security_token")
    return Credentials(section["aws_access_key_id"], section["aws_secret_access_key"], token or None)


def _section(path: Path, profile: str) -> dict[str, str]:
    """Return the settings of a profile, or an empty dict if the file or the profile does not exist."""
    if not path.exists():
        return {}
    parser = _parse(_text(path))
    if parser is None:
        raise InvalidArgumentError(f"{path} is not a file of [profile] sections with name = value or name: value lines")
    # The section is [profile x] in the AWS config file and [x] in the credentials file.
    for name in (profile, f"profile {profile}"):
        if parser.has_section(name):
            return dict(parser.items(name))
    return {}


def _parse(text: str) -> RawConfigParser | None:
    # Errors from configparser quote the invalid line, which may contain the secret, so they are not propagated.
    import configparser

    parser = configparser.RawConfigParser(
        strict=False, default_section="", delimiters=("=", ":"), inline_comment_prefixes=("#", ";")
    )
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return parser


def _run(command: str, profile: str) -> Credentials:
    """Run the program. It inherits standard error, as with the AWS tools, because it may prompt the user."""
    import shlex
    import subprocess

    name = f"the credential_process of profile {profile!r}"
    try:
        done = subprocess.run(
            shlex.split(command, posix=sys.platform != "win32"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=_PROCESS_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InvalidArgumentError(f"{name} took longer than {_PROCESS_SECONDS} seconds") from None
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(f"{name} cannot be run: {error}") from error
    if done.returncode:
        raise InvalidArgumentError(f"{name} failed with exit code {done.returncode}")
    return _printed(done.stdout, name)


def _printed(output: bytes, name: str) -> Credentials:
    fields = read_json(output)
    if fields is None:
        raise InvalidArgumentError(f"{name} did not print a JSON object")
    if fields.get("Version") != 1:
        raise InvalidArgumentError(f"{name} must print Version 1, not {fields.get('Version')!r}")
    try:
        return from_fields(fields)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f"{name}: {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InvalidArgumentError(f"no credentials found: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise InvalidArgumentError(f"{path} is not UTF-8 text") from None


def _path(variable: str, below_home: str) -> Path:
    given = os.environ.get(variable)
    return Path(given).expanduser() if given else Path.home() / below_home


def _stamps(paths: list[Path]) -> list[_Stamp]:
    return [_stamp(path) for path in paths]


def _stamp(path: Path) -> _Stamp:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size
