"""The base of the workers of P18: file systems of fsspec, used as pyarrow and other packages use them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyarrow.compute
import pyarrow.parquet
from _worker import Client, Clock, Worker, expect, serve, tree_of


class Files(Client):
    """A file system under test. It is made anew for each command, so that nothing is remembered."""

    make: Callable[[Files], Any]


class FileWorker(Worker):
    """Runs the commands of P18."""

    client: Files

    def do_table(self, clock: Clock, command: dict[str, Any]) -> int:
        """Read some columns of a table. The amount is the bytes of these columns."""
        files = self.client.make()
        with clock:
            table = pyarrow.parquet.read_table(command["path"], columns=command["columns"], filesystem=files)
        sums = zip(table.columns, command["sums"], strict=True)
        same = [math.isclose(pyarrow.compute.sum(column).as_py(), wanted, rel_tol=1e-9) for column, wanted in sums]
        expect(all(same), "the columns have other values")
        return int(table.nbytes)

    def do_cat(self, clock: Clock, command: dict[str, Any]) -> int:
        """Read many small files at once."""
        files, tree = self.client.make(), tree_of(command)
        names = tree.names()
        paths = [f"{command['folder']}/{name}" for name in names]
        with clock:
            found = files.cat(paths)
        expect([found[path] for path in paths] == [tree.body(name) for name in names], "a file has other content")
        return len(found)

    def do_find(self, clock: Clock, command: dict[str, Any]) -> int:
        """Find the names, sizes and times of all objects of a bucket."""
        files = self.client.make()
        with clock:
            found = files.find(command["bucket"], detail=True)
        size = sum(info["size"] for info in found.values())
        expect((len(found), size) == (command["keys"], command["bytes"]), "the listing is incomplete")
        return len(found)


def serve_files(make: type[Files]) -> None:
    """Reply to commands until there are no more."""
    serve(make, FileWorker)
