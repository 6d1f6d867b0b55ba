"""Generators of the asynchronous client are closed when what iterates them stops, not when they are collected."""

from __future__ import annotations

import ast
import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

import minio.aio
from fakes.clients import play
from fakes.scripted_server import Recorded, ScriptedServer, answer, forever
from minio.directories import Prefix

MODULES = sorted(Path(minio.aio.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_loop_iterates_a_generator_that_nothing_closes(module: Path) -> None:
    """The law: `async for` iterates a name that `aclosing` has bound, never the result of a call."""
    tree = ast.parse(module.read_text("utf-8"))
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFor)]
    assert [ast.unparse(node.iter) for node in loops if isinstance(node.iter, ast.Call)] == []


def page(request: Recorded) -> bytes:
    """A page of a listing that never ends."""
    number = int(dict(parse_qsl(urlsplit(request.target).query)).get("continuation-token", "0"))
    keys = "".join(f"<Contents><Key>{number:06}{each}</Key><Size>1</Size></Contents>" for each in range(10))
    rest = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{number + 1}</NextContinuationToken>"
    return answer(f"<ListBucketResult>{keys}{rest}</ListBucketResult>".encode())


def test_plan_that_is_left_early_has_closed_its_listings(tmp_path: Path) -> None:
    async def story(client: Any) -> None:
        before = asyncio.all_tasks()
        plan = client.plan_sync(Prefix("bucket"), tmp_path)
        async with aclosing(aiter(plan)) as actions:
            async for _ in actions:
                break
        assert asyncio.all_tasks() == before

    with ScriptedServer(forever(page)) as server:
        play("async", server, story)
