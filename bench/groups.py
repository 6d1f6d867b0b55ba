"""The sections of docs/benchmarks.md: which figures belong together, and what a reader must know about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    name: str
    """The file name of the chart, without its suffix."""
    title: str
    figures: tuple[str, ...]
    about: str


GROUPS = (
    Group(
        "calls",
        "Small calls, one after another",
        ("P1",),
        """\
The CPU of a small call depends on where the scheduler puts the client and the server: on two cores, each call wakes
the other core, and the same call costs up to four times as much. So the rows *on one core* pin the null server and the
client to the same core (`os.sched_setaffinity`), which makes them repeatable. The targets apply to these rows. In the
rows *unpinned*, the scheduler chooses, as it does for most programs. obstore and opendal start one worker thread per
core that they may use, so one in the pinned rows.""",
    ),
    Group(
        "concurrency",
        "Small calls, 32 at once",
        ("P2", "P3", "P4", "P12"),
        """\
Programs that make many calls at once should use `AsyncMinio`: see [Threads and the
GIL](#threads-and-the-gil).

P3 is measured in three runs of five rounds, each with new processes, because the rate of a process depends on chance at
its start. The ratio is the median of the three runs' medians. The targets of P4 apply to `AsyncMinio`.

P12 reads all objects of a round with one call of `get_objects`, on the blocking client and in one thread.""",
    ),
    Group(
        "large-files",
        "Large files",
        ("P5", "P6"),
        """\
*Bare sockets* is the least that Python can do: one unsigned GET, `recv_into` and `write` in a loop, nothing verified.
The row *get + readinto* is the same loop with our `get_object`.

In P6, every upload goes to a new bucket, and every download reads the same object. For s5cmd and for *mio*, the command
line of this package, the whole process is measured, because that is how they are used. *Down* ends when the call
returns, and no client waits for the disk. *Down to the disk* ends when the file is on the disk: our client is called
with `durable=True`, which syncs the file and its directory, and for the peers `fsync` is called on the file. The disk
is idle before each transfer.

Each client downloads twice in a row, and the second download counts. Virtual machines return free memory to their host.
A client that writes a file right after another client has to get that memory back, which takes up to four times the CPU
and is outside the client's control.""",
    ),
    Group(
        "slow-link",
        "Slow links",
        ("P7",),
        """\
A simulated link (`bench/slowlink.py`) has a round trip of 20 ms and lets 25 MB/s through each connection in each
direction. *4 at a time* sets the number of parallel parts or ranges to four, also for minio 7.2.20, which can only do
this for uploads. 100 MB/s is then the most that the link carries. *defaults* sets nothing.""",
    ),
    Group(
        "many-files",
        "Many small files",
        ("P16",),
        """\
5,000 files of 4 KiB, all different, go to a new bucket and come from one prefix. Our client calls `fput_object` and
`fget_object` once per file, in 32 tasks (`AsyncMinio`) or 32 threads. s5cmd is one process that copies the whole
directory or `prefix/*`, with its default of 256 workers; its start and its listing count. After each round, the names
and the contents of all files, or the sizes and the MD5s of all objects, are compared.""",
    ),
    Group(
        "directories",
        "Directories",
        ("P11", "P14", "P15"),
        """\
P11 is P16 with twice as many files, in ten directories, and with one call of our client: `upload_directory` and
`download_directory`. *mio* is the command line of this package, with `mio cp -r` and `mio sync`; like that of s5cmd,
its whole process is measured. So are all clients in P14 and P15, ours with the start of the interpreter. P14 is
`plan_sync` and `transfer`, against `s5cmd sync`: both list the prefix and look at each file, and find that nothing has
to be sent. Afterwards, the ETags and times of all objects are compared with those before. P15 is `remove_prefix`,
against `s5cmd rm`. Objects for the next round are stored again in between.""",
    ),
    Group(
        "fsspec",
        "File systems of fsspec",
        ("P18",),
        """\
`pyarrow.parquet.read_table` reads two of twenty columns of a table of 200 MB; the speed counts the bytes of these
columns. `cat` reads 2,000 files of 4 KiB, `find` lists the names and sizes of 100,000 objects. The file systems have
their default settings, and are made anew in each round, so that no listing is remembered.""",
    ),
    Group(
        "listing",
        "Listings",
        ("P8", "P13"),
        """\
obstore lists 1,000 keys at a time, like the others.

P13 is `list_objects_parallel`, against `list_objects`. The server (`bench/listings.py`) makes up the names, and answers
each request 20 ms later. The names are numbered in one directory (*flat*), nearly all in one of several directories
(*skewed*), or random (*uuid*). Client and server share two cores.""",
    ),
    Group(
        "start",
        "Memory and start",
        ("P9", "P10"),
        """\
P9 is one round of `bench/memory.py`: an upload from a stream of unknown length and a download to a file, each in its
own process. P10 is the time of a whole process, in nine rounds. `-S` excludes what other packages of an environment do
at every start, and all modules are compiled beforehand.""",
    ),
)
