"""What the client signs, used by a real browser: forms, uploads and downloads from a page of another origin."""

from __future__ import annotations

import io
import os
import runpy
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from minio import Minio
from minio.error import NoSuchKey
from minio.post_policy import PostPolicy

from .chromium import Chromium
from .page import Page

CONTENT = os.urandom(300_000)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
STATUS = 'return performance.getEntriesByType("navigation")[0].responseStatus'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "photo & söhne.bin"
    path.write_bytes(CONTENT)
    return path


def make_policy(bucket: str, **options: Any) -> Any:
    policy: Any = PostPolicy()
    policy.set_bucket_name(bucket)
    policy.set_expires(datetime.now(UTC) + options.get("expires", timedelta(hours=1)))
    policy.set_key_startswith("uploads/")
    policy.set_content_length_range(1, options.get("most", 10**6))
    policy.set_content_type("image/png")
    return policy


def submit(browser: Chromium, page: Page, url: str, fields: dict[str, str], file: Path) -> None:
    page.make_form(url, fields)
    browser.open(page.url)
    assert urlsplit(browser.run("return location.href")).netloc != urlsplit(url).netloc
    browser.type("input[type=file]", str(file))
    browser.click("button")


def test_form(browser: Chromium, page: Page, client: Minio, bucket: str, file: Path, keep: Callable[[], None]) -> None:
    policy = make_policy(bucket)
    policy.add_equals_condition("success_action_redirect", page.url)
    url, fields = client.presigned_post_policy(policy)
    fields = {**fields, "key": "uploads/ä b.png", "success_action_redirect": page.url}
    submit(browser, page, url, fields, file)
    browser.wait('return new URLSearchParams(location.search).get("key") === "uploads/ä b.png"')
    keep()
    with client.get_object(bucket, "uploads/ä b.png") as response:
        assert response.read() == CONTENT
        assert response.headers["content-type"] == "image/png"


def test_form_of_7_2(browser: Chromium, page: Page, client: Minio, bucket: str, file: Path) -> None:
    """The newer way: URL, key and other fields are the caller's."""
    policy: Any = PostPolicy(bucket, datetime.now(UTC) + timedelta(hours=1))
    policy.add_equals_condition("key", "my-object")
    policy.add_content_length_range_condition(1, 10**6)
    policy.add_equals_condition("success_action_status", "201")
    fields = {**client.presigned_post_policy(policy), "key": "my-object", "success_action_status": "201"}
    submit(browser, page, f"http://{client._session.endpoint}/{bucket}", fields, file)
    browser.wait(f"{STATUS} === 201")
    assert client.stat_object(bucket, "my-object").size == len(CONTENT)


FORBIDDEN: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "another content type": lambda fields: {**fields, "Content-Type": "text/html"},
    "another prefix": lambda fields: {**fields, "key": "private/x.png"},
    "a prefix that begins alike": lambda fields: {**fields, "key": "uploads"},
    "another policy": lambda fields: {**fields, "policy": fields["policy"][:-8] + "AAAAAAAA"},
    "another signature": lambda fields: {**fields, "x-amz-signature": "0" * 64},
    "no signature": lambda fields: {name: value for name, value in fields.items() if name != "x-amz-signature"},
}


@pytest.mark.parametrize("what", [*FORBIDDEN, "too large", "expired"])
def test_forbidden(
    browser: Chromium, page: Page, client: Minio, bucket: str, file: Path, what: str, keep: Callable[[], None]
) -> None:
    options: dict[str, Any] = {"too large": {"most": len(CONTENT) - 1}, "expired": {"expires": -timedelta(minutes=1)}}
    url, fields = client.presigned_post_policy(make_policy(bucket, **options.get(what, {})))
    fields["key"] = "uploads/x.png"
    submit(browser, page, url, FORBIDDEN.get(what, dict)(fields), file)
    status = browser.wait(f"const status = {STATUS.removeprefix('return ')}; return status !== 200 && status")
    assert 400 <= status < 500
    assert [item.object_name for item in client.list_objects(bucket, recursive=True)] == []


FETCH = """
const [method, url, headers, text] = arguments;
const body = method === "PUT" ? new Blob([text]) : undefined;
try {
    const answer = await fetch(url, {method, headers, body});
    return {status: answer.status, etag: answer.headers.get("etag"), text: await answer.text()};
} catch (error) {
    return {error: String(error)};
}
"""


def fetch(browser: Chromium, method: str, url: str, headers: dict[str, str] | None = None, text: str = "") -> Any:
    return browser.run(
        f"return (async function() {{{FETCH}}}).apply(null, arguments)", method, url, headers or {}, text
    )


