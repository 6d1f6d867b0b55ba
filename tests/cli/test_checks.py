"""The checks of the specification of the command line, by their numbers: what data and trust depend on."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from cli.conftest import Put, names_in, wait_for, write_files
from cli.program import Program
from cli.schema import check
from cli.terminal import run_in_terminal
from minio import Minio
from servers.live import LiveServer

MIB = 1 << 20
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


def test_check_01_version_is_fast_and_imports_little(bare: Program) -> None:
    done = bare("--version")
    assert re.fullmatch(r"mio \d+\.\d+\.\d+\S*\n", done.text)
    code = "import sys; from minio.cli.main import main; main(['--version']); print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], env=bare.environ, capture_output=True, text=True, check=True)
    loaded = ended.stdout.splitlines()[-1].split()
    assert [name for name in loaded if name.startswith(("rich", "minio.sync", "minio.aio", "argparse"))] == []


def test_check_02_absent_key_and_empty_prefix(mio: Program, bucket: str) -> None:
    done = mio("ls", f"s3://{bucket}/none.txt", expect=3)
    assert done.output == b""
    done = mio("ls", f"s3://{bucket}/none/")
    assert (done.output, done.errors) == (b"", "")


def test_check_03_absent_bucket(mio: Program) -> None:
    done = mio("ls", "s3://no-such-bucket-here", expect=3)
    assert done.output == b""
    assert len(done.errors.splitlines()) == 1
    assert "no-such-bucket-here" in done.errors


@posix
def test_check_04_closed_pipe_is_silent(mio: Program, put: Put, bucket: str) -> None:
    put(*(f"{number:03}" for number in range(50)))
    done = mio.shell(f"mio ls -r s3://{bucket} | head -1")
    assert len(done.lines) == 1
    assert done.errors == ""
    done = mio.shell(f"(mio find s3://{bucket} -0; echo $? >status) | head -c 1 >&2")
    assert (mio.directory / "status").read_text().strip() in ("0", "141")


@pytest.mark.requires("keys_control")
def test_check_05_null_separates_names(mio: Program, put: Put, bucket: str) -> None:
    names = ["a\nb", "c"]
    put(*names)
    done = mio("ls", "-r0", f"s3://{bucket}")
    assert done.output.decode().split("\0") == [*names, ""]
    assert len(mio("ls", "-r", f"s3://{bucket}").lines) == 2


@posix
def test_check_06_json_under_a_terminal(mio: Program, put: Put, bucket: str) -> None:
    put("a", "b/c")
    done = run_in_terminal(mio, "--json", "ls", "-r", f"s3://{bucket}")
    assert done.status == 0
    for record in done.records:
        check(record)
    assert [record["type"] for record in done.records] == ["object", "object", "summary"]


def test_check_07_copying_twice_gives_the_same_keys(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "d", "x", "y/z")
    for _ in range(2):
        mio("cp", "-r", "d", f"s3://{bucket}/p")
        assert names_in(client, bucket) == ["p/x", "p/y/z"]


def test_check_08_a_prefix_is_a_directory(mio: Program, put: Put, bucket: str) -> None:
    put("a/x", "ab/y")
    mio("cp", "-r", f"s3://{bucket}/a", "out")
    assert files_in(mio.directory / "out") == ["x"]


@pytest.mark.requires("keys_dot_segments")
def test_check_09_keys_never_lead_out_of_the_target(mio: Program, server: LiveServer, put: Put, bucket: str) -> None:
    put("good")
    assert server.raw.request("PUT", f"/{bucket}/x/../../e", body=b"evil").status == 200
    before = files_in(mio.directory.parent)
    done = mio("cp", "-r", f"s3://{bucket}", "out", expect=1)
    assert files_in(mio.directory.parent) == sorted([*before, "work/out/good"])
    assert "x/../../e" in done.errors


@posix
def test_check_10_links_below_the_target_are_not_followed(mio: Program, put: Put, bucket: str) -> None:
    put("l/e", "good")
    (mio.directory / "elsewhere").mkdir()
    (mio.directory / "out").mkdir()
    (mio.directory / "out" / "l").symlink_to(mio.directory / "elsewhere")
    mio("cp", "-r", f"s3://{bucket}", "out", expect=1)
    assert files_in(mio.directory / "elsewhere") == []
    assert (mio.directory / "out" / "good").exists()


@pytest.mark.requires("keys_prefix_of_each_other")
def test_check_11_file_and_directory_of_one_name(mio: Program, put: Put, bucket: str) -> None:
    put("x", "x/y")
    done = mio("cp", "-r", f"s3://{bucket}", "out", expect=1)
    assert len(problems(done.errors)) == 1
    assert files_in(mio.directory / "out") in (["x"], ["x/y"])


@pytest.mark.requires("keys_double_slash")
def test_check_12_double_slashes_are_never_merged(mio: Program, put: Put, bucket: str) -> None:
    put("a/b", "a//b")
    done = mio("cp", "-r", f"s3://{bucket}", "out", expect=1)
    assert files_in(mio.directory / "out") == ["a/b"]
    assert (mio.directory / "out" / "a" / "b").read_bytes() == b"a/b"
    (problem,) = problems(done.errors)
    assert "a//b" in problem


def test_check_13_moving_onto_itself_is_refused(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("k", "d/k")
    here, alias = f"s3://{bucket}/k", f"play/{bucket}/k"
    for source, target in ((here, here), (here, alias), (alias, here), (here, f"s3://play@{bucket}/")):
        mio("mv", source, target, expect=2)
    mio("mv", "-r", f"s3://{bucket}/d", f"play/{bucket}/d/", expect=2)
    mio("mv", "-r", f"s3://{bucket}/d", f"play/{bucket}/d/e", expect=2)
    assert names_in(client, bucket) == ["d/k", "k"]


def test_check_14_empty_source_deletes_nothing(mio: Program, bucket: str) -> None:
    write_files(mio.directory / "full", "a", "b/c")
    mio("sync", "--delete", f"s3://{bucket}/none/", "full", expect=2)
    assert files_in(mio.directory / "full") == ["a", "b/c"]
    mio("sync", "--delete", "absent", f"s3://{bucket}/", expect=2)


def test_check_15_server_that_goes_away_in_a_listing_deletes_nothing(bare: Program) -> None:
    """The first page of the listing arrives, and then the server is gone."""
    write_files(bare.directory / "full", "a", "b", "c")
    page = (
        b'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bkt</Name>'
        b"<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><Contents><Key>a</Key>"
        b"<LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;"
        b"</ETag><Size>1</Size></Contents></ListBucketResult>"
    )
    with OnePage(page) as server:
        done = bare(
            "sync", "--delete", "--max-delete", "100%", "--retries", "0", "s3://bkt/", "full", expect=5,
            AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="secret-key", AWS_REGION="us-east-1",
            AWS_ENDPOINT_URL=server.url,
        )  # fmt: skip
    assert files_in(bare.directory / "full") == ["a", "b", "c"]
    assert done.errors.startswith("mio: sync")


def test_check_16_excluded_names_stay(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("keep/a", "old", "new")
    write_files(mio.directory / "d", "new")
    mio("sync", "--delete", "--exclude", "keep/**", "d", f"s3://{bucket}")
    assert names_in(client, bucket) == ["keep/a", "new"]


def test_check_17_too_many_deletes(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    names = [f"n{number:02}" for number in range(20)]
    put(*names)
    write_files(mio.directory / "d", *names[:8])
    done = mio("sync", "--delete", "d", f"s3://{bucket}", expect=1)
    assert "--max-delete" in done.errors
    assert names_in(client, bucket) == names
    mio("sync", "--delete", "--max-delete", "12", "d", f"s3://{bucket}")
    assert names_in(client, bucket) == names[:8]


def test_check_18_same_size_other_bytes(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put(f=b"old!")
    path = write_files(mio.directory / "d", "f") / "f"
    path.write_bytes(b"new!")
    os.utime(path, (1e9, 1e9))
    mio("sync", "d", f"s3://{bucket}", "--checksum")
    assert client.get_object(bucket, "f").read() == b"new!"
    path.write_bytes(b"bad!")
    os.utime(path, (1e9, 1e9))
    mio("sync", f"s3://{bucket}", "d")
    assert path.read_bytes() == b"new!"


def test_check_19_touched_files_are_not_sent(mio: Program, bucket: str) -> None:
    write_files(mio.directory / "d", "a", "b/c")
    mio("sync", "d", f"s3://{bucket}")
    later = time.time() + 60
    for name in ("a", "b/c"):
        os.utime(mio.directory / "d" / name, (later, later))
    summary = mio("--json", "sync", "d", f"s3://{bucket}").records[-1]
    assert (summary["done"], summary["bytes"]) == (0, 0)


def test_check_20_second_sync_changes_nothing(mio: Program, client: Minio, bucket: str) -> None:
    write_files(mio.directory / "d", "a!x", "a/b", "a-b", "c")
    mio("sync", "--delete", "d", f"s3://{bucket}")
    assert sorted(names_in(client, bucket)) == ["a!x", "a-b", "a/b", "c"]
    summary = mio("--json", "sync", "--delete", "d", f"s3://{bucket}").records[-1]
    assert (summary["done"], summary["deleted"]) == (0, 0)
    assert sorted(names_in(client, bucket)) == ["a!x", "a-b", "a/b", "c"]


@posix
def test_check_22_links_and_special_files(mio: Program, client: Minio, bucket: str, tmp_path: Path) -> None:
    root = write_files(mio.directory / "d", "good")
    (root / "loop").symlink_to(root)
    (root / "broken").symlink_to("nowhere")
    os.mkfifo(root / "pipe")
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        here = os.getcwd()
        os.chdir(root)  # the names of sockets are short
        try:
            listener.bind("sock")
        finally:
            os.chdir(here)
        done = mio("cp", "-r", "d", f"s3://{bucket}")
        warnings = [line for line in done.errors.splitlines() if "warning" not in line and " in " not in line]
        assert len(warnings) == 4, done.errors
        assert names_in(client, bucket) == ["good"]
        excludes = [word for name in ("loop", "broken", "pipe", "sock") for word in ("--exclude", name)]
        done = mio("cp", "-r", *excludes, "d", f"s3://{bucket}")
        assert len(done.errors.splitlines()) == 1
        mio("cp", "-r", "--strict", "d", f"s3://{bucket}", expect=1)


@posix
def test_check_23_a_pipe_stores_only_what_succeeded(mio: Program, client: Minio, bucket: str) -> None:
    mio.shell(f"(printf x; exit 3) | mio pipe s3://{bucket}/k")
    assert client.get_object(bucket, "k").read() == b"x"
    done = mio("pipe", f"s3://{bucket}/other", "--", "sh", "-c", "printf x; exit 3", expect=1)
    assert "exit status 3" in done.errors
    big = f"head -c {20 * MIB} /dev/zero; exit 3"
    mio("pipe", f"s3://{bucket}/big", "--", "sh", "-c", big, expect=1)
    assert names_in(client, bucket) == ["k"]
    assert list(client.list_incomplete_uploads(bucket, recursive=True)) == []


@posix
def test_check_24_interrupted_upload_goes_on(mio: Program, client: Minio, bucket: str) -> None:
    size = 160 * MIB
    with open(mio.directory / "film", "wb") as file:
        file.truncate(size)
    running = mio.start("cp", "--limit-upload", "20MiB", "film", f"s3://{bucket}/film", stderr=subprocess.PIPE)
    wait_for(lambda: any(upload.size >= 20 * MIB for upload in client.list_incomplete_uploads(bucket, recursive=True)))
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert time.monotonic() - began < 4  # two seconds, and room for a busy machine
    assert b"same command" in errors
    done = mio("--debug", "cp", "film", f"s3://{bucket}/film")
    parts = len(re.findall(r"PUT \S*partNumber=", done.errors))
    assert 0 < parts <= (size - 20 * MIB) // (5 * MIB)
    assert client.stat_object(bucket, "film").size == size


@pytest.mark.requires("if_none_match_put")
def test_check_25_one_of_two_stores(mio: Program, client: Minio, bucket: str) -> None:
    (mio.directory / "f").write_bytes(b"x" * 1000)
    running = [
        mio.start("--json", "cp", "-n", "f", f"s3://{bucket}/k", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    outputs = [each.communicate(timeout=60)[0] for each in running]
    assert [each.returncode for each in running] == [0, 0], outputs
    assert sorted(b'"status": "skipped"' in output for output in outputs) == [False, True]


def test_check_26_removal_needs_a_bucket_and_a_yes(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("p/a", "x")
    mio("rm", "-r", "s3:///x", expect=2)
    mio("rm", "-r", "--yes", "play//x", expect=2)
    done = mio("rm", "-r", f"s3://{bucket}/p", expect=2)
    assert "--yes" in done.errors
    mio("rm", f"s3://{bucket}/*", expect=2)
    assert names_in(client, bucket) == ["p/a", "x"]
    mio("rm", "-r", "-y", f"s3://{bucket}/p")
    assert names_in(client, bucket) == ["x"]


def test_check_27_a_key_that_is_a_pattern(mio: Program, put: Put, client: Minio, bucket: str) -> None:
    put("*", "a", "b")
    done = mio("rm", f"s3://{bucket}/*")
    assert "only this one" in done.errors
    assert names_in(client, bucket) == ["a", "b"]


@posix
def test_check_28_secrets_are_no_arguments(bare: Program, server: LiveServer) -> None:
    running = bare.start("alias", "set", "xx", server.url, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdin is not None
    command = Path(f"/proc/{running.pid}/cmdline")
    seen = command.read_bytes() if command.exists() else b""
    running.communicate(f"{server.access_key}\n{server.secret_key}\n".encode(), timeout=60)
    assert running.returncode == 0
    assert server.secret_key.encode() not in seen
    path = Path(bare.environ["HOME"]) / ".mc" / "config.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    done = bare("alias", "ls")
    assert server.secret_key not in done.text or server.secret_key == server.access_key
    bare("alias", "test", "xx")
    with Minio.from_alias("xx", str(path)) as found:
        found.list_buckets()


def test_check_29_progress_in_a_log(mio: Program, bucket: str) -> None:
    write_files(mio.directory / "d", "a", "b")
    done = mio("cp", "-r", "d", f"s3://{bucket}", "--progress")
    assert done.errors
    assert done.errors.endswith("\n")
    assert "\r" not in done.errors
    assert "\x1b" not in done.errors


@pytest.mark.requires("presigned")
def test_check_30_presigned_upload(mio: Program, client: Minio, bucket: str) -> None:
    url = mio("presign", "--method", "PUT", f"s3://{bucket}/k").text.strip()
    with urlopen(Request(url, b"data", {"Content-Type": "application/octet-stream"}, method="PUT")) as response:
        assert response.status == 200
    assert client.get_object(bucket, "k").read() == b"data"
    done = mio("presign", "-v", f"s3://{bucket}/k")
    with urlopen(done.lines[0]) as response:
        assert response.read() == b"data"
    assert done.lines[1].startswith("curl ")


class OnePage:
    """A server that answers one request with a page, and then is gone."""

    def __init__(self, page: bytes) -> None:
        self._page = page
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        self._listener.close()
        with connection:
            connection.recv(65536)
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {len(self._page)}\r\n"
            connection.sendall(f"{head}Connection: close\r\n\r\n".encode() + self._page)

    def __enter__(self) -> OnePage:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()
        self._thread.join(60)


def files_in(root: Path) -> list[str]:
    """The files below a directory, temporary ones included."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def problems(errors: str) -> list[str]:
    """The lines about single items: all but the summary."""
    return [line for line in errors.splitlines() if not re.search(r" in [\d.]+ s$", line)]


