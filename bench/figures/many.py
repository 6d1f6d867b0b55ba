"""P11 and P16: many small files, uploaded from and downloaded to a directory."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..crew import Crew, Member, Record, Sample
from ..result import FILES, MICROSECONDS, Work, cpu_microseconds, series_of
from ..site import OURS, Site
from ..workers._worker import Tree
from .calls import TASKS, THREADS
from .files import MIO, S5CMD, rounds

_PREFIX = "files/"
_TARGETS = {"up": 1.2, "down": 1.5}
_CPU_TARGET = 0.6
ASYNC = "ours, AsyncMinio"


def p11(site: Site) -> list[Work]:
    """Measure a whole directory of small files with one call."""
    tree = Tree(1000 if site.quick else 10_000, folders=10)
    members = [Member(OURS, "ours"), Member(ASYNC, "ours", way="_async"), Member(S5CMD, "s5cmd"), Member(MIO, "mio")]
    works = []
    for way, records in _up_and_down(site, members, tree).items():
        speed = Work("P11", way, FILES, series_of(records, lambda sample: sample.speed))
        cpu = Work("P11", f"{way}, CPU", MICROSECONDS, series_of(records, cpu_microseconds))
        speed.compare(OURS, {S5CMD: _TARGETS[way]}).compare(ASYNC, {}, [S5CMD]).compare(MIO, {S5CMD: 0.9})
        cpu.compare(OURS, {S5CMD: _CPU_TARGET}).compare(ASYNC, {}, [S5CMD])
        works += [speed, cpu]
    return works


def p16(site: Site) -> list[Work]:
    """Measure thousands of small files, 32 at once."""
    members = [
        Member(TASKS, "ours", way="_tasks"),
        Member(THREADS, "ours", way="_threads"),
        Member(S5CMD, "s5cmd"),
    ]
    works = []
    for way, records in _up_and_down(site, members, Tree(5000)).items():
        speed = Work("P16", way, FILES, series_of(records, lambda sample: sample.speed))
        cpu = Work("P16", f"{way}, CPU", MICROSECONDS, series_of(records, cpu_microseconds))
        works.append(speed.compare(TASKS, {S5CMD: _TARGETS[way]}).compare(THREADS, {}, [S5CMD]))
        works.append(cpu.compare(TASKS, {}, [S5CMD]).compare(THREADS, {}, [S5CMD]))
    return works


def _up_and_down(site: Site, members: list[Member], tree: Tree) -> dict[str, Mapping[str, Record]]:
    source, copies = site.root / "files", site.root / "copies"
    tree.make(str(source))
    copies.mkdir()
    expected = {_PREFIX + name: (tree.size, _md5(tree.body(name))) for name in tree.names()}
    found: dict[str, Mapping[str, Record]] = {}
    try:
        with Crew(members, endpoint=site.real.endpoint) as crew, site.throwaway_bucket("many-down") as bucket:
            upload = {"work": "upload_files", "folder": str(source), "prefix": _PREFIX, "tree": asdict(tree)}
            found["up"] = rounds(site, crew, lambda member: _upload(site, crew, member, upload, expected))
            client = site.real.client()
            for key in expected:
                client.fput_object(bucket, key, str(source / key.removeprefix(_PREFIX)))
            download: dict[str, Any] = {"work": "download_files", "folder": str(copies)}
            download |= {"bucket": bucket, "prefix": _PREFIX, "tree": asdict(tree)}
            found["down"] = rounds(site, crew, lambda member: crew.once(member, download))
    finally:
        shutil.rmtree(source)
        shutil.rmtree(copies)
    return found


def _upload(
    site: Site, crew: Crew, member: Member, command: Mapping[str, Any], expected: Mapping[str, tuple[int, str]]
) -> Sample | None:
    """Upload all files to a new bucket, and compare the sizes and the MD5s of the objects with those of the files."""
    with site.throwaway_bucket("many-up") as bucket:
        # This object makes the server create the bucket's first volumes.
        site.real.client().put_object(bucket, "first", b"first", 5)
        sample = crew.once(member, {**command, "bucket": bucket})
        listing = site.real.client().list_objects(bucket, prefix=_PREFIX, recursive=True)
        stored = {item.object_name: (item.size, (item.etag or "").strip('"')) for item in listing}
        if sample is not None and stored != expected:
            crew.records[member.label].failure = "the objects are not the files"
            return None
        return sample


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
