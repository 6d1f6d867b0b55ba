"""P18: file systems of fsspec."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..crew import Crew, Member, Record
from ..result import FILES, KEYS, SPEED, Unit, Work, series_of
from ..site import BUCKET, OURS, Site
from ..workers._worker import Tree
from .files import rounds

S3FS, OBSTORE_FS = "s3fs", "obstore.fsspec"
_ROWS, _COLUMNS, _ROW_GROUPS = 1_250_000, 20, 10
_READ = ("c3", "c17")
_SMALL_FILES = 2000
_MEMBERS = [Member(OURS, "fsspec_ours"), Member(S3FS, "fsspec_s3fs"), Member(OBSTORE_FS, "fsspec_obstore")]
_TARGETS = {S3FS: 1.5, OBSTORE_FS: 1.0}


def p18(site: Site) -> list[Work]:
    """Measure reading two of twenty columns of a 200 MB table, 2,000 small files at once, and 100,000 names."""
    table, cat, find = _measure(site, _MEMBERS)
    return [
        _compared("2 of 20 columns, 200 MB", SPEED, table, 1e-6),
        _compared("cat of 2,000 files", FILES, cat),
        _compared("find of 100,000 keys", KEYS, find),
    ]


def _measure(site: Site, members: list[Member]) -> list[Mapping[str, Record]]:
    listing, found = site.null.listing, []
    with site.throwaway_bucket("fsspec") as bucket:
        with Crew(members, endpoint=site.real.endpoint) as crew:
            found.append(_rounds(site, crew, {"path": f"{bucket}/table.parquet", **_store_table(site, bucket)}))
        tree, client = Tree(_SMALL_FILES), site.real.client()
        for name in tree.names():
            client.put_object(bucket, f"small/{name}", io.BytesIO(tree.body(name)), tree.size)
        with Crew(members, endpoint=site.real.endpoint) as crew:
            found.append(_rounds(site, crew, {"work": "cat", "folder": f"{bucket}/small", "tree": asdict(tree)}))
    with Crew(members, endpoint=site.null.endpoint) as crew:
        command = {"work": "find", "bucket": BUCKET, "keys": listing.keys, "bytes": listing.bytes}
        found.append(_rounds(site, crew, command))
    return found


def _rounds(site: Site, crew: Crew, command: Mapping[str, Any]) -> dict[str, Record]:
    return rounds(site, crew, lambda member: crew.once(member, command, 300.0))


def _compared(name: str, unit: Unit, records: Mapping[str, Record], scale: float = 1.0) -> Work:
    return Work("P18", name, unit, series_of(records, lambda sample: sample.speed * scale)).compare(OURS, _TARGETS)


def _store_table(site: Site, bucket: str) -> dict[str, Any]:
    """Store a table of random numbers, uncompressed. Return the columns to read, and the sums of their values."""
    import pyarrow
    import pyarrow.compute
    import pyarrow.parquet

    columns = {f"c{number}": pyarrow.compute.random(_ROWS, initializer=number) for number in range(_COLUMNS)}
    path = site.root / "table.parquet"
    pyarrow.parquet.write_table(
        pyarrow.table(columns), path, row_group_size=_ROWS // _ROW_GROUPS, compression="none", use_dictionary=False
    )
    site.real.client().fput_object(bucket, "table.parquet", path)
    path.unlink()
    return {
        "work": "table",
        "columns": list(_READ),
        "sums": [pyarrow.compute.sum(columns[name]).as_py() for name in _READ],
    }
