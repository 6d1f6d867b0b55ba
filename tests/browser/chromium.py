"""A headless Chromium, driven through chromedriver's plain HTTP (W3C WebDriver): no library needed."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=900,600",
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def missing() -> str | None:
    """What is not installed, None when all is there."""
    if not any(map(shutil.which, _BROWSERS)):
        return "chromium is not installed (Debian: apt-get install chromium chromium-driver)"
    return None if shutil.which("chromedriver") else "chromedriver is not installed (Debian: chromium-driver)"


class BrowserError(Exception):
    """The browser could not do what it was told."""


class Chromium:
    """One browser with a new, empty profile. Use it in a `with` statement.

    Args:
        downloads: Where it puts what it downloads.
    """

    def __init__(self, downloads: Path) -> None:
        self._downloads = downloads
        self._folder = tempfile.TemporaryDirectory(prefix="chromium-")
        self._http = urllib3.PoolManager(retries=False, timeout=60.0)
        self._session = ""

    def __enter__(self) -> Self:
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            self._url = f"http://127.0.0.1:{self._read_port()}/session"
            self._session = self._command("POST", "", {"capabilities": {"alwaysMatch": self._capabilities()}})[
                "sessionId"
            ]
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._command("DELETE", f"/{self._session}")
        finally:
            self._stop()

    def _stop(self) -> None:
        self._driver.terminate()
        self._driver.wait(10)
        if self._driver.stdout is not None:
            self._driver.stdout.close()
        self._http.clear()
        self._folder.cleanup()

    def _read_port(self) -> int:
        assert self._driver.stdout is not None
        for line in self._driver.stdout:
            words = line.replace(".", " ").split()
            if "successfully" in words:
                return int(words[-1])
        raise BrowserError("chromedriver does not start")

    def _capabilities(self) -> dict[str, Any]:
        settings = {"download.default_directory": str(self._downloads), "download.prompt_for_download": False}
        options = {"args": [*FLAGS, f"--user-data-dir={self._folder.name}/profile"], "prefs": settings}
        path = next(found for found in map(shutil.which, _BROWSERS) if found)
        return {"browserName": "chrome", "goog:chromeOptions": {**options, "binary": path}}

    def _command(self, method: str, path: str, body: Any = None) -> Any:
        json = ({} if body is None else body) if method == "POST" else None
        answer = self._http.request(method, self._url + path, json=json)
        value = answer.json()["value"]
        if answer.status != 200:
            raise BrowserError(f"{value['error']}: {value['message']}")
        return value

    def _do(self, path: str, **body: Any) -> Any:
        return self._command("POST", f"/{self._session}/{path}", body)

    def open(self, url: str) -> None:
        """Go to a page and wait until it is there."""
        self._do("url", url=url)

    def find(self, selector: str) -> dict[str, str]:
        """The first element that a CSS selector finds."""
        found: dict[str, str] = self._do("element", using="css selector", value=selector)
        return found

    def type(self, selector: str, text: str) -> None:
        """Type into an element; for a file's one, choose the file of that path."""
        self._do(f"element/{self.find(selector)[_ELEMENT]}/value", text=text)

    def click(self, selector: str) -> None:
        """Click on an element."""
        self._do(f"element/{self.find(selector)[_ELEMENT]}/click")

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a function's body in the page; a promise is awaited."""
        return self._do("execute/sync", script=script, args=list(arguments))

    def screenshot(self, path: Path) -> None:
        """Keep what the window shows, as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self._command("GET", f"/{self._session}/screenshot")))

    def wait(self, script: str, *arguments: Any, seconds: float = 15) -> Any:
        """Run a script until it returns something, and return that."""
        deadline = time.monotonic() + seconds
        while not (found := self.run(script, *arguments)):
            if time.monotonic() > deadline:
                raise BrowserError(f"the page does not come to what was awaited: {script}")
            time.sleep(0.05)
        return found
