"""P5 to P7: large objects, uploaded from and downloaded to files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from ..crew import Crew, Member, Record, Sample, rotated
from ..nullserver import LARGE, make_large
from ..result import CPU_PER_MIB, SPEED, Work, cpu_per_mib, megabytes, series_of
from ..site import OURS, Site
from ..slowlink import SlowLink
from .calls import BOTO3, MINIO7, OBSTORE

BARE, READINTO, CRT, S5CMD = "bare sockets", "ours, get + readinto", "boto3[crt]", "s5cmd"
MIO = "mio"
FGET = "ours, fget_object"
FOUR, AS_IT_COMES = "ours, 4 at a time", "ours, defaults"
LINK_MILLISECONDS, LINK_MEGABYTES, LINK_WORKERS = 20, 25, 4
PEERS = (MINIO7, BOTO3, CRT, OBSTORE, S5CMD)
P6_TARGETS: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "up": (dict.fromkeys(PEERS, 1.0), dict.fromkeys(PEERS, 1.0)),
    "down": (dict.fromkeys(PEERS, 1.0) | {MINIO7: 0.95}, dict.fromkeys(PEERS, 1.0) | {MINIO7: 1.2}),
    "down to the disk": (dict.fromkeys(PEERS, 1.0), {}),
}
"""The targets of the speed and of the CPU."""
_KEY = "large"


def p5(site: Site) -> list[Work]:
    """Measure the download of one large object into a file, from the null server."""
    members = [
        Member(FGET, "ours"),
        Member(BARE, "bare"),
        Member(READINTO, "ours", {"way": "readinto"}),
        Member(OBSTORE, "obstore_"),
        Member(MINIO7, "minio7"),
    ]
    path = str(site.root / "p5")
    command = {"work": "download", "key": _KEY, "path": path, "digest": site.null.large_digest, "twice": True}
    with Crew(members, endpoint=site.null.endpoint) as crew:
        records = crew.rounds(site.rounds, command)
    name = f"{LARGE >> 20} MiB down"
    speed = Work("P5", name, SPEED, series_of(records, megabytes))
    cpu = Work("P5", f"{name}, CPU", CPU_PER_MIB, series_of(records, cpu_per_mib))
    for ours in (FGET, READINTO):
        speed.compare(ours, {BARE: 0.9, MINIO7: 0.9, OBSTORE: 1.3})
        cpu.compare(ours, {BARE: 1.2}, [MINIO7, OBSTORE])
    return [speed, cpu]


def p6(site: Site) -> list[Work]:
    """Measure the upload of a large file to a real server, and its download."""
    members = [
        Member(OURS, "ours"),
        Member(MINIO7, "minio7"),
        Member(BOTO3, "boto"),
        Member(CRT, "boto", {"crt": True}),
        Member(OBSTORE, "obstore_"),
        Member(S5CMD, "s5cmd"),
        Member(MIO, "mio"),
    ]
    works = []
    for way, records in _up_and_down(site, members, site.real.endpoint, site.size, whole_machine=True).items():
        name = f"{site.size >> 20} MiB {way}"
        speed, cpu = P6_TARGETS[way]
        work = Work("P6", name, SPEED, series_of(records, megabytes))
        works.append(work.compare(OURS, speed).compare(MIO, {S5CMD: 1.0}))
        works.append(Work("P6", f"{name}, CPU", CPU_PER_MIB, series_of(records, cpu_per_mib)).compare(OURS, cpu, PEERS))
    return works


def p7(site: Site) -> list[Work]:
    """Measure a large file over a link with a delay and a bandwidth limit per connection."""
    workers = {"workers": LINK_WORKERS}
    members = [Member(FOUR, "ours", workers), Member(AS_IT_COMES, "ours"), Member(MINIO7, "minio7", workers)]
    limit = 0.9 * LINK_WORKERS * LINK_MEGABYTES
    works = []
    with SlowLink(site.real.endpoint, LINK_MILLISECONDS, LINK_MEGABYTES) as link:
        for way, records in _up_and_down(site, members, link.endpoint, LARGE).items():
            work = Work("P7", f"{LARGE >> 20} MiB {way}", SPEED, series_of(records, megabytes))
            work.compare(FOUR, {MINIO7: 3.0} if way == "down" else {}, [MINIO7]).demand(FOUR, limit)
            works.append(work.compare(AS_IT_COMES, {}, [MINIO7]))
    return works


def _up_and_down(
    site: Site, members: list[Member], endpoint: str, size: int, *, whole_machine: bool = False
) -> dict[str, dict[str, Record]]:
    """Run rounds of uploads, each to a new bucket, and rounds of downloads of the same object.

    If the machine itself is the bottleneck, each client downloads twice and the second download counts. In addition,
    there are downloads that end when the file is on the disk.
    """
    source, copy = site.root / "source", site.root / "copy"
    digest = make_large(source, size)
    found = {}
    try:
        with Crew(members, endpoint=endpoint) as crew:
            found["up"] = rounds(site, crew, lambda member: _upload(site, crew, member, str(source), digest))
            with site.throwaway_bucket("downloads") as bucket:
                site.real.client().fput_object(bucket, _KEY, str(source))
                command: dict[str, Any] = {"work": "download", "bucket": bucket, "key": _KEY, "path": str(copy)}
                command |= {"digest": digest, "twice": whole_machine}
                found["down"] = _downloads(site, crew, command)
                if whole_machine:
                    found["down to the disk"] = _downloads(site, crew, command | {"durable": True})
    finally:
        source.unlink()
    return found


def _downloads(site: Site, crew: Crew, command: dict[str, Any]) -> dict[str, Record]:
    # A download that runs twice in a row warms up by itself.
    return rounds(site, crew, lambda member: crew.once(member, command, 300.0), connected=command["twice"])


def rounds(
    site: Site, crew: Crew, work: Callable[[Member], Sample | None], *, connected: bool = False
) -> dict[str, Record]:
    """Let all members work in turn, first once without counting it, unless they are `connected` already."""
    crew.fresh()
    for turn in range(connected, site.rounds + 1):
        for member in rotated(crew.alive(), turn):
            sample = work(member)
            if turn:
                crew.add(member, sample)
    return crew.records


def _upload(site: Site, crew: Crew, member: Member, path: str, digest: str) -> Sample | None:
    with site.throwaway_bucket("uploads") as bucket:
        # This object makes the server create the bucket's first volumes.
        site.real.client().put_object(bucket, "first", b"first", 5)
        command: Mapping[str, Any] = {"work": "upload", "bucket": bucket, "key": _KEY, "path": path}
        sample = crew.once(member, command, 300.0)
        if sample is not None and _digest(site, bucket) != digest:
            crew.records[member.label].failure = "the object is not the file"
            return None
        return sample


def _digest(site: Site, bucket: str) -> str:
    found = hashlib.sha256()
    with site.real.client().get_object(bucket, _KEY) as response:
        for block in response.stream(1024 * 1024):
            found.update(block)
    return found.hexdigest()
