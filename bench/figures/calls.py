"""P1 to P4 and P8: small calls, and listings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..crew import Crew, Member, Record
from ..result import CALLS, KEYS, MICROSECONDS, Work, cpu_microseconds, series_of
from ..site import BUCKET, OURS, Site

MINIO7, BOTO3, OBSTORE, OPENDAL = "minio 7.2.20", "boto3", "obstore", "opendal"
THREADS, TASKS, UVLOOP = "ours, threads", "ours, AsyncMinio", "ours, AsyncMinio on uvloop"
OBSTORE_THREADS, OBSTORE_ASYNC = "obstore, threads", "obstore, async"

_OURS = Member(OURS, "ours")
_MINIO7, _BOTO3 = Member(MINIO7, "minio7"), Member(BOTO3, "boto")
_OBSTORE, _OPENDAL = Member(OBSTORE, "obstore_"), Member(OPENDAL, "opendal_")


def _lanes(label: str, worker: str, way: str, **options: str) -> Member:
    return Member(label, worker, options, way=f"_{way}")


def p1(site: Site) -> list[Work]:
    """Client CPU of a small call, one after another."""
    works = []
    with Crew([_OURS, _OBSTORE, _OPENDAL, _MINIO7, _BOTO3], endpoint=site.null.endpoint) as crew:
        for verb in ("get", "put", "head"):
            records = crew.timed_rounds(site.rounds, verb, site.seconds)
            work = Work("P1", f"{verb.upper()} 4 KiB, CPU a call", MICROSECONDS, series_of(records, cpu_microseconds))
            works.append(work.compare(OURS, {OBSTORE: 0.6, MINIO7: 0.3, BOTO3: 0.1}, [OPENDAL]))
    return works


def p2(site: Site) -> list[Work]:
    """Small GETs by 32 threads on one client."""
    members = [
        _lanes(THREADS, "ours", "threads"),
        _lanes(OBSTORE_THREADS, "obstore_", "threads"),
        _lanes(MINIO7, "minio7", "threads"),
        _lanes(BOTO3, "boto", "threads"),
    ]
    with Crew(members, endpoint=site.null.endpoint) as crew:
        records = crew.timed_rounds(site.rounds, "get", site.seconds)
    others = [OBSTORE_THREADS, BOTO3]
    return _speed_and_cpu("P2", "GET 4 KiB x 32 threads", records, {THREADS: {MINIO7: 4.0}}, others)


def p3(site: Site) -> list[Work]:
    """Small GETs by 32 tasks."""
    members = [
        _lanes(TASKS, "ours", "tasks"),
        _lanes(UVLOOP, "ours", "tasks", loop="uvloop"),
        _lanes(OBSTORE_ASYNC, "obstore_", "tasks"),
        _lanes(OBSTORE_THREADS, "obstore_", "threads"),
        _lanes(OPENDAL, "opendal_", "tasks"),
    ]
    with Crew(members, endpoint=site.null.endpoint) as crew:
        records = crew.timed_rounds(site.rounds, "get", site.seconds)
    targets = {TASKS: {OBSTORE_ASYNC: 3.0}, UVLOOP: {OBSTORE_THREADS: 1.0}}
    return _speed_and_cpu("P3", "GET 4 KiB x 32 tasks", records, targets, [OPENDAL])


def p4(site: Site) -> list[Work]:
    """Small PUTs and GETs, 32 at once, on a whole server."""
    members = [
        _lanes(TASKS, "ours", "tasks"),
        _lanes(UVLOOP, "ours", "tasks", loop="uvloop"),
        _lanes(THREADS, "ours", "threads"),
        _lanes(OBSTORE_THREADS, "obstore_", "threads"),
        _lanes(OBSTORE_ASYNC, "obstore_", "tasks"),
        _lanes(MINIO7, "minio7", "threads"),
        _lanes(BOTO3, "boto", "threads"),
    ]
    targets: dict[str, dict[str, float]] = {TASKS: {OBSTORE_THREADS: 1.0, OBSTORE_ASYNC: 1.0}, UVLOOP: {}, THREADS: {}}
    works = []
    with Crew(members, endpoint=site.real.endpoint, bucket=BUCKET) as crew:
        # PUT comes first: what GET asks for is then there, if PUT does what it should.
        for verb in ("put", "get"):
            records = crew.timed_rounds(site.rounds, verb, site.seconds)
            name = f"{verb.upper()} 4 KiB x 32, SeaweedFS"
            works.append(_speed("P4", name, records, targets, [OBSTORE_THREADS, MINIO7, BOTO3]))
    return works


def p8(site: Site) -> list[Work]:
    """A listing of 100,000 keys."""
    members = [_OURS, _OBSTORE, _MINIO7] if site.quick else [_OURS, _OBSTORE, _MINIO7, _BOTO3]
    expected = {name: getattr(site.null.listing, name) for name in ("keys", "bytes", "last")}
    with Crew(members, endpoint=site.null.endpoint) as crew:
        records = crew.rounds(site.rounds, {"work": "list", **expected})
    series = series_of(records, lambda sample: sample.speed)
    others = [] if site.quick else [BOTO3]
    return [Work("P8", "list 100,000 keys", KEYS, series).compare(OURS, {OBSTORE: 0.9, MINIO7: 7.0}, others)]


def _speed(
    figure: str,
    name: str,
    records: Mapping[str, Record],
    targets: Mapping[str, Mapping[str, float]],
    others: Sequence[str],
) -> Work:
    work = Work(figure, name, CALLS, series_of(records, lambda sample: sample.speed))
    for ours, wanted in targets.items():
        work.compare(ours, wanted, others)
    return work


def _speed_and_cpu(
    figure: str,
    name: str,
    records: Mapping[str, Record],
    targets: Mapping[str, Mapping[str, float]],
    others: Sequence[str],
) -> list[Work]:
    speed = _speed(figure, name, records, targets, others)
    cpu = Work(figure, f"{name}, CPU a call", MICROSECONDS, series_of(records, cpu_microseconds))
    for ours, wanted in targets.items():
        cpu.compare(ours, {}, [*wanted, *others])
    return [speed, cpu]
