"""`mio` beside s5cmd and aws on the same inputs: what is the same, and every row of docs/mio/differences.md.

Each row runs with each program, and says what is to be seen of it, so that the page stays true of all three.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TypeVar

import pytest

from cli.conftest import write_files
from cli.listing import BUCKET, lister, settings_for
from cli.program import Program
from cli.rivals import PROGRAMS, ROOT, World
from minio import Minio
from servers.live import LiveServer, Servers

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the lines are those of a POSIX shell")
ODD = ("a b", "100%", "ä/ö", "quote'\"", "#hash", "semi;colon", "plus+and&", "deep/er/and/deeper", "-dash", "[x]", "~t")
LONG_AGO = (1e9, 1e9)

F = TypeVar("F", bound=Callable[..., None])
TITLES: list[str] = []


def row(*titles: str) -> Callable[[F], F]:
    """Say of which rows of the page a test is."""
    TITLES.extend(titles)
    return lambda function: function


@pytest.fixture(scope="session")
def server(servers: Servers) -> LiveServer:
    """What differs here is not the server."""
    return servers.get("seaweedfs")


@pytest.fixture(params=PROGRAMS)
def world(request: pytest.FixtureRequest, mio: Program, client: Minio, bucket: str) -> World:
    """Each program in turn."""
    return World(request.param, mio, client, bucket)


def test_every_row_is_tested() -> None:
    page = (ROOT / "docs" / "mio" / "differences.md").read_text("utf-8")
    rows = [line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if line.startswith("| ")]
    assert sorted(TITLES) == sorted(title for title in rows if title != "case")


# What is the same


def test_odd_names_and_large_files(world: World, mio: Program) -> None:
    """What one program stores, the other one reads."""
    write_files(world.directory / "d", *ODD)
    (world.directory / "d" / "big").write_bytes(os.urandom(12 << 20))
    expected = {name: (world.directory / "d" / name).read_bytes() for name in world.files("d")}
    mio("cp", "-r", "d", f"s3://{world.bucket}/ours")
    up = world.by("@ cp -r d $B/up", "@ cp d/ $B/up/", "@ cp --recursive d $B/up")
    down = world.by("@ cp -r $B/ours down", "@ cp '$B/ours/*' down/".replace("'", '"'), "@ cp --recursive $B/ours down")
    assert (world.status(up), world.status(down)) == (0, 0)
    mio("cp", "-r", f"s3://{world.bucket}/up", "back")
    for folder in ("down", "back"):
        found = {name: (world.directory / folder / name).read_bytes() for name in world.files(folder)}
        assert found == expected
    assert mio("diff", "--checksum", "d", f"s3://{world.bucket}/up").output == b""


def test_empty_directories_and_streams(world: World) -> None:
    world.write("d/x")
    (world.directory / "d" / "empty").mkdir()
    assert world.status(world.by("@ cp -r d $B", "@ cp d/ $B/", "@ cp --recursive d $B")) == 0
    assert world.status(world.by("@ pipe $B/k </dev/null", "@ pipe $B/k </dev/null", "@ cp - $B/k </dev/null")) == 0
    assert world.keys == ["k", "x"]


def test_excluded_names_stay(world: World) -> None:
    world.put("keep/a", "old")
    world.write("d/new")
    same = "--delete --exclude 'keep/*'"
    assert world.status(world.by(f"@ sync {same} d $B", f"@ sync {same} d/ $B/", f"@ sync {same} d $B")) == 0
    assert world.keys == ["keep/a", "new"]


# Sources that are not there


@row("`sync --delete` from a prefix without objects")
def test_absent_prefix(world: World) -> None:
    world.write("full/f")
    done = world.status(
        world.by("@ sync --delete $B/none/ full", '@ sync --delete "$B/none/*" full/', "@ sync --delete $B/none/ full")
    )
    assert world.files("full") == world.by(["f"], [], [])
    assert done in world.by((2,), (0, 1), (0,))


@row("`sync --delete` from an empty directory")
def test_empty_directory(world: World) -> None:
    world.put("a", "b")
    (world.directory / "d").mkdir()
    done = world.status(world.by("@ sync --delete d $B", "@ sync --delete d/ $B/", "@ sync --delete d $B"))
    assert (done, world.keys) == world.by((2, ["a", "b"]), (0, []), (0, []))


@row("`cp` of a missing file or object")
def test_missing_source(world: World) -> None:
    assert world.status("@ cp none $B/") == world.by(3, 1, 255)
    assert world.status("@ cp $B/none x") == world.by(3, 1, 1)
    assert (world.files(), world.keys) == ([], [])


@row("`ls` of a prefix without objects, `x/`", "`ls` of a key without an object")
def test_nothing_to_list(world: World) -> None:
    assert world.status("@ ls $B") == 0
    done = world.run("@ ls $B/none/")
    assert (done.status, bool(done.errors)) == world.by((0, False), (1, True), (1, False))
    done = world.run("@ ls $B/none")
    assert (done.status, bool(done.errors)) == world.by((3, True), (1, True), (1, False))


@row("`rm` of a pattern or prefix without objects", "`rm` of a key without an object")
def test_nothing_to_remove(world: World) -> None:
    world.put("k")
    done = world.run(world.by("@ rm --yes '$B/none*'", "@ rm '$B/none*'", "@ rm --recursive $B/none").replace("'", '"'))
    assert (done.status, bool(done.errors)) == world.by((3, True), (1, True), (0, False))
    done = world.run("@ rm $B/none")
    assert (done.status, done.output != b"") == world.by((3, False), (0, True), (0, True))
    if world.program == "mio":
        assert world.status("@ rm -f $B/none") == 0
        assert world.status("@ rm -r --yes $B/none") == 3
        assert world.status("@ rm -r --yes $B/none/") == 0
    assert world.keys == ["k"]


@row("no server at the address", "wrong keys")
def test_what_a_status_tells(world: World) -> None:
    line = world.by("@ ls --retries 0 $B", "@ ls $B", "@ ls $B").replace("ls", "--retry-count 0 ls", 1)
    line = line if world.program == "s5cmd" else line.replace("--retry-count 0 ", "")
    nobody = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    assert world.status(line, **nobody) in world.by((5,), (1,), (1, 255))
    assert world.status("@ ls $B", AWS_SECRET_ACCESS_KEY="wrong-secret") in world.by((4,), (1,), (1, 254, 255))


# Moving and removing


@row("`mv` of an object onto itself", "`mv` of a prefix onto itself")
def test_move_onto_itself(world: World) -> None:
    world.put("k")
    assert (world.status("@ mv $B/k $B/k"), world.keys) == world.by((2, ["k"]), (0, []), (255, ["k"]))
    world.put("d/k")
    world.client.remove_object(world.bucket, "k")
    line = world.by("@ mv -r $B/d $B/d/", '@ mv "$B/d/*" $B/d/', "@ mv --recursive $B/d $B/d/")
    assert (world.status(line), world.keys) == world.by((2, ["d/k"]), (0, []), (1, ["d/k"]))


@row("`rm -r` or `rm` of a pattern without a terminal")
def test_removal_without_a_question(world: World) -> None:
    world.put("a", "b")
    line = world.by("@ rm -r $B", '@ rm "$B/*"', "@ rm --recursive $B")
    assert (world.status(line), world.keys) == world.by((2, ["a", "b"]), (0, []), (0, []))
    if world.program == "mio":
        assert (world.status('@ rm "$B/*"'), world.keys) == (2, ["a", "b"])


@row("`rm 's3://b/*'` where an object is named `*`")
def test_object_that_is_named_like_a_pattern(world: World) -> None:
    world.put("*", "a", "b")
    done = world.run('@ rm "$B/*"')
    assert (done.status, world.keys) == world.by((0, ["a", "b"]), (0, []), (0, ["a", "b"]))
    assert ("only this one" in done.errors) == (world.program == "mio")


@row("`rm` below a prefix with an object `p/`")
def test_object_that_is_a_directory(world: World) -> None:
    world.put("p/", "p/x")
    assert world.status(world.by("@ rm -r --yes $B/p", '@ rm "$B/p/*"', "@ rm --recursive $B/p")) == 0
    left = [item.object_name for item in world.client.list_objects(world.bucket, recursive=True)]
    assert left == world.by([], ["p/"], [])


# Comparing


@row("files with a new time and the old content")
def test_touched_file(world: World) -> None:
    world.write("d/a")
    line = world.by("@ sync -v d $B", "@ sync d/ $B/", "@ sync d $B")
    assert world.status(line) == 0
    first = world.client.stat_object(world.bucket, "a").last_modified.timestamp()
    os.utime(world.directory / "d" / "a", (first + 60, first + 60))
    done = world.run(line)
    sent = any(word in done.text for word in ("cp d/a", "upload: d/a")) and "same content" not in done.text
    assert (done.status, sent) == world.by((0, False), (0, True), (0, True))


@row("upload, same size, other bytes, older time")
def test_other_bytes_of_the_same_size_are_sent(world: World) -> None:
    world.put(f=b"old!")
    world.write("d/f")
    (world.directory / "d" / "f").write_bytes(b"new!")
    os.utime(world.directory / "d" / "f", LONG_AGO)
    assert world.status(world.by("@ sync --checksum d $B", "@ sync d/ $B/", "@ sync --exact-timestamps d $B")) == 0
    assert world.client.get_object(world.bucket, "f").read() == world.by(b"new!", b"old!", b"old!")


@row("download, same size, other bytes, newer time")
def test_other_bytes_of_the_same_size_are_fetched(world: World) -> None:
    world.put(f=b"new!")
    world.write("d/f")
    (world.directory / "d" / "f").write_bytes(b"old!")
    os.utime(world.directory / "d" / "f", (4e9, 4e9))
    assert world.status(world.by("@ sync $B d", '@ sync "$B/*" d/', "@ sync $B d")) == 0
    assert (world.directory / "d" / "f").read_bytes() == world.by(b"new!", b"old!", b"new!")


@row("`cp` with patterns in a row: `--exclude '*' --include '*.txt'`", "`cp --include '*.txt'` alone")
def test_patterns(world: World) -> None:
    world.write("d/a.txt", "d/b.jpg")
    line = world.by("@ cp -r {} d $B", "@ cp {} d/ $B/", "@ cp --recursive {} d $B")
    assert world.status(line.format("--exclude '*' --include '*.txt'")) == 0
    assert world.keys == world.by(["a.txt"], [], ["a.txt"])
    assert world.status(line.format("--include '*.txt'")) == 0
    assert world.keys == world.by(["a.txt"], ["a.txt"], ["a.txt", "b.jpg"])


# Local files


@row("a broken link", "a link to a directory above it", "a named pipe in a directory")
@pytest.mark.parametrize("what", ["broken", "loop", "pipe"])
def test_links_and_pipes(what: str, world: World) -> None:
    world.write("d/good")
    path = world.directory / "d" / what
    if what == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("nowhere" if what == "broken" else world.directory / "d")
    done = world.run(world.by("@ cp -r d $B", "@ cp d/ $B/", "@ cp --recursive d $B"))
    stored = {"broken": (1, 0, 1), "loop": (1, 41, 41), "pipe": (1, 1, 1)}[what]
    assert (done.status, len(world.keys)) == world.by((0, stored[0]), (1, stored[1]), (2, stored[2]))
    assert what in done.errors
    if world.program == "mio":
        assert world.status("@ cp -r --strict d $B") == 1


@row("keys `x` and `x/y`, downloaded")
def test_file_and_directory_of_one_name(world: World) -> None:
    world.put("x", "x/y")
    line = world.by("@ cp -r $B out", '@ cp "$B/*" out/', "@ cp --recursive $B out")
    assert world.status(line) == 1
    found = world.files("out")
    assert len(found) == world.by(1, 2, 1) or world.program == "s5cmd"
    assert world.program != "mio" or found == ["x"]


@row("a key with `..`, downloaded", "keys `a/b` and `a//b`, downloaded")
def test_keys_that_lead_elsewhere(world: World) -> None:
    line = world.by("@ cp -r s3://{} out", "@ cp 's3://{}/*' out/", "@ cp --recursive s3://{} out").format(BUCKET)
    with lister(lambda number: ["x/../../e", "zzz"], 1) as server:
        status = world.status(line, **settings_for(server))
    assert (status, world.files()) == world.by((1, ["out/zzz"]), (0, ["e", "out/zzz"]), (2, ["out/zzz"]))
    with lister(lambda number: ["a//b", "a/b"], 1) as server:
        done = world.run(line, **settings_for(server))
    assert (done.status, "a//b" in done.errors) == world.by((1, True), (0, False), (0, False))
    assert world.files("out") == ["a/b", "zzz"]


# Streams and output


@row("a program that fails, in a pipe")
def test_half_of_a_stream(world: World) -> None:
    """The others cannot see that what wrote the stream has failed."""
    half = "sh -c 'printf half; exit 3'"
    line = world.by(f"@ pipe $B/k -- {half}", f"{half} | @ pipe $B/k", f"{half} | @ cp - $B/k")
    assert (world.status(line), world.keys) == world.by((1, []), (0, ["k"]), (0, ["k"]))


@row("a line feed in a key, listed")
def test_line_feed_in_a_key(world: World) -> None:
    world.put("a\nb")
    assert len(world.run("@ ls $B").lines) == world.by(1, 2, 2)
    if world.program == "mio":
        assert world.run("@ ls -0 $B").output == b"a\nb\0"


@row("`ls` into `head -1`")
def test_closed_pipe(world: World) -> None:
    world.put.many(*(f"{number:03}-{'n' * 200}" for number in range(600)))
    line = world.by("@ ls -r $B", '@ ls "$B/*"', "@ ls --recursive $B")
    done = world.run(f"({line}; echo $? >status) | head -1")
    status = (world.directory / "status").read_text().strip()
    # How the others end depends on where they were when the pipe was closed.
    assert (status, done.errors) == ("141", "") or world.program != "mio"
    world.client.remove_prefix(world.bucket, "", whole_bucket=True)


@row("a transfer with standard output in a pipe")
def test_transfers_are_quiet(world: World) -> None:
    world.write("d/a", "d/b")
    done = world.run(world.by("@ cp -r d $B", "@ cp d/ $B/", "@ cp --recursive d $B"))
    assert len(re.findall(r"(?<!\w)d/[ab]", done.text)) in world.by((0,), (2,), (2,))
    assert ("Completed" in done.text) == (world.program == "aws")
