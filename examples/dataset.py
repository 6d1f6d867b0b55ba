"""A map-style dataset over the objects below a prefix, read by worker processes.

It has what `torch.utils.data.DataLoader` asks for: `__len__`, `__getitem__` and `__getitems__`. The same class works
with `multiprocessing`, as here: the workers receive the dataset pickled, or inherit it, and open connections of their
own.

    MINIO_ENDPOINT=http://127.0.0.1:9000 MINIO_ACCESS_KEY=... MINIO_SECRET_KEY=... python dataset.py my-bucket/samples
"""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
from collections.abc import Iterable

from minio.fs import MinioFileSystem

BATCH = 64


class ObjectDataset:
    """The contents of the objects below a path, in the order of their names."""

    def __init__(self, fs: MinioFileSystem, path: str) -> None:
        self._fs = fs
        self._names: list[str] = fs.find(path)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, index: int) -> bytes:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Iterable[int]) -> list[bytes]:
        """Read a batch: all its objects at the same time. DataLoader calls this with the indices of a batch."""
        wanted = [self._names[index] for index in indices]
        found = self._fs.cat(wanted)
        return [found[name] for name in wanted]


def digest(task: tuple[ObjectDataset, list[int]]) -> str:
    """Do something with a batch, in a worker."""
    dataset, indices = task
    return hashlib.sha256(b"".join(dataset.__getitems__(indices))).hexdigest()


def main(path: str, workers: int = 2, method: str | None = None) -> list[str]:
    """Return the digest of each batch."""
    dataset = ObjectDataset(MinioFileSystem(), path)
    batches = [list(range(at, min(at + BATCH, len(dataset)))) for at in range(0, len(dataset), BATCH)]
    with multiprocessing.get_context(method).Pool(workers) as pool:
        return pool.map(digest, [(dataset, batch) for batch in batches])


if __name__ == "__main__":
    print("\n".join(main(sys.argv[1])))
