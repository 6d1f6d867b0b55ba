"""P1 to P4, P8, P12 and P13: small calls and listings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..crew import Crew, Member, Record, joined
from ..listings import COUNT, SHAPES, SIZE, DistantServer
from ..result import CALLS, KEYS, MICROSECONDS, Work, cpu_microseconds, series_of
from ..site import BUCKET, OURS, Site

MINIO7, BOTO3, OBSTORE, OPENDAL = "minio 7.2.20", "boto3", "obstore", "opendal"
THREADS, TASKS, UVLOOP = "ours, threads", "ours, AsyncMinio", "ours, AsyncMinio on uvloop"
MANY = "ours, get_objects"
OBSTORE_THREADS, OBSTORE_ASYNC = "obstore, threads", "obstore, async"
LISTERS = 16
SEVERAL, IN_ORDER = "ours, 16 workers", "ours, 16, in order"
P3_RUNS = 3

_OURS = Member(OURS, "ours")
_MINIO7, _BOTO3 = Member(MINIO7, "minio7"), Member(BOTO3, "boto")
_OBSTORE, _OPENDAL = Member(OBSTORE, "obstore_"), Member(OPENDAL, "opendal_")


def _lanes(label: str, worker: str, way: str, **options: str) -> Member:
    return Member(label, worker, options, way=f"_{way}")


def p1(site: Site) -> list[Work]:
    """Measure the client CPU of small calls, with client and server on one core, and where the scheduler puts them."""
    members = [_OURS, _OBSTORE, _OPENDAL, _MINIO7, _BOTO3]
    targets = {OBSTORE: 0.95, MINIO7: 0.2, BOTO3: 0.07}
    works = []
    with (
        Crew(members, core=site.core, endpoint=site.null.endpoint) as pinned,
        Crew(members, endpoint=site.null.endpoint) as unpinned,
    ):
        for verb in ("get", "put", "head"):
            with site.null.on_core(site.core):
                records = pinned.timed_rounds(site.rounds, verb, site.seconds)
            works.append(_cpu("P1", f"{verb.upper()}, on one core", records).compare(OURS, targets, [OPENDAL]))
            records = unpinned.timed_rounds(site.rounds, verb, site.seconds)
            works.append(_cpu("P1", f"{verb.upper()}, unpinned", records).compare(OURS, {}, [*targets, OPENDAL]))
    return works


def p2(site: Site) -> list[Work]:
    """Measure small GETs by 32 threads on one client."""
    members = [
        _lanes(THREADS, "ours", "threads"),
        _lanes(OBSTORE_THREADS, "obstore_", "threads"),
        _lanes(MINIO7, "minio7", "threads"),
        _lanes(BOTO3, "boto", "threads"),
    ]
    with Crew(members, endpoint=site.null.endpoint) as crew:
        records = crew.timed_rounds(site.rounds, "get", site.seconds)
    others = [OBSTORE_THREADS, BOTO3]
    return _speed_and_cpu("P2", "GET", records, {THREADS: {MINIO7: 4.0}}, others)


def p3(site: Site) -> list[Work]:
    """Measure small GETs by 32 tasks, in several runs that each start all processes anew."""
    members = [
        _lanes(TASKS, "ours", "tasks"),
        _lanes(UVLOOP, "ours", "tasks", loop="uvloop"),
        _lanes(OBSTORE_ASYNC, "obstore_", "tasks"),
        _lanes(OBSTORE_THREADS, "obstore_", "threads"),
        _lanes(OPENDAL, "opendal_", "tasks"),
    ]
    runs = []
    for _ in range(P3_RUNS):
        with Crew(members, endpoint=site.null.endpoint) as crew:
            runs.append(crew.timed_rounds(site.rounds, "get", site.seconds))
    targets = {TASKS: {OBSTORE_ASYNC: 3.0}, UVLOOP: {OBSTORE_THREADS: 0.9}}
    works = _speed_and_cpu("P3", "GET", joined(runs), targets, [OPENDAL])
    for work in works:
        work.runs = P3_RUNS
    return works


def p4(site: Site) -> list[Work]:
    """Measure small PUTs and GETs, 32 at once, on a real server."""
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
        # PUT comes first, so that the objects for GET exist if PUT works.
        for verb in ("put", "get"):
            records = crew.timed_rounds(site.rounds, verb, site.seconds)
            works.append(_speed("P4", verb.upper(), records, targets, [OBSTORE_THREADS, MINIO7, BOTO3]))
    return works


def p12(site: Site) -> list[Work]:
    """Measure small GETs by one call of the blocking client for many objects."""
    members = [
        _lanes(MANY, "ours", "many"),
        _lanes(THREADS, "ours", "threads"),
        _lanes(OBSTORE_THREADS, "obstore_", "threads"),
    ]
    with Crew(members, endpoint=site.null.endpoint) as crew:
        records = crew.timed_rounds(site.rounds, "get", site.seconds)
    return _speed_and_cpu("P12", "GET", records, {MANY: {THREADS: 2.0, OBSTORE_THREADS: 0.75}}, [])


def p8(site: Site) -> list[Work]:
    """Measure a listing of 100,000 keys."""
    members = [_OURS, _OBSTORE, _MINIO7] if site.quick else [_OURS, _OBSTORE, _MINIO7, _BOTO3]
    expected = {name: getattr(site.null.listing, name) for name in ("keys", "bytes", "last")}
    with Crew(members, endpoint=site.null.endpoint) as crew:
        records = crew.rounds(site.rounds, {"work": "list", **expected})
    series = series_of(records, lambda sample: sample.speed)
    others = [] if site.quick else [BOTO3]
    return [Work("P8", "list 100,000 keys", KEYS, series).compare(OURS, {OBSTORE: 0.9, MINIO7: 7.0}, others)]


def p13(site: Site) -> list[Work]:
    """Measure listings of 200,000 keys over a link, by one worker and by several."""
    members = [
        Member(SEVERAL, "ours", {"workers": LISTERS}),
        Member(IN_ORDER, "ours", {"workers": LISTERS, "ordered": True}),
        _OURS,
    ]
    works = []
    for shape in SHAPES:
        with DistantServer(shape) as server, Crew(members, endpoint=server.endpoint) as crew:
            records = crew.rounds(site.rounds, {"work": "list", "keys": COUNT, "bytes": COUNT * SIZE})
        series = series_of(records, lambda sample: sample.speed)
        work = Work("P13", f"list, {shape}", KEYS, series)
        works.append(work.compare(SEVERAL, {OURS: 3.0}).compare(IN_ORDER, {}, [OURS]))
    return works


def _cpu(figure: str, name: str, records: Mapping[str, Record]) -> Work:
    return Work(figure, name, MICROSECONDS, series_of(records, cpu_microseconds))


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
    cpu = _cpu(figure, f"{name}, CPU", records)
    for ours, wanted in targets.items():
        cpu.compare(ours, {}, [*wanted, *others])
    return [speed, cpu]
