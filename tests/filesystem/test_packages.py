"""Data packages, each with its own way to take a file system. They are imported only by the tests that use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fsspec
import pytest

from minio.fs import MinioFileSystem
from servers import live

# What the packages warn about each other is not about this one.
pytestmark = pytest.mark.filterwarnings("default")

ROWS = {"name": ["a", "b", "c"], "number": [1, 2, 3]}


@pytest.fixture(scope="module")
def seaweedfs(servers: live.Servers) -> live.LiveServer:
    return servers.get("seaweedfs")


@pytest.fixture
def options(seaweedfs: live.LiveServer) -> dict[str, Any]:
    """Storage options, as programs write them."""
    return {"endpoint_url": seaweedfs.url, "key": seaweedfs.access_key, "secret": seaweedfs.secret_key}


@pytest.fixture
def files(options: dict[str, Any]) -> Iterator[MinioFileSystem]:
    files = fsspec.filesystem("minio", **options)
    yield files
    files.close()


@pytest.fixture
def url(seaweedfs: live.LiveServer, files: MinioFileSystem) -> Iterator[str]:
    """The URL of a new bucket."""
    from secrets import token_hex

    name = f"test-{token_hex(6)}"
    seaweedfs.expect_bucket(name)
    files.mkdir(name)
    yield f"minio://{name}"
    files.rm(name, recursive=True)


def test_pandas(url: str, options: dict[str, Any]) -> None:
    import pandas

    frame = pandas.DataFrame(ROWS)
    frame.to_parquet(f"{url}/rows.parquet", storage_options=options)
    frame.to_csv(f"{url}/rows.csv.gz", index=False, storage_options=options)
    read = pandas.read_parquet(f"{url}/rows.parquet", columns=["number"], storage_options=options)
    assert read["number"].tolist() == ROWS["number"]
    assert pandas.read_csv(f"{url}/rows.csv.gz", storage_options=options).equals(frame)
    with pytest.raises(FileNotFoundError):
        pandas.read_csv(f"{url}/none.csv", storage_options=options)


def test_pyarrow(url: str, files: MinioFileSystem) -> None:
    from pyarrow import dataset, fs, parquet, table

    wrapped = fs.PyFileSystem(fs.FSSpecHandler(files))
    bucket = url.removeprefix("minio://")
    parquet.write_to_dataset(table(ROWS), f"{bucket}/rows", partition_cols=["name"], filesystem=wrapped)
    found = dataset.dataset(f"{bucket}/rows", filesystem=wrapped, partitioning="hive")
    assert found.to_table(filter=dataset.field("name") == "b")["number"].to_pylist() == [2]
    assert sorted(parquet.read_table(f"{bucket}/rows", filesystem=files)["number"].to_pylist()) == [1, 2, 3]
    assert wrapped.get_file_info(f"{bucket}/none").type == fs.FileType.NotFound
    wrapped.delete_dir(f"{bucket}/rows")
    assert files.find(bucket) == []


def test_polars(url: str, files: MinioFileSystem) -> None:
    import polars

    frame = polars.DataFrame(ROWS)
    with files.open(f"{url}/rows.parquet", "wb") as file:
        frame.write_parquet(file)
    with files.open(f"{url}/rows.parquet") as file:
        assert polars.read_parquet(file, columns=["name"])["name"].to_list() == ROWS["name"]
    from pyarrow import dataset

    scan = polars.scan_pyarrow_dataset(dataset.dataset(files._strip_protocol(url), filesystem=files))
    assert scan.filter(polars.col("number") > 1).collect()["name"].to_list() == ["b", "c"]


def test_duckdb(url: str, files: MinioFileSystem) -> None:
    import duckdb

    with duckdb.connect() as database:
        database.register_filesystem(files)
        database.sql("create table rows as select range as number, 'n' || range as name from range(1000)")
        database.sql(f"copy rows to '{url}/rows.parquet' (format parquet)")
        database.sql(f"copy rows to '{url}/rows.csv' (header)")
        assert database.sql(f"select sum(number) from '{url}/*.parquet'").fetchall() == [(499500,)]
        assert database.sql(f"select name from read_csv('{url}/rows.csv') where number = 7").fetchall() == [("n7",)]


def test_dask(url: str, options: dict[str, Any]) -> None:
    import dask
    import dask.dataframe
    import pandas

    frame = dask.dataframe.from_pandas(pandas.DataFrame(ROWS), npartitions=2)
    with dask.config.set(scheduler="threads"):
        frame.to_parquet(f"{url}/rows", storage_options=options)
        read = dask.dataframe.read_parquet(f"{url}/rows", storage_options=options)
        assert read["number"].sum().compute() == 6


def test_xarray_and_zarr(url: str, options: dict[str, Any], files: MinioFileSystem) -> None:
    import numpy
    import xarray
    import zarr

    values = numpy.arange(12.0).reshape(3, 4)
    made = xarray.Dataset({"heat": (("y", "x"), values)})
    made.to_zarr(f"{url}/heat.zarr", storage_options={**options, "asynchronous": True}, consolidated=False)
    read = xarray.open_zarr(f"{url}/heat.zarr", storage_options={**options, "asynchronous": True}, consolidated=False)
    assert numpy.array_equal(read["heat"].values, values)
    store = zarr.storage.FsspecStore.from_url(f"{url}/heat.zarr", storage_options=options, read_only=True)
    assert zarr.open_group(store, mode="r")["heat"][1, 2] == values[1, 2]


@pytest.mark.filterwarnings("error")
def test_universal_pathlib(url: str, options: dict[str, Any]) -> None:
    from upath import UPath

    path = UPath(url, **options) / "dir" / "a.txt"
    path.write_text("text")
    assert path.read_text() == "text"
    assert (path.name, path.suffix, path.stat().st_size) == ("a.txt", ".txt", 4)
    assert [each.name for each in path.parent.iterdir()] == ["a.txt"]
    assert [each.name for each in UPath(url, **options).glob("**/*.txt")] == ["a.txt"]
    assert str(path.parent) == f"{url}/dir"
    path.unlink()
    assert not path.exists()


def test_urls_of_fsspec(url: str, options: dict[str, Any]) -> None:
    with fsspec.open(f"{url}/a.txt.gz", "wt", compression="infer", **options) as file:
        file.write("text")
    with fsspec.open(f"{url}/a.txt.gz", "rt", compression="infer", **options) as file:
        assert file.read() == "text"
    with fsspec.open(f"simplecache::{url}/a.txt.gz", "rb", minio=options) as file:
        assert file.read(2) == b"\x1f\x8b"
    mapper = fsspec.get_mapper(f"{url}/map", **options)
    mapper["one"] = b"1"
    assert (dict(mapper), "two" in mapper) == ({"one": b"1"}, False)
