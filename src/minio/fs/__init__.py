"""Objects as files of fsspec: pandas, pyarrow, Dask, xarray and many other packages open them by their URL.

`pip install minio[fsspec]` registers the protocol `minio`:

    pandas.read_parquet("minio://my-bucket/table.parquet", storage_options={"endpoint_url": "http://127.0.0.1:9000"})

`MinioFileSystem.register("s3")` also lets it serve `s3://` URLs in this process.
"""

from __future__ import annotations

try:
    import fsspec as _fsspec  # noqa: F401 - only to say what to install
except ImportError as _error:
    raise ImportError("minio.fs needs fsspec: pip install minio[fsspec]") from _error

from ._file import MinioFile
from ._filesystem import MinioFileSystem

__all__ = ["MinioFile", "MinioFileSystem"]