@pytest.mark.parametrize("key", ["plain.txt", "with space/ä+%&?#=~.txt"])
def test_put_and_get_by_fetch(browser: Chromium, page: Page, client: Minio, bucket: str, key: str) -> None:
    browser.open(page.url)
    text = "grüße " * 1000
    put = fetch(browser, "PUT", client.presigned_put_object(bucket, key), {"Content-Type": "text/plain"}, text)
    assert put["status"] == 200, put
    found = client.stat_object(bucket, key)
    assert (found.size, found.content_type) == (len(text.encode()), "text/plain")
    assert put["etag"].strip('"') == found.etag
    got = fetch(browser, "GET", client.presigned_get_object(bucket, key))
    assert (got["status"], got["text"]) == (200, text)


def test_the_upload_page_of_the_fastapi_example(
    browser: Chromium, page: Page, client: Minio, bucket: str, file: Path, keep: Callable[[], None]
) -> None:
    """The page of examples/fastapi_app.py, with its script and its progress bar."""
    pytest.importorskip("fastapi")
    page.whole = runpy.run_path(str(EXAMPLES / "fastapi_app.py"))["PAGE"]
    page.sign = lambda key: client.presigned_put_object(bucket, key, expires=600)
    browser.open(page.url)
    browser.run("window.seen = []; new MutationObserver(() => seen.push(bar.value)).observe(bar, {attributes: true})")
    browser.type("input[type=file]", str(file))
    browser.wait('return state.value === "Done"')
    keep()
    assert browser.run("return [bar.value, seen.length > 1]") == [1, True]
    with client.get_object(bucket, file.name) as response:
        assert response.read() == CONTENT

    page.sign = lambda key: client.presigned_put_object("no-such-bucket", key, region="us-east-1")
    browser.open(page.url)
    browser.type("input[type=file]", str(file))
    assert browser.wait('return state.value.startsWith("Error") && state.value')


def test_urls_that_forbid(browser: Chromium, page: Page, client: Minio, bucket: str) -> None:
    client.put_object(bucket, "key", io.BytesIO(b"x"), 1)
    browser.open(page.url)
    get = client.presigned_get_object(bucket, "key", expires=60)
    past = datetime.now(UTC) - timedelta(hours=2)
    for method, url in (
        ("PUT", get),
        ("GET", get.replace("/key?", "/other?")),
        ("GET", get.replace("Expires=60", "Expires=600")),
        ("GET", client.presigned_get_object(bucket, "key", expires=60, request_date=past)),
    ):
        assert fetch(browser, method, url, text="evil")["status"] in (400, 403), (method, url)
    # JuiceFS shows browsers a page of its console there.
    assert fetch(browser, "GET", get.partition("?")[0])["text"] != "x"
    assert fetch(browser, "GET", get)["text"] == "x"


def test_download(browser: Chromium, page: Page, client: Minio, bucket: str, downloads: Path) -> None:
    """A link that the browser saves as a file, under the name that the URL gives."""
    client.put_object(bucket, "a/b/c", io.BytesIO(CONTENT), len(CONTENT), content_type="text/html")
    name = f"grüße {bucket}.bin"
    disposition = (
        f"attachment; filename*=UTF-8''{name.replace('ü', '%C3%BC').replace('ß', '%C3%9F').replace(' ', '%20')}"
    )
    url = client.presigned_get_object(bucket, "a/b/c", response_headers={"response-content-disposition": disposition})
    browser.open(page.url)
    browser.run("const a = document.createElement('a'); a.href = arguments[0]; document.body.append(a); a.click()", url)
    deadline = time.monotonic() + 60
    while not (downloads / name).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (downloads / name).read_bytes() == CONTENT


def test_inline(browser: Chromium, page: Page, client: Minio, bucket: str, keep: Callable[[], None]) -> None:
    client.put_object(bucket, "page", io.BytesIO(b"<h1 id=shown>hello</h1>"), 23)
    url = client.presigned_get_object(
        bucket,
        "page",
        response_headers={"response-content-type": "text/html", "response-content-disposition": "inline"},
    )
    browser.open(url)
    assert browser.run("return document.getElementById('shown').textContent") == "hello"
    keep()


def test_an_object_that_is_not_there(browser: Chromium, page: Page, client: Minio, bucket: str) -> None:
    browser.open(page.url)
    answer = fetch(browser, "GET", client.presigned_get_object(bucket, "nothing"))
    assert answer["status"] == 404
    assert "<Code>NoSuchKey</Code>" in answer["text"]
    with pytest.raises(NoSuchKey):
        client.stat_object(bucket, "nothing")