@posix
@pytest.mark.timeout(900)
def test_check_21_a_million_objects_need_little_memory(bare: Program) -> None:
    """A dry run of a sync with a million objects, of a server that only lists."""
    with Lister(pages=1000) as server, open(os.devnull, "wb") as nowhere:
        running = bare.start(
            "sync", "--dry-run", "s3://bkt", "out", stdout=nowhere,
            environ={
                "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "secret-key", "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": server.url,
            },
        )  # fmt: skip
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    assert server.listed == 1000
    unit = 1 if sys.platform == "darwin" else 1024
    assert used.ru_maxrss * unit < 150 * MIB


class Lister:
    """A server that lists a bucket with 1,000 objects a page."""

    def __init__(self, pages: int) -> None:
        self.listed = 0
        lister = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                number = int(parse_qs(urlsplit(self.path).query).get("continuation-token", ["0"])[0])
                page = lister.page(number, pages)
                lister.listed = max(lister.listed, number + 1)
                self.send_response(200)
                self.send_header("Content-Type", "application/xml")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    @staticmethod
    def page(number: int, pages: int) -> bytes:
        rest = (
            "</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>&quot;0cc175b9c0f1b6a831c399e269772661"
            "&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )
        items = "".join(f"<Contents><Key>d{number:03}/{each:03}{rest}" for each in range(1000))
        more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{number + 1}</NextContinuationToken>"
        end = more if number + 1 < pages else "<IsTruncated>false</IsTruncated>"
        head = '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bkt</Name>'
        return f"{head}{end}{items}</ListBucketResult>".encode()

    def __enter__(self) -> Lister:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)
