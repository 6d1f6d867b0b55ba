"""Every call with every kind of fault: it succeeds or raises a documented error, and leaves nothing behind.

By default each call gets one fault of each family, in one of the kinds of requests that it sends, and the main calls
get every fault in every kind. A fault passes for one client and stays for the other. With MINIO_TEST_FAULTS=all in
the environment, `pytest tests/faults` plays every combination: some forty thousand cases.
"""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fakes.leaks import left_over, open_descriptors

from .bench import SCENES, Bench, World, cases
from .calls import Scene
from .conftest import COMPLETE
from .faults import FAULTS
from .proxy import FaultProxy

Record = Callable[[str, Any], None]
KINDS = ["sync", "async"]


def play_all(bench: Bench, kind: str, scene: Scene, slow: bool) -> tuple[Counter[str], list[str]]:
    """Play the cases of one call. Returns their outcomes, and what went wrong."""
    clean = bench.clean(kind, scene)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for case in cases(kind, scene, clean, COMPLETE, slow):
        try:
            counts[bench.play(case, clean)] += 1
        except Exception as error:
            counts["WRONG"] += 1
            wrong.append(f"{kind} {scene.name}: {case}: {type(error).__name__}: {error}")
    return counts, wrong


def conclude(counts: Counter[str], wrong: list[str], record: Record) -> None:
    record("faults", dict(counts))
    gc.collect()  # unclosed objects warn when they are collected, and a warning is an error
    assert not wrong, "\n".join(["", *wrong])
    assert counts


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scene", SCENES.values(), ids=lambda scene: scene.name)
def test_faults(kind: str, scene: Scene, bench: Bench, record_property: Record) -> None:
    counts, wrong = play_all(bench, kind, scene, slow=False)
    conclude(counts, wrong, record_property)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", range(3))
def test_silence(kind: str, share: int, world: World, record_property: Record) -> None:
    """Faults that only a timeout ends. Many run in parallel, because they wait."""
    scenes = list(SCENES.values())[share::3]
    threads, files = set(threading.enumerate()), open_descriptors()

    def one(scene: Scene) -> tuple[Counter[str], list[str]]:
        with FaultProxy(world.server.endpoint) as proxy:
            return play_all(Bench(world, proxy, watch=False), kind, scene, slow=True)

    with ThreadPoolExecutor(len(scenes)) as pool:
        found = list(pool.map(one, scenes))
    assert left_over(lambda: set(threading.enumerate()), threads) == set()
    assert left_over(open_descriptors, files) == set()
    conclude(
        sum((counts for counts, _ in found), Counter()), [text for _, wrong in found for text in wrong], record_property
    )


def test_fault_table_is_valid() -> None:
    assert len({fault.name for fault in FAULTS.values()}) == len(FAULTS) > 90
