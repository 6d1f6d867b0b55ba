"""P5 to P7: large objects, to and from files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from ..crew import Crew, Member, Record, Sample
from ..nullserver import LARGE, make_large
from ..result import CPU_PER_MIB, SPEED, Work, cpu_per_mib, megabytes, series_of
from ..site import OURS, Site
from ..slowlink import SlowLink
from .calls import BOTO3, MINIO7, OBSTORE

BARE, READINTO, CRT, S5CMD = "bare sockets", "ours, get_object + readinto", "boto3[crt]", "s5cmd"
FGET = "ours, fget_object"
LINK_MILLISECONDS, LINK_MEGABYTES, LINK_WORKERS = 20, 25, 4
_KEY = "large"


def p5(site: Site) -> list[Work]:
    """One large object into a file, from a server that costs nothing."""
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
    name = f"GET {LARGE >> 20} MiB to a file"
    speed = Work("P5", name, SPEED, series_of(records, megabytes))
    cpu = Work("P5", f"{name}, CPU", CPU_PER_MIB, series_of(records, cpu_per_mib))
    for ours in (FGET, READINTO):
        speed.compare(ours, {BARE: 0.85, OBSTORE: 1.3}, [MINIO7])
        cpu.compare(ours, {}, [BARE, OBSTORE, MINIO7])
    return [speed, cpu]


def p6(site: Site) -> list[Work]:
    """A large file up to a whole server and down again."""
    members = [
        Member(OURS, "ours"),
        Member(MINIO7, "minio7"),
        Member(BOTO3, "boto"),
        Member(CRT, "boto", {"crt": True}),
        Member(OBSTORE, "obstore_"),
        Member(S5CMD, "s5cmd"),
    ]
    peers = dict.fromkeys([MINIO7, BOTO3, CRT, OBSTORE, S5CMD], 1.0)
    works = []
    for way, records in _up_and_down(site, members, site.real.endpoint, site.size, whole_machine=True).items():
        name = f"{site.size >> 20} MiB {way}, SeaweedFS"
        works.append(Work("P6", name, SPEED, series_of(records, megabytes)).compare(OURS, peers))
        works.append(Work("P6", f"{name}, CPU", CPU_PER_MIB, series_of(records, cpu_per_mib)).compare(OURS, peers))
    return works


def p7(site: Site) -> list[Work]:
    """A large file over a link with a delay, where each connection has its own speed."""
    members = [Member(OURS, "ours"), Member(MINIO7, "minio7", {"workers": LINK_WORKERS})]
    limit = 0.9 * LINK_WORKERS * LINK_MEGABYTES
    works = []
    with SlowLink(site.real.endpoint, LINK_MILLISECONDS, LINK_MEGABYTES) as link:
        for way, records in _up_and_down(site, members, link.endpoint, LARGE).items():
            name = f"{LARGE >> 20} MiB {way}, {LINK_MILLISECONDS} ms, {LINK_MEGABYTES} MB/s a connection"
            work = Work("P7", name, SPEED, series_of(records, megabytes))
            works.append(work.compare(OURS, {MINIO7: 3.0}).demand(OURS, limit))
    return works


def _up_and_down(
    site: Site, members: list[Member], endpoint: str, size: int, *, whole_machine: bool = False
) -> dict[str, dict[str, Record]]:
    """Rounds of uploads, each to a bucket of its own, and rounds of downloads of one and the same object.

    Where the whole machine is the limit each downloads twice, and the second counts; and there are also downloads that
    end when the file is on the disk, as ours always do.
    """
    source, copy = site.root / "source", site.root / "copy"
    digest = make_large(source, size)
    found = {}
    try:
        with Crew(members, endpoint=endpoint) as crew:
            found["up"] = _rounds(site, crew, lambda member: _upload(site, crew, member, str(source), digest))
            with site.throwaway_bucket("downloads") as bucket:
                site.real.client().fput_object(bucket, _KEY, str(source))
                command: dict[str, Any] = {"work": "download", "bucket": bucket, "key": _KEY, "path": str(copy)}
                command |= {"digest": digest, "twice": whole_machine}
                found["down"] = _rounds(site, crew, lambda member: crew.once(member, command, 300.0))
                if whole_machine:
                    settled = command | {"settle": True}
                    found["down to the disk"] = _rounds(site, crew, lambda member: crew.once(member, settled, 300.0))
    finally:
        source.unlink()
    return found


def _rounds(site: Site, crew: Crew, work: Callable[[Member], Sample | None]) -> dict[str, Record]:
    crew.fresh()
    for turn in range(site.rounds + 1):
        for member in crew.alive():
            sample = work(member)
            if turn:  # the first connects
                crew.add(member, sample)
    return crew.records


def _upload(site: Site, crew: Crew, member: Member, path: str, digest: str) -> Sample | None:
    with site.throwaway_bucket("uploads") as bucket:
        # The server makes the bucket's first volumes for this one.
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
